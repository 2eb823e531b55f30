/* SPDX-License-Identifier: BSD-2-Clause */
/* guest/lib/vdev.c, vdisk.c and vport.c, as guests have them: a driver written from Virtio 1.1, and
 * clients that do what no driver may. The client's memory and the disk are separate allocations,
 * so that the sanitizer sees an access beside them. Numbers are those of the specification. */
#include "guest/lib/vdisk.h"
#include "guest/lib/vport.h"
#include "test/unit/test.h"

#define RAM	0x40000000u
#define SIZE	0x8000u
#define SECTORS 8u
#define NUM	8u
/* Where this driver puts its queue, and its buffers. */
#define DESC	0x000u
#define AVAIL	0x200u
#define USED	0x400u
#define DATA	0x1000u

static uint8_t *ram, *sectors;
static struct vdev_state state;
static struct vdisk disk;
static struct vport port;
static struct vdev dev;
static bool high;
static char said[256];
static uint32_t said_length, to_say;

static void line(struct vdev *which, bool level)
{
	CHECK(which == &dev);
	high = level;
}

static void port_out(struct vport *which, const uint8_t *bytes, uint32_t count)
{
	CHECK(which == &port && count != 0);
	for (uint32_t n = 0; n < count && said_length < sizeof(said) - 1; n++) {
		said[said_length++] = (char)bytes[n];
	}
}

static uint32_t port_in(struct vport *which, uint8_t *bytes, uint32_t room)
{
	uint32_t count = to_say < room ? to_say : room;

	CHECK(which == &port && room != 0);
	memset(bytes, 'x', count);
	to_say -= count;
	return count;
}

static void begin(const struct vdev_ops *ops, void *own)
{
	free(ram);
	free(sectors);
	ram = calloc(1, SIZE);
	sectors = calloc(SECTORS, 512);
	disk = (struct vdisk) { .data = sectors, .sectors = SECTORS };
	port = (struct vport) { port_out, port_in };
	memset(&state, 0, sizeof(state));
	dev = (struct vdev) { .ops = ops, .state = &state, .line = line, .own = own };
	dev.memory = (struct vdev_memory) { ram, RAM, SIZE };
	high = false;
	said_length = to_say = 0;
	memset(said, 0, sizeof(said));
}

static void finish(void)
{
	free(ram);
	free(sectors);
	ram = sectors = NULL;
}

static void put(uint32_t at, uint64_t value, uint32_t size)
{
	memcpy(ram + at, &value, size);
}

static uint32_t get(uint32_t at, uint32_t size)
{
	uint32_t value = 0;

	memcpy(&value, ram + at, size);
	return value;
}

/* ---- a driver: 3.1.1, 4.2.3 ---- */

static void set_up_queue(uint32_t queue, uint32_t num, uint32_t at)
{
	vdev_write(&dev, 0x30, 4, queue);
	CHECK_EQ(vdev_read(&dev, 0x44, 4), 0);
	CHECK_EQ(vdev_read(&dev, 0x34, 4), 64);
	vdev_write(&dev, 0x38, 4, num);
	vdev_write(&dev, 0x80, 4, RAM + at + DESC);
	vdev_write(&dev, 0x84, 4, 0);
	vdev_write(&dev, 0x90, 4, RAM + at + AVAIL);
	vdev_write(&dev, 0x94, 4, 0);
	vdev_write(&dev, 0xa0, 4, RAM + at + USED);
	vdev_write(&dev, 0xa4, 4, 0);
	vdev_write(&dev, 0x44, 4, 1);
}

static void negotiate(void)
{
	vdev_write(&dev, 0x70, 4, 0);
	vdev_write(&dev, 0x70, 4, 3);
	vdev_write(&dev, 0x24, 4, 1);
	vdev_write(&dev, 0x20, 4, 1); /* VIRTIO_F_VERSION_1 */
	vdev_write(&dev, 0x24, 4, 0);
	vdev_write(&dev, 0x20, 4, 0);
	vdev_write(&dev, 0x70, 4, 0xb);
	CHECK_EQ(vdev_read(&dev, 0x70, 4), 0xb);
}

static void drive(void)
{
	negotiate();
	set_up_queue(0, NUM, 0);
	vdev_write(&dev, 0x70, 4, 0xf);
	CHECK_EQ(vdev_read(&dev, 0x44, 4), 1);
	CHECK_EQ(vdev_read(&dev, 0x70, 4), 0xf);
}

static void desc(uint32_t n, uint64_t address, uint32_t size, uint32_t flags, uint32_t next)
{
	put(DESC + 16 * n, address, 8);
	put(DESC + 16 * n + 8, size, 4);
	put(DESC + 16 * n + 12, flags, 2);
	put(DESC + 16 * n + 14, next, 2);
}

static void offer(uint32_t head)
{
	uint32_t idx = get(AVAIL + 2, 2);

	put(AVAIL + 4 + 2 * (idx % NUM), head, 2);
	put(AVAIL + 2, idx + 1, 2);
}

/* A request in descriptors 0 to 2: header, data, result. */
static uint32_t request(uint32_t type, uint64_t sector, uint32_t size, bool writes)
{
	uint32_t used = get(USED + 2, 2);

	put(DATA, type, 4);
	put(DATA + 8, sector, 8);
	put(DATA + 0x10, 0xee, 1);
	desc(0, RAM + DATA, 16, 1, 1);
	desc(1, RAM + DATA + 0x100, size, writes ? 3 : 1, 2);
	desc(2, RAM + DATA + 0x10, 1, 2, 0);
	offer(0);
	vdev_write(&dev, 0x50, 4, 0);
	CHECK_EQ(get(USED + 2, 2), (used + 1) & 0xffff);
	CHECK_EQ(get(USED + 4 + 8 * (used % NUM), 4), 0);
	return get(DATA + 0x10, 1);
}

/* ---- what a driver sees ---- */

static void registers(void)
{
	begin(&vdisk_ops, &disk);
	CHECK_EQ(vdev_read(&dev, 0x000, 4), 0x74726976);
	CHECK_EQ(vdev_read(&dev, 0x004, 4), 2);
	CHECK_EQ(vdev_read(&dev, 0x008, 4), 2);
	vdev_write(&dev, 0x14, 4, 0);
	CHECK_EQ(vdev_read(&dev, 0x010, 4), 1u << 9);
	vdev_write(&dev, 0x14, 4, 1);
	CHECK_EQ(vdev_read(&dev, 0x010, 4), 1);
	vdev_write(&dev, 0x14, 4, 2);
	CHECK_EQ(vdev_read(&dev, 0x010, 4), 0);
	CHECK_EQ(vdev_read(&dev, 0x100, 4), SECTORS);
	CHECK_EQ(vdev_read(&dev, 0x100, 1), SECTORS);
	CHECK_EQ(vdev_read(&dev, 0x104, 4), 0);
	vdev_write(&dev, 0x30, 4, 1); /* the disk has one queue */
	CHECK_EQ(vdev_read(&dev, 0x34, 4), 0);
	CHECK_EQ(vdev_read(&dev, 0x000, 1), 0); /* words only (4.2.2.2) */
	finish();
}

/* FEATURES_OK stays clear: without the version, and with what was not offered. */
static void features(void)
{
	static const uint32_t tried[][2] = { { 0, 0 }, { 1, 1 }, { 0, 3 }, { 1u << 9, 0 } };

	for (uint32_t n = 0; n < 4; n++) {
		begin(&vdisk_ops, &disk);
		vdev_write(&dev, 0x70, 4, 3);
		for (uint32_t sel = 0; sel < 2; sel++) {
			vdev_write(&dev, 0x24, 4, sel);
			vdev_write(&dev, 0x20, 4, tried[n][sel]);
		}
		vdev_write(&dev, 0x70, 4, 0xb);
		CHECK_EQ(vdev_read(&dev, 0x70, 4), 3);
		vdev_write(&dev, 0x70, 4, 0xf); /* and no DRIVER_OK without it */
		CHECK_EQ(vdev_read(&dev, 0x70, 4), 3);
	}
	finish();
}

static void disk_requests(void)
{
	begin(&vdisk_ops, &disk);
	drive();
	memset(ram + DATA + 0x100, 0x5a, 1024);
	CHECK_EQ(request(1, 3, 1024, false), 0);
	CHECK(high && vdev_read(&dev, 0x60, 4) == 1);
	CHECK_EQ(get(USED + 8, 4), 1);
	CHECK(sectors[3 * 512] == 0x5a && sectors[5 * 512 - 1] == 0x5a);
	CHECK(sectors[3 * 512 - 1] == 0 && sectors[5 * 512] == 0);
	vdev_write(&dev, 0x64, 4, 1);
	CHECK(!high && vdev_read(&dev, 0x60, 4) == 0);
	memset(ram + DATA + 0x100, 0, 1024);
	CHECK_EQ(request(0, 4, 512, true), 0);
	CHECK_EQ(get(USED + 4 + 8 + 4, 4), 513);
	CHECK(ram[DATA + 0x100] == 0x5a && ram[DATA + 0x100 + 511] == 0x5a);
	CHECK_EQ(ram[DATA + 0x100 + 512], 0);
	CHECK_EQ(request(4, 0, 16, true), 0);
	CHECK_EQ(request(8, 0, 20, true), 0);
	CHECK(strcmp((char *)ram + DATA + 0x100, "plumbline") == 0);
	CHECK_EQ(request(77, 0, 16, true), 2);
	for (uint32_t n = 0; n < 20; n++) { /* round the rings */
		CHECK_EQ(request(0, n % SECTORS, 512, true), 0);
	}
	put(AVAIL, 1, 2); /* no interrupt, please */
	vdev_write(&dev, 0x64, 4, 3);
	CHECK_EQ(request(0, 0, 512, true), 0);
	CHECK(!high);
	CHECK_EQ(disk.requests, 26);
	finish();
}

/* Past the end, by each way of getting there. */
static void disk_edges(void)
{
	static const struct {
		uint64_t sector;
		uint32_t size, want;
	} each[] = {
		{ SECTORS - 1, 512, 0 },
		{ SECTORS, 512, 1 },
		{ SECTORS - 1, 1024, 1 },
		{ 0x0080000000000000, 512, 1 },
		{ 0xffffffffffffffff, 512, 1 },
		{ 0x100000000, 512, 1 },
		{ 0, 511, 1 },
		{ 0, SECTORS * 512, 0 },
		{ 1, SECTORS * 512, 1 },
	};

	for (uint32_t n = 0; n < sizeof(each) / sizeof(each[0]); n++) {
		for (uint32_t type = 0; type < 2; type++) {
			begin(&vdisk_ops, &disk);
			drive();
			CHECK_EQ(request(type, each[n].sector, each[n].size, type == 0),
				 each[n].want);
			CHECK_EQ(state.status, 0xf);
		}
	}
	finish();
}

static void console(void)
{
	begin(&vport_ops, &port);
	negotiate();
	set_up_queue(0, NUM, 0);
	set_up_queue(1, NUM, 0x800);
	vdev_write(&dev, 0x70, 4, 0xf);
	memcpy(ram + DATA, "hello, world", 12);
	memcpy(ram + 0x800, (uint8_t[]) { 0, 0x10, 0, 0x40, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0 },
	       16);
	put(0x800 + AVAIL + 2, 1, 2);
	vdev_write(&dev, 0x50, 4, 1);
	CHECK(strcmp(said, "hello, world") == 0);
	CHECK_EQ(get(0x800 + USED + 2, 2), 1);
	/* Nothing is taken from it while the client has no room. */
	to_say = 5;
	vport_ready(&dev);
	CHECK_EQ(to_say, 5);
	desc(0, RAM + DATA + 0x400, 4, 2, 0);
	offer(0);
	vdev_write(&dev, 0x50, 4, 0);
	CHECK_EQ(to_say, 1);
	CHECK_EQ(get(USED + 8, 4), 4);
	offer(0);
	vport_ready(&dev);
	CHECK_EQ(to_say, 0);
	CHECK_EQ(get(USED + 4 + 8 + 4, 4), 1);
	offer(0); /* it waits */
	vport_ready(&dev);
	CHECK_EQ(get(USED + 2, 2), 2);
	finish();
}

/* This program has begun anew in the middle of a request: the client has not been told of it. */
static void next_life(void)
{
	begin(&vdisk_ops, &disk);
	drive();
	CHECK_EQ(request(0, 0, 512, true), 0);
	vdev_write(&dev, 0x64, 4, 1);
	offer(0);
	state.queue[0].done = 77; /* whatever it was */
	vdev_resume(&dev);
	CHECK(get(USED + 2, 2) == 2 && high);
	CHECK_EQ(state.status, 0xf);
	vdev_reset(&dev);
	CHECK(!high && state.status == 0);
	vdev_resume(&dev);
	CHECK(!high);
	finish();
}

/* ---- what no driver may do ---- */

#define DISK_ASKS(status) (64 & (status))

static void broken_chains(void)
{
	static const struct {
		uint64_t address;
		uint32_t size, flags, next, head, ahead;
	} each[] = {
		{ RAM, 16, 0, 0, NUM, 1 },	       /* no such descriptor */
		{ RAM, 16, 0, 0, 0xffff, 1 },	       /* likewise */
		{ RAM, 16, 1, NUM, 0, 1 },	       /* ... as the next */
		{ RAM, 16, 1, 0, 0, 1 },	       /* a loop */
		{ RAM - 1, 16, 0, 0, 0, 1 },	       /* in front of the memory */
		{ RAM + SIZE - 15, 16, 0, 0, 0, 1 },   /* past its end */
		{ RAM + SIZE + 1, 0, 0, 0, 0, 1 },     /* behind it, empty */
		{ RAM, SIZE + 1, 0, 0, 0, 1 },	       /* too long */
		{ RAM, 0xffffffff, 0, 0, 0, 1 },       /* so that the end wraps */
		{ 0x100000000 | RAM, 16, 0, 0, 0, 1 }, /* above 4 GiB */
		{ 0xfffffffffffffff0, 32, 0, 0, 0, 1 },
		{ RAM, 16, 4, 0, 0, 1 },       /* indirect */
		{ RAM, 16, 0, 0, 0, NUM + 1 }, /* more than there is room for */
		{ RAM, 16, 0, 0, 0, 0x8000 },
	};

	for (uint32_t n = 0; n < sizeof(each) / sizeof(each[0]); n++) {
		begin(&vdisk_ops, &disk);
		drive();
		desc(0, each[n].address, each[n].size, each[n].flags, each[n].next);
		put(AVAIL + 4, each[n].head, 2);
		put(AVAIL + 2, each[n].ahead, 2);
		vdev_write(&dev, 0x50, 4, 0);
		CHECK(DISK_ASKS(vdev_read(&dev, 0x70, 4)) && high);
		CHECK_EQ(vdev_read(&dev, 0x60, 4), 2);
		CHECK_EQ(get(USED + 2, 2), 0);
		vdev_write(&dev, 0x50, 4, 0); /* nothing more is done */
		vdev_write(&dev, 0x70, 4, 0xf);
		CHECK(DISK_ASKS(vdev_read(&dev, 0x70, 4)));
		drive(); /* and a reset helps */
		put(AVAIL + 2, 0, 2);
		put(USED + 2, 0, 2);
		CHECK_EQ(request(0, 0, 512, true), 0);
	}
	finish();
}

/* A part to read behind one to write. */
static void wrong_order(void)
{
	begin(&vdisk_ops, &disk);
	drive();
	desc(0, RAM + DATA, 16, 3, 1);
	desc(1, RAM + DATA, 16, 0, 0);
	offer(0);
	vdev_write(&dev, 0x50, 4, 0);
	CHECK(DISK_ASKS(state.status));
	finish();
}

static void broken_queues(void)
{
	static const struct {
		uint32_t at, value;
	} each[] = {
		{ 0x38, 0 },
		{ 0x38, 3 },
		{ 0x38, 128 },
		{ 0x38, 0x80000000 },
		{ 0x80, RAM + 8 },
		{ 0x80, RAM - 16 },
		{ 0x80, RAM + SIZE - 112 },
		{ 0x84, 1 },
		{ 0x90, RAM + 1 },
		{ 0x90, RAM + SIZE - 18 },
		{ 0x94, 0x80 },
		{ 0xa0, RAM + 2 },
		{ 0xa0, RAM + SIZE - 64 },
		{ 0xa4, 0xffffffff },
		{ 0xa0, 0xfffffff0 },
	};

	for (uint32_t n = 0; n < sizeof(each) / sizeof(each[0]); n++) {
		begin(&vdisk_ops, &disk);
		negotiate();
		set_up_queue(0, NUM, 0);
		vdev_write(&dev, 0x44, 4, 0);
		vdev_write(&dev, each[n].at, 4, each[n].value);
		vdev_write(&dev, 0x44, 4, 1);
		vdev_write(&dev, 0x70, 4, 0xf);
		CHECK_EQ(vdev_read(&dev, 0x44, 4), 0);
		CHECK(DISK_ASKS(vdev_read(&dev, 0x70, 4)));
		vdev_write(&dev, 0x50, 4, 0);
		vdev_write(&dev, 0x50, 4, 1);
		vdev_write(&dev, 0x50, 4, 0xffffffff);
	}
	/* A queue that is ready keeps its shape. */
	begin(&vdisk_ops, &disk);
	drive();
	vdev_write(&dev, 0x38, 4, 0x10000);
	vdev_write(&dev, 0x84, 4, 1);
	CHECK_EQ(request(0, 0, 512, true), 0);
	finish();
}

/* Anything at all: registers, descriptors, rings, requests; and the next life of this program with
 * whatever state that has left. */
static void anything(void)
{
	uint64_t dice = 1;
	uint32_t good = 0;

	for (uint32_t run = 0; run < 3000; run++) {
		begin(run & 1 ? &vport_ops : &vdisk_ops, run & 1 ? (void *)&port : (void *)&disk);
		drive();
		for (uint32_t step = 0; step < 60; step++) {
			uint32_t r[4];

			for (uint32_t n = 0; n < 4; n++) {
				dice = dice * 6364136223846793005u + 1442695040888963407u;
				r[n] = (uint32_t)(dice >> 33);
			}
			switch (r[0] % 8) {
			case 0:
				vdev_write(&dev, r[1] % 128 * 4, 4,
					   r[2] & 1 ? r[3] : RAM + r[3] % SIZE);
				break;
			case 1:
				(void)vdev_read(&dev, r[1] % 0x200, 1u << r[2] % 3);
				break;
			case 2:
				put(r[1] % (SIZE - 8), (uint64_t)r[2] << 8 | r[3], 1 + r[2] % 8);
				break;
			case 3:
				desc(r[1] % NUM, RAM + r[2] % (SIZE + 64), r[3] % 2048, r[3] >> 12,
				     r[2] >> 20);
				break;
			case 4:
				desc(r[1] % NUM, RAM + DATA + r[2] % 2048, r[3] % 600,
				     r[3] >> 12 & 3, (r[1] + 1) % NUM);
				break;
			case 5:
				offer(r[1] % (NUM + 1));
				vdev_notify(&dev, r[2] % 3);
				break;
			case 6:
				to_say += r[1] % 50;
				if (r[2] % 8 == 0) {
					vdev_resume(&dev);
				}
				vdev_notify(&dev, 0);
				break;
			default:
				if (r[1] % 4 == 0) {
					drive();
				}
				break;
			}
		}
		good += get(USED + 2, 2) != 0;
	}
	CHECK(good > 300); /* some of it was served */
	printf("# %u of 3000 runs were served\n", good);
	finish();
}

static const struct test_case cases[] = {
	{ "registers", registers },
	{ "features", features },
	{ "disk_requests", disk_requests },
	{ "disk_edges", disk_edges },
	{ "console", console },
	{ "next_life", next_life },
	{ "broken_chains", broken_chains },
	{ "wrong_order", wrong_order },
	{ "broken_queues", broken_queues },
	{ "anything", anything },
};

TEST_MAIN("vdev", cases)
