/* SPDX-License-Identifier: BSD-2-Clause */
#include "vgic/vgic_bits.h"
#include "hyp/base/cold.h"
#include "hyp/regs/gic.h"
#include "vgic/vgic_irq.h"

#define BITS_SGIS GENMASK32(VGIC_NR_SGIS - 1, 0)

/* Every one of these registers has a row of 0x80 bytes. */
static uint32_t bits_word_at(uint32_t offset)
{
	return (offset & 0x7fu) / 4;
}

static uint32_t bits_word(const struct mmio *mmio)
{
	return bits_word_at(mmio->offset);
}

/* A word past the last one reads as the reader's word 0, which `valid` masks completely. */
static struct vgic_bank *bits_bank(const struct vgic *vgic, uint32_t vcpu, uint32_t word)
{
	return vgic_state_bank(vgic, vcpu, word < vgic->nr_words ? word : 0);
}

static uint32_t bits_written(const struct vgic *vgic, const struct mmio *mmio)
{
	return mmio->value & vgic_state_valid(vgic, bits_word(mmio));
}

COLD enum mmio_result vgic_bits_read_group(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
					   vgic_kick_t *kick)
{
	uint32_t word = bits_word(mmio);

	(void)kick;
	mmio->value = bits_bank(vgic, vcpu, word)->group & vgic_state_valid(vgic, word);
	return MMIO_OK;
}

COLD void vgic_bits_write_group(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
				vgic_kick_t *kick)
{
	uint32_t word = bits_word(mmio);
	struct vgic_bank *bank = bits_bank(vgic, vcpu, word);
	uint32_t changed = (bank->group ^ mmio->value) & vgic_state_valid(vgic, word);

	bank->group ^= changed;
	changed &= vgic_state_pending(bank) | bank->in_lr | bank->active;
	vgic_irq_update_word(vgic, vcpu, word, changed, kick);
}

COLD uint32_t vgic_bits_enabled(const struct vgic *vgic, uint32_t vcpu, uint32_t offset)
{
	uint32_t word = bits_word_at(offset);

	return bits_bank(vgic, vcpu, word)->enabled & vgic_state_valid(vgic, word);
}

COLD enum mmio_result vgic_bits_read_enabled(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
					     vgic_kick_t *kick)
{
	(void)kick;
	mmio->value = vgic_bits_enabled(vgic, vcpu, mmio->offset);
	return MMIO_OK;
}

/*
 * GICD_ICENABLER clears. SGIs are always enabled (permitted by 4.3.5, and usual in other GICs). An
 * active interrupt stays active, and in its list register; otherwise its physical interrupt would
 * never be deactivated. Returns the interrupts that must be moved.
 */
VGIC_INLINE uint32_t bits_enable(struct vgic_bank *bank, uint32_t offset, uint32_t bits)
{
	uint32_t enabled = bank->enabled;

	if (offset < GICD_ICENABLER) {
		bits &= ~enabled;
	} else {
		bits &= enabled & (bits_word_at(offset) == 0 ? ~BITS_SGIS : GENMASK32(31, 0));
	}
	bank->enabled = enabled ^ bits;
	return bits & (vgic_state_pending(bank) | bank->in_lr);
}

COLD void vgic_bits_write_enabled(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
				  vgic_kick_t *kick)
{
	uint32_t word = bits_word(mmio);
	uint32_t moved =
		bits_enable(bits_bank(vgic, vcpu, word), mmio->offset, bits_written(vgic, mmio));

	vgic_irq_update_word(vgic, vcpu, word, moved, kick);
}

uint32_t vgic_dist_enable(struct vgic *vgic, uint32_t vcpu, uint32_t offset, uint32_t value)
{
	return bits_enable(vgic_state_bank(vgic, vcpu, bits_word_at(offset)), offset, value);
}

/* The loaded vCPUs whose hardware holds the state of some of these interrupts. The reader has
 * folded its own. */
static uint32_t bits_holders(const struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t bits)
{
	uint32_t holders = 0;

	for (; bits; bits &= bits - 1) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, 32 * word + bits_first(bits));

		if (vgic_irq_is_away(vgic, &ref)) {
			uint32_t holder = ref.irq->vcpu;

			/*@ admit placed: holder < vgic->nr_vcpus; */
			holders |= BIT32(holder);
		}
	}
	return holders & ~BIT32(vcpu);
}

/*
 * Makes the holders fold, and completes the read when each has folded since the first attempt. An
 * interrupt that enters a list register later does not make the reader wait again: memory then
 * holds a state from after that attempt, and the reader always makes progress.
 */
static enum mmio_result bits_wait(struct vgic *vgic, uint32_t vcpu, uint32_t offset,
				  uint32_t holders, vgic_kick_t *kick)
{
	struct vgic_cpu *reader = &vgic->cpu[vcpu];
	uint32_t wait = reader->retry_wait;

	if (reader->retry_offset != offset) {
		wait = holders;
		for (uint32_t left = holders; left; left &= left - 1) {
			uint32_t n = bits_first(left);

			reader->retry_seq[n] = vgic->cpu[n].fold_seq;
		}
	}
	for (uint32_t left = wait; left; left &= left - 1) {
		uint32_t n = bits_first(left);

		if (vgic->cpu[n].fold_seq != reader->retry_seq[n]) {
			wait &= ~BIT32(n);
		} else {
			vgic->cpu[n].cif.work = VGIC_WORK_SYNC;
			*kick |= BIT32(n);
		}
	}
	reader->retry_wait = wait;
	reader->retry_offset = wait ? offset : 0;
	return wait ? MMIO_RETRY : MMIO_OK;
}

static COLD enum mmio_result bits_read_state(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
					     uint32_t state, vgic_kick_t *kick)
{
	uint32_t word = bits_word(mmio);
	uint32_t valid = vgic_state_valid(vgic, word);
	uint32_t holders = 0;

	if (word != 0 && valid) {
		const struct vgic_bank *bank = vgic_state_bank(vgic, vcpu, word);

		holders = bits_holders(vgic, vcpu, word, bank->in_lr | bank->active);
	}
	if (holders || vgic->cpu[vcpu].retry_offset == mmio->offset) {
		if (bits_wait(vgic, vcpu, mmio->offset, holders, kick) == MMIO_RETRY) {
			return MMIO_RETRY;
		}
	}
	mmio->value = state & valid;
	return MMIO_OK;
}

enum mmio_result vgic_bits_read_pending(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
					vgic_kick_t *kick)
{
	const struct vgic_bank *bank = bits_bank(vgic, vcpu, bits_word(mmio));

	return bits_read_state(vgic, vcpu, mmio, vgic_state_shown(bank), kick);
}

COLD enum mmio_result vgic_bits_read_active(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
					    vgic_kick_t *kick)
{
	return bits_read_state(vgic, vcpu, mmio, bits_bank(vgic, vcpu, bits_word(mmio))->active,
			       kick);
}

/* Only GICD_SGIR and GICD_SPENDSGIR make SGIs pending (4.3.7). */
static uint32_t bits_not_sgis(const struct vgic *vgic, const struct mmio *mmio)
{
	return bits_written(vgic, mmio) & (bits_word(mmio) == 0 ? ~BITS_SGIS : GENMASK32(31, 0));
}

COLD void vgic_bits_set_pending(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
				vgic_kick_t *kick)
{
	uint32_t word = bits_word(mmio);
	struct vgic_bank *bank = bits_bank(vgic, vcpu, word);
	uint32_t changed = bits_not_sgis(vgic, mmio) & ~bank->latch;

	bank->latch |= changed;
	vgic_irq_update_word(vgic, vcpu, word, changed, kick);
}

/* In a list register, clearing the loan is enough: fold then returns nothing, unless the guest has
 * acknowledged it before. A held physical edge is released, or it would stay active forever. */
COLD void vgic_bits_clear_pending(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
				  vgic_kick_t *kick)
{
	uint32_t word = bits_word(mmio);
	struct vgic_bank *bank = bits_bank(vgic, vcpu, word);
	uint32_t bits = bits_not_sgis(vgic, mmio) & (bank->latch | bank->loan);

	bank->latch &= ~bits;
	bank->loan &= ~bits;
	vgic_irq_release_word(vgic, vcpu, word,
			      bank->held & ~bank->held_active & ~bank->in_lr &
				      ~vgic_state_pending(bank) & bits);
	vgic_irq_update_word(vgic, vcpu, word, bits, kick);
}

COLD void vgic_bits_activate(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
			     vgic_kick_t *kick)
{
	uint32_t word = bits_word(mmio);

	for (uint32_t bits = bits_written(vgic, mmio); bits; bits &= bits - 1) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, 32 * word + bits_first(bits));

		vgic_irq_activate(vgic, &ref, kick);
	}
}

COLD void vgic_bits_deactivate(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
			       vgic_kick_t *kick)
{
	uint32_t word = bits_word(mmio);
	const struct vgic_bank *bank = bits_bank(vgic, vcpu, word);
	uint32_t bits = bits_written(vgic, mmio) & (bank->active | bank->in_lr);

	vgic_irq_deactivate_word(vgic, vcpu, word, bits, kick);
}
