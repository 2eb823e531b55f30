/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmm: a virtual machine monitor for 32-bit Arm, by KVM's documented API (docs/kvm.md). The first
 * thread waits for files and serves the virtio devices; each vCPU has a thread of its own.
 */
#include "guest/linux/kvmtest/sys.h"
#include "guest/linux/vmm/blk.h"
#include "guest/linux/vmm/console.h"
#include "guest/linux/vmm/gic.h"
#include "guest/linux/vmm/load.h"
#include "guest/linux/vmm/net.h"
#include "guest/linux/vmm/options.h"
#include "guest/linux/vmm/registers.h"
#include "guest/linux/vmm/restore.h"
#include "guest/linux/vmm/rng.h"
#include "guest/linux/vmm/save.h"
#include "guest/linux/vmm/vcpu.h"
#include "guest/linux/vmm/virtio.h"
#include "guest/linux/vmm/vm.h"

#define MAIN_POLLS     (2 + 2 * VIRTIO_MAX)
#define MAIN_SIGNALFD4 355
#define MAIN_SAVED     3u /* exit status */

int main(int argc, char **argv);

static struct options main_options;
static bool main_paused;
static uint64_t main_time; /* of the guest, while it is paused */

/* The signals are for the first thread, which reads them from a file. */
static int32_t main_signals(void)
{
	static const uint8_t taken[] = { OS_SIGHUP,  OS_SIGINT,	 SYS_SIGUSR1,
					 OS_SIGUSR2, OS_SIGPIPE, OS_SIGTERM };
	uint32_t mask[2] = { 0, 0 };

	for (uint32_t n = 0; n < sizeof(taken); n++) {
		sys_block(taken[n], true);
		mask[0] |= 1u << (taken[n] - 1);
	}
	return sys_call(MAIN_SIGNALFD4, (uint32_t)-1, sys_at(mask), sizeof(mask), 0, 0, 0);
}

/* For the guest, no time passes meanwhile. */
static void main_pause(void)
{
	if (!main_paused) {
		vcpu_hold();
		main_time = registers_time();
		os_say("paused", NULL);
	}
	main_paused = true;
}

static void main_resume(void)
{
	if (main_paused) {
		os_say("goes on", NULL);
		registers_set_time(main_time);
		vcpu_go();
	}
	main_paused = false;
}

/* What is to be done for devices now. */
static void main_serve(void)
{
	struct os_poll polls[2 * VIRTIO_MAX];
	uint32_t count = virtio_gather(polls);

	if (os_poll_now(polls, count) > 0) {
		virtio_serve(polls);
	}
}

static void main_save(void)
{
	if (!main_options.save) {
		os_exit(1);
	}
	if (main_paused) {
		registers_set_time(main_time);
	}
	if (save_vm(main_options.save, main_paused, main_serve)) {
		os_exit(MAIN_SAVED);
	}
}

static void main_signal(int32_t signals)
{
	uint32_t info[32]; /* struct signalfd_siginfo: the number first */

	if (os_read(signals, info, sizeof(info)) != sizeof(info)) {
		return;
	}
	switch (info[0]) {
	case SYS_SIGUSR1:
		main_pause();
		break;
	case OS_SIGUSR2:
		main_resume();
		break;
	case OS_SIGHUP:
		main_save();
		break;
	case OS_SIGPIPE:
		break;
	default:
		os_exit(1);
	}
}

static void main_load(void)
{
	if (!main_options.kernel) {
		os_say("the VM has reset itself", "--kernel beside --restore says what it boots");
		os_exit(1);
	}
	load_vm(&main_options);
}

static void main_reset(void)
{
	vcpu_hold();
	virtio_reset();
	vm_reset_vcpus();
	if (!gic_reset()) {
		os_say("the GIC", "is not reset");
	}
	main_load();
	vcpu_go();
}

static void main_event(void)
{
	switch (vcpu_event()) {
	case VCPU_NOTHING:
		break;
	case VCPU_OFF:
		os_exit(0);
	case VCPU_RESET:
		main_reset();
		break;
	default:
		os_exit(1);
	}
}

/* While the VM is paused its requests wait. */
static _Noreturn void main_loop(int32_t signals, int32_t news)
{
	struct os_poll polls[MAIN_POLLS] = { { signals, OS_POLLIN, 0 }, { news, OS_POLLIN, 0 } };

	for (;;) {
		uint32_t count = main_paused ? 1 : 2 + virtio_gather(polls + 2);

		if (os_poll(polls, count) <= 0) {
			continue;
		}
		if (count > 1) {
			virtio_serve(polls + 2);
		}
		if (count > 1 && polls[1].revents) {
			main_event();
		}
		if (polls[0].revents) {
			main_signal(signals);
		}
	}
}

/* Their order is that of the windows. */
static void main_add_devices(void)
{
	console_add();
	if (main_options.disk) {
		blk_add(main_options.disk);
	}
	if (main_options.net) {
		net_add(main_options.net);
	}
	if (main_options.rng) {
		rng_add();
	}
}

int main(int argc, char **argv)
{
	int32_t signals, news;

	options_read(&main_options, argc, argv);
	vm.nr_vcpus = main_options.cpus;
	vm.ram_size = main_options.memory << 20;
	if (main_options.restore) {
		restore_open(main_options.restore);
	}
	signals = main_signals(); /* until here, one ends the program */
	vm_make();
	main_add_devices();
	gic_keep();
	news = vcpu_start();
	if (main_options.restore) {
		restore_vm();
	} else {
		main_load();
	}
	vcpu_go();
	main_loop(signals, news);
}
