/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include "guest/test/soak/soak.h"

#define SINK_TIMER_US 100u

static uint32_t sink_random[SOAK_VCPUS];

static void sink_count(uint32_t channel)
{
	soak_board->channel[channel].delivered++;
}

static void sink_stray(uint32_t iar)
{
	if (soak_board->stray == 0) {
		soak_board->stray_first = iar;
	}
	soak_board->stray++;
}

static bool sink_is_level(uint32_t channel)
{
	return channel >= SOAK_LEVELS && channel < SOAK_MANY;
}

/* A level is lowered before it is counted: the next one follows the count. */
static void sink_spi(uint32_t channel)
{
	if (sink_is_level(channel)) {
		(void)kvm_irq_line(0, kvm_irq_spi(SOAK_SPI + channel), 0);
	}
	sink_count(channel);
}

static void sink_doorbell(void)
{
	if (shared_take_events(&soak_link) & SHARED_RUNG(1 - soak_link.id)) {
		sink_count(SOAK_DOORBELL);
	}
}

static void sink_take(uint32_t iar, uint32_t cpu)
{
	uint32_t id = GIC_INTID(iar);

	if (id < 16) {
		sink_count(SOAK_SGI + 16 * cpu + id);
	} else if (id == GIC_PPI_CNTV) {
		timer_stop();
		sink_count(SOAK_VTIMER + cpu);
	} else if (id == GIC_PPI_CNTP) {
		timer_physical_set_control(0);
		sink_count(SOAK_PTIMER + cpu);
	} else if (id == SOAK_ID_EDGE) {
		sink_count(SOAK_PPI_EDGE + cpu);
	} else if (id == SOAK_ID_LEVEL) {
		(void)kvm_irq_line(0, kvm_irq_ppi(cpu, id), 0);
		sink_count(SOAK_PPI + cpu);
	} else if (id == soak_link.intid) {
		sink_doorbell();
	} else if (id >= SOAK_SPI && id < SOAK_SPI + SOAK_SPIS) {
		sink_spi(id - SOAK_SPI);
	} else {
		sink_stray(iar);
	}
}

static void sink_irq(void)
{
	uint32_t iar = gic_ack();

	if (GIC_INTID(iar) >= 1020) {
		return; /* a level that has fallen, or an interrupt that the other vCPU has taken */
	}
	sink_take(iar, smp_cpu());
	gic_eoi(iar);
}

/* ---- what it does itself ---- */

static void sink_assert_sgi(uint32_t cpu, uint32_t dice)
{
	uint32_t to = dice / 16 % SOAK_VCPUS, id = dice % 16;
	struct soak_channel *channel = &soak_board->channel[SOAK_SGI + 16 * to + id];

	if (id % SOAK_VCPUS == cpu && soak_is_idle(channel)) { /* each SGI has one sender */
		channel->asserted++;
		gic_send_sgi(id, GIC_SGI_LISTED, (uint8_t)(1u << to));
	}
}

static void sink_assert_timers(uint32_t cpu, uint32_t dice)
{
	struct soak_channel *virt = &soak_board->channel[SOAK_VTIMER + cpu];
	struct soak_channel *phys = &soak_board->channel[SOAK_PTIMER + cpu];

	if (soak_is_idle(virt)) {
		virt->asserted++;
		timer_start_us(dice % SINK_TIMER_US);
	}
	if (soak_is_idle(phys)) {
		phys->asserted++;
		timer_physical_set_cval(timer_physical_count() + dice % 8192);
		timer_physical_set_control(TIMER_CTL_ENABLE);
	}
}

/* Interrupts that pend keep their number of deliveries, whatever target and priority they get.
 * (0xf8, the lowest, is not signalled: GICC_PMR has five bits.) */
static void sink_disturb(uint32_t dice)
{
	uint32_t id = SOAK_SPI + dice / 8 % SOAK_SPIS;

	switch (dice % 8) {
	case 0:
		gic_set_targets(id, (uint8_t)(1u << dice / 512 % SOAK_VCPUS));
		break;
	case 1:
		gic_set_priority(id, (uint8_t)(dice >> 9 & 0xf0));
		break;
	case 2:
		gic_disable(id);
		gic_enable(id);
		break;
	case 3:
		gic_dist_write(GICD_CTLR, 0);
		gic_dist_write(GICD_CTLR, 1);
		break;
	default:
		break;
	}
}

static _Noreturn void sink_work(void)
{
	uint32_t cpu = smp_cpu();

	for (;;) {
		uint32_t dice = soak_next(&sink_random[cpu]);

		cpu_irq_enable();
		if (!soak_board->hold) {
			cpu_irq_disable();
			sink_assert_sgi(cpu, dice);
			sink_assert_timers(cpu, dice >> 5);
			cpu_irq_enable();
			sink_disturb(dice >> 3);
		}
		if (dice % 4 == 0 && !soak_board->hold) {
			cpu_wfi();
		}
	}
}

static void sink_second(void *arg)
{
	(void)arg;
	gic_init_cpu();
	gic_dist_write(GICD_ISENABLER, 0xffff0000u);
	gic_set_edge(SOAK_ID_EDGE, true);
	soak_board->life++;
	sink_work();
}

_Noreturn void soak_sink(void)
{
	gic_init();
	irq_set_raw_handler(sink_irq);
	for (uint32_t cpu = 0; cpu < SOAK_VCPUS; cpu++) {
		sink_random[cpu] =
			(guest_arg("seed", 1) + soak_board->life) * 0x9e3779b1u * (2 * cpu + 1) | 1;
	}
	for (uint32_t id = 32; id < gic_nr_irqs(); id++) {
		gic_set_edge(id, id >= SOAK_SPI && id < SOAK_SPI + SOAK_SPIS &&
					 !sink_is_level(id - SOAK_SPI));
		gic_set_targets(id, (uint8_t)(1u << id % SOAK_VCPUS));
		gic_enable(id);
	}
	gic_dist_write(GICD_ISENABLER, 0xffff0000u);
	gic_set_edge(SOAK_ID_EDGE, true);
	shared_enable(&soak_link, true);
	(void)smp_start(1, sink_second, NULL);
	sink_work();
}
