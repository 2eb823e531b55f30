// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * KVM_RUN: the monitor loads the vCPU on this CPU in the place of its caller, until there is
 * something for the caller (docs/vms.md). Interrupts are masked around the call: one that is
 * pending ends it, or makes it end at once, and Linux takes it when they are unmasked. So Linux's
 * timer, signals and reschedule interrupts end it, too.
 */
#include "vm.h"
#include <linux/sched/signal.h>
#include <linux/version.h>
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

#define RUN_BYTES 0xff /* r3 of PLUMB_RUN_MMIO */
#define RUN_STORE 0x100

#define RUN_AGAIN 1 /* not yet for user space */

/* ---- exits ---- */

static int run_to_user(struct vcpu *vcpu, u32 reason, int result)
{
	vcpu->run->exit_reason = reason;
	return result;
}

/* Of a value of 1 to 4 bytes. */
static u32 run_mask(u32 bytes)
{
	return bytes < sizeof(u32) ? (1u << 8 * bytes) - 1 : U32_MAX;
}

/* An access to no memory, which user space answers. */
static int run_mmio(struct vcpu *vcpu, struct plumb_result said)
{
	u32 bytes = min_t(u32, said.r3 & RUN_BYTES, sizeof(u32));
	struct kvm_run *run = vcpu->run;
	bool store = said.r3 & RUN_STORE;
	u32 value = said.r2;

	run->mmio.phys_addr = said.r1;
	run->mmio.len = bytes;
	run->mmio.is_write = store;
	put_unaligned_le64(store ? value & run_mask(bytes) : 0, run->mmio.data);
	vcpu->load_bytes = store ? 0 : bytes;
	vcpu->accessed = true;
	return run_to_user(vcpu, KVM_EXIT_MMIO, 0);
}

/* An access where nothing is mapped. */
static int run_access(struct vcpu *vcpu, struct plumb_result said)
{
	u32 bytes = said.r3 & RUN_BYTES;
	bool store = said.r3 & RUN_STORE;
	u32 page = said.r1 >> PAGE_SHIFT;
	int error = memory_has(vcpu->vm, page) ? memory_fault(vcpu, page, store) : 1;

	if (error > 0 && store && ioevent_may_take(vcpu->vm) &&
	    ioevent_find(vcpu->vm, said.r1, bytes, said.r2 & run_mask(bytes)))
		return RUN_AGAIN;
	if (error > 0)
		return run_mmio(vcpu, said);
	vcpu->action = PLUMB_RUN_DO_RETRY;
	return error ? error : RUN_AGAIN;
}

/* The same, by an instruction that cannot be done for the guest, or above 4 GiB. */
static int run_fault(struct vcpu *vcpu, struct plumb_result said)
{
	int error =
		said.r3 ? 1
			: memory_fault(vcpu, said.r1 >> PAGE_SHIFT, said.r2 & PLUMB_FAULT_WRITE);

	vcpu->action =
		error > 0 && said.r2 & PLUMB_FAULT_FETCH ? PLUMB_RUN_DO_ABORT : PLUMB_RUN_DO_RETRY;
	if (error <= 0)
		return error ? error : RUN_AGAIN;
	return said.r2 & PLUMB_FAULT_FETCH ? RUN_AGAIN : -ENOSYS;
}

static int run_system(struct vcpu *vcpu, u32 type)
{
	vcpu->run->system_event.type = type; /* the monitor's numbers are KVM's */
	vcpu->run->system_event.ndata = 0;
	vcpu->run->system_event.data[0] = 0; /* once the word of flags */
	return run_to_user(vcpu, KVM_EXIT_SYSTEM_EVENT, 0);
}

static int run_exit(struct vcpu *vcpu, struct plumb_result said)
{
	switch (said.r0) {
	case PLUMB_RUN_INTR:
		return RUN_AGAIN;
	case PLUMB_RUN_MMIO:
		return run_access(vcpu, said);
	case PLUMB_RUN_FAULT:
		return run_fault(vcpu, said);
	case PLUMB_RUN_WFI:
		wait_for_work(vcpu, said.r1 | (u64)said.r2 << 32);
		return RUN_AGAIN;
	case PLUMB_RUN_OFF:
		wait_for_work(vcpu, U64_MAX);
		return RUN_AGAIN;
	case PLUMB_RUN_KICK:
		vm_wake_own(vcpu->vm, said.r1);
		return RUN_AGAIN;
	case PLUMB_RUN_SYSTEM:
		return run_system(vcpu, said.r1);
	default:
		return said.r0 < 0 ? said.r0 : -EIO;
	}
}

/* ---- the loop ---- */

/* What user space has answered; the number of bytes is that of the access. */
static void run_take_answer(struct vcpu *vcpu)
{
	if (vcpu->load_bytes) {
		vcpu->value = get_unaligned_le32(vcpu->run->mmio.data) & run_mask(vcpu->load_bytes);
		vcpu->load_bytes = 0;
	}
}

#define RUN_NOT 0 /* a result: there is something to do before the vCPU can run */

static struct plumb_result run_once(struct vcpu *vcpu)
{
	struct plumb_result said = { RUN_NOT };

	local_irq_disable();
	if (likely(!run_is_unwanted())) {
		WRITE_ONCE(vcpu->woken, false);
		said = plumb_call(PLUMB_RUN, vcpu->word, vcpu->value, vcpu->action, 0, 0);
	}
	local_irq_enable();
	return said;
}

/* An access that user space has answered is completed, and no more. */
static int run_interrupted(struct vcpu *vcpu)
{
	if (vcpu->accessed)
		plumb_call(PLUMB_RUN, vcpu->word, vcpu->value, PLUMB_RUN_DO_STAY, 0, 0);
	vcpu->accessed = false;
	vcpu->value = 0;
	return run_to_user(vcpu, KVM_EXIT_INTR, -EINTR);
}

/* Without a GIC: true, if the VMM does not know the levels of the timers. Else the next one that is
 * due ends the run. */
static noinline bool run_timers(struct vcpu *vcpu)
{
	u64 levels, ticks = timers_look(vcpu, &levels);
	bool news = levels != vcpu->levels;

	vcpu->levels = levels;
	vcpu->run->s.regs.device_irq_level = levels;
	if (!news)
		wait_set_timer(vcpu, ticks);
	return news;
}

/* One run, and what it has ended for. */
static int run_step(struct vcpu *vcpu)
{
	struct plumb_result said = run_once(vcpu);

	if (unlikely(said.r0 == RUN_NOT))
		return RUN_AGAIN;
	vcpu->accessed = false;
	vcpu->value = 0;
	vcpu->action = PLUMB_RUN_DO_EMULATED;
	return run_exit(vcpu, said);
}

static int run_loop(struct vcpu *vcpu)
{
	int result;

	for (;;) {
		if (unlikely(!vcpu->plain) && !vcpu->vm->has_gic && run_timers(vcpu))
			return run_interrupted(vcpu);
		result = run_step(vcpu);
		if (likely(result != RUN_AGAIN))
			return result;
		if (signal_pending(current))
			return run_interrupted(vcpu);
		cond_resched();
	}
}

/* With each exit. */
static void run_tell_timers(struct vcpu *vcpu)
{
	hrtimer_cancel(&vcpu->timer);
	(void)timers_look(vcpu, &vcpu->levels);
	vcpu->run->s.regs.device_irq_level = vcpu->levels;
}

/* Newer headers name the field so that nobody takes what user space writes for constant. */
static bool run_must_leave(struct vcpu *vcpu)
{
#ifdef HINT_UNSAFE_IN_KVM
	return READ_ONCE(vcpu->run->immediate_exit__unsafe);
#else
	return READ_ONCE(vcpu->run->immediate_exit);
#endif
}

static int run_with_mask(struct vcpu *vcpu)
{
	int result;

	sigprocmask(SIG_SETMASK, &vcpu->mask, &current->real_blocked);
	result = run_loop(vcpu);
	sigprocmask(SIG_SETMASK, &current->real_blocked, NULL);
	sigemptyset(&current->real_blocked);
	return result;
}

/* Whatever its state. */
static noinline int run_any(struct vcpu *vcpu)
{
	int result;

	if (!vcpu->ready)
		return -ENOEXEC;
	run_take_answer(vcpu);
	if (run_must_leave(vcpu))
		return run_interrupted(vcpu);
	vcpu->has_run = true;
	vcpu->vm->has_run = true;
	vcpu->plain = vcpu->vm->has_gic && !vcpu->has_mask;
	result = vcpu->has_mask ? run_with_mask(vcpu) : run_loop(vcpu);
	if (!vcpu->vm->has_gic)
		run_tell_timers(vcpu);
	return result;
}

int run_vcpu(struct vcpu *vcpu)
{
	if (unlikely(!vcpu->plain))
		return run_any(vcpu);
	run_take_answer(vcpu);
	if (unlikely(run_must_leave(vcpu)))
		return run_interrupted(vcpu);
	return run_loop(vcpu);
}
