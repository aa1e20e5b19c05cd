/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What is remembered of a followed socket: the turn it is in, as it will be handed over, and what only the
 * programs need. It lives in the socket's own storage, so a look-up is a pointer away and it dies with the
 * socket. Before 5.11 tracing programs may not use that; then it lives in a map of bounded size, and of many
 * sockets the ones that were quiet for longest are forgotten (SOCKETS_IN_MAP).
 *
 * All programs but the transmit one run with the socket locked. The transmit program may run beside them and
 * writes only the tx_* fields; a turn that begins at that very moment can lose one such stamp, never mix it
 * up, because the sequence number is checked against the turn's own range.
 */
#ifndef LATMON_SOCKET_BPF_H
#define LATMON_SOCKET_BPF_H

enum phase {
	PHASE_IDLE = 0,
	PHASE_IN = 1,  /* a server: the request is arriving; a client: the answer */
	PHASE_OUT = 2, /* a server: the answer is being written; a client: the request */
};

enum mode {
	MODE_TURNS = 0,
	MODE_STREAM = 1,
};

enum role {
	ROLE_UNKNOWN = 0,
	ROLE_SERVER = 1,
	ROLE_CLIENT = 2,
};

enum ignored {
	FOLLOWED = 0,
	IGNORED_UNTIL_CALLED = 1, /* unless it turns out to be an end of a followed call */
	IGNORED = 2,
};

/* Numbers that no turn has. */
enum {
	IN_FRAGMENTS = 0,
	NOWHERE = 0xffffffff,
};

struct socket_state {
	__u32 generation; /* of the filter that was applied */
	__u8 ignored;	  /* by that filter: enum ignored */
	__u8 role;
	__u8 phase;
	__u8 mode;
	__u8 http;	 /* the answer began like HTTP: pipelining is possible */
	__u8 unsent;	 /* something happened since the last record */
	__u8 unreported; /* no record of this turn got through yet */
	__u8 announced;	 /* user space knows the connection and must hear of its end */
	__u32 in_end;
	__u32 out_end; /* offered by the application; the socket may have taken less */
	__u32 ack_seq;
	__u32 restart_seq;     /* the newest segment that found everything read */
	__u32 buffer_end;      /* the reader's buffer ends with this byte of the stream */
	__u32 buffer_turn;     /* and goes into the head of this turn; or IN_FRAGMENTS, NOWHERE */
	__u8 drained;	       /* a client's last read left nothing */
	__u8 calling;	       /* counted in calls_from */
	__u8 guessed;	       /* the role: nobody saw the connection open */
	__u8 tls;	       /* a TLS library reads or writes it */
	__u8 accepted;	       /* accept() was seen to return it */
	__u8 seen;	       /* enum boundary: what a stand-in need not do */
	__u32 due;	       /* bytes that encryption still has to write of what the application wrote */
	struct cpu_use reader; /* at a server's last read */
	__u64 established_ns;
	__u64 segment_ns; /* the last segment came */
	struct turn turn;
	__u8 slack[LATMON_HEAD_BYTES]; /* lets the verifier bound a copy to the end of turn.heads by its parts
					*/
};

#ifdef SOCKETS_IN_MAP

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct socket_state);
} sockets SEC(".maps");

struct socket_state blank; /* stays so: too large for the stack */

static __always_inline struct socket_state *find_state(struct sock *sk)
{
	__u64 key = (__u64)sk;

	return bpf_map_lookup_elem(&sockets, &key);
}

static __always_inline struct socket_state *make_state(struct sock *sk)
{
	struct socket_state *known = find_state(sk);
	__u64 key = (__u64)sk;

	if (known)
		return known;
	bpf_map_update_elem(&sockets, &key, &blank, BPF_NOEXIST);
	return find_state(sk);
}

static __always_inline void forget_state(struct sock *sk)
{
	__u64 key = (__u64)sk;

	bpf_map_delete_elem(&sockets, &key);
}

/*
 * The kernel's socket cookies are out of reach here, but no two sockets were at one address in the same
 * nanosecond. The address goes through memory, because the verifier allows no arithmetic on pointers.
 */
static __always_inline __u64 connection_id(struct turn *turn, struct sock *sk)
{
	volatile __u64 *address = &turn->conn;

	*address = (__u64)sk;
	return (bpf_ktime_get_ns() * 0x9e3779b97f4a7c15ULL) ^ *address;
}

#define TCP(tp, field) BPF_CORE_READ(tp, field) /* where the address may come from the map */

#else

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct socket_state);
} sockets SEC(".maps");

static __always_inline struct socket_state *find_state(struct sock *sk)
{
	return bpf_sk_storage_get(&sockets, sk, NULL, 0);
}

static __always_inline struct socket_state *make_state(struct sock *sk)
{
	return bpf_sk_storage_get(&sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
}

static __always_inline __u64 connection_id(struct turn *turn, struct sock *sk)
{
	return bpf_get_socket_cookie(sk);
}

#define TCP(tp, field) ((tp)->field)

#endif

/*
 * Loss is a result: read by user space, shown on the screen. A turn of which no record got through is a
 * request that is missing; counted once, when the turn is over. Everything else (a later record of a turn, a
 * fragment) is a part of a request that may be there.
 */
__u64 lost_turns;
__u64 lost_parts;
__u64 unseen_sockets;
/* Added to a CLOCK_REALTIME stamp to make it CLOCK_MONOTONIC; refreshed by user space. 0 = no stamps. */
__s64 monotonic_minus_real_ns;

/* A dual-stack socket speaks IPv4 under an address of this form (RFC 4291, 2.5.5.2); the kernel keeps the
 * short one too. */
static __always_inline bool is_mapped(const __u8 *addr)
{
	const __u32 *words = (const __u32 *)addr;

	return !words[0] && !words[1] && words[2] == bpf_htonl(0xffff);
}

static __always_inline void describe(struct socket_state *s, struct sock *sk)
{
	struct turn *turn = &s->turn;

	turn->kind = RECORD_TURN;
	turn->conn = connection_id(turn, sk);
	turn->netns = sk->__sk_common.skc_net.net->ns.inum;
	turn->family = sk->__sk_common.skc_family;
	turn->local_port = sk->__sk_common.skc_num;
	turn->remote_port = bpf_ntohs(sk->__sk_common.skc_dport);
	if (turn->family == AF_INET6) {
		BPF_CORE_READ_INTO(&turn->local_addr, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
		BPF_CORE_READ_INTO(&turn->remote_addr, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr8);
		if (!is_mapped(turn->remote_addr))
			return;
		__builtin_memset(turn->local_addr, 0, sizeof(turn->local_addr));
		__builtin_memset(turn->remote_addr, 0, sizeof(turn->remote_addr));
	}
	turn->family = AF_INET;
	*(__u32 *)turn->local_addr = sk->__sk_common.skc_rcv_saddr;
	*(__u32 *)turn->remote_addr = sk->__sk_common.skc_daddr;
}

/* Applies the filter that is in force now, and forgets the turn that an older one began. */
VERIFIED_ONCE int decide(struct socket_state *s)
{
	struct turn *turn = &s->turn;

	if (!s)
		return 0;
	s->generation = filter_generation;
	s->phase = PHASE_IDLE;
	s->mode = MODE_TURNS;
	s->calling = false;
	s->tls = false;
	turn->pid = 0;
	if (s->role == ROLE_UNKNOWN || s->guessed) {
		/* Again with every filter: the listeners become known after the first packets are seen. */
		s->role = is_server_end(turn) ? ROLE_SERVER : ROLE_CLIENT;
		s->guessed = 1;
	}
	turn->role = s->role == ROLE_CLIENT ? TURN_OF_CLIENT : TURN_OF_SERVER;
	if (is_terminal(turn))
		s->ignored = IGNORED;
	else if (s->role == ROLE_CLIENT)
		s->ignored = is_filtered() ? IGNORED_UNTIL_CALLED : FOLLOWED;
	else
		s->ignored = is_selected(turn) ? FOLLOWED : IGNORED_UNTIL_CALLED;
	return 0;
}

static __always_inline bool is_followed(struct socket_state *s)
{
	if (s->generation != filter_generation)
		decide(s);
	if (s->ignored == IGNORED_UNTIL_CALLED && s->role == ROLE_SERVER && is_called(&s->turn))
		s->ignored = FOLLOWED;
	return s->ignored == FOLLOWED;
}

/* The state of a followed socket, or NULL. sk may be of any kind, even a request socket behind an skb. */
static __always_inline struct socket_state *followed(struct sock *sk)
{
	struct socket_state *s = find_state(sk);

	return s && is_followed(s) ? s : NULL;
}

/* The state of a socket that may not have been known yet; whether it is followed has been decided. */
static __always_inline struct socket_state *know(struct sock *sk, enum role role)
{
	struct socket_state *s = make_state(sk);

	if (!s) {
		__sync_fetch_and_add(&unseen_sockets, 1);
		return NULL;
	}
	if (!s->generation) {
		describe(s, sk);
		s->role = role;
	}
	is_followed(s);
	return s;
}

/* As followed(), but a socket that was not known yet is looked at now. */
static __always_inline struct socket_state *follow(struct sock *sk, enum role role)
{
	struct socket_state *s = know(sk, role);

	return s && s->ignored == FOLLOWED ? s : NULL;
}

static __always_inline void identify(struct socket_state *s, struct task_struct *task)
{
	__u32 pid = TASK(task, tgid);

	if (s->turn.pid != pid) {
		s->turn.pid = pid;
		BPF_CORE_READ_STR_INTO(&s->turn.comm, task, group_leader, comm);
	}
}

/*
 * The state of a followed socket that a thread writes to now, or NULL: the only place where a client's end of
 * a filtered process is found, because who calls is known nowhere else.
 */
static __always_inline struct socket_state *written(struct sock *sk)
{
	bool known = port_matches(sk);
	struct socket_state *s;

	if (!known && !is_serving(bpf_get_current_pid_tgid() >> 32))
		return NULL;
	s = know(sk, ROLE_UNKNOWN);
	if (!s || s->ignored == IGNORED)
		return NULL;
	if (s->ignored == FOLLOWED && known)
		return s;
	if (s->role != ROLE_CLIENT)
		return s->ignored == FOLLOWED ? s : NULL;
	identify(s, current_task());
	if (!calls_match(&s->turn))
		return NULL;
	s->ignored = asks_itself(&s->turn) ? IGNORED : FOLLOWED;
	if (s->ignored)
		return NULL;
	if (!s->calling)
		use_ports(&s->turn);
	s->calling = true;
	note_process(s->turn.pid);
	return s;
}

#endif
