/* SPDX-License-Identifier: BSD-2-Clause */
/* The register page of shared memory, from docs/shared-memory.md; offsets and bits of the first
 * five registers as in Jailhouse's IVSHMEM specification, version 2. */
#include "hyp/dev/ivshmem.h"
#include "test/unit/test.h"

static struct ivshmem device;
static struct ivshmem_effect effect;

static uint32_t get(uint32_t self, uint32_t offset)
{
	struct mmio mmio = { .offset = offset, .size = 4 };

	CHECK_EQ(ivshmem_access(&device, self, &mmio, &effect), MMIO_OK);
	CHECK(!effect.told && !effect.look && !effect.state_is_new);
	return mmio.value;
}

/* With the peers that are told, those whose level may have changed, and is the state new? */
static void set(uint32_t self, uint32_t offset, uint32_t value, uint32_t told, uint32_t look,
		bool is_new)
{
	struct mmio mmio = { .offset = offset, .size = 4, .is_write = true, .value = value };

	CHECK_EQ(ivshmem_access(&device, self, &mmio, &effect), MMIO_OK);
	CHECK_EQ(effect.told, told);
	CHECK_EQ(effect.look, look);
	CHECK_EQ(effect.state_is_new, is_new);
}

static void start(uint32_t peers)
{
	memset(&device, 0, sizeof(device));
	device.nr_peers = peers;
	device.common_size = 0x3000;
	device.output_size = 0x2000;
	for (uint32_t n = 0; n < peers; n++) {
		device.peer[n].ipa = ipa_make(0x10000000 + n * 0x100000);
	}
}

static void enable_all(void)
{
	for (uint32_t n = 0; n < device.nr_peers; n++) {
		set(n, 0x08, 1, 0, 1u << n, false);
	}
}

static void constants(void)
{
	start(3);
	for (uint32_t n = 0; n < 3; n++) {
		CHECK_EQ(get(n, 0x00), n);
		CHECK_EQ(get(n, 0x04), 3);
		CHECK_EQ(get(n, 0x08), 0);
		CHECK_EQ(get(n, 0x0c), 0); /* the doorbell */
		CHECK_EQ(get(n, 0x10), 0);
		CHECK_EQ(get(n, 0x20), 0);
		CHECK_EQ(get(n, 0x24), 0x1000);
		CHECK_EQ(get(n, 0x28), 0x3000);
		CHECK_EQ(get(n, 0x2c), 0x2000);
		CHECK_EQ(get(n, 0x30), 0x10000000 + n * 0x100000);
	}
}

/* They read as zero, and ignore writes; so does what is read-only. */
static void nothing(void)
{
	start(8);
	for (uint32_t offset = 0; offset < 0x1000; offset += 4) {
		bool writable =
			offset == 0x08 || offset == 0x0c || offset == 0x10 || offset == 0x20;

		if (!writable) {
			struct ivshmem before = device;

			set(5, offset, 0xffffffff, 0, 0, false);
			CHECK(memcmp(&before, &device, sizeof(device)) == 0);
		}
		if (offset > 0x10 && offset < 0x20) {
			CHECK_EQ(get(5, offset), 0);
		}
		if ((offset > 0x30 && offset < 0x40) || offset >= 0x60) {
			CHECK_EQ(get(5, offset), 0);
		}
	}
}

/* Only words: others read as zero and change nothing. */
static void sizes(void)
{
	start(2);
	enable_all();
	for (uint32_t size = 1; size <= 2; size++) {
		for (uint32_t offset = 0; offset < 0x60; offset += size) {
			struct mmio read = { .offset = offset, .size = size };
			struct mmio write = { offset, size, true, 0xffff };

			CHECK_EQ(ivshmem_access(&device, 1, &read, &effect), MMIO_OK);
			CHECK_EQ(read.value, 0);
			CHECK_EQ(ivshmem_access(&device, 1, &write, &effect), MMIO_OK);
			CHECK(!effect.told && !effect.look && !effect.state_is_new);
		}
	}
	CHECK_EQ(get(1, 0x08), 1);
	CHECK_EQ(get(1, 0x10), 0);
}

static void doorbell(void)
{
	start(3);
	set(0, 0x0c, 1 << 16, 0, 0, false); /* disabled: nothing is kept */
	set(1, 0x08, 1, 0, 2, false);
	CHECK(!ivshmem_irq(&device, 1));
	set(0, 0x0c, 1 << 16, 2, 2, false);
	CHECK(ivshmem_irq(&device, 1) && !ivshmem_irq(&device, 0) && !ivshmem_irq(&device, 2));
	CHECK_EQ(get(1, 0x20), 1);
	set(2, 0x0c, 1 << 16, 2, 2, false);
	CHECK_EQ(get(1, 0x20), 5);
	set(2, 0x0c, 1 << 16, 2, 2, false); /* again: an edge each time */
	set(1, 0x0c, 1 << 16, 2, 2, false); /* itself */
	CHECK_EQ(get(1, 0x20), 7);
	/* No such peer; another vector */
	set(0, 0x0c, 3 << 16, 0, 0, false);
	set(0, 0x0c, 0xffffu << 16, 0, 0, false);
	set(0, 0x0c, 8u << 16, 0, 0, false);
	set(0, 0x0c, 1 << 16 | 1, 0, 0, false);
	set(0, 0x0c, 1 << 16 | 0x8000, 0, 0, false);
	CHECK_EQ(get(1, 0x20), 7);
}

static void events(void)
{
	start(2);
	enable_all();
	set(0, 0x0c, 1 << 16, 2, 2, false);
	set(0, 0x10, 9, 2, 2, true);
	CHECK_EQ(get(1, 0x20), 0x10001);
	set(1, 0x20, 2, 0, 2, false); /* of nobody */
	CHECK_EQ(get(1, 0x20), 0x10001);
	set(1, 0x20, 1, 0, 2, false);
	CHECK(ivshmem_irq(&device, 1));
	set(1, 0x20, 0xffffffff, 0, 2, false);
	CHECK(!ivshmem_irq(&device, 1));
	CHECK_EQ(get(1, 0x20), 0);
	CHECK_EQ(get(0, 0x20), 0);
}

/* Events that came before it was disabled are signalled again; those in between are not kept. */
static void control(void)
{
	start(2);
	set(1, 0x08, 0xffffffff, 0, 2, false);
	CHECK_EQ(get(1, 0x08), 1);
	set(0, 0x0c, 1 << 16, 2, 2, false);
	set(1, 0x08, 0, 0, 2, false);
	CHECK(!ivshmem_irq(&device, 1));
	set(0, 0x10, 4, 0, 0, true);
	CHECK_EQ(get(1, 0x20), 1);
	set(1, 0x08, 1, 2, 2, false);
	CHECK(ivshmem_irq(&device, 1));
	set(1, 0x08, 1, 0, 2, false); /* it is enabled already: no new edge */
	set(1, 0x20, 1, 0, 2, false);
	set(1, 0x08, 0, 0, 2, false);
	set(1, 0x08, 1, 0, 2, false);
}

static void state(void)
{
	start(8);
	enable_all();
	set(2, 0x10, 0x80000001, 0xfb, 0xfb, true); /* all others */
	set(2, 0x10, 0x80000001, 0, 0, false);	    /* the same value */
	CHECK_EQ(get(2, 0x10), 0x80000001);
	CHECK_EQ(get(2, 0x20), 0);
	for (uint32_t n = 0; n < 8; n++) {
		CHECK_EQ(get(n, 0x48), 0x80000001);
		CHECK_EQ(get(n, 0x44), 0);
		CHECK_EQ(get(n, 0x20), n == 2 ? 0 : 0x40000);
	}
	set(7, 0x10, 3, 0x7f, 0x7f, true);
	CHECK_EQ(get(0, 0x5c), 3);
	CHECK_EQ(get(0, 0x20), 0x840000);
	set(0, 0x48, 1, 0, 0, false);
	CHECK_EQ(get(2, 0x10), 0x80000001);
}

/* Fewer peers have fewer states. */
static void few(void)
{
	start(2);
	set(1, 0x10, 5, 0, 0, true);
	CHECK_EQ(get(0, 0x44), 5);
	device.peer[2].state = 6; /* there is none */
	CHECK_EQ(get(0, 0x48), 0);
}

static void reset(void)
{
	start(3);
	enable_all();
	set(1, 0x10, 5, 5, 5, true);
	set(0, 0x0c, 1 << 16, 2, 2, false);
	set(0, 0x20, 0xffffffff, 0, 1, false);
	ivshmem_reset(&device, 1, &effect);
	CHECK_EQ(effect.told, 5);
	CHECK_EQ(effect.look, 7);
	CHECK(effect.state_is_new);
	CHECK_EQ(get(1, 0x10), 0);
	CHECK_EQ(get(1, 0x08), 0);
	CHECK_EQ(get(1, 0x20), 0);
	CHECK(!ivshmem_irq(&device, 1) && ivshmem_irq(&device, 0) && ivshmem_irq(&device, 2));
	CHECK_EQ(get(0, 0x20), 0x20000);
	CHECK_EQ(get(1, 0x30), 0x10100000);
	ivshmem_reset(&device, 1, &effect); /* its state is 0: nobody is told */
	CHECK_EQ(effect.told, 0);
	CHECK_EQ(effect.look, 2);
	CHECK(!effect.state_is_new);
}

static const struct test_case cases[] = {
	{ "constants", constants }, { "nothing", nothing }, { "sizes", sizes },
	{ "doorbell", doorbell },   { "events", events },   { "control", control },
	{ "state", state },	    { "few", few },	    { "reset", reset },
};

TEST_MAIN("ivshmem", cases)
