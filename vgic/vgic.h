/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual GICv2 of one partition (ARM IHI 0048B without the Security Extensions), for up to 8
 * vCPUs and 1020 interrupts, on top of a few hardware list registers. Pure: the caller holds the
 * partition's VGIC lock around every call and moves the list registers (vgic_hw.c).
 *
 * List registers stay in hardware while their vCPU is loaded; struct vgic_cif is their mirror. The
 * mirror holds the values written; changes by the guest become known only when the registers are
 * read back (vgic_fold). So:
 *   work = vgic_cif_work(...)  nothing (the common exit) | add | look | sync
 *   add:  vgic_flush fills list registers known to be free, without a read
 *   look: vgic_hw_empty, vgic_fold_empty: which are free now? Usually enough; then add
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

struct vgic; /* vgic_state.h, only for vgic/ and its tests */

/* The mirror of one vCPU's GICH state. A list register found empty keeps its other bits here as in
 * hardware (state 0, the EOI bit as it was): flush decides from them what must be written. */
struct vgic_cif {
	uint32_t nr_lrs; /* 1..VGIC_MAX_LRS, of the hardware */
	uint32_t used; /* bit n: LRn was written with an interrupt, and no fold has taken it back */
	uint32_t dirty; /* bit n: lr[n] must be written to hardware */
	/* All of these are looked at in one load (vgic_is_quiet): mostly 0. */
	union {
		uint32_t busy;
		struct {
			bool has_held; /* a physical interrupt may be held: vgic_phys_level_next */
			uint8_t work;  /* enum vgic_work: vgic_cif_work */
			/* This vCPU has caused work for vgic_phys_release_next, or for
			 * vgic_phys_trigger_next first: both are set then. */
			bool has_release;
			bool has_trigger;
		};
	};
	bool hcr_dirty;
	bool traced;	 /* its CPU may record a trace: another one that writes here, too */
	uint8_t gic_cpu; /* while loaded: the number of the CPU's interface in the physical GIC */
	uint32_t hcr;	 /* EOICount as read back, until fold has dealt with it */
	uint32_t vmcr;
	uint32_t apr;
	uint32_t lr[VGIC_MAX_LRS];
};

/* The vCPUs (bit n) that must check their VGIC (vgic_cif_work). Glue wakes them, or kicks those
 * that run. The set may contain the vCPU that the call is for, which checks anyway before it
 * continues. */
typedef uint32_t vgic_kick_t;

/* Each includes more work than the one before. */
enum vgic_work { VGIC_WORK_NONE, VGIC_WORK_ADD, VGIC_WORK_LOOK, VGIC_WORK_SYNC };

/* The work that this vCPU must do before it enters its guest: one byte. Without the lock the value
 * may be old, but each change of it is followed by a kick. */
static inline enum vgic_work vgic_cif_work(const struct vgic_cif *cif)
{
	return (enum vgic_work)cif->work;
}

/* More interrupts wait than fit, as of the last flush: each fold and flush is a long piece of work.
 */
bool vgic_cif_is_crowded(const struct vgic_cif *cif);
/* The same of the present state, also of those that are not signalled. It need not be exact: the
 * lock is not held. */
bool vgic_is_crowded(const struct vgic *vgic, uint32_t vcpu);

/* Bytes for a VGIC of this shape. nr_vcpus 1..8; nr_irqs a multiple of 32 from 32 to 992, or 1020;
 * 0 for any other shape. */
size_t vgic_size(uint32_t nr_vcpus, uint32_t nr_irqs);

/* Makes a VGIC in `memory` (vgic_size bytes, 8-byte aligned), in the reset state, all lines low.
 * vgic_size must accept the shape. */
struct vgic *vgic_init(void *memory, uint32_t nr_vcpus, uint32_t nr_irqs, uint32_t nr_lrs);

/* The same on the board that `other` is on: its list registers, vgic_phys_set_soft_eoi,
 * vgic_set_reach. */
struct vgic *vgic_init_like(void *memory, uint32_t nr_vcpus, uint32_t nr_irqs,
			    const struct vgic *other);

/* GIC reset (partition restart): clears configuration, latches and active states. Line levels stay,
 * because only their drivers change them. No vCPU is loaded. Physical SPIs that were held come out
 * of vgic_phys_release_next; physical timers are not active then, as no vCPU is loaded. */
void vgic_reset(struct vgic *vgic);

/* The same in pieces, each at most some 2,500 instructions: `piece` 0 first, then the next one
 * while it returns true. Between pieces all functions but vgic_load may be called, for example to
 * drive lines. */
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
 * For a GIC on which a physical level-sensitive interrupt whose line is still high does not fire
 * again after the guest's EOI has deactivated it through the HW bit (QEMU's model, up to 7.2 at
 * least). Physical interrupts then do not use the HW bit: the guest's EOI causes a maintenance
 * interrupt, and glue deactivates them (vgic_phys_release_next). To be called before the first
 * interrupt.
 */
void vgic_phys_set_soft_eoi(struct vgic *vgic);

/* Drives a decoded, checked line (irq_line.h): SPI or PPI. Returns 0, or -HYP_EBUSY for a line of
 * VGIC_OWNER_PASSED or VGIC_OWNER_DEVICE. For an edge-triggered interrupt each call with `level` is
 * an edge, independent of the previous level. */
int vgic_set_line(struct vgic *vgic, const struct irq_line *line, bool level, vgic_kick_t *kick);
/* The same for an SPI by its number from 0, which the VGIC has. */
int vgic_set_spi(struct vgic *vgic, uint32_t spi, bool level, vgic_kick_t *kick);
/* Drives a plain line of a disabled interrupt, which moves nothing. False: it is none, and nothing
 * was done. */
bool vgic_spi_settles(struct vgic *vgic, uint32_t spi, bool level);

/*
 * Without the lock, for an SPI by its number from 0, which the VGIC has: its bank, and a word of
 * the bank that bits_rotate(word, spi) & 1 tests. Would vgic_set_spi change nothing, and return 0?
 * Yes, if only the callers of vgic_set_line drive the line, the interrupt is level-sensitive, and
 * the line has the level already. Both are read by one load, of a doubleword (single-copy atomic,
 * ARM ARM A3.5.3), so they tell the truth about one moment of the call. The caller puts a DMB in
 * front of it: what it has stored before is there for a handler that an edge before that moment has
 * started.
 */
struct vgic_bank;
const struct vgic_bank *vgic_spi_banks(const struct vgic *vgic);
/* In speculation `spi` may be any number: the bank is then one of 32, or what stands there. */
const struct vgic_bank *vgic_spi_bank(const struct vgic_bank *banks, uint32_t spi);
uint32_t vgic_spi_stays(const struct vgic_bank *bank, bool level);

/*
 * An SPI by its number from 0, which the VGIC has, is watched, or not any more. When a guest ends
 * one that is watched and level-sensitive (EOI, or its deactivation), its line falls, and
 * vgic_take_ended returns its INTID once; 0: there is none.
 */
void vgic_watch_spi(struct vgic *vgic, uint32_t spi, bool on);
bool vgic_has_ended(const struct vgic *vgic);
uint32_t vgic_take_ended(struct vgic *vgic);

/* Drives the output of the emulated device that has `intid`, an SPI (VGIC_OWNER_DEVICE; for others
 * nothing happens). As on a wire, a call with the present level is not an edge. */
void vgic_device_line(struct vgic *vgic, uint32_t intid, bool level, vgic_kick_t *kick);

/* How many interrupts list registers have shown to the vCPU as pending, each once, modulo 2^32;
 * those of vgic_alone_ticked are left out, as its caller counts them. One that a fold took back
 * pending is not counted. `shown`: how many of them the guest has not acknowledged, as of the last
 * look. */
uint32_t vgic_given(const struct vgic *vgic, uint32_t vcpu, uint32_t *shown);

/* PLUMB_GET_IRQ_STATE bits (abi/plumbline.h) of interrupt `intid` as vCPU `vcpu` sees it. */
uint32_t vgic_irq_state(const struct vgic *vgic, uint32_t vcpu, uint32_t intid);

/* The loaded vCPU whose list registers hold this interrupt, or whose private line it is: memory,
 * and so vgic_irq_state, hold its state as of that vCPU's last fold. VGIC_MAX_VCPUS: none, and
 * memory is up to date. `fold_seq` changes with each fold. */
uint32_t vgic_irq_holder(const struct vgic *vgic, uint32_t vcpu, uint32_t intid,
			 uint32_t *fold_seq);

/* Makes `vcpu` fold before it continues, or when it is kicked. */
void vgic_ask_fold(struct vgic *vgic, uint32_t vcpu);

/* The physical interrupt behind `intid` fired, and is active in the physical GIC until the guest
 * deactivates it. The virtual one becomes pending and is delivered with the HW bit; a
 * level-sensitive one is pending as long as its line is high. */
void vgic_phys_fired(struct vgic *vgic, uint32_t vcpu, uint32_t intid, vgic_kick_t *kick);

/* The vCPU that would handle such an SPI in the present state: the one that has it, else the first
 * of its targets; VGIC_MAX_VCPUS: none. */
uint32_t vgic_phys_goes_to(const struct vgic *vgic, uint32_t intid);

/* Must the guest still deactivate the physical interrupt behind `intid` (so that it must be active
 * in the physical GIC while this vCPU is loaded)? */
bool vgic_phys_held(const struct vgic *vgic, uint32_t vcpu, uint32_t intid);

/* Releases a held interrupt that was not acknowledged (its source became inactive while the vCPU
 * was not loaded): its line no longer makes it pending. True if there was one: glue deactivates the
 * physical interrupt. False if none is held, or if the guest has acknowledged it and will
 * deactivate it. */
bool vgic_phys_release(struct vgic *vgic, uint32_t vcpu, uint32_t intid);

/*
 * An interrupt whose level falls before the guest acknowledges it is no longer pending (IHI 0048B
 * 3.2.4), and no event reports that: glue reads the lines of held interrupts. To be called after
 * vgic_fold, when memory must be up to date, and before vgic_flush, if the mirror's has_held is
 * set. Returns the first one with an INTID of at least *intid, a private one of `vcpu` or an SPI;
 * `physid` is its physical interrupt. False: no more. Glue passes the level to vgic_phys_level; one
 * that is low is released (vgic_phys_release_next).
 */
bool vgic_phys_level_next(struct vgic *vgic, uint32_t vcpu, uint32_t *intid, uint32_t *physid);
void vgic_phys_level(struct vgic *vgic, uint32_t vcpu, uint32_t intid, bool high);
/* vgic_phys_level for all held SPIs of a word (1..31); bit n of `high`: the level of INTID
 * 32 * word + n. */
void vgic_phys_levels(struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t high);

/* The next physical interrupt that glue must deactivate because no list register does it: the guest
 * cleared it through the distributor, or ended it while it was in no list register. To be called
 * after vgic_fold, vgic_fold_empty, vgic_dist_access and vgic_reset, as long as the mirror's
 * has_release is set; private interrupts are those of `vcpu`, on its CPU. */
bool vgic_phys_release_next(struct vgic *vgic, uint32_t vcpu, uint32_t *physid);
/* `vcpu` is unloaded before all have been returned: the others' has_release is set, and they are
 * kicked. */
void vgic_phys_release_others(struct vgic *vgic, uint32_t vcpu, vgic_kick_t *kick);

/* A passed-through SPI is edge-triggered from each reset on, until the guest changes GICD_ICFGR;
 * without this call it is level-sensitive. To be called before the first interrupt. */
void vgic_phys_set_edge(struct vgic *vgic, uint32_t intid);

/* The next passed-through SPI whose GICD_ICFGR field the guest has changed: glue changes the
 * physical one. To be called after vgic_dist_access, as long as the mirror's has_trigger is set. */
bool vgic_phys_trigger_next(struct vgic *vgic, uint32_t vcpu, uint32_t *physid, bool *edge);

/* A guest's access to its distributor (4 KiB). MMIO_RETRY: the register shows the state of an
 * interrupt in a list register of another loaded vCPU; that vCPU is in `kick`, and the guest
 * executes the instruction again. If vgic_dist_needs_fold(offset) is true, the caller first folds
 * the list registers of its own vCPU. */
bool vgic_dist_needs_fold(uint32_t offset);
enum mmio_result vgic_dist_access(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
				  vgic_kick_t *kick);

/*
 * The same for words of frequent registers, at an aligned offset within the 4 KiB.
 *
 * vgic_dist_read_word: true, and the value, for GICD_CTLR, GICD_TYPER, GICD_ISENABLER and
 * GICD_ICENABLER, without the lock: each is one aligned word of memory, so the read is single-copy
 * atomic (ARM ARM A3.5.3), and it is the register's value at a moment of the access. An access to
 * one register is ordered before or after those of other vCPUs, as by the distributor; what a guest
 * may expect beyond that, from one access to another or to its memory, it gets by its own barriers,
 * which apply to HYP's accesses on its behalf, too. The effect of another vCPU's write to GICD_CTLR
 * on this vCPU's list registers may still be on its way, as in hardware.
 *
 * vgic_dist_is_enable: is it a word of GICD_ISENABLER or GICD_ICENABLER of which all 32 interrupts
 * exist? Then vgic_dist_enable does, with the lock held, what vgic_dist_access does, up to the
 * interrupts that change their place for it: it returns those, mostly none (0), for
 * vgic_dist_enabled. Neither releases a physical interrupt.
 */
bool vgic_dist_read_word(const struct vgic *vgic, uint32_t vcpu, uint32_t offset, uint32_t *value);
bool vgic_dist_is_enable(const struct vgic *vgic, uint32_t offset);
uint32_t vgic_dist_enable(struct vgic *vgic, uint32_t vcpu, uint32_t offset, uint32_t value);
void vgic_dist_enabled(struct vgic *vgic, uint32_t vcpu, uint32_t offset, uint32_t moved,
		       vgic_kick_t *kick);

/* Before a write to the distributor: must it wait, because another vCPU has not applied the change
 * of active states that an earlier one has left for it? So a vCPU never has many of them to apply
 * at once. That vCPU is in `kick`, and the guest executes the instruction again. */
bool vgic_dist_must_wait(struct vgic *vgic, uint32_t vcpu, uint32_t offset, vgic_kick_t *kick);

/* A guest's write to GICV_DIR, which traps; the caller folds its vCPU's list registers before.
 * Returns true, and sets *physid, if a physical interrupt must be deactivated. */
bool vgic_cpu_dir(struct vgic *vgic, uint32_t vcpu, uint32_t value, uint32_t *physid,
		  vgic_kick_t *kick);

/*
 * Registers as KVM's device attributes have them (Linux, arm-vgic.rst), for who saves and restores
 * a VGIC none of whose vCPUs is loaded. `mmio`: one word; `vcpu` exists. 0, or a negative errno and
 * no change.
 * - dist: the distributor as `vcpu` accesses it. -HYP_ENXIO: no such register of this shape;
 *   -HYP_EINVAL: another GICD_IIDR than it has. Before a write of that, GICD_IGROUPR is as it is.
 *   Timers get no pending state by a write: they have it by their own registers.
 * - cif: GICC_CTLR, PMR (the five bits of GICH_VMCR), BPR, ABPR, APR0 to 3, IIDR. -HYP_ENXIO.
 * - lines: the levels of lines that vgic_set_line drives, bit n: INTID offset + n, where offset is
 *   a multiple of 32. A level that is written is no edge. -HYP_EINVAL: no such interrupts.
 */
int vgic_user_dist(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio, vgic_kick_t *kick);
int vgic_user_cif(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio, vgic_kick_t *kick);
int vgic_user_lines(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio, vgic_kick_t *kick);

/* Would WFI complete at once: is an interrupt pending for this vCPU, in a list register or waiting
 * for one, that its CPU interface signals? For a loaded vCPU, this uses the list registers, vmcr
 * and apr as last read: fold, and vgic_hw_look, first. For a vCPU that is not loaded, the result
 * becomes true only by a call that returns the vCPU in `kick`, so it is tested after a kick. */
bool vgic_has_pending(const struct vgic *vgic, uint32_t vcpu);

/* Why the first pending interrupt of a vCPU is not taken: reasons in order from the distributor to
 * the vCPU. */
enum vgic_hold {
	VGIC_HOLD_IDLE,	     /* nothing is pending */
	VGIC_HOLD_NONE,	     /* the CPU interface signals it: only the vCPU masks it */
	VGIC_HOLD_DISABLED,  /* GICD_ISENABLER */
	VGIC_HOLD_GROUP,     /* GICD_CTLR does not forward its group */
	VGIC_HOLD_TARGETS,   /* GICD_ITARGETSR names no vCPU */
	VGIC_HOLD_INTERFACE, /* GICC_CTLR does not signal its group */
	VGIC_HOLD_PMR,	     /* GICC_PMR */
	VGIC_HOLD_ACTIVE,    /* `active` is not ended, and its priority prevents it */
};

struct vgic_view {
	enum vgic_hold hold;
	uint32_t intid;	 /* pending; VGIC_NO_IRQ: none */
	bool fiq;	 /* it asserts FIQ, not IRQ */
	uint32_t active; /* the innermost active one; VGIC_NO_IRQ: none */
	/* Interrupts that would be signalled if they were pending. */
	bool open_timer[2]; /* the timers' PPIs, as vgic_explain was asked */
	bool open_sgi;
	uint32_t open_other; /* the first other PPI or SPI; VGIC_NO_IRQ: none */
	/* The priorities of `intid` and `active`, for the next piece. */
	uint16_t intid_priority, active_priority;
};

/* The state of the VGIC for a vCPU that has folded: why it takes no interrupt. Its mirror's vmcr
 * and apr are as in hardware. `timer`: the INTIDs of the two timers. In pieces, each at most some
 * 6,000 instructions: `piece` 0 first, then the next one while it returns true. If something
 * happens between pieces, the view may mix the states before and after. */
bool vgic_explain_piece(const struct vgic *vgic, uint32_t vcpu, const uint32_t timer[2],
			uint32_t piece, struct vgic_view *view);

static inline struct vgic_view vgic_explain(const struct vgic *vgic, uint32_t vcpu,
					    const uint32_t timer[2])
{
	struct vgic_view view;
	uint32_t piece = 0;

	while (vgic_explain_piece(vgic, vcpu, timer, piece, &view)) {
		piece++;
	}
	return view;
}

/* Mirror -> interrupts: applies the guest's changes to its list registers (after vgic_hw_read). A
 * second call before the next flush does nothing. Flush must follow before the guest runs
 * (vgic_cif_work). */
void vgic_fold(struct vgic *vgic, uint32_t vcpu, vgic_kick_t *kick);

/* The short fold: `empty` are the empty list registers (GICH_ELRSR, GICH_EISR). Their interrupts
 * have ended; the others stay in hardware. Returns the work that is left: SYNC if this was not
 * enough. */
enum vgic_work vgic_fold_empty(struct vgic *vgic, uint32_t vcpu, uint32_t empty, vgic_kick_t *kick);

/* Interrupts -> mirror: the highest priorities first; dirty bits mark the list registers to write.
 * Enables maintenance interrupts if more interrupts wait than fit: 'no pending' (NPIE), EOI count
 * (LRENPIE), and EOI. Without a fold since the last flush it only fills free list registers. */
void vgic_flush(struct vgic *vgic, uint32_t vcpu);

/*
 * Interrupts -> list registers of a loaded vCPU, by another CPU, which reaches them through GICH's
 * processor-specific alias. For each vCPU in a set of kicks, in the same hold of the lock:
 *   work = vgic_remote_work(...)  NONE: the kick is needed | ADD | LOOK
 *   look: `empty` are the empty list registers, read through the alias; add: 0
 *   vgic_remote_do(...)           false: the kick is needed
 *   then, in both cases: the dirty list registers are written through the alias, and a DSB waits
 *   for that before the lock is released
 * vgic_set_reach, before the first interrupt: the list registers that can be written through the
 * alias (bit n: LRn); 0: none, and every kick is needed.
 */
void vgic_set_reach(struct vgic *vgic, uint32_t lrs);
enum vgic_work vgic_remote_work(const struct vgic *vgic, uint32_t vcpu);
bool vgic_remote_do(struct vgic *vgic, uint32_t vcpu, uint32_t empty, vgic_kick_t *kick);

/* A list register that the caller must write to hardware at once. */
struct vgic_lr_write {
	uint32_t lr;
	uint32_t value;
};

/*
 * Short steps for a loaded vCPU, with the effect of the general path, when an interrupt comes or
 * ends while nothing else waits: one list register changes. False: nothing was changed, and the
 * general path must be taken.
 * - fired: vgic_phys_fired of a private interrupt, and flush. ticked: the same, for the one caller
 *   whose `intid` is a constant: it is compiled for that.
 * - ended: vgic_fold_empty with `ended` (GICH_EISR), for a private interrupt without the HW bit.
 * The caller deactivates *physid.
 * - sgi: the vCPU sends SGI `intid` to itself, and it is in no list register.
 * - sgi_shown: the same, and *lr was written with that SGI and will be pending again: the caller
 *   reads it, and passes its value to sgi_again as `now`.
 */
bool vgic_alone_fired(struct vgic *vgic, uint32_t vcpu, uint32_t intid,
		      struct vgic_lr_write *write);
bool vgic_alone_ticked(struct vgic *vgic, struct vgic_cif *cif, uint32_t vcpu, uint32_t intid,
		       struct vgic_lr_write *write);
bool vgic_alone_ended(struct vgic *vgic, uint32_t vcpu, uint32_t ended, uint32_t *physid,
		      struct vgic_lr_write *write);
bool vgic_alone_sgi(struct vgic *vgic, uint32_t vcpu, uint32_t intid, struct vgic_lr_write *write);
bool vgic_alone_sgi_shown(const struct vgic *vgic, uint32_t vcpu, uint32_t intid, uint32_t *lr);
void vgic_alone_sgi_again(struct vgic *vgic, uint32_t vcpu, uint32_t lr, uint32_t now,
			  struct vgic_lr_write *write);

/* Is a value for GICD_SGIR an SGI from this vCPU to itself alone? */
bool vgic_sgi_is_own(const struct vgic *vgic, uint32_t vcpu, uint32_t value);

/* Was the vCPU folded since its last flush, so that memory has all of its state? */
bool vgic_is_folded(const struct vgic *vgic, uint32_t vcpu);

/* `empty` are the empty list registers of a loaded vCPU (GICH_ELRSR; any value if it uses none).
 * True: no interrupt is left, in a list register or waiting for one, so that none is pending,
 * however GICH_VMCR and GICH_APR are; and the vCPU is folded now. False: vgic_fold tells. */
bool vgic_fold_quiet(struct vgic *vgic, uint32_t vcpu, uint32_t empty);

/* The vCPU was loaded on, or unloaded from, a CPU. After load: flush, then write everything. Unload
 * folds (after everything was read back) and leaves no list register in use; glue clears those of
 * the hardware. */
void vgic_load(struct vgic *vgic, uint32_t vcpu);
void vgic_unload(struct vgic *vgic, uint32_t vcpu, vgic_kick_t *kick);

/* Of a loaded vCPU: no list register is in use, no interrupt waits for one, none is held, and there
 * is no work. So none is pending, however GICH_VMCR and GICH_APR are. */
bool vgic_is_quiet(const struct vgic_cif *cif);

/* Load and unload where there is nothing to fold or to flush, and no list register to read: none is
 * in use, no interrupt waits for one, none is held. False: nothing was changed. */
bool vgic_load_quiet(struct vgic_cif *cif);
bool vgic_unload_quiet(struct vgic_cif *cif);

#endif
