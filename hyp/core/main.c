/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of boot, and the end of the system. */
#include "hyp/core/main.h"
#include "hyp/core/boot_parts.h"
#include "hyp/core/cpu.h"
#include "hyp/core/cpus.h"
#include "hyp/core/facts.h"
#include "hyp/core/halt.h"
#include "hyp/core/log.h"
#include "hyp/core/partition.h"
#include "hyp/core/remote.h"
#include "hyp/core/rtc.h"
#include "hyp/core/serial.h"
#include "hyp/core/soc.h"
#include "hyp/core/tty.h"
#include "hyp/core/vm.h"
#include "hyp/core/vpmu.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/layout.h"
#include "hyp/hw/mmu.h"
#include "hyp/hw/monitor.h"
#include "hyp/hw/stack.h"
#include "hyp/hw/timer.h"
#include "hyp/regs/lpae.h"
#include "hyp/regs/psr.h"
#include "vgic/vgic_hw.h"

#define MAIN_NO_INTID 1023u /* never an acknowledged interrupt (IHI 0048B 3.2.5) */
extern const char vectors[], vectors_iciallu[], vectors_bpiall[], image_stacks[];

void vectors_enter(uintptr_t stack_top) __attribute__((noreturn));

static struct boot main_boot;
static struct vgic_alias main_alias; /* as all CPUs so far have found it */
static uint32_t main_cpus_found;

/* For the messages of a CPU that panics because its own stack has overflowed. */
static uint64_t main_panic_stacks[BOARD_MAX_CPUS][0x800 / sizeof(uint64_t)];

/* MIDR: Arm (0x41), Cortex-A15 (0xc0f), variant 0 and revision 4 or less. */
static bool main_is_early_a15(uint32_t midr)
{
	return (midr & 0xfffffff0u) == 0x410fc0f0u && (midr & 0xfu) <= 4;
}

static void main_read_host_id(void)
{
	facts_rt_unreliable = main_is_early_a15(sysreg_read(MIDR));
	facts_fpsid = world_read_fpsid();
	facts_host_id = (struct cp15_id) {
		.pfr0 = sysreg_read(ID_PFR0),
		.pfr1 = sysreg_read(ID_PFR1),
		.dfr0 = sysreg_read(ID_DFR0),
		.afr0 = sysreg_read(ID_AFR0),
		.mmfr = { sysreg_read(ID_MMFR0), sysreg_read(ID_MMFR1), sysreg_read(ID_MMFR2),
			  sysreg_read(ID_MMFR3) },
		.isar = { sysreg_read(ID_ISAR0), sysreg_read(ID_ISAR1), sysreg_read(ID_ISAR2),
			  sysreg_read(ID_ISAR3), sysreg_read(ID_ISAR4), sysreg_read(ID_ISAR5) },
		.mvfr0 = world_read_mvfr0(),
		.mvfr1 = world_read_mvfr1(),
		.actlr = sysreg_read(ACTLR),
	};
}

/* Descriptors are written through the caches, and not cleaned. */
static void main_check_walks(void)
{
	if (FIELD_GET(ID_MMFR3_COHWALK, facts_host_id.mmfr[3]) == 0) {
		boot_refuse_text("cpus", "their table walks do not read the caches (ID_MMFR3)");
	}
}

/* Sets the state that only Secure state can set, and that no firmware has set. This comes before
 * the GIC is set up, because Non-secure writes for interrupts of group 0 are ignored (IHI 0048B
 * 4.3.5 to 4.3.11). */
static void main_use_monitor(void)
{
	if (!monitor_is_active()) {
		return;
	}
	monitor_open_gic(facts_board.gicd, facts_board.gicc);
	if (sysreg_read(CNTFRQ) == 0) {
		monitor_set_frequency(facts_timer_hz());
	}
}

/* Can other CPUs write this one's list registers? CPUs start one after the other, and all must find
 * the same. A uniprocessor has no other CPU, and no mask. */
static void main_find_alias(struct cpu *cpu)
{
	struct vgic_alias alias = { 0 };

	if (facts_board.gich_alias && cpu->gic_mask) {
		cpu->gic_cpu = (uint8_t)bits_first(cpu->gic_mask);
		alias = vgic_hw_find_alias(cpu->gic_cpu);
	}
	if (!main_cpus_found++) {
		main_alias = alias;
	} else if (alias.lrs != main_alias.lrs || alias.skew != main_alias.skew) {
		main_alias.lrs = 0;
	}
}

static void main_use_alias(void)
{
	if (main_cpus_found > 1 && main_alias.lrs) {
		vgic_hw_use_alias(&main_alias);
		remote_reach = main_alias.lrs;
		log_line("CPUs write each other's list registers: 0x%x, offset -%u\n",
			 (unsigned)main_alias.lrs, (unsigned)(4 * main_alias.skew));
	}
}

/* This CPU's registers, its part of the GIC, its identity. */
static void main_init_cpu(uint32_t index)
{
	cpus[index].index = (uint8_t)index;
	cpus[index].panic_stack = (uintptr_t)main_panic_stacks[index + 1];
	world_init_cpu(vectors, (uintptr_t)&cpus[index]);
	main_use_monitor();
	gic_init_cpu();
	gic_enable(facts_board.timer_virt_intid);
	gic_enable(facts_board.timer_phys_intid);
	gic_set_priority(facts_board.timer_hyp_intid, GIC_TIMER_PRIORITY);
	gic_enable(facts_board.timer_hyp_intid);
	gic_enable(facts_board.maintenance_intid);
	vpmu_init_cpu();
	facts_host_id.actlr &= sysreg_read(ACTLR); /* a vCPU may run on any CPU */
	cpus[index].gic_mask = gic_cpu_mask();
	cpus[index].kick = cpus[index].gic_mask;
	main_find_alias(&cpus[index]);
}

/* Called after the manifest is read. */
static void main_harden_cpu(void)
{
	static const char *const tables[] = {
		[CP15_PREDICTOR_LEFT] = vectors,
		[CP15_PREDICTOR_ICIALLU] = vectors_iciallu,
		[CP15_PREDICTOR_BPIALL] = vectors_bpiall,
	};
	bool always = boot_manifest.branches == MANIFEST_BRANCHES_ALWAYS;

	if (boot_manifest.branches < MANIFEST_BRANCHES_NEVER) {
		world_set_vectors(
			tables[cp15_predictor(sysreg_read(MIDR), sysreg_read(ACTLR), always)]);
	}
}

static uint32_t main_init_gic(void)
{
	struct gic_map map = {
		.gicd = (uintptr_t)mmu_map_device(facts_board.gicd, 0x1000),
		.gicc = (uintptr_t)mmu_map_device(facts_board.gicc, 0x2000),
		.gich = (uintptr_t)mmu_map_device(facts_board.gich,
						  facts_board.gich_alias ? 0x2000 : 0x1000),
	};

	main_use_monitor();
	gic_init(&map);
	if (gic_page_repeats()) {
		boot_refuse_text("gic",
				 "GICC's two pages are not 4 KiB apart, but one is repeated: "
				 "see docs/porting.md");
	}
	facts_board.nr_intids = gic_nr_intids();
	return vgic_hw_init(map.gich);
}

/* Uses HYP's own timer as the level that stays high. */
static bool main_probe_hw_bit(void)
{
	uintptr_t gicv = (uintptr_t)mmu_map_device(facts_board.gicv, 0x2000);
	bool refires;

	timer_set(0);
	refires = gic_hw_bit_refires(gicv, facts_board.timer_hyp_intid);
	timer_stop();
	if (!refires) {
		log_line("the GIC loses a level at the guest's EOI, as QEMU's does: HW bit "
			 "unused\n");
	}
	return refires;
}

static void main_init_pmu(void)
{
	bool wanted = false;

	for (uint32_t n = 0; n < boot_manifest.nr_partitions; n++) {
		wanted = wanted || boot_manifest.partition[n].pmu;
	}
	if (!wanted) {
		return;
	}
	if (!cp15_has_pmu(&facts_host_id)) {
		boot_refuse_text("pmu", "the board's CPUs have no performance monitors, version 2");
	}
	vpmu_init();
}

static uintptr_t main_stack_top(uint32_t index)
{
	return (uintptr_t)image_stacks + (index + 1) * LAYOUT_STACK_SIZE;
}

static void main_start_partitions(void)
{
	for (uint32_t n = 0; n < vm_count; n++) {
		if (vms[n].config->autostart) {
			partition_start(&vms[n]);
		}
	}
}

static void main_open_uart(uint32_t self)
{
	if (facts_board.uart == BOARD_UART_NONE) {
		return;
	}
	if (facts_board.uart_intid == 0) {
		log_line("the UART's interrupt does not reach the GIC: no input\n");
		facts_board.uart_intid = MAIN_NO_INTID;
		return;
	}
	gic_target(facts_board.uart_intid, cpus[self].gic_mask);
	gic_enable(facts_board.uart_intid);
	tty_enable_interrupts();
}

void main_start(uint32_t dtb_pa, uint32_t image_pa)
{
	uint32_t self, nr_lrs;
	bool hw_bit;

	mmu_init();
	serial_init();
	main_boot.dtb_pa = pa_make(dtb_pa);
	main_boot.image_pa = pa_make(image_pa);
	boot_map_board(&main_boot);
	stack_set_guard(boot_guard(&main_boot)); /* this function does not return */
	boot_find_uart(&main_boot);
	boot_read_board(&main_boot);
	soc_init(&facts_board);
	if (facts_timer_hz() == 0) {
		boot_refuse_text("timer", "CNTFRQ is 0, and there is no clock-frequency");
	}
	self = cpus_find();
	log_line("%s, %u CPUs, image at 0x%x\n", facts_board.model, (unsigned)facts_board.nr_cpus,
		 (unsigned)image_pa);
	main_read_host_id();
	main_check_walks();
	nr_lrs = main_init_gic();
	main_init_cpu(self);
	sched_init(&vm_sched, facts_board.nr_cpus);
	boot_read_manifest(&main_boot);
	log_open(boot_manifest.raw_console);
	facts_forgets_branches = boot_manifest.branches != MANIFEST_BRANCHES_NONE;
	facts_time_slice = (uint64_t)boot_manifest.time_slice_us * facts_timer_hz() / 1000000u;
	facts_tty_tick = facts_timer_hz() / 25; /* longer than the slices of a few partitions */
	rtc_init(boot_read_clock(&main_boot));
	main_init_pmu();
	main_harden_cpu();
	hw_bit = main_probe_hw_bit();
	cpus_start(self, main_boot.image_pa); /* some wait in memory that partitions may get */
	main_use_alias();
	boot_make_partitions(&main_boot, nr_lrs, hw_bit);
	boot_audit(&main_boot);
	main_open_uart(self);
	log_stop_waiting();
	main_start_partitions();
	halt_arm();
	cpus_let_go();
	vectors_enter(main_stack_top(self));
}

void main_secondary(uint32_t index)
{
	mmu_init_secondary();
	vgic_hw_init_cpu();
	main_init_cpu(index);
	main_harden_cpu();
	cpus_join();
	vectors_enter(main_stack_top(index));
}

/* Prints what else is missing, so that a second try in HYP mode is not refused for that. */
static void main_say_board(void)
{
	struct refusal why = { 0 };

	if (!board_read(&main_boot.board_fdt, &facts_board, &why)) {
		log_last_words("refused", "the board is not supported in HYP either: %s/%s: %s%s%s",
			       why.parent[0] ? "/" : "", why.node, why.property,
			       why.property[0] ? ": " : "", why.reason);
	}
}

void main_wrong_mode(uint32_t dtb_pa, uint32_t image_pa, uint32_t mode)
{
	mmu_init_devices();
	serial_init();
	main_boot.dtb_pa = pa_make(dtb_pa);
	main_boot.image_pa = pa_make(image_pa);
	boot_map_board(&main_boot);
	boot_find_uart(&main_boot);
	log_last_words("refused",
		       "entered in mode 0x%x, not HYP (0x%x): on QEMU add virtualization=on, on a "
		       "board use a boot loader that enters HYP",
		       (unsigned)mode, PSR_MODE_HYP);
	main_say_board();
	halt_system(HALT_REFUSED);
}
