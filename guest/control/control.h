/* SPDX-License-Identifier: BSD-2-Clause */
/* The control partition: asserts other partitions' interrupt lines, from a script or from a prompt.
 */
#ifndef GUEST_CONTROL_CONTROL_H
#define GUEST_CONTROL_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

/* Each runs to its end: the partition's exit status. */
int demo_run(void);
int shell_run(void);

/* Ends the demo's guests, each by the signal of demo/protocol.h: true when their partitions
 * are off with status 0. A handle of 0 is left out. */
bool partners_end(uint32_t gicguest, uint32_t rawguest);

/* Own SPI that rawguest drives (demo/protocol.h). */
bool partners_answers(uint32_t spi);
/* Until partners_answers(spi) == level; false after DEMO_WAIT_US. */
bool partners_wait_answer(uint32_t spi, bool level);

#endif
