/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPUs during boot: those that arrived at the image's entry with the boot CPU wait in boxes
 * (boot/pen.S), and each CPU that arrives at boot_secondary waits for its turn. All of them read
 * memory with their caches off.
 */
#ifndef HYP_HW_PEN_H
#define HYP_HW_PEN_H

#include <stdbool.h>
#include <stdint.h>

/* Does a CPU with these affinity bits of MPIDR wait in a box, or will it soon? */
bool pen_has(uint32_t mpidr);

/* Sends that CPU to `entry` (physical). */
void pen_release(uint32_t mpidr, uint32_t entry);

/* Sets the CPU whose turn is next at boot_secondary: it gets stack and identity of CPU `index`. */
void pen_set_turn(uint32_t mpidr, uint32_t index);

/* CPSR.M of the CPU whose turn it was, if it could not enter HYP mode; else 0. */
uint32_t pen_wrong_mode(void);

#endif
