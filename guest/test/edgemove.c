/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A passed-through edge that comes while its interrupt is active, and is ended on another CPU each
 * time: it comes after the end (ARM IHI 0048B 3.2.4), once. The device is a PL061 (DDI 0190) whose
 * input 0 is low, so that 'low level' interrupts, and GPIOIE is the line.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"

#define GPIO_BASE 0x09030000u
#define GPIO_DIR  (GPIO_BASE + 0x400)
#define GPIO_IS	  (GPIO_BASE + 0x404)
#define GPIO_IBE  (GPIO_BASE + 0x408)
#define GPIO_IEV  (GPIO_BASE + 0x40c)
#define GPIO_IE	  (GPIO_BASE + 0x410)
#define GPIO_ID	  39u

#define EDGEMOVE_ROUNDS	 40u /* of each vCPU */
#define EDGEMOVE_LONG_US 20000000u
#define EDGEMOVE_SOON_US 500u

static uint32_t edgemove_other = 1; /* vCPU 1, to edgemove_rounds */
static volatile bool edgemove_lost;
static volatile uint32_t edgemove_turn, edgemove_first, edgemove_second, edgemove_more;

static uint32_t edgemove_ack(uint32_t us)
{
	uint64_t end = timer_count() + timer_us_to_ticks(us);
	uint32_t iar = gic_ack();

	while (GIC_INTID(iar) == GIC_SPURIOUS && timer_count() < end) {
		cpu_relax();
		iar = gic_ack();
	}
	return iar;
}

static void edgemove_line(uint32_t level)
{
	mmio_write32(GPIO_IE, level);
	cpu_dsb();
}

static void edgemove_round(uint32_t vcpu)
{
	gic_set_targets(GPIO_ID, 1u << vcpu);
	edgemove_line(1);
	edgemove_first += edgemove_ack(EDGEMOVE_LONG_US) == GPIO_ID;
	edgemove_line(0);
	edgemove_line(1);
	gic_eoi(GPIO_ID);
	if (edgemove_ack(EDGEMOVE_LONG_US) == GPIO_ID) {
		edgemove_second++;
		gic_eoi(GPIO_ID);
	} else {
		edgemove_lost = true;
	}
	edgemove_line(0);
	edgemove_more += edgemove_ack(EDGEMOVE_SOON_US) != GIC_SPURIOUS;
}

/* One lost edge is enough: the next would take as long. */
static void edgemove_rounds(void *arg)
{
	uint32_t vcpu = arg ? edgemove_other : 0;

	gic_init_cpu();
	for (uint32_t turn = 0; turn < 2 * EDGEMOVE_ROUNDS && !edgemove_lost;
	     turn = edgemove_turn) {
		if (turn % 2 == vcpu) {
			edgemove_round(vcpu);
			edgemove_turn = turn + 1;
		}
	}
}

int main(void)
{
	gic_init();
	mmio_write32(GPIO_IE, 0);
	mmio_write32(GPIO_DIR, 0);
	mmio_write32(GPIO_IBE, 0);
	mmio_write32(GPIO_IEV, 0);
	mmio_write32(GPIO_IS, 1);
	gic_set_edge(GPIO_ID, true);
	gic_enable(GPIO_ID);
	(void)report_equal((uint32_t)smp_start(1, edgemove_rounds, &edgemove_other), 0,
			   "vCPU 1 starts");
	edgemove_rounds(NULL);
	(void)report_equal(edgemove_first, 2 * EDGEMOVE_ROUNDS, "each first edge comes");
	(void)report_equal(edgemove_second, 2 * EDGEMOVE_ROUNDS,
			   "each edge comes that came while the other CPU's was active");
	(void)report_equal(edgemove_more, 0, "none comes twice");
	report_summary();
}
