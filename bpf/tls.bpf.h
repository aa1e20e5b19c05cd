/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Plaintext of connections that a TLS library encrypts, tied to the socket by the nested call: a thread that
 * writes to a socket inside of SSL_write sends what it was given there, one that reads inside of SSL_read
 * gets it when that returns. No offset of the library's structures is needed, and what cannot be tied is not
 * told.
 *
 * Plaintext goes into the turn itself, so a request still costs one record and its head is lost only with it.
 * On the way out it lies in the caller's buffer while the socket is written to. On the way in it exists only
 * later, when SSL_read returns, where no socket is at hand; it is put down by connection and turn
 * (tls_inbound) and a server's turn takes it when the answer begins. A client's turn, which is over by then,
 * waits for it with the thread (tls_turns).
 *
 * The other half, inside the library, is openssl.bpf.h.
 */
#ifndef LATMON_TLS_BPF_H
#define LATMON_TLS_BPF_H

__u32 tls_wanted;

#ifdef WITH_TLS

#define TLS_APPLICATION_DATA 0x17
#define TLS_RECORD_BYTES 16384 /* plaintext in one record, at most */
#define TLS_LEAST_OVERHEAD 21  /* that encryption adds to a record: its header and a tag of 16 bytes */
#define TLS_MOST_OVERHEAD 325

/* The call of the library that this thread is inside of, or NULL. */
static __always_inline struct tls_call *tls_call(void)
{
	return tls_wanted ? bpf_task_storage_get(&tls_calls, current_task(), NULL, 0) : NULL;
}

/* What the turn holds so far is the handshake, or a request without its answer. */
static __always_inline bool is_unopened(const struct socket_state *s)
{
	return s->tls && !(s->turn.flags & TURN_PLAIN);
}

static __always_inline bool is_opened(const struct socket_state *s)
{
	return s->turn.flags & TURN_PLAIN;
}

/* A thread reads from the socket: where it does so inside of the library, the session is this connection's.
 */
static __always_inline void tie_session(struct socket_state *s)
{
	struct tls_tie tie = {.conn = s->turn.conn, .turn = s->turn.number};
	struct tls_call *call = tls_call();
	struct tls_tie *known;

	if (!call || (call->kind != TLS_READS && call->kind != TLS_SHAKES))
		return;
	s->tls = true;
	call->reached = true;
	known = bpf_map_lookup_elem(&tls_sessions, &call->session);
	if (known)
		*known = tie;
	else
		bpf_map_update_elem(&tls_sessions, &call->session, &tie, BPF_ANY);
}

/*
 * The return of SSL_write is not probed, which spares every one of them a microsecond. It has not returned as
 * long as the address it returns to stays where it was, above the stack of the system call.
 */
static __always_inline bool is_inside(const struct tls_call *call)
{
	struct pt_regs *regs = syscall_registers(current_task());
	__u64 caller = 0;

	if (!regs || SYSCALL_STACK(regs) >= call->stack)
		return false;
	return !call->caller ||
	       (!bpf_probe_read_user(&caller, sizeof(caller), (void *)call->stack) && caller == call->caller);
}

/* True when a write begins with a record that may hold count bytes of plaintext, or as much of them as goes
 * into one. */
static __always_inline bool begins_with_record(const struct msghdr *msg, __u64 count)
{
	__u8 header[5];
	__u64 len;
	void *base;

	if (!user_piece(msg, false, &base, &len) || len <= sizeof(header) ||
	    bpf_probe_read_user(header, sizeof(header), base))
		return false;
	len = header[3] << 8 | header[4];
	return header[0] == TLS_APPLICATION_DATA && header[1] == 3 && len + 5 >= TLS_LEAST_OVERHEAD &&
	       len <= count + TLS_MOST_OVERHEAD;
}

/* The call of SSL_write whose first bytes are written to the socket now, or NULL; the same one only once. */
static __always_inline struct tls_call *carried(const struct msghdr *msg)
{
	struct tls_call *call = tls_call();

	if (!call || call->kind != TLS_WRITES || !is_inside(call) || !begins_with_record(msg, call->count))
		return NULL;
	call->kind = TLS_OUTSIDE;
	return call;
}

/* What the socket had no room for is offered again, by another call of SSL_write with the same bytes. */
static __always_inline void offer_again(void)
{
	struct tls_call *call = tls_call();

	if (call && call->kind == TLS_WRITES && is_inside(call))
		call->kind = TLS_OUTSIDE;
}

static __always_inline void keep_plain_tail(struct turn *turn, const struct tls_call *call)
{
	__u64 count = call->count;
	__u64 skip = 0;

	turn->tail = 0;
	if (count > LATMON_TAIL_BYTES) {
		skip = count - LATMON_TAIL_BYTES;
		count = LATMON_TAIL_BYTES;
	}
	BOUND(count, 63);
	if (copy_heads && count <= LATMON_TAIL_BYTES &&
	    !bpf_probe_read_user(turn->tail_bytes, count, (void *)(call->buffer + skip)))
		turn->tail = count;
}

/* What the application writes, behind what is kept of it already. */
static __always_inline void keep_plain(struct socket_state *s, const struct tls_call *call)
{
	struct turn *turn = &s->turn;
	bool client = turn->role == TURN_OF_CLIENT;
	__u32 kept = client ? turn->request_head : turn->response_head;
	__u64 to = client ? kept : turn->request_head + kept;
	__u64 count = call->count;

	turn->plain_out += count;
	s->due = count + (count + TLS_RECORD_BYTES - 1) / TLS_RECORD_BYTES * TLS_LEAST_OVERHEAD;
	if (!client)
		keep_plain_tail(turn, call);
	if (!copy_heads || kept >= LATMON_HEAD_BYTES)
		return;
	if (count > LATMON_HEAD_BYTES - kept)
		count = LATMON_HEAD_BYTES - kept;
	BOUND(to, 1023);
	BOUND(count, 1023);
	if (count > LATMON_HEAD_BYTES || bpf_probe_read_user(turn->heads + to, count, (void *)call->buffer))
		return;
	if (client)
		turn->request_head += count;
	else
		turn->response_head += count;
}

/* By a number of its own: as the value that an iterator hands over, the turn's may be no key before 6.12. */
static __always_inline struct tls_inbound *inbound_of(const struct turn *turn)
{
	__u64 conn = turn->conn;

	return bpf_map_lookup_elem(&tls_inbound, &conn);
}

/* The heads of the turn are plaintext from now on; a server's request was decrypted before. */
static __always_inline void open_turn(struct socket_state *s)
{
	struct turn *turn = &s->turn;
	struct tls_inbound *in = inbound_of(turn);

	s->tls = true;
	turn->flags |= TURN_PLAIN;
	turn->request_head = turn->response_head = turn->tail = 0;
	if (turn->role == TURN_OF_CLIENT || !in || in->turn != turn->number || !copy_heads)
		return;
	if (!bpf_probe_read_kernel(turn->heads, LATMON_HEAD_BYTES, in->head) && in->len <= LATMON_HEAD_BYTES)
		turn->request_head = in->len;
}

/*
 * How much of the request was decrypted until now. The library still has to decrypt some of what has been
 * read when the next bytes arrive, which begin another turn after an answer; that is told with them.
 */
static __always_inline void count_plain(struct turn *turn)
{
	struct tls_inbound *in = inbound_of(turn);

	if (!in || in->turn != turn->number)
		return;
	turn->plain_in = in->told = in->bytes;
	turn->plain_late = in->late;
}

/* True when a request was decrypted in a turn whose answer so far is the handshake's: it came with that. */
static __always_inline bool awaits_answer(struct socket_state *s)
{
	struct tls_inbound *in = s->phase == PHASE_OUT && is_unopened(s) ? inbound_of(&s->turn) : NULL;

	return in && in->turn == s->turn.number && in->bytes;
}

/* What was decrypted belongs to the turn that begins now. */
static __always_inline void take_along(struct turn *turn)
{
	struct tls_inbound *in = inbound_of(turn);

	if (in)
		in->turn = turn->number;
}

/* True when more of the request was decrypted than the turn's record says. */
static __always_inline bool decrypts_on(struct socket_state *s)
{
	struct tls_inbound *in = is_opened(s) ? inbound_of(&s->turn) : NULL;

	return in && in->turn == s->turn.number && in->bytes != in->told;
}

/* True when a client's turn waits for the end of the call that has read its answer. */
static __always_inline bool waits_for_plain(struct socket_state *s)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	struct tls_call *call = is_opened(s) ? tls_call() : NULL;

	if (!call || call->kind != TLS_READS)
		return false;
	s->turn.response_head = s->turn.tail = 0;
	if (bpf_map_update_elem(&tls_turns, &tid, &s->turn, BPF_ANY))
		return false;
	call->waits = true;
	return true;
}

#else

struct tls_call;

static __always_inline bool is_unopened(const struct socket_state *s)
{
	return false;
}

static __always_inline bool is_opened(const struct socket_state *s)
{
	return false;
}

static __always_inline void tie_session(struct socket_state *s)
{
}

static __always_inline struct tls_call *carried(const struct msghdr *msg)
{
	return NULL;
}

static __always_inline void offer_again(void)
{
}

static __always_inline void keep_plain(struct socket_state *s, const struct tls_call *call)
{
}

static __always_inline void open_turn(struct socket_state *s)
{
}

static __always_inline void count_plain(struct turn *turn)
{
}

static __always_inline bool awaits_answer(struct socket_state *s)
{
	return false;
}

static __always_inline void take_along(struct turn *turn)
{
}

static __always_inline bool decrypts_on(struct socket_state *s)
{
	return false;
}

static __always_inline bool waits_for_plain(struct socket_state *s)
{
	return false;
}

#endif

#endif
