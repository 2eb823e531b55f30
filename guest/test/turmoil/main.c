/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/test/turmoil/turmoil.h"

#define MAIN_NOBODY 9u

struct shared turmoil_link;
struct turmoil_board *turmoil_board;

int main(void)
{
	uint32_t rioter = guest_arg("rioter", MAIN_NOBODY);

	if (!shared_open(&turmoil_link, "board")) {
		report_check(false, "turmoil: the shared memory 'board'");
		report_summary();
	}
	turmoil_board = shared_common(&turmoil_link);
	if (rioter < TURMOIL_RIOTERS) {
		turmoil_rioter(rioter);
	}
	if (guest_has_arg("maker")) {
		turmoil_maker();
	}
	turmoil_boss();
}
