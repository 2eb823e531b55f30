/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Escape sequences of terminals (ECMA-48, with the extensions of xterm and the VT series), for a
 * console that partitions share. Only those sequences pass, and only whole, whose effect ends with
 * the line or at the beginning of the next one: colours, cursor movement within the line, and
 * questions for the cursor position. Erasing and other movement pass if the port has the focus
 * (ESCAPE_FOCUS). Modes, margins, character sets, strings (titles, colour values, clipboards),
 * printers and resets do not pass. The terminal takes ASCII or UTF-8. Pure.
 */
#ifndef HYP_DEV_ESCAPE_H
#define HYP_DEV_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

#define ESCAPE_LONGEST 24 /* bytes of a sequence that passes */
#define ESCAPE_DIGITS  4  /* of a number of a sequence that passes */
#define ESCAPE_START   0x1b

/* The effects of a sequence, as bits; 0: it does not pass. */
#define ESCAPE_PASSES  0x01u
#define ESCAPE_COLOURS 0x02u /* attributes are set ... */
#define ESCAPE_PLAIN   0x04u /* ... or reset */
#define ESCAPE_MOVES   0x08u /* out of its line */
#define ESCAPE_ASKS    0x70u /* the terminal answers: */
#define ESCAPE_PLACE   0x10u /* CSI r;c R */
#define ESCAPE_STATUS  0x20u /* CSI 0 n */
#define ESCAPE_KIND    0x40u /* CSI ? ... c */
#define ESCAPE_FOCUS   0x80u /* may change output of others, or saved state: see console.h */

struct escape {
	uint8_t state;
	uint8_t length; /* of the stored part of a sequence */
	uint8_t text[ESCAPE_LONGEST];
	uint8_t rest, least; /* of a UTF-8 character: bytes left; the minimum of the next one */
};

enum escape_step {
	ESCAPE_BYTE,  /* the byte passes */
	ESCAPE_NONE,  /* nothing passes: the byte is dropped, or stored */
	ESCAPE_WHOLE, /* `text` passes: a whole sequence */
};

/* One byte of a partition's output. After ESCAPE_WHOLE the caller resets `length`. */
enum escape_step escape_feed(struct escape *escape, uint8_t byte);

/* Does the byte move down without beginning a new line? VT, FF. */
static inline bool escape_goes_down(uint8_t byte)
{
	return byte == 0x0b || byte == 0x0c;
}

/* Is `byte` the last byte of the sequence that begins with `text`? */
bool escape_ends(const uint8_t *text, uint32_t length, uint8_t byte);

/* The effects (ESCAPE_*) of this sequence, from ESC to its final byte. */
uint32_t escape_does(const uint8_t *text, uint32_t length);

/* The question (of ESCAPE_ASKS) that this sequence, from ESC [ to its final byte, answers; 0:
 * none. */
uint32_t escape_answers(const uint8_t *text, uint32_t length);

#endif
