/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What is remembered of an AF_UNIX stream connection. Nothing lies between its ends: bytes are written
 * straight into the other end's queue, so one moment is the write of one end and the arrival at the other,
 * and one state serves both. It is kept with the server's end, which lives until the client's end has let go
 * of it: in that socket's storage, or before 6.12 in a map of bounded size, because older verifiers let no
 * program follow a socket to its peer.
 *
 * The turn in it is the server's; the client's is the same one looked at from the other side
 * (unix_turn.bpf.h). Positions are counts that begin anywhere, so that the two numbers which join both ends
 * are as unique as TCP's.
 *
 * Nothing locks these sockets here. What the two ends do at once is ordered by what they wait for; where they
 * do not wait, as in pipelining, a moment may be lost, and heads stay whole because each direction has its
 * own place. A reader may take bytes before their writer has told of them, and even go on to answer or to ask
 * again, when the writer's CPU is taken away in between. So the reader tells of them, as untold by their
 * writer, at its own moment; what the writer says then finds them counted. Each end counts what it does
 * itself, and how far the stream goes is the greater of both counts.
 */
#ifndef LATMON_UNIX_BPF_H
#define LATMON_UNIX_BPF_H

#define UNIX_CLIENT (1ULL << 63) /* the client's end has the server's number with this on top */
#define UNIX_PATH_BYTES 108	 /* sizeof(sun_path) */
#define UNIX_PATH_WORDS 16	 /* rounded up, so that a mask bounds it */

#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* What the server did before the connection was known to it (unix_meet.bpf.h). */
enum noted { NOT_NOTED = 0, MAYBE_NOTED = 1, IS_ADOPTED = 2 };

struct unix_connection {
	__u32 generation; /* of the filter that was applied */
	__u8 server;	  /* enum ignored, of each end */
	__u8 client;
	__u8 called;	/* the server's end is followed because the client's is */
	__u8 phase;	/* the server's */
	__u8 known;	/* to the server's end too: its client has told of its first bytes */
	__u8 begins;	/* a turn: some CPU is about it */
	__u8 unsent;	/* something happened since the last record */
	__u8 announced; /* user space knows the connection and must hear of its end */
	__u16 response_head;
	__u64 noted;	/* enum noted */
	__u64 in_start; /* of the request, and of the answer */
	__u64 out_start;
	__u64 in_told; /* their writer has told of bytes up to here */
	__u64 out_told;
	__u64 in_read; /* their reader has read up to here: further, if it was quicker */
	__u64 out_read;
	__u64 in_over; /* up to here they belong to turns that are over */
	__u64 out_over;
	__u32 ask_tid; /* the client wrote first */
	__u32 got_tid; /* the client read last */
	__u32 client_pid;
	__u8 client_comm[LATMON_COMM_BYTES];
	__u64 got_ns;
	__u64 got_last_ns;
	__u64 touched_ns;      /* the newest event */
	__u64 untouched_ns;    /* the server had read nothing yet, when the connection was met */
	__u32 out_noted;       /* bytes of an answer that is not counted in out_told yet */
	__u32 answers;	       /* pieces of the answer */
	struct cpu_use reader; /* at the server's last read */
	struct turn turn;      /* its heads: the request's from 0, the answer's from LATMON_HEAD_BYTES */
	__u8 slack[LATMON_HEAD_BYTES];
};

#ifdef HEADS_FROM_BUFFERS

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct unix_connection);
} unix_connections SEC(".maps");

struct unix_connection unix_blank; /* stays so: too large for the stack */

static __always_inline struct unix_connection *find_unix(struct sock *sk)
{
	__u64 key = (__u64)sk;

	return bpf_map_lookup_elem(&unix_connections, &key);
}

static __always_inline struct unix_connection *make_unix(struct sock *sk)
{
	__u64 key = (__u64)sk;

	bpf_map_update_elem(&unix_connections, &key, &unix_blank, BPF_ANY);
	return find_unix(sk);
}

static __always_inline void forget_unix(struct sock *sk)
{
	__u64 key = (__u64)sk;

	bpf_map_delete_elem(&unix_connections, &key);
}

#else

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct unix_connection);
} unix_connections SEC(".maps");

static __always_inline struct unix_connection *find_unix(struct sock *sk)
{
	return bpf_sk_storage_get(&unix_connections, sk, NULL, 0);
}

/* The first try is refused when another CPU stores something for the first time with this socket. */
#define MAKE_STORED(map, sk)                                                                                 \
	({                                                                                                   \
		void *made = bpf_sk_storage_get(map, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);                 \
		made ?: bpf_sk_storage_get(map, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);                      \
	})

static __always_inline struct unix_connection *make_unix(struct sock *sk)
{
	return MAKE_STORED(&unix_connections, sk);
}

/* It dies with the socket. */
static __always_inline void forget_unix(struct sock *sk)
{
}

#endif

#ifdef SOCKETS_IN_MAP

/* The kernels that this is for have no such instruction: there both ends may do what one should. */
static __always_inline bool claim(__u64 *state, __u64 from, __u64 to)
{
	*(volatile __u64 *)state = to;
	return true;
}

#else

/* True for the one end that has changed the state. */
static __always_inline bool claim(__u64 *state, __u64 from, __u64 to)
{
	return __sync_val_compare_and_swap(state, from, to) == from;
}

#endif

/* From the server's end, when the client has told of it. */
static __always_inline struct unix_connection *find_known(struct sock *sk)
{
	struct unix_connection *c = find_unix(sk);

	return c && *(volatile __u8 *)&c->known ? c : NULL;
}

__u32 unix_met; /* a connection was taken up: there is something to ask for now and then */

/* Names of sockets that user space was told. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u8);
} told_paths SEC(".maps");

static __always_inline bool is_unix(const struct sock *sk)
{
	return sk->__sk_common.skc_family == AF_UNIX && sk->sk_type == SOCK_STREAM;
}

static __always_inline bool is_unix_stream(const struct sock *sk)
{
	return is_unix(sk) && sk->__sk_common.skc_state == TCP_ESTABLISHED;
}

/* Or one that was never connected, which nobody writes to. */
static __always_inline bool is_unix_closed(const struct sock *sk)
{
	return is_unix(sk) && sk->__sk_common.skc_state == TCP_CLOSE;
}

/* Of either kind: what becomes readable there was written by the other end of a connection. */
static __always_inline bool is_unix_end(const struct sock *sk)
{
	return is_unix(sk) && sk->__sk_common.skc_state != TCP_LISTEN;
}

#ifdef HEADS_FROM_BUFFERS

static __always_inline struct sock *unix_peer(struct sock *sk)
{
	return BPF_CORE_READ((struct unix_sock *)sk, peer);
}

#else

static __always_inline struct sock *unix_peer(struct sock *sk)
{
	struct unix_sock *u = bpf_skc_to_unix_sock(sk);

	return u ? u->peer : NULL;
}

#endif

/*
 * Only the end that accept() made has its listener's address, which it shares with it; who connects has none,
 * or one of its own. A pair of sockets has no address, and no end of it is a server.
 */
static __always_inline bool is_server_of(struct sock *sk, struct sock *peer)
{
	struct unix_address *address = BPF_CORE_READ((struct unix_sock *)sk, addr);
	struct unix_address *other = BPF_CORE_READ((struct unix_sock *)peer, addr);

	return address && (!other || (BPF_CORE_READ(address, refcnt.refs.counter) > 1 &&
				      BPF_CORE_READ(other, refcnt.refs.counter) == 1));
}

/* A socket's name as it is told once: a fragment without connection. */
struct unix_path {
	struct fragment fragment;
	__u64 name[UNIX_PATH_WORDS];
};

/* Its number, and user space knows it; 0 when it could not be told. */
VERIFIED_ONCE __u64 tell_path(__u64 at)
{
	const struct unix_address *address = (const struct unix_address *)at;
	struct unix_path *path = bpf_ringbuf_reserve(&records, sizeof(*path), 0);
	const char *name = (const char *)address + bpf_core_field_offset(struct unix_address, name) +
			   __builtin_offsetof(struct sockaddr_un, sun_path);
	__u64 len = BPF_CORE_READ(address, len) - __builtin_offsetof(struct sockaddr_un, sun_path);
	__u64 hash = 0x9e3779b97f4a7c15ULL;
	__u8 one = 1;

	if (!path)
		return 0;
	__builtin_memset(path, 0, sizeof(*path));
	if (len > UNIX_PATH_BYTES)
		len = UNIX_PATH_BYTES;
	BOUND(len, 127);
	bpf_probe_read_kernel(path->name, len, name);
	for (int i = 0; i < UNIX_PATH_WORDS; i++)
		hash = (hash ^ path->name[i]) * 0x100000001b3ULL ^ hash >> 31;
	hash = (hash ^ len) | 1;
	if (bpf_map_lookup_elem(&told_paths, &hash)) {
		bpf_ringbuf_discard(path, BPF_RB_NO_WAKEUP);
		return hash;
	}
	path->fragment.kind = RECORD_PATH;
	path->fragment.len = path->fragment.data_len = len;
	path->fragment.conn = hash;
	bpf_map_update_elem(&told_paths, &hash, &one, BPF_ANY);
	bpf_ringbuf_submit(path, BPF_RB_NO_WAKEUP);
	return hash;
}

/* As above, once per connection and only of those that are followed. sk is the server's end. */
static __always_inline void name_ends(struct unix_connection *c, struct sock *sk)
{
	__u64 *local = (__u64 *)c->turn.local_addr;
	__u64 *remote = (__u64 *)c->turn.remote_addr;
	struct unix_address *address;

	if (local[0])
		return;
	address = BPF_CORE_READ((struct unix_sock *)sk, addr);
	if (address)
		local[0] = remote[0] = tell_path((__u64)address);
}

static __always_inline void describe_unix(struct unix_connection *c, struct sock *sk)
{
	struct turn *turn = &c->turn;
	__u64 *local = (__u64 *)turn->local_addr;
	__u64 *remote = (__u64 *)turn->remote_addr;

	turn->kind = RECORD_TURN;
	turn->conn = connection_id(turn, sk) & ~UNIX_CLIENT;
	turn->netns = sk->__sk_common.skc_net.net->ns.inum;
	turn->family = AF_UNIX;
	turn->role = TURN_OF_SERVER;
	local[1] = turn->conn;
	remote[1] = turn->conn | UNIX_CLIENT;
	c->in_told = c->in_read = (__u32)((__u32)turn->conn * 0x9e3779b1U ^ (__u32)bpf_ktime_get_ns());
	c->out_told = c->out_read = (__u32)((__u32)c->in_told * 0x85ebca77U);
}

static __always_inline bool is_unix_followed(const struct unix_connection *c)
{
	return c->generation == filter_generation && (c->client == FOLLOWED || c->server == FOLLOWED);
}

/* Applies the filter that is in force now, and forgets the turn that an older one began. */
static __always_inline void decide_unix(struct unix_connection *c)
{
	c->generation = filter_generation;
	c->phase = PHASE_IDLE;
	c->unsent = c->called = 0;
	c->in_told = c->in_read = c->in_over = c->in_start = MAX(c->in_told, c->in_read);
	c->out_told = c->out_read = c->out_over = c->out_start = MAX(c->out_told, c->out_read);
	c->turn.pid = c->client_pid = 0;
	c->client = is_filtered() ? IGNORED_UNTIL_CALLED : FOLLOWED;
	c->server = !filter_by_port && (!filter_netns || c->turn.netns == filter_netns)
			? FOLLOWED
			: IGNORED_UNTIL_CALLED;
}

static __always_inline bool is_chosen(struct task_struct *task, __u32 pid)
{
	struct comm_key key = {};

	if (bpf_map_lookup_elem(&filter_pids, &pid))
		return true;
	BPF_CORE_READ_STR_INTO(&key.comm, task, group_leader, comm);
	return bpf_map_lookup_elem(&filter_comms, &key);
}

static __always_inline bool is_called_from(__u32 netns)
{
	return filter_by_process && !filter_by_port && (!filter_netns || netns == filter_netns);
}

/* Whether what the current process calls is followed. */
static __always_inline bool caller_matches(__u32 netns)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;

	return !is_filtered() || is_serving(pid) || (is_called_from(netns) && is_chosen(current_task(), pid));
}

/* As above, of the process that has connected to a server's end: of its name nothing is known there. */
static __always_inline bool connector_matches(__u32 netns, __u32 pid)
{
	return !is_filtered() || is_serving(pid) ||
	       (is_called_from(netns) && bpf_map_lookup_elem(&filter_pids, &pid));
}

/* Whether nothing but the calls of chosen processes is wanted in a network namespace. */
static __always_inline bool wants_calls_only(__u32 netns)
{
	return filter_by_port || (filter_netns && netns != filter_netns);
}

static __always_inline void follow_called(struct unix_connection *c, __u32 caller)
{
	c->client = c->server = FOLLOWED;
	c->called = true;
	note_process(caller);
}

#endif
