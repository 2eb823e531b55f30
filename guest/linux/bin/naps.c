/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sleeps again and again: a timer interrupt each time.
 *
 *   naps COUNT MICROSECONDS
 */
#include "guest/linux/bin/linux.h"

int main(int argc, char **argv);

int main(int argc, char **argv)
{
	uint32_t count = argc > 2 ? linux_number(argv[1]) : 0;

	for (uint32_t i = 0; i < count; i++) {
		linux_sleep_us(linux_number(argv[2]));
	}
	return count > 0 ? 0 : 1;
}
