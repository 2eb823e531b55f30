/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/core/tick.c: alarms of many vCPUs that are due at once. */
#include "test/unit/hw_log.h"
#include "hyp/core/cpu.h"
#include "hyp/core/device.h"
#include "hyp/core/report.h"
#include "hyp/core/tick.h"
#include "hyp/core/tty.h"
#include "hyp/core/vm.h"
#include "hyp/hw/gic.h"

#define SLEEPERS 40u
#define TURN	 8u

struct cpu cpus[BOARD_MAX_CPUS];

static struct vcpu vcpu[SLEEPERS];
static uint64_t now;

void cpu_interrupt(uint32_t index)
{
	CHECK(index == 0 || index == SCHED_NO_CPU);
}

void gic_set_active(uint32_t intid, bool active)
{
	(void)intid;
	CHECK(active);
}

void gic_set_active_own(uint32_t mask, bool active)
{
	(void)mask;
	CHECK(active);
}

uint64_t device_due(const struct cpu *cpu, uint64_t at)
{
	CHECK(cpu == &cpus[0] && at == now);
	return UINT64_MAX;
}

bool tty_tick(void)
{
	return false;
}

void report_go_on(bool asked)
{
	CHECK(!asked);
}

uint64_t test_now(void)
{
	return now;
}

static void boot(void)
{
	sched_init(&vm_sched, 1);
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[0];
	for (uint32_t n = 0; n < SLEEPERS; n++) {
		struct vm *vm = &vms[n];

		life_init(&vm->life, 1);
		vm->nr_vcpus = 1;
		vm->vcpus = &vcpu[n];
		vm->vgic = vgic_init(calloc(1, vgic_size(1, 64)), 1, 64, 4);
		vgic_phys_set_owner(vm->vgic, 27, VGIC_OWNER_TIMER, 27);
		vcpu[n].vm = vm;
		vcpu[n].life = &vm->life.vcpu[0];
		vcpu[n].entity = sched_add(&vm_sched, 1, 0);
		vcpu[n].world.cntv_ctl = 1;
		vcpu[n].world.cntv_cval = 100 + n;
		vm_vcpu_by_entity[vcpu[n].entity] = &vcpu[n];
		vm_sched.entity[vcpu[n].entity].state = SCHED_BLOCKED;
		alarm_set(&vm_alarms, 0, vcpu[n].entity, 100 + n);
	}
}

static uint32_t served(void)
{
	uint32_t count = 0;

	for (uint32_t n = 0; n < SLEEPERS; n++) {
		count += vgic_phys_held(vms[n].vgic, 0, 27);
	}
	return count;
}

/* A few in each turn, the earliest first. Between turns, the HYP timer fires at once, and other
 * interrupts are taken. */
static void a_few_in_each_turn(void)
{
	boot();
	now = 1000;
	for (uint32_t turn = 1; turn <= SLEEPERS / TURN; turn++) {
		tick_set(&cpus[0]);
		CHECK_EQ(served(), turn * TURN);
		CHECK(vgic_phys_held(vms[turn * TURN - 1].vgic, 0, 27));
		CHECK((cpus[0].timer_at <= now) == (turn < SLEEPERS / TURN));
	}
	CHECK_EQ(cpus[0].timer_at, UINT64_MAX);
	for (uint32_t n = 0; n < SLEEPERS; n++) {
		free(vms[n].vgic);
	}
}

static const struct test_case cases[] = {
	{ "a_few_in_each_turn", a_few_in_each_turn },
};

TEST_MAIN("tick", cases)
