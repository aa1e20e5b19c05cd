/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Probes inside processes: functions (uprobes) and USDT, as the definitions of the user say. A second object,
 * loaded only when a probe is wanted. A probe hangs on a file and is hit by every process that runs it; the
 * selection comes first.
 */
#define __VMLINUX_H__ /* bpf_tracing.h: registers have the kernel's names */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "latmon.h"
#include "shared.bpf.h"
#include "select.bpf.h"
#include "span.bpf.h"
#include "mark.bpf.h"
#include "openssl.bpf.h"

#define REGISTER(name) bpf_core_field_offset(__typeof__(*__PT_REGS_CAST((struct pt_regs *)0)), name)

/* By its number; 0: none. Not from an array of all, for which there is no room on the stack. */
static __always_inline __u64 argument(struct pt_regs *ctx, __u8 number)
{
	__u64 value = 0;
	__u32 at;

	switch (number) {
	case 1:
		at = REGISTER(__PT_PARM1_REG);
		break;
	case 2:
		at = REGISTER(__PT_PARM2_REG);
		break;
	case 3:
		at = REGISTER(__PT_PARM3_REG);
		break;
	case 4:
		at = REGISTER(__PT_PARM4_REG);
		break;
	case 5:
		at = REGISTER(__PT_PARM5_REG);
		break;
	default:
		return 0;
	}
	bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx + at);
	return value;
}

SEC("uprobe")
int function_begins(struct pt_regs *ctx)
{
	__u64 cookie = bpf_get_attach_cookie(ctx);

	return begin_span(cookie, PT_REGS_SP(ctx), argument(ctx, COOKIE_KEY(cookie)),
			  argument(ctx, COOKIE_TEXT(cookie)));
}

/* The function that began the span has returned. */
SEC("uretprobe")
int function_returns(struct pt_regs *ctx)
{
	__u64 now = bpf_ktime_get_ns();
	__u64 cookie = bpf_get_attach_cookie(ctx);
	struct place place;

	find_place(&place, cookie, 0, 0);
	return end_span(&place, now, cookie, PT_REGS_SP(ctx));
}

/* A span ends where another function begins. */
SEC("uprobe")
int function_ends(struct pt_regs *ctx)
{
	__u64 now = bpf_ktime_get_ns();
	__u64 cookie = bpf_get_attach_cookie(ctx);
	struct place place;

	find_place(&place, cookie, 0, argument(ctx, COOKIE_KEY(cookie)));
	return end_span(&place, now, cookie, 0);
}

/* A span ends when another function, which begins here, returns. Its arguments are gone by then. */
SEC("uprobe")
int ending_begins(struct pt_regs *ctx)
{
	__u64 cookie = bpf_get_attach_cookie(ctx);
	__u64 key = argument(ctx, COOKIE_KEY(cookie));
	struct place place;

	find_place(&place, cookie, 0, key);
	if (!bpf_map_lookup_elem(&open_spans, &place))
		return 0;
	place.tag = 0;
	bpf_map_update_elem(&ending, &place, &key, BPF_ANY);
	return 0;
}

SEC("uretprobe")
int ending_returns(struct pt_regs *ctx)
{
	__u64 now = bpf_ktime_get_ns();
	__u64 cookie = bpf_get_attach_cookie(ctx);
	struct place place;
	__u64 key, *found;

	find_place(&place, cookie, 0, 0);
	found = bpf_map_lookup_elem(&ending, &place);
	if (!found)
		return 0;
	key = *found;
	bpf_map_delete_elem(&ending, &place);
	find_place(&place, cookie, 0, key);
	return end_span(&place, now, cookie, 0);
}

SEC("uprobe")
int mark_begins(struct pt_regs *ctx)
{
	struct mark_site *site = site_of(ctx);

	if (!site)
		return 0;
	return begin_span(site->cookie, PT_REGS_SP(ctx), mark_argument(ctx, &site->key),
			  mark_argument(ctx, &site->text));
}

SEC("uprobe")
int mark_ends(struct pt_regs *ctx)
{
	__u64 now = bpf_ktime_get_ns();
	struct mark_site *site = site_of(ctx);
	struct place place;

	if (!site)
		return 0;
	find_place(&place, site->cookie, PT_REGS_SP(ctx), mark_argument(ctx, &site->key));
	return end_span(&place, now, site->cookie, 0);
}

SEC("uprobe")
int tls_read_begins(struct pt_regs *ctx)
{
	struct tls_call *call = enter_tls(ctx, TLS_READS);

	if (call)
		call->count = PT_REGS_PARM4(ctx);
	return 0;
}

SEC("uretprobe")
int tls_read_returns(struct pt_regs *ctx)
{
	return leave_reading(bpf_get_attach_cookie(ctx), PT_REGS_RC(ctx));
}

SEC("uprobe")
int tls_write_begins(struct pt_regs *ctx)
{
	struct tls_call *call = enter_tls(ctx, TLS_WRITES);

	if (!call)
		return 0;
	call->count = PT_REGS_PARM3(ctx);
	call->stack = PT_REGS_SP(ctx);
	call->caller = 0;
	if (RETURN_ADDRESS_BYTES)
		bpf_probe_read_user(&call->caller, sizeof(call->caller), (void *)call->stack);
	return 0;
}

/* A handshake: nothing for the caller, but it may read ahead. */
SEC("uprobe")
int tls_handshake_begins(struct pt_regs *ctx)
{
	enter_tls(ctx, TLS_SHAKES);
	return 0;
}

SEC("uretprobe")
int tls_handshake_returns(struct pt_regs *ctx)
{
	leave_tls(TLS_SHAKES);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
