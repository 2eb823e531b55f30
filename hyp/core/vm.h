/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The object model: a VM (a partition of the manifest), its vCPUs, and the physical CPUs they run
 * on. Partitions are made at boot; all their memory is accounted to them then.
 */
#ifndef HYP_CORE_VM_H
#define HYP_CORE_VM_H

#include "abi/plumbline.h"
#include "hyp/trap/cp15.h"
#include "hyp/trap/fault.h"
#include "hyp/base/guest_regs.h"
#include "hyp/hw/lock.h"
#include "hyp/hw/pmu.h"
#include "hyp/hw/world.h"
#include "hyp/sched/life.h"
#include "hyp/manifest/manifest.h"
#include "hyp/dev/pl011.h"
#include "hyp/dev/pl031.h"
#include "hyp/sched/sched.h"
#include "hyp/stage2/stage2.h"
#include "vgic/vgic.h"

/* The machine that guests see (QEMU's virt), as IPAs. */
#define VM_GICD_IPA   0x08000000u
#define VM_GICC_IPA   0x08010000u
#define VM_UART_IPA   0x09000000u
#define VM_UART_INTID 33u
#define VM_TIMER_VIRT 27u
#define VM_TIMER_PHYS 30u
#define VM_PMU_INTID  23u

struct vm;

struct vcpu {
	struct vm *vm;
	struct life_vcpu *life; /* of vm->life; lock: sched_lock */
	struct vgic_cif *cif;	/* the VGIC's, or no_cif */
	uint32_t index;
	uint32_t entity; /* in the scheduler */
	/* What HCR.VI and HCR.VF are to be: CPU lines. Written under vgic_lock, applied before each
	 * entry. */
	volatile uint32_t lines;
	bool vfp_open;	     /* its VFP registers are in the CPU */
	bool pmu_used;	     /* its performance monitors come and go with it */
	uint64_t slice_left; /* counter ticks: a higher priority came first; 0: a whole slice */
	uint64_t stats[PLUMB_STAT_COUNT];
	/* A state query that waits until another vCPU has read its list registers back
	 * (irq_call_state). */
	struct vcpu *query_holder;
	uint32_t query_seq, query_irq;
	/* A PLUMB_IRQ_LINE_MANY of its, with arguments as in r2 and r3, has still lines of this VM
	 * to drive before the guest runs again: in turns, between which it may leave its CPU. NULL:
	 * none has. */
	struct vm *lines_of;
	uint32_t lines_done;
	struct fault_loop loop; /* of this vCPU's own CPU; reset when it is off */
	struct vgic_cif no_cif; /* without a VGIC: its `work` says that `lines` has changed */
	struct guest_regs regs; /* while not loaded */
	struct world world;
	struct world_vfp vfp;
	struct pmu pmu; /* while not loaded, if pmu_used */
};

struct vm {
	const struct manifest_partition *config;
	uint32_t index; /* handle - 1 */
	uint32_t nr_vcpus;
	struct vcpu *vcpus;
	struct vgic *vgic;	  /* NULL: no GIC, CPU lines */
	struct irq_line_vm lines; /* what KVM_IRQ_LINE's decoder asks */
	uint64_t memory_pa;
	uint64_t region_pa[MANIFEST_MAX_REGIONS];

	struct lock vgic_lock; /* vgic, every vCPU's `lines` */
	struct lock lock;      /* what has been told of it (guest_log.c) */
	struct life life;      /* lock: sched_lock; `state` alone may be read without */
	int32_t status;	       /* of PLUMB_SYSTEM_EXIT; the same lock */
	/* Of whoever loads it: */
	uint32_t load_phase;
	uint32_t load_offset; /* bytes of the phase done, or pieces */

	struct cp15_ctx cp15;
	struct stage2 stage2;
	struct pl011 uart; /* lock: tty */
	bool uart_line;
	struct pl031 rtc;	  /* lock: vgic_lock */
	volatile uint8_t rtc_cpu; /* looks after its alarm; the same lock */
	uint32_t port;		  /* of the console multiplexer */
};

struct cpu {
	struct vcpu *loaded;	       /* whose world is in the registers; NULL: nobody's */
	volatile uint32_t pmu_enabled; /* CPU_PMU_ENABLED: hyp/hw/pmu.h */
	uintptr_t panic_stack;	       /* CPU_PANIC_STACK: its top, for vectors.S */
	volatile bool resched;	       /* look for something else to run */
	volatile bool contended;       /* the loaded vCPU gets slices; written under sched_lock */
	volatile bool report;	       /* report_sample is wanted, when it looks */
	volatile bool parked;	       /* the system ends: it runs nothing any more (halt.h) */
	bool yield;		       /* and let equals go first */
	uint8_t kicks;		       /* taken since others had their turn (irq_kicked) */
	uint8_t gic_mask;
	uint8_t index;
	const struct vm *last_vm; /* whose vCPU was loaded last */
	/* And of each partition: its index + 1; 0: none was. */
	uint8_t last_vcpu[MANIFEST_MAX_PARTITIONS];
	uint64_t loading;   /* counter ticks spent on partitions' memory */
	uint64_t tick_at;   /* counter value at which the console wants a tick; 0: it does not */
	uint64_t slice_end; /* counter value; 0: the loaded vCPU runs alone */
	uint64_t timer_at;  /* likewise, for which its HYP timer was set last; UINT64_MAX: not */
};

_Static_assert((offsetof(struct cpu, pmu_enabled) == CPU_PMU_ENABLED &&
		offsetof(struct cpu, panic_stack) == CPU_PANIC_STACK) ||
		       sizeof(void *) != 4,
	       "vectors.S");

extern struct vm vms[MANIFEST_MAX_PARTITIONS];
extern uint32_t vm_count;
extern struct cpu cpus[BOARD_MAX_CPUS];
extern struct vcpu *vcpu_by_entity[SCHED_MAX_VCPUS];
extern struct sched sched;
extern struct lock sched_lock;

static inline struct cpu *cpu_this(void)
{
	return (struct cpu *)world_cpu();
}

/* What the monitor needs for a partition of this shape, in bytes of its pool. */
uint64_t vm_pool_size(const struct manifest_partition *config);

/* Makes partition `index`. `pool`: vm_pool_size bytes, zeroed; `memory_pa`: its RAM; `gicv`: the
 * physical virtual CPU interface. */
void vm_create(uint32_t index, const struct manifest_partition *config, uint8_t *pool, pa_t pool_pa,
	       uint64_t memory_pa, pa_t gicv, uint32_t nr_lrs);

/* Starts loading its images; it runs when they are in place. */
void vm_start(struct vm *vm);

/* One bounded step of loading (reset, scrub, copy, clean) on this CPU. The last one makes vCPU 0
 * ready to enter. */
void vm_load_step(struct vm *vm, uint32_t cpu);

/* The partition ends: by its own call, by a crash. The caller's vCPU included, all come off their
 * CPUs. */
void vm_end(struct vm *vm, enum life_end how, int32_t status);

/* Its last vCPU has left: gives back what it had, and starts it again if it asked for that. Of all
 * that report leaving vCPUs (hyp/sched/life.h), the last one calls it. */
void vm_clear_up(struct vm *vm);

/* A PSCI call of the loaded vCPU `caller`: what its CPU has still to do is the result's effect (see
 * life_call). args: r0..r3. */
struct psci_result vm_psci(struct vcpu *caller, const uint32_t args[4]);

/* Makes vCPUs look at their interrupts: wakes those that wait for what there is now, interrupts
 * those that run elsewhere. `mask`: bit n, vCPU n. vgic_lock is not held. */
void vm_kick(struct vm *vm, uint32_t mask);
void vcpu_kick(struct vcpu *vcpu);

/* sched_lock is held: sched_wake has named `target`. Marks the CPU that must look: that one, or one
 * that ran alone so far and now has to give slices; returns it for vm_tell. SCHED_NO_CPU: none. */
uint8_t vm_must_look(uint8_t target);
/* ... and interrupts it, when the lock is dropped. */
void vm_tell(uint8_t target);

/* Does anything wait for this vCPU that ends a WFI? */
bool vcpu_has_pending(struct vcpu *vcpu);

/* Does [ipa, ipa + size) lie in one piece of the partition's RAM, and where is it physically? */
bool vm_owns(const struct vm *vm, uint32_t ipa, uint32_t size, uint64_t *pa);
/* Does [pa, pa + size) lie in one piece of it? */
bool vm_owns_pa(const struct vm *vm, uint64_t pa, uint32_t size);

#endif
