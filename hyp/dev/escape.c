/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/dev/escape.h"

enum escape_state { ESCAPE_GROUND, ESCAPE_SEQUENCE, ESCAPE_STRING };

#define ESCAPE_BEL 0x07
#define ESCAPE_LF  0x0a
#define ESCAPE_CR  0x0d
#define ESCAPE_CAN 0x18
#define ESCAPE_SUB 0x1a

static bool escape_one_of(const char *set, uint8_t byte)
{
	while (*set != '\0' && (uint8_t)*set != byte) {
		set++;
	}
	return *set != '\0';
}

bool escape_ends(const uint8_t *text, uint32_t length, uint8_t byte)
{
	if (length == 1) {
		return byte >= '0' && byte != '[';
	}
	return byte >= (text[1] == '[' ? '@' : '0');
}

#define ESCAPE_OUT (ESCAPE_PASSES | ESCAPE_MOVES | ESCAPE_FOCUS)

/* A sequence with digits, semicolons and colons as parameters. `plain`: all values are 0. */
static uint32_t escape_csi(const uint8_t *text, uint32_t length, uint8_t final, bool plain)
{
	uint8_t only = length == 1 ? text[0] : 0;

	switch (final) {
	case 'm':
		return ESCAPE_PASSES | (plain ? ESCAPE_PLAIN : ESCAPE_COLOURS);
	case 'n':
		return only == '5'   ? ESCAPE_PASSES | ESCAPE_STATUS
		       : only == '6' ? ESCAPE_PASSES | ESCAPE_PLACE
				     : 0;
	case 'c':
		return length == 0 || only == '0' ? ESCAPE_PASSES | ESCAPE_KIND : 0;
	case 's': /* else margins */
		return length == 0 ? ESCAPE_PASSES | ESCAPE_FOCUS : 0;
	case 'T': /* with more parameters, mouse tracking */
		return length <= 2 ? ESCAPE_OUT : 0;
	default:
		return escape_one_of("CDGIZ`a", final)	      ? ESCAPE_PASSES
		       : escape_one_of("JKPX@", final)	      ? ESCAPE_PASSES | ESCAPE_FOCUS
		       : escape_one_of("ABEFHLMSdefu", final) ? ESCAPE_OUT
							      : 0;
	}
}

/* Digits, semicolons and colons; no number is too long, because some terminals then need much
 * time. */
static bool escape_numbers(const uint8_t *text, uint32_t length)
{
	uint32_t digits = 0;

	for (uint32_t n = 0; n < length; n++) {
		if (text[n] < '0' || text[n] > ';') {
			return false;
		}
		digits = text[n] <= '9' ? digits + 1 : 0;
		if (digits > ESCAPE_DIGITS) {
			return false;
		}
	}
	return true;
}

uint32_t escape_does(const uint8_t *text, uint32_t length)
{
	uint8_t final = text[length - 1];
	bool plain = true;

	if (length == 2) {
		return escape_one_of("DEM", final) ? ESCAPE_OUT
		       : final == '7'		   ? ESCAPE_PASSES | ESCAPE_FOCUS
		       : final == '8'		   ? ESCAPE_OUT | ESCAPE_COLOURS
						   : 0;
	}
	if (!escape_numbers(text + 2, length - 3)) {
		return 0;
	}
	for (uint32_t n = 2; n < length - 1; n++) {
		plain = plain && (text[n] == '0' || text[n] == ';');
	}
	return text[1] == '[' ? escape_csi(text + 2, length - 3, final, plain) : 0;
}

uint32_t escape_answers(const uint8_t *text, uint32_t length)
{
	uint8_t final = text[length - 1];
	bool private = text[2] == '?';

	return final == 'R' && !private	  ? ESCAPE_PLACE
	       : final == 'n' && !private ? ESCAPE_STATUS
	       : final == 'c' && private  ? ESCAPE_KIND
					  : 0;
}

/* Bit 7 is set. A C1 control character (CSI is 0x9b) is one byte, or that byte after 0xC2, or an
 * overlong encoding; a byte within another character is not one. */
static enum escape_step escape_high(struct escape *escape, uint8_t byte)
{
	bool within = escape->rest > 0 && byte < 0xc0 && byte >= escape->least;

	if (within) {
		escape->rest--;
		escape->least = 0x80;
		return ESCAPE_BYTE;
	}
	escape->rest = (uint8_t)(byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc0 ? 1 : 0);
	escape->least = byte == 0xc2 || byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
	if (byte == 0xc0 || byte == 0xc1 || byte > 0xf7) {
		escape->rest = 0; /* not the start of a character */
		return ESCAPE_NONE;
	}
	return byte >= 0xa0 ? ESCAPE_BYTE : ESCAPE_NONE;
}

static enum escape_step escape_over(struct escape *escape, enum escape_step step)
{
	escape->length = step == ESCAPE_WHOLE ? escape->length : 0;
	escape->state = ESCAPE_GROUND;
	return step;
}

/* The end of a line ends every unfinished sequence, so that no other port's line becomes a part of
 * it. */
static enum escape_step escape_control(struct escape *escape, uint8_t byte)
{
	bool text = escape->state == ESCAPE_GROUND;

	escape->rest = 0;
	if (byte == ESCAPE_START) { /* ends the previous one, a string too: ESC \ ends a string */
		escape->state = ESCAPE_SEQUENCE;
		escape->text[0] = byte;
		escape->length = 1;
		return ESCAPE_NONE;
	}
	if (byte == ESCAPE_LF || byte == ESCAPE_CR) {
		return escape_over(escape, ESCAPE_BYTE);
	}
	if (byte == ESCAPE_CAN || byte == ESCAPE_SUB ||
	    (byte == ESCAPE_BEL && escape->state == ESCAPE_STRING)) {
		return escape_over(escape, ESCAPE_NONE);
	}
	return text && escape_one_of("\a\b\t\v\f", byte) ? ESCAPE_BYTE : ESCAPE_NONE;
}

static enum escape_step escape_sequence(struct escape *escape, uint8_t byte)
{
	bool ends = escape_ends(escape->text, escape->length, byte);

	if (byte >= 0x7f) {
		return escape_over(escape, ESCAPE_NONE);
	}
	if (escape->length == 1 && escape_one_of("]PX^_", byte)) {
		escape->state = ESCAPE_STRING; /* OSC, DCS, SOS, PM, APC */
		escape->length = 0;
		return ESCAPE_NONE;
	}
	if (escape->length < ESCAPE_LONGEST) {
		escape->text[escape->length++] = byte;
	} else {
		escape->text[2] = ' '; /* it no longer passes */
	}
	if (!ends) {
		return ESCAPE_NONE;
	}
	return escape_over(escape,
			   escape_does(escape->text, escape->length) ? ESCAPE_WHOLE : ESCAPE_NONE);
}

enum escape_step escape_feed(struct escape *escape, uint8_t byte)
{
	if (byte < 0x20) {
		return escape_control(escape, byte);
	}
	if (escape->state == ESCAPE_SEQUENCE) {
		return escape_sequence(escape, byte);
	}
	if (escape->state == ESCAPE_STRING || byte == 0x7f) {
		return ESCAPE_NONE;
	}
	if (byte >= 0x80) {
		return escape_high(escape, byte);
	}
	escape->rest = 0;
	return ESCAPE_BYTE;
}
