/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the turns of both ends have in common: reading a segment, beginning a turn, handing it over.
 */
#ifndef LATMON_TURN_BPF_H
#define LATMON_TURN_BPF_H

static __always_inline bool before(__u32 a, __u32 b)
{
	return (__s32)(a - b) < 0;
}

/* TCP's own notes on a packet. skb->data is the TCP header here and skb->len counts it. */
#ifdef HEADS_FROM_BUFFERS

static __always_inline bool read_segment(struct sk_buff *skb, struct segment *seg)
{
	char cb[24]; /* sizeof(struct tcp_skb_cb) up to what is read; it never grew beyond */
	__u32 end, fin;

	if (bpf_probe_read_kernel(cb, sizeof(cb), (void *)skb->cb))
		return false;
	seg->seq = *(__u32 *)(cb + bpf_core_field_offset(struct tcp_skb_cb, seq));
	seg->ack = *(__u32 *)(cb + bpf_core_field_offset(struct tcp_skb_cb, ack_seq));
	end = *(__u32 *)(cb + bpf_core_field_offset(struct tcp_skb_cb, end_seq));
	fin = *(__u8 *)(cb + bpf_core_field_offset(struct tcp_skb_cb, tcp_flags)) & TCPHDR_FIN;
	seg->len = end - seg->seq - fin;
	seg->header = skb->len - seg->len;
	return true;
}

static __always_inline bool opens_window(const struct sk_buff *skb)
{
	return false;
}

#else

/* Where a packet can be opened, its notes can be read as what they are, which costs less than to copy them.
 */
static __always_inline bool read_segment(struct sk_buff *skb, struct segment *seg)
{
	const struct tcp_skb_cb *cb =
	    bpf_rdonly_cast((void *)skb->cb, bpf_core_type_id_kernel(struct tcp_skb_cb));

	seg->seq = cb->seq;
	seg->ack = cb->ack_seq;
	seg->len = cb->end_seq - seg->seq - (cb->tcp_flags & TCPHDR_FIN);
	seg->header = skb->len - seg->len;
	return true;
}

/* False also where it cannot be told cheaply. */
static __always_inline bool opens_window(const struct sk_buff *skb)
{
	const struct tcphdr *header = bpf_rdonly_cast(skb->data, bpf_core_type_id_kernel(struct tcphdr));

	return header->window;
}

#endif

/* skb->tstamp is CLOCK_REALTIME only while somebody asked for receive stamps; otherwise 0 or a monotonic
 * departure time. */
static __always_inline __u64 nic_time(const struct sk_buff *skb, __u64 now)
{
	__u64 stamp = skb->tstamp;

	if (!monotonic_minus_real_ns || stamp < 1000000000000000000ULL)
		return 0;
	stamp += monotonic_minus_real_ns;
	return stamp < now ? stamp : now;
}

static __always_inline bool put_on_ring(struct turn *turn)
{
	__u64 size = turn->request_head + turn->response_head;

	size += __builtin_offsetof(struct turn, heads);
	BOUND(size, 2047);
	return size <= sizeof(*turn) && !bpf_ringbuf_output(&records, turn, size, BPF_RB_NO_WAKEUP);
}

/* Hands the turn over as it is now. reading: in the context of the thread that reads, which may have to
 * decrypt. */
static __noinline int emit(struct socket_state *s, struct tcp_sock *tp, bool reading)
{
	struct turn *turn = &s->turn;
	__u32 unsent = s->out_end - TCP(tp, write_seq);

	if (!turn->write_ns || (__s32)unsent < 0)
		unsent = 0;
	turn->srtt_us = TCP(tp, srtt_us) >> 3;
	turn->flags &= ~TURN_PARTIAL;
	if (unsent || s->due)
		turn->flags |= TURN_PARTIAL;
	turn->out_bytes -= unsent;
	if (is_opened(s) && turn->role == TURN_OF_SERVER)
		count_plain(turn);
	if ((reading && waits_for_plain(s)) || put_on_ring(turn)) {
		s->unsent = false;
		s->unreported = false;
		s->announced = true;
		turn->flags |= TURN_UPDATED;
	}
	turn->out_bytes += unsent;
	return 0;
}

/* The turn is over: its last chance to be handed over. */
static __always_inline void finish(struct socket_state *s, struct tcp_sock *tp)
{
	if (s->phase == PHASE_IDLE || !s->unsent)
		return;
	emit(s, tp, false);
	if (!s->unsent)
		return;
	__sync_fetch_and_add(s->unreported ? &lost_turns : &lost_parts, 1);
	s->unsent = s->unreported = false;
}

/* All of it but the connection is forgotten. */
static __always_inline void begin_turn(struct socket_state *s)
{
	struct turn *turn = &s->turn;

	__builtin_memset(&turn->nic_ns, 0,
			 __builtin_offsetof(struct turn, fragments) -
			     __builtin_offsetof(struct turn, nic_ns));
	turn->number++;
	turn->flags = 0;
	turn->request_head = turn->response_head = turn->tail = 0;
	s->mode = MODE_TURNS;
	s->http = false;
	s->drained = false;
	s->due = 0;
	s->unreported = true;
}

/* While one end is read the other way was written, and the program was left out for that. A FIN counts as one
 * byte. */
static __always_inline bool was_written_unseen(struct socket_state *s, struct tcp_sock *tp, __u32 fin)
{
	return s->phase == PHASE_IN && before(s->out_end + fin, TCP(tp, write_seq));
}

/* No accept() has returned the socket yet. */
static __always_inline bool awaits_accept(const struct sock *sk, bool accepted)
{
	return !accepted && !sk->sk_socket;
}

/* One that has returned while a turn began may not have found it: it was not waited for then. */
static __always_inline void look_again(struct turn *turn, const struct sock *sk, bool accepted)
{
	if (!turn->accept_ns && !awaits_accept(sk, accepted))
		turn->flags &= ~TURN_BEFORE_ACCEPT;
}

/* New bytes extend what arrives of the turn; those of a segment that was seen before do not. True when they
 * are its newest. */
static __always_inline bool arrive(struct socket_state *s, struct tcp_sock *tp, const struct segment *seg)
{
	__u32 end = seg->seq + seg->len;
	bool newest = before(s->in_end, end);

	if (before(tp->rcv_nxt, seg->seq))
		s->turn.out_of_order++;
	if (newest) {
		s->turn.in_bytes += end - s->in_end;
		s->in_end = end;
	}
	s->turn.segments++;
	s->unsent = true;
	return newest;
}

/* Up to where the bytes have come. The other end's FIN counts as one. */
static __always_inline __u32 received_end(const struct sock *sk, const struct tcp_sock *tp)
{
	return tp->rcv_nxt - !!(sk->sk_shutdown & RCV_SHUTDOWN);
}

/*
 * The window that the segment before this one left open lasted until now: snd_wnd is what that one said,
 * because this one has not been looked at yet.
 */
static __always_inline void count_zero_window(struct socket_state *s, struct tcp_sock *tp, __u64 now)
{
	struct turn *turn = &s->turn;
	__u64 from = s->segment_ns > turn->write_ns ? s->segment_ns : turn->write_ns;

	if (turn->write_ns && !tp->snd_wnd && before(tp->snd_una, s->out_end)) {
		turn->zero_window_ns += now - from;
		turn->shut_last_ns = now;
		if (!turn->shut_ns)
			turn->shut_ns = from;
	}
	s->segment_ns = now;
}

/*
 * An acknowledgement of a part of what was written, the window open before and after: nothing that is
 * measured happens, so the clock need not be asked, which is the dearest thing here. Every second segment of
 * an answer of two packets is one.
 */
static __always_inline bool says_nothing(struct socket_state *s, struct tcp_sock *tp,
					 const struct sk_buff *skb, const struct segment *seg)
{
	return !seg->len && s->mode == MODE_TURNS && before(seg->ack, s->out_end) && tp->snd_wnd &&
	       opens_window(skb);
}

/* Bytes are written beyond those that were offered before. */
static __always_inline void offer(struct socket_state *s, __u32 end)
{
	__u32 len = end - s->out_end;

	s->due -= s->due < len ? s->due : len;
	s->turn.out_bytes += len;
	s->out_end = end;
	s->unsent = true;
}

static __always_inline void arrived(struct turn *turn, __u64 now)
{
	if (!turn->ready_ns)
		turn->ready_ns = now;
	turn->ready_last_ns = now;
}

/*
 * How far the stream goes with a packet that is handed to the device. skb->cb belongs to lower layers by now,
 * so the range comes from the header.
 */
static __always_inline bool transmitted_end(struct sk_buff *skb, __u32 *end)
{
	struct {
		__u16 ports[2];
		__u32 seq;
		__u32 ack;
		__u8 offset;
	} header;
	__u32 start = skb->transport_header;

	if (bpf_probe_read_kernel(&header, sizeof(header), skb->head + start))
		return false;
	*end = bpf_ntohl(header.seq) + skb->len - (start - (__u32)(skb->data - skb->head)) -
	       (header.offset >> 4) * 4;
	return true;
}

#endif
