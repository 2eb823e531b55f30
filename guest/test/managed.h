/* SPDX-License-Identifier: BSD-2-Clause */
/* The protocol of test-manage and the partitions that it manages (test-managed): lines. */
#ifndef GUEST_TEST_MANAGED_H
#define GUEST_TEST_MANAGED_H

/* The partitions, by the argument `role`, and their handles in the manifest. */
enum managed_role {
	MANAGED_MASKED, /* spins with interrupts masked */
	MANAGED_SETWAY, /* cleans and invalidates by set and way, without end */
	MANAGED_WAITS,	/* in WFI, with no interrupt enabled */
	MANAGED_COUNTS, /* see below */
	MANAGED_RIVAL,	/* manages the manager, pauses and resumes it */
	MANAGED_LATER,	/* not started at boot; in WFI, likewise */
	MANAGED_MANY,	/* eight vCPUs, of which half spin */
	MANAGED_ROLES
};

#define MANAGED_HANDLE(role) ((role) + 2u) /* the manager is 1 */
#define MANAGED_EMPTY	     8u		   /* without autostart and kernel */
#define MANAGED_STRANGER     9u		   /* not managed */

/* SPIs of the manager. */
#define MANAGED_ALIVE(role) (64u + (role)) /* a level, high from when the partition runs */
#define MANAGED_PULSE	    71u		   /* an edge, again and again, by MANAGED_COUNTS */
#define MANAGED_TAKEN	    72u		   /* an edge, for each MANAGED_POKE that it takes */
/* Levels: the sum of the steps of CNTPCT - CNTVCT in its life, in units of 64 us. */
#define MANAGED_GAP	    80u
#define MANAGED_GAP_BITS    32u
#define MANAGED_GAP_UNIT    64u
#define MANAGED_GAP_ERROR   (10u * MANAGED_GAP_UNIT)

/* An SPI of each of them: an edge. MANAGED_COUNTS takes it, MANAGED_RIVAL pauses the manager. */
#define MANAGED_POKE 40u

/* With the argument `shares`: the interrupts of its shared memories. */
#define MANAGED_SHARE 44u

#define MANAGED_PAUSE_US 20000u /* how long the manager is paused by MANAGED_RIVAL */

#endif
