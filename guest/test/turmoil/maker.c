/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A life of the maker: a VM with two vCPUs (child.S), each run by a vCPU of this partition, which
 * drives its lines, and unmaps, maps and destroys between the runs; until it ends, in whatever
 * state all this is.
 */
#include "guest/lib/gic.h"
#include "guest/lib/irq.h"
#include "guest/lib/psci.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include "guest/lib/vms.h"
#include "guest/test/turmoil/turmoil.h"
#include <stdlib.h>
#include <string.h>

#define MAKER_PAGE   4096u
#define MAKER_PAGES  16u
#define MAKER_RAM    0x40000u /* page, of the VM */
#define MAKER_VM     0x100u   /* the first handle */
#define MAKER_GICD   0x08000000u
#define MAKER_GICC   0x08010000u
#define MAKER_DEVICE 0x0b000000u
#define MAKER_PC     0x402000000010000full
#define MAKER_SPI    40u
#define MAKER_SPIS   4u
#define MAKER_RUN_US 150u
#define MAKER_ENDS   48u /* one step in so many ends the life */
#define MAKER_RARE   32u /* one step in so many changes the VM */

extern const char turmoil_child[], turmoil_child_end[];

static uint8_t *maker_memory; /* whole pages: of the VM. The rioters have no room for it */
static struct turmoil_maker *maker_me;
static bool maker_alone = true;
static uint32_t maker_random[TURMOIL_MAKER_VCPUS];

static uint32_t maker_dice(uint32_t sides)
{
	return turmoil_next(&maker_random[smp_cpu()]) % sides;
}

/* Once vCPU 1 has begun, its calls come in between: a line, for one, gives the GIC its shape. */
static void maker_expect(uint32_t what, int32_t got, int32_t want)
{
	if (maker_alone && got != want && maker_me->wrong++ == 0) {
		maker_me->what = what;
		maker_me->got = (uint32_t)got;
	}
}

/* ---- interrupts of this partition ---- */

static void maker_on_doorbell(uint32_t iar, void *arg)
{
	uint32_t vm = 0, vcpus;

	(void)iar;
	(void)arg;
	(void)vms_wake_mask(&vm, &vcpus);
	maker_me->rings++;
}

static void maker_on_timer(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	timer_stop();
}

static void maker_take_interrupts(void)
{
	cpu_irq_enable();
	cpu_isb();
	cpu_irq_disable();
}

/* ---- the VM ---- */

static uint8_t *maker_allocate(void)
{
	uintptr_t at = (uintptr_t)malloc((MAKER_PAGES + 1) * MAKER_PAGE);

	return (uint8_t *)((at + MAKER_PAGE - 1) & ~(uintptr_t)(MAKER_PAGE - 1));
}

static int32_t maker_map(void)
{
	return vms_map(MAKER_VM, MAKER_RAM, maker_memory, MAKER_PAGES, maker_dice(2) ? 2 : 0);
}

static void maker_make(void)
{
	maker_expect(1, kvm_create_vm(), (int32_t)MAKER_VM);
	for (uint32_t n = 0; n < TURMOIL_MAKER_VCPUS; n++) {
		maker_expect(2, kvm_create_vcpu(MAKER_VM, n), 0);
		maker_expect(3, kvm_vcpu_init(MAKER_VM, n, vms_target(), 2), 0);
		maker_expect(4, kvm_set_one_reg(MAKER_VM, n, MAKER_PC, MAKER_RAM * MAKER_PAGE), 0);
	}
	maker_expect(5, kvm_create_device(MAKER_VM, KVM_DEV_TYPE_ARM_VGIC_V2), 0);
	maker_expect(6, kvm_set_device_attr(MAKER_VM, 0, 0, MAKER_GICD), 0);
	maker_expect(7, kvm_set_device_attr(MAKER_VM, 0, 1, MAKER_GICC), 0);
	maker_expect(8, maker_map(), 0);
	maker_expect(9, kvm_set_device_attr(MAKER_VM, 4, 0, 0), 0);
	maker_me->made++;
}

/* By vCPU 0 alone. */
static void maker_change(void)
{
	static uint32_t bitmap[1];

	switch (maker_dice(4)) {
	case 0: /* the other one runs it, or not */
		if (hvc_call(PLUMB_DESTROY_VM, MAKER_VM, 0, 0).r0 == (uint32_t)-EAGAIN &&
		    vms_destroy(MAKER_VM) == 0) {
			maker_make();
		}
		break;
	case 1: /* under the other one */
		(void)vms_unmap(MAKER_VM, MAKER_RAM + 1, MAKER_PAGES - 1);
		break;
	case 2:
		(void)vms_map(MAKER_VM, MAKER_RAM + 1, maker_memory + MAKER_PAGE, MAKER_PAGES - 1,
			      2);
		break;
	default:
		(void)vms_dirty(MAKER_VM, MAKER_RAM, MAKER_PAGES, bitmap);
		break;
	}
}

static void maker_line(void)
{
	uint32_t word = kvm_irq_spi(MAKER_SPI + maker_dice(MAKER_SPIS));

	if (kvm_irq_line(MAKER_VM, word, maker_dice(4) != 0) == 0) {
		maker_me->lines[smp_cpu()]++;
	}
}

/* ---- the end of a life ---- */

static _Noreturn void maker_end(void)
{
	switch (maker_dice(4)) {
	case 0:
		psci_system_off();
		break;
	case 1:
		(void)hvc_call(PLUMB_SYSTEM_EXIT, 3, 0, 0);
		break;
	default:
		psci_system_reset();
		break;
	}
	for (;;) {
	}
}

/* ---- runs ---- */

static void maker_run(void)
{
	uint32_t me = smp_cpu(), value = 0;
	struct smccc_result said;

	do {
		timer_start_us(maker_dice(MAKER_RUN_US));
		said = kvm_run(MAKER_VM, me, value, 0);
		value = maker_dice(1000);
		maker_me->runs[me][said.r0 < TURMOIL_REASONS ? said.r0 : 0]++;
		if (said.r0 == PLUMB_RUN_MMIO && said.r1 == MAKER_DEVICE + 4) {
			(void)kvm_irq_line(MAKER_VM, kvm_irq_spi(said.r2), 0);
		}
	} while (said.r0 == PLUMB_RUN_MMIO && maker_dice(8));
	if (said.r0 == PLUMB_RUN_WFI && maker_dice(2)) {
		cpu_wfi();
	}
	maker_take_interrupts();
}

static _Noreturn void maker_work(void)
{
	for (;;) {
		maker_line();
		maker_run();
		if (smp_cpu() == 0 && maker_dice(MAKER_RARE) == 0) {
			maker_change();
		}
		if (maker_dice(MAKER_ENDS) == 0) {
			maker_end();
		}
	}
}

static void maker_second(void *arg)
{
	(void)arg;
	gic_init_cpu();
	gic_enable(GIC_PPI_CNTV);
	maker_work();
}

_Noreturn void turmoil_maker(void)
{
	maker_me = &turmoil_board->maker;
	maker_me->lives++;
	if (turmoil_board->calm) {
		maker_me->calm++;
		for (;;) {
			cpu_wfi();
		}
	}
	for (uint32_t cpu = 0; cpu < TURMOIL_MAKER_VCPUS; cpu++) {
		maker_random[cpu] =
			(turmoil_board->seed + maker_me->lives) * 0x9e3779b1u * (2 * cpu + 1) | 1;
	}
	gic_init();
	irq_set_handler(GIC_PPI_CNTV, maker_on_timer, NULL);
	irq_set_handler(PLUMB_WAKE_INTID, maker_on_doorbell, NULL);
	gic_enable(GIC_PPI_CNTV);
	gic_enable(PLUMB_WAKE_INTID);
	maker_memory = maker_allocate();
	memcpy(maker_memory, turmoil_child, (size_t)(turmoil_child_end - turmoil_child));
	maker_make();
	maker_alone = false;
	(void)smp_start(1, maker_second, NULL);
	maker_work();
}
