/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Attach points: which kernel hook feeds which handler. Tracepoints only, no system call hooks; nothing is ever written to
 * traffic, and nothing here wakes the consumer, which would run on the traced thread's time: it comes by itself.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>
#include "latmon.h"
#include "filter.bpf.h"
#include "socket.bpf.h"
#include "payload.bpf.h"
#include "stream.bpf.h"
#include "turn.bpf.h"
#include "flush.bpf.h"

/* First statement of tcp_rcv_established: a segment enters TCP, and what it acknowledges. */
SEC("tp_btf/tcp_probe")
int BPF_PROG(segment, struct sock *sk, struct sk_buff *skb)
{
	return handle_segment(sk, skb);
}

SEC("tp_btf/sk_data_ready")
int BPF_PROG(readable, struct sock *sk)
{
	return handle_readable(sk);
}

/* After the bytes of a packet were copied to the reader, whichever call it used: read, recvmsg, splice, io_uring. */
SEC("tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(read, struct sock *sk)
{
	return handle_read(sk);
}

/* In the loop of tcp_sendmsg_locked: what is still to be sent, before the next part is taken. */
SEC("tp_btf/tcp_sendmsg_locked")
int BPF_PROG(write, struct sock *sk, const struct msghdr *msg)
{
	return handle_write(sk, msg, msg->msg_iter.count);
}

/* After the queueing discipline. */
SEC("tp_btf/net_dev_start_xmit")
int BPF_PROG(transmit, struct sk_buff *skb)
{
	return handle_transmit(skb);
}

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(retransmit, const struct sock *sk)
{
	return handle_retransmit(sk);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state, struct sock *sk, int oldstate, int newstate)
{
	return handle_state(sk, oldstate, newstate);
}

/* Run by the consumer itself, once, before it leaves. */
SEC("iter/bpf_sk_storage_map")
int flush(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	return handle_flush(ctx->sk, ctx->value);
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
