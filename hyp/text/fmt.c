/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/text/fmt.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define FMT_DIGITS	20   /* UINT64_MAX in decimal */
#define FMT_WIDTH_LIMIT 1000 /* limits the width, so that it cannot overflow */

struct fmt_out {
	char *buf;
	size_t room; /* characters that still fit before the zero */
	size_t length;
};

/* A va_list may be an array type: in a structure it can be passed by pointer. */
struct fmt_args {
	va_list list;
};

struct fmt_spec {
	size_t width;
	bool zero_pad;
	bool left;
	unsigned longs; /* l: 1, ll: 2 */
	char conversion;
};

static void fmt_put(struct fmt_out *out, char c)
{
	if (out->room > 0) {
		out->buf[out->length] = c;
		out->length++;
		out->room--;
	}
}

/* A text without conversions, as much of it as fits. */
static void fmt_text(struct fmt_out *out, const char *text, size_t length)
{
	size_t fits = length < out->room ? length : out->room;

	memcpy(out->buf + out->length, text, fits);
	out->length += fits;
	out->room -= fits;
}

static void fmt_fill(struct fmt_out *out, char c, size_t used, size_t width)
{
	for (; used < width && out->room > 0; used++) {
		fmt_put(out, c);
	}
}

/* `sign` precedes zeroes and follows blanks. */
static void fmt_field(struct fmt_out *out, const struct fmt_spec *spec, const char *sign,
		      const char *text, size_t length)
{
	size_t used = strlen(sign) + length;
	bool zeroes = spec->zero_pad && !spec->left;

	if (!spec->left && !zeroes) {
		fmt_fill(out, ' ', used, spec->width);
	}
	for (; *sign != '\0'; sign++) {
		fmt_put(out, *sign);
	}
	if (zeroes) {
		fmt_fill(out, '0', used, spec->width);
	}
	fmt_text(out, text, length);
	if (spec->left) {
		fmt_fill(out, ' ', used, spec->width);
	}
}

/* Divides by ten, 16 bits at a time: a 64-bit '/' would call a library that the monitor does not
 * link. Returns the remainder. */
static uint32_t fmt_divide_by_ten(uint64_t *value)
{
	uint64_t quotient = 0;
	uint32_t rest = 0;

	if (*value <= UINT32_MAX) {
		rest = (uint32_t)*value % 10u;
		*value = (uint32_t)*value / 10u;
		return rest;
	}
	for (unsigned shift = 64; shift > 0;) {
		shift -= 16;
		rest = (rest << 16) | (uint32_t)((*value >> shift) & 0xffffu);
		quotient |= (uint64_t)(rest / 10u) << shift;
		rest %= 10u;
	}
	*value = quotient;
	return rest;
}

static void fmt_number(struct fmt_out *out, const struct fmt_spec *spec, bool negative,
		       uint64_t value)
{
	const char *digits = spec->conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	bool hex = spec->conversion == 'x' || spec->conversion == 'X';
	char text[FMT_DIGITS];
	size_t first = FMT_DIGITS;

	do {
		uint32_t digit = (uint32_t)(value & 0xfu);

		if (hex) {
			value >>= 4;
		} else {
			digit = fmt_divide_by_ten(&value);
		}
		text[--first] = digits[digit];
	} while (value != 0);
	fmt_field(out, spec, negative ? "-" : "", &text[first], FMT_DIGITS - first);
}

static bool fmt_known(char conversion, bool longs)
{
	switch (conversion) {
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
		return true;
	case 's':
	case 'c':
	case '%':
		return !longs;
	default:
		return false;
	}
}

/* `text` follows the '%'. Returns the text after the conversion; NULL if that is unknown. */
static const char *fmt_parse(const char *text, struct fmt_spec *spec)
{
	*spec = (struct fmt_spec) { .width = 0 };
	for (; *text == '0' || *text == '-'; text++) {
		spec->zero_pad = spec->zero_pad || *text == '0';
		spec->left = spec->left || *text == '-';
	}
	for (; *text >= '0' && *text <= '9'; text++) {
		if (spec->width < FMT_WIDTH_LIMIT) {
			spec->width = spec->width * 10u + (size_t)(*text - '0');
		}
	}
	for (; *text == 'l' && spec->longs < 2; text++) {
		spec->longs++;
	}
	if (!fmt_known(*text, spec->longs > 0)) {
		return NULL;
	}
	spec->conversion = *text;
	return text + 1;
}

static int64_t fmt_take_signed(const struct fmt_spec *spec, struct fmt_args *args)
{
	switch (spec->longs) {
	case 0:
		return va_arg(args->list, int);
	case 1:
		return va_arg(args->list, long);
	default:
		return va_arg(args->list, long long);
	}
}

static uint64_t fmt_take_unsigned(const struct fmt_spec *spec, struct fmt_args *args)
{
	switch (spec->longs) {
	case 0:
		return va_arg(args->list, unsigned int);
	case 1:
		return va_arg(args->list, unsigned long);
	default:
		return va_arg(args->list, unsigned long long);
	}
}

static void fmt_signed(struct fmt_out *out, const struct fmt_spec *spec, int64_t value)
{
	uint64_t magnitude = (uint64_t)value;

	fmt_number(out, spec, value < 0, value < 0 ? 0u - magnitude : magnitude);
}

static void fmt_argument(struct fmt_out *out, const struct fmt_spec *spec, struct fmt_args *args)
{
	const char *text;
	char c;

	switch (spec->conversion) {
	case 'd':
	case 'i':
		fmt_signed(out, spec, fmt_take_signed(spec, args));
		break;
	case 's':
		text = va_arg(args->list, const char *);
		text = text != NULL ? text : "(null)";
		/* Blanks only: zeroes before a text would be read as part of it. */
		fmt_field(out, &(struct fmt_spec) { .width = spec->width, .left = spec->left }, "",
			  text, strlen(text));
		break;
	case 'c':
		c = (char)va_arg(args->list, int);
		fmt_field(out, &(struct fmt_spec) { .width = spec->width, .left = spec->left }, "",
			  &c, 1);
		break;
	case '%':
		fmt_put(out, '%');
		break;
	default: /* u x X */
		fmt_number(out, spec, false, fmt_take_unsigned(spec, args));
		break;
	}
}

/* The characters before the next conversion. */
static size_t fmt_plain(const char *text)
{
	size_t length = 0;

	while (text[length] != '\0' && text[length] != '%') {
		length++;
	}
	return length;
}

size_t fmt_vformat(char *buf, size_t size, const char *format, va_list args)
{
	struct fmt_out out = { .buf = buf, .room = size > 0 ? size - 1u : 0 };
	struct fmt_args copy;
	struct fmt_spec spec;
	bool known = true;

	if (size == 0) {
		return 0;
	}
	va_copy(copy.list, args);
	while (*format != '\0') {
		size_t plain = known ? fmt_plain(format) : strlen(format);
		const char *next;

		fmt_text(&out, format, plain);
		format += plain;
		if (*format == '\0') {
			break;
		}
		next = fmt_parse(format + 1, &spec);
		known = next != NULL;
		if (known) {
			fmt_argument(&out, &spec, &copy);
			format = next;
		}
	}
	va_end(copy.list);
	buf[out.length] = '\0';
	return out.length;
}

size_t fmt_format(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	size_t length;

	va_start(args, format);
	length = fmt_vformat(buf, size, format, args);
	va_end(args);
	return length;
}
