/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Which sockets are followed. Everything here changes while the programs run: user space edits the maps and .bss, then
 * raises filter_generation, which makes every socket decide again and forget the turn it was in.
 *
 * The port bitmap is looked at first, because it costs one byte load; address, namespace and role are decided once per
 * socket and generation; the process only when it reads, because a packet arrives in anybody's context.
 */
#ifndef LATMON_FILTER_BPF_H
#define LATMON_FILTER_BPF_H

struct port_key {
	__u32 netns;
	__u32 port;
};

struct comm_key {
	char comm[LATMON_COMM_BYTES];
};

/* Ports that were listening when latmon came or began to listen since: tells the server's end of older connections. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct port_key);
	__type(value, __u8);
} listeners SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u8);
} filter_pids SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct comm_key);
	__type(value, __u8);
} filter_comms SEC(".maps");

__u32 filter_generation = 1;
__u32 filter_netns;	 /* 0 = any */
__u32 filter_by_port;	 /* the bitmap decides */
__u32 filter_by_process; /* filter_pids and filter_comms decide */
__u32 ephemeral_from = 32768; /* net.ipv4.ip_local_port_range */
/* The connection that carries the terminal (SSH_CONNECTION), both ports in host order; 0 = none. */
__u16 terminal_local_port;
__u16 terminal_remote_port;
__u8 terminal_remote_addr[16];
__u8 filter_ports[8192];

static __always_inline bool port_matches(const struct sock *sk)
{
	__u16 port;

	if (!filter_by_port)
		return true;
	port = sk->__sk_common.skc_num;
	return filter_ports[(port >> 3) & 8191] & (1 << (port & 7));
}

static __always_inline bool is_terminal(const struct turn *turn)
{
	const __u64 *remote = (const __u64 *)turn->remote_addr;
	const __u64 *terminal = (const __u64 *)terminal_remote_addr;

	return terminal_local_port && turn->local_port == terminal_local_port &&
	       turn->remote_port == terminal_remote_port && remote[0] == terminal[0] && remote[1] == terminal[1];
}

/*
 * Which end of a connection that was there before latmon: the one whose port listens; where the listener is gone, the one
 * whose port is not of the range that connect() chooses from, when the other one is.
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

#endif
