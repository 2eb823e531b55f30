/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the first instruction finds the machine (Linux: Documentation/arch/arm/booting.rst;
 * Cortex-A15 TRM 4.3.27; PSCI 1.0, 6.4): the vCPU that boots, those that CPU_ON starts in either
 * state, and all of them again after a restart. The RTC's load register, which outlives it, counts
 * the lives. Bootargs: thumb: it is entered so; dtb=ADDR: where the device tree lies; segment=ADDR
 * size=N space=N: an ELF file's other segment (byte n is 7n + 3) and the zeros behind it;
 * initrd=ADDR.
 */
#include "guest/lib/fdt.h"
#include "guest/lib/guest.h"
#include "guest/lib/mmio.h"
#include "guest/lib/mmu.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include <string.h>

#define ENTRY_RTC_DR  0x09010000u
#define ENTRY_RTC_LR  0x09010008u
#define ENTRY_CONTEXT 0x5eed1234u

/* Words of entry_state */
enum {
	ENTRY_R0,
	ENTRY_CPSR = 15,
	ENTRY_THUMB,
	ENTRY_SCTLR,
	ENTRY_CPACR,
	ENTRY_FPEXC,
	ENTRY_FPSCR,
	ENTRY_ZEROS,			/* VFP, CP15, timers, banked registers */
	ENTRY_WHOLE = ENTRY_ZEROS + 39, /* 0x5a: it was all stored */
	ENTRY_WORDS = 64
};

extern volatile uint32_t entry_state[ENTRY_WORDS];
void entry_arm(void);
void entry_thumb(void);
void entry_dirty(void);

/* What is in entry_state, with these in r0, r1, r2. */
static void entry_check(const char *who, uint32_t r0, uint32_t r1, uint32_t r2, bool thumb)
{
	const uint32_t want[3] = { r0, r1, r2 };
	uint32_t wrong = 0;

	(void)report_equal(entry_state[ENTRY_WHOLE], 0x5a, "%s: came by", who);
	for (uint32_t r = 0; r < 3; r++) {
		(void)report_equal(entry_state[ENTRY_R0 + r], want[r], "%s: r%u", who, (unsigned)r);
	}
	for (uint32_t r = 3; r < 15; r++) {
		wrong |= (entry_state[ENTRY_R0 + r] != 0 ? 1u : 0u) << r;
	}
	(void)report_equal(wrong, 0, "%s: r3 to r14 are zero", who);
	(void)report_equal(entry_state[ENTRY_CPSR], 0x1d3, "%s: SVC mode; A, I, F", who);
	(void)report_equal(entry_state[ENTRY_THUMB], thumb, "%s: %s state", who,
			   thumb ? "Thumb" : "ARM");
	(void)report_equal(entry_state[ENTRY_SCTLR], 0x00c50078, "%s: SCTLR as at reset", who);
	(void)report_equal(entry_state[ENTRY_CPACR], 0, "%s: CPACR as at reset", who);
	(void)report_equal(entry_state[ENTRY_FPEXC], 0, "%s: VFP is off", who);
	(void)report_equal(entry_state[ENTRY_FPSCR], 0, "%s: FPSCR", who);
	wrong = 0;
	for (uint32_t n = ENTRY_ZEROS; n < ENTRY_WHOLE; n++) {
		if (entry_state[n] != 0) {
			wrong = n;
		}
	}
	(void)report_equal(wrong, 0, "%s: VFP, CP15, timers, banked registers are zero", who);
}

static void entry_second(const char *who, uint32_t cpu, void (*entry)(void), bool thumb)
{
	memset((void *)(uintptr_t)entry_state, 0xff, 4 * ENTRY_WORDS);
	mmu_clean_invalidate((const void *)(uintptr_t)entry_state, 4 * ENTRY_WORDS);
	if (report_equal((uint32_t)psci_cpu_on(cpu, (uint32_t)(uintptr_t)entry, ENTRY_CONTEXT), 0,
			 "%s: CPU_ON", who) &&
	    report_check(smp_wait_off(cpu, TIMER_PATIENCE_US), "%s: off again", who)) {
		mmu_clean_invalidate((const void *)(uintptr_t)entry_state, 4 * ENTRY_WORDS);
		entry_check(who, ENTRY_CONTEXT, 0, 0, thumb);
	}
}

static void entry_segment(void)
{
	const uint8_t *byte = (const uint8_t *)(uintptr_t)guest_arg("segment", 0);
	uint32_t size = guest_arg("size", 0), space = guest_arg("space", 0), wrong = 0;

	for (uint32_t n = 0; n < size; n++) {
		wrong += byte[n] != (uint8_t)(7 * n + 3);
	}
	(void)report_equal(wrong, 0, "segment: its %u bytes", (unsigned)size);
	for (uint32_t n = size; n < space; n++) {
		wrong += byte[n] != 0;
	}
	(void)report_equal(wrong, 0, "segment: and zeros up to %u", (unsigned)space);
}

/* RTCLR sets the time, and that outlives a restart: nobody sets a clock back by a reset. */
static void entry_next_life(uint32_t life)
{
	mmio_write32(ENTRY_RTC_LR, life + 1);
	entry_dirty();
	psci_system_reset();
	(void)report_check(false, "SYSTEM_RESET restarts");
	report_summary();
}

int main(void)
{
	uint32_t life = mmio_read32(ENTRY_RTC_LR);
	bool thumb = guest_has_arg("thumb");

	(void)report_check(fdt_present(), "life %u: a device tree at r2", (unsigned)life);
	entry_check("boot", 0, 0xffffffff, (uint32_t)(uintptr_t)fdt_blob(), thumb);
	if (guest_has_arg("dtb")) {
		(void)report_equal(entry_state[2], guest_arg("dtb", 0), "the tree's place");
	}
	if (guest_has_arg("segment")) {
		entry_segment();
	}
	if (guest_has_arg("initrd")) {
		uint32_t start = 0;

		(void)fdt_cell(fdt_find("/chosen"), "linux,initrd-start", 0, &start);
		(void)report_equal(start, guest_arg("initrd", 1), "the initrd's place");
	}
	entry_second("vCPU 1, ARM", 1, entry_arm, false);
	entry_second("vCPU 2, Thumb", 2, entry_thumb, true);
	if (life < 2 && report_failed() == 0) {
		entry_next_life(life);
	}
	(void)report_equal(life, 2, "two restarts, counted by RTCLR");
	(void)report_check(mmio_read32(ENTRY_RTC_DR) - 2 < 3600, "RTCDR went on from there");
	report_summary();
}
