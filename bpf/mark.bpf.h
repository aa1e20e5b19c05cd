/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Statically defined probes (USDT): an instruction that does nothing, and a note in the file that says where
 * its arguments are then, in a register, in memory or nowhere, because they are constants. User space reads
 * the notes and hands over, under the number that the attachment has for a cookie, where the two arguments
 * are that a span may need. libbpf can do that as well, but its older versions attach by perf events only,
 * whose removal waits one after the other.
 */
#ifndef LATMON_MARK_BPF_H
#define LATMON_MARK_BPF_H

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct mark_site);
} mark_sites SEC(".maps");

static __always_inline struct mark_site *site_of(struct pt_regs *ctx)
{
	__u32 number = bpf_get_attach_cookie(ctx);

	return bpf_map_lookup_elem(&mark_sites, &number);
}

static __always_inline __u64 mark_argument(struct pt_regs *ctx, const struct mark_argument *from)
{
	__u32 bytes = 8 - ((from->shift >> 3) & 7);
	__u64 value = 0;

	if (from->place == MARK_NOTHING)
		return 0;
	if (from->place == MARK_CONSTANT)
		return from->value;
	bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx + from->in_registers);
	if (from->place == MARK_MEMORY) {
		__u64 address = value + from->value;

		value = 0;
		bpf_probe_read_user(&value, bytes, (void *)address);
	}
	value <<= from->shift & 63;
	return from->is_signed ? (__s64)value >> (from->shift & 63) : value >> (from->shift & 63);
}

#endif
