/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VGIC's registers as KVM's device attributes (Linux, Documentation/virt/kvm/devices/
 * arm-vgic.rst). Which there are, and what a write does; and guests whose VGIC is saved and
 * restored into a new one in between, as a VMM does it, in the order of QEMU's arm_gic_kvm.c: the
 * model of the GICv2, which knows nothing of that, goes on.
 */
#include "test/unit/vgic_model.h"

#define ENXIO  6
#define EINVAL 22

#define TYPER 0x004u
#define IIDR  0x008u
#define PMR   0x04u
#define BPR   0x08u
#define ABPR  0x1cu
#define APR   0xd0u

static uint32_t seed;

uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

typedef int (*access_t)(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio, vgic_kick_t *kick);

static uint32_t get(struct vgic *vgic, access_t access, uint32_t v, uint32_t offset)
{
	struct mmio mmio = { offset, 4, false, 0x5a5a5a5a };
	vgic_kick_t kick = 0;

	CHECK_EQ(access(vgic, v, &mmio, &kick), 0);
	CHECK_EQ(kick, 0);
	return mmio.value;
}

static vgic_kick_t set(struct vgic *vgic, access_t access, uint32_t v, uint32_t offset,
		       uint32_t value)
{
	struct mmio mmio = { offset, 4, true, value };
	vgic_kick_t kick = 0;

	CHECK_EQ(access(vgic, v, &mmio, &kick), 0);
	return kick;
}

static int try(access_t access, uint32_t offset, bool is_write, uint32_t value)
{
	struct mmio mmio = { offset, 4, is_write, value };
	vgic_kick_t kick = 0;

	return access(rig.vgic, 0, &mmio, &kick);
}

/* ---- which there are ---- */

/* Of a VGIC with `words` words of interrupts, by table 4-1. */
static bool is_there(uint32_t offset, uint32_t words)
{
	static const struct {
		uint32_t from, bytes; /* for a word of interrupts; 0: the register alone */
	} registers[] = {
		{ CTLR, 0 },	       { TYPER, 0 },	     { IIDR, 0 },
		{ IGROUPR, 4 },	       { ISENABLER, 4 },     { ICENABLER, 4 },
		{ ISPENDR, 4 },	       { ICPENDR, 4 },	     { ISACTIVER, 4 },
		{ ICACTIVER, 4 },      { IPRIORITYR, 32 },   { ITARGETSR, 32 },
		{ ICFGR, 8 },	       { SGIR, 0 },	     { CPENDSGIR, 0 },
		{ CPENDSGIR + 4, 0 },  { CPENDSGIR + 8, 0 }, { CPENDSGIR + 12, 0 },
		{ SPENDSGIR, 0 },      { SPENDSGIR + 4, 0 }, { SPENDSGIR + 8, 0 },
		{ SPENDSGIR + 12, 0 },
	};

	for (size_t n = 0; n < ARRAY_SIZE(registers); n++) {
		uint32_t size = registers[n].bytes ? registers[n].bytes * words : 4;

		if (offset % 4 == 0 && offset >= registers[n].from &&
		    offset < registers[n].from + size) {
			return true;
		}
	}
	return false;
}

static void distributor(void)
{
	static const uint32_t irqs[] = { 32, 64, 128, 992, 1020 };

	for (size_t n = 0; n < ARRAY_SIZE(irqs); n++) {
		rig_make(&rig, 2, irqs[n], 4);
		for (uint32_t offset = 0; offset < 0x1010; offset++) {
			int said = is_there(offset, (irqs[n] + 31) / 32) ? 0 : -ENXIO;

			CHECK_EQ(try(vgic_user_dist, offset, false, 0), said);
			CHECK_EQ(try(vgic_user_dist, offset, true, 0),
				 said == 0 && offset == IIDR ? -EINVAL : said);
		}
		CHECK_EQ(try(vgic_user_dist, 0xffffff00, false, 0), -ENXIO);
		rig_free(&rig);
	}
}

static void interface(void)
{
	static const uint32_t there[] = {
		0, PMR, BPR, ABPR, APR, APR + 4, APR + 8, APR + 12, 0xfc
	};

	rig_make(&rig, 2, 64, 4);
	for (uint32_t offset = 0; offset < 0x2010; offset++) {
		int said = -ENXIO;

		for (size_t n = 0; n < ARRAY_SIZE(there); n++) {
			said = offset == there[n] ? 0 : said;
		}
		CHECK_EQ(try(vgic_user_cif, offset, false, 0), said);
		CHECK_EQ(try(vgic_user_cif, offset, true, 0), said);
	}
	rig_free(&rig);
}

/* Each field alone, in GICH_VMCR (5.3.3) as in the register. */
static void fields(void)
{
	static const struct {
		uint32_t offset, mask, shift;
	} parts[] = {
		{ 0, 0x21f, 0 },
		{ PMR, 0x1f, 27 },
		{ BPR, 7, 21 },
		{ ABPR, 7, 18 },
	};
	struct vgic_cif *cif;

	rig_make(&rig, 2, 64, 4);
	cif = vgic_cif(rig.vgic, 1);
	for (size_t n = 0; n < ARRAY_SIZE(parts); n++) {
		cif->vmcr = 0;
		set(rig.vgic, vgic_user_cif, 1, parts[n].offset, 0xffffffff);
		CHECK_EQ(cif->vmcr, parts[n].mask << parts[n].shift);
		CHECK_EQ(get(rig.vgic, vgic_user_cif, 1, parts[n].offset), parts[n].mask);
		cif->vmcr = 0xffffffff;
		set(rig.vgic, vgic_user_cif, 1, parts[n].offset, 0);
		CHECK_EQ(cif->vmcr, ~(parts[n].mask << parts[n].shift));
		CHECK_EQ(get(rig.vgic, vgic_user_cif, 1, parts[n].offset), 0);
	}
	set(rig.vgic, vgic_user_cif, 1, APR, 0x80000001);
	set(rig.vgic, vgic_user_cif, 1, APR + 4, 0xffffffff);
	CHECK_EQ(cif->apr, 0x80000001);
	CHECK_EQ(get(rig.vgic, vgic_user_cif, 1, APR), 0x80000001);
	CHECK_EQ(get(rig.vgic, vgic_user_cif, 1, APR + 4), 0);
	CHECK_EQ(get(rig.vgic, vgic_user_cif, 0, APR), 0);
	set(rig.vgic, vgic_user_cif, 1, 0xfc, 0);
	CHECK_EQ(get(rig.vgic, vgic_user_cif, 1, 0xfc), 0x04b2043b); /* 0x4b, GICv2, ARM */
	rig_free(&rig);
}

/* Groups are written by those who have said that they know the VGIC. */
static void groups(void)
{
	uint32_t iidr;

	rig_make(&rig, 2, 64, 4);
	set(rig.vgic, vgic_user_dist, 0, IGROUPR + 4, 0xffffffff);
	CHECK_EQ(get(rig.vgic, vgic_user_dist, 0, IGROUPR + 4), 0);
	iidr = get(rig.vgic, vgic_user_dist, 0, IIDR);
	CHECK_EQ(try(vgic_user_dist, IIDR, true, iidr ^ 0x1000), -EINVAL);
	set(rig.vgic, vgic_user_dist, 0, IGROUPR + 4, 0xffffffff);
	CHECK_EQ(get(rig.vgic, vgic_user_dist, 0, IGROUPR + 4), 0);
	set(rig.vgic, vgic_user_dist, 0, IIDR, iidr);
	set(rig.vgic, vgic_user_dist, 0, IGROUPR + 4, 0xffff0000);
	CHECK_EQ(get(rig.vgic, vgic_user_dist, 0, IGROUPR + 4), 0xffff0000);
	CHECK_EQ(get(rig.vgic, vgic_user_dist, 1, IGROUPR + 4), 0xffff0000);
	set(rig.vgic, vgic_user_dist, 1, IGROUPR, 0x00010000); /* banked */
	CHECK_EQ(get(rig.vgic, vgic_user_dist, 0, IGROUPR), 0);
	rig_free(&rig);
}

/* Lines that are driven by others, and SGIs, have no level here; a level is no edge. */
static void lines(void)
{
	rig_make(&rig, 2, 64, 4);
	vgic_phys_set_owner(rig.vgic, 27, VGIC_OWNER_TIMER, 27);
	rig_write(&rig, 0, ICFGR + 8, 0x2); /* SPI 32: an edge */
	CHECK_EQ(try(vgic_user_lines, 1, false, 0), -EINVAL);
	CHECK_EQ(try(vgic_user_lines, 64, false, 0), -EINVAL);
	CHECK_EQ(try(vgic_user_lines, 64, true, 0), -EINVAL);
	set(rig.vgic, vgic_user_lines, 1, 0, 0xffffffff);
	set(rig.vgic, vgic_user_lines, 1, 32, 0x0000ffff);
	CHECK_EQ(get(rig.vgic, vgic_user_lines, 1, 0), 0xf7ff0000);
	CHECK_EQ(get(rig.vgic, vgic_user_lines, 0, 0), 0);
	CHECK_EQ(get(rig.vgic, vgic_user_lines, 0, 32), 0x0000ffff);
	CHECK_EQ(rig_read(&rig, 0, ISPENDR + 4), 0x0000fffe);
	CHECK_EQ(rig_read(&rig, 1, ISPENDR), 0xf7ff0000);
	set(rig.vgic, vgic_user_lines, 1, 32, 0x0000fff0);
	CHECK_EQ(rig_read(&rig, 0, ISPENDR + 4), 0x0000fff0);
	rig_free(&rig);
}

/* Its own registers make a timer pending; one that is let go has no physical interrupt. */
static void timers(void)
{
	uint32_t physid;

	rig_make(&rig, 1, 64, 4);
	vgic_phys_set_owner(rig.vgic, 27, VGIC_OWNER_TIMER, 27);
	set(rig.vgic, vgic_user_dist, 0, ISPENDR, 0xffffffff);
	CHECK_EQ(get(rig.vgic, vgic_user_dist, 0, ISPENDR), 0xf7ff0000);
	rig_free(&rig);
	rig_boot(&rig, 1, 64, 4);
	vgic_phys_set_owner(rig.vgic, 27, VGIC_OWNER_TIMER, 27);
	rig_fire(&rig, 0, 27, 27);
	rig_take(&rig, 0, 27);
	rig_unload(&rig, 0);
	CHECK_EQ(get(rig.vgic, vgic_user_dist, 0, ISACTIVER), 1u << 27);
	set(rig.vgic, vgic_user_dist, 0, ICACTIVER, 0xffffffff);
	CHECK(!vgic_phys_held(rig.vgic, 0, 27));
	CHECK(!vgic_phys_release_next(rig.vgic, 0, &physid));
	rig_free(&rig);
}

/* A vCPU that waits is woken by what opens its interface. */
static void wakes(void)
{
	rig_make(&rig, 2, 64, 4);
	vgic_cif(rig.vgic, 1)->vmcr = 0;
	set(rig.vgic, vgic_user_dist, 0, CTLR, 1);
	set(rig.vgic, vgic_user_dist, 0, ITARGETSR + 40, 0x02020202);
	set(rig.vgic, vgic_user_dist, 0, ISENABLER + 4, 0xffffffff);
	CHECK_EQ(set(rig.vgic, vgic_user_dist, 0, ISPENDR + 4, 1u << 8), 0);
	CHECK_EQ(set(rig.vgic, vgic_user_cif, 1, 0, 1), 0);
	CHECK_EQ(set(rig.vgic, vgic_user_cif, 1, PMR, 0x1f), 2);
	CHECK_EQ(set(rig.vgic, vgic_user_cif, 0, PMR, 0x1f), 0);
	CHECK_EQ(set(rig.vgic, vgic_user_dist, 0, ISPENDR + 4, 1u << 9), 2);
	CHECK_EQ(set(rig.vgic, vgic_user_cif, 1, APR, 1), 0);
	CHECK_EQ(set(rig.vgic, vgic_user_lines, 0, 32, 1u << 10), 0); /* priority 0 is active */
	rig_free(&rig);
}

/* ---- saved and restored ---- */

struct saved {
	uint32_t ctlr, iidr, typer;
	uint32_t group[8][2], enabled[8][2], pending[8][2], active[8][2], line[8][2];
	uint32_t config[8][4], priority[8][16], targets[16], sgi[8][4];
	uint32_t cif[8][8]; /* CTLR, PMR, BPR, ABPR, APR0 to 3 */
};

static const uint32_t cif_at[8] = { 0, PMR, BPR, ABPR, APR, APR + 4, APR + 8, APR + 12 };

static void save_words(uint32_t v, uint32_t base, uint32_t *to, uint32_t count)
{
	for (uint32_t n = 0; n < count; n++) {
		to[n] = get(rig.vgic, vgic_user_dist, v, base + 4 * n);
	}
}

static void save(struct saved *saved)
{
	memset(saved, 0, sizeof(*saved));
	saved->ctlr = get(rig.vgic, vgic_user_dist, 0, CTLR);
	saved->typer = get(rig.vgic, vgic_user_dist, 0, TYPER);
	saved->iidr = get(rig.vgic, vgic_user_dist, 0, IIDR);
	save_words(0, ITARGETSR, saved->targets, IRQS / 4);
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		save_words(v, IGROUPR, saved->group[v], 2);
		save_words(v, ISENABLER, saved->enabled[v], 2);
		save_words(v, ISPENDR, saved->pending[v], 2);
		save_words(v, ISACTIVER, saved->active[v], 2);
		save_words(v, ICFGR, saved->config[v], 4);
		save_words(v, IPRIORITYR, saved->priority[v], 16);
		save_words(v, CPENDSGIR, saved->sgi[v], 4);
		for (uint32_t n = 0; n < 2; n++) {
			saved->line[v][n] = get(rig.vgic, vgic_user_lines, v, 32 * n);
		}
		for (uint32_t n = 0; n < 8; n++) {
			saved->cif[v][n] = get(rig.vgic, vgic_user_cif, v, cif_at[n]);
		}
	}
}

/* Private registers of each vCPU, the others once. */
static void restore_words(uint32_t base, uint32_t clear, const uint32_t *from, uint32_t stride,
			  uint32_t own, uint32_t count)
{
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		for (uint32_t n = 0; n < (v ? own : count); n++) {
			if (clear) {
				set(rig.vgic, vgic_user_dist, v, clear + 4 * n, 0xffffffff);
			}
			set(rig.vgic, vgic_user_dist, v, base + 4 * n, from[v * stride + n]);
		}
	}
}

static void restore(const struct saved *saved)
{
	bool before = rnd(2); /* not so in QEMU */

	set(rig.vgic, vgic_user_dist, 0, IIDR, saved->iidr);
	set(rig.vgic, vgic_user_dist, 0, CTLR, saved->ctlr);
	restore_words(ISENABLER, ICENABLER, saved->enabled[0], 2, 1, 2);
	restore_words(IGROUPR, 0, saved->group[0], 2, 1, 2);
	restore_words(ITARGETSR, 0, saved->targets, 0, 0, 16);
	restore_words(ICFGR, 0, saved->config[0], 4, 2, 4);
	restore_words(ISPENDR, ICPENDR, saved->pending[0], 2, 1, 2);
	if (before) {
		restore_words(IPRIORITYR, 0, saved->priority[0], 16, 8, 16);
	}
	restore_words(ISACTIVER, ICACTIVER, saved->active[0], 2, 1, 2);
	if (!before) {
		restore_words(IPRIORITYR, 0, saved->priority[0], 16, 8, 16);
	}
	restore_words(SPENDSGIR, CPENDSGIR, saved->sgi[0], 4, 4, 4);
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		for (uint32_t n = 0; n < 2; n++) {
			set(rig.vgic, vgic_user_lines, v, 32 * n, saved->line[v][n]);
		}
		for (uint32_t n = 0; n < 8; n++) {
			set(rig.vgic, vgic_user_cif, v, cif_at[n], saved->cif[v][n]);
		}
	}
}

/* What no register shows: who has an SPI active, from where an active SGI came, and with which
 * priority it was acknowledged. And what a VM at run time does not have. */
static bool is_hidden(uint32_t v, uint32_t intid)
{
	const struct model_irq *irq = model_irq(v, intid);
	struct vgic_ref ref = vgic_state_ref(rig.vgic, v, intid);
	uint32_t first = ref.irq->targets && model.nr_vcpus > 1
				 ? (uint32_t)__builtin_ctz(ref.irq->targets)
				 : 0;

	if (irq->held) {
		return true;
	}
	return irq->active &&
	       (irq->holder == 0xff || irq->source != 0 || (intid >= 32 && irq->holder != first) ||
		ref.irq->active_priority != ref.irq->priority);
}

static bool is_all_shown(void)
{
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		for (size_t n = 0; n < NR_USED; n++) {
			if (is_hidden(v, used[n])) {
				return false;
			}
		}
	}
	return true;
}

/* As KVM: what was pending by its level is pending also by itself. Who knows the levels leaves
 * those out, and loses what was pending by both. */
static void mix_levels(struct saved *saved, bool as_kvm)
{
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		for (uint32_t n = 16; n < IRQS; n++) {
			struct model_irq *irq = model_irq(v, n);

			if (!irq->line || irq->edge) {
				continue;
			}
			irq->latch = as_kvm;
			if (!as_kvm) {
				saved->pending[n < 32 ? v : 0][n / 32] &= ~(1u << n % 32);
			}
		}
	}
}

static void make_another(const struct saved *saved)
{
	struct rig old = rig;

	rig_make(&rig, model.nr_vcpus, IRQS, old.nr_lrs);
	rig.vgic->soft_eoi = old.vgic->soft_eoi;
	rig.eoi_is_empty = old.eoi_is_empty;
	restore(saved);
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		rig.cpu[v].vmcr = vgic_cif(rig.vgic, v)->vmcr;
		rig.cpu[v].apr = vgic_cif(rig.vgic, v)->apr;
		CHECK_EQ(rig.cpu[v].vmcr, old.cpu[v].vmcr);
		CHECK_EQ(rig.cpu[v].apr, old.cpu[v].apr);
	}
	rig_free(&old);
}

static void own_again(void)
{
	vgic_phys_set_owner(rig.vgic, FIRED, VGIC_OWNER_PASSED, 141);
	vgic_phys_set_owner(rig.vgic, WIRED, VGIC_OWNER_DEVICE, 0);
	if (model.nr_vcpus == 1) {
		vgic_phys_set_owner(rig.vgic, TIMER, VGIC_OWNER_TIMER, 27);
	}
}

static uint32_t moves;

/* Saved, and restored into another one; true: it was possible. */
static bool move_over(bool as_kvm)
{
	struct saved saved, again;

	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		if (rig.cpu[v].loaded) {
			do_unload(v);
		}
	}
	if (!is_all_shown()) {
		return false;
	}
	save(&saved);
	for (uint32_t v = 0; v < model.nr_vcpus; v++) { /* here, it is like all others */
		saved.line[v][1] |= model.irq[0][WIRED].line ? 1u << (WIRED - 32) : 0;
	}
	again = saved;
	mix_levels(&saved, as_kvm);
	make_another(&saved);
	save(&saved);
	CHECK(!memcmp(&saved, &again, sizeof(saved)));
	own_again();
	rig.kick = 0;
	moves++;
	return true;
}

static void load_all(void)
{
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		if (!rig.cpu[v].loaded) {
			rig_load(&rig, v);
		}
	}
	look(0, TIMER);
	look(0, FIRED);
	rig_settle(&rig);
}

static void lock_step(void)
{
	moves = 0;
	for (uint32_t run = 0; run < 300 && !test_failures; run++) {
		seed = 0x9e3779b9u * (run + 1);
		start();
		for (uint32_t n = 0; n < 1000 && !test_failures; n++) {
			if (rnd(8) == 0) {
				(void)move_over(rnd(2));
				load_all();
			}
			lock_step_one();
			if (test_failures) {
				printf("run %u step %u lrs %u vcpus %u\n", run, n, rig.nr_lrs,
				       model.nr_vcpus);
			}
		}
		rig_free(&rig);
	}
	CHECK(moves > 1000);
}

/* No edge is lost, and none taken twice. */
static void late(void)
{
	moves = 0;
	for (uint32_t run = 0; run < 300 && !test_failures; run++) {
		seed = 0x9e3779b9u * (run + 5000);
		start();
		late_begin();
		for (uint32_t n = 0; n < 500 && !test_failures; n++) {
			if (rnd(8) == 0) {
				(void)move_over(false);
			}
			late_one();
		}
		late_end();
		if (test_failures) {
			printf("run %u lrs %u vcpus %u\n", run, rig.nr_lrs, model.nr_vcpus);
		}
		rig_free(&rig);
	}
	CHECK(moves > 1000);
}

static const struct test_case cases[] = {
	{ "distributor", distributor },
	{ "interface", interface },
	{ "fields", fields },
	{ "groups", groups },
	{ "lines", lines },
	{ "timers", timers },
	{ "wakes", wakes },
	{ "lock_step", lock_step },
	{ "late", late },
};

TEST_MAIN("vgic_user", cases)
