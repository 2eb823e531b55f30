/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/crash.h"
#include "hyp/base/bits.h"
#include "hyp/base/error.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/mem.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/psr.h"
#include "hyp/trap/crash_record.h"
#include <string.h>

#define CRASH_LINE 160

/* Of each partition. Not part of struct vm, because hypercalls index that by its size. */
static struct crash_of {
	struct crash_cause cause; /* ... and `on`, of the present end: written by crash_begin */
	uint32_t on;
	uint32_t count;
	volatile bool ends; /* by a crash: set under vm_sched_lock */
	bool complete;	    /* lock: vm->lock; while it is set, nothing writes the records */
	uint32_t left;	    /* the vCPUs that crash_leaves has recorded; the same lock */
} crash_all[MANIFEST_MAX_PARTITIONS];

void crash_start(struct vcpu *vcpu)
{
	struct trail *trail = vcpu->crash->trail;

	memset(trail->entry, 0, sizeof(trail->entry));
	vcpu->trail = trail->entry;
}

uint32_t crash_look(struct sched_locked held, const struct vm *vm)
{
	uint32_t on = 0;

	for (uint32_t n = 0; n < vm->nr_vcpus; n++) {
		if (held.sched->entity[vm->vcpus[n].entity].state != SCHED_OFF) {
			on |= BIT32(n);
		}
	}
	return on;
}

void crash_begin(struct sched_locked held, struct vm *vm, const struct crash_cause *cause,
		 uint32_t on)
{
	struct crash_of *crash = &crash_all[vm->index];

	(void)held;
	crash->cause = *cause;
	crash->on = on;
	crash->ends = true;
}

/* From now on nothing reads the records. `left`: for crash->left. */
static void crash_open(struct vm *vm, uint32_t left)
{
	struct crash_of *crash = &crash_all[vm->index];

	lock_take(&vm->lock, LOCK_RANK_VM);
	if (crash->complete) {
		crash->complete = false;
		crash->left = 0;
	}
	crash->left |= left;
	lock_drop(&vm->lock);
}

/* ---- memory: as the loaded vCPU sees it ---- */

static bool crash_word(const struct guest_regs *regs, uint32_t va, uint32_t *word)
{
	return mem_read_word(regs, va & ~UINT32_C(3), word);
}

/* The stack holds data: words as its loads have them. */
static void crash_memory(struct crash_record *record, const struct guest_regs *regs, uint32_t sp,
			 uint32_t lr)
{
	uint32_t *word = record->word;
	uint32_t known = 0;

	for (uint32_t n = 0; n < PLUMB_CRASH_STACK_WORDS; n++) {
		uint32_t value = 0;

		known |= crash_word(regs, sp + 4 * n, &value) ? BIT32(n) : 0;
		word[PLUMB_CRASH_STACK + n] = regs->cpsr & PSR_E ? __builtin_bswap32(value) : value;
	}
	known |= crash_word(regs, regs->pc, &word[PLUMB_CRASH_PC_WORD]) ? BIT32(16) : 0;
	known |= crash_word(regs, lr, &word[PLUMB_CRASH_LR_WORD]) ? BIT32(17) : 0;
	word[PLUMB_CRASH_KNOWN] = known;
}

static uint32_t crash_banked(const struct guest_regs *regs, uint32_t reg)
{
	uint32_t mode = regs->cpsr & PSR_MODE;

	if (reg == 14 && (mode == PSR_MODE_USR || mode == PSR_MODE_SYS)) {
		return regs->lr_usr;
	}
	return world_read_banked(mode, reg);
}

void crash_leaves(struct vcpu *vcpu, const struct guest_regs *regs)
{
	struct crash_record *record = vcpu->crash;

	if (!crash_all[vcpu->vm->index].ends) {
		return;
	}
	crash_open(vcpu->vm, 0);
	crash_record_clear(record);
	crash_memory(record, regs, crash_banked(regs, 13), crash_banked(regs, 14));
	crash_open(vcpu->vm, BIT32(vcpu->index));
}

/* ---- registers: from memory, as all vCPUs have left ---- */

static const struct world_bank *crash_bank(const struct world *world, uint32_t mode)
{
	switch (mode) {
	case PSR_MODE_SVC:
		return &world->svc;
	case PSR_MODE_ABT:
		return &world->abt;
	case PSR_MODE_UND:
		return &world->und;
	case PSR_MODE_IRQ:
		return &world->irq;
	case PSR_MODE_FIQ:
		return &world->fiq;
	default:
		return NULL;
	}
}

static void crash_registers(struct crash_record *record, const struct vcpu *vcpu)
{
	const struct world *world = &vcpu->world;
	const struct guest_regs *regs = &vcpu->regs;
	uint32_t mode = regs->cpsr & PSR_MODE;
	const struct world_bank *bank = crash_bank(world, mode);
	const uint32_t *eight = mode == PSR_MODE_FIQ ? world->r_fiq : &regs->r[8];
	uint32_t r[7];

	memcpy(r, eight, 5 * sizeof(r[0]));
	r[5] = bank ? bank->sp : world->sp_usr;
	r[6] = bank ? bank->lr : regs->lr_usr;
	crash_record_registers(record, regs, r, bank ? bank->spsr : 0);
}

static void crash_world(struct crash_record *record, const struct vcpu *vcpu)
{
	const struct world *world = &vcpu->world;
	const struct world_bank *banks[] = { &world->svc, &world->abt, &world->und, &world->irq,
					     &world->fiq };
	uint32_t *word = record->word;

	word[PLUMB_CRASH_DFSR] = world->dfsr;
	word[PLUMB_CRASH_DFAR] = world->dfar;
	word[PLUMB_CRASH_IFSR] = world->ifsr;
	word[PLUMB_CRASH_IFAR] = world->ifar;
	word[PLUMB_CRASH_SCTLR] = world->sctlr;
	word[PLUMB_CRASH_VBAR] = world->vbar;
	word[PLUMB_CRASH_TTBR0] = (uint32_t)world->ttbr0;
	word[PLUMB_CRASH_TTBCR] = world->ttbcr;
	word[PLUMB_CRASH_BANKED] = world->sp_usr;
	word[PLUMB_CRASH_BANKED + 1] = vcpu->regs.lr_usr;
	for (uint32_t n = 0; n < 5; n++) {
		memcpy(&word[PLUMB_CRASH_BANKED + 2 + 3 * n], banks[n], sizeof(*banks[n]));
	}
	memcpy(&word[PLUMB_CRASH_R8_FIQ], world->r_fiq, sizeof(world->r_fiq));
}

/* Saved long ago: with its MMU off its addresses are guest-physical ones. */
static void crash_saved_stack(struct crash_record *record, const struct vcpu *vcpu)
{
	uint32_t sp = record->word[PLUMB_CRASH_R0 + 13] & ~UINT32_C(3);
	uint32_t *stack = &record->word[PLUMB_CRASH_STACK];

	for (uint32_t n = 0; n < PLUMB_CRASH_STACK_WORDS && !(vcpu->world.sctlr & SCTLR_M); n++) {
		if (mem_read(vcpu->vm, ipa_make(sp + 4 * n), &stack[n], sizeof(stack[n]))) {
			record->word[PLUMB_CRASH_KNOWN] |= BIT32(n);
		}
		if (vcpu->regs.cpsr & PSR_E) {
			stack[n] = __builtin_bswap32(stack[n]);
		}
	}
}

static void crash_vcpu(const struct crash_of *crash, struct vcpu *vcpu)
{
	struct crash_record *record = vcpu->crash;
	const struct crash_cause *cause = &crash->cause;
	bool left = crash->left >> vcpu->index & 1u;
	uint32_t *word = record->word;

	if (!left) {
		crash_record_clear(record);
	}
	word[PLUMB_CRASH_COUNT] = crash->count;
	word[PLUMB_CRASH_REASON] = cause->reason;
	word[PLUMB_CRASH_STATUS] = (uint32_t)cause->status;
	word[PLUMB_CRASH_VCPU] = cause->vcpu ? cause->vcpu->index : UINT32_MAX;
	if (!(crash->on >> vcpu->index & 1u)) {
		memset(record->trail->saved, 0, sizeof(record->trail->saved));
		return;
	}
	word[PLUMB_CRASH_WHERE] = left ? PLUMB_CRASH_WAS_ON_CPU : PLUMB_CRASH_WAS_WAITING;
	crash_registers(record, vcpu);
	crash_world(record, vcpu);
	if (cause->vcpu == vcpu) {
		word[PLUMB_CRASH_HSR] = cause->fault.hsr;
		word[PLUMB_CRASH_FAR] = cause->fault.far;
		word[PLUMB_CRASH_FAULT_PAGE] = cause->fault.fault_page;
	}
	if (!left) {
		crash_saved_stack(record, vcpu);
	}
	crash_record_exits(record->trail, vcpu->trail);
}

/* Of the vCPU that has caused it; if none has, of the first two, one line each. */
static void crash_log(const struct crash_of *crash, const struct vcpu *vcpu)
{
	uint32_t lines = !crash->cause.vcpu && vcpu->index < 2 ? 1 : 0;
	char line[CRASH_LINE];

	if (vcpu == crash->cause.vcpu) {
		lines = CRASH_RECORD_LINES;
	}
	for (uint32_t n = 0; n < lines && (crash->on >> vcpu->index & 1u); n++) {
		(void)crash_record_line(vcpu->crash, n, line, sizeof(line));
		guest_log_crash(vcpu, line);
	}
}

bool crash_take(struct vm *vm, uint32_t n)
{
	struct crash_of *crash = &crash_all[vm->index];

	if (!crash->ends) {
		return false;
	}
	if (n == 0) {
		crash->count++;
		crash_open(vm, 0);
	}
	crash_vcpu(crash, &vm->vcpus[n]);
	crash_log(crash, &vm->vcpus[n]);
	if (n == vm->nr_vcpus - 1) {
		crash->ends = false;
		lock_take(&vm->lock, LOCK_RANK_VM);
		crash->complete = true;
		lock_drop(&vm->lock);
	}
	return true;
}

int32_t crash_read(struct vm *vm, uint32_t vcpu, uint32_t index, uint32_t words[3])
{
	const struct crash_of *crash = &crash_all[vm->index];
	int32_t error = 0;

	if (vcpu >= vm->nr_vcpus || index >= PLUMB_CRASH_WORDS) {
		return -HYP_EINVAL;
	}
	lock_take(&vm->lock, LOCK_RANK_VM);
	if (!crash->complete || !crash_record_words(vm->vcpus[vcpu].crash, index, words)) {
		error = -HYP_ENOENT;
	}
	lock_drop(&vm->lock);
	return error;
}
