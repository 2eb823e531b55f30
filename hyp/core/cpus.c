/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/cpus.h"
#include "hyp/core/boot_parts.h"
#include "hyp/core/facts.h"
#include "hyp/core/halt.h"
#include "hyp/core/log.h"
#include "hyp/core/soc.h"
#include "hyp/hw/mmu.h"
#include "hyp/hw/monitor.h"
#include "hyp/hw/pen.h"
#include "hyp/hw/smc.h"
#include "hyp/hw/timer.h"
#include "hyp/hw/world.h"
#include "hyp/regs/psr.h"
#include "hyp/text/fmt.h"

#define CPUS_AFFINITY 0x00ffffffu /* of MPIDR */
#define CPUS_LIST     (BOARD_MAX_CPUS * sizeof(" 0xffffff"))

extern const char boot_secondary[];

static volatile uint32_t cpus_ready;

/* As the CPU that boots has them; and what another CPU, before it is ready, has found in its own:
 * the first that differs. NULL: none. */
static uint64_t cpus_fixed[FIXED_COUNT];
static struct {
	const char *name;
	uint64_t value, wanted;
} cpus_other;
static volatile bool cpus_may_go;

/* CPUs that arrived with this one may need a moment to reach their boxes. */
static bool cpus_wait_for_box(uint32_t mpidr)
{
	uint64_t deadline = timer_now() + facts_timer_hz() / 10;

	while (!pen_has(mpidr) && timer_now() < deadline) {
		hw_yield();
	}
	return pen_has(mpidr);
}

/* The firmware's PSCI no longer exists if our monitor has replaced it in Monitor mode. */
static bool cpus_has_psci(void)
{
	return facts_board.psci == BOARD_PSCI_SMC && !monitor_is_active();
}

static bool cpus_can_start(uint32_t index)
{
	return cpus_has_psci() || soc_can_start(&facts_board, index) ||
	       cpus_wait_for_box(facts_board.mpidr[index]);
}

/* One line, because before the console is open there is room for only a few. */
static void cpus_say_left_out(const char *list)
{
	if (*list) {
		log_line("left out, as no known method starts it: CPU%s\n", list);
	}
}

uint32_t cpus_find(void)
{
	uint32_t affinity = sysreg_read(MPIDR) & CPUS_AFFINITY;
	uint32_t self = BOARD_MAX_CPUS;
	uint32_t kept = 0;
	size_t length = 0;
	char list[CPUS_LIST] = "";

	for (uint32_t n = 0; n < facts_board.nr_cpus; n++) {
		uint32_t mpidr = facts_board.mpidr[n];

		if (mpidr == affinity) {
			self = kept;
		} else if (!cpus_can_start(n)) {
			length += fmt_format(list + length, sizeof(list) - length, " 0x%x",
					     (unsigned)mpidr);
			continue;
		}
		facts_board.start[kept] = facts_board.start[n];
		facts_board.mpidr[kept++] = mpidr;
	}
	facts_board.nr_cpus = kept;
	cpus_say_left_out(list);
	if (self == BOARD_MAX_CPUS) {
		boot_refuse_text("cpus", "the CPU that booted is not in the device tree");
	}
	return self;
}

static int32_t cpus_send(uint32_t index, uint32_t entry)
{
	uint32_t mpidr = facts_board.mpidr[index];

	if (cpus_has_psci()) {
		return smc_call(facts_board.psci_cpu_on, mpidr, entry, 0);
	}
	/* A CPU that arrived with this one is in a box by now; for others, the SoC may have a
	 * method. */
	if (!pen_has(mpidr) && soc_can_start(&facts_board, index)) {
		return soc_start_cpu(&facts_board, index, entry);
	}
	if (monitor_is_active()) {
		return smc_call(MONITOR_PSCI_CPU_ON, mpidr, entry, 0);
	}
	pen_release(mpidr, entry);
	return 0;
}

static void cpus_refuse(uint32_t index, int32_t error)
{
	uint32_t mode = pen_wrong_mode();

	if (mode) {
		log_last_words("refused",
			       "/cpus: CPU %u starts in mode 0x%x, not HYP (0x%x): firmware must "
			       "start all CPUs in one mode",
			       (unsigned)index, (unsigned)mode, PSR_MODE_HYP);
	} else {
		log_last_words("refused", "/cpus: CPU %u does not start: %s %d", (unsigned)index,
			       error ? "PSCI error" : "not there after a second,", (int)error);
	}
	halt_system(HALT_REFUSED);
}

static void cpus_refuse_register(uint32_t index)
{
	log_last_words("refused", "/cpus: CPU %u: %s is 0x%llx, and 0x%llx on the CPU that boots",
		       (unsigned)index, cpus_other.name, (unsigned long long)cpus_other.value,
		       (unsigned long long)cpus_other.wanted);
	halt_system(HALT_REFUSED);
}

static void cpus_start_one(uint32_t index, uint32_t entry)
{
	uint32_t before = cpus_ready;
	uint64_t deadline = timer_now() + facts_timer_hz();
	int32_t error;

	pen_set_turn(facts_board.mpidr[index], index);
	error = cpus_send(index, entry);
	while (!error && cpus_ready == before && timer_now() < deadline) {
		hw_yield();
	}
	hw_dmb(); /* read its data only after the flag that it has arrived */
	if (error || cpus_ready == before) {
		cpus_refuse(index, error);
	}
	if (cpus_other.name) {
		cpus_refuse_register(index);
	}
}

void cpus_start(uint32_t self, pa_t image_pa)
{
	uint32_t entry = (uint32_t)mmu_image_pa(image_pa, boot_secondary).pa;

	world_read_fixed(cpus_fixed);
	for (uint32_t n = 0; n < facts_board.nr_cpus; n++) {
		if (n != self) {
			cpus_start_one(n, entry);
		}
	}
}

/* A vCPU may run on any CPU: all of them translate, and trap, in the same way. */
static void cpus_compare_registers(void)
{
	static const char *const names[FIXED_COUNT] = {
		[FIXED_HTTBR] = "HTTBR",     [FIXED_HTCR] = "HTCR", [FIXED_HMAIR0] = "HMAIR0",
		[FIXED_HSCTLR] = "HSCTLR",   [FIXED_VTCR] = "VTCR", [FIXED_HCR] = "HCR",
		[FIXED_HCPTR] = "HCPTR",     [FIXED_HSTR] = "HSTR", [FIXED_HDCR] = "HDCR",
		[FIXED_CNTHCTL] = "CNTHCTL",
	};
	uint64_t values[FIXED_COUNT];

	world_read_fixed(values);
	for (uint32_t n = FIXED_COUNT; n-- > 0;) {
		if (values[n] != cpus_fixed[n]) {
			cpus_other.name = names[n];
			cpus_other.value = values[n];
			cpus_other.wanted = cpus_fixed[n];
		}
	}
}

void cpus_join(void)
{
	cpus_compare_registers();
	hw_dmb(); /* cpus_other, gic_mask and ACTLR first */
	cpus_ready++;
	hw_sev();
	while (!cpus_may_go) {
		hw_wfe();
	}
	hw_dmb();
}

void cpus_let_go(void)
{
	hw_dmb();
	cpus_may_go = true;
	hw_sev();
}
