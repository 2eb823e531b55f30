/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Serves a disk in memory and a console to another partition (docs/virtio.md): window 30 is the
 * disk, 31 the console. Their state and the disk's contents are in this partition's section of the
 * shared memory "notes": they outlive it. Bootargs: die=N: it restarts in the middle of each Nth
 * request of the disk; lives=N: so often, less one.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/irq.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/lib/shared.h"
#include "guest/lib/vdisk.h"
#include "guest/lib/vport.h"
#include "guest/lib/vserve.h"
#include "guest/test/nap.h"
#include <stdio.h>
#include <string.h>

#define MAGIC	     0x766e6f74u
#define DISK	     30u
#define PORT	     31u
#define NOTES	     0x1000u /* bytes before the disk's contents */
#define LINE	     96u
#define VBLK_TIMEOUT 240000000u

/* In the section that outlives this partition. */
struct notes {
	uint32_t magic, lives, requests, lines;
	struct vdev_state disk, port;
	char line[LINE]; /* from the console, not whole yet */
	uint32_t length;
	char reply[LINE]; /* not taken yet */
	uint32_t replied, reply_length;
	bool bye;
};

static struct notes *notes;

_Static_assert(sizeof(struct notes) <= NOTES, "in front of the disk");

static struct shared memory;
static struct vdisk disk;
static struct vport port;
static struct vdev disk_dev = { .ops = &vdisk_ops, .own = &disk };
static struct vdev port_dev = { .ops = &vport_ops, .own = &port };
static volatile uint32_t rings;
static uint32_t die, lives;

static void on_doorbell(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	rings += vserve_all() != 0;
}

/* The data has moved, and the client does not know. */
static void maybe_die(struct vdisk *which)
{
	notes->requests++;
	if (die && notes->lives < lives && which->requests % die == 0) {
		printf("restarts in request %u\n", (unsigned)notes->requests);
		cpu_dsb();
		psci_system_reset();
	}
}

/* "ask X" is answered by "told X"; "bye" ends all this. */
static void take_line(void)
{
	notes->line[notes->length] = 0;
	notes->length = 0;
	notes->lines++;
	if (strcmp(notes->line, "bye") == 0) {
		notes->bye = true;
	} else if (strncmp(notes->line, "ask ", 4) == 0) {
		notes->reply_length =
			(uint32_t)snprintf(notes->reply, LINE, "told %s\n", notes->line + 4);
		notes->replied = 0;
	} else {
		printf("console: %s\n", notes->line);
	}
}

static void port_out(struct vport *which, const uint8_t *bytes, uint32_t count)
{
	(void)which;
	for (uint32_t n = 0; n < count; n++) {
		if (bytes[n] == '\n') {
			take_line();
		} else if (bytes[n] >= ' ' && notes->length < LINE - 1) {
			notes->line[notes->length++] = (char)bytes[n];
		}
	}
}

static uint32_t port_in(struct vport *which, uint8_t *bytes, uint32_t room)
{
	uint32_t left = notes->reply_length - notes->replied;
	uint32_t count = left < room ? left : room;

	(void)which;
	memcpy(bytes, notes->reply + notes->replied, count);
	notes->replied += count;
	return count;
}

/* Of a former life, or of none. */
static void open_notes(void)
{
	uint32_t bytes = memory.output_size - NOTES;

	notes = shared_output(&memory, memory.id);
	if (notes->magic != MAGIC) {
		memset(notes, 0, sizeof(*notes));
		notes->magic = MAGIC;
	}
	notes->lives++;
	disk.data = (uint8_t *)notes + NOTES;
	disk.sectors = bytes / VDISK_SECTOR;
	disk.before_done = maybe_die;
	port.out = port_out;
	port.in = port_in;
	disk_dev.state = &notes->disk;
	port_dev.state = &notes->port;
}

static bool open_devices(void)
{
	struct vserve_node node;

	return shared_open(&memory, "notes") && vserve_node(0, &node) == 0 &&
	       vserve_add(&node, DISK, &disk_dev) == 0 && vserve_add(&node, PORT, &port_dev) == 0 &&
	       vserve_add(&node, 0, &port_dev) != 0;
}

/* Its interrupts are enabled while it waits only: one event after the other. */
static bool serve(void)
{
	uint64_t end = timer_count() + timer_us_to_ticks(VBLK_TIMEOUT);

	while (!notes->bye || notes->disk.status != 0) {
		(void)nap_once(1000000);
		vport_ready(&port_dev);
		if (timer_count() > end) {
			return false;
		}
	}
	return true;
}

int main(void)
{
	die = guest_arg("die", 0);
	lives = guest_arg("lives", 1);
	gic_init();
	nap_init();
	if (!report_check(open_devices(), "the client's windows and memory")) {
		report_summary();
	}
	open_notes();
	printf("life %u, %u sectors\n", (unsigned)notes->lives, (unsigned)disk.sectors);
	irq_set_handler(PLUMB_VIRTIO_INTID, on_doorbell, NULL);
	gic_enable(PLUMB_VIRTIO_INTID);
	vdev_resume(&disk_dev);
	vdev_resume(&port_dev);
	(void)report_check(serve(), "the client has said bye, and has reset its disk");
	(void)report_equal(notes->lives, lives, "lives");
	(void)report_check(notes->requests > die * (lives - 1), "requests of the disk: %u",
			   (unsigned)notes->requests);
	(void)report_check(rings != 0, "rings of the doorbell in this life");
	report_summary();
}
