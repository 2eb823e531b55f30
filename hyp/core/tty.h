/* SPDX-License-Identifier: BSD-2-Clause */
/* Every partition's emulated PL011, between its guest and the multiplexer (serial.h). */
#ifndef HYP_CORE_TTY_H
#define HYP_CORE_TTY_H

#include "hyp/base/mmio.h"

struct vm;
struct vcpu;

/* Gives the partition a port of the multiplexer, its UART its reset state. Returns the port. */
uint32_t tty_add_vm(struct vm *vm);
/* The partition has gone: what it still had to say is said, its UART is as after reset. */
void tty_reset(struct vm *vm);
/* A guest's access to its UART. */
enum mmio_result tty_access(struct vcpu *vcpu, struct mmio *mmio);

/* The board's UART interrupts; a CPU's tick_at has come. True: somebody at the console has asked
 * for the state of all (report.h). */
bool tty_irq(void);
bool tty_tick(void);

/* From now on reception and transmission go by interrupt. */
void tty_enable_interrupts(void);

#endif
