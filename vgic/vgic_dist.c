/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The distributor's register map (IHI 0048B table 4-1): a table with one entry for each 0x80 bytes,
 * following the layout of the GICv2. Registers that do not exist are RAZ/WI, and so is an access of
 * a width that a register does not support.
 */
#include "hyp/base/cold.h"
#include "hyp/regs/gic.h"
#include "vgic/vgic_bits.h"
#include "vgic/vgic_interface.h"
#include "vgic/vgic_irq.h"
#include "vgic/vgic_sgi.h"

#define DIST_ROW 7 /* log2 of 0x80 */

/* Widths: the bits are the sizes in bytes. */
#define DIST_WORD  4u
#define DIST_BYTES (1u | 4u)
#define DIST_ANY   (1u | 2u | 4u)

#define DIST_PRIORITY_BITS 0xf8u /* five are implemented, as on the Cortex-A15 */

/* JEP106 code of ARM (0x43b), as in the modelled GIC; product 'P', variant and revision 0. */
#define DIST_IIDR 0x5000043bu

/* PIDR4..7, PIDR0..3 (GICv2: PIDR2 is 0x2b), CIDR0..3 */
static const uint8_t dist_ids[] = {
	0x04, 0x00, 0x00, 0x00, 0x90, 0xb4, 0x2b, 0x00, 0x0d, 0xf0, 0x05, 0xb1,
};

/* ---- GICD_CTLR and the read-only registers beside it ---- */

static uint32_t dist_typer(const struct vgic *vgic)
{
	return FIELD_PREP(GICD_TYPER_ITLINES, vgic->nr_words - 1) |
	       FIELD_PREP(GICD_TYPER_CPUS, vgic->nr_vcpus - 1);
}

static COLD enum mmio_result dist_read_control(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
					       vgic_kick_t *kick)
{
	(void)vcpu;
	(void)kick;
	if (mmio->offset == GICD_CTLR) {
		mmio->value = vgic->ctlr;
	} else if (mmio->offset == GICD_TYPER) {
		mmio->value = dist_typer(vgic);
	} else if (mmio->offset == GICD_IIDR) {
		mmio->value = DIST_IIDR;
	}
	return MMIO_OK;
}

/* Interrupts that became pending while their group was disabled wait for this write. Those in list
 * registers are checked anew. A waiting vCPU may wake once without need. */
static COLD void dist_write_control(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
				    vgic_kick_t *kick)
{
	uint32_t value = mmio->value & (GICD_CTLR_GRP0 | GICD_CTLR_GRP1);

	(void)vcpu;
	if (mmio->offset != GICD_CTLR || value == vgic->ctlr) {
		return;
	}
	vgic->ctlr = value;
	vgic->group_on[0] = value & GICD_CTLR_GRP0 ? GENMASK32(31, 0) : 0;
	vgic->group_on[1] = value & GICD_CTLR_GRP1 ? GENMASK32(31, 0) : 0;
	for (uint32_t n = 0; n < vgic->nr_vcpus; n++) {
		struct vgic_cpu *cpu = &vgic->cpu[n];

		cpu->unsorted = true;
		cpu->cif.work = VGIC_WORK_SYNC;
		*kick |= cpu->loaded || vgic_interface_is_on(&cpu->cif) ? BIT32(n) : 0;
	}
}

/* ---- one byte per interrupt ---- */

static COLD enum mmio_result dist_read_priority(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
						vgic_kick_t *kick)
{
	uint32_t first = mmio->offset - GICD_IPRIORITYR;

	(void)kick;
	for (uint32_t n = 0; n < mmio->size && first + n < vgic->nr_irqs; n++) {
		uint32_t priority = vgic_state_ref(vgic, vcpu, first + n).irq->priority;

		mmio->value |= priority << (8 * n);
	}
	return MMIO_OK;
}

static COLD_THUMB void dist_write_priority(struct vgic *vgic, uint32_t vcpu,
					   const struct mmio *mmio, vgic_kick_t *kick)
{
	uint32_t first = mmio->offset - GICD_IPRIORITYR;

	for (uint32_t n = 0; n < mmio->size && first + n < vgic->nr_irqs; n++) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, first + n);
		uint8_t priority = (uint8_t)((mmio->value >> (8 * n)) & DIST_PRIORITY_BITS);

		if (ref.irq->priority != priority) {
			ref.irq->priority = priority;
			vgic_levels_set(ref.bank->level, VGIC_LEVELS, ref.bit, priority);
			vgic_irq_update(vgic, &ref, kick);
		}
	}
}

/* The targets of a private interrupt read as the reader (4.3.12): software uses that to find its
 * CPU number. */
static COLD enum mmio_result dist_read_targets(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
					       vgic_kick_t *kick)
{
	uint32_t first = mmio->offset - GICD_ITARGETSR;

	(void)kick;
	for (uint32_t n = 0; n < mmio->size && first + n < vgic->nr_irqs; n++) {
		uint32_t targets = first + n < VGIC_NR_PRIVATE
					   ? BIT32(vcpu)
					   : vgic_state_ref(vgic, vcpu, first + n).irq->targets;

		mmio->value |= targets << (8 * n);
	}
	return MMIO_OK;
}

static COLD_THUMB void dist_write_targets(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
					  vgic_kick_t *kick)
{
	uint32_t first = mmio->offset - GICD_ITARGETSR;
	uint32_t exist = GENMASK32(VGIC_MAX_VCPUS - 1, 0) >> (VGIC_MAX_VCPUS - vgic->nr_vcpus);

	if (first < VGIC_NR_PRIVATE) {
		return;
	}
	for (uint32_t n = 0; n < mmio->size && first + n < vgic->nr_irqs; n++) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, first + n);
		uint8_t targets = (uint8_t)((mmio->value >> (8 * n)) & exist);

		if (ref.irq->targets != targets) {
			ref.irq->targets = targets;
			vgic_irq_update(vgic, &ref, kick);
		}
	}
}

/* ---- GICD_ICFGR: two bits per interrupt, of which the upper one means 'edge' ---- */

/* Bit n -> bits 2n+1..2n, the upper one. */
static uint32_t dist_spread(uint32_t bits)
{
	bits &= 0xffffu;
	bits = (bits | (bits << 8)) & 0x00ff00ffu;
	bits = (bits | (bits << 4)) & 0x0f0f0f0fu;
	bits = (bits | (bits << 2)) & 0x33333333u;
	bits = (bits | (bits << 1)) & 0x55555555u;
	return bits * GICD_ICFGR_EDGE;
}

static uint32_t dist_gather(uint32_t fields)
{
	fields = (fields / GICD_ICFGR_EDGE) & 0x55555555u;
	fields = (fields | (fields >> 1)) & 0x33333333u;
	fields = (fields | (fields >> 2)) & 0x0f0f0f0fu;
	fields = (fields | (fields >> 4)) & 0x00ff00ffu;
	return (fields | (fields >> 8)) & 0xffffu;
}

/* A register holds the upper or the lower half of a bank. */
static uint32_t dist_config_first(const struct mmio *mmio)
{
	return (mmio->offset - GICD_ICFGR) * 4;
}

static COLD enum mmio_result dist_read_config(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
					      vgic_kick_t *kick)
{
	uint32_t first = dist_config_first(mmio);

	(void)kick;
	if (first < vgic->nr_irqs) {
		const struct vgic_bank *bank = vgic_state_bank(vgic, vcpu, first / 32);

		mmio->value = dist_spread(bank->edge >> (first % 32));
	}
	return MMIO_OK;
}

/* Passed-through SPIs: the line is connected to the physical GIC, so its configuration must
 * follow. */
static void dist_pass_config(struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t changed)
{
	changed &= word == 0 ? 0 : vgic_state_bank(vgic, vcpu, word)->passed;
	if (!changed) {
		return;
	}
	for (uint32_t bits = changed; bits; bits &= bits - 1) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, 32 * word + bits_first(bits));

		ref.irq->trigger |= VGIC_TRIGGER_CHANGED;
	}
	vgic->trigger_sum |= BIT32(word);
	vgic->cpu[vcpu].cif.has_trigger = true;
	vgic->cpu[vcpu].cif.has_release = true;
}

/* Does a list register show the physical interrupt as pending, as it was written? */
static bool dist_is_lent(const struct vgic *vgic, const struct vgic_ref *ref)
{
	uint32_t vcpu = ref->irq->vcpu;
	uint32_t lr = ref->irq->lr;

	if (!(ref->bank->in_lr & ref->bit)) {
		return false;
	}
	/*@ admit placed: vcpu < vgic->nr_vcpus; */
	/*@ admit shown: lr < vgic->nr_lrs; */
	return (ref->bank->held_lent & ref->bit) || (vgic->cpu[vcpu].cif.lr[lr] & GICH_LR_HW);
}

/* A held level-sensitive interrupt stays pending as an edge; a held edge becomes a level that is
 * high until its line is read. */
static void dist_keep_held(struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t changed)
{
	struct vgic_bank *bank = vgic_state_bank(vgic, vcpu, word);
	uint32_t waits = changed & bank->held & ~bank->held_active;

	bank->line |= waits & ~bank->edge;
	for (uint32_t bits = waits & bank->edge; bits; bits &= bits - 1) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, 32 * word + bits_first(bits));

		if (dist_is_lent(vgic, &ref)) {
			bank->loan |= ref.bit;
		} else {
			bank->latch |= ref.bit;
		}
	}
}

/* SGIs stay edge-triggered. The others are checked anew: an interrupt may become pending by its
 * line, or no longer be. */
static COLD void dist_write_config(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
				   vgic_kick_t *kick)
{
	uint32_t first = dist_config_first(mmio);
	uint32_t half = GENMASK32(15, 0) << (first % 32);
	struct vgic_bank *bank;
	uint32_t changed;

	if (first < VGIC_NR_SGIS || first >= vgic->nr_irqs) {
		return;
	}
	bank = vgic_state_bank(vgic, vcpu, first / 32);
	changed = (bank->edge ^ (dist_gather(mmio->value) << (first % 32))) & half &
		  vgic_state_valid(vgic, first / 32);
	bank->edge ^= changed;
	vgic_state_set_plain(bank);
	dist_keep_held(vgic, vcpu, first / 32, changed);
	dist_pass_config(vgic, vcpu, first / 32, changed);
	changed &= bank->line | bank->in_lr;
	vgic_irq_update_word(vgic, vcpu, first / 32, changed, kick);
}

/* ---- SGIs ---- */

static bool dist_is_sgi_state(uint32_t offset)
{
	return offset >= GICD_CPENDSGIR && offset < GICD_SPENDSGIR + VGIC_NR_SGIS;
}

static COLD enum mmio_result dist_read_sgi(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
					   vgic_kick_t *kick)
{
	uint32_t first = mmio->offset % VGIC_NR_SGIS;

	(void)kick;
	for (uint32_t n = 0; dist_is_sgi_state(mmio->offset) && n < mmio->size; n++) {
		mmio->value |= vgic_sgi_sources(vgic, vcpu, first + n) << (8 * n);
	}
	return MMIO_OK;
}

static COLD void dist_write_sgi(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
				vgic_kick_t *kick)
{
	uint32_t first = mmio->offset % VGIC_NR_SGIS;

	if (mmio->offset == GICD_SGIR) {
		if (mmio->size == 4) {
			vgic_sgi_send(vgic, vcpu, mmio->value, kick);
		}
		return;
	}
	for (uint32_t n = 0; dist_is_sgi_state(mmio->offset) && n < mmio->size; n++) {
		uint32_t sources = (mmio->value >> (8 * n)) & 0xffu;

		if (mmio->offset < GICD_SPENDSGIR) {
			vgic_sgi_clear(vgic, vcpu, first + n, sources, kick);
		} else {
			vgic_sgi_set(vgic, vcpu, first + n, sources, kick);
		}
	}
}

/* ---- identification ---- */

static enum mmio_result dist_read_id(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
				     vgic_kick_t *kick)
{
	(void)vgic;
	(void)vcpu;
	(void)kick;
	if (mmio->offset >= GICD_ID) {
		mmio->value = dist_ids[(mmio->offset - GICD_ID) / 4];
	}
	return MMIO_OK;
}

/* ---- the table ---- */

struct dist_row {
	uint32_t widths;
	vgic_dist_read_t read;
	vgic_dist_write_t write;
};

#define DIST_PRIORITY_ROW DIST_ANY, dist_read_priority, dist_write_priority
#define DIST_TARGETS_ROW  DIST_BYTES, dist_read_targets, dist_write_targets
#define DIST_CONFIG_ROW	  DIST_WORD, dist_read_config, dist_write_config

/* Empty rows: 0xd00 PPISR and SPISR (no lines of its own to show), 0xe00 NSACR (only with the
 * Security Extensions). */
static const struct dist_row dist_rows[GICD_SIZE >> DIST_ROW] = {
	[GICD_CTLR >> DIST_ROW] = { DIST_WORD, dist_read_control, dist_write_control },
	[GICD_IGROUPR >> DIST_ROW] = { DIST_WORD, vgic_bits_read_group, vgic_bits_write_group },
	[GICD_ISENABLER >>
		DIST_ROW] = { DIST_WORD, vgic_bits_read_enabled, vgic_bits_write_enabled },
	[GICD_ICENABLER >>
		DIST_ROW] = { DIST_WORD, vgic_bits_read_enabled, vgic_bits_write_enabled },
	[GICD_ISPENDR >> DIST_ROW] = { DIST_WORD, vgic_bits_read_pending, vgic_bits_set_pending },
	[GICD_ICPENDR >> DIST_ROW] = { DIST_WORD, vgic_bits_read_pending, vgic_bits_clear_pending },
	[GICD_ISACTIVER >> DIST_ROW] = { DIST_WORD, vgic_bits_read_active, vgic_bits_activate },
	[GICD_ICACTIVER >> DIST_ROW] = { DIST_WORD, vgic_bits_read_active, vgic_bits_deactivate },
	[(GICD_IPRIORITYR >> DIST_ROW) + 0] = { DIST_PRIORITY_ROW },
	[(GICD_IPRIORITYR >> DIST_ROW) + 1] = { DIST_PRIORITY_ROW },
	[(GICD_IPRIORITYR >> DIST_ROW) + 2] = { DIST_PRIORITY_ROW },
	[(GICD_IPRIORITYR >> DIST_ROW) + 3] = { DIST_PRIORITY_ROW },
	[(GICD_IPRIORITYR >> DIST_ROW) + 4] = { DIST_PRIORITY_ROW },
	[(GICD_IPRIORITYR >> DIST_ROW) + 5] = { DIST_PRIORITY_ROW },
	[(GICD_IPRIORITYR >> DIST_ROW) + 6] = { DIST_PRIORITY_ROW },
	[(GICD_IPRIORITYR >> DIST_ROW) + 7] = { DIST_PRIORITY_ROW },
	[(GICD_ITARGETSR >> DIST_ROW) + 0] = { DIST_TARGETS_ROW },
	[(GICD_ITARGETSR >> DIST_ROW) + 1] = { DIST_TARGETS_ROW },
	[(GICD_ITARGETSR >> DIST_ROW) + 2] = { DIST_TARGETS_ROW },
	[(GICD_ITARGETSR >> DIST_ROW) + 3] = { DIST_TARGETS_ROW },
	[(GICD_ITARGETSR >> DIST_ROW) + 4] = { DIST_TARGETS_ROW },
	[(GICD_ITARGETSR >> DIST_ROW) + 5] = { DIST_TARGETS_ROW },
	[(GICD_ITARGETSR >> DIST_ROW) + 6] = { DIST_TARGETS_ROW },
	[(GICD_ITARGETSR >> DIST_ROW) + 7] = { DIST_TARGETS_ROW },
	[(GICD_ICFGR >> DIST_ROW) + 0] = { DIST_CONFIG_ROW },
	[(GICD_ICFGR >> DIST_ROW) + 1] = { DIST_CONFIG_ROW },
	[GICD_SGIR >> DIST_ROW] = { DIST_BYTES, dist_read_sgi, dist_write_sgi },
	[GICD_ID >> DIST_ROW] = { DIST_WORD, dist_read_id, NULL },
};

static const struct dist_row dist_nothing = { 0, NULL, NULL };

bool vgic_dist_needs_fold(uint32_t offset)
{
	return (offset >= GICD_ISPENDR && offset < GICD_IPRIORITYR) || dist_is_sgi_state(offset);
}

bool vgic_dist_must_wait(struct vgic *vgic, uint32_t vcpu, uint32_t offset, vgic_kick_t *kick)
{
	uint32_t others = 0;

	if (offset < GICD_ISACTIVER || offset >= GICD_IPRIORITYR) {
		return false;
	}
	for (uint32_t n = 0; n < vgic->nr_vcpus; n++) {
		if (n != vcpu && vgic->cpu[n].ops) {
			others |= BIT32(n);
			vgic_ask_fold(vgic, n); /* only a fold of everything ends the wait */
		}
	}
	*kick |= others;
	return others != 0;
}

enum mmio_result vgic_dist_access(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
				  vgic_kick_t *kick)
{
	const struct dist_row *row;

	if (mmio->offset >= GICD_SIZE || (mmio->offset & (mmio->size - 1))) {
		row = &dist_nothing;
	} else {
		row = &dist_rows[mmio->offset >> DIST_ROW];
	}
	if (mmio->is_write) {
		if ((row->widths & mmio->size) && row->write) {
			row->write(vgic, vcpu, mmio, kick);
		}
		return MMIO_OK;
	}
	mmio->value = 0;
	return row->widths & mmio->size ? row->read(vgic, vcpu, mmio, kick) : MMIO_OK;
}

/* ---- frequent words ---- */

/* The two registers follow each other. */
static bool dist_is_enable(uint32_t offset)
{
	return offset - GICD_ISENABLER < 2 * (GICD_ICENABLER - GICD_ISENABLER);
}

bool vgic_dist_is_enable(const struct vgic *vgic, uint32_t offset)
{
	return dist_is_enable(offset) && (offset & 0x7fu) / 4 < vgic->nr_irqs / 32;
}

bool vgic_dist_read_word(const struct vgic *vgic, uint32_t vcpu, uint32_t offset, uint32_t *value)
{
	if (offset == GICD_CTLR) {
		*value = vgic->ctlr;
	} else if (dist_is_enable(offset)) {
		*value = vgic_bits_enabled(vgic, vcpu, offset);
	} else if (offset == GICD_TYPER) {
		*value = dist_typer(vgic);
	} else {
		return false;
	}
	return true;
}

void vgic_dist_enabled(struct vgic *vgic, uint32_t vcpu, uint32_t offset, uint32_t moved,
		       vgic_kick_t *kick)
{
	vgic_irq_update_word(vgic, vcpu, (offset & 0x7fu) / 4, moved, kick);
}
