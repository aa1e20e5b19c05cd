/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The first bytes that a TLS library hands to its caller and takes from it, tied to the connection by the nested call: while a
 * thread is inside the library, the main programs note which connection that thread reads or writes (tls_calls). A session is
 * tied again by each such call, so neither the library's structures matter nor that their addresses are used again. What was
 * read ahead is found by the session. Plaintext that cannot be tied is not reported.
 */
#ifndef LATMON_TLS_BPF_H
#define LATMON_TLS_BPF_H

#define TLS_COUNT_BEHIND 1 /* cookie: the function returns 1, and where its fourth argument points, how many bytes it moved */

enum { TLS_NOTHING = 0, TLS_IN = 1, TLS_OUT = 2 };

struct tls_session {
	__u64 address;
	__u32 pid;
	__u32 unused;
};

struct tls_state {
	__u64 conn;
	__u32 direction; /* of the newest bytes */
	__u32 kept;	 /* of that direction, since it changed */
};

struct tls_call {
	struct tls_session session;
	__u64 buffer;
	__u64 count; /* address of the count */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct tls_session);
	__type(value, struct tls_state);
} tls_sessions SEC(".maps");

/* Threads that are inside the library. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct tls_call);
} tls_inside SEC(".maps");

/* The same threads for the main object, which writes the connection; 0 until then. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
} tls_calls SEC(".maps");

struct plaintext {
	struct fragment fragment;
	__u8 data[LATMON_HEAD_BYTES];
};

static __always_inline void tell_plaintext(struct tls_state *state, __u32 direction, __u64 buffer, __u64 len)
{
	struct plaintext *p;
	__u64 count = len;

	if (state->direction != direction)
		state->kept = 0;
	state->direction = direction;
	if (!state->conn || !len || state->kept >= LATMON_HEAD_BYTES)
		return;
	state->kept += len > LATMON_HEAD_BYTES ? LATMON_HEAD_BYTES : len;
	p = bpf_ringbuf_reserve(&records, sizeof(*p), 0);
	if (!p) {
		__sync_fetch_and_add(&lost_spans, 1);
		return;
	}
	__builtin_memset(&p->fragment, 0, sizeof(p->fragment));
	p->fragment.kind = direction == TLS_IN ? RECORD_PLAINTEXT_IN : RECORD_PLAINTEXT_OUT;
	p->fragment.conn = state->conn;
	p->fragment.time_ns = bpf_ktime_get_ns();
	p->fragment.len = len;
	p->fragment.tid = (__u32)bpf_get_current_pid_tgid();
	if (count > LATMON_HEAD_BYTES)
		count = LATMON_HEAD_BYTES;
	BOUND(count, 1023);
	if (count <= LATMON_HEAD_BYTES && !bpf_probe_read_user(p->data, count, (void *)buffer))
		p->fragment.data_len = count;
	bpf_ringbuf_submit(p, BPF_RB_NO_WAKEUP);
}

static __always_inline int enter_tls(__u64 session, __u64 buffer, __u64 count, __u64 written)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct tls_call call = {.session = {.address = session, .pid = id >> 32}, .buffer = buffer, .count = count};
	__u32 tid = (__u32)id;
	struct tls_state *state;
	__u64 none = 0;

	if (!is_selected(id >> 32))
		return 0;
	bpf_map_update_elem(&tls_inside, &tid, &call, BPF_ANY);
	bpf_map_update_elem(&tls_calls, &tid, &none, BPF_ANY);
	state = written ? bpf_map_lookup_elem(&tls_sessions, &call.session) : NULL;
	if (state)
		tell_plaintext(state, TLS_OUT, buffer, written);
	return 0;
}

/* How many bytes a call has moved. */
static __always_inline __u64 moved(const struct tls_call *call, __u64 cookie, __s64 result)
{
	__u64 count = 0;

	if (result <= 0)
		return 0;
	if (!(cookie & TLS_COUNT_BEHIND))
		return result;
	return bpf_probe_read_user(&count, sizeof(count), (void *)call->count) ? 0 : count;
}

static __always_inline int leave_tls(__u64 cookie, bool reads, __s64 result)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	struct tls_call *call = bpf_map_lookup_elem(&tls_inside, &tid);
	__u64 *conn = bpf_map_lookup_elem(&tls_calls, &tid);
	struct tls_state fresh = {};
	struct tls_state *state;

	if (!call)
		return 0;
	state = bpf_map_lookup_elem(&tls_sessions, &call->session);
	if (conn && *conn && (!state || state->conn != *conn)) {
		fresh.conn = *conn;
		bpf_map_update_elem(&tls_sessions, &call->session, &fresh, BPF_ANY);
		state = bpf_map_lookup_elem(&tls_sessions, &call->session);
	}
	if (reads && state)
		tell_plaintext(state, TLS_IN, call->buffer, moved(call, cookie, (int)result));
	bpf_map_delete_elem(&tls_calls, &tid);
	bpf_map_delete_elem(&tls_inside, &tid);
	return 0;
}

#endif
