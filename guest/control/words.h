/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of a line: split, parsed as numbers, compared with names. No access to a device. */
#ifndef GUEST_CONTROL_WORDS_H
#define GUEST_CONTROL_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#define WORDS_MAX 6 /* of a line */

/* Splits the line into words, in place; returns their number, WORDS_MAX + 1 if there are more. */
uint32_t words_split(char *line, const char *words[WORDS_MAX]);
/* Decimal, or hexadecimal after 0x: the whole word must be one, up to 0xffffffff. */
bool words_number(const char *word, uint32_t *value);

bool words_begins(const char *name, const char *word);
/* The number of characters after `word` that all names beginning with it have in common; they are
 * those of *first, the first of these names. *matches: the number of these names. */
uint32_t words_common(const char *const *names, uint32_t count, const char *word,
		      const char **first, uint32_t *matches);
/* Is `name` similar to `word`? It begins with it, or at most two characters (and not all) are
 * wrong, missing or too many. Words of more than 15 characters: as if they ended there. */
bool words_near(const char *name, const char *word);

#endif
