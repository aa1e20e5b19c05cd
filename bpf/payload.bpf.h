/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Heads of requests and responses, and what the ring carries of them. Bytes are copied from where they lie
 * when they pass; nothing is parsed and nothing is kept here.
 *
 * On the way out they lie in the writer's buffer. On the way in there are two builds: from the packet, where
 * the kernel lets tracing programs open one (bpf_dynptr_from_skb, 6.12), else from the reader's buffer when
 * its call returns (HEADS_FROM_BUFFERS). The second sees nothing of what is spliced or discarded.
 */
#ifndef LATMON_PAYLOAD_BPF_H
#define LATMON_PAYLOAD_BPF_H

/* Set before load: 0 copies no payload at all. */
const volatile __u8 copy_heads = 1;

#ifdef HEADS_FROM_BUFFERS

struct payload {
	const char *base;
};

/* The first read of a connection may have been entered before latmon came; its return is not seen then. */
#define HEAD_MAY_BE_MISSED(s) ((s)->turn.number == 1)

/* What waits in the socket would be copied when its turn is over. */
#define LEAVES_BYTES_BEHIND(s, tp) before((tp)->copied_seq, (s)->in_end)

static __always_inline bool copy_payload(void *to, __u64 count, struct payload *from, __u32 at)
{
	return !bpf_probe_read_user(to, count, from->base + at);
}

#else

extern int bpf_dynptr_from_skb(struct sk_buff *skb, __u64 flags, struct bpf_dynptr *ptr) __ksym;
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym;

#define payload bpf_dynptr

/* A packet that came with the handshake, or out of order, was not looked into. */
#define HEAD_MAY_BE_MISSED(s) true
#define LEAVES_BYTES_BEHIND(s, tp) false

static __always_inline bool copy_payload(void *to, __u64 count, struct bpf_dynptr *from, __u32 at)
{
	return !bpf_dynptr_read(to, count, from, at, 0);
}

#endif

/* Puts bytes of a payload into heads[], as many as there is room for. Returns how many. */
static __always_inline __u32 keep_payload(struct turn *turn, __u64 to, __u32 room, struct payload *from,
					  __u32 begin, __u32 len)
{
	__u64 count = len;

	if (count > room)
		count = room;
	BOUND(to, 1023);
	BOUND(count, 1023);
	if (count > LATMON_HEAD_BYTES || !copy_payload(turn->heads + to, count, from, begin))
		return 0;
	return count;
}

/*
 * The next bytes of what arrives behind those that are kept already: of the request, on a client's socket of
 * the answer. at: their offset in it; begin: in the payload.
 */
static __always_inline void keep_in_head(struct turn *turn, struct payload *from, __u32 begin, __u32 at,
					 __u32 len)
{
	if (at >= LATMON_HEAD_BYTES)
		return;
	if (turn->role == TURN_OF_SERVER && at == turn->request_head)
		turn->request_head += keep_payload(turn, at, LATMON_HEAD_BYTES - at, from, begin, len);
	else if (turn->role == TURN_OF_CLIENT && at == turn->response_head)
		turn->response_head +=
		    keep_payload(turn, turn->request_head + at, LATMON_HEAD_BYTES - at, from, begin, len);
}

/* The end of what arrives of an answer. */
static __always_inline void keep_in_tail(struct turn *turn, struct payload *from, __u32 begin, __u32 len)
{
	__u64 count = len;

	if (count > LATMON_TAIL_BYTES) {
		begin += count - LATMON_TAIL_BYTES;
		count = LATMON_TAIL_BYTES;
	}
	BOUND(count, 63);
	turn->tail = 0;
	if (count <= LATMON_TAIL_BYTES && copy_payload(turn->tail_bytes, count, from, begin))
		turn->tail = count;
}

static __always_inline bool is_user_buffer(const struct iov_iter *iter)
{
	return bpf_core_enum_value_exists(enum iter_type, ITER_UBUF) &&
	       iter->iter_type == bpf_core_enum_value(enum iter_type, ITER_UBUF);
}

static __always_inline bool is_user_vector(const struct iov_iter *iter)
{
	__u32 kind;

	if (bpf_core_field_exists(iter->iter_type))
		kind = iter->iter_type;
	else
		kind = ((const struct iov_iter___type *)iter)->type & ~1u;
	return kind == bpf_core_enum_value(enum iter_type, ITER_IOVEC);
}

/*
 * Several kinds of pointer share a place in the iterator. Before 6.4 the verifier takes it for a kernel
 * pointer, on which it allows no arithmetic; what is copied out is a number.
 */
#ifdef HEADS_FROM_BUFFERS
#define ITER_POINTER(iter, field) BPF_CORE_READ(iter, field)
#else
#define ITER_POINTER(iter, field) ((iter)->field)
#endif

static __always_inline const struct iovec *vector(const struct iov_iter *iter)
{
	if (bpf_core_field_exists(iter->__iov))
		return ITER_POINTER(iter, __iov);
	return ITER_POINTER((const struct iov_iter___iov *)iter, iov);
}

#if defined(__TARGET_ARCH_x86)
#define SYSCALL_NUMBER(regs) BPF_CORE_READ(regs, orig_ax)
#define SYSCALL_BUFFER(regs) BPF_CORE_READ(regs, si)
#define SYSCALL_LENGTH(regs) BPF_CORE_READ(regs, dx)
#define SYSCALL_STACK(regs) BPF_CORE_READ(regs, sp)
enum { SYSCALL_READ = 0, SYSCALL_RECVFROM = 45, SYSCALL_RECVMSG = 47 };
#elif defined(__TARGET_ARCH_arm64)
#define SYSCALL_NUMBER(regs) BPF_CORE_READ(regs, syscallno)
#define SYSCALL_BUFFER(regs) BPF_CORE_READ(regs, regs[1])
#define SYSCALL_LENGTH(regs) BPF_CORE_READ(regs, regs[2])
#define SYSCALL_STACK(regs) BPF_CORE_READ(regs, sp)
enum { SYSCALL_READ = 63, SYSCALL_RECVFROM = 207, SYSCALL_RECVMSG = 212 };
#endif

/* The beginning of what applications call struct msghdr; not the kernel's own. */
struct user_message {
	void *name;
	__u64 name_len;
	struct iovec *pieces;
};

/*
 * The buffer into which the current system call reads; of recvmsg() the first. Only for read(), recv() and
 * recvmsg(), which is what nearly everybody calls.
 */
static __always_inline bool reads_into(struct task_struct *task, struct iovec *buffer)
{
	struct pt_regs *regs = syscall_registers(task);
	struct user_message message;
	__u64 number;

	if (!regs)
		return false;
	number = SYSCALL_NUMBER(regs);
	buffer->iov_base = (void *)SYSCALL_BUFFER(regs);
	buffer->iov_len = SYSCALL_LENGTH(regs);
	if (number == SYSCALL_RECVMSG)
		return !bpf_probe_read_user(&message, sizeof(message), buffer->iov_base) &&
		       !bpf_probe_read_user(buffer, sizeof(*buffer), message.pieces);
	return number == SYSCALL_READ || number == SYSCALL_RECVFROM;
}

/*
 * The head of what arrives, where its packet was never seen or its reader was waiting before its return could
 * be seen, from the buffer into which its first bytes were copied just now. len: bytes copied so far.
 */
static __noinline int keep_in_read(struct turn *turn, struct task_struct *task, __u64 len)
{
	__u64 to = turn->role == TURN_OF_CLIENT ? turn->request_head : 0;
	struct iovec piece;

	if (!copy_heads || !reads_into(task, &piece))
		return 0;
	if (len > piece.iov_len)
		len = piece.iov_len;
	if (len > LATMON_HEAD_BYTES)
		len = LATMON_HEAD_BYTES;
	BOUND(to, 1023);
	BOUND(len, 1023);
	if (len > LATMON_HEAD_BYTES || bpf_probe_read_user(turn->heads + to, len, piece.iov_base))
		return 0;
	if (turn->role == TURN_OF_CLIENT)
		turn->response_head = len;
	else
		turn->request_head = len;
	return 0;
}

/* Where the caller's bytes lie, and how many of them are in one piece. False for pages (sendfile) and kernel
 * memory. */
static __always_inline bool user_piece(const struct msghdr *msg, bool last, void **base, __u64 *len)
{
	const struct iov_iter *iter = &msg->msg_iter;
	struct iovec piece;
	__u64 index = 0;

	if (!msg)
		return false;
	if (is_user_buffer(iter)) {
		*base = ITER_POINTER(iter, ubuf) + iter->iov_offset;
		*len = iter->count;
		return true;
	}
	if (!is_user_vector(iter) || !iter->nr_segs)
		return false;
	if (last)
		index = iter->nr_segs - 1;
	if (bpf_probe_read_kernel(&piece, sizeof(piece), vector(iter) + index))
		return false;
	*base = piece.iov_base;
	*len = piece.iov_len;
	if (!index) {
		*base += iter->iov_offset;
		*len -= iter->iov_offset;
	}
	return true;
}

#ifdef HEADS_FROM_BUFFERS

/*
 * Where a call that has filled count bytes began to. The iterator has moved past them by then: over whole
 * pieces of a vector, of which a few are walked back, and into the last.
 */
static __always_inline bool filled_piece(const struct msghdr *msg, __u64 count, struct payload *from,
					 __u64 *len)
{
	const struct iov_iter *iter = &msg->msg_iter;
	const struct iovec *at;
	struct iovec piece;
	__u64 filled = iter->iov_offset;

	*len = count;
	if (is_user_buffer(iter)) {
		from->base = ITER_POINTER(iter, ubuf) + filled - count;
		return true;
	}
	if (!is_user_vector(iter))
		return false;
	at = vector(iter);
	for (int i = 0; i < 4 && filled < count; i++) {
		count -= filled;
		at--;
		if (bpf_probe_read_kernel(&piece, sizeof(piece), at))
			return false;
		filled = piece.iov_len;
	}
	if (filled < count || bpf_probe_read_kernel(&piece, sizeof(piece), at))
		return false;
	from->base = piece.iov_base + filled - count;
	*len = count;
	return true;
}

/* Where the last of those bytes are: what is in the piece that the iterator stands in, or has just left. */
static __always_inline bool filled_end(const struct msghdr *msg, __u64 count, struct payload *from,
				       __u64 *len)
{
	const struct iov_iter *iter = &msg->msg_iter;
	__u64 filled = iter->iov_offset;
	const struct iovec *at;
	struct iovec piece;

	if (!is_user_vector(iter))
		return filled_piece(msg, count, from, len);
	at = vector(iter);
	if (!filled)
		at--;
	if (bpf_probe_read_kernel(&piece, sizeof(piece), at))
		return false;
	if (!filled)
		filled = piece.iov_len;
	*len = filled < count ? filled : count;
	from->base = piece.iov_base + filled - *len;
	return true;
}

#endif

/* The last bytes of a write. */
static __always_inline void keep_tail(struct turn *turn, const struct msghdr *msg)
{
	__u64 count, skip = 0;
	void *base;

	if (!user_piece(msg, true, &base, &count) || !count)
		return;
	if (count > LATMON_TAIL_BYTES) {
		skip = count - LATMON_TAIL_BYTES;
		count = LATMON_TAIL_BYTES;
	}
	BOUND(count, 63);
	if (count <= LATMON_TAIL_BYTES && !bpf_probe_read_user(turn->tail_bytes, count, base + skip))
		turn->tail = count;
}

/* Puts the first piece of a write into heads[], as much as there is room for. Returns how much. */
static __always_inline __u32 keep_written(struct turn *turn, __u64 to, __u32 room, const struct msghdr *msg)
{
	__u64 count;
	void *base;

	if (!user_piece(msg, false, &base, &count))
		return 0;
	if (count > room)
		count = room;
	BOUND(to, 1023);
	BOUND(count, 1023);
	if (count > LATMON_HEAD_BYTES || bpf_probe_read_user(turn->heads + to, count, base))
		return 0;
	return count;
}

/* The next bytes of a client's request behind those that are kept already. at: the write's offset in the
 * request. */
static __always_inline void keep_request(struct turn *turn, const struct msghdr *msg, __u32 at)
{
	if (copy_heads && at == turn->request_head && at < LATMON_HEAD_BYTES)
		turn->request_head += keep_written(turn, at, LATMON_HEAD_BYTES - at, msg);
}

/* The same of a server's answer, and the end of a write that does not fit there; of one that does, user space
 * has the end. */
static __always_inline void keep_answer(struct turn *turn, const struct msghdr *msg, __u32 at, __u32 len)
{
	turn->tail = 0;
	if (!copy_heads)
		return;
	if (at == turn->response_head && at < LATMON_HEAD_BYTES)
		turn->response_head +=
		    keep_written(turn, turn->request_head + at, LATMON_HEAD_BYTES - at, msg);
	if (turn->response_head != at + len)
		keep_tail(turn, msg);
}

static __always_inline bool kept_like_http(const struct turn *turn)
{
	__u64 at = turn->request_head;

	BOUND(at, 1023);
	return turn->response_head >= 4 && turn->heads[at] == 'H' && turn->heads[at + 1] == 'T' &&
	       turn->heads[at + 2] == 'T' && turn->heads[at + 3] == 'P';
}

static __always_inline bool begins_like_http(const struct msghdr *msg)
{
	__u32 word = 0;
	__u64 count;
	void *base;

	return copy_heads && user_piece(msg, false, &base, &count) && count >= sizeof(word) &&
	       !bpf_probe_read_user(&word, sizeof(word), base) && word == 0x50545448 /* "HTTP" */;
}

#endif
