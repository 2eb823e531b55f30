/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * /dev/kvm on Plumbline: KVM's ioctls become the monitor's calls (docs/kvm.md). What the monitor
 * cannot know stays here: slots of memory, struct kvm_run, eventfds, routes.
 *
 * Locks, outermost first:
 *   vcpu->gate    one ioctl of a vCPU at a time, KVM_RUN included (vgic_hold_vcpus: inside of
 *                 vm->lock, but nobody waits for it there)
 *   vm->lock      what the VM consists of: vCPUs, devices, eventfds, routes
 *   vm->slots_sem slots: written by ioctls, read while a page is mapped for a vCPU
 *   mmap_lock     Linux's, of the process that has made the VM
 *   vm->map_lock  slots, too, and what of them is mapped: for invalidations by Linux's memory
 *                 management, which must not wait for slots_sem. Who unmaps much of it lets it go
 *                 between pieces
 */
#ifndef PLUMBLINE_KVM_VM_H
#define PLUMBLINE_KVM_VM_H

#include "hvc.h"
#include <linux/hrtimer.h>
#include <linux/kref.h>
#include <linux/kvm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/rcuwait.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#define VM_MAX_VCPUS  8
#define VM_MAX_SLOTS  32
#define VM_MAX_VMS    64	/* of one partition: the manifest's limit */
#define VM_MAX_PAGES  (1 << 20) /* addresses of memory have 32 bits */
#define VM_MAX_GSI    4096
#define VM_IRQ_GSI    0x80 /* irq_type of KVM_IRQ_LINE: a GSI in 23..0 (docs/kvm.md) */
#define VM_MMAP_PAGES 2	   /* struct kvm_run, and the ring */

struct eventfd_ctx;
struct resample;
struct routes;
struct vcpu;

/* Memory of the VM: of the process that has made the VM, from `user` on. */
struct slot {
	u32 flags; /* KVM_MEM_* */
	u32 first, pages;
	unsigned long user;
	unsigned long *mapped; /* a bit for each page */
	unsigned long *dirty;  /* with KVM_MEM_LOG_DIRTY_PAGES: found when pages were unmapped; and
				* behind it, room for the answer of KVM_GET_DIRTY_LOG */
};

struct vm {
	struct kref users; /* descriptors of itself, of its vCPUs and devices */
	u32 handle;
	struct mm_struct *mm; /* of the process that has made it: no other may use it */
	struct mutex lock;
	struct vcpu *vcpus[VM_MAX_VCPUS];
	bool has_gic;
	bool has_run;
	struct rw_semaphore slots_sem;
	spinlock_t map_lock;
	struct slot *slots[VM_MAX_SLOTS]; /* read under RCU, too */
	u32 nr_slots;			  /* the highest slot in use, and 1 */
	u32 first, end;			  /* all slots are in these pages */
	struct mmu_notifier notifier;
	u32 invalidating;	     /* map_lock: nothing may be mapped meanwhile */
	unsigned long invalidations; /* map_lock: those that have ended */
	struct plumb_run *runs;	     /* map_lock: PLUMB_MAP_RUNS_MAX, for a call */
	u32 *bitmap;		     /* map_lock: for a call */
	struct kvm_coalesced_mmio_ring *ring;
	struct list_head zones; /* whose stores go there */
	u32 nr_zones;
	spinlock_t zones_lock;
	struct list_head ioevents; /* written under `lock`, read under RCU */
	struct list_head irqfds;
	spinlock_t irqfds_lock; /* interrupts masked; inside of an eventfd's lock */
	struct list_head resamples;
	u32 nr_resamples;
	spinlock_t resamples_lock; /* interrupts masked; outside of an eventfd's lock */
	struct routes __rcu *routes;
};

/* A mutex that is nearly always free: it is taken and left without a call. */
struct gate {
	atomic_t state; /* GATE_* */
	wait_queue_head_t queue;
};

#define GATE_FREE   0
#define GATE_TAKEN  1
#define GATE_WANTED 2 /* and somebody may wait */

static inline bool gate_try(struct gate *gate)
{
	return likely(atomic_cmpxchg_acquire(&gate->state, GATE_FREE, GATE_TAKEN) == GATE_FREE);
}

/* After it, the gate is this thread's; -ERESTARTSYS: it is not, as the thread is killed. */
static inline int gate_wait(struct gate *gate)
{
	return wait_event_killable(gate->queue,
				   atomic_xchg_acquire(&gate->state, GATE_WANTED) == GATE_FREE);
}

static inline void gate_leave(struct gate *gate)
{
	if (unlikely(atomic_xchg_release(&gate->state, GATE_FREE) == GATE_WANTED))
		wake_up(&gate->queue);
}

struct vcpu {
	struct vm *vm;
	u32 index;
	u32 word; /* what the monitor's calls have in r1 */
	struct gate gate;
	struct kvm_run *run;
	struct page **pages; /* for memory that is mapped for it */
	u32 *pfns;	     /* the same */
	u32 faulted;	     /* the last page, if it was mapped already: else VM_MAX_PAGES */
	bool ready;	     /* KVM_ARM_VCPU_INIT */
	bool plain;	     /* it is ready, has run, has a GIC and no signal mask */
	bool has_run;	     /* since then */
	bool has_run_once;   /* before it */
	u32 value, action;   /* of the next PLUMB_RUN */
	bool accessed;	     /* user space has seen an access, which that is to complete */
	u32 load_bytes;	     /* the answer, if it is a load; else 0 */
	bool has_mask;
	sigset_t mask;
	struct rcuwait wait;
	bool woken; /* to be run again */
	bool rung;  /* its timer has */
	u64 poll;   /* ticks: so long it looks before it sleeps */
	u64 early;  /* ticks: what it takes to wake its thread */
	struct hrtimer timer;
	u64 levels; /* of its timers, without a GIC: what user space has been told */
};

/* ---- monitor.c ---- */

/* 0, or what is wrong, which it says: no monitor, no right, another version. */
int monitor_find(void);
u32 monitor_max_vcpus(void);

/* ---- doorbell.c ---- */

int doorbell_start(void);
void doorbell_stop(void);

/* ---- vm.c ---- */

/* A kernel that has ended without the partition's end, by kexec, has left its VMs. Who has the
 * doorbell ends them, as nobody else makes any. 0, or -errno. */
int vm_end_former(void);
/* A descriptor, or -errno. */
int vm_create(unsigned long type);
void vm_get(struct vm *vm);
void vm_put(struct vm *vm);
long vm_check_extension(const struct vm *vm, unsigned long extension);
/* What the doorbell has told of a VM, in any context. True: there may be more of it. */
bool vm_wake(u32 handle, u32 vcpus);
/* The same, of an exit; what is left rings the doorbell. */
int vm_wake_own(struct vm *vm, u32 vcpus); /* 0 */

/* ---- vcpu.c, run.c ---- */

int vcpu_create(struct vm *vm, unsigned long index);
void vcpu_free(struct vcpu *vcpu);
void vcpu_wake(struct vcpu *vcpu);
int vcpu_find_registers(void); /* before all others */
void vcpu_forget_registers(void);
int run_vcpu(struct vcpu *vcpu);

/* Linux wants the CPU, or there is a signal. */
static inline bool run_is_unwanted(void)
{
	return READ_ONCE(current_thread_info()->flags) &
	       (_TIF_NEED_RESCHED | _TIF_SIGPENDING | _TIF_NOTIFY_SIGNAL);
}

/* ---- wait.c ---- */

/* Until the vCPU is to be run again, or a signal comes; `ticks` until a timer of it is due,
 * U64_MAX: never. */
void wait_for_work(struct vcpu *vcpu, u64 ticks);
void wait_set_timer(struct vcpu *vcpu, u64 ticks); /* wakes it */
enum hrtimer_restart wait_timer(struct hrtimer *timer);

/* ---- timers.c ---- */

/* Ticks until the next timer of the vCPU is due; U64_MAX: none will be. `*levels`: of those that
 * are, KVM_ARM_DEV_*. */
u64 timers_look(const struct vcpu *vcpu, u64 *levels);

/* ---- slots.c ---- */

int slots_set(struct vm *vm, const struct kvm_userspace_memory_region *region);
int slots_get_log(struct vm *vm, const struct kvm_dirty_log *log);
/* slots_sem or map_lock is held; or it is an RCU read-side critical section, which it is for. */
struct slot *slots_find(struct vm *vm, u32 page);
void slots_free(struct vm *vm);

/* ---- memory.c ---- */

int memory_init(struct vm *vm); /* from here on, Linux tells what it takes back */
void memory_end(struct vm *vm);
int memory_make_room(struct vcpu *vcpu);

/* All of a slot is unmapped; or what the monitor has logged of it is added to slot->dirty.
 * slots_sem is held, so that the slot stays; and map_lock, which is let go meanwhile. For the first
 * one, slots_sem is held for writing, or pages may be mapped again. */
void memory_unmap_slot(struct vm *vm, struct slot *slot);
void memory_collect_slot(struct vm *vm, struct slot *slot);
void memory_unmap_all(struct vm *vm);

/* The vCPU has accessed an address where nothing is mapped, or not for this. 0: it may go on; 1: it
 * is not memory; or -errno. */
int memory_fault(struct vcpu *vcpu, u32 page, bool write);

/* Is there a slot? As of a moment during the call. */
static inline bool memory_has(struct vm *vm, u32 page)
{
	bool has;

	if (page < READ_ONCE(vm->first) || page >= READ_ONCE(vm->end))
		return false;
	rcu_read_lock();
	has = slots_find(vm, page) != NULL;
	rcu_read_unlock();
	return has;
}

/* ---- pages.c ---- */

#define PAGES_NONE U32_MAX

/* Of `count` pages of a process, from `at` on, those in the same mapping as page `one` of them that
 * are there, for loads or also for stores; PAGES_NONE: another one. Their mmap_lock is held. */
void pages_find(struct mm_struct *mm, unsigned long at, u32 count, u32 one, bool write, u32 *pfns);
/* Which of these Linux may be asked for when it is `one` that is needed: those in the same mapping;
 * that one alone where the process fills pages when they are asked for. */
void pages_narrow(struct mm_struct *mm, unsigned long at, u32 one, u32 *first, u32 *count);

/* ---- vgic.c ---- */

int vgic_create(struct vm *vm, u32 type);
int vgic_create_device(struct vm *vm, struct kvm_create_device *device);
int vgic_set_address(struct vm *vm, const struct kvm_arm_device_addr *addr);
static inline int vgic_line(struct vm *vm, u32 irq, u32 level)
{
	int said = plumb_call3(PLUMB_IRQ_LINE, vm->handle, irq, level);

	return unlikely(said > 0) ? vm_wake_own(vm, said) : said;
}

/* ---- ioevent.c ---- */

void ioevent_init(struct vm *vm);
void ioevent_free_all(struct vm *vm);
int ioevent_set(struct vm *vm, const struct kvm_ioeventfd *args);
int ioevent_add_zone(struct vm *vm, const struct kvm_coalesced_mmio_zone *zone);
int ioevent_remove_zone(struct vm *vm, const struct kvm_coalesced_mmio_zone *zone);
void ioevent_signal(struct eventfd_ctx *event); /* in any context */
bool ioevent_find(struct vm *vm, u32 address, u32 bytes, u32 value);
/* A store may be one that needs no exit to user space: ioevent_find knows. */
static inline bool ioevent_may_take(const struct vm *vm)
{
	return !(list_empty(&vm->ioevents) && list_empty(&vm->zones));
}

/* ---- irqfd.c ---- */

int irqfd_start(void);
void irqfd_stop(void);
void irqfd_init(struct vm *vm);
void irqfd_remove_all(struct vm *vm); /* before the VM may end */
int irqfd_set(struct vm *vm, const struct kvm_irqfd *args);

/* ---- resample.c ---- */

void resample_init(struct vm *vm);
/* An eventfd, by its descriptor, that is signalled when the guest ends the interrupt of the GSI's
 * line; or ERR_PTR. */
struct resample *resample_add(struct vm *vm, u32 gsi, int file);
void resample_remove(struct vm *vm, struct resample *one); /* NULL: nothing */
/* The monitor says that some have ended: tells of a part of them, in any context. True: there may
 * be more. */
bool resample_tell(struct vm *vm);
/* The lines of all are to be told, or not; vm->lock is held. */
void resample_watch(struct vm *vm, bool on);

/* ---- routes.c ---- */

int routes_set(struct vm *vm, struct kvm_irq_routing __user *user);
/* The irq word of KVM_IRQ_LINE for a GSI. */
#define ROUTES_NONE U32_MAX
u32 routes_find(struct vm *vm, u32 gsi);
/* The line of a GSI, in any context. 0; -ENXIO: it has none; or as KVM_IRQ_LINE. */
int routes_drive(struct vm *vm, u32 gsi, u32 level);
void routes_free(struct vm *vm);

#endif
