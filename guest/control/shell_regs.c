/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers of a paused partition's vCPU. */
#include "guest/control/shell.h"
#include "guest/control/words.h"
#include "guest/lib/hvc.h"
#include <stdio.h>

#define REGS_CORE (KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE)
#define REGS_PSR  16u
#define REGS_MODE 0x1fu
#define REGS_FIQ  0x11u

struct regs_vcpu {
	uint32_t handle, vcpu;
};

/* 0 if it cannot be read: the first one has shown that they can. */
static uint32_t regs_get(const struct regs_vcpu *of, uint64_t id)
{
	uint64_t value = 0;

	(void)kvm_get_one_reg(of->handle, of->vcpu, id, &value);
	return (uint32_t)value;
}

static uint32_t regs_core(const struct regs_vcpu *of, uint32_t index)
{
	return regs_get(of, REGS_CORE | index);
}

struct regs_mode {
	const char *name;
	uint8_t mode;
	uint8_t bank; /* SP in struct kvm_regs; LR follows, and SPSR if there is one */
};

static const struct regs_mode regs_modes[] = {
	{ "usr", 0x10, 13 },
	{ "svc", 0x13, KVM_REG_ARM_CORE_REG(svc_regs) },
	{ "abt", 0x17, KVM_REG_ARM_CORE_REG(abt_regs) },
	{ "und", 0x1b, KVM_REG_ARM_CORE_REG(und_regs) },
	{ "irq", 0x12, KVM_REG_ARM_CORE_REG(irq_regs) },
	{ "fiq", REGS_FIQ, KVM_REG_ARM_CORE_REG(fiq_regs) + 5 },
};

#define REGS_MODES (sizeof(regs_modes) / sizeof(regs_modes[0]))

/* System mode has those of User mode. */
static const struct regs_mode *regs_mode(uint32_t psr)
{
	for (uint32_t n = 0; n < REGS_MODES; n++) {
		if (regs_modes[n].mode == (psr & REGS_MODE)) {
			return &regs_modes[n];
		}
	}
	return &regs_modes[0];
}

/* As the vCPU's mode sees them. */
static uint32_t regs_general(const struct regs_vcpu *of, const struct regs_mode *mode, uint32_t reg)
{
	if (reg >= 13) {
		return regs_core(of, mode->bank + reg - 13);
	}
	return regs_core(of, mode->mode == REGS_FIQ && reg >= 8
				     ? KVM_REG_ARM_CORE_REG(fiq_regs) + reg - 8
				     : reg);
}

static void regs_show_core(const struct regs_vcpu *of)
{
	uint32_t psr = regs_core(of, REGS_PSR);
	const struct regs_mode *mode = regs_mode(psr);

	for (uint32_t reg = 0; reg < 15; reg++) {
		printf("%s%-4s%08x",
		       reg % 4 ? "  "
		       : reg   ? "\n"
			       : "",
		       (const char *[]) { "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8",
					  "r9", "r10", "r11", "r12", "sp", "lr" }[reg],
		       (unsigned)regs_general(of, mode, reg));
	}
	printf("  pc  %08x\ncpsr %08x: %s%s, %s%s%s\n", (unsigned)regs_core(of, 15), (unsigned)psr,
	       (psr & REGS_MODE) == 0x1f ? "sys" : mode->name, psr & 0x20 ? ", Thumb" : "",
	       psr & 0x80 ? "IRQ masked" : "IRQ open", psr & 0x40 ? ", FIQ masked" : ", FIQ open",
	       psr & 0x100 ? ", aborts masked" : "");
}

static void regs_show_banks(const struct regs_vcpu *of)
{
	for (uint32_t n = 0; n < REGS_MODES; n++) {
		const struct regs_mode *mode = &regs_modes[n];

		printf("%s  sp %08x  lr %08x", mode->name, (unsigned)regs_core(of, mode->bank),
		       (unsigned)regs_core(of, mode->bank + 1u));
		if (n > 0) {
			printf("  spsr %08x", (unsigned)regs_core(of, mode->bank + 2u));
		}
		printf("\n");
	}
}

static void regs_show_control(const struct regs_vcpu *of)
{
	static const struct {
		const char *name;
		uint64_t id;
	} control[] = {
		{ "SCTLR", ARM_CP15_REG32(0, 1, 0, 0) }, { "VBAR", ARM_CP15_REG32(0, 12, 0, 0) },
		{ "TTBR0", ARM_CP15_REG32(0, 2, 0, 0) }, { "TTBR1", ARM_CP15_REG32(0, 2, 0, 1) },
		{ "TTBCR", ARM_CP15_REG32(0, 2, 0, 2) }, { "DACR", ARM_CP15_REG32(0, 3, 0, 0) },
		{ "DFSR", ARM_CP15_REG32(0, 5, 0, 0) },	 { "DFAR", ARM_CP15_REG32(0, 6, 0, 0) },
		{ "IFSR", ARM_CP15_REG32(0, 5, 0, 1) },	 { "IFAR", ARM_CP15_REG32(0, 6, 0, 2) },
		{ "CNTV_CTL", KVM_REG_ARM_TIMER_CTL },	 { "CNTP_CTL", KVM_REG_ARM_PTIMER_CTL },
	};

	for (uint32_t n = 0; n < sizeof(control) / sizeof(control[0]); n++) {
		printf("%-8s %08x%s", control[n].name, (unsigned)regs_get(of, control[n].id),
		       n % 4 == 3 ? "\n" : "  ");
	}
}

static void regs_explain(int32_t result)
{
	switch (result) {
	case -EPERM:
		printf("EPERM: control does not manage that partition: add its name to 'manages' "
		       "in "
		       "the manifest\n");
		break;
	case -EBUSY:
		printf("EBUSY: it runs: 'pause' it first\n");
		break;
	case -ENOEXEC:
		printf("ENOEXEC: that vCPU is off\n");
		break;
	case -EINVAL:
		printf("EINVAL: it has no such vCPU\n");
		break;
	default:
		shell_explain(result);
		break;
	}
}

enum shell_next shell_regs(const char *const *words, uint32_t count)
{
	struct regs_vcpu of = { 0, 0 };
	uint64_t value;
	int32_t result;

	if (count == 2 && !words_number(words[1], &of.vcpu)) {
		return SHELL_USAGE;
	}
	if (!shell_find_vm(words[0], &of.handle)) {
		return SHELL_GO_ON;
	}
	result = of.vcpu > 0xffffu ? -EINVAL
				   : kvm_get_one_reg(of.handle, of.vcpu, REGS_CORE, &value);
	if (result != 0) {
		regs_explain(result);
		return SHELL_GO_ON;
	}
	regs_show_core(&of);
	regs_show_banks(&of);
	regs_show_control(&of);
	return SHELL_GO_ON;
}
