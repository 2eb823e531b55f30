/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared memory and its registers. Three partitions share `hub`: `checker` and `writer` have their
 * sections, `reader` writes to none. `checker` and `sleeper`, which never starts, share `wire`,
 * with edges. The writer restarts when it is told to, and the reader ends.
 */
#include "guest/lib/exceptions.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/mmu.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/lib/shared.h"
#include "guest/test/nap.h"
#include <stdio.h>
#include <string.h>

#define CHECKER 0u
#define WRITER	1u
#define READER	2u
#define SLEEPER 1u /* of wire */

#define READY 0x600du
#define DONE  0xd0eu

/* Words of output sections, which memory has zeroed at boot */
#define WORD_LIFE   0u /* the writer's lives so far */
#define WORD_ASK    1u
#define WORD_SAY    2u
#define ASK_RESTART 0x5e7u

#define STRAY 0x55aa55aau /* is written nowhere */

#define NOWHERE 0x0b002000u /* there are two register pages */

static struct shared hub, wire;
static volatile uint32_t hub_events, hub_interrupts, wire_interrupts;

static void on_hub(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	hub_interrupts++;
	hub_events |= shared_take_events(&hub);
}

static void on_wire(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	wire_interrupts++;
}

static volatile uint32_t *output(uint32_t peer)
{
	return shared_output(&hub, peer);
}

/* Until the events have come; they are removed. */
static bool await_events(uint32_t events)
{
	uint64_t end = timer_count() + timer_us_to_ticks(TIMER_PATIENCE_US);

	while ((hub_events & events) != events && timer_count() < end) {
		(void)nap_once(1000000);
	}
	cpu_irq_disable();
	if ((hub_events & events) != events) {
		return false;
	}
	hub_events &= ~events;
	return true;
}

static bool await_state(uint32_t peer, uint32_t state)
{
	uint64_t end = timer_count() + timer_us_to_ticks(TIMER_PATIENCE_US);

	while (shared_state(&hub, peer) != state) {
		if (timer_count() >= end) {
			return false;
		}
		(void)nap_once(1000);
	}
	return true;
}

static bool open_hub(void)
{
	gic_init();
	nap_init();
	if (!report_check(shared_open(&hub, "hub"), "the device tree has hub")) {
		return false;
	}
	irq_set_handler(hub.intid, on_hub, NULL);
	gic_enable(hub.intid);
	return true;
}

/* A write that stage 2 refuses is the guest's data abort, and changes nothing. */
static bool aborts(const volatile uint32_t *address)
{
	struct exception_access access = { (uint32_t)(uintptr_t)address, STRAY };
	struct guest_exception e = exception_try(exception_write32, &access);

	return e.kind == EXCEPTION_DATA_ABORT && e.fault_address == access.address &&
	       EXCEPTION_WNR(e.fault_status) && *address != STRAY;
}

static bool writes(volatile uint32_t *address)
{
	struct exception_access access = { (uint32_t)(uintptr_t)address, *address };

	return exception_try(exception_write32, &access).kind == EXCEPTION_NONE;
}

/* In every page of a section. */
static bool all_abort(const volatile uint32_t *section, uint32_t bytes)
{
	bool all = true;

	for (uint32_t at = 0; at < bytes; at += 0x1000) {
		all = all && aborts(section + at / 4) && aborts(section + at / 4 + 0x3ff);
	}
	return all;
}

static void call(void *address)
{
	((void (*)(void))(uintptr_t)address)();
}

/* ---- checker ---- */

static void check_registers(void)
{
	struct exception_access nothing = { NOWHERE, 0 };

	(void)report_equal(shared_read(&hub, SHARED_ID), CHECKER, "hub: its number");
	(void)report_equal(shared_read(&hub, SHARED_PEERS), 3, "hub: peers");
	(void)report_equal(shared_read(&hub, SHARED_COMMON), 0x2000, "hub: common section");
	(void)report_equal(shared_read(&hub, SHARED_OUTPUT), 0x3000, "hub: output sections");
	(void)report_equal(shared_read(&hub, SHARED_BASE), 0x10000000, "hub: address");
	(void)report_equal(shared_read(&wire, SHARED_PEERS), 2, "wire: peers");
	(void)report_equal(shared_read(&wire, SHARED_BASE), 0x10100000, "wire: address");
	(void)report_equal(mmio_read8(hub.registers + SHARED_PEERS), 0, "a byte reads as zero");
	(void)report_check(exception_try(exception_read32, &nothing).kind == EXCEPTION_DATA_ABORT,
			   "a page without shared memory aborts");
}

static void check_zeroed(void)
{
	const uint32_t *common = shared_common(&hub);
	const uint32_t *own = shared_output(&hub, CHECKER);
	uint32_t bits = 0;

	for (uint32_t n = 0; n < 0x2000 / 4; n++) {
		bits |= common[n];
	}
	for (uint32_t n = 0; n < 0x3000 / 4; n++) {
		bits |= own[n];
	}
	(void)report_equal(bits, 0, "memory is zeroed at boot");
}

static void check_rights(void)
{
	volatile uint32_t *common = shared_common(&hub);
	const volatile uint32_t *table = (const volatile uint32_t *)(uintptr_t)hub.base;

	(void)report_check(aborts(table) && aborts(table + 0x3ff), "the state table is read-only");
	(void)report_check(all_abort(output(WRITER), 0x3000) && all_abort(output(READER), 0x3000),
			   "other peers' sections are read-only");
	(void)report_check(writes(common) && writes(common + 0x7ff) && writes(output(CHECKER)) &&
				   writes(output(CHECKER) + 0xbff),
			   "its own and the common section can be written");
	common[0x400] = 0xe12fff1e; /* BX lr */
	mmu_sync_code((const void *)&common[0x400], 4);
	(void)report_check(exception_try(call, (void *)&common[0x400]).kind ==
				   EXCEPTION_PREFETCH_ABORT,
			   "nothing is executed");
	(void)report_equal((uint32_t)kvm_irq_line(0, kvm_irq_spi(hub.intid), 1), (uint32_t)-EBUSY,
			   "KVM_IRQ_LINE on its interrupt");
	(void)report_equal(
		(uint32_t)kvm_irq_line_many(0, (const struct kvm_irq_level *)(uintptr_t)common, 1),
		(uint32_t)-EFAULT, "a call's array is not in shared memory");
}

static void check_doorbell(void)
{
	output(CHECKER)[WORD_ASK] = 41;
	shared_ring(&hub, WRITER);
	(void)report_check(await_events(SHARED_RUNG(WRITER)), "the writer rings back");
	(void)report_equal(output(WRITER)[WORD_SAY], 42, "its answer");
	shared_ring(&hub, CHECKER);
	(void)report_check(await_events(SHARED_RUNG(CHECKER)), "a peer rings itself");
	hub_interrupts = 0;
	shared_write(&hub, SHARED_DOORBELL, WRITER << 16 | 1);
	shared_write(&hub, SHARED_DOORBELL, CHECKER << 16 | 1);
	shared_ring(&hub, 3);
	shared_ring(&hub, 0xffff);
	nap(2000);
	(void)report_equal(hub_interrupts, 0, "no such vector, no such peer");
	shared_enable(&hub, false);
	shared_ring(&hub, CHECKER);
	shared_enable(&hub, true);
	nap(2000);
	(void)report_equal(hub_interrupts, 0, "a doorbell while it is disabled");
}

static void check_edges(void)
{
	(void)report_check(wire.edge && wire.intid == 41, "wire: edges, SPI 9");
	irq_set_handler(wire.intid, on_wire, NULL);
	gic_enable(wire.intid);
	shared_enable(&wire, true);
	cpu_irq_enable();
	for (uint32_t n = 1; n <= 3; n++) {
		shared_ring(&wire, CHECKER);
		(void)timer_wait_count(&wire_interrupts, n, 1000000);
		nap(1000);
		(void)report_equal(wire_interrupts, n, "wire: an interrupt for each edge");
		cpu_irq_enable();
	}
	cpu_irq_disable();
	/* The other peer has never started. */
	shared_ring(&wire, SLEEPER);
	(void)report_equal(shared_state(&wire, SLEEPER), 0, "a peer that is off has state 0");
	(void)report_equal(shared_read(&wire, SHARED_EVENTS), SHARED_RUNG(CHECKER),
			   "its doorbell has no effect");
}

static void check_restart(void)
{
	(void)report_equal(output(WRITER)[WORD_LIFE], 1, "the writer's first life");
	output(CHECKER)[WORD_ASK] = ASK_RESTART;
	shared_ring(&hub, WRITER);
	(void)report_check(await_events(SHARED_CHANGED(WRITER)), "an interrupt: its state changes");
	shared_ring(&hub, WRITER); /* whether it is loading or has begun: nothing happens */
	(void)report_equal(output(WRITER)[WORD_SAY], 42, "its section keeps its contents");
	(void)report_check(await_state(WRITER, DONE), "it is back");
	(void)report_equal(output(WRITER)[WORD_LIFE], 2, "the writer's second life");
	(void)report_equal(output(WRITER)[WORD_SAY], 0, "its registers were reset");
	shared_ring(&hub, WRITER);
}

static void check_end(void)
{
	output(CHECKER)[WORD_ASK] = DONE;
	shared_ring(&hub, READER);
	(void)report_check(await_state(READER, 0), "the reader is off: its state is 0");
	(void)report_equal(shared_read(&hub, SHARED_STATES + 4 * READER), 0, "also by register");
	(void)report_check(await_events(SHARED_CHANGED(READER)), "and an interrupt came");
	hub_events = 0;
	shared_ring(&hub, READER);
	(void)report_check(hub_events == 0, "its doorbell has no effect");
}

static void run_checker(void)
{
	if (!report_check(shared_open(&wire, "wire"), "the device tree has wire")) {
		return;
	}
	(void)report_check(!hub.edge && hub.intid == 40, "hub: levels, SPI 8");
	check_registers();
	check_zeroed();
	shared_enable(&hub, true);
	(void)report_check(await_state(WRITER, READY) && await_state(READER, READY),
			   "the other peers are ready");
	hub_events = 0;
	check_rights();
	check_doorbell();
	check_edges();
	check_restart();
	check_end();
}

/* ---- the others ---- */

static void run_writer(void)
{
	volatile uint32_t *own = output(WRITER);

	if (own[WORD_LIFE]++) {
		/* Not enabled yet: doorbells from before it began have no effect. */
		own[WORD_SAY] = shared_read(&hub, SHARED_CONTROL) |
				shared_read(&hub, SHARED_EVENTS) | shared_read(&hub, SHARED_STATE);
		(void)report_check(aborts(output(CHECKER)), "the second life: rights");
		shared_enable(&hub, true);
		shared_set_state(&hub, DONE);
		(void)report_check(await_events(SHARED_RUNG(CHECKER)), "the checker rings again");
		return;
	}
	shared_enable(&hub, true);
	shared_set_state(&hub, READY);
	(void)report_check(await_events(SHARED_RUNG(CHECKER)), "the checker rings");
	own[WORD_SAY] = output(CHECKER)[WORD_ASK] + 1;
	shared_ring(&hub, CHECKER);
	(void)report_check(await_events(SHARED_RUNG(CHECKER)) &&
				   output(CHECKER)[WORD_ASK] == ASK_RESTART,
			   "the checker asks for a restart");
	psci_system_reset();
}

static void run_reader(void)
{
	const volatile uint32_t *common = shared_common(&hub);

	(void)report_check(all_abort(common, 0x2000), "the common section is read-only");
	(void)report_check(all_abort(output(READER), 0x3000) && all_abort(output(WRITER), 0x3000) &&
				   all_abort(output(CHECKER), 0x3000),
			   "all output sections are read-only");
	shared_enable(&hub, true);
	shared_set_state(&hub, READY);
	(void)report_check(await_events(SHARED_RUNG(CHECKER)) && output(CHECKER)[WORD_ASK] == DONE,
			   "the checker says that it is done");
}

int main(void)
{
	if (open_hub()) {
		if (hub.id == CHECKER) {
			run_checker();
		} else if (hub.id == WRITER) {
			run_writer();
		} else {
			run_reader();
		}
	}
	report_summary();
}
