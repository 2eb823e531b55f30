/* SPDX-License-Identifier: BSD-2-Clause */
/* What tty.c, which moves bytes, and tty_own.c, which has the monitor's own lines, know of each
 * other. */
#ifndef HYP_CORE_TTY_OWN_H
#define HYP_CORE_TTY_OWN_H

#include "hyp/dev/console.h"
#include "hyp/hw/lock.h"
#include <stddef.h>

/* Bytes of the monitor's room on the console that are kept for the lines of an end. */
#define TTY_RESERVE 240

extern struct lock tty_lock; /* all of the following */
extern struct console tty_console;
extern bool tty_is_open;    /* tty_open was called */
extern bool tty_guests_run; /* from now on nobody waits for the UART */

/* Rings -> UART, as much as it takes now, and a turn allows. True: something went. */
bool tty_send(void);
/* Asks for an interrupt, or a tick, if that left something. */
void tty_wait_for_room(void);

/* Tells of lines that were left out, when there is room for that and `more` bytes. */
void tty_say_left_out(size_t more);

#endif
