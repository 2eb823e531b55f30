/* SPDX-License-Identifier: BSD-2-Clause */
/* The compiler's stack protection: a function that has an array keeps a word between it and its
 * saved registers, and compares the word before it returns. The Makefile has the files. */
#ifndef HYP_HW_STACK_H
#define HYP_HW_STACK_H

#include <stdint.h>

/* A function with an array in a file that is not protected as a whole (ARM_GUARD_SOME). */
#ifdef __clang__ /* of the unit tests; it does not know this attribute */
#define STACK_GUARDED
#else
#define STACK_GUARDED __attribute__((stack_protect))
#endif

/* Boot, once: the value of that word. No function with an array may be active, except one that does
 * not return. */
void stack_set_guard(uint32_t guard);

#endif
