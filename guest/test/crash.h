/* SPDX-License-Identifier: BSD-2-Clause */
/* The protocol of test-crashes and the partitions that crash (test-crash): lines of the former. */
#ifndef GUEST_TEST_CRASH_H
#define GUEST_TEST_CRASH_H

/* The partitions, by the argument `role`, and their handles in the manifest. */
enum crash_role {
	CRASH_FAILS,   /* ends with a status, at once; is restarted twice */
	CRASH_UNTOLD,  /* the same, without on-crash */
	CRASH_VECTORS, /* runs with no memory at its vectors; is restarted until it is stopped */
	CRASH_ROLES
};

#define CRASH_MANAGER	   1u
#define CRASH_HANDLE(role) ((role) + 2u)
#define CRASH_STATUS	   7

/* An SPI of the manager: an edge, for each life. */
#define CRASH_LIFE(role) (64u + (role))

#endif
