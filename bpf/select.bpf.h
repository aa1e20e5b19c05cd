/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Whose inside is looked at: what the main object knows of processes, and what user space says of it. */
#ifndef LATMON_SELECT_BPF_H
#define LATMON_SELECT_BPF_H

__u32 select_all;	 /* nothing is filtered in the kernel */
__u32 select_by_process; /* filter_pids and filter_comms count besides followed_pids */

static __noinline bool is_selected(__u32 pid)
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
