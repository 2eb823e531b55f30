/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/mmio.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/vmm/console.h"
#include "guest/vmm/demo.h"
#include "guest/vmm/image.h"
#include "guest/vmm/machine.h"
#include "guest/vmm/runner.h"
#include "guest/vmm/tally.h"
#include "guest/vmm/virtio.h"
#include "guest/vmm/vmm.h"
#include <stdio.h>
#include <string.h>

#define MAIN_MIB    0x100000u
#define MAIN_RTC_LR 0x09010008u
#define MAIN_LIVES  3u /* that end early, with die=N */

struct vmm vmm;

static uint32_t main_size(const char *name, uint32_t mib)
{
	return guest_arg(name, mib) * MAIN_MIB & ~(VMM_BLOCK - 1);
}

/* The free memory in front of the image is the VM's: its RAM, and then its disk. */
static bool main_find_memory(void)
{
	uint32_t base = 0, size = 0, image_size = 0, image, end;

	if (!guest_free_memory(&base, &size)) {
		return false;
	}
	image = (uint32_t)(uintptr_t)image_find(&image_size);
	end = image >= base && image < base + size ? image : base + size;
	base = (base + VMM_BLOCK - 1) & ~(VMM_BLOCK - 1);
	vmm.ram = (uint8_t *)(uintptr_t)base;
	vmm.ram_size = main_size("memory", 16);
	vmm.disk_size = main_size("disk", 0);
	return base < end && vmm.ram_size != 0 && vmm.ram_size <= end - base &&
	       vmm.disk_size <= end - base - vmm.ram_size;
}

static void main_read_args(void)
{
	const char *args = strstr(guest_bootargs(), " -- ");
	uint32_t runners = smp_count();

	vmm.args = args ? args + 4 : "";
	vmm.ahead = guest_has_arg("ahead");
	vmm.lazy = guest_has_arg("lazy");
	vmm.windows = guest_has_arg("windows");
	vmm.tally = guest_arg("tally", 0);
	vmm.demo = guest_arg("demo", 0);
	vmm.nr_vcpus = guest_arg("vcpus", 1);
	if (vmm.nr_vcpus == 0 || vmm.nr_vcpus > VMM_MAX_VCPUS) {
		vmm.nr_vcpus = 1;
	}
	vmm.nr_runners = runners < vmm.nr_vcpus ? runners : vmm.nr_vcpus;
}

/* Its RTC's load register outlives a reset (docs/manifest.md): it counts the lives before. */
static void main_count_lives(void)
{
	uint32_t life;

	vmm.die = guest_arg("die", 0);
	if (vmm.die == 0) {
		return;
	}
	life = mmio_read32(MAIN_RTC_LR);
	mmio_write32(MAIN_RTC_LR, life + 1);
	if (life == MAIN_LIVES) {
		vmm.die = 0;
		(void)report_check(true, "it has died %u times, and its VM with it", MAIN_LIVES);
	}
}

/* One life of the VM. True: it wants another. */
static bool main_live(void)
{
	bool made;

	console_reset();
	virtio_reset();
	tally_reset();
	made = machine_make();
	if (report_check(made, "the VM is made")) {
		runner_run_all();
		(void)report_check(vmm.state == VMM_OFF || vmm.state == VMM_RESET, "the VM has %s",
				   vmm.state == VMM_RESET ? "reset itself" : "ended");
	}
	(void)report_check(machine_end(), "the VM is destroyed");
	return made && vmm.state == VMM_RESET;
}

static void main_tell(void)
{
	struct runner_counts sum = runner_sum();

	printf("exits: %u runs: %u interrupts, %u accesses, %u faults, %u waits, %u kicks, %u "
	       "offs\n",
	       (unsigned)sum.runs, (unsigned)sum.interrupts, (unsigned)sum.accesses,
	       (unsigned)sum.faults, (unsigned)sum.waits, (unsigned)sum.kicks, (unsigned)sum.offs);
	if (vmm.disk_size) {
		(void)report_check(virtio_requests() != 0 && virtio_lines() != 0,
				   "its disk had %u requests, its port %u lines",
				   (unsigned)virtio_requests(), (unsigned)virtio_lines());
	}
	if (vmm.tally) {
		tally_tell();
	}
	if (vmm.demo) {
		demo_tell();
	}
	(void)report_equal(console_failed(), 0, "no FAIL of the VM, %u PASS",
			   (unsigned)console_passed());
}

int main(void)
{
	uint32_t lives = 0, most = guest_arg("lives", 1), size = 0;

	main_read_args();
	main_count_lives();
	if (!report_check(image_find(&size) != NULL && main_find_memory(), "an image and memory")) {
		report_summary();
	}
	printf("%u vCPUs on %u, %u MiB, image of %u bytes%s\n", (unsigned)vmm.nr_vcpus,
	       (unsigned)vmm.nr_runners, (unsigned)(vmm.ram_size / MAIN_MIB), (unsigned)size,
	       vmm.lazy ? ", mapped late" : "");
	gic_init();
	console_init();
	virtio_init(vmm.ram + vmm.ram_size, vmm.disk_size);
	runner_init();
	while (main_live() && ++lives < most) {
	}
	main_tell();
	report_summary();
}
