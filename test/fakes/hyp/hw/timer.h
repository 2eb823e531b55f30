/* SPDX-License-Identifier: BSD-2-Clause */
/* Time as a test has it. */
#ifndef TEST_FAKES_HYP_HW_TIMER_H
#define TEST_FAKES_HYP_HW_TIMER_H

#include <stdint.h>

uint64_t timer_now(void);

#endif
