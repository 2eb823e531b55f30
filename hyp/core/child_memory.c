/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/base/bits.h"
#include "hyp/base/error.h"
#include "hyp/core/child_call.h"
#include "hyp/core/cpu.h"
#include "hyp/core/mem.h"
#include "hyp/hw/stack.h"

#define CHILD_BLOCK  512u /* pages of a block */
#define CHILD_PIECE  128u /* pages that are mapped at once, one by one */
#define CHILD_BITMAP (CHILD_BLOCK / 32)

static int32_t child_errno(enum stage2_change said)
{
	switch (said) {
	case STAGE2_DONE:
		return 0;
	case STAGE2_TAKEN:
		return -HYP_EEXIST;
	case STAGE2_FULL:
		return -HYP_ENOMEM;
	default:
		return -HYP_EINVAL;
	}
}

static bool child_in_range(uint32_t page, uint32_t pages)
{
	return page < CHILD_PAGES && pages <= CHILD_PAGES - page;
}

/* ---- PLUMB_MAP ---- */

/*
 * The call maps a run of the caller's memory after the other. Each is cleaned first, and then
 * mapped, by pieces: a block of 2 MiB where addresses allow, else a few pages. A turn does a part
 * of one of the two, and reads one entry of the list again: what the caller changes in it meanwhile
 * harms nobody else.
 */
struct child_piece {
	ipa_t ipa;
	pa_t pa;
	uint32_t pages;
};

/* The rest of the present run. 0, or an error; run->pages 0: it is mapped. */
static int32_t child_read_run(const struct vcpu *caller, const struct guest_regs *regs,
			      struct plumb_run *run)
{
	uint32_t at = caller->map_run * (uint32_t)sizeof(*run);

	if (at > UINT32_MAX - regs->r[3] ||
	    !mem_read(caller->vm, ipa_make(regs->r[3] + at), run, sizeof(*run))) {
		return -HYP_EFAULT;
	}
	if (run->pfn >= CHILD_PAGES || run->pages > CHILD_PAGES - run->pfn) {
		return -HYP_EFAULT;
	}
	run->pages -= bits_min(caller->map_skip, run->pages);
	run->pfn += caller->map_skip;
	return 0;
}

/* The next piece of a run that is not empty. */
static int32_t child_next_piece(const struct vcpu *caller, const struct guest_regs *regs,
				const struct plumb_run *run, struct child_piece *piece)
{
	uint32_t page = regs->r[2] + caller->lines_done;

	if (regs->r[2] >= CHILD_PAGES || !child_in_range(page, run->pages)) {
		return -HYP_EINVAL;
	}
	piece->pages = bits_min(run->pages, CHILD_BLOCK - page % CHILD_BLOCK);
	if (!vm_owns(caller->vm, ipa_make(run->pfn * PAGE_SIZE), piece->pages * PAGE_SIZE,
		     &piece->pa)) {
		return -HYP_EFAULT;
	}
	piece->ipa = ipa_make(page * PAGE_SIZE);
	if (piece->pages != CHILD_BLOCK || piece->pa.pa % BLOCK_SIZE) {
		piece->pages = bits_min(piece->pages, CHILD_PIECE);
	}
	return 0;
}

static uint32_t child_map_flags(uint32_t flags)
{
	return (flags & PLUMB_MAP_READ_ONLY ? STAGE2_READ_ONLY : 0) |
	       (flags & PLUMB_MAP_LOG ? STAGE2_LOG : 0);
}

/* `left`: pages of the present run that are not mapped. */
static void child_map_done(struct vcpu *caller, const struct child_piece *piece, uint32_t left)
{
	caller->map_cleaned = 0;
	caller->lines_done += piece->pages;
	caller->map_skip += piece->pages;
	if (piece->pages == left) {
		caller->map_run++;
		caller->map_skip = 0;
	}
}

/* What is cleaned at once is mapped in the same turn: often, runs are short. */
static int32_t child_map_piece(struct vcpu *caller, const struct guest_regs *regs,
			       const struct child_piece *piece, uint32_t left)
{
	enum stage2_change said;

	if (caller->map_cleaned < piece->pages) {
		uint32_t part =
			grow_clean(pa_add(piece->pa, (uint64_t)caller->map_cleaned * PAGE_SIZE),
				   piece->pages - caller->map_cleaned);

		caller->map_cleaned += part;
		if (part != piece->pages) {
			return 0;
		}
	}
	said = child_map(caller->lines_of->child, piece->ipa, piece->pa, piece->pages,
			 child_map_flags(regs->r[5]));
	if (said == STAGE2_FLUSH) {
		return 0; /* others unmap: again in the next turn */
	}
	if (said == STAGE2_DONE) {
		child_map_done(caller, piece, left);
	}
	return child_errno(said);
}

/* 0 while there is more to do; 1 at the end; or an error. */
static int32_t child_map_turn(struct vcpu *caller, const struct guest_regs *regs)
{
	struct child_piece piece;
	struct plumb_run run;
	int32_t error;

	if (caller->map_run >= regs->r[4]) {
		return 1;
	}
	error = child_read_run(caller, regs, &run);
	if (!error && run.pages == 0) {
		caller->map_run++;
		caller->map_skip = 0;
		return 0;
	}
	error = error ? error : child_next_piece(caller, regs, &run, &piece);
	return error ? error : child_map_piece(caller, regs, &piece, run.pages);
}

void child_map_rest(struct vcpu *vcpu, struct guest_regs *regs)
{
	int32_t said = child_map_turn(vcpu, regs);

	if (!said) {
		return;
	}
	if (vcpu->lines_done) {
		grow_mapped();
	}
	vcpu->lines_of = NULL;
	regs->r[0] = said < 0 && !vcpu->lines_done ? (uint32_t)said : vcpu->lines_done;
}

int32_t child_call_map(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	if (regs->r[5] & ~(uint32_t)(PLUMB_MAP_READ_ONLY | PLUMB_MAP_LOG) ||
	    regs->r[4] > PLUMB_MAP_RUNS_MAX || regs->r[3] % sizeof(uint32_t)) {
		return -HYP_EINVAL;
	}
	caller->lines_of = vm;
	caller->lines_done = 0;
	caller->map_run = 0;
	caller->map_skip = 0;
	caller->map_cleaned = 0;
	child_map_rest(caller, regs);
	if (caller->lines_of) {
		cpu_this()->resched = true; /* for run_work */
	}
	return (int32_t)regs->r[0];
}

/* ---- PLUMB_UNMAP, PLUMB_DIRTY ---- */

int32_t child_call_unmap(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	if (!child_in_range(regs->r[2], regs->r[3])) {
		return -HYP_EINVAL;
	}
	return (int32_t)child_unmap(vm->child, ipa_make(regs->r[2] * PAGE_SIZE), regs->r[3]);
}

STACK_GUARDED int32_t child_call_dirty(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	uint32_t bitmap[CHILD_BITMAP];
	uint32_t pages = regs->r[3];
	uint32_t bytes = (pages + 31) / 32 * (uint32_t)sizeof(bitmap[0]);
	uint32_t count;
	pa_t pa;

	if (!child_in_range(regs->r[2], pages) || pages > CHILD_BLOCK || regs->r[4] % 4) {
		return -HYP_EINVAL;
	}
	/* Before the log is read: what is read is not there again. */
	if (!vm_owns(caller->vm, ipa_make(regs->r[4]), bytes, &pa)) {
		return -HYP_EFAULT;
	}
	count = grow_dirty(&vm->child->grow, ipa_make(regs->r[2] * PAGE_SIZE), pages, bitmap);
	(void)mem_write(caller->vm, ipa_make(regs->r[4]), bitmap, bytes);
	return (int32_t)count;
}
