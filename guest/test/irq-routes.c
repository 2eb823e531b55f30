/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GSIs: the default, tables that are set and replaced, refused ones, several lines of a GSI, tables
 * set and used at once, a restart of the target. Numbers are typed from docs/control-abi.md, not
 * taken from its header. Partitions: control (2 vCPUs), target (2 vCPUs, 128 interrupts), raw (2
 * vCPUs, no GIC), stranger (no right on it).
 */
#include "guest/lib/smp.h"
#include "guest/test/peer.h"
#include <string.h>

#define ROUTES_STRANGER 4u
#define ROUTES_DIST	0x08000000u
#define ROUTES_IAR	0x0801000cu
#define ROUTES_EOIR	0x08010010u

#define CHIP 1u
#define LINE 0x80000001u

enum {
	OK = 0,
	EPERM_ = -1,
	ENXIO_ = -6,
	EBADF_ = -9,
	EAGAIN_ = -11,
	EFAULT_ = -14,
	EBUSY_ = -16,
	EINVAL_ = -22
};

struct route {
	uint32_t gsi, type, flags, pad, u[8];
};

static struct peer routes_target, routes_raw;
static struct route routes_table[258];
static struct route routes_other[258]; /* of CPU 1 */
static uint32_t routes_count;

static int32_t routes_set_at(uint32_t handle, const void *table, uint32_t count)
{
	return (int32_t)hvc_call(0x8600006a, handle, (uint32_t)(uintptr_t)table, count).r0;
}

static int32_t routes_line(uint32_t handle, uint32_t gsi, uint32_t level)
{
	return (int32_t)hvc_call(0x86000f6a, handle, gsi, level).r0;
}

static struct route routes_entry(uint32_t gsi, uint32_t type, uint32_t first, uint32_t second)
{
	return (struct route) { .gsi = gsi, .type = type, .u = { first, second } };
}

static void routes_put(uint32_t gsi, uint32_t type, uint32_t first, uint32_t second)
{
	routes_table[routes_count++] = routes_entry(gsi, type, first, second);
}

/* The table that was put; then it is empty. */
static void routes_set(uint32_t handle, int32_t want, const char *what)
{
	(void)report_equal((uint32_t)routes_set_at(handle, routes_table, routes_count),
			   (uint32_t)want, "%s", what);
	routes_count = 0;
}

static bool routes_is_high(uint32_t irq)
{
	return (peer_state(&routes_target, irq) & 1) != 0;
}

/* SPIs and PPIs of the target that are high. */
static uint32_t routes_high(void)
{
	uint32_t high = 0;

	for (uint32_t spi = 32; spi < 128; spi++) {
		high += routes_is_high(0x01000000 | spi);
	}
	for (uint32_t ppi = 16; ppi < 32; ppi++) {
		high += routes_is_high(0x02000000 | ppi) + routes_is_high(0x02010000 | ppi);
	}
	return high;
}

/* The GSI drives `irq` alone. */
static void routes_drives(uint32_t gsi, uint32_t irq, const char *what)
{
	uint32_t handle = routes_target.handle;
	bool good = routes_line(handle, gsi, 1) == OK && routes_is_high(irq) && routes_high() == 1;

	good = good && routes_line(handle, gsi, 0) == OK && routes_high() == 0;
	(void)report_check(good, "%s: GSI %u drives 0x%08x alone", what, (unsigned)gsi,
			   (unsigned)irq);
}

static void routes_gives(uint32_t handle, uint32_t gsi, int32_t want, const char *what)
{
	bool same = routes_line(handle, gsi, 1) == want && routes_line(handle, gsi, 0) == want;

	(void)report_check(same, "%s: GSI %u", what, (unsigned)gsi);
}

static void routes_default(void)
{
	uint32_t handle = routes_target.handle;

	routes_drives(0, 0x01000020, "default");
	routes_drives(8, 0x01000028, "default");
	routes_drives(95, 0x0100007f, "default");
	routes_gives(handle, 96, ENXIO_, "default: past the last SPI: ENXIO");
	routes_gives(handle, 0xffffffe0, ENXIO_, "default: which 32 more makes 0: ENXIO");
	routes_gives(handle, 1, EBUSY_, "default: the console's SPI: EBUSY");
	routes_gives(routes_raw.handle, 0, ENXIO_, "default without a GIC: ENXIO");
	routes_gives(ROUTES_STRANGER, 8, EPERM_, "without right: EPERM");
	routes_gives(5, 8, EBADF_, "no such handle: EBADF");
	(void)report_check(routes_set_at(ROUTES_STRANGER, routes_table, 999) == EPERM_ &&
				   routes_set_at(5, routes_table, 999) == EBADF_,
			   "a table: handle and right come first");
	(void)report_equal(hvc_call(0x86000003, 25, 0, 0).r0, 256, "extension: IRQ_ROUTING");
}

static void routes_replaced(void)
{
	uint32_t handle = routes_target.handle;

	routes_put(8, CHIP, 0, 10);
	routes_put(255, CHIP, 0, 95);
	routes_put(7, LINE, 0x0201001f, 0);
	routes_put(200, CHIP, 0, 96);
	routes_put(201, LINE, 0x0200001b, 0);
	routes_put(202, CHIP, 0, 1);
	routes_set(handle, OK, "a table");
	routes_drives(8, 0x0100002a, "a table");
	routes_drives(255, 0x0100007f, "a table");
	routes_drives(7, 0x0201001f, "a table");
	routes_gives(handle, 0, ENXIO_, "a table: the default is gone");
	routes_gives(handle, 200, EINVAL_, "a table: an SPI that the VM lacks: EINVAL");
	routes_gives(handle, 201, OK, "a table: the guest's timer: ignored");
	routes_gives(handle, 202, EBUSY_, "a table: the console's SPI: EBUSY");
	(void)report_check(kvm_irq_line(handle, 0x01000020, 1) == OK &&
				   routes_is_high(0x01000020) && routes_high() == 1 &&
				   kvm_irq_line(handle, 0x01000020, 0) == OK,
			   "KVM_IRQ_LINE never looks at the table");
	routes_put(7, CHIP, 0, 11);
	routes_set(handle, OK, "another table");
	routes_drives(7, 0x0100002b, "another table");
	routes_gives(handle, 8, ENXIO_, "another table: the former is gone");
	routes_set(handle, OK, "an empty table");
	routes_gives(handle, 7, ENXIO_, "an empty table");
}

/* One GSI: an SPI, a PPI of each vCPU, and the console's SPI, which is refused. */
static void routes_several(void)
{
	uint32_t handle = routes_target.handle;

	routes_put(5, CHIP, 0, 1);
	routes_put(5, LINE, 0x01000029, 0);
	routes_put(5, LINE, 0x02000014, 0);
	routes_put(5, LINE, 0x02010014, 0);
	routes_set(handle, OK, "several lines");
	(void)report_equal((uint32_t)routes_line(handle, 5, 1), 0, "several lines: raised");
	(void)report_check(routes_is_high(0x01000029) && routes_is_high(0x02000014) &&
				   routes_is_high(0x02010014) && routes_high() == 3,
			   "several lines: all three are high");
	(void)report_equal((uint32_t)routes_line(handle, 5, 0), 0, "several lines: lowered");
	(void)report_equal(routes_high(), 0, "several lines: all are low");
}

static uint32_t routes_ack(uint32_t cpu)
{
	return peer_call(&routes_target, AGENT_READ32 | cpu, ROUTES_IAR, 0);
}

static void routes_end(uint32_t cpu, uint32_t iar)
{
	(void)peer_call(&routes_target, AGENT_WRITE32 | cpu, ROUTES_EOIR, iar);
}

/* Both vCPUs take what one call raised. All have one priority: the lowest INTID comes first. */
static void routes_delivered(void)
{
	uint32_t handle = routes_target.handle;

	(void)report_equal(peer_call(&routes_target, AGENT_START_CPU1, 0, 0), 0, "vCPU 1 starts");
	(void)peer_call(&routes_target, AGENT_ENABLE, 41, 0);
	(void)peer_call(&routes_target, AGENT_ENABLE, 20, 0);
	(void)peer_call(&routes_target, AGENT_ENABLE | AGENT_CPU1, 20, 0);
	(void)routes_line(handle, 5, 1);
	(void)report_equal(routes_ack(AGENT_CPU1), 20, "delivered: the PPI of vCPU 1");
	(void)report_equal(routes_ack(0), 20, "delivered: the PPI of vCPU 0");
	(void)kvm_irq_line(handle, 0x02000014, 0);
	routes_end(0, 20);
	(void)report_equal(routes_ack(0), 41, "delivered: the SPI");
	(void)routes_line(handle, 5, 0);
	routes_end(0, 41);
	routes_end(AGENT_CPU1, 20);
	(void)report_equal(routes_ack(0), 1023, "delivered: nothing when the lines are low");
	(void)report_equal(routes_ack(AGENT_CPU1), 1023, "delivered: nothing on vCPU 1");
}

struct routes_row {
	struct route entry;
	int32_t want;
	const char *why;
};

/* Behind a good entry for GSI 8. */
static const struct routes_row routes_rows[] = {
	{ { .gsi = 256, .type = CHIP }, EINVAL_, "GSI 256" },
	{ { .gsi = 0xffffffff, .type = CHIP }, EINVAL_, "GSI 2^32 - 1" },
	{ { .gsi = 9, .type = CHIP, .flags = 1 }, EINVAL_, "flags" },
	{ { .gsi = 9, .type = LINE, .flags = 1, .u = { 0x01000028 } }, EINVAL_, "flags of a line" },
	{ { .gsi = 9, .type = 0 }, EINVAL_, "type 0" },
	{ { .gsi = 9, .type = 2 }, EINVAL_, "type MSI" },
	{ { .gsi = 9, .type = 3 }, EINVAL_, "type 3" },
	{ { .gsi = 9, .type = 0x80000000, .u = { 0x01000028 } }, EINVAL_, "type 0x80000000" },
	{ { .gsi = 9, .type = 0xffffffff }, EINVAL_, "type 2^32 - 1" },
	{ { .gsi = 9, .type = CHIP, .u = { 1, 0 } }, EINVAL_, "irqchip 1" },
	{ { .gsi = 9, .type = CHIP, .u = { 0, 988 } }, EINVAL_, "pin 988" },
	{ { .gsi = 9, .type = CHIP, .u = { 0, 0xffffffe0 } }, EINVAL_, "pin -32" },
	{ { .gsi = 9, .type = LINE, .u = { 0x00000000 } }, ENXIO_, "a CPU line" },
	{ { .gsi = 9, .type = LINE, .u = { 0x01000080 } }, EINVAL_, "the line of SPI 128" },
	{ { .gsi = 9, .type = LINE, .u = { 0x0200000f } }, EINVAL_, "the line of PPI 15" },
	{ { .gsi = 9, .type = LINE, .u = { 0x02020014 } }, EINVAL_, "the line of vCPU 2" },
	{ { .gsi = 9, .type = LINE, .u = { 0x03000028 } }, EINVAL_, "a line of type 3" },
	{ { .gsi = 8, .type = CHIP, .u = { 0, 12 } }, EINVAL_, "a second pin" },
	{ { .gsi = 8, .type = LINE, .u = { 0x01000034 } }, EINVAL_, "the pin's line again" },
};

static void routes_refused(void)
{
	uint32_t handle = routes_target.handle;

	routes_put(8, CHIP, 0, 10);
	routes_set(handle, OK, "a table to be kept");
	for (uint32_t n = 0; n < sizeof(routes_rows) / sizeof(routes_rows[0]); n++) {
		routes_put(8, CHIP, 0, 20);
		routes_table[routes_count++] = routes_rows[n].entry;
		routes_set(handle, routes_rows[n].want, routes_rows[n].why);
	}
	routes_drives(8, 0x0100002a, "after refusals");
	for (uint32_t n = 0; n < 256; n++) {
		routes_put(n, CHIP, 0, 255 - n);
	}
	routes_table[255].gsi = 17;
	routes_set(handle, EINVAL_, "the last of 256 is a second pin");
	routes_drives(8, 0x0100002a, "after a long refusal");
	routes_table[255].gsi = 255;
	(void)report_equal((uint32_t)routes_set_at(handle, routes_table, 257), (uint32_t)EINVAL_,
			   "257 entries");
	(void)report_equal((uint32_t)routes_set_at(handle, NULL, 0xffffffff), (uint32_t)EINVAL_,
			   "2^32 - 1 entries, at no address");
	routes_drives(8, 0x0100002a, "after too many");
	(void)report_equal((uint32_t)routes_set_at(handle, routes_table, 256), 0, "256 entries");
	routes_drives(255, 0x01000020, "256 entries");
	routes_drives(160, 0x0100007f, "256 entries");
	routes_gives(handle, 159, EINVAL_, "256 entries: SPI 128");
	routes_gives(handle, 256, ENXIO_, "256 entries: past the last");
}

static void routes_addresses(void)
{
	uint32_t handle = routes_target.handle;
	uint32_t end = guest_memory_base() + guest_memory_size();
	uint8_t *last = (uint8_t *)(uintptr_t)(end - 48), saved[48];
	static const uint32_t bad[] = { 0,	    0x08000000, 0x08010000, 0x09000000,
					0x3fffffff, 0x80000000, 0xffffffd0, 0xfffffffc };
	const struct route entry = routes_entry(3, CHIP, 0, 40);

	for (uint32_t n = 0; n < 8; n++) {
		const void *at = (const void *)(uintptr_t)bad[n];

		(void)report_check(routes_set_at(handle, at, 1) == EFAULT_ &&
					   routes_set_at(handle, at, 256) == EFAULT_,
				   "a table at 0x%08x: EFAULT", (unsigned)bad[n]);
	}
	memcpy(saved, last, sizeof(saved));
	memcpy(last, &entry, sizeof(entry));
	(void)report_equal((uint32_t)routes_set_at(handle, last, 2), (uint32_t)EFAULT_,
			   "one entry in RAM, one past it");
	(void)report_equal((uint32_t)routes_set_at(handle, last + 1, 1), (uint32_t)EFAULT_,
			   "across the end of RAM");
	routes_drives(255, 0x01000020, "after wrong addresses");
	(void)report_equal((uint32_t)routes_set_at(handle, last, 1), 0, "the last entry of RAM");
	routes_drives(3, 0x01000048, "the last entry of RAM");
	memcpy(last, saved, sizeof(saved));
	for (uint32_t offset = 1; offset < 4; offset++) {
		struct route moved = routes_entry(3, CHIP, 0, 40 + offset);

		memcpy((uint8_t *)routes_table + offset, &moved, sizeof(moved));
		(void)report_equal(
			(uint32_t)routes_set_at(handle, (uint8_t *)routes_table + offset, 1), 0,
			"at an address that is %u past a word", (unsigned)offset);
		routes_drives(3, 0x01000048 + offset, "at any address");
	}
}

static void routes_without_gic(void)
{
	uint32_t handle = routes_raw.handle;

	routes_put(4, LINE, 0x00000000, 0);
	routes_put(4, LINE, 0x00010001, 0);
	routes_put(5, CHIP, 0, 8);
	routes_set(handle, OK, "raw: a table");
	(void)report_check(routes_line(handle, 4, 1) == OK &&
				   (peer_state(&routes_raw, 0x00000000) & 1) == 1 &&
				   (peer_state(&routes_raw, 0x00000001) & 1) == 0 &&
				   (peer_state(&routes_raw, 0x00010000) & 1) == 0 &&
				   (peer_state(&routes_raw, 0x00010001) & 1) == 1,
			   "raw: IRQ of vCPU 0 and FIQ of vCPU 1 are high");
	(void)report_check(routes_line(handle, 4, 0) == OK &&
				   (peer_state(&routes_raw, 0x00000000) & 1) == 0 &&
				   (peer_state(&routes_raw, 0x00010001) & 1) == 0,
			   "raw: both are low");
	routes_gives(handle, 5, EINVAL_, "raw: a pin");
	routes_put(4, LINE, 0x01000028, 0);
	routes_set(handle, ENXIO_, "raw: the line of an SPI");
}

/* ---- two vCPUs ---- */

static volatile uint32_t routes_go, routes_raised, routes_lost, routes_set_ok, routes_again,
	routes_wrong;

/* GSI 40 is SPI 40 in every table, and the last entry. */
static void routes_fill(struct route *table, uint32_t count, uint32_t gsi)
{
	for (uint32_t n = 0; n < count - 1; n++) {
		table[n] = routes_entry(gsi + n, CHIP, 0, 20 + n);
	}
	table[count - 1] = routes_entry(40, CHIP, 0, 8);
}

static void routes_raise_on(void *arg)
{
	(void)arg;
	while (routes_go) {
		routes_lost += routes_line(routes_target.handle, 40, routes_raised & 1) != OK;
		routes_raised++;
	}
}

static void routes_set_on(void *arg)
{
	(void)arg;
	while (routes_go) {
		int32_t result = routes_set_at(routes_target.handle, routes_other, 100);

		routes_set_ok += result == OK;
		routes_again += result == EAGAIN_;
		routes_wrong += result != OK && result != EAGAIN_;
	}
}

static void routes_beside(void (*fn)(void *), uint32_t rounds)
{
	uint32_t failed = 0, again = 0;

	routes_go = 1;
	if (!report_equal((uint32_t)smp_start(1, fn, NULL), 0, "control's vCPU 1 starts")) {
		return;
	}
	for (uint32_t n = 0; n < rounds; n++) {
		int32_t result;

		routes_fill(routes_table, 20 + n % 60, n & 1 ? 50 : 120);
		result = routes_set_at(routes_target.handle, routes_table, 20 + n % 60);
		again += result == EAGAIN_;
		failed += result != OK && result != EAGAIN_;
	}
	routes_go = 0;
	(void)report_check(smp_wait_off(1, TIMER_PATIENCE_US), "control's vCPU 1 ends");
	(void)report_equal(failed, 0, "tables are set, or EAGAIN");
	(void)report_check(fn == routes_set_on || again == 0, "EAGAIN only if two set tables");
}

static void routes_at_once(void)
{
	routes_fill(routes_table, 100, 50);
	routes_fill(routes_other, 100, 90);
	(void)report_equal((uint32_t)routes_set_at(routes_target.handle, routes_table, 100), 0,
			   "GSI 40 has a route");
	routes_beside(routes_raise_on, 500);
	(void)report_check(routes_lost == 0 && routes_raised != 0,
			   "GSI 40 has its route all the time (%u of %u calls)",
			   (unsigned)(routes_raised - routes_lost), (unsigned)routes_raised);
	(void)routes_line(routes_target.handle, 40, 0);
	routes_beside(routes_set_on, 500);
	(void)report_check(routes_wrong == 0 && routes_set_ok + routes_again != 0,
			   "two set tables: 0 or EAGAIN");
	printf("vCPU 1: %u set, %u again\n", (unsigned)routes_set_ok, (unsigned)routes_again);
	routes_drives(40, 0x01000028, "after all these tables");
}

/* The table is the caller's, and so is the level. */
static void routes_restart(void)
{
	(void)report_equal((uint32_t)routes_line(routes_target.handle, 40, 1), 0,
			   "raised before the restart");
	(void)peer_call(&routes_target, AGENT_RESET, 0, 0);
	(void)report_equal(peer_call(&routes_target, AGENT_PING, 1, 2), 3, "target restarts");
	(void)report_check(routes_is_high(0x01000028) && routes_high() == 1,
			   "restart: the level is kept");
	(void)report_equal((uint32_t)routes_line(routes_target.handle, 40, 0), 0,
			   "restart: lowered by GSI");
	routes_drives(40, 0x01000028, "restart: the table is kept");
}

int main(void)
{
	peer_init();
	routes_target = peer_open("target", 0);
	routes_raw = peer_open("raw", 1);
	routes_default();
	routes_replaced();
	routes_several();
	routes_delivered();
	routes_refused();
	routes_addresses();
	routes_without_gic();
	routes_at_once();
	routes_restart();
	peer_exit(&routes_raw);
	peer_exit(&routes_target);
	report_summary();
}
