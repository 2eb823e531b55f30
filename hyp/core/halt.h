/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of the system: one CPU speaks, the others run nothing any more. */
#ifndef HYP_CORE_HALT_H
#define HYP_CORE_HALT_H

#include "hyp/core/cpu.h"

/* A CPU that sees it when it is kicked (SGI 0) goes to halt_park. */
extern volatile bool halt_wanted;

/* Boot CPU: from now on the others may be in guests. */
void halt_arm(void);

/*
 * This CPU ends the system. Makes the others leave their guests and park, and waits until they
 * have, but no longer than a twentieth of a second: one may be stuck, or wait for a lock that this
 * one holds, which is no guest either. Of two CPUs that call it, the second one parks. Again on the
 * same CPU it does nothing. Takes no lock.
 */
void halt_others(void);

/* This CPU is at its end. No lock is held. */
void halt_park(struct cpu *cpu) __attribute__((noreturn));

/* The status in the last line, which ends every run: 'plumbline: end: status N'. */
enum halt_status { HALT_OK, HALT_CRASHED, HALT_PANIC, HALT_REFUSED = 4 };

/* Prints the last line and switches the board off; where it cannot, waits for ever. */
void halt_system(enum halt_status status) __attribute__((noreturn));

/* A broken invariant of the monitor. */
void halt_panic(const char *what) __attribute__((noreturn));

/* From vectors.S: an exception in the monitor itself; `number` of its vector. */
struct guest_regs;
void halt_exception(uint32_t number, const struct guest_regs *regs) __attribute__((noreturn));

#endif
