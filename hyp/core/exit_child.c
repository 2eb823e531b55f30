/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/exit_child.h"
#include "hyp/core/child_run.h"
#include "hyp/core/cpu.h"
#include "hyp/core/exit_state.h"
#include "hyp/core/facts.h"
#include "hyp/core/vsync.h"
#include "hyp/regs/hsr.h"
#include "hyp/regs/psr.h"

/* A child has its GIC where its creator wants it, and no other device. */
enum mmio_result exit_child_device(struct vcpu *vcpu, uint32_t page, struct mmio *mmio)
{
	const struct child *child = vcpu->vm->child;

	if (page == vcpu->vm->dist_page) {
		return vsync_dist(vcpu, mmio);
	}
	if (vcpu->vm->vgic && page == child->gicc / PAGE_SIZE + 1) {
		return vsync_dir(vcpu, mmio);
	}
	return MMIO_ABORT;
}

/* A fault of stage 2 that memory may end. A walk of the guest's tables in registers of the GIC
 * (HCR.PTW) is none: they are there, and it would begin again for ever. */
static bool exit_may_have_memory(uint32_t hsr)
{
	uint32_t status = FIELD_GET(HSR_ABT_FSC, hsr) & 0x3cu;

	return status == 0x04u || status == 0x08u || (status == 0x0cu && !(hsr & HSR_ABT_S1PTW));
}

void exit_to_creator(struct cpu *cpu, struct guest_regs *regs, const struct exit_record *record,
		     const struct insn_access *access, const struct mmio *mmio)
{
	uint32_t how = FIELD_GET(HSR_DABT_WNR, record->hsr) ? PLUMB_FAULT_WRITE : 0;

	if (exit_may_have_memory(record->hsr) && child_has_memory(cpu, record, how)) {
		return; /* the guest repeats it */
	}
	if (access && record->fault_page < BIT32(20) && mmio->offset % mmio->size == 0) {
		cpu->loaded->stats[PLUMB_STAT_MMIO]++;
		child_access(cpu, regs, record, access, mmio);
	} else {
		cpu->loaded->stats[PLUMB_STAT_ABORT]++;
		child_fault(cpu, regs, record, how);
	}
}

/* ---- the frequent case ---- */

/* A translation fault of whatever level, of a load or store that the syndrome describes. */
#define EXIT_CHILD_MASK \
	(HSR_DABT_ISV | HSR_ABT_EA | HSR_DABT_CM | HSR_ABT_S1PTW | FIELD_PREP(HSR_ABT_FSC, 0x3cu))
#define EXIT_CHILD (HSR_DABT_ISV | FIELD_PREP(HSR_ABT_FSC, 0x04u))

static inline bool exit_child_is_plain(const struct guest_regs *regs, uint32_t hsr)
{
	uint32_t state = regs->cpsr & (PSR_E | PSR_T);

	return (hsr & EXIT_CHILD_MASK) == EXIT_CHILD &&
	       (!state || (state == PSR_T && !facts_rt_unreliable));
}

/* The page of the address. False: another CPU has changed the guest's tables. HPFAR is not used for
 * a fault at level 1 (exit_mem.c). */
static inline bool exit_child_page(uint32_t hsr, uint32_t far, uint32_t *page)
{
	uint64_t address = far;

	if (FIELD_GET(HSR_ABT_FSC, hsr) & 2u) {
		*page = FIELD_GET(HPFAR_FIPA, sysreg_read(HPFAR));
		return true;
	}
	if ((sysreg_read(SCTLR) & SCTLR_M) && !world_translate_stage1(far, &address)) {
		return false;
	}
	*page = (uint32_t)(address / PAGE_SIZE);
	return true;
}

/* `at`: a page. */
static inline bool exit_child_is_gic(const struct child *child, uint32_t at)
{
	return at == child->gicd || at == child->gicc + PAGE_SIZE;
}

bool exit_child_plain(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr)
{
	struct vcpu *vcpu = cpu->loaded;
	struct child *child = vcpu->vm->child;
	struct child_vcpu *left = &child->vcpu[vcpu->index];
	uint32_t size = 1u << FIELD_GET(HSR_DABT_SAS, hsr);
	uint32_t rt = FIELD_GET(HSR_DABT_SRT, hsr);
	uint32_t far = sysreg_read(HDFAR);
	uint32_t page, value = 0;

	if (!exit_child_is_plain(regs, hsr) || !(~hsr & HSR_DABT_SRT) || !(~hsr & HSR_DABT_SAS) ||
	    (far & (size - 1u)) || !exit_child_page(hsr, far, &page) || page >= CHILD_PAGES ||
	    exit_child_is_gic(child, page * PAGE_SIZE) ||
	    !stage2_is_hole(&child->grow.tables, ipa_make(page * PAGE_SIZE))) {
		return false;
	}
	if (hsr & HSR_DABT_WNR) {
		value = exit_reg_read(regs, rt);
		size |= BIT32(8);
	}
	hw_count(&vcpu->stats[PLUMB_STAT_MMIO]);
	left->hsr = hsr;
	left->far = far;
	left->left = CHILD_LEFT_PLAIN;
	child_result(cpu, page * PAGE_SIZE | far % PAGE_SIZE, value, size);
	child_switch_out(cpu, regs, PLUMB_RUN_MMIO);
	return true;
}
