/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/stage2/audit.h"
#include "hyp/base/cold.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/lpae.h"
#include <stddef.h>

/* SCTLR's M, C, I and WXN, which HSCTLR has too (B4.1.71) */
#define AUDIT_HSCTLR (SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_WXN)

/* All of a leaf but its address (B3.6.2). */
#define AUDIT_ATTRIBUTES (~(uint64_t)LPAE_ADDRESS)

static const char audit_table_elsewhere[] = "a table elsewhere";
static const char audit_memory_as_device[] = "memory is mapped as a device";

static bool audit_fail(struct audit_fault *fault, const char *why, uint64_t address, uint64_t entry)
{
	*fault = (struct audit_fault) { why, address, entry };
	return false;
}

/* Is bit 0 of any of eight entries 1? */
static inline bool audit_any(const uint64_t *e)
{
	return ((uint32_t)e[0] | (uint32_t)e[1] | (uint32_t)e[2] | (uint32_t)e[3] | (uint32_t)e[4] |
		(uint32_t)e[5] | (uint32_t)e[6] | (uint32_t)e[7]) &
	       LPAE_VALID;
}

/* The next valid entry from n on, or LPAE_ENTRIES. Most tables are almost empty. */
static uint32_t audit_next(const uint64_t *entries, uint32_t n)
{
	while (n < LPAE_ENTRIES && !(entries[n] & LPAE_VALID)) {
		n++;
		while (n % 8 == 0 && n < LPAE_ENTRIES && !audit_any(&entries[n])) {
			n += 8;
		}
	}
	return n;
}

/* Leaf n is good, and so are up to `most` leaves, it included, that continue it: the same
 * attributes, the next addresses. Returns the first index after them. */
static uint32_t audit_run(const uint64_t *entries, uint32_t n, uint32_t most, uint32_t size)
{
	uint32_t end = n + bits_min(most, LPAE_ENTRIES - n);
	uint64_t entry = entries[n];

	for (n++; n < end && entries[n] == entry + size; n++) {
		entry += size;
	}
	return n;
}

/* ---- physical memory ---- */

static bool audit_meets(const struct audit_span *span, uint64_t start, uint64_t size)
{
	return start < span->pa.pa + span->size && span->pa.pa < start + size;
}

static bool audit_contains(const struct audit_span *span, uint64_t start, uint64_t size)
{
	return start >= span->pa.pa && start + size <= span->pa.pa + span->size;
}

static bool audit_is_memory(const struct audit_spans *spans, uint64_t start, uint64_t size)
{
	bool meets = false;

	for (uint32_t n = 0; n < spans->count; n++) {
		meets = meets || audit_meets(&spans->span[n], start, size);
	}
	return meets;
}

bool audit_spans(const struct audit_spans *spans, struct audit_fault *fault)
{
	for (uint32_t a = 0; a < spans->count; a++) {
		const struct audit_span *one = &spans->span[a];

		for (uint32_t b = 0; b < a; b++) {
			const struct audit_span *other = &spans->span[b];

			if (audit_meets(one, other->pa.pa, other->size)) {
				return audit_fail(fault, "memory has two owners", one->pa.pa,
						  other->pa.pa);
			}
		}
	}
	return true;
}

/* ---- the monitor's own tables ---- */

struct audit_walk {
	const struct audit_hyp *hyp;
	const struct audit_spans *spans;
	uint32_t range; /* the first that does not end below the present address */
	struct audit_fault *fault;
};

static uint64_t audit_wanted(const struct audit_hyp *hyp, enum audit_kind kind)
{
	uint64_t normal = FIELD_PREP(LPAE_S1_ATTR_INDEX, (uint64_t)hyp->attr_normal) |
			  FIELD_PREP(LPAE_SH, LPAE_SH_INNER) | LPAE_AF | LPAE_S1_AP1;

	switch (kind) {
	case AUDIT_TEXT:
		return normal | LPAE_S1_READ_ONLY;
	case AUDIT_CONSTANTS:
		return normal | LPAE_S1_READ_ONLY | LPAE_XN;
	case AUDIT_DATA:
		return normal | LPAE_XN;
	default:
		return FIELD_PREP(LPAE_S1_ATTR_INDEX, (uint64_t)hyp->attr_device) | LPAE_AF |
		       LPAE_S1_AP1 | LPAE_XN;
	}
}

/* The range that has [va, va + size); NULL: none. Addresses ascend from call to call. */
static const struct audit_range *audit_range_of(struct audit_walk *walk, uint32_t va, uint32_t size)
{
	const struct audit_hyp *hyp = walk->hyp;
	const struct audit_range *range;

	for (; walk->range < hyp->nr_ranges; walk->range++) {
		range = &hyp->range[walk->range];
		if (va < range->first) {
			return NULL;
		}
		if (va - range->first < range->size) {
			return size <= range->size - (va - range->first) ? range : NULL;
		}
	}
	return NULL;
}

/* Returns how many leaves, this one included, may continue it; 0: it must not be there. */
static COLD uint32_t audit_hyp_leaf(struct audit_walk *walk, uint32_t va, uint32_t size,
				    uint64_t entry)
{
	const struct audit_range *range = audit_range_of(walk, va, size);
	uint64_t type = size == PAGE_SIZE ? LPAE_TYPE_PAGE : LPAE_TYPE_BLOCK;
	uint64_t start = entry & LPAE_ADDRESS;

	if (!(entry & (LPAE_S1_READ_ONLY | LPAE_XN))) {
		return audit_fail(walk->fault, "writable and executable", va, entry);
	}
	if (!range) {
		return audit_fail(walk->fault, "mapped, and nothing belongs there", va, entry);
	}
	if ((entry & AUDIT_ATTRIBUTES) != (audit_wanted(walk->hyp, range->kind) | type)) {
		return audit_fail(walk->fault, "attributes are not those of its range", va, entry);
	}
	if (range->pa.pa != AUDIT_ANYWHERE.pa && start != range->pa.pa + (va - range->first)) {
		return audit_fail(walk->fault, "not at its physical address", va, entry);
	}
	if (range->kind == AUDIT_DEVICES && audit_is_memory(walk->spans, start, size)) {
		return audit_fail(walk->fault, audit_memory_as_device, va, entry);
	}
	if (range->kind == AUDIT_DEVICES) {
		return 1;
	}
	return (range->size - (va - range->first)) / size;
}

/* The table of a table descriptor without attributes of its own; NULL: the monitor has no table
 * there. */
static const uint64_t *audit_hyp_table(const struct audit_hyp *hyp, uint64_t entry)
{
	for (uint32_t n = 1; n < hyp->nr_tables; n++) {
		if (entry == (hyp->table[n].pa.pa | LPAE_TYPE_TABLE)) {
			return hyp->table[n].entries;
		}
	}
	return NULL;
}

/* A table of level 3 holds pages (type 0b11), one of level 2 blocks (0b01) and tables. */
static bool audit_hyp_level3(struct audit_walk *walk, uint32_t base, const uint64_t *entries)
{
	for (uint32_t n = audit_next(entries, 0); n < LPAE_ENTRIES; n = audit_next(entries, n)) {
		uint32_t most = audit_hyp_leaf(walk, base + n * PAGE_SIZE, PAGE_SIZE, entries[n]);

		if (!most) {
			return false;
		}
		n = audit_run(entries, n, most, PAGE_SIZE);
	}
	return true;
}

/* Entry n of a table of level 2, and those after it that are as good. Moves n on. */
static bool audit_hyp_entry(struct audit_walk *walk, uint32_t base, const uint64_t *entries,
			    uint32_t *n)
{
	uint64_t entry = entries[*n];
	uint32_t va = base + *n * BLOCK_SIZE;
	const uint64_t *table = audit_hyp_table(walk->hyp, entry);
	uint32_t most;

	if ((entry & LPAE_TYPE) == LPAE_TYPE_BLOCK) {
		most = audit_hyp_leaf(walk, va, BLOCK_SIZE, entry);
		*n = audit_run(entries, *n, most, BLOCK_SIZE);
		return most != 0;
	}
	(*n)++;
	return table ? audit_hyp_level3(walk, va, table)
		     : audit_fail(walk->fault, audit_table_elsewhere, va, entry);
}

static bool audit_hyp_level2(struct audit_walk *walk, uint32_t base, const uint64_t *entries)
{
	for (uint32_t n = audit_next(entries, 0); n < LPAE_ENTRIES; n = audit_next(entries, n)) {
		if (!audit_hyp_entry(walk, base, entries, &n)) {
			return false;
		}
	}
	return true;
}

COLD bool audit_hyp(const struct audit_hyp *hyp, const struct audit_spans *spans,
		    struct audit_fault *fault)
{
	struct audit_walk walk = { hyp, spans, 0, fault };
	const uint64_t *root = hyp->table[0].entries;

	if ((hyp->hsctlr & AUDIT_HSCTLR) != AUDIT_HSCTLR) {
		return audit_fail(fault, "HSCTLR lacks M, C, I or WXN", 0, hyp->hsctlr);
	}
	if (hyp->httbr != hyp->table[0].pa.pa) {
		return audit_fail(fault, "HTTBR holds another table", 0, hyp->httbr);
	}
	for (uint32_t n = 0; n < LPAE_ROOT_ENTRIES; n++) {
		const uint64_t *table = audit_hyp_table(hyp, root[n]);

		if (!(root[n] & LPAE_VALID)) {
			continue;
		}
		if (!table) {
			return audit_fail(fault, audit_table_elsewhere,
					  (uint64_t)n << LPAE_L1_SHIFT, root[n]);
		}
		if (!audit_hyp_level2(&walk, n << LPAE_L1_SHIFT, table)) {
			return false;
		}
	}
	return true;
}

/* ---- a partition's tables ---- */

struct audit_guest {
	const struct stage2 *s2;
	const struct audit_spans *spans;
	uint64_t owner; /* its bit */
	uint32_t span;	/* the last one that had a leaf: the next leaf is in it, too */
	struct audit_fault *fault;
};

/* The span that has all of [start, start + size); NULL: none. */
static const struct audit_span *audit_span_of(struct audit_guest *guest, uint64_t start,
					      uint32_t size)
{
	const struct audit_spans *spans = guest->spans;

	if (audit_contains(&spans->span[guest->span], start, size)) {
		return &spans->span[guest->span];
	}
	for (uint32_t n = 0; n < spans->count; n++) {
		if (audit_contains(&spans->span[n], start, size)) {
			guest->span = n;
			return &spans->span[n];
		}
	}
	return NULL;
}

/* Memory of another partition that this one sees; as audit_guest_leaf. */
static uint32_t audit_guest_view(struct audit_guest *guest, uint64_t at, uint32_t size,
				 uint64_t entry)
{
	const struct audit_spans *spans = guest->spans;
	uint64_t start = entry & LPAE_ADDRESS;

	for (uint32_t n = 0; n < spans->nr_views; n++) {
		const struct audit_span *view = &spans->view[n];

		if ((view->owners & guest->owner) && audit_contains(view, start, size)) {
			return entry & LPAE_XN
				       ? (uint32_t)((view->pa.pa + view->size - start) / size)
				       : audit_fail(guest->fault, "executable shared memory", at,
						    entry);
		}
	}
	return audit_fail(guest->fault, "memory that is not its own", at, entry);
}

/* Returns how many leaves, this one included, may continue it; 0: it must not be there. */
static uint32_t audit_guest_leaf(struct audit_guest *guest, uint64_t at, uint32_t size,
				 uint64_t entry)
{
	uint64_t start = entry & LPAE_ADDRESS;
	uint64_t memory = FIELD_GET(LPAE_S2_ATTR, entry);
	const struct audit_span *span;

	if (memory == LPAE_S2_ATTR_DEVICE) {
		if (!(entry & LPAE_XN)) {
			return audit_fail(guest->fault, "an executable device", at, entry);
		}
		return audit_is_memory(guest->spans, start, size)
			       ? audit_fail(guest->fault, audit_memory_as_device, at, entry)
			       : 1;
	}
	if (memory != LPAE_S2_ATTR_WRITE_BACK) {
		return audit_fail(guest->fault, "neither memory nor a device", at, entry);
	}
	span = audit_span_of(guest, start, size);
	if (!span || !(span->owners & guest->owner)) {
		return audit_guest_view(guest, at, size, entry);
	}
	if (span->owners != guest->owner && !(entry & LPAE_XN)) {
		return audit_fail(guest->fault, "executable shared memory", at, entry);
	}
	return (uint32_t)((span->pa.pa + span->size - start) / size);
}

/* The table of a table descriptor, in the pool; NULL: it is elsewhere. */
static const uint64_t *audit_guest_table(const struct stage2 *s2, uint64_t entry)
{
	uint64_t page = ((entry & LPAE_ADDRESS) - s2->pool.base_pa.pa) / PAGE_SIZE;

	if ((entry & AUDIT_ATTRIBUTES) != LPAE_TYPE_TABLE || page == 0 || page >= s2->pool.used) {
		return NULL;
	}
	return (const uint64_t *)(const void *)(s2->pool.base + (size_t)page * PAGE_SIZE);
}

static bool audit_guest_level3(struct audit_guest *guest, uint64_t base, const uint64_t *entries)
{
	for (uint32_t n = audit_next(entries, 0); n < LPAE_ENTRIES; n = audit_next(entries, n)) {
		uint64_t at = base + n * PAGE_SIZE;
		uint32_t most;

		if ((entries[n] & LPAE_TYPE) != LPAE_TYPE_PAGE) {
			return audit_fail(guest->fault, "not a page", at, entries[n]);
		}
		most = audit_guest_leaf(guest, at, PAGE_SIZE, entries[n]);
		if (!most) {
			return false;
		}
		n = audit_run(entries, n, most, PAGE_SIZE);
	}
	return true;
}

/* As audit_hyp_entry. */
static bool audit_guest_entry(struct audit_guest *guest, uint64_t base, const uint64_t *entries,
			      uint32_t *n)
{
	uint64_t entry = entries[*n];
	uint64_t at = base + (uint64_t)*n * BLOCK_SIZE;
	const uint64_t *table = audit_guest_table(guest->s2, entry);
	uint32_t most;

	if ((entry & LPAE_TYPE) == LPAE_TYPE_BLOCK) {
		most = audit_guest_leaf(guest, at, BLOCK_SIZE, entry);
		*n = audit_run(entries, *n, most, BLOCK_SIZE);
		return most != 0;
	}
	(*n)++;
	return table ? audit_guest_level3(guest, at, table)
		     : audit_fail(guest->fault, audit_table_elsewhere, at, entry);
}

static bool audit_guest_level2(struct audit_guest *guest, uint64_t base, const uint64_t *entries)
{
	for (uint32_t n = audit_next(entries, 0); n < LPAE_ENTRIES; n = audit_next(entries, n)) {
		if (!audit_guest_entry(guest, base, entries, &n)) {
			return false;
		}
	}
	return true;
}

bool audit_stage2(const struct stage2 *s2, uint32_t owner, const struct audit_spans *spans,
		  struct audit_fault *fault)
{
	struct audit_guest guest = { s2, spans, BIT64(owner), 0, fault };

	for (uint32_t n = 0; n < LPAE_ROOT_ENTRIES; n++) {
		uint64_t at = (uint64_t)n << LPAE_L1_SHIFT;
		const uint64_t *table = audit_guest_table(s2, s2->root[n]);

		if (!(s2->root[n] & LPAE_VALID)) {
			continue;
		}
		if (!table) {
			return audit_fail(fault, audit_table_elsewhere, at, s2->root[n]);
		}
		if (!audit_guest_level2(&guest, at, table)) {
			return false;
		}
	}
	return true;
}
