/* SPDX-License-Identifier: BSD-2-Clause */
/* A GICv2 with virtualization extensions, 64 interrupts (ARM IHI 0048B). The CPU interface is with
 * EOImode 1 (3.2.1), as the monitor has it; the guest's with EOImode 0. */
#include "hyp/base/bits.h"
#include "hyp/core/locks.h"
#include "hyp/hw/lock.h"
#include "hyp/regs/gic.h"
#include "test/rig/rig.h"
#include <string.h>

#define PRIVATE	 UINT64_C(0xffffffff)
#define SPURIOUS 1023u
#define NR_LRS	 rig_nr_lrs
#define IDLE	 0x100u /* the running priority when nothing is active (4.4.6) */

bool rig_hw_bit;
bool rig_pmu_is_silent;
bool rig_gicc_repeats;
uint32_t rig_nr_lrs = 4;
enum rig_alias rig_alias;
bool rig_ended_is_empty;
uint32_t rig_remote_writes;

/* ---- what is pending ---- */

static uint64_t lines_of(uint32_t cpu)
{
	static const uint8_t timers[] = { RIG_PMU, RIG_MAINTAIN, RIG_TIMER_HYP, RIG_TIMER_VIRT,
					  RIG_TIMER_PHYS };
	uint64_t high = rig.spi_line;

	for (uint32_t n = 0; n < ARRAY_SIZE(timers); n++) {
		if (rig_timer_level(cpu, timers[n])) {
			high |= BIT64(timers[n]);
		}
	}
	return high;
}

static uint64_t sgis_of(uint32_t cpu)
{
	uint64_t pending = 0;

	for (uint32_t n = 0; n < 16; n++) {
		for (uint32_t from = 0; from < rig_nr_cpus; from++) {
			pending |= rig.irq[cpu][n].sources[from] ? BIT64(n) : 0;
		}
	}
	return pending;
}

static uint64_t pending_of(uint32_t cpu)
{
	return sgis_of(cpu) | (lines_of(cpu) & ~rig.spi_edge) | rig.latch[cpu] | rig.spi_latch;
}

static struct rig_irq *irq_of(uint32_t cpu, uint32_t intid)
{
	return &rig.irq[intid < 32 ? cpu : 0][intid];
}

static uint64_t targeted(uint32_t cpu, uint64_t pending)
{
	uint64_t mine = pending & PRIVATE;

	for (uint64_t left = pending & ~PRIVATE; left; left &= left - 1) {
		uint32_t n = (uint32_t)__builtin_ctzll(left);

		mine |= rig.irq[0][n].targets >> cpu & 1 ? BIT64(n) : 0;
	}
	return mine;
}

/* The first that the interface signals; SPURIOUS: none. */
static uint32_t highest(uint32_t cpu)
{
	const struct rig_cpu *c = &rig.cpu[cpu];
	uint32_t running = c->depth ? c->running[c->depth - 1] : IDLE;
	uint64_t enabled = rig.enabled[cpu] | rig.spi_enabled;
	uint64_t active = rig.active[cpu] | rig.spi_active;
	uint64_t pending = pending_of(cpu) & enabled & ~active;
	uint32_t best = SPURIOUS;

	if (!pending || !rig.gicd_ctlr || !c->ctlr) {
		return SPURIOUS;
	}
	for (uint64_t left = targeted(cpu, pending); left; left &= left - 1) {
		uint32_t n = (uint32_t)__builtin_ctzll(left);
		uint32_t priority = irq_of(cpu, n)->priority;

		if (priority < c->pmr && priority < running &&
		    (best == SPURIOUS || priority < irq_of(cpu, best)->priority)) {
			best = n;
		}
	}
	return best;
}

bool rig_signals(uint32_t cpu)
{
	return highest(cpu) != SPURIOUS;
}

void rig_line(uint32_t intid, bool high)
{
	uint64_t bit = BIT64(intid);

	if (high && !(rig.spi_line & bit) && (rig.spi_edge & bit)) {
		rig.spi_latch |= bit;
	}
	rig.spi_line = high ? rig.spi_line | bit : rig.spi_line & ~bit;
}

/* ---- the distributor ---- */

static uint32_t get(uint64_t own, uint64_t spi, uint32_t word)
{
	return word == 0 ? (uint32_t)own : word == 1 ? (uint32_t)(spi >> 32) : 0;
}

static void change(uint64_t *own, uint64_t *spi, uint32_t word, uint32_t value, bool set)
{
	uint64_t bits = word == 0 ? value : (uint64_t)value << 32;
	uint64_t *where = word == 0 ? own : spi;

	if (word <= 1) {
		*where = set ? *where | bits : *where & ~bits;
	}
}

uint32_t rig_gicd_read(uint32_t offset)
{
	uint32_t word = offset % 0x80 / 4;
	uint32_t cpu = rig_self;

	switch (offset & ~0x7fu) {
	case 0:
		return offset == GICD_TYPER ? 1u | (rig_nr_cpus - 1) << 5 : rig.gicd_ctlr;
	case GICD_ISENABLER:
	case GICD_ICENABLER:
		return get(rig.enabled[cpu], rig.spi_enabled, word);
	case GICD_ISPENDR:
	case GICD_ICPENDR:
		return get(pending_of(cpu), pending_of(cpu), word);
	case GICD_ISACTIVER:
	case GICD_ICACTIVER:
		return get(rig.active[cpu], rig.spi_active, word);
	case GICD_ITARGETSR:
		return offset < GICD_ITARGETSR + 32 ? 0x01010101u << cpu : 0;
	default:
		break;
	}
	if (offset >= GICD_ICFGR && offset < GICD_ICFGR + 16) {
		uint32_t fields = 0;

		for (uint32_t n = 0; n < 16; n++) {
			fields |= rig.spi_edge >> (4 * (offset - GICD_ICFGR) + n) & 1 ? 2u << 2 * n
										      : 0;
		}
		return fields;
	}
	rig_fail("GICD read of 0x%x is not modelled", offset);
}

static void send_sgi(uint32_t value)
{
	rig_demand(FIELD_GET(GICD_SGIR_FILTER, value) == 0, "SGIs go to a list of CPUs");
	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		if (FIELD_GET(GICD_SGIR_TARGETS, value) >> n & 1) {
			rig.irq[n][value & 15].sources[rig_self] = 1;
		}
	}
}

/* 4.3.13: an input becomes what it is while it is off. */
static void configure(uint32_t word, uint32_t value)
{
	for (uint32_t n = 0; n < 16 && word >= 2 && word < 4; n++) {
		uint64_t bit = BIT64(16 * word + n);
		bool edge = value >> (2 * n + 1) & 1;

		if (((rig.spi_edge & bit) != 0) != edge) {
			rig_demand(!(rig.spi_enabled & bit),
				   "ICFGR of an enabled interrupt changes");
			rig.spi_edge = edge ? rig.spi_edge | bit : rig.spi_edge & ~bit;
		}
	}
}

void rig_gicd_write(uint32_t offset, uint32_t value)
{
	uint32_t word = offset % 0x80 / 4;
	uint32_t cpu = rig_self;

	switch (offset & ~0x7fu) {
	case 0:
		rig.gicd_ctlr = value;
		return;
	case GICD_ISENABLER:
	case GICD_ICENABLER:
		change(&rig.enabled[cpu], &rig.spi_enabled, word, value,
		       (offset & 0x80u) == (GICD_ISENABLER & 0x80u));
		return;
	case GICD_ISPENDR:
	case GICD_ICPENDR:
		change(&rig.latch[cpu], &rig.spi_latch, word, value & (word ? ~0u : 0xffff0000u),
		       (offset & 0x80u) == (GICD_ISPENDR & 0x80u));
		return;
	case GICD_ISACTIVER:
	case GICD_ICACTIVER:
		change(&rig.active[cpu], &rig.spi_active, word, value,
		       (offset & 0x80u) == (GICD_ISACTIVER & 0x80u));
		return;
	default:
		break;
	}
	if (offset == GICD_SGIR) {
		send_sgi(value);
	} else if (offset >= GICD_ICFGR && offset < GICD_ICFGR + 0x100) {
		configure((offset - GICD_ICFGR) / 4, value);
	} else if (offset >= GICD_IPRIORITYR && offset < GICD_IPRIORITYR + 64) {
		for (uint32_t n = 0; n < 4; n++) {
			rig_gicd_write8(offset + n, (uint8_t)(value >> 8 * n));
		}
	} else if (offset < GICD_IPRIORITYR || offset >= GICD_ITARGETSR) {
		rig_fail("GICD write of 0x%x is not modelled", offset);
	}
}

void rig_gicd_write8(uint32_t offset, uint8_t value)
{
	if (offset >= GICD_IPRIORITYR && offset < GICD_IPRIORITYR + 64) {
		irq_of(rig_self, offset - GICD_IPRIORITYR)->priority = value;
	} else if (offset >= GICD_ITARGETSR + 32 && offset < GICD_ITARGETSR + 64) {
		rig.irq[0][offset - GICD_ITARGETSR].targets = value;
	} else {
		rig_fail("GICD byte write of 0x%x is not modelled", offset);
	}
}

/* ---- the CPU interface ---- */

static uint32_t acknowledge(void)
{
	uint32_t cpu = rig_self;
	struct rig_cpu *c = &rig.cpu[cpu];
	uint32_t n = highest(cpu);
	uint32_t from = 0;

	if (n == SPURIOUS) {
		return SPURIOUS;
	}
	rig_demand(c->depth < sizeof(c->running), "priorities nest too deeply");
	c->running[c->depth++] = irq_of(cpu, n)->priority;
	if (n < 16) {
		while (!rig.irq[cpu][n].sources[from]) {
			from++;
		}
		rig.irq[cpu][n].sources[from] = 0;
	}
	if (n < 32) {
		rig.active[cpu] |= BIT64(n);
		rig.latch[cpu] &= ~BIT64(n);
	} else {
		rig.spi_active |= BIT64(n);
		rig.spi_latch &= ~BIT64(n);
	}
	return n | from << 10;
}

uint32_t rig_gicc_read(uint32_t offset)
{
	switch (offset) {
	case GICC_IAR:
		return acknowledge();
	case GICC_HPPIR:
		return rig_hw_bit ? highest(rig_self) : SPURIOUS;
	case 0x1000 + GICC_IIDR:
		return rig_gicc_repeats ? 0x0202143b : 0;
	case GICC_IIDR:
		return 0x0202143b; /* of a Cortex-A15's; nothing reads at 0x1000 on */
	default:
		return 0;
	}
}

void rig_gicc_write(uint32_t offset, uint32_t value)
{
	struct rig_cpu *c = rig_this();

	switch (offset) {
	case GICC_CTLR:
		c->ctlr = value;
		break;
	case GICC_PMR:
		c->pmr = value;
		break;
	case GICC_EOIR:
		rig_demand(c->depth > 0, "EOIR without an acknowledge");
		c->depth--;
		break;
	case GICC_DIR:
		rig_demand((value & 0x3ff) < 32, "DIR of an SPI");
		rig_demand(rig.active[rig_self] >> (value & 31) & 1,
			   "a private interrupt is ended that is not active");
		rig.active[rig_self] &= ~BIT64(value & 31);
		break;
	default:
		rig_fail("GICC write of 0x%x is not modelled", offset);
	}
}

/* ---- the virtual interface ---- */

static uint32_t ended(const struct rig_cpu *c)
{
	uint32_t bits = 0;

	for (uint32_t n = 0; n < NR_LRS; n++) {
		bool eoi = !(c->lr[n] & (GICH_LR_HW | GICH_LR_STATE)) && (c->lr[n] & GICH_LR_EOI);

		bits |= eoi ? BIT32(n) : 0;
	}
	return bits;
}

static uint32_t with_state(const struct rig_cpu *c, uint32_t state)
{
	uint32_t bits = 0;

	for (uint32_t n = 0; n < NR_LRS; n++) {
		bits |= (c->lr[n] & state) ? BIT32(n) : 0;
	}
	return bits;
}

/* 5.3.3 */
static bool maintenance(const struct rig_cpu *c)
{
	if (!(c->hcr & GICH_HCR_EN)) {
		return false;
	}
	return ended(c) || ((c->hcr & GICH_HCR_NPIE) && !with_state(c, GICH_LR_PENDING)) ||
	       ((c->hcr & GICH_HCR_LRENPIE) && (c->hcr & GICH_HCR_EOICOUNT));
}

bool rig_timer_level(uint32_t cpu, uint32_t intid)
{
	const struct rig_cpu *c = &rig.cpu[cpu];

	switch (intid) {
	case RIG_MAINTAIN:
		return maintenance(c);
	case RIG_PMU:
		return !rig_pmu_is_silent && (c->reg[FAKE_PMCR] & 1) &&
		       (c->reg[FAKE_PMOVSR] & c->reg[FAKE_PMINTENSET]) != 0;
	case RIG_TIMER_HYP:
		return (c->reg[FAKE_CNTHP_CTL] & 3) == 1 && c->reg[FAKE_CNTHP_CVAL] <= rig.now;
	case RIG_TIMER_VIRT:
		return (c->reg[FAKE_CNTV_CTL] & 3) == 1 &&
		       c->reg[FAKE_CNTV_CVAL] <= rig.now - c->reg[FAKE_CNTVOFF];
	default:
		return (c->reg[FAKE_CNTP_CTL] & 3) == 1 && c->reg[FAKE_CNTP_CVAL] <= rig.now;
	}
}

static uint32_t gich_read(const struct rig_cpu *c, uint32_t offset)
{
	switch (offset) {
	case GICH_HCR:
		return c->hcr;
	case GICH_VTR:
		return NR_LRS - 1;
	case GICH_VMCR:
		return c->vmcr;
	case GICH_APR:
		return c->apr;
	case GICH_EISR0:
		return ended(c);
	case GICH_ELRSR0:
		return ~with_state(c, GICH_LR_STATE) & (BIT32(NR_LRS) - 1) &
		       (rig_ended_is_empty ? ~0u : ~ended(c));
	default:
		rig_demand(offset >= GICH_LR && offset < GICH_LR + 4 * NR_LRS, "GICH read");
		return c->lr[(offset - GICH_LR) / 4];
	}
}

uint32_t rig_gich_read(uint32_t offset)
{
	return gich_read(rig_this(), offset);
}

/* The VGIC lock that this CPU holds. */
static const struct lock *vgic_lock(void)
{
	const struct rig_cpu *c = rig_this();

	for (uint32_t n = 0; n < c->nr_held; n++) {
		if (c->held[n]->rank == LOCK_RANK_VGIC) {
			return c->held[n];
		}
	}
	return NULL;
}

static void lr_write(struct rig_cpu *c, uint32_t n, uint32_t value)
{
	rig_demand(!((value & GICH_LR_HW) && (value & GICH_LR_STATE) == GICH_LR_STATE),
		   "a list register is with HW bit active and pending (5.3.9)");
	c->lr[n] = value;
}

void rig_gich_write(uint32_t offset, uint32_t value)
{
	struct rig_cpu *c = rig_this();

	switch (offset) {
	case GICH_HCR:
		c->hcr = value;
		c->lr_lock = value ? vgic_lock() : NULL;
		break;
	case GICH_VMCR:
		c->vmcr = value;
		break;
	case GICH_APR:
		c->apr = value;
		break;
	default:
		rig_demand(offset >= GICH_LR && offset < GICH_LR + 4 * NR_LRS, "GICH write");
		c->lr_late = true;
		lr_write(c, (offset - GICH_LR) / 4, value);
	}
}

/* A CPU accesses the list registers of `cpu`. While the system runs, the lock of the VGIC that is
 * in them must keep that CPU out, and what it has written there must have arrived. */
static struct rig_cpu *alias_of(uint32_t cpu)
{
	struct rig_cpu *c = &rig.cpu[cpu];

	rig_demand(rig_alias != RIG_NO_ALIAS, "GICH has no second page");
	rig_demand(cpu < rig_nr_cpus, "GICH's alias of a CPU that does not exist");
	if (!rig_is_booting()) {
		rig_demand(c->lr_lock && c->lr_lock == vgic_lock(),
			   "list registers are accessed that another VGIC's vCPU, or none, has");
		rig_demand(!c->lr_late || c == rig_this(),
			   "list registers are accessed with no DSB behind what their CPU wrote");
	}
	return c;
}

uint32_t rig_alias_read(uint32_t offset)
{
	const struct rig_cpu *c = alias_of(offset / 0x200);

	offset %= 0x200;
	rig_demand(offset == GICH_ELRSR0 || offset >= GICH_LR || rig_is_booting(),
		   "another register than ELRSR and LRn is read through GICH's alias");
	return gich_read(c, offset);
}

void rig_alias_write(uint32_t offset, uint32_t value)
{
	struct rig_cpu *c = alias_of(offset / 0x200);
	uint32_t n = (offset % 0x200 - GICH_LR) / 4 + (rig_alias == RIG_ALIAS_SKEWED);

	rig_demand(offset % 0x200 >= GICH_LR,
		   "another register than LRn is written through GICH's alias");
	rig_this()->remote_late = true;
	if (rig_is_booting()) {
		if (n < NR_LRS) {
			c->lr[n] = value;
		}
		return;
	}
	rig_remote_writes++;
	rig_demand(n < NR_LRS, "a list register is written that does not exist");
	rig_demand(!(c->lr[n] & GICH_LR_STATE),
		   "a list register that is not empty is written by another CPU");
	lr_write(c, n, value);
}

static uint32_t running_priority(const struct rig_cpu *c)
{
	return c->apr ? (uint32_t)__builtin_ctz(c->apr) : 32;
}

static bool group_on(const struct rig_cpu *c, uint32_t lr)
{
	return c->vmcr & (lr & GICH_LR_GRP1 ? GICH_VMCR_GRP1EN : GICH_VMCR_GRP0EN);
}

static uint32_t best_lr(const struct rig_cpu *c)
{
	uint32_t best = NR_LRS, first = running_priority(c);

	if (FIELD_GET(GICH_VMCR_PMR, c->vmcr) < first) {
		first = FIELD_GET(GICH_VMCR_PMR, c->vmcr);
	}
	for (uint32_t n = 0; n < NR_LRS && (c->hcr & GICH_HCR_EN); n++) {
		uint32_t priority = FIELD_GET(GICH_LR_PRIORITY, c->lr[n]);

		if ((c->lr[n] & GICH_LR_STATE) == GICH_LR_PENDING && group_on(c, c->lr[n]) &&
		    priority < first) {
			first = priority;
			best = n;
		}
	}
	return best;
}

static uint32_t iar_of(uint32_t lr)
{
	uint32_t id = lr & GICH_LR_VIRTID;

	return id < 16 ? lr & (GICH_LR_VIRTID | GICH_LR_CPUID) : id;
}

uint32_t rig_virtual(uint32_t cpu)
{
	const struct rig_cpu *c = &rig.cpu[cpu];
	uint32_t n = best_lr(c);

	return n == NR_LRS ? SPURIOUS : iar_of(c->lr[n]);
}

uint32_t rig_gicv_ack(void)
{
	struct rig_cpu *c = rig_this();
	uint32_t n = best_lr(c);

	if (n == NR_LRS) {
		return SPURIOUS;
	}
	c->apr |= BIT32(FIELD_GET(GICH_LR_PRIORITY, c->lr[n]));
	c->lr[n] = (c->lr[n] & ~GICH_LR_STATE) | GICH_LR_ACTIVE;
	return iar_of(c->lr[n]);
}

static void end_physical(uint32_t physid)
{
	uint64_t *active = physid < 32 ? &rig.active[rig_self] : &rig.spi_active;

	rig_demand(physid < 64 && (*active >> physid & 1),
		   "the guest's EOI deactivates a physical interrupt that is not active");
	*active &= ~BIT64(physid);
}

void rig_gicv_end(uint32_t iar)
{
	struct rig_cpu *c = rig_this();

	if (!c->apr) {
		return;
	}
	c->apr &= c->apr - 1;
	for (uint32_t n = 0; n < NR_LRS; n++) {
		if ((c->lr[n] & GICH_LR_ACTIVE) && iar_of(c->lr[n]) == iar) {
			c->lr[n] &= ~GICH_LR_ACTIVE;
			if (c->lr[n] & GICH_LR_HW) {
				end_physical(FIELD_GET(GICH_LR_PHYSID, c->lr[n]));
			}
			return;
		}
	}
	c->hcr += BIT32(27); /* EOICount */
}
