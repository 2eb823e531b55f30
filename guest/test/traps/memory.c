/* SPDX-License-Identifier: BSD-2-Clause */
/* Loads and stores to emulated devices. */
#include "guest/test/traps/traps.h"

#define WORD  0xf8a85008u
#define BYTES 0x98705830u /* written: as WORD, five bits a byte */
#define HALF  0x0000f123u

#define P TRAPS_PRIO
#define D TRAPS_BAUD

void code_a_ldr(void);
void code_a_str(void);
void code_a_ldrb(void);
void code_a_strb(void);
void code_a_ldrsb(void);
void code_a_ldrsb0(void);
void code_a_ldrh(void);
void code_a_ldrsh(void);
void code_a_strh(void);
void code_a_ldr_post(void);
void code_a_ldr_pre(void);
void code_a_ldr_down(void);
void code_a_str_post(void);
void code_a_str_pre(void);
void code_a_ldrb_post(void);
void code_a_strb_pre(void);
void code_a_ldrsb_pre(void);
void code_a_ldrh_pre(void);
void code_a_ldrsh_post(void);
void code_a_strh_post(void);
void code_a_ldr_reg(void);
void code_a_str_reg(void);
void code_a_ldrsh_reg(void);
void code_a_str_r0(void);
void code_a_ldr_r0(void);
void code_a_cond(void);
void code_t_ldr(void);
void code_t_str(void);
void code_t_ldrb(void);
void code_t_strb(void);
void code_t_ldrh(void);
void code_t_strh(void);
void code_t_ldr_reg(void);
void code_t_str_reg(void);
void code_t_ldrsb_reg(void);
void code_t_ldrsh_reg(void);
void code_t_ldr_w(void);
void code_t_str_w(void);
void code_t_ldr_neg(void);
void code_t_strb_w(void);
void code_t_ldrsb_w(void);
void code_t_ldrsh_w(void);
void code_t_strh_w(void);
void code_t_ldr_post(void);
void code_t_str_pre(void);
void code_t_strb_post(void);
void code_t_ldrsb_pre(void);
void code_t_ldrsh_post(void);
void code_t_ldr_lsl(void);
void code_t_sp(void);
void code_t_it(void);
void code_t_it_post(void);

/* Snippet (code.S) and flags; registers before, and after (how many); device before and after. The
 * word behind TRAPS_PRIO keeps what a row leaves there. */
static const struct traps_row memory_arm[] = {
	{ "a_ldr", code_a_ldr, 0, { P }, { P, WORD }, 2, P, WORD, WORD },
	{ "a_str", code_a_str, 0, { P, BYTES }, { P, BYTES }, 2, P, WORD, BYTES },
	{ "a_ldrb", code_a_ldrb, 0, { P, 1 }, { P, 0xf8 }, 2, P, WORD, WORD },
	{ "a_strb", code_a_strb, 0, { P, 0x12345690 }, { P, 0x12345690 }, 2, P, WORD, 0xf8a89008 },
	{ "a_ldrsb", code_a_ldrsb, 0, { P }, { P, 0xfffffff8 }, 2, P, WORD, WORD },
	{ "a_ldrsb0", code_a_ldrsb0, 0, { P, 0xffffffff }, { P, 0x08 }, 2, P, WORD, WORD },
	{ "a_ldrh", code_a_ldrh, 0, { D, 0xffffffff }, { D, 0xf123 }, 2, D, HALF, HALF },
	{ "a_ldrsh", code_a_ldrsh, 0, { D }, { D, 0xfffff123 }, 2, D, HALF, HALF },
	{ "a_strh", code_a_strh, 0, { D, 0xabcd7654 }, { D, 0xabcd7654 }, 2, D, HALF, 0x7654 },
	{ "a_ldr_post", code_a_ldr_post, 0, { P }, { P + 4, WORD }, 2, P, WORD, WORD },
	{ "a_ldr_pre", code_a_ldr_pre, 0, { P - 4 }, { P, WORD }, 2, P, WORD, WORD },
	{ "a_ldr_down", code_a_ldr_down, 0, { P }, { P - 4, WORD }, 2, P, WORD, WORD },
	{ "a_str_post", code_a_str_post, 0, { P, BYTES }, { P - 8, BYTES }, 2, P, WORD, BYTES },
	{ "a_str_pre", code_a_str_pre, 0, { P + 4, BYTES }, { P, BYTES }, 2, P, WORD, BYTES },
	{ "a_ldrb_post", code_a_ldrb_post, 0, { P + 1 }, { P, 0x50 }, 2, P, WORD, WORD },
	{ "a_strb_pre",
	  code_a_strb_pre,
	  0,
	  { P, 0x110 },
	  { P + 3, 0x110 },
	  2,
	  P,
	  WORD,
	  0x10a85008 },
	{ "a_ldrsb_pre", code_a_ldrsb_pre, 0, { P }, { P + 3, 0xfffffff8 }, 2, P, WORD, WORD },
	{ "a_ldrh_pre", code_a_ldrh_pre, 0, { D + 2 }, { D, 0xf123 }, 2, D, HALF, HALF },
	{ "a_ldrsh_post", code_a_ldrsh_post, 0, { D }, { D + 2, 0xfffff123 }, 2, D, HALF, HALF },
	{ "a_strh_post",
	  code_a_strh_post,
	  0,
	  { D, 0x10001 },
	  { D + 0xfe, 0x10001 },
	  2,
	  D,
	  HALF,
	  1 },
	{ "a_ldr_reg", code_a_ldr_reg, 0, { P - 16, 0, 4 }, { P - 16, WORD, 4 }, 3, P, WORD, WORD },
	{ "a_str_reg",
	  code_a_str_reg,
	  0,
	  { P + 8, BYTES, 8 },
	  { P + 8, BYTES, 8 },
	  3,
	  P,
	  WORD,
	  BYTES },
	{ "a_ldrsh_reg",
	  code_a_ldrsh_reg,
	  0,
	  { D - 6, 0, 6 },
	  { D - 6, 0xfffff123, 6 },
	  3,
	  D,
	  HALF,
	  HALF },
	{ "a_ldr_r0", code_a_ldr_r0, 0, { P }, { WORD }, 1, P, WORD, WORD },
	{ "a_str_r0", code_a_str_r0, 0, { P }, { P }, 1, P, WORD, P & 0xf8f8f8f8 },
	{ "a_cond, Z",
	  code_a_cond,
	  TRAPS_Z,
	  { P, 1, 2, 3, 4, 5 },
	  { P + 4, WORD, 2, WORD, 4, 5 },
	  6,
	  P,
	  WORD,
	  WORD },
	{ "a_cond, N",
	  code_a_cond,
	  TRAPS_N,
	  { P, 1, 2, 3, 4, BYTES },
	  { P + 4, 1, WORD, 3, WORD, BYTES },
	  6,
	  P,
	  WORD,
	  BYTES },
};

static const struct traps_row memory_thumb[] = {
	{ "t_ldr", code_t_ldr, 0, { P - 4 }, { P - 4, WORD }, 2, P, WORD, WORD },
	{ "t_str", code_t_str, 0, { P - 4, BYTES }, { P - 4, BYTES }, 2, P, WORD, BYTES },
	{ "t_ldrb", code_t_ldrb, 0, { P }, { P, 0xf8 }, 2, P, WORD, WORD },
	{ "t_strb", code_t_strb, 0, { P, 0x190 }, { P, 0x190 }, 2, P, WORD, 0xf8a89008 },
	{ "t_ldrh", code_t_ldrh, 0, { D, 0xffffffff }, { D, 0xf123 }, 2, D, HALF, HALF },
	{ "t_strh", code_t_strh, 0, { D, 0x10002 }, { D, 0x10002 }, 2, D, HALF, 2 },
	{ "t_ldr_reg", code_t_ldr_reg, 0, { P - 8, 0, 8 }, { P - 8, WORD, 8 }, 3, P, WORD, WORD },
	{ "t_str_reg",
	  code_t_str_reg,
	  0,
	  { P - 8, BYTES, 8 },
	  { P - 8, BYTES, 8 },
	  3,
	  P,
	  WORD,
	  BYTES },
	{ "t_ldrsb_reg",
	  code_t_ldrsb_reg,
	  0,
	  { P - 8, 0, 11 },
	  { P - 8, 0xfffffff8, 11 },
	  3,
	  P,
	  WORD,
	  WORD },
	{ "t_ldrsh_reg",
	  code_t_ldrsh_reg,
	  0,
	  { D - 8, 0, 8 },
	  { D - 8, 0xfffff123, 8 },
	  3,
	  D,
	  HALF,
	  HALF },
	{ "t_ldr_w", code_t_ldr_w, 0, { P - 4 }, { P - 4, WORD }, 2, P, WORD, WORD },
	{ "t_str_w", code_t_str_w, 0, { P - 4, BYTES }, { P - 4, BYTES }, 2, P, WORD, BYTES },
	{ "t_ldr_neg", code_t_ldr_neg, 0, { P + 4 }, { P + 4, WORD }, 2, P, WORD, WORD },
	{ "t_strb_w", code_t_strb_w, 0, { P, 0x90 }, { P, 0x90 }, 2, P, WORD, 0xf8a89008 },
	{ "t_ldrsb_w", code_t_ldrsb_w, 0, { P }, { P, 0xfffffff8 }, 2, P, WORD, WORD },
	{ "t_ldrsh_w", code_t_ldrsh_w, 0, { D }, { D, 0xfffff123 }, 2, D, HALF, HALF },
	{ "t_strh_w", code_t_strh_w, 0, { D, 0xabcd7654 }, { D, 0xabcd7654 }, 2, D, HALF, 0x7654 },
	{ "t_ldr_post", code_t_ldr_post, 0, { P }, { P + 4, WORD }, 2, P, WORD, WORD },
	{ "t_str_pre", code_t_str_pre, 0, { P + 4, BYTES }, { P, BYTES }, 2, P, WORD, BYTES },
	{ "t_strb_post",
	  code_t_strb_post,
	  0,
	  { P, 0x90 },
	  { P + 7, 0x90 },
	  2,
	  P,
	  WORD,
	  0xf8a85090 },
	{ "t_ldrsb_pre", code_t_ldrsb_pre, 0, { P }, { P + 3, 0xfffffff8 }, 2, P, WORD, WORD },
	{ "t_ldrsh_post", code_t_ldrsh_post, 0, { D }, { D - 2, 0xfffff123 }, 2, D, HALF, HALF },
	{ "t_ldr_lsl", code_t_ldr_lsl, 0, { P - 16, 0, 4 }, { P - 16, WORD, 4 }, 3, P, WORD, WORD },
	/* Word 1 is read, word 2 written. */
	{ "t_sp", code_t_sp, 0, { P - 4, 0, BYTES, 0 }, { P - 4, WORD, BYTES }, 3, 0, 0, 0 },
	{ "t_it, Z",
	  code_t_it,
	  TRAPS_Z,
	  { P, 1, 2, 3, 4, 5, 6, 7 },
	  { P, WORD, 2, WORD, 4, 6, 6, 8 },
	  8,
	  P,
	  WORD,
	  WORD },
	{ "t_it, N",
	  code_t_it,
	  TRAPS_N,
	  { P, 1, 2, 3, 4, 5, BYTES, 7 },
	  { P, 1, WORD, 3, 5, 6, BYTES, 8 },
	  8,
	  P,
	  WORD,
	  BYTES },
	{ "t_it_post",
	  code_t_it_post,
	  0,
	  { P, 1, 2, 3, 4 },
	  { P + 7, WORD, 0xffffff98, 4, 5 },
	  5,
	  P,
	  WORD,
	  WORD },
	{ "t_it_post, Z",
	  code_t_it_post,
	  TRAPS_Z,
	  { P, 1, 2, 3, 4 },
	  { P, 1, 2, 3, 5 },
	  5,
	  P,
	  WORD,
	  WORD },
};

void traps_memory(void)
{
	traps_rows(memory_arm, sizeof(memory_arm) / sizeof(memory_arm[0]));
	traps_rows(memory_thumb, sizeof(memory_thumb) / sizeof(memory_thumb[0]));
}
