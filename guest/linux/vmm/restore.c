/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/restore.h"
#include "guest/linux/vmm/gic.h"
#include "guest/linux/vmm/registers.h"
#include "guest/linux/vmm/sock.h"
#include "guest/linux/vmm/stream.h"
#include "guest/linux/vmm/virtio.h"
#include "guest/linux/vmm/vm.h"
#include <string.h>

static int32_t restore_file;
static bool restore_socket;
static uint32_t restore_devices;
static uint32_t restore_counts[STREAM_END]; /* records of each kind so far */

/* ---- reading ---- */

static _Noreturn void restore_refuse(const char *why)
{
	os_fail("the VM cannot be restored", why);
}

static void restore_read(void *to, uint32_t size)
{
	if (!os_read_all(restore_file, to, size)) {
		restore_refuse("it ends too early");
	}
}

void restore_open(const char *source)
{
	const char *path = sock_path(source);
	struct stream_head head;
	struct stream_vm said;

	restore_socket = path != NULL;
	restore_file = path ? sock_wait(path, SOCK_STREAM) : os_open(source, OS_O_RDONLY);
	if (restore_file < 0) {
		os_fail(source, "cannot be opened");
	}
	if (path) {
		sock_limit(restore_file, STREAM_PATIENCE);
	}
	memset(restore_counts, 0, sizeof(restore_counts));
	restore_read(&head, sizeof(head));
	if (head.kind != STREAM_VM || head.size != sizeof(said)) {
		restore_refuse("no VM is there");
	}
	restore_read(&said, sizeof(said));
	if (said.magic != STREAM_MAGIC || said.nr_vcpus == 0 || said.nr_vcpus > VM_VCPUS ||
	    said.ram_size == 0 || said.ram_size > VM_RAM_MAX || said.ram_size % (1u << 20)) {
		restore_refuse("no VM is there, or one that is not possible here");
	}
	vm.nr_vcpus = said.nr_vcpus;
	vm.ram_size = said.ram_size;
	restore_devices = said.nr_devices;
}

/* ---- records ---- */

static void restore_pages(const struct stream_head *head)
{
	uint32_t pages = vm.ram_size / VM_PAGE;

	if (head->size % VM_PAGE || head->size / VM_PAGE > pages ||
	    head->index > pages - head->size / VM_PAGE) {
		restore_refuse("pages outside of its memory");
	}
	restore_read(vm.ram + head->index * VM_PAGE, head->size);
}

/* There is one for each, in order: a second one, too, is of something that is not there. */
static void restore_next(const struct stream_head *head, uint32_t count, const char *else_it_is)
{
	if (head->index != restore_counts[head->kind] || head->index >= count) {
		restore_refuse(else_it_is);
	}
	restore_counts[head->kind]++;
}

static void restore_vcpu(const struct stream_head *head)
{
	static struct registers registers;

	restore_next(head, vm.nr_vcpus, "a vCPU that it has not");
	if (head->size > sizeof(registers)) {
		restore_refuse("registers");
	}
	restore_read(&registers, head->size);
	if (registers.count > REGISTERS_MAX || registers_size(&registers) != head->size ||
	    !registers_set(head->index, &registers)) {
		restore_refuse("registers");
	}
}

static void restore_gic(const struct stream_head *head)
{
	static uint32_t words[GIC_WORDS_MAX];

	restore_next(head, vm.nr_vcpus, "a GIC of a vCPU that it has not");
	if (head->size > sizeof(words) || head->size % 4) {
		restore_refuse("a GIC of another kind");
	}
	restore_read(words, head->size);
	if (!gic_set(head->index, words, head->size / 4)) {
		restore_refuse("its GIC");
	}
}

/* What the guest can set may have any value; vdev_resume checks the rest. */
static void restore_device(const struct stream_head *head)
{
	struct stream_device device;

	restore_next(head, virtio_count(), "a device that is not here");
	if (head->size != sizeof(device)) {
		restore_refuse("a device of another kind");
	}
	restore_read(&device, sizeof(device));
	if (device.id != virtio_get(head->index)->dev.ops->id) {
		restore_refuse("it had other devices");
	}
	virtio_get(head->index)->state = device.state;
}

/* From here on it is ours. */
static void restore_end(void)
{
	const uint8_t answer = STREAM_ACK;

	if (restore_counts[STREAM_VCPU] != vm.nr_vcpus ||
	    restore_counts[STREAM_GIC] != vm.nr_vcpus ||
	    restore_counts[STREAM_DEVICE] != virtio_count()) {
		restore_refuse("something of it is missing");
	}
	if (restore_socket && !os_write_all(restore_file, &answer, 1)) {
		restore_refuse("the other side has gone");
	}
	os_close(restore_file);
	virtio_resume();
	os_say("restored", NULL);
}

void restore_vm(void)
{
	static void (*const kinds[])(const struct stream_head *) = {
		[STREAM_PAGES] = restore_pages,
		[STREAM_VCPU] = restore_vcpu,
		[STREAM_GIC] = restore_gic,
		[STREAM_DEVICE] = restore_device,
	};
	struct stream_head head;
	uint32_t kind = STREAM_PAGES;

	if (restore_devices != virtio_count()) {
		restore_refuse("it had other devices");
	}
	for (;;) {
		restore_read(&head, sizeof(head));
		if (head.kind == STREAM_END) {
			restore_end();
			return;
		}
		if (head.kind < kind || head.kind > STREAM_END) {
			restore_refuse("a record that is not known, or is not in its place");
		}
		kind = head.kind;
		kinds[kind](&head);
	}
}
