/* SPDX-License-Identifier: BSD-2-Clause */
/* For test_switch.c: the files of the monitor that it does not test, faked, and a small system. */
#ifndef TEST_UNIT_SWITCH_MONITOR_H
#define TEST_UNIT_SWITCH_MONITOR_H

#include "test/unit/hw_log.h"
#include "hyp/core/child_call.h"
#include "hyp/core/child_run.h"
#include "hyp/core/cpu.h"
#include "hyp/core/crash.h"
#include "hyp/core/device.h"
#include "hyp/core/exit_state.h"
#include "hyp/core/facts.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/halt.h"
#include "hyp/core/irq.h"
#include "hyp/core/irq_call.h"
#include "hyp/core/isolate.h"
#include "hyp/core/log.h"
#include "hyp/core/manager.h"
#include "hyp/core/partition.h"
#include "hyp/core/partition_load.h"
#include "hyp/core/phys.h"
#include "hyp/core/report.h"
#include "hyp/core/route_call.h"
#include "hyp/core/run.h"
#include "hyp/core/switch.h"
#include "hyp/core/tick.h"
#include "hyp/core/trace.h"
#include "hyp/core/tty.h"
#include "hyp/core/vm.h"
#include "hyp/core/vpmu.h"
#include "hyp/core/vsync.h"
#include "hyp/core/vtimer.h"
#include "hyp/hw/cache.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/mmu.h"
#include "hyp/hw/timer.h"
#include "hyp/hw/vfp.h"
#include "vgic/vgic_hw.h"
#include <setjmp.h>

#define NR_IRQS	   64u
#define ALL_LOADED 6u /* the phase behind the last, of one that has RAM in one piece */
#define VMID(n)	   ((uint64_t)(n) << 48)

struct board facts_board = { .timer_virt_intid = 27, .timer_phys_intid = 30 };
uint64_t facts_time_slice = 1000;
bool facts_forgets_branches;
struct vcpu *vm_vcpu_by_entity[SCHED_MAX_VCPUS];
struct sched vm_sched;
struct alarms vm_alarms;
struct times vm_times[SCHED_MAX_VCPUS];
struct lock vm_sched_lock;

static struct vm vm[2]; /* vm[0] has two vCPUs, vm[1] one */
static struct vcpu vcpu[3];
static struct guest_regs regs;

/* ---- the rest of the monitor ---- */

void gic_set_active(uint32_t intid, bool active)
{
	(void)intid;
	hw_log_event(active ? "gic active" : "gic inactive");
}

/* Of the two timers. */
void gic_set_active_own(uint32_t mask, bool active)
{
	CHECK_EQ(mask, UINT32_C(0x48000000)); /* BIT(27) | BIT(30) */
	hw_log_event(active ? "gic active" : "gic inactive");
	hw_log_event(active ? "gic active" : "gic inactive");
}

void trace_kick(struct cpu *cpu, uint32_t target)
{
	(void)cpu, (void)target;
	CHECK(false); /* no CPU is traced */
}

void trace_remote(struct cpu *cpu, const struct vcpu *of)
{
	(void)cpu, (void)of;
	CHECK(false);
}

bool trace_chose(struct cpu *cpu, const struct vcpu *chosen)
{
	(void)chosen;
	CHECK(!cpu->traced);
	return cpu->report || cpu->settle;
}

void trace_follow(struct cpu *cpu)
{
	CHECK(!cpu->trace_changes);
}

void gic_kick(uint32_t cpu_mask)
{
	CHECK(!cpu_mask);
}

/* What is pending when a turn of a long call is over. */
static void (*polled)(struct cpu *cpu);

void irq_poll(struct cpu *cpu)
{
	CHECK(polled);
	hw_log_event("poll");
	if (polled) {
		polled(cpu);
	}
}

void crash_start(struct vcpu *who)
{
	CHECK(cpus[0].loaded != who);
}

void crash_leaves(struct vcpu *who, const struct guest_regs *frame)
{
	CHECK(who->life->stop && frame == &regs);
	hw_log_event("crash record");
}

static uint32_t turns; /* that the call still needs */

static void a_turn(struct vcpu *who, struct guest_regs *frame)
{
	CHECK(who == &vcpu[0] && frame == &regs && turns);
	hw_log_event("turn");
	if (--turns == 0) {
		who->lines_of = NULL;
	}
}

void irq_call_rest(struct vcpu *who, struct guest_regs *frame)
{
	CHECK(frame->r[0] == 0x86000f61u);
	a_turn(who, frame);
}

void route_call_rest(struct vcpu *who, struct guest_regs *frame)
{
	CHECK(frame->r[0] == 0x8600006au);
	a_turn(who, frame);
}

/* An access that another partition answers: the vCPU is blocked until `answered`. */
static bool answered;

bool virtio_answered(struct vcpu *who, struct pending_effect *effect, uint32_t *hsr)
{
	struct sched_locked held;

	hw_log_event(answered ? "answered" : "waits");
	*effect = (struct pending_effect) { .loads = true, .rt = 5, .value = 0x1234 };
	*hsr = 0x77;
	if (answered) {
		who->virtio = NULL;
		return true;
	}
	held = vm_lock_sched();
	sched_stop(held.sched, who->entity, SCHED_BLOCKED);
	vm_unlock_sched(held);
	return false;
}

void exit_answered(struct guest_regs *frame, const struct pending_effect *effect, uint32_t hsr)
{
	CHECK(frame == &regs && effect->rt == 5 && effect->value == 0x1234 && hsr == 0x77);
	CHECK(cpus[0].loaded == &vcpu[0] || cpus[1].loaded == &vcpu[0]); /* its world is here */
	hw_log_event("completes");
	frame->pc += 4;
}

void phys_release_device(struct vgic_locked held, uint32_t physid)
{
	(void)held;
	CHECK(!physid);
}

void gic_deactivate(uint32_t iar)
{
	CHECK(!iar);
}

void phys_give(const struct vm *whom)
{
	(void)whom;
	hw_log_event("give");
}

bool gic_is_pending(uint32_t intid)
{
	(void)intid;
	return false;
}

uint32_t gic_pending(uint32_t word)
{
	(void)word;
	return 0;
}

void phys_change_trigger(uint32_t intid, bool edge)
{
	CHECK(!intid && !edge);
}

uint32_t facts_timer_hz(void)
{
	return 1000000;
}

void log_end(const char *format, ...)
{
	(void)format;
}

void child_interrupted(struct cpu *cpu, struct guest_regs *frame)
{
	CHECK(!cpu && !frame);
}

void child_map_rest(struct vcpu *caller, struct guest_regs *frame)
{
	CHECK(!caller && !frame);
}

bool child_end_step(struct vm *parent)
{
	(void)parent;
	return false;
}

void report_sample(struct cpu *cpu, const struct guest_regs *frame)
{
	CHECK(!cpu && !frame);
}

uint64_t device_due(const struct cpu *cpu, uint64_t now)
{
	(void)cpu;
	(void)now;
	return UINT64_MAX;
}

bool tty_tick(void)
{
	CHECK(false);
	return false;
}

void report_go_on(bool asked)
{
	CHECK(!asked);
}

static uint32_t complaints;

void guest_log_access(struct vcpu *who, uint32_t pc, const char *what, uint64_t address)
{
	CHECK(who && what && pc == regs.pc && !address);
	complaints++;
}

/* The abort that is pending, taken. A15: once. */
bool vectors_take_abort(void);
bool vectors_take_abort(void)
{
	bool pending = (*hw_log_register("ISR") & BIT32(8)) != 0;

	hw_log_event("abort taken");
	*hw_log_register("ISR") &= ~(uint64_t)BIT32(8);
	return pending;
}

void vpmu_reset(struct vcpu *who)
{
	(void)who;
}

void vpmu_hold(struct vcpu *who)
{
	CHECK(!who);
}

void vpmu_take(struct vcpu *who, vgic_kick_t *kick)
{
	CHECK(!who && !kick);
}

void vgic_hw_read(struct vgic_cif *cif)
{
	(void)cif;
	hw_log_event("gich");
}

uint32_t vgic_hw_read_one(uint32_t lr)
{
	CHECK(lr >= VGIC_MAX_LRS);
	return 0;
}

void vgic_hw_write_one(const struct vgic_lr_write *write)
{
	CHECK(write->lr < 4);
}

uint32_t vgic_hw_empty(void)
{
	return 0;
}

uint32_t vgic_hw_ended(struct vgic_cif *cif)
{
	(void)cif;
	return 0;
}

void vgic_hw_look(struct vgic_cif *cif)
{
	(void)cif;
	hw_log_event("gich");
}

void vgic_hw_write(struct vgic_cif *cif)
{
	cif->dirty = 0;
	hw_log_event("gich");
}

void vgic_hw_save(struct vgic_cif *cif, bool folded)
{
	(void)cif;
	(void)folded;
	hw_log_event("gich");
}

void vgic_hw_restore(struct vgic_cif *cif)
{
	(void)cif;
	hw_log_event("gich");
}

/* No board with an alias. */
uint32_t vgic_hw_remote_empty(const struct vgic_cif *cif)
{
	CHECK(!cif);
	return 0;
}

void vgic_hw_remote_write(struct vgic_cif *cif)
{
	CHECK(!cif);
}

void vm_kick(struct vm *who, uint32_t mask)
{
	(void)who;
	(void)mask;
}

uint8_t vm_must_look(struct sched_locked held, uint32_t entity, uint8_t target)
{
	(void)held;
	(void)entity;
	return target;
}

void partition_clear_up(struct cpu *cpu)
{
	CHECK(!cpu->ended);
}

void partition_bite(struct vm *who)
{
	CHECK(!who);
}

void partition_left(struct vm *who, enum life_last last)
{
	CHECK(!who && last == LIFE_NOT_LAST);
}

void manager_tell(const struct vm *who)
{
	CHECK(who != NULL);
}

bool vm_owns(const struct vm *who, ipa_t ipa, uint32_t size, pa_t *pa)
{
	CHECK(!who && !ipa.ipa && !size && !pa);
	return false;
}

bool vm_owns_pa(const struct vm *who, pa_t pa, uint32_t size)
{
	CHECK(!who && !pa.pa && !size);
	return false;
}

void *mmu_window(uint32_t cpu, pa_t pa)
{
	CHECK(!cpu && !pa.pa);
	return NULL;
}

void mmu_window_close(uint32_t cpu)
{
	CHECK(!cpu);
}

void halt_panic(const char *what)
{
	printf("%s\n", what);
	abort();
}

static uint64_t now;

uint64_t test_now(void)
{
	return now;
}

void vfp_load(const uint64_t *d, uint32_t fpscr, uint32_t fpexc)
{
	(void)d;
	(void)fpscr;
	(void)fpexc;
	hw_log_event("vfp");
}

uint64_t vfp_save(uint64_t *d)
{
	(void)d;
	hw_log_event("vfp");
	return 0;
}

void vfp_enable(void)
{
}

uint32_t vfp_fpsid(void)
{
	return 0;
}

uint32_t vfp_mvfr0(void)
{
	return 0;
}

uint32_t vfp_mvfr1(void)
{
	return 0;
}

/* ---- a small system ---- */

static void boot_vm(struct vm *one, struct vcpu *first, uint32_t nr_vcpus)
{
	one->index = (uint32_t)(one - vm);
	one->nr_vcpus = nr_vcpus;
	one->vcpus = first;
	life_init(&one->life, nr_vcpus);
	one->life.state = LIFE_RUNNING;
	one->vgic = vgic_init(calloc(1, vgic_size(nr_vcpus, NR_IRQS)), nr_vcpus, NR_IRQS, 4);
	for (uint32_t n = 0; n < nr_vcpus; n++) {
		first[n].vm = one;
		first[n].index = n;
		first[n].cif = vgic_cif(one->vgic, n);
		first[n].life = &one->life.vcpu[n];
		first[n].entity = sched_add(&vm_sched, 3, 0);
		first[n].life->entity = first[n].entity;
		vm_vcpu_by_entity[first[n].entity] = &first[n];
		first[n].world.vttbr = VMID(one->index + 1) | 0x1000;
		world_reset(&first[n].world);
		first[n].world.sctlr |= BIT32(2); /* C: it may go to another CPU */
	}
}

static void boot(void)
{
	memset(vm, 0, sizeof(vm));
	memset(vcpu, 0, sizeof(vcpu));
	memset(cpus, 0, sizeof(cpus));
	memset(&vm_alarms, 0, sizeof(vm_alarms));
	memset(hw_register, 0, sizeof(hw_register));
	now = 0;
	hw_log_sample = NULL;
	hw_log_effect = NULL;
	polled = NULL;
	complaints = 0;
	facts_forgets_branches = true;
	sched_init(&vm_sched, 2);
	boot_vm(&vm[0], &vcpu[0], 2);
	boot_vm(&vm[1], &vcpu[2], 1);
	cpus[1].index = 1;
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[0];
}

static void end(void)
{
	free(vm[0].vgic);
	free(vm[1].vgic);
}

static void looks(uint32_t cpu)
{
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[cpu];
	cpus[cpu].resched = true;
	hw_log_clear();
	run_work(&cpus[cpu], &regs);
}

/* The log is of this load alone. */
static void load(uint32_t cpu, uint32_t who)
{
	(void)sched_wake(&vm_sched, vcpu[who].entity);
	looks(cpu);
	CHECK(cpus[cpu].loaded == &vcpu[who]);
}

static jmp_buf asleep;

static void sleeps(struct cpu *cpu)
{
	CHECK(!cpu->loaded);
	longjmp(asleep, 1);
}

/* It waits, and nobody else is there to run. */
static void unload(uint32_t cpu)
{
	struct vcpu *who = cpus[cpu].loaded;

	sched_stop(&vm_sched, who->entity, SCHED_BLOCKED);
	polled = sleeps;
	if (setjmp(asleep) == 0) {
		looks(cpu);
	}
	polled = NULL;
}

#endif
