/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of the system: one CPU prints, and the others run nothing any more. */
#ifndef HYP_CORE_HALT_H
#define HYP_CORE_HALT_H

#include "hyp/core/cpu.h"

/* A CPU that reads true here when it is kicked (SGI 0) calls halt_park. */
extern volatile bool halt_wanted;

/* Boot CPU: from now on the other CPUs may run guests. */
void halt_arm(void);

/*
 * This CPU ends the system. Makes the others leave their guests and park, and waits until they
 * have, but at most 50 ms: one of them may be stuck, or wait for a lock that this CPU holds, and
 * then it runs no guest either. If two CPUs call it, the second one parks. A repeated call on the
 * same CPU does nothing. Takes no lock.
 */
void halt_others(void);

/* Parks this CPU for good. No lock is held. */
void halt_park(struct cpu *cpu) __attribute__((noreturn));

/* The status in the last line, which ends every run: 'plumbline: end: status N'. */
enum halt_status { HALT_OK, HALT_CRASHED, HALT_PANIC, HALT_REFUSED = 4 };

/* Prints the last line and switches the board off; if the board cannot do that, waits forever. */
void halt_system(enum halt_status status) __attribute__((noreturn));

/* A broken invariant of the monitor. */
void halt_panic(const char *what) __attribute__((noreturn));

/* From vectors.S: an exception in the monitor itself; `number` of its vector. */
struct guest_regs;
void halt_exception(uint32_t number, const struct guest_regs *regs) __attribute__((noreturn));
/* From stack.S: a function has written past an array on its stack; `pc`: in that function. */
void halt_smashed(uint32_t pc) __attribute__((noreturn));

#endif
