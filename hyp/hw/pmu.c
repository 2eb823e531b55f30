/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/hw/pmu.h"
#include "hyp/base/cold.h"
#include "hyp/base/guest_regs.h"
#include "hyp/hw/sysreg.h"
#include "hyp/regs/hcr.h"

#define PMU_ALL	  0xffffffffu
#define PMU_TRAPS (HDCR_TPM | HDCR_TPMCR)

/* The counters that the vectors enable again on return to the guest. HTPIDR: the CPU's block. */
static volatile uint32_t *pmu_enabled(void)
{
	return (volatile uint32_t *)(uintptr_t)(sysreg_read(HTPIDR) + CPU_PMU_ENABLED);
}

/* Most of it is UNKNOWN after reset (B4.1, by register). */
static void pmu_quiet(void)
{
	sysreg_write(PMCR, 0);
	sysreg_write(PMCNTENCLR, PMU_ALL);
	sysreg_write(PMINTENCLR, PMU_ALL);
	sysreg_write(PMOVSR, PMU_ALL);
	sysreg_write(PMUSERENR, 0);
	hw_isb();
}

uint32_t pmu_init_cpu(void)
{
	pmu_quiet();
	return FIELD_GET(PMCR_N, sysreg_read(PMCR));
}

void pmu_raise(bool high)
{
	if (!high) {
		pmu_quiet();
		return;
	}
	sysreg_write(PMINTENSET, PMU_CYCLES);
	sysreg_write(PMCR, PMCR_E);
	sysreg_write(PMOVSSET, PMU_CYCLES);
	hw_isb();
}

/* HPMN is the number of event counters for PL1, which PMCR.N shows there; 0 is UNPREDICTABLE (B4.1,
 * HDCR). */
static uint32_t pmu_hdcr_open(uint32_t events)
{
	uint32_t hdcr = sysreg_read(HDCR) & ~PMU_TRAPS;

	return events ? (hdcr & ~HDCR_HPMN) | FIELD_PREP(HDCR_HPMN, events) : hdcr;
}

static void pmu_select(uint32_t counter)
{
	sysreg_write(PMSELR, counter);
	hw_isb();
}

/* A guest's CPU has no Hyp mode (ID_PFR1), so NSH has no meaning for it, but the guest may set it,
 * as Linux does. It is cleared, so that counters do not count before the guest runs. */
COLD void pmu_open(const struct pmu *pmu, uint32_t events)
{
	for (uint32_t n = 0; n < events; n++) {
		pmu_select(n);
		sysreg_write(PMXEVTYPER, pmu->type[n] & ~PMXEVTYPER_NSH);
		sysreg_write(PMXEVCNTR, pmu->count[n]);
	}
	pmu_select(PMU_SEL_CYCLES);
	sysreg_write(PMXEVTYPER, pmu->cycles_filter & ~PMXEVTYPER_NSH);
	sysreg_write(PMCCNTR, pmu->cycles);
	sysreg_write(PMSELR, pmu->selected);
	sysreg_write(PMUSERENR, pmu->user);
	sysreg_write(PMCR,
		     pmu->pmcr); /* first, because QEMU (7.2) loses the level in the other order */
	sysreg_write(PMOVSSET, pmu->overflown);
	sysreg_write(PMINTENSET, pmu->interrupts);
	sysreg_write(PMCNTENSET, pmu->enabled);
	*pmu_enabled() = pmu->enabled;
	sysreg_write(HDCR, pmu_hdcr_open(events));
	sysreg_write(HSTR, sysreg_read(HSTR) & ~HSTR_T9);
	sysreg_write(HVBAR, sysreg_read(HVBAR) | VECTORS_PMU);
	hw_isb();
}

/* The vectors have cleared PMCNTENSET, unless this exit is the one that opened them: then the block
 * still has what pmu_open wrote. */
COLD void pmu_close(struct pmu *pmu, uint32_t events)
{
	pmu->enabled = *pmu_enabled();
	*pmu_enabled() = 0;
	sysreg_write(PMCNTENCLR, PMU_ALL);
	hw_isb();
	pmu->pmcr = sysreg_read(PMCR) & PMCR_KEEP;
	pmu->interrupts = sysreg_read(PMINTENSET);
	pmu->overflown = sysreg_read(PMOVSR);
	pmu->selected = sysreg_read(PMSELR);
	pmu->user = sysreg_read(PMUSERENR);
	pmu->cycles = sysreg_read(PMCCNTR);
	pmu_select(PMU_SEL_CYCLES);
	pmu->cycles_filter = sysreg_read(PMXEVTYPER);
	for (uint32_t n = 0; n < events; n++) {
		pmu_select(n);
		pmu->type[n] = sysreg_read(PMXEVTYPER);
		pmu->count[n] = sysreg_read(PMXEVCNTR);
	}
	pmu_quiet();
	sysreg_write(HDCR, sysreg_read(HDCR) | PMU_TRAPS);
	sysreg_write(HSTR, sysreg_read(HSTR) | HSTR_T9);
	sysreg_write(HVBAR, sysreg_read(HVBAR) & ~(uint32_t)VECTORS_PMU);
	hw_isb();
}
