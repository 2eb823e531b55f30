/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared memory (docs/shared-memory.md) in a program, by UIO and the module plumbline_shared: the
 * functions of guest/lib/shared.h that guest/lib/channel.c needs. One shared memory for a program.
 */
#ifndef GUEST_LINUX_UIO_H
#define GUEST_LINUX_UIO_H

#include "guest/lib/cpu.h"
#include "guest/lib/mmio.h"
#include "guest/lib/shared.h"
#include "guest/linux/bin/linux.h"

#define UIO_MAPS 4u
#define UIO_PAGE 0x1000u

struct uio {
	int32_t file;
	struct shared shared;
	uint32_t output, common; /* addresses of what this peer may write, or 0 */
};

static struct uio uio;

static inline bool uio_same(const char *a, const char *b)
{
	while (*a != 0 && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* A file of sysfs, without the end of its line. The letters 'D' and 'M' of the path are replaced by
 * the digits of device and map. */
static inline bool uio_attribute(const char *path, uint32_t device, uint32_t map, char *text,
				 size_t room)
{
	char name[64];
	size_t at = 0;
	int32_t file, size;

	for (; path[at] != 0 && at < sizeof(name) - 1; at++) {
		char c = path[at];

		name[at] = (char)(c == 'D' ? '0' + device : c == 'M' ? '0' + map : (uint32_t)c);
	}
	name[at] = 0;
	file = linux_open(name, 0);
	size = file < 0 ? 0 : linux_read(file, text, room - 1);
	if (file >= 0) {
		(void)linux_call(LINUX_CLOSE, (uint32_t)file, 0, 0);
	}
	if (size <= 0) {
		return false;
	}
	text[text[size - 1] == '\n' ? size - 1 : size] = 0;
	return true;
}

/* "0x00009000" */
static inline uint32_t uio_hex(const char *text)
{
	uint32_t value = 0;

	for (text += 2; *text != 0; text++) {
		value = value << 4 | (uint32_t)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
	}
	return value;
}

/* Where the map of that name is, all of it, or 0. */
static inline uint32_t uio_map(uint32_t device, const char *name, uint32_t protection)
{
	char text[32];

	for (uint32_t map = 0; map < UIO_MAPS; map++) {
		uint32_t place;

		if (!uio_attribute("/sys/class/uio/uioD/maps/mapM/name", device, map, text,
				   sizeof(text)) ||
		    !uio_same(text, name) ||
		    !uio_attribute("/sys/class/uio/uioD/maps/mapM/size", device, map, text,
				   sizeof(text))) {
			continue;
		}
		place = linux_mmap(uio.file, uio_hex(text), protection, map);
		return LINUX_FAILED(place) ? 0 : place;
	}
	return 0;
}

uint32_t shared_read(const struct shared *shared, uint32_t offset)
{
	return mmio_read32(shared->registers + offset);
}

void shared_write(const struct shared *shared, uint32_t offset, uint32_t value)
{
	mmio_write32(shared->registers + offset, value);
}

uint32_t shared_state(const struct shared *shared, uint32_t peer)
{
	uint32_t state = ((const volatile uint32_t *)(uintptr_t)shared->base)[peer];

	cpu_dmb();
	return state;
}

void shared_set_state(const struct shared *shared, uint32_t state)
{
	cpu_dsb();
	shared_write(shared, SHARED_STATE, state);
}

void shared_ring(const struct shared *shared, uint32_t peer)
{
	cpu_dsb();
	shared_write(shared, SHARED_DOORBELL, peer << 16);
}

uint32_t shared_take_events(const struct shared *shared)
{
	uint32_t events = shared_read(shared, SHARED_EVENTS);

	if (events) {
		shared_write(shared, SHARED_EVENTS, events);
	}
	cpu_dsb();
	return events;
}

void shared_enable(const struct shared *shared, bool on)
{
	shared_write(shared, SHARED_CONTROL, on);
	cpu_dsb();
}

/* What the peer may write is mapped apart from the memory that it may read. */
void *shared_common(const struct shared *shared)
{
	return (void *)(uintptr_t)(uio.common ? uio.common : shared->base + UIO_PAGE);
}

void *shared_output(const struct shared *shared, uint32_t peer)
{
	return (void *)(uintptr_t)(peer == shared->id && uio.output
					   ? uio.output
					   : shared->base + UIO_PAGE + shared->common_size +
						     peer * shared->output_size);
}

/* The number of the UIO device of this name, or 10. */
static inline uint32_t uio_find(const char *name)
{
	char text[32];
	uint32_t device = 0;

	while (device < 10 &&
	       (!uio_attribute("/sys/class/uio/uioD/name", device, 0, text, sizeof(text)) ||
		!uio_same(text, name))) {
		device++;
	}
	return device;
}

/* The shared memory with this name in the manifest; uio.shared is then as after shared_open. */
static inline bool uio_open(const char *name)
{
	char path[] = "/dev/uio0";
	uint32_t device = uio_find(name);
	struct shared *shared = &uio.shared;

	path[sizeof(path) - 2] = (char)('0' + device);
	uio.file = device < 10 ? linux_open(path, 2) : -1;
	if (uio.file < 0) {
		return false;
	}
	shared->registers = uio_map(device, "registers", LINUX_PROT_READ | LINUX_PROT_WRITE);
	shared->base = uio_map(device, "memory", LINUX_PROT_READ);
	uio.output = uio_map(device, "output", LINUX_PROT_READ | LINUX_PROT_WRITE);
	uio.common = uio_map(device, "common", LINUX_PROT_READ | LINUX_PROT_WRITE);
	if (!shared->registers || !shared->base) {
		return false;
	}
	shared->id = shared_read(shared, SHARED_ID);
	shared->peers = shared_read(shared, SHARED_PEERS);
	shared->common_size = shared_read(shared, SHARED_COMMON);
	shared->output_size = shared_read(shared, SHARED_OUTPUT);
	return true;
}

/* Until an interrupt has come, at most `ms`; then clears the events, and enables the next one.
 * False: none has. Look afterwards at what may have happened, not before. */
static inline bool uio_wait(uint32_t ms)
{
	struct {
		int32_t file;
		uint16_t wanted, got;
	} poll = { uio.file, 1, 0 }; /* POLLIN */
	uint32_t value;

	if (linux_call(LINUX_POLL, (uint32_t)(uintptr_t)&poll, 1, ms) <= 0 ||
	    linux_read(uio.file, &value, sizeof(value)) != sizeof(value)) {
		return false;
	}
	(void)shared_take_events(&uio.shared);
	value = 1;
	return linux_write(uio.file, &value, sizeof(value)) == sizeof(value);
}

#endif
