/* SPDX-License-Identifier: BSD-2-Clause */
/* Eventfds for stores and interrupts, coalesced MMIO, routes. */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define EVENTS_NONBLOCK 0x800u
#define EVENTS_MATCH	1u
#define EVENTS_DEASSIGN 4u
#define EVENTS_MAX	170 /* (4096 - 8) / 24 */

static int32_t events_make(void)
{
	return sys_call3(SYS_EVENTFD2, 0, EVENTS_NONBLOCK, 0);
}

/* How often it was signalled. */
static int64_t events_count(int32_t event)
{
	uint64_t count = 0;

	return sys_call3(SYS_READ, (uint32_t)event, sys_at(&count), 8) == 8 ? (int64_t)count : 0;
}

static void events_signal(int32_t event)
{
	uint64_t one = 1;

	(void)sys_call3(SYS_WRITE, (uint32_t)event, sys_at(&one), 8);
}

/* ---- KVM_IOEVENTFD ---- */

static int32_t events_store(const struct machine *machine, int32_t event, uint32_t address,
			    uint32_t length, uint32_t flags, uint64_t match)
{
	struct kvm_ioevent args = { match, address, length, event, flags, { 0 } };

	return sys_ioctl(machine->vm, KVM_IOEVENTFD, sys_at(&args));
}

static void test_store_errors(const struct machine *machine, int32_t event)
{
	tap_is(events_store(machine, event, MACHINE_MMIO, 3, 0, 0), -SYS_EINVAL,
	       "KVM_IOEVENTFD of 3 bytes");
	tap_is(events_store(machine, event, MACHINE_MMIO, 0, EVENTS_MATCH, 0), -SYS_EINVAL,
	       "a value of any length");
	tap_is(events_store(machine, event, MACHINE_MMIO, 4, 0x100, 0), -SYS_EINVAL,
	       "an unknown flag");
	tap_is(events_store(machine, 99, MACHINE_MMIO, 4, 0, 0), -SYS_EBADF, "no descriptor");
	tap_is(events_store(machine, machine->vm, MACHINE_MMIO, 4, 0, 0), -SYS_EINVAL,
	       "no eventfd");
	tap_is(events_store(machine, event, MACHINE_MMIO, 4, EVENTS_DEASSIGN, 0), -SYS_ENOENT,
	       "one that is not there is removed");
}

static void test_store(struct machine *machine)
{
	int32_t event = events_make(), seven = events_make();

	test_store_errors(machine, event);
	tap_is(events_store(machine, seven, MACHINE_MMIO, 4, EVENTS_MATCH, 7), 0,
	       "an eventfd for stores of 7");
	tap_is(events_store(machine, event, MACHINE_MMIO, 4, EVENTS_MATCH, 7), -SYS_EEXIST,
	       "another one for the same");
	tap_is(events_store(machine, event, MACHINE_MMIO, 4, 0, 0), -SYS_EEXIST,
	       "another one for all");
	tap_is(events_store(machine, event, MACHINE_MMIO, 4, EVENTS_MATCH, 8), 0, "one for 8");
	machine_load(machine, guest_count);
	(void)machine_set(machine, 0, KVM_ID_R(0), 6);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 6), "a store of 6 is an exit");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 9), "the next exit is a store of 9");
	tap_is(events_count(seven), 1, "7 has signalled its eventfd");
	tap_is(events_count(event), 1, "and 8");
	tap_is(events_store(machine, event, MACHINE_MMIO, 4, EVENTS_DEASSIGN | EVENTS_MATCH, 8), 0,
	       "that of 8 is removed");
	(void)machine_set(machine, 0, KVM_ID_R(0), 5);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 6) &&
		       machine_stores_this(machine, 0, MACHINE_MMIO, 8),
	       "then a store of 8 is an exit");
	tap_is(events_store(machine, seven, MACHINE_MMIO, 4, EVENTS_DEASSIGN | EVENTS_MATCH, 7), 0,
	       "that of 7 is removed");
	tap_is(events_store(machine, event, MACHINE_MMIO, 0, 0, 0), 0, "one for all lengths");
	machine_load(machine, guest_many);
	(void)machine_set(machine, 0, KVM_ID_R(1), 1000);
	(void)machine_set(machine, 0, KVM_ID_R(0), 0);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 8, 1000),
	       "1,000 stores without an exit");
	tap_is(events_count(event), 1000, "each has signalled it");
	(void)events_store(machine, event, MACHINE_MMIO, 0, EVENTS_DEASSIGN, 0);
	(void)sys_close(event);
	(void)sys_close(seven);
}

/* ---- coalesced MMIO ---- */

static int32_t events_zone(const struct machine *machine, uint32_t call, uint32_t pio)
{
	struct kvm_zone zone = { MACHINE_MMIO, 4, pio };

	return sys_ioctl(machine->vm, call, sys_at(&zone));
}

static void test_ring(struct machine *machine)
{
	struct kvm_ring *ring = machine->ring;
	uint32_t value, first, good = 0;

	tap_is(events_zone(machine, KVM_REGISTER_COALESCED_MMIO, 2), -SYS_EINVAL,
	       "a zone that is neither memory nor ports");
	tap_is(events_zone(machine, KVM_REGISTER_COALESCED_MMIO, 0), 0,
	       "KVM_REGISTER_COALESCED_MMIO");
	machine_load(machine, guest_many);
	(void)machine_set(machine, 0, KVM_ID_R(0), 100);
	(void)machine_set(machine, 0, KVM_ID_R(1), 50);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 8, 150), "50 stores without an exit");
	tap_is(ring->last, 50, "they are in the ring");
	for (first = ring->first; first != ring->last && first < EVENTS_MAX; first++) {
		good += ring->entries[first].address == MACHINE_MMIO &&
			ring->entries[first].bytes == 4 &&
			ring->entries[first].data[0] == 100 + first;
	}
	tap_is(good, 50, "each as it was");
	machine_load(machine, guest_many);
	(void)machine_set(machine, 0, KVM_ID_R(0), 0);
	(void)machine_set(machine, 0, KVM_ID_R(1), 1000);
	tap_ok(machine_stores(machine, 0, MACHINE_MMIO, &value), "a full ring: a store is an exit");
	tap_is(value, EVENTS_MAX - 1 - 50, "when it is full");
	ring->first = ring->last;
	ring->last = 0xffffffff;
	tap_ok(machine_stores(machine, 0, MACHINE_MMIO, &value),
	       "a ring with a wrong index: a store is an exit");
	ring->first = 0;
	ring->last = 0;
	tap_is(events_zone(machine, KVM_UNREGISTER_COALESCED_MMIO, 0), 0,
	       "KVM_UNREGISTER_COALESCED_MMIO");
	tap_is(events_zone(machine, KVM_UNREGISTER_COALESCED_MMIO, 0), 0, "of none");
	tap_ok(machine_stores(machine, 0, MACHINE_MMIO, &value), "then a store is an exit");
}

/* ---- KVM_IRQFD ---- */

static int32_t events_interrupt(const struct machine *machine, int32_t event, uint32_t gsi,
				uint32_t flags)
{
	struct kvm_irqevent args = { (uint32_t)event, gsi, flags, 0, { 0 } };

	return sys_ioctl(machine->vm, KVM_IRQFD, sys_at(&args));
}

struct events_routing {
	uint32_t count, flags;
	struct {
		uint32_t gsi, type, flags, pad, irqchip, pin, more[6];
	} routes[2];
};

static int32_t events_route(const struct machine *machine, struct events_routing *routing)
{
	return sys_ioctl(machine->vm, KVM_SET_GSI_ROUTING, sys_at(routing));
}

static void test_routes(struct machine *machine, int32_t event)
{
	struct events_routing routing = { 1, 0, { { .gsi = 5, .type = 1, .pin = 2000 } } };

	tap_is(events_route(machine, &routing), -SYS_EINVAL, "a route to a pin that is not there");
	routing.routes[0].pin = 8;
	routing.routes[0].irqchip = 1;
	tap_is(events_route(machine, &routing), -SYS_EINVAL, "to another GIC");
	routing.routes[0].irqchip = 0;
	routing.flags = 1;
	tap_is(events_route(machine, &routing), -SYS_EINVAL, "with a flag");
	routing.flags = 0;
	routing.count = 100000;
	tap_is(events_route(machine, &routing), -SYS_EINVAL, "100,000 routes");
	routing.count = 2;
	routing.routes[1] = routing.routes[0];
	tap_is(events_route(machine, &routing), -SYS_EINVAL, "two of one GSI");
	routing.count = 1;
	tap_is(events_route(machine, &routing), 0, "KVM_SET_GSI_ROUTING: GSI 5 is SPI 40");
	tap_is(events_interrupt(machine, event, 5, 0), 0, "an eventfd for GSI 5");
	events_signal(event);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40), "it is SPI 40");
	tap_is(events_interrupt(machine, event, 5, 1), 0, "it is removed");
}

static void test_interrupts(struct machine *machine)
{
	int32_t event = events_make();
	uint32_t value;

	machine_load(machine, guest_gic);
	(void)machine_stores(machine, 0, MACHINE_MMIO, &value);
	tap_is(events_interrupt(machine, event, 8, 0x100), -SYS_EINVAL,
	       "KVM_IRQFD with an unknown flag");
	tap_is(events_interrupt(machine, 99, 8, 0), -SYS_EBADF, "without a descriptor");
	tap_is(events_interrupt(machine, machine->vm, 8, 0), -SYS_EINVAL, "without an eventfd");
	tap_is(events_interrupt(machine, event, 8, 0), 0, "an eventfd for GSI 8");
	tap_is(events_interrupt(machine, event, 9, 0), -SYS_EBUSY, "the same for another one");
	events_signal(event);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40), "it is SPI 40");
	tap_is(events_count(event), 0, "and the eventfd is read");
	tap_is(events_interrupt(machine, event, 8, 1), 0, "it is removed");
	events_signal(event);
	tap_is(events_count(event), 1, "then nobody reads it");
	events_signal(event);
	tap_is(events_interrupt(machine, event, 8, 0), 0, "an eventfd that is signalled already");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40), "is an interrupt at once");
	tap_is(events_interrupt(machine, event, 8, 1), 0, "removed");
	(void)events_count(event);
	test_routes(machine, event);
	tap_is(events_interrupt(machine, event, 5, 0), 0, "an eventfd, which is closed");
	(void)sys_close(event);
}

void test_events(void)
{
	struct machine machine;

	if (machine_make(&machine, 0)) {
		int32_t event = events_make();

		tap_is(events_interrupt(&machine, event, 8, 0), -SYS_EAGAIN,
		       "KVM_IRQFD of a VM without a GIC");
		(void)sys_close(event);
		test_store(&machine);
		test_ring(&machine);
		machine_end(&machine);
	}
	if (machine_make(&machine, MACHINE_GIC)) {
		test_interrupts(&machine);
		machine_end(&machine);
	}
}
