/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/one_reg.h"
#include "hyp/base/error.h"
#include "hyp/core/facts.h"
#include "hyp/core/vm.h"
#include "hyp/hw/cache.h"
#include "hyp/hw/timer.h"
#include "hyp/regs/cp15.h"
#include "hyp/regs/psr.h"
#include "hyp/trap/psci.h"
#include <stddef.h>

/* What an ID means. */
enum reg_kind {
	REG_WORD,    /* a word of struct vcpu, or a doubleword */
	REG_CPSR,    /* the same, checked */
	REG_CTL,     /* a timer's control */
	REG_VIRTUAL, /* the virtual counter */
	REG_COUNTER, /* the physical counter */
	REG_FIXED,   /* struct one_reg holds the value */
};

struct one_reg {
	enum reg_kind kind;
	bool wide;
	uint16_t offset; /* in struct vcpu */
	uint64_t fixed;
};

#define AT(field) ((uint16_t)offsetof(struct vcpu, field))

/* ---- core registers ---- */

#define REG_NR_CORE  ((uint32_t)(sizeof(struct kvm_regs) / 4))
#define REG_CORE_PSR KVM_REG_ARM_CORE_REG(usr_regs.uregs[16])
#define REG_CORE_NO  KVM_REG_ARM_CORE_REG(usr_regs.uregs[17])

#define BANK(mode) AT(world.mode.sp), AT(world.mode.lr), AT(world.mode.spsr)
#define FOUR(array, first) \
	AT(array[first]), AT(array[(first) + 1]), AT(array[(first) + 2]), AT(array[(first) + 3])

/* In the order of struct kvm_regs. The word that is no register has none. */
static const uint16_t reg_core[REG_NR_CORE] = {
	FOUR(regs.r, 0),
	FOUR(regs.r, 4),
	FOUR(regs.r, 8),
	AT(regs.r[12]),
	AT(world.sp_usr),
	AT(regs.lr_usr),
	AT(regs.pc),
	AT(regs.cpsr),
	0,
	BANK(svc),
	BANK(abt),
	BANK(und),
	BANK(irq),
	FOUR(world.r_fiq, 0),
	AT(world.r_fiq[4]),
	BANK(fiq),
};

static bool reg_find_core(uint32_t index, struct one_reg *reg)
{
	if (index >= REG_NR_CORE) {
		return false;
	}
	reg->kind = index == REG_CORE_PSR ? REG_CPSR : index == REG_CORE_NO ? REG_FIXED : REG_WORD;
	reg->offset = reg_core[hw_at_most(index, REG_NR_CORE - 1)]; /* also in speculation */
	return true;
}

/* ---- CP15 ---- */

/* The lower 16 bits of the ID. */
#define NAME(...) NAME_TOKENS(__VA_ARGS__)
#define NAME_TOKENS(cp, op1, n, m, op2) \
	((uint16_t)ARM_CP15_REG32(op1, CP_TOKEN_##n, CP_TOKEN_##m, op2))
#define NAME64(...)		  NAME64_TOKENS(__VA_ARGS__)
#define NAME64_TOKENS(cp, op1, m) ((uint16_t)ARM_CP15_REG64(op1, CP_TOKEN_##m))

struct reg_row {
	uint16_t name;
	uint16_t offset;
	bool wide;
	uint8_t kind; /* enum reg_kind, but REG_FIXED */
};

/* clang-format off */
#define ROW(reg, field)	  { NAME(reg), AT(field), false, REG_WORD }
#define ROW64(reg, field) { NAME64(reg), AT(field), true, REG_WORD }
/* clang-format on */

/* What a guest can change. TTBR0, TTBR1 and PAR by MRC are the lower words. */
static const struct reg_row reg_rows[] = {
	ROW(CSSELR, world.csselr),
	ROW(SCTLR, world.sctlr),
	ROW(CPACR, world.cpacr),
	ROW(TTBR0, world.ttbr0),
	ROW(TTBR1, world.ttbr1),
	ROW(TTBCR, world.ttbcr),
	ROW64(TTBR0_64, world.ttbr0),
	ROW64(TTBR1_64, world.ttbr1),
	ROW(DACR, world.dacr),
	ROW(DFSR, world.dfsr),
	ROW(IFSR, world.ifsr),
	ROW(ADFSR, world.adfsr),
	ROW(AIFSR, world.aifsr),
	ROW(DFAR, world.dfar),
	ROW(IFAR, world.ifar),
	ROW64(PAR_64, world.par),
	ROW(PRRR, world.mair0),
	ROW(NMRR, world.mair1),
	ROW(AMAIR0, world.amair0),
	ROW(AMAIR1, world.amair1),
	ROW(VBAR, world.vbar),
	ROW(CONTEXTIDR, world.contextidr),
	ROW(TPIDRURW, world.tpidrurw),
	ROW(TPIDRURO, world.tpidruro),
	ROW(TPIDRPRW, world.tpidrprw),
	ROW(CNTKCTL, world.cntkctl),
	{ NAME(CNTP_CTL), AT(world.cntp_ctl), false, REG_CTL },
	{ NAME(CNTV_CTL), AT(world.cntv_ctl), false, REG_CTL },
	ROW64(CNTP_CVAL, world.cntp_cval),
	ROW64(CNTV_CVAL, world.cntv_cval),
	{ NAME64(CNTPCT), 0, true, REG_COUNTER },
	{ NAME64(CNTVCT), 0, true, REG_VIRTUAL },
};

/* What it cannot: as it reads them. */
static const uint16_t reg_ids[] = {
	NAME(MIDR),	NAME(CTR),	NAME(TCMTR),	NAME(TLBTR),	NAME(MPIDR),
	NAME(REVIDR),	NAME(ID_PFR0),	NAME(ID_PFR1),	NAME(ID_DFR0),	NAME(ID_AFR0),
	NAME(ID_MMFR0), NAME(ID_MMFR1), NAME(ID_MMFR2), NAME(ID_MMFR3), NAME(ID_ISAR0),
	NAME(ID_ISAR1), NAME(ID_ISAR2), NAME(ID_ISAR3), NAME(ID_ISAR4), NAME(ID_ISAR5),
	NAME(CLIDR),	NAME(AIDR),	NAME(ACTLR),	NAME(L2CTLR),
};

/* Those whose reads trap. */
static uint32_t reg_read_trapped(const struct cp15_ctx *ctx, uint32_t name)
{
	struct cp15_access access = {
		.reg = { .coproc = 15,
			 .opc1 = (uint8_t)FIELD_GET((uint32_t)KVM_REG_ARM_OPC1_MASK, name),
			 .crn = (uint8_t)FIELD_GET((uint32_t)KVM_REG_ARM_32_CRN_MASK, name),
			 .crm = (uint8_t)FIELD_GET((uint32_t)KVM_REG_ARM_CRM_MASK, name),
			 .opc2 = (uint8_t)FIELD_GET((uint32_t)KVM_REG_ARM_32_OPC2_MASK, name) },
	};
	uint64_t value = 0;

	(void)cp15_access(ctx, &access, false, &value);
	return (uint32_t)value;
}

/* Untrapped ones are this CPU's: a vCPU may move between all of them, so they are the same. */
static uint32_t reg_read_id(const struct vcpu *vcpu, uint32_t name)
{
	switch (name) {
	case NAME(MIDR):
		return sysreg_read(MIDR);
	case NAME(CTR):
		return sysreg_read(CTR);
	case NAME(TCMTR):
		return sysreg_read(TCMTR);
	case NAME(TLBTR):
		return sysreg_read(TLBTR);
	case NAME(MPIDR):
		return vcpu->world.vmpidr;
	case NAME(REVIDR):
		return sysreg_read(REVIDR);
	case NAME(CLIDR):
		return cache_levels();
	case NAME(AIDR):
		return sysreg_read(AIDR);
	default:
		return reg_read_trapped(&vcpu->vm->cp15, name);
	}
}

static bool reg_find_cp15(const struct vcpu *vcpu, uint32_t name, struct one_reg *reg)
{
	for (uint32_t n = 0; n < ARRAY_SIZE(reg_rows); n++) {
		const struct reg_row *row = &reg_rows[n];

		if (row->name == name && row->wide == reg->wide) {
			reg->kind = row->kind;
			reg->offset = row->offset;
			return true;
		}
	}
	for (uint32_t n = 0; n < ARRAY_SIZE(reg_ids) && !reg->wide; n++) {
		if (reg_ids[n] == name) {
			reg->fixed = reg_read_id(vcpu, name);
			return true;
		}
	}
	return false;
}

/* ---- CCSIDR ---- */

#define REG_CACHES 14u /* seven levels, each with data or unified, and instructions */

/* CLIDR (B4.1.20): 1 instructions only, 2 data only, 3 separate, 4 unified. */
static bool reg_has_cache(uint32_t csselr)
{
	uint32_t type = csselr < REG_CACHES ? cache_levels() >> (3 * (csselr >> 1)) & 7u : 0;

	return (csselr & 1u) ? type == 1 || type == 3 : type >= 2 && type <= 4;
}

static bool reg_find_demux(uint32_t name, struct one_reg *reg)
{
	if (!reg_has_cache(name)) {
		return false;
	}
	reg->fixed = cache_shape(name);
	return true;
}

/* ---- VFP ---- */

/* Subarchitectures with these two do not occur here: they are as if nothing used them. */
static const uint16_t reg_vfp[] = {
	KVM_REG_ARM_VFP_FPEXC,	 KVM_REG_ARM_VFP_FPSCR, KVM_REG_ARM_VFP_FPINST,
	KVM_REG_ARM_VFP_FPINST2, KVM_REG_ARM_VFP_MVFR0, KVM_REG_ARM_VFP_MVFR1,
	KVM_REG_ARM_VFP_FPSID,
};

#define MVFR0_REGISTERS GENMASK32(3, 0) /* B4.1.109: 1: 16, 2: 32 */

/* Doublewords of VFP. */
static uint32_t reg_nr_vfp(void)
{
	uint32_t registers = FIELD_GET(MVFR0_REGISTERS, facts_host_id.mvfr0);

	return registers == 2 ? 32 : registers == 1 ? 16 : 0;
}

static bool reg_find_vfp_word(uint32_t name, struct one_reg *reg)
{
	switch (name) {
	case KVM_REG_ARM_VFP_FPEXC:
		reg->kind = REG_WORD;
		reg->offset = AT(vfp.fpexc);
		return true;
	case KVM_REG_ARM_VFP_FPSCR:
		reg->kind = REG_WORD;
		reg->offset = AT(vfp.fpscr);
		return true;
	case KVM_REG_ARM_VFP_MVFR0:
		reg->fixed = facts_host_id.mvfr0;
		return true;
	case KVM_REG_ARM_VFP_MVFR1:
		reg->fixed = facts_host_id.mvfr1;
		return true;
	case KVM_REG_ARM_VFP_FPSID:
		reg->fixed = facts_fpsid;
		return true;
	default:
		return name == KVM_REG_ARM_VFP_FPINST || name == KVM_REG_ARM_VFP_FPINST2;
	}
}

static bool reg_find_vfp(uint32_t name, struct one_reg *reg)
{
	if (!reg->wide) {
		return reg_nr_vfp() != 0 && reg_find_vfp_word(name, reg);
	}
	if (name >= reg_nr_vfp()) {
		return false;
	}
	reg->kind = REG_WORD;
	reg->offset = (uint16_t)(AT(vfp.d) + name * sizeof(uint64_t));
	return true;
}

/* ---- all of them ---- */

#define REG_GROUP(id) (UINT32_C(0xffff0000) & (uint32_t)(id))

static bool reg_find(const struct vcpu *vcpu, uint64_t id, struct one_reg *reg)
{
	uint32_t name = (uint32_t)id & 0xffffu;
	uint64_t size = id & ~UINT64_C(0xffffffff) & ~KVM_REG_ARM;

	if (!(id & KVM_REG_ARM) || (size != KVM_REG_SIZE_U32 && size != KVM_REG_SIZE_U64)) {
		return false;
	}
	*reg = (struct one_reg) { .kind = REG_FIXED, .wide = size == KVM_REG_SIZE_U64 };
	switch (REG_GROUP(id)) {
	case KVM_REG_ARM_CORE:
		return !reg->wide && reg_find_core(name, reg);
	case 15 << KVM_REG_ARM_COPROC_SHIFT:
		return reg_find_cp15(vcpu, name, reg);
	case KVM_REG_ARM_DEMUX:
		return !reg->wide && reg_find_demux(name, reg);
	case KVM_REG_ARM_VFP:
		return reg_find_vfp(name, reg);
	case KVM_REG_ARM_FW:
		reg->fixed = PSCI_VERSION_1_0;
		return reg->wide && name == 0;
	default:
		return false;
	}
}

int one_reg_get(struct vgic_locked held, const struct vcpu *vcpu, uint64_t id, uint64_t at,
		uint64_t *value)
{
	const char *place = (const char *)vcpu;
	struct one_reg reg;

	(void)held;
	if (!reg_find(vcpu, id, &reg)) {
		return -HYP_ENOENT;
	}
	place += reg.offset;
	switch (reg.kind) {
	case REG_FIXED:
		*value = reg.fixed;
		break;
	case REG_VIRTUAL:
		*value = at - vcpu->world.cntvoff;
		break;
	case REG_COUNTER:
		*value = at;
		break;
	default:
		*value = reg.wide ? *(const uint64_t *)(const void *)place
				  : *(const uint32_t *)(const void *)place;
		break;
	}
	return 0;
}

/* A mode that a guest has. Jazelle and ThumbEE it does not have (B1.3.3). */
static bool reg_is_psr(uint32_t psr)
{
	switch (psr & (PSR_MODE | PSR_J)) {
	case PSR_MODE_USR:
	case PSR_MODE_FIQ:
	case PSR_MODE_IRQ:
	case PSR_MODE_SVC:
	case PSR_MODE_ABT:
	case PSR_MODE_UND:
	case PSR_MODE_SYS:
		return true;
	default:
		return false;
	}
}

static bool reg_accepts(const struct one_reg *reg, uint64_t value)
{
	switch (reg->kind) {
	case REG_CPSR:
		return reg_is_psr((uint32_t)value);
	case REG_FIXED:
		return (reg->wide ? value : (uint32_t)value) == reg->fixed;
	default:
		return true;
	}
}

static void reg_write(const struct one_reg *reg, struct vcpu *vcpu, uint64_t value)
{
	void *place = (char *)vcpu + reg->offset;

	if (reg->wide) {
		*(uint64_t *)place = value;
	} else {
		*(uint32_t *)place = (uint32_t)value;
	}
}

/* The virtual counter is one for all vCPUs of a VM (KVM's is, too). */
static void reg_set_virtual(struct vgic_locked held, uint64_t offset)
{
	for (uint32_t n = 0; n < held.vm->nr_vcpus; n++) {
		held.vm->vcpus[n].world.cntvoff = offset;
	}
}

int one_reg_set(struct vgic_locked held, struct vcpu *vcpu, uint64_t id, uint64_t at,
		uint64_t value)
{
	struct one_reg reg;

	if (!reg_find(vcpu, id, &reg)) {
		return -HYP_ENOENT;
	}
	if (!reg_accepts(&reg, value)) {
		return -HYP_EINVAL;
	}
	switch (reg.kind) {
	case REG_VIRTUAL:
		reg_set_virtual(held, at - value);
		break;
	case REG_CTL: /* ISTATUS is read-only (B8.1.4) */
		reg_write(&reg, vcpu, value & (TIMER_ENABLE | TIMER_MASKED));
		break;
	case REG_WORD:
	case REG_CPSR:
		reg_write(&reg, vcpu, value);
		break;
	default: /* the physical counter is everybody's, and the fixed ones have this value */
		break;
	}
	return 0;
}

static uint64_t reg_id(uint64_t group, uint32_t name, bool wide)
{
	return KVM_REG_ARM | (wide ? KVM_REG_SIZE_U64 : KVM_REG_SIZE_U32) | group | name;
}

/* The cache with this index among those that there are. */
static uint64_t reg_cache_id(uint32_t index)
{
	for (uint32_t csselr = 0; csselr < REG_CACHES; csselr++) {
		if (reg_has_cache(csselr) && index-- == 0) {
			return reg_id(KVM_REG_ARM_DEMUX, csselr, false);
		}
	}
	return 0;
}

/* True: `*index` is one of these. Else they are taken off it. */
static bool reg_counts(uint32_t *index, uint32_t count)
{
	if (*index < count) {
		return true;
	}
	*index -= count;
	return false;
}

uint64_t one_reg_id(uint32_t index)
{
	if (reg_counts(&index, REG_NR_CORE)) {
		return reg_id(KVM_REG_ARM_CORE, index, false);
	}
	if (reg_counts(&index, ARRAY_SIZE(reg_rows))) {
		return reg_id(15 << KVM_REG_ARM_COPROC_SHIFT, reg_rows[index].name,
			      reg_rows[index].wide);
	}
	if (reg_counts(&index, ARRAY_SIZE(reg_ids))) {
		return reg_id(15 << KVM_REG_ARM_COPROC_SHIFT, reg_ids[index], false);
	}
	if (reg_counts(&index, reg_nr_vfp())) {
		return reg_id(KVM_REG_ARM_VFP, index, true);
	}
	if (reg_counts(&index, reg_nr_vfp() ? ARRAY_SIZE(reg_vfp) : 0)) {
		return reg_id(KVM_REG_ARM_VFP, reg_vfp[index], false);
	}
	return index == 0 ? KVM_REG_ARM_PSCI_VERSION : reg_cache_id(index - 1);
}
