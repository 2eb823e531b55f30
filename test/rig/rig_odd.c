/* SPDX-License-Identifier: BSD-2-Clause */
#include "test/rig/rig_odd.h"
#include "abi/plumbline.h"
#include "hyp/base/bits.h"
#include "hyp/core/vm.h"
#include "test/rig/rig.h"
#include "test/rig/rig_search.h"
#include <stdio.h>
#include <string.h>

#define EXITS 400u /* of a life */
#define ENTRY 0x40010000u

const char rig_odd_manifest[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x40000>; pmu; virtio-windows;\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\"; rtc = \"pl031\"; };\n"
	"b { compatible = \"plumbline,partition\"; memory-size = <0x20000>; gic = \"none\"; pmu;\n"
	" kernel = [fe ff ff ea]; no-dtb; };\n"
	"f { compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb;\n"
	" firmware = [fe ff ff ea]; no-counter-offset; rights = \"a\"; }; };\n";

static const uint32_t pages[] = { 0x08000000, 0x08011000, 0x09000000, 0x09010000, 0x0a000000,
				  0x0a003000, 0x40000000, 0x30000000, 0x08010000 };
static const uint16_t offsets[] = { 0x000, 0x004, 0x008, 0x00c, 0x014, 0x018, 0x01c, 0x020, 0x024,
				    0x030, 0x038, 0x100, 0x104, 0x180, 0x200, 0x280, 0x300, 0x380,
				    0x384, 0x400, 0x820, 0xc00, 0xf00, 0xfe0, 0xffc };
static const uint8_t modes[] = { 0x10, 0x11, 0x12, 0x13, 0x13, 0x13, 0x17, 0x1b, 0x1f };
/* What it stands at: LDR and STR with and without write-back, LDRH, LDM, SVC; Thumb: LDR, STRB,
 * LDR.W, STR.W with write-back. */
static const uint32_t instructions[] = { 0xe5901000, 0xe4801004, 0xe5b21008, 0xe1d010b2,
					 0xe8900006, 0xef000000, 0x68016001, 0x7001f8d1,
					 0x0000f8d0, 0x1b04f841, 0xe7801002, 0xe7c01002 };
static const uint8_t classes[] = { 0x00, 0x03, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
				   0x0a, 0x0c, 0x11, 0x12, 0x12, 0x12, 0x13, 0x20,
				   0x24, 0x24, 0x24, 0x24, 0x24, 0x24, 0x01 };
static const uint32_t calls[] = {
	PSCI_VERSION,	       PSCI_CPU_ON,	      PSCI_AFFINITY_INFO,
	PSCI_FEATURES,	       SMCCC_VERSION,	      PSCI_MIGRATE_INFO_TYPE,
	PLUMB_CALL_COUNT,      PLUMB_CALL_UID,	      PLUMB_CALL_REVISION,
	PLUMB_GET_API_VERSION, PLUMB_CHECK_EXTENSION, PLUMB_IRQ_LINE,
	PLUMB_IRQ_LINE,	       PLUMB_IRQ_LINE_STATUS, PLUMB_IRQ_LINE_MANY,
	PLUMB_GET_IRQ_STATE,   PLUMB_GET_IRQ_STATE,   PLUMB_GET_VM_INFO,
	PLUMB_SET_GSI_ROUTING, PLUMB_SET_GSI_ROUTING, PLUMB_GSI_LINE,
	PLUMB_GET_VM_NAME,     PLUMB_GET_STATS,	      0x86001234,
	PLUMB_VM_START,	       PLUMB_VM_STOP,	      PLUMB_VM_PAUSE,
	PLUMB_VM_WATCH,	       PSCI_SYSTEM_RESET
};

#define ANY(g, list) ((list)[rig_throw(g, ARRAY_SIZE(list))])

static uint32_t word(struct rig_guest *g)
{
	return rig_throw(g, 0x10000) << 16 | rig_throw(g, 0x10000);
}

static uint32_t some(struct rig_guest *g)
{
	static const uint32_t values[] = { 0,
					   1,
					   2,
					   3,
					   32,
					   33,
					   34,
					   40,
					   0xffffffff,
					   0x80,
					   ENTRY,
					   1u << 24 | 40,
					   2u << 24 | 20,
					   1u << 24 | 33,
					   1u << 24 | 34,
					   0x40001000 };

	return rig_throw(g, 3) ? ANY(g, values) : word(g);
}

static void timer_soon(struct rig_guest *g)
{
	uint64_t *reg = rig_this()->reg;
	bool physical = rig_throw(g, 2);

	reg[physical ? FAKE_CNTP_CVAL : FAKE_CNTV_CVAL] =
		rig.now - (physical ? 0 : reg[FAKE_CNTVOFF]) + rig_throw(g, 300);
	reg[physical ? FAKE_CNTP_CTL : FAKE_CNTV_CTL] = 1;
}

/* Registers, mode, and what is at the PC. */
static void dress(struct rig_guest *g, struct guest_regs *regs)
{
	uint64_t *reg = rig_this()->reg;
	uint32_t insn = ANY(g, instructions);

	for (uint32_t n = 0; n < 13; n++) {
		regs->r[n] = some(g);
	}
	regs->lr_usr = word(g);
	regs->cpsr = 0x1c0u | ANY(g, modes) | (rig_throw(g, 4) ? 0 : 1u << 5) |
		     (rig_throw(g, 8) ? 0 : 1u << 9);
	regs->pc = (rig_throw(g, 8) || g->vm != 2 ? ENTRY : 0) + 0x100 + 2 * rig_throw(g, 64) +
		   (rig_throw(g, 20) ? 0 : 0x1000000);
	if (!(regs->cpsr & 1u << 5)) {
		regs->pc &= ~3u;
	}
	if (regs->pc >= ENTRY && regs->pc < ENTRY + 0x1000) {
		memcpy(rig_memory(g->vm, regs->pc), &insn, sizeof(insn));
	}
	reg[FAKE_SCTLR] = (rig_throw(g, 4) ? 5u : 0u) | (rig_throw(g, 4) ? 0 : 1u << 13);
	reg[FAKE_VBAR] = rig_throw(g, 4) ? ENTRY : 0x20000000u;
	reg[FAKE_CLIDR] = 0x0a200023;
	reg[FAKE_CCSIDR] = 0x701fe00a;
	reg[FAKE_ISR] = rig_throw(g, 40) ? 0 : 1u << 8;
}

static void abort_of(struct rig_guest *g, struct guest_regs *regs, bool data)
{
	uint32_t page = ANY(g, pages);
	uint32_t hsr = rig_throw(g, 3) ? 1u << 24 | rig_throw(g, 4) << 22 | rig_throw(g, 2) << 21 |
						 rig_throw(g, 16) << 16 | rig_throw(g, 2) << 6 | 6u
				       : word(g) & 0x1ffffff;
	uint64_t *reg = rig_this()->reg;

	g->ipa = page | (rig_throw(g, 4) ? ANY(g, offsets) : rig_throw(g, 0x1000));
	if (!data && rig_throw(g, 100) == 0) { /* no memory at its vectors */
		regs->cpsr = 0x1d7;
		reg[FAKE_SCTLR] = 5;
		reg[FAKE_VBAR] = 0x20000000;
		regs->pc = 0x2000000c;
	}
	if (rig_throw(g, 4) == 0) { /* not by the syndrome: from the instruction */
		hsr = (hsr & ~(1u << 24 | 0x3fu)) | 7u;
	}
	reg[FAKE_HDFAR] = reg[FAKE_HIFAR] = g->ipa;
	reg[FAKE_HPFAR] = g->ipa >> 12 << 4;
	rig_trap(g, regs, (data ? 0x24u : 0x20u) << 26 | 1u << 25 | hsr);
}

static void call(struct rig_guest *g, struct guest_regs *regs)
{
	static const uint8_t capabilities[] = { 0, 9, 25, 26, 66, 87, 102, 105 };
	uint32_t function = ANY(g, calls);

	if (function == PSCI_SYSTEM_RESET && rig_throw(g, 10)) {
		function = PSCI_VERSION;
	}
	regs->r[0] = function;
	regs->r[1] = rig_throw(g, 4) ? rig_throw(g, 4) : some(g);
	regs->r[2] = some(g);
	regs->r[3] = rig_throw(g, 4) ? rig_throw(g, 12) : some(g);
	if (function == PLUMB_CHECK_EXTENSION) {
		regs->r[1] = ANY(g, capabilities);
	}
	regs->pc += 4;
	rig_trap(g, regs, 0x12u << 26 | 1u << 25 | (rig_throw(g, 20) ? 0 : 1));
}

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t class = ANY(g, classes);

	g->masked = rig_throw(g, 3) != 0;
	if (g->at++ == EXITS) {
		regs->cpsr = 0x1d3;
		regs->r[0] = rig_throw(g, 8) ? PSCI_SYSTEM_OFF : PLUMB_SYSTEM_EXIT;
		regs->r[1] = rig_throw(g, 2) ? 3 : 0;
		rig_trap(g, regs, 0x12u << 26 | 1u << 25);
		return;
	}
	dress(g, regs);
	if (rig_throw(g, 4) == 0) {
		timer_soon(g);
	}
	switch (class) {
	case 0x12:
		call(g, regs);
		break;
	case 0x20:
	case 0x24:
		abort_of(g, regs, class == 0x24);
		break;
	case 0x01: /* WFE: of WFI it might not wake */
		rig_trap(g, regs, 0x01u << 26 | 1u << 25 | 1u << 24 | 0xeu << 20 | 1u);
		break;
	default:
		rig_trap(g, regs,
			 class << 26 | 1u << 25 | 1u << 24 |
				 (rig_throw(g, 8) ? 0xeu : rig_throw(g, 15)) << 20 |
				 (word(g) & 0xfffff));
		break;
	}
}

static bool handle(struct rig_guest *g, struct guest_regs *regs)
{
	uint64_t *reg = rig_this()->reg;

	(void)regs;
	g->masked = true; /* what nobody lowers comes again and again */
	if (g->iar == 27) {
		reg[FAKE_CNTV_CTL] = 0;
	} else if (g->iar == 30) {
		reg[FAKE_CNTP_CTL] = 0;
	}
	return true;
}

static const struct rig_program program = { .step = step, .handle = handle, .unmarked = true };

static const char *judge(const struct rig_result *r)
{
	if (r->failed) {
		return r->why;
	}
	if (!strstr(rig_output, "plumbline: end: status")) {
		return "the system does not end";
	}
	return strstr(rig_output, "panic") ? "a guest brings a panic about" : NULL;
}

bool rig_odd_by_chance(uint64_t seed, uint32_t runs)
{
	rig_program = &program;
	rig_begin_run = NULL;
	return rig_search_seeds(seed, runs, judge);
}
