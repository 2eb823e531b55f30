/* SPDX-License-Identifier: BSD-2-Clause */
/* Time as a test has it. */
#ifndef TEST_FAKES_HYP_HW_TIMER_H
#define TEST_FAKES_HYP_HW_TIMER_H

#include <stdint.h>

/* B4.1.27 */
#define TIMER_ENABLE 1u
#define TIMER_MASKED 2u
#define TIMER_FIRED  4u

uint64_t timer_now(void);
void timer_set(uint64_t deadline);
void timer_stop(void);

#endif
