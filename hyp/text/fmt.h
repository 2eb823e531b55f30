/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formats text into a buffer: the parts of printf that log lines need, without a C library. Pure.
 *
 * %s %c %d %i %u %x %X %%, with a width, '0' (numbers) or '-' before it; l and ll before a number's
 * letter. A uint32_t is an unsigned long to the target's compiler and an unsigned int to the
 * host's: print it by PRIu32 or PRIx32 of inttypes.h, or cast it. Any other directive ends the
 * formatting: the rest of the format is copied unchanged, since the type of the next argument is
 * not known.
 */
#ifndef HYP_TEXT_FMT_H
#define HYP_TEXT_FMT_H

#include <stdarg.h>
#include <stddef.h>

/* Both write at most size - 1 characters and a zero (nothing at all if size is 0) and return the
 * number of characters in the buffer, without the zero. A NULL for %s prints (null). */
size_t fmt_vformat(char *buf, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
size_t fmt_format(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
