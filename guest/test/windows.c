/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole virt-compatible machine, as `plumb run --kernel` gives it: empty virtio-mmio windows,
 * and a console that shows exactly what is printed. Bootargs: device=N id=ID: window N is a real
 * one of the board, passed through with its page. */
#include "guest/lib/guest.h"
#include "guest/lib/mmio.h"
#include "guest/lib/report.h"
#include <stdio.h>

#define WINDOWS	     0x0a000000u
#define WINDOW_COUNT 32u
#define MAGIC	     0x74726976u /* "virt" */

/* A device is there, and answers the first steps of a driver (Virtio 1.1, 3.1.1). */
static void windows_device(uint32_t n)
{
	uint32_t window = WINDOWS + 0x200u * n;

	(void)report_equal(mmio_read32(window + 8), guest_arg("id", 0), "window %u: its device",
			   (unsigned)n);
	mmio_write32(window + 0x70, 0);
	mmio_write32(window + 0x70, 3); /* ACKNOWLEDGE, DRIVER */
	(void)report_equal(mmio_read32(window + 0x70), 3, "window %u: its status", (unsigned)n);
	mmio_write32(window + 0x70, 0);
}

int main(void)
{
	uint32_t device = guest_arg("device", WINDOW_COUNT);
	uint32_t magic = 0, other = 0;

	for (uint32_t n = 0; n < WINDOW_COUNT; n++) {
		uint32_t window = WINDOWS + 0x200u * n;

		magic += mmio_read32(window) == MAGIC && mmio_read32(window + 4) == 1;
		if (n == device) {
			windows_device(n);
			continue;
		}
		other += mmio_read32(window + 8); /* DeviceID */
		mmio_write32(window + 0x70, 0xffffffffu);
		other += mmio_read32(window + 0x70); /* Status */
	}
	(void)report_equal(magic, 32, "32 virtio-mmio transports");
	(void)report_equal(other, 0, "no device behind the others");
	(void)report_equal(mmio_read8(WINDOWS), 0x76, "byte access");
	printf("plumbline is not the only word that a line may begin with\n");
	printf("plumb\n");
	printf("no newline at the end of\rthis one\n");
	report_summary();
	return 0;
}
