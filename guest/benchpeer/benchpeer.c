/* SPDX-License-Identifier: BSD-2-Clause */
/* The partition whose line bench drives: it sleeps until it is told to end. */
#include "guest/demo/bench_lines.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"

int main(void)
{
	gic_init();
	gic_enable(BENCH_SPI_END);
	gic_enable(BENCH_SPI_READY);
	/* Interrupts stay masked: a pending one ends the WFI all the same. */
	while (!gic_is_pending(BENCH_SPI_END)) {
		cpu_wfi();
	}
	return 0;
}
