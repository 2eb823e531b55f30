/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/vmm/tally.h"
#include "guest/lib/cpu.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/vmm/runner.h"
#include "guest/vmm/vmm.h"

static struct tally_board *volatile tally_board; /* in the VM's memory; NULL: not yet */
static uint32_t tally_at;			 /* of tally_board, in the VM's memory */
static volatile uint32_t tally_refused, tally_lowered, tally_into;

bool tally_is_on(void)
{
	return tally_board != NULL;
}

void tally_reset(void)
{
	tally_board = NULL;
	tally_refused = 0;
	tally_lowered = 0;
	tally_into = 0;
}

static uint32_t tally_word(uint32_t n)
{
	return n < TALLY_PPIS ? kvm_irq_spi(TALLY_SPI + n) : kvm_irq_ppi(n % 2, TALLY_PPI);
}

static void tally_line(uint32_t n, uint32_t level)
{
	if (kvm_irq_line(vmm.vm, tally_word(n), level) != 0) {
		(void)smp_add(&tally_refused, 1);
	}
}

/* Every second edge's line is lowered at once; those of the others stay high for ever. */
static void tally_raise(uint32_t n)
{
	bool runs = runner_runs(n % 2);

	tally_board->raised[n]++;
	cpu_dmb();
	tally_line(n, 1);
	if ((n < TALLY_LEVEL || n >= TALLY_PPIS) && n / 2 % 2) {
		tally_line(n, 0);
	}
	if (runs && runner_runs(n % 2)) {
		(void)smp_add(&tally_into, 1);
	}
}

void tally_drive(uint32_t runner)
{
	for (uint32_t n = 0; n < TALLY_LINES && tally_board; n++) {
		bool mine = (n + 1) % vmm.nr_runners == runner;

		if (mine && tally_board->taken[n] == tally_board->raised[n] &&
		    tally_board->raised[n] < tally_share(n, vmm.tally)) {
			tally_raise(n);
		}
	}
}

void tally_access(uint32_t offset, bool write, uint32_t value)
{
	if (write && offset == TALLY_LOWER && value >= TALLY_LEVEL && value < TALLY_PPIS) {
		tally_line(value, 0);
		(void)smp_add(&tally_lowered, 1);
	} else if (write && offset == TALLY_BOARD && value - VMM_RAM < vmm.ram_size) {
		tally_at = value - VMM_RAM;
		tally_board = (struct tally_board *)(void *)(vmm.ram + tally_at);
	}
}

void tally_tell(void)
{
	uint32_t raised = 0, taken = 0, levels = 0;

	if (!report_check(tally_at != 0, "the VM has begun to count")) {
		return;
	}
	for (uint32_t n = 0; n < TALLY_LINES; n++) {
		raised += tally_board->raised[n];
		taken += tally_board->taken[n];
		levels += n >= TALLY_LEVEL && n < TALLY_PPIS ? tally_board->raised[n] : 0;
	}
	(void)report_check(raised == vmm.tally && taken == raised && tally_refused == 0,
			   "lines: asserted %u, delivered %u, refused %u", (unsigned)raised,
			   (unsigned)taken, (unsigned)tally_refused);
	(void)report_check(tally_lowered == levels, "levels: asserted %u, lowered %u",
			   (unsigned)levels, (unsigned)tally_lowered);
	(void)report_check(vmm.nr_runners == 1 || tally_into > raised / 100,
			   "%u while their vCPU ran on another CPU", (unsigned)tally_into);
}
