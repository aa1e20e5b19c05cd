/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Which sockets are followed. Everything here changes while the programs run: user space edits the maps and
 * .bss, then raises filter_generation, which makes every socket decide again and forget the turn it was in.
 *
 * The port is looked at first, because it costs one byte load; address, namespace and role are decided once
 * per socket and generation; the process only when it reads or writes, because a packet arrives in anybody's
 * context.
 *
 * A filter chooses requests, that is server's sockets. What their processes call belongs to them: a process
 * that reads a request of a chosen socket serves, the client's sockets that a serving process writes to are
 * followed, and so are the server's ends of those calls when they are on this host, whose readers serve too.
 */
#ifndef LATMON_FILTER_BPF_H
#define LATMON_FILTER_BPF_H

struct port_key {
	__u32 netns;
	__u32 port;
};

/* Ports that were listening when latmon came or began to listen since: tells the server's end of older
 * connections. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct port_key);
	__type(value, __u8);
} listeners SEC(".maps");

struct serving_key {
	__u32 pid;
	__u32 port;    /* 0: any */
	__u64 addr[2]; /* 0: any */
};

/* Processes that read requests of followed sockets, and, of a filter, the chosen addresses at which they do.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct serving_key);
	__type(value, __u8);
} serving SEC(".maps");

enum port_use {
	PORT_UNUSED = 0,
	PORT_SELECTED = 1, /* by the filter */
	PORT_CALLED = 2,   /* the other end of a followed call has it */
	PORT_CALLING = 3,  /* this end of one has it, until that connection closes */
};

/* By number. A byte each, not a bit, because several CPUs write here. */
__u8 port_uses[65536];
/* Followed calls from each port: connections to different addresses may have the same one. */
__u32 calls_from[65536];

/*
 * What every write on the machine asks first: 0 where no pid with these lower bits serves, which a look-up in
 * the map would take ten times as long to tell. Left set when the map forgets the process.
 */
__u8 may_serve[65536];

/* From here on read at nearly every event: side by side, because the cache is what the observed application
 * needs too. */
__u32 filter_generation = 1;
__u32 filter_netns;	      /* 0 = any */
__u32 filter_by_port;	      /* port_uses decides */
__u32 filter_by_process;      /* filter_pids and filter_comms decide */
__u32 ephemeral_from = 32768; /* net.ipv4.ip_local_port_range */
/* The connection that carries the terminal (SSH_CONNECTION), both ports in host order; 0 = none. */
__u16 terminal_local_port;
__u16 terminal_remote_port;
__u8 terminal_remote_addr[16];

static __always_inline bool is_filtered(void)
{
	return filter_by_port || filter_by_process || filter_netns;
}

static __always_inline bool port_matches(const struct sock *sk)
{
	__u16 port;

	if (!filter_by_port)
		return true;
	port = sk->__sk_common.skc_num;
	return port_uses[port] != PORT_UNUSED;
}

static __always_inline bool is_called(const struct turn *turn)
{
	return port_uses[turn->local_port] == PORT_CALLED;
}

static __always_inline bool is_selected(const struct turn *turn)
{
	return (!filter_by_port || port_uses[turn->local_port] == PORT_SELECTED) &&
	       (!filter_netns || turn->netns == filter_netns);
}

static __always_inline bool is_terminal(const struct turn *turn)
{
	const __u64 *remote = (const __u64 *)turn->remote_addr;
	const __u64 *terminal = (const __u64 *)terminal_remote_addr;

	return terminal_local_port && turn->local_port == terminal_local_port &&
	       turn->remote_port == terminal_remote_port && remote[0] == terminal[0] &&
	       remote[1] == terminal[1];
}

/*
 * Which end of a connection that was there before latmon: the one whose port listens; where the listener is
 * gone, the one whose port is not of the range that connect() chooses from, when the other one is.
 */
static __always_inline bool is_server_end(const struct turn *turn)
{
	struct port_key key = {.netns = turn->netns, .port = turn->local_port};

	return bpf_map_lookup_elem(&listeners, &key) ||
	       (turn->local_port < ephemeral_from && turn->remote_port >= ephemeral_from);
}

static __always_inline bool process_matches(const struct turn *turn)
{
	struct comm_key key;

	if (!filter_by_process || bpf_map_lookup_elem(&filter_pids, &turn->pid))
		return true;
	__builtin_memcpy(key.comm, turn->comm, sizeof(key.comm));
	return bpf_map_lookup_elem(&filter_comms, &key);
}

static __always_inline bool is_serving(__u32 pid)
{
	struct serving_key key = {.pid = pid};

	return may_serve[(__u16)pid] && bpf_map_lookup_elem(&serving, &key);
}

/*
 * A process that asks a chosen port of its own makes a request like anybody else's, and its server's end
 * tells all of it: followed from both ends it would be counted twice.
 */
static __always_inline bool asks_itself(const struct turn *turn)
{
	struct serving_key key = {.pid = turn->pid, .port = turn->remote_port};

	const __u64 *local = (const __u64 *)turn->local_addr;
	const __u64 *remote = (const __u64 *)turn->remote_addr;

	if (local[0] == remote[0] && local[1] == remote[1] && bpf_map_lookup_elem(&serving, &key))
		return true;
	__builtin_memcpy(key.addr, turn->remote_addr, sizeof(key.addr));
	return bpf_map_lookup_elem(&serving, &key);
}

/* Whether the calls of the process that writes are followed. */
static __always_inline bool calls_match(const struct turn *turn)
{
	if (is_serving(turn->pid))
		return true;
	return filter_by_process && !filter_by_port && (!filter_netns || turn->netns == filter_netns) &&
	       process_matches(turn);
}

static __always_inline void serve(__u32 pid)
{
	struct serving_key key = {.pid = pid};
	__u8 one = 1;

	if (is_serving(pid))
		return;
	bpf_map_update_elem(&serving, &key, &one, BPF_ANY);
	may_serve[(__u16)pid] = 1;
}

static __always_inline void begin_to_serve(const struct turn *turn)
{
	struct serving_key key = {.pid = turn->pid};
	__u8 one = 1;

	serve(turn->pid);
	if (!is_filtered() || is_called(turn))
		return;
	key.port = turn->local_port;
	bpf_map_update_elem(&serving, &key, &one, BPF_ANY);
	__builtin_memcpy(key.addr, turn->local_addr, sizeof(key.addr));
	bpf_map_update_elem(&serving, &key, &one, BPF_ANY);
}

/* Its inside may be looked at. */
static __always_inline void note_process(__u32 pid)
{
	__u8 one = 1;

	bpf_map_update_elem(&followed_pids, &pid, &one, BPF_ANY);
}

static __always_inline void use_ports(const struct turn *turn)
{
	__sync_fetch_and_add(&calls_from[turn->local_port], 1);
	if (port_uses[turn->local_port] == PORT_UNUSED)
		port_uses[turn->local_port] = PORT_CALLING;
	if (port_uses[turn->remote_port] == PORT_UNUSED)
		port_uses[turn->remote_port] = PORT_CALLED;
}

static __always_inline void release_port(const struct turn *turn)
{
	__u16 port = turn->local_port;

	__sync_fetch_and_add(&calls_from[port], -1);
	if (port_uses[port] != PORT_CALLING || calls_from[port])
		return;
	port_uses[port] = PORT_UNUSED;
	if (calls_from[port]) /* another CPU came in between */
		port_uses[port] = PORT_CALLING;
}

#endif
