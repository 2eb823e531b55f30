/* SPDX-License-Identifier: BSD-2-Clause */
/* PLUMB_TRACE: what a partition with the right `traces` does with the trace (hyp/core/trace.h). */
#ifndef HYP_CORE_TRACE_CALL_H
#define HYP_CORE_TRACE_CALL_H

#include "hyp/base/guest_regs.h"
#include "hyp/manifest/manifest.h"

/* Bytes of the rings of all CPUs: whole pages. 0: no partition has the right. */
uint32_t trace_call_size(const struct manifest *manifest);
/* Boot: `memory` has so many bytes (not 0), zeroed. */
void trace_call_make(uint8_t *memory);

/* The call of a partition that has the right. r1: PLUMB_TRACE_*. Returns r0, and sets r1 to r3:
 * abi/plumbline.h. */
int32_t trace_call(struct guest_regs *regs);

#endif
