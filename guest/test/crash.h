/* SPDX-License-Identifier: BSD-2-Clause */
/* The protocol of test-crashes and the partitions that crash (test-crash): lines of the former. */
#ifndef GUEST_TEST_CRASH_H
#define GUEST_TEST_CRASH_H

/* The partitions, by the argument `role`, and their handles in the manifest. */
enum crash_role {
	CRASH_FAILS,   /* ends with a status, at once; is restarted twice */
	CRASH_UNTOLD,  /* the same, without on-crash */
	CRASH_VECTORS, /* runs with no memory at its vectors; is restarted until it is stopped */
	CRASH_HANGS,   /* two vCPUs spin, one of them with interrupts masked: its watchdog bites */
	CRASH_PATS,    /* clears its watchdog's interrupt in time, without end */
	CRASH_TELLS,   /* with known registers, a known stack and known exits; is restarted once */
	CRASH_THUMB,   /* in Thumb state, big-endian, SP at a device */
	CRASH_END,     /* SP at the last two words of its RAM */
	CRASH_ROLES
};

/* What CRASH_TELLS and the others have at the end: rN is CRASH_R(N), word N of the stack
 * CRASH_STACK(N), lr CRASH_LR. */
#define CRASH_R(n)     (0x0c0ffee0u + (n))
#define CRASH_STACK(n) (0x57ac0000u + (n))
#define CRASH_SP       0x40300040u
#define CRASH_DEVICE   0x09000000u
#define CRASH_LAST     0x403ffff8u

#define CRASH_MANAGER	   1u
#define CRASH_HANDLE(role) ((role) + 2u)
#define CRASH_STATUS	   7
/* Each of the two timeouts; longer than a busy host pauses. */
#define CRASH_WATCHDOG_US  200000u

/* An SPI of the manager: an edge, for each life. */
#define CRASH_LIFE(role) (64u + (role))

/* The other SPIs: an edge of CRASH_PATS, for each interrupt of its watchdog. */
#define CRASH_PAT 80u

#endif
