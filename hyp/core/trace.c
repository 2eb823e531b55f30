/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/trace.h"
#include "abi/plumbline.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/world.h"
#include "hyp/regs/gic.h"
#include "hyp/regs/hsr.h"
#include "vgic/vgic_hw.h"

volatile uint32_t trace_run;

/* ---- the ring ---- */

static void trace_write(struct trace *trace, uint32_t time, uint32_t head, uint32_t word0,
			uint32_t word1)
{
	struct event *event = events_begin(&trace->events);

	hw_dmb();
	*event = (struct event) { time, head, { word0, word1 } };
	hw_dmb();
	events_end(&trace->events);
}

static void trace_put(struct trace *trace, uint32_t kind, const struct vcpu *vcpu, uint32_t word0,
		      uint32_t word1)
{
	uint64_t now = vm_now();
	uint32_t high = (uint32_t)(now >> 32);

	if (high != trace->high) {
		trace->high = high;
		trace_write(trace, (uint32_t)now, events_head(PLUMB_TRACE_EPOCH, 0, 0), high, 0);
	}
	trace_write(trace, (uint32_t)now,
		    vcpu ? events_head(kind, vcpu->vm->index + 1, vcpu->index)
			 : events_head(kind, 0, 0),
		    word0, word1);
}

/* ---- list registers ---- */

/* What they hold is that of another vCPU now. */
static void trace_turn(struct trace *trace, const struct vcpu *vcpu)
{
	if (trace->of != vcpu) {
		trace->of = vcpu;
		trace->used = 0;
	}
}

/* The list registers that hold an interrupt (IHI 0048B 5.3.2). */
static uint32_t trace_used(const struct vcpu *vcpu)
{
	return vcpu->vm->vgic ? ~vgic_hw_empty() & (BIT32(vcpu->cif->nr_lrs) - 1) : 0;
}

/* On the way to the guest: LRn holds `lr`. What the guest acknowledges is not written. */
static void trace_wrote(struct trace *trace, const struct vcpu *vcpu, uint32_t n, uint32_t lr)
{
	uint32_t changed = trace->used & BIT32(n) ? lr ^ trace->lr[n] : lr;

	if ((lr & GICH_LR_PENDING) && (changed & (GICH_LR_VIRTID | GICH_LR_STATE))) {
		trace_put(trace, PLUMB_TRACE_LR, vcpu, n, lr);
	}
	trace->lr[n] = lr;
}

static void trace_written(struct trace *trace, const struct vcpu *vcpu)
{
	uint32_t used = trace_used(vcpu);

	trace_turn(trace, vcpu);
	for (uint32_t left = used; left; left &= left - 1) {
		uint32_t n = bits_first(left);

		trace_wrote(trace, vcpu, n, vgic_hw_read_one(n));
	}
	trace->used = used;
}

/* On the way from the guest: the interrupts that it has ended, or that another CPU has replaced. */
static void trace_ended(struct trace *trace, const struct vcpu *vcpu)
{
	uint32_t used = trace_used(vcpu);

	trace_turn(trace, vcpu);
	for (uint32_t left = used | trace->used; left; left &= left - 1) {
		uint32_t n = bits_first(left);
		uint32_t lr = used & BIT32(n) ? vgic_hw_read_one(n) : 0;
		uint32_t old = trace->lr[n];

		if ((trace->used & BIT32(n)) &&
		    (!(lr & GICH_LR_STATE) || ((old ^ lr) & GICH_LR_VIRTID))) {
			trace_put(trace, PLUMB_TRACE_EOI, vcpu, FIELD_GET(GICH_LR_VIRTID, old), n);
		}
		trace->lr[n] = lr;
	}
	trace->used = used;
}

/* ---- from and to a guest ---- */

/* KVM_IRQ_LINE: the word, or the GSI; the handle with the level in front. */
static void trace_line(struct trace *trace, const struct vcpu *vcpu, const struct guest_regs *regs)
{
	uint32_t gsi = regs->r[0] == PLUMB_GSI_LINE ? PLUMB_TRACE_LINE_GSI : 0;

	trace_put(trace, PLUMB_TRACE_LINE, vcpu, regs->r[2],
		  (regs->r[1] & PLUMB_TRACE_LINE_HANDLE) | gsi |
			  (regs->r[3] ? PLUMB_TRACE_LINE_HIGH : 0));
}

static void trace_hypercall(struct trace *trace, const struct vcpu *vcpu,
			    const struct guest_regs *regs)
{
	trace_put(trace, PLUMB_TRACE_HYPERCALL, vcpu, regs->r[0], regs->r[1]);
	if (regs->r[0] == PLUMB_IRQ_LINE || regs->r[0] == PLUMB_IRQ_LINE_STATUS ||
	    regs->r[0] == PLUMB_GSI_LINE) {
		trace_line(trace, vcpu, regs);
	}
}

void trace_exit(struct cpu *cpu, const struct guest_regs *regs, uint32_t hsr)
{
	const struct vcpu *vcpu = cpu->loaded;

	trace_ended(cpu->trace, vcpu);
	if ((hsr & (HSR_EC | HSR_HVC_IMM)) == FIELD_PREP(HSR_EC, HSR_EC_HVC)) {
		trace_hypercall(cpu->trace, vcpu, regs);
	} else {
		trace_put(cpu->trace, PLUMB_TRACE_EXIT, vcpu, hsr, regs->pc);
	}
}

void trace_irq(struct cpu *cpu, const struct guest_regs *regs)
{
	trace_ended(cpu->trace, cpu->loaded);
	trace_put(cpu->trace, PLUMB_TRACE_IRQ, cpu->loaded, gic_highest(), regs->pc);
}

/* The exit may have been the one that ends the trace. */
void trace_entry(struct cpu *cpu, const struct guest_regs *regs)
{
	if (cpu->traced) {
		trace_written(cpu->trace, cpu->loaded);
		trace_put(cpu->trace, PLUMB_TRACE_ENTRY, cpu->loaded, world_resumes_at(),
			  regs->r[0]);
	}
}

/* ---- elsewhere ---- */

void trace_kick(struct cpu *cpu, uint32_t target)
{
	if (cpu->traced) {
		trace_put(cpu->trace, PLUMB_TRACE_KICK, cpu->loaded, target, 0);
	}
}

void trace_remote(struct cpu *cpu, const struct vcpu *vcpu)
{
	const struct vgic_cif *cif = vcpu->cif;

	for (uint32_t left = cpu->traced ? cif->dirty : 0; left; left &= left - 1) {
		uint32_t n = bits_first(left);

		trace_put(cpu->trace, PLUMB_TRACE_LR, vcpu, n | PLUMB_TRACE_LR_REMOTE, cif->lr[n]);
	}
}

static void trace_choice(struct trace *trace, const struct vcpu *vcpu)
{
	trace->chosen = vcpu;
	if (vcpu) {
		vcpu->cif->traced = true; /* for trace_remote */
	}
	trace_put(trace, PLUMB_TRACE_SCHEDULE, vcpu, 0, 0);
}

bool trace_chose(struct cpu *cpu, const struct vcpu *vcpu)
{
	if (cpu->traced && cpu->trace->chosen != vcpu) {
		trace_choice(cpu->trace, vcpu);
	}
	return cpu->report || cpu->settle || cpu->trace_changes;
}

static void trace_begin(struct cpu *cpu, uint32_t run)
{
	struct trace *trace = cpu->trace;

	events_clear(&trace->events);
	hw_dmb(); /* first: a reader trusts `run` */
	trace->run = run;
	trace->of = NULL;
	trace->high = ~(uint32_t)(vm_now() >> 32); /* so that the first event is the epoch */
	trace_choice(trace, cpu->loaded);
}

void trace_follow(struct cpu *cpu)
{
	uint32_t run;

	if (!cpu->trace_changes) {
		return;
	}
	cpu->trace_changes = false;
	hw_dmb(); /* a change from now on sets it again */
	run = trace_run;
	if ((run & 1u) && cpu->trace->run != run) {
		trace_begin(cpu, run);
	}
	cpu->traced = (run & 1u) != 0;
	cpu->kick = cpu->gic_mask | (cpu->traced ? CPU_KICK_TRACED : 0);
	world_trace(cpu->traced);
}
