/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A walk of translation tables as the hardware walks them, to find mappings that must not exist: in
 * the monitor's own tables (PL2 stage 1, ARM ARM B3.6) memory that is writable and executable, or
 * that is not where and as the layout has it; in a partition's stage 2 memory that is not its own.
 * Pure.
 */
#ifndef HYP_STAGE2_AUDIT_H
#define HYP_STAGE2_AUDIT_H

#include "hyp/base/addr.h"
#include "hyp/stage2/stage2.h"
#include <stdbool.h>
#include <stdint.h>

/* ---- physical memory, and whose it is ---- */

struct audit_span {
	pa_t pa;
	uint64_t size;	 /* bytes, not 0 */
	uint64_t owners; /* bit n: partition n; several: they share it; none: the monitor's */
};

struct audit_spans {
	const struct audit_span *span;
	uint32_t count;
	/* Parts of spans that other partitions (`owners`) see as well, execute-never; they may
	 * overlap. */
	const struct audit_span *view;
	uint32_t nr_views;
};

/* ---- the first fault ---- */

struct audit_fault {
	const char *why;
	uint64_t address; /* virtual, guest-physical or physical, as `why` says */
	uint64_t entry;	  /* the descriptor, or the other span's address */
};

/* No two spans overlap. `address`: physical. */
bool audit_spans(const struct audit_spans *spans, struct audit_fault *fault);

/* ---- the monitor's own tables ---- */

enum audit_kind {
	AUDIT_TEXT,	 /* read-only, executable */
	AUDIT_CONSTANTS, /* read-only, execute-never */
	AUDIT_DATA,	 /* read-write, execute-never */
	AUDIT_DEVICES,	 /* device memory, read-write, execute-never; no memory of a span */
};

/* What virtual addresses [first, first + size) may map; addresses in no range map nothing. */
struct audit_range {
	uint32_t first;
	uint32_t size; /* up to the top of the address space at most */
	enum audit_kind kind;
	pa_t pa; /* of `first`; the others follow. Or AUDIT_ANYWHERE */
};

#define AUDIT_ANYWHERE pa_make(UINT64_MAX)

struct audit_table {
	const uint64_t *entries;
	pa_t pa;
};

struct audit_hyp {
	uint64_t httbr;
	uint32_t hsctlr;
	const struct audit_table *table; /* the first is the root, of 4 entries */
	uint32_t nr_tables;
	const struct audit_range *range; /* ascending, disjoint */
	uint32_t nr_ranges;
	uint32_t attr_normal, attr_device; /* indices of HMAIR0 */
};

/* `address`: virtual; 0 for the registers. */
bool audit_hyp(const struct audit_hyp *hyp, const struct audit_spans *spans,
	       struct audit_fault *fault);

/* ---- a partition's tables ---- */

/* `address`: guest-physical. */
bool audit_stage2(const struct stage2 *s2, uint32_t owner, const struct audit_spans *spans,
		  struct audit_fault *fault);

#endif
