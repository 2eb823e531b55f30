/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that partitions share: its sections, and its place in each peer's addresses. */
#include "hyp/base/bits.h"
#include "hyp/manifest/manifest_parts.h"
#include <string.h>

#define MANIFEST_SHARED_LIMIT (UINT64_C(1) << 30)

enum manifest_shared_rule {
	SHARED_COMPATIBLE,
	SHARED_PEERS,
	SHARED_READ_ONLY,
	SHARED_IPA,
	SHARED_COMMON_SIZE,
	SHARED_OUTPUT_SIZE,
	SHARED_INTERRUPT,
	SHARED_INTERRUPT_EDGE,
	SHARED_MEMORY_AT,
	NR_SHARED_RULES,
};

const struct manifest_rule manifest_shared_rules[NR_SHARED_RULES] = {
	[SHARED_COMPATIBLE] = { "compatible", MANIFEST_SHAPE_STRINGS },
	[SHARED_PEERS] = { "peers", MANIFEST_SHAPE_STRINGS },
	[SHARED_READ_ONLY] = { "read-only", MANIFEST_SHAPE_STRINGS },
	[SHARED_IPA] = { "ipa", MANIFEST_SHAPE_CELLS },
	[SHARED_COMMON_SIZE] = { "common-size", MANIFEST_SHAPE_CELL },
	[SHARED_OUTPUT_SIZE] = { "output-size", MANIFEST_SHAPE_CELL },
	[SHARED_INTERRUPT] = { "interrupt", MANIFEST_SHAPE_CELLS },
	[SHARED_INTERRUPT_EDGE] = { "interrupt-edge", MANIFEST_SHAPE_FLAG },
	[SHARED_MEMORY_AT] = { "memory-at", MANIFEST_SHAPE_WIDE },
};

const uint32_t manifest_nr_shared_rules = NR_SHARED_RULES;

uint32_t manifest_shared_size(const struct manifest_shared *shared)
{
	return PAGE_SIZE + shared->common_size + shared->nr_peers * shared->output_size;
}

bool manifest_is_shared(const struct fdt *fdt, fdt_node_t node)
{
	return fdt_is_compatible(fdt, node, "plumbline,shared-memory");
}

/* ---- peers ---- */

/* The peer that is partition `index`; nr_peers: none is. */
static uint32_t manifest_peer_of(const struct manifest_shared *shared, uint32_t index)
{
	uint32_t n = 0;

	while (n < shared->nr_peers && shared->peer[n] != index) {
		n++;
	}
	return n;
}

static bool manifest_read_peer(const struct manifest_node *node, const struct manifest *manifest,
			       struct manifest_shared *shared, const char *name, uint32_t item)
{
	uint32_t index;

	if (!manifest_find(manifest, name, &index)) {
		return manifest_refuse_item(node, SHARED_PEERS, item, MANIFEST_NO_PARTITION);
	}
	if (manifest_peer_of(shared, index) != shared->nr_peers) {
		return manifest_refuse_item(node, SHARED_PEERS, item, "names a partition twice");
	}
	if (manifest->partition[index].nr_shares == MANIFEST_MAX_SHARES) {
		return manifest_refuse_item(node, SHARED_PEERS, item,
					    "is a peer of 4 shared memories already");
	}
	shared->peer[shared->nr_peers++] = (uint8_t)index;
	return true;
}

static bool manifest_read_peers(const struct manifest_node *node, const struct manifest *manifest,
				struct manifest_shared *shared)
{
	const char *name;
	uint32_t count = 0;
	bool ok = true;

	if (!manifest_given(node, SHARED_PEERS)) {
		return manifest_refuse(node, SHARED_PEERS,
				       MANIFEST_MISSING
				       "the names of the partitions that share it");
	}
	while ((name = fdt_prop_string(&node->prop[SHARED_PEERS], count)) != NULL) {
		if (count++ == MANIFEST_MAX_PEERS) {
			return manifest_refuse(node, SHARED_PEERS, "must not be more than 8");
		}
		ok = manifest_read_peer(node, manifest, shared, name, count) && ok;
	}
	return ok && (count >= 2 || manifest_refuse(node, SHARED_PEERS, "must be 2 at least"));
}

static bool manifest_read_readers(const struct manifest_node *node, const struct manifest *manifest,
				  struct manifest_shared *shared)
{
	const char *name;
	bool ok = true;

	if (!manifest_given(node, SHARED_READ_ONLY)) {
		return true;
	}
	for (uint32_t i = 0; (name = fdt_prop_string(&node->prop[SHARED_READ_ONLY], i)) != NULL;
	     i++) {
		uint32_t index = MANIFEST_MAX_PARTITIONS;
		uint32_t peer;

		if (i == MANIFEST_MAX_PEERS) { /* this bounds the loop */
			return manifest_refuse(node, SHARED_READ_ONLY, "must not be more than 8");
		}
		(void)manifest_find(manifest, name, &index);
		peer = manifest_peer_of(shared, index);
		if (peer == shared->nr_peers) {
			ok = manifest_refuse_item(node, SHARED_READ_ONLY, i + 1,
						  "is not one of the peers");
		} else {
			shared->readers |= (uint8_t)BIT32(peer);
		}
	}
	return ok;
}

/* ---- sizes and the board's addresses ---- */

static bool manifest_read_section(const struct manifest_node *node, uint32_t rule, uint32_t *size)
{
	*size = manifest_cell(node, rule, 0);
	return (*size % PAGE_SIZE == 0 && !manifest_bad(node, rule)) ||
	       manifest_refuse(node, rule, "must be a multiple of 4 KiB (0x1000)");
}

static bool manifest_read_sections(const struct manifest_node *node, struct manifest_shared *shared)
{
	bool ok = manifest_read_section(node, SHARED_COMMON_SIZE, &shared->common_size);

	ok = manifest_read_section(node, SHARED_OUTPUT_SIZE, &shared->output_size) && ok;
	if (ok && shared->common_size == 0 && shared->output_size == 0) {
		ok = manifest_refuse(node, SHARED_OUTPUT_SIZE,
				     MANIFEST_MISSING "the bytes of each peer's section, or "
						      "common-size");
	}
	if ((uint64_t)PAGE_SIZE + shared->common_size +
		    (uint64_t)MANIFEST_MAX_PEERS * shared->output_size >
	    MANIFEST_SHARED_LIMIT) {
		ok = manifest_refuse(node,
				     shared->output_size ? SHARED_OUTPUT_SIZE : SHARED_COMMON_SIZE,
				     "the sections of 8 peers would be more than 1 GiB");
	}
	return ok;
}

static bool manifest_read_place(const struct manifest_node *node, struct manifest_shared *shared)
{
	uint64_t base = manifest_value(node, SHARED_MEMORY_AT, 0);

	if (!manifest_given(node, SHARED_MEMORY_AT)) {
		return !manifest_bad(node, SHARED_MEMORY_AT);
	}
	if (base == 0 || base % PAGE_SIZE != 0 ||
	    base > MANIFEST_PA_LIMIT - MANIFEST_SHARED_LIMIT) {
		return manifest_refuse(node, SHARED_MEMORY_AT,
				       "must be a multiple of 4 KiB, above 0 and 1 GiB below 2^40");
	}
	shared->memory_pa = pa_make(base);
	return true;
}

/* Memory that has a fixed place, against everything else that has one. */
static bool manifest_check_place(const struct manifest_node *node, const struct manifest *manifest,
				 const struct manifest_shared *shared)
{
	uint32_t size = manifest_shared_size(shared);
	fdt_node_t rival = 0;

	if (shared->memory_pa.pa == 0) {
		return true;
	}
	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		const struct manifest_partition *p = &manifest->partition[i];

		if (p->memory_pa.pa != 0 &&
		    manifest_overlaps_pa(shared->memory_pa, size, p->memory_pa, p->memory_size)) {
			rival = p->at;
		}
		for (uint32_t j = 0; j < p->nr_devices; j++) {
			if (manifest_overlaps_pa(shared->memory_pa, size, p->device[j].pa,
						 p->device[j].size)) {
				rival = p->device[j].at;
			}
		}
	}
	for (uint32_t i = 0; i < manifest->nr_shared; i++) {
		const struct manifest_shared *other = &manifest->shared[i];

		if (other->memory_pa.pa != 0 &&
		    manifest_overlaps_pa(shared->memory_pa, size, other->memory_pa,
					 manifest_shared_size(other))) {
			rival = other->at;
		}
	}
	return rival == 0 || board_refuse_item(node->fdt, node->why, node->node, "memory-at",
					       "overlaps other memory, or a device", 0, rival);
}

/* ---- a peer's addresses ---- */

fdt_node_t manifest_node_at(const struct manifest *manifest, const struct manifest_partition *p,
			    ipa_t ipa, uint32_t size)
{
	if (manifest_overlaps_ipa(ipa, size, p->memory_ipa, p->memory_size)) {
		return p->at;
	}
	for (uint32_t i = 0; i < p->nr_regions; i++) {
		if (manifest_overlaps_ipa(ipa, size, p->region[i].ipa, p->region[i].size)) {
			return p->at;
		}
	}
	for (uint32_t i = 0; i < p->nr_devices; i++) {
		if (manifest_overlaps_ipa(ipa, size, p->device[i].ipa, p->device[i].size)) {
			return p->device[i].at;
		}
	}
	for (uint32_t i = 0; i < p->nr_shares; i++) {
		if (manifest_overlaps_ipa(ipa, size, p->share[i].ipa, p->share[i].size)) {
			return manifest->shared[p->share[i].shared].at;
		}
	}
	return 0;
}

/* The cell of a property that has one for all peers, or one for each; `item`: its number, from
 * 1. */
static bool manifest_peer_cell(const struct manifest_node *node, uint32_t rule, uint32_t nr_peers,
			       uint32_t peer, uint32_t *value, uint32_t *item)
{
	uint32_t cells = node->prop[rule].length / 4;

	*item = cells == 1 ? 1 : peer + 1;
	return (cells == 1 || cells == nr_peers) &&
	       fdt_prop_u32(&node->prop[rule], *item - 1, value);
}

static bool manifest_read_ipa(const struct manifest_node *node, const struct manifest *manifest,
			      const struct manifest_shared *shared,
			      const struct manifest_partition *p, struct manifest_share *share)
{
	const struct machine_window *registers = &machine_windows[MACHINE_SHARED];
	uint32_t windows =
		p->windows | machine_windows_placed(MACHINE_RESERVED) | BIT32(MACHINE_SHARED);
	uint32_t place = 0, item;
	fdt_node_t rival;

	if (!manifest_given(node, SHARED_IPA)) {
		return manifest_refuse(node, SHARED_IPA,
				       MANIFEST_MISSING "its address in the peers' memory");
	}
	if (!manifest_peer_cell(node, SHARED_IPA, shared->nr_peers, share->peer, &place, &item)) {
		return manifest_refuse(node, SHARED_IPA,
				       "must be one address, or one for each peer");
	}
	if (place % PAGE_SIZE != 0 || place > MANIFEST_IPA_LIMIT - share->size) {
		return manifest_refuse_item(node, SHARED_IPA, item,
					    "must be a multiple of 4 KiB, and the memory end below "
					    "4 GiB");
	}
	if (manifest_window_at(windows, ipa_make(place), share->size) != MACHINE_NR_WINDOWS) {
		return manifest_refuse_item(node, SHARED_IPA, item,
					    "overlaps the virtual GIC, an emulated device, or the "
					    "registers at 0x0b000000");
	}
	rival = manifest_node_at(manifest, p, ipa_make(place), share->size);
	if (rival != 0) {
		return board_refuse_item(node->fdt, node->why, node->node, "ipa",
					 "overlaps something else of the partition", item, rival);
	}
	share->ipa = ipa_make(place);
	rival = manifest_node_at(manifest, p, registers->ipa, registers->size);
	return rival == 0 ||
	       board_refuse_item(node->fdt, node->why, node->node, "peers",
				 "its registers (0x0b000000 to 0x0b003fff) overlap something "
				 "else of the partition",
				 share->peer + 1, rival);
}

/* The error of a peer's interrupt; NULL: none. */
static const char *manifest_doorbell_error(const struct manifest_partition *p, uint32_t intid)
{
	static const char *const taken_spis[] = {
#define ROW(id, name, property, what, without, intid) [id] = "is " what ": give " without "another",
		MACHINE_SPIS(ROW)
#undef ROW
	};

	if (intid < 32) {
		return "must be an SPI, from 32 on (SPI n is n + 32), or 0: none";
	}
	if (!p->has_gic) {
		return "must be 0 for a partition without a GIC";
	}
	if (intid >= p->nr_irqs) {
		return "is past the partition's last interrupt: give it more irqs";
	}
	for (uint32_t left = p->windows; left; left &= left - 1) {
		if (intid == machine_windows[bits_first(left)].intid) {
			return "is an emulated device's: give another";
		}
	}
	for (uint32_t left = p->spis; left; left &= left - 1) {
		if (intid == machine_spis[bits_first(left)].intid) {
			return taken_spis[bits_first(left)];
		}
	}
	for (uint32_t i = 0; i < p->nr_devices; i++) {
		for (uint32_t j = 0; j < p->device[i].nr_interrupts; j++) {
			if (p->device[i].intid[j] == intid) {
				return "is a device's: give another";
			}
		}
	}
	for (uint32_t i = 0; i < p->nr_shares; i++) {
		if (p->share[i].intid == intid) {
			return "is another shared memory's: give another";
		}
	}
	return NULL;
}

static bool manifest_read_doorbell(const struct manifest_node *node,
				   const struct manifest_shared *shared,
				   const struct manifest_partition *p, struct manifest_share *share)
{
	uint32_t intid = 0, item;
	const char *error;

	if (!manifest_given(node, SHARED_INTERRUPT)) {
		return !manifest_bad(node, SHARED_INTERRUPT);
	}
	if (!manifest_peer_cell(node, SHARED_INTERRUPT, shared->nr_peers, share->peer, &intid,
				&item)) {
		return manifest_refuse(node, SHARED_INTERRUPT,
				       "must be one interrupt, or one for each peer");
	}
	error = intid ? manifest_doorbell_error(p, intid) : NULL;
	if (error) {
		return manifest_refuse_item(node, SHARED_INTERRUPT, item, error);
	}
	share->intid = (uint16_t)intid;
	return true;
}

/* Gives each peer its share. */
static bool manifest_read_shares(const struct manifest_node *node, struct manifest *manifest,
				 const struct manifest_shared *shared)
{
	bool ok = true;

	for (uint32_t n = 0; n < shared->nr_peers; n++) {
		struct manifest_partition *p = &manifest->partition[shared->peer[n]];
		struct manifest_share share = {
			.shared = (uint8_t)manifest->nr_shared,
			.peer = (uint8_t)n,
			.size = manifest_shared_size(shared),
		};

		if (!manifest_read_ipa(node, manifest, shared, p, &share)) {
			ok = false;
			share.size = 0; /* it overlaps nothing */
		}
		ok = manifest_read_doorbell(node, shared, p, &share) && ok;
		p->windows |= BIT32(MACHINE_SHARED);
		p->share[p->nr_shares++] = share;
	}
	return ok;
}

/* ---- a node ---- */

static bool manifest_read_shared_one(const struct fdt *fdt, fdt_node_t at,
				     struct manifest *manifest, struct refusal *why)
{
	struct manifest_node node = { .fdt = fdt, .why = why, .node = at };
	struct manifest_shared shared = { .at = at, .name = fdt_node_name(fdt, at) };
	bool ok = true, whole;

	if (!manifest_name_ok(shared.name)) {
		ok = board_refuse(fdt, why, at, "",
				  "a shared memory's name must be 1 to 15 of a-z, 0-9 and '-'");
	}
	if (fdt_first_child(fdt, at) != FDT_NONE) {
		ok = board_refuse(fdt, why, fdt_first_child(fdt, at), "",
				  "unknown node: a shared memory has no nodes");
	}
	ok = manifest_collect(&node, manifest_shared_rules, NR_SHARED_RULES) && ok;
	shared.edge = manifest_given(&node, SHARED_INTERRUPT_EDGE);
	if (shared.edge && !manifest_given(&node, SHARED_INTERRUPT)) {
		ok = manifest_refuse(&node, SHARED_INTERRUPT_EDGE,
				     "must not be given without interrupt");
	}
	whole = manifest_read_peers(&node, manifest, &shared);
	whole = manifest_read_sections(&node, &shared) && whole;
	whole = manifest_read_place(&node, &shared) && whole;
	if (!whole) {
		return false; /* the rest would only follow */
	}
	ok = manifest_read_readers(&node, manifest, &shared) && ok;
	ok = manifest_check_place(&node, manifest, &shared) && ok;
	ok = manifest_read_shares(&node, manifest, &shared) && ok;
	manifest->shared[manifest->nr_shared++] = shared;
	return ok;
}

bool manifest_read_shared(const struct fdt *fdt, struct manifest *manifest, struct refusal *why)
{
	uint32_t count = 0;
	bool ok = true;

	for (fdt_node_t node = fdt_first_child(fdt, fdt_root(fdt)); node != FDT_NONE;
	     node = fdt_next_sibling(fdt, node)) {
		if (!manifest_is_shared(fdt, node)) {
			continue;
		}
		if (count++ == MANIFEST_MAX_SHARED) {
			return board_refuse(fdt, why, node, "",
					    "is one more than 8 shared memories");
		}
		ok = manifest_read_shared_one(fdt, node, manifest, why) && ok;
	}
	return ok;
}
