/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What a program has dealt with already, so that its stand-in (standin.bpf.h) does not. Of TCP that is noted
 * with the socket, which is locked; of AF_UNIX, where nothing is locked and all happens on a thread's own
 * time, with the thread.
 */
#ifndef LATMON_SEEN_BPF_H
#define LATMON_SEEN_BPF_H

enum boundary {
	SEEN_SEGMENT = 1,
	SEEN_READABLE = 2,
	SEEN_READ = 4,
	SEEN_WRITE = 8,
	SEEN_BUFFER = 16,
};

#ifdef SOCKETS_IN_MAP

/* These kernels leave nothing out. */
static __always_inline int seen(struct sock *sk, __u8 boundary)
{
	return 0;
}

#else

const volatile __u8 has_standins;

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u8);
} seen_by_thread SEC(".maps");

/* NULL where nothing is noted yet; with BPF_LOCAL_STORAGE_GET_F_CREATE it is made for a thread. */
static __always_inline __u8 *seen_of(struct sock *sk, __u64 flags)
{
	struct socket_state *s;

	if (sk->__sk_common.skc_family == AF_UNIX)
		return bpf_task_storage_get(&seen_by_thread, bpf_get_current_task_btf(), NULL, flags);
	s = find_state(sk);
	if (!s)
		return NULL;
	barrier_var(s); /* or the field's offset is added before it is known not to be NULL */
	return &s->seen;
}

/* The program has run. Last of what it does. */
static __always_inline int seen(struct sock *sk, __u8 boundary)
{
	__u8 *seen = has_standins ? seen_of(sk, BPF_LOCAL_STORAGE_GET_F_CREATE) : NULL;

	if (seen)
		*seen |= boundary;
	return 0;
}

/* Whether a program before this one has run. */
static __always_inline bool is_seen(struct sock *sk, __u8 boundary)
{
	__u8 *seen = seen_of(sk, 0);

	return seen && *seen & boundary;
}

/* The same, asked by the last program. */
static __always_inline bool take_seen(struct sock *sk, __u8 boundary)
{
	__u8 *seen = seen_of(sk, 0);

	if (!seen || !(*seen & boundary))
		return false;
	*seen &= ~boundary;
	return true;
}

#endif

#endif
