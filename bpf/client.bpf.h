/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* clang-format off */
/*
 * The turn of a client's socket, the mirror image of a server's: what each boundary does to it.
 *
 *        write                 write, tx                segment            read of all that has arrived
 *   IDLE ─────▶ OUT ──┐ (more of it) ──┐       ────────▶ IN ──┐ segment, read ──────▶ record
 *                ▲    └────────────────┘                 │    └──────┘
 *                └──────────── write (next request) ─────┘
 *
 * Where a request begins before the answer to the one before was read, their bytes cannot be told apart here: both turns
 * say so (TURN_OVERLAP).
 */
/* clang-format on */
#ifndef LATMON_CLIENT_BPF_H
#define LATMON_CLIENT_BPF_H

static __always_inline void begin_request(struct socket_state *s, struct tcp_sock *tp, __u32 seq, __u64 now)
{
	struct turn *turn = &s->turn;
	struct task_struct *task = current_task();
	bool overlap = s->phase == PHASE_IN && before(tp->copied_seq, s->in_end);

	if (overlap) {
		turn->flags |= TURN_OVERLAP;
		s->unsent = true;
	}
	finish(s, tp);
	begin_turn(s);
	turn->flags = overlap ? TURN_OVERLAP : 0;
	turn->write_ns = now;
	turn->write_tid = TASK(task, pid);
	turn->out_seq = turn->tx_seq = s->out_end = seq;
	turn->in_seq = s->in_end = tp->rcv_nxt;
	turn->read_seq = tp->copied_seq;
	s->phase = PHASE_OUT;
	identify(s, task);
	if (is_serving(turn->pid))
		turn->flags |= TURN_SERVES;
}

static __always_inline void client_write(struct socket_state *s, struct tcp_sock *tp,
					 const struct msghdr *msg, __u32 seq, __u32 end)
{
	__u64 now = bpf_ktime_get_ns();
	struct tls_call *call = carried(msg);

	if (s->phase != PHASE_OUT || (call && !is_opened(s)))
		begin_request(s, tp, seq, now);
	if (call && !is_opened(s))
		open_turn(s);
	if (call)
		keep_plain(s, call);
	else if (!is_opened(s))
		keep_request(&s->turn, msg, seq - s->turn.out_seq);
	s->turn.write_last_ns = now;
	s->turn.ack_ns = 0;
	offer(s, end);
}

static __always_inline void client_transmit(struct socket_state *s, __u32 end)
{
	__u64 now = bpf_ktime_get_ns();

	s->turn.tx_seq = end;
	if (!s->turn.tx_ns)
		s->turn.tx_ns = now;
	s->turn.tx_last_ns = now;
}

static __always_inline void client_ack(struct socket_state *s, const struct segment *seg)
{
	if (s->phase != PHASE_IDLE && !s->turn.ack_ns && !before(seg->ack, s->out_end))
		s->turn.ack_ns = seg->now;
}

#ifdef HEADS_FROM_BUFFERS

/* When it is read. */
static __always_inline void keep_arrival(struct turn *turn, struct sk_buff *skb, const struct segment *seg,
					 bool newest)
{
}

#else

static __always_inline void keep_arrival(struct turn *turn, struct sk_buff *skb, const struct segment *seg,
					 bool newest)
{
	__u32 at = seg->seq - turn->in_seq;
	struct bpf_dynptr packet;

	if (!copy_heads || bpf_dynptr_from_skb(skb, 0, &packet))
		return;
	keep_in_head(turn, &packet, seg->header, at, seg->len);
	if (newest && turn->response_head != at + seg->len)
		keep_in_tail(turn, &packet, seg->header, seg->len);
}

#endif

static __always_inline void client_data(struct socket_state *s, struct tcp_sock *tp, struct sk_buff *skb,
					const struct segment *seg)
{
	struct turn *turn = &s->turn;
	bool newest;

	if (was_written_unseen(s, tp, 0)) {
		/* The program was left out for the request that this answers. */
		__sync_fetch_and_add(&lost_turns, 1);
		finish(s, tp);
		s->phase = PHASE_IDLE;
	}
	if (s->phase == PHASE_IDLE)
		return;
	if (s->phase == PHASE_OUT) {
		/* Sent before the other end had a byte of the request: no answer to it. */
		if (!before(turn->out_seq, seg->ack)) {
			turn->flags |= TURN_OVERLAP;
			return;
		}
		turn->nic_ns = seg->nic_ns;
		turn->tcp_ns = seg->now;
		turn->in_seq = s->in_end = tp->rcv_nxt;
		s->phase = PHASE_IN;
	}
	newest = arrive(s, tp, seg);
	if (!is_opened(s))
		keep_arrival(turn, skb, seg, newest);
}

/*
 * What comes after the client has said that it will not write any more does not pass tcp_rcv_established, and
 * what the kernel left the program out for was missed: only that it is readable is seen. Of a turn that mixes
 * with the one before, bytes may be there that are no answer to it.
 */
static __always_inline void arrive_unseen(struct socket_state *s, struct sock *sk)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	__u8 state = sk->__sk_common.skc_state;
	struct turn *turn = &s->turn;
	__u32 end;

	if (!tp || ((state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT) && turn->flags & TURN_OVERLAP))
		return;
	end = received_end(sk, tp);
	if (!before(s->in_end, end))
		return;
	turn->in_bytes += end - s->in_end;
	turn->segments++;
	s->in_end = end;
	s->phase = PHASE_IN;
	s->unsent = true;
}

static __always_inline void client_readable(struct socket_state *s, struct sock *sk, __u64 now)
{
	if (s->phase != PHASE_IDLE)
		arrive_unseen(s, sk);
	if (s->phase == PHASE_IN)
		arrived(&s->turn, now);
}

static __always_inline void client_read(struct socket_state *s, struct tcp_sock *tp, __u64 now)
{
	struct turn *turn = &s->turn;
	struct task_struct *task = current_task();

	turn->read_seq = tp->copied_seq;
	if (s->phase != PHASE_IN || !before(turn->in_seq, tp->copied_seq))
		return;
	if (!turn->read_ns && !turn->response_head && HEAD_MAY_BE_MISSED(s) && !is_opened(s))
		keep_in_read(turn, task, tp->copied_seq - turn->in_seq);
	if (!turn->read_ns)
		turn->read_ns = now;
	turn->read_last_ns = now;
	turn->read_tid = TASK(task, pid);
	s->unsent = true;
	s->drained = !before(tp->copied_seq, s->in_end);
#ifndef HEADS_FROM_BUFFERS
	if (s->drained)
		emit(s, tp, true);
#endif
}

#ifdef HEADS_FROM_BUFFERS

/* The bytes that a read has put into its caller's buffers: with them the record is what it should be. */
static __always_inline void client_buffer(struct socket_state *s, struct tcp_sock *tp,
					  const struct msghdr *msg, __u32 count)
{
	struct turn *turn = &s->turn;
	__u32 at = s->buffer_end - count - turn->in_seq;
	struct payload piece;
	__u64 len;

	if (s->phase != PHASE_IN || (__s32)at < 0)
		return;
	if (!is_opened(s)) {
		if (at == turn->response_head && filled_piece(msg, count, &piece, &len))
			keep_in_head(turn, &piece, 0, at, len);
		if (turn->response_head != at + count && filled_end(msg, count, &piece, &len))
			keep_in_tail(turn, &piece, 0, len);
	}
	if (s->drained && s->unsent)
		emit(s, tp, true);
}

#endif

static __always_inline void client_end(struct socket_state *s, struct tcp_sock *tp)
{
	if (s->calling)
		release_port(&s->turn);
	s->calling = false;
	if (s->phase != PHASE_IDLE && s->unsent) {
		s->turn.flags |= TURN_CLOSED;
		finish(s, tp);
	} else if (s->announced) {
		mark(s, RECORD_CLOSE, bpf_ktime_get_ns(), 0, 0);
	}
	s->phase = PHASE_IDLE;
	s->announced = false;
}

#endif
