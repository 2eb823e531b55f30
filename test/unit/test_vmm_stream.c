/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * save.c and restore.c of guest/linux/vmm: a VM goes through a stream, and a stream that somebody
 * else has written is refused, or restores a VM that is whole. KVM is this test's; the VM's memory
 * is an allocation, so that the sanitizer sees an access beside it. Numbers are those of stream.h,
 * typed again.
 */
#include "guest/linux/vmm/dirty.h"
#include "guest/linux/vmm/gic.h"
#include "guest/linux/vmm/registers.h"
#include "guest/linux/vmm/restore.h"
#include "guest/linux/vmm/rng.h"
#include "guest/linux/vmm/save.h"
#include "guest/linux/vmm/sock.h"
#include "guest/linux/vmm/vcpu.h"
#include "guest/linux/vmm/virtio.h"
#include "guest/linux/vmm/vm.h"
#include "test/unit/test.h"
#include <setjmp.h>

#define SIZE	0x100000u
#define PAGE	4096u
#define PAGES	(SIZE / PAGE)
#define VCPUS	3u
#define WORDS	40u /* of the GIC, for each vCPU */
#define COUNT	7u  /* registers of a vCPU */
#define DEVICES 2u
#define FILE	7
#define ROOM	(12 * SIZE)
#define HEAD	12u /* bytes of a record before its data */
#define RECORDS 512u

enum { VM, SOME_PAGES, VCPU, GIC, DEVICE, END };

struct vm vm;

/* ---- what they see of Linux ---- */

static uint8_t stream[ROOM];
static uint32_t stream_size, stream_at, stream_room; /* room: where writing fails */
static uint8_t answer;
static uint32_t answers_after; /* turns of reading until the answer is there */
static bool is_shut, listens;
static jmp_buf refused;
static char said[64];
static uint32_t held, events, truncated;
static bool has_event, peer_gone;

bool os_read_all(int32_t file, void *to, uint32_t size)
{
	CHECK_EQ(file, FILE);
	if (!listens) { /* who has written waits for the answer */
		if (!answer || (answers_after && answers_after--)) {
			return false;
		}
		CHECK_EQ(size, 1);
		memcpy(to, &answer, 1);
		return true;
	}
	if (size > stream_size - stream_at) {
		return false;
	}
	memcpy(to, stream + stream_at, size);
	stream_at += size;
	return true;
}

bool os_write_all(int32_t file, const void *from, uint32_t size)
{
	CHECK_EQ(file, FILE);
	if (listens) {
		CHECK(size == 1 && *(const uint8_t *)from == 0x6b);
		answer = 0x6b;
		return !peer_gone;
	}
	if (size > stream_room - stream_size) {
		return false;
	}
	if (size) {
		memcpy(stream + stream_size, from, size);
	}
	stream_size += size;
	return true;
}

int32_t os_open(const char *path, uint32_t flags)
{
	CHECK(strcmp(path, "file") == 0);
	if (flags & 0x200) {
		truncated++;
	}
	return FILE;
}

void os_close(int32_t file)
{
	CHECK_EQ(file, FILE);
}

int32_t os_sync(int32_t file)
{
	CHECK_EQ(file, FILE);
	return 0;
}

void os_fail(const char *what, const char *of)
{
	CHECK(strcmp(what, "the VM cannot be restored") == 0);
	(void)snprintf(said, sizeof(said), "%s", of);
	longjmp(refused, 1);
}

void os_say(const char *what, const char *of)
{
	(void)of;
	(void)snprintf(said, sizeof(said), "%s", what);
}

void os_say_number(const char *what, int64_t number)
{
	(void)what;
	(void)number;
}

void os_take(struct os_lock *lock)
{
	(void)lock;
}

void os_release(struct os_lock *lock)
{
	(void)lock;
}

int32_t os_event(void)
{
	return (int32_t)(16 + events++);
}

void os_event_signal(int32_t event)
{
	CHECK(event >= 16);
}

void os_event_clear(int32_t event)
{
	CHECK(event >= 16);
}

int32_t os_random(void *to, uint32_t size)
{
	memset(to, 0x77, size);
	return (int32_t)size;
}

const char *sock_path(const char *text)
{
	return strncmp(text, "unix:", 5) == 0 ? text + 5 : NULL;
}

int32_t sock_connect(const char *path, uint32_t type)
{
	CHECK(strcmp(path, "way") == 0 && type == 1);
	return FILE;
}

int32_t sock_wait(const char *path, uint32_t type)
{
	return sock_connect(path, type);
}

void sock_limit(int32_t file, uint32_t seconds)
{
	CHECK(file == FILE && seconds >= 10);
}

void sock_shut(int32_t file)
{
	CHECK_EQ(file, FILE);
	is_shut = true;
}

/* ---- and of KVM ---- */

static struct registers registers[VCPUS];
static uint32_t gic[VCPUS][WORDS];
static uint32_t registers_sets, gic_sets;
static bool refuses; /* what is set */

bool registers_get(uint32_t vcpu, struct registers *to)
{
	CHECK(held);
	*to = registers[vcpu];
	return !refuses;
}

bool registers_set(uint32_t vcpu, const struct registers *from)
{
	CHECK(vcpu < VCPUS && from->count <= 512);
	registers[vcpu] = *from;
	registers_sets++;
	return !refuses;
}

uint32_t registers_size(const struct registers *one)
{
	return 8 + 16 * one->count;
}

uint32_t gic_get(uint32_t vcpu, uint32_t *words)
{
	CHECK(held);
	memcpy(words, gic[vcpu], sizeof(gic[vcpu]));
	return WORDS;
}

bool gic_set(uint32_t vcpu, const uint32_t *words, uint32_t count)
{
	CHECK(vcpu < VCPUS && count <= 256);
	if (count != WORDS) {
		return false;
	}
	memcpy(gic[vcpu], words, sizeof(gic[vcpu]));
	gic_sets++;
	return true;
}

static uint32_t dirty[PAGES / 32], log_on, log_off;

bool dirty_log(bool on)
{
	log_on += on;
	log_off += !on;
	return true;
}

int32_t dirty_take(uint32_t *bits)
{
	int32_t count = 0;

	for (uint32_t n = 0; n < PAGES / 32; n++) {
		bits[n] = dirty[n];
		count += __builtin_popcount(bits[n]);
		dirty[n] = 0;
	}
	return count;
}

void dirty_mark(const void *at, uint32_t size)
{
	uint32_t offset = (uint32_t)((const uint8_t *)at - vm.ram);

	CHECK(offset <= SIZE && size <= SIZE - offset);
}

void vcpu_hold(void)
{
	CHECK(!held);
	held = 1;
}

void vcpu_go(void)
{
	CHECK(held);
	held = 0;
}

bool vcpu_has_event(void)
{
	return has_event;
}

void vm_connect_store(uint32_t address, int32_t event)
{
	(void)address;
	(void)event;
}

void vm_connect_irq(uint32_t spi, int32_t event)
{
	(void)spi;
	(void)event;
}

/* ---- a VM ---- */

static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static uint8_t want[SIZE];

/* Half of its pages have something in them, also in their last word alone. */
static void make(void)
{
	vm.nr_vcpus = VCPUS;
	vm.ram_size = SIZE;
	memset(vm.ram, 0, SIZE);
	for (uint32_t n = 0; n < PAGES; n++) {
		if (any(2)) {
			vm.ram[n * PAGE + (any(2) ? PAGE - 1 : any(PAGE))] =
				(uint8_t)(1 + any(255));
		}
	}
	memset(registers, 0, sizeof(registers));
	for (uint32_t n = 0; n < VCPUS; n++) {
		registers[n].state = n;
		registers[n].count = COUNT;
		for (uint32_t r = 0; r < COUNT; r++) {
			registers[n].all[r].id = 100 * n + r;
			registers[n].all[r].value = (uint64_t)any(UINT32_MAX) << 32 | r;
		}
		for (uint32_t w = 0; w < WORDS; w++) {
			gic[n][w] = any(UINT32_MAX);
		}
	}
	for (uint32_t n = 0; n < DEVICES; n++) {
		memset(&virtio_get(n)->state, 0, sizeof(struct vdev_state));
		virtio_get(n)->state.driver[1] = n;
	}
	stream_size = stream_at = held = truncated = log_on = log_off = 0;
	stream_room = ROOM;
	answer = 0x6b;
	answers_after = 0;
	is_shut = listens = has_event = refuses = peer_gone = false;
	memset(dirty, 0, sizeof(dirty));
}

/* All of it is somebody else's. */
static void forget(void)
{
	memset(vm.ram, 0, SIZE);
	memset(registers, 0, sizeof(registers));
	memset(gic, 0, sizeof(gic));
	for (uint32_t n = 0; n < DEVICES; n++) {
		memset(&virtio_get(n)->state, 0, sizeof(struct vdev_state));
	}
	vm.nr_vcpus = 1;
	registers_sets = gic_sets = 0;
}

/* True: it is restored, and whole. */
static bool restores(const char *source)
{
	stream_at = 0;
	listens = true;
	said[0] = 0;
	forget();
	if (setjmp(refused)) {
		CHECK(strcmp(said, "restored") != 0);
		return false;
	}
	restore_open(source);
	if (vm.ram_size != SIZE) { /* there is no room for more here */
		CHECK(vm.ram_size % SIZE == 0 && vm.ram_size <= 0x40000000);
		return false;
	}
	restore_vm();
	CHECK(strcmp(said, "restored") == 0);
	CHECK(registers_sets == vm.nr_vcpus && gic_sets == vm.nr_vcpus);
	return true;
}

static void check_it(void)
{
	struct registers were[VCPUS];
	uint32_t words[VCPUS][WORDS];

	memcpy(were, registers, sizeof(were));
	memcpy(words, gic, sizeof(words));
	CHECK(restores("file"));
	CHECK_EQ(vm.nr_vcpus, VCPUS);
	CHECK(memcmp(vm.ram, want, SIZE) == 0);
	CHECK(memcmp(registers, were, sizeof(were)) == 0);
	CHECK(memcmp(gic, words, sizeof(words)) == 0);
	for (uint32_t n = 0; n < DEVICES; n++) {
		CHECK_EQ(virtio_get(n)->state.driver[1], n);
	}
}

/* ---- saving ---- */

static void through_a_file(void)
{
	for (uint32_t turn = 0; turn < 20; turn++) {
		make();
		memcpy(want, vm.ram, SIZE);
		CHECK(save_vm("file", false, NULL));
		CHECK(held && !is_shut);
		check_it();
	}
}

static uint32_t writes_left;

/* The guest writes while it is sent. */
static void writes_on(void)
{
	uint32_t at = any(SIZE);

	CHECK(!held);
	if (writes_left && writes_left--) {
		vm.ram[at]++;
		dirty[at / PAGE / 32] |= 1u << at / PAGE % 32;
	}
}

static void while_it_runs(void)
{
	static const uint32_t writes[] = { 0, 1, 100, 100000 };

	for (uint32_t turn = 0; turn < 20; turn++) {
		make();
		writes_left = writes[turn % 4];
		CHECK(save_vm("unix:way", false, writes_on));
		CHECK(held && log_on == 1 && log_off == 0);
		memcpy(want, vm.ram, SIZE);
		check_it();
	}
	make(); /* it is paused: nothing is served meanwhile */
	held = 1;
	writes_left = 0;
	memcpy(want, vm.ram, SIZE);
	CHECK(save_vm("unix:way", true, writes_on));
	CHECK(log_on == 0);
	check_it();
}

/* It goes on where it is, whatever has failed. */
static void stays_here(bool was_held)
{
	CHECK_EQ(held, was_held);
	CHECK(strcmp(said, "unix:way") == 0 || strcmp(said, "file") == 0);
}

static void no_room(void)
{
	uint32_t same = seed;

	make();
	CHECK(save_vm("file", false, NULL));
	for (uint32_t room = 0, whole = stream_size; room < whole; room += 1 + room % 4999) {
		seed = same;
		make();
		stream_room = room;
		CHECK(!save_vm("file", false, NULL));
		stays_here(false);
		CHECK_EQ(truncated, 2); /* the beginning of a VM is no VM: it takes no room */
	}
}

static void not_taken(void)
{
	make();
	answer = 0; /* the other process says nothing: from here on it cannot */
	CHECK(!save_vm("unix:way", false, writes_on));
	CHECK(is_shut);
	stays_here(false);
	make();
	answers_after = 1; /* it said so at the last moment */
	CHECK(save_vm("unix:way", false, writes_on));
	CHECK(is_shut && held);
	make();
	answer = 0x6a;
	held = 1;
	CHECK(!save_vm("unix:way", true, writes_on));
	stays_here(true);
	make();
	has_event = true; /* it powers itself off meanwhile */
	CHECK(!save_vm("unix:way", false, writes_on));
	stays_here(false);
	make();
	refuses = true;
	CHECK(!save_vm("file", false, NULL));
	stays_here(false);
}

/* ---- streams that are not whole, or not in order ---- */

static struct {
	uint32_t at, size; /* with its head */
	uint32_t kind;
} records[RECORDS];
static uint32_t nr_records;
static uint8_t whole[ROOM];
static uint32_t whole_size;

static void find_records(void)
{
	make();
	CHECK(save_vm("file", false, NULL));
	whole_size = stream_size;
	memcpy(whole, stream, whole_size);
	nr_records = 0;
	for (uint32_t at = 0; at < whole_size && nr_records < RECORDS; nr_records++) {
		uint32_t head[3];

		memcpy(head, whole + at, sizeof(head));
		records[nr_records].kind = head[0];
		records[nr_records].at = at;
		records[nr_records].size = HEAD + head[2];
		at += HEAD + head[2];
	}
	CHECK_EQ(records[0].kind, VM);
	CHECK_EQ(records[nr_records - 1].kind, END);
}

static void append(uint32_t n)
{
	memcpy(stream + stream_size, whole + records[n].at, records[n].size);
	stream_size += records[n].size;
}

static void cut_short(void)
{
	find_records();
	for (uint32_t size = 0; size < whole_size; size += 1 + any(whole_size > 6000 ? 997 : 1)) {
		stream_size = size;
		CHECK(!restores("file"));
	}
	for (uint32_t n = 0; n < nr_records; n++) { /* at the border of two records */
		stream_size = records[n].at;
		CHECK(!restores("unix:way"));
	}
}

static void one_is_missing(void)
{
	find_records();
	for (uint32_t without = 0; without < nr_records; without++) {
		stream_size = 0;
		for (uint32_t n = 0; n < nr_records; n++) {
			if (n != without) {
				append(n);
			}
		}
		/* A page that is not there is one of zeros. */
		CHECK_EQ(restores("file"), records[without].kind == SOME_PAGES);
	}
}

static void one_is_twice(void)
{
	find_records();
	for (uint32_t twice = 0; twice + 1 < nr_records; twice++) {
		stream_size = 0;
		for (uint32_t n = 0; n < nr_records; n++) {
			append(n);
			if (n == twice) {
				append(n);
			}
		}
		CHECK_EQ(restores("file"), records[twice].kind == SOME_PAGES);
	}
}

static void in_another_order(void)
{
	find_records();
	for (uint32_t at = 0; at + 1 < nr_records; at++) {
		stream_size = 0;
		for (uint32_t n = 0; n < nr_records; n++) {
			append(n == at ? n + 1 : n == at + 1 ? n - 1 : n);
		}
		CHECK_EQ(restores("file"),
			 records[at].kind == SOME_PAGES && records[at + 1].kind == SOME_PAGES);
	}
}

/* Each word of each head, and the first ones of its data, with values at the borders. */
static void numbers(void)
{
	static const uint32_t values[] = { 0,	       1,	   2,	       3,
					   4,	       5,	   6,	       8,
					   511,	       513,	   1u << 20,   PAGES - 1,
					   PAGES,      PAGES + 1,  0x3fffffff, 0x40000000,
					   0x40100000, 0x7fffffff, 0x80000000, 0xfffff000,
					   0xfffffff4, 0xffffffff };

	find_records();
	for (uint32_t n = 0; n < nr_records; n++) {
		for (uint32_t word = 0; word < 7 && 4 * word < records[n].size; word++) {
			for (uint32_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
				memcpy(stream, whole, whole_size);
				stream_size = whole_size;
				memcpy(stream + records[n].at + 4 * word, &values[v], 4);
				(void)restores("file");
			}
		}
	}
}

static void spoilt(void)
{
	find_records();
	for (uint32_t turn = 0; turn < 5000; turn++) {
		memcpy(stream, whole, whole_size);
		stream_size = any(8) ? whole_size : any(whole_size);
		for (uint32_t n = 1 + any(4); n > 0; n--) {
			/* Near a head, most of the time. */
			uint32_t at = records[any(nr_records)].at + any(40);

			if (any(8) == 0) {
				at = any(whole_size);
			}
			if (at < whole_size) {
				stream[at] =
					(uint8_t)(any(2) ? any(256) : stream[at] ^ 1u << any(8));
			}
		}
		refuses = any(16) == 0;
		(void)restores("file");
	}
	refuses = false;
}

/* The process that sends it has gone: it goes on there, and not here. */
static void sender_gone(void)
{
	find_records();
	memcpy(stream, whole, whole_size);
	stream_size = whole_size;
	peer_gone = true;
	CHECK(!restores("unix:way"));
	peer_gone = false;
	CHECK(restores("unix:way"));
}

static bool nothing(struct vdev *dev, uint32_t queue)
{
	(void)dev;
	(void)queue;
	return false;
}

static uint32_t no_config(const struct vdev *dev, uint32_t offset)
{
	(void)dev;
	(void)offset;
	return 0;
}

static void begin(void)
{
	static const struct vdev_ops ops = {
		.id = 9, .nr_queues = 2, .work = nothing, .config = no_config
	};
	static struct virtio other;

	vm.ram = malloc(SIZE);
	vm.ram_size = SIZE;
	rng_add();
	virtio_add(&other, &ops, NULL);
	CHECK_EQ(virtio_count(), DEVICES);
}

static void finish(void)
{
	free(vm.ram);
}

static const struct test_case cases[] = {
	{ "two devices", begin },
	{ "through a file", through_a_file },
	{ "while it runs", while_it_runs },
	{ "no room: it stays", no_room },
	{ "not taken: it stays", not_taken },
	{ "cut short", cut_short },
	{ "a record is missing", one_is_missing },
	{ "a record is there twice", one_is_twice },
	{ "records in another order", in_another_order },
	{ "numbers at their borders", numbers },
	{ "random bytes", spoilt },
	{ "the sender has gone", sender_gone },
	{ "the end", finish },
};

TEST_MAIN("vmm_stream", cases)
