/* SPDX-License-Identifier: BSD-2-Clause */
/* Firmware as a test has it. */
#ifndef TEST_FAKES_HYP_HW_SMC_H
#define TEST_FAKES_HYP_HW_SMC_H

#include <stdint.h>

int32_t smc_call(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3);

#endif
