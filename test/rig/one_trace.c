/* SPDX-License-Identifier: BSD-2-Clause */
/* Loads and stores of the glue, which only the rig wants to know of. */
#define TRACE(size)                                            \
	void __sanitizer_cov_load##size(const void *address);  \
	void __sanitizer_cov_store##size(const void *address); \
	void __sanitizer_cov_load##size(const void *address)   \
	{                                                      \
		(void)address;                                 \
	}                                                      \
	void __sanitizer_cov_store##size(const void *address)  \
	{                                                      \
		(void)address;                                 \
	}
TRACE(1)
TRACE(2)
TRACE(4)
TRACE(8)
TRACE(16)
