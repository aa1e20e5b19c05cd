/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Stand-ins. A kernel that preempts its own code does so within programs too: tracepoints from 7.0 on,
 * functions before that as well. Until the preempted thread goes on, the kernel leaves the program out on
 * that CPU, and what other threads do there would go unseen for milliseconds. So on such kernels two more
 * programs hang on the same hook, behind the first, and do what those before were left out for: of 300 events
 * that the first missed on an overloaded machine, the second missed 27. To see everything twice costs a
 * twenty-fifth of a busy machine: other kernels load none of it (KernelPreemption.cs).
 */
#ifndef LATMON_STANDIN_BPF_H
#define LATMON_STANDIN_BPF_H

#ifndef SOCKETS_IN_MAP

#define STAND_INS(section, name, sk, boundary, handle, parameters...)                                        \
	SEC(section) int BPF_PROG(name##_second, ##parameters)                                               \
	{                                                                                                    \
		if (is_seen(sk, boundary))                                                                   \
			return 0;                                                                            \
		handle;                                                                                      \
		return seen(sk, boundary);                                                                   \
	}                                                                                                    \
	SEC(section) int BPF_PROG(name##_third, ##parameters)                                                \
	{                                                                                                    \
		if (!take_seen(sk, boundary))                                                                \
			handle;                                                                              \
		return 0;                                                                                    \
	}

STAND_INS("tp_btf/tcp_probe", segment, sk, SEEN_SEGMENT, handle_segment(sk, skb), struct sock *sk,
	  struct sk_buff *skb)
STAND_INS("tp_btf/sk_data_ready", readable, sk, SEEN_READABLE, handle_data_ready(sk), struct sock *sk)
STAND_INS("fentry/sock_def_readable", readable_function, sk, SEEN_READABLE, handle_data_ready(sk),
	  struct sock *sk)
STAND_INS("tp_btf/tcp_rcv_space_adjust", read, sk, SEEN_READ, handle_read(sk), struct sock *sk)
STAND_INS("tp_btf/tcp_sendmsg_locked", write, sk, SEEN_WRITE, handle_write(sk, msg, msg->msg_iter.count),
	  struct sock *sk, const struct msghdr *msg)
STAND_INS("fentry/tcp_sendmsg_locked", write_function, sk, SEEN_WRITE, handle_write(sk, msg, size),
	  struct sock *sk, const struct msghdr *msg, __u64 size)
STAND_INS("fentry/do_tcp_sendpages", write_pages, sk, SEEN_WRITE, handle_write(sk, NULL, size),
	  struct sock *sk, void *page, int offset, __u64 size)
STAND_INS("fexit/unix_stream_read_generic", unix_read_function, state->socket->sk, SEEN_READ,
	  handle_unix_read(state->socket->sk, result, state->flags), struct unix_stream_read_state *state,
	  bool freezable, int result)
STAND_INS("tp_btf/sock_recv_length", unix_read, sk, SEEN_READ, handle_recv_length(sk, result, flags),
	  struct sock *sk, int result, int flags)
#ifdef HEADS_FROM_BUFFERS
STAND_INS("fexit/tcp_recvmsg", read_buffer, (struct sock *)ARGUMENT(0), SEEN_BUFFER, handle_received(ctx))
#endif

/* What finds nothing left to do where one before it has run. */
#define REPEATED(section, name, handle, parameters...)                                                       \
	SEC(section) int BPF_PROG(name##_second, ##parameters)                                               \
	{                                                                                                    \
		return handle;                                                                               \
	}                                                                                                    \
	SEC(section) int BPF_PROG(name##_third, ##parameters)                                                \
	{                                                                                                    \
		return handle;                                                                               \
	}

REPEATED("tp_btf/inet_sock_set_state", state, handle_state(sk, oldstate, newstate), struct sock *sk,
	 int oldstate, int newstate)
REPEATED("fexit/inet_csk_accept", accept, handle_accept(ACCEPTED))
REPEATED("fexit/unix_accept", unix_accept, handle_unix_accept(accepted->sk), struct socket *listener,
	 struct socket *accepted)
REPEATED("fentry/unix_release_sock", unix_release, handle_unix_release(sk), struct sock *sk)

#endif

#endif
