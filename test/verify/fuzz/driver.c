/* SPDX-License-Identifier: BSD-2-Clause */
/* One target under libFuzzer: verify.mk says which, by FUZZ_TARGET. */
#include "test/verify/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (FUZZ_TARGET(data, size) != 0) {
		fflush(stdout);
		abort(); /* libFuzzer keeps the input */
	}
	return 0;
}
