/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's own messages: lines on the console, bounded in time and in number. */
#ifndef HYP_CORE_LOG_H
#define HYP_CORE_LOG_H

#include "hyp/core/serial.h"
#include <stdarg.h>

/* The manifest has been read: the lines so far go out, and later ones at once; or (raw) all the
 * monitor's messages wait until the end of the system, and only the one partition uses the UART. */
void log_open(bool raw);

/* The first guest is about to run: from now on log lines do not wait for the UART, except in a
 * panic and at the end of the system. During boot they wait. Returns when the next line has room.
 */
void log_stop_waiting(void);

/* Logs a line of the monitor. If there is no room, the line is left out, and the number of such
 * lines is logged later. Not to be called with serial_lock, or a lock of a higher rank, held. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for the end of a partition, or the last line of boot: uses room that is reserved. */
void log_end(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same without waiting: logs the whole line, given without a line end, or nothing (false). On a
 * raw console too, and after the lines held there. */
bool log_say(const char *line);

/* serial_lock is held: logs the number of lines left out, if there is room. */
void log_catch_up(struct serial_locked held);

/* Prints all buffered output and then the line "plumbline: KIND: TEXT", by polling and without
 * locks: for the end of the system. Returns also if the UART takes no more bytes. */
void log_last_words(const char *kind, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
