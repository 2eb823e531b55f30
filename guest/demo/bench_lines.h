/* SPDX-License-Identifier: BSD-2-Clause */
/* SPIs of the peer that bench and the peer use. */
#ifndef GUEST_DEMO_BENCH_LINES_H
#define GUEST_DEMO_BENCH_LINES_H

#define BENCH_SPI_LINE	40  /* level, disabled: raising it has no effect on the peer */
#define BENCH_SPI_END	126 /* high: end */
#define BENCH_SPI_READY 127 /* enabled: the peer waits in WFI */

#endif
