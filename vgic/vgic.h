/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GICv2 that one partition sees (ARM IHI 0048B without the Security Extensions), for up to 8
 * vCPUs and 1020 interrupts, over a few hardware list registers. Pure: the caller holds the
 * partition's VGIC lock around every call and moves the list registers (vgic_hw.c).
 *
 * List registers stay in hardware while their vCPU is loaded; struct vgic_cif is the mirror. What
 * was written is known; what the guest did since is learnt only by reading back: vgic_fold. So:
 *   work = vgic_cif_work(...)  nothing (the common exit) | add | look | sync
 *   add:  vgic_flush fills list registers known to be free; it needs no read
 *   look: vgic_hw_empty, vgic_fold_empty: which are free by now? Mostly that is all, then add
 *   sync: vgic_hw_read, vgic_fold, vgic_flush
 *   then  vgic_hw_write
 */
#ifndef VGIC_VGIC_H
#define VGIC_VGIC_H

#include "hyp/base/mmio.h"
#include "vgic/irq_line.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VGIC_MAX_VCPUS	8
#define VGIC_NR_SGIS	16
#define VGIC_NR_PRIVATE 32
#define VGIC_MAX_IRQS	1020
#define VGIC_MAX_LRS	16
#define VGIC_NO_IRQ	0xffffu

struct vgic; /* vgic_state.h, for vgic/ and its tests alone */

/* The mirror of one vCPU's GICH state. A list register found empty keeps its other bits here as in
 * hardware (state 0, the EOI bit as it was): flush decides from them what must be written. */
struct vgic_cif {
	uint32_t nr_lrs; /* 1..VGIC_MAX_LRS, of the hardware */
	uint32_t used;	/* bit n: LRn was written with an interrupt, and flush has not cleared it */
	uint32_t dirty; /* bit n: lr[n] must be written to hardware */
	bool hcr_dirty;
	uint8_t work;	  /* enum vgic_work: vgic_cif_work */
	bool has_release; /* this vCPU's doing has left something for vgic_phys_release_next ... */
	bool has_trigger; /* ... or, has_release is set too, for vgic_phys_trigger_next first */
	bool has_held;	  /* a physical interrupt may be held: vgic_phys_level_next */
	uint32_t hcr;	  /* EOICount as read back, until fold has dealt with it */
	uint32_t vmcr;
	uint32_t apr;
	uint32_t lr[VGIC_MAX_LRS];
};

/* Which vCPUs must look at their VGIC (vgic_cif_work): bit n. Glue wakes them, or kicks those that
 * run. The vCPU that a call is made for may be among them: it looks anyway before it goes on. */
typedef uint32_t vgic_kick_t;

/* Each asks for more than the one before. */
enum vgic_work { VGIC_WORK_NONE, VGIC_WORK_ADD, VGIC_WORK_LOOK, VGIC_WORK_SYNC };

/* What must this vCPU do before it enters its guest? One byte to test; without the lock it may be
 * old, but whoever changes it kicks. */
static inline enum vgic_work vgic_cif_work(const struct vgic_cif *cif)
{
	return (enum vgic_work)cif->work;
}

/* Bytes for a VGIC of this shape. nr_vcpus 1..8; nr_irqs a multiple of 32 from 32 to 992, or 1020;
 * 0 for any other shape. */
size_t vgic_size(uint32_t nr_vcpus, uint32_t nr_irqs);

/* Makes one in `memory` (vgic_size bytes, 8-byte aligned), in the reset state, all lines low. The
 * shape is one that vgic_size accepts. */
struct vgic *vgic_init(void *memory, uint32_t nr_vcpus, uint32_t nr_irqs, uint32_t nr_lrs);

/* GIC reset (partition restart): configuration, latches and active states go; line levels stay:
 * they belong to whoever drives them. No vCPU is loaded. Physical SPIs that were held come out of
 * vgic_phys_release_next; physical timers are not active then, as no vCPU is loaded. */
void vgic_reset(struct vgic *vgic);

/* The same in pieces, each at most some 2,500 instructions: `piece` 0 first, then the next one
 * while it returns true. Between them anything but vgic_load may be called: lines, say. */
bool vgic_reset_piece(struct vgic *vgic, uint32_t piece);

uint32_t vgic_nr_irqs(const struct vgic *vgic);
struct vgic_cif *vgic_cif(struct vgic *vgic, uint32_t vcpu);

/* What drives the interrupt's line. LINE: the callers of vgic_set_line. TIMER: the guest's own
 * timer; vgic_set_line returns 0 and changes nothing. PASSED: a physical interrupt, and DEVICE: an
 * emulated device, by vgic_device_line; vgic_set_line returns -HYP_EBUSY for both. `intid` is
 * 16..31 (for all vCPUs) or an SPI. `physid`, of TIMER and PASSED, is the physical interrupt that
 * the guest's EOI deactivates. */
enum vgic_owner { VGIC_OWNER_LINE, VGIC_OWNER_TIMER, VGIC_OWNER_PASSED, VGIC_OWNER_DEVICE };
void vgic_phys_set_owner(struct vgic *vgic, uint32_t intid, enum vgic_owner owner, uint32_t physid);

/*
 * The board's GIC does not fire again a physical level that is still high when the guest's EOI has
 * deactivated it through the HW bit (QEMU's model, up to 7.2 at least). Physical interrupts then go
 * without the HW bit: the guest's EOI brings a maintenance interrupt, and glue deactivates
 * (vgic_phys_release_next). Before the first interrupt.
 */
void vgic_phys_set_soft_eoi(struct vgic *vgic);

/* Drives a decoded, checked line (irq_line.h): SPI or PPI. Returns 0, or -HYP_EBUSY for a line of
 * VGIC_OWNER_PASSED or VGIC_OWNER_DEVICE. For an edge-configured one each call with `level` is an
 * edge, whatever the line was before. */
int vgic_set_line(struct vgic *vgic, const struct irq_line *line, bool level, vgic_kick_t *kick);

/* The output of the emulated device that has `intid`, an SPI (VGIC_OWNER_DEVICE; of others nothing
 * happens). It is a wire: the level that it has already is no edge. */
void vgic_device_line(struct vgic *vgic, uint32_t intid, bool level, vgic_kick_t *kick);

/* PLUMB_GET_IRQ_STATE bits (abi/plumbline.h) of interrupt `intid` as vCPU `vcpu` sees it. */
uint32_t vgic_irq_state(const struct vgic *vgic, uint32_t vcpu, uint32_t intid);

/* The loaded vCPU in whose list registers this interrupt is, or whose own line it has, so that
 * memory, and vgic_irq_state, know what became of it only as of that vCPU's last fold;
 * VGIC_MAX_VCPUS: none, memory is right. `fold_seq` changes with each fold. */
uint32_t vgic_irq_holder(const struct vgic *vgic, uint32_t vcpu, uint32_t intid,
			 uint32_t *fold_seq);

/* Has `vcpu` fold before it goes on, or when it is kicked. */
void vgic_ask_fold(struct vgic *vgic, uint32_t vcpu);

/* The physical interrupt behind `intid` fired and is active in the physical GIC until the guest
 * deactivates it: pends here, delivered with the HW bit. A level pends as long as it is high. */
void vgic_phys_fired(struct vgic *vgic, uint32_t vcpu, uint32_t intid, vgic_kick_t *kick);

/* The vCPU that is to end such an SPI, as things are: the one that has it, else the first of its
 * targets; VGIC_MAX_VCPUS: none. */
uint32_t vgic_phys_goes_to(const struct vgic *vgic, uint32_t intid);

/* Is the physical interrupt behind intid still to be deactivated by the guest (so it must be active
 * in the physical GIC while this vCPU is loaded)? */
bool vgic_phys_held(const struct vgic *vgic, uint32_t vcpu, uint32_t intid);

/* Forget a held one that was not acknowledged (the source went quiet while the vCPU was off the
 * CPU): no longer pending by its line. True if there was one: glue deactivates the physical
 * interrupt. False if none is held, or the guest has acknowledged it and will deactivate it. */
bool vgic_phys_release(struct vgic *vgic, uint32_t vcpu, uint32_t intid);

/*
 * A level that falls before the guest acknowledges it is no longer pending (IHI 0048B 3.2.4), and
 * nothing tells: glue looks at the lines of those that are held. When memory is to be right, after
 * vgic_fold, and before vgic_flush; if the mirror's has_held says so. The first with an INTID of at
 * least *intid, a private one of `vcpu` or an SPI; `physid` is its physical interrupt. False: no
 * more. vgic_phys_level takes the answer; what is low is let go (vgic_phys_release_next).
 */
bool vgic_phys_level_next(struct vgic *vgic, uint32_t vcpu, uint32_t *intid, uint32_t *physid);
void vgic_phys_level(struct vgic *vgic, uint32_t vcpu, uint32_t intid, bool high);

/* The next physical interrupt that glue must deactivate because no list register does it: the guest
 * cleared it through the distributor, or ended it while it was in no list register. To be called
 * after vgic_fold, vgic_fold_empty, vgic_dist_access and vgic_reset, as long as the mirror's
 * has_release says so; private interrupts are those of `vcpu`, on its CPU. */
bool vgic_phys_release_next(struct vgic *vgic, uint32_t vcpu, uint32_t *physid);

/* A passed-through SPI is an edge from each reset on, until the guest's GICD_ICFGR says otherwise;
 * else a level. Before the first interrupt. */
void vgic_phys_set_edge(struct vgic *vgic, uint32_t intid);

/* The next passed-through SPI whose GICD_ICFGR the guest has changed: glue has the physical one
 * follow. To be called after vgic_dist_access, as long as the mirror's has_trigger says so. */
bool vgic_phys_trigger_next(struct vgic *vgic, uint32_t vcpu, uint32_t *physid, bool *edge);

/* A guest's access to its distributor (4 KiB). MMIO_RETRY: the register shows the state of an
 * interrupt that sits in a list register of another loaded vCPU: `kick` names it, the guest's
 * instruction runs again. For its own vCPU's list registers the caller folds first if
 * vgic_dist_needs_fold(offset) says so. */
bool vgic_dist_needs_fold(uint32_t offset);
enum mmio_result vgic_dist_access(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
				  vgic_kick_t *kick);

/* A guest's write to GICV_DIR, which is trapped: the own list registers are folded before. True and
 * *physid set when a physical interrupt must be deactivated. */
bool vgic_cpu_dir(struct vgic *vgic, uint32_t vcpu, uint32_t value, uint32_t *physid,
		  vgic_kick_t *kick);

/* Whether WFI would fall through: something pends for this vCPU, in a list register or waiting for
 * one, and its CPU interface signals it. For a loaded vCPU, list registers are as last read, and so
 * are the mirror's vmcr and apr: fold, and vgic_hw_look, first. For one that is not loaded it turns
 * true by nothing but a call that names the vCPU in `kick`: who is kicked asks. */
bool vgic_has_pending(const struct vgic *vgic, uint32_t vcpu);

/* Why the first pending interrupt of a vCPU is not taken, from the distributor on to the vCPU. */
enum vgic_hold {
	VGIC_HOLD_IDLE,	     /* nothing is pending */
	VGIC_HOLD_NONE,	     /* the CPU interface signals it: the vCPU alone decides */
	VGIC_HOLD_DISABLED,  /* GICD_ISENABLER */
	VGIC_HOLD_GROUP,     /* GICD_CTLR does not forward its group */
	VGIC_HOLD_TARGETS,   /* GICD_ITARGETSR names no vCPU */
	VGIC_HOLD_INTERFACE, /* GICC_CTLR does not signal its group */
	VGIC_HOLD_PMR,	     /* GICC_PMR */
	VGIC_HOLD_ACTIVE,    /* `active` has not been ended, and goes before it */
};

struct vgic_view {
	enum vgic_hold hold;
	uint32_t intid;	 /* pending; VGIC_NO_IRQ: none */
	bool fiq;	 /* it asserts FIQ, not IRQ */
	uint32_t active; /* the innermost active one; VGIC_NO_IRQ: none */
	/* What would be signalled if it pended now. */
	bool open_timer[2]; /* the timers' PPIs, as vgic_explain was asked */
	bool open_sgi;
	uint32_t open_other; /* the first other PPI or SPI; VGIC_NO_IRQ: none */
};

/* The VGIC of a vCPU that has folded, for whoever wants to know why nothing happens. Its mirror's
 * vmcr and apr are as in hardware. `timer`: the INTIDs of the two timers. */
struct vgic_view vgic_explain(const struct vgic *vgic, uint32_t vcpu, const uint32_t timer[2]);

/* Mirror -> interrupts: what the guest did in its list registers (after vgic_hw_read). Again before
 * the next flush, it does nothing. Flush must follow before the guest runs (vgic_cif_work). */
void vgic_fold(struct vgic *vgic, uint32_t vcpu, vgic_kick_t *kick);

/* The short fold: `empty` are list registers that hold nothing (GICH_ELRSR, GICH_EISR); what was in
 * them has ended, the others stay the guest's. Returns the work that is left: SYNC if this was not
 * enough. */
enum vgic_work vgic_fold_empty(struct vgic *vgic, uint32_t vcpu, uint32_t empty, vgic_kick_t *kick);

/* Interrupts -> mirror: the highest priorities first; dirty bits say what to write. Arms
 * maintenance interrupts where more waits than fits: 'no pending' (NPIE), EOI count (LRENPIE), and
 * EOI. Without a fold since the last flush it only adds to free list registers. */
void vgic_flush(struct vgic *vgic, uint32_t vcpu);

/* The vCPU was put on, or taken off, a CPU. After load: flush, then write everything. Unload folds
 * (after everything was read back) and leaves no list register in use: glue clears the hardware's.
 */
void vgic_load(struct vgic *vgic, uint32_t vcpu);
void vgic_unload(struct vgic *vgic, uint32_t vcpu, vgic_kick_t *kick);

#endif
