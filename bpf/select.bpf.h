/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Whose inside is looked at: the maps and the process filter of the main object, and what user space says of
 * both. */
#ifndef LATMON_SELECT_BPF_H
#define LATMON_SELECT_BPF_H

#define BOUND(value, mask) asm volatile("%0 &= " #mask : "+r"(value))

struct comm_key {
	char comm[LATMON_COMM_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u8);
} followed_pids SEC(".maps");

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

__u32 select_all;	 /* nothing is filtered in the kernel */
__u32 select_by_process; /* filter_pids and filter_comms count besides followed_pids */

static __always_inline bool is_selected(__u32 pid)
{
	struct task_struct *task;
	struct comm_key key = {};

	if (select_all || bpf_map_lookup_elem(&followed_pids, &pid))
		return true;
	if (!select_by_process)
		return false;
	if (bpf_map_lookup_elem(&filter_pids, &pid))
		return true;
	task = (struct task_struct *)bpf_get_current_task();
	BPF_CORE_READ_STR_INTO(&key.comm, task, group_leader, comm);
	return bpf_map_lookup_elem(&filter_comms, &key);
}

#endif
