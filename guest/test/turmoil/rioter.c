/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/psci.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include "guest/test/turmoil/turmoil.h"

#define GPIO_BASE  0x09030000u /* PL061 (DDI 0190) */
#define GPIO_IS	   (GPIO_BASE + 0x404u)
#define GPIO_IEV   (GPIO_BASE + 0x40cu)
#define GPIO_IE	   (GPIO_BASE + 0x410u)
#define GPIO_INTID 39u

#define RIOTER_ENDS   16u /* one action in so many ends the life */
#define RIOTER_LINES  16u
#define RIOTER_FAR_US 1000000000u

static struct turmoil_rioter *rioter_me;
static uint32_t rioter_self, rioter_random[TURMOIL_VCPUS];
static bool rioter_gpio;

static uint32_t rioter_dice(uint32_t sides)
{
	return turmoil_next(&rioter_random[smp_cpu() % TURMOIL_VCPUS]) % sides;
}

/* ---- the end of a life, with whatever is active and pending ---- */

static void rioter_end(void)
{
	uint32_t how = rioter_dice(16);

	if (how == 0) {
		psci_system_off();
	} else if (how == 1) {
		(void)vm_reset(TURMOIL_RIOTER + rioter_self);
	} else if (how == 2) {
		(void)vm_stop(TURMOIL_RIOTER + rioter_self);
	} else {
		psci_system_reset();
	}
}

/* ---- interrupts ---- */

static void rioter_line(uint32_t who, uint32_t level)
{
	uint32_t line = rioter_dice(TURMOIL_SPIS + 2);

	(void)kvm_irq_line(TURMOIL_RIOTER + who,
			   line < TURMOIL_SPIS
				   ? kvm_irq_spi(TURMOIL_FIRST + line)
				   : kvm_irq_ppi(rioter_dice(TURMOIL_VCPUS), TURMOIL_PPI),
			   level);
}

static void rioter_serve(uint32_t id)
{
	if (id == GIC_PPI_CNTV) {
		timer_stop();
	} else if (id == GIC_PPI_CNTP) {
		timer_physical_set_control(0);
	} else if (id == GPIO_INTID) {
		mmio_write32(GPIO_IE, 0);
	} else if (id == PLUMB_VM_WATCH_INTID) {
		uint64_t changed;

		(void)vm_watch(&changed);
	} else if (id == turmoil_link.intid) {
		(void)shared_take_events(&turmoil_link);
	} else if (id >= 32) {
		(void)kvm_irq_line(TURMOIL_RIOTER + rioter_self, kvm_irq_spi(id), 0);
	} else if (id >= 16) {
		(void)kvm_irq_line(TURMOIL_RIOTER + rioter_self, kvm_irq_ppi(smp_cpu(), id), 0);
	}
}

/* Some lives end in a handler, and some interrupts are not ended. */
static void rioter_irq(void)
{
	uint32_t iar = gic_ack();
	uint32_t dice = rioter_dice(256);

	if (GIC_INTID(iar) >= 1020) {
		return;
	}
	rioter_me->interrupts[smp_cpu()]++;
	if (dice < 2) {
		rioter_end();
	}
	rioter_serve(GIC_INTID(iar));
	if (dice > 6) {
		gic_eoi(iar);
	}
}

/* ---- actions ---- */

static void rioter_second(void *arg);

static void act_sgi(void)
{
	gic_send_sgi(rioter_dice(16), (enum gic_sgi_filter)rioter_dice(3),
		     (uint8_t)rioter_dice(256));
}

static void act_sgi_storm(void)
{
	for (uint32_t sgi = 0; sgi < 16; sgi++) {
		gic_send_sgi(sgi, GIC_SGI_LISTED, 0xff);
	}
}

static void act_cpu_on(void)
{
	(void)smp_start(rioter_dice(TURMOIL_VCPUS), rioter_second, NULL);
}

static void act_cpu_off(void)
{
	if (smp_cpu() || rioter_dice(8) == 0) {
		(void)psci_cpu_off();
	}
}

static void act_lines(void)
{
	rioter_line(rioter_dice(TURMOIL_RIOTERS), rioter_dice(2));
}

static void act_many(void)
{
	struct kvm_irq_level lines[RIOTER_LINES];

	for (uint32_t i = 0; i < RIOTER_LINES; i++) {
		lines[i].irq = kvm_irq_spi(TURMOIL_FIRST + rioter_dice(TURMOIL_SPIS));
		lines[i].level = rioter_dice(2);
	}
	(void)kvm_irq_line_many(TURMOIL_RIOTER + rioter_dice(TURMOIL_RIOTERS), lines, RIOTER_LINES);
}

static void act_timer(void)
{
	if (rioter_dice(2)) {
		timer_start_us(rioter_dice(200));
	} else {
		timer_physical_set_cval(timer_physical_count() + rioter_dice(10000));
		timer_physical_set_control(TIMER_CTL_ENABLE);
	}
}

/* Some wait for others, with a timer that outlasts the storm: what it leaves would be seen. */
static void act_wfi(void)
{
	timer_start_us(rioter_dice(4) ? rioter_dice(300) : RIOTER_FAR_US);
	cpu_wfi();
}

static void act_pending(void)
{
	uint32_t id = rioter_dice(2) ? TURMOIL_FIRST + rioter_dice(TURMOIL_SPIS) : TURMOIL_PPI;

	switch (rioter_dice(4)) {
	case 0:
		gic_set_active(id);
		break;
	case 1:
		gic_clear_active(id);
		break;
	case 2:
		gic_clear_pending(id);
		break;
	default:
		gic_set_pending(id);
		break;
	}
}

static void act_distributor(void)
{
	uint32_t id = TURMOIL_FIRST + rioter_dice(TURMOIL_SPIS);

	switch (rioter_dice(4)) {
	case 0:
		gic_dist_write(GICD_CTLR, 0);
		gic_dist_write(GICD_CTLR, 1);
		break;
	case 1:
		gic_set_priority(rioter_dice(2) ? id : rioter_dice(16), (uint8_t)rioter_dice(256));
		break;
	case 2:
		gic_disable(id);
		gic_enable(id);
		break;
	default:
		gic_set_targets(id, (uint8_t)(1 + rioter_dice(15)));
		break;
	}
}

static void act_gpio(void)
{
	if (rioter_gpio) { /* input 0 is low: 'low level' interrupts */
		mmio_write32(GPIO_IE, rioter_dice(2));
	}
}

static void act_doorbell(void)
{
	shared_ring(&turmoil_link, rioter_dice(turmoil_link.peers));
	shared_set_state(&turmoil_link, rioter_dice(4));
}

static void act_other(void)
{
	static int32_t (*const calls[])(uint32_t) = { vm_pause, vm_resume, vm_reset,  vm_stop,
						      vm_start, vm_resume, vm_resume, vm_start };

	(void)calls[rioter_dice(8)](TURMOIL_RIOTER + (1 - rioter_self));
}

/* With the second one, it lives until somebody ends it. */
static void act_wait(void)
{
	timer_delay_us(rioter_dice(50));
}

static void (*const rioter_actions[TURMOIL_ACTIONS])(void) = {
	act_sgi, act_sgi_storm, act_cpu_on,	 act_cpu_off, act_lines,    act_many,  act_timer,
	act_wfi, act_pending,	act_distributor, act_gpio,    act_doorbell, act_other, act_wait,
};

static _Noreturn void rioter_riot(void)
{
	uint32_t cpu = smp_cpu();

	for (;;) {
		uint32_t action = rioter_dice(TURMOIL_ACTIONS);

		cpu_irq_enable();
		rioter_me->done[cpu][action]++;
		rioter_actions[action]();
		if (rioter_dice(RIOTER_ENDS) == 0) {
			rioter_me->done[cpu][TURMOIL_ACTIONS]++;
			rioter_end();
		}
	}
}

static void rioter_enable(void)
{
	gic_dist_write(GICD_ISENABLER, 0xffff0000u); /* PPIs */
	gic_set_pmr(0xff);
}

static void rioter_second(void *arg)
{
	(void)arg;
	gic_init_cpu();
	rioter_enable();
	rioter_riot();
}

static void rioter_begin(void)
{
	gic_init();
	irq_set_raw_handler(rioter_irq);
	rioter_enable();
	for (uint32_t id = 32; id < gic_nr_irqs(); id++) {
		bool driven = id >= TURMOIL_FIRST && id < TURMOIL_FIRST + TURMOIL_SPIS;

		gic_set_edge(id, driven && id % 2);
		gic_set_targets(id, (uint8_t)(1u << id % TURMOIL_VCPUS));
		gic_set_priority(id, (uint8_t)(8 * (id % 32)));
		gic_enable(id);
	}
	if (rioter_gpio) {
		mmio_write32(GPIO_IS, 1);
		mmio_write32(GPIO_IEV, 0);
	}
	shared_enable(&turmoil_link, true);
}

_Noreturn void turmoil_rioter(uint32_t self)
{
	rioter_self = self;
	rioter_me = &turmoil_board->rioter[self];
	rioter_gpio = guest_has_arg("gpio");
	if (rioter_gpio) {
		mmio_write32(GPIO_IE, 0);
	}
	turmoil_life_check(rioter_me);
	rioter_me->lives++;
	if (turmoil_board->calm) {
		rioter_me->calm++;
		for (;;) {
			cpu_wfi();
		}
	}
	for (uint32_t cpu = 0; cpu < TURMOIL_VCPUS; cpu++) {
		rioter_random[cpu] =
			(turmoil_board->seed + rioter_me->lives * TURMOIL_RIOTERS + self) *
				0x9e3779b1u * (2 * cpu + 1) |
			1;
	}
	rioter_begin();
	rioter_riot();
}
