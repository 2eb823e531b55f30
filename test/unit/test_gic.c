/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kick and what it tells of (hyp/hw/gic.c, hyp/core/irq.c). GICC_IAR is Device memory, `resched`
 * and `work` are Normal: without a barrier a CPU may have loaded them before the SGI is
 * acknowledged (ARM ARM A3.8.2), and consumes unseen what it announces. Here a CPU sees the other's
 * writes, which came before its SGI, at the first barrier behind the acknowledge, and not before.
 */
#include "test/unit/hw_log.h"
#include "hyp/core/cpu.h"
#include "hyp/core/exit.h"
#include "hyp/core/halt.h"
#include "hyp/core/irq.h"
#include "hyp/core/log.h"
#include "hyp/core/phys.h"
#include "hyp/core/report.h"
#include "hyp/core/run.h"
#include "hyp/core/tick.h"
#include "hyp/core/tty.h"
#include "hyp/core/vsync.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/io.h"
#include "hyp/regs/gic.h"
#include <setjmp.h>

#define GICD_AT UINT32_C(0x10000000)
#define GICC_AT UINT32_C(0x20000000)

struct vm vms[MANIFEST_MAX_PARTITIONS];
struct cpu cpus[BOARD_MAX_CPUS];
struct board facts_board = { .timer_virt_intid = 27,
			     .timer_phys_intid = 30,
			     .timer_hyp_intid = 26,
			     .maintenance_intid = 25,
			     .uart_intid = 33 };
uint32_t vpmu_intid;
struct sched vm_sched;
volatile bool halt_wanted;

static struct vm vm;
static struct vcpu vcpu;
static struct vgic_cif cif;
static struct guest_regs regs;

/* What another CPU has written before it sent the SGI. */
static struct {
	bool resched, halt;
	uint8_t work;
} written;

static bool is_set_up; /* the driver knows where its registers are */
static bool acknowledged;
static uint32_t signalled; /* SGI 0, so often */
static uint32_t worked;
static jmp_buf parked;

uint32_t io_read32(uintptr_t address)
{
	if (!is_set_up) {
		return 0;
	}
	CHECK_EQ(address, GICC_AT + 0xc); /* GICC_IAR */
	hw_log_event("IAR");
	acknowledged = true;
	return signalled ? signalled--, 0 : 1023;
}

void io_write32(uintptr_t address, uint32_t value)
{
	/* EOIR, DIR */
	CHECK(address == GICC_AT + 0x10 || address == GICC_AT + 0x1000 || !is_set_up);
	CHECK(value == 0 || !is_set_up);
}

void io_write8(uintptr_t address, uint8_t value)
{
	CHECK((address > GICD_AT && value) || !is_set_up);
}

static void see(const struct hw_event *event)
{
	if (acknowledged && (!strcmp(event->name, "hw_dmb") || !strcmp(event->name, "hw_dsb"))) {
		cpus[0].resched = written.resched;
		cif.work = written.work;
		halt_wanted = written.halt;
	}
}

void run_work(struct cpu *cpu, struct guest_regs *frame)
{
	CHECK(cpu == &cpus[0] && frame == &regs);
	worked++;
}

void halt_park(struct cpu *cpu)
{
	CHECK(cpu == &cpus[0]);
	longjmp(parked, 1);
}

uint8_t phys_owner[VGIC_MAX_IRQS];

void phys_fired(struct vm *who, uint32_t iar, uint32_t intid)
{
	CHECK(!who && !iar && !intid);
}

void vsync_own_fired(struct vcpu *who, uint32_t intid)
{
	CHECK(!who && !intid);
}

bool vsync_ticked(const struct vcpu *who)
{
	CHECK(!who);
	return false;
}

bool vsync_timer_is_high(uint32_t control)
{
	return control;
}

void vsync_maintain(struct vcpu *who)
{
	CHECK(!who);
}

void tick_fired(struct cpu *cpu)
{
	CHECK(!cpu);
}

bool tty_irq(void)
{
	CHECK(false);
	return false;
}

void report_go_on(bool asked)
{
	CHECK(!asked);
}

void log_line(const char *format, ...)
{
	CHECK(!format);
}

static void begin(bool resched, uint8_t work, bool halt)
{
	const struct gic_map map = { GICD_AT, GICC_AT, 0 };

	is_set_up = false;
	gic_init(&map);
	is_set_up = true;
	memset(&cif, 0, sizeof(cif));
	vcpu.vm = &vm;
	vcpu.cif = &cif;
	cpus[0].loaded = &vcpu;
	cpus[0].cif = &cif;
	cpus[0].resched = false;
	halt_wanted = false;
	written.resched = resched;
	written.work = work;
	written.halt = halt;
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[0];
	hw_log_effect = see;
	acknowledged = false;
	signalled = 1;
	worked = 0;
	hw_log_clear();
}

/* From a guest: it does not go back before what it was told of is done. */
static void exits(void)
{
	for (uint32_t n = 0; n < 4; n++) {
		begin(n & 1, n & 2 ? VGIC_WORK_ADD : VGIC_WORK_NONE, false);
		exit_irq(&cpus[0], 0, regs.pc, regs.cpsr);
		if (cpus[0].resched || cpus[0].cif->work) { /* as vectors.S does */
			run_work(&cpus[0], &regs);
		}
		CHECK_EQ(worked, n != 0);
		CHECK_EQ(signalled, 0);
	}
}

/* The monitor's own loops look at `resched` when this is over. */
static void polls(void)
{
	begin(true, VGIC_WORK_NONE, false);
	irq_poll(&cpus[0]);
	CHECK(cpus[0].resched);
}

static void the_end(void)
{
	volatile bool went_on = false;

	begin(false, VGIC_WORK_NONE, true);
	if (setjmp(parked) == 0) {
		irq_poll(&cpus[0]);
		went_on = true;
	}
	CHECK(!went_on);
}

/* However many: none is taken with what was loaded before it. */
static void storms(void)
{
	begin(true, VGIC_WORK_NONE, false);
	signalled = 40;
	for (uint32_t n = 0; n < 40 && signalled; n++) {
		cpus[0].resched = false; /* which ends a poll */
		irq_poll(&cpus[0]);
	}
	for (uint32_t at = hw_log_find(0, 'e', "IAR"); at != HW_LOG_NONE;
	     at = hw_log_find(at + 1, 'e', "IAR")) {
		CHECK(at + 1 < hw_log_length && !strcmp(hw_log[at + 1].name, "hw_dmb"));
	}
	CHECK(hw_log_count('e', "IAR") >= 40);
}

static const struct test_case cases[] = {
	{ "exits", exits },
	{ "polls", polls },
	{ "the_end", the_end },
	{ "storms", storms },
};

TEST_MAIN("gic", cases)
