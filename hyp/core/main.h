/* SPDX-License-Identifier: BSD-2-Clause */
/* Called by boot/entry.S when a CPU has its stack, in HYP mode with MMU and caches on. */
#ifndef HYP_CORE_MAIN_H
#define HYP_CORE_MAIN_H

#include <stdint.h>

/* The boot CPU: the order of boot, up to the first guest. */
void main_start(uint32_t dtb_pa, uint32_t image_pa) __attribute__((noreturn));
/* The boot CPU was entered in a mode from which HYP mode cannot be reached: prints that. */
void main_wrong_mode(uint32_t dtb_pa, uint32_t image_pa, uint32_t mode) __attribute__((noreturn));
/* Any other CPU; `index`: in facts_board. */
void main_secondary(uint32_t index) __attribute__((noreturn));

#endif
