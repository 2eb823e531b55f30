/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of all partitions and vCPUs on the console, when somebody asks for it (Ctrl-] s). One
 * vCPU at a time, as fast as the console takes it: what is in a CPU's registers, that CPU reads at
 * its next exit, which a kick brings. Nobody waits for anybody.
 */
#ifndef HYP_CORE_REPORT_H
#define HYP_CORE_REPORT_H

#include "hyp/core/vm.h"

/* The console has room again, or a tick has passed: goes on with it, if there is one. `asked`:
 * begins one, unless one is under way. */
void report_go_on(bool asked);

/* cpu->report was set: this CPU reads the vCPU that it has loaded, whose frame is `regs`. */
void report_sample(struct cpu *cpu, const struct guest_regs *regs);

#endif
