/* SPDX-License-Identifier: BSD-2-Clause */
/* The Arndale's way from its device tree (Debian's, which `make setup` fetches) to CPU 1 and to
 * power-off, in the order of hyp/core/main.c: each access to the SoC, with addresses and values
 * from its user manual and from public code that runs on the board. */
#include "hyp/base/bits.h"
#include "hyp/board/board_parts.h"
#include "hyp/core/facts.h"
#include "hyp/core/soc.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/io.h"
#include "hyp/hw/mmu.h"
#include "hyp/hw/smc.h"
#include "hyp/hw/timer.h"
#include "hyp/hw/uart.h"
#include "test.h"
#include "test/rig/one.h"

#define TREE  "build/guests/dtbs/exynos5250-arndale.dtb"
#define ENTRY 0x42000268u
#define KICK  0xffffffffu /* stands in the log for an SGI */

static uint8_t blob[1 << 17];
static struct fdt tree;
static struct board board;

/* Registers are mapped where they are. Those that somebody wrote, or that are not 0 at first. */
static struct {
	uint32_t address, value;
} reg[64], done[64];
static uint32_t nr_regs, nr_done;

const uint32_t monitor_active;

static uint32_t *at(uintptr_t address)
{
	uint32_t n = 0;

	while (n < nr_regs && reg[n].address != address) {
		n++;
	}
	if (n == nr_regs) {
		if (nr_regs == ARRAY_SIZE(reg)) {
			printf("FAIL registers without end\n");
			exit(EXIT_FAILURE);
		}
		reg[nr_regs++].address = (uint32_t)address;
		reg[n].value = 0;
	}
	return &reg[n].value;
}

static void log_add(uint32_t address, uint32_t value)
{
	if (nr_done == ARRAY_SIZE(done)) {
		printf("FAIL accesses without end\n");
		exit(EXIT_FAILURE);
	}
	done[nr_done].address = address;
	done[nr_done++].value = value;
}

uint32_t io_read32(uintptr_t address)
{
	return *at(address);
}

void io_write32(uintptr_t address, uint32_t value)
{
	log_add((uint32_t)address, value);
	*at(address) = value;
	if (address == 0x101c0240) { /* G_TCON: G_WSTAT tells when it has arrived */
		*at(0x101c024c) |= 1u << 16;
	} else if (address == 0x10042080) { /* ARM_CORE1_CONFIGURATION: its status follows */
		*at(0x10042084) = value;
	}
}

uint8_t io_read8(uintptr_t address)
{
	return (uint8_t)*at(address);
}

void io_write8(uintptr_t address, uint8_t value)
{
	io_write32(address, value);
}

void *mmu_map_device(pa_t pa, size_t size)
{
	CHECK(size > 0);
	return (void *)(uintptr_t)pa.pa;
}

void gic_kick(uint32_t cpu_mask)
{
	log_add(KICK, cpu_mask);
}

/* None of the rest is this board's. */
int32_t smc_call(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3)
{
	log_add(function, a1 + a2 + a3);
	return 0;
}

uint32_t facts_timer_hz(void)
{
	return 24000000;
}

uint64_t test_now(void)
{
	return 0;
}

uintptr_t test_read_htpidr(void)
{
	return 0;
}

static bool follows(uint32_t *n, uint32_t address, uint32_t value)
{
	if (*n >= nr_done || done[*n].address != address || done[*n].value != value) {
		printf("access %u is 0x%x = 0x%x, not 0x%x = 0x%x\n", *n, done[*n].address,
		       done[*n].value, address, value);
		return false;
	}
	(*n)++;
	return true;
}

static void read_tree(void)
{
	FILE *file = fopen(TREE, "rb");
	size_t size = file ? fread(blob, 1, sizeof(blob), file) : 0;
	struct refusal why = { 0 };

	if (size == 0) {
		printf("FAIL no " TREE ": 'scripts/linux fetch' fetches it\n");
		exit(EXIT_FAILURE);
	}
	fclose(file);
	CHECK(fdt_open(&tree, blob, (uint32_t)size) == NULL);
	memset(&board, 0, sizeof(board));
	CHECK(board_read(&tree, &board, &why));
	memset(reg, 0, sizeof(reg));
	memset(done, 0, sizeof(done));
	nr_regs = nr_done = 0;
	*at(0x10042084) = 3; /* U-Boot leaves CPU 1 with power, in its pen */
	*at(0x1004330c) = 0x5300;
}

static void layout(void)
{
	read_tree();
	CHECK_EQ(board.memory.count, 1);
	CHECK_EQ(board.memory.r[0].base.pa, 0x40000000);
	CHECK_EQ(board.memory.r[0].size, 0x80000000);
	CHECK_EQ(board.nr_cpus, 2);
	CHECK_EQ(board.mpidr[1], 1);
	CHECK_EQ(board.gicd.pa, 0x10481000);
	CHECK_EQ(board.gicc.pa, 0x10482000);
	CHECK_EQ(board.gich.pa, 0x10484000);
	CHECK_EQ(board.gicv.pa, 0x10486000);
	CHECK_EQ(board.maintenance_intid, 25);
	CHECK_EQ(board.timer_virt_intid, 16 + 11);
	CHECK_EQ(board.timer_phys_intid, 16 + 14);
	CHECK_EQ(board.timer_hyp_intid, 16 + 10);
	CHECK_EQ(board.timer_hz, 24000000);
	CHECK_EQ(board.uart_base.pa, 0x12c20000);
	CHECK_EQ(board.uart_intid, 32 + 53);
	CHECK_EQ(board.psci, BOARD_PSCI_NONE);
}

/* UART, counter, CPU 1, end: nothing else is touched, and nothing in another order. */
static void start(void)
{
	struct uart_shape shape = { .width = 4 };
	uint32_t n = 0;

	read_tree();
	board_read_uart(&tree, &board);
	CHECK_EQ(board.uart, BOARD_UART_EXYNOS);
	shape.base = (uintptr_t)board.uart_base.pa;
	uart_init(&uart_exynos, &shape);
	CHECK(follows(&n, 0x12c20038, 15) && follows(&n, 0x12c20008, 1) &&
	      follows(&n, 0x12c20004, 0x385) && follows(&n, 0x12c20030, 15));
	uart_send('P');
	CHECK(follows(&n, 0x12c20020, 'P'));
	soc_init(&board);
	CHECK(follows(&n, 0x101c0240, 0x100) && follows(&n, 0x101c024c, 0x10000));
	CHECK(soc_can_start(&board, 1));
	CHECK_EQ(soc_start_cpu(&board, 1, ENTRY), 0);
	CHECK(follows(&n, 0x02020000, ENTRY) && follows(&n, KICK, 2));
	soc_power_off();
	CHECK(follows(&n, 0x1004330c, 0x5200));
	CHECK_EQ(n, nr_done);
}

/* The counter runs already, and CPU 1 has no power: an address first, then power, then the SGI. */
static void start_without_power(void)
{
	uint32_t n = 0;

	read_tree();
	*at(0x101c0240) = 0x100;
	*at(0x10042084) = 0;
	soc_init(&board);
	CHECK_EQ(soc_start_cpu(&board, 1, ENTRY), 0);
	CHECK(follows(&n, 0x02020000, ENTRY) && follows(&n, 0x10042080, 3) && follows(&n, KICK, 2));
	CHECK_EQ(n, nr_done);
}

static const struct test_case cases[] = {
	{ "layout", layout },
	{ "start", start },
	{ "start_without_power", start_without_power },
};

TEST_MAIN("arndale", cases)
