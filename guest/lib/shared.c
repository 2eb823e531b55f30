/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/shared.h"
#include "guest/lib/cpu.h"
#include "guest/lib/fdt.h"
#include "guest/lib/gic.h"
#include "guest/lib/mmio.h"
#include "guest/lib/mmu.h"
#include <stdio.h>
#include <string.h>

#define SHARED_REGISTERS 0x0b000000u
#define SHARED_PAGE	 0x1000u
#define SHARED_EDGE	 1u /* the third cell of `interrupts`: a rising edge */

uint32_t shared_read(const struct shared *shared, uint32_t offset)
{
	return mmio_read32(shared->registers + offset);
}

void shared_write(const struct shared *shared, uint32_t offset, uint32_t value)
{
	mmio_write32(shared->registers + offset, value);
}

static uint32_t shared_bytes(const struct shared *shared)
{
	return shared_read(shared, SHARED_TABLE) + shared->common_size +
	       shared->peers * shared->output_size;
}

void shared_open_page(struct shared *shared, uint32_t page, uint32_t intid, bool edge)
{
	uint32_t last;

	shared->registers = SHARED_REGISTERS + page * SHARED_PAGE;
	shared->base = shared_read(shared, SHARED_BASE);
	shared->id = shared_read(shared, SHARED_ID);
	shared->peers = shared_read(shared, SHARED_PEERS);
	shared->common_size = shared_read(shared, SHARED_COMMON);
	shared->output_size = shared_read(shared, SHARED_OUTPUT);
	shared->intid = intid;
	shared->edge = edge;
	last = (shared->base + shared_bytes(shared) - 1) / MMU_SECTION;
	for (uint32_t n = shared->base / MMU_SECTION; n <= last; n++) {
		mmu_map(n * MMU_SECTION, n * MMU_SECTION, MMU_NORMAL);
	}
	if (intid) {
		gic_set_edge(intid, edge);
	}
}

bool shared_open(struct shared *shared, const char *name)
{
	for (uint32_t page = 0; page < SHARED_PAGES; page++) {
		char path[40];
		const char *label;
		uint32_t spi = 0, trigger = 0;
		bool has_interrupt;
		fdt_node node;

		(void)snprintf(path, sizeof(path), "/shared-memory@%x",
			       (unsigned)(SHARED_REGISTERS + page * SHARED_PAGE));
		node = fdt_find(path);
		label = node ? fdt_string(node, "label") : NULL;
		if (!label || strcmp(label, name) != 0) {
			continue;
		}
		has_interrupt = fdt_cell(node, "interrupts", 1, &spi) &&
				fdt_cell(node, "interrupts", 2, &trigger);
		shared_open_page(shared, page, has_interrupt ? spi + 32 : 0,
				 trigger == SHARED_EDGE);
		return true;
	}
	return false;
}

uint32_t shared_state(const struct shared *shared, uint32_t peer)
{
	const volatile uint32_t *table = (const volatile uint32_t *)(uintptr_t)shared->base;
	uint32_t state = table[peer];

	cpu_dmb(); /* what the peer has stored before it set this state is visible */
	return state;
}

void shared_set_state(const struct shared *shared, uint32_t state)
{
	cpu_dsb();
	shared_write(shared, SHARED_STATE, state);
}

void shared_ring(const struct shared *shared, uint32_t peer)
{
	cpu_dsb();
	shared_write(shared, SHARED_DOORBELL, peer << 16);
}

uint32_t shared_take_events(const struct shared *shared)
{
	uint32_t events = shared_read(shared, SHARED_EVENTS);

	if (events) {
		shared_write(shared, SHARED_EVENTS, events);
	}
	cpu_dsb();
	return events;
}

void shared_enable(const struct shared *shared, bool on)
{
	shared_write(shared, SHARED_CONTROL, on);
	cpu_dsb();
}

void *shared_common(const struct shared *shared)
{
	return (void *)(uintptr_t)(shared->base + SHARED_PAGE);
}

void *shared_output(const struct shared *shared, uint32_t peer)
{
	return (void *)(uintptr_t)(shared->base + SHARED_PAGE + shared->common_size +
				   peer * shared->output_size);
}
