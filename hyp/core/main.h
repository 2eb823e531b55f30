/* SPDX-License-Identifier: BSD-2-Clause */
/* Boot, and the end of the system. */
#ifndef HYP_CORE_MAIN_H
#define HYP_CORE_MAIN_H

#include "hyp/board/board.h"
#include "hyp/trap/cp15.h"

/* Read once at boot, constant from then on. */
extern struct board main_board;
extern struct cp15_id main_host_id;
extern uint64_t main_time_slice; /* counter ticks */
extern uint64_t main_tty_tick;	 /* the same */

/* Cortex-A15 r0p4 and before, erratum 766422: HSR.Rt of a Thumb store may be wrong. */
extern bool main_rt_unreliable;

/* Counter ticks a second. */
uint32_t main_timer_hz(void);

/* A vCPU is about to enter its first instruction: prints, once, how long the way there was.
 * `loading`: counter ticks of this CPU that went into partitions' memory. */
void main_entered(uint64_t loading);

/* From boot/entry.S. */
void main_start(uint32_t dtb_pa, uint32_t image_pa) __attribute__((noreturn));
void main_wrong_mode(uint32_t dtb_pa, uint32_t image_pa, uint32_t mode) __attribute__((noreturn));
void main_secondary(uint32_t index) __attribute__((noreturn));

/* A partition has gone off or crashed: when all have, the system ends. */
void main_vm_ended(void);

/* The status in the last line, which ends every run: 'plumbline: end: status N'. */
enum main_status { MAIN_OK, MAIN_CRASHED, MAIN_PANIC, MAIN_REFUSED = 4 };

/* Prints the last line and switches the board off; where it cannot, waits for ever. */
void main_halt(enum main_status status) __attribute__((noreturn));

/* A broken invariant of the monitor. */
void main_panic(const char *what) __attribute__((noreturn));

/* From vectors.S: an exception in the monitor itself; `number` of its vector. */
struct guest_regs;
void panic_exception(uint32_t number, const struct guest_regs *regs) __attribute__((noreturn));

#endif
