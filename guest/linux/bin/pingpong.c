/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two processes send one byte to and fro through two pipes: each way is a context switch.
 *
 *   pingpong ROUNDS
 */
#include "guest/linux/bin/linux.h"

enum { READ_END, WRITE_END };

int main(int argc, char **argv);

/* True if all bytes came and went. */
static bool pingpong_play(int32_t from, int32_t to, uint32_t rounds, bool begins)
{
	uint8_t ball = 0;

	for (uint32_t i = 0; i < rounds; i++) {
		if (begins && linux_write(to, &ball, 1) != 1) {
			return false;
		}
		if (linux_read(from, &ball, 1) != 1 ||
		    (!begins && linux_write(to, &ball, 1) != 1)) {
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	uint32_t rounds = argc > 1 ? linux_number(argv[1]) : 1;
	int32_t there[2], back[2], child;
	bool good;

	if (linux_call(LINUX_PIPE, (uint32_t)(uintptr_t)there, 0, 0) != 0 ||
	    linux_call(LINUX_PIPE, (uint32_t)(uintptr_t)back, 0, 0) != 0) {
		return 1;
	}
	child = linux_call(LINUX_FORK, 0, 0, 0);
	if (child == 0) {
		return pingpong_play(there[READ_END], back[WRITE_END], rounds, false) ? 0 : 1;
	}
	good = child > 0 && pingpong_play(back[READ_END], there[WRITE_END], rounds, true);
	return linux_wait(child) && good ? 0 : 1;
}
