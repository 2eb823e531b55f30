/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/test/fuzz/encode.h"

#define COUNT(of) ((uint32_t)(sizeof(of) / sizeof((of)[0])))
#define ALWAYS	  0xe0000000u
#define NOP	  0xe320f000u

struct template
{
	uint32_t value, mask;
};

static const struct template encode_memories[] = {
	{ 0x04000000u, 0x0e000000u }, /* LDR, STR, LDRB, STRB, LDRT ...: immediate */
	{ 0x06000000u, 0x0e000010u }, /* the same: register */
	{ 0x00000090u, 0x0e000090u }, /* LDRH, LDRSB, LDRD, STRD ..., multiplications */
	{ 0x000000d0u, 0x0e1000d0u }, /* LDRD, STRD */
	{ 0x08000000u, 0x0e000000u }, /* LDM, STM, with S and W and all registers */
	{ 0x01800f90u, 0x0f800ff0u }, /* LDREX, STREX, all sizes */
	{ 0x01000090u, 0x0fb00ff0u }, /* SWP, SWPB */
	{ 0xf8100a00u, 0xfe50ffffu }, /* RFE */
	{ 0xf84d0500u, 0xfe5fffe0u }, /* SRS */
	{ 0xf450f000u, 0xfd70f000u }, /* PLD, PLDW, PLI */
	{ 0x0c000a00u, 0x0e000e00u }, /* VLDM, VSTM, VLDR, VSTR */
	{ 0xf4000000u, 0xff000000u }, /* VLD1 to VLD4, VST1 to VST4 */
	{ 0x0c000000u, 0x0e000000u }, /* LDC, STC */
	{ 0xee070f10u, 0xffff0f10u }, /* maintenance and translation, by address or set and way */
};

static const struct template encode_systems[] = {
	{ 0x0f000000u, 0x0f000000u }, /* SVC */
	{ 0xe1400070u, 0xfff000f0u }, /* HVC, any number */
	{ 0x01600070u, 0x0ff000f0u }, /* SMC */
	{ 0x0160006eu, 0x0fffffffu }, /* ERET */
	{ 0xe1200070u, 0xfff000f0u }, /* BKPT */
	{ 0x01000200u, 0x0fb00eefu }, /* MRS, banked */
	{ 0x0120f200u, 0x0fb0fef0u }, /* MSR, banked */
	{ 0x010f0000u, 0x0fbf0fffu }, /* MRS */
	{ 0x0120f000u, 0x0fb0fff0u }, /* MSR, register */
	{ 0x0320f000u, 0x0fb0f000u }, /* MSR, immediate; hints */
	{ 0x0320f000u, 0x0ffffff8u }, /* NOP, YIELD, WFE, WFI, SEV */
	{ 0xf1000000u, 0xfff1fe20u }, /* CPS */
	{ 0xf1010000u, 0xfffffdffu }, /* SETEND */
	{ 0x012fff10u, 0x0fffffd0u }, /* BX, BLX */
	{ 0x012fff20u, 0x0ffffff0u }, /* BXJ */
	{ 0xf57ff000u, 0xffffff00u }, /* CLREX, DSB, DMB, ISB */
	{ 0x01b0f000u, 0x0ffffff0u }, /* MOVS PC */
	{ 0x025ef000u, 0x0ffff000u }, /* SUBS PC, LR */
	{ 0xe7f000f0u, 0xfff000f0u }, /* UDF */
	{ 0x0a000000u, 0x0efffff0u }, /* B, BL: forward */
};

static const struct template encode_floats[] = {
	{ 0x0ee00a10u, 0x0fe00fffu }, /* VMRS, VMSR */
	{ 0xf2000000u, 0xfe000000u }, /* NEON */
	{ 0x0e000a00u, 0x0f000e10u }, /* VFP */
	{ 0x0e000a10u, 0x0f000e1fu }, /* between registers */
	{ 0x0c400a10u, 0x0fe00ed0u }, /* two registers at once */
	{ 0x0c000a00u, 0x0e000e00u }, /* VLDM, VSTM, VLDR, VSTR */
	{ 0xf4000000u, 0xff100000u }, /* VLDn, VSTn: multiple */
	{ 0x0ee80a10u, 0x0fff0fffu }, /* VMSR FPEXC */
};

static const struct template encode_coprocs[] = {
	{ 0x0e000f10u, 0x0f000f10u }, /* MCR, MRC p15 */
	{ 0x0e000f10u, 0x0f000f10u }, { 0x0e000f10u, 0x0f000f10u },
	{ 0x0e100f10u, 0x0f100f10u }, /* MRC p15 */
	{ 0x0e000e10u, 0x0f000f10u }, /* MCR, MRC p14 */
	{ 0x0c400f00u, 0x0fe00f00u }, /* MCRR, MRRC p15 */
	{ 0x0c400e00u, 0x0fe00f00u }, /* MCRR, MRRC p14 */
	{ 0x0e000010u, 0x0f000010u }, /* MCR, MRC of any coprocessor */
	{ 0x0e000000u, 0x0f000010u }, /* CDP */
	{ 0x0c000e00u, 0x0e000e00u }, /* LDC, STC, MCRR p14, p15 */
	{ 0xfc000000u, 0xfc000000u }, /* the second forms */
};

/* As 32 bits, the first halfword on top. */
static const struct template encode_memories_t32[] = {
	{ 0xf8000000u, 0xfe000000u }, /* LDR, STR and their sizes */
	{ 0xf8000000u, 0xfe800800u }, /* negative, write-back, unprivileged */
	{ 0xe8000000u, 0xfe400000u }, /* LDM, STM, RFE, SRS */
	{ 0xe8400000u, 0xfe400000u }, /* LDRD, STRD, LDREX, STREX, TBB */
	{ 0xf9000000u, 0xff000000u }, /* LDRSB, LDRSH, VLDn, VSTn, PLI */
	{ 0xec000a00u, 0xfe000e00u }, /* VLDM, VSTM */
	{ 0xec000000u, 0xfe000000u }, /* LDC, STC */
};

static const struct template encode_systems_t32[] = {
	{ 0xf7e08000u, 0xfff0f000u }, /* HVC */
	{ 0xf7f08000u, 0xfff0f000u }, /* SMC */
	{ 0xf3808000u, 0xff80d000u }, /* MSR, MRS, CPS, hints, barriers, BXJ, SUBS PC, UDF */
	{ 0xf3af8000u, 0xfffffff8u }, /* hints */
	{ 0xf3c08f00u, 0xfff0ff00u }, /* BXJ, ERET */
	{ 0xdf00bf00u, 0xff00ff00u }, /* SVC, IT and hints */
	{ 0xb660b650u, 0xffe0fff0u }, /* CPS, SETEND */
	{ 0x4700be00u, 0xff07ff00u }, /* BX, BKPT */
	{ 0xbf00c000u, 0xff00f000u }, /* IT with LDM, STM behind it */
};

/*
 * Two instructions stop QEMU 7.2 itself: its translator stores the PC, and needs it once more
 * (gen_pc_plus_diff: Assertion `s->pc_save != -1' failed). Both are UNPREDICTABLE.
 * - MRRC to the PC, of a timer's counter, if QEMU counts instructions
 * - LDRD to r14 and r15 with the PC as an index behind the access
 */
static uint32_t encode_without_pc(uint32_t word)
{
	if ((word & 0x0f70f0ffu) == 0x0000e0dfu) {
		return word & ~1u; /* the index is r14 */
	}
	if ((word & 0x0ff00000u) != 0x0c500000u) {
		return word;
	}
	word = (word >> 12 & 15) == 15 ? word & ~0x1000u : word;
	return (word >> 16 & 15) == 15 ? word & ~0x10000u : word;
}

static uint32_t encode_halfword(const uint32_t *words, uint32_t n)
{
	return words[n / 2] >> (n % 2 ? 16 : 0) & 0xffffu;
}

void encode_tame(uint32_t *words, uint32_t count)
{
	for (uint32_t n = 0; n < count; n++) {
		words[n] = encode_without_pc(words[n]);
	}
	/* MRRC in T32 may begin at any halfword; its Rt2 and its Rt. */
	for (uint32_t n = 0; n + 1 < 2 * count; n++) {
		uint32_t first = encode_halfword(words, n);
		uint32_t second = encode_halfword(words, n + 1);

		if ((first & 0xeff0u) != 0xec50u) {
			continue;
		}
		if ((first & 15) == 15) {
			words[n / 2] &= n % 2 ? ~0x10000u : ~1u;
		}
		if (second >> 12 == 15) {
			words[(n + 1) / 2] &= (n + 1) % 2 ? ~0x10000000u : ~0x1000u;
		}
	}
}

static uint32_t encode_from(struct fuzz_draw *draw, const struct template *list, uint32_t count)
{
	const struct template *one = &list[draw_one_of(draw, count)];
	uint32_t word = (draw_next(draw) & ~one->mask) | one->value;

	if ((one->value | one->mask) >> 28 == 0 && draw_one_of(draw, 8)) {
		word = (word & ~0xf0000000u) | ALWAYS;
	}
	return encode_without_pc(word);
}

/* SCTLR and VBAR, whose loss is the vCPU's end; the tables, with which it goes astray. */
static bool encode_loses(uint32_t word)
{
	uint32_t crn = word >> 16 & 15;

	if ((word & 0x0f100f10u) == 0x0e000f10u) {
		return crn == 1 || crn == 2 || crn == 3 || crn == 12;
	}
	return (word & 0x0ff00f0fu) == 0x0c400f02u;
}

/* Such a write happens seldom. */
static uint32_t encode_tamed(struct fuzz_draw *draw, uint32_t word)
{
	return encode_loses(word) && draw_one_of(draw, 4096) ? word | 0x00100000u : word;
}

uint32_t encode_random(struct fuzz_draw *draw)
{
	uint32_t word = draw_next(draw);

	word = draw_one_of(draw, 4) ? (word & 0x0fffffffu) | ALWAYS : word;
	return encode_tamed(draw, encode_without_pc(word));
}

uint32_t encode_memory(struct fuzz_draw *draw)
{
	return encode_from(draw, encode_memories, COUNT(encode_memories));
}

uint32_t encode_coproc(struct fuzz_draw *draw)
{
	return encode_tamed(draw, encode_from(draw, encode_coprocs, COUNT(encode_coprocs)));
}

uint32_t encode_system(struct fuzz_draw *draw)
{
	return encode_from(draw, encode_systems, COUNT(encode_systems));
}

uint32_t encode_float(struct fuzz_draw *draw)
{
	return encode_from(draw, encode_floats, COUNT(encode_floats));
}

uint32_t encode_template(struct fuzz_draw *draw)
{
	switch (draw_one_of(draw, 6)) {
	case 0:
		return encode_system(draw);
	case 1:
		return encode_coproc(draw);
	case 2:
		return encode_float(draw);
	case 3:
		return encode_random(draw);
	default:
		return encode_memory(draw);
	}
}

/* CNTP and CNTV: TVAL, CTL, CVAL; CNTKCTL; reads of the counters; WFI in between. */
uint32_t encode_timer(struct fuzz_draw *draw)
{
	uint32_t reg = draw_one_of(draw, 8), to = draw_one_of(draw, 2) << 20;

	switch (draw_one_of(draw, 6)) {
	case 0:
		return 0xec410f0eu | to | reg << 12 | draw_one_of(draw, 5) << 4;
	case 1:
		return 0xe320f002u | draw_one_of(draw, 2); /* WFE, WFI */
	case 2:
		return 0xee0e0f10u | to | reg << 12 | draw_one_of(draw, 16) |
		       draw_one_of(draw, 8) << 5;
	default:
		return 0xee0e0f12u | to | reg << 12 | draw_one_of(draw, 2) |
		       draw_one_of(draw, 2) << 5;
	}
}

uint32_t encode_plain(struct fuzz_draw *draw, uint32_t rt, uint32_t rn)
{
	static const uint32_t forms[] = { 0xe5900000u, 0xe5800000u, 0xe5800000u, 0xe5d00000u,
					  0xe5c00000u, 0xe1d000b0u, 0xe1c000b0u, 0xe1d000d0u };

	return forms[draw_one_of(draw, COUNT(forms))] | rn << 16 | rt << 12;
}

static uint32_t encode_swapped(uint32_t word)
{
	return word << 16 | word >> 16;
}

uint32_t encode_memory_t32(struct fuzz_draw *draw)
{
	return encode_swapped(encode_from(draw, encode_memories_t32, COUNT(encode_memories_t32)));
}

/* The T32 forms have the same bits, with 0xe or 0xf on top. */
uint32_t encode_coproc_t32(struct fuzz_draw *draw)
{
	uint32_t word = encode_coproc(draw);

	return encode_swapped(word | ALWAYS);
}

uint32_t encode_system_t32(struct fuzz_draw *draw)
{
	return encode_swapped(encode_from(draw, encode_systems_t32, COUNT(encode_systems_t32)));
}

uint32_t encode_template_t32(struct fuzz_draw *draw)
{
	switch (draw_one_of(draw, 4)) {
	case 0:
		return encode_system_t32(draw);
	case 1:
		return encode_coproc_t32(draw);
	case 2:
		return draw_next(draw);
	default:
		return encode_memory_t32(draw);
	}
}
