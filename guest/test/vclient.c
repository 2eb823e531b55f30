/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of guest/test/vbackend.c that gives its disk queues in which anything stands: addresses
 * at both ends of its memory and outside, lengths, flags, loops, indices (Virtio 1.1, 2.6
 * and 4.2.2). What is within its memory lies in a buffer of its own, as a client may well harm
 * itself. Then the disk, reset, and the console do their work as ever.
 */
#include "guest/lib/guest.h"
#include "guest/lib/mmio.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/test/random.h"
#include <string.h>

#define VCLIENT_DISK	0x0a003c00u /* window 30 */
#define VCLIENT_PORT	0x0a003e00u /* window 31 */
#define VCLIENT_ROUNDS	200u
#define VCLIENT_ENTRIES 8u
#define VCLIENT_SCRATCH 0x4000u

#define VCLIENT_VERSION_1   1u /* in the features' upper word */
#define VCLIENT_NEEDS_RESET 0x40u
#define VCLIENT_NEXT	    1u /* of a descriptor */
#define VCLIENT_WRITE	    2u

enum {
	VCLIENT_FEATURES = 0x20,
	VCLIENT_FEATURES_SEL = 0x24,
	VCLIENT_QUEUE_SEL = 0x30,
	VCLIENT_QUEUE_NUM = 0x38,
	VCLIENT_QUEUE_READY = 0x44,
	VCLIENT_NOTIFY = 0x50,
	VCLIENT_ACK = 0x64,
	VCLIENT_STATUS = 0x70,
	VCLIENT_DESC = 0x80,
	VCLIENT_AVAIL = 0x90,
	VCLIENT_USED = 0xa0,
};

struct vclient_queue {
	struct {
		uint64_t address;
		uint32_t length;
		uint16_t flags, next;
	} desc[VCLIENT_ENTRIES];
	uint16_t avail_flags, avail_idx, avail_ring[VCLIENT_ENTRIES], avail_event;
	uint16_t fill;
	volatile uint16_t used_flags, used_idx;
	struct {
		uint32_t id, length;
	} used_ring[VCLIENT_ENTRIES];
};

static struct vclient_queue vclient_queue __attribute__((aligned(16)));
static uint8_t vclient_scratch[VCLIENT_SCRATCH] __attribute__((aligned(16)));
static uint32_t vclient_state = 1;

static uint32_t vclient_draw(uint32_t count)
{
	return random_next(&vclient_state) % count;
}

static uint32_t vclient_place(const volatile void *object)
{
	return (uint32_t)(uintptr_t)object;
}

static uint64_t vclient_address(void)
{
	const uint64_t outside[] = {
		0,
		guest_memory_base() - 8,
		guest_memory_base() + guest_memory_size() - 4,
		guest_memory_base() + guest_memory_size(),
		0xfffffff0u,
		0x08000000u,
		0x80000000u,
		0x100000000u + vclient_place(vclient_scratch),
		0xffffffffffffffffu,
	};

	return vclient_draw(3) ? vclient_place(vclient_scratch) + vclient_draw(VCLIENT_SCRATCH / 2)
			       : outside[vclient_draw(sizeof(outside) / sizeof(outside[0]))];
}

static void vclient_write64(uint32_t base, uint32_t offset, uint64_t value)
{
	mmio_write32(base + offset, (uint32_t)value);
	mmio_write32(base + offset + 4, (uint32_t)(value >> 32));
}

static void vclient_begin(uint32_t base)
{
	mmio_write32(base + VCLIENT_STATUS, 0);
	mmio_write32(base + VCLIENT_STATUS, 3);
	mmio_write32(base + VCLIENT_FEATURES_SEL, 1);
	mmio_write32(base + VCLIENT_FEATURES, VCLIENT_VERSION_1);
	mmio_write32(base + VCLIENT_STATUS, 11);
}

static void vclient_set_queue(uint32_t base, uint32_t number, uint32_t entries, uint64_t desc,
			      uint64_t avail, uint64_t used)
{
	mmio_write32(base + VCLIENT_QUEUE_SEL, number);
	mmio_write32(base + VCLIENT_QUEUE_NUM, entries);
	vclient_write64(base, VCLIENT_DESC, desc);
	vclient_write64(base, VCLIENT_AVAIL, avail);
	vclient_write64(base, VCLIENT_USED, used);
	mmio_write32(base + VCLIENT_QUEUE_READY, 1);
	mmio_write32(base + VCLIENT_STATUS, 15);
}

static void vclient_open(uint32_t base, uint32_t number)
{
	memset(&vclient_queue, 0, sizeof(vclient_queue));
	vclient_begin(base);
	vclient_set_queue(base, number, VCLIENT_ENTRIES, vclient_place(vclient_queue.desc),
			  vclient_place(&vclient_queue.avail_flags),
			  vclient_place(&vclient_queue.used_flags));
}

/* ---- anything ---- */

static void vclient_fill(void)
{
	static const uint32_t lengths[] = { 0, 1, 16, 512, 4095, 0x400000, 0x80000000, 0xffffffff };

	for (uint32_t i = 0; i < VCLIENT_ENTRIES; i++) {
		vclient_queue.desc[i].address = vclient_address();
		vclient_queue.desc[i].length = lengths[vclient_draw(8)];
		vclient_queue.desc[i].flags = (uint16_t)vclient_draw(vclient_draw(4) ? 4 : 0x10000);
		vclient_queue.desc[i].next =
			(uint16_t)vclient_draw(vclient_draw(4) ? VCLIENT_ENTRIES : 0x10000);
		vclient_queue.avail_ring[i] =
			(uint16_t)vclient_draw(vclient_draw(4) ? VCLIENT_ENTRIES : 0x10000);
	}
	vclient_queue.avail_idx = (uint16_t)vclient_draw(vclient_draw(2) ? 10 : 0x10000);
}

/* Is the device still one? Returns whether it asks for a reset. */
static bool vclient_round(uint32_t *wrong)
{
	static const uint32_t entries[] = {
		VCLIENT_ENTRIES, VCLIENT_ENTRIES, VCLIENT_ENTRIES, 0, 3, 64, 0x8000, ~0u
	};
	uint64_t place[3] = { vclient_place(vclient_queue.desc),
			      vclient_place(&vclient_queue.avail_flags),
			      vclient_place(vclient_scratch) };
	uint32_t status;

	if (vclient_draw(3) == 0) {
		place[vclient_draw(3)] = vclient_address();
	}
	vclient_fill();
	vclient_begin(VCLIENT_DISK);
	vclient_set_queue(VCLIENT_DISK, vclient_draw(8) ? 0 : vclient_draw(0x10000),
			  entries[vclient_draw(8)], place[0], place[1], place[2]);
	mmio_write32(VCLIENT_DISK + VCLIENT_NOTIFY, vclient_draw(8) ? 0 : vclient_draw(0x10000));
	status = mmio_read32(VCLIENT_DISK + VCLIENT_STATUS);
	mmio_write32(VCLIENT_DISK + VCLIENT_ACK, ~0u);
	*wrong += mmio_read32(VCLIENT_DISK) != 0x74726976u || (status & ~0xcfu) != 0;
	return (status & VCLIENT_NEEDS_RESET) != 0;
}

static void vclient_anything(void)
{
	uint32_t wrong = 0, resets = 0;

	for (uint32_t i = 0; i < VCLIENT_ROUNDS; i++) {
		resets += vclient_round(&wrong);
	}
	(void)report_equal(wrong, 0, "%u queues in which anything stands",
			   (unsigned)VCLIENT_ROUNDS);
	(void)report_check(resets > VCLIENT_ROUNDS / 4, "the disk asked for a reset %u times",
			   (unsigned)resets);
}

/* ---- and what is right ---- */

static void vclient_part(uint32_t index, const volatile void *at, uint32_t length, uint32_t flags)
{
	vclient_queue.desc[index].address = vclient_place(at);
	vclient_queue.desc[index].length = length;
	vclient_queue.desc[index].flags = (uint16_t)flags;
	vclient_queue.desc[index].next = (uint16_t)(index + 1);
}

static bool vclient_is_used(void *unused)
{
	(void)unused;
	return vclient_queue.used_idx == 1;
}

static bool vclient_go(uint32_t base, uint32_t number)
{
	vclient_queue.avail_idx = 1;
	mmio_write32(base + VCLIENT_NOTIFY, number);
	return timer_wait_until(vclient_is_used, NULL, TIMER_PATIENCE_US);
}

/* Sector 1 is read (type 0, 5.2.6). */
static void vclient_disk(void)
{
	static uint32_t head[4] = { 0, 0, 1, 0 };
	static uint8_t data[512];
	static volatile uint8_t status = 0xff;

	vclient_open(VCLIENT_DISK, 0);
	vclient_part(0, head, sizeof(head), VCLIENT_NEXT);
	vclient_part(1, data, sizeof(data), VCLIENT_NEXT | VCLIENT_WRITE);
	vclient_part(2, &status, 1, VCLIENT_WRITE);
	(void)report_check(vclient_go(VCLIENT_DISK, 0) && status == 0, "a sector is read");
	mmio_write32(VCLIENT_DISK + VCLIENT_STATUS, 0);
}

static void vclient_port(void)
{
	static const char bye[] = "bye\n";

	vclient_open(VCLIENT_PORT, 1);
	vclient_part(0, bye, sizeof(bye) - 1, 0);
	(void)report_check(vclient_go(VCLIENT_PORT, 1), "the console takes a line");
	mmio_write32(VCLIENT_PORT + VCLIENT_STATUS, 0);
}

int main(void)
{
	vclient_anything();
	vclient_disk();
	vclient_port();
	report_summary();
}
