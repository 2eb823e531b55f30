/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Denial of service: two vCPUs do one thing as often as they can, until partition 1 is off. What
 * their neighbours lose by it is measured (test/check/deny.py). Bootargs: kind=N; 'puppet': it
 * waits for interrupts, and is what the other one starts, ends, pauses and rings at; 'share': it is
 * the neighbour, and counts for until-us=N what it gets of the CPU.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/lib/shared.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"

#define DENY_UART   0x09000000u
#define DENY_RTC    0x09010000u
#define DENY_RTC_MR 0x04u
#define DENY_RTC_LR 0x08u
#define DENY_RTC_IM 0x10u
#define DENY_GPIO   0x09030000u /* PL061 (DDI 0190): input 0 is low */
#define DENY_IS	    0x404u
#define DENY_IEV    0x40cu
#define DENY_IE	    0x410u
#define DENY_LEVEL  60u
#define DENY_LOOK   256u /* turns between two looks at partition 1 */
#define DENY_TAKEN  1024u
#define DENY_MANY   64u
#define DENY_ROUTES 256u
#define DENY_HOLE   0x3f000000u /* no device is there */
#define DENY_PUPPET 3u

static struct shared deny_link;
static bool deny_ends_life;
static uint32_t deny_taken[SMP_MAX_CPUS];

static void deny_ended(void)
{
	struct vm_info info = { 0 };

	if (vm_info(1, &info) != 0 || info.state == PLUMB_VM_OFF ||
	    info.state == PLUMB_VM_CRASHED) {
		while (vm_stop(DENY_PUPPET) == -EAGAIN) {
		}
		psci_system_off();
	}
}

/* ---- interrupts: none of the levels is ended ---- */

static void deny_irq(void)
{
	uint32_t iar = gic_ack();

	if (GIC_INTID(iar) == GIC_PPI_CNTV) {
		timer_set_cval(timer_count());
	} else if (GIC_INTID(iar) == GIC_PPI_CNTP) {
		timer_physical_set_cval(timer_physical_count());
	} else if (deny_link.intid && GIC_INTID(iar) == deny_link.intid) {
		(void)shared_take_events(&deny_link);
	}
	if (GIC_INTID(iar) < 1020) {
		gic_eoi(iar);
	}
	if (++deny_taken[smp_cpu()] % DENY_TAKEN ==
	    0) { /* there may be no time for anything else */
		deny_ended();
	}
}

static void deny_interrupts(void)
{
	gic_dist_write(GICD_ISENABLER, 0xffffffffu);
	for (uint32_t id = 32; id < gic_nr_irqs(); id++) {
		gic_set_edge(id, id != DENY_LEVEL && id != 34 && id != 35 && id != 39 && id != 50);
		gic_set_targets(id, (uint8_t)(1u << id % 2));
		gic_enable(id);
	}
}

/* ---- one turn of each kind; `turn` counts ---- */

static void deny_sgis(uint32_t turn)
{
	gic_send_sgi(turn % 16, GIC_SGI_LISTED, 0xff);
}

static void deny_edges(uint32_t turn)
{
	uint32_t id = 64 + turn % 900;

	(void)kvm_irq_line(0, kvm_irq_spi(id), 1);
	gic_dist_write(GICD_ISPENDR + 4 * (2 + turn % 28), 0xffffffffu);
}

static void deny_level(uint32_t turn)
{
	if (turn == 0) {
		(void)kvm_irq_line(0, kvm_irq_spi(DENY_LEVEL), 1);
	}
}

static void deny_console(uint32_t turn)
{
	static const char text[] = "\ra\rb\x1b[1m\x1b[6nc\n";

	mmio_write32(DENY_UART, (unsigned char)text[turn % (sizeof(text) - 1)]);
}

static void deny_setway(uint32_t turn)
{
	CPU_CP15_WRITE(0, c7, c14, 2, (turn % 1024) << 6 | (turn & 1024 ? 0x80000000u : 0));
}

/* What pends ends it at once. */
static void deny_wfi(uint32_t turn)
{
	cpu_irq_disable();
	gic_send_sgi(turn % 16, GIC_SGI_SELF, 0);
	cpu_wfi();
}

static void deny_wfe(uint32_t turn)
{
	(void)turn;
	cpu_sev();
	cpu_wfe();
	__asm__ volatile("yield");
}

static void deny_timers(uint32_t turn)
{
	if (turn < 2) {
		timer_set_cval(timer_count());
		timer_set_control(TIMER_CTL_ENABLE);
		timer_physical_set_cval(timer_physical_count());
		timer_physical_set_control(TIMER_CTL_ENABLE);
	}
}

static void deny_rtc(uint32_t turn)
{
	mmio_write32(DENY_RTC + DENY_RTC_IM, 1);
	mmio_write32(DENY_RTC + DENY_RTC_LR, turn * 0x10001u);
	mmio_write32(DENY_RTC + DENY_RTC_MR, turn * 0x10001u + turn % 2);
}

static void deny_restart(uint32_t turn)
{
	(void)turn;
	deny_ends_life = true;
}

static void deny_many(uint32_t turn)
{
	static struct kvm_irq_level lines[DENY_MANY];

	for (uint32_t i = 0; i < DENY_MANY; i++) {
		lines[i].irq = kvm_irq_spi(64 + (turn * DENY_MANY + i) % 900);
		lines[i].level = 1;
	}
	(void)kvm_irq_line_many(0, lines, DENY_MANY);
}

static void deny_routes(uint32_t turn)
{
	static struct kvm_irq_routing_entry routes[DENY_ROUTES];

	for (uint32_t i = 0; i < DENY_ROUTES && turn == 0; i++) {
		routes[i].gsi = i;
		routes[i].type = KVM_IRQ_ROUTING_IRQCHIP;
		routes[i].u.irqchip.pin = i;
	}
	(void)kvm_set_gsi_routing(0, routes, DENY_ROUTES);
	(void)kvm_gsi_line(0, 64 + turn % 128, 1);
}

static void deny_lives(uint32_t turn)
{
	static int32_t (*const calls[])(uint32_t) = { vm_pause, vm_resume, vm_reset, vm_stop,
						      vm_start };

	(void)calls[(turn ^ turn >> 3) % 5](DENY_PUPPET);
}

static void deny_doorbell(uint32_t turn)
{
	shared_ring(&deny_link, 1 - deny_link.id);
	shared_write(&deny_link, SHARED_STATE, turn);
}

static void deny_nothing(void *arg)
{
	(void)arg;
}

static void deny_cpu_on(uint32_t turn)
{
	(void)turn;
	(void)smp_start(1, deny_nothing, NULL);
}

static void deny_distributor(uint32_t turn)
{
	static const uint16_t rows[] = { GICD_IGROUPR,	  GICD_ISENABLER,  GICD_ICENABLER,
					 GICD_ISPENDR,	  GICD_ICPENDR,	   GICD_ISACTIVER,
					 GICD_ICACTIVER,  GICD_IPRIORITYR, GICD_ITARGETSR,
					 GICD_IPRIORITYR, GICD_ICFGR,	   GICD_CTLR };
	uint32_t row = rows[turn % 12];

	gic_dist_write(row + (row ? 4 * (1 + turn / 12 % 31) : 0), turn * 0x9e3779b1u);
}

static void deny_holes(uint32_t turn)
{
	__asm__ volatile(".arch_extension virt\n\thvc #1" : : : "memory"); /* UNDEFINED */
	(void)*(volatile uint32_t *)(DENY_HOLE + 4 * (turn % 1024));
}

static void deny_device(uint32_t turn)
{
	mmio_write32(DENY_GPIO + DENY_IS, 1);
	mmio_write32(DENY_GPIO + DENY_IEV, 0);
	mmio_write32(DENY_GPIO + DENY_IE, 1);
	(void)turn;
}

static void (*const deny_kinds[])(uint32_t) = {
	deny_sgis,  deny_edges,	   deny_level,	deny_console,	  deny_setway, deny_wfi,
	deny_wfe,   deny_timers,   deny_rtc,	deny_restart,	  deny_many,   deny_routes,
	deny_lives, deny_doorbell, deny_cpu_on, deny_distributor, deny_holes,  deny_device,
};

/* ---- */

/* Undefined instructions and aborts: the next instruction. */

__asm__(".arm\n"
	".balign 32\n"
	"deny_vectors:\n"
	"	b	.\n"
	"	b	1f\n"
	"	b	.\n"
	"	b	1f\n"
	"	b	2f\n"
	"	b	.\n"
	"	b	.\n"
	"	b	.\n"
	"1:	movs	pc, lr\n"
	"2:	subs	pc, lr, #4\n");

extern const uint32_t deny_vectors[];

static _Noreturn void deny_work(uint32_t kind)
{
	if (deny_kinds[kind] == deny_holes) {
		CPU_CP15_WRITE(0, c12, c0, 0, (uint32_t)deny_vectors); /* VBAR */
		gic_dist_write(GICD_CTLR, 0);
	}
	for (uint32_t turn = 0;; turn++) {
		cpu_irq_enable();
		deny_kinds[kind](turn);
		if (turn % DENY_LOOK == 0) {
			deny_ended();
		}
		if (deny_ends_life) {
			psci_system_reset();
		}
	}
}

static void deny_second(void *arg)
{
	uint32_t kind = *(uint32_t *)arg;

	gic_init_cpu();
	gic_dist_write(GICD_ISENABLER, 0xffffffffu);
	deny_work(kind);
}

static _Noreturn void deny_puppet(void)
{
	cpu_irq_enable();
	for (;;) {
		cpu_wfi();
	}
}

/* Reads of the counter, which somebody else's turns make longer. */
static void deny_share(void)
{
	uint64_t begin = timer_count(), last = begin, away = 0, longest = 0, now;
	uint64_t end = begin + timer_us_to_ticks(guest_arg("until-us", 100000));
	uint64_t least = timer_us_to_ticks(1);

	while ((now = timer_count()) < end) {
		if (now - last > least) {
			away += now - last;
			longest = now - last > longest ? now - last : longest;
		}
		last = now;
	}
	(void)report_check(away < end - begin, "share: %u %% of the CPU, away for %u us at most",
			   (unsigned)(100 - 100 * away / (end - begin)),
			   (unsigned)timer_ticks_to_us(longest));
	report_summary();
}

int main(void)
{
	uint32_t kind = guest_arg("kind", 0);

	gic_init();
	if (guest_has_arg("share")) {
		deny_share();
	}
	irq_set_raw_handler(deny_irq);
	if (shared_open(&deny_link, "link")) {
		shared_enable(&deny_link, true);
	}
	deny_interrupts();
	if (guest_has_arg("puppet")) {
		deny_puppet();
	}
	if (deny_kinds[kind] != deny_cpu_on) {
		(void)smp_start(1, deny_second, &kind);
	}
	deny_work(kind);
}
