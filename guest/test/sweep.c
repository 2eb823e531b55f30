/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage 2 from inside: all of the address space, by reading, writing and executing, holds the
 * partition's own memory, its GIC and its UART; everywhere else is the architected abort. And
 * addresses of 40 bits are no way around (supersections, ARM DDI 0406C, B3.5.1).
 */
#include "guest/lib/exceptions.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/mmu.h"
#include "guest/lib/report.h"
#include <stdio.h>

#define SWEEP_MIB  0x00100000u
#define SWEEP_PAGE 0x00001000u
#define SWEEP_WINDOW \
	0xb0000000u /* virtual: remapped for the tests of executing and high addresses */
#define SWEEP_MAGIC 0x600dcafeu

enum sweep_place { SWEEP_NOTHING, SWEEP_OWN, SWEEP_EITHER };

static uint32_t sweep_ram, sweep_ram_size;

/* What may be at an address. The pages behind GICD are the GIC's window: zero, or an abort. */
static enum sweep_place sweep_place(uint32_t address)
{
	if (address - sweep_ram < sweep_ram_size) {
		return SWEEP_OWN;
	}
	if (address - 0x08000000 < 0x1000 || address - 0x08010000 < 0x2000 ||
	    address - 0x09000000 < 0x1000) {
		return SWEEP_OWN;
	}
	return address - 0x08001000 < 0xf000 ? SWEEP_EITHER : SWEEP_NOTHING;
}

struct sweep_count {
	uint32_t tried, own, wrong, printed;
};

static void sweep_wrong(struct sweep_count *count, const char *what, uint32_t address,
			const struct guest_exception *seen)
{
	count->wrong++;
	if (count->printed++ < 8) {
		printf("%s at 0x%08x: %s, status 0x%x, address 0x%08x\n", what, (unsigned)address,
		       exception_name(seen->kind), (unsigned)seen->fault_status,
		       (unsigned)seen->fault_address);
	}
}

static bool sweep_is_abort(const struct guest_exception *seen, uint32_t address, bool write)
{
	return seen->kind == EXCEPTION_DATA_ABORT &&
	       EXCEPTION_FAULT(seen->fault_status) == 0x08 /* synchronous external */ &&
	       EXCEPTION_WNR(seen->fault_status) == write && seen->fault_address == address;
}

static void sweep_read(struct sweep_count *count, uint32_t address)
{
	struct exception_access access = { .address = address };
	struct guest_exception seen = exception_try(exception_read32, &access);
	enum sweep_place place = sweep_place(address);

	count->tried++;
	count->own += place == SWEEP_OWN;
	if (seen.kind == EXCEPTION_NONE
		    ? place == SWEEP_NOTHING || (place == SWEEP_EITHER && access.value != 0)
		    : place == SWEEP_OWN || !sweep_is_abort(&seen, address, false)) {
		sweep_wrong(count, "read", address, &seen);
	}
}

/* Own places are left alone: their devices would act, their memory is in use. */
static void sweep_write(struct sweep_count *count, uint32_t address)
{
	struct exception_access access = { .address = address, .value = 0xffffffff };
	struct guest_exception seen;

	count->tried++;
	if (sweep_place(address) != SWEEP_NOTHING) {
		count->own++;
		return;
	}
	seen = exception_try(exception_write32, &access);
	if (!sweep_is_abort(&seen, address, true)) {
		sweep_wrong(count, "write", address, &seen);
	}
}

static void sweep_range(void (*one)(struct sweep_count *, uint32_t), struct sweep_count *count,
			uint32_t base, uint32_t pages, uint32_t step)
{
	for (uint32_t i = 0; i < pages; i++) {
		one(count, base + i * step);
	}
}

static void sweep_all(void (*one)(struct sweep_count *, uint32_t), const char *what)
{
	struct sweep_count count = { 0 };
	uint32_t end = sweep_ram + sweep_ram_size;

	sweep_range(one, &count, 0, 4096, SWEEP_MIB);
	sweep_range(one, &count, 0xffc, 4096, SWEEP_MIB);
	sweep_range(one, &count, 0x00000000, 16, SWEEP_PAGE);
	sweep_range(one, &count, 0x07ff0000, 0x200, SWEEP_PAGE); /* GIC, GICH, GICV, ITS */
	sweep_range(one, &count, 0x08ff0000, 0x60, SWEEP_PAGE);	 /* UART, RTC, fw-cfg, GPIO */
	sweep_range(one, &count, 0x0a000000, 0x20, SWEEP_PAGE);	 /* virtio */
	sweep_range(one, &count, sweep_ram - 0x8000, 16, SWEEP_PAGE);
	sweep_range(one, &count, end - 0x8000, 16, SWEEP_PAGE);
	sweep_range(one, &count, 0xffff0000, 16, SWEEP_PAGE);
	one(&count, end - 4);
	one(&count, end);
	one(&count, sweep_ram - 4);
	one(&count, 0xfffffffc);
	(void)report_equal(count.wrong, 0, "%s: %u places, %u of them its own", what,
			   (unsigned)count.tried, (unsigned)count.own);
}

static void sweep_run(void *address)
{
	((void (*)(void))(uintptr_t)address)();
}

static void sweep_execute_at(uint32_t ipa, const char *what)
{
	struct guest_exception seen;

	mmu_map(SWEEP_WINDOW, ipa & ~(SWEEP_MIB - 1), MMU_NORMAL);
	seen = exception_try(sweep_run,
			     (void *)(uintptr_t)(SWEEP_WINDOW | (ipa & (SWEEP_MIB - 1))));
	(void)report_equal(seen.kind, EXCEPTION_PREFETCH_ABORT, "executing %s", what);
}

static void sweep_execute(void)
{
	sweep_execute_at(0x00000000, "at 0");
	sweep_execute_at(0x08000000, "the distributor");
	sweep_execute_at(0x08010000, "the CPU interface");
	sweep_execute_at(0x09000000, "the UART");
	sweep_execute_at(sweep_ram + sweep_ram_size, "behind RAM");
	sweep_execute_at(0xfff00000, "the last MiB");
}

/* The same 32 low bits with higher ones set, through a supersection. */
static void sweep_high_addresses(uint32_t scratch)
{
	volatile uint32_t *mark = (uint32_t *)(uintptr_t)scratch;
	uint32_t seen_own = 0, no_abort = 0;

	*mark = SWEEP_MAGIC;
	mmu_clean_invalidate((const void *)(uintptr_t)scratch, 64);
	for (uint32_t high = 1; high < 256; high++) {
		uint32_t attributes =
			MMU_UNCACHED | 1u << 18 | (high & 0xf) << 20 | (high >> 4) << 5;
		struct exception_access access = { .address =
							   SWEEP_WINDOW + (scratch & 0x00ffffff) };

		for (uint32_t i = 0; i < 16; i++) {
			mmu_map(SWEEP_WINDOW + i * SWEEP_MIB, scratch & 0xff000000, attributes);
		}
		no_abort += exception_try(exception_read32, &access).kind != EXCEPTION_DATA_ABORT;
		seen_own += access.value == SWEEP_MAGIC;
	}
	(void)report_equal(no_abort, 0, "addresses above 4 GiB abort");
	(void)report_equal(seen_own, 0, "and alias nothing");
	for (uint32_t i = 0; i < 16; i++) {
		mmu_map(SWEEP_WINDOW + i * SWEEP_MIB, SWEEP_WINDOW + i * SWEEP_MIB, MMU_DEVICE);
	}
}

/* Table walks that lead nowhere, or into a device (B3.5.1: first-level descriptor 0b01). */
static void sweep_walks(void)
{
	static const uint32_t tables[] = { 0x90000000, 0x08000000, 0x08010000, 0x09000000,
					   0xfffffc00 };

	for (uint32_t i = 0; i < 5; i++) {
		struct exception_access access = { .address = SWEEP_WINDOW };

		mmu_map(SWEEP_WINDOW, tables[i] & ~(SWEEP_MIB - 1),
			(tables[i] & (SWEEP_MIB - 1) & ~0x3ffu) | 1);
		(void)report_equal(exception_try(exception_read32, &access).kind,
				   EXCEPTION_DATA_ABORT, "a translation table at 0x%08x",
				   (unsigned)tables[i]);
		(void)report_equal(exception_try(sweep_run, (void *)(uintptr_t)SWEEP_WINDOW).kind,
				   EXCEPTION_PREFETCH_ABORT, "executing through it");
	}
	mmu_map(SWEEP_WINDOW, SWEEP_WINDOW, MMU_DEVICE);
}

/* All of RAM can be used: every page holds a word of its own. */
static void sweep_memory(uint32_t base, uint32_t size)
{
	uint32_t wrong = 0;

	for (uint32_t at = base; at < base + size; at += SWEEP_PAGE) {
		*(volatile uint32_t *)(uintptr_t)at = at ^ SWEEP_MAGIC;
	}
	for (uint32_t at = base; at < base + size; at += SWEEP_PAGE) {
		wrong += *(volatile uint32_t *)(uintptr_t)at != (at ^ SWEEP_MAGIC);
	}
	(void)report_equal(wrong, 0, "%u KiB of RAM hold what is written", (unsigned)(size / 1024));
}

int main(void)
{
	uint32_t base, size;

	if (!hvc_is_plumbline()) {
		report_skip("a sweep of a real board's devices");
		report_summary();
	}
	sweep_ram = guest_memory_base();
	sweep_ram_size = guest_memory_size();
	sweep_all(sweep_read, "reading");
	sweep_all(sweep_write, "writing");
	if (report_check(guest_free_memory(&base, &size), "there is free memory")) {
		sweep_memory(base, size);
		sweep_high_addresses(base);
	}
	sweep_execute();
	sweep_walks();
	gic_init();
	gic_send_sgi(1, GIC_SGI_SELF, 0);
	(void)report_equal(GIC_INTID(gic_ack()), 1, "still healthy");
	report_summary();
}
