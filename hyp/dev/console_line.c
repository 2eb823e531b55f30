/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/dev/console_line.h"

#define CONSOLE_LINE_FIRST 2u /* of a sequence's parameters, behind ESC [ */

static void console_line_put(struct console_line *line, uint8_t byte)
{
	line->text[line->column++] = byte;
	if (line->column > line->length) {
		line->length = line->column;
	}
}

/* Begins anew; `lost` no longer applies. */
static void console_line_return(struct console_line *line)
{
	line->column = 0;
	if (line->lost) {
		line->lost = false;
		line->length = 0;
	}
}

void console_line_clear(struct console_line *line)
{
	/* The text stays: it is no longer a part of it. */
	line->length = line->column = 0;
	line->lost = line->waits = line->again = false;
}

void console_line_byte(struct console_line *line, uint8_t byte)
{
	if (byte == '\n') {
		console_line_clear(line);
	} else if (byte == '\r') {
		console_line_return(line);
	} else if (byte == '\b' && line->column > 0) {
		line->column--;
	} else if (byte >= ' ' && byte <= '~' && line->column < CONSOLE_LINE) {
		console_line_put(line, byte);
	} else if (byte != '\a') {
		line->lost = true;
	}
}

/* The parameter of a sequence with at most one; none counts as 0. */
static uint32_t console_line_number(const uint8_t *text, uint32_t length)
{
	uint32_t number = 0;

	for (uint32_t n = CONSOLE_LINE_FIRST; n + 1 < length; n++) {
		if (text[n] > '9') {
			return CONSOLE_LINE + 1; /* several */
		}
		number = number * 10 + (text[n] - (uint32_t)'0');
	}
	return number;
}

/* CUF and CUB move by at least one. */
static void console_line_move(struct console_line *line, uint8_t final, uint32_t by)
{
	by += by == 0 ? 1 : 0;
	if (final == 'D' && by <= line->column) {
		line->column = (uint8_t)(line->column - by);
	} else if (final == 'C' && by <= (uint32_t)(line->length - line->column)) {
		line->column = (uint8_t)(line->column + by);
	} else {
		line->lost = true;
	}
}

void console_line_sequence(struct console_line *line, const uint8_t *text, uint32_t length)
{
	uint8_t final = text[length - 1];
	uint32_t number = console_line_number(text, length);

	switch (length == CONSOLE_LINE_FIRST ? 0 : final) {
	case 'm':
	case 'n':
	case 'c':
		break;
	case 'C':
	case 'D':
		console_line_move(line, final, number);
		break;
	case 'J':
	case 'K':
		line->lost = line->lost || number != 0;
		line->length = line->column; /* from the cursor on */
		break;
	default:
		line->lost = true;
		break;
	}
}

void console_line_break(struct console_line *line, bool has_focus)
{
	/* Without the focus, the line is drawn when its port gets the focus; with the focus, a line
	 * that is just being printed becomes complete anyway. */
	line->again = line->length > 0 && !line->lost && (line->waits || !has_focus);
}

uint32_t console_line_size(const struct console_line *line)
{
	return (uint32_t)line->length + line->length - line->column;
}

uint8_t console_line_draw(const struct console_line *line, uint32_t n)
{
	return n < line->length ? line->text[n] : '\b';
}
