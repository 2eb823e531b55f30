/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows for programs, a line each: "KIND key=value ...", or a JSON object with "kind" in it. */
#ifndef SCRIPTS_ROWS_H
#define SCRIPTS_ROWS_H

#include <stdbool.h>
#include <stdint.h>

/* Before the first row: true for JSON. */
void rows_choose(bool json);

void rows_begin(const char *kind);
void rows_text(const char *key, const char *value);
void rows_number(const char *key, uint64_t value);
/* "0x" and `digits` hexadecimal digits at least; a number in JSON. */
void rows_hex(const char *key, uint64_t value, int digits);
/* 0 or 1; false or true in JSON. */
void rows_flag(const char *key, bool value);
/* With commas between the items; an array in JSON. */
void rows_list_begin(const char *key);
void rows_list_text(const char *value);
void rows_list_number(uint64_t value);
void rows_list_end(void);
void rows_end(void);

#endif
