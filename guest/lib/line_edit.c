/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/line_edit.h"
#include <string.h>

#define LINE_EDIT_CTRL(letter) (0x1f & (letter))
#define LINE_EDIT_BELL	       "\a"
#define LINE_EDIT_ESC	       0x1b
#define LINE_EDIT_DEL	       0x7f
#define LINE_EDIT_CLEAR	       "\x1b[H\x1b[J\r" /* ECMA-48 CUP, ED */

/* line_edit.sequence: the state within a key of several bytes. */
enum { LINE_EDIT_PLAIN, LINE_EDIT_ESCAPED, LINE_EDIT_CSI, LINE_EDIT_SS3 };

static void line_edit_put(struct line_edit *edit, char byte)
{
	if (edit->out_length < LINE_EDIT_OUT) {
		edit->out[edit->out_length++] = byte;
	}
}

static void line_edit_print(struct line_edit *edit, const char *text)
{
	for (; *text != '\0'; text++) {
		line_edit_put(edit, *text);
	}
}

void line_edit_bell(struct line_edit *edit)
{
	line_edit_print(edit, LINE_EDIT_BELL);
}

/* ---- the terminal ---- */

static char line_edit_at(const char *text, uint32_t length, uint32_t n)
{
	return n < length ? text[n] : ' ';
}

/* Moves to the right by printing the characters there. */
static void line_edit_move(struct line_edit *edit, uint32_t column)
{
	for (; edit->column > column; edit->column--) {
		line_edit_put(edit, '\b');
	}
	for (; edit->column < column; edit->column++) {
		line_edit_put(edit, line_edit_at(edit->text, edit->length, edit->column));
	}
}

static bool line_edit_differs(const struct line_edit *edit, uint32_t n)
{
	return line_edit_at(edit->text, edit->length, n) !=
	       line_edit_at(edit->shown, edit->shown_length, n);
}

/* Makes the terminal's line equal to `text`, from the first different character on. */
static void line_edit_sync(struct line_edit *edit)
{
	uint32_t end = edit->length > edit->shown_length ? edit->length : edit->shown_length;
	uint32_t first = 0;

	while (first < end && !line_edit_differs(edit, first)) {
		first++;
	}
	if (first < end) {
		line_edit_move(edit, first);
		line_edit_move(edit, end);
	}
	line_edit_move(edit, edit->cursor);
	memcpy(edit->shown, edit->text, edit->length);
	edit->shown_length = edit->length;
}

void line_edit_show(struct line_edit *edit)
{
	line_edit_print(edit, edit->prompt);
	edit->shown_length = 0;
	edit->column = 0;
	line_edit_sync(edit);
}

/* ---- the text ---- */

static void line_edit_set(struct line_edit *edit, const char *text)
{
	edit->length = (uint32_t)strlen(text);
	memcpy(edit->text, text, edit->length + 1);
	edit->cursor = edit->length;
}

/* False: there is nothing to delete. */
static bool line_edit_delete(struct line_edit *edit, uint32_t from, uint32_t to)
{
	if (from == to) {
		return false;
	}
	memmove(edit->text + from, edit->text + to, edit->length + 1 - to);
	edit->length -= to - from;
	edit->cursor = from;
	return true;
}

static bool line_edit_add(struct line_edit *edit, char c)
{
	if (edit->length == LINE_EDIT_MAX) {
		return false;
	}
	memmove(edit->text + edit->cursor + 1, edit->text + edit->cursor,
		edit->length + 1 - edit->cursor);
	edit->text[edit->cursor++] = c;
	edit->length++;
	return true;
}

/* The start of the word before the cursor. */
static uint32_t line_edit_word(const struct line_edit *edit)
{
	uint32_t n = edit->cursor;

	while (n > 0 && edit->text[n - 1] == ' ') {
		n--;
	}
	while (n > 0 && edit->text[n - 1] != ' ') {
		n--;
	}
	return n;
}

static bool line_edit_go(struct line_edit *edit, uint32_t cursor)
{
	bool moves = cursor <= edit->length && cursor != edit->cursor;

	if (moves) {
		edit->cursor = cursor;
	}
	return moves;
}

void line_edit_insert(struct line_edit *edit, const char *text)
{
	while (*text != '\0' && line_edit_add(edit, *text)) {
		text++;
	}
	line_edit_sync(edit);
}

/* ---- history ---- */

/* Recalls the n-th last line; 0: the new line. */
static bool line_edit_recall(struct line_edit *edit, uint32_t n)
{
	if (n > edit->entries || n > LINE_EDIT_HISTORY) {
		return false;
	}
	if (edit->recalled == 0) {
		memcpy(edit->draft, edit->text, sizeof(edit->draft));
	}
	edit->recalled = n;
	line_edit_set(edit, n == 0 ? edit->draft
				   : edit->history[(edit->entries - n) % LINE_EDIT_HISTORY]);
	return true;
}

/* Stores the line, unless it is empty or equal to the last one. */
static void line_edit_remember(struct line_edit *edit)
{
	const char *last = edit->history[(edit->entries - 1) % LINE_EDIT_HISTORY];

	if (edit->length == 0 || (edit->entries > 0 && strcmp(last, edit->text) == 0)) {
		return;
	}
	memcpy(edit->history[edit->entries % LINE_EDIT_HISTORY], edit->text, sizeof(edit->text));
	edit->entries++;
}

/* ---- keys ---- */

/* The control character with the same effect as a key of several bytes; 0: none. */
static uint8_t line_edit_meaning(uint8_t final, uint8_t parameter)
{
	switch (final) {
	case 'A':
		return LINE_EDIT_CTRL('P');
	case 'B':
		return LINE_EDIT_CTRL('N');
	case 'C':
		return LINE_EDIT_CTRL('F');
	case 'D':
		return LINE_EDIT_CTRL('B');
	case 'H':
		return LINE_EDIT_CTRL('A');
	case 'F':
		return LINE_EDIT_CTRL('E');
	case '~':
		return parameter == 1 || parameter == 7	  ? LINE_EDIT_CTRL('A')
		       : parameter == 4 || parameter == 8 ? LINE_EDIT_CTRL('E')
		       : parameter == 3			  ? LINE_EDIT_CTRL('D')
							  : 0;
	default:
		return 0;
	}
}

/* A byte after ESC. True: *byte is a key; else the key is incomplete or unknown. */
static bool line_edit_escape(struct line_edit *edit, uint8_t *byte)
{
	uint8_t sequence = edit->sequence, final = *byte;

	if (final < ' ' || final == LINE_EDIT_DEL) {
		edit->sequence = LINE_EDIT_PLAIN; /* it was the key ESC, which has no effect */
		return true;
	}
	if (sequence == LINE_EDIT_ESCAPED) {
		edit->sequence = final == '['	? LINE_EDIT_CSI
				 : final == 'O' ? LINE_EDIT_SS3
						: LINE_EDIT_PLAIN;
		edit->parameter = 0;
		return false;
	}
	if (sequence == LINE_EDIT_CSI && final < '@') {
		/* Known keys have one digit; a second digit or number belongs to other keys. */
		edit->parameter = edit->parameter == 0 && final >= '0' && final <= '9'
					  ? (uint8_t)(final - '0')
					  : 0xff;
		return false;
	}
	edit->sequence = LINE_EDIT_PLAIN;
	*byte = line_edit_meaning(final, edit->parameter);
	return *byte != 0;
}

/* False: the key has no effect. */
static bool line_edit_apply(struct line_edit *edit, uint8_t key)
{
	switch (key) {
	case '\b':
	case LINE_EDIT_DEL:
		return line_edit_delete(edit, edit->cursor > 0 ? edit->cursor - 1 : 0,
					edit->cursor);
	case LINE_EDIT_CTRL('D'):
		return line_edit_delete(edit, edit->cursor,
					edit->cursor + (edit->cursor < edit->length ? 1 : 0));
	case LINE_EDIT_CTRL('K'):
		return line_edit_delete(edit, edit->cursor, edit->length);
	case LINE_EDIT_CTRL('U'):
		return line_edit_delete(edit, 0, edit->cursor);
	case LINE_EDIT_CTRL('W'):
		return line_edit_delete(edit, line_edit_word(edit), edit->cursor);
	case LINE_EDIT_CTRL('A'):
		return line_edit_go(edit, 0);
	case LINE_EDIT_CTRL('E'):
		return line_edit_go(edit, edit->length);
	case LINE_EDIT_CTRL('B'):
		return line_edit_go(edit, edit->cursor - 1);
	case LINE_EDIT_CTRL('F'):
		return line_edit_go(edit, edit->cursor + 1);
	case LINE_EDIT_CTRL('P'):
		return line_edit_recall(edit, edit->recalled + 1);
	case LINE_EDIT_CTRL('N'):
		return line_edit_recall(edit, edit->recalled - 1);
	default:
		return key >= ' ' && key < LINE_EDIT_DEL && line_edit_add(edit, (char)key);
	}
}

void line_edit_begin(struct line_edit *edit, const char *prompt)
{
	edit->prompt = prompt;
	edit->recalled = 0;
	edit->sequence = LINE_EDIT_PLAIN;
	line_edit_set(edit, "");
	line_edit_show(edit);
}

enum line_edit_event line_edit_key(struct line_edit *edit, uint8_t byte)
{
	if (edit->sequence != LINE_EDIT_PLAIN && !line_edit_escape(edit, &byte)) {
		return LINE_EDIT_MORE;
	}
	switch (byte) {
	case LINE_EDIT_ESC:
		edit->sequence = LINE_EDIT_ESCAPED;
		return LINE_EDIT_MORE;
	case '\t':
		return LINE_EDIT_TAB;
	case '\r':
	case '\n':
		line_edit_remember(edit);
		line_edit_put(edit, '\n');
		return LINE_EDIT_DONE;
	case LINE_EDIT_CTRL('C'):
		line_edit_print(edit, "^C\n");
		line_edit_begin(edit, edit->prompt);
		return LINE_EDIT_MORE;
	case LINE_EDIT_CTRL('L'):
		line_edit_print(edit, LINE_EDIT_CLEAR);
		line_edit_show(edit);
		return LINE_EDIT_MORE;
	default:
		break;
	}
	if (line_edit_apply(edit, byte)) {
		line_edit_sync(edit);
	} else {
		line_edit_bell(edit);
	}
	return LINE_EDIT_MORE;
}
