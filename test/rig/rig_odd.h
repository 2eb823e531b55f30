/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests whose every exit is drawn: registers, modes, syndromes, addresses and instructions. They
 * mind nothing that is done to them; it is the monitor that must stay whole. */
#ifndef TEST_RIG_RIG_ODD_H
#define TEST_RIG_RIG_ODD_H

#include <stdbool.h>
#include <stdint.h>

/* A partition with all that a manifest can give, one without a GIC. */
extern const char rig_odd_manifest[];

/* So many runs from `seed` on, each of some thousand exits; prints what fails. */
bool rig_odd_by_chance(uint64_t seed, uint32_t runs);

#endif
