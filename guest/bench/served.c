/* SPDX-License-Identifier: BSD-2-Clause */
/* A virtio window of bench that its peer serves: an access that is answered, a notification. */
#include "guest/bench/bench.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/hvc.h"
#include <stddef.h>

#define SERVED_WINDOW 0x0a000000u
#define SERVED_STATUS 0x70u
#define SERVED_NOTIFY 0x50u

void bench_served(void)
{
	const struct bench_op load = { bench_op_read, SERVED_WINDOW + SERVED_STATUS, 0, 0, 0 };
	const struct bench_op notify = { bench_op_write, SERVED_WINDOW + SERVED_NOTIFY, 0, 0, 0 };

	bench_op("virtio access, answered by another partition", load, NULL);
	/* Between two of them the peer takes the one before it. */
	bench_op("virtio notification", notify, &load);
}

/* Interrupts stay masked: a pending one ends the WFI all the same. */
int bench_backend(void)
{
	gic_init();
	gic_set_edge(BENCH_SPI_END, true);
	gic_enable(BENCH_SPI_END);
	gic_enable(PLUMB_VIRTIO_INTID);
	while (!gic_is_pending(BENCH_SPI_END)) {
		struct smccc_result event = hvc_call(PLUMB_VIRTIO_TAKE, 0, 0, 0);

		if (event.r0 == PLUMB_VIRTIO_ACCESS) {
			(void)hvc_call(PLUMB_VIRTIO_ANSWER, event.r1, 0, 0);
		} else if (event.r0 == PLUMB_VIRTIO_NOTHING) {
			cpu_wfi();
		}
	}
	return 0;
}
