/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/test/fuzz/draw.h"
#include "abi/plumbline.h"
#include "guest/test/fuzz/generate.h"
#include "guest/test/random.h"

#define GICD	  0x08000000u
#define GICC	  0x08010000u
#define PAGE	  0x1000u
#define COUNT(of) ((uint32_t)(sizeof(of) / sizeof((of)[0])))

struct fuzz_draw draw_begin(uint32_t seed, uint32_t number)
{
	uint32_t state = seed * 2654435761u ^ (number + 1) * 0x9e3779b9u;

	state = (state ^ state >> 16) * 0x85ebca6bu;
	state = (state ^ state >> 13) * 0xc2b2ae35u;
	state ^= state >> 16;
	return (struct fuzz_draw) { state ? state : 1u };
}

uint32_t draw_next(struct fuzz_draw *draw)
{
	return random_next(&draw->state) * 0x9e3779b1u;
}

uint32_t draw_one_of(struct fuzz_draw *draw, uint32_t count)
{
	return (uint32_t)((uint64_t)draw_next(draw) * count >> 32);
}

/* Ends and borders: RAM, GIC, UART, clock, device passed through, virtio, holes, the monitor's own
 * addresses, both ends of the address space. */
uint32_t draw_address(struct fuzz_draw *draw)
{
	static const uint32_t places[] = {
		0x00000000u,	  0x00001000u,	    GICD,
		GICD + 0xf00u,	  GICD + PAGE,	    GICC,
		GICC + PAGE,	  GICC + 0x2000u,   0x08020000u,
		0x08030000u,	  0x09000000u,	    0x09000ff8u,
		0x09010000u,	  0x09030000u,	    0x09031000u,
		0x0a000000u,	  0x0a003e00u,	    0x0b000000u,
		0x3fffffffu,	  FUZZ_RAM,	    0x40010000u,
		0x40200000u,	  FUZZ_ARENA,	    FUZZ_CODE,
		FUZZ_TABLES,	  FUZZ_RAM_END,	    0x60000000u,
		0x7fffffffu,	  0x80000000u,	    0xc0000000u,
		0xffc00000u,	  0xffe00000u,	    0xffff0000u,
		0xfffffff8u,	  0xffffffffu,	    FUZZ_RAM_END - 4,
		FUZZ_RAM_END - 8, FUZZ_RAM_END - 1, FUZZ_RAM_END - PAGE,
		0x40800000u,
	};
	uint32_t place = places[draw_one_of(draw, COUNT(places))];

	switch (draw_one_of(draw, 8)) {
	case 0:
		return place + draw_one_of(draw, 17) - 8;
	case 1:
		return place + (draw_next(draw) & 0xffcu);
	case 2:
		return FUZZ_DATA + (draw_next(draw) & 0x7ffffu);
	case 3:
		return FUZZ_DATA + (draw_next(draw) & 0x7fffcu);
	default:
		return place;
	}
}

static uint32_t draw_gicd(struct fuzz_draw *draw)
{
	static const uint16_t banks[] = { 0x000, 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380,
					  0x400, 0x800, 0xc00, 0xe00, 0xf00, 0xf10, 0xf20, 0xfe0 };
	uint32_t bank = GICD + banks[draw_one_of(draw, COUNT(banks))];

	switch (draw_one_of(draw, 4)) {
	case 0:
		return GICD + draw_one_of(draw, PAGE);
	case 1:
		return bank + (draw_next(draw) & 0x7cu);
	default:
		return bank + (draw_next(draw) & 0xcu);
	}
}

uint32_t draw_device(struct fuzz_draw *draw)
{
	static const uint32_t interface[] = { 0x00, 0x04, 0x08, 0x0c, 0x0c, 0x10, 0x10, 0x14,
					      0x18, 0x1c, 0x20, 0x24, 0x28, 0xd0, 0xfc, 0x1000 };

	switch (draw_one_of(draw, 8)) {
	case 0:
	case 1:
	case 2:
	case 3:
		return draw_gicd(draw);
	case 4:
	case 5:
		return GICC + interface[draw_one_of(draw, COUNT(interface))];
	case 6:
		return (draw_one_of(draw, 2) ? 0x09010000u : 0x09030000u) +
		       (draw_next(draw) & 0xffcu);
	default:
		/* of the UART not the data register: what is printed is another test's subject */
		return draw_one_of(draw, 8) ? 0x09000004u + 4 * draw_one_of(draw, 32)
					    : draw_address(draw);
	}
}

uint32_t draw_value(struct fuzz_draw *draw)
{
	switch (draw_one_of(draw, 10)) {
	case 0:
		return draw_next(draw);
	case 1:
		return draw_one_of(draw, 64);
	case 2:
		return draw_one_of(draw, 2) ? 0u : ~0u;
	case 3:
		return 1u << draw_one_of(draw, 32);
	case 4:
		return FUZZ_DATA + (draw_next(draw) & 0x7fff8u);
	default:
		return draw_address(draw);
	}
}

static uint32_t draw_function(struct fuzz_draw *draw)
{
	static const uint32_t functions[] = {
		PSCI_VERSION,	       PSCI_CPU_SUSPEND,
		PSCI_AFFINITY_INFO,    PSCI_MIGRATE_INFO_TYPE,
		PSCI_FEATURES,	       SMCCC_VERSION,
		SMCCC_ARCH_FEATURES,   PLUMB_CALL_COUNT,
		PLUMB_CALL_UID,	       PLUMB_CALL_REVISION,
		PLUMB_GET_API_VERSION, PLUMB_CHECK_EXTENSION,
		PLUMB_IRQ_LINE,	       PLUMB_IRQ_LINE_STATUS,
		PLUMB_IRQ_LINE_MANY,   PLUMB_SET_GSI_ROUTING,
		PLUMB_GSI_LINE,	       PLUMB_GET_IRQ_STATE,
		PLUMB_GET_VM_INFO,     PLUMB_GET_VM_NAME,
		PLUMB_GET_STATS,       PSCI_CPU_ON,
		PSCI_CPU_ON,	       PSCI_CPU_ON,
	};

	switch (draw_one_of(draw, 32)) {
	case 0:
		return draw_next(draw);
	case 1:
		return 0x84000000u + draw_one_of(draw, 0x20) + (draw_one_of(draw, 2) << 30);
	case 2:
	case 3:
		return PLUMB_HVC_BASE + draw_one_of(draw, 0x10000);
	case 4:
		return PLUMB_HVC_BASE + 0xf00u + draw_one_of(draw, 0x40);
	case 5:
		return draw_one_of(draw, 8) ? PSCI_VERSION : PSCI_CPU_OFF;
	default:
		return functions[draw_one_of(draw, COUNT(functions))];
	}
}

static bool draw_ends(uint32_t function)
{
	return function == PSCI_SYSTEM_OFF || function == PSCI_SYSTEM_RESET ||
	       function == PLUMB_SYSTEM_EXIT || function == (PSCI_SYSTEM_OFF | 0x40000000u);
}

/* Calls that end the partition come seldom: they end the run, or all that was built up. */
void draw_call(struct fuzz_draw *draw, uint32_t regs[4])
{
	regs[0] = draw_function(draw);
	if (draw_ends(regs[0]) && draw_one_of(draw, 64)) {
		regs[0] = PSCI_SYSTEM_RESET;
		regs[0] = draw_one_of(draw, 8) ? PSCI_VERSION : regs[0];
	}
	for (uint32_t i = 1; i < 4; i++) {
		regs[i] = draw_one_of(draw, 3) ? draw_one_of(draw, 8) : draw_value(draw);
	}
	if (regs[0] == PSCI_CPU_ON) {
		regs[1] = draw_one_of(draw, 5);
		regs[2] = FUZZ_CODE + draw_one_of(draw, FUZZ_CPUS) * 0x8000u + FUZZ_STUB;
		regs[2] = draw_one_of(draw, 256) ? regs[2] : draw_address(draw);
	} else if (regs[0] == PLUMB_IRQ_LINE || regs[0] == PLUMB_GET_IRQ_STATE) {
		regs[2] = draw_one_of(draw, 3) << 24 | draw_one_of(draw, 5) << 16 |
			  draw_one_of(draw, 140);
	} else if (regs[0] == PLUMB_IRQ_LINE_MANY || regs[0] == PLUMB_SET_GSI_ROUTING) {
		regs[2] = draw_address(draw);
		regs[3] = draw_one_of(draw, 2) ? draw_one_of(draw, 300) : draw_value(draw);
	}
}

/* Short or long: sections, tables, pages, reserved; anywhere. */
uint32_t draw_descriptor(struct fuzz_draw *draw)
{
	uint32_t address = draw_address(draw), random = draw_next(draw);

	switch (draw_one_of(draw, 8)) {
	case 0:
		return 0;
	case 1:
		return random;
	case 2:
		return (address & ~0x3ffu) | 1u; /* a table, wherever */
	case 3:
		return (address & ~0xffffffu) | (random & 0xf5e0u) | 0x40002u; /* supersection */
	case 4:
		return (address & ~0xfffu) | (random & 0xfffu);
	default:
		return (address & ~0xfffffu) | (random & 0xbfffcu) | 2u;
	}
}
