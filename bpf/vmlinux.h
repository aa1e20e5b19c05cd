/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The kernel types that latmon reads, with only the fields it reads, written by hand.
 *
 * CO-RE relocates every access against the BTF of the running kernel, so a field's place and even its nesting
 * in anonymous unions do not matter here; a generated header would be 2.8 MB and tie the build to one kernel.
 */
#ifndef LATMON_VMLINUX_H
#define LATMON_VMLINUX_H

typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u8 u8;
typedef __u16 u16;
typedef __s32 s32;
typedef __u32 u32;
typedef __s64 s64;
typedef __u64 u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
enum { false = 0, true = 1 };

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_SK_STORAGE = 24,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
	BPF_F_NO_PREALLOC = 1,
	BPF_SK_STORAGE_GET_F_CREATE = 1,
	BPF_LOCAL_STORAGE_GET_F_CREATE = 1,
	BPF_RB_NO_WAKEUP = 1,
};

enum { AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10 };

enum { SOCK_STREAM = 1 };

enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT = 2,
	TCP_SYN_RECV = 3,
	TCP_FIN_WAIT1 = 4,
	TCP_FIN_WAIT2 = 5,
	TCP_TIME_WAIT = 6,
	TCP_CLOSE = 7,
	TCP_CLOSE_WAIT = 8,
	TCP_LAST_ACK = 9,
	TCP_LISTEN = 10,
	TCP_CLOSING = 11,
};

enum { TCPHDR_FIN = 1 };

enum { RCV_SHUTDOWN = 1 };

enum { MSG_PEEK = 2, MSG_TRUNC = 0x20 };

struct bpf_dynptr {
	__u64 opaque[2];
} __attribute__((aligned(8)));

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct in6_addr {
	union {
		__u8 u6_addr8[16];
	} in6_u;
};

struct sock;

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sk_buff;

struct sk_buff_head {
	struct sk_buff *prev;
	__u32 qlen;
};

struct socket {
	struct sock *sk;
};

struct upid {
	int nr;
};

struct pid {
	struct upid numbers[1]; /* the first: as the host counts */
};

struct sock {
	struct sock_common __sk_common;
	struct sk_buff_head sk_receive_queue;
	struct socket *sk_socket;
	u16 sk_type;
	u8 sk_shutdown;
	struct pid *sk_peer_pid; /* of AF_UNIX: the process that has connected */
};

struct refcount_struct {
	struct {
		int counter;
	} refs;
};

struct sockaddr_un {
	unsigned short sun_family;
	char sun_path[108];
};

struct unix_address {
	struct refcount_struct refcnt;
	int len; /* of name */
	struct sockaddr_un name[0];
};

struct unix_sock {
	struct sock sk;
	struct unix_address *addr;
	struct sock *peer;
};

/* In skb->cb while bytes wait in an AF_UNIX socket. */
struct unix_skb_parms {
	__u32 consumed;
};

struct unix_stream_read_state {
	struct socket *socket;
	int flags;
};

struct tcp_sock {
	u32 copied_seq;
	u32 rcv_nxt;
	u32 snd_nxt;
	u32 snd_una;
	u32 snd_wnd;
	u32 write_seq;
	u32 srtt_us;
};

struct sk_buff {
	struct sock *sk;
	s64 tstamp;
	char cb[48];
	unsigned int len;
	unsigned int data_len; /* of len, what is not at data but in pages */
	__u16 transport_header;
	unsigned char *head;
	unsigned char *data;
};

/* In skb->cb while a segment is inside TCP. ack_seq moved from 16 to 20 when tcp_flags grew (6.17): CO-RE
 * only. */
struct tcp_skb_cb {
	__u32 seq;
	__u32 end_seq;
	__u8 tcp_flags;
	__u32 ack_seq;
};

struct tcphdr {
	__be16 window;
};

enum iter_type {
	ITER_UBUF,
	ITER_IOVEC,
};

struct iovec {
	void *iov_base;
	unsigned long iov_len;
};

struct iov_iter {
	u8 iter_type;
	unsigned long iov_offset;
	const struct iovec *__iov;
	void *ubuf;
	unsigned long count;
	unsigned long nr_segs;
};

/* Before 6.4 the vector was called iov. */
struct iov_iter___iov {
	const struct iovec *iov;
};

/* Before 5.14 there was one field for the kind and, in its lowest bit, the direction. */
struct iov_iter___type {
	unsigned int type;
};

struct msghdr {
	struct iov_iter msg_iter;
};

/* The registers of the system call that a thread is in, or of the place in a program where a probe was hit.
 */
struct pt_regs {
#if defined(__TARGET_ARCH_x86)
	unsigned long orig_ax;
	unsigned long ax;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long r8;
	unsigned long ip;
	unsigned long sp;
#elif defined(__TARGET_ARCH_arm64)
	int syscallno;
	u64 regs[31];
	u64 sp;
#endif
};

/* What the registers of a probe are called on arm64. */
struct user_pt_regs {
	u64 regs[31];
	u64 sp;
	u64 pc;
};

struct rq {
	u64 clock;
	u64 clock_task;
};

struct cfs_rq {
	struct rq *rq;
};

struct sched_entity {
	u64 exec_start;
	u64 sum_exec_runtime;
	struct cfs_rq *cfs_rq;
};

struct sched_info {
	unsigned long long run_delay;
};

struct nsproxy {
	struct net *net_ns;
};

struct task_struct {
	int pid;
	int tgid;
	struct sched_entity se;
	struct sched_info sched_info;
	struct task_struct *group_leader;
	void *stack;
	struct nsproxy *nsproxy;
	char comm[16];
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct file;

struct bpf_iter__task_file {
	struct file *file;
};

struct bpf_iter__unix {
	struct unix_sock *unix_sk;
};

struct bpf_iter__bpf_map_elem {
	void *key;
	void *value;
};

struct bpf_iter__bpf_sk_storage_map {
	struct sock *sk;
	void *value;
};

#pragma clang attribute pop

#endif
