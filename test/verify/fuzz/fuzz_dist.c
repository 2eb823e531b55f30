/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A distributor of any shape while none of its vCPUs is on a CPU: every register by any access, and
 * the calls that glue makes, against a plain model (IHI 0048B, 4.3) of one record an interrupt.
 * What does not exist reads as zero and takes nothing. Where list registers are: fuzz_vgic.c.
 */
#include "test/verify/fuzz/fuzz.h"
#include "vgic/vgic.h"

#define MOST 1020

struct irq {
	bool enabled, group, latch, line, active, edge, timer, passed, device, held, release,
		changed;
	uint8_t priority, targets, sources;
};

static struct {
	uint32_t vcpus, irqs, ctlr;
	struct irq irq[8][MOST]; /* SPIs: those of [0] */
	bool edges[MOST];	 /* passed through as edges */
} model;

static struct vgic *vgic;
static uint64_t memory[8192];

static struct irq *at(uint32_t v, uint32_t n)
{
	return &model.irq[n < 32 ? v : 0][n];
}

static uint32_t physid_of(uint32_t n)
{
	return n < 32 ? n : 1019 + 32 - n;
}

static bool pends(const struct irq *irq, uint32_t n)
{
	return n < 16 ? irq->sources != 0 : irq->latch || (irq->line && !irq->edge);
}

static void model_reset(void)
{
	model.ctlr = 0;
	for (uint32_t v = 0; v < 8; v++) {
		for (uint32_t n = 0; n < model.irqs; n++) {
			struct irq *irq = &model.irq[v][n];

			*irq = (struct irq) { .line = irq->line && !irq->timer && !irq->passed,
					      .timer = irq->timer,
					      .passed = irq->passed,
					      .device = irq->device,
					      .enabled = n < 16,
					      .edge = n < 16 || (model.edges[n] &&
								 (irq->timer || irq->passed)),
					      .release = irq->release || (n >= 32 && irq->held) };
		}
	}
}

/* ---- registers ---- */

enum field { GROUP, ENABLED, PENDING, ACTIVE };

static uint32_t model_bits(uint32_t v, uint32_t first, enum field field)
{
	uint32_t bits = 0;

	for (uint32_t n = first; n < first + 32 && n < model.irqs; n++) {
		const struct irq *irq = at(v, n);
		bool set = field == GROUP     ? irq->group
			   : field == ENABLED ? irq->enabled
			   : field == PENDING ? pends(irq, n)
					      : irq->active;

		bits |= set ? 1u << (n - first) : 0;
	}
	return bits;
}

static uint32_t model_byte(uint32_t v, uint32_t offset)
{
	uint32_t n = offset & 0x3ff;

	if (offset >= 0xf10) {
		return offset < 0xf30 ? at(v, offset % 16)->sources : 0;
	}
	if (n >= model.irqs) {
		return 0;
	}
	return offset < 0x800 ? at(v, n)->priority : n < 32 ? 1u << v : at(v, n)->targets;
}

static uint32_t model_config(uint32_t v, uint32_t first)
{
	uint32_t bits = 0;

	for (uint32_t n = first; n < first + 16 && n < model.irqs; n++) {
		bits |= at(v, n)->edge ? 2u << (2 * (n - first)) : 0;
	}
	return bits;
}

/* Tables 4-1 and 4-6; 4.3.1 to 4.3.3. */
static uint32_t model_read(uint32_t v, uint32_t offset, uint32_t size)
{
	static const uint8_t id[] = { 0x04, 0, 0, 0, 0x90, 0xb4, 0x2b, 0, 0x0d, 0xf0, 0x05, 0xb1 };
	uint32_t value = 0;
	bool bytes = (offset >= 0x400 && offset < 0xc00) || (offset >= 0xf00 && offset < 0xf80);

	if (offset % size != 0 || offset >= 0x1000 || (!bytes && size != 4) ||
	    (size == 2 && offset >= 0x800)) {
		return 0;
	}
	for (uint32_t n = 0; bytes && n < size; n++) {
		value |= offset < 0xf00 || offset >= 0xf10 ? model_byte(v, offset + n) << 8 * n : 0;
	}
	if (bytes) {
		return value;
	}
	switch (offset >> 7) {
	case 0:
		return offset == 0   ? model.ctlr
		       : offset == 4 ? (model.vcpus - 1) << 5 | ((model.irqs + 31) / 32 - 1)
		       : offset == 8 ? 0x5000043b
				     : 0;
	case 1:
		return model_bits(v, offset % 128 * 8, GROUP);
	case 2:
	case 3:
		return model_bits(v, offset % 128 * 8, ENABLED);
	case 4:
	case 5:
		return model_bits(v, offset % 128 * 8, PENDING);
	case 6:
	case 7:
		return model_bits(v, offset % 128 * 8, ACTIVE);
	case 24:
	case 25:
		return model_config(v, offset % 256 * 4);
	default:
		return offset >= 0xfd0 ? id[(offset - 0xfd0) / 4] : 0;
	}
}

/* A physical interrupt that pends no more is let go. `line`: a physical level that fired. */
static void model_release(struct irq *irq)
{
	irq->release = true;
	irq->line = irq->held = false;
}

static void model_write_bit(struct irq *irq, uint32_t n, uint32_t row)
{
	switch (row) {
	case 2:
		irq->enabled = true;
		break;
	case 3:
		irq->enabled = n < 16; /* SGIs stay enabled */
		break;
	case 4:
		irq->latch = irq->latch || n >= 16;
		break;
	case 5:
		irq->latch = irq->latch && n < 16;
		if (irq->held && !pends(irq, n)) {
			model_release(irq);
		}
		break;
	case 6:
		irq->active = true;
		break;
	case 7:
		irq->active = false;
		break;
	default:
		break;
	}
}

static void model_write_byte(uint32_t v, uint32_t offset, uint8_t value)
{
	uint32_t n = offset & 0x3ff;
	uint8_t there = (uint8_t)((1u << model.vcpus) - 1);

	if (offset >= 0xf20) {
		at(v, offset % 16)->sources |= offset < 0xf30 ? value & there : 0;
	} else if (offset >= 0xf10) {
		at(v, offset % 16)->sources &= (uint8_t)~value;
	} else if (n < model.irqs && offset < 0x800) {
		at(v, n)->priority = value & 0xf8;
	} else if (n < model.irqs && n >= 32) {
		at(v, n)->targets = value & there;
	}
}

static void model_send(uint32_t v, uint32_t value)
{
	uint32_t filter = value >> 24 & 3;
	uint32_t to = filter == 0   ? value >> 16 & 0xff
		      : filter == 1 ? ~(1u << v)
		      : filter == 2 ? 1u << v
				    : 0;

	for (uint32_t n = 0; n < model.vcpus; n++) {
		at(n, value & 15)->sources |= (uint8_t)((to >> n & 1) << v);
	}
}

static void model_write_config(uint32_t v, uint32_t first, uint32_t value)
{
	for (uint32_t n = first; n < first + 16 && n < model.irqs; n++) {
		bool edge = value >> (2 * (n - first) + 1) & 1;
		struct irq *irq = at(v, n);

		if (n >= 16) {
			irq->changed =
				irq->changed || (n >= 32 && irq->passed && edge != irq->edge);
			irq->latch = irq->latch || (irq->held && edge && !irq->edge);
			irq->line = irq->line || (irq->held && !edge && irq->edge);
			irq->edge = edge;
		}
	}
}

static void model_write(uint32_t v, uint32_t offset, uint32_t size, uint32_t value)
{
	uint32_t row = offset >> 7;
	bool bytes = (row >= 8 && row < 24) || (offset >= 0xf10 && offset < 0xf80);

	if (offset % size != 0 || offset >= 0x1000 || (size == 2 && offset >= 0x800)) {
		return;
	}
	for (uint32_t n = 0; bytes && n < size; n++) {
		model_write_byte(v, offset + n, (uint8_t)(value >> 8 * n));
	}
	if (bytes || size != 4) {
		return;
	}
	if (offset == 0) {
		model.ctlr = value & 3;
	} else if (row >= 1 && row < 8) {
		uint32_t first = offset % 128 * 8;

		for (uint32_t n = first; n < first + 32 && n < model.irqs; n++) {
			if (row == 1) {
				at(v, n)->group = value >> (n - first) & 1;
			} else if (value >> (n - first) & 1) {
				model_write_bit(at(v, n), n, row);
			}
		}
	} else if (row == 24 || row == 25) {
		model_write_config(v, offset % 256 * 4, value);
	} else if (offset == 0xf00) {
		model_send(v, value);
	}
}

/* ---- steps ---- */

/* Registers of the first interrupts, the last ones, and those behind them; or anything. */
static uint32_t any_offset(struct fuzz_input *in)
{
	uint32_t how = fuzz_byte(in);
	uint32_t row = how % 32;
	uint32_t n = fuzz_byte(in) % 64u;

	n = how & 32 ? model.irqs - 8 + n : n;
	if (how >= 240) {
		return fuzz_word(in) % 0x1100;
	}
	if (row < 8) {
		return row * 128 + (row ? n / 32 * 4 : n % 16);
	}
	return row < 24	  ? (row < 16 ? 0x400u : 0x800u) + n
	       : row < 28 ? 0xc00 + n / 16 * 4
	       : row < 30 ? 0xf00 + n
			  : 0xfc0 + n;
}

static void do_access(struct fuzz_input *in, uint32_t v)
{
	uint32_t how = fuzz_byte(in);
	uint32_t size = how & 2 ? 4 : how & 4 ? 1 : how & 8 ? 4 : 2;
	struct mmio mmio = { any_offset(in), size, how & 1, how & 16 ? 0xffffffff : fuzz_word(in) };
	uint32_t value = mmio.value;
	vgic_kick_t kick = 0;

	mmio.offset &= how & 32 ? ~0u : ~(size - 1);
	mmio.value = mmio.is_write ? value : 0;
	CHECK_EQ(vgic_dist_access(vgic, v, &mmio, &kick), MMIO_OK);
	if (mmio.is_write) {
		model_write(v, mmio.offset, size, value);
	} else {
		CHECK_EQ(mmio.value, model_read(v, mmio.offset, size));
	}
	CHECK_EQ(kick >> model.vcpus, 0);
}

static void do_line(struct fuzz_input *in, uint32_t v, uint32_t n)
{
	struct irq_line line = { 0 };
	uint32_t how = fuzz_byte(in);
	bool level = how & 1;
	struct irq *irq = at(v, n);
	vgic_kick_t kick = 0;

	if (n < 16) {
		return;
	}
	line.type = n < 32 ? IRQ_LINE_PPI : IRQ_LINE_SPI;
	line.vcpu = n < 32 ? v : 0;
	line.number = n;
	if (how >= 224) { /* not one of this VGIC's */
		line.type = how & 2 ? IRQ_LINE_CPU_IRQ : line.type;
		line.vcpu = how & 4 ? model.vcpus : line.vcpu;
		line.number = how & 6 ? line.number : model.irqs;
		CHECK_EQ(vgic_set_line(vgic, &line, level, &kick), -22);
		vgic_device_line(vgic, model.irqs + how % 8u, level, &kick); /* there is none */
		return;
	}
	if (how >= 208) { /* a wire, if it is an emulated device's */
		bool wired = n >= 32 && irq->device;

		vgic_device_line(vgic, n, level, &kick);
		irq->latch = irq->latch || (wired && level && !irq->line && irq->edge);
		irq->line = wired ? level : irq->line;
		return;
	}
	CHECK_EQ(vgic_set_line(vgic, &line, level, &kick), irq->passed || irq->device ? -16 : 0);
	if (!irq->passed && !irq->timer && !irq->device) {
		irq->latch = irq->latch || (level && irq->edge);
		irq->line = level;
	}
}

/* An SPI goes to one of its targets, unless it is active: then to where it was acknowledged. */
static void check_goes_to(uint32_t n)
{
	const struct irq *irq = n >= 32 && n < model.irqs ? at(0, n) : NULL;
	uint32_t to = vgic_phys_goes_to(vgic, n);
	uint32_t whom = irq ? irq->targets : 0;

	if (irq && model.vcpus == 1) {
		whom = 1;
	}
	if (irq && irq->active) {
		CHECK(to < model.vcpus);
	} else {
		CHECK(whom ? to < 8 && (whom >> to & 1) : to == 8);
	}
}

static void do_physical(struct fuzz_input *in, uint32_t v, uint32_t n)
{
	struct irq *irq = n < model.irqs ? at(v, n) : NULL;
	bool owned = irq && v < model.vcpus && (irq->timer || irq->passed);
	bool held = owned && irq->held;
	vgic_kick_t kick = 0;

	CHECK_EQ(vgic_phys_held(vgic, v, n), held);
	check_goes_to(n);
	if (fuzz_byte(in) & 1) {
		CHECK_EQ(vgic_phys_release(vgic, v, n), held);
		if (held) {
			irq->held = irq->line = false;
		}
	} else {
		vgic_phys_fired(vgic, v, n, &kick);
		if (owned) {
			irq->held = true;
			irq->line = irq->line || !irq->edge;
			irq->latch = irq->latch || irq->edge;
		}
	}
}

/* Each held level is looked at once, in order; what is low is let go. */
static void do_lines(struct fuzz_input *in, uint32_t v)
{
	bool any = vgic_cif(vgic, v)->has_held;
	uint32_t intid = 0, physid = 0, held = 0;

	for (uint32_t n = 0; n < model.irqs; n++) {
		struct irq *irq = at(v, n);
		bool high;

		held += irq->held;
		if (!irq->held || irq->edge) {
			continue;
		}
		CHECK(vgic_phys_level_next(vgic, v, &intid, &physid));
		CHECK_EQ(intid, n);
		CHECK_EQ(physid, physid_of(n));
		high = fuzz_byte(in) & 1;
		vgic_phys_level(vgic, v, n, high);
		if (!high) {
			model_release(irq);
			held--;
		}
		intid++;
	}
	CHECK(!vgic_phys_level_next(vgic, v, &intid, &physid));
	vgic_phys_level(vgic, v, 0,
			false); /* an SGI has no line, and who is not there none at all */
	vgic_phys_level(vgic, model.vcpus, 27, false);
	CHECK(any || held == 0);
	CHECK_EQ(vgic_cif(vgic, v)->has_held, held != 0);
}

/* What glue is to deactivate: each once, as long as the mirror says so. */
static void do_releases(uint32_t v)
{
	uint32_t physid = 0;
	bool edge = false;

	while (vgic_cif(vgic, v)->has_trigger && vgic_phys_trigger_next(vgic, v, &physid, &edge)) {
		struct irq *irq = at(0, 1019 + 32 - physid);

		CHECK(irq->changed && irq->edge == edge);
		irq->changed = false;
	}
	while (vgic_cif(vgic, v)->has_release && vgic_phys_release_next(vgic, v, &physid)) {
		struct irq *irq = at(v, physid < 32 ? physid : 1019 + 32 - physid);

		CHECK(irq->release);
		irq->release = false;
	}
	for (uint32_t n = 0; n < model.irqs; n++) {
		CHECK(n >= 32 || !at(v, n)->release);
	}
}

static void do_dir(struct fuzz_input *in, uint32_t v, uint32_t n)
{
	uint32_t physid = 0;
	vgic_kick_t kick = 0;

	CHECK(!vgic_cpu_dir(vgic, v, n | fuzz_byte(in) % 8u << 10, &physid, &kick));
	if (n < model.irqs) {
		at(v, n)->active = false;
	}
}

/* Bits of abi/plumbline.h; nobody holds anything. */
static void check_state(uint32_t v, uint32_t n)
{
	uint32_t want = 0, seq = 0;

	if (v < model.vcpus && n < model.irqs) {
		const struct irq *irq = at(v, n);

		want = (irq->line ? 1u : 0) | (pends(irq, n) ? 2u : 0) | (irq->active ? 4u : 0) |
		       (irq->enabled ? 8u : 0) | (irq->edge ? 16u : 0);
	}
	CHECK_EQ(vgic_irq_state(vgic, v, n), want);
	CHECK_EQ(vgic_irq_holder(vgic, v, n, &seq), 8);
}

/* What would be signalled wakes one of those that it is for (an SPI: 3.1.1), and nothing else
 * does. */
static void check_wakes(void)
{
	uint32_t wakes = 0, may = 0;

	for (uint32_t v = 0; v < model.vcpus; v++) {
		vgic_cif(vgic, v)->vmcr = 0x80000003u; /* GICH_VMCR: both groups, PMR 0x80 */
		wakes |= vgic_has_pending(vgic, v) ? 1u << v : 0;
	}
	for (uint32_t v = 0; v < model.vcpus; v++) {
		for (uint32_t n = 0; n < (v ? 32 : model.irqs); n++) {
			const struct irq *irq = at(v, n);
			uint32_t whom = n < 32 ? 1u << v : model.vcpus == 1 ? 1 : irq->targets;

			if (pends(irq, n) && irq->enabled && !irq->active && irq->priority < 0x80 &&
			    model.ctlr >> irq->group & 1) {
				CHECK(whom == 0 || (wakes & whom) != 0);
				may |= whom;
			}
		}
	}
	CHECK_EQ(wakes & ~may, 0);
}

static void do_step(struct fuzz_input *in)
{
	uint32_t what = fuzz_byte(in) % 16u;
	uint32_t v = fuzz_byte(in) % model.vcpus;
	uint32_t n = fuzz_byte(in) % 64u;

	n = n < 48 ? n : model.irqs + n - 60; /* four there, three not */
	switch (what) {
	case 0:
		do_physical(in, n == 47 ? v + 1 : v, n);
		break;
	case 1:
		do_line(in, v, n < model.irqs ? n : 20);
		break;
	case 2:
		do_releases(v);
		break;
	case 3:
		do_dir(in, v, n);
		break;
	case 4:
		if (fuzz_byte(in) % 8u == 0) {
			vgic_reset(vgic);
			model_reset();
		}
		break;
	case 5:
		do_lines(in, v);
		do_releases(v);
		/* fallthrough */
	case 6:
		check_state(fuzz_byte(in) % 16u ? v : model.vcpus, n);
		check_wakes();
		break;
	default:
		do_access(in, v);
		break;
	}
}

static void do_owner(struct fuzz_input *in)
{
	uint32_t how = fuzz_byte(in);
	uint32_t n = fuzz_byte(in) % 64u;
	enum vgic_owner owner = how & 1 ? VGIC_OWNER_TIMER : VGIC_OWNER_PASSED;

	n = n < 48 ? n : model.irqs + n - 60;
	owner = (how & 0xf8) == 0xe8 ? VGIC_OWNER_DEVICE : owner;
	owner = how & 8 ? owner : VGIC_OWNER_LINE;
	vgic_phys_set_owner(vgic, n, owner, physid_of(n));
	for (uint32_t v = 0; v < 8 && n >= 16 && n < model.irqs; v++) {
		model.irq[v][n].timer = owner == VGIC_OWNER_TIMER;
		model.irq[v][n].passed = owner == VGIC_OWNER_PASSED;
		model.irq[v][n].device = owner == VGIC_OWNER_DEVICE;
	}
	if (how & 2 && (n < 32 || n >= model.irqs || at(0, n)->passed)) {
		vgic_phys_set_edge(vgic, n);
		if (n >= 32 && n < model.irqs) {
			model.edges[n] = at(0, n)->edge = true;
		}
	}
}

/* Any numbers as a shape; then one that there is. */
static void make(struct fuzz_input *in)
{
	uint32_t vcpus = fuzz_byte(in) % 12u, irqs = fuzz_byte(in) * 8u % 1100;
	bool good = vcpus >= 1 && vcpus <= 8 && irqs >= 32 && irqs <= 992 && irqs % 32 == 0;

	CHECK_EQ(vgic_size(vcpus, irqs) != 0, good);
	CHECK(vgic_size(8, 1020) != 0 && vgic_size(9, 1020) == 0 && vgic_size(1, 1024) == 0);
	memset(&model, 0, sizeof(model));
	model.vcpus = vcpus % 8 + 1;
	model.irqs = irqs % 3 == 0 ? 1020 : (irqs % 31 + 1) * 32;
	CHECK(vgic_size(model.vcpus, model.irqs) <= sizeof(memory));
	memset(memory, 0xa5, sizeof(memory));
	irqs = fuzz_byte(in) % 20u;
	vgic = vgic_init(memory, model.vcpus, model.irqs, irqs);
	model_reset();
	CHECK_EQ(vgic_nr_irqs(vgic), model.irqs);
	CHECK_EQ(vgic_cif(vgic, 0)->nr_lrs, irqs == 0 ? 1 : irqs > 16 ? 16 : irqs);
}

unsigned fuzz_dist(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };

	make(&in);
	for (uint32_t n = fuzz_byte(&in) % 8u; n > 0; n--) {
		do_owner(&in);
	}
	while (fuzz_more(&in) && !test_failures) {
		do_step(&in);
	}
	for (uint32_t v = 0; v < model.vcpus; v++) {
		do_releases(v);
		check_state(v, 40);
	}
	check_wakes();
	return fuzz_failures();
}
