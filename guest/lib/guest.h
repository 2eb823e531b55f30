/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame of a guest program. It defines `int main(void)`, which runs on CPU 0 in SVC mode, MMU
 * and caches on (mmu.h), all interrupts masked, console ready, vectors set; returning, or exit(),
 * ends the partition with that status. printf, puts and putchar work on every CPU and in handlers;
 * uint32_t is 'unsigned long' in newlib: print it as (unsigned)x with %u, or with PRIu32.
 */
#ifndef GUEST_LIB_GUEST_H
#define GUEST_LIB_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUEST_RAM_BASE 0x40000000u

#define GUEST_STATUS_EXCEPTION 125 /* an unexpected exception */

/* The registers at the program's entry. */
extern uint32_t guest_boot_r0, guest_boot_r1, guest_boot_r2, guest_boot_cpsr;

/* From the device tree's memory node; 8 MiB if there is none. */
uint32_t guest_memory_base(void);
uint32_t guest_memory_size(void);
uint32_t guest_heap_limit(void); /* malloc ends there: at most 1 MiB above the image */
/* Free RAM: above the heap's limit, 1 MiB-aligned, to the end or to the device tree. False if less
 * than 1 MiB is left. */
bool guest_free_memory(uint32_t *base, uint32_t *size);

/* /chosen's bootargs, "" if there are none. */
const char *guest_bootargs(void);
/* True if the word `name` is among them, alone or as name=... */
bool guest_has_arg(const char *name);
/* The number after name= (decimal, or hexadecimal after 0x), or `fallback`. */
uint32_t guest_arg(const char *name, uint32_t fallback);

#endif
