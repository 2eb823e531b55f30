/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/text/explain.h"
#include "hyp/regs/psr.h"
#include "hyp/text/fmt.h"

#define EXPLAIN_FAR  999999 /* milliseconds: the limit, in both directions */
#define EXPLAIN_PART 100    /* bytes of a part of a line */

enum explain_insn explain_instruction(uint32_t word, bool thumb, bool wide)
{
	/* ARM ARM A8.8.425, A8.8.424: hints 3 and 2; ARM with any condition, Thumb in both sizes */
	uint32_t hint = 0;

	if (!thumb && (word & 0x0fffff00u) == 0x0320f000u && word >> 28 != 0xfu) {
		hint = word & 0xffu;
	} else if (thumb && wide && (word & 0xffffff00u) == 0xf3af8000u) {
		hint = word & 0xffu;
	} else if (thumb && !wide && (word & 0xff0fu) == 0xbf00u) {
		hint = word >> 4 & 0xfu;
	}
	return hint == 3 ? EXPLAIN_WFI : hint == 2 ? EXPLAIN_WFE : EXPLAIN_OTHER;
}

int32_t explain_milliseconds(uint64_t deadline, uint64_t now, uint32_t rate)
{
	bool late = deadline < now;
	uint64_t ticks = late ? now - deadline : deadline - now;
	uint64_t limit = (uint64_t)EXPLAIN_FAR / 1000u * rate;
	int32_t ms = EXPLAIN_FAR;

	if (rate && ticks < limit) {
		ms = (int32_t)(ticks * 1000u / rate);
	}
	return late ? -ms : ms;
}

static const char *explain_mode(uint32_t cpsr)
{
	switch (cpsr & PSR_MODE) {
	case PSR_MODE_USR:
		return "user";
	case PSR_MODE_FIQ:
		return "fiq";
	case PSR_MODE_IRQ:
		return "irq";
	case PSR_MODE_SVC:
		return "svc";
	case PSR_MODE_ABT:
		return "abort";
	case PSR_MODE_UND:
		return "undefined";
	case PSR_MODE_SYS:
		return "system";
	default:
		return "unknown";
	}
}

static bool explain_in_wfi(const struct explain_vcpu *vcpu)
{
	return vcpu->where == EXPLAIN_WAITS ||
	       (vcpu->where == EXPLAIN_ON_CPU && vcpu->insn == EXPLAIN_WFI);
}

static bool explain_has_registers(const struct explain_vcpu *vcpu)
{
	return vcpu->where == EXPLAIN_WAITS || vcpu->where == EXPLAIN_READY ||
	       vcpu->where == EXPLAIN_SPENT || vcpu->where == EXPLAIN_ON_CPU;
}

static void explain_place(const struct explain_vcpu *vcpu, char *buf, size_t size)
{
	switch (vcpu->where) {
	case EXPLAIN_OFF:
		fmt_format(buf, size, "off (PSCI)");
		break;
	case EXPLAIN_START:
		fmt_format(buf, size, "about to start at");
		break;
	case EXPLAIN_WAITS:
		fmt_format(buf, size, "waits in WFI");
		break;
	case EXPLAIN_READY:
		fmt_format(buf, size, "ready, waits for a CPU");
		break;
	case EXPLAIN_SPENT:
		fmt_format(buf, size, "has used its budget, waits for its next period");
		break;
	case EXPLAIN_ON_CPU:
		fmt_format(buf, size, "%s on CPU %u",
			   vcpu->insn == EXPLAIN_WFI   ? "waits in WFI"
			   : vcpu->insn == EXPLAIN_WFE ? "waits in WFE"
						       : "runs",
			   (unsigned)vcpu->cpu);
		break;
	default:
		fmt_format(buf, size, "on CPU %u, which does not respond: is the monitor stuck?",
			   (unsigned)vcpu->cpu);
		break;
	}
}

static size_t explain_where(const struct explain_vcpu *vcpu, char *buf, size_t size)
{
	char place[EXPLAIN_PART];

	explain_place(vcpu, place, sizeof(place));
	if (vcpu->where == EXPLAIN_START) {
		return fmt_format(buf, size, "state: %s vcpu %u: %s pc 0x%08x", vcpu->name,
				  (unsigned)vcpu->index, place, (unsigned)vcpu->pc);
	}
	if (!explain_has_registers(vcpu)) {
		return fmt_format(buf, size, "state: %s vcpu %u: %s", vcpu->name,
				  (unsigned)vcpu->index, place);
	}
	return fmt_format(buf, size, "state: %s vcpu %u: %s, pc 0x%08x%s, %s mode, IRQ %s, FIQ %s",
			  vcpu->name, (unsigned)vcpu->index, place, (unsigned)vcpu->pc,
			  vcpu->cpsr & PSR_T ? " (Thumb)" : "", explain_mode(vcpu->cpsr),
			  vcpu->cpsr & PSR_I ? "masked" : "open",
			  vcpu->cpsr & PSR_F ? "masked" : "open");
}

/* Why the pending interrupt is not taken; the text follows its number. */
static const char *explain_hold(const struct explain_vcpu *vcpu)
{
	uint32_t mask = vcpu->view.fiq ? PSR_F : PSR_I;

	switch (vcpu->view.hold) {
	case VGIC_HOLD_DISABLED:
		return "is not enabled (GICD_ISENABLER)";
	case VGIC_HOLD_GROUP:
		return "is held by GICD_CTLR: its group is off";
	case VGIC_HOLD_TARGETS:
		return "has no target (GICD_ITARGETSR)";
	case VGIC_HOLD_INTERFACE:
		return "is held by GICC_CTLR: its group is off";
	case VGIC_HOLD_PMR:
		return "is held by GICC_PMR";
	case VGIC_HOLD_ACTIVE:
		return "waits for the end of an active one";
	default:
		break;
	}
	if (vcpu->cpsr & mask) {
		return mask == PSR_F ? "is masked by CPSR.F" : "is masked by CPSR.I";
	}
	return "is about to be taken";
}

static void explain_pending(const struct explain_vcpu *vcpu, char *buf, size_t size)
{
	const struct vgic_view *view = &vcpu->view;
	size_t length;

	if (!vcpu->has_gic) {
		fmt_format(buf, size, "no GIC; IRQ line %s, FIQ line %s",
			   vcpu->irq_line ? "high" : "low", vcpu->fiq_line ? "high" : "low");
		return;
	}
	if (view->hold == VGIC_HOLD_IDLE) {
		length = fmt_format(buf, size, "no interrupt pending");
	} else {
		length = fmt_format(buf, size, "interrupt %u pending, %s", (unsigned)view->intid,
				    explain_hold(vcpu));
	}
	if (view->active != VGIC_NO_IRQ) {
		fmt_format(buf + length, size - length, "; %u active", (unsigned)view->active);
	}
}

static void explain_timer(const struct explain_timer *timer, char *buf, size_t size)
{
	if (!timer->armed) {
		fmt_format(buf, size, "off");
	} else if (timer->left > 0) {
		fmt_format(buf, size, "due in %d ms", (int)timer->left);
	} else {
		fmt_format(buf, size, "overdue by %d ms", -(int)timer->left);
	}
}

static size_t explain_interrupts(const struct explain_vcpu *vcpu, char *buf, size_t size)
{
	char pending[EXPLAIN_PART], virt[24], phys[24];

	explain_pending(vcpu, pending, sizeof(pending));
	if (!vcpu->has_gic) {
		return fmt_format(buf, size, "state: %s vcpu %u: %s", vcpu->name,
				  (unsigned)vcpu->index, pending);
	}
	explain_timer(&vcpu->timer[0], virt, sizeof(virt));
	explain_timer(&vcpu->timer[1], phys, sizeof(phys));
	return fmt_format(buf, size, "state: %s vcpu %u: %s; timers: virtual %s, physical %s",
			  vcpu->name, (unsigned)vcpu->index, pending, virt, phys);
}

static size_t explain_exits(const struct explain_vcpu *vcpu, char *buf, size_t size)
{
	const uint64_t *stats = vcpu->stats;

	return fmt_format(
		buf, size,
		"state: %s vcpu %u: exits: hvc %llu mmio %llu cp15 %llu wfi %llu irq %llu abort "
		"%llu other %llu",
		vcpu->name, (unsigned)vcpu->index, (unsigned long long)stats[PLUMB_STAT_HVC],
		(unsigned long long)stats[PLUMB_STAT_MMIO],
		(unsigned long long)stats[PLUMB_STAT_CP15],
		(unsigned long long)stats[PLUMB_STAT_WFI],
		(unsigned long long)stats[PLUMB_STAT_IRQ],
		(unsigned long long)stats[PLUMB_STAT_ABORT],
		(unsigned long long)stats[PLUMB_STAT_OTHER]);
}

/* In WFI: a masked interrupt wakes as well, one that the CPU interface does not signal cannot (ARM
 * ARM B1.8.14). NULL: an event can wake it. */
static const char *explain_asleep(const struct explain_vcpu *vcpu)
{
	const struct vgic_view *view = &vcpu->view;
	bool timer = false;

	if (!vcpu->has_gic) {
		return "waits in WFI for a CPU line, which another partition raises";
	}
	for (uint32_t n = 0; n < 2; n++) {
		timer = timer || (view->open_timer[n] && vcpu->timer[n].armed);
	}
	if (timer || view->open_other != VGIC_NO_IRQ || view->hold == VGIC_HOLD_NONE) {
		return NULL;
	}
	if (view->open_sgi && !vcpu->alone) {
		return "waits in WFI: only an SGI of another of its vCPUs can wake it";
	}
	if (view->open_timer[0] || view->open_timer[1]) {
		return "waits in WFI with a timer's interrupt enabled, but no timer armed: nothing "
		       "can wake it";
	}
	return "waits in WFI with no interrupt enabled: nothing can wake it";
}

/* A pc at a vector, in that vector's mode, is a moment of an exception, or a loop. */
static bool explain_at_vector(const struct explain_vcpu *vcpu)
{
	uint32_t mode = vcpu->cpsr & PSR_MODE;
	uint32_t offset = vcpu->pc - vcpu->vectors;

	return (mode == PSR_MODE_UND && offset == 0x4) ||
	       (mode == PSR_MODE_ABT && (offset == 0xc || offset == 0x10));
}

static const char *explain_why(const struct explain_vcpu *vcpu)
{
	if (!explain_has_registers(vcpu)) {
		return NULL;
	}
	if (vcpu->loops) {
		return "loops in aborts at this pc";
	}
	if (explain_in_wfi(vcpu)) {
		return explain_asleep(vcpu);
	}
	if (explain_at_vector(vcpu)) {
		return "is at its own exception vector: it aborts forever if it cannot execute "
		       "there";
	}
	if (vcpu->where == EXPLAIN_ON_CPU && vcpu->insn == EXPLAIN_WFE) {
		return vcpu->alone ? "waits in WFE, and has no other vCPU to send an event"
				   : "waits in WFE: for a lock, or another of its vCPUs";
	}
	if (vcpu->where == EXPLAIN_ON_CPU && (vcpu->cpsr & PSR_I)) {
		return "runs with interrupts masked: it may loop there";
	}
	return NULL;
}

size_t explain_line(const struct explain_vcpu *vcpu, uint32_t n, char *buf, size_t size)
{
	const char *why;

	if (n == 0) {
		return explain_where(vcpu, buf, size);
	}
	if (!explain_has_registers(vcpu)) {
		return 0;
	}
	switch (n) {
	case 1:
		return explain_interrupts(vcpu, buf, size);
	case 2:
		return explain_exits(vcpu, buf, size);
	case 3:
		why = explain_why(vcpu);
		return why ? fmt_format(buf, size, "state: %s vcpu %u: it %s", vcpu->name,
					(unsigned)vcpu->index, why)
			   : 0;
	default:
		return 0;
	}
}
