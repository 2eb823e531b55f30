/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/save.h"
#include "guest/linux/vmm/dirty.h"
#include "guest/linux/vmm/gic.h"
#include "guest/linux/vmm/registers.h"
#include "guest/linux/vmm/sock.h"
#include "guest/linux/vmm/stream.h"
#include "guest/linux/vmm/vcpu.h"
#include "guest/linux/vmm/virtio.h"
#include "guest/linux/vmm/vm.h"

#define SAVE_ROUNDS 8u	/* at most, while it runs */
#define SAVE_FEW    128 /* pages that are written in a round: the rest is sent while it is held */

static int32_t save_file;
static void (*save_meanwhile)(void);	/* NULL: the VM is held */
static uint32_t save_bits[DIRTY_WORDS]; /* pages to send */
static uint32_t save_sent;		/* pages */

static bool save_record(uint32_t kind, uint32_t index, const void *data, uint32_t size)
{
	const struct stream_head head = { kind, index, size };

	return os_write_all(save_file, &head, sizeof(head)) && os_write_all(save_file, data, size);
}

/* ---- memory ---- */

static bool save_has(uint32_t page)
{
	return (save_bits[page / 32] & 1u << page % 32) != 0;
}

/* Pages that follow each other. */
static bool save_run(uint32_t page, uint32_t count)
{
	save_sent += count;
	if (save_meanwhile) {
		save_meanwhile();
	}
	return save_record(STREAM_PAGES, page, vm.ram + page * VM_PAGE, count * VM_PAGE);
}

static bool save_pages(void)
{
	uint32_t pages = vm.ram_size / VM_PAGE, count = 0;

	for (uint32_t page = 0; page < pages; page += count ? count : 1) {
		for (count = 0;
		     count < STREAM_RUN && page + count < pages && save_has(page + count);) {
			count++;
		}
		if (count && !save_run(page, count)) {
			return false;
		}
	}
	return true;
}

static bool save_is_zero(uint32_t page)
{
	const volatile uint32_t *word = (const uint32_t *)(const void *)(vm.ram + page * VM_PAGE);

	for (uint32_t n = 0; n < VM_PAGE / 4; n++) {
		if (word[n]) {
			return false;
		}
	}
	return true;
}

/* The reader begins with zeros. */
static void save_find_all(void)
{
	for (uint32_t page = 0; page < vm.ram_size / VM_PAGE; page++) {
		uint32_t bit = 1u << page % 32;

		save_bits[page / 32] =
			(save_bits[page / 32] & ~bit) | (save_is_zero(page) ? 0 : bit);
		if (save_meanwhile && page % STREAM_RUN == 0) {
			save_meanwhile();
		}
	}
}

/* The log begins before the first page is read. */
static bool save_memory_live(void)
{
	int32_t left = 0;

	if (!dirty_log(true)) {
		return false;
	}
	save_find_all();
	for (uint32_t round = 0; round < SAVE_ROUNDS; round++) {
		if (!save_pages()) {
			return false;
		}
		left = dirty_take(save_bits);
		if (left < SAVE_FEW) {
			break;
		}
	}
	return left >= 0;
}

/* It is held. What the last round has found is not sent yet, and more may have been written. */
static bool save_memory_rest(void)
{
	static uint32_t more[DIRTY_WORDS];

	os_say_number("pages sent while it ran", save_sent);
	save_sent = 0;
	if (dirty_take(more) < 0) {
		return false;
	}
	for (uint32_t n = 0; n < vm.ram_size / VM_PAGE / 32; n++) {
		save_bits[n] |= more[n];
	}
	return save_pages();
}

static bool save_memory_all(void)
{
	save_find_all();
	return save_pages();
}

/* ---- the rest ---- */

static bool save_vcpu(uint32_t vcpu)
{
	static struct registers registers;

	return registers_get(vcpu, &registers) &&
	       save_record(STREAM_VCPU, vcpu, &registers, registers_size(&registers));
}

static bool save_gic(uint32_t vcpu)
{
	static uint32_t words[GIC_WORDS_MAX];
	uint32_t count = gic_get(vcpu, words);

	return count && save_record(STREAM_GIC, vcpu, words, 4 * count);
}

static bool save_device(uint32_t n)
{
	const struct virtio *virtio = virtio_get(n);
	struct stream_device device = { virtio->dev.ops->id, virtio->state };

	return save_record(STREAM_DEVICE, n, &device, sizeof(device));
}

static bool save_state(void)
{
	for (uint32_t n = 0; n < vm.nr_vcpus; n++) {
		if (!save_vcpu(n)) {
			return false;
		}
	}
	for (uint32_t n = 0; n < vm.nr_vcpus; n++) {
		if (!save_gic(n)) {
			return false;
		}
	}
	for (uint32_t n = 0; n < virtio_count(); n++) {
		if (!save_device(n)) {
			return false;
		}
	}
	return save_record(STREAM_END, 0, NULL, 0);
}

static bool save_answered(void)
{
	uint8_t answer = 0;

	return os_read_all(save_file, &answer, 1) && answer == STREAM_ACK;
}

/* In a file it is when the file is there; another process says so. If it does not, it is kept from
 * saying so later: of the two, one has the VM. */
static bool save_acknowledged(bool socket)
{
	if (!socket) {
		return os_sync(save_file) == 0;
	}
	if (save_answered()) {
		return true;
	}
	sock_shut(save_file);
	return save_answered();
}

static bool save_head(void)
{
	const struct stream_vm head = { STREAM_MAGIC, vm.nr_vcpus, vm.ram_size, virtio_count() };

	return save_record(STREAM_VM, 0, &head, sizeof(head));
}

static bool save_all(bool socket, bool held)
{
	bool live = save_meanwhile, saved;

	if (!save_head() || (live && !save_memory_live())) {
		return false;
	}
	save_meanwhile = NULL;
	if (!held) {
		vcpu_hold();
	}
	saved = !vcpu_has_event() && (live ? save_memory_rest() : save_memory_all()) &&
		save_state() && save_acknowledged(socket);
	if (!saved && !held) {
		vcpu_go();
	}
	return saved;
}

static int32_t save_open(const char *target, const char *path)
{
	int32_t file = path ? sock_connect(path, SOCK_STREAM)
			    : os_open(target, OS_O_WRONLY | OS_O_CREAT | OS_O_TRUNC);

	if (path && file >= 0) {
		sock_limit(file, STREAM_PATIENCE);
	}
	return file;
}

/* What has been written is no VM, and takes room: most often there was too little. */
static void save_failed(const char *target, bool file)
{
	int32_t again = file ? os_open(target, OS_O_WRONLY | OS_O_TRUNC) : -1;

	if (again >= 0) {
		os_close(again);
	}
	(void)dirty_log(false);
	os_say(target, "the VM cannot be saved there, and stays here");
}

bool save_vm(const char *target, bool held, void (*meanwhile)(void))
{
	const char *path = sock_path(target);
	bool saved;

	save_file = save_open(target, path);
	save_meanwhile = path && !held ? meanwhile : NULL;
	save_sent = 0;
	saved = save_file >= 0 && save_all(path != NULL, held);
	if (save_file >= 0) {
		os_close(save_file);
	}
	if (saved) {
		os_say_number("pages sent while it was held", save_sent);
	} else {
		save_failed(target, save_file >= 0 && !path);
	}
	return saved;
}
