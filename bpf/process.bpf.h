/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Processes that read from a followed socket: whose inside the probes may look at. Shared by both objects;
 * user space empties it when the filter changes.
 */
#ifndef LATMON_PROCESS_BPF_H
#define LATMON_PROCESS_BPF_H

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u8);
} followed_pids SEC(".maps");

/* Threads inside a TLS library (probes.bpf.c): told which connection they touch there. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
} tls_calls SEC(".maps");

__u32 tls_wanted;

static __always_inline void tell_tls(__u64 conn)
{
	__u64 *call;
	__u32 tid;

	if (!tls_wanted)
		return;
	tid = (__u32)bpf_get_current_pid_tgid();
	call = bpf_map_lookup_elem(&tls_calls, &tid);
	if (call)
		*call = conn;
}

static __always_inline void note_process(__u32 pid)
{
	__u8 one = 1;

	bpf_map_update_elem(&followed_pids, &pid, &one, BPF_ANY);
}

#endif
