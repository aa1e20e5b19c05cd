/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * How an AF_UNIX connection becomes known: its client has written. Its server may have read by then, and even
 * answered, when the client's CPU was taken away between the write and the program that tells of it. To wait
 * for that program would cost the server's time; so what the server does with a connection that is not known
 * is noted beside it, and found when the connection is.
 */
#ifndef LATMON_UNIX_MEET_BPF_H
#define LATMON_UNIX_MEET_BPF_H

struct unix_note {
	__u64 read_ns;
	__u64 read_last_ns;
	__u64 write_ns;
	__u64 write_last_ns;
	__u32 read; /* bytes */
	__u32 written;
	__u32 pid;
	__u32 tid;
	__u8 comm[LATMON_COMM_BYTES];
	struct cpu_use reader; /* at the last read */
};

#ifdef HEADS_FROM_BUFFERS

/* A socket's address is another's when both ends are gone (forget_notes()). */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct unix_note);
} unix_notes SEC(".maps");

static __always_inline struct unix_note *find_note(struct sock *sk)
{
	__u64 key = (__u64)sk;

	return bpf_map_lookup_elem(&unix_notes, &key);
}

static __always_inline struct unix_note *make_note(struct sock *sk)
{
	struct unix_note blank = {};
	__u64 key = (__u64)sk;

	bpf_map_update_elem(&unix_notes, &key, &blank, BPF_NOEXIST);
	return find_note(sk);
}

static __always_inline void drop_note(struct sock *sk)
{
	__u64 key = (__u64)sk;

	bpf_map_delete_elem(&unix_notes, &key);
}

/* An end is closed. Its client finds what a server has noted that is gone already. */
static __always_inline void forget_notes(struct sock *sk, struct sock *peer)
{
	if (peer)
		drop_note(peer);
	if (!peer || BPF_CORE_READ(peer, __sk_common.skc_state) != TCP_ESTABLISHED)
		drop_note(sk);
}

#else

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct unix_note);
} unix_notes SEC(".maps");

static __always_inline struct unix_note *find_note(struct sock *sk)
{
	return bpf_sk_storage_get(&unix_notes, sk, NULL, 0);
}

static __always_inline struct unix_note *make_note(struct sock *sk)
{
	return MAKE_STORED(&unix_notes, sk);
}

static __always_inline void drop_note(struct sock *sk)
{
	bpf_sk_storage_delete(&unix_notes, sk);
}

/* They die with the socket. */
static __always_inline void forget_notes(struct sock *sk, struct sock *peer)
{
}

#endif

/* The server has read something since it is watched. */
static __always_inline bool is_read(struct sock *sk)
{
	struct unix_note *n = find_note(sk);

	return n && n->read_ns;
}

/*
 * Whether it is known where the bytes begin that a client has just written, and that nothing which waits to
 * be read is the answer to others before them. What waits for the client is theirs if the server has read
 * them, which it has noted before it answers; one that has closed its end since has, and has no peer any
 * more.
 */
static __always_inline bool is_beginning(struct sock *sk, struct sock *peer)
{
	struct piece p;

	if (!peer)
		return is_read(sk);
	if (!is_server_of(sk, peer) || sk->sk_receive_queue.qlen > 1)
		return false;
	if (!BPF_CORE_READ(peer, sk_receive_queue.qlen))
		return true;
	last_piece(sk, &p);
	return !p.untouched && is_read(sk);
}

/* A connection that was not known, when its client has written. */
static __always_inline struct unix_connection *meet_unix(struct sock *sk, struct sock *peer)
{
	__u32 netns = sk->__sk_common.skc_net.net->ns.inum;
	struct unix_connection *c;

	if ((wants_calls_only(netns) && !caller_matches(netns)) || !is_beginning(sk, peer))
		return NULL;
	c = make_unix(sk);
	if (!c) {
		__sync_fetch_and_add(&unseen_sockets, 1);
		return NULL;
	}
	describe_unix(c, sk);
	unix_met = 1;
	return c;
}

/* From here on the server finds it. */
static __always_inline void make_known(struct unix_connection *c, __u64 untouched_ns)
{
	c->untouched_ns = untouched_ns;
	c->noted = MAYBE_NOTED;
	barrier();
	*(volatile __u8 *)&c->known = true;
}

/* The server has read from a connection that is not known. */
static __always_inline void note_read(struct sock *sk, struct sock *peer, __u32 count)
{
	__u32 netns = sk->__sk_common.skc_net.net->ns.inum;
	struct task_struct *task = current_task();
	__u32 pid = TASK(task, tgid);
	bool called = connector_matches(netns, BPF_CORE_READ(sk, sk_peer_pid, numbers[0].nr));
	struct unix_note *n;
	__u64 now;

	if (!called && (wants_calls_only(netns) || (filter_by_process && !is_chosen(task, pid))))
		return;
	now = bpf_ktime_get_ns();
	n = is_server_of(sk, peer) ? make_note(sk) : NULL;
	if (!n)
		return;
	if (!n->read_ns)
		n->read_ns = now;
	n->read_last_ns = now;
	n->read += count;
	n->tid = TASK(task, pid);
	n->pid = pid;
	BPF_CORE_READ_STR_INTO(&n->comm, task, group_leader, comm);
	note_cpu(&n->reader, task, now);
}

/* The server has answered on a connection that is not known. */
static __always_inline void note_write(struct sock *client, struct sock *server)
{
	struct unix_note *n = find_note(server);
	struct piece p = {};

	if (!n || !n->read_ns)
		return;
	last_piece(client, &p);
	n->written += p.len;
	n->write_last_ns = bpf_ktime_get_ns();
	if (!n->write_ns)
		n->write_ns = n->write_last_ns;
}

/* What the server did before the connection was known is put into its first turn. */
static __always_inline void put_note(struct unix_connection *c, struct sock *sk)
{
	struct unix_note *n = find_note(sk);
	struct turn *turn = &c->turn;

	if (!n)
		return;
	if (n->read_ns >= c->untouched_ns && c->phase != PHASE_IDLE && c->server == FOLLOWED) {
		turn->pid = n->pid;
		__builtin_memcpy(turn->comm, n->comm, sizeof(turn->comm));
		turn->read_ns = n->read_ns;
		turn->read_last_ns = n->read_last_ns;
		turn->read_tid = n->tid;
		read_before_told(turn, n->read_ns);
		c->reader = n->reader;
		c->in_read += n->read;
		begin_to_serve_unix(c, sk);
		if (n->write_ns) {
			answer_unix(c, n->write_ns);
			turn->write_last_ns = n->write_last_ns;
			c->out_noted = n->written;
		}
	}
	drop_note(sk);
}

/*
 * Once, by whichever end is first. The other waits for it, though not for an interrupt: then it goes on, and
 * the turn is handed over here.
 */
static __always_inline void adopt_note(struct unix_connection *c, struct sock *sk)
{
	if (!*(volatile __u64 *)&c->noted)
		return;
	if (!claim(&c->noted, MAYBE_NOTED, IS_ADOPTED)) {
		await_adopted(c);
		return;
	}
	put_note(c, sk);
	barrier();
	*(volatile __u64 *)&c->noted = NOT_NOTED;
	if (c->unsent)
		emit_read(c);
}

#endif
