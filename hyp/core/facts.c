/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/facts.h"
#include "hyp/hw/sysreg.h"

struct board facts_board;
struct cp15_id facts_host_id;
uint32_t facts_fpsid;
uint64_t facts_time_slice;
uint64_t facts_tty_tick;
bool facts_forgets_branches;
bool facts_rt_unreliable;

/* Ticks per second: the tree's value takes precedence over CNTFRQ, which some firmware does not
 * set. */
uint32_t facts_timer_hz(void)
{
	return facts_board.timer_hz ? facts_board.timer_hz : sysreg_read(CNTFRQ);
}
