/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a program, its output dropped, and prints the time that it took, by the virtual counter.
 *
 *   timed NAME FILE ARGUMENT...    ->    SPEED: NAME = N ns
 */
#include "guest/linux/bin/linux.h"

#define TIMED_NS 1000000000u

int main(int argc, char **argv);

static _Noreturn void timed_become(char **argv)
{
	static char *no_environment[] = { NULL };

	(void)linux_call(LINUX_DUP2, (uint32_t)linux_open("/dev/null", 1), 1, 0); /* O_WRONLY */
	(void)linux_call(LINUX_EXECVE, (uint32_t)(uintptr_t)argv[0], (uint32_t)(uintptr_t)argv,
			 (uint32_t)(uintptr_t)no_environment);
	for (;;) {
		(void)linux_call(LINUX_EXIT, 127, 0, 0);
	}
}

/* The counter may run for hours before rest * TIMED_NS overflows. */
static uint64_t timed_ns(uint64_t ticks)
{
	uint32_t hz = linux_ticks_per_second();

	return ticks / hz * TIMED_NS + ticks % hz * TIMED_NS / hz;
}

int main(int argc, char **argv)
{
	uint64_t start = linux_ticks();
	int32_t child;

	if (argc < 3) {
		linux_print("usage: timed NAME FILE ARGUMENT...\n");
		return 1;
	}
	child = linux_call(LINUX_FORK, 0, 0, 0);
	if (child == 0) {
		timed_become(argv + 2);
	}
	if (!linux_wait(child)) {
		linux_print("SPEED: failed: ");
		linux_print(argv[1]);
		linux_print("\n");
		return 1;
	}
	start = linux_ticks() - start;
	linux_print("SPEED: ");
	linux_print(argv[1]);
	linux_print(" = ");
	linux_print_number(timed_ns(start), " ns\n");
	return 0;
}
