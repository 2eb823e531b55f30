/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest-physical addresses of 40 bits (supersections, ARM DDI 0406C, B3.5.1): above 4 GiB nothing
 * of a partition's machine is seen again, whatever the 32 low bits say. Loads, stores, accesses
 * that the syndrome does not describe, and instruction fetches abort there.
 */
#include "guest/lib/exceptions.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/mmio.h"
#include "guest/lib/mmu.h"
#include "guest/lib/report.h"

#define HIGH_WINDOW	  0xb0000000u /* virtual, 16 MiB */
#define HIGH_SUPERSECTION (1u << 18)
#define HIGH_OF_16M	  0x00ffffffu

/* Post-indexed: the syndrome tells nothing of it (B3.13.6). */
static void high_read_indexed(void *arg)
{
	struct exception_access *access = arg;

	__asm__ volatile("ldr %0, [%1], #4"
			 : "=r"(access->value), "+r"(access->address)
			 :
			 : "memory");
}

static void high_run(void *arg)
{
	((void (*)(void))(uintptr_t)((struct exception_access *)arg)->address)();
}

static const struct {
	const char *name;
	void (*access)(void *);
	enum exception_kind kind;
} high_ways[] = {
	{ "word read", exception_read32, EXCEPTION_DATA_ABORT },
	{ "byte read", exception_read8, EXCEPTION_DATA_ABORT },
	{ "word write", exception_write32, EXCEPTION_DATA_ABORT },
	{ "post-indexed read", high_read_indexed, EXCEPTION_DATA_ABORT },
	{ "instruction fetch", high_run, EXCEPTION_PREFETCH_ABORT },
};

/* The window: 16 MiB of physical memory from `base` + `high` * 4 GiB on, B3.5.1. */
static void high_map(uint32_t base, uint32_t high, bool execute)
{
	uint32_t attributes = (execute ? MMU_UNCACHED : MMU_DEVICE) | HIGH_SUPERSECTION |
			      (high & 0xf) << 20 | (high >> 4) << 5;

	for (uint32_t i = 0; i < 16; i++) {
		mmu_map(HIGH_WINDOW + i * MMU_SECTION, base & ~HIGH_OF_16M, attributes);
	}
}

static void high_try(uint32_t address, const char *what)
{
	for (uint32_t n = 0; n < sizeof(high_ways) / sizeof(high_ways[0]); n++) {
		uint32_t wrong = 0;

		for (uint32_t high = 1; high < 256; high++) {
			struct exception_access access = {
				.address = HIGH_WINDOW + (address & HIGH_OF_16M),
				.value = '#',
			};
			uint32_t va = access.address;
			struct guest_exception seen;

			high_map(address, high, high_ways[n].access == high_run);
			seen = exception_try(high_ways[n].access, &access);
			wrong += seen.kind != high_ways[n].kind || seen.fault_address != va ||
				 EXCEPTION_FAULT(seen.fault_status) !=
					 EXCEPTION_FAULT_SYNC_EXTERNAL ||
				 access.address != va;
		}
		(void)report_equal(wrong, 0, "%s, %s above 4 GiB: aborts", what, high_ways[n].name);
	}
}

int main(void)
{
	gic_init();
	(void)report_check(mmio_read32(0x09000fe0) == 0x11, "the UART is at 0x09000000");
	(void)report_check(mmio_read32(0x0a000000) == 0x74726976, "virtio is at 0x0a000000");
	high_try(0x08000004, "GICD_TYPER");
	high_try(0x0801000c, "GICC_IAR");
	high_try(0x08011000, "GICC_DIR");
	high_try(0x09000000, "UARTDR");
	high_try(0x09010000, "RTCDR");
	high_try(0x0a000000, "a virtio window");
	high_try(guest_memory_base() + 0x1000, "RAM");
	gic_send_sgi(1, GIC_SGI_SELF, 0);
	(void)report_equal(GIC_INTID(gic_ack()), 1, "still healthy");
	report_summary();
}
