/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio windows of one partition that another one serves (docs/virtio.md). */
#include "hyp/base/bits.h"
#include "hyp/manifest/manifest_parts.h"

enum manifest_virtio_rule {
	VIRTIO_COMPATIBLE,
	VIRTIO_CLIENT,
	VIRTIO_BACKEND,
	VIRTIO_WINDOWS,
	VIRTIO_IPA,
	VIRTIO_OFFSET,
	VIRTIO_SIZE,
	NR_VIRTIO_RULES,
};

const struct manifest_rule manifest_virtio_rules[NR_VIRTIO_RULES] = {
	[VIRTIO_COMPATIBLE] = { "compatible", MANIFEST_SHAPE_STRINGS },
	[VIRTIO_CLIENT] = { "client", MANIFEST_SHAPE_STRING },
	[VIRTIO_BACKEND] = { "backend", MANIFEST_SHAPE_STRING },
	[VIRTIO_WINDOWS] = { "windows", MANIFEST_SHAPE_CELLS },
	[VIRTIO_IPA] = { "ipa", MANIFEST_SHAPE_CELL },
	[VIRTIO_OFFSET] = { "offset", MANIFEST_SHAPE_CELL },
	[VIRTIO_SIZE] = { "size", MANIFEST_SHAPE_CELL },
};

const uint32_t manifest_nr_virtio_rules = NR_VIRTIO_RULES;

bool manifest_is_virtio(const struct fdt *fdt, fdt_node_t node)
{
	return fdt_is_compatible(fdt, node, "plumbline,virtio");
}

static bool manifest_read_side(const struct manifest_node *node, const struct manifest *manifest,
			       uint32_t rule, uint8_t *side)
{
	uint32_t index;

	if (!manifest_given(node, rule)) {
		return manifest_refuse(node, rule, MANIFEST_MISSING "the name of a partition");
	}
	if (!manifest_find(manifest, manifest_string(node, rule, ""), &index)) {
		return manifest_refuse(node, rule, MANIFEST_NO_PARTITION);
	}
	*side = (uint8_t)index;
	return true;
}

static bool manifest_read_sides(const struct manifest_node *node, const struct manifest *manifest,
				struct manifest_virtio *virtio)
{
	bool ok = manifest_read_side(node, manifest, VIRTIO_CLIENT, &virtio->client);

	ok = manifest_read_side(node, manifest, VIRTIO_BACKEND, &virtio->backend) && ok;
	if (ok && virtio->client == virtio->backend) {
		return manifest_refuse(node, VIRTIO_BACKEND, "must be another than the client");
	}
	if (ok && manifest->partition[virtio->backend].nr_clients == MANIFEST_MAX_CLIENTS) {
		return manifest_refuse(node, VIRTIO_BACKEND, "serves 4 such nodes already");
	}
	return ok;
}

/* The node of the partition, or of shared memory, that has this interrupt; 0: none has. */
static fdt_node_t manifest_intid_at(const struct manifest *manifest,
				    const struct manifest_partition *p, uint32_t intid)
{
	for (uint32_t i = 0; i < p->nr_devices; i++) {
		for (uint32_t j = 0; j < p->device[i].nr_interrupts; j++) {
			if (p->device[i].intid[j] == intid) {
				return p->device[i].at;
			}
		}
	}
	for (uint32_t i = 0; i < p->nr_shares; i++) {
		if (p->share[i].intid == intid) {
			return manifest->shared[p->share[i].shared].at;
		}
	}
	return 0;
}

/* The node by which the partition, as a backend, sees something at [ipa, ipa + size); 0: none. */
static fdt_node_t manifest_view_at(const struct manifest *manifest, uint32_t backend, ipa_t ipa,
				   uint32_t size)
{
	for (uint32_t i = 0; i < manifest->nr_virtio; i++) {
		const struct manifest_virtio *other = &manifest->virtio[i];

		if (other->backend == backend &&
		    manifest_overlaps_ipa(ipa, size, other->ipa, other->size)) {
			return other->at;
		}
	}
	return 0;
}

/* ---- the client ---- */

/* Has an earlier node this window of the client? */
static bool manifest_is_served(const struct manifest *manifest, uint32_t client, uint32_t window)
{
	for (uint32_t i = 0; i < manifest->nr_virtio; i++) {
		const struct manifest_virtio *other = &manifest->virtio[i];

		if (other->client == client && (other->windows >> window & 1u)) {
			return true;
		}
	}
	return false;
}

static bool manifest_read_window(const struct manifest_node *node, const struct manifest *manifest,
				 struct manifest_virtio *virtio, uint32_t item)
{
	const struct manifest_partition *p = &manifest->partition[virtio->client];
	uint32_t window = MANIFEST_VIRTIO_WINDOWS, intid;
	fdt_node_t rival;
	ipa_t page;

	fdt_prop_u32(&node->prop[VIRTIO_WINDOWS], item - 1, &window);
	if (window >= MANIFEST_VIRTIO_WINDOWS) {
		return manifest_refuse_item(node, VIRTIO_WINDOWS, item, "must be 0 to 31");
	}
	if ((virtio->windows >> window & 1u) ||
	    manifest_is_served(manifest, virtio->client, window)) {
		return manifest_refuse_item(node, VIRTIO_WINDOWS, item,
					    "is served already: give another");
	}
	intid = MANIFEST_VIRTIO_INTID + window;
	if (p->has_gic && intid >= p->nr_irqs) {
		return manifest_refuse_item(node, VIRTIO_WINDOWS, item,
					    "its interrupt (48 + window) is past the client's last "
					    "one: give the client more irqs");
	}
	page = ipa_add(machine_windows[MACHINE_VIRTIO].ipa,
		       window * MANIFEST_VIRTIO_SIZE / PAGE_SIZE * PAGE_SIZE);
	rival = manifest_node_at(manifest, p, page, PAGE_SIZE);
	rival = rival ? rival : manifest_intid_at(manifest, p, intid);
	if (rival) {
		return board_refuse_item(node->fdt, node->why, node->node, "windows",
					 "its page, or its interrupt (48 + window), is something "
					 "else's of the client",
					 item, rival);
	}
	virtio->windows |= BIT32(window);
	return true;
}

/* The node of shared memory, or of another client's, where the client gets windows; 0: none. */
static fdt_node_t manifest_memory_at_windows(const struct manifest *manifest, uint32_t client)
{
	const struct machine_window *w = &machine_windows[MACHINE_VIRTIO];
	const struct manifest_partition *p = &manifest->partition[client];

	for (uint32_t i = 0; i < p->nr_shares; i++) {
		if (manifest_overlaps_ipa(w->ipa, w->size, p->share[i].ipa, p->share[i].size)) {
			return manifest->shared[p->share[i].shared].at;
		}
	}
	return manifest_view_at(manifest, client, w->ipa, w->size);
}

static bool manifest_read_windows(const struct manifest_node *node, const struct manifest *manifest,
				  struct manifest_virtio *virtio)
{
	uint32_t count =
		manifest_given(node, VIRTIO_WINDOWS) ? node->prop[VIRTIO_WINDOWS].length / 4 : 0;
	fdt_node_t rival;
	bool ok = true;

	if (count == 0) {
		return manifest_refuse(node, VIRTIO_WINDOWS,
				       MANIFEST_MISSING "numbers of the client's windows, 0 to 31");
	}
	if (count > MANIFEST_MAX_WINDOWS) {
		return manifest_refuse(node, VIRTIO_WINDOWS, "must not be more than 8");
	}
	rival = manifest_memory_at_windows(manifest, virtio->client);
	if (rival) {
		return board_refuse_item(node->fdt, node->why, node->node, "windows",
					 "the client has other memory at 0x0a000000 to 0x0a003fff",
					 0, rival);
	}
	for (uint32_t item = 1; item <= count; item++) {
		ok = manifest_read_window(node, manifest, virtio, item) && ok;
	}
	return ok;
}

/* The part of the client's RAM that the backend sees: all of it, or less. */
static bool manifest_read_part(const struct manifest_node *node, const struct manifest *manifest,
			       struct manifest_virtio *virtio)
{
	uint32_t room = manifest->partition[virtio->client].memory_size;

	virtio->offset = manifest_cell(node, VIRTIO_OFFSET, 0);
	if (manifest_bad(node, VIRTIO_OFFSET) || virtio->offset % PAGE_SIZE != 0 ||
	    virtio->offset >= room) {
		return manifest_refuse(node, VIRTIO_OFFSET,
				       "must be a multiple of 4 KiB, and less than the client's "
				       "memory-size");
	}
	virtio->size = manifest_cell(node, VIRTIO_SIZE, room - virtio->offset);
	if (manifest_bad(node, VIRTIO_SIZE) || virtio->size % PAGE_SIZE != 0 || virtio->size == 0 ||
	    virtio->size > room - virtio->offset) {
		return manifest_refuse(node, VIRTIO_SIZE,
				       "must be a multiple of 4 KiB, above 0, and end in the "
				       "client's memory");
	}
	return true;
}

/* ---- the backend ---- */

static bool manifest_read_view(const struct manifest_node *node, const struct manifest *manifest,
			       struct manifest_virtio *virtio)
{
	const struct manifest_partition *p = &manifest->partition[virtio->backend];
	uint32_t windows = p->windows | machine_windows_placed(MACHINE_RESERVED);
	uint32_t place = manifest_cell(node, VIRTIO_IPA, 0);
	fdt_node_t rival;

	if (!manifest_given(node, VIRTIO_IPA)) {
		return manifest_refuse(node, VIRTIO_IPA,
				       MANIFEST_MISSING "the address at which the backend sees the "
							"client's memory");
	}
	if (place % PAGE_SIZE != 0 || place > MANIFEST_IPA_LIMIT - virtio->size) {
		return manifest_refuse(node, VIRTIO_IPA,
				       "must be a multiple of 4 KiB, and the memory end below "
				       "4 GiB");
	}
	if (manifest_window_at(windows, ipa_make(place), virtio->size) != MACHINE_NR_WINDOWS) {
		return manifest_refuse(node, VIRTIO_IPA,
				       "overlaps the virtual GIC, or an emulated device of the "
				       "backend");
	}
	rival = manifest_node_at(manifest, p, ipa_make(place), virtio->size);
	rival = rival ? rival
		      : manifest_view_at(manifest, virtio->backend, ipa_make(place), virtio->size);
	virtio->ipa = ipa_make(place);
	return rival == 0 || board_refuse_item(node->fdt, node->why, node->node, "ipa",
					       "overlaps something else of the backend", 0, rival);
}

/* A backend without a GIC has no doorbell, and asks from time to time. */
static bool manifest_check_doorbell(const struct manifest_node *node,
				    const struct manifest *manifest,
				    const struct manifest_virtio *virtio)
{
	const struct manifest_partition *p = &manifest->partition[virtio->backend];
	uint32_t intid = machine_spis[MACHINE_BACKEND].intid;
	fdt_node_t rival = manifest_intid_at(manifest, p, intid);

	if (!p->has_gic) {
		return true;
	}
	if (intid >= p->nr_irqs) {
		return manifest_refuse(node, VIRTIO_BACKEND,
				       "its doorbell is interrupt 37: give it irqs of 64 or more");
	}
	return rival == 0 ||
	       board_refuse_item(node->fdt, node->why, node->node, "backend",
				 "its doorbell is interrupt 37, which is something else's", 0,
				 rival);
}

/* ---- a node ---- */

static bool manifest_read_virtio_one(const struct fdt *fdt, fdt_node_t at,
				     struct manifest *manifest, struct refusal *why)
{
	struct manifest_node node = { .fdt = fdt, .why = why, .node = at };
	struct manifest_virtio virtio = { .at = at, .name = fdt_node_name(fdt, at) };
	struct manifest_partition *backend;
	bool ok = true;

	if (!manifest_name_ok(virtio.name)) {
		ok = board_refuse(fdt, why, at, "",
				  "a virtio node's name must be 1 to 15 of a-z, 0-9 and '-'");
	}
	if (fdt_first_child(fdt, at) != FDT_NONE) {
		ok = board_refuse(fdt, why, fdt_first_child(fdt, at), "",
				  "unknown node: a virtio node has no nodes");
	}
	ok = manifest_collect(&node, manifest_virtio_rules, NR_VIRTIO_RULES) && ok;
	if (!manifest_read_sides(&node, manifest, &virtio)) {
		return false; /* the rest would only follow */
	}
	ok = manifest_read_windows(&node, manifest, &virtio) && ok;
	if (!manifest_read_part(&node, manifest, &virtio)) {
		return false;
	}
	ok = manifest_read_view(&node, manifest, &virtio) && ok;
	ok = manifest_check_doorbell(&node, manifest, &virtio) && ok;
	backend = &manifest->partition[virtio.backend];
	manifest->partition[virtio.client].windows |= BIT32(MACHINE_VIRTIO);
	backend->spis |= backend->has_gic ? BIT32(MACHINE_BACKEND) : 0;
	backend->client_size[backend->nr_clients++] = virtio.size;
	manifest->virtio[manifest->nr_virtio++] = virtio;
	return ok;
}

bool manifest_read_virtio(const struct fdt *fdt, struct manifest *manifest, struct refusal *why)
{
	uint32_t count = 0;
	bool ok = true;

	for (fdt_node_t node = fdt_first_child(fdt, fdt_root(fdt)); node != FDT_NONE;
	     node = fdt_next_sibling(fdt, node)) {
		if (!manifest_is_virtio(fdt, node)) {
			continue;
		}
		if (count++ == MANIFEST_MAX_VIRTIO) {
			return board_refuse(fdt, why, node, "", "is one more than 8 virtio nodes");
		}
		ok = manifest_read_virtio_one(fdt, node, manifest, why) && ok;
	}
	return ok;
}
