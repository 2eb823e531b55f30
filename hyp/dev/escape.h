/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Escape sequences of terminals (ECMA-48, and what xterm and the VT series make of it), for a
 * console that partitions share. What a partition prints there changes nothing that the end of its
 * line, or the next one's beginning, does not undo: only sequences pass that are known to be so,
 * whole. Colours, moving the cursor within the line and asking for its place do; erasing and other
 * moves where the port has the focus (ESCAPE_FOCUS); modes, margins,
 * character sets, strings (titles, colours' values, clipboards), printers and resets do not.
 * The terminal takes ASCII or UTF-8. Pure.
 */
#ifndef HYP_DEV_ESCAPE_H
#define HYP_DEV_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

#define ESCAPE_LONGEST 24 /* bytes of a sequence that passes */
#define ESCAPE_DIGITS  4  /* of a number of a sequence that passes */
#define ESCAPE_START   0x1b

/* What a sequence does, bits; 0: it does not pass. */
#define ESCAPE_PASSES  0x01u
#define ESCAPE_COLOURS 0x02u /* attributes are set ... */
#define ESCAPE_PLAIN   0x04u /* ... or reset */
#define ESCAPE_MOVES   0x08u /* out of its line */
#define ESCAPE_ASKS    0x70u /* the terminal answers: */
#define ESCAPE_PLACE   0x10u /* CSI r;c R */
#define ESCAPE_STATUS  0x20u /* CSI 0 n */
#define ESCAPE_KIND    0x40u /* CSI ? ... c */
#define ESCAPE_FOCUS   0x80u /* what others have printed, or saved, may change: see console.h */

struct escape {
	uint8_t state;
	uint8_t length; /* of what is kept of a sequence */
	uint8_t text[ESCAPE_LONGEST];
	uint8_t rest, least; /* of a character in UTF-8: bytes to come; the next one's minimum */
};

enum escape_step {
	ESCAPE_BYTE,  /* the byte goes on */
	ESCAPE_NONE,  /* nothing does: it is dropped, or kept */
	ESCAPE_WHOLE, /* text does: a sequence that passes */
};

/* One byte of what a partition prints. After ESCAPE_WHOLE `length` is the caller's to reset. */
enum escape_step escape_feed(struct escape *escape, uint8_t byte);

/* Out of its line, without beginning a new one: VT, FF. */
static inline bool escape_goes_down(uint8_t byte)
{
	return byte == 0x0b || byte == 0x0c;
}

/* Is `byte` the last one of the sequence of which text is the beginning? */
bool escape_ends(const uint8_t *text, uint32_t length, uint8_t byte);

/* What does this sequence do? From ESC to its final byte. */
uint32_t escape_does(const uint8_t *text, uint32_t length);

/* To which question (of ESCAPE_ASKS) is this, from ESC [ to its final byte, an answer? 0: none. */
uint32_t escape_answers(const uint8_t *text, uint32_t length);

#endif
