/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The maps that both objects use. The main one owns them; the one with the probes (probes.bpf.c) declares the
 * same and gets the main one's in their place before it is loaded, so that everything crosses one ring and
 * one filter holds.
 */
#ifndef LATMON_SHARED_BPF_H
#define LATMON_SHARED_BPF_H

/*
 * Keeps the compiler from forgetting a bound that the verifier must see. A test for 0 beside it would be
 * merged with the upper bound into one on a copy of the value, which verifiers before 6.13 do not connect; to
 * copy nothing is harmless.
 */
#define BOUND(value, mask) asm volatile("%0 &= " #mask : "+r"(value))

/*
 * A function that the verifier looks at once, and not again for every state of every caller, which is most of
 * the time that loading takes. Before 5.13 such functions take no pointers; of theirs it does not know that
 * they are not NULL.
 */
#ifdef SOCKETS_IN_MAP
#define VERIFIED_ONCE static __noinline
#else
#define VERIFIED_ONCE __noinline
#endif

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024);
} records SEC(".maps");

/* Processes that read from a followed socket: whose inside the probes may look at. User space empties it when
 * the filter changes. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u8);
} followed_pids SEC(".maps");

/* The filter's processes, by id and by name. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u8);
} filter_pids SEC(".maps");

struct comm_key {
	char comm[LATMON_COMM_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct comm_key);
	__type(value, __u8);
} filter_comms SEC(".maps");

/* Of what SOCKETS_IN_MAP is for, kernels before 5.11, none has what the probes need. */
#ifndef SOCKETS_IN_MAP
#define WITH_TLS

enum tls_kind {
	TLS_OUTSIDE = 0,
	TLS_SHAKES = 1,
	TLS_READS = 2,
	TLS_WRITES = 3,
};

/* The library's object of one connection. Addresses are used again: what is known of one lasts until the next
 * call that touches a socket. */
struct tls_session {
	__u64 address;
	__u32 pid;
	__u32 unused;
};

/* Where a thread is inside the library, and what for. */
struct tls_call {
	struct tls_session session;
	__u64 buffer; /* the caller's: to be filled, or to be sent */
	__u64 count;  /* of bytes to be sent; the address of the number of those that were read */
	__u64 stack;  /* address of the return address, while the call lasts */
	__u64 caller; /* what is there */
	__u32 kind;
	__u8 reached; /* the call has read from a followed socket */
	__u8 waits;   /* tls_turns holds a turn for the end of this call */
	__u8 unused[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct tls_call);
} tls_calls SEC(".maps");

/* The turn in which a session's newest bytes were read: what the library has read ahead belongs there. */
struct tls_tie {
	__u64 conn;
	__u32 turn;
	__u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct tls_session);
	__type(value, struct tls_tie);
} tls_sessions SEC(".maps");

/* What was decrypted of a connection's newest turn. */
struct tls_inbound {
	__u32 turn;
	__u16 len; /* kept of its beginning */
	__u16 tail_len;
	__u64 bytes; /* of all of it */
	__u64 told;  /* ... in the newest record of the turn */
	__u64 late;  /* of the turn before, in no record of it */
	__u8 tail[LATMON_TAIL_BYTES];
	__u8 head[LATMON_HEAD_BYTES];
	__u8 slack[LATMON_HEAD_BYTES]; /* as in struct socket_state */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct tls_inbound);
} tls_inbound SEC(".maps");

/* A client's turn is complete when its answer was read, which is before it is decrypted: it waits for that
 * with the thread. */
struct tls_turn {
	struct turn turn;
	__u8 slack[LATMON_HEAD_BYTES]; /* as in struct socket_state */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2048);
	__type(key, __u32);
	__type(value, struct tls_turn);
} tls_turns SEC(".maps");

#endif

#endif
