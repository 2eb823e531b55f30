/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypercalls at random, with rights and without, on two vCPUs at once, beside a restatement of
 * docs/control-abi.md that knows what each must return. A refused call changes no line and no
 * register. Numbers are typed from the ABI, not taken from its header.
 *
 * Partitions, by handle: 1 this one or 5 (the same without rights), 2 target (a GIC, two vCPUs, 128
 * interrupts, console, clock; off), 3 raw (no GIC, two vCPUs; off), 4 stranger (no right on it), 6
 * routed (as target; its lines are driven by GSI). Bootargs: seed=N, calls=N, poor.
 */
#ifndef GUEST_TEST_CALLS_CALLS_H
#define GUEST_TEST_CALLS_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#define CALLS_LAST   7u /* the highest handle: the witness */
#define CALLS_TARGET 2u
#define CALLS_RAW    3u
#define CALLS_ROUTED 6u
#define CALLS_BUSY   (-16)
#define CALLS_OTHER  1 /* model: not determined */

enum {
	CALLS_EPERM = -1,
	CALLS_ENXIO = -6,
	CALLS_EBADF = -9,
	CALLS_EAGAIN = -11,
	CALLS_EFAULT = -14,
	CALLS_EINVAL = -22,
};

struct calls_regs {
	uint32_t r[13];
};

/* HVC #0 with all of r0 to r12. */
void calls_hvc(struct calls_regs *regs);

struct calls_random {
	uint32_t state;
};

uint32_t calls_draw(struct calls_random *random, uint32_t count); /* 0 to count - 1 */

/* ---- model.c ---- */
extern bool calls_poor;

/* Checks 1 and 2. */
int32_t calls_expect_handle(uint32_t handle);
/* Checks 1 to 5: of GET_IRQ_STATE. */
int32_t calls_expect_word(uint32_t handle, uint32_t irq);
/* Checks 1 to 7: of KVM_IRQ_LINE. */
int32_t calls_expect_line(uint32_t handle, uint32_t irq);
/* The level that a line of target or raw has, by the calls that were accepted. */
bool calls_level(uint32_t handle, uint32_t irq);
void calls_set_level(uint32_t handle, uint32_t irq, bool high);

/* ---- registers.c ---- */
/* Every number, the caller's registers before and after. On the first vCPU, while the second is
 * off. */
void calls_registers(void);

/* ---- words.c ---- */
/* An irq word: of a line, next to one, or anything. Lines that exist are those of this vCPU. */
uint32_t calls_word(struct calls_random *random, uint32_t cpu);
uint32_t calls_handle(struct calls_random *random);
uint32_t calls_pointer(struct calls_random *random, uint32_t cpu, uint32_t *count);

#endif
