/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Attach points: which kernel hook feeds which handler. Several programs of one boundary stand for different
 * kernels; user space loads one of them (HookTable.cs). No system call hooks; nothing is ever written to
 * traffic, and nothing here wakes the consumer, which would run on the traced thread's time: it comes by
 * itself.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>
#include "latmon.h"
#include "shared.bpf.h"
#include "filter.bpf.h"
#include "task.bpf.h"
#include "cpu.bpf.h"
#include "socket.bpf.h"
#include "payload.bpf.h"
#include "tls.bpf.h"
#include "stream.bpf.h"
#include "seen.bpf.h"
#include "turn.bpf.h"
#include "server.bpf.h"
#include "client.bpf.h"
#include "boundary.bpf.h"
#include "unix.bpf.h"
#include "unix_payload.bpf.h"
#include "unix_record.bpf.h"
#include "unix_turn.bpf.h"
#include "unix_meet.bpf.h"
#include "unix_boundary.bpf.h"

/*
 * Of functions whose parameters differ between kernels: how many there are, from the kernel's type
 * information, set before load. The result comes behind them. Read by inline assembly, because the compiler
 * merges the alternatives into arithmetic on the context, which verifiers before 7.2 refuse.
 */
const volatile __u8 accept_parameters = 2;
const volatile __u8 recvmsg_parameters = 5;

#define ARGUMENT(n)                                                                                          \
	({                                                                                                   \
		__u64 value;                                                                                 \
		asm volatile("%0 = *(u64 *)(%1 + 8 * " #n ")" : "=r"(value) : "r"(ctx));                     \
		value;                                                                                       \
	})
#define ACCEPTED (struct sock *)(accept_parameters == 2 ? ARGUMENT(2) : ARGUMENT(4))

/* Of an AF_UNIX socket, within the call that writes to it. */
static __always_inline int handle_data_ready(struct sock *sk)
{
	return is_unix_end(sk) ? handle_unix_write(sk) : handle_readable(sk);
}

/* First statement of tcp_rcv_established: a segment enters TCP, and what it acknowledges. */
SEC("tp_btf/tcp_probe")
int BPF_PROG(segment, struct sock *sk, struct sk_buff *skb)
{
	handle_segment(sk, skb);
	return seen(sk, SEEN_SEGMENT);
}

SEC("tp_btf/sk_data_ready")
int BPF_PROG(readable, struct sock *sk)
{
	handle_data_ready(sk);
	return seen(sk, SEEN_READABLE);
}

/* The tracepoint above stands at the beginning of this function since 6.3. */
SEC("fentry/sock_def_readable")
int BPF_PROG(readable_function, struct sock *sk)
{
	handle_data_ready(sk);
	return seen(sk, SEEN_READABLE);
}

/* After the bytes of a packet were copied to the reader, whichever call it used: read, recvmsg, splice,
 * io_uring. */
SEC("tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(read, struct sock *sk)
{
	handle_read(sk);
	return seen(sk, SEEN_READ);
}

/* In the loop of tcp_sendmsg_locked: what is still to be sent, before the next part is taken. */
SEC("tp_btf/tcp_sendmsg_locked")
int BPF_PROG(write, struct sock *sk, const struct msghdr *msg)
{
	handle_write(sk, msg, msg->msg_iter.count);
	return seen(sk, SEEN_WRITE);
}

/* Before 6.16. Once per call, with the whole length. */
SEC("fentry/tcp_sendmsg_locked")
int BPF_PROG(write_function, struct sock *sk, const struct msghdr *msg, __u64 size)
{
	handle_write(sk, msg, size);
	return seen(sk, SEEN_WRITE);
}

/* Pages of a file, which went past tcp_sendmsg_locked before 6.5. Under the socket's lock, unlike
 * tcp_sendpage. */
SEC("fentry/do_tcp_sendpages")
int BPF_PROG(write_pages, struct sock *sk, void *page, int offset, __u64 size)
{
	handle_write(sk, NULL, size);
	return seen(sk, SEEN_WRITE);
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

SEC("fexit/inet_csk_accept")
int accept(__u64 *ctx)
{
	return handle_accept(ACCEPTED);
}

/* Passed by nothing else than AF_UNIX streams, unlike the tracepoint below. */
SEC("fexit/unix_stream_read_generic")
int BPF_PROG(unix_read_function, struct unix_stream_read_state *state, bool freezable, int result)
{
	handle_unix_read(state->socket->sk, result, state->flags);
	return seen(state->socket->sk, SEEN_READ);
}

static __always_inline int handle_recv_length(struct sock *sk, int result, int flags)
{
	return is_unix_stream(sk) ? handle_unix_read(sk, result, flags) : 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(unix_read, struct sock *sk, int result, int flags)
{
	handle_recv_length(sk, result, flags);
	return seen(sk, SEEN_READ);
}

SEC("fexit/unix_accept")
int BPF_PROG(unix_accept, struct socket *listener, struct socket *accepted)
{
	return handle_unix_accept(accepted->sk);
}

SEC("fentry/unix_release_sock")
int BPF_PROG(unix_release, struct sock *sk)
{
	return handle_unix_release(sk);
}

#ifdef HEADS_FROM_BUFFERS
/* (sk, msg, len[, nonblock], flags[, addr_len]) */
static __always_inline int handle_received(__u64 *ctx)
{
	const struct msghdr *msg = (const struct msghdr *)ARGUMENT(1);
	struct sock *sk = (struct sock *)ARGUMENT(0);

	if (recvmsg_parameters == 6)
		return handle_read_buffer(sk, msg, (__u32)ARGUMENT(4), (int)ARGUMENT(6));
	if (recvmsg_parameters == 5)
		return handle_read_buffer(sk, msg, (__u32)ARGUMENT(3), (int)ARGUMENT(5));
	return handle_read_buffer(sk, msg, (__u32)ARGUMENT(3), (int)ARGUMENT(4));
}

SEC("fexit/tcp_recvmsg")
int read_buffer(__u64 *ctx)
{
	handle_received(ctx);
	return seen((struct sock *)ARGUMENT(0), SEEN_BUFFER);
}
#endif

/* Flush is run by the consumer itself, now and then and before it leaves. */
#ifdef SOCKETS_IN_MAP

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(forget, struct sock *sk)
{
	forget_state(sk);
	return 0;
}

SEC("iter/bpf_map_elem")
int flush(struct bpf_iter__bpf_map_elem *ctx)
{
	const __u64 *address = ctx->key;

	return address ? handle_flush((struct tcp_sock *)*address, ctx->value) : 0;
}

#else

SEC("iter/bpf_sk_storage_map")
int flush(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct sock *sk = ctx->sk;

	return sk ? handle_flush(bpf_skc_to_tcp_sock(sk), ctx->value) : 0;
}

/* Where that is refused: the sockets among the open files of all processes. It leaves out those that no
 * process holds any more. */
SEC("iter/task_file")
int flush_files(struct bpf_iter__task_file *ctx)
{
	struct file *file = ctx->file;
	struct socket *socket = file ? bpf_sock_from_file(file) : (void *)0;
	struct sock *sk = socket ? socket->sk : (void *)0;
	struct socket_state *s = sk ? find_state(sk) : (void *)0;

	return s ? handle_flush(bpf_skc_to_tcp_sock(sk), s) : 0;
}

#endif

/* Run by the consumer now and then, the last time before it leaves. */
#ifdef HEADS_FROM_BUFFERS

SEC("iter/bpf_map_elem")
int sweep(struct bpf_iter__bpf_map_elem *ctx)
{
	return handle_unix_sweep(ctx->value, !ctx->key);
}

#else

/* Those of the consumer's network namespace. */
SEC("iter/unix")
int sweep(struct bpf_iter__unix *ctx)
{
	struct sock *sk = (struct sock *)ctx->unix_sk;

	return handle_unix_sweep(sk ? find_unix_of(sk) : NULL, !sk);
}

#endif

/* In which network namespace each process is: /proc tells that only to who may trace the process. */
SEC("iter/task")
int namespaces(struct bpf_iter__task *ctx)
{
	struct process_namespace entry;
	struct task_struct *task = ctx->task;

	if (!task || task->pid != task->tgid)
		return 0;
	entry.pid = task->tgid;
	entry.netns = BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
	return bpf_seq_write(ctx->meta->seq, &entry, sizeof(entry)) ? 1 : 0;
}

#include "standin.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";
