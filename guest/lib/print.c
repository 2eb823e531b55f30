/* SPDX-License-Identifier: BSD-2-Clause */
/* printf and its like in place of newlib's, which share one unlocked FILE among all CPUs and
 * handlers. The text of a call is written in one piece. */
#include "guest/lib/uart.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PRINT_MAX 512 /* longer output of one call is cut off */

int vprintf(const char *format, va_list args)
{
	char text[PRINT_MAX];
	int length = vsnprintf(text, sizeof(text), format, args);

	if (length > 0) {
		size_t shown = (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1;

		uart_write(text, shown);
	}
	return length;
}

int printf(const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vprintf(format, args);
	va_end(args);
	return length;
}

#undef putchar
int putchar(int byte)
{
	char c = (char)byte;

	uart_write(&c, 1);
	return byte;
}

int puts(const char *text)
{
	char line[PRINT_MAX];
	size_t length = strlen(text);

	if (length > sizeof(line) - 1) {
		length = sizeof(line) - 1;
	}
	memcpy(line, text, length);
	line[length] = '\n';
	uart_write(line, length + 1);
	return (int)length + 1;
}
