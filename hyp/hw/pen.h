/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPUs on their way: those that came to the image's entry with the boot CPU wait in boxes
 * (boot/pen.S), and whoever arrives at boot_secondary waits for its turn. Both read memory with
 * their caches off.
 */
#ifndef HYP_HW_PEN_H
#define HYP_HW_PEN_H

#include <stdbool.h>
#include <stdint.h>

/* Does a CPU with these affinity bits of MPIDR wait in a box? It may still be on its way there. */
bool pen_has(uint32_t mpidr);

/* Sends it to `entry` (physical). */
void pen_release(uint32_t mpidr, uint32_t entry);

/* The next at boot_secondary: it gets stack and identity of CPU `index`. */
void pen_set_turn(uint32_t mpidr, uint32_t index);

/* CPSR.M of the CPU whose turn it was, if it could not get to HYP; else 0. */
uint32_t pen_wrong_mode(void);

#endif
