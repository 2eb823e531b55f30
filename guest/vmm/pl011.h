/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VM's console: a PL011 (ARM DDI 0183), as far as drivers use it. A byte is sent at once. It
 * makes no calls: who uses it drives its line (pl011_level), and holds the lock of all devices.
 */
#ifndef GUEST_VMM_PL011_H
#define GUEST_VMM_PL011_H

#include <stdbool.h>
#include <stdint.h>

#define PL011_FIFO 16u

struct pl011 {
	uint8_t fifo[PL011_FIFO];
	uint32_t head, count;
	uint32_t control, line_control, levels, mask, raw, baud, fraction;
	void (*out)(uint8_t byte);
};

uint32_t pl011_read(struct pl011 *uart, uint32_t offset);
void pl011_write(struct pl011 *uart, uint32_t offset, uint32_t value);

/* False: there is no room. */
bool pl011_push(struct pl011 *uart, uint8_t byte);

/* Of its interrupt. */
bool pl011_level(const struct pl011 *uart);

#endif
