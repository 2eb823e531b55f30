/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the VGIC's tests: a guest's machine around one. The hardware's part (list registers, priority
 * drop, maintenance interrupts: IHI 0048B chapter 5) is played here; numbers are typed from the
 * specification. The monitor's part (when to read, fold, flush and write) is hyp/core/vsync.c.
 */
#ifndef TEST_UNIT_TEST_VGIC_H
#define TEST_UNIT_TEST_VGIC_H

#include "test/unit/test.h"
#include "vgic/vgic.h"

#define CTLR	   0x000u
#define IGROUPR	   0x080u
#define ISENABLER  0x100u
#define ICENABLER  0x180u
#define ISPENDR	   0x200u
#define ICPENDR	   0x280u
#define ISACTIVER  0x300u
#define ICACTIVER  0x380u
#define IPRIORITYR 0x400u
#define ITARGETSR  0x800u
#define ICFGR	   0xc00u
#define SGIR	   0xf00u
#define CPENDSGIR  0xf10u
#define SPENDSGIR  0xf20u

/* GICH_VMCR (5.3.3): both groups on; of GICC_PMR the upper five bits. */
#define RIG_VMCR 0xf8000003u

#define SPURIOUS 1023u
#define STORM	 64 /* so many maintenance interrupts in a row: the vCPU makes no progress */

/* One vCPU's GICH and GICV. */
struct rig_cpu {
	bool loaded;
	uint32_t lr[16];
	uint32_t hcr;
	uint32_t apr; /* bit n: priority 8n is active */
	uint32_t vmcr;
	bool eoimode;
	uint32_t reads;	     /* of list registers, all in all */
	uint32_t writes;     /* likewise */
	uint32_t alone;	     /* of these, by vgic_hw_write_one */
	uint32_t maintained; /* maintenance interrupts */
	uint32_t syncs;	     /* times that all list registers in use were read */
	uint32_t acked;	     /* interrupts that the guest has taken */
};

struct rig_glue;

struct rig {
	struct vgic *vgic;
	struct rig_glue *glue; /* vgic_rig.c */
	unsigned *failures;
	uint32_t nr_vcpus, nr_lrs;
	struct rig_cpu cpu[8];
	vgic_kick_t kick;
	uint32_t woken; /* of those not loaded, who was, as vm_kick does; for whoever clears it */
	uint8_t physical[1024]; /* active in the physical GIC */
	bool low[1024];		/* its line has fallen since it fired */
	uint32_t deactivated;	/* by the monitor */
	uint32_t storms;
	void (*on_trigger)(uint32_t physid, bool edge); /* phys_change_trigger */
	bool eoi_is_empty; /* GICH_ELRSR shows an empty list register that asks for maintenance */
};

/* vgic_rig.c: the monitor for a VGIC that is made; where its failed checks are counted. */
void rig_begin(struct rig *rig, unsigned *failures);
void rig_free(struct rig *rig);

static inline void rig_make(struct rig *rig, uint32_t nr_vcpus, uint32_t nr_irqs, uint32_t nr_lrs)
{
	size_t size = vgic_size(nr_vcpus, nr_irqs);
	void *memory = malloc(size);

	memset(rig, 0, sizeof(*rig));
	memset(memory, 0xa5, size);
	rig->nr_vcpus = nr_vcpus;
	rig->nr_lrs = nr_lrs;
	rig->vgic = vgic_init(memory, nr_vcpus, nr_irqs, nr_lrs);
	for (uint32_t v = 0; v < nr_vcpus; v++) {
		rig->cpu[v].vmcr = RIG_VMCR;
		vgic_cif(rig->vgic, v)->vmcr = RIG_VMCR;
	}
	rig_begin(rig, &test_failures);
}

/* ---- hardware ---- */

static inline uint32_t hw_state(uint32_t lr)
{
	return (lr >> 28) & 3u; /* 1 pending, 2 active */
}

static inline uint32_t hw_misr(const struct rig *rig, uint32_t v)
{
	const struct rig_cpu *cpu = &rig->cpu[v];
	uint32_t valid = 0, pending = 0, eoi = 0;

	for (uint32_t n = 0; n < rig->nr_lrs; n++) {
		valid += hw_state(cpu->lr[n]) != 0;
		pending += hw_state(cpu->lr[n]) == 1;
		eoi += hw_state(cpu->lr[n]) == 0 && (cpu->lr[n] & 0x80080000u) == 0x00080000u;
	}
	return (eoi ? 1u : 0) | ((cpu->hcr & 2u) && valid <= 1 ? 2u : 0) |
	       ((cpu->hcr & 4u) && cpu->hcr >> 27 ? 4u : 0) |
	       ((cpu->hcr & 8u) && !pending ? 8u : 0);
}

/* GICH_EISR: empty ones that ask for maintenance. */
static inline uint32_t hw_eisr(const struct rig *rig, uint32_t v)
{
	uint32_t bits = 0;

	for (uint32_t n = 0; n < rig->nr_lrs; n++) {
		uint32_t lr = rig->cpu[v].lr[n];

		bits |= hw_state(lr) == 0 && (lr & 0x80080000u) == 0x00080000u ? 1u << n : 0;
	}
	return bits;
}

/* GICH_ELRSR. Implementations differ in whether those of GICH_EISR are among them. */
static inline uint32_t hw_elrsr(const struct rig *rig, uint32_t v)
{
	uint32_t bits = 0;

	for (uint32_t n = 0; n < rig->nr_lrs; n++) {
		bits |= hw_state(rig->cpu[v].lr[n]) == 0 ? 1u << n : 0;
	}
	return rig->eoi_is_empty ? bits : bits & ~hw_eisr(rig, v);
}

static inline void hw_write(struct rig *rig, uint32_t v)
{
	struct vgic_cif *cif = vgic_cif(rig->vgic, v);

	for (uint32_t n = 0; n < 16; n++) {
		if (cif->dirty & (1u << n)) {
			CHECK(n < rig->nr_lrs);
			rig->cpu[v].lr[n] = cif->lr[n];
			rig->cpu[v].writes++;
		}
	}
	cif->dirty = 0;
	if (cif->hcr_dirty) {
		rig->cpu[v].hcr = cif->hcr;
		cif->hcr_dirty = false;
	}
}

static inline void hw_read(struct rig *rig, uint32_t v)
{
	struct vgic_cif *cif = vgic_cif(rig->vgic, v);

	for (uint32_t n = 0; n < rig->nr_lrs; n++) {
		if (cif->used & ~cif->dirty & (1u << n)) {
			cif->lr[n] = rig->cpu[v].lr[n];
			rig->cpu[v].reads++;
		}
	}
	if (cif->hcr & 4u) {
		cif->hcr = rig->cpu[v].hcr;
	}
}

/* The running priority as a level 0..31; 32: idle. */
static inline uint32_t hw_running(const struct rig_cpu *cpu)
{
	return cpu->apr ? (uint32_t)__builtin_ctz(cpu->apr) : 32;
}

/* What GICV_HPPIR would show: the list register's number, or -1. */
static inline int hw_best(const struct rig *rig, uint32_t v)
{
	const struct rig_cpu *cpu = &rig->cpu[v];
	int best = -1;

	for (uint32_t n = 0; n < rig->nr_lrs; n++) {
		if (hw_state(cpu->lr[n]) == 1 &&
		    (best < 0 || ((cpu->lr[n] >> 23) & 31u) < ((cpu->lr[best] >> 23) & 31u))) {
			best = (int)n;
		}
	}
	if (best < 0 || ((cpu->lr[best] >> 23) & 31u) >= hw_running(cpu)) {
		return -1;
	}
	return best;
}

/* GICV_IAR: INTID and, for an SGI, source << 10. */
static inline uint32_t hw_ack(struct rig *rig, uint32_t v)
{
	struct rig_cpu *cpu = &rig->cpu[v];
	int n = hw_best(rig, v);
	uint32_t lr;

	if (n < 0) {
		return SPURIOUS;
	}
	lr = cpu->lr[n];
	cpu->acked++;
	cpu->lr[n] = (lr & ~0x30000000u) | 0x20000000u;
	cpu->apr |= 1u << ((lr >> 23) & 31u);
	return (lr & 0x3ffu) < 16 ? lr & 0x1fffu : lr & 0x3ffu;
}

/* The list register that has it active, or -1. */
static inline int hw_find_active(const struct rig *rig, uint32_t v, uint32_t iar)
{
	for (uint32_t n = 0; n < rig->nr_lrs; n++) {
		uint32_t lr = rig->cpu[v].lr[n];

		if ((hw_state(lr) & 2u) && (lr & 0x3ffu) == (iar & 0x3ffu) &&
		    ((iar & 0x3ffu) >= 16 || (lr & 0x1fffu) == iar)) {
			return (int)n;
		}
	}
	return -1;
}

static inline void hw_eoi(struct rig *rig, uint32_t v, uint32_t iar)
{
	struct rig_cpu *cpu = &rig->cpu[v];
	int n = hw_find_active(rig, v, iar);
	bool dropped = cpu->apr != 0;

	cpu->apr &= cpu->apr - 1;
	if (cpu->eoimode) {
		return;
	}
	if (n >= 0) {
		if (cpu->lr[n] & 0x80000000u) {
			rig->physical[(cpu->lr[n] >> 10) & 0x3ffu] = 0;
		}
		cpu->lr[n] &= ~0x20000000u;
	} else if (dropped) {
		cpu->hcr += 1u << 27;
	}
}

/* As vgic_hw_look. */
static inline void hw_look(struct rig *rig, uint32_t v)
{
	vgic_cif(rig->vgic, v)->vmcr = rig->cpu[v].vmcr;
	vgic_cif(rig->vgic, v)->apr = rig->cpu[v].apr;
}

/* ---- the monitor: hyp/core/vsync.c, by vgic_rig.c ---- */

/* Work as it was read before the lock was there, whatever it is by then. */
void rig_works(struct rig *rig, uint32_t v, enum vgic_work work);
/* Read back and folded: rig_enter before the guest goes on. */
void rig_fold(struct rig *rig, uint32_t v);
/* Its WFI, as run_wait: true if it may wait. The rig's CPU is folded then in either case. */
bool rig_waits(struct rig *rig, uint32_t v);
/* To the guest's next instruction: what work asks for, then maintenance interrupts. Nothing for who
 * is on no CPU. */
void rig_enter(struct rig *rig, uint32_t v);
/* A maintenance interrupt is asserted, if one is: once. */
void rig_maintains(struct rig *rig, uint32_t v);
void rig_load(struct rig *rig, uint32_t v);
void rig_unload(struct rig *rig, uint32_t v);
/* A guest's access as it traps. That of a vCPU which is on no CPU, which no guest can make, is the
 * distributor's alone. */
enum mmio_result rig_try(struct rig *rig, uint32_t v, struct mmio *mmio);
/* A write to GICV_DIR, as it traps. */
void rig_deactivates(struct rig *rig, uint32_t v, uint32_t iar);
/* A physical interrupt fires: to the CPU that has the vCPU if it is its own. */
void rig_fires(struct rig *rig, uint32_t v, uint32_t intid, uint32_t physid);
/* Another CPU can write these list registers: of what rig_raises drives, an SPI or vCPU 0's PPI,
 * rig->kick then holds only who must be kicked all the same. */
void rig_set_reach(struct rig *rig, uint32_t lrs);
void rig_raises(struct rig *rig, uint32_t intid, bool level);
/* What the VGIC asks of the physical GIC after a reset. */
void rig_releases(struct rig *rig, uint32_t v);

static inline enum vgic_work rig_work(const struct rig *rig, uint32_t v)
{
	return vgic_cif_work(vgic_cif(rig->vgic, v));
}

static inline void rig_sync(struct rig *rig, uint32_t v)
{
	rig_works(rig, v, VGIC_WORK_SYNC);
}

/* Kicked vCPUs that are loaded exit and enter again. */
static inline void rig_settle(struct rig *rig)
{
	for (uint32_t turns = 0; rig->kick && turns < STORM; turns++) {
		uint32_t kick = rig->kick;

		rig->kick = 0;
		for (uint32_t v = 0; v < rig->nr_vcpus; v++) {
			if (kick & (1u << v)) {
				bool wake = !rig->cpu[v].loaded && vgic_has_pending(rig->vgic, v);

				rig->woken |= wake ? 1u << v : 0;
				rig_enter(rig, v);
			}
		}
	}
	CHECK_EQ(rig->kick, 0);
}

static inline uint32_t rig_access(struct rig *rig, uint32_t v, struct mmio mmio)
{
	uint32_t turns = 0;

	while (rig_try(rig, v, &mmio) == MMIO_RETRY && turns < STORM) {
		rig_settle(rig);
		turns++;
	}
	rig_settle(rig);
	CHECK(turns < STORM);
	return mmio.value;
}

static inline uint32_t rig_read(struct rig *rig, uint32_t v, uint32_t offset)
{
	return rig_access(rig, v, (struct mmio) { offset, 4, false, 0 });
}

static inline void rig_write(struct rig *rig, uint32_t v, uint32_t offset, uint32_t value)
{
	rig_access(rig, v, (struct mmio) { offset, 4, true, value });
}

static inline void rig_write8(struct rig *rig, uint32_t v, uint32_t offset, uint32_t value)
{
	rig_access(rig, v, (struct mmio) { offset, 1, true, value });
}

static inline uint32_t rig_read8(struct rig *rig, uint32_t v, uint32_t offset)
{
	return rig_access(rig, v, (struct mmio) { offset, 1, false, 0 });
}

static inline uint32_t rig_bit(struct rig *rig, uint32_t base, uint32_t v, uint32_t intid)
{
	return rig_read(rig, v, base + intid / 32 * 4) >> (intid % 32) & 1;
}

static inline void rig_set_bit(struct rig *rig, uint32_t base, uint32_t v, uint32_t intid)
{
	rig_write(rig, v, base + intid / 32 * 4, 1u << (intid % 32));
}

/* GICD_ICFGR (4.3.13): edge-triggered, or level-sensitive. */
static inline void rig_set_edge(struct rig *rig, uint32_t intid, bool edge)
{
	uint32_t offset = ICFGR + intid / 16 * 4, bit = 2u << (intid % 16 * 2);
	uint32_t others = rig_read(rig, 0, offset) & ~bit;

	rig_write(rig, 0, offset, edge ? others | bit : others);
}

static inline int rig_try_line(struct rig *rig, uint32_t v, uint32_t intid, bool level)
{
	struct irq_line line = { intid < 32 ? IRQ_LINE_PPI : IRQ_LINE_SPI, v, intid };
	static uint32_t turn;

	if (intid >= 32 && intid < vgic_nr_irqs(rig->vgic) && ++turn % 2) {
		return vgic_set_spi(rig->vgic, intid - 32, level, &rig->kick);
	}
	return vgic_set_line(rig->vgic, &line, level, &rig->kick);
}

static inline void rig_line(struct rig *rig, uint32_t v, uint32_t intid, bool level)
{
	CHECK_EQ(rig_try_line(rig, v, intid, level), 0);
	rig_settle(rig);
}

/* The guest's view of its CPU interface. */
static inline uint32_t rig_ack(struct rig *rig, uint32_t v)
{
	uint32_t iar = hw_ack(rig, v);

	rig_enter(rig, v);
	rig_settle(rig);
	return iar;
}

static inline void rig_eoi(struct rig *rig, uint32_t v, uint32_t iar)
{
	hw_eoi(rig, v, iar);
	rig_enter(rig, v);
	rig_settle(rig);
}

/* The guest acknowledges; it gets this GICV_IAR. */
#define rig_take(rig, v, iar) \
	test_check_eq(rig_ack(rig, v), iar, __FILE__, __LINE__, "the acknowledged interrupt")

static inline void rig_dir(struct rig *rig, uint32_t v, uint32_t iar)
{
	rig_deactivates(rig, v, iar);
	rig_settle(rig);
}

static inline void rig_fire(struct rig *rig, uint32_t v, uint32_t intid, uint32_t physid)
{
	rig_fires(rig, v, intid, physid);
	rig_settle(rig);
}

/* A distributor that is on, with every interrupt enabled at priority 0xa0, SPIs to vCPU 0; vCPUs
 * loaded. */
static inline void rig_boot(struct rig *rig, uint32_t nr_vcpus, uint32_t nr_irqs, uint32_t nr_lrs)
{
	rig_make(rig, nr_vcpus, nr_irqs, nr_lrs);
	for (uint32_t v = 0; v < nr_vcpus; v++) {
		rig_load(rig, v);
		for (uint32_t n = 0; n < 32; n += 4) {
			rig_write(rig, v, IPRIORITYR + n, 0xa0a0a0a0);
		}
		rig_write(rig, v, ISENABLER, 0xffffffff);
	}
	for (uint32_t n = 32; n < nr_irqs; n += 4) {
		rig_write(rig, 0, IPRIORITYR + n, 0xa0a0a0a0);
		rig_write(rig, 0, ITARGETSR + n, 0x01010101);
	}
	for (uint32_t n = 4; n < 128; n += 4) {
		rig_write(rig, 0, ISENABLER + n, 0xffffffff);
	}
	rig_write(rig, 0, CTLR, 1);
}

#endif
