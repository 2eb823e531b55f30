/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/guest_log.h"
#include "hyp/core/facts.h"
#include "hyp/core/locks.h"
#include "hyp/core/log.h"
#include "hyp/core/mem.h"
#include "hyp/core/serial.h"
#include "hyp/core/vm.h"
#include "hyp/hw/sysreg.h"
#include "hyp/hw/timer.h"
#include "hyp/regs/psr.h"
#include "hyp/text/fmt.h"
#include <string.h>

#define GUEST_LOG_UNDEFINED 8u /* lines; kernels probe for features that may be absent */
#define GUEST_LOG_NAME	    48 /* bytes of an instruction's name */

/* The faults of each partition logged since its start, and the limits. Lock: its vm->lock. Not part
 * of struct vm, because hypercalls index that by its size. */
static struct guest_log_told {
	struct fault_seen aborts, undefs;
	struct fault_budget budget; /* not reset: one line per second */
	struct fault_budget ends;   /* the same, for the lines about its ends */
} guest_log_told[MANIFEST_MAX_PARTITIONS];

static volatile bool guest_log_waits; /* some budget has lines left out */

void guest_log_reset(struct vm *vm)
{
	guest_log_told[vm->index].aborts.count = 0;
	guest_log_told[vm->index].undefs.count = 0;
	for (uint32_t n = 0; n < vm->nr_vcpus; n++) {
		memset(&vm->vcpus[n].loop, 0, sizeof(vm->vcpus[n].loop));
	}
}

/* NULL: not to be told. What a child does is its creator's business. */
static const char *guest_log_news(struct vm *vm, struct fault_seen *seen, uint32_t limit,
				  uint32_t pc, uint32_t detail)
{
	enum fault_news news;

	if (vm->child) {
		return NULL;
	}
	lock_take(&vm->lock, LOCK_RANK_VM);
	news = fault_see(seen, limit, pc, detail);
	lock_drop(&vm->lock);
	switch (news) {
	case FAULT_NEW:
		return "";
	case FAULT_LAST:
		return " (no more of these)";
	default:
		return NULL;
	}
}

/* Logs the number of lines left out before this one. True: some are still not reported. */
static bool guest_log_catch_up(struct vm *vm)
{
	struct fault_budget *budget = &guest_log_told[vm->index].budget;
	uint32_t lines;
	bool more;

	lock_take(&vm->lock, LOCK_RANK_VM);
	lines = fault_left_out(budget, timer_now(), facts_timer_hz());
	more = budget->left_out != 0;
	lock_drop(&vm->lock);
	if (lines) {
		log_line("%s: too many lines: left out here: %u\n", vm->config->name,
			 (unsigned)lines);
	}
	return more;
}

/* May one more line about the partition be logged? */
static bool guest_log_may(struct vm *vm)
{
	bool may;

	(void)guest_log_catch_up(vm);
	lock_take(&vm->lock, LOCK_RANK_VM);
	may = fault_may_tell(&guest_log_told[vm->index].budget, timer_now(), facts_timer_hz());
	lock_drop(&vm->lock);
	if (!may) {
		guest_log_waits = true;
		serial_ask_tick();
	}
	return may;
}

bool guest_log_may_end(struct vm *vm)
{
	struct guest_log_told *told = &guest_log_told[vm->index];
	bool may;

	lock_take(&vm->lock, LOCK_RANK_VM);
	may = fault_may_tell(&told->ends, timer_now(), facts_timer_hz());
	told->budget.left_out += told->ends.left_out; /* guest_log_catch_up tells */
	told->ends.left_out = 0;
	lock_drop(&vm->lock);
	if (!may) {
		guest_log_waits = true;
		serial_ask_tick();
	}
	return may;
}

/* Handles one partition per call, because a line takes time and interrupts are masked. The index of
 * the next partition needs no lock: a stale value is harmless. */
void guest_log_go_on(void)
{
	static volatile uint32_t turn;
	uint32_t n = turn;
	bool more = false;

	if (!guest_log_waits) {
		return;
	}
	guest_log_waits = false;
	hw_dmb(); /* a CPU that leaves out lines after this sets it again */
	for (uint32_t left = vm_count; left && !more; left--) {
		n = n + 1 < vm_count ? n + 1 : 0;
		more = guest_log_told[n].budget.left_out != 0;
	}
	turn = n;
	if (more) {
		(void)guest_log_catch_up(&vms[n]);
		guest_log_waits = true; /* others may have some; the last call finds none */
	}
	if (guest_log_waits) {
		serial_ask_tick();
	}
}

void guest_log_restart(struct vm *vm)
{
	if (!guest_log_may(vm)) {
		return;
	}
	if (vm->life.end == LIFE_END_RETRY) {
		log_end("%s: restarts after a crash, status %d\n", vm->config->name,
			(int)vm->status);
	} else {
		log_line("%s: restarts\n", vm->config->name);
	}
}

/* The number of exits that were not faults. */
static uint32_t guest_log_progress(const struct vcpu *vcpu)
{
	const uint64_t *stats = vcpu->stats;

	return (uint32_t)(stats[PLUMB_STAT_HVC] + stats[PLUMB_STAT_MMIO] + stats[PLUMB_STAT_CP15] +
			  stats[PLUMB_STAT_WFI] + stats[PLUMB_STAT_OTHER]) -
	       vcpu->loop.undefined;
}

bool guest_log_is_loop(const struct vcpu *vcpu)
{
	return fault_is_loop(&vcpu->loop, guest_log_progress(vcpu));
}

/* Logged once, so that the user sees why the guest makes no progress. */
static void guest_log_loop(struct vcpu *vcpu, uint32_t pc, uint32_t detail, const char *what)
{
	if (!vcpu->vm->child && fault_repeats(&vcpu->loop, pc, detail, guest_log_progress(vcpu)) &&
	    guest_log_may(vcpu->vm)) {
		log_line("%s: vcpu %u: pc 0x%08x: loops in %s at this pc: %u times, and nothing "
			 "else\n",
			 vcpu->vm->config->name, (unsigned)vcpu->index, (unsigned)pc, what,
			 (unsigned)FAULT_LOOP);
	}
}

void guest_log_access(struct vcpu *vcpu, uint32_t pc, const char *what, uint64_t address)
{
	struct vm *vm = vcpu->vm;
	uint32_t detail = (uint32_t)(address ^ address >> 8);
	const char *end =
		guest_log_news(vm, &guest_log_told[vm->index].aborts, FAULT_LINES, pc, detail);

	if (end && guest_log_may(vm)) {
		log_line("%s: vcpu %u: pc 0x%08x: %s 0x%08llx%s\n", vm->config->name,
			 (unsigned)vcpu->index, (unsigned)pc, what, (unsigned long long)address,
			 end);
	}
	guest_log_loop(vcpu, pc, detail, "aborts");
}

/* The syndrome does not identify the instruction. */
static void guest_log_name_word(const struct guest_regs *regs, char *name, size_t size)
{
	uint32_t word;
	bool wide;

	if (mem_read_insn(regs, (regs->cpsr & PSR_T) != 0, &wide, &word)) {
		fmt_format(name, size, "instruction 0x%x", (unsigned)word);
	} else {
		fmt_format(name, size, "an instruction");
	}
}

void guest_log_undefined(struct vcpu *vcpu, const struct guest_regs *regs, uint32_t hsr)
{
	struct vm *vm = vcpu->vm;
	const char *end = guest_log_news(vm, &guest_log_told[vm->index].undefs, GUEST_LOG_UNDEFINED,
					 regs->pc, hsr);
	char name[GUEST_LOG_NAME];

	vcpu->loop.undefined++;
	if (end && guest_log_may(vm)) {
		if (fault_name(hsr, name, sizeof(name)) == 0) {
			guest_log_name_word(regs, name, sizeof(name));
		}
		log_line("%s: vcpu %u: pc 0x%08x: %s is undefined here%s%s\n", vm->config->name,
			 (unsigned)vcpu->index, (unsigned)regs->pc, name,
			 (regs->cpsr & PSR_MODE) == PSR_MODE_USR ? " (user mode)" : "", end);
	}
	guest_log_loop(vcpu, regs->pc, hsr, "undefined instructions");
}

void guest_log_end(const struct vcpu *vcpu, uint32_t pc, const char *what)
{
	if (guest_log_may_end(vcpu->vm)) {
		log_end("%s: vcpu %u: pc 0x%08x: %s\n", vcpu->vm->config->name,
			(unsigned)vcpu->index, (unsigned)pc, what);
	}
}

void guest_log_bite(struct vm *vm)
{
	if (guest_log_may_end(vm)) {
		log_end("%s: its watchdog has expired\n", vm->config->name);
	}
}

void guest_log_crash(const struct vcpu *vcpu, const char *line)
{
	if (guest_log_may(vcpu->vm)) {
		log_line("%s: vcpu %u: %s\n", vcpu->vm->config->name, (unsigned)vcpu->index, line);
	}
}
