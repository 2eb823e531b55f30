/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/control/words.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_NEAR    2u  /* edits */
#define WORDS_LONGEST 15u /* characters of a name */

uint32_t words_split(char *line, const char *words[WORDS_MAX])
{
	uint32_t count = 0;

	for (;;) {
		line += strspn(line, " ");
		if (*line == '\0') {
			return count;
		}
		if (count == WORDS_MAX) {
			return WORDS_MAX + 1;
		}
		words[count++] = line;
		line += strcspn(line, " ");
		if (*line != '\0') {
			*line++ = '\0';
		}
	}
}

bool words_number(const char *word, uint32_t *value)
{
	bool hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
	unsigned long long number;
	char *end;

	if (!isxdigit((unsigned char)(hex ? word[2] : word[0]))) {
		return false;
	}
	number = strtoull(word, &end, hex ? 16 : 10);
	*value = (uint32_t)number;
	return *end == '\0' && number <= UINT32_MAX;
}

bool words_begins(const char *name, const char *word)
{
	return strncmp(name, word, strlen(word)) == 0;
}

uint32_t words_common(const char *const *names, uint32_t count, const char *word,
		      const char **first, uint32_t *matches)
{
	uint32_t length = (uint32_t)strlen(word), common = 0;

	*first = "";
	*matches = 0;
	for (uint32_t n = 0; n < count; n++) {
		uint32_t same = 0;

		if (!words_begins(names[n], word)) {
			continue;
		}
		if (*matches == 0) {
			*first = names[n];
			common = (uint32_t)strlen(names[n]) - length;
		}
		while (same < common && names[n][length + same] == (*first)[length + same]) {
			same++;
		}
		common = same;
		*matches += 1;
	}
	return common;
}

static uint32_t words_least(uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Characters to change, insert or delete (Levenshtein's distance), row by row. */
static uint32_t words_edits(const char *a, uint32_t length_a, const char *b, uint32_t length_b)
{
	uint32_t row[WORDS_LONGEST + 1];

	for (uint32_t j = 0; j <= length_b; j++) {
		row[j] = j;
	}
	for (uint32_t i = 1; i <= length_a; i++) {
		uint32_t above_left = row[0];

		row[0] = i;
		for (uint32_t j = 1; j <= length_b; j++) {
			uint32_t above = row[j];

			row[j] = words_least(above + 1, row[j - 1] + 1,
					     above_left + (a[i - 1] != b[j - 1] ? 1 : 0));
			above_left = above;
		}
	}
	return row[length_b];
}

static uint32_t words_length(const char *word)
{
	uint32_t length = (uint32_t)strlen(word);

	return length < WORDS_LONGEST ? length : WORDS_LONGEST;
}

bool words_near(const char *name, const char *word)
{
	uint32_t length = words_length(word), edits;

	edits = words_edits(name, words_length(name), word, length);
	return words_begins(name, word) || (edits <= WORDS_NEAR && edits < length);
}
