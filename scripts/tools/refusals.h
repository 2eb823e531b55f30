/* SPDX-License-Identifier: BSD-2-Clause */
/* All errors of a manifest, as the monitor's code finds them, with the values and names that
 * the user needs to correct it. */
#ifndef SCRIPTS_REFUSALS_H
#define SCRIPTS_REFUSALS_H

#include "hyp/manifest/manifest.h"

/* Checks `fdt`, and (board not NULL) against a board of which `free_memory` is free. The number of
 * errors, 0 if it is sound. */
unsigned refusals_collect(const struct fdt *fdt, struct manifest *manifest,
			  const struct board *board, const struct regions *free_memory);

/* A line each: on stderr, "manifest: /control: memory-size: <0x1001>: REASON"; or as rows on
 * stdout. */
void refusals_print(void);
void refusals_list(void);

#endif
