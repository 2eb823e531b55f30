/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of text that is edited as it is typed, with a history. No access to a device: a key is the
 * input, and `out` holds the bytes for the terminal. Changes are shown only with printable
 * characters and backspaces, so any terminal works; prompt and line must fit in one row.
 *
 * Keys: left, right, home, end, delete, up, down as terminals send them (ESC [, ESC O); Backspace;
 * Ctrl-A, Ctrl-E (start, end), Ctrl-B, Ctrl-F (left, right), Ctrl-D (delete), Ctrl-K (to the end),
 * Ctrl-U (to the start), Ctrl-W (a word), Ctrl-P, Ctrl-N (history), Ctrl-L (clears the screen),
 * Ctrl-C (begins anew). A key that changes nothing rings the bell.
 */
#ifndef GUEST_LIB_LINE_EDIT_H
#define GUEST_LIB_LINE_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#define LINE_EDIT_MAX	  60u  /* characters of a line */
#define LINE_EDIT_HISTORY 16u  /* lines in the history */
#define LINE_EDIT_OUT	  320u /* bytes: the most that one call adds, with a prompt of up to 100 */

enum line_edit_event {
	LINE_EDIT_MORE, /* the line is not complete */
	LINE_EDIT_DONE, /* Enter: `text` is the line; line_edit_begin is next */
	LINE_EDIT_TAB,	/* Tab: the caller may insert something */
};

/* Zeroed at first. Read text, length, cursor and out; the rest is the editor's. */
struct line_edit {
	char text[LINE_EDIT_MAX + 1]; /* zero-terminated */
	uint32_t length, cursor;      /* characters; the cursor is at text[cursor] */

	char out[LINE_EDIT_OUT]; /* for the terminal, \n for the end of a line ... */
	uint32_t out_length;	 /* ... their number: the caller takes them and sets it to 0 */

	const char *prompt;
	char shown[LINE_EDIT_MAX]; /* the text after the prompt on the terminal */
	uint32_t shown_length, column;
	uint8_t sequence;  /* state of a key of several bytes */
	uint8_t parameter; /* its number */

	char history[LINE_EDIT_HISTORY][LINE_EDIT_MAX + 1];
	uint32_t entries;	       /* lines stored since the start, also those overwritten */
	uint32_t recalled;	       /* 0: the line is a new one; n: the n-th last */
	char draft[LINE_EDIT_MAX + 1]; /* the new line while another is recalled */
};

/* Begins an empty line after `prompt`, which must stay valid. */
void line_edit_begin(struct line_edit *edit, const char *prompt);
/* One byte from the terminal. */
enum line_edit_event line_edit_key(struct line_edit *edit, uint8_t byte);
/* Inserts printable text at the cursor, as far as there is room. */
void line_edit_insert(struct line_edit *edit, const char *text);
/* Shows prompt and line again, after the caller has printed text that ends at the start of a
 * row. */
void line_edit_show(struct line_edit *edit);
void line_edit_bell(struct line_edit *edit);

#endif
