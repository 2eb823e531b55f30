/* SPDX-License-Identifier: BSD-2-Clause */
#include "scripts/tools/refusals.h"
#include "hyp/manifest/manifest_parts.h"
#include "scripts/tools/nearest.h"
#include "scripts/tools/rows.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define REFUSALS_MAX 1024u
#define VALUE_CELLS  8u	 /* more are not shown */
#define VALUE_LENGTH 60u /* characters of a string */

struct text {
	char s[400];
	size_t length;
};

static struct refusal refusals[REFUSALS_MAX];
static unsigned nr_refusals, nr_without_board;
static const struct fdt *refusals_fdt;
static const struct manifest *refusals_manifest;
static const struct board *refusals_board;
static const struct regions *refusals_free;

__attribute__((format(printf, 2, 3))) static void text_add(struct text *text, const char *format,
							   ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text->s + text->length, sizeof(text->s) - text->length, format, args);
	va_end(args);
	if (length > 0) {
		text->length += (size_t)length;
	}
	if (text->length >= sizeof(text->s)) {
		text->length = sizeof(text->s) - 1;
	}
}

/* The code may refuse a property again because of a consequence of the first error. */
static void refusals_tell(const struct refusal *why)
{
	for (unsigned n = 0; n < nr_refusals; n++) {
		const struct refusal *before = &refusals[n];

		if (before->at == why->at && strcmp(before->property, why->property) == 0 &&
		    (before->item == why->item || before->item == 0) &&
		    (before->rival == why->rival || why->rival == 0)) {
			return;
		}
	}
	if (nr_refusals < REFUSALS_MAX) {
		refusals[nr_refusals++] = *why;
	}
}

/* ---- names ---- */

static const char *name_of(fdt_node_t node)
{
	return fdt_node_name(refusals_fdt, node);
}

static void add_path(struct text *text, fdt_node_t node)
{
	fdt_node_t parent = fdt_parent(refusals_fdt, node);
	fdt_node_t above = fdt_parent(refusals_fdt, parent);

	if (above != FDT_NONE && above != fdt_root(refusals_fdt)) {
		add_path(text, above);
	}
	if (parent != FDT_NONE && parent != fdt_root(refusals_fdt)) {
		text_add(text, "/%s", name_of(parent));
	}
	text_add(text, "/%s", name_of(node));
}

/* The kinds of nodes: the first three by their depth. */
static const struct kind {
	const char *called;
	const struct manifest_rule *rules;
	const uint32_t *nr_rules;
	const char *for_plumb; /* known only to plumb, which removes it */
} kinds[] = {
	{ "the root", manifest_root_rules, &manifest_nr_root_rules, NULL },
	{ "a partition", manifest_partition_rules, &manifest_nr_partition_rules, "dtb-extra" },
	{ "a device", manifest_device_rules, &manifest_nr_device_rules, NULL },
	{ "shared memory", manifest_shared_rules, &manifest_nr_shared_rules, NULL },
	{ "virtio windows", manifest_virtio_rules, &manifest_nr_virtio_rules, NULL },
};

#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct kind *kind_of(fdt_node_t node)
{
	fdt_node_t parent = fdt_parent(refusals_fdt, node);

	if (manifest_is_shared(refusals_fdt, node)) {
		return &kinds[3];
	}
	if (manifest_is_virtio(refusals_fdt, node)) {
		return &kinds[4];
	}
	return &kinds[parent == FDT_NONE			     ? 0
		      : fdt_parent(refusals_fdt, parent) == FDT_NONE ? 1
								     : 2];
}

static const struct manifest_rule *find_rule(const struct kind *kind, const char *name)
{
	for (uint32_t n = 0; n < *kind->nr_rules; n++) {
		if (strcmp(kind->rules[n].name, name) == 0) {
			return &kind->rules[n];
		}
	}
	return NULL;
}

/* ---- values ---- */

static void add_string(struct text *text, const char *s)
{
	text_add(text, "\"");
	for (unsigned n = 0; n < VALUE_LENGTH && s[n]; n++) {
		bool plain = s[n] >= ' ' && s[n] <= '~' && s[n] != '"' && s[n] != '\\';

		text_add(text, plain ? "%c" : "\\x%02x", (unsigned char)s[n]);
	}
	text_add(text, strlen(s) > VALUE_LENGTH ? "...\"" : "\"");
}

static void add_strings(struct text *text, const struct fdt_prop *prop, uint32_t item)
{
	const char *s;

	for (uint32_t i = item ? item - 1 : 0; (s = fdt_prop_string(prop, i)) != NULL; i++) {
		add_string(text, s);
		if (item != 0 || i == VALUE_CELLS) {
			return;
		}
		text_add(text, fdt_prop_string(prop, i + 1) ? ", " : "");
	}
}

/* Properties with decimal numbers; the others are addresses, sizes and masks. */
static bool is_decimal(const char *name)
{
	static const char *const names[] = { "vcpus",	  "priority",	    "irqs",
					     "interrupt", "interrupt-edge", "time-slice-us",
					     "budget-us", "period-us" };

	for (unsigned n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		if (strcmp(names[n], name) == 0) {
			return true;
		}
	}
	return false;
}

static void add_cells(struct text *text, const struct fdt_prop *prop, uint32_t item)
{
	uint32_t first = item ? item - 1 : 0;
	uint32_t end = item ? item : prop->length / 4;
	bool decimal = is_decimal(prop->name);

	text_add(text, "<");
	for (uint32_t i = first; i < end; i++) {
		uint32_t cell = 0;

		if (i - first == VALUE_CELLS) {
			text_add(text, " ...");
			break;
		}
		fdt_prop_u32(prop, i, &cell);
		text_add(text, decimal || cell < 10 ? "%s%" PRIu32 : "%s0x%" PRIx32,
			 i == first ? "" : " ", cell);
	}
	text_add(text, ">");
}

/* dtc keeps no types: printable strings are taken for strings. */
static bool are_strings(const struct fdt_prop *prop)
{
	if (prop->length < 2 || prop->data[prop->length - 1] != 0 || prop->data[0] == 0) {
		return false;
	}
	for (uint32_t n = 0; n < prop->length; n++) {
		uint8_t c = prop->data[n];

		if ((c < ' ' || c > '~') && (c != 0 || prop->data[n - 1] == 0)) {
			return false;
		}
	}
	return true;
}

static void add_value(struct text *text, fdt_node_t node, const char *name, uint32_t item)
{
	const struct manifest_rule *rule = find_rule(kind_of(node), name);
	struct fdt_prop prop;

	if (!fdt_get_prop(refusals_fdt, node, name, &prop) || prop.length == 0) {
		return;
	}
	if (rule && rule->shape == MANIFEST_SHAPE_BLOB) {
		text_add(text, "%" PRIu32 " bytes", prop.length);
	} else if (are_strings(&prop)) {
		add_strings(text, &prop, item);
	} else if (prop.length % 4 == 0) {
		add_cells(text, &prop, item);
	} else {
		text_add(text, "%" PRIu32 " bytes", prop.length);
	}
}

/* ---- hints ---- */

static const char *nearest_property(const struct refusal *why)
{
	const struct kind *kind = kind_of(why->at);
	struct nearest nearest = { .wrong = why->property };

	for (uint32_t n = 0; n < *kind->nr_rules; n++) {
		nearest_offer(&nearest, kind->rules[n].name);
	}
	if (kind->for_plumb) {
		nearest_offer(&nearest, kind->for_plumb);
	}
	return nearest.name;
}

static const char *nearest_partition(const struct refusal *why)
{
	struct nearest nearest = { 0 };
	struct fdt_prop prop;

	if (!fdt_get_prop(refusals_fdt, why->at, why->property, &prop)) {
		return NULL;
	}
	nearest.wrong = fdt_prop_string(&prop, why->item - 1);
	for (uint32_t n = 0; nearest.wrong && n < refusals_manifest->nr_partitions; n++) {
		nearest_offer(&nearest, refusals_manifest->partition[n].name);
	}
	return nearest.name;
}

/* The name that was probably intended, NULL if none is near. */
static const char *meant(const struct refusal *why)
{
	if (strcmp(why->reason, MANIFEST_UNKNOWN_PROPERTY) == 0) {
		return nearest_property(why);
	}
	return strcmp(why->reason, MANIFEST_NO_PARTITION) == 0 ? nearest_partition(why) : NULL;
}

/* A missing property, for which an unknown property was probably intended. */
static bool is_misspelt(const struct refusal *why)
{
	if (strncmp(why->reason, MANIFEST_MISSING, strlen(MANIFEST_MISSING)) != 0) {
		return false;
	}
	for (unsigned n = 0; n < nr_refusals; n++) {
		const struct refusal *other = &refusals[n];
		const char *name = other->at == why->at && *other->property ? meant(other) : NULL;

		if (name && strcmp(name, why->property) == 0) {
			return true;
		}
	}
	return false;
}

static void add_regions(struct text *text, const struct regions *regions)
{
	for (uint32_t n = 0; n < regions->count; n++) {
		text_add(text, "%s0x%" PRIx64 " to 0x%" PRIx64, n ? ", " : "",
			 regions->r[n].base.pa, regions->r[n].base.pa + regions->r[n].size - 1);
	}
}

/* The property of the board that contradicts. */
static void add_board(struct text *text, const struct refusal *why)
{
	if (strcmp(why->property, "cpus") == 0) {
		text_add(text,
			 refusals_board->nr_cpus == 1 ? ": its one CPU is CPU 0"
						      : ": its CPUs are 0 to %" PRIu32,
			 refusals_board->nr_cpus - 1);
	} else if (strcmp(why->property, "memory-at") == 0 ||
		   strcmp(why->property, "memory-size") == 0 ||
		   (strcmp(why->property, "pa") == 0 && strstr(why->reason, "memory"))) {
		text_add(text, ": its RAM is ");
		add_regions(text, &refusals_board->memory);
		if (refusals_board->reserved.count != 0) {
			text_add(text, ", of which this is free: ");
			add_regions(text, refusals_free);
		}
	}
}

static void add_hint(struct text *text, const struct refusal *why)
{
	const char *name = meant(why);

	if (strcmp(why->reason, MANIFEST_UNKNOWN_PROPERTY) == 0) {
		for (unsigned n = 0; n < NR_KINDS; n++) {
			if (find_rule(&kinds[n], why->property)) {
				text_add(text, ": %s has it", kinds[n].called);
				return;
			}
		}
	}
	if (name) {
		text_add(text, ": did you mean '%s'?", name);
	}
}

/* ---- output ---- */

/* The property with which this one collides: the same, or the one with its address. */
static const char *rival_property(const struct refusal *why)
{
	const char *const names[] = { why->property, "memory-at", "pa" };
	struct fdt_prop prop;

	for (unsigned n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		if (*names[n] && fdt_get_prop(refusals_fdt, why->rival, names[n], &prop)) {
			return names[n];
		}
	}
	return "";
}

static void describe(unsigned n, struct text *text)
{
	const struct refusal *why = &refusals[n];

	*text = (struct text) { .length = 0 };
	text_add(text, "%s", why->reason);
	if (n >= nr_without_board) {
		add_board(text, why);
	}
	add_hint(text, why);
}

void refusals_print(void)
{
	for (unsigned n = 0; n < nr_refusals; n++) {
		const struct refusal *why = &refusals[n];
		struct text path = { .length = 0 }, value = { .length = 0 };
		struct text rival = { .length = 0 }, said;

		describe(n, &said);
		add_path(&path, why->at);
		add_value(&value, why->at, why->property, why->item);
		if (why->rival != 0) {
			add_path(&rival, why->rival);
		}
		fprintf(stderr, "manifest: %s: %s%s%s%s%s%s%s\n", path.s, why->property,
			*why->property ? ": " : "", value.s, value.length ? ": " : "", said.s,
			rival.length ? ": " : "", rival.s);
	}
}

static void list_rival(const struct refusal *why)
{
	struct text path = { .length = 0 }, value = { .length = 0 };
	const char *property = rival_property(why);

	add_path(&path, why->rival);
	add_value(&value, why->rival, property, 0);
	rows_text("rival", path.s);
	rows_text("rival-property", property);
	rows_text("rival-value", value.s);
}

void refusals_list(void)
{
	for (unsigned n = 0; n < nr_refusals; n++) {
		const struct refusal *why = &refusals[n];
		struct text path = { .length = 0 }, value = { .length = 0 }, said;

		describe(n, &said);
		add_path(&path, why->at);
		add_value(&value, why->at, why->property, why->item);
		rows_begin("refusal");
		rows_text("node", path.s);
		rows_text("property", why->property);
		rows_text("value", value.s);
		rows_text("reason", said.s);
		rows_flag("of-board", n >= nr_without_board);
		if (why->rival != 0) {
			list_rival(why);
		}
		rows_end();
	}
}

unsigned refusals_collect(const struct fdt *fdt, struct manifest *manifest,
			  const struct board *board, const struct regions *free_memory)
{
	struct refusal why = { .tell = refusals_tell };
	unsigned kept = 0;

	refusals_fdt = fdt;
	refusals_manifest = manifest;
	refusals_board = board;
	refusals_free = free_memory;
	manifest_read(fdt, manifest, &why);
	for (unsigned n = 0; n < nr_refusals; n++) {
		if (!is_misspelt(&refusals[n])) {
			refusals[kept++] = refusals[n];
		}
	}
	nr_refusals = nr_without_board = kept;
	if (board) {
		manifest_check_board(fdt, manifest, board, free_memory, &why);
	}
	return nr_refusals;
}
