/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The turn of an AF_UNIX connection is handed over: one record for each end that is told. */
#ifndef LATMON_UNIX_RECORD_BPF_H
#define LATMON_UNIX_RECORD_BPF_H

#define UNIX_FEW_BYTES 255 /* of each head, in the smaller of two sizes of record */

/* The server's record, or the same turn looked at from the client's side. */
static __always_inline void fill_record(struct turn *record, const struct unix_connection *c, bool client)
{
	const struct turn *turn = &c->turn;

	__builtin_memcpy(record, turn, __builtin_offsetof(struct turn, heads));
	record->response_head = c->response_head;
	record->in_seq = c->in_start;
	record->out_seq = c->out_start;
	record->in_bytes = MAX(c->in_told, c->in_read) - c->in_start;
	record->out_bytes = turn->write_ns ? MAX(c->out_told, c->out_read) - c->out_start : 0;
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
	if (is_serving(c->client_pid))
		record->flags |= TURN_SERVES;
	record->ready_ns = turn->write_ns;
	record->ready_last_ns = turn->write_last_ns;
	record->accept_ns = 0;
	record->read_ns = c->got_ns;
	record->read_last_ns = c->got_last_ns;
	record->write_ns = turn->ready_ns;
	record->write_last_ns = turn->ready_last_ns;
	record->in_bytes = turn->write_ns ? MAX(c->out_told, c->out_read) - c->out_start : 0;
	record->out_bytes = MAX(c->in_told, c->in_read) - c->in_start;
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
VERIFIED_ONCE int emit_unix(struct unix_connection *c)
{
	bool told = true;

	if (!c)
		return 0;
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
VERIFIED_ONCE int end_unix(struct unix_connection *c)
{
	if (!c)
		return 0;
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

#endif
