/* SPDX-License-Identifier: BSD-2-Clause */
#include "scripts/tools/rows.h"
#include <inttypes.h>
#include <stdio.h>

static bool rows_json;
static bool rows_has_item; /* of the list that is open */

void rows_choose(bool json)
{
	rows_json = json;
}

/* A JSON string (RFC 8259, 7). Bytes above ASCII are unchanged: manifests may have UTF-8. */
static void rows_quote(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\') {
			printf("\\%c", c);
		} else if (c < ' ') {
			printf("\\u%04x", c);
		} else {
			putchar(c);
		}
	}
	putchar('"');
}

static void rows_key(const char *key)
{
	if (rows_json) {
		printf(", ");
		rows_quote(key);
		printf(": ");
	} else {
		printf(" %s=", key);
	}
}

static void rows_value(const char *value)
{
	if (rows_json) {
		rows_quote(value);
	} else {
		printf("%s", value);
	}
}

void rows_begin(const char *kind)
{
	if (rows_json) {
		printf("{\"kind\": ");
		rows_quote(kind);
	} else {
		printf("%s", kind);
	}
}

void rows_text(const char *key, const char *value)
{
	rows_key(key);
	rows_value(value);
}

void rows_number(const char *key, uint64_t value)
{
	rows_key(key);
	printf("%" PRIu64, value);
}

void rows_hex(const char *key, uint64_t value, int digits)
{
	if (rows_json) {
		rows_number(key, value);
	} else {
		rows_key(key);
		printf("0x%0*" PRIx64, digits, value);
	}
}

void rows_flag(const char *key, bool value)
{
	rows_key(key);
	printf("%s", rows_json ? (value ? "true" : "false") : (value ? "1" : "0"));
}

void rows_list_begin(const char *key)
{
	rows_key(key);
	printf("%s", rows_json ? "[" : "");
	rows_has_item = false;
}

static void rows_next_item(void)
{
	printf("%s", rows_has_item ? rows_json ? ", " : "," : "");
	rows_has_item = true;
}

void rows_list_text(const char *value)
{
	rows_next_item();
	rows_value(value);
}

void rows_list_number(uint64_t value)
{
	rows_next_item();
	printf("%" PRIu64, value);
}

void rows_list_end(void)
{
	printf("%s", rows_json ? "]" : "");
}

void rows_end(void)
{
	puts(rows_json ? "}" : "");
}
