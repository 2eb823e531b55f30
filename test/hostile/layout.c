/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the monitor's structures have the members that test/lib/account.py reads: a table in
 * .rodata, which test/hostile/hostile.mk copies out of the object.
 */
#include "hyp/core/cpu.h"
#include "hyp/core/creator.h"
#include "hyp/core/vm.h"
#include "vgic/vgic_state.h"

struct row {
	char name[40];
	uint32_t offset, size;
};

/* clang-format off */
#define WHOLE(type) { #type, 0, sizeof(struct type) }
#define PART(type, member) \
	{ #type "." #member, offsetof(struct type, member), sizeof(((struct type *)0)->member) }
/* clang-format on */

extern const struct row layout_rows[];
const struct row layout_rows[] = {
	WHOLE(vm),
	PART(vm, nr_vcpus),
	PART(vm, vcpus),
	PART(vm, vgic),
	PART(vm, routes_by),
	PART(vm, life.state),
	PART(vm, life.leaving),
	PART(vm, life.psci),
	PART(vm, life.vcpu),
	PART(vm, changed),
	PART(vm, creator),
	PART(vm, stage2.root),
	PART(vm, stage2.root_pa),
	PART(vm, stage2.pool.pages),
	PART(vm, stage2.pool.used),
	WHOLE(life_vcpu),
	PART(life_vcpu, loaded_on),
	PART(life_vcpu, stop),
	PART(life_vcpu, start),
	WHOLE(vcpu),
	PART(vcpu, entity),
	PART(vcpu, lines),
	PART(vcpu, awaited),
	PART(vcpu, query_holder),
	PART(vcpu, lines_of),
	PART(creator, nr_slots),
	PART(creator, state),
	PART(creator, child),
	PART(creator, sweep),
	PART(creator, pages.owner),
	PART(creator, pages.count),
	PART(creator, pages.nr_free),
	PART(cpu, loaded),
	PART(cpu, runner),
	PART(cpu, using),
	WHOLE(cpu),
	PART(sched, entity),
	PART(sched, current),
	PART(sched, waiting),
	PART(sched, queue),
	WHOLE(sched_entity),
	PART(sched_entity, state),
	PART(sched_entity, pinned),
	PART(alarms, heap),
	PART(alarm_heap, count),
	PART(alarms, cpu),
	WHOLE(alarm_heap),
	PART(vgic, nr_vcpus),
	PART(vgic, nr_words),
	PART(vgic, nr_irqs),
	PART(vgic, nr_lrs),
	PART(vgic, ctlr),
	PART(vgic, release_sum),
	PART(vgic, trigger_sum),
	PART(vgic, held_sum),
	PART(vgic, cpu),
	PART(vgic, spi),
	PART(vgic, spi_irq),
	WHOLE(vgic_bank),
	PART(vgic_bank, enabled),
	PART(vgic_bank, line),
	PART(vgic_bank, latch),
	PART(vgic_bank, loan),
	PART(vgic_bank, active),
	PART(vgic_bank, in_lr),
	PART(vgic_bank, op_activate),
	PART(vgic_bank, op_deactivate),
	PART(vgic_bank, held),
	PART(vgic_bank, held_active),
	PART(vgic_bank, held_lent),
	PART(vgic_bank, release),
	WHOLE(vgic_cpu),
	PART(vgic_cpu, loaded),
	PART(vgic_cpu, ops),
	PART(vgic_cpu, nr_ready),
	PART(vgic_cpu, ready_sum),
	PART(vgic_cpu, recall),
	PART(vgic_cpu, bank),
	PART(vgic_cpu, cif.used),
	PART(vgic_cpu, cif.hcr),
	PART(vgic_cpu, cif.apr),
	PART(vgic_cpu, cif.lr),
};
