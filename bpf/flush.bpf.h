/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Hands over every turn that is not acknowledged yet, when the consumer is about to leave: nothing else would, and the last
 * answers of a run would be missing although they were given.
 */
#ifndef LATMON_FLUSH_BPF_H
#define LATMON_FLUSH_BPF_H

static __always_inline int handle_flush(struct tcp_sock *tp, struct socket_state *s)
{
	if (tp && s && !s->ignored && s->phase == PHASE_OUT && s->mode == MODE_TURNS && s->unsent)
		emit(s, tp);
	return 0;
}

#endif
