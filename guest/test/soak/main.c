/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/test/soak/soak.h"

struct shared soak_link;
struct soak_board *soak_board;

int main(void)
{
	if (!shared_open(&soak_link, "traffic")) {
		report_check(false, "soak: the shared memory 'traffic'");
		report_summary();
	}
	soak_board = shared_common(&soak_link);
	if (guest_has_arg("sink")) {
		soak_sink();
	}
	soak_source();
}
