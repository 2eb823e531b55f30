/* SPDX-License-Identifier: BSD-2-Clause */
/* A VGIC's memory, its reset, and the load and unload of vCPUs. */
#include "hyp/base/cold.h"
#include "hyp/regs/gic.h"
#include "vgic/vgic_irq.h"
#include "vgic/vgic_lr.h"
#include <string.h>

#define STATE_ALIGN 8
#define STATE_PIECE 4 /* words of SPIs */

static uint32_t state_words(uint32_t nr_irqs)
{
	return (nr_irqs + 31) / 32;
}

static bool state_shape_is_valid(uint32_t nr_vcpus, uint32_t nr_irqs)
{
	return nr_vcpus >= 1 && nr_vcpus <= VGIC_MAX_VCPUS && nr_irqs >= VGIC_NR_PRIVATE &&
	       (nr_irqs == VGIC_MAX_IRQS || (nr_irqs % 32 == 0 && nr_irqs < VGIC_MAX_IRQS));
}

static size_t state_cpus_size(uint32_t nr_vcpus)
{
	return (size_t)bits_align_up(nr_vcpus * sizeof(struct vgic_cpu), STATE_ALIGN);
}

static size_t state_banks_size(uint32_t nr_irqs)
{
	return (size_t)bits_align_up((state_words(nr_irqs) - 1) * sizeof(struct vgic_bank),
				     STATE_ALIGN);
}

static size_t state_header_size(void)
{
	return (size_t)bits_align_up(sizeof(struct vgic), STATE_ALIGN);
}

COLD size_t vgic_size(uint32_t nr_vcpus, uint32_t nr_irqs)
{
	size_t irqs;

	if (!state_shape_is_valid(nr_vcpus, nr_irqs)) {
		return 0;
	}
	irqs = (nr_irqs - VGIC_NR_PRIVATE) * sizeof(struct vgic_irq);
	return state_header_size() + state_cpus_size(nr_vcpus) + state_banks_size(nr_irqs) +
	       (size_t)bits_align_up(irqs, STATE_ALIGN);
}

/* Lines, owners, and interrupts still to be released outlive a reset. Glue sets physical triggers
 * anew. Other CPUs read `line` and `plain` without the lock meanwhile (vgic_spi_stays), so `line`
 * is written only with its value, never cleared on the way: the bank must not be assigned as a
 * whole. `plain` follows (vgic_state_set_plain). */
static COLD void state_reset_bank(struct vgic_bank *bank)
{
	bank->enabled = 0;
	bank->group = 0;
	bank->edge = 0;
	bank->line &= ~(bank->timer | bank->passed);
	bank->latch = 0;
	bank->loan = 0;
	bank->active = 0;
	bank->in_lr = 0;
	bank->op_activate = 0;
	bank->op_deactivate = 0;
	bank->held = 0;
	bank->held_active = 0;
	bank->high = 0;
	bank->held_lent = 0;
	memset(bank->level, 0, sizeof(bank->level));
	memset(bank->active_level, 0, sizeof(bank->active_level));
}

/* clang-format off */
#define STATE_RESET    { .vcpu = VGIC_NOWHERE, .lr = VGIC_NO_LR }
/* clang-format on */
#define STATE_RESET_4 STATE_RESET, STATE_RESET, STATE_RESET, STATE_RESET

#define STATE_RESETS 8u

static const _Alignas(8) struct vgic_irq state_reset[STATE_RESETS] = { STATE_RESET_4,
								       STATE_RESET_4 };

/* An interrupt with a physical one keeps its number, and an edge stays an edge. */
static void state_reset_owned(struct vgic_irq *irq)
{
	uint16_t physid = irq->physid;
	uint8_t trigger = irq->trigger & VGIC_TRIGGER_EDGE;

	*irq = state_reset[0];
	irq->physid = physid;
	irq->trigger = trigger;
}

/* The interrupts of a word, whose bank has been reset. Usually none of them has an owner, and they
 * are copied as four blocks: with eight vCPUs there are 1244, and physical interrupts are masked.
 */
static COLD void state_reset_irqs(struct vgic_bank *bank, struct vgic_irq *irq, uint32_t count)
{
	uint32_t owned = bank->timer | bank->passed;
	uint32_t n = 0;

	while (n < count) {
		uint32_t left = owned & GENMASK32(31, n);
		uint32_t next = left ? bits_first(left) : count;

		for (uint32_t end; n < next; n = end) {
			end = bits_min(next, (n / STATE_RESETS + 1) * STATE_RESETS);
			memcpy(&irq[n], &state_reset[n % STATE_RESETS], (end - n) * sizeof(*irq));
		}
		if (left) {
			state_reset_owned(&irq[next]);
			bank->edge |= irq[next].trigger ? BIT32(next) : 0;
		}
		n = next + 1;
	}
	vgic_state_set_plain(bank);
}

/* None of the word's interrupts is ready, or barred, on this vCPU any more. */
static void state_reset_waiting(struct vgic_cpu *cpu, uint32_t word)
{
	cpu->nr_ready -= bits_count(cpu->ready[word]);
	cpu->ready_sum &= ~BIT32(word);
	cpu->ready[word] = 0;
	cpu->barred[word] = 0;
}

static void state_reset_cpu(struct vgic_cpu *cpu, uint32_t nr_lrs)
{
	state_reset_waiting(cpu, 0);
	state_reset_bank(&cpu->bank);
	cpu->bank.enabled = GENMASK32(VGIC_NR_SGIS - 1, 0); /* SGIs: always, and edges */
	cpu->bank.edge = GENMASK32(VGIC_NR_SGIS - 1, 0);
	state_reset_irqs(&cpu->bank, cpu->irq, VGIC_NR_PRIVATE);
	memset(cpu->lr_irq, 0xff, sizeof(cpu->lr_irq)); /* VGIC_NO_IRQ */
	cpu->unsorted = false;
	cpu->ops = false;
	cpu->folded = true;
	cpu->nr_free = VGIC_ALL_FREE;
	cpu->recall = 0;
	cpu->fold_seq++;
	cpu->retry_offset = 0;
	cpu->cif = (struct vgic_cif) {
		.nr_lrs = nr_lrs,
		.dirty = GENMASK32(31, 0) >> (32 - nr_lrs),
		.hcr = GICH_HCR_EN,
		.hcr_dirty = true,
		.work = VGIC_WORK_ADD,
		.has_release = true, /* vgic_reset may leave work */
	};
}

static void state_reset_word(struct vgic *vgic, uint32_t word)
{
	struct vgic_bank *bank = &vgic->spi[word - 1];

	for (uint32_t n = 0; n < vgic->nr_vcpus; n++) {
		state_reset_waiting(&vgic->cpu[n], word);
	}
	bank->release |= bank->held;
	vgic->release_sum |= bank->release ? BIT32(word) : 0;
	state_reset_bank(bank);
	state_reset_irqs(bank, &vgic->spi_irq[32 * (word - 1)],
			 bits_min(32, vgic->nr_irqs - 32 * word));
}

/* Only SGIs are enabled now, and none is pending, so no interrupt changes its place. */
static void state_reset_ctlr(struct vgic *vgic)
{
	vgic->ctlr = 0;
	vgic->group_on[0] = 0;
	vgic->group_on[1] = 0;
	vgic->trigger_sum = 0;
	vgic->held_sum = 0;
}

/* One vCPU and four words per piece: eight pieces for the largest VGIC. */
COLD bool vgic_reset_piece(struct vgic *vgic, uint32_t piece)
{
	uint32_t first = 1 + STATE_PIECE * piece;
	uint32_t end = bits_min(first + STATE_PIECE, vgic->nr_words);

	if (piece < vgic->nr_vcpus) {
		state_reset_cpu(&vgic->cpu[piece], vgic->nr_lrs);
	}
	for (uint32_t word = first; word < end; word++) {
		state_reset_word(vgic, word);
	}
	if (piece + 1 < vgic->nr_vcpus || first + STATE_PIECE < vgic->nr_words) {
		return true;
	}
	state_reset_ctlr(vgic);
	return false;
}

void vgic_reset(struct vgic *vgic)
{
	uint32_t piece = 0;

	while (vgic_reset_piece(vgic, piece)) {
		piece++;
	}
}

COLD struct vgic *vgic_init(void *memory, uint32_t nr_vcpus, uint32_t nr_irqs, uint32_t nr_lrs)
{
	uint8_t *rest = memory;
	struct vgic *vgic = memory;

	memset(memory, 0, vgic_size(nr_vcpus, nr_irqs));
	vgic->nr_vcpus = nr_vcpus;
	vgic->nr_irqs = nr_irqs;
	vgic->nr_words = state_words(nr_irqs);
	vgic->nr_lrs = bits_min(nr_lrs ? nr_lrs : 1, VGIC_MAX_LRS);
	vgic->all_lrs = GENMASK32(31, 0) >> (32 - vgic->nr_lrs);
	rest += state_header_size();
	vgic->cpu = (void *)rest;
	rest += state_cpus_size(nr_vcpus);
	vgic->spi = (void *)rest;
	rest += state_banks_size(nr_irqs);
	vgic->spi_irq = (void *)rest;
	vgic_reset(vgic);
	return vgic;
}

struct vgic *vgic_init_like(void *memory, uint32_t nr_vcpus, uint32_t nr_irqs,
			    const struct vgic *other)
{
	struct vgic *vgic = vgic_init(memory, nr_vcpus, nr_irqs, other->nr_lrs);

	vgic->soft_eoi = other->soft_eoi;
	vgic->reach = other->reach;
	return vgic;
}

uint32_t vgic_nr_irqs(const struct vgic *vgic)
{
	return vgic->nr_irqs;
}

struct vgic_cif *vgic_cif(struct vgic *vgic, uint32_t vcpu)
{
	return &vgic->cpu[vcpu].cif;
}

bool vgic_is_folded(const struct vgic *vgic, uint32_t vcpu)
{
	return vgic->cpu[vcpu].folded;
}

/* List register n is empty, and its interrupt is nothing but ended: the same as
 * vgic_lr_take_empty, in fewer instructions. */
VGIC_INLINE bool state_take_ended(struct vgic *vgic, uint32_t vcpu, uint32_t n)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	/*@ admit known: cpu->lr_irq[n] < vgic->nr_irqs; */
	struct vgic_ref ref = vgic_state_ref(vgic, vcpu, cpu->lr_irq[n]);
	struct vgic_bank *bank = ref.bank;

	if (((vgic_state_pending(bank) & bank->enabled) | bank->held | bank->op_activate |
	     bank->watch) &
	    ref.bit) {
		return false;
	}
	bank->active &= ~ref.bit;
	bank->loan &= ~ref.bit;
	bank->op_deactivate &= ~ref.bit;
	bank->in_lr &= ~ref.bit;
	ref.irq->vcpu = VGIC_NOWHERE;
	cpu->cif.lr[n] &= ~GICH_LR_STATE;
	if (vgic_lr_must_clear(cpu->cif.lr[n])) {
		cpu->cif.lr[n] = 0;
		cpu->cif.dirty |= BIT32(n);
	}
	cpu->cif.used &= ~BIT32(n);
	cpu->nr_free++;
	return true;
}

/* Separate, because vgic_fold_quiet needs few registers. */
static __attribute__((noinline)) bool state_take_all_ended(struct vgic *vgic, uint32_t vcpu,
							   uint32_t used)
{
	for (; used; used &= used - 1) {
		if (!state_take_ended(vgic, vcpu, bits_first(used))) {
			return false;
		}
	}
	return true;
}

/* Nothing waits for a list register. What is ready is on the list, and `work` would tell of a new
 * value of GICD_CTLR. */
VGIC_INLINE bool state_is_quiet(const struct vgic_cpu *cpu)
{
	return !cpu->nr_ready && cpu->cif.work == VGIC_WORK_NONE && cpu->cif.hcr == GICH_HCR_EN &&
	       !cpu->folded;
}

/* ... and no list register is in use: a fold finds nothing. */
VGIC_INLINE void state_fold_none(struct vgic_cpu *cpu)
{
	vgic_irq_fold_begins(cpu);
	cpu->ops = false; /* nothing is left for it: vgic_dist_must_wait */
	cpu->cif.work = VGIC_WORK_ADD;
}

bool vgic_fold_quiet(struct vgic *vgic, uint32_t vcpu, uint32_t empty)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	uint32_t used = cpu->cif.used;

	if ((used & (~empty | cpu->cif.dirty)) || !state_is_quiet(cpu)) {
		return false;
	}
	if (used && !state_take_all_ended(vgic, vcpu, used)) {
		return false;
	}
	state_fold_none(cpu);
	return true;
}

/* All list registers, in steps of four: the array has VGIC_MAX_LRS elements. */
static __attribute__((noinline)) void state_clear_lrs(struct vgic_cif *cif, uint32_t nr_lrs)
{
	_Static_assert(VGIC_MAX_LRS % 4 == 0, "steps of four");

	for (uint32_t n = 0; n < nr_lrs; n += 4) {
		cif->lr[n] = 0;
		cif->lr[n + 1] = 0;
		cif->lr[n + 2] = 0;
		cif->lr[n + 3] = 0;
	}
}

/* The vCPU with this mirror. */
VGIC_INLINE struct vgic_cpu *state_cpu_of(struct vgic_cif *cif)
{
	_Static_assert(offsetof(struct vgic_cpu, cif) == 0, "its first member");

	return (struct vgic_cpu *)cif;
}

/* All that are ready fit: flush puts them into the list registers, which are free, and makes no
 * choice. */
static void state_load_empty(const struct vgic *vgic, struct vgic_cpu *cpu)
{
	cpu->nr_free = vgic->nr_lrs;
	cpu->cif.hcr = GICH_HCR_EN;
	cpu->folded = false;
}

/* Another vCPU has used the hardware since: its contents do not belong to this one. The mirror's
 * list registers have been invalid since vgic_unload, as those of the hardware are. */
void vgic_load(struct vgic *vgic, uint32_t vcpu)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];

	if (cpu->unsorted) {
		vgic_irq_sort(vgic, vcpu);
	}
	cpu->loaded = true;
	cpu->cif.used = 0;
	cpu->cif.dirty = vgic->all_lrs;
	cpu->cif.hcr_dirty = true;
	cpu->cif.work = VGIC_WORK_ADD;
	if (cpu->nr_ready <= vgic->nr_lrs) {
		state_load_empty(vgic, cpu);
	}
}

void vgic_unload(struct vgic *vgic, uint32_t vcpu, vgic_kick_t *kick)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];

	if ((!cpu->folded || cpu->unsorted) && !vgic_fold_quiet(vgic, vcpu, 0)) {
		vgic_fold(vgic, vcpu, kick);
	}
	cpu->loaded = false;
	cpu->cif.used = 0;
	state_clear_lrs(&cpu->cif, vgic->nr_lrs);
}

/* As after vgic_unload: `work` is ADD, and nothing else is there to be looked at. (It would be SYNC
 * if GICD_CTLR had been written.) */
#define STATE_AT_REST ((uint32_t)VGIC_WORK_ADD << 8)

_Static_assert(offsetof(struct vgic_cif, work) == offsetof(struct vgic_cif, busy) + 1, "its byte");

VGIC_INLINE bool state_has_none(const struct vgic_cpu *cpu)
{
	return !cpu->cif.used && !cpu->nr_ready && cpu->cif.hcr == GICH_HCR_EN;
}

bool vgic_is_quiet(const struct vgic_cif *cif)
{
	return !cif->busy && state_has_none((const struct vgic_cpu *)cif);
}

bool vgic_unload_quiet(struct vgic_cif *cif)
{
	struct vgic_cpu *cpu = state_cpu_of(cif);

	if (!state_has_none(cpu)) {
		return false;
	}
	if (!cif->busy) {
		state_fold_none(cpu);
	} else if (cif->busy == STATE_AT_REST && cpu->folded) {
		state_clear_lrs(cif, cif->nr_lrs); /* what a fold has taken back is still there */
	} else {
		return false;
	}
	cpu->loaded = false;
	return true;
}

bool vgic_load_quiet(struct vgic_cif *cif)
{
	struct vgic_cpu *cpu = state_cpu_of(cif);

	if (cif->busy != STATE_AT_REST || cpu->nr_ready) {
		return false;
	}
	cpu->loaded = true;
	cpu->folded = false;
	cpu->nr_free = cif->nr_lrs;
	cif->hcr = GICH_HCR_EN;
	cif->work = VGIC_WORK_NONE;
	return true;
}
