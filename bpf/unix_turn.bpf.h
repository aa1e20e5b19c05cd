/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The turn of an AF_UNIX connection, and the record of each end of it.
 *
 *        client writes              (more of it)            server writes            client has read all
 * there is IDLE ───────────▶ IN ──┐ server reads ──┐       ───────────▶ OUT ──┐ (more of it) ──────▶ two
 * records ▲   └────────────────┘                    │     └─────────────┘ └──────────── client writes (next
 * request) ───┘
 *
 * A record is a server's or a client's as over TCP, without what belongs to packets. A request that begins
 * before the answer to the one before was read is told by TURN_OVERLAP in both turns; their bytes are not cut
 * apart here.
 */
#ifndef LATMON_UNIX_TURN_BPF_H
#define LATMON_UNIX_TURN_BPF_H

#define UNIX_FEW_BYTES 255 /* of each head, in the smaller of two sizes of record */
#define UNIX_STALE_NS 100000000ULL

/* The server's record, or the same turn looked at from the client's side. */
static __always_inline void fill_record(struct turn *record, const struct unix_connection *c, bool client)
{
	const struct turn *turn = &c->turn;

	__builtin_memcpy(record, turn, __builtin_offsetof(struct turn, heads));
	record->response_head = c->response_head;
	record->in_seq = c->in_start;
	record->out_seq = c->out_start;
	record->in_bytes = c->in_end - c->in_start;
	record->out_bytes = turn->write_ns ? c->out_end - c->out_start : 0;
	record->read_seq = c->in_read;
	if (!client) {
		record->flags &= ~TURN_OVERLAP;
		return;
	}
	record->conn = turn->conn | UNIX_CLIENT;
	record->role = TURN_OF_CLIENT;
	record->pid = c->client_pid;
	__builtin_memcpy(record->comm, c->client_comm, sizeof(record->comm));
	__builtin_memcpy(record->local_addr, turn->remote_addr, sizeof(record->local_addr));
	__builtin_memcpy(record->remote_addr, turn->local_addr, sizeof(record->remote_addr));
	record->flags &= ~(TURN_BEFORE_ACCEPT | TURN_CPU);
	record->ready_ns = turn->write_ns;
	record->ready_last_ns = turn->write_last_ns;
	record->accept_ns = 0;
	record->read_ns = c->got_ns;
	record->read_last_ns = c->got_last_ns;
	record->write_ns = turn->ready_ns;
	record->write_last_ns = turn->ready_last_ns;
	record->in_bytes = turn->write_ns ? c->out_end - c->out_start : 0;
	record->out_bytes = c->in_end - c->in_start;
	record->in_seq = c->out_start;
	record->out_seq = c->in_start;
	record->read_seq = c->out_read;
	record->read_tid = c->got_tid;
	record->write_tid = c->ask_tid;
	record->segments = c->answers;
}

static __always_inline void fill_heads(struct turn *record, const struct unix_connection *c, __u64 request,
				       __u64 response)
{
	bpf_probe_read_kernel(record->heads, request, c->turn.heads);
	bpf_probe_read_kernel(record->heads + request, response, c->turn.heads + LATMON_HEAD_BYTES);
}

static __noinline int emit_few(struct unix_connection *c, bool client)
{
	struct turn *record = bpf_ringbuf_reserve(
	    &records, __builtin_offsetof(struct turn, heads) + 2 * (UNIX_FEW_BYTES + 1), 0);
	__u64 request, response;

	if (!record)
		return 0;
	fill_record(record, c, client);
	request = record->request_head;
	response = record->response_head;
	BOUND(request, 255);
	BOUND(response, 255);
	fill_heads(record, c, request, response);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 1;
}

static __noinline int emit_many(struct unix_connection *c, bool client)
{
	struct turn *record = bpf_ringbuf_reserve(&records, sizeof(*record) + 2 * LATMON_HEAD_BYTES, 0);
	__u64 request, response;

	if (!record)
		return 0;
	fill_record(record, c, client);
	request = record->request_head;
	response = record->response_head;
	BOUND(request, 1023);
	BOUND(response, 1023);
	fill_heads(record, c, request, response);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 1;
}

static __always_inline int emit_unix_end(struct unix_connection *c, bool client)
{
	if (c->turn.request_head <= UNIX_FEW_BYTES && c->response_head <= UNIX_FEW_BYTES)
		return emit_few(c, client);
	return emit_many(c, client);
}

/* Who reads decides whether a server's end is wanted. */
static __always_inline bool is_server_told(const struct unix_connection *c)
{
	return c->server == FOLLOWED && (c->called || c->turn.pid || !filter_by_process);
}

/* Hands the turn over as it is now. */
static __noinline int emit_unix(struct unix_connection *c)
{
	bool told = true;

	if (is_server_told(c))
		told = emit_unix_end(c, false);
	if (told && c->client == FOLLOWED)
		told = emit_unix_end(c, true);
	if (told) {
		c->unsent = false;
		c->announced = true;
		c->turn.flags |= TURN_UPDATED;
	}
	return 0;
}

/* The turn is over: its last chance to be handed over. */
static __always_inline void finish_unix(struct unix_connection *c)
{
	if (c->phase == PHASE_IDLE || !c->unsent)
		return;
	emit_unix(c);
	if (c->unsent)
		__sync_fetch_and_add(c->turn.flags & TURN_UPDATED ? &lost_parts : &lost_turns, 1);
}

static __always_inline void close_unix_end(__u64 conn)
{
	struct fragment *f = bpf_ringbuf_reserve(&records, sizeof(*f), 0);

	if (!f) {
		__sync_fetch_and_add(&lost_parts, 1);
		return;
	}
	__builtin_memset(f, 0, sizeof(*f));
	f->kind = RECORD_CLOSE;
	f->conn = conn;
	bpf_ringbuf_submit(f, BPF_RB_NO_WAKEUP);
}

/* Nothing more will come of the connection. */
static __noinline int end_unix(struct unix_connection *c)
{
	if (c->phase != PHASE_IDLE && c->unsent) {
		c->turn.flags |= TURN_CLOSED;
		finish_unix(c);
	} else if (c->announced) {
		close_unix_end(c->turn.conn);
		close_unix_end(c->turn.conn | UNIX_CLIENT);
	}
	c->phase = PHASE_IDLE;
	c->announced = false;
	return 0;
}

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

/* Whether the connection is followed, now that its client writes again. */
static __always_inline bool follow_unix(struct unix_connection *c)
{
	if (c->generation != filter_generation)
		decide_unix(c);
	if (c->client != FOLLOWED && caller_matches(c->turn.netns)) {
		c->client = c->server = FOLLOWED;
		c->called = true;
		note_process(bpf_get_current_pid_tgid() >> 32);
	}
	return c->client == FOLLOWED || c->server == FOLLOWED;
}

static __always_inline bool is_unix_followed(const struct unix_connection *c)
{
	return c->generation == filter_generation && (c->client == FOLLOWED || c->server == FOLLOWED);
}

/* Bytes are in a socket's queue. The current thread is the one that wrote them. */
static __always_inline int handle_unix_write(struct sock *sk)
{
	struct unix_connection *c = find_unix(sk);
	struct sock *peer = NULL;
	struct piece p;

	if (!c) {
		peer = unix_peer(sk);
		if (!peer)
			return 0;
		c = find_unix(peer);
		if (!c) {
			c = meet_unix(sk, peer);
			peer = NULL;
		}
		if (!c)
			return 0;
	}
	if (peer ? !is_unix_followed(c) : !follow_unix(c))
		return 0;
	last_piece(sk, &p);
	if (peer)
		server_wrote(c, sk, &p);
	else
		client_wrote(c, sk, &p);
	return 0;
}

/* A read has returned; with nothing, when the other end will not write any more. */
static __always_inline int handle_unix_read(struct sock *sk, __s64 result, int flags)
{
	struct unix_connection *c;
	struct sock *peer;
	bool server = true;

	if (result < 0 || flags & MSG_PEEK)
		return 0;
	c = find_unix(sk);
	if (!c) {
		server = false;
		peer = unix_peer(sk);
		c = peer ? find_unix(peer) : NULL;
	}
	if (!c || !is_unix_followed(c))
		return 0;
	if (result && server)
		server_has_read(c, sk, result);
	else if (result)
		client_has_read(c, sk, result);
	else if (!server && sk->sk_shutdown & RCV_SHUTDOWN && !sk->sk_receive_queue.qlen)
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
	if (c) {
		if (!peer || c->phase != PHASE_OUT || c->out_read >= c->out_end) {
			end_unix(c);
			forget_unix(sk);
		}
		return 0;
	}
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
