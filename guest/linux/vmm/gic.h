/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers of the VM's GICv2, by groups 1 and 2 of its attributes. No vCPU runs meanwhile. */
#ifndef LINUX_VMM_GIC_H
#define LINUX_VMM_GIC_H

#include <stdbool.h>
#include <stdint.h>

#define GIC_WORDS_MAX 256u

/* As vCPU `vcpu` has them; what is the same for all is in that of vCPU 0. Returns how many words;
 * 0: an error. */
uint32_t gic_get(uint32_t vcpu, uint32_t *words);
/* In the order of vCPUs, and before the first of them runs. False: an error, or another number of
 * words. */
bool gic_set(uint32_t vcpu, const uint32_t *words, uint32_t count);

/* KVM does not reset a GIC: what it has before the first run is kept, and is set again. False: it
 * cannot. */
void gic_keep(void);
bool gic_reset(void);

#endif
