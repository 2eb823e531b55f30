/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devices of guest/linux/vmm: a driver written from Virtio 1.1, and guests that do what no
 * driver may. Files, the socket and the terminal are this test's; the guest's memory is an
 * allocation, so that the sanitizer sees an access beside it. Numbers are those of the
 * specification.
 */
#include "guest/linux/vmm/blk.h"
#include "guest/linux/vmm/console.h"
#include "guest/linux/vmm/dirty.h"
#include "guest/linux/vmm/net.h"
#include "guest/linux/vmm/rng.h"
#include "guest/linux/vmm/sock.h"
#include "guest/linux/vmm/tap.h"
#include "guest/linux/vmm/virtio.h"
#include "guest/linux/vmm/vm.h"
#include "test/unit/test.h"
#include <sys/wait.h>
#include <unistd.h>

#define RAM   0x80000000u
#define SIZE  0x10000u
#define PAGE  4096u
#define NUM   8u
/* Where this driver puts a queue, and its buffers. */
#define DESC  0x0000u
#define AVAIL 0x1000u
#define USED  0x2000u
#define DATA  0x4000u

#define DISK_FILE 5
#define PEER_FILE 6
#define SECTORS	  16u

enum { CONSOLE, BLK, NET, RNG };

struct vm vm = { .ram_size = SIZE };

/* ---- what the devices see of Linux ---- */

static uint32_t locks, events, signals[32];
static uint8_t disk[SECTORS * 512], sent[4096], printed[4096], input[4096];
static uint32_t sent_size, printed_size, input_size, synced, short_by;
static int32_t input_error;
static bool terminal, second_tap;
static int32_t sent_error;
static uint8_t dirty[SIZE / PAGE];
static void (*when_printed)(void);

void os_take(struct os_lock *lock)
{
	CHECK(lock->state == 0);
	lock->state = 1;
	locks++;
}

void os_release(struct os_lock *lock)
{
	CHECK(lock->state == 1);
	lock->state = 0;
}

int32_t os_event(void)
{
	return (int32_t)(16 + events++);
}

void os_event_signal(int32_t event)
{
	signals[event]++;
}

void os_event_clear(int32_t event)
{
	signals[event] = 0;
}

bool os_terminal_take(int32_t file)
{
	CHECK_EQ(file, 0);
	return terminal;
}

int32_t os_open(const char *path, uint32_t flags)
{
	CHECK(strcmp(path, "image") == 0 && flags == 2);
	return DISK_FILE;
}

void os_close(int32_t file)
{
	CHECK(file == PEER_FILE);
}

void os_unlink(const char *path)
{
	(void)path;
}

/* What follows the last sector does not count. */
uint64_t os_size(int32_t file)
{
	CHECK(file == DISK_FILE);
	return sizeof(disk) + 511;
}

static int32_t transfer(bool in, uint64_t at, const struct os_part *parts, uint32_t count)
{
	uint32_t done = 0;

	for (uint32_t n = 0; n < count; n++) {
		CHECK(at + done + parts[n].size <= sizeof(disk));
		if (in) {
			memcpy(parts[n].at, disk + at + done, parts[n].size);
		} else {
			memcpy(disk + at + done, parts[n].at, parts[n].size);
		}
		done += parts[n].size;
	}
	return (int32_t)(done - short_by);
}

int32_t os_read_at(int32_t file, uint64_t at, const struct os_part *parts, uint32_t count)
{
	CHECK(file == DISK_FILE);
	return transfer(true, at, parts, count);
}

int32_t os_write_at(int32_t file, uint64_t at, const struct os_part *parts, uint32_t count)
{
	CHECK(file == DISK_FILE);
	return transfer(false, at, parts, count);
}

int32_t os_write_parts(int32_t file, const struct os_part *parts, uint32_t count)
{
	CHECK(file == PEER_FILE);
	if (sent_error) {
		return sent_error;
	}
	sent_size = 0;
	for (uint32_t n = 0; n < count; n++) {
		CHECK(sent_size + parts[n].size <= 1514);
		memcpy(sent + sent_size, parts[n].at, parts[n].size);
		sent_size += parts[n].size;
	}
	return (int32_t)sent_size;
}

int32_t os_sync(int32_t file)
{
	CHECK(file == DISK_FILE);
	synced++;
	return 0;
}

int32_t os_random(void *to, uint32_t size)
{
	memset(to, 0x77, size);
	return (int32_t)size;
}

void os_sleep_us(uint32_t us)
{
	(void)us;
}

bool os_write_all(int32_t file, const void *from, uint32_t size)
{
	uint32_t kept = size < sizeof(printed) ? size : sizeof(printed);

	CHECK(file == 1);
	memcpy(printed, from, kept);
	for (uint32_t n = kept; n < size; n++) {
		printed[0] = ((const volatile uint8_t *)from)[n];
	}
	printed_size += size;
	if (when_printed) {
		when_printed();
	}
	return true;
}

int32_t os_read(int32_t file, void *to, uint32_t size)
{
	uint32_t count = input_size < size ? input_size : size;

	CHECK(file == 0 || file == PEER_FILE);
	if (input_error) {
		return input_error;
	}
	memcpy(to, input, count);
	return (int32_t)count;
}

void os_fail(const char *what, const char *of)
{
	fprintf(stderr, "os_fail: %s: %s\n", what, of);
	abort();
}

/* Also of the child below: 2 is a check that has failed there. */
void os_exit(uint32_t status)
{
	(void)fflush(stdout);
	_exit(test_failures ? 2 : (int)status);
}

const char *sock_path(const char *text)
{
	return strncmp(text, "unix:", 5) == 0 ? text + 5 : NULL;
}

int32_t tap_open(const char *name)
{
	CHECK(strcmp(name, second_tap ? "tap1" : "tap0") == 0);
	return PEER_FILE;
}

int32_t sock_connect(const char *path, uint32_t type)
{
	CHECK(strcmp(path, "wire") == 0 && type == 5);
	return PEER_FILE;
}

int32_t sock_listen(const char *path, uint32_t type)
{
	(void)path;
	(void)type;
	return -1;
}

int32_t sock_accept(int32_t listener)
{
	CHECK(listener == -1);
	return PEER_FILE;
}

void sock_remove(const char *path)
{
	(void)path;
}

void sock_unblock(int32_t file)
{
	CHECK(file == PEER_FILE);
}

void vm_connect_store(uint32_t address, int32_t event)
{
	CHECK_EQ(address, 0x0a000050 + 0x200 * (virtio_count() - 1));
	CHECK(event >= 16);
}

void vm_connect_irq(uint32_t spi, int32_t event)
{
	CHECK_EQ(spi, 16 + virtio_count() - 1);
	CHECK(event >= 16);
}

void dirty_mark(const void *at, uint32_t size)
{
	uint32_t offset = (uint32_t)((const uint8_t *)at - vm.ram);

	CHECK(offset <= SIZE && size <= SIZE - offset);
	for (uint32_t n = 0; n < size; n++) {
		dirty[(offset + n) / PAGE] = 1;
	}
}

/* ---- a driver: 3.1.1, 4.2.3 ---- */

static uint32_t available;

static void put(uint32_t at, uint64_t value, uint32_t size)
{
	memcpy(vm.ram + at, &value, size);
}

static uint32_t get(uint32_t at, uint32_t size)
{
	uint32_t value = 0;

	memcpy(&value, vm.ram + at, size);
	return value;
}

static void write_reg(uint32_t device, uint32_t offset, uint32_t value)
{
	(void)virtio_access(0x200 * device + offset, 4, true, value);
}

static uint32_t read_reg(uint32_t device, uint32_t offset)
{
	return virtio_access(0x200 * device + offset, 4, false, 0);
}

/* One queue, all features that are offered, DRIVER_OK. */
static void drive(uint32_t device, uint32_t queue)
{
	uint32_t features;

	memset(vm.ram, 0, SIZE);
	memset(dirty, 0, sizeof(dirty));
	available = 0;
	input_size = printed_size = sent_size = synced = short_by = 0;
	input_error = sent_error = 0;
	when_printed = NULL;
	write_reg(device, 0x070, 0);
	write_reg(device, 0x070, 3);
	features = read_reg(device, 0x010);
	write_reg(device, 0x020, features);
	write_reg(device, 0x024, 1);
	write_reg(device, 0x020, 1);
	write_reg(device, 0x070, 0xb);
	write_reg(device, 0x030, queue);
	write_reg(device, 0x038, NUM);
	write_reg(device, 0x080, RAM + DESC);
	write_reg(device, 0x090, RAM + AVAIL);
	write_reg(device, 0x0a0, RAM + USED);
	write_reg(device, 0x044, 1);
	write_reg(device, 0x070, 0xf);
	CHECK_EQ(read_reg(device, 0x070), 0xf);
}

/* Descriptor n of a chain that begins with 0. */
static void describe(uint32_t n, uint32_t at, uint32_t size, bool writes, bool last)
{
	put(DESC + 16 * n, RAM + at, 8);
	put(DESC + 16 * n + 8, size, 4);
	put(DESC + 16 * n + 12, (writes ? 2 : 0) | (last ? 0 : 1), 2);
	put(DESC + 16 * n + 14, n + 1, 2);
}

static void offer(uint32_t head)
{
	put(AVAIL + 4 + 2 * (available % NUM), head, 2);
	put(AVAIL + 2, ++available, 2);
}

/* As the first thread does when poll has returned. */
static void serve(uint32_t device, bool notified, bool readable)
{
	struct os_poll polls[2 * VIRTIO_MAX];

	CHECK_EQ(virtio_gather(polls), 2 * VIRTIO_MAX);
	polls[2 * device].revents = notified;
	polls[2 * device + 1].revents = readable && polls[2 * device + 1].file >= 0;
	virtio_serve(polls);
}

static bool is_read(uint32_t device)
{
	struct os_poll polls[2 * VIRTIO_MAX];

	(void)virtio_gather(polls);
	return polls[2 * device + 1].file >= 0;
}

static void check_used(uint32_t count, uint32_t size)
{
	CHECK_EQ(get(USED + 2, 2), count);
	CHECK_EQ(get(USED + 4 + 8 * ((count - 1) % NUM) + 4, 4), size);
	CHECK(dirty[USED / PAGE]);
}

/* ---- virtio-blk ---- */

static void request(uint32_t type, uint64_t sector)
{
	put(DATA, type, 4);
	put(DATA + 8, sector, 8);
	describe(0, DATA, 16, false, false);
}

static uint32_t result(void)
{
	return get(DATA + 0x3000, 1);
}

static void transfers(void)
{
	drive(BLK, 0);
	CHECK_EQ(read_reg(BLK, 0x008), 2);
	CHECK_EQ(read_reg(BLK, 0x100), SECTORS);
	CHECK_EQ(read_reg(BLK, 0x104), 0);
	for (uint32_t n = 0; n < sizeof(disk); n++) {
		disk[n] = (uint8_t)(n * 7);
	}
	request(0, 3); /* into two parts, and the result behind the second one */
	describe(1, DATA + 0x1000, 512, true, false);
	describe(2, DATA + 0x2000, 1024, true, false);
	describe(3, DATA + 0x3000, 1, true, true);
	offer(0);
	serve(BLK, true, false);
	CHECK(memcmp(vm.ram + DATA + 0x1000, disk + 3 * 512, 512) == 0);
	CHECK(memcmp(vm.ram + DATA + 0x2000, disk + 4 * 512, 1024) == 0);
	CHECK_EQ(result(), 0);
	check_used(1, 1537);
	CHECK(dirty[(DATA + 0x1000) / PAGE] && dirty[(DATA + 0x2000) / PAGE] &&
	      dirty[(DATA + 0x3000) / PAGE] && !dirty[DATA / PAGE]);
	CHECK_EQ(read_reg(BLK, 0x060), 1);
	write_reg(BLK, 0x064, 1);
	CHECK_EQ(read_reg(BLK, 0x060), 0);
}

static void stores(void)
{
	drive(BLK, 0);
	memset(vm.ram + DATA + 0x1000, 0xa5, 1024);
	request(1, 14);
	describe(1, DATA + 0x1000, 1024, false, false);
	describe(2, DATA + 0x3000, 1, true, true);
	offer(0);
	serve(BLK, true, false);
	CHECK_EQ(result(), 0);
	CHECK(disk[14 * 512] == 0xa5 && disk[16 * 512 - 1] == 0xa5 && disk[14 * 512 - 1] != 0xa5);
	request(4, 0);
	describe(1, DATA + 0x3000, 1, true, true);
	offer(0);
	serve(BLK, true, false);
	CHECK_EQ(synced, 1);
	check_used(2, 1);
}

/* Each of these is an error, and the disk stays as it is. */
static void bad_requests(void)
{
	static const struct {
		uint64_t sector;
		uint32_t type, size, result;
	} cases[] = {
		{ 15, 0, 1024, 1 }, { 16, 1, 512, 1 },
		{ 0, 0, 511, 1 },   { UINT64_MAX / 512, 1, 512, 1 },
		{ 0, 9, 512, 2 },   { UINT64_MAX, 0, 512, 1 },
	};

	for (uint32_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		drive(BLK, 0);
		put(DATA + 0x3000, 0xff, 1);
		request(cases[n].type, cases[n].sector);
		describe(1, DATA + 0x1000, cases[n].size, cases[n].type != 1, false);
		describe(2, DATA + 0x3000, 1, true, true);
		offer(0);
		serve(BLK, true, false);
		CHECK_EQ(result(), cases[n].result);
	}
	drive(BLK, 0); /* the file has become shorter */
	short_by = 512;
	request(0, 0);
	describe(1, DATA + 0x1000, 512, true, false);
	describe(2, DATA + 0x3000, 1, true, true);
	offer(0);
	serve(BLK, true, false);
	CHECK_EQ(result(), 1);
	drive(BLK, 0); /* no room for a result, and half a header */
	describe(0, DATA, 16, false, true);
	offer(0);
	describe(1, DATA, 8, false, false);
	describe(2, DATA + 0x3000, 1, true, true);
	offer(1);
	serve(BLK, true, false);
	check_used(2, 1);
	CHECK_EQ(result(), 1);
}

/* ---- virtio-net ---- */

/* In a process of its own, as there is one of each device. It ends with this status. */
static void apart(void (*run)(void), int want)
{
	int status = 0;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		vm.ram = malloc(SIZE);
		run();
		os_exit(0);
	}
	CHECK(child > 0 && waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == want);
}

static void sends(void)
{
	drive(NET, 1);
	for (uint32_t n = 0; n < 100; n++) {
		put(DATA + n, n, 1);
	}
	describe(0, DATA, 10, false, false); /* the header ends in the middle of a part */
	describe(1, DATA + 10, 90, false, true);
	offer(0);
	serve(NET, true, false);
	CHECK_EQ(sent_size, 88);
	CHECK(sent[0] == 12 && sent[87] == 99);
	check_used(1, 0);
	sent_size = 0;
	describe(0, DATA, 12 + 1515, false, true); /* too long */
	offer(0);
	describe(2, DATA, 12, false, true); /* empty */
	offer(2);
	serve(NET, true, false);
	CHECK_EQ(sent_size, 0);
	check_used(3, 0);
	describe(0, DATA, 80, false, true);
	sent_error = -11; /* no room: the frame is lost */
	offer(0);
	serve(NET, true, false);
	CHECK_EQ(virtio_get(NET)->input, PEER_FILE);
	sent_error =
		-32; /* the other end has gone: one may come, also if this guest reads nothing */
	offer(0);
	serve(NET, true, false);
	CHECK_EQ(virtio_get(NET)->input, -1);
	check_used(5, 0);
	virtio_get(NET)->take(virtio_get(NET));
	CHECK_EQ(virtio_get(NET)->input, PEER_FILE);
}

static void receives(void)
{
	drive(NET, 0);
	CHECK_EQ(read_reg(NET, 0x010), 1u << 5);
	CHECK_EQ(read_reg(NET, 0x100) & 0xffff, 0x5452);
	CHECK(!is_read(NET)); /* no buffer: frames wait in the socket */
	describe(0, DATA, 2000, true, true);
	offer(0);
	CHECK(is_read(NET));
	memset(input, 0x3c, 60);
	input_size = 60;
	serve(NET, false, true);
	check_used(1, 72);
	CHECK_EQ(get(DATA + 10, 2), 1); /* num_buffers */
	CHECK(get(DATA + 12, 1) == 0x3c && get(DATA + 71, 1) == 0x3c && get(DATA + 72, 1) == 0);
	describe(1, DATA, 71, true, true); /* too small: the frame is lost */
	offer(1);
	serve(NET, false, true);
	check_used(2, 0);
	offer(0);
	input_error = -11;
	serve(NET, false, true);
	CHECK_EQ(get(USED + 2, 2), 2);
	input_error = 0;
	input_size = 0; /* the other end is gone, and comes back */
	serve(NET, false, true);
	CHECK(!is_read(NET));
	virtio_get(NET)->take(virtio_get(NET));
	CHECK(is_read(NET));
}

/* The same device on a TAP, whose frames are as those of the wire; two have different addresses. */
static void with_a_tap(void)
{
	static const char *names[] = { "tap:tap0", "tap:tap1" };
	struct virtio *tap;

	net_add(names[second_tap]);
	tap = virtio_get(0);
	CHECK_EQ(tap->input, PEER_FILE);
	CHECK_EQ(vdev_read(&tap->dev, 0x100, 4), second_tap ? 0xee005452 : 0xed005452);
	drive(0, 1);
	describe(0, DATA, 12 + 60, false, true);
	offer(0);
	CHECK(tap->dev.ops->work(&tap->dev, 1));
	CHECK_EQ(sent_size, 60);
	sent_error = -5; /* the interface is down: the frame is lost, and that is all */
	offer(0);
	CHECK(tap->dev.ops->work(&tap->dev, 1));
	CHECK_EQ(tap->input, PEER_FILE);
	input_error = -77; /* it has been removed */
	tap->take(tap);
	CHECK_EQ(tap->input, -1);
}

static void taps(void)
{
	apart(with_a_tap, 0);
	second_tap = true;
	apart(with_a_tap, 0);
}

/* ---- virtio-console, virtio-rng ---- */

static void prints(void)
{
	drive(CONSOLE, 1);
	memcpy(vm.ram + DATA, "hello", 5);
	describe(0, DATA, 5, false, true);
	offer(0);
	serve(CONSOLE, true, false);
	CHECK(printed_size == 5 && memcmp(printed, "hello", 5) == 0);
	printed_size = 0;
	for (uint32_t n = 0; n < NUM; n++) {
		describe(n, 0, SIZE, false, n == NUM - 1); /* half a MiB that is not there */
	}
	offer(0);
	serve(CONSOLE, true, false);
	CHECK_EQ(printed_size, 65536);
	check_used(2, 0);
}

static void types(void)
{
	drive(CONSOLE, 0);
	CHECK(!is_read(CONSOLE));
	describe(0, DATA, 3, true, true);
	offer(0);
	memcpy(input, "abcd", 4);
	input_size = 4;
	serve(CONSOLE, false, true);
	CHECK(memcmp(vm.ram + DATA, "abc", 4) == 0);
	check_used(1, 3);
	CHECK(!is_read(CONSOLE));	  /* 'd' waits */
	describe(0, DATA, 0, true, true); /* no room at all */
	offer(0);
	serve(CONSOLE, true, false);
	check_used(2, 0);
	describe(0, DATA + 8, 3, true, true);
	offer(0);
	serve(CONSOLE, true, false);
	check_used(3, 1);
	CHECK_EQ(get(DATA + 8, 2), 'd');
	CHECK(!is_read(CONSOLE));
	offer(0);
	CHECK(is_read(CONSOLE));
	input_error = -11;
	serve(CONSOLE, false, true);
	CHECK(is_read(CONSOLE));
	input_error =
		-5; /* an error is its end, and so is nothing to read: it is not asked again */
	serve(CONSOLE, false, true);
	CHECK(!is_read(CONSOLE));
	virtio_get(CONSOLE)->input = 0;
	input_error = 0;
	input_size = 0;
	CHECK(is_read(CONSOLE));
	serve(CONSOLE, false, true);
	CHECK(!is_read(CONSOLE));
}

/* On a terminal, a guest that has made no room: what is typed waits, and more is lost, but the key
 * that ends it. */
static void types_ahead(void)
{
	struct virtio *console = virtio_get(CONSOLE);

	drive(CONSOLE, 0);
	CHECK(console->wants(console));
	for (uint32_t n = 0; n < 256; n++) {
		input[n] = (uint8_t)(n == 0x1c ? 0 : n);
	}
	input_size = 200;
	console->take(console);
	CHECK(console->wants(console));
	console->take(console); /* 256 of 400 */
	CHECK(console->wants(console));
	describe(0, DATA, 300, true, true);
	offer(0);
	CHECK(console->dev.ops->work(&console->dev, 0));
	check_used(1, 256);
	CHECK(get(DATA + 199, 1) == 199 && get(DATA + 200, 1) == 0 && get(DATA + 255, 1) == 55);
	CHECK(!console->dev.ops->work(&console->dev, 0));
	input[0] = 'x';
	input_size = 1;
	console->take(console);
	input[150] = 0x1c;
	input_size = 200;
	console->take(console);
	CHECK(false); /* it has ended there */
}

static void with_a_terminal(void)
{
	terminal = true;
	console_add();
	types_ahead();
}

static void ends(void)
{
	apart(with_a_terminal, 1);
}

static void random_numbers(void)
{
	drive(RNG, 0);
	describe(0, DATA, 1000, true, true);
	offer(0);
	serve(RNG, true, false);
	check_used(1, 256);
	CHECK(get(DATA + 255, 1) == 0x77 && get(DATA + 256, 1) == 0);
}

/* ---- guests that do what no driver may ---- */

static void one_more(void)
{
	offer(0);
}

/* Another vCPU adds a request for each that is served. */
static void has_no_end(void)
{
	int32_t event = virtio_get(CONSOLE)->notified;

	drive(CONSOLE, 1);
	describe(0, DATA, 5, false, true);
	offer(0);
	when_printed = one_more;
	serve(CONSOLE, true, false);
	CHECK(printed_size <= 5 * 2 * 64);
	CHECK(signals[event] != 0); /* it comes again */
	when_printed = NULL;
}

static void loops(void)
{
	drive(BLK, 0);
	describe(0, DATA, 16, false, false);
	describe(1, DATA, 16, true, false);
	put(DESC + 16 + 14, 0, 2);
	offer(0);
	serve(BLK, true, false);
	CHECK_EQ(get(USED + 2, 2), 0);
	CHECK_EQ(read_reg(BLK, 0x070), 0x4f); /* DEVICE_NEEDS_RESET */
}

/* A notification that is no store of a word, and accesses to no register. */
static void odd_accesses(void)
{
	uint32_t before = locks;

	CHECK_EQ(virtio_access(0x200 * VIRTIO_MAX, 4, false, 0), 0);
	CHECK_EQ(virtio_access(UINT32_MAX, 1, true, 1), 0);
	CHECK_EQ(virtio_access(0x51, 2, false, 0), 0);
	CHECK_EQ(virtio_access(0x50, 2, true, 0), 0);
	CHECK_EQ(locks, before);
	CHECK_EQ(virtio_access(0x200 * BLK, 4, false, 0), 0x74726976);
}

/* Bytes of a chain's parts, one by one, against the parts of a transfer. */
static void parts_are_those_bytes(void)
{
	static uint8_t memory[64];
	struct vdev_chain chain = { .nr_read = 2, .nr_parts = 4 };
	struct os_part parts[VDEV_QUEUE_MAX];
	static const uint32_t sizes[] = { 5, 7, 0, 9 };

	for (uint32_t n = 0; n < 4; n++) {
		chain.part[n] = (struct vdev_part) { memory + 16 * n, sizes[n] };
	}
	for (uint32_t offset = 0; offset < 16; offset++) {
		for (uint32_t size = 0; size < 16; size++) {
			for (uint32_t writes = 0; writes < 2; writes++) {
				uint32_t first = writes ? 2 : 0,
					 total = sizes[first] + sizes[first + 1];
				uint32_t count = virtio_parts(&chain, writes, offset, size, parts);
				uint32_t at = offset;

				for (uint32_t n = 0; n < count; n++) {
					for (uint32_t b = 0; b < parts[n].size; b++, at++) {
						uint8_t *want = at < sizes[first]
									? memory + 16 * first + at
									: memory + 16 * first + 16 +
										  at - sizes[first];

						CHECK((uint8_t *)parts[n].at + b == want);
					}
				}
				CHECK_EQ(at - offset, offset >= total	      ? 0
						      : total - offset < size ? total - offset
									      : size);
			}
		}
	}
}

static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* A descriptor, a ring's entry or index that may be sound. */
static void spoil(void)
{
	uint32_t n = any(NUM);

	describe(n, any(4) ? any(SIZE) : SIZE - any(8), any(3) ? any(3000) : seed, any(2), any(2));
	if (any(8) == 0) {
		put(DESC + 16 * n + any(16), seed, 1);
	}
	put(AVAIL + 4 + 2 * any(NUM), any(10), 2);
	available += any(6) ? 1 : any(65536);
	put(AVAIL + 2, available, 2);
}

/* Rings over each other, at the end of the memory, behind it, and of any size; a queue that is
 * ready is left as it is, or taken back and placed anew. */
static void place(uint32_t device)
{
	static const uint32_t at[] = { RAM,
				       RAM + DESC,
				       RAM + AVAIL,
				       RAM + USED,
				       RAM + SIZE - 128,
				       RAM + SIZE - 68,
				       RAM + SIZE - 20,
				       RAM + SIZE - 16,
				       RAM + SIZE,
				       RAM - 16,
				       0xfffffff0,
				       0 },
			      nums[] = { 0, 1, 2, 3, 8, 64, 65, 0x8000, 0xffffffff };

	write_reg(device, 0x030, any(3));
	if (any(2)) {
		write_reg(device, 0x044, 0);
	}
	write_reg(device, 0x038, nums[any(9)]);
	for (uint32_t area = 0x080; area <= 0x0a0; area += 0x10) {
		write_reg(device, area, any(4) ? at[any(12)] : RAM + (any(SIZE) & ~3u));
		write_reg(device, area + 4, any(16) == 0);
	}
	write_reg(device, 0x044, any(8) ? 1 : seed);
	if (any(8) == 0) {
		write_reg(device, 0x070, any(2) ? 0xf : seed);
	}
}

/* The sanitizer, dirty_mark and the files look for what goes wrong. */
static void hostile(void)
{
	static const uint32_t values[] = { 0, 1, 8, 64, 0xf, RAM, RAM + SIZE - 64, 0xffffffff };

	for (uint32_t turn = 0; turn < 20000; turn++) {
		uint32_t device = any(4);

		if (any(8) == 0) {
			drive(device, any(2));
			if (any(2)) {
				place(device);
			}
		}
		spoil();
		if (any(16) == 0) {
			(void)virtio_access(any(0x900), 1u << any(3), any(2), values[any(8)]);
		}
		input_size = any(1600);
		virtio_get(device)->input = any(8) ? 0 : -1;
		if (device == NET) {
			virtio_get(NET)->input = PEER_FILE;
		}
		serve(device, any(2), any(2));
	}
	for (uint32_t n = 0; n < VIRTIO_MAX; n++) {
		CHECK_EQ(read_reg(n, 0x000), 0x74726976);
	}
}

/* A state from a file may have any value. */
static void restored(void)
{
	for (uint32_t turn = 0; turn < 2000; turn++) {
		for (uint32_t n = 0; n < VIRTIO_MAX; n++) {
			uint8_t *state = (uint8_t *)&virtio_get(n)->state;

			drive(n, 0);
			spoil();
			for (uint32_t b = any(8); b > 0; b--) {
				state[any(sizeof(struct vdev_state))] = (uint8_t)seed;
			}
		}
		virtio_resume();
		virtio_reset();
	}
}

static void begin(void)
{
	vm.ram = malloc(SIZE);
	console_add();
	blk_add("image");
	net_add("unix:wire");
	rng_add();
	CHECK_EQ(virtio_count(), 4);
}

static void finish(void)
{
	free(vm.ram);
}

static const struct test_case cases[] = {
	{ "a terminal is read whatever the guest does", ends },
	{ "net on a tap", taps },
	{ "four devices", begin },
	{ "blk reads into several parts", transfers },
	{ "blk stores, and flushes", stores },
	{ "blk: bad requests", bad_requests },
	{ "net sends", sends },
	{ "net receives", receives },
	{ "console prints", prints },
	{ "console takes input", types },
	{ "rng", random_numbers },
	{ "a guest that never ends is left after a while", has_no_end },
	{ "a loop of descriptors", loops },
	{ "odd accesses", odd_accesses },
	{ "parts of a transfer", parts_are_those_bytes },
	{ "random rings and registers", hostile },
	{ "a device of a file", restored },
	{ "the end", finish },
};

TEST_MAIN("vmm_devices", cases)
