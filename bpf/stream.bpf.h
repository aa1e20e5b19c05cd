/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Fragments: what crosses the ring while requests and responses of a connection overlap, one record per thing
 * that happened, numbered so that user space sees a gap.
 */
#ifndef LATMON_STREAM_BPF_H
#define LATMON_STREAM_BPF_H

/* A packet as TCP sees it; GRO makes it up to 64 KB. */
struct segment {
	__u64 now;
	__u64 nic_ns;
	__u32 seq;
	__u32 len;
	__u32 ack;
	__u32 header; /* bytes of TCP header in front of the payload */
};

struct small_fragment {
	struct fragment fragment;
	__u8 data[LATMON_HEAD_BYTES];
};

struct large_fragment {
	struct fragment fragment;
	__u8 data[LATMON_FRAGMENT_BYTES];
};

static __always_inline void fill(struct fragment *f, struct socket_state *s, __u32 kind, __u64 now, __u32 seq,
				 __u32 len)
{
	f->kind = kind;
	f->number = now ? s->turn.fragments++ : 0;
	f->conn = s->turn.conn;
	f->time_ns = now;
	f->nic_ns = 0;
	f->seq = seq;
	f->len = len;
	f->tid = 0;
	f->data_len = 0;
}

static __always_inline void lose(struct socket_state *s)
{
	s->turn.fragments++;
	__sync_fetch_and_add(&lost_parts, 1);
}

/* A fragment without payload. */
VERIFIED_ONCE int mark(struct socket_state *s, __u32 kind, __u64 now, __u32 seq, __u32 tid)
{
	struct fragment *f;

	if (!s)
		return 0;
	f = bpf_ringbuf_reserve(&records, sizeof(*f), 0);
	if (!f) {
		lose(s);
		return 0;
	}
	fill(f, s, kind, now, seq, 0);
	f->tid = tid;
	bpf_ringbuf_submit(f, BPF_RB_NO_WAKEUP);
	return 0;
}

/* The first bytes of a write. */
static __always_inline void fragment_write(struct socket_state *s, const struct msghdr *msg, __u64 now,
					   __u32 seq, __u32 len)
{
	struct small_fragment *f = bpf_ringbuf_reserve(&records, sizeof(*f), 0);
	__u64 count = 0;
	void *base;

	if (!f) {
		lose(s);
		return;
	}
	fill(&f->fragment, s, RECORD_WRITE, now, seq, len);
	f->fragment.tid = (__u32)bpf_get_current_pid_tgid();
	if (copy_heads && user_piece(msg, false, &base, &count)) {
		if (count > LATMON_HEAD_BYTES)
			count = LATMON_HEAD_BYTES;
		BOUND(count, 1023);
		if (count <= LATMON_HEAD_BYTES && !bpf_probe_read_user(f->data, count, base))
			f->fragment.data_len = count;
	}
	bpf_ringbuf_submit(f, BPF_RB_NO_WAKEUP);
}

/* One piece of a payload, from at on. */
static __noinline int fragment_piece(struct socket_state *s, struct payload *from, const struct segment *seg,
				     __u32 at, __u32 len)
{
	struct large_fragment *f = bpf_ringbuf_reserve(&records, sizeof(*f), 0);
	__u64 count = len;

	if (!f) {
		lose(s);
		return 0;
	}
	fill(&f->fragment, s, RECORD_SEGMENT, seg->now, seg->seq + at, len);
	f->fragment.nic_ns = seg->nic_ns;
	BOUND(count, 8191);
	if (count <= LATMON_FRAGMENT_BYTES && copy_payload(f->data, count, from, seg->header + at))
		f->fragment.data_len = count;
	bpf_ringbuf_submit(f, BPF_RB_NO_WAKEUP);
	return 0;
}

/* A payload between two offsets, LATMON_BURST_BYTES of it at most. */
static __always_inline void fragment_payload(struct socket_state *s, struct payload *payload,
					     const struct segment *seg, __u32 from, __u32 to)
{
	__u32 piece;

	for (int i = 0; i < LATMON_BURST_BYTES / LATMON_FRAGMENT_BYTES && from < to; i++) {
		piece = to - from < LATMON_FRAGMENT_BYTES ? to - from : LATMON_FRAGMENT_BYTES;
		fragment_piece(s, payload, seg, from, piece);
		from += piece;
	}
}

#ifdef HEADS_FROM_BUFFERS

/* That a segment arrived; its bytes follow when they are read. */
static __always_inline void fragment_segment(struct socket_state *s, struct sk_buff *skb,
					     const struct segment *seg, __u32 from, __u32 to)
{
	struct fragment *f = bpf_ringbuf_reserve(&records, sizeof(*f), 0);

	if (!f) {
		lose(s);
		return;
	}
	fill(f, s, RECORD_SEGMENT, seg->now, seg->seq + from, to - from);
	f->nic_ns = seg->nic_ns;
	bpf_ringbuf_submit(f, BPF_RB_NO_WAKEUP);
}

#else

static __always_inline void fragment_segment(struct socket_state *s, struct sk_buff *skb,
					     const struct segment *seg, __u32 from, __u32 to)
{
	struct bpf_dynptr packet;

	if (copy_heads && !bpf_dynptr_from_skb(skb, 0, &packet))
		fragment_payload(s, &packet, seg, from, to);
}

#endif

#endif
