/* SPDX-License-Identifier: BSD-2-Clause */
/* Which stores KVM_IOEVENTFD and coalesced MMIO take, and how many of them there may be. */
#include "guest/linux/kvmtest/events.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define STORES_MATCH 1u
#define STORES_MANY  1100u

static int32_t stores_change(const struct machine *machine, uint32_t call, uint64_t address,
			     uint32_t size)
{
	struct kvm_zone zone = { address, size, 0 };

	return sys_ioctl(machine->vm, call, sys_at(&zone));
}

/* Does a store of the guest go to the ring? */
static bool stores_take(struct machine *machine)
{
	uint32_t value, before = machine->ring->last;
	bool taken;

	machine_complete(machine, 0);
	machine_load(machine, guest_many);
	(void)machine_set(machine, 0, KVM_ID_R(0), 0);
	(void)machine_set(machine, 0, KVM_ID_R(1), 1);
	taken = machine_stores(machine, 0, MACHINE_MMIO + 8, &value);
	machine->ring->first = machine->ring->last;
	return taken && machine->ring->last != before;
}

/* As KVM: one is removed by an address that is inside of it, not by one around it. */
static void test_removal(struct machine *machine)
{
	tap_is(stores_change(machine, KVM_REGISTER_COALESCED_MMIO, MACHINE_MMIO, 8), 0,
	       "a zone of 8 bytes");
	tap_ok(stores_take(machine), "it takes a store");
	tap_is(stores_change(machine, KVM_UNREGISTER_COALESCED_MMIO, MACHINE_MMIO, 0x80000000u), 0,
	       "2 GiB around it are removed");
	tap_is(stores_change(machine, KVM_UNREGISTER_COALESCED_MMIO, MACHINE_MMIO - 8, 32), 0,
	       "and 32 bytes around it");
	tap_is(stores_change(machine, KVM_UNREGISTER_COALESCED_MMIO, ~0ull - 3, 8), 0,
	       "and the end of all addresses");
	tap_ok(stores_take(machine), "it is there");
	tap_is(stores_change(machine, KVM_UNREGISTER_COALESCED_MMIO, MACHINE_MMIO + 4, 4), 0,
	       "a part of it is removed");
	tap_ok(!stores_take(machine), "it is not there any more");
}

static void test_wrap(struct machine *machine)
{
	tap_is(stores_change(machine, KVM_REGISTER_COALESCED_MMIO, ~0ull - 15, 0xffffffffu), 0,
	       "a zone past the end of all addresses");
	tap_ok(!stores_take(machine), "takes nothing at their beginning");
	(void)stores_change(machine, KVM_UNREGISTER_COALESCED_MMIO, ~0ull - 15, 8);
}

static void test_zone_limit(const struct machine *machine)
{
	uint32_t made = 0;
	int32_t error = 0;

	while (made < STORES_MANY && error == 0) {
		error = stores_change(machine, KVM_REGISTER_COALESCED_MMIO, 0x2000000u + 16 * made,
				      16);
		made += error == 0;
	}
	tap_is(error, -SYS_ENOSPC, "too many zones");
	tap_ok(made > 900 && made <= 1000, "some 1,000 there may be");
	for (uint32_t n = 0; n < made; n++) {
		(void)stores_change(machine, KVM_UNREGISTER_COALESCED_MMIO, 0x2000000u + 16 * n,
				    16);
	}
	tap_is(stores_change(machine, KVM_REGISTER_COALESCED_MMIO, 0x2000000u, 16), 0,
	       "and again, when they are removed");
}

/* ---- KVM_IOEVENTFD ---- */

static int32_t stores_event(const struct machine *machine, int32_t event, uint64_t address,
			    uint32_t length, uint64_t match)
{
	struct kvm_ioevent args = { match, address, length, event, STORES_MATCH, { 0 } };

	return sys_ioctl(machine->vm, KVM_IOEVENTFD, sys_at(&args));
}

/* guest_access stores 0x12345678: a word, a halfword at 4, a byte at 6. */
static void test_narrow(struct machine *machine)
{
	int32_t half = events_make(), byte = events_make(), wide = events_make();

	tap_is(stores_event(machine, half, MACHINE_MMIO + 4, 2, 0x5678), 0,
	       "an eventfd for a halfword");
	tap_is(stores_event(machine, byte, MACHINE_MMIO + 6, 1, 0x78), 0, "one for a byte");
	tap_is(stores_event(machine, wide, MACHINE_MMIO, 4, 0x100000000ull + 0x12345678), 0,
	       "one for a value that no word has");
	tap_is(stores_event(machine, wide, ~0ull, 4, 0), -SYS_EINVAL,
	       "one past the end of all addresses");
	machine_complete(machine, 0);
	machine_load(machine, guest_access);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 0x12345678), "the word is an exit");
	(void)machine_run(machine, 0);
	tap_ok(machine->runs[0]->exit_reason == KVM_EXIT_MMIO && !machine->runs[0]->mmio.is_write,
	       "halfword and byte are none");
	tap_is(events_count(half), 1, "the halfword has signalled its eventfd");
	tap_is(events_count(byte), 1, "and the byte");
	tap_is(events_count(wide), 0, "the third one is not signalled");
	(void)sys_close(half);
	(void)sys_close(byte);
	(void)sys_close(wide);
}

void test_stores(void)
{
	struct machine machine;

	if (!machine_make(&machine, 0)) {
		return;
	}
	test_removal(&machine);
	test_wrap(&machine);
	test_zone_limit(&machine);
	test_narrow(&machine);
	machine_end(&machine);
}
