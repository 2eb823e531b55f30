/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/core/device.c: whose an access is, who is reset with a partition, who has something due. The
 * devices themselves are not there; places are typed again, from QEMU's virt board. */
#include "hyp/core/device.h"
#include "test/unit/test.h"

#define NEVER UINT64_MAX

struct vm vms[MANIFEST_MAX_PARTITIONS];
uint32_t vm_count;
struct vcpu *vm_vcpu_by_entity[SCHED_MAX_VCPUS];
struct sched vm_sched;
struct lock vm_sched_lock;

static struct manifest_partition config[3];
static struct vcpu guest = { .vm = &vms[1] };
static const struct cpu *this_cpu;

/* Who was called last, with which offset; and for whom, as letters. */
static const char *called;
static uint32_t called_offset;
static char calls[32];

static enum mmio_result note(const char *who, const struct vcpu *vcpu, const struct mmio *mmio)
{
	CHECK(vcpu == &guest && !called);
	called = who;
	called_offset = mmio->offset;
	return MMIO_RETRY;
}

enum mmio_result vsync_dist(struct vcpu *vcpu, struct mmio *mmio)
{
	return note("dist", vcpu, mmio);
}

enum mmio_result vsync_dir(struct vcpu *vcpu, struct mmio *mmio)
{
	return note("dir", vcpu, mmio);
}

bool vsync_dist_read(const struct vcpu *vcpu, uint32_t offset, uint32_t *value)
{
	*value = offset;
	return vcpu->index;
}

bool vsync_dist_write(struct vcpu *vcpu, uint32_t offset, uint32_t value)
{
	return vcpu->index && offset == value;
}

bool tty_read(const struct vcpu *vcpu, uint32_t offset, uint32_t *value)
{
	*value = offset + 1;
	return vcpu->index;
}

enum mmio_result tty_access(struct vcpu *vcpu, struct mmio *mmio)
{
	return note("tty", vcpu, mmio);
}

enum mmio_result rtc_access(struct vcpu *vcpu, struct mmio *mmio)
{
	return note("rtc", vcpu, mmio);
}

enum mmio_result watchdog_access(struct vcpu *vcpu, struct mmio *mmio)
{
	return note("watchdog", vcpu, mmio);
}

enum mmio_result shared_access(struct vcpu *vcpu, struct mmio *mmio)
{
	return note("shared", vcpu, mmio);
}

enum mmio_result virtio_access(struct vcpu *vcpu, struct mmio *mmio)
{
	return note("virtio", vcpu, mmio);
}

static void add_call(char what, const struct vm *vm)
{
	size_t length = strlen(calls);

	CHECK(length + 3 <= sizeof(calls));
	calls[length] = what;
	calls[length + 1] = (char)('0' + (vm - vms));
	calls[length + 2] = 0;
}

void tty_reset(struct vm *vm)
{
	add_call('t', vm);
}

void rtc_reset(struct vm *vm)
{
	add_call('r', vm);
}

void watchdog_reset(struct vm *vm)
{
	add_call('w', vm);
}

bool shared_write(struct vcpu *vcpu, uint32_t offset, uint32_t value)
{
	return vcpu->index && offset == value;
}

static uint64_t due[3], watchdog_is_due;

uint64_t rtc_due(struct vm *vm, const struct cpu *cpu, uint64_t now)
{
	CHECK(cpu == this_cpu && now == 1234);
	add_call('d', vm);
	return due[vm - vms];
}

uint64_t watchdog_due(struct vm *vm, const struct cpu *cpu, uint64_t now)
{
	CHECK(cpu == this_cpu && now == 1234);
	add_call('e', vm);
	return watchdog_is_due;
}

static void boot(uint32_t windows)
{
	vm_count = 3;
	for (uint32_t n = 0; n < 3; n++) {
		config[n].windows = n == 1 ? windows : 0;
		vms[n].config = &config[n];
	}
	calls[0] = 0;
}

/* The window's number by its name, as lists have it. */
static uint32_t window(const char *name)
{
	uint32_t n = 0;

	while (n < MACHINE_NR_WINDOWS && strcmp(machine_window_names[n], name) != 0) {
		n++;
	}
	CHECK(n < MACHINE_NR_WINDOWS);
	return n;
}

static const struct {
	const char *window, *who;
	uint32_t page, pages;
} places[] = {
	{ "gicd", "dist", 0x08000, 1 },		{ "gicc", "dir", 0x08011, 1 },
	{ "uart", "tty", 0x09000, 1 },		{ "rtc", "rtc", 0x09010, 1 },
	{ "virtio", "virtio", 0x0a000, 4 },	{ "shared", "shared", 0x0b000, 4 },
	{ "watchdog", "watchdog", 0x09050, 1 },
};
#define PLACES (sizeof(places) / sizeof(places[0]))

/* Those of `places`, and what is kept free: all that this test knows. */
static uint32_t known(void)
{
	uint32_t windows = 1u << window("gicv2m");

	for (uint32_t n = 0; n < PLACES; n++) {
		windows |= 1u << window(places[n].window);
	}
	return windows;
}

/* An access to a page, by a partition with these windows. */
static void look(uint32_t page, uint32_t windows)
{
	struct mmio mmio = { .offset = 0x208, .size = 4, .value = 0x55 };
	enum mmio_result result;
	uint32_t n = 0;

	while (n < PLACES && (page - places[n].page >= places[n].pages ||
			      !(windows >> window(places[n].window) & 1))) {
		n++;
	}
	called = NULL;
	result = device_access(&guest, page, &mmio);
	if (n == PLACES) {
		CHECK(result == MMIO_ABORT && !called);
	} else {
		CHECK(result == MMIO_RETRY && called && strcmp(called, places[n].who) == 0);
		CHECK_EQ(called_offset, (page - places[n].page) * 0x1000 + 0x208);
	}
}

static void every_page(void)
{
	boot(known());
	for (uint32_t page = 0; page < 0x100000; page += page < 0x0c000 ? 1 : 0x35) {
		look(page, known());
	}
	for (uint32_t n = 0; n < PLACES; n++) { /* the same, above 4 GiB */
		for (uint32_t bit = 20; bit < 28; bit++) {
			look(places[n].page | 1u << bit, 0);
		}
	}
}

static void only_what_it_has(void)
{
	for (uint32_t has = 0; has < PLACES; has++) {
		uint32_t windows = 1u << window(places[has].window);

		for (uint32_t round = 0; round < 2; round++) {
			boot(round ? windows : known() & ~windows);
			for (uint32_t n = 0; n < PLACES; n++) {
				look(places[n].page, config[1].windows);
				look(places[n].page + places[n].pages - 1, config[1].windows);
			}
		}
	}
}

/* A window's device lies in it. One is nobody's: it is kept free. */
static void every_row(void)
{
	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		const struct device_ops *ops = &device_ops[n];

		CHECK((ops->access != NULL) == (n != window("gicv2m")));
		CHECK((ops->from | ops->bytes) % 0x1000 == 0);
		CHECK(ops->from + ops->bytes <= machine_windows[n].size);
		CHECK(ops->access || (ops->bytes == 0 && !ops->reset && !ops->due));
	}
}

static void resets(void)
{
	static const struct {
		const char *window, *want;
	} each[] = { { "gicd", "" },  { "virtio", "" },	    { "uart", "t1" },
		     { "rtc", "r1" }, { "watchdog", "w1" }, { "shared", "" } };

	for (uint32_t n = 0; n < sizeof(each) / sizeof(each[0]); n++) {
		boot(1u << window(each[n].window));
		device_reset(&vms[1]);
		CHECK(strcmp(calls, each[n].want) == 0);
		device_reset(&vms[0]);
		CHECK(strcmp(calls, each[n].want) == 0);
	}
	boot(known());
	device_reset(&vms[1]);
	CHECK(strcmp(calls, "t1r1w1") == 0);
}

static void first_due(void)
{
	struct cpu cpu = { 0 };

	this_cpu = &cpu;
	watchdog_is_due = NEVER;
	boot(known() & ~(1u << window("rtc") | 1u << window("watchdog")));
	CHECK_EQ(device_due(&cpu, 1234), NEVER);
	CHECK(strcmp(calls, "") == 0);
	config[0].windows = config[2].windows = known();
	due[0] = 77;
	due[2] = 78;
	CHECK_EQ(device_due(&cpu, 1234), 77);
	CHECK(strcmp(calls, "d0d2e0e2") == 0);
	watchdog_is_due = 76;
	CHECK_EQ(device_due(&cpu, 1234), 76);
	watchdog_is_due = NEVER;
	calls[0] = 0;
	due[0] = NEVER;
	CHECK_EQ(device_due(&cpu, 1234), 78);
	vm_count = 1;
	CHECK_EQ(device_due(&cpu, 1234), NEVER);
}

static const struct test_case cases[] = {
	{ "every_page", every_page }, { "only_what_it_has", only_what_it_has },
	{ "every_row", every_row },   { "resets", resets },
	{ "first_due", first_due },
};

TEST_MAIN("device", cases)
