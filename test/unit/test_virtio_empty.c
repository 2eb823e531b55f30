/* SPDX-License-Identifier: BSD-2-Clause */
/* An empty virtio-mmio transport (Virtio 1.1, 4.2.2): magic, version 1 as QEMU's default is, no
 * device, QEMU's vendor; all else reads as zero, and nothing can be written. */
#include "hyp/dev/virtio_empty.h"
#include "test/unit/test.h"

/* What the word at `offset` of each window reads as. */
static uint32_t want(uint32_t offset)
{
	switch (offset % 0x200) {
	case 0x000:
		return 0x74726976;
	case 0x004:
		return 1;
	case 0x00c:
		return 0x554d4551;
	default:
		return 0;
	}
}

static uint32_t access(uint32_t offset, uint32_t size, bool is_write, uint32_t value)
{
	struct mmio mmio = { .offset = offset, .size = size, .is_write = is_write };

	mmio.value = value;
	CHECK_EQ(virtio_empty_access(&mmio), 0);
	return mmio.value;
}

static void run_every_register(void)
{
	for (uint32_t offset = 0; offset < 0x4000; offset += 4) {
		CHECK_EQ(access(offset, 4, false, 0), want(offset));
	}
}

static void run_every_width(void)
{
	for (uint32_t offset = 0; offset < 0x4000; offset++) {
		uint32_t word = want(offset & ~3u);

		CHECK_EQ(access(offset, 1, false, 0), word >> 8 * (offset & 3) & 0xff);
		if (offset % 2 == 0) {
			CHECK_EQ(access(offset, 2, false, 0), word >> 8 * (offset & 2) & 0xffff);
		}
	}
}

static void run_writes_do_nothing(void)
{
	for (uint32_t offset = 0; offset < 0x400; offset += 4) {
		for (uint32_t size = 1; size <= 4; size *= 2) {
			(void)access(offset, size, true, 0xffffffff);
		}
		CHECK_EQ(access(offset, 4, false, 0), want(offset));
	}
}

static const struct test_case cases[] = {
	{ "every_register", run_every_register },
	{ "every_width", run_every_width },
	{ "writes_do_nothing", run_writes_do_nothing },
};

TEST_MAIN("virtio_empty", cases)
