/* SPDX-License-Identifier: BSD-2-Clause */
/* Declarations shared by the library's files and its assembly; programs do not include it. */
#ifndef GUEST_LIB_START_H
#define GUEST_LIB_START_H

#include "guest/lib/exceptions.h"

/* Linker script */
extern uint8_t __image_start[], __image_end[];

/* start.S */
void guest_start_secondary(void);

/* vectors.S depends on the order of the first fields */
struct exceptions_context {
	uint32_t saved[8]; /* r4-r11 */
	uint32_t sp, lr, cpsr;
	uint32_t user_sp;
	struct exceptions_context *outer;
	struct guest_exception result;
};
uint32_t exceptions_call(struct exceptions_context *context, void (*fn)(void *), void *arg,
			 uint32_t psr);
void exceptions_resume(void);
extern const uint32_t exceptions_user_end[];

/* Called from assembly */
void mmu_fill_table(void);
void guest_run_main(void);
void smp_run_secondary(uint32_t cpu);
void exceptions_dispatch(enum exception_kind kind, struct exception_frame *frame);
void irq_dispatch(void);
void irq_dispatch_fiq(void);

extern uint32_t mmu_table[];
extern uint32_t guest_break; /* end of image and heap, which the guest may have written */

/* CPUs in the library's tables; a larger MPIDR maps to one of them. */
static inline uint32_t start_cpu_slot(uint32_t cpu)
{
	return cpu & 7u;
}

#endif
