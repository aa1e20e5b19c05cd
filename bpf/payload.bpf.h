/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Heads of requests and responses, and what the ring carries of them. Bytes are copied from where they lie when they pass
 * (the packet on the way in, the caller's buffer on the way out); nothing is parsed and nothing is kept here.
 */
#ifndef LATMON_PAYLOAD_BPF_H
#define LATMON_PAYLOAD_BPF_H

extern int bpf_dynptr_from_skb(struct sk_buff *skb, __u64 flags, struct bpf_dynptr *ptr) __ksym __weak;

/* Set before load: 0 copies no payload at all. */
const volatile __u8 copy_heads = 1;

/* Keeps the compiler from forgetting a bound that the verifier must see. */
#define BOUND(value, mask) asm volatile("%0 &= " #mask : "+r"(value))

/* The next bytes of the request behind those that are kept already. at: the segment's offset in the turn. */
static __always_inline void keep_in_head(struct turn *turn, struct sk_buff *skb, __u32 header, __u32 at, __u32 len)
{
	struct bpf_dynptr packet;
	__u64 from = turn->in_head;
	__u64 count = len;

	if (!copy_heads || at != from || from >= LATMON_HEAD_BYTES)
		return;
	if (count > LATMON_HEAD_BYTES - from)
		count = LATMON_HEAD_BYTES - from;
	BOUND(from, 511);
	BOUND(count, 1023);
	if (!count || count > LATMON_HEAD_BYTES || bpf_dynptr_from_skb(skb, 0, &packet))
		return;
	if (bpf_dynptr_read(turn->heads + from, count, &packet, header, 0))
		return;
	turn->in_head += count;
}

#if defined(__TARGET_ARCH_x86)
#define SYSCALL_NUMBER(regs) BPF_CORE_READ(regs, orig_ax)
#define SYSCALL_BUFFER(regs) BPF_CORE_READ(regs, si)
enum { SYSCALL_READ = 0, SYSCALL_RECVFROM = 45 };
#elif defined(__TARGET_ARCH_arm64)
#define SYSCALL_NUMBER(regs) BPF_CORE_READ(regs, syscallno)
#define SYSCALL_BUFFER(regs) BPF_CORE_READ(regs, regs[1])
enum { SYSCALL_READ = 63, SYSCALL_RECVFROM = 207 };
#endif

/*
 * The head of a request whose packet was never seen, from the buffer into which its first bytes were copied just now. Only
 * for read() and recv(), which is what nearly every server calls; len: bytes copied so far.
 */
static __always_inline void keep_in_read(struct turn *turn, struct task_struct *task, __u64 len)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	__u64 number;

	if (!copy_heads || !regs)
		return;
	number = SYSCALL_NUMBER(regs);
	if (number != SYSCALL_READ && number != SYSCALL_RECVFROM)
		return;
	if (len > LATMON_HEAD_BYTES)
		len = LATMON_HEAD_BYTES;
	BOUND(len, 1023);
	if (len && len <= LATMON_HEAD_BYTES && !bpf_probe_read_user(turn->heads, len, (void *)SYSCALL_BUFFER(regs)))
		turn->in_head = len;
}

/* Where the caller's bytes lie, and how many of them are in one piece. False for pages (sendfile) and kernel memory. */
static __always_inline bool user_piece(const struct msghdr *msg, bool last, void **base, __u64 *len)
{
	const struct iov_iter *iter = &msg->msg_iter;
	struct iovec piece;
	__u64 index = 0;

	if (iter->iter_type == bpf_core_enum_value(enum iter_type, ITER_UBUF)) {
		*base = iter->ubuf + iter->iov_offset;
		*len = iter->count;
		return true;
	}
	if (iter->iter_type != bpf_core_enum_value(enum iter_type, ITER_IOVEC) || !iter->nr_segs)
		return false;
	if (last)
		index = iter->nr_segs - 1;
	if (bpf_probe_read_kernel(&piece, sizeof(piece), iter->__iov + index))
		return false;
	*base = piece.iov_base;
	*len = piece.iov_len;
	if (!index) {
		*base += iter->iov_offset;
		*len -= iter->iov_offset;
	}
	return true;
}

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
	BOUND(count, 15);
	if (count <= LATMON_TAIL_BYTES && !bpf_probe_read_user(turn->tail_bytes, count, base + skip))
		turn->tail = count;
}

/*
 * The next bytes of the answer behind those that are kept already, and the end of a write that does not fit there; of one
 * that does, user space has the end. at: the write's offset in the answer.
 */
static __always_inline void keep_out(struct turn *turn, const struct msghdr *msg, __u32 at, __u32 len)
{
	__u64 from = turn->in_head + at;
	__u64 count;
	void *base;

	turn->tail = 0;
	if (!copy_heads || !user_piece(msg, false, &base, &count))
		return;
	if (at == turn->out_head && at < LATMON_HEAD_BYTES) {
		if (count > LATMON_HEAD_BYTES - at)
			count = LATMON_HEAD_BYTES - at;
		BOUND(from, 1023);
		BOUND(count, 1023);
		if (count && count <= LATMON_HEAD_BYTES && !bpf_probe_read_user(turn->heads + from, count, base))
			turn->out_head += count;
	}
	if (turn->out_head != at + len)
		keep_tail(turn, msg);
}

static __always_inline bool kept_like_http(const struct turn *turn)
{
	__u64 at = turn->in_head;

	BOUND(at, 1023);
	return turn->out_head >= 4 && turn->heads[at] == 'H' && turn->heads[at + 1] == 'T' && turn->heads[at + 2] == 'T' &&
	       turn->heads[at + 3] == 'P';
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
