/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* One handler per boundary of AF_UNIX streams, and what stands in where a boundary cannot be seen. */
#ifndef LATMON_UNIX_BOUNDARY_BPF_H
#define LATMON_UNIX_BOUNDARY_BPF_H

#define UNIX_STALE_NS 100000000ULL

/* Whether the connection is followed, now that its client writes again. */
static __always_inline bool follow_unix(struct unix_connection *c)
{
	if (c->generation != filter_generation)
		decide_unix(c);
	if (c->client != FOLLOWED && caller_matches(c->turn.netns))
		follow_called(c, bpf_get_current_pid_tgid() >> 32);
	return c->client == FOLLOWED || c->server == FOLLOWED;
}

/* The client's bytes are in the server's queue. */
static __always_inline int handle_unix_request(struct unix_connection *c, struct sock *sk)
{
	__u64 now = bpf_ktime_get_ns();
	struct piece p = {.read = c->in_read};

	if (!follow_unix(c))
		return 0;
	barrier();
	last_piece(sk, &p);
	client_wrote(c, sk, &p);
	if (!c->known)
		make_known(c, p.untouched ? now : 0);
	return 0;
}

/* The server's bytes are in the client's queue. */
static __always_inline int handle_unix_answer(struct unix_connection *c, struct sock *sk, struct sock *server)
{
	struct piece p = {.read = c->out_read};

	if (!is_unix_followed(c))
		return 0;
	barrier();
	last_piece(sk, &p);
	adopt_note(c, server);
	server_wrote(c, sk, &p);
	return 0;
}

/* Bytes are in a socket's queue. The current thread is the one that wrote them; their reader may have taken
 * them and closed its end since. */
static __always_inline int handle_unix_write(struct sock *sk)
{
	struct unix_connection *c = find_unix(sk);
	struct sock *peer;

	if (c && is_unix_closed(sk))
		return 0;
	if (!c) {
		peer = unix_peer(sk);
		c = peer ? find_known(peer) : NULL;
		if (c)
			return handle_unix_answer(c, sk, peer);
		if (peer)
			note_write(sk, peer);
		c = meet_unix(sk, peer);
	}
	return c ? handle_unix_request(c, sk) : 0;
}

/* A read has returned; with nothing, when the other end will not write any more. */
static __always_inline int handle_unix_read(struct sock *sk, __s64 result, int flags)
{
	struct unix_connection *c;
	struct sock *peer = NULL;

	if (result < 0 || flags & MSG_PEEK)
		return 0;
	c = find_known(sk);
	if (!c) {
		peer = unix_peer(sk);
		c = peer ? find_known(peer) : NULL;
	}
	if (result && peer && !c)
		note_read(sk, peer, result);
	if (!c || !is_unix_followed(c))
		return 0;
	adopt_note(c, peer ? peer : sk);
	if (result && !peer)
		server_has_read(c, sk, result);
	else if (result)
		client_has_read(c, sk, result);
	else if (peer && sk->sk_shutdown & RCV_SHUTDOWN && !sk->sk_receive_queue.qlen)
		end_unix(c);
	return 0;
}

/* accept() hands a connection to the application: what came before it waited for that. */
static __always_inline int handle_unix_accept(struct sock *sk)
{
	struct unix_connection *c = sk ? find_unix(sk) : NULL;

	if (c && c->phase == PHASE_IN && c->turn.flags & TURN_BEFORE_ACCEPT && !c->turn.accept_ns)
		c->turn.accept_ns = bpf_ktime_get_ns();
	return 0;
}

/* One end is closed. What the server has written may still be read. */
static __always_inline int handle_unix_release(struct sock *sk)
{
	struct unix_connection *c;
	struct sock *peer;

	if (sk->__sk_common.skc_family != AF_UNIX)
		return 0;
	peer = unix_peer(sk);
	c = find_unix(sk);
	if (c && !c->known)
		return 0;
	if (c) {
		adopt_note(c, sk);
		if (!peer || c->phase != PHASE_OUT || c->out_read >= c->out_told + c->out_noted) {
			end_unix(c);
			forget_unix(sk);
		}
		forget_notes(sk, peer);
		return 0;
	}
	forget_notes(sk, peer);
	c = peer ? find_unix(peer) : NULL;
	if (c) {
		end_unix(c);
		forget_unix(peer);
	}
	return 0;
}

/*
 * Nothing tells programs that a socket of this family is freed, on kernels that do not let them see a
 * function. So the consumer asks now and then: what waits is handed over, and what is not named any more is
 * gone.
 */
__u32 sweep_number;
__u32 sweep_last;

static __always_inline void name_unix(__u32 kind, __u64 conn, __u32 netns)
{
	struct fragment *f = bpf_ringbuf_reserve(&records, sizeof(*f), 0);

	if (!f)
		return;
	__builtin_memset(f, 0, sizeof(*f));
	f->kind = kind;
	f->number = sweep_number;
	f->conn = conn;
	f->seq = netns;
	bpf_ringbuf_submit(f, BPF_RB_NO_WAKEUP);
}

static __always_inline int handle_unix_sweep(struct unix_connection *c, bool end)
{
	struct task_struct *task = current_task();

	if (end)
		name_unix(RECORD_SWEPT, 0, BPF_CORE_READ(task, nsproxy, net_ns, ns.inum));
	if (!c)
		return 0;
	if (c->phase != PHASE_IDLE && c->unsent && is_unix_followed(c) &&
	    (sweep_last || bpf_ktime_get_ns() - c->touched_ns > UNIX_STALE_NS))
		emit_unix(c);
	if (c->announced)
		name_unix(RECORD_ALIVE, c->turn.conn, 0);
	return 0;
}

#ifndef HEADS_FROM_BUFFERS

/* When the server's end is closed it is found by the client's, which may not have read all. */
static __always_inline struct unix_connection *find_unix_of(struct sock *sk)
{
	struct unix_connection *c = find_unix(sk);
	struct sock *peer = unix_peer(sk);

	if (c || !peer || peer->__sk_common.skc_state == TCP_ESTABLISHED)
		return c;
	return find_unix(peer);
}

#endif

#endif
