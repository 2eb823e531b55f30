/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another kernel in the place of this one (kexec_load(2)): all CPUs but one are off, no device is
 * reset, and the monitor notices nothing.
 *
 *   kexec FILE ADDRESS [FILE ADDRESS]...    puts the files there, and starts at the first address;
 *                                           one of them is a device tree
 *
 * Addresses are decimal, and multiples of a page. Returns if the kernel refuses, with its errno.
 */
#include "guest/linux/bin/linux.h"

#define KEXEC_REBOOT 88u
#define KEXEC_LOAD   347u

/* LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC */
#define KEXEC_MAGIC1  0xfee1deadu
#define KEXEC_MAGIC2  672274793u
#define KEXEC_COMMAND 0x45584543u

#define KEXEC_SEGMENTS 4u
#define KEXEC_ROOM     0x1000000u
#define KEXEC_PAGE     4096u

/* struct kexec_segment */
struct kexec_segment {
	const uint8_t *data;
	uint32_t size;
	uint32_t address, room;
};

int main(int argc, char **argv);

static uint8_t kexec_data[KEXEC_ROOM];
static uint32_t kexec_used;

/* False: the file cannot be read, or there is no room for it. */
static bool kexec_read(const char *path, struct kexec_segment *segment)
{
	int32_t file = linux_open(path, 0), got = 1;

	segment->data = kexec_data + kexec_used;
	while (file >= 0 && got > 0 && kexec_used < KEXEC_ROOM) {
		got = linux_read(file, kexec_data + kexec_used, KEXEC_ROOM - kexec_used);
		kexec_used += got > 0 ? (uint32_t)got : 0;
	}
	segment->size = (uint32_t)(kexec_data + kexec_used - segment->data);
	segment->room = (segment->size + KEXEC_PAGE - 1) & ~(KEXEC_PAGE - 1);
	return file >= 0 && got == 0 && segment->size > 0;
}

int main(int argc, char **argv)
{
	struct kexec_segment segments[KEXEC_SEGMENTS];
	uint32_t count = (uint32_t)(argc - 1) / 2;
	int32_t error;

	if (count == 0 || count > KEXEC_SEGMENTS) {
		return 1;
	}
	for (uint32_t n = 0; n < count; n++) {
		segments[n].address = linux_number(argv[2 + 2 * n]);
		if (!kexec_read(argv[1 + 2 * n], &segments[n])) {
			linux_print("kexec: a file cannot be read\n");
			return 1;
		}
	}
	error = linux_call(KEXEC_LOAD, segments[0].address, count, (uint32_t)(uintptr_t)segments);
	if (error == 0) {
		error = linux_call(KEXEC_REBOOT, KEXEC_MAGIC1, KEXEC_MAGIC2, KEXEC_COMMAND);
	}
	linux_print("kexec: error ");
	linux_print_number((uint32_t)-error, "\n");
	return 1;
}
