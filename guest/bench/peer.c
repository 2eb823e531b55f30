/* SPDX-License-Identifier: BSD-2-Clause */
/* The partitions beside bench: the peer whose lines it drives, and sleepers. */
#include "guest/bench/bench.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/timer.h"

#define PEER_BENCH    1u /* its handle: the first partition */
#define PEER_LINES    64u
#define PEER_SLEEP_US 1000000000u

static uint32_t peer_sum, peer_slept, peer_nr;

static void peer_tell(uint32_t sum)
{
	struct kvm_irq_level lines[PEER_LINES];

	for (uint32_t n = 0; n < PEER_LINES; n++) {
		uint32_t word = n < 32 ? sum : peer_nr;

		lines[n].irq = kvm_irq_spi(BENCH_SPI_SUM + n);
		lines[n].level = word >> n % 32 & 1;
	}
	(void)kvm_irq_line_many(PEER_BENCH, lines, PEER_LINES);
}

/* With the time before it, in ticks. */
static uint32_t peer_wfi(void)
{
	uint32_t low, high;

	__asm__ volatile("mrrc p15, 1, %0, %1, c14\n\twfi" : "=r"(low), "=r"(high) : : "memory");
	return low;
}

static void peer_enable_edge(uint32_t intid)
{
	gic_set_edge(intid, true);
	gic_enable(intid);
}

int bench_peer(void)
{
	bool shared = guest_has_arg("shared"), spins = false;
	uint32_t seen = 0;

	gic_init();
	bench_set_vectors(bench_peer_vectors);
	peer_enable_edge(BENCH_SPI_EDGE);
	peer_enable_edge(BENCH_SPI_SPIN);
	peer_enable_edge(BENCH_SPI_TELL);
	peer_enable_edge(BENCH_SPI_SLEPT);
	peer_enable_edge(BENCH_SPI_END);
	if (bench_open_shared()) {
		peer_enable_edge(BENCH_SPI_BELL);
	}
	gic_enable(BENCH_SPI_LEVEL);
	gic_enable(BENCH_SPI_READY);
	cpu_irq_enable();
	for (;;) {
		uint32_t intid = 0;

		/* bench raises the next line only when this one waits again: none is missed. */
		if (bench_entries != seen) {
			seen++;
			intid = GIC_INTID(bench_entry_iar);
		}
		switch (intid) {
		case BENCH_SPI_EDGE:
		case BENCH_SPI_BELL:
			peer_sum += (uint32_t)bench_entry_stamp;
			peer_nr++;
			break;
		case BENCH_SPI_SPIN:
			spins = !spins;
			break;
		case BENCH_SPI_TELL:
			peer_tell(peer_sum);
			break;
		case BENCH_SPI_SLEPT:
			peer_tell(peer_slept);
			peer_sum = peer_slept = peer_nr = 0;
			break;
		case BENCH_SPI_END:
			return 0;
		default:
			break;
		}
		if (shared || intid == BENCH_SPI_TELL || intid == BENCH_SPI_SLEPT) {
			(void)kvm_irq_line(PEER_BENCH, kvm_irq_spi(BENCH_SPI_WAKE), 1);
		}
		if (spins) {
			while (bench_entries == seen) {
				cpu_relax();
			}
		} else {
			uint32_t when = peer_wfi();

			peer_slept += intid == BENCH_SPI_EDGE || intid == BENCH_SPI_BELL ? when : 0;
		}
	}
}

int bench_sleeper(void)
{
	gic_init();
	gic_set_edge(BENCH_SPI_END, true);
	gic_enable(BENCH_SPI_END);
	gic_enable(GIC_PPI_CNTV);
	timer_start_us(PEER_SLEEP_US);
	gic_enable(BENCH_SPI_READY);
	/* Interrupts stay masked: a pending one ends the WFI all the same. */
	while (!gic_is_pending(BENCH_SPI_END)) {
		cpu_wfi();
	}
	return 0;
}
