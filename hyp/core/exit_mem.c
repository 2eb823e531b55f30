/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage-2 aborts: accesses to an emulated device, or to an address without memory or device. */
#include "hyp/base/cold.h"
#include "hyp/core/child_run.h"
#include "hyp/core/cpu.h"
#include "hyp/core/device.h"
#include "hyp/core/exit.h"
#include "hyp/core/exit_child.h"
#include "hyp/core/exit_state.h"
#include "hyp/core/facts.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/isolate.h"
#include "hyp/core/mem.h"
#include "hyp/core/partition.h"
#include "hyp/core/run.h"
#include "hyp/core/vm.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/hsr.h"
#include "hyp/regs/psr.h"
#include "hyp/trap/insn.h"

/* A translation fault, at level 2 or 3, of a load or store that the syndrome describes completely:
 * nearly all of them. */
#define EXIT_PLAIN_MASK \
	(HSR_DABT_ISV | HSR_ABT_EA | HSR_DABT_CM | HSR_ABT_S1PTW | FIELD_PREP(HSR_ABT_FSC, 0x3eu))
#define EXIT_PLAIN (HSR_DABT_ISV | FIELD_PREP(HSR_ABT_FSC, 0x06u))

/* HPFAR is valid for translation and access faults; for a permission fault only on a stage-1 walk
 * (ARM ARM B3.13.7). At level 1, where all addresses above 4 GiB fault, HPFAR is not used: QEMU
 * (7.2) sets only 32 bits of the address. */
static bool exit_hpfar_valid(uint32_t hsr)
{
	uint32_t status = FIELD_GET(HSR_ABT_FSC, hsr) & 0x3eu;

	return status == 0x06u || (status & 0x3cu) == 0x08u || (hsr & HSR_ABT_S1PTW);
}

static COLD bool exit_capture(uint32_t hsr, uint32_t far, struct exit_record *record)
{
	uint64_t address; /* 40 bits: no ipa_t */

	record->hsr = hsr;
	record->far = far;
	if (exit_hpfar_valid(hsr)) {
		record->fault_page = FIELD_GET(HPFAR_FIPA, sysreg_read(HPFAR));
		return true;
	}
	if (!world_translate_stage1(far, &address)) {
		return false; /* another CPU has changed the tables: execute it again */
	}
	record->fault_page = (uint32_t)(address / PAGE_SIZE);
	return true;
}

/* Inline in exit_access, which has decoded the access. */
static inline __attribute__((always_inline)) enum mmio_result
exit_mmio(struct vcpu *vcpu, const struct exit_record *record, struct mmio *mmio)
{
	mmio->offset = record->far & 0xfffu;
	if (mmio->offset & (mmio->size - 1)) {
		return MMIO_ABORT; /* unaligned accesses to Device memory fault (ARM ARM A3.2.1) */
	}
	return vcpu->vm->child ? exit_child_device(vcpu, record->fault_page, mmio)
			       : device_access(vcpu, record->fault_page, mmio);
}

/* Decodes the access from the syndrome, or from the instruction if the syndrome is not valid (ISV =
 * 0). Then the length of the instruction is not valid either, and *hsr receives it. */
static bool exit_decode(const struct guest_regs *regs, uint32_t *hsr, struct insn_access *access)
{
	bool thumb = (regs->cpsr & PSR_T) != 0;
	bool wide;
	uint32_t word;

	if ((*hsr & HSR_DABT_ISV) && !(thumb && (*hsr & HSR_DABT_WNR) && facts_rt_unreliable)) {
		return insn_access_from_hsr(*hsr, access);
	}
	if (!mem_read_insn(regs, thumb, &wide, &word)) {
		return false;
	}
	*hsr = wide ? *hsr | HSR_IL : *hsr & ~HSR_IL;
	return insn_access_decode(word, thumb, wide, access);
}

/* Reads and writes Rt: unbanked registers directly, the others by mode. */
static inline uint32_t exit_rt_read(const struct guest_regs *regs, uint32_t reg)
{
	return reg < 8 ? regs->r[reg] : exit_reg_read(regs, reg);
}

static inline void exit_rt_write(struct guest_regs *regs, uint32_t reg, uint32_t value)
{
	if (reg < 8) {
		regs->r[reg] = value;
	} else {
		exit_reg_write(regs, reg, value);
	}
}

static COLD void exit_mmio_done(struct guest_regs *regs, uint32_t hsr,
				const struct insn_access *access, const struct mmio *mmio)
{
	if (!access->is_write) {
		exit_rt_write(regs, access->rt, insn_load_value(access, mmio->value));
	}
	if (access->writeback) {
		exit_reg_write(regs, access->rn,
			       exit_reg_read(regs, access->rn) + (uint32_t)access->increment);
	}
	insn_skip(regs, hsr);
}

/* A permission fault (B3.13.3) is a write to what stage 2 only lets it read. */
static const char *exit_access_name(uint32_t hsr)
{
	if (!(hsr & HSR_DABT_WNR)) {
		return "read from nothing at";
	}
	return (FIELD_GET(HSR_ABT_FSC, hsr) & 0x3cu) == 0x0cu ? "write to read-only memory at"
							      : "write to nothing at";
}

static COLD void exit_nothing_there(struct vcpu *vcpu, struct guest_regs *regs,
				    const struct exit_record *record)
{
	if (vcpu->vm->child) {
		exit_to_creator(cpu_this(), regs, record, NULL, NULL);
		return;
	}
	vcpu->stats[PLUMB_STAT_ABORT]++;
	guest_log_access(vcpu, regs->pc, exit_access_name(record->hsr), exit_fault_ipa(record));
	exit_inject(regs, INJECT_DATA_ABORT, record);
}

/* Another partition answers. Separate, so that the common case stays in registers. */
static COLD void exit_wait(struct cpu *cpu, struct guest_regs *regs,
			   const struct exit_record *record, const struct insn_access *access)
{
	cpu->loaded->stats[PLUMB_STAT_MMIO]++;
	virtio_how(cpu->loaded, access, record->hsr);
	run_answer(cpu, regs);
}

/* Executes a decoded access: to a device, or to an address without one. Inline where the access is
 * decoded, so that the common case stays in registers. */
static inline __attribute__((always_inline)) void exit_access(struct cpu *cpu,
							      struct guest_regs *regs,
							      const struct exit_record *record,
							      const struct insn_access *access)
{
	struct vcpu *vcpu = cpu->loaded;
	struct mmio mmio;

	mmio.size = access->size;
	mmio.is_write = access->is_write;
	mmio.value =
		access->is_write ? insn_device_value(access, exit_rt_read(regs, access->rt)) : 0;
	switch (exit_mmio(vcpu, record, &mmio)) {
	case MMIO_OK:
		vcpu->stats[PLUMB_STAT_MMIO]++;
		exit_mmio_done(regs, record->hsr, access, &mmio);
		break;
	case MMIO_WAIT:
		exit_wait(cpu, regs, record, access);
		break;
	case MMIO_RETRY:
		hw_yield(); /* the guest repeats its read: yield to the other vCPU's CPU */
		run_yield(cpu);
		break;
	default:
		if (vcpu->vm->child) {
			exit_to_creator(cpu, regs, record, access, &mmio);
		} else {
			exit_nothing_there(vcpu, regs, record);
		}
		break;
	}
}

/* All data aborts except plain little-endian loads and stores with a valid syndrome. */
static void exit_odd_data_abort(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr)
{
	struct exit_record record;
	struct insn_access access;

	if (FIELD_GET(HSR_ABT_FSC, hsr) == FSC_ASYNC_EXTERNAL ||
	    FIELD_GET(HSR_ABT_FSC, hsr) == FSC_ASYNC_PARITY) {
		/* HYP accesses guest memory only through its window, so the loaded guest has caused
		 * the abort. */
		isolate_abort(cpu->loaded, regs->pc);
		return;
	}
	if (!exit_capture(hsr, sysreg_read(HDFAR), &record)) {
		return;
	}
	if ((hsr & HSR_DABT_CM) && !(hsr & HSR_ABT_S1PTW)) {
		if (cpu->loaded->vm->child && child_has_memory(cpu, &record, PLUMB_FAULT_WRITE)) {
			return; /* of a page whose log begins with this */
		}
		insn_skip(regs, hsr); /* cache maintenance of an address without memory */
		return;
	}
	if ((hsr & (HSR_ABT_S1PTW | HSR_ABT_EA)) || !exit_decode(regs, &record.hsr, &access)) {
		exit_nothing_there(cpu->loaded, regs, &record);
		return;
	}
	access.reversed = (regs->cpsr & PSR_E) != 0;
	exit_access(cpu, regs, &record, &access);
}

static void exit_on_data_abort(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr)
{
	struct exit_record record;
	struct insn_access access;

	if ((hsr & EXIT_PLAIN_MASK) != EXIT_PLAIN || (regs->cpsr & PSR_E) ||
	    ((regs->cpsr & PSR_T) && facts_rt_unreliable) || !insn_access_from_hsr(hsr, &access)) {
		exit_odd_data_abort(cpu, regs, hsr);
		return;
	}
	record.hsr = hsr;
	record.far = sysreg_read(HDFAR);
	record.fault_page = FIELD_GET(HPFAR_FIPA, sysreg_read(HPFAR));
	exit_access(cpu, regs, &record, &access);
}

/* A guest whose abort vector cannot be fetched would abort forever. */
static bool exit_no_vectors(const struct guest_regs *regs)
{
	uint32_t base = (sysreg_read(SCTLR) & SCTLR_V) ? 0xffff0000u : sysreg_read(VBAR);

	return (regs->cpsr & PSR_MODE) == PSR_MODE_ABT && regs->pc == base + 0xcu;
}

static void exit_crash(struct vcpu *vcpu, const struct exit_record *record)
{
	struct crash_cause cause = { PLUMB_CRASH_BY_VECTORS, PARTITION_STATUS_VECTORS, vcpu,
				     *record };

	partition_crash(vcpu->vm, &cause);
}

static COLD void exit_on_prefetch_abort(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr)
{
	struct vcpu *vcpu = cpu->loaded;
	struct exit_record record;

	if (!exit_capture(hsr, sysreg_read(HIFAR), &record)) {
		return;
	}
	vcpu->stats[PLUMB_STAT_ABORT]++;
	if (vcpu->vm->child) {
		if (!child_has_memory(cpu, &record, PLUMB_FAULT_FETCH)) {
			child_fault(cpu, regs, &record, PLUMB_FAULT_FETCH);
		}
		return;
	}
	guest_log_access(vcpu, regs->pc, "instruction fetch from nothing at",
			 exit_fault_ipa(&record));
	if (exit_no_vectors(regs)) {
		guest_log_end(vcpu, regs->pc, "no memory at its exception vectors");
		exit_crash(vcpu, &record);
		return;
	}
	exit_inject(regs, INJECT_PREFETCH_ABORT, &record);
}

/* insn_is_word at an aligned address, in the fewest instructions. */
static inline __attribute__((always_inline)) bool exit_is_word(uint32_t hsr, uint32_t cpsr,
							       uint32_t offset)
{
	return hw_all_clear(cpsr, PSR_T | PSR_E, hsr ^ INSN_WORD, INSN_WORD_MASK & ~0xffffu,
			    INSN_WORD_MASK & 0xffc0u, INSN_WORD_MASK & 0x3fu, offset, 3u);
}

/* Finds all by itself, so that the frequent accesses need to keep nothing for it: HSR and HDFAR are
 * as they were, as nothing is taken to HYP meanwhile. */
static COLD void exit_data_abort_whole(void)
{
	exit_whole(cpu_this()->frame, sysreg_read(HSR), exit_on_data_abort);
}

static inline __attribute__((always_inline)) void exit_word_done(struct vcpu *vcpu,
								 struct guest_regs *regs)
{
	hw_count(&vcpu->stats[PLUMB_STAT_MMIO]);
	world_resume_at(regs->pc + 4);
}

static uint32_t exit_fault_page(void)
{
	return FIELD_GET(HPFAR_FIPA, sysreg_read(HPFAR));
}

/* Whatever is left. Finds all by itself, too. A child's accesses to its creator's devices are
 * frequent. */
static __attribute__((noinline)) void exit_other(void)
{
	struct cpu *cpu = cpu_this();

	if (cpu->loaded->vm->child && exit_child_plain(cpu, cpu->frame, sysreg_read(HSR))) {
		world_resume(cpu->frame->pc, cpu->frame->cpsr);
	} else {
		exit_data_abort_whole();
	}
}

/* Words to other devices than the distributor. Separate for the same reason. */
static COLD void exit_write_other(void)
{
	struct cpu *cpu = cpu_this();
	uint32_t offset = sysreg_read(HDFAR) & 0xfffu;
	uint32_t value = cpu->frame->r[insn_word_rt(sysreg_read(HSR))];

	if (device_write_word(cpu->loaded, exit_fault_page(), offset, value)) {
		exit_word_done(cpu->loaded, cpu->frame);
	} else {
		exit_other();
	}
}

static EXIT_AS_IS void exit_write(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset,
				  uint32_t hsr)
{
	if (!exit_is_word(hsr, regs->cpsr, offset)) {
		exit_other();
	} else if (exit_fault_page() != vcpu->vm->dist_page) {
		if (vcpu->vm->child) { /* which has no other device */
			exit_other();
		} else {
			exit_write_other();
		}
	} else if (vsync_dist_write(vcpu, offset, regs->r[insn_word_rt(hsr)])) {
		exit_word_done(vcpu, regs);
	} else {
		exit_data_abort_whole();
	}
}

void exit_data_abort(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr)
{
	if (insn_word_is_write(hsr)) {
		exit_write(vcpu, regs, offset, hsr);
	} else if (exit_is_word(hsr, regs->cpsr, offset) &&
		   device_read_word(vcpu, exit_fault_page(), offset, &regs->r[insn_word_rt(hsr)])) {
		exit_word_done(vcpu, regs);
	} else {
		exit_other();
	}
}

void exit_prefetch_abort(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr)
{
	(void)vcpu, (void)offset;
	exit_whole(regs, hsr, exit_on_prefetch_abort);
}
