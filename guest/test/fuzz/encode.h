/* SPDX-License-Identifier: BSD-2-Clause */
/* Words of A32 and T32 (ARM DDI 0406C, A5 and A6): the fields that make an instruction of a kind
 * are given, all others are random. T32 is as two halfwords lie in memory. */
#ifndef GUEST_TEST_FUZZ_ENCODE_H
#define GUEST_TEST_FUZZ_ENCODE_H

#include "guest/test/fuzz/draw.h"

uint32_t encode_random(struct fuzz_draw *draw);
uint32_t encode_template(struct fuzz_draw *draw);
uint32_t encode_memory(struct fuzz_draw *draw);
uint32_t encode_coproc(struct fuzz_draw *draw);
uint32_t encode_system(struct fuzz_draw *draw);
uint32_t encode_float(struct fuzz_draw *draw);
uint32_t encode_timer(struct fuzz_draw *draw);
/* A load or store of `rt`, of 1, 2 or 4 bytes, at [rn]: the syndrome describes it. */
uint32_t encode_plain(struct fuzz_draw *draw, uint32_t rt, uint32_t rn);

uint32_t encode_template_t32(struct fuzz_draw *draw);
uint32_t encode_memory_t32(struct fuzz_draw *draw);
uint32_t encode_coproc_t32(struct fuzz_draw *draw);
uint32_t encode_system_t32(struct fuzz_draw *draw);

/* Words that are drawn, as A32 and as T32: without those that stop QEMU 7.2 itself. */
void encode_tame(uint32_t *words, uint32_t count);

#endif
