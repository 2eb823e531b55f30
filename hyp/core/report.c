/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/report.h"
#include "hyp/base/cold.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/locks.h"
#include "hyp/core/log.h"
#include "hyp/core/mem.h"
#include "hyp/core/serial.h"
#include "hyp/core/vm.h"
#include "hyp/core/vsync.h"
#include "hyp/hw/timer.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/psr.h"
#include "hyp/text/explain.h"
#include "hyp/text/fmt.h"
#include "vgic/vgic_hw.h"

#define REPORT_SECONDS 2u /* for a CPU to answer */

/* A turn is one step: a partition's line, a vCPU's sample, a piece of the view of its interrupts,
 * one of its lines. The next one waits for a tick or for another CPU, so that no vCPU loses time
 * for the whole report, and interrupts are taken in between. */
enum report_step { REPORT_VM, REPORT_ASK, REPORT_WAIT, REPORT_VIEW, REPORT_LINES, REPORT_END };

static const uint32_t report_timers[2] = { MACHINE_TIMER_VIRT, MACHINE_TIMER_PHYS };

static struct lock report_lock; /* all of the following; before tty's and a VGIC's */
static volatile bool report_active;
static enum report_step report_step;
static uint32_t report_vm, report_vcpu, report_line, report_piece; /* the next step */
static uint64_t report_deadline;				   /* for the answer of the CPU */
static struct explain_vcpu report_of;
static volatile bool report_asked; /* the next turn begins a report */

static struct vcpu *report_this(void)
{
	return &vms[report_vm].vcpus[report_vcpu];
}

/* ---- the sample ---- */

static COLD struct explain_timer report_timer(uint32_t control, uint64_t cval, uint64_t now)
{
	return (struct explain_timer) {
		.armed = (control & (TIMER_ENABLE | TIMER_MASKED)) == TIMER_ENABLE,
		.left = explain_milliseconds(cval, now, facts_timer_hz()),
	};
}

/* As they are in memory. */
static void report_timers_of(const struct world *world)
{
	uint64_t now = timer_now();

	report_of.timer[0] = report_timer(world->cntv_ctl, world->cntv_cval, now - world->cntvoff);
	report_of.timer[1] = report_timer(world->cntp_ctl, world->cntp_cval, now);
}

/* True if all other vCPUs of the partition are off. */
static bool report_is_alone(struct sched_locked held, const struct vcpu *vcpu)
{
	const struct vm *vm = vcpu->vm;

	for (uint32_t n = 0; n < vm->nr_vcpus; n++) {
		if (n != vcpu->index &&
		    held.sched->entity[vm->vcpus[n].entity].state != SCHED_OFF) {
			return false;
		}
	}
	return true;
}

static enum explain_where report_where(struct sched_locked held, const struct vcpu *vcpu)
{
	switch (held.sched->entity[vcpu->entity].state) {
	case SCHED_OFF:
		return EXPLAIN_OFF;
	case SCHED_BLOCKED:
		return EXPLAIN_WAITS;
	case SCHED_READY:
		return vcpu->life->start ? EXPLAIN_START : EXPLAIN_READY;
	case SCHED_SPENT:
		return EXPLAIN_SPENT;
	default:
		return EXPLAIN_ON_CPU;
	}
}

/* The part that does not depend on the place of its registers. */
static void report_take_common(struct sched_locked held, const struct vcpu *vcpu,
			       const struct guest_regs *regs)
{
	report_of = (struct explain_vcpu) {
		.name = vcpu->vm->config->name,
		.index = vcpu->index,
		.alone = report_is_alone(held, vcpu),
		.where = report_where(held, vcpu),
		.cpu = held.sched->entity[vcpu->entity].cpu,
		.pc = vcpu->life->start ? vcpu->life->pc : regs->pc,
		.cpsr = regs->cpsr,
		.loops = guest_log_is_loop(vcpu),
		.has_gic = vcpu->vm->vgic != NULL,
		.irq_line = (vcpu->lines & HCR_VI) != 0,
		.fiq_line = (vcpu->lines & HCR_VF) != 0,
	};
	for (uint32_t n = 0; n < PLUMB_STAT_COUNT; n++) {
		report_of.stats[n] = vm_stat(vcpu, n);
	}
}

/* The instruction before the pc: shows a WFI that does not trap. */
static enum explain_insn report_last_insn(const struct guest_regs *regs)
{
	bool thumb = (regs->cpsr & PSR_T) != 0;
	struct guest_regs before = *regs;
	enum explain_insn insn = EXPLAIN_OTHER;
	uint32_t word;
	bool wide;

	before.pc = regs->pc - 4;
	if (mem_read_insn(&before, thumb, &wide, &word) && wide) {
		insn = explain_instruction(word, thumb, true);
	}
	before.pc = regs->pc - 2;
	if (thumb && insn == EXPLAIN_OTHER && mem_read_insn(&before, true, &wide, &word) && !wide) {
		insn = explain_instruction(word, true, false);
	}
	return insn;
}

/* The sample is complete but for the view. */
static void report_taken(void)
{
	report_piece = 0;
	report_step = report_of.has_gic ? REPORT_VIEW : REPORT_LINES;
}

static uint32_t report_vectors(uint32_t sctlr, uint32_t vbar)
{
	return sctlr & SCTLR_V ? 0xffff0000u : vbar;
}

/* The vCPU is loaded on this CPU. */
static void report_take_loaded(struct vcpu *vcpu, const struct guest_regs *regs)
{
	struct sched_locked locked;
	struct vgic_locked held;

	locked = vm_lock_sched();
	report_take_common(locked, vcpu, regs);
	vm_unlock_sched(locked);
	report_of.vectors = report_vectors(sysreg_read(SCTLR), sysreg_read(VBAR));
	report_of.insn = report_last_insn(regs);
	vcpu->world.cntv_ctl = sysreg_read(CNTV_CTL);
	vcpu->world.cntp_ctl = sysreg_read(CNTP_CTL);
	vcpu->world.cntv_cval = sysreg_read64(CNTV_CVAL);
	vcpu->world.cntp_cval = sysreg_read64(CNTP_CVAL);
	report_timers_of(&vcpu->world);
	if (!vcpu->vm->vgic) {
		return;
	}
	vsync_fold(vcpu); /* run_work flushes before the guest continues */
	held = vm_lock_vgic(vcpu->vm);
	vgic_hw_look(vcpu->cif);
	vm_unlock_vgic(held);
}

/* The CPU that has the vCPU loaded. SCHED_NO_CPU: all its state is in memory, and stays there while
 * vgic_lock is held, because loading a vCPU takes that lock. */
static uint8_t report_holder(struct sched_locked held, const struct vcpu *vcpu)
{
	const struct sched_entity *entity = &held.sched->entity[vcpu->entity];

	return entity->state == SCHED_RUNNING ? entity->cpu : vcpu->life->loaded_on;
}

/* Takes the sample from memory, if all state is there. Else returns the CPU that has it. */
static uint8_t report_take_unloaded(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	struct vgic_locked held;
	struct sched_locked locked;
	uint8_t holder;

	held = vm_lock_vgic(vm);
	locked = vm_lock_sched();
	holder = report_holder(locked, vcpu);
	if (holder == SCHED_NO_CPU) {
		report_take_common(locked, vcpu, &vcpu->regs);
	}
	vm_unlock_sched(locked);
	if (holder == SCHED_NO_CPU) {
		report_of.vectors = report_vectors(vcpu->world.sctlr, vcpu->world.vbar);
		report_timers_of(&vcpu->world);
	}
	vm_unlock_vgic(held);
	return holder;
}

/* ---- step by step; report_lock is held ---- */

/* The result of a step; false: wait for the console or for a CPU. */

static bool report_say_vm(void)
{
	static const char *const states[] = {
		[LIFE_OFF] = "off",	    [LIFE_LOADING] = "its memory is being loaded",
		[LIFE_RUNNING] = "running", [LIFE_ENDING] = "ending",
		[LIFE_CRASHED] = "crashed", [LIFE_PAUSING] = "pausing",
		[LIFE_PAUSED] = "paused"
	};
	const struct vm *vm = &vms[report_vm];
	uint32_t state = vm->life.state;
	char line[EXPLAIN_TEXT];

	fmt_format(line, sizeof(line), "state: %s: %s, %u vCPU%s", vm->config->name, states[state],
		   (unsigned)vm->nr_vcpus, vm->nr_vcpus == 1 ? "" : "s");
	if (!log_say(line)) {
		return false;
	}
	report_vcpu = 0;
	report_step = REPORT_ASK;
	if (state != LIFE_RUNNING) {
		report_vm++;
		report_step = report_vm < vm_count ? REPORT_VM : REPORT_END;
	}
	return true;
}

static bool report_ask(void)
{
	uint8_t holder = report_take_unloaded(report_this());
	struct cpu *cpu;

	report_line = 0;
	if (holder == SCHED_NO_CPU) {
		report_taken();
		return true;
	}
	cpu = &cpus[holder];
	report_step = REPORT_WAIT;
	cpu->report = true;
	hw_dmb(); /* a CPU that reads resched also reads the other */
	cpu_poke(holder);
	return false;
}

/* A CPU that does not exit from its guest, or from the monitor, is reported too. */
static bool report_is_late(void)
{
	const struct vcpu *vcpu = report_this();
	struct sched_locked locked;

	if (timer_now() < report_deadline) {
		return false;
	}
	locked = vm_lock_sched();
	report_take_common(locked, vcpu, &vcpu->regs);
	vm_unlock_sched(locked);
	report_of.where = EXPLAIN_MUTE;
	report_step = REPORT_LINES;
	return true;
}

/* From memory: if the vCPU runs meanwhile, as of its last fold. */
static void report_see(void)
{
	const struct vcpu *vcpu = report_this();
	struct vgic_locked held = vm_lock_vgic(vcpu->vm);

	if (!vgic_explain_piece(vcpu->vm->vgic, vcpu->index, report_timers, report_piece++,
				&report_of.view)) {
		report_step = REPORT_LINES;
	}
	vm_unlock_vgic(held);
}

static bool report_say_line(void)
{
	char line[EXPLAIN_TEXT];

	if (report_line < EXPLAIN_LINES &&
	    explain_line(&report_of, report_line, line, sizeof(line))) {
		if (!log_say(line)) {
			return false;
		}
		report_line++;
		return true;
	}
	report_vcpu++;
	report_deadline = 0;
	report_step = REPORT_ASK;
	if (report_vcpu >= vms[report_vm].nr_vcpus) {
		report_vm++;
		report_step = report_vm < vm_count ? REPORT_VM : REPORT_END;
	}
	return true;
}

static bool report_do_step(void)
{
	switch (report_step) {
	case REPORT_VM:
		return report_say_vm();
	case REPORT_ASK:
		if (!report_deadline) {
			report_deadline = timer_now() + REPORT_SECONDS * (uint64_t)facts_timer_hz();
		}
		return report_is_late() || report_ask(); /* it may move between CPUs forever */
	case REPORT_VIEW:
		report_see();
		return true;
	case REPORT_LINES:
		return report_say_line();
	default:
		report_active = !log_say("state: end");
		return !report_active;
	}
}

/* A step that did nothing waits for the long period, or for the UART or another CPU. */
static void report_do_turn(void)
{
	bool did = report_do_step();

	if (report_active && did) {
		serial_ask_soon();
	} else if (report_active) {
		serial_ask_tick();
	}
}

/* report_lock is held. */
static void report_start(void)
{
	report_active = true;
	report_step = vm_count ? REPORT_VM : REPORT_END;
	report_vm = 0;
	report_deadline = 0;
}

void report_go_on(bool asked)
{
	guest_log_go_on();
	if (asked) {
		report_asked = true;
	}
	if (report_active || report_asked) {
		struct cpu *cpu = cpu_this();

		cpu->report = true;
		cpu->resched = true;
	}
}

COLD void report_sample(struct cpu *cpu, const struct guest_regs *regs)
{
	struct vcpu *vcpu = cpu->loaded;

	cpu->report = false;
	lock_take(&report_lock, LOCK_RANK_REPORT);
	if (!report_active && report_asked) {
		report_start();
	}
	report_asked = false;
	if (report_active && report_step == REPORT_WAIT && vcpu == report_this()) {
		report_take_loaded(vcpu, regs);
		report_taken();
		serial_ask_soon();
	} else if (report_active) {
		if (report_step == REPORT_WAIT) {
			report_step = REPORT_ASK; /* the vCPU may have left that CPU meanwhile */
		}
		report_do_turn();
	}
	lock_drop(&report_lock);
}
