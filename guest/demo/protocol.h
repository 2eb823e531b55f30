/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The protocol of the demo's partitions. They share no memory: control signals by lines; gicguest
 * answers by the state that PLUMB_GET_IRQ_STATE returns (the SPIs that it has enabled); rawguest,
 * which has no GIC, answers by lines of control.
 */
#ifndef GUEST_DEMO_PROTOCOL_H
#define GUEST_DEMO_PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

/* How often control asserts each line; the guests' bootargs have the expected number (expect=3). */
#define DEMO_ROUNDS 3

/* gicguest's lines. Taken: the guest toggles the enable bit of SPI `echo`. A level line is disabled
 * by its handler and enabled again once it is low. */
struct demo_gic_line {
	uint32_t intid;
	uint32_t vcpu; /* that takes it */
	bool edge;
	uint32_t echo;
};

#define DEMO_GIC_LINES 6
static const struct demo_gic_line demo_gic_lines[DEMO_GIC_LINES] = {
	{ 40, 0, false, 96 }, { 41, 1, true, 97 },   { 42, 1, false, 98 },
	{ 43, 0, true, 99 },  { 22, 0, false, 100 }, { 22, 1, false, 101 },
};

#define DEMO_GIC_END   126 /* edge: check the counts and end */
#define DEMO_GIC_READY 127 /* enabled: gicguest takes interrupts on both vCPUs */

/* control's SPIs that rawguest drives: high while it is within the handler of its IRQ, FIQ; high
 * from when it takes interrupts. control leaves them disabled, level, and reads GICD_ISPENDR. */
#define DEMO_ACK_IRQ   64
#define DEMO_ACK_FIQ   65
#define DEMO_RAW_READY 66

/* rawguest ends after this many FIQs within one IRQ. */
#define DEMO_RAW_END_FIQS 3

/* Longest wait for an answer: an emulated CPU shared by three partitions is slow. */
#define DEMO_WAIT_US 20000000u

#endif
