/* SPDX-License-Identifier: BSD-2-Clause */
/* From boot/entry.S, once a CPU has its stack, in HYP with MMU and caches on. */
#ifndef HYP_CORE_MAIN_H
#define HYP_CORE_MAIN_H

#include <stdint.h>

/* The boot CPU: the order of boot, up to the first guest. */
void main_start(uint32_t dtb_pa, uint32_t image_pa) __attribute__((noreturn));
/* It came in a mode from which there is no way to HYP: says so. */
void main_wrong_mode(uint32_t dtb_pa, uint32_t image_pa, uint32_t mode) __attribute__((noreturn));
/* Any other CPU; `index`: in facts_board. */
void main_secondary(uint32_t index) __attribute__((noreturn));

#endif
