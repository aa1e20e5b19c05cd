/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The thread that runs, in the way that the oldest kernels allow, and in the better one of all others. */
#ifndef LATMON_TASK_BPF_H
#define LATMON_TASK_BPF_H

#ifdef SOCKETS_IN_MAP

/* Its fields must be read by BPF_CORE_READ: to these verifiers it is only a number. */
static __always_inline struct task_struct *current_task(void)
{
	return (struct task_struct *)bpf_get_current_task();
}

/* At the top of the kernel's stack, 16 KB on both architectures since long before 5.10. */
static __always_inline struct pt_regs *syscall_registers(struct task_struct *task)
{
	return BPF_CORE_READ(task, stack) + 16384 - bpf_core_type_size(struct pt_regs);
}

#define TASK(task, field) BPF_CORE_READ(task, field)
#define RUN_QUEUE(task, field) BPF_CORE_READ(task, se.cfs_rq, rq, field)

#else

static __always_inline struct task_struct *current_task(void)
{
	return bpf_get_current_task_btf();
}

static __always_inline struct pt_regs *syscall_registers(struct task_struct *task)
{
	return (struct pt_regs *)bpf_task_pt_regs(task);
}

#define TASK(task, field) ((task)->field)
#define RUN_QUEUE(task, field) ((task)->se.cfs_rq->rq->field)

#endif

#endif
