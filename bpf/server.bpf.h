/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The turn of a server's socket: what each boundary does to it.
 *
 *        segment                  segment (more of it)                       acknowledged
 *   IDLE ────────▶ IN ──┐ read ──┐          first write ▶ OUT ──┐ write, tx ──────▶ record
 *                   ▲   └────────┘                         │    └─────┘
 *                   └──────────── segment (next request) ──┘
 */
#ifndef LATMON_SERVER_BPF_H
#define LATMON_SERVER_BPF_H

static __always_inline void begin(struct socket_state *s, struct sock *sk, struct tcp_sock *tp,
				  const struct segment *seg)
{
	struct turn *turn = &s->turn;

	begin_turn(s);
	turn->flags = awaits_accept(sk, s->accepted) ? TURN_BEFORE_ACCEPT : 0;
	turn->nic_ns = seg->nic_ns;
	turn->tcp_ns = seg->now;
	turn->in_seq = turn->read_seq = s->in_end = tp->rcv_nxt;
	s->out_end = tp->write_seq;
	s->phase = PHASE_IN;
	barrier();
	look_again(turn, sk, s->accepted);
}

/* From now on every event of this connection crosses by itself. */
static __always_inline void begin_stream(struct socket_state *s, struct tcp_sock *tp)
{
	s->turn.flags |= TURN_STREAM;
	s->unsent = true;
	finish(s, tp);
	s->mode = MODE_STREAM;
}

static __always_inline bool quiet(struct socket_state *s, struct tcp_sock *tp, __u32 ack)
{
	return !before(ack, tp->write_seq) && !before(tp->copied_seq, s->in_end);
}

static __always_inline void server_ack(struct socket_state *s, struct tcp_sock *tp, const struct segment *seg)
{
	if (before(tp->snd_nxt, seg->ack))
		return;
	if (s->mode == MODE_STREAM) {
		if (before(s->ack_seq, seg->ack))
			mark(s, RECORD_ACK, seg->now, seg->ack, 0);
	} else if (s->phase == PHASE_OUT && !s->turn.ack_ns && !before(seg->ack, tp->write_seq) &&
		   !before(tp->write_seq, s->out_end)) {
		s->turn.ack_ns = seg->now;
		emit(s, tp, false);
	}
	s->ack_seq = seg->ack;
}

/*
 * Keeps what fits into the head; returns where in the segment begins what does not but should cross too. Of a
 * long body it is the end of each segment, because another request may follow it there.
 */
#ifdef HEADS_FROM_BUFFERS

/* All that when it is read. */
static __always_inline __u32 keep_segment(struct socket_state *s, struct sk_buff *skb,
					  const struct segment *seg, __u32 at, bool drained)
{
	if (drained)
		s->restart_seq = seg->seq;
	return seg->len;
}

#else

static __always_inline __u32 keep_segment(struct socket_state *s, struct sk_buff *skb,
					  const struct segment *seg, __u32 at, bool drained)
{
	struct turn *turn = &s->turn;
	struct bpf_dynptr packet;

	if (copy_heads && at == turn->request_head && at < LATMON_HEAD_BYTES &&
	    !bpf_dynptr_from_skb(skb, 0, &packet))
		keep_in_head(turn, &packet, seg->header, at, seg->len);
	if (turn->request_head < LATMON_HEAD_BYTES || s->tls)
		return seg->len;
	if (at >= LATMON_BURST_BYTES)
		return seg->len > LATMON_HEAD_BYTES ? seg->len - LATMON_HEAD_BYTES : 0;
	return turn->request_head > at ? turn->request_head - at : 0;
}

#endif

/* New bytes extend the request. Returns as above. */
static __always_inline __u32 extend(struct socket_state *s, struct tcp_sock *tp, struct sk_buff *skb,
				    const struct segment *seg)
{
	bool drained = !before(tp->copied_seq, s->in_end);
	__u32 rest = keep_segment(s, skb, seg, seg->seq - s->turn.in_seq, drained);

	arrive(s, tp, seg);
	return rest;
}

/* True when the connection still overlaps, so that the segment is no turn of its own. */
static __always_inline bool overlaps(struct socket_state *s, struct tcp_sock *tp, const struct segment *seg)
{
	if (s->phase != PHASE_OUT)
		return false;
	if (s->mode == MODE_TURNS && s->http &&
	    (before(seg->ack, tp->write_seq) || LEAVES_BYTES_BEHIND(s, tp)))
		begin_stream(s, tp);
	if (s->mode == MODE_STREAM && !quiet(s, tp, seg->ack))
		return true;
	if (s->mode == MODE_TURNS) {
		s->unsent |= decrypts_on(s);
		finish(s, tp);
	}
	return false;
}

/*
 * The answer was written while the program was left out for it: its request is lost. What comes now is the
 * next one, not more of the same.
 */
static __always_inline void drop_answered(struct socket_state *s, struct tcp_sock *tp, __u32 fin)
{
	if (s->mode != MODE_TURNS || !was_written_unseen(s, tp, fin))
		return;
	__sync_fetch_and_add(&lost_turns, 1);
	s->unsent = false;
	s->phase = PHASE_IDLE;
}

static __always_inline void server_data(struct socket_state *s, struct sock *sk, struct tcp_sock *tp,
					struct sk_buff *skb, const struct segment *seg)
{
	__u32 end = seg->seq + seg->len;
	bool opens_later = awaits_answer(s);
	__u32 rest = 0;

	drop_answered(s, tp, 0);
	if (overlaps(s, tp, seg)) {
		if (before(s->in_end, end))
			s->in_end = end;
	} else {
		if (s->phase != PHASE_IN)
			begin(s, sk, tp, seg);
		if (opens_later)
			take_along(&s->turn);
		rest = extend(s, tp, skb, seg);
	}
	if (rest < seg->len)
		fragment_segment(s, skb, seg, rest, seg->len);
}

/*
 * A request that came with the last packet of the handshake (or after that packet was lost, or held back by
 * TCP_DEFER_ACCEPT) does not pass tcp_rcv_established: it is there when the connection is, and its packet was
 * not seen.
 */
static __always_inline void begin_with_handshake(struct socket_state *s, struct sock *sk, struct tcp_sock *tp)
{
	struct segment seg = {.now = s->established_ns};

	if (s->turn.number || !s->established_ns || !before(tp->copied_seq, tp->rcv_nxt))
		return;
	begin(s, sk, tp, &seg);
	s->turn.in_seq = s->turn.read_seq = tp->copied_seq;
	s->turn.in_bytes = tp->rcv_nxt - tp->copied_seq;
	s->turn.segments = 1;
	s->unsent = true;
}

/* Bytes are there whose segment was missed: a request, when the one before was answered, or more of it. */
static __always_inline void take_missed(struct socket_state *s, struct sock *sk, struct tcp_sock *tp)
{
	__u32 end = received_end(sk, tp);
	struct segment unseen = {};
	__u32 from = s->in_end;

	if (!before(from, end))
		return;
	if (s->phase == PHASE_OUT) {
		finish(s, tp);
		begin(s, sk, tp, &unseen);
		s->turn.in_seq = s->turn.read_seq = from;
	}
	s->turn.in_bytes += end - from;
	s->turn.segments++;
	s->in_end = end;
	s->unsent = true;
}

static __always_inline void server_readable(struct socket_state *s, struct sock *sk, __u64 now)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);

	if (!tp)
		return;
	if (s->phase == PHASE_IDLE)
		begin_with_handshake(s, sk, tp);
	else if (s->mode == MODE_STREAM)
		mark(s, RECORD_READY, now, tp->rcv_nxt, 0);
	else
		take_missed(s, sk, tp);
	if (s->phase == PHASE_IN)
		arrived(&s->turn, now);
}

/* Who reads, and whether the filter wants that process. */
static __always_inline bool identify_reader(struct socket_state *s, struct task_struct *task)
{
	__u32 pid = s->turn.pid;

	identify(s, task);
	if (pid == s->turn.pid)
		return true;
	if (process_matches(&s->turn) || is_called(&s->turn)) {
		begin_to_serve(&s->turn);
		note_process(s->turn.pid);
		return true;
	}
	s->ignored = IGNORED_UNTIL_CALLED;
	s->phase = PHASE_IDLE;
	s->turn.pid = 0;
	return false;
}

static __always_inline int server_read(struct socket_state *s, struct tcp_sock *tp, __u64 now)
{
	struct task_struct *task = current_task();

	if (s->phase == PHASE_OUT && s->mode == MODE_TURNS && s->http)
		begin_stream(s, tp);
	if (s->phase == PHASE_IN && !s->turn.read_ns && !s->turn.request_head && HEAD_MAY_BE_MISSED(s))
		keep_in_read(&s->turn, task, tp->copied_seq - s->turn.in_seq);
	s->turn.read_seq = tp->copied_seq;
	if (s->mode == MODE_STREAM)
		return mark(s, RECORD_READ, now, tp->copied_seq, TASK(task, pid));
	if ((s->phase != PHASE_IN && !is_unopened(s)) || !identify_reader(s, task))
		return 0;
	if (!s->turn.read_ns)
		s->turn.read_ns = now;
	s->turn.read_last_ns = now;
	s->turn.read_tid = TASK(task, pid);
	note_cpu(&s->reader, task, now);
	return 0;
}

#ifdef HEADS_FROM_BUFFERS

/* len bytes from read->seq on are in the reader's buffer. */
static __always_inline void server_buffer(struct socket_state *s, struct payload *buffer,
					  const struct segment *read)
{
	__u32 at = read->seq - s->turn.in_seq;
	__u32 kept = s->turn.request_head;

	if (s->buffer_turn == IN_FRAGMENTS)
		fragment_payload(s, buffer, read, 0, read->len);
	/* Of a turn that is in, nothing that is used here changes before the reader goes on. */
	if (s->buffer_turn != s->turn.number || s->phase != PHASE_IN ||
	    (at >= LATMON_BURST_BYTES && read->seq != s->restart_seq))
		return;
	if (at < kept && kept - at < read->len)
		keep_in_head(&s->turn, buffer, kept - at, kept, read->len - (kept - at));
	else
		keep_in_head(&s->turn, buffer, 0, at, read->len);
	if (s->turn.request_head == LATMON_HEAD_BYTES && !s->tls)
		fragment_payload(s, buffer, read, at < LATMON_HEAD_BYTES ? LATMON_HEAD_BYTES - at : 0,
				 read->len);
}

#endif

/* The answer begins. */
static __always_inline void answer(struct socket_state *s, __u32 seq, __u64 now)
{
	struct task_struct *task = current_task();
	struct turn *turn = &s->turn;

	s->phase = PHASE_OUT;
	s->out_end = turn->out_seq = turn->tx_seq = seq;
	turn->out_bytes = turn->tx_ns = turn->tx_last_ns = 0;
	turn->write_ns = now;
	turn->write_tid = TASK(task, pid);
	if (turn->read_ns && turn->read_tid == turn->write_tid)
		split_cpu(turn, &s->reader, task, now);
}

/* What is written of the answer: as it is, or as it was before encryption. */
static __always_inline void keep_reply(struct socket_state *s, const struct msghdr *msg,
				       const struct tls_call *call, __u32 seq, __u32 end)
{
	if (call)
		keep_plain(s, call);
	else if (!is_opened(s))
		keep_answer(&s->turn, msg, seq - s->turn.out_seq, end - seq);
}

static __always_inline void server_write(struct socket_state *s, struct tcp_sock *tp,
					 const struct msghdr *msg, __u32 seq, __u32 end)
{
	__u64 now = bpf_ktime_get_ns();
	struct tls_call *call = carried(msg);
	bool opens = call && !is_opened(s);
	bool first = s->phase == PHASE_IN || opens;

	if (first)
		answer(s, seq, now);
	else if (s->http && s->mode == MODE_TURNS && begins_like_http(msg))
		begin_stream(s, tp);
	if (opens)
		open_turn(s);
	if (s->mode == MODE_STREAM) {
		fragment_write(s, msg, now, seq, end - seq);
	} else {
		keep_reply(s, msg, call, seq, end);
		if (first)
			s->http = !is_opened(s) && kept_like_http(&s->turn);
		s->turn.write_last_ns = now;
		s->turn.ack_ns = 0;
	}
	offer(s, end);
}

static __always_inline void server_transmit(struct socket_state *s, __u32 end)
{
	__u64 now = bpf_ktime_get_ns();

	s->turn.tx_seq = end;
	if (s->mode == MODE_STREAM) {
		mark(s, RECORD_TX, now, end, 0);
		return;
	}
	if (!s->turn.tx_ns)
		s->turn.tx_ns = now;
	s->turn.tx_last_ns = now;
}

/* The connection is over: what is known of its last turn, or just that it is gone. */
static __always_inline void server_end(struct socket_state *s, struct tcp_sock *tp, bool acknowledged)
{
	__u64 now = bpf_ktime_get_ns();

	drop_answered(s, tp, 1);
	if (s->phase == PHASE_OUT && s->mode == MODE_TURNS && acknowledged && !s->turn.ack_ns) {
		s->turn.ack_ns = now;
		s->unsent = true;
	}
	s->unsent |= s->phase == PHASE_OUT && decrypts_on(s);
	if (s->phase != PHASE_IDLE && s->mode == MODE_TURNS && s->unsent) {
		s->turn.flags |= TURN_CLOSED;
		finish(s, tp);
	} else if (s->announced) {
		if (s->mode == MODE_STREAM && acknowledged)
			mark(s, RECORD_ACK, now, s->out_end, 0);
		mark(s, RECORD_CLOSE, now, 0, 0);
	}
	s->phase = PHASE_IDLE;
	s->mode = MODE_TURNS;
	s->announced = false;
}

#endif
