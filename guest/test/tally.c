/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM with two vCPUs that counts: lines that its creator asserts (guest/vmm/tally.h), SGIs that
 * the two send each other, each as soon as the last one was counted, and the ticks of a timer that
 * is set again in each tick, and rests now and then, so that nothing but the others ends a WFI.
 * Meanwhile both spin and wait, at random. All counts are compared with what was asserted, sent and
 * set. Bootargs: count=N, of each kind.
 */
#include "guest/vmm/tally.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/irq.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include "guest/test/random.h"
#include <stdio.h>

#define TALLY_VCPUS   2u
#define TALLY_SGIS    8u
#define TALLY_TICK_US 20u
#define TALLY_REST    256u /* ticks, and then as many lines without one */
#define TALLY_SPIN    600u
#define TALLY_AFTER   20000u /* microseconds in which nothing more comes */
#define TALLY_END_US  (3 * TIMER_PATIENCE_US)

static struct tally_board board;
static uint32_t count;
static volatile uint32_t sent[TALLY_VCPUS][TALLY_SGIS], got[TALLY_VCPUS][TALLY_SGIS];
static volatile uint32_t set[TALLY_VCPUS], ticks[TALLY_VCPUS], wrong[TALLY_VCPUS];
static volatile uint32_t ready[TALLY_VCPUS], left[TALLY_VCPUS];
static uint64_t due[TALLY_VCPUS];
static uint32_t rests[TALLY_VCPUS]; /* its timer, until so many lines are taken */

static uint32_t tally_next(uint32_t *random)
{
	return random_next(random) >> 3;
}

/* ---- handlers ---- */

static void tally_on_line(uint32_t iar, void *arg)
{
	uint32_t n =
		GIC_INTID(iar) == TALLY_PPI ? TALLY_PPIS + smp_cpu() : GIC_INTID(iar) - TALLY_SPI;

	(void)arg;
	wrong[smp_cpu()] += n % TALLY_VCPUS != smp_cpu();
	if (n >= TALLY_LEVEL && n < TALLY_PPIS) {
		mmio_write32(TALLY_BASE + TALLY_LOWER, n);
	}
	board.taken[n]++;
}

static void tally_on_sgi(uint32_t iar, void *arg)
{
	uint32_t me = smp_cpu();

	(void)arg;
	wrong[me] += GIC_SOURCE(iar) != 1 - me;
	got[me][GIC_INTID(iar)]++;
}

static uint32_t tally_ticks(uint32_t me)
{
	return (count + me) / TALLY_VCPUS;
}

static void tally_set(uint32_t me)
{
	set[me]++;
	due[me] = timer_count() + timer_us_to_ticks(TALLY_TICK_US);
	timer_set_cval(due[me]);
	timer_set_control(TIMER_CTL_ENABLE);
}

static void tally_on_tick(uint32_t iar, void *arg)
{
	uint32_t me = smp_cpu();

	(void)iar;
	(void)arg;
	wrong[me] += timer_count() < due[me];
	timer_stop();
	if (++ticks[me] < tally_ticks(me) && ticks[me] % TALLY_REST != 0) {
		tally_set(me);
	}
}

/* ---- a vCPU ---- */

static uint32_t tally_sgis(uint32_t me, uint32_t sgi)
{
	uint32_t n = me * TALLY_SGIS + sgi, all = TALLY_VCPUS * TALLY_SGIS;

	return count / all + (n < count % all);
}

/* True: there are more to send. */
static bool tally_send(uint32_t me)
{
	uint32_t other = 1 - me;
	bool more = false;

	for (uint32_t sgi = 0; sgi < TALLY_SGIS; sgi++) {
		if (sent[me][sgi] >= tally_sgis(me, sgi)) {
			continue;
		}
		more = true;
		if (got[other][sgi] == sent[me][sgi]) {
			sent[me][sgi]++;
			gic_send_sgi(sgi, GIC_SGI_LISTED, (uint8_t)(1u << other));
		}
	}
	return more;
}

/* Lines of this vCPU that it has counted, and that there will be. */
static uint32_t tally_taken(uint32_t me)
{
	uint32_t sum = 0;

	for (uint32_t n = me; n < TALLY_LINES; n += TALLY_VCPUS) {
		sum += board.taken[n];
	}
	return sum;
}

static uint32_t tally_lines(uint32_t me)
{
	uint32_t sum = 0;

	for (uint32_t n = me; n < TALLY_LINES; n += TALLY_VCPUS) {
		sum += tally_share(n, count);
	}
	return sum;
}

/* Masked: an interrupt that comes for certain ends the WFI. */
static void tally_wait(uint32_t me, uint32_t *random)
{
	bool lines, sets;

	cpu_irq_disable();
	lines = tally_taken(me) < tally_lines(me);
	sets = set[me] == ticks[me] && ticks[me] < tally_ticks(me) &&
	       (!lines || tally_taken(me) >= rests[me]);
	if (sets) {
		rests[me] = tally_taken(me) + TALLY_REST;
		tally_set(me);
	}
	if ((lines || set[me] != ticks[me]) && tally_next(random) % 2) {
		cpu_wfi();
	}
	cpu_irq_enable();
	for (uint32_t n = tally_next(random) % TALLY_SPIN; n; n--) {
		__asm__ volatile("");
	}
}

static void tally_enable(uint32_t me)
{
	for (uint32_t sgi = 0; sgi < TALLY_SGIS; sgi++) {
		irq_set_handler(sgi, tally_on_sgi, NULL);
	}
	irq_set_handler(GIC_PPI_CNTV, tally_on_tick, NULL);
	irq_set_handler(TALLY_PPI, tally_on_line, NULL);
	gic_enable(GIC_PPI_CNTV);
	gic_set_edge(TALLY_PPI, true);
	gic_enable(TALLY_PPI);
	ready[me] = 1;
}

static void tally_run(void *arg)
{
	uint32_t me = smp_cpu(), random = me + 1;
	uint64_t end = timer_count() + timer_us_to_ticks(TALLY_END_US);
	bool more = true;

	(void)arg;
	if (me != 0) {
		gic_init_cpu();
		tally_enable(me);
	}
	while (!ready[1 - me]) {
		cpu_relax();
	}
	while ((more || ticks[me] < tally_ticks(me) || tally_taken(me) < tally_lines(me)) &&
	       timer_count() < end) {
		more = tally_send(me);
		tally_wait(me, &random);
	}
	left[me] = 1;
	while (!left[1 - me] && timer_count() < end) {
		cpu_relax();
	}
	timer_delay_us(TALLY_AFTER);
	cpu_irq_disable();
	left[me] = 2;
}

/* ---- what was counted ---- */

static uint32_t tally_sum(const volatile uint32_t *numbers, uint32_t length)
{
	uint32_t sum = 0;

	for (uint32_t n = 0; n < length; n++) {
		sum += numbers[n];
	}
	return sum;
}

static void tally_check(const char *what, uint32_t asserted, uint32_t delivered)
{
	(void)report_check(asserted == count && delivered == count,
			   "tally: %s: asserted %u, delivered %u", what, (unsigned)asserted,
			   (unsigned)delivered);
}

static void tally_report(void)
{
	bool alike = true;

	for (uint32_t n = 0; n < TALLY_LINES; n++) {
		alike = alike && board.taken[n] == board.raised[n];
	}
	for (uint32_t sgi = 0; sgi < TALLY_SGIS; sgi++) {
		alike = alike && got[0][sgi] == sent[1][sgi] && got[1][sgi] == sent[0][sgi];
	}
	tally_check("lines", tally_sum(board.raised, TALLY_LINES),
		    tally_sum(board.taken, TALLY_LINES));
	tally_check("SGIs", tally_sum(sent[0], TALLY_SGIS) + tally_sum(sent[1], TALLY_SGIS),
		    tally_sum(got[0], TALLY_SGIS) + tally_sum(got[1], TALLY_SGIS));
	tally_check("ticks", set[0] + set[1], ticks[0] + ticks[1]);
	(void)report_check(alike, "tally: each line and each SGI as often as it was asserted");
	(void)report_equal(wrong[0] + wrong[1], 0,
			   "tally: none on another vCPU, from another one, or early");
	(void)report_equal(irq_unexpected(0) + irq_unexpected(1), 0, "tally: no other interrupt");
}

int main(void)
{
	count = guest_arg("count", 1000);
	gic_init();
	for (uint32_t n = 0; n < TALLY_PPIS; n++) {
		irq_set_handler(TALLY_SPI + n, tally_on_line, NULL);
		gic_set_edge(TALLY_SPI + n, n < TALLY_LEVEL);
		gic_set_targets(TALLY_SPI + n, (uint8_t)(1u << n % TALLY_VCPUS));
		gic_enable(TALLY_SPI + n);
	}
	tally_enable(0);
	(void)report_equal((uint32_t)smp_start(1, tally_run, NULL), 0, "tally: vCPU 1 starts");
	(void)timer_wait_count(&ready[1], 1, TIMER_PATIENCE_US);
	mmio_write32(TALLY_BASE + TALLY_BOARD, (uint32_t)(uintptr_t)&board);
	tally_run(NULL);
	(void)report_check(timer_wait_count(&left[1], 2, TIMER_PATIENCE_US),
			   "tally: both vCPUs come to their end");
	tally_report();
	report_summary();
}
