/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings for the partition beside this one (guest/test/linux-speed.c), which counts this one's
 * exits: pending bit 96 of the own GIC is turned over. The answer is the line of SPI 97: as the
 * bell now is. Few looks, as each is an exit.
 */
#include "guest/linux/bin/linux.h"

/* IHI 0048B, 4.3.7 and 4.3.8: the words with interrupts 96 to 127 */
#define MARK_GICD    0x08000000u
#define MARK_ISPENDR (0x200u / 4 + 3)
#define MARK_ICPENDR (0x280u / 4 + 3)
#define MARK_BELL    0x1u
#define MARK_ANSWER  0x2u

#define MARK_LOOK_US 30000u
#define MARK_LOOKS   3000u

int main(void)
{
	volatile uint32_t *gicd = linux_map(MARK_GICD);
	bool ring;

	if (gicd == NULL) {
		linux_print("mark: no /dev/mem\n");
		return 1;
	}
	ring = (gicd[MARK_ISPENDR] & MARK_BELL) == 0;
	gicd[ring ? MARK_ISPENDR : MARK_ICPENDR] = MARK_BELL;
	for (uint32_t i = 0; i < MARK_LOOKS; i++) {
		linux_sleep_us(MARK_LOOK_US);
		if (((gicd[MARK_ISPENDR] & MARK_ANSWER) != 0) == ring) {
			return 0;
		}
	}
	linux_print("mark: nobody answers\n");
	return 1;
}
