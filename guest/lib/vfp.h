/* SPDX-License-Identifier: BSD-2-Clause */
/* VFP and NEON registers, from code that is compiled without them. */
#ifndef GUEST_LIB_VFP_H
#define GUEST_LIB_VFP_H

#include <stdint.h>

/* CPACR cp10 and cp11 open, FPEXC.EN set. On this CPU. */
void vfp_enable(void);
void vfp_disable(void); /* FPEXC.EN clear; CPACR stays */

/* d0..d31 */
void vfp_load(const uint64_t bank[32]);
void vfp_save(uint64_t bank[32]);

uint32_t vfp_fpscr(void);
void vfp_set_fpscr(uint32_t fpscr);
uint32_t vfp_fpsid(void);
uint32_t vfp_mvfr0(void);

#endif
