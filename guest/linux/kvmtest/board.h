/* SPDX-License-Identifier: BSD-2-Clause */
/* A VM that is made and run as kvmtool makes and runs it: for the tests of the group replay. There
 * is one in a process. */
#ifndef KVMTEST_BOARD_H
#define KVMTEST_BOARD_H

#include "guest/linux/kvmtest/machine.h"

#define BOARD_VCPUS  2u
#define BOARD_SIZE   0x800000u /* bytes of RAM */
#define BOARD_ALIGN  0x200000u
#define BOARD_RUN    8192u /* bytes of struct kvm_run with the ring */
#define BOARD_VIRTIO 0x02000000u

#define BOARD_STOP  34u /* signals: SIGRTMIN of the C library, and the next one */
#define BOARD_PAUSE 35u
#define BOARD_DUMP  SYS_SIGUSR1

#define BOARD_IRQCHIP 1u /* flags: KVM_CREATE_IRQCHIP in place of a device */
#define BOARD_QUIET   2u /* a process of which only the end is looked at */

struct board_vcpu {
	struct sys_thread thread;
	uint32_t index;
	int32_t file;
	volatile struct kvm_state *run;
	volatile int32_t tid;
	volatile bool running;
	volatile uint32_t event, dumped, interrupted;
	volatile int32_t error;
};

struct board {
	uint32_t flags, wrong;
	int32_t vm, gic, task, notify, pause;
	uint8_t *whole, *ram;
	struct board_vcpu vcpus[BOARD_VCPUS];
	struct sys_thread device;
	volatile bool held, enough, device_ends;
	volatile uint32_t status, pulses, chars;
	volatile uint32_t odd; /* what no ioctl and no access should have been */
};

extern struct board board;

/* A test, but in a quiet process. */
void board_is(int64_t got, int64_t want, const char *name);
/* All that comes before the first vCPU runs. */
void board_make(uint32_t flags);
/* Until it is signalled, for some seconds: how often it was. */
int64_t board_wait(int32_t event);
void board_tell(int32_t event);
/* KVM_IOEVENTFD of the device's queue. */
int32_t board_ioevent(uint32_t flags);
/* Runs a struct board_vcpu until it is stopped. */
void board_thread(void *vcpu);

#endif
