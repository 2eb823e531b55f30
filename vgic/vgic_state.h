/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of a VGIC; only for vgic/ and its tests. Lock: the partition's VGIC lock, held by the
 * caller of every public function, protects all of it.
 *
 * Most of an interrupt's state is one bit in each word of a bank (32 interrupts), as in the
 * distributor's registers, so that a word access is a few logical operations; the rest is in struct
 * vgic_irq.
 *
 * Where an interrupt is: nowhere (irq->vcpu is VGIC_NOWHERE), ready on one vCPU (its bit is set in
 * that vCPU's `ready`: it needs a list register), barred there (`barred`: it would be ready if
 * GICD_CTLR forwarded its group; a write there then moves 32 at once), or in a list register of one
 * vCPU (its bit is set in `in_lr`). An interrupt is never in two places.
 */
#ifndef VGIC_VGIC_STATE_H
#define VGIC_VGIC_STATE_H

#include "hyp/base/bits.h"
#include "vgic/vgic.h"

#define VGIC_MAX_WORDS 32
#define VGIC_NOWHERE   VGIC_MAX_VCPUS /* irq->vcpu: no vCPU; its bit is never in a target mask */
#define VGIC_NO_LR     0xffu
#define VGIC_ALL_FREE  0xffffu /* all list registers will be filled anew: room for any number */
#define VGIC_LEVELS    5       /* bits of a priority that count: 7..3 */
#define VGIC_ACTIVES   6       /* of active_priority: 7..2; bit 2 is 1 in 0xff alone */

/* Functions in the path of every interrupt are inline: a call with its arguments in memory would
 * cost more than many of them. */
#define VGIC_INLINE static inline __attribute__((always_inline))

/* 32 interrupts; bit n is interrupt 32 * word + n. */
struct vgic_bank {
	uint32_t enabled;
	uint32_t group;
	uint32_t line;	/* and `plain`, read together: vgic_spi_stays */
	uint32_t plain; /* SPIs: ~(edge | driven): vgic_state_set_plain */
	uint32_t edge;

	/* Pending apart from a high level line: an edge, ISPENDR, an SGI's sources. While it is
	 * lent to a list register as pending it is in `loan` instead, so that a new edge is
	 * distinct from the one that the guest may have acknowledged. A loan that is still pending
	 * returns at fold. */
	uint32_t latch;
	uint32_t loan;

	uint32_t active; /* as of the last fold */
	uint32_t in_lr;

	/* Changes to `active` by another vCPU while the state is only in hardware: applied when the
	 * vCPU that has the interrupt folds. */
	uint32_t op_activate;
	uint32_t op_deactivate;

	/* The physical interrupt fired and is active in the physical GIC: the virtual one is
	 * pending by `line` (an edge: by `latch` or `loan`), or (held_active) active in the
	 * guest. */
	uint32_t held;
	uint32_t held_active;
	uint32_t high;	    /* held_active: the physical line, as last read */
	uint32_t held_lent; /* a list register shows it as pending, without the HW bit */
	uint32_t release; /* the physical interrupt is to be deactivated: vgic_phys_release_next */

	uint32_t driven; /* not VGIC_OWNER_LINE; one of these, or VGIC_OWNER_DEVICE: */
	uint32_t timer;
	uint32_t passed;

	/* The priorities, and active priorities, as planes of bits, bit 7 first: 32 are compared at
	 * once. */
	uint32_t level[VGIC_LEVELS];
	uint32_t active_level[VGIC_ACTIVES];

	uint32_t watch; /* SPIs whose end lowers their line, and is told: vgic_watch_spi */
	uint32_t ended; /* ... and has not been told yet */
};

_Static_assert(sizeof(struct vgic_bank) == 128, "a power of two: found by a shift");

#define VGIC_TRIGGER_EDGE    BIT32(0) /* edge-triggered on the board: set at each reset */
#define VGIC_TRIGGER_CHANGED BIT32(1) /* physical one to be changed: vgic_phys_trigger_next */

struct vgic_irq {
	uint16_t physid;
	uint8_t priority;	 /* GICD_IPRIORITYR */
	uint8_t active_priority; /* the priority at the acknowledge: orders the guest's EOIs */
	uint8_t targets;	 /* GICD_ITARGETSR; SPIs */
	uint8_t vcpu;		 /* ready, barred or in a list register there; or VGIC_NOWHERE */
	uint8_t lr;		 /* which one; stays as a hint afterwards */
	uint8_t sources;	 /* SGI: senders, those in the list register left out */
	uint8_t active_source;	 /* SGI */
	uint8_t trigger;	 /* VGIC_TRIGGER_*, of those passed through */
};

struct vgic_cpu {
	struct vgic_cif cif;
	bool loaded;
	bool folded;	    /* no list register holds state that memory does not have */
	bool unsorted;	    /* GICD_CTLR was written: ready and barred are as before, and work is
			     * SYNC: vgic_irq_sort */
	bool ops;	    /* there are op_activate, op_deactivate bits for it */
	uint32_t nr_free;   /* list registers that are not used; VGIC_ALL_FREE while folded */
	uint32_t fold_seq;  /* counts folds */
	uint32_t nr_ready;  /* bits in ready */
	uint32_t given;	    /* vgic_given: free-running */
	uint32_t ready_sum; /* bit w: ready[w] is not 0 */
	uint32_t recall;    /* bit n: LRn is out of date, unless it is empty */
	uint16_t lr_irq[VGIC_MAX_LRS]; /* used LRn: its INTID, VGIC_NO_IRQ; unless folded */
	uint32_t ready[VGIC_MAX_WORDS];
	uint32_t barred[VGIC_MAX_WORDS];

	/* The read that returned MMIO_RETRY: its register (0: none), the vCPUs whose fold it waits
	 * for, and their fold_seq at that time. */
	uint32_t retry_offset;
	uint32_t retry_wait;
	uint32_t retry_seq[VGIC_MAX_VCPUS];

	struct vgic_bank bank; /* SGIs and PPIs */
	struct vgic_irq irq[VGIC_NR_PRIVATE];
};

struct vgic {
	uint32_t nr_vcpus;
	uint32_t nr_irqs;
	uint32_t nr_words;
	uint32_t nr_lrs;
	uint32_t all_lrs; /* one bit for each */
	uint32_t reach;	  /* those that another CPU can write: vgic_set_reach */
	uint32_t ctlr;
	bool soft_eoi;		  /* vgic_phys_set_soft_eoi */
	bool user_groups;	  /* vgic_user_dist may write GICD_IGROUPR */
	uint32_t group_on[2];	  /* all ones if the distributor forwards the group */
	uint32_t release_sum;	  /* bit w: an SPI of word w is in `release` */
	uint32_t trigger_sum;	  /* likewise: of some SPI VGIC_TRIGGER_CHANGED */
	uint32_t held_sum;	  /* likewise, or was lately: an SPI is in `held` */
	uint32_t ended_sum;	  /* likewise: in `ended` */
	struct vgic_cpu *cpu;	  /* nr_vcpus of them */
	struct vgic_bank *spi;	  /* nr_words - 1: word 1 first */
	struct vgic_irq *spi_irq; /* nr_irqs - 32: INTID 32 first */
};

/* One interrupt in the view of one vCPU, with its bank and bit looked up. */
struct vgic_ref {
	struct vgic_bank *bank;
	struct vgic_irq *irq;
	uint32_t bit;
	uint32_t intid;
	uint32_t vcpu; /* whose view: the only vCPU for a private interrupt */
};

VGIC_INLINE struct vgic_bank *vgic_state_bank(const struct vgic *vgic, uint32_t vcpu, uint32_t word)
{
	return word == 0 ? &vgic->cpu[vcpu].bank : &vgic->spi[word - 1];
}

/* `intid` < nr_irqs, `vcpu` < nr_vcpus: callers check the values of guests. */
VGIC_INLINE struct vgic_ref vgic_state_ref(const struct vgic *vgic, uint32_t vcpu, uint32_t intid)
{
	struct vgic_ref ref = { .bit = BIT32(intid % 32), .intid = intid, .vcpu = vcpu };

	if (intid < VGIC_NR_PRIVATE) {
		ref.bank = &vgic->cpu[vcpu].bank;
		ref.irq = &vgic->cpu[vcpu].irq[intid];
	} else {
		ref.bank = &vgic->spi[intid / 32 - 1];
		ref.irq = &vgic->spi_irq[intid - VGIC_NR_PRIVATE];
	}
	return ref;
}

/* The interrupts of a word that exist: the last word of 1020 has 28. */
VGIC_INLINE uint32_t vgic_state_valid(const struct vgic *vgic, uint32_t word)
{
	if (word >= vgic->nr_words) {
		return 0;
	}
	return word == VGIC_MAX_WORDS - 1 ? GENMASK32(27, 0) : GENMASK32(31, 0);
}

/* To be called after each change of the words that `plain` is made of, before the lock is released.
 */
VGIC_INLINE void vgic_state_set_plain(struct vgic_bank *bank)
{
	bank->plain = ~(bank->edge | bank->driven);
}

/* Pending, without those in list registers. */
VGIC_INLINE uint32_t vgic_state_pending(const struct vgic_bank *bank)
{
	return bank->latch | (bank->line & ~bank->edge);
}

/* For one interrupt of a word: bit 7 of `priority` goes to plane[0], the next to plane[1] ... */
VGIC_INLINE void vgic_levels_set(uint32_t *plane, uint32_t count, uint32_t bit, uint32_t priority)
{
	for (uint32_t n = 0; n < count; n++) {
		plane[n] &= ~bit;
		plane[n] |= priority & BIT32(7 - n) ? bit : 0;
	}
}

/* Those of `bits` of a word whose priority is below `limit` (1..31): 32 comparisons at once, of the
 * highest bit first. `equal`: those whose bits so far are the limit's. */
VGIC_INLINE uint32_t vgic_levels_below(const struct vgic_bank *bank, uint32_t bits, uint32_t limit)
{
	uint32_t equal = bits;
	uint32_t below = 0;

	for (uint32_t n = 0; n < VGIC_LEVELS; n++) {
		uint32_t one = 0u - (limit >> (VGIC_LEVELS - 1 - n) & 1u); /* all ones, or 0 */

		below |= equal & one & ~bank->level[n];
		equal &= ~(one ^ bank->level[n]);
	}
	return below;
}

/* The value of GICD_ISPENDR: a level-sensitive interrupt whose line is high is pending also while
 * it is active (4.3.7). */
VGIC_INLINE uint32_t vgic_state_shown(const struct vgic_bank *bank)
{
	return vgic_state_pending(bank) | bank->loan |
	       (bank->held_active & bank->high & ~bank->edge);
}

/* The interrupts whose group GICD_CTLR forwards. */
VGIC_INLINE uint32_t vgic_state_forwards(const struct vgic *vgic, const struct vgic_bank *bank)
{
	return (bank->group & vgic->group_on[1]) | (~bank->group & vgic->group_on[0]);
}

/* The interrupts that are forwarded if pending. */
VGIC_INLINE uint32_t vgic_state_eligible(const struct vgic *vgic, const struct vgic_bank *bank)
{
	return bank->enabled & vgic_state_forwards(vgic, bank);
}

#endif
