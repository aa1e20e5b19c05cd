/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* clang-format off */
/*
 * The turn of an AF_UNIX connection, and the record of each end of it.
 *
 *        client writes           (more of it)             server writes              client has read all
 *   IDLE ─────────────▶ IN ──┐ server reads ──┐        ──────────────▶ OUT ──┐ (more of it) ──────▶ two records
 *                        ▲   └────────────────┘                         │    └─────────────┘
 *                        └──────────── client writes (next request) ────┘
 *
 * A record is a server's or a client's as over TCP, without what belongs to packets. A request that begins before the answer to
 * the one before was read is told by TURN_OVERLAP in both turns; their bytes are not cut apart here.
 */
/* clang-format on */
#ifndef LATMON_UNIX_TURN_BPF_H
#define LATMON_UNIX_TURN_BPF_H

static __always_inline void identify_client(struct unix_connection *c, struct task_struct *task)
{
	__u32 pid = TASK(task, tgid);

	if (c->client_pid != pid) {
		c->client_pid = pid;
		BPF_CORE_READ_STR_INTO(&c->client_comm, task, group_leader, comm);
	}
}

#define UNIX_LONGEST_WAIT 4000 /* looks, of about a nanosecond: a turn begins in half a microsecond */

/* One condition, or verifiers of old find the loop closed by something else than a jump. */
#define AWAIT(condition)                                                                                     \
	for (int i = 0; i < UNIX_LONGEST_WAIT; i++)                                                          \
		if (condition)                                                                               \
			return 0;

/*
 * A server that reads on another CPU may be as quick as its client's word of what it wrote, and either may
 * begin the turn: what one of them has noted in it must not be cleared by the other.
 */
VERIFIED_ONCE int await_begun(struct unix_connection *c)
{
	if (!c)
		return 0;
	AWAIT(!*(volatile __u8 *)&c->begins);
	return 0;
}

/* The other end puts the server's note into the turn. */
VERIFIED_ONCE int await_adopted(struct unix_connection *c)
{
	if (!c)
		return 0;
	AWAIT(*(volatile __u64 *)&c->noted != IS_ADOPTED);
	return 0;
}

static __noinline int begin_unix(struct unix_connection *c, struct sock *sk)
{
	struct turn *turn = &c->turn;
	bool overlap = c->phase == PHASE_OUT && c->out_read < c->out_told;

	*(volatile __u8 *)&c->begins = true;
	barrier();
	if (overlap) {
		turn->flags |= TURN_OVERLAP;
		c->unsent = true;
	}
	finish_unix(c);
	__builtin_memset(&turn->nic_ns, 0,
			 __builtin_offsetof(struct turn, read_seq) - __builtin_offsetof(struct turn, nic_ns));
	turn->number++;
	turn->flags =
	    (overlap ? TURN_OVERLAP : 0) | (awaits_accept(sk, is_unix_closed(sk)) ? TURN_BEFORE_ACCEPT : 0);
	turn->request_head = turn->tail = c->response_head = 0;
	turn->read_tid = turn->write_tid = turn->segments = 0;
	c->in_start = MAX(c->in_told, c->in_over);
	c->out_start = c->out_over = MAX(c->out_told, c->out_read);
	c->got_ns = c->got_last_ns = 0;
	c->ask_tid = c->answers = 0;
	c->phase = PHASE_IN;
	barrier();
	*(volatile __u8 *)&c->begins = false;
	look_again(turn, sk, is_unix_closed(sk));
	if (c->client == FOLLOWED || is_server_told(c))
		name_ends(c, sk);
	return 0;
}

/* What is told of was read in a turn that is over. Pieces of which no word came are made up for. */
static __always_inline bool is_late(__u64 *told, __u64 over, const struct piece *p)
{
	if (p->untouched)
		*told = MAX(*told, p->read);
	if (*told + p->len > over)
		return false;
	*told += p->len;
	return true;
}

/*
 * The stream goes on behind the piece. The last thing that is done with it: who reads it meanwhile on another
 * CPU takes what the stream has for told, and may hand the turn over.
 */
static __always_inline void count_piece(__u64 *told, const struct piece *p)
{
	barrier();
	*told += p->len;
}

/* Bytes of the request are in the server's socket, told by the client, or by the server, which has read them.
 */
static __always_inline void request_came(struct unix_connection *c, struct sock *sk, struct piece *p,
					 __u64 start, __u64 now)
{
	struct turn *turn = &c->turn;

	turn->request_head = keep_beginning(c, 0, turn->request_head, start - c->in_start, sk, p);
	c->touched_ns = now;
	c->unsent = true;
}

/* The client's bytes are in the server's socket. */
static __always_inline void client_wrote(struct unix_connection *c, struct sock *sk, struct piece *p)
{
	__u64 now = bpf_ktime_get_ns();
	struct task_struct *task = current_task();
	struct turn *turn = &c->turn;
	bool read;

	await_begun(c);
	if (is_late(&c->in_told, c->in_over, p))
		return;
	read = c->in_read > c->in_told; /* and perhaps even answered */
	if (c->phase == PHASE_IDLE || (c->phase == PHASE_OUT && !read))
		begin_unix(c, sk);
	if (!c->ask_tid)
		c->ask_tid = TASK(task, pid);
	identify_client(c, task);
	if (!turn->ready_ns || !read) {
		turn->segments++;
		arrived(turn, now);
	}
	request_came(c, sk, p, c->in_told, now);
	count_piece(&c->in_told, p);
}

/* The answer begins. */
static __always_inline void answer_unix(struct unix_connection *c, __u64 now)
{
	c->out_start = MAX(c->out_told, c->out_over);
	c->turn.write_ns = now;
	c->phase = PHASE_OUT;
}

/* Which thread answers, and what it did since it read. */
static __always_inline void identify_writer(struct unix_connection *c, struct task_struct *task, __u64 now)
{
	struct turn *turn = &c->turn;

	turn->write_tid = TASK(task, pid);
	if (turn->read_ns && turn->read_tid == turn->write_tid && turn->write_ns == now)
		split_cpu(turn, &c->reader, task, now);
}

/* Handed over when the client has read all there is, but for a turn that the server's end has part of in
 * hand. */
static __always_inline void emit_read(struct unix_connection *c)
{
	if (c->got_ns && c->out_read >= c->out_told && *(volatile __u64 *)&c->noted != IS_ADOPTED)
		emit_unix(c);
}

/* Bytes of the answer are in the client's socket, told by the server, or by the client, which has read them.
 */
static __always_inline void answer_came(struct unix_connection *c, struct sock *sk, struct piece *p,
					__u64 start, __u64 now)
{
	struct turn *turn = &c->turn;

	c->response_head =
	    keep_beginning(c, LATMON_HEAD_BYTES, c->response_head, start - c->out_start, sk, p);
	turn->tail = 0;
	if (c->response_head != start + p->len - c->out_start)
		keep_piece_end(turn, p);
	if (!p->user && !is_queued(sk, p))
		turn->tail = 0;
	c->touched_ns = now;
	c->unsent = true;
}

/* What was noted of an answer is told now. Its beginning is known only if its client read it first. */
static __always_inline void count_noted(struct unix_connection *c)
{
	c->out_told += c->out_noted;
	if (c->out_noted)
		c->answers++;
	c->out_noted = 0;
}

/* The server's bytes are in the client's socket. */
static __always_inline void server_wrote(struct unix_connection *c, struct sock *sk, struct piece *p)
{
	__u64 now = bpf_ktime_get_ns();
	struct turn *turn = &c->turn;

	count_noted(c);
	if (is_late(&c->out_told, c->out_over, p) || c->phase == PHASE_IDLE)
		return;
	if (c->phase == PHASE_IN)
		answer_unix(c, now);
	if (!turn->write_tid)
		identify_writer(c, current_task(), now);
	if (!turn->write_last_ns || c->out_read <= c->out_told) {
		c->answers++;
		turn->write_last_ns = now;
	}
	answer_came(c, sk, p, c->out_told, now);
	count_piece(&c->out_told, p);
	emit_read(c);
}

static __always_inline void begin_to_serve_unix(struct unix_connection *c, struct sock *sk)
{
	serve(c->turn.pid);
	note_process(c->turn.pid);
	name_ends(c, sk);
}

/* What was read by now had come before. */
static __always_inline void read_before_told(struct turn *turn, __u64 now)
{
	if (turn->ready_ns > now)
		turn->ready_ns = now;
	if (turn->ready_last_ns > now)
		turn->ready_last_ns = now;
}

/* Who reads, and whether the filter wants that process. */
static __always_inline bool identify_unix_reader(struct unix_connection *c, struct sock *sk,
						 struct task_struct *task)
{
	__u32 pid = TASK(task, tgid);

	if (c->turn.pid == pid)
		return true;
	if (!c->called && filter_by_process && !is_chosen(task, pid)) {
		c->turn.pid = 0;
		c->server = IGNORED_UNTIL_CALLED;
		if (c->client != FOLLOWED)
			c->phase = PHASE_IDLE;
		return false;
	}
	BPF_CORE_READ_STR_INTO(&c->turn.comm, task, group_leader, comm);
	c->turn.pid = pid;
	begin_to_serve_unix(c, sk);
	return true;
}

/*
 * Returns how many of the bytes that were read their writer has not told of. A reader that has emptied its
 * queue has read all that was told of before it looked.
 */
static __always_inline __u32 read_up_to(__u64 *read, volatile __u64 *told, __u32 count, const struct sock *sk)
{
	__u64 from = *read, known = *told, to;

	barrier();
	to = from + count;
	if (to < known && !sk->sk_receive_queue.qlen)
		to = known;
	*read = to;
	from = MAX(from, known);
	return to > from ? to - from : 0;
}

static __always_inline void server_has_read(struct unix_connection *c, struct sock *sk, __u32 count)
{
	__u64 now = bpf_ktime_get_ns();
	struct turn *turn = &c->turn;
	struct task_struct *task = current_task();
	struct piece p;
	__u32 early;

	await_begun(c);
	early = read_up_to(&c->in_read, &c->in_told, count, sk);
	if ((c->phase != PHASE_IN && !early) || (c->server == FOLLOWED && !identify_unix_reader(c, sk, task)))
		return;
	if (early) {
		if (c->phase != PHASE_IN) {
			c->in_over = c->in_read - early;
			begin_unix(c, sk);
		}
		turn->segments++;
		arrived(turn, now);
		read_piece(&p, task, count, early);
		request_came(c, sk, &p, c->in_read - early, now);
	}
	if (c->server != FOLLOWED || c->in_read <= c->in_start)
		return;
	if (c->in_read >= c->in_told)
		read_before_told(turn, now);
	if (!turn->read_ns)
		turn->read_ns = now;
	turn->read_last_ns = now;
	turn->read_tid = TASK(task, pid);
	note_cpu(&c->reader, task, now);
	c->touched_ns = now;
}

static __always_inline void client_has_read(struct unix_connection *c, struct sock *sk, __u32 count)
{
	__u64 now = bpf_ktime_get_ns();
	__u32 early = read_up_to(&c->out_read, &c->out_told, count, sk);
	struct piece p;

	c->got_tid = (__u32)bpf_get_current_pid_tgid();
	if (early && c->phase == PHASE_IN)
		answer_unix(c, now);
	if (c->phase != PHASE_OUT || c->out_read <= c->out_start)
		return;
	if (early) {
		read_piece(&p, current_task(), count, early);
		answer_came(c, sk, &p, c->out_read - early, now);
		if (!c->out_noted) {
			c->answers++;
			c->turn.write_last_ns = now;
		}
	}
	count_noted(c);
	if (!c->got_ns)
		c->got_ns = now;
	c->got_last_ns = now;
	c->touched_ns = now;
	c->unsent = true;
	emit_read(c);
}

#endif
