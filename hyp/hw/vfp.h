/* SPDX-License-Identifier: BSD-2-Clause */
/* The VFP registers of this CPU (ARM ARM A2.6, B4.1); HCPTR must permit HYP to use them when these
 * are called. hyp/hw/vfp.S. */
#ifndef HYP_HW_VFP_H
#define HYP_HW_VFP_H

#include <stdint.h>

/* To and from d[32]: 16 or 32 registers, by MVFR0. */
void vfp_load(const uint64_t *d, uint32_t fpscr, uint32_t fpexc);
/* Returns FPEXC in the lower word, FPSCR in the upper one; FPEXC.EN is set from then on. */
uint64_t vfp_save(uint64_t *d);

/* FPEXC is EN alone. */
void vfp_enable(void);

uint32_t vfp_fpsid(void);
uint32_t vfp_mvfr0(void);
uint32_t vfp_mvfr1(void);

#endif
