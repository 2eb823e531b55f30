/* SPDX-License-Identifier: BSD-2-Clause */
/* SMC functions of our own resident monitor (boot/monitor.S). Included from assembly. */
#ifndef HYP_HW_MONITOR_CALLS_H
#define HYP_HW_MONITOR_CALLS_H

/* The part of PSCI 1.0 (ARM DEN 0022) that HYP uses. */
#define MONITOR_PSCI_VERSION		0x84000000
#define MONITOR_PSCI_CPU_ON		0x84000003
#define MONITOR_PSCI_VERSION_1_0	0x00010000
#define MONITOR_PSCI_NOT_SUPPORTED	-1
#define MONITOR_PSCI_INVALID_PARAMETERS -2
#define MONITOR_PSCI_ALREADY_ON		-4

/* OEM calls (ARM DEN 0028, table 6-2: owner 3), not used by others here. */
#define MONITOR_SET_FREQUENCY 0x83000000 /* r1: CNTFRQ */
#define MONITOR_OPEN_GIC      0x83000001 /* r1: GICD, r2: GICC, physical */
#define MONITOR_WAKE	      0x83000002 /* r1: GICD, physical, r2: mask of CPU interfaces */

#endif
