/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program without a C library needs of Linux on ARM: a start, EABI system calls, numbers. */
#ifndef GUEST_LINUX_H
#define GUEST_LINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINUX_EXIT	1
#define LINUX_FORK	2
#define LINUX_READ	3
#define LINUX_WRITE	4
#define LINUX_OPEN	5
#define LINUX_CLOSE	6
#define LINUX_EXECVE	11
#define LINUX_PIPE	42
#define LINUX_IOCTL	54
#define LINUX_DUP2	63
#define LINUX_WAIT4	114
#define LINUX_MPROTECT	125
#define LINUX_DELETE	129 /* delete_module */
#define LINUX_NANOSLEEP 162
#define LINUX_POLL	168
#define LINUX_MMAP2	192

#define LINUX_PROT_READ	 1u
#define LINUX_PROT_WRITE 2u
#define LINUX_PROT_EXEC	 4u

#define LINUX_FAILED(result) ((uint32_t)(result) >= 0xfffff000u)

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

/* The fourth argument is 0: no call here has another. */
static inline int32_t linux_call(uint32_t number, uint32_t a, uint32_t b, uint32_t c)
{
	register uint32_t r0 __asm__("r0") = a;
	register uint32_t r1 __asm__("r1") = b;
	register uint32_t r2 __asm__("r2") = c;
	register uint32_t r3 __asm__("r3") = 0;
	register uint32_t r7 __asm__("r7") = number;

	__asm__ volatile("svc #0" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r3), "r"(r7) : "memory");
	return (int32_t)r0;
}

/* Until that child has ended; true if with status 0. */
static inline bool linux_wait(int32_t child)
{
	int32_t status = 1;

	return child > 0 &&
	       linux_call(LINUX_WAIT4, (uint32_t)child, (uint32_t)(uintptr_t)&status, 0) == child &&
	       status == 0;
}

static inline int32_t linux_read(int32_t file, void *data, size_t size)
{
	return linux_call(LINUX_READ, (uint32_t)file, (uint32_t)(uintptr_t)data, (uint32_t)size);
}

static inline int32_t linux_open(const char *path, uint32_t flags)
{
	return linux_call(LINUX_OPEN, (uint32_t)(uintptr_t)path, flags, 0);
}

static inline int32_t linux_write(int32_t file, const void *data, size_t size)
{
	return linux_call(LINUX_WRITE, (uint32_t)file, (uint32_t)(uintptr_t)data, (uint32_t)size);
}

static inline void linux_sleep_us(uint32_t us)
{
	uint32_t time[2] = { us / 1000000, us % 1000000 * 1000 }; /* struct timespec, 32-bit */

	(void)linux_call(LINUX_NANOSLEEP, (uint32_t)(uintptr_t)time, 0, 0);
}

/* Of a file, shared with it, from a page of it on; LINUX_FAILED(result): -errno. */
static inline uint32_t linux_mmap(int32_t file, uint32_t size, uint32_t protection, uint32_t page)
{
	register uint32_t r0 __asm__("r0") = 0;
	register uint32_t r1 __asm__("r1") = size;
	register uint32_t r2 __asm__("r2") = protection;
	register uint32_t r3 __asm__("r3") = 1; /* MAP_SHARED */
	register uint32_t r4 __asm__("r4") = (uint32_t)file;
	register uint32_t r5 __asm__("r5") = page;
	register uint32_t r7 __asm__("r7") = LINUX_MMAP2;

	__asm__ volatile("svc #0"
			 : "+r"(r0)
			 : "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5), "r"(r7)
			 : "memory");
	return r0;
}

/* One page of physical memory through /dev/mem; NULL if the kernel refuses. */
static inline volatile uint32_t *linux_map(uint32_t address)
{
	int32_t file = linux_open("/dev/mem", 0x101002); /* O_RDWR | O_SYNC */
	uint32_t place = linux_mmap(file, 4096, LINUX_PROT_READ | LINUX_PROT_WRITE, address >> 12);

	return LINUX_FAILED(place) ? NULL : (volatile uint32_t *)(uintptr_t)place;
}

/* The virtual counter and its frequency, as Linux lets programs read them (ARM ARM DDI 0406C.b,
 * B8.1.2). */
static inline uint64_t linux_ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("isb\n\tmrrc p15, 1, %0, %1, c14" : "=r"(low), "=r"(high));
	return (uint64_t)high << 32 | low;
}

static inline uint32_t linux_ticks_per_second(void)
{
	uint32_t hz;

	__asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(hz));
	return hz;
}

/* A word of digits: its value; other characters end it. */
static inline uint32_t linux_number(const char *text)
{
	uint32_t value = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		value = value * 10 + (uint32_t)(*text - '0');
	}
	return value;
}

static inline void linux_print(const char *text)
{
	size_t size = 0;

	while (text[size] != 0) {
		size++;
	}
	(void)linux_write(1, text, size);
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
