/* SPDX-License-Identifier: BSD-2-Clause */
/* The board's UART, shared: the monitor's own lines and every partition's emulated PL011, through
 * the multiplexer. */
#ifndef HYP_CORE_TTY_H
#define HYP_CORE_TTY_H

#include "hyp/base/mmio.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vm;

void tty_init(void);
/* The manifest is known: what was printed so far goes out, from now on at once; or (raw) all that
 * the monitor has to say waits for its last words, and the one partition has the UART to itself. */
void tty_open(bool raw);
/* Gives the partition a port of the multiplexer, its UART its reset state. Returns the port. */
uint32_t tty_add_vm(struct vm *vm);
/* The partition has gone: what it still had to say is said, its UART is as after reset. */
void tty_reset_vm(struct vm *vm);
/* A guest's access to its UART. */
enum mmio_result tty_access(struct vm *vm, struct mmio *mmio);
/* The board's UART interrupts. */
void tty_irq(void);
/* A CPU's tick_at has come. */
void tty_tick(void);
/* From now on reception and transmission go by interrupt. */
void tty_enable_interrupts(void);

/* The first guest is about to run: from now on nobody waits for the UART but a panic, and the end
 * of all. While the monitor boots it does. */
void tty_stop_waiting(void);

/* A line of the monitor's own; one that has no room is left out, and it is told how many were. With
 * tty's lock, or one that comes after it, held: not to be called.
 */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, of a partition's end: has room where other lines have none any more. */
void print_end(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same without waiting: the whole line, which has no line end, or (false) nothing. On a raw
 * console too, and after what was held there. */
bool tty_say(const char *line);

/* Who has more to say gets report_go_on by and by. */
void tty_ask_tick(void);

/* Everything that is buffered, and then this text, by polling, without locks: the end of the
 * system. */
void tty_last_words(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
