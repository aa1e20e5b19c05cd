/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* clang-format off */
/*
 * A span is open between the probe that begins it and the one that ends it. What belongs together is told by
 * where the open span is kept: thread, probe (or group of probes) and a tag that depends on how the
 * definition pairs them.
 *
 *   PAIR_CALL    a function and its own return. Tag 0, and the outermost call of the group wins: PQexec calls PQsendQuery.
 *   PAIR_FRAME   two places in one function: the tag is the stack pointer, so nested and recursive ones stay apart.
 *   PAIR_THREAD  two places that a thread passes in turn.
 *   PAIR_KEY     the same, for each value of an argument: a thread has several connections.
 *
 * A begin replaces what an error left open (longjmp passes no done probe and no return); an end without a
 * begin is what happens when latmon comes in the middle. Neither says anything.
 *
 * No function here and in probes.bpf.c may use more than 48 bytes of the stack. Above that the x86 compiler
 * of 6.13 and newer gives programs of this type one stack per CPU (PRIV_STACK_ADAPTIVE), which is right for
 * hooks that leave a program out while it is at work; probes in processes are not left out, and where the
 * kernel preempts, two threads would write over each other's variables.
 */
/* clang-format on */
#ifndef LATMON_SPAN_BPF_H
#define LATMON_SPAN_BPF_H

enum pairing { PAIR_CALL = 0, PAIR_FRAME = 1, PAIR_THREAD = 2, PAIR_KEY = 3 };

/* What user space hands over with every attachment. */
#define COOKIE_PROBE(cookie) ((__u16)(cookie))
#define COOKIE_GROUP(cookie) ((__u8)((cookie) >> 16)) /* 0 = none */
#define COOKIE_TEXT(cookie) ((__u8)((cookie) >> 24))  /* number of the argument from 1, 0 = none */
#define COOKIE_KEY(cookie) ((__u8)((cookie) >> 32))
#define COOKIE_PAIRING(cookie) ((__u8)((cookie) >> 40))
#define AS_CALL(cookie) ((cookie) & ~(0xffULL << 40)) /* paired by PAIR_CALL */
#define COOKIE_SHIFT(cookie)                                                                                 \
	((__u8)((cookie) >> 48)) /* 8-byte words that the stack has grown by since the function began */

/* What a call puts on the stack and a return takes off again. */
#if defined(__TARGET_ARCH_x86)
#define RETURN_ADDRESS_BYTES 8
#else
#define RETURN_ADDRESS_BYTES 0
#endif

struct place {
	__u32 tid;
	__u32 slot; /* number of the probe, or of the group above 16 bits */
	__u64 tag;
};

struct open_span {
	__u64 stack;
	struct span span;
	__u8 text[LATMON_SPAN_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct place);
	__type(value, struct open_span);
} open_spans SEC(".maps");

/* Threads inside a function whose return ends what another one began: which span that is. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct place);
	__type(value, __u64);
} ending SEC(".maps");

struct open_span blank; /* stays so: too large for the stack */
__u64 lost_spans;

static __always_inline void find_place(struct place *place, __u64 cookie, __u64 stack, __u64 key)
{
	__u8 pairing = COOKIE_PAIRING(cookie);

	place->tid = (__u32)bpf_get_current_pid_tgid();
	place->slot =
	    pairing == PAIR_CALL && COOKIE_GROUP(cookie) ? COOKIE_GROUP(cookie) << 16 : COOKIE_PROBE(cookie);
	place->tag = pairing == PAIR_FRAME ? stack : pairing == PAIR_KEY ? key : 0;
}

/* True while a call of the group is under way further up the stack of this thread. */
static __always_inline bool is_nested(struct place *outer, __u64 cookie, __u64 stack)
{
	struct open_span *open;

	if (!COOKIE_GROUP(cookie) && COOKIE_PAIRING(cookie) != PAIR_CALL)
		return false;
	find_place(outer, AS_CALL(cookie), 0, 0);
	open = bpf_map_lookup_elem(&open_spans, outer);
	return open && open->span.pid == bpf_get_current_pid_tgid() >> 32 && stack < open->stack;
}

static __always_inline void keep_text(struct open_span *open, __u64 text)
{
	long length;

	if (!text)
		return;
	length = bpf_probe_read_user_str(open->text, sizeof(open->text), (void *)text);
	if (length > 0)
		open->span.text_len = length - 1;
}

static __noinline int open_span(struct place *place, __u64 cookie, __u64 stack, __u64 key, __u64 text)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct open_span *open;

	bpf_map_update_elem(&open_spans, place, &blank, BPF_ANY);
	open = bpf_map_lookup_elem(&open_spans, place);
	if (!open) {
		__sync_fetch_and_add(&lost_spans, 1);
		return 0;
	}
	open->stack = stack;
	open->span.kind = RECORD_SPAN;
	open->span.probe = COOKIE_PROBE(cookie);
	open->span.pid = id >> 32;
	open->span.tid = (__u32)id;
	open->span.key = key;
	keep_text(open, text);
	open->span.start_ns = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int begin_span(__u64 cookie, __u64 stack, __u64 key, __u64 text)
{
	struct place place;

	if (!is_selected(bpf_get_current_pid_tgid() >> 32))
		return 0;
	stack += COOKIE_SHIFT(cookie) * 8;
	if (is_nested(&place, cookie, stack))
		return 0;
	find_place(&place, cookie, stack, key);
	return open_span(&place, cookie, stack, key, text);
}

static __always_inline int end_span(const struct place *place, __u64 now, __u64 cookie, __u64 stack)
{
	struct open_span *open = bpf_map_lookup_elem(&open_spans, place);
	__u64 size;

	if (!open || open->span.probe != COOKIE_PROBE(cookie) ||
	    open->span.pid != bpf_get_current_pid_tgid() >> 32)
		return 0;
	if (COOKIE_PAIRING(cookie) == PAIR_CALL && stack - open->stack > RETURN_ADDRESS_BYTES)
		return 0;
	open->span.end_ns = now;
	size = sizeof(open->span) + open->span.text_len;
	BOUND(size, 1023);
	if (size > sizeof(open->span) + sizeof(open->text) ||
	    bpf_ringbuf_output(&records, &open->span, size, BPF_RB_NO_WAKEUP))
		__sync_fetch_and_add(&lost_spans, 1);
	bpf_map_delete_elem(&open_spans, place);
	return 0;
}

#endif
