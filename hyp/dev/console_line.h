/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The unfinished line of a console, as it stands on the terminal behind the partition's name: to be
 * drawn again below other partitions' lines. Known are ASCII, backspace, CR, and what changes
 * nothing or no more than this line (ECMA-48 CUF, CUB, EL, ED, SGR, DA, DSR); with anything else
 * the line is lost until it ends or begins anew, and is not drawn. Pure. Lock: the console's.
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
	bool waits; /* a prompt: what was typed has gone there, or it has stood still */
	bool again; /* another port's line has broken it: it is to be drawn again */
};

/* A byte that the port has printed, none of a sequence; a whole sequence, from ESC to its end. */
void console_line_byte(struct console_line *line, uint8_t byte);
void console_line_sequence(struct console_line *line, const uint8_t *text, uint32_t length);

/* Another port's line breaks it. */
void console_line_break(struct console_line *line, bool has_focus);

/* Drawing it takes so many bytes, 0 to 2 * CONSOLE_LINE; the n-th of them, from 0 on. */
uint32_t console_line_size(const struct console_line *line);
uint8_t console_line_draw(const struct console_line *line, uint32_t n);

#endif
