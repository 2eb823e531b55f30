/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plain model of the GICv2, and guests and devices that act on it and on the VGIC alike. Steps
 * are drawn by rnd(), which the including program has: random numbers (test_vgic_model.c), or the
 * bytes of a fuzzer.
 */
#ifndef TEST_UNIT_VGIC_MODEL_H
#define TEST_UNIT_VGIC_MODEL_H

#include "hyp/base/bits.h"
#include "test/unit/test_vgic.h"
#include "vgic/vgic_state.h"

#define IRQS  64 /* of which few are used: contention is what matters */
#define FIRED 41 /* a passed-through SPI, physical 141 */
#define WIRED 39 /* an emulated device's */
#define TIMER 27 /* physical 100 + vCPU, so that they differ */
#define DEPTH 64

struct model_irq {
	bool enabled, group, edge, line, latch, active, held, held_active;
	uint8_t priority, targets, sources, source, holder;
	uint32_t raised, taken; /* late mode: edges only */
	bool owed;
};

struct model {
	uint32_t nr_vcpus, ctlr;
	struct model_irq irq[8][IRQS]; /* SPIs: those of [0] */
	uint32_t stack[8][DEPTH];      /* acknowledged, innermost last */
	uint32_t depth[8];
};

static const uint32_t used[] = {
	0, 1, 7, 20, 21, TIMER, 32, 33, 34, 35, 36, 37, 38, 39, 40, FIRED
};
#define NR_USED (sizeof(used) / sizeof(used[0]))

static struct rig rig;
static struct model model;
/* A number below `below`, from whoever includes this. */
uint32_t rnd(uint32_t below);

static struct model_irq *model_irq(uint32_t v, uint32_t intid)
{
	return &model.irq[intid < 32 ? v : 0][intid];
}

static uint32_t physid_of(uint32_t v, uint32_t intid)
{
	(void)v;
	return intid == FIRED ? 141 : 27;
}

/* Of a physical one, `line` is a level that fired and waits for its acknowledge. */
static bool is_pending(const struct model_irq *irq, uint32_t intid)
{
	return intid < 16 ? irq->sources != 0 : irq->latch || (irq->line && !irq->edge);
}

static bool is_forwarded(const struct model_irq *irq)
{
	return irq->enabled && ((model.ctlr >> (irq->group ? 1 : 0)) & 1);
}

/* Whom a pending SPI is for: bits. */
static uint32_t targets_of(uint32_t v, uint32_t intid)
{
	if (intid < 32) {
		return 1u << v;
	}
	return model.nr_vcpus == 1 ? 1u : model.irq[0][intid].targets;
}

static bool may_take(uint32_t v, uint32_t intid)
{
	const struct model_irq *irq = model_irq(v, intid);

	return is_pending(irq, intid) && is_forwarded(irq) && !irq->active &&
	       (targets_of(v, intid) & (1u << v)) && irq->priority / 8u < hw_running(&rig.cpu[v]);
}

static void report(const char *what, uint32_t v, uint32_t intid, uint32_t got)
{
	printf("%s: vCPU %u, interrupt %u, 0x%x\n", what, v, intid, got);
	test_failures++;
}

/* ---- what guests and devices do ---- */

static void do_line(uint32_t v, uint32_t intid, bool level)
{
	struct model_irq *irq = model_irq(v, intid);

	CHECK_EQ(rig_try_line(&rig, v, intid, level), intid == WIRED ? -16 : 0);
	if (intid == WIRED) {
		vgic_device_line(rig.vgic, intid, level, &rig.kick);
	}
	/* As vgic_validate_injection of Linux; a wire rises where it was low. */
	if (level && irq->edge && !(intid == WIRED && irq->line)) {
		irq->latch = true;
		irq->raised++;
		irq->owed = true;
	}
	irq->line = level;
}

static void do_fire(uint32_t v, uint32_t intid)
{
	struct model_irq *irq = model_irq(v, intid);
	uint32_t physid = physid_of(v, intid);

	if (rig.physical[physid]) {
		return;
	}
	rig_fires(&rig, v, intid, physid);
	irq->held = true;
	irq->line = true;
	irq->latch = irq->latch || irq->edge;
}

/* Its own vCPU may look, of an SPI any. */
static bool is_looked_at(uint32_t v, uint32_t intid)
{
	bool any = false;

	for (uint32_t n = 0; n < model.nr_vcpus; n++) {
		any = any || (rig.cpu[n].loaded && (intid >= 32 || n == v));
	}
	return any;
}

/* In lock-step, a low level that waits is let go as soon as somebody may look. */
static void look(uint32_t v, uint32_t intid)
{
	struct model_irq *irq = model_irq(v, intid);

	if (!irq->held || irq->held_active || irq->edge || !rig.low[physid_of(v, intid)] ||
	    !is_looked_at(v, intid)) {
		return;
	}
	for (uint32_t n = 0; n < model.nr_vcpus; n++) {
		if (rig.cpu[n].loaded) {
			rig_sync(&rig, n);
		}
	}
	irq->held = irq->line = false;
}

static void word(uint32_t v, uint32_t base, uint32_t intid)
{
	struct mmio mmio = { base + intid / 32 * 4, 4, true, 1u << (intid % 32) };

	CHECK_EQ(rig_try(&rig, v, &mmio), MMIO_OK);
}

static void byte(uint32_t v, uint32_t base, uint32_t intid, uint32_t value)
{
	struct mmio mmio = { base + intid, 1, true, value };

	CHECK_EQ(rig_try(&rig, v, &mmio), MMIO_OK);
}

static void do_clear_pending(uint32_t v, uint32_t intid)
{
	struct model_irq *irq = model_irq(v, intid);

	word(v, ICPENDR, intid);
	if (intid < 16) {
		return;
	}
	irq->latch = false;
	irq->owed = false;
	if (irq->held && !irq->held_active && !is_pending(irq, intid)) {
		irq->held = irq->line = false;
	}
}

static void do_config(uint32_t v, uint32_t intid)
{
	struct mmio mmio = { ICFGR + intid / 16 * 4, 4, true, 0 };
	struct model_irq *irq = model_irq(v, intid);

	irq->edge = intid < 16 || rnd(2);
	irq->latch = irq->latch || (irq->edge && irq->held && !irq->held_active);
	for (uint32_t n = 0; n < 16; n++) {
		const struct model_irq *other = model_irq(v, intid / 16 * 16 + n);

		mmio.value |= other->edge ? 2u << (2 * n) : 0;
	}
	CHECK_EQ(rig_try(&rig, v, &mmio), MMIO_OK);
}

static void do_group(uint32_t v, uint32_t intid)
{
	struct mmio mmio = { IGROUPR + intid / 32 * 4, 4, true, 0 };
	struct model_irq *irq = model_irq(v, intid);

	irq->group = rnd(4) == 0;
	for (uint32_t n = 0; n < 32; n++) {
		mmio.value |= model_irq(v, intid / 32 * 32 + n)->group ? 1u << n : 0;
	}
	CHECK_EQ(rig_try(&rig, v, &mmio), MMIO_OK);
}

static void do_sgi(uint32_t v, uint32_t intid)
{
	uint32_t to = 1u << rnd(model.nr_vcpus) | 1u << rnd(model.nr_vcpus);
	struct mmio mmio = { SGIR, 4, true, to << 16 | intid };

	CHECK_EQ(rig_try(&rig, v, &mmio), MMIO_OK);
	for (uint32_t n = 0; n < model.nr_vcpus; n++) {
		if (to & (1u << n)) {
			model.irq[n][intid].sources |= (uint8_t)(1u << v);
		}
	}
}

static void do_control(uint32_t v)
{
	struct mmio mmio = { CTLR, 4, true, rnd(8) ? 3 : rnd(4) };

	model.ctlr = mmio.value;
	CHECK_EQ(rig_try(&rig, v, &mmio), MMIO_OK);
}

/* By software; ended by software again (do_deactivate), not by an EOI. */
static void do_activate(uint32_t v, uint32_t intid)
{
	struct model_irq *irq = model_irq(v, intid);

	if (!irq->active && !rnd(3)) {
		word(v, ISACTIVER, intid);
		irq->active = true;
		irq->source = 0xff;
		irq->holder = 0xff;
	} else if (irq->active && irq->holder == 0xff) {
		word(v, ICACTIVER, intid);
		irq->active = false;
		irq->held_active = false;
	}
}

static void model_take(uint32_t v, uint32_t iar)
{
	struct model_irq *irq = model_irq(v, iar & 0x3ff);

	irq->active = true;
	irq->holder = (uint8_t)v;
	irq->source = (uint8_t)(iar >> 10);
	irq->sources = (uint8_t)(irq->sources & ~(1u << (iar >> 10)));
	irq->held_active = irq->held;
	irq->line = irq->line && !irq->held;
	irq->latch = false;
	irq->taken++;
	irq->owed = false;
	model.stack[v][model.depth[v]++] = iar;
}

/* In lock-step: exactly what the model says; an SPI with several targets may be elsewhere. */
static void check_taken(uint32_t v, uint32_t iar)
{
	uint32_t best = 32;

	for (size_t n = 0; n < NR_USED; n++) {
		uint32_t targets = targets_of(v, used[n]);

		if (may_take(v, used[n]) && (targets & (targets - 1)) == 0) {
			best = bits_min(best, model_irq(v, used[n])->priority / 8u);
		}
	}
	if (iar == SPURIOUS) {
		if (best != 32) {
			report("nothing taken, though one was due of priority", v, iar, best * 8);
		}
		return;
	}
	if (!may_take(v, iar & 0x3ff)) {
		report("taken, though not due", v, iar & 0x3ff, iar);
	} else if (model_irq(v, iar & 0x3ff)->priority / 8u > best) {
		report("taken before one of priority", v, iar & 0x3ff, best * 8);
	}
	if ((iar & 0x3ff) < 16 &&
	    iar >> 10 != (uint32_t)__builtin_ctz(model_irq(v, iar & 0x3ff)->sources | 0x100)) {
		report("source", v, iar & 0x3ff, iar);
	}
}

static void do_ack(uint32_t v, bool lock_step)
{
	uint32_t iar;

	if (!rig.cpu[v].loaded || model.depth[v] == DEPTH) {
		return;
	}
	if (lock_step) {
		int n = hw_best(&rig, v);
		uint32_t lr = n < 0 ? 0 : rig.cpu[v].lr[n];
		uint32_t id = lr & 0x3ff;

		check_taken(v, n < 0 ? SPURIOUS : id < 16 ? lr & 0x1fff : id);
	}
	iar = hw_ack(&rig, v);
	if (iar == SPURIOUS) {
		return;
	}
	if (model_irq(v, iar & 0x3ff)->active && model_irq(v, iar & 0x3ff)->holder == v &&
	    lock_step) {
		report("taken twice", v, iar & 0x3ff, iar);
	}
	model_take(v, iar);
}

static void do_eoi(uint32_t v, bool lock_step)
{
	uint32_t iar;
	struct model_irq *irq;

	if (!rig.cpu[v].loaded || !model.depth[v]) {
		return;
	}
	iar = model.stack[v][--model.depth[v]];
	irq = model_irq(v, iar & 0x3ff);
	hw_eoi(&rig, v, iar);
	rig_enter(&rig, v);
	irq->active = false;
	if (irq->held_active) {
		irq->held = false;
		irq->held_active = false;
		if (lock_step && rig.physical[physid_of(v, iar & 0x3ff)]) {
			report("physical interrupt still active", v, iar & 0x3ff, 0);
		}
	}
}

static void do_unload(uint32_t v)
{
	struct model_irq *timer = model_irq(v, TIMER);

	rig_unload(&rig, v);
	if (timer->held && !timer->held_active && rig.low[physid_of(v, TIMER)]) {
		timer->held = timer->line = false; /* an edge stays, on its own */
	}
}

static void do_switch(uint32_t v)
{
	if (rig.cpu[v].loaded) {
		do_unload(v);
	} else {
		rig_load(&rig, v);
	}
}

/* ---- invariants ---- */

static void no_two_list_registers(void)
{
	uint32_t spis[32] = { 0 };

	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		uint32_t own = 0;

		for (uint32_t n = 0; n < rig.nr_lrs; n++) {
			uint32_t lr = rig.cpu[v].lr[n];
			uint32_t id = lr & 0x3ff;
			uint32_t *seen = id < 32 ? &own : &spis[id / 32];

			if (!hw_state(lr)) {
				continue;
			}
			if (*seen & (1u << (id % 32))) {
				report("in two list registers", v, id, lr);
			}
			*seen |= 1u << (id % 32);
			if ((lr >> 31) && hw_state(lr) == 3) {
				report("HW and active and pending", v, id, lr);
			}
		}
	}
}

/* A list register that the mirror shows as pending is as its interrupt is now. */
static void mirror_agrees(uint32_t v, uint32_t n)
{
	const struct vgic_cpu *cpu = &rig.vgic->cpu[v];
	uint32_t lr = cpu->cif.lr[n];
	struct vgic_ref ref = vgic_state_ref(rig.vgic, v, lr & 0x3ff);
	uint32_t group = (ref.bank->group & ref.bit) != 0;
	bool more = ref.intid < 16 && ref.irq->sources;

	if ((lr & 0x3ff) != cpu->lr_irq[n] || (lr >> 23 & 31) != ref.irq->priority / 8u ||
	    (lr >> 30 & 1) != group || !(ref.bank->enabled & ref.bit) ||
	    !(rig.vgic->ctlr >> group & 1) || (ref.intid < 16 && (lr >> 19 & 1) != more)) {
		report("no work, and the list register is old", v, n, lr);
	}
}

/* What the short steps (vgic_alone.c) rely on. */
static void no_work_is_none(uint32_t v)
{
	const struct vgic_cpu *cpu = &rig.vgic->cpu[v];

	if (!cpu->loaded || cpu->cif.work != VGIC_WORK_NONE || cpu->nr_ready) {
		return;
	}
	if (cpu->folded || cpu->unsorted || cpu->recall || cpu->cif.dirty) {
		report("no work, though there is some", v, cpu->recall, cpu->cif.dirty);
	}
	for (uint32_t n = 0; n < rig.nr_lrs; n++) {
		if ((cpu->cif.used >> n & 1) && cpu->lr_irq[n] != VGIC_NO_IRQ &&
		    hw_state(cpu->cif.lr[n]) == 1) {
			mirror_agrees(v, n);
		}
	}
}

/* A vCPU that is quiet may wait without a look at its interface (vgic_fold_quiet): nothing is in
 * its list registers, and with an interface that signals all there is nothing to signal. */
static void quiet_has_nothing(uint32_t v)
{
	struct vgic_cpu *cpu = &rig.vgic->cpu[v];
	struct vgic_cpu before = *cpu;
	bool lent = false;

	if (!cpu->loaded) {
		return;
	}
	if (vgic_fold_quiet(rig.vgic, v, 0)) {
		for (uint32_t n = 0; n < IRQS; n++) {
			struct vgic_ref ref = vgic_state_ref(rig.vgic, v, n);

			lent = lent || ((ref.bank->in_lr & ref.bit) && ref.irq->vcpu == v);
		}
		cpu->cif.vmcr = 0xf8000003; /* PMR at its lowest, both groups */
		cpu->cif.apr = 0;
		if (lent || vgic_has_pending(rig.vgic, v)) {
			report("quiet, and has an interrupt", v, cpu->ready_sum, before.cif.used);
		}
		if (!vgic_is_folded(rig.vgic, v) || cpu->fold_seq != before.fold_seq + 1) {
			report("quiet, and not folded", v, cpu->fold_seq, before.fold_seq);
		}
	}
	*cpu = before;
}

/* The lists and counts that vgic/ keeps for speed say what the interrupts' own state says; and what
 * the proofs assume (`placed`, `shown`, `known`) holds. */
static void lists_are_right(void)
{
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		const struct vgic_cpu *cpu = &rig.vgic->cpu[v];
		uint32_t nr_ready = 0, sum = 0;

		for (uint32_t word = 0; word < IRQS / 32; word++) {
			sum |= cpu->ready[word] ? 1u << word : 0;
			nr_ready += (uint32_t)__builtin_popcount(cpu->ready[word]);
			for (uint32_t n = 0; n < 32; n++) {
				struct vgic_ref ref = vgic_state_ref(rig.vgic, v, 32 * word + n);
				bool in = (ref.bank->in_lr & ref.bit) != 0;
				bool ready = (cpu->ready[word] >> n) & 1;
				bool barred = (cpu->barred[word] >> n) & 1;
				bool on = rig.vgic->ctlr >> ((ref.bank->group >> n) & 1) & 1;

				if (((ref.bank->active & ref.bit) || in) &&
				    ref.irq->vcpu >= model.nr_vcpus) {
					report("not placed", v, 32 * word + n, ref.irq->vcpu);
				}
				if (in && ref.irq->lr >= rig.nr_lrs) {
					report("not shown", v, 32 * word + n, ref.irq->lr);
				}
				if ((ready || barred) != (ref.irq->vcpu == v && !in)) {
					report("ready list", v, 32 * word + n, ready);
				}
				if (cpu->unsorted) {
					continue;
				}
				if (ready ? barred || !(on || (ref.bank->active & ref.bit))
					  : barred && (on || (ref.bank->active & ref.bit))) {
					report("barred list", v, 32 * word + n, barred);
				}
			}
		}
		for (uint32_t n = 0; n < rig.nr_lrs; n++) {
			if (((cpu->cif.used >> n) & 1) && cpu->lr_irq[n] >= IRQS) {
				report("not known", v, n, cpu->lr_irq[n]);
			}
		}
		for (uint32_t word = 0; word < IRQS / 32; word++) {
			const struct vgic_bank *bank = vgic_state_bank(rig.vgic, v, word);
			uint32_t waits = bank->held & ~bank->held_active;

			if ((bank->line & (bank->timer | bank->passed) & ~waits) ||
			    (waits & ~bank->in_lr & ~vgic_state_pending(bank))) {
				report("held, and waits for nothing", v, 32 * word, bank->held);
			}
		}
		if (cpu->nr_ready != nr_ready || cpu->ready_sum != sum) {
			report("ready count", v, sum, nr_ready);
		}
		if (rig.cpu[v].loaded && !cpu->folded &&
		    cpu->nr_free != rig.nr_lrs - (uint32_t)__builtin_popcount(cpu->cif.used)) {
			report("free count", v, cpu->cif.used, cpu->nr_free);
		}
		no_work_is_none(v);
		quiet_has_nothing(v);
	}
}

static bool in_lr(uint32_t v, uint32_t intid, uint32_t state)
{
	for (uint32_t n = 0; n < rig.nr_lrs; n++) {
		if ((hw_state(rig.cpu[v].lr[n]) & state) && (rig.cpu[v].lr[n] & 0x3ff) == intid) {
			return true;
		}
	}
	return false;
}

/* Who has to look before its guest goes on has been called, or has looked. */
static void nobody_is_forgotten(void)
{
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		if (rig.cpu[v].loaded && !(rig.kick >> v & 1) &&
		    rig_work(&rig, v) != VGIC_WORK_NONE) {
			report("there is work, and no kick", v, 0, rig_work(&rig, v));
		}
	}
}

/* In lock-step, of each interrupt: what is due is in a list register, or its holder is told when it
 * can be; what is not pending is in none as pending; active is what the model says. */
static void check_irq(uint32_t v, uint32_t intid)
{
	const struct model_irq *irq = model_irq(v, intid);
	bool pending = is_pending(irq, intid) && is_forwarded(irq);
	uint32_t targets = targets_of(v, intid);
	bool there = false, armed = false;

	for (uint32_t n = 0; n < model.nr_vcpus; n++) {
		if (intid < 32 && n != v) {
			continue;
		}
		if (in_lr(n, intid, 1) && !pending) {
			report("in a list register, though not pending", n, intid, 0);
		}
		if (targets & (1u << n)) {
			there = there || in_lr(n, intid, 1);
			armed = armed || !rig.cpu[n].loaded || (rig.cpu[n].hcr & 8u);
		}
	}
	if (pending && targets && !irq->active && !there && !armed) {
		report("pending, and nobody is told", v, intid, 0);
	}
}

/* What the guest reads is so, though nobody has looked into list registers since. */
static void check_read(uint32_t v, uint32_t intid)
{
	uint32_t got;

	if (rig.cpu[v].loaded) {
		got = rig_read(&rig, v, ISACTIVER + intid / 32 * 4);
		if ((got >> (intid % 32) & 1) != model_irq(v, intid)->active) {
			report("GICD_ISACTIVER is", v, intid, got);
		}
	}
}

static void check_active(uint32_t v, uint32_t intid)
{
	const struct model_irq *irq = model_irq(v, intid);
	bool active = irq->active;
	bool high = irq->held_active && !irq->edge && !rig.low[physid_of(v, intid)];
	bool got;

	check_read(v, intid);
	for (uint32_t n = 0; n < model.nr_vcpus; n++) {
		if (rig.cpu[n].loaded) {
			rig_sync(&rig, n);
			rig_enter(&rig, n);
		}
	}
	got = (vgic_irq_state(rig.vgic, v, intid) & 4) != 0;
	if (got != active) {
		report("active is", v, intid, got);
	}
	got = (vgic_irq_state(rig.vgic, v, intid) & 2) != 0;
	if (got != (is_pending(irq, intid) || high) &&
	    (!irq->held_active || is_looked_at(v, intid))) {
		report("pending is", v, intid, got);
	}
	if ((intid == TIMER || intid == FIRED) &&
	    vgic_phys_held(rig.vgic, v, intid) != model_irq(v, intid)->held) {
		report("held is not", v, intid, model_irq(v, intid)->held);
	}
	if (intid == FIRED && (rig.physical[141] != 0) != model_irq(v, intid)->held) {
		report("physical is", v, intid, rig.physical[141]);
	}
}

/* ---- runs ---- */

static void start(void)
{
	static const uint32_t vcpus[] = { 1, 2, 3 };
	uint32_t nr_lrs;

	nr_lrs = 1 + rnd(5);
	memset(&model, 0, sizeof(model));
	model.nr_vcpus = vcpus[rnd(3)];
	model.ctlr = 1;
	rig_boot(&rig, model.nr_vcpus, IRQS, nr_lrs);
	rig.eoi_is_empty = rnd(2) != 0;
	if (rnd(2)) {
		vgic_phys_set_soft_eoi(rig.vgic);
	}
	vgic_phys_set_owner(rig.vgic, FIRED, VGIC_OWNER_PASSED, 141);
	vgic_phys_set_owner(rig.vgic, WIRED, VGIC_OWNER_DEVICE, 0);
	if (model.nr_vcpus == 1) {
		vgic_phys_set_owner(rig.vgic, TIMER, VGIC_OWNER_TIMER, 27);
	}
	for (uint32_t v = 0; v < 8; v++) {
		for (uint32_t n = 0; n < IRQS; n++) {
			model.irq[v][n].enabled = true;
			model.irq[v][n].priority = 0xa0;
			model.irq[v][n].targets = 1;
			model.irq[v][n].edge = n < 16;
		}
	}
}

static bool has_line(uint32_t intid)
{
	return intid >= 16 && intid != FIRED && (intid != TIMER || model.nr_vcpus > 1);
}

static void step(bool lock_step)
{
	uint32_t v = rnd(model.nr_vcpus);
	uint32_t intid = used[rnd(NR_USED)];
	struct model_irq *irq = model_irq(v, intid);

	switch (rnd(24)) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
		if (has_line(intid)) {
			do_line(v, intid, rnd(2));
		} else if (intid >= 16 && rnd(3)) {
			do_fire(v, intid);
		} else if (intid >= 16) {
			rig.low[physid_of(v, intid)] = true;
		} else {
			do_sgi(v, intid);
		}
		break;
	case 5:
		if (intid >= 16) {
			word(v, ISPENDR, intid);
			irq->latch = true;
		}
		break;
	case 6:
		do_clear_pending(v, intid);
		break;
	case 7:
	case 8:
		word(v, ISENABLER, intid);
		irq->enabled = true;
		break;
	case 9:
		if (intid >= 16) {
			word(v, ICENABLER, intid);
			irq->enabled = false;
		}
		break;
	case 10:
		irq->priority = (uint8_t)(rnd(32) * 8);
		byte(v, IPRIORITYR, intid, irq->priority | rnd(8));
		break;
	case 11:
		if (intid >= 32) {
			irq->targets = (uint8_t)rnd(1u << model.nr_vcpus);
			byte(v, ITARGETSR, intid, irq->targets);
		}
		break;
	case 12:
		do_config(v, intid);
		break;
	case 13:
		do_group(v, intid);
		break;
	case 14:
		do_control(v);
		break;
	case 15:
		do_switch(v);
		break;
	case 16:
		do_activate(v, intid);
		break;
	case 17:
	case 18:
	case 19:
	case 20:
		do_ack(v, lock_step);
		break;
	default:
		do_eoi(v, lock_step);
		break;
	}
}

static void lock_step_one(void)
{
	uint32_t v = rnd(model.nr_vcpus);
	uint32_t intid = used[rnd(NR_USED)];

	step(true);
	nobody_is_forgotten();
	look(0, TIMER);
	look(0, FIRED);
	for (uint32_t c = 0; c < model.nr_vcpus; c++) {
		rig_enter(&rig, c);
	}
	rig_settle(&rig);
	no_two_list_registers();
	lists_are_right();
	check_irq(v, intid);
	if (rnd(16) == 0) {
		check_active(v, intid);
	}
}

/* ---- late kicks ---- */

/* Half of the lines are edges, whose every rise is to be seen. */
static void late_begin(void)
{
	for (uint32_t n = 0; n < NR_USED; n++) {
		for (uint32_t v = 0; v < model.nr_vcpus; v++) {
			if (has_line(used[n]) && (used[n] & 1)) {
				uint32_t offset = ICFGR + used[n] / 16 * 4;

				model_irq(v, used[n])->edge = true;
				rig_write(&rig, v, offset,
					  rig_read(&rig, v, offset) | 2u << (used[n] % 16 * 2));
			}
		}
	}
}

static void late_step(void)
{
	uint32_t v = rnd(model.nr_vcpus);
	uint32_t intid = used[rnd(NR_USED)];

	switch (rnd(12)) {
	case 0:
	case 1:
	case 2:
		if (has_line(intid)) {
			do_line(v, intid, rnd(2));
		} else if (intid < 16) {
			do_sgi(v, intid);
		} else if (rnd(3)) {
			do_fire(v, intid);
		} else {
			rig.low[physid_of(v, intid)] = true;
		}
		break;
	case 3:
		byte(v, IPRIORITYR, intid, rnd(32) * 8);
		break;
	case 4:
		if (intid >= 32) {
			byte(v, ITARGETSR, intid, 1u << rnd(model.nr_vcpus));
		}
		break;
	case 5:
		do_switch(v);
		break;
	case 6:
		rig_enter(&rig, v);
		break;
	case 7:
	case 8:
	case 9:
		do_ack(v, false);
		break;
	default:
		/* ends without an exit, unless maintenance asks for one */
		if (rig.cpu[v].loaded && model.depth[v]) {
			do_eoi(v, false);
		}
		break;
	}
}

static void drain(void)
{
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		if (!rig.cpu[v].loaded) {
			rig_load(&rig, v);
		}
		for (size_t n = 0; n < NR_USED; n++) {
			if (has_line(used[n])) {
				do_line(v, used[n], false);
			}
		}
	}
	for (uint32_t turn = 0; turn < 200; turn++) {
		for (uint32_t v = 0; v < model.nr_vcpus; v++) {
			rig_enter(&rig, v);
			rig_settle(&rig);
			do_ack(v, false);
			while (model.depth[v] && hw_best(&rig, v) < 0) {
				do_eoi(v, false);
				rig_settle(&rig);
			}
		}
	}
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		rig_sync(&rig, v);
	}
}

static void late_one(void)
{
	late_step();
	no_two_list_registers();
	lists_are_right();
}

static void late_check(uint32_t v, uint32_t intid)
{
	const struct model_irq *irq = model_irq(v, intid);
	uint32_t now = vgic_irq_state(rig.vgic, v, intid);

	if (model.depth[v]) {
		report("not drained", v, intid, model.depth[v]);
	}
	if (irq->owed || (irq->edge && irq->taken > irq->raised && has_line(intid))) {
		report("edges", v, intid, irq->taken);
	}
	if (in_lr(v, intid, 3) || (now & 4)) {
		report("left over", v, intid, now);
	}
}

static void late_end(void)
{
	drain();
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		for (size_t n = 0; n < NR_USED; n++) {
			late_check(v, used[n]);
		}
	}
	CHECK_EQ(rig.physical[141], 0);
}

#endif
