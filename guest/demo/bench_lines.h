/* SPDX-License-Identifier: BSD-2-Clause */
/* What bench and its peer agree on: SPIs of the peer. */
#ifndef GUEST_DEMO_BENCH_LINES_H
#define GUEST_DEMO_BENCH_LINES_H

#define BENCH_SPI_LINE	40  /* level, disabled: raising it disturbs nobody */
#define BENCH_SPI_END	126 /* high: end */
#define BENCH_SPI_READY 127 /* enabled: the peer waits in WFI */

#endif
