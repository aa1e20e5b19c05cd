/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The bytes of an AF_UNIX stream: when the receiver is told that they are there, its queue ends with them,
 * whichever call has written them. The kernel copies a write into pieces of up to 36 KB, of which the
 * first 3.7 KB lie in one place; the rest is in pages, which no program can open, so the end of a long piece
 * comes from the writer's buffer.
 */
#ifndef LATMON_UNIX_PAYLOAD_BPF_H
#define LATMON_UNIX_PAYLOAD_BPF_H

struct piece {
	struct sk_buff *skb; /* NULL when the receiver has taken it already */
	const unsigned char *data;
	__u32 len;
	__u32 linear;	/* bytes at data */
	bool user;	/* data is the writer's buffer */
	bool untouched; /* nothing of it was read yet */
	__u64 read;	/* what its reader had told of before that was looked at */
};

#if defined(__TARGET_ARCH_x86)
enum { SYSCALL_WRITE = 1, SYSCALL_WRITEV = 20, SYSCALL_SENDTO = 44, SYSCALL_SENDMSG = 46 };
#elif defined(__TARGET_ARCH_arm64)
enum { SYSCALL_WRITE = 64, SYSCALL_WRITEV = 66, SYSCALL_SENDTO = 206, SYSCALL_SENDMSG = 211 };
#endif

#define UNIX_PIECE_BYTES 32768 /* a write that is no longer is one piece */
#define UNIX_BUFFERS 4	       /* of a write, that are looked at */

/* What the current system call writes, in UNIX_BUFFERS at most. */
struct written {
	struct iovec first;
	struct iovec last;
	__u64 len; /* of all buffers */
};

/* False when it is not known. */
VERIFIED_ONCE int read_written(struct written *w)
{
	struct pt_regs *regs = syscall_registers(current_task());
	struct iovec buffers[UNIX_BUFFERS] = {};
	struct {
		struct user_message message;
		__u64 count;
	} sent = {};
	__u64 number, size;

	if (!w || !regs)
		return false;
	number = SYSCALL_NUMBER(regs);
	w->first.iov_base = w->last.iov_base = sent.message.pieces = (void *)SYSCALL_BUFFER(regs);
	w->first.iov_len = w->last.iov_len = w->len = sent.count = SYSCALL_LENGTH(regs);
	if (number == SYSCALL_WRITE || number == SYSCALL_SENDTO)
		return true;
	if (number != SYSCALL_SENDMSG && number != SYSCALL_WRITEV)
		return false;
	if (number == SYSCALL_SENDMSG && bpf_probe_read_user(&sent, sizeof(sent), w->first.iov_base))
		return false;
	size = sent.count * sizeof(struct iovec);
	BOUND(size, 127);
	if (!sent.count || sent.count > UNIX_BUFFERS || size > sizeof(buffers) ||
	    bpf_probe_read_user(buffers, size, sent.message.pieces) ||
	    bpf_probe_read_user(&w->last, sizeof(w->last), sent.message.pieces + sent.count - 1))
		return false;
	w->first = buffers[0];
	w->len = buffers[0].iov_len + buffers[1].iov_len + buffers[2].iov_len + buffers[3].iov_len;
	return true;
}

/* The receiver was quicker: the piece is the whole write, if that is short, and its bytes are the writer's.
 */
VERIFIED_ONCE int taken_piece(struct piece *p)
{
	struct written w = {};

	if (!p)
		return 0;
	__builtin_memset(p, 0, sizeof(*p));
	if (!read_written(&w) || w.len > UNIX_PIECE_BYTES)
		return 0;
	p->user = true;
	p->data = w.first.iov_base;
	p->linear = w.first.iov_len;
	p->len = w.len;
	return 0;
}

/* The last bytes that the current system call has read of count, where its reader was quicker than their
 * writer's word. */
static __always_inline void read_piece(struct piece *p, struct task_struct *task, __u32 count, __u32 len)
{
	struct iovec buffer;

	__builtin_memset(p, 0, sizeof(*p));
	p->len = len;
	if (!reads_into(task, &buffer) || count > buffer.iov_len)
		return;
	p->user = true;
	p->data = buffer.iov_base + count - len;
	p->linear = len;
}

/* The receiver is not stopped: what was read is true only if the piece was there all the time. */
static __always_inline bool is_queued(struct sock *receiver, const struct piece *p)
{
	return receiver->sk_receive_queue.qlen && receiver->sk_receive_queue.prev == p->skb;
}

static __always_inline void last_piece(struct sock *receiver, struct piece *p)
{
	struct sk_buff *skb = receiver->sk_receive_queue.prev;
	__u32 consumed = 0;

	p->skb = skb;
	p->data = skb->data;
	p->len = skb->len;
	p->linear = p->len - skb->data_len;
	p->user = false;
	bpf_probe_read_kernel(&consumed, sizeof(consumed),
			      (void *)skb->cb + bpf_core_field_offset(struct unix_skb_parms, consumed));
	p->untouched = !consumed;
	if (!is_queued(receiver, p))
		taken_piece(p);
}

static __always_inline bool copy_piece(void *to, __u64 count, const struct piece *p, const void *from)
{
	return !(p->user ? bpf_probe_read_user(to, count, from) : bpf_probe_read_kernel(to, count, from));
}

/* Puts a piece's bytes behind what is kept of its direction, which may hold its first ones already. Returns
 * how much is kept then. */
VERIFIED_ONCE __u32 keep_piece(struct unix_connection *c, __u32 place, __u32 kept, __u64 at,
			       const struct piece *p)
{
	__u64 count = LATMON_HEAD_BYTES - kept;
	__u64 to = place + kept;
	__u64 known = kept - at;

	if (!c || !p || !copy_heads || at > kept || kept >= LATMON_HEAD_BYTES || known >= p->linear)
		return kept;
	if (count > p->linear - known)
		count = p->linear - known;
	BOUND(to, 1023);
	BOUND(known, 1023);
	BOUND(count, 1023);
	if (count > LATMON_HEAD_BYTES || !copy_piece(c->turn.heads + to, count, p, p->data + known))
		return kept;
	return kept + count;
}

/* As above; what was taken meanwhile is copied from its writer. */
static __always_inline __u32 keep_beginning(struct unix_connection *c, __u32 place, __u32 kept, __u64 at,
					    struct sock *receiver, struct piece *p)
{
	__u32 now = keep_piece(c, place, kept, at, p);
	bool untouched = p->untouched;
	__u32 len = p->len;

	if (p->user || is_queued(receiver, p))
		return now;
	taken_piece(p);
	now = keep_piece(c, place, kept, at, p);
	p->untouched = untouched;
	p->len = len;
	return now;
}

/* Whether a piece is the end of a buffer: the buffer has the piece's first bytes where it must begin then. */
static __always_inline bool ends_with(const struct iovec *buffer, const struct piece *p)
{
	__u64 user[4], queued[4];

	return buffer->iov_len >= p->len && p->linear >= sizeof(queued) &&
	       !bpf_probe_read_kernel(queued, sizeof(queued), p->data) &&
	       !bpf_probe_read_user(user, sizeof(user), buffer->iov_base + buffer->iov_len - p->len) &&
	       user[0] == queued[0] && user[1] == queued[1] && user[2] == queued[2] && user[3] == queued[3];
}

/* The end of what was written. */
static __always_inline void keep_piece_end(struct turn *turn, const struct piece *p)
{
	__u64 count = p->len < LATMON_TAIL_BYTES ? p->len : LATMON_TAIL_BYTES;
	struct written w = {};

	turn->tail = 0;
	if (!copy_heads || !p->linear)
		return;
	if (p->linear == p->len) {
		BOUND(count, 63);
		if (count <= LATMON_TAIL_BYTES &&
		    copy_piece(turn->tail_bytes, count, p, p->data + p->len - count))
			turn->tail = count;
		return;
	}
	if (read_written(&w) && w.last.iov_len >= LATMON_TAIL_BYTES && (p->user || ends_with(&w.last, p)) &&
	    !bpf_probe_read_user(turn->tail_bytes, LATMON_TAIL_BYTES,
				 w.last.iov_base + w.last.iov_len - LATMON_TAIL_BYTES))
		turn->tail = LATMON_TAIL_BYTES;
}

#endif
