/* SPDX-License-Identifier: BSD-2-Clause */
/* State that a CPU keeps between vCPUs: each kind is left as awkward as it can be while others have
 * the CPU, and must be there when it comes back. What of it stays with the others, or of theirs
 * comes here, is a difference on either side. */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/lib/vfp.h"
#include "guest/test/hazards/hazards.h"
#include "guest/test/pmu.h"

#define STATE_TURN_US	2500u /* more than a time slice */
#define STATE_GAP_US	200u  /* between two reads of the counter: somebody else had the CPU */
#define STATE_ROUNDS	4u
#define STATE_NESTED	24u /* active at once: more than there are list registers */
#define STATE_FIRST_SPI 48u

static uint32_t state_away;

/* Others get the CPU meanwhile. No memory is used: `setend be` is harmless here. */
static void state_leave(bool big_endian)
{
	uint64_t end = timer_count() + timer_us_to_ticks(STATE_TURN_US);
	uint64_t gap = timer_us_to_ticks(STATE_GAP_US), last = timer_count(), now = last;

	if (big_endian) {
		__asm__ volatile("	setend	be\n"
				 "1:	isb\n"
				 "	mrrc	p15, 1, %Q0, %R0, c14\n"
				 "	subs	r12, %Q0, %Q1\n"
				 "	sbcs	r12, %R0, %R1\n"
				 "	blo	1b\n"
				 "	setend	le\n"
				 : "=&r"(now)
				 : "r"(end)
				 : "r12", "cc", "memory");
	}
	while (now < end) {
		now = timer_count();
		state_away += now - last > gap;
		last = now;
	}
}

/* ---- timers: rows of levels and of CNTKCTL ---- */

#define STATE_CNTKCTL 0x3ffu

static uint32_t state_physical_control(void)
{
	uint32_t control;

	CPU_CP15_READ(0, c14, c2, 1, control);
	return control;
}

static uint64_t state_cval(void)
{
	uint64_t cval;

	CPU_CP15_READ64(3, c14, cval);
	return cval;
}

static uint32_t state_cntkctl(void)
{
	uint32_t control;

	CPU_CP15_READ(0, c14, c1, 0, control);
	return control;
}

/* Both outputs high, nobody who takes them; `enabled`: at the GIC. */
static uint32_t state_timers_once(bool enabled, bool active)
{
	uint32_t due = TIMER_CTL_ENABLE | TIMER_CTL_ISTATUS, wrong = 0, iar = GIC_SPURIOUS;
	uint32_t before = state_cntkctl();

	CPU_CP15_WRITE(0, c14, c1, 0, STATE_CNTKCTL);
	timer_set_cval(1);
	timer_physical_set_cval(1);
	if (enabled) {
		gic_enable(GIC_PPI_CNTV);
		gic_enable(GIC_PPI_CNTP);
	}
	timer_set_control(TIMER_CTL_ENABLE);
	timer_physical_set_control(TIMER_CTL_ENABLE);
	iar = active ? gic_ack() : iar;
	state_leave(active);
	wrong += timer_control() != due || state_physical_control() != due;
	wrong += state_cval() != 1 || state_cntkctl() != STATE_CNTKCTL;
	wrong += gic_is_active(GIC_INTID(iar) & 31) != active;
	wrong += active && GIC_INTID(iar) != GIC_PPI_CNTV && GIC_INTID(iar) != GIC_PPI_CNTP;
	timer_set_control(0);
	timer_physical_set_control(0);
	if (active) {
		gic_eoi(iar);
	}
	gic_disable(GIC_PPI_CNTV);
	gic_disable(GIC_PPI_CNTP);
	CPU_CP15_WRITE(0, c14, c1, 0, before);
	return wrong;
}

static void state_timers(void)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < STATE_ROUNDS; i++) {
		wrong += state_timers_once(false, false);
		wrong += state_timers_once(true, false);
		wrong += state_timers_once(true, true);
	}
	(void)report_equal(wrong, 0, "both timers due, disabled, pending, active; CNTKCTL open");
}

/* ---- VFP and NEON: on, off, with exceptions enabled ---- */

static void state_vfp(void)
{
	static uint64_t bank[32], out[32];
	uint32_t wrong = 0;

	for (uint32_t round = 0; round < STATE_ROUNDS; round++) {
		uint32_t fpscr = 0xf7c09f00u ^ round << 22;

		for (uint32_t i = 0; i < 32; i++) {
			bank[i] = (uint64_t)hazard_random() << 32 | hazard_random();
		}
		vfp_enable();
		vfp_load(bank);
		vfp_set_fpscr(fpscr);
		fpscr = vfp_fpscr(); /* a CPU without traps ignores the enables */
		if (round & 1) {
			vfp_disable();
		}
		if (round & 2) {
			CPU_CP15_WRITE(0, c1, c0, 2, 0); /* CPACR */
			cpu_isb();
		}
		state_leave(false);
		vfp_enable();
		wrong += vfp_fpscr() != fpscr;
		vfp_save(out);
		for (uint32_t i = 0; i < 32; i++) {
			wrong += out[i] != bank[i];
		}
		vfp_set_fpscr(0);
		vfp_disable();
		CPU_CP15_WRITE(0, c1, c0, 2, 0);
		cpu_isb();
	}
	(void)report_equal(wrong, 0, "VFP and NEON: on, off, closed by CPACR");
}

/* ---- CP15 and banked registers, with exceptions leading nowhere ---- */

#define STATE_CP15(each)                                          \
	each(0, c13, c0, 2, 0xffffffffu)	 /* TPIDRURW */   \
		each(0, c13, c0, 3, 0xffffffffu) /* TPIDRURO */   \
		each(0, c13, c0, 4, 0xffffffffu) /* TPIDRPRW */   \
		each(0, c13, c0, 1, 0xffffffffu) /* CONTEXTIDR */ \
		each(0, c6, c0, 0, 0xffffffffu)	 /* DFAR */       \
		each(0, c6, c0, 2, 0xffffffffu)	 /* IFAR */       \
		each(0, c7, c4, 0, 0xfffff000u)	 /* PAR */        \
		each(0, c2, c0, 1, 0xffffc000u)	 /* TTBR1 */      \
		each(2, c0, c0, 0, 0x00000001u)	 /* CSSELR */     \
		each(0, c12, c0, 0, 0xffffffe0u) /* VBAR */

#define STATE_WRITE(opc1, crn, crm, opc2, bits) CPU_CP15_WRITE(opc1, crn, crm, opc2, *values++);
#define STATE_READ(opc1, crn, crm, opc2, bits)	CPU_CP15_READ(opc1, crn, crm, opc2, *values++);
#define STATE_DRAW(opc1, crn, crm, opc2, bits)	*values++ = hazard_random() & (bits);
#define STATE_ONE(opc1, crn, crm, opc2, bits)	+1
#define STATE_NR_CP15				(0 STATE_CP15(STATE_ONE))

static void state_read_cp15(uint32_t *values)
{
	STATE_CP15(STATE_READ)
}

static void state_write_cp15(const uint32_t *values)
{
	STATE_CP15(STATE_WRITE)
	cpu_isb();
}

static void state_draw_cp15(uint32_t *values)
{
	STATE_CP15(STATE_DRAW)
}

static void state_cp15(void)
{
	uint32_t before[STATE_NR_CP15], values[STATE_NR_CP15], out[STATE_NR_CP15], wrong = 0;

	state_read_cp15(before);
	for (uint32_t round = 0; round < STATE_ROUNDS; round++) {
		state_draw_cp15(values);
		state_write_cp15(values);
		state_leave(round & 1);
		state_read_cp15(out);
		state_write_cp15(before);
		for (uint32_t i = 0; i < STATE_NR_CP15; i++) {
			wrong += out[i] != values[i];
		}
	}
	(void)report_equal(wrong, 0, "CP15: %u registers with random values",
			   (unsigned)STATE_NR_CP15);
}

/* ---- interrupts: pending, active, in list registers and outside, SGIs ---- */

/* Each of higher priority than the one before: all are active at once. */
static uint32_t state_nest(uint32_t *iars)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < STATE_NESTED; i++) {
		uint32_t id = i < 8 ? i : STATE_FIRST_SPI + i; /* eight SGIs, then SPIs */

		gic_set_priority(id, (uint8_t)((STATE_NESTED - i) * 8));
		if (id < 16) {
			gic_send_sgi(id, GIC_SGI_SELF, 0);
		} else {
			gic_enable(id);
			gic_set_pending(id);
		}
		iars[i] = gic_ack();
		wrong += GIC_INTID(iars[i]) != id || GIC_SOURCE(iars[i]) != 0;
	}
	return wrong;
}

static void state_interrupts(void)
{
	uint32_t iars[STATE_NESTED], wrong = 0;

	gic_init();
	for (uint32_t round = 0; round < STATE_ROUNDS; round++) {
		wrong += state_nest(iars);
		/* All of them pend once more, and so do 64 that are enabled and masked. */
		gic_set_pmr(0);
		for (uint32_t i = 0; i < STATE_NESTED; i++) {
			if (GIC_INTID(iars[i]) >= 16) {
				gic_set_pending(GIC_INTID(iars[i]));
			} else {
				gic_send_sgi(GIC_INTID(iars[i]), GIC_SGI_SELF, 0);
			}
		}
		state_leave(round & 1);
		wrong += gic_cpu_read(GICC_RPR) != 8;
		for (uint32_t i = STATE_NESTED; i-- > 0;) {
			wrong += !gic_is_active(GIC_INTID(iars[i]));
			wrong += !gic_is_pending(GIC_INTID(iars[i]));
			gic_eoi(iars[i]);
		}
		wrong += gic_cpu_read(GICC_RPR) != 0xff || gic_ack() != GIC_SPURIOUS;
		gic_set_pmr(0xff);
		for (uint32_t i = STATE_NESTED; i-- > 0;) { /* the highest priority first */
			uint32_t iar = gic_ack();

			wrong += iar != iars[i];
			gic_eoi(iar);
		}
		wrong += gic_ack() != GIC_SPURIOUS;
	}
	(void)report_equal(wrong, 0, "%u interrupts active at once, and pending again",
			   (unsigned)STATE_NESTED);
	gic_init();
}

/* ---- performance monitors: PPI 23 is high while others run, who have none; nothing counts ---- */

static void state_pmu(void)
{
	uint32_t wrong = 0;

	for (uint32_t round = 0; round < STATE_ROUNDS; round++) {
		if (round & 1) {
			gic_enable(PMU_INTID);
		}
		pmu_write_cycles(0xffffff00u + round);
		pmu_write_control(PMU_CONTROL_E);
		pmu_write_interrupt(PMU_CYCLES);
		pmu_write_overflow_set(PMU_CYCLES);
		state_leave(false);
		wrong += pmu_read_overflow() != PMU_CYCLES || !gic_is_pending(PMU_INTID);
		wrong += pmu_read_cycles() != 0xffffff00u + round;
		pmu_write_overflow(PMU_CYCLES);
		wrong += gic_is_pending(PMU_INTID);
		pmu_write_no_interrupt(PMU_CYCLES);
		pmu_write_control(0);
		gic_disable(PMU_INTID);
	}
	(void)report_equal(wrong, 0, "a cycle counter that has overflowed");
}

/* ---- the clock: an alarm, and one after the other ---- */

#define STATE_RTC     0x09010000u /* PL031 (ARM DDI 0224): DR, MR 4, RIS 0x14, IMSC 0x10, ICR 0x1c */
#define STATE_RTC_SPI 34u

static void state_alarm(void)
{
	uint32_t now = mmio_read32(STATE_RTC), wrong = 0;

	mmio_write32(STATE_RTC + 0x10, 1);
	for (uint32_t i = 0; i < 2000; i++) { /* earlier and later ones; the past is none */
		mmio_write32(STATE_RTC + 4, now + (i & 1 ? i : 0u - i));
	}
	mmio_write32(STATE_RTC + 4, mmio_read32(STATE_RTC)); /* this second: due at once */
	state_leave(false);
	wrong += mmio_read32(STATE_RTC + 0x14) != 1 || !gic_is_pending(STATE_RTC_SPI);
	mmio_write32(STATE_RTC + 0x10, 0);
	mmio_write32(STATE_RTC + 0x1c, 1);
	wrong += mmio_read32(STATE_RTC + 0x14) != 0 || gic_is_pending(STATE_RTC_SPI);
	(void)report_equal(wrong, 0, "2000 alarms, and one that is due");
}

/* ---- TLBs, predictors, instruction caches of all CPUs ---- */

static void state_broadcasts(void)
{
	for (uint32_t i = 0; i < 2000; i++) {
		CPU_CP15_WRITE(0, c8, c3, 0, 0u);      /* TLBIALLIS */
		CPU_CP15_WRITE(0, c8, c3, 1, i << 12); /* TLBIMVAIS */
		CPU_CP15_WRITE(0, c8, c3, 2, i);       /* TLBIASIDIS */
		CPU_CP15_WRITE(0, c7, c1, 0, 0u);      /* ICIALLUIS */
		CPU_CP15_WRITE(0, c7, c1, 6, 0u);      /* BPIALLIS */
		CPU_CP15_WRITE(0, c8, c7, 0, 0u);      /* TLBIALL */
		cpu_dsb();
	}
	(void)report_check(cpu_index() == 0, "TLB and cache maintenance on all CPUs");
}

void hazard_state(void)
{
	state_timers();
	state_vfp();
	state_cp15();
	state_interrupts();
	if (guest_has_arg("pmu")) {
		state_pmu();
	}
	if (guest_has_arg("rtc")) {
		state_alarm();
	}
	state_broadcasts();
	(void)report_check(!guest_has_arg("shares") || state_away >= 5 * STATE_ROUNDS,
			   "others had the CPU %u times meanwhile", (unsigned)state_away);
}
