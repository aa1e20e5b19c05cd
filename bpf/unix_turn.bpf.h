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

static __always_inline void begin_unix(struct unix_connection *c, struct sock *sk, struct task_struct *task)
{
	struct turn *turn = &c->turn;
	bool overlap = c->phase == PHASE_OUT && c->out_read < c->out_end;

	if (overlap) {
		turn->flags |= TURN_OVERLAP;
		c->unsent = true;
	}
	finish_unix(c);
	__builtin_memset(&turn->nic_ns, 0,
			 __builtin_offsetof(struct turn, read_seq) - __builtin_offsetof(struct turn, nic_ns));
	turn->number++;
	turn->flags = (overlap ? TURN_OVERLAP : 0) | (sk->sk_socket ? 0 : TURN_BEFORE_ACCEPT);
	turn->request_head = turn->tail = c->response_head = 0;
	turn->read_tid = turn->write_tid = turn->segments = 0;
	c->in_start = c->in_end - c->in_untold;
	c->out_start = c->out_end - c->out_untold;
	c->got_ns = c->got_last_ns = 0;
	c->answers = 0;
	c->ask_tid = TASK(task, pid);
	c->phase = PHASE_IN;
	identify_client(c, task);
	if (c->client == FOLLOWED || is_server_told(c))
		name_ends(c, sk);
}

/* Where a piece begins, of a stream that goes on to end: what was read before it was told of is in there
 * already. */
static __always_inline __u64 place_piece(__u64 *end, __u32 *untold, const struct piece *p)
{
	__u32 told;

	if (p->untouched)
		*untold = 0;
	told = *untold < p->len ? *untold : p->len;
	*untold -= told;
	*end += p->len - told;
	return *end - p->len;
}

/* The client's bytes are in the server's socket. */
static __always_inline void client_wrote(struct unix_connection *c, struct sock *sk, struct piece *p)
{
	__u64 now = bpf_ktime_get_ns();
	struct turn *turn = &c->turn;
	bool early = !p->untouched && c->in_untold;
	__u64 start;

	if (p->untouched)
		c->in_untold = 0;
	if (c->phase != PHASE_IN)
		begin_unix(c, sk, current_task());
	start = place_piece(&c->in_end, &c->in_untold, p);
	turn->request_head = keep_beginning(turn, 0, turn->request_head, start - c->in_start, sk, p);
	if (early) {
		turn->read_ns = turn->read_ns ? turn->read_ns : now;
		turn->read_last_ns = now;
		turn->read_tid = c->early_tid;
	}
	turn->segments++;
	arrived(turn, now);
	c->touched_ns = now;
	c->unsent = true;
}

/* The answer begins. */
static __always_inline void answer_unix(struct unix_connection *c, __u64 now)
{
	struct task_struct *task = current_task();
	struct turn *turn = &c->turn;

	c->out_start = c->out_end - c->out_untold;
	turn->write_ns = now;
	turn->write_tid = TASK(task, pid);
	if (turn->read_ns && turn->read_tid == turn->write_tid &&
	    c->reader_cpu == bpf_get_smp_processor_id()) {
		turn->flags |= TURN_CPU;
		turn->on_cpu_ns = exec_time(task, now) - c->reader_exec_ns;
		turn->runnable_ns = TASK(task, sched_info.run_delay) - c->reader_run_delay_ns;
	}
	c->phase = PHASE_OUT;
}

/* The server's bytes are in the client's socket. */
static __always_inline void server_wrote(struct unix_connection *c, struct sock *sk, struct piece *p)
{
	__u64 now = bpf_ktime_get_ns();
	struct turn *turn = &c->turn;
	bool early = !p->untouched && c->out_untold;
	__u64 start;

	if (p->untouched)
		c->out_untold = 0;
	if (c->phase == PHASE_IDLE)
		return;
	if (c->phase == PHASE_IN)
		answer_unix(c, now);
	start = place_piece(&c->out_end, &c->out_untold, p);
	c->response_head =
	    keep_beginning(turn, LATMON_HEAD_BYTES, c->response_head, start - c->out_start, sk, p);
	turn->tail = 0;
	if (c->response_head != c->out_end - c->out_start)
		keep_piece_end(turn, p);
	if (!p->user && !is_queued(sk, p))
		turn->tail = 0;
	c->answers++;
	turn->write_last_ns = now;
	c->touched_ns = now;
	c->unsent = true;
	if (early) {
		c->got_ns = c->got_ns ? c->got_ns : now;
		c->got_last_ns = now;
		if (c->out_read >= c->out_end)
			emit_unix(c);
	}
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
	if (is_filtered())
		serve(pid);
	note_process(pid);
	name_ends(c, sk);
	return true;
}

/* Bytes that were read before their writer told of them are told of by that. */
static __always_inline void read_up_to(__u64 *read, __u64 *end, __u32 *untold, __u32 count,
				       const struct sock *sk)
{
	*read += count;
	if (*read > *end) {
		*untold += *read - *end;
		*end = *read;
	}
	if (!sk->sk_receive_queue.qlen)
		*read = *end;
}

static __always_inline void server_has_read(struct unix_connection *c, struct sock *sk, __u32 count)
{
	__u64 now = bpf_ktime_get_ns();
	struct turn *turn = &c->turn;
	struct task_struct *task = current_task();

	read_up_to(&c->in_read, &c->in_end, &c->in_untold, count, sk);
	c->early_tid = TASK(task, pid);
	if ((c->phase != PHASE_IN && !c->in_untold) || c->server != FOLLOWED ||
	    !identify_unix_reader(c, sk, task))
		return;
	if (c->phase != PHASE_IN || c->in_read <= c->in_start)
		return;
	if (!turn->read_ns)
		turn->read_ns = now;
	turn->read_last_ns = now;
	turn->read_tid = TASK(task, pid);
	c->reader_cpu = bpf_get_smp_processor_id();
	c->reader_exec_ns = exec_time(task, now);
	c->reader_run_delay_ns = TASK(task, sched_info.run_delay);
	c->touched_ns = now;
}

static __always_inline void client_has_read(struct unix_connection *c, struct sock *sk, __u32 count)
{
	__u64 now = bpf_ktime_get_ns();

	read_up_to(&c->out_read, &c->out_end, &c->out_untold, count, sk);
	c->got_tid = (__u32)bpf_get_current_pid_tgid();
	if (c->phase != PHASE_OUT || c->out_read <= c->out_start)
		return;
	if (!c->got_ns)
		c->got_ns = now;
	c->got_last_ns = now;
	c->touched_ns = now;
	c->unsent = true;
	if (c->out_read >= c->out_end)
		emit_unix(c);
}

#endif
