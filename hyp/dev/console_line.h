/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The unfinished line of a console, as shown on the terminal after the partition's name, so that it
 * can be drawn again below other partitions' lines. It follows ASCII, backspace, CR, and sequences
 * that affect at most this line (ECMA-48 CUF, CUB, EL, ED, SGR, DA, DSR). After any other byte or
 * sequence the line is lost until it ends or begins anew, and is not drawn. Pure. Lock: the
 * console's.
 */
#ifndef HYP_DEV_CONSOLE_LINE_H
#define HYP_DEV_CONSOLE_LINE_H

#include <stdbool.h>
#include <stdint.h>

#define CONSOLE_LINE 128 /* columns; a longer line is lost */

struct console_line {
	uint8_t text[CONSOLE_LINE];
	uint8_t length, column; /* the cursor's, 0 to length */
	bool lost;
	bool waits; /* a prompt: its port has received input, a tick passed without output, or it
		     * was drawn again */
	bool again; /* another port's line has broken it: draw it again */
};

/* The line is empty, as at first. */
void console_line_clear(struct console_line *line);

/* console_line_byte: a byte that the port has printed, not part of a sequence.
 * console_line_sequence: a whole sequence, from ESC to its end. */
void console_line_byte(struct console_line *line, uint8_t byte);
void console_line_sequence(struct console_line *line, const uint8_t *text, uint32_t length);

/* Another port's line breaks it. */
void console_line_break(struct console_line *line, bool has_focus);

/* console_line_size: the number of bytes that draw the line, 0 to 2 * CONSOLE_LINE.
 * console_line_draw: the n-th of them, from 0 on. */
uint32_t console_line_size(const struct console_line *line);
uint8_t console_line_draw(const struct console_line *line, uint32_t n);

#endif
