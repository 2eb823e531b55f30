/* SPDX-License-Identifier: BSD-2-Clause */
/* Every partition's emulated PL011, between its guest and the multiplexer (serial.h). */
#ifndef HYP_CORE_TTY_H
#define HYP_CORE_TTY_H

#include "hyp/base/mmio.h"

struct vm;
struct vcpu;

/* Assigns a port of the multiplexer to the partition, with zeroed memory for its typed input, and
 * resets its UART. Returns the port. */
struct serial_input;
uint32_t tty_add_vm(struct vm *vm, struct serial_input *input);
/* The partition has ended: its remaining output goes out, and its UART is reset. */
void tty_reset(struct vm *vm);
/* A guest's access to its UART. */
enum mmio_result tty_access(struct vcpu *vcpu, struct mmio *mmio);
/* The same for a read of the word of PL011_FR, without the lock, while it would change nothing and
 * no input waits; false otherwise, and for other registers. The flags are one word that is written
 * under the lock after each change: its value at a moment of the access. */
bool tty_read(const struct vcpu *vcpu, uint32_t offset, uint32_t *value);

/* tty_irq: the board's UART has interrupted. tty_tick: a CPU's tick_at is due. True: the state of
 * all was requested at the console (report.h). */
bool tty_irq(void);
bool tty_tick(void);

/* From now on reception and transmission use interrupts. */
void tty_enable_interrupts(void);

#endif
