/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KVMTEST_TESTS_H
#define KVMTEST_TESTS_H

#include <stdint.h>

void test_device(void); /* /dev/kvm itself */
void test_vm(void);	/* ioctls of a VM, and their errors */
void test_vcpu(void);	/* of a vCPU */
void test_run(void);	/* KVM_RUN: exits */
void test_signals(void);
void test_smp(void);
void test_memory(void);
void test_pages(void);	/* copies on write, files, zeros, pages that are taken back */
void test_faults(void); /* memory that is no plain memory of the process */
void test_lines(void);
void test_gic(void);	 /* a GIC's registers: saved, and restored elsewhere */
void test_events(void);	 /* eventfds, coalesced MMIO, routes */
void test_replay(void);	 /* a VMM's ioctls, in its order */
void test_stores(void);	 /* which stores need no exit */
void test_attrs(void);	 /* of a vCPU */
void test_lives(void);	 /* what outlives what */
void test_ends(void);	 /* many lines that end at once */
void test_balloon(void); /* memory at random, with the log */
void test_kills(void);	 /* of processes; only if it is asked for */
void test_leave(void);	 /* makes VMs, and does not return; only if it is asked for */
void test_speed(void);	 /* figures; only if it is asked for */
void test_boot(void);	 /* of a kernel; only if it is asked for */

/* A hostile VM beside two others, each of which takes so many edges (0: 100); or for so many
 * seconds. Only if it is asked for. */
void test_hostile(uint32_t rounds, uint32_t seconds);

#endif
