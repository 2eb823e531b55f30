/* SPDX-License-Identifier: BSD-2-Clause */
/* mem* and str* byte by byte: with the MMU off all memory is Strongly-ordered, and an unaligned
 * access, as the C library uses if the compiler permits them, faults (ARM ARM A3.2.1). */
#include <stdint.h>
#include <string.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
	}
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	if ((uintptr_t)to <= (uintptr_t)from) {
		return memcpy(to, from, size);
	}
	while (size-- > 0) {
		((uint8_t *)to)[size] = ((const uint8_t *)from)[size];
	}
	return to;
}

void *memset(void *to, int value, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		((uint8_t *)to)[i] = (uint8_t)value;
	}
	return to;
}

int memcmp(const void *one, const void *other, size_t size)
{
	const uint8_t *a = one, *b = other;

	for (size_t i = 0; i < size; i++) {
		if (a[i] != b[i]) {
			return a[i] - b[i];
		}
	}
	return 0;
}

void *memchr(const void *in, int value, size_t size)
{
	const uint8_t *at = in;

	for (; size > 0; size--, at++) {
		if (*at == (uint8_t)value) {
			return (void *)(uintptr_t)at;
		}
	}
	return NULL;
}

size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length]) {
		length++;
	}
	return length;
}

int strcmp(const char *one, const char *other)
{
	while (*one && *one == *other) {
		one++;
		other++;
	}
	return (uint8_t)*one - (uint8_t)*other;
}
