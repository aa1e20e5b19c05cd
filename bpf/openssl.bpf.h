/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Inside the TLS library: where a thread is, which tls.bpf.h asks for when that thread touches a socket, and
 * what has been decrypted when it comes back.
 */
#ifndef LATMON_OPENSSL_BPF_H
#define LATMON_OPENSSL_BPF_H

#define TLS_COUNT_BEHIND                                                                                     \
	1 /* cookie: the function returns 1, and where its fourth argument points, how many bytes it read */

struct tls_inbound nothing; /* stays so: too large for the stack */
__u64 lost_turns;	    /* as in socket.bpf.h: of those that waited for the end of a call */

/* A handshake comes before the connection's first request, which may be the one that selects the process. */
static __always_inline struct tls_call *enter_tls(struct pt_regs *ctx, enum tls_kind kind)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct tls_call *call;

	if (kind != TLS_SHAKES && !is_selected(id >> 32))
		return NULL;
	call = bpf_task_storage_get(&tls_calls, bpf_get_current_task_btf(), NULL,
				    BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!call)
		return NULL;
	call->session.address = PT_REGS_PARM1(ctx);
	call->session.pid = id >> 32;
	call->buffer = PT_REGS_PARM2(ctx);
	call->kind = kind;
	call->reached = call->waits = false;
	return call;
}

static __always_inline struct tls_call *leave_tls(enum tls_kind kind)
{
	struct tls_call *call = bpf_task_storage_get(&tls_calls, bpf_get_current_task_btf(), NULL, 0);

	if (!call || call->kind != kind)
		return NULL;
	call->kind = TLS_OUTSIDE;
	return call;
}

/* How many bytes a call has read. */
static __always_inline __u64 read_bytes(const struct tls_call *call, __u64 cookie, int result)
{
	__u64 count = 0;

	if (result <= 0)
		return 0;
	if (!(cookie & TLS_COUNT_BEHIND))
		return result;
	return bpf_probe_read_user(&count, sizeof(count), (void *)call->count) ? 0 : count;
}

static __always_inline struct tls_inbound *inbound_of(const struct tls_tie *tie)
{
	struct tls_inbound *in = bpf_map_lookup_elem(&tls_inbound, &tie->conn);

	if (!in) {
		bpf_map_update_elem(&tls_inbound, &tie->conn, &nothing, BPF_ANY);
		in = bpf_map_lookup_elem(&tls_inbound, &tie->conn);
	}
	if (in && in->turn != tie->turn) {
		in->turn = tie->turn;
		in->late = in->bytes - in->told;
		in->len = in->tail_len = 0;
		in->bytes = in->told = 0;
	}
	return in;
}

/* Puts down what was decrypted: its beginning, its end, how much it is. */
static __always_inline void put_down(struct tls_inbound *in, __u64 buffer, __u64 len)
{
	__u64 count = len;
	__u64 to = in->len;
	__u64 skip = 0;

	in->bytes += len;
	if (to < LATMON_HEAD_BYTES) {
		if (count > LATMON_HEAD_BYTES - to)
			count = LATMON_HEAD_BYTES - to;
		BOUND(to, 511);
		BOUND(count, 1023);
		if (count <= LATMON_HEAD_BYTES && !bpf_probe_read_user(in->head + to, count, (void *)buffer))
			in->len += count;
	}
	count = len;
	if (count > LATMON_TAIL_BYTES) {
		skip = count - LATMON_TAIL_BYTES;
		count = LATMON_TAIL_BYTES;
	}
	BOUND(count, 63);
	in->tail_len = 0;
	if (count <= LATMON_TAIL_BYTES && !bpf_probe_read_user(in->tail, count, (void *)(buffer + skip)))
		in->tail_len = count;
}

/* The turn that waits with this thread, with what is decrypted of its answer until now. */
static __always_inline void hand_over(const struct tls_tie *tie)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	struct tls_turn *waiting = bpf_map_lookup_elem(&tls_turns, &tid);
	struct tls_inbound *in = bpf_map_lookup_elem(&tls_inbound, &tie->conn);
	struct turn *turn;
	__u64 size, to;

	if (!waiting || waiting->turn.conn != tie->conn || waiting->turn.number != tie->turn)
		return;
	turn = &waiting->turn;
	to = turn->request_head;
	size = __builtin_offsetof(struct turn, heads) + to;
	BOUND(to, 1023);
	if (in && in->turn == tie->turn &&
	    !bpf_probe_read_kernel(turn->heads + to, LATMON_HEAD_BYTES, in->head) &&
	    !bpf_probe_read_kernel(turn->tail_bytes, LATMON_TAIL_BYTES, in->tail)) {
		turn->response_head = in->len;
		turn->tail = in->tail_len;
		turn->plain_in = in->bytes;
		size += in->len;
	}
	BOUND(size, 2047);
	if (size > sizeof(*turn) || bpf_ringbuf_output(&records, turn, size, BPF_RB_NO_WAKEUP))
		__sync_fetch_and_add(turn->flags & TURN_UPDATED ? &lost_spans : &lost_turns, 1);
	turn->flags |= TURN_UPDATED;
}

static __always_inline int leave_reading(__u64 cookie, int result)
{
	struct tls_call *call = leave_tls(TLS_READS);
	struct tls_inbound *in;
	struct tls_tie *known;
	struct tls_tie tie;
	__u64 count;

	if (!call)
		return 0;
	count = read_bytes(call, cookie, result);
	if (!count && !call->waits)
		return 0;
	known = bpf_map_lookup_elem(&tls_sessions, &call->session);
	if (!known)
		return 0;
	tie = *known;
	in = count ? inbound_of(&tie) : NULL;
	if (in)
		put_down(in, call->buffer, count);
	/* Also what had been read ahead. */
	if (call->waits || !call->reached)
		hand_over(&tie);
	return 0;
}

#endif
