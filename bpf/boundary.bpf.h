/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * One handler per boundary: finds the socket, rejects what is not followed, and hands over to the end that it
 * is. The attach points in latmon.bpf.c are thin wrappers, so another hook for the same boundary is one more
 * wrapper.
 */
#ifndef LATMON_BOUNDARY_BPF_H
#define LATMON_BOUNDARY_BPF_H

static __always_inline bool is_client(const struct socket_state *s)
{
	return s->role == ROLE_CLIENT;
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
	if (!s || !tp || says_nothing(s, tp, skb, &seg))
		return 0;
	seg.now = bpf_ktime_get_ns();
	count_zero_window(s, tp, seg.now);
	if (is_client(s))
		client_ack(s, &seg);
	else
		server_ack(s, tp, &seg);
	if (!seg.len)
		return 0;
	if (!before(tp->rcv_nxt, seg.seq + seg.len)) {
		s->turn.duplicates++;
		return 0;
	}
	seg.nic_ns = nic_time(skb, seg.now);
	if (is_client(s))
		client_data(s, tp, skb, &seg);
	else
		server_data(s, sk, tp, skb, &seg);
	return 0;
}

static __always_inline int handle_readable(struct sock *sk)
{
	struct socket_state *s;
	__u64 now;

	if (!port_matches(sk))
		return 0;
	s = followed(sk);
	if (!s)
		return 0;
	now = bpf_ktime_get_ns();
	if (is_client(s))
		client_readable(s, sk, now);
	else
		server_readable(s, sk, now);
	return 0;
}

#ifdef HEADS_FROM_BUFFERS

/*
 * The reader's buffer can be seen when its call returns. The socket is no longer locked then, and another
 * turn may be about to begin: where the bytes belong is decided now.
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
	now = bpf_ktime_get_ns();
	tie_session(s);
	if (!is_client(s))
		return server_read(s, tp, now);
	client_read(s, tp, now);
	return 0;
}

#ifdef HEADS_FROM_BUFFERS

/* A read has returned: the bytes that it moved into the caller's buffer. */
static __always_inline int handle_read_buffer(struct sock *sk, const struct msghdr *msg, __u32 flags,
					      __s64 result)
{
	struct segment read = {}; /* neither of its times: they crossed when it arrived */
	struct socket_state *s;
	struct payload buffer;
	struct tcp_sock *tp;
	__u64 len;

	if (result <= 0 || flags & (MSG_PEEK | MSG_TRUNC) || !copy_heads || !port_matches(sk))
		return 0;
	s = followed(sk);
	tp = bpf_skc_to_tcp_sock(sk);
	if (!s || !tp || s->phase == PHASE_IDLE)
		return 0;
	if (is_client(s)) {
		client_buffer(s, tp, msg, result);
		return 0;
	}
	if (!filled_piece(msg, result, &buffer, &len))
		return 0;
	/* Not copied_seq: a FIN behind the data has moved that on. */
	read.seq = s->buffer_end - (__u32)result;
	read.len = len;
	server_buffer(s, &buffer, &read);
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
	if (!s)
		return 0;
	s->accepted = true;
	barrier();
	if (s->phase == PHASE_IN && s->turn.flags & TURN_BEFORE_ACCEPT && !s->turn.accept_ns)
		s->turn.accept_ns = bpf_ktime_get_ns();
	return 0;
}

/* Called at least once per send; again, with the same end, for every round of a send that does not fit into
 * one packet. */
static __always_inline int handle_write(struct sock *sk, const struct msghdr *msg, __u64 len)
{
	struct socket_state *s = written(sk);
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	__u32 end;

	if (!s || !tp || !len)
		return 0;
	end = tp->write_seq + len;
	if (is_client(s)) {
		if (s->phase == PHASE_IDLE || before(s->out_end, end))
			client_write(s, tp, msg, tp->write_seq, end);
	} else if (s->phase == PHASE_IN || (s->phase == PHASE_OUT && before(s->out_end, end))) {
		server_write(s, tp, msg, tp->write_seq, end);
	}
	if (s->due && s->out_end == end)
		offer_again();
	return 0;
}

/* A packet is handed to the device. */
static __always_inline int handle_transmit(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;
	struct socket_state *s;
	__u32 end;

	if (!sk || !port_matches(sk))
		return 0;
	s = followed(sk);
	if (!s || s->phase == PHASE_IDLE || (s->phase == PHASE_IN && !is_client(s)))
		return 0;
	if (!transmitted_end(skb, &end) || !before(s->turn.tx_seq, end))
		return 0;
	if (is_client(s))
		client_transmit(s, end);
	else
		server_transmit(s, end);
	return 0;
}

static __always_inline int handle_retransmit(const struct sock *sk)
{
	struct socket_state *s;

	if (!port_matches(sk))
		return 0;
	s = followed((struct sock *)sk);
	if (!s || s->phase == PHASE_IDLE || (s->phase == PHASE_IN && !is_client(s)))
		return 0;
	s->turn.retransmits++;
	s->turn.resent_last_ns = bpf_ktime_get_ns();
	if (!s->turn.resent_ns)
		s->turn.resent_ns = s->turn.resent_last_ns;
	return 0;
}

static __always_inline void handle_established(struct sock *sk, int oldstate)
{
	struct socket_state *s;

	if (oldstate == TCP_SYN_SENT && !is_filtered()) {
		follow(sk, ROLE_CLIENT);
	} else if (oldstate == TCP_SYN_RECV && port_matches(sk)) {
		s = follow(sk, ROLE_SERVER);
		if (s)
			s->established_ns = bpf_ktime_get_ns();
	}
}

static __always_inline void handle_end(struct sock *sk, int newstate)
{
	struct socket_state *s = followed(sk);
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);

	if (!s || !tp)
		return;
	/* An answer may come after the client has said that it will not ask again. */
	if (is_client(s) && newstate == TCP_CLOSE)
		client_end(s, tp);
	else if (!is_client(s))
		server_end(s, tp,
			   newstate == TCP_FIN_WAIT2 ||
			       (newstate == TCP_CLOSE && tp->snd_una == tp->write_seq));
}

static __always_inline int handle_state(struct sock *sk, int oldstate, int newstate)
{
	struct port_key listener = {};
	__u8 one = 1;

	if (newstate == TCP_LISTEN) {
		listener.netns = sk->__sk_common.skc_net.net->ns.inum;
		listener.port = sk->__sk_common.skc_num;
		bpf_map_update_elem(&listeners, &listener, &one, BPF_ANY);
	} else if (newstate == TCP_ESTABLISHED) {
		handle_established(sk, oldstate);
	} else if (newstate == TCP_FIN_WAIT2 || newstate == TCP_CLOSING || newstate == TCP_TIME_WAIT ||
		   newstate == TCP_CLOSE) {
		/* The port does not tell any more: it has been given back before the state becomes TCP_CLOSE.
		 */
		handle_end(sk, newstate);
	}
	return 0;
}

/* The consumer is about to leave. */
__u32 flush_last;

/* Long after the programs have seen an acknowledgement, or missed it. */
#define MISSED_AFTER_NS 200000000

/*
 * The acknowledgement was missed: the kernel leaves a program out while the same one is at work on that
 * processor, and a timer that interrupts it there sends dozens of delayed acknowledgements at once.
 */
static __always_inline bool missed_ack(struct socket_state *s, struct tcp_sock *tp)
{
	__u32 acknowledged = TCP(tp, snd_una);

	return !is_client(s) && s->unsent && !s->turn.ack_ns && !before(acknowledged, s->out_end) &&
	       !before(acknowledged, TCP(tp, write_seq)) &&
	       bpf_ktime_get_ns() - s->turn.write_ns > MISSED_AFTER_NS;
}

/*
 * Hands over the answers that nothing else would: now and then those whose acknowledgement was missed, and
 * when the consumer leaves all that wait for it or for their reader.
 */
static __always_inline int handle_flush(struct tcp_sock *tp, struct socket_state *s)
{
	__u8 answered;

	if (!tp || !s || s->ignored)
		return 0;
	answered = is_client(s) ? PHASE_IN : PHASE_OUT;
	if (s->phase == answered && s->mode == MODE_TURNS && (flush_last || missed_ack(s, tp)))
		finish(s, tp);
	return 0;
}

#endif
