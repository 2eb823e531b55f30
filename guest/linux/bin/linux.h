/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program without a C library needs of Linux on ARM: a start, EABI system calls, numbers. */
#ifndef GUEST_LINUX_H
#define GUEST_LINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINUX_EXIT  1
#define LINUX_READ  3
#define LINUX_WRITE 4
#define LINUX_OPEN  5
#define LINUX_MMAP2 192

/* Each program is one file, with its main. argc and argv lie on the stack. */
__asm__(".text\n"
	".arm\n"
	".global _start\n"
	".type _start, %function\n"
	"_start:\n"
	"	ldr	r0, [sp]\n"
	"	add	r1, sp, #4\n"
	"	bic	sp, sp, #7\n"
	"	bl	main\n"
	"	mov	r7, #1\n"
	"	svc	#0\n");

static inline int32_t linux_call(uint32_t number, uint32_t a, uint32_t b, uint32_t c)
{
	register uint32_t r0 __asm__("r0") = a;
	register uint32_t r1 __asm__("r1") = b;
	register uint32_t r2 __asm__("r2") = c;
	register uint32_t r7 __asm__("r7") = number;

	__asm__ volatile("svc #0" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r7) : "memory");
	return (int32_t)r0;
}

static inline int32_t linux_read(int32_t file, void *data, size_t size)
{
	return linux_call(LINUX_READ, (uint32_t)file, (uint32_t)(uintptr_t)data, (uint32_t)size);
}

static inline int32_t linux_open(const char *path, uint32_t flags)
{
	return linux_call(LINUX_OPEN, (uint32_t)(uintptr_t)path, flags, 0);
}

static inline void linux_print(const char *text)
{
	size_t size = 0;

	while (text[size] != 0) {
		size++;
	}
	(void)linux_call(LINUX_WRITE, 1, (uint32_t)(uintptr_t)text, (uint32_t)size);
}

/* Decimal, and what comes behind it. */
static inline void linux_print_number(uint64_t value, const char *behind)
{
	char digits[21];
	size_t at = sizeof(digits) - 1;

	digits[at] = 0;
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	linux_print(&digits[at]);
	linux_print(behind);
}

#endif
