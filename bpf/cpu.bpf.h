/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * How long a thread has run and waited for a CPU, from the scheduler's own account of it. The scheduler adds
 * to sum_exec_runtime at ticks and switches only; with the time since exec_start it is exact now.
 *
 * exec_start is on the CPU's own task clock, which stands still while the CPU serves interrupts or another
 * guest of its host. By how much it has fallen behind the CPU's clock is in the run queue: with that put
 * right, looks on two CPUs compare too, where those clocks agree.
 */
#ifndef LATMON_CPU_BPF_H
#define LATMON_CPU_BPF_H

/* Set before load: the clocks of all CPUs show the same time. */
const volatile __u8 clocks_agree;

#define NO_CPU 0xffffffff

struct cpu_use {
	__u64
	    exec_ns; /* minus CLOCK_MONOTONIC's lead over the scheduler's clock, the same at any two looks */
	__u64 run_delay_ns;
	__u32 cpu; /* or NO_CPU: not known */
	__u32 unused;
};

/* Kernels without groups of tasks have another way from a thread to its CPU's run queue. */
static __always_inline bool has_run_queue(void)
{
	return bpf_core_field_exists(struct sched_entity, cfs_rq) && bpf_core_field_exists(struct cfs_rq, rq);
}

/* False while another CPU changes the clocks. */
static __always_inline bool time_behind(struct task_struct *task, __u64 *behind)
{
	__u64 clock;

	*behind = 0;
	if (!has_run_queue())
		return true;
	clock = RUN_QUEUE(task, clock);
	*behind = clock - RUN_QUEUE(task, clock_task);
	barrier();
	return clock == RUN_QUEUE(task, clock);
}

static __always_inline void note_cpu(struct cpu_use *use, struct task_struct *task, __u64 now)
{
	__u64 behind;

	use->cpu = time_behind(task, &behind) ? bpf_get_smp_processor_id() : NO_CPU;
	use->exec_ns = TASK(task, se.sum_exec_runtime) + now - TASK(task, se.exec_start) - behind;
	use->run_delay_ns = TASK(task, sched_info.run_delay);
}

/* What the thread of that look has used since; nothing is said where the two looks do not compare. */
static __always_inline void split_cpu(struct turn *turn, const struct cpu_use *from, struct task_struct *task,
				      __u64 now)
{
	struct cpu_use use;

	note_cpu(&use, task, now);
	if (from->cpu == NO_CPU || use.cpu == NO_CPU ||
	    (from->cpu != use.cpu && !(clocks_agree && has_run_queue())))
		return;
	turn->flags |= TURN_CPU;
	turn->on_cpu_ns = use.exec_ns - from->exec_ns;
	turn->runnable_ns = use.run_delay_ns - from->run_delay_ns;
}

#endif
