/* SPDX-License-Identifier: BSD-2-Clause */
/* Eventfds for stores and interrupts, coalesced MMIO, routes. */
#include "guest/linux/kvmtest/events.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define EVENTS_NONBLOCK 0x800u
#define EVENTS_MATCH	1u
#define EVENTS_DEASSIGN 4u
#define EVENTS_RESAMPLE 2u  /* of KVM_IRQFD */
#define EVENTS_MAX	170 /* (4096 - 8) / 24 */

int32_t events_make(void)
{
	return sys_call3(SYS_EVENTFD2, 0, EVENTS_NONBLOCK, 0);
}

int64_t events_count(int32_t event)
{
	uint64_t count = 0;

	return sys_call3(SYS_READ, (uint32_t)event, sys_at(&count), 8) == 8 ? (int64_t)count : 0;
}

void events_signal(int32_t event)
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

static int32_t events_zone_at(const struct machine *machine, uint32_t call, uint32_t address,
			      uint32_t size)
{
	struct kvm_zone zone = { address, size, 0 };

	return sys_ioctl(machine->vm, call, sys_at(&zone));
}

static int32_t events_zone(const struct machine *machine, uint32_t call, uint32_t pio)
{
	struct kvm_zone zone = { MACHINE_MMIO, 4, pio };

	return sys_ioctl(machine->vm, call, sys_at(&zone));
}

/* A byte of a zone is enough to remove it, as VMMs do; more than a zone is not. */
static void test_parts(struct machine *machine)
{
	(void)events_zone_at(machine, KVM_REGISTER_COALESCED_MMIO, MACHINE_MMIO, 4);
	tap_is(events_zone_at(machine, KVM_UNREGISTER_COALESCED_MMIO, MACHINE_MMIO - 4, 12), 0,
	       "a zone around another one is removed");
	machine_load(machine, guest_many);
	(void)machine_set(machine, 0, KVM_ID_R(0), 100);
	(void)machine_set(machine, 0, KVM_ID_R(1), 50);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 8, 150),
	       "which stays: no store is an exit");
	tap_is(events_zone_at(machine, KVM_UNREGISTER_COALESCED_MMIO, MACHINE_MMIO, 1), 0,
	       "a byte of it is removed");
	machine_load(machine, guest_many);
	(void)machine_set(machine, 0, KVM_ID_R(0), 7);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 7), "and with it the zone");
	machine->ring->first = machine->ring->last;
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
	test_parts(machine);
}

/* ---- KVM_IRQFD ---- */

int32_t events_resample(const struct machine *machine, int32_t event, uint32_t gsi,
			int32_t resample)
{
	struct kvm_irqevent args = {
		(uint32_t)event, gsi, EVENTS_RESAMPLE, (uint32_t)resample, { 0 }
	};

	return sys_ioctl(machine->vm, KVM_IRQFD, sys_at(&args));
}

int32_t events_interrupt(const struct machine *machine, int32_t event, uint32_t gsi, uint32_t flags)
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
	routing.routes[0].type = 2;
	tap_is(events_route(machine, &routing), -SYS_EINVAL, "one of them of an MSI");
	routing.routes[0].type = 1;
	routing.count = 1;
	tap_is(events_route(machine, &routing), 0, "KVM_SET_GSI_ROUTING: GSI 5 is SPI 40");
	tap_is(events_interrupt(machine, event, 5, 0), 0, "an eventfd for GSI 5");
	events_signal(event);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40), "it is SPI 40");
	tap_is(events_interrupt(machine, event, 5, 1), 0, "it is removed");
}

/* A line in place of a pin, and its number in place of an irq word: not in KVM. */
static void test_numbers(struct machine *machine, int32_t event)
{
	struct events_routing routing = {
		2, 0, { { .gsi = 7, .type = 1, .pin = 8 }, { .gsi = 9, .type = 0x80000001 } }
	};

	routing.routes[1].irqchip = 3 << 24; /* u.pad[0] */
	if (events_route(machine, &routing) == -SYS_EINVAL) {
		routing.routes[1].irqchip = 2 << 24 | 20;
	}
	if (events_route(machine, &routing) != 0) {
		tap_skip("numbers for lines", "KVM has pins alone");
		return;
	}
	tap_is(machine_line(machine, 0x80u << 24 | 7, 1), 0, "KVM_IRQ_LINE by number: SPI 40");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40), "the guest takes it");
	tap_is(machine_line(machine, 0x80u << 24 | 9, 1), 0, "by number: a PPI");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 20), "the guest takes that");
	tap_is(machine_line(machine, 0x80u << 24 | 9, 0), 0, "it is lowered");
	tap_is(machine_line(machine, 0x80u << 24 | 8, 1), -SYS_ENXIO, "a number without a line");
	tap_is(events_interrupt(machine, event, 9, 0), 0, "an eventfd by number");
	tap_is(events_interrupt(machine, event, 9, 1), 0, "it is removed");
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
	test_numbers(machine, event);
	test_routes(machine, event);
	tap_is(events_interrupt(machine, event, 5, 0), 0, "an eventfd, which is closed");
	(void)sys_close(event);
}

/* ---- with KVM_IRQFD_FLAG_RESAMPLE ---- */

static void test_resample_errors(const struct machine *machine, int32_t event)
{
	tap_is(sys_ioctl(machine->vm, KVM_CHECK_EXTENSION, KVM_CAP_IRQFD_RESAMPLE), 1,
	       "KVM_CAP_IRQFD_RESAMPLE");
	tap_is(events_resample(machine, event, 1, 99), -SYS_EBADF,
	       "a resample eventfd without a descriptor");
	tap_is(events_resample(machine, event, 1, machine->vm), -SYS_EINVAL, "that is none");
}

/* The guest has stored its acknowledge: it ends the interrupt, and comes to the next one. */
static void test_resample_of(struct machine *machine, const int32_t *event, const int32_t *again)
{
	tap_is(events_resample(machine, event[0], 1, again[0]), 0, "an eventfd for GSI 1, a level");
	tap_is(events_resample(machine, event[1], 1, again[1]), 0, "and another one");
	events_signal(event[0]);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 33), "it is SPI 33");
	tap_is(events_count(again[0]) + events_count(again[1]), 0,
	       "the guest has not ended it: nobody is told");
	(void)machine_line(machine, 1 << 24 | 40, 1);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40),
	       "it ends it, and takes another one: the line has fallen");
	tap_is(events_count(again[0]), 1, "the resample eventfd is signalled");
	tap_is(events_count(again[1]), 1, "the other one of this GSI, too");
	events_signal(event[1]);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 33), "it is raised again");
	tap_is(events_interrupt(machine, event[0], 1, 1), 0, "the first eventfd is removed");
	(void)machine_line(machine, 1 << 24 | 40, 1);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40), "the guest ends it");
	tap_is(events_count(again[0]), 0, "its resample eventfd is not signalled any more");
	tap_is(events_count(again[1]), 1, "the other one is");
}

/* A level by KVM_IRQ_LINE is the VMM's: it stays. With the last one, the line falls. */
static void test_resample_end(struct machine *machine, int32_t event)
{
	(void)machine_line(machine, 1 << 24 | 34, 1);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 34) &&
		       machine_stores_this(machine, 0, MACHINE_MMIO + 4, 34),
	       "the line of another interrupt stays high");
	(void)machine_line(machine, 1 << 24 | 34, 0);
	events_signal(event);
	tap_is(events_interrupt(machine, event, 1, 1), 0, "the last one is removed");
	(void)machine_line(machine, 1 << 24 | 40, 1);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40), "its line has fallen");
}

/* ---- a device in another thread, for a guest that waits ---- */

#define EVENTS_TURNS 100u

struct events_device {
	struct sys_thread thread;
	int32_t event, again;
	volatile uint32_t told;
};

/* Each time that it is told, it needs the interrupt again. */
static void events_play(void *argument)
{
	struct events_device *self = argument;
	struct {
		int32_t file;
		uint16_t events, got;
	} poll = { self->again, 1, 0 };

	for (uint32_t n = 0; n < EVENTS_TURNS; n++) {
		events_signal(self->event);
		(void)sys_call3(SYS_POLL, sys_at(&poll), 1, 5000);
		self->told += events_count(self->again) == 1;
	}
}

static void test_resample_device(const struct machine *machine, int32_t event, int32_t again)
{
	struct events_device device = { .event = event, .again = again };
	uint32_t taken = 0;

	tap_is(events_resample(machine, event, 1, again), 0, "a device that is told");
	if (!sys_thread_start(&device.thread, events_play, &device)) {
		tap_ok(false, "a thread is started");
		return;
	}
	while (taken < EVENTS_TURNS && machine_stores_this(machine, 0, MACHINE_MMIO + 4, 33)) {
		taken++;
	}
	tap_is(taken, EVENTS_TURNS, "the guest takes 100 interrupts, each once");
	(void)machine_line(machine, 1 << 24 | 40, 1);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40), "and no more");
	sys_thread_join(&device.thread);
	tap_is(device.told, EVENTS_TURNS, "the device is told of each");
}

static void test_resample(void)
{
	int32_t event[2] = { events_make(), events_make() };
	int32_t again[2] = { events_make(), events_make() };
	struct machine machine;
	uint32_t value;

	if (!machine_make(&machine, MACHINE_GIC)) {
		return;
	}
	machine_load(&machine, guest_gic);
	(void)machine_stores(&machine, 0, MACHINE_MMIO, &value);
	test_resample_errors(&machine, event[0]);
	test_resample_of(&machine, event, again);
	test_resample_end(&machine, event[1]);
	test_resample_device(&machine, event[0], again[0]);
	machine_end(&machine);
	for (uint32_t n = 0; n < 2; n++) {
		(void)sys_close(event[n]);
		(void)sys_close(again[n]);
	}
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
	test_resample();
}
