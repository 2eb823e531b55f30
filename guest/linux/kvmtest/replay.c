/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What kvmtool does with the VM of board.c: pausing, dumping registers, stopping; and the end, with
 * what never was registered, or without all that.
 */
#include "guest/linux/kvmtest/board.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define REPLAY_NOW   1000u /* milliseconds: everything comes within this many */
#define REPLAY_TURNS 20u

/* ---- what its other threads do ---- */

/* So many more turns of the guest. */
static bool replay_reaches(uint32_t turns)
{
	uint32_t want = board.chars + turns;

	for (uint32_t n = 0; n < REPLAY_NOW && board.chars < want; n++) {
		sys_sleep_us(1000);
	}
	return board.chars >= want;
}

static void replay_start(void)
{
	for (uint32_t n = 0; n < BOARD_VCPUS; n++) {
		board_is(sys_thread_start(&board.vcpus[n].thread, board_thread, &board.vcpus[n]),
			 true, "its thread");
	}
	board_is(replay_reaches(REPLAY_TURNS), true, "the guest makes its turns");
}

static void replay_pause(void)
{
	uint32_t told = 0, chars;

	board.pause = sys_call3(SYS_EVENTFD2, 0, 0, 0);
	board.held = true;
	(void)sys_ioctl(board.vm, KVM_KVMCLOCK_CTRL, 0);
	for (uint32_t n = 0; n < BOARD_VCPUS; n++) {
		sys_thread_signal(board.vcpus[n].tid, BOARD_PAUSE);
	}
	for (uint32_t n = 0; n < BOARD_VCPUS && told < BOARD_VCPUS; n++) {
		told += (uint32_t)board_wait(board.pause);
	}
	board_is(told, BOARD_VCPUS, "each vCPU is paused, in a signal's handler");
	chars = board.chars;
	sys_sleep_us(20000);
	board_is(board.chars, chars, "then the guest makes no turn");
}

static void replay_resume(void)
{
	board.held = false;
	board_is(replay_reaches(REPLAY_TURNS), true, "and goes on");
	(void)sys_close(board.pause);
}

static void replay_dump(void)
{
	for (uint32_t n = 0; n < BOARD_VCPUS; n++) {
		sys_thread_signal(board.vcpus[n].tid, BOARD_DUMP);
		for (uint32_t turn = 0; turn < REPLAY_NOW && !board.vcpus[n].dumped; turn++) {
			sys_sleep_us(1000);
		}
	}
	board_is(board.vcpus[0].dumped + board.vcpus[1].dumped, 2,
		 "each vCPU's registers are read in a signal's handler");
	board_is(replay_reaches(REPLAY_TURNS), true, "and it goes on");
}

/* ---- the end ---- */

static int32_t replay_unregister(uint32_t address)
{
	struct kvm_zone zone = { address, 1, 0 };

	return sys_ioctl(board.vm, KVM_UNREGISTER_COALESCED_MMIO, sys_at(&zone));
}

/* Devices, of which none had a zone; memory before the VM. */
static void replay_devices_end(void)
{
	static const uint32_t zones[] = { 0x40000000, 0,	  0x02000200, 0x01010000,
					  0x01000018, 0x01000010, 0x01000008 };
	int32_t failed = replay_unregister(BOARD_VIRTIO);

	board_is(board_ioevent(5), 0, "its IOEVENTFD is removed");
	board_is(board_ioevent(5), -SYS_ENOENT, "and is no more");
	board.device_ends = true;
	board_tell(board.notify);
	sys_thread_join(&board.device);
	(void)sys_close(board.notify);
	failed |= replay_unregister(MACHINE_MMIO);
	for (uint32_t n = 0; n < sizeof(zones) / sizeof(zones[0]); n++) {
		failed |= replay_unregister(zones[n]);
	}
	board_is(failed, 0, "nine zones are removed that never were");
	sys_unmap(board.whole, BOARD_SIZE + BOARD_ALIGN);
}

/* As the end of a process does it: mappings, then descriptors from the lowest one on. */
static void replay_close(void)
{
	for (uint32_t n = 0; n < BOARD_VCPUS; n++) {
		sys_unmap((void *)(uintptr_t)board.vcpus[n].run, BOARD_RUN);
	}
	board_is(sys_close(board.vm), 0, "the VM is closed first");
	if (board.gic >= 0) {
		(void)sys_close(board.gic);
	}
	(void)sys_close(board.task);
	for (uint32_t n = 0; n < BOARD_VCPUS; n++) {
		board_is(sys_close(board.vcpus[n].file), 0, "then its vCPU");
	}
}

static void replay_end(void)
{
	sys_thread_join(&board.vcpus[0].thread);
	sys_thread_signal(board.vcpus[1].tid, BOARD_STOP);
	sys_thread_join(&board.vcpus[1].thread);
	board_is(board.vcpus[1].interrupted > 0, true, "vCPU 1 has ended by a signal in KVM_RUN");
	board_is(board.vcpus[0].error, 0, "KVM_RUN of vCPU 0 has not failed");
	board_is(board.vcpus[1].error, 0, "nor that of vCPU 1");
	replay_devices_end();
	board_is(board.odd, 0, "no access, and no ioctl of a thread, was another one");
	replay_close();
}

static void replay_powered_off(void)
{
	board_make(0);
	replay_start();
	replay_pause();
	replay_resume();
	replay_dump();
	board.enough = true;
	replay_end();
	tap_is(board.vcpus[0].event, 1, "the guest has powered itself off");
	/* One store for CPU_ON, then one for each interrupt. */
	tap_is(board.chars - 1, board.pulses, "each interrupt was taken once");
}

static void replay_stops(void)
{
	board_make(BOARD_IRQCHIP);
	replay_start();
	replay_dump();
	replay_pause();
	replay_resume();
	sys_thread_signal(board.vcpus[0].tid, BOARD_STOP);
	sys_thread_join(&board.vcpus[0].thread);
	tap_is(board.vcpus[0].running, false, "it is stopped in the middle");
	replay_end();
}

/* ---- a process that ends without all that ---- */

static void replay_process(uint32_t turn, int32_t told)
{
	board_make(BOARD_QUIET | (turn & 1 ? BOARD_IRQCHIP : 0));
	replay_start();
	if (turn & 2) {
		replay_pause();
	}
	board_tell(told);
	if (turn % 3 == 0) {
		(void)sys_call3(SYS_EXIT_GROUP, board.wrong, 0, 0); /* its threads are in KVM_RUN */
	}
	while (true) {
		sys_sleep_us(1000000);
	}
}

/* More of them than VMs that there may be. */
static void replay_processes(void)
{
	uint32_t good = 0;

	for (uint32_t turn = 0; turn < 12; turn++) {
		int32_t told = sys_call3(SYS_EVENTFD2, 0, 0, 0);
		int32_t child = sys_call3(SYS_FORK, 0, 0, 0), status = 0;

		if (child == 0) {
			replay_process(turn, told);
		}
		if (board_wait(told) == 0 || turn % 3) {
			(void)sys_call3(SYS_KILL, (uint32_t)child, SYS_SIGKILL, 0);
		}
		(void)sys_call3(SYS_WAIT4, (uint32_t)child, sys_at(&status), 0);
		good += status == (turn % 3 ? SYS_SIGKILL : 0);
		(void)sys_close(told);
	}
	tap_is(good, 12,
	       "twelve processes: killed running or paused, or ended with threads in KVM_RUN");
}

void test_replay(void)
{
	replay_powered_off();
	replay_stops();
	replay_processes();
}
