/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The object model: a VM and its vCPUs. Partitions of the manifest are made at boot, and all their
 * memory is allocated then. Their children are VMs that they make at run time, from a pool of their
 * own (child.h); these have no part in the scheduler, and none of the calls' rights.
 */
#ifndef HYP_CORE_VM_H
#define HYP_CORE_VM_H

#include "abi/plumbline.h"
#include "hyp/base/addr.h"
#include "hyp/base/guest_regs.h"
#include "hyp/base/trail.h"
#include "hyp/core/cpu.h"
#include "hyp/core/locks.h"
#include "hyp/dev/pl011.h"
#include "hyp/dev/pl031.h"
#include "hyp/dev/sp805.h"
#include "hyp/hw/pmu.h"
#include "hyp/hw/world.h"
#include "hyp/manifest/manifest.h"
#include "hyp/sched/alarm.h"
#include "hyp/sched/life.h"
#include "hyp/sched/restarts.h"
#include "hyp/sched/sched.h"
#include "hyp/sched/times.h"
#include "hyp/stage2/stage2.h"
#include "hyp/trap/cp15.h"
#include "hyp/trap/fault.h"
#include "vgic/vgic.h"

struct child;
struct crash_record;
struct creator;
struct vm;
struct virtio;

/* Part of PLUMB_STAT_IRQ: the virtual timer's interrupts that were put into a list register at
 * once. So the exit and the interrupt have one count. It has the place of the total, which is a
 * sum. */
#define VM_STAT_TICK PLUMB_STAT_EXITS

_Static_assert(offsetof(struct vgic_cif, work) == CPU_CIF_WORK, "vectors.S");

struct vcpu {
	_Alignas(CACHE_LINE) struct vm *vm;
	struct trail_entry *trail; /* the oldest of its last exits, while not loaded */
	struct life_vcpu *life;	   /* of vm->life; lock: vm_sched_lock */
	/* The VGIC's. Without a VGIC, `work` alone is used: it is set when `lines` has changed. */
	struct vgic_cif *cif;
	uint32_t index;
	uint32_t entity; /* in the scheduler */
	/* The values for HCR.VI and HCR.VF: the CPU lines. Written under vgic_lock, applied before
	 * each entry. */
	volatile uint32_t lines;
	bool awaited;	 /* a CPU waits until another has unloaded it; lock: vm_sched_lock */
	bool vfp_open;	 /* its VFP registers are in the CPU */
	bool pmu_used;	 /* its performance monitors are switched with it */
	struct pmu *pmu; /* while not loaded, if pmu_used; NULL: its partition has none */
	struct crash_record *crash; /* of its partition's last crash (crash.c) */
	uint64_t slice_left;	    /* counter ticks left after preemption; 0: a whole slice */
	uint64_t deadline;	    /* while not loaded: when its timers are due (vtimer_check) */
	uint64_t stats[PLUMB_STAT_COUNT]; /* frequent ones: hw_count; read by vm_stat */
	/* A state query that waits until another vCPU has read its list registers back
	 * (irq_call_state). */
	struct vcpu *query_holder;
	uint32_t query_seq, query_irq;
	/* The vCPU's unfinished PLUMB_IRQ_LINE_MANY still has lines of this VM to drive, or its
	 * PLUMB_SET_GSI_ROUTING routes to read, or its PLUMB_MAP pages to map, before its guest
	 * runs again, in turns between which it may leave its CPU; r0 holds the call, r2 and r3
	 * hold the remaining arguments. NULL: no call is unfinished. With `virtio`: no call, but an
	 * access that another partition answers. */
	struct vm *lines_of;
	struct virtio *virtio;
	uint32_t lines_done;
	uint32_t map_run, map_skip; /* PLUMB_MAP: the present run, and its pages that are mapped */
	uint32_t map_cleaned;	    /* pages behind these that are clean */
	struct fault_loop
		loop; /* written by the CPU that has this vCPU loaded; reset when it is off */
	struct guest_regs regs; /* while not loaded */
	struct world world;
	struct world_vfp vfp;
};

_Static_assert(sizeof(void *) != 4 || offsetof(struct vcpu, stats[PLUMB_STAT_HVC]) == VCPU_HVC,
	       "vectors.S");

#define VM_NO_HANDLE (MANIFEST_MAX_PARTITIONS + 1u)

#define VM_NO_PAGE UINT32_MAX /* no IPA has this page */

struct vm {
	/* The VMs that it may control, by handle (partition_make); NULL: no such VM, or no right.
	 * The last entry stands for all handles above, and is NULL. */
	_Alignas(CACHE_LINE) struct vm *controls[VM_NO_HANDLE + 1];
	const struct manifest_partition *config;
	uint32_t index; /* handle - 1 */
	uint32_t nr_vcpus;
	struct vcpu *vcpus;
	struct vgic *vgic;	      /* NULL: no GIC, CPU lines */
	uint32_t dist_page;	      /* the IPA of its distributor / PAGE_SIZE, or VM_NO_PAGE */
	struct irq_line_vm lines;     /* for KVM_IRQ_LINE's decoder */
	uint32_t nr_spis;	      /* of vgic; 0: none */
	const struct vgic_bank *spis; /* vgic_spi_banks */
	struct irq_routes *routes;
	struct vcpu *routes_by; /* whose PLUMB_SET_GSI_ROUTING builds a table; NULL: nobody's */
	pa_t memory_pa;
	pa_t region_pa[MANIFEST_MAX_REGIONS];

	struct lock vgic_lock;	  /* vgic, every vCPU's `lines`, routes */
	struct lock lock;	  /* the faults logged so far (guest_log.c) */
	struct life life;	  /* lock: vm_sched_lock; `state` alone may be read without */
	int32_t status;		  /* of PLUMB_SYSTEM_EXIT; the same lock */
	uint64_t left_at;	  /* counter value when a vCPU was unloaded last; lock: vgic_lock */
	uint64_t paused_at;	  /* ... of the call that pauses; lock: vm_sched_lock */
	struct restarts restarts; /* after crashes, since a call started it; the same lock */
	uint32_t nr_managers;
	/* As a manager: partitions whose state has changed (bit n of word w: partition 32 * w + n),
	 * since it asked last. Lock: vgic_lock. */
	uint32_t changed[(MANIFEST_MAX_PARTITIONS + 31) / 32];
	/* Of the CPU that loads it: */
	uint32_t load_phase;
	uint32_t load_offset; /* bytes of the phase done, or pieces */
	/* Of the CPU that clears it up (partition_clear_up): */
	uint32_t clear_piece;
	struct vm *ended_next;

	struct cp15_ctx cp15;
	struct stage2 stage2;
	struct pl011 uart; /* lock: tty */
	bool uart_line;
	bool uart_moved; /* its FIFOs have changed: tty_update_line is to follow; lock: tty */
	volatile uint32_t uart_flags;  /* tty_read, without the lock: FR, inverted; 0: unknown */
	struct pl031 rtc;	       /* lock: vgic_lock */
	volatile uint8_t rtc_cpu;      /* the CPU responsible for its alarm; the same lock */
	struct sp805 watchdog;	       /* lock: vgic_lock */
	volatile uint8_t watchdog_cpu; /* the CPU responsible for it; the same lock */
	uint64_t paused_for;	       /* counter ticks of all its pauses; lock: vgic_lock */
	uint32_t port;		       /* of the console multiplexer */
	/* By CPU: its vCPU that the CPU had loaded last, index + 1; 0: none, or none that counts.
	 */
	uint8_t last_vcpu[BOARD_MAX_CPUS];

	struct creator *creator; /* it makes VMs (creator.h); NULL: it does not */
	struct child *child;	 /* it is one of these (child.h) ... */
	struct vm *parent;	 /* ... which this partition made; NULL: a partition */
};

_Static_assert(sizeof(struct lock) == CACHE_LINE && sizeof(struct vm) % CACHE_LINE == 0 &&
		       sizeof(struct vcpu) % CACHE_LINE == 0 &&
		       sizeof(struct cpu) % CACHE_LINE == 0,
	       "no two of them share a cache line");

extern struct vm vms[MANIFEST_MAX_PARTITIONS];
extern uint32_t vm_count;
extern struct vcpu *vm_vcpu_by_entity[SCHED_MAX_VCPUS];
extern struct sched vm_sched;
extern struct times vm_times[SCHED_MAX_VCPUS]; /* by entity, in ticks; lock: vm_sched_lock */
/* Guests' timers, of BLOCKED entities; ends of budgets and of periods (sched_due). Lock:
 * vm_sched_lock. */
extern struct alarms vm_alarms;
extern struct lock vm_sched_lock;

/* ---- locks (locks.h); a parameter proves that one is held ---- */

/* vm->vgic_lock is held. */
struct vgic_locked {
	struct vm *vm;
};

static inline struct vgic_locked vm_lock_vgic(struct vm *vm)
{
	lock_take(&vm->vgic_lock, LOCK_RANK_VGIC);
	return (struct vgic_locked) { vm };
}

static inline void vm_unlock_vgic(struct vgic_locked held)
{
	lock_drop(&held.vm->vgic_lock);
}

/* vm_sched_lock is held. */
struct sched_locked {
	struct sched *sched;
};

static inline struct sched_locked vm_lock_sched(void)
{
	lock_take(&vm_sched_lock, LOCK_RANK_SCHED);
	return (struct sched_locked) { &vm_sched };
}

static inline void vm_unlock_sched(struct sched_locked held)
{
	(void)held;
	lock_drop(&vm_sched_lock);
}

/* A paused partition: its virtual counter stands still since the call that pauses, or since its
 * last vCPU left its CPU. */
static inline uint64_t vm_stands_at(struct vgic_locked held, struct sched_locked sched)
{
	(void)sched;
	return held.vm->left_at > held.vm->paused_at ? held.vm->left_at : held.vm->paused_at;
}

/* ---- kicks ---- */

/* Makes vCPUs check their interrupts: wakes those that wait and have a pending one now, interrupts
 * those that run on other CPUs. `mask`: bit n, vCPU n. vgic_lock is not held. */
void vm_kick(struct vm *vm, uint32_t mask);
void vm_kick_vcpu(struct vcpu *vcpu);

/* The doorbell of a partition that makes VMs: high while a vCPU of them is to be run again
 * (PLUMB_WAKE_MASK). vgic_lock is not held. */
void vm_ring(struct vm *creator, bool level);

/* The CPUs (bit n: CPU n) that may execute, or have under way, accesses of this child's guest, or
 * have its tables in VTTBR; this one is included. Those that get it later have none from before
 * this call. vgic_lock is not held. */
uint32_t vm_child_cpus(struct vm *child);

/* The vCPU has been woken: it waits for a CPU from now on. `target` is sched_wake's result for its
 * entity. Marks the CPU that must pick again: that one, or one whose vCPU ran alone so far and now
 * gets time slices. Returns it for cpu_interrupt after the lock is released. SCHED_NO_CPU: none. */
uint8_t vm_must_look(struct sched_locked held, uint32_t entity, uint8_t target);

/* The counter, without timer_now's barrier: for vm_times, where some ticks do not matter. */
static inline uint64_t vm_now(void)
{
	return sysreg_read64(CNTPCT);
}

/* The vCPU's times up to now. */
struct times vm_times_of(struct sched_locked held, const struct vcpu *vcpu);

/* PLUMB_STAT_*: the vCPU's count since boot. */
uint64_t vm_stat(const struct vcpu *vcpu, uint32_t index);

/* Does [ipa, ipa + size) lie in one range of the partition's RAM, and at which physical address? */
bool vm_owns(const struct vm *vm, ipa_t ipa, uint32_t size, pa_t *pa);
/* Does [pa, pa + size) lie in one range of it? Of a child: of its parent's. */
bool vm_owns_pa(const struct vm *vm, pa_t pa, uint32_t size);

#endif
