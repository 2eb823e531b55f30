/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines from the console (guest/lib/line_edit.h), with names that Tab completes. */
#ifndef GUEST_CONTROL_PROMPT_H
#define GUEST_CONTROL_PROMPT_H

#include "guest/control/words.h"
#include "guest/lib/line_edit.h"

#define PROMPT_NAMES 32u

/* The possible words after the line's first `count` words: names, at most PROMPT_NAMES, that last
 * until the next call. Returns how many. */
typedef uint32_t prompt_names_t(const char *const *words, uint32_t count,
				const char *names[PROMPT_NAMES]);

/* The console's receive interrupt wakes the vCPU from here on. */
void prompt_init(void);
/* Sleeps for that time, or until a key is pressed (true; it is read). */
bool prompt_pause(uint32_t ms);
/* Shows `prompt`, reads a line into `line`. */
void prompt_read(const char *prompt, char line[LINE_EDIT_MAX + 1], prompt_names_t *names);

#endif
