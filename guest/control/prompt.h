/* SPDX-License-Identifier: BSD-2-Clause */
/* One line from the console, with editing; and its words. */
#ifndef GUEST_CONTROL_PROMPT_H
#define GUEST_CONTROL_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROMPT_LINE  80
#define PROMPT_WORDS 6

/* The console's receive interrupt wakes the vCPU from here on. */
void prompt_init(void);
/* Shows `prompt`, reads a line. Backspace and Ctrl-H, Ctrl-U (the line), Ctrl-W (a word), Ctrl-C
 * (begin anew). */
void prompt_read(const char *prompt, char line[PROMPT_LINE]);
/* Cuts the line into words, in place; how many, PROMPT_WORDS + 1 if there are more. */
uint32_t prompt_split(char *line, const char *words[PROMPT_WORDS]);
/* Decimal, or hexadecimal after 0x: the whole word must be one, up to 0xffffffff. */
bool prompt_number(const char *word, uint32_t *value);

#endif
