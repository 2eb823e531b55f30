/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every state of a small VGIC that a number of steps reach (vgic_world.h, vgic_search.h):
 *
 *   vgic_states DEPTH [WORLD]
 */
#include "test/verify/vgic_search.h"
#include "test/verify/vgic_shapes.h"

int main(int argc, char **argv)
{
	uint32_t depth = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	unsigned ran = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!depth || argc > 3) {
		puts("usage: vgic_states DEPTH [WORLD]\n"
		     "Every state of a small VGIC that so many steps reach "
		     "(test/verify/vgic_world.h).");
		return 5;
	}
	for (size_t n = 0; n < NR_SHAPES; n++) {
		bool good;

		if (argc > 2 && strcmp(argv[2], shapes[n].name) != 0) {
			continue;
		}
		ran++;
		good = search_run(&shapes[n], depth);
		printf("%s vgic_states.%s depth %u\n", good ? "PASS" : "FAIL", shapes[n].name,
		       depth);
		if (!good) {
			return EXIT_FAILURE;
		}
	}
	return ran ? EXIT_SUCCESS : EXIT_FAILURE;
}
