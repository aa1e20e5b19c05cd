/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The hooks of latmon.bpf.c with nothing behind them: what no tracer on these hooks can go below. For the
 * benchmark. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define EMPTY(name, hook)                                                                                    \
	SEC("tp_btf/" hook)                                                                                  \
	int name(void *ctx)                                                                                  \
	{                                                                                                    \
		return 0;                                                                                    \
	}

EMPTY(segment, "tcp_probe")
EMPTY(readable, "sk_data_ready")
EMPTY(read, "tcp_rcv_space_adjust")
EMPTY(write, "tcp_sendmsg_locked")
EMPTY(transmit, "net_dev_start_xmit")
EMPTY(retransmit, "tcp_retransmit_skb")
EMPTY(state, "inet_sock_set_state")

char LICENSE[] SEC("license") = "Dual MIT/GPL";
