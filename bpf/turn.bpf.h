/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The turn of a server's socket: what each hook does to it. One handler per boundary; the attach points in latmon.bpf.c
 * are thin wrappers, so another hook for the same boundary is one more wrapper.
 *
 *        segment                  segment (more of it)                       acknowledged
 *   IDLE ────────▶ IN ──┐ read ──┐          first write ▶ OUT ──┐ write, tx ──────▶ record
 *                   ▲   └────────┘                         │    └─────┘
 *                   └──────────── segment (next request) ──┘
 */
#ifndef LATMON_TURN_BPF_H
#define LATMON_TURN_BPF_H

static __always_inline bool before(__u32 a, __u32 b)
{
	return (__s32)(a - b) < 0;
}

/* TCP's own notes on a packet. skb->data is the TCP header here and skb->len counts it. */
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

/* skb->tstamp is CLOCK_REALTIME only while somebody asked for receive stamps; otherwise 0 or a monotonic departure time. */
static __always_inline __u64 nic_time(const struct sk_buff *skb, __u64 now)
{
	__u64 stamp = skb->tstamp;

	if (!monotonic_minus_real_ns || stamp < 1000000000000000000ULL)
		return 0;
	stamp += monotonic_minus_real_ns;
	return stamp < now ? stamp : now;
}

/* Hands the turn over as it is now. */
static __noinline int emit(struct socket_state *s, struct tcp_sock *tp)
{
	struct turn *turn = &s->turn;
	__u64 size = turn->in_head + turn->out_head;
	__u32 unsent = s->out_end - TCP(tp, write_seq);

	turn->srtt_us = TCP(tp, srtt_us) >> 3;
	turn->flags &= ~TURN_PARTIAL;
	if (turn->write_ns && (__s32)unsent > 0) {
		turn->flags |= TURN_PARTIAL;
		turn->out_bytes -= unsent;
	}
	size += __builtin_offsetof(struct turn, heads);
	BOUND(size, 2047);
	if (size <= sizeof(*turn) && !bpf_ringbuf_output(&records, turn, size, BPF_RB_NO_WAKEUP)) {
		s->unsent = false;
		s->unreported = false;
		s->announced = true;
		turn->flags |= TURN_UPDATED;
	}
	if (turn->flags & TURN_PARTIAL)
		turn->out_bytes += unsent;
	return 0;
}

/* The turn is over: its last chance to be handed over. */
static __always_inline void finish(struct socket_state *s, struct tcp_sock *tp)
{
	if (s->phase != PHASE_IDLE && s->unsent)
		emit(s, tp);
	if (s->phase != PHASE_IDLE && s->unsent)
		__sync_fetch_and_add(&lost_records, 1);
}

static __always_inline void begin(struct socket_state *s, struct sock *sk, struct tcp_sock *tp, const struct segment *seg)
{
	struct turn *turn = &s->turn;

	__builtin_memset(&turn->nic_ns, 0, __builtin_offsetof(struct turn, fragments) - __builtin_offsetof(struct turn, nic_ns));
	turn->number++;
	turn->flags = sk->sk_socket ? 0 : TURN_BEFORE_ACCEPT;
	turn->in_head = turn->out_head = turn->tail = 0;
	turn->nic_ns = seg->nic_ns;
	turn->tcp_ns = seg->now;
	turn->in_seq = turn->read_seq = s->in_end = tp->rcv_nxt;
	s->phase = PHASE_IN;
	s->mode = MODE_TURNS;
	s->http = false;
	s->unreported = true;
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

static __always_inline void handle_ack(struct socket_state *s, struct tcp_sock *tp, const struct segment *seg)
{
	if (before(tp->snd_nxt, seg->ack))
		return;
	if (s->mode == MODE_STREAM) {
		if (before(s->ack_seq, seg->ack))
			mark(s, RECORD_ACK, seg->now, seg->ack, 0);
	} else if (s->phase == PHASE_OUT && !s->turn.ack_ns && !before(seg->ack, tp->write_seq) &&
		   !before(tp->write_seq, s->out_end)) {
		s->turn.ack_ns = seg->now;
		emit(s, tp);
	}
	s->ack_seq = seg->ack;
}

/*
 * Keeps what fits into the head; returns where in the segment begins what does not but should cross too. Of a long body it is
 * the end of each segment, because another request may follow it there.
 */
#ifdef HEADS_FROM_BUFFERS

/* The first read of a connection may have been entered before latmon came; its return is not seen then. */
#define HEAD_MAY_BE_MISSED(s) ((s)->turn.number == 1)

/* What waits in the socket would be copied when its turn is over. */
#define LEAVES_BYTES_BEHIND(s, tp) before((tp)->copied_seq, (s)->in_end)

/* All that when it is read. */
static __always_inline __u32 keep_segment(struct socket_state *s, struct sk_buff *skb, const struct segment *seg, __u32 at,
					  bool drained)
{
	if (drained)
		s->restart_seq = seg->seq;
	return seg->len;
}

#else

#define HEAD_MAY_BE_MISSED(s) true
#define LEAVES_BYTES_BEHIND(s, tp) false

static __always_inline __u32 keep_segment(struct socket_state *s, struct sk_buff *skb, const struct segment *seg, __u32 at,
					  bool drained)
{
	struct turn *turn = &s->turn;
	struct bpf_dynptr packet;

	if (copy_heads && at == turn->in_head && at < LATMON_HEAD_BYTES && !bpf_dynptr_from_skb(skb, 0, &packet))
		keep_in_head(turn, &packet, seg->header, at, seg->len);
	if (turn->in_head < LATMON_HEAD_BYTES)
		return seg->len;
	if (at >= LATMON_BURST_BYTES)
		return seg->len > LATMON_HEAD_BYTES ? seg->len - LATMON_HEAD_BYTES : 0;
	return turn->in_head > at ? turn->in_head - at : 0;
}

#endif

/* New bytes extend the turn. Returns as above. */
static __always_inline __u32 extend(struct socket_state *s, struct tcp_sock *tp, struct sk_buff *skb, const struct segment *seg)
{
	struct turn *turn = &s->turn;
	__u32 at = seg->seq - turn->in_seq;
	__u32 end = seg->seq + seg->len;
	bool drained = !before(tp->copied_seq, s->in_end);
	__u32 rest;

	if (before(tp->rcv_nxt, seg->seq))
		turn->out_of_order++;
	rest = keep_segment(s, skb, seg, at, drained);
	if (before(s->in_end, end)) {
		turn->in_bytes += end - s->in_end;
		s->in_end = end;
	}
	turn->segments++;
	s->unsent = true;
	return rest;
}

/* True when the connection still overlaps, so that the segment is no turn of its own. */
static __always_inline bool overlaps(struct socket_state *s, struct tcp_sock *tp, const struct segment *seg)
{
	if (s->phase != PHASE_OUT)
		return false;
	if (s->mode == MODE_TURNS && s->http && (before(seg->ack, tp->write_seq) || LEAVES_BYTES_BEHIND(s, tp)))
		begin_stream(s, tp);
	if (s->mode == MODE_STREAM && !quiet(s, tp, seg->ack))
		return true;
	if (s->mode == MODE_TURNS)
		finish(s, tp);
	return false;
}

static __always_inline void handle_data(struct socket_state *s, struct sock *sk, struct tcp_sock *tp, struct sk_buff *skb,
					const struct segment *seg)
{
	__u32 end = seg->seq + seg->len;
	__u32 rest = 0;

	if (!before(tp->rcv_nxt, end)) {
		s->turn.duplicates++;
		return;
	}
	if (overlaps(s, tp, seg)) {
		if (before(s->in_end, end))
			s->in_end = end;
	} else {
		if (s->phase != PHASE_IN)
			begin(s, sk, tp, seg);
		rest = extend(s, tp, skb, seg);
	}
	if (rest < seg->len)
		fragment_segment(s, skb, seg, rest, seg->len);
}

static __always_inline int handle_segment(struct sock *sk, struct sk_buff *skb)
{
	struct segment seg = {};
	struct socket_state *s;
	struct tcp_sock *tp;

	if (!port_matches(sk) || !read_segment(skb, &seg))
		return 0;
	s = seg.len ? follow(sk, ROLE_UNKNOWN) : followed(sk);
	tp = bpf_skc_to_tcp_sock(sk);
	if (!s || !tp)
		return 0;
	seg.now = bpf_ktime_get_ns();
	handle_ack(s, tp, &seg);
	if (!seg.len)
		return 0;
	seg.nic_ns = nic_time(skb, seg.now);
	handle_data(s, sk, tp, skb, &seg);
	return 0;
}

/*
 * A request that came with the last packet of the handshake (or after that packet was lost, or held back by
 * TCP_DEFER_ACCEPT) does not pass tcp_rcv_established: it is there when the connection is, and its packet was not seen.
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

static __always_inline int handle_readable(struct sock *sk)
{
	struct socket_state *s;
	struct tcp_sock *tp;
	__u64 now;

	if (!port_matches(sk))
		return 0;
	s = followed(sk);
	if (!s)
		return 0;
	now = bpf_ktime_get_ns();
	if (s->phase == PHASE_IDLE || s->mode == MODE_STREAM) {
		tp = bpf_skc_to_tcp_sock(sk);
		if (tp && s->phase == PHASE_IDLE)
			begin_with_handshake(s, sk, tp);
		else if (tp)
			mark(s, RECORD_READY, now, tp->rcv_nxt, 0);
	}
	if (s->phase == PHASE_IN) {
		if (!s->turn.ready_ns)
			s->turn.ready_ns = now;
		s->turn.ready_last_ns = now;
	}
	return 0;
}

/*
 * The scheduler adds to sum_exec_runtime at ticks and switches only; with the time since exec_start it is exact now. exec_start
 * is on the CPU's own task clock, so only differences between two looks on one CPU mean anything.
 */
static __always_inline __u64 exec_time(struct task_struct *task, __u64 now)
{
	return TASK(task, se.sum_exec_runtime) + now - TASK(task, se.exec_start);
}

/* Who reads, and whether the filter wants that process. */
static __always_inline bool identify_reader(struct socket_state *s, struct task_struct *task)
{
	__u32 pid = TASK(task, tgid);

	if (s->turn.pid != pid) {
		s->turn.pid = pid;
		BPF_CORE_READ_STR_INTO(&s->turn.comm, task, group_leader, comm);
	}
	if (process_matches(&s->turn))
		return true;
	s->ignored = true;
	s->phase = PHASE_IDLE;
	return false;
}

#ifdef HEADS_FROM_BUFFERS

/*
 * The reader's buffer can be seen when its call returns. The socket is no longer locked then, and another turn may
 * be about to begin: where the bytes belong is decided now.
 */
static __always_inline void note_buffer(struct socket_state *s, struct tcp_sock *tp)
{
	s->buffer_end = tp->copied_seq;
	if (s->phase == PHASE_IN && before(s->turn.read_seq, tp->copied_seq))
		s->buffer_turn = s->turn.number;
	else
		s->buffer_turn = s->http ? IN_FRAGMENTS : NOWHERE;
}

#else

static __always_inline void note_buffer(struct socket_state *s, struct tcp_sock *tp)
{
}

#endif

static __always_inline int handle_read(struct sock *sk)
{
	struct task_struct *task;
	struct socket_state *s;
	struct tcp_sock *tp;
	__u64 now;

	if (!port_matches(sk))
		return 0;
	s = followed(sk);
	tp = bpf_skc_to_tcp_sock(sk);
	if (!s || !tp || s->phase == PHASE_IDLE)
		return 0;
	note_buffer(s, tp);
	if (!before(s->turn.read_seq, tp->copied_seq))
		return 0;
	task = current_task();
	now = bpf_ktime_get_ns();
	if (s->phase == PHASE_OUT && s->mode == MODE_TURNS && s->http)
		begin_stream(s, tp);
	if (s->phase == PHASE_IN && !s->turn.read_ns && !s->turn.in_head && HEAD_MAY_BE_MISSED(s))
		keep_in_read(&s->turn, task, tp->copied_seq - s->turn.in_seq);
	s->turn.read_seq = tp->copied_seq;
	if (s->mode == MODE_STREAM)
		return mark(s, RECORD_READ, now, tp->copied_seq, TASK(task, pid));
	if (s->phase != PHASE_IN || !identify_reader(s, task))
		return 0;
	if (!s->turn.read_ns)
		s->turn.read_ns = now;
	s->turn.read_last_ns = now;
	s->turn.read_tid = TASK(task, pid);
	s->reader_cpu = bpf_get_smp_processor_id();
	s->reader_exec_ns = exec_time(task, now);
	s->reader_run_delay_ns = TASK(task, sched_info.run_delay);
	return 0;
}

#ifdef HEADS_FROM_BUFFERS

/* A read has returned: the bytes that it moved into the caller's buffer. */
static __always_inline int handle_read_buffer(struct sock *sk, const struct msghdr *msg, __u32 flags, __s64 result)
{
	struct segment read = {}; /* neither of its times: they crossed when it arrived */
	struct socket_state *s;
	struct payload buffer;
	__u64 len;
	__u32 at;

	if (result <= 0 || flags & (MSG_PEEK | MSG_TRUNC) || !copy_heads || !port_matches(sk))
		return 0;
	s = followed(sk);
	if (!s || s->phase == PHASE_IDLE || !filled_piece(msg, result, &buffer, &len))
		return 0;
	/* Not copied_seq: a FIN behind the data has moved that on. */
	read.seq = s->buffer_end - (__u32)result;
	read.len = len;
	if (s->buffer_turn == IN_FRAGMENTS)
		fragment_payload(s, &buffer, &read, 0, read.len);
	at = read.seq - s->turn.in_seq;
	/* Of a turn that is in, nothing that is used here changes before the reader goes on. */
	if (s->buffer_turn != s->turn.number || s->phase != PHASE_IN || (at >= LATMON_BURST_BYTES && read.seq != s->restart_seq))
		return 0;
	if (at < s->turn.in_head && s->turn.in_head - at < len)
		keep_in_head(&s->turn, &buffer, s->turn.in_head - at, s->turn.in_head, len - (s->turn.in_head - at));
	else
		keep_in_head(&s->turn, &buffer, 0, at, len);
	if (s->turn.in_head == LATMON_HEAD_BYTES)
		fragment_payload(s, &buffer, &read, at < LATMON_HEAD_BYTES ? LATMON_HEAD_BYTES - at : 0, read.len);
	return 0;
}

#endif

/* accept() hands a connection to the application: what came before it waited for that. */
static __always_inline int handle_accept(struct sock *sk)
{
	struct socket_state *s;

	if (!sk || !port_matches(sk))
		return 0;
	s = followed(sk);
	if (s && s->phase == PHASE_IN && s->turn.flags & TURN_BEFORE_ACCEPT && !s->turn.accept_ns)
		s->turn.accept_ns = bpf_ktime_get_ns();
	return 0;
}

/* The answer begins. */
static __always_inline void answer(struct socket_state *s, __u32 seq, __u64 now)
{
	struct task_struct *task = current_task();
	struct turn *turn = &s->turn;

	s->phase = PHASE_OUT;
	s->out_end = turn->out_seq = turn->tx_seq = seq;
	turn->write_ns = now;
	turn->write_tid = TASK(task, pid);
	if (turn->read_ns && turn->read_tid == turn->write_tid && s->reader_cpu == bpf_get_smp_processor_id()) {
		turn->flags |= TURN_CPU;
		turn->on_cpu_ns = exec_time(task, now) - s->reader_exec_ns;
		turn->runnable_ns = TASK(task, sched_info.run_delay) - s->reader_run_delay_ns;
	}
}

static __always_inline void handle_new_write(struct socket_state *s, struct tcp_sock *tp, const struct msghdr *msg, __u32 seq,
					     __u32 end)
{
	__u64 now = bpf_ktime_get_ns();
	bool first = s->phase == PHASE_IN;

	if (first)
		answer(s, seq, now);
	else if (s->http && s->mode == MODE_TURNS && begins_like_http(msg))
		begin_stream(s, tp);
	if (s->mode == MODE_STREAM) {
		fragment_write(s, msg, now, seq, end - seq);
	} else {
		keep_out(&s->turn, msg, seq - s->turn.out_seq, end - seq);
		if (first)
			s->http = kept_like_http(&s->turn);
		s->turn.write_last_ns = now;
		s->turn.ack_ns = 0;
	}
	s->turn.out_bytes += end - s->out_end;
	s->out_end = end;
	s->unsent = true;
}

/* Called at least once per send; again, with the same end, for every round of a send that does not fit into one packet. */
static __always_inline int handle_write(struct sock *sk, const struct msghdr *msg, __u64 len)
{
	struct socket_state *s;
	struct tcp_sock *tp;
	__u32 end;

	if (!port_matches(sk))
		return 0;
	s = followed(sk);
	tp = bpf_skc_to_tcp_sock(sk);
	if (!s || !tp || s->phase == PHASE_IDLE || !len)
		return 0;
	end = tp->write_seq + len;
	if (s->phase == PHASE_IN || before(s->out_end, end))
		handle_new_write(s, tp, msg, tp->write_seq, end);
	return 0;
}

/* A packet is handed to the device. skb->cb belongs to lower layers by now, so the range comes from the header. */
static __always_inline int handle_transmit(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;
	struct socket_state *s;
	struct {
		__u16 ports[2];
		__u32 seq;
		__u32 ack;
		__u8 offset;
	} header;
	__u32 end, start = skb->transport_header;
	__u64 now;

	if (!sk || !port_matches(sk))
		return 0;
	s = followed(sk);
	if (!s || s->phase != PHASE_OUT || bpf_probe_read_kernel(&header, sizeof(header), skb->head + start))
		return 0;
	end = bpf_ntohl(header.seq) + skb->len - (start - (__u32)(skb->data - skb->head)) - (header.offset >> 4) * 4;
	if (!before(s->turn.tx_seq, end))
		return 0;
	now = bpf_ktime_get_ns();
	s->turn.tx_seq = end;
	if (s->mode == MODE_STREAM)
		return mark(s, RECORD_TX, now, end, 0);
	if (!s->turn.tx_ns)
		s->turn.tx_ns = now;
	s->turn.tx_last_ns = now;
	return 0;
}

static __always_inline int handle_retransmit(const struct sock *sk)
{
	struct socket_state *s;

	if (!port_matches(sk))
		return 0;
	s = followed((struct sock *)sk);
	if (s && s->phase == PHASE_OUT)
		s->turn.retransmits++;
	return 0;
}

/* The connection is over for this end: what is known of its last turn, or just that it is gone. */
static __always_inline void handle_end(struct socket_state *s, struct tcp_sock *tp, bool acknowledged)
{
	__u64 now = bpf_ktime_get_ns();

	if (s->phase == PHASE_OUT && s->mode == MODE_TURNS && acknowledged && !s->turn.ack_ns) {
		s->turn.ack_ns = now;
		s->unsent = true;
	}
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

static __always_inline int handle_state(struct sock *sk, int oldstate, int newstate)
{
	struct port_key listener = {};
	struct socket_state *s;
	struct tcp_sock *tp;
	__u8 one = 1;

	if (newstate == TCP_LISTEN) {
		listener.netns = sk->__sk_common.skc_net.net->ns.inum;
		listener.port = sk->__sk_common.skc_num;
		bpf_map_update_elem(&listeners, &listener, &one, BPF_ANY);
		return 0;
	}
	if (oldstate == TCP_SYN_RECV && newstate == TCP_ESTABLISHED) {
		s = port_matches(sk) ? follow(sk, ROLE_SERVER) : NULL;
		if (s)
			s->established_ns = bpf_ktime_get_ns();
		return 0;
	}
	/* From here on the port does not tell: it has been given back before the state becomes TCP_CLOSE. */
	if (newstate != TCP_FIN_WAIT2 && newstate != TCP_CLOSING && newstate != TCP_TIME_WAIT && newstate != TCP_CLOSE)
		return 0;
	s = followed(sk);
	tp = bpf_skc_to_tcp_sock(sk);
	if (s && tp)
		handle_end(s, tp, newstate == TCP_FIN_WAIT2 || (newstate == TCP_CLOSE && tp->snd_una == tp->write_seq));
	return 0;
}

#endif
