/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include "guest/test/soak/soak.h"

#define SOURCE_TRIES   8u   /* channels, each step */
#define SOURCE_PAUSE   80u  /* one step in so many pauses the sink */
#define SOURCE_RESTART 300u /* or has it restart */
#define SOURCE_NAP_US  30u
#define SOURCE_SETTLE  200u /* us: a second delivery has come by then */

static uint32_t source_random, source_wrong;
static uint64_t source_since[SOAK_CHANNELS]; /* the channel has been busy since then; 0: idle */
static uint64_t source_patience;

static uint32_t source_dice(uint32_t sides)
{
	return soak_next(&source_random) % sides;
}

/* ---- asserting ---- */

static void source_drive(uint32_t irq, bool level)
{
	source_wrong += kvm_irq_line(SOAK_SINK, irq, 1) != 0;
	if (!level && source_dice(2)) { /* a VMM that never lowers a line has edges, too */
		source_wrong += kvm_irq_line(SOAK_SINK, irq, 0) != 0;
	}
}

static void source_many(uint32_t irq)
{
	struct kvm_irq_level lines[2] = { { .irq = irq, .level = 1 }, { .irq = irq, .level = 0 } };

	source_wrong += kvm_irq_line_many(SOAK_SINK, lines, 2) != 2;
}

static void source_assert(uint32_t n)
{
	uint32_t spi = kvm_irq_spi(SOAK_SPI + n);

	soak_board->channel[n].asserted++;
	if (n < SOAK_LEVELS) {
		source_drive(spi, false);
	} else if (n < SOAK_MANY) {
		source_drive(spi, true);
	} else if (n < SOAK_GSI) {
		source_many(spi);
	} else if (n < SOAK_PPI_EDGE) {
		source_wrong += kvm_gsi_line(SOAK_SINK, SOAK_SPI + n - 32, 1) != 0;
	} else if (n < SOAK_PPI) {
		source_drive(kvm_irq_ppi(n - SOAK_PPI_EDGE, SOAK_ID_EDGE), false);
	} else if (n < SOAK_DOORBELL) {
		source_drive(kvm_irq_ppi(n - SOAK_PPI, SOAK_ID_LEVEL), true);
	} else {
		shared_ring(&soak_link, 1 - soak_link.id);
	}
}

/* ---- looking ---- */

static void source_found(uint32_t n, volatile uint32_t *kind)
{
	if (soak_board->lost + soak_board->doubled == 0) {
		soak_board->worst = n;
	}
	(*kind)++;
}

static void source_look(uint32_t n)
{
	const struct soak_channel *channel = &soak_board->channel[n];
	uint32_t delivered = channel->delivered; /* first: `asserted` only grows */
	int32_t left;

	cpu_dmb();
	left = (int32_t)(channel->asserted - delivered);
	if (left < 0) {
		source_found(n, &soak_board->doubled);
	}
	if (left <= 0) {
		source_since[n] = 0;
	} else if (source_since[n] == 0) {
		source_since[n] = timer_count();
	} else if (timer_count() - source_since[n] > source_patience) {
		if (!soak_is_idle(channel)) {
			source_found(n, &soak_board->lost);
		}
	}
}

/* A timer that is set again in between is another one. */
static void source_look_at_all(void)
{
	static uint32_t last[SOAK_CHANNELS];

	for (uint32_t n = 0; n < SOAK_CHANNELS; n++) {
		if (last[n] != soak_board->channel[n].delivered) {
			last[n] = soak_board->channel[n].delivered;
			source_since[n] = 0;
		}
		source_look(n);
	}
}

static bool source_fails(void)
{
	return soak_board->lost || soak_board->doubled || soak_board->stray || source_wrong;
}

/* Nothing new begins; true: all that was asserted is delivered, once. */
static bool source_drain(void)
{
	uint32_t busy;

	soak_board->hold = 1;
	cpu_dsb();
	do {
		busy = 0;
		source_look_at_all();
		for (uint32_t n = 0; n < SOAK_CHANNELS; n++) {
			busy += !soak_is_idle(&soak_board->channel[n]);
		}
		(void)nap_once(SOURCE_NAP_US);
	} while (busy && !source_fails());
	nap(SOURCE_SETTLE);
	source_look_at_all();
	return !source_fails();
}

/* ---- the life of the sink ---- */

static bool source_wait_state(uint32_t state)
{
	struct vm_info info = { 0 };
	uint64_t end = timer_count() + timer_us_to_ticks(TIMER_PATIENCE_US);

	while (vm_info(SOAK_SINK, &info) == 0 && info.state != state && timer_count() < end) {
		(void)nap_once(SOURCE_NAP_US);
	}
	return info.state == state;
}

static void source_pause(void)
{
	source_wrong += vm_pause(SOAK_SINK) != 0 || !source_wait_state(PLUMB_VM_PAUSED);
	for (uint32_t n = 0; n < SOAK_DOORBELL; n++) { /* what comes meanwhile waits */
		if (soak_is_idle(&soak_board->channel[n]) && source_dice(4) == 0) {
			source_assert(n);
		}
	}
	source_wrong += vm_resume(SOAK_SINK) != 0;
	soak_board->pauses++;
}

static void source_restart(void)
{
	uint32_t life = soak_board->life;

	if (!source_drain()) {
		return;
	}
	source_wrong += vm_reset(SOAK_SINK) != 0;
	source_wrong += !nap_wait_count(&soak_board->life, life + 1, TIMER_PATIENCE_US);
	soak_board->restarts++;
	soak_board->hold = 0;
}

static void source_step(void)
{
	for (uint32_t i = 0; i < SOURCE_TRIES; i++) {
		uint32_t n = source_dice(SOAK_SGI);

		if (soak_is_idle(&soak_board->channel[n])) {
			source_assert(n);
		}
	}
	source_look_at_all();
	if (source_dice(SOURCE_PAUSE) == 0) {
		source_pause();
	}
	if (source_dice(SOURCE_RESTART) == 0) {
		source_restart();
	}
	if (source_dice(2)) {
		(void)nap_once(1 + source_dice(SOURCE_NAP_US));
	}
}

static _Noreturn void source_report(void)
{
	uint32_t asserted = 0, delivered = 0;

	for (uint32_t n = 0; n < SOAK_CHANNELS; n++) {
		asserted += soak_board->channel[n].asserted;
		delivered += soak_board->channel[n].delivered;
	}
	(void)report_check(asserted == delivered && soak_board->lost == 0 &&
				   soak_board->doubled == 0,
			   "soak: %u asserted, %u delivered, %u lost, %u doubled (channel %u)",
			   (unsigned)asserted, (unsigned)delivered, (unsigned)soak_board->lost,
			   (unsigned)soak_board->doubled, (unsigned)soak_board->worst);
	(void)report_check(soak_board->stray == 0, "soak: %u stray interrupts (IAR 0x%x)",
			   (unsigned)soak_board->stray, (unsigned)soak_board->stray_first);
	(void)report_equal(source_wrong, 0, "soak: calls that fail, or changes that do not come");
	(void)report_check(soak_board->life > 0, "soak: %u pauses, %u restarts",
			   (unsigned)soak_board->pauses, (unsigned)soak_board->restarts);
	report_summary();
}

_Noreturn void soak_source(void)
{
	gic_init();
	nap_init();
	source_random = guest_arg("seed", 1) * 2654435761u | 1;
	source_patience = timer_us_to_ticks(guest_arg("patience-us", 500000));
	if (!nap_wait_count(&soak_board->life, 1, TIMER_PATIENCE_US)) {
		(void)report_check(false, "soak: the sink begins");
	}
	soak_board->magic = SOAK_MAGIC;
	while (!soak_board->finish && !source_fails()) {
		source_step();
	}
	(void)source_drain();
	source_wrong += vm_stop(SOAK_SINK) != 0;
	source_report();
}
