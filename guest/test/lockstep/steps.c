/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/irq.h"
#include "guest/lib/smp.h"
#include "guest/test/lockstep/lockstep.h"
#include <string.h>

#define STEPS_DEPTH   32u  /* interrupts at once that a CPU has acknowledged and not ended */
#define STEPS_IRQS    288u /* of QEMU's virt */
#define STEPS_PRIVATE 32u
#define STEPS_SGIS    16u
#define STEPS_STORM   64u /* more interrupts in one window do not come to an end */

#define CTLR_BOTH  0x3u /* GICC_CTLR, GICD_CTLR: both groups */
#define CTLR_ACK   0x4u /* AckCtl */
#define CTLR_SPLIT 0x200u

/* What one CPU has to end. Operations come one at a time, so nothing here needs a lock. */
struct steps_cpu {
	uint32_t running[STEPS_DEPTH]; /* values of GICC_IAR, the innermost last */
	uint32_t depth;
	uint32_t dropped[STEPS_DEPTH]; /* ended by EOI, not by DIR yet */
	uint32_t nr_dropped;
	bool split;
	uint32_t window;	  /* WINDOW_* */
	uint32_t taken;		  /* in this window */
	bool held[STEPS_PRIVATE]; /* in running or dropped */
};

static struct steps_cpu steps_cpus[SMP_MAX_CPUS];
static bool steps_spi_held[STEPS_IRQS];

static struct steps_cpu *steps_me(void)
{
	return &steps_cpus[smp_cpu()];
}

static bool *steps_held(struct steps_cpu *cpu, uint32_t intid)
{
	return intid < STEPS_PRIVATE ? &cpu->held[intid] : &steps_spi_held[intid];
}

/* ---- acknowledge and end ---- */

static void steps_acknowledge(struct steps_cpu *cpu, enum lockstep_kind kind)
{
	uint32_t iar = gic_ack();
	uint32_t intid = GIC_INTID(iar);

	record_add(kind, iar);
	if (intid >= STEPS_IRQS) {
		return;
	}
	*steps_held(cpu, intid) = true;
	cpu->running[cpu->depth++] = iar;
}

static bool steps_has_room(const struct steps_cpu *cpu)
{
	return cpu->depth + cpu->nr_dropped < STEPS_DEPTH;
}

static bool steps_eoi(struct steps_cpu *cpu)
{
	uint32_t iar;

	if (cpu->depth == 0) {
		return false;
	}
	iar = cpu->running[--cpu->depth];
	record_add(KIND_EOI, iar);
	if (cpu->split) {
		cpu->dropped[cpu->nr_dropped++] = iar;
	} else {
		*steps_held(cpu, GIC_INTID(iar)) = false;
	}
	gic_eoi(iar);
	return true;
}

static bool steps_dir(struct steps_cpu *cpu, uint32_t which)
{
	uint32_t iar;

	if (cpu->nr_dropped == 0) {
		return false;
	}
	which %= cpu->nr_dropped;
	iar = cpu->dropped[which];
	cpu->dropped[which] = cpu->dropped[--cpu->nr_dropped];
	*steps_held(cpu, GIC_INTID(iar)) = false;
	record_add(KIND_DIR, iar);
	gic_dir(iar);
	return true;
}

static void steps_finish(struct steps_cpu *cpu)
{
	while (steps_eoi(cpu)) {
	}
	while (steps_dir(cpu, 0)) {
	}
}

/* EOImode changes only while nothing is between its EOI and its DIR, or before its EOI. */
static bool steps_split(struct steps_cpu *cpu, bool split)
{
	uint32_t control = gic_cpu_read(GICC_CTLR) & ~CTLR_SPLIT;

	if (cpu->depth != 0 || cpu->nr_dropped != 0) {
		return false;
	}
	cpu->split = split;
	gic_cpu_write(GICC_CTLR, control | (split ? CTLR_SPLIT : 0));
	return true;
}

/* ---- interrupts taken ---- */

static void steps_take(enum lockstep_kind kind)
{
	struct steps_cpu *cpu = steps_me();
	uint32_t before = cpu->depth;
	uint32_t intid;

	if (++cpu->taken > STEPS_STORM || !steps_has_room(cpu)) {
		record_add(KIND_STORM, cpu->taken);
		gic_cpu_write(GICC_CTLR, 0);
		cpu_isb();
		return;
	}
	steps_acknowledge(cpu, kind);
	if (cpu->depth == before) {
		return;
	}
	intid = GIC_INTID(cpu->running[before]);
	if (!(cpu->window & WINDOW_LOWER_LATE)) {
		lines_set(intid, false);
	}
	if (cpu->window & WINDOW_NESTED) {
		__asm__ volatile("cpsie if\n\tisb\n\tcpsid if" ::: "memory");
	}
	(void)steps_eoi(cpu);
	lines_set(intid, false);
	if (cpu->split) {
		(void)steps_dir(cpu, cpu->nr_dropped - 1);
	}
	cpu_isb();
}

static void steps_take_irq(void)
{
	steps_take(KIND_IRQ);
}

static void steps_take_fiq(void)
{
	steps_take(KIND_FIQ);
}

static void steps_window(struct steps_cpu *cpu, uint32_t flags)
{
	cpu->window = flags;
	cpu->taken = 0;
	__asm__ volatile("cpsie if\n\tisb\n\tcpsid if" ::: "memory");
}

/* ---- the distributor ---- */

static uint32_t steps_bit(uint32_t base, uint32_t intid, uint32_t *bit)
{
	*bit = 1u << intid % 32;
	return base + intid / 32 * 4;
}

/* To be done while it is disabled (4.3.13). */
static void steps_config(uint32_t intid, bool edge)
{
	uint32_t bit, enable = steps_bit(GICD_ISENABLER, intid, &bit);
	uint32_t was = gic_dist_read(enable) & bit;
	uint32_t at = GICD_ICFGR + intid / 16 * 4, field = 2u << intid % 16 * 2;
	uint32_t config = gic_dist_read(at) & ~field;

	gic_dist_write(GICD_ICENABLER + (enable - GICD_ISENABLER), bit);
	gic_dist_write(at, config | (edge ? field : 0));
	gic_dist_write(enable, was);
}

static bool steps_is_active(uint32_t intid)
{
	uint32_t bit, at = steps_bit(GICD_ISACTIVER, intid, &bit);

	return (gic_dist_read(at) & bit) != 0;
}

/* Of what is not active: its EOI would be another register's. */
static bool steps_group(struct steps_cpu *cpu, uint32_t intid, bool group)
{
	uint32_t bit, at = steps_bit(GICD_IGROUPR, intid, &bit);
	uint32_t groups;

	if (*steps_held(cpu, intid) || steps_is_active(intid)) {
		return false;
	}
	groups = gic_dist_read(at) & ~bit;
	gic_dist_write(at, groups | (group ? bit : 0));
	return true;
}

/* What a CPU is still to end stays as it is: its EOI would end what nobody has acknowledged. */
static bool steps_active(struct steps_cpu *cpu, uint32_t base, uint32_t intid)
{
	uint32_t bit, at = steps_bit(base, intid, &bit);

	if (*steps_held(cpu, intid)) {
		return false;
	}
	gic_dist_write(at, bit);
	return true;
}

/*
 * What pends moves with the targets (4.3.12). In QEMU's GIC (7.2) it stays with the old ones, but
 * for a level, so there it is moved by hand; and what is active is active for the CPU that has
 * acknowledged it alone, so of that the targets stay.
 */
static bool steps_target(struct steps_cpu *cpu, uint32_t intid, uint32_t targets)
{
	uint32_t bit, pending = steps_bit(GICD_ISPENDR, intid, &bit);
	bool pends = (gic_dist_read(pending) & bit) != 0;

	if (*steps_held(cpu, intid) || steps_is_active(intid) || lines_is_high(intid)) {
		return false;
	}
	mmio_write8(GIC_DIST_BASE + GICD_ITARGETSR + intid, (uint8_t)targets);
	if (lines_is_bare() && pends) {
		gic_dist_write(GICD_ICPENDR + (pending - GICD_ISPENDR), bit);
		gic_dist_write(pending, bit);
	}
	return true;
}

static bool steps_do(struct steps_cpu *cpu, const struct lockstep_step *step)
{
	uint32_t argument = step->argument, value = step->value;

	switch (step->op) {
	case OP_DIST_READ:
		record_add(KIND_READ, gic_dist_read(argument));
		return true;
	case OP_DIST_READ_BYTE:
		record_add(KIND_READ, mmio_read8(GIC_DIST_BASE + argument));
		return true;
	case OP_DIST_WRITE:
		gic_dist_write(argument, value);
		return true;
	case OP_DIST_WRITE_BYTE:
		mmio_write8(GIC_DIST_BASE + argument, (uint8_t)value);
		return true;
	case OP_CPU_READ:
		record_add(KIND_READ, gic_cpu_read(argument));
		return true;
	case OP_CPU_WRITE:
		gic_cpu_write(argument, value);
		return true;
	case OP_ACK:
		if (!steps_has_room(cpu)) {
			return false;
		}
		steps_acknowledge(cpu, KIND_IAR);
		return true;
	case OP_EOI:
		return steps_eoi(cpu);
	case OP_DIR:
		return steps_dir(cpu, value);
	case OP_SGI:
		gic_dist_write(GICD_SGIR, value);
		return true;
	case OP_SGI_SET:
		mmio_write8(GIC_DIST_BASE + GICD_SPENDSGIR + argument, (uint8_t)value);
		return true;
	case OP_SGI_CLEAR:
		mmio_write8(GIC_DIST_BASE + GICD_CPENDSGIR + argument, (uint8_t)value);
		return true;
	case OP_LINE:
		lines_set(argument, value != 0);
		return true;
	case OP_CONFIG:
		steps_config(argument, value != 0);
		return true;
	case OP_GROUP:
		return steps_group(cpu, argument, value != 0);
	case OP_ACTIVATE:
		return steps_active(cpu, GICD_ISACTIVER, argument);
	case OP_DEACTIVATE:
		return steps_active(cpu, GICD_ICACTIVER, argument);
	case OP_WINDOW:
		steps_window(cpu, value);
		return true;
	case OP_SPLIT:
		return steps_split(cpu, value != 0);
	case OP_TARGET:
		return steps_target(cpu, argument, value);
	case OP_FINISH:
		steps_finish(cpu);
		return true;
	default:
		return false;
	}
}

void steps_run(const struct lockstep_step *step)
{
	if (!steps_do(steps_me(), step)) {
		record_add(KIND_NOT_DONE, step->op);
	}
	cpu_dsb();
}

/* ---- between programs ---- */

static void steps_clear_word(uint32_t word)
{
	uint32_t all = 0xffffffffu, at = 4 * word;

	gic_dist_write(GICD_ICENABLER + at, all);
	gic_dist_write(GICD_ICPENDR + at, all);
	gic_dist_write(GICD_ICACTIVER + at, all);
	gic_dist_write(GICD_IGROUPR + at, 0);
	for (uint32_t n = 0; n < 32; n += 4) {
		gic_dist_write(GICD_IPRIORITYR + 32 * word + n, 0);
		gic_dist_write(GICD_ITARGETSR + 32 * word + n, 0x01010101u);
	}
	gic_dist_write(GICD_ICFGR + 8 * word, 0);
	gic_dist_write(GICD_ICFGR + 8 * word + 4, 0);
}

void steps_reset_cpu(void)
{
	struct steps_cpu *cpu = steps_me();

	gic_cpu_write(GICC_CTLR, CTLR_BOTH | CTLR_ACK | (cpu->split ? CTLR_SPLIT : 0));
	for (; cpu->depth != 0; cpu->depth--) {
		gic_eoi(cpu->running[cpu->depth - 1]);
	}
	gic_cpu_write(GICC_CTLR, 0);
	gic_cpu_write(GICC_PMR, 0);
	gic_cpu_write(GICC_BPR, 2);
	gic_cpu_write(GICC_ABPR, 3);
	lines_lower_cpu();
	steps_clear_word(0);
	for (uint32_t n = 0; n < STEPS_SGIS; n += 4) {
		gic_dist_write(GICD_CPENDSGIR + n, 0xffffffffu);
	}
	memset(cpu, 0, sizeof(*cpu));
	cpu_dsb();
}

/* The words of the interrupts that programs use. */
void steps_reset_common(void)
{
	gic_dist_write(GICD_CTLR, 0);
	lines_lower_common();
	steps_clear_word(1);
	steps_clear_word(2);
	steps_clear_word(STEPS_IRQS / 32 - 1);
	memset(steps_spi_held, 0, sizeof(steps_spi_held));
	cpu_dsb();
}

void steps_init_cpu(void)
{
	if (smp_cpu() == 0) {
		irq_set_raw_handler(steps_take_irq);
		irq_set_fiq_handler(steps_take_fiq);
	}
	lines_init_cpu();
	(void)cpu_irq_save();
}
