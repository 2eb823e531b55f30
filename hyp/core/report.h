/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of all partitions and vCPUs on the console, on request (Ctrl-] s). The report handles
 * one vCPU at a time, as fast as the console takes its lines. If a vCPU is loaded on another CPU,
 * that CPU reads its registers at its next exit, which a kick causes. No CPU waits for another.
 */
#ifndef HYP_CORE_REPORT_H
#define HYP_CORE_REPORT_H

#include "hyp/core/vm.h"

/* The console has room again, or a tick has passed: continues the report in progress, if any.
 * `asked`: begins one, unless one is in progress. */
void report_go_on(bool asked);

/* cpu->report was set: samples the vCPU that is loaded on this CPU, whose frame is `regs`. */
void report_sample(struct cpu *cpu, const struct guest_regs *regs);

#endif
