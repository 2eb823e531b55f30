/* SPDX-License-Identifier: BSD-2-Clause */
/* What the monitor itself has to say: lines on the console, bounded in time and in number. */
#ifndef HYP_CORE_LOG_H
#define HYP_CORE_LOG_H

#include "hyp/core/serial.h"
#include <stdarg.h>

/* The manifest is known: what was said so far goes out, from now on at once; or (raw) all that the
 * monitor has to say waits for its last words, and the one partition has the UART to itself. */
void log_open(bool raw);

/* The first guest is about to run: from now on nobody waits for the UART but a panic, and the end
 * of all. While the monitor boots it does. */
void log_stop_waiting(void);

/* A line of the monitor's own; one that has no room is left out, and it is told how many were. With
 * serial_lock, or one that comes after it, held: not to be called. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, of a partition's end: has room where other lines have none any more. */
void log_end(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same without waiting: the whole line, which has no line end, or (false) nothing. On a raw
 * console too, and after what was held there. */
bool log_say(const char *line);

/* serial_lock is held: tells of lines that were left out, if there is room. */
void log_catch_up(struct serial_locked held);

/* Everything that is buffered, and then this text, by polling, without locks: the end of the
 * system. */
void log_last_words(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
