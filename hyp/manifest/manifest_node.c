/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks a manifest node against its table of rules. An unknown property is refused, because a
 * misspelt one would otherwise have no effect. */
#include "hyp/manifest/manifest_parts.h"
#include <string.h>

/* The error in the form of a value; NULL: none. */
static const char *manifest_shape_error(const struct fdt_prop *prop, enum manifest_shape shape)
{
	bool terminated = prop->length != 0 && prop->data[prop->length - 1] == 0;

	switch (shape) {
	case MANIFEST_SHAPE_FLAG:
		return prop->length == 0 ? NULL : "must have no value";
	case MANIFEST_SHAPE_CELL:
		return prop->length == 4 ? NULL : "must be one cell: <number>";
	case MANIFEST_SHAPE_WIDE:
		return prop->length == 8 ? NULL : "must be two cells: <high low>";
	case MANIFEST_SHAPE_CELL_OR_WIDE:
		return prop->length == 4 || prop->length == 8 ? NULL : "must be one or two cells";
	case MANIFEST_SHAPE_CELLS:
		return prop->length != 0 && prop->length % 4 == 0 ? NULL : "must be cells: <n ...>";
	case MANIFEST_SHAPE_FLAG_OR_CELLS:
		return prop->length % 4 == 0 ? NULL : "must be cells, <n ...>, or have no value";
	case MANIFEST_SHAPE_STRING:
		return terminated && memchr(prop->data, 0, prop->length - 1) == NULL
			       ? NULL
			       : "must be one string";
	case MANIFEST_SHAPE_STRINGS:
		return terminated ? NULL
				  : "must be strings: \"one\", \"more\" (a <&label> is a number)";
	case MANIFEST_SHAPE_BLOB:
		return prop->length != 0 ? NULL : "the file is empty";
	}
	return "has an unknown shape";
}

static bool manifest_collect_one(struct manifest_node *node, const struct manifest_rule *rules,
				 uint32_t nr_rules, const struct fdt_prop *prop)
{
	const char *error;
	uint32_t i = 0;

	if (strcmp(prop->name, "phandle") == 0) {
		return true; /* manifest_check_label refuses it, if nothing else is refused */
	}
	while (i < nr_rules && strcmp(rules[i].name, prop->name) != 0) {
		i++;
	}
	if (i == nr_rules) {
		return board_refuse(node->fdt, node->why, node->node, prop->name,
				    MANIFEST_UNKNOWN_PROPERTY);
	}
	error = (node->given & (UINT64_C(1) << i)) != 0
			? "is given twice"
			: manifest_shape_error(prop, rules[i].shape);
	if (error) {
		node->bad |= UINT64_C(1) << i;
		return board_refuse(node->fdt, node->why, node->node, prop->name, error);
	}
	node->given |= UINT64_C(1) << i;
	node->prop[i] = *prop;
	return true;
}

bool manifest_collect(struct manifest_node *node, const struct manifest_rule *rules,
		      uint32_t nr_rules)
{
	struct fdt_prop prop;
	uint32_t cursor;
	bool more = fdt_first_prop(node->fdt, node->node, &prop, &cursor);
	bool ok = true;

	node->rules = rules;
	node->given = node->bad = 0;
	for (; more; more = fdt_next_prop(node->fdt, &prop, &cursor)) {
		ok = manifest_collect_one(node, rules, nr_rules, &prop) && ok;
	}
	return ok;
}

bool manifest_check_label(const struct fdt *fdt, fdt_node_t node, struct refusal *why)
{
	struct fdt_prop prop;

	if (fdt_get_prop(fdt, node, "phandle", &prop)) {
		return board_refuse(fdt, why, node, "phandle",
				    "a <&label> refers to this node, and is a number: write its "
				    "name, in quotes");
	}
	return true;
}

bool manifest_bad(const struct manifest_node *node, uint32_t rule)
{
	return (node->bad & (UINT64_C(1) << rule)) != 0;
}

bool manifest_given(const struct manifest_node *node, uint32_t rule)
{
	return (node->given & (UINT64_C(1) << rule)) != 0;
}

uint64_t manifest_value(const struct manifest_node *node, uint32_t rule, uint64_t missing)
{
	uint64_t value = missing;

	if (manifest_given(node, rule)) {
		fdt_prop_cells(&node->prop[rule], 0, node->prop[rule].length / 4, &value);
	}
	return value;
}

uint32_t manifest_cell(const struct manifest_node *node, uint32_t rule, uint32_t missing)
{
	return (uint32_t)manifest_value(node, rule, missing);
}

const char *manifest_string(const struct manifest_node *node, uint32_t rule, const char *missing)
{
	return manifest_given(node, rule) ? (const char *)node->prop[rule].data : missing;
}

bool manifest_refuse_item(const struct manifest_node *node, uint32_t rule, uint32_t item,
			  const char *reason)
{
	/* A property whose form was refused is not missing. */
	return !manifest_bad(node, rule) &&
	       board_refuse_item(node->fdt, node->why, node->node, node->rules[rule].name, reason,
				 item, 0);
}

bool manifest_refuse(const struct manifest_node *node, uint32_t rule, const char *reason)
{
	return manifest_refuse_item(node, rule, 0, reason);
}

bool manifest_overlaps_pa(pa_t a, uint64_t a_size, pa_t b, uint64_t b_size)
{
	return a_size != 0 && b_size != 0 && a.pa < b.pa + b_size && b.pa < a.pa + a_size;
}

/* Neither ends above 4 GiB: no sum of a distance and a size is compared that could wrap. */
bool manifest_overlaps_ipa(ipa_t a, uint32_t a_size, ipa_t b, uint32_t b_size)
{
	return a_size != 0 && b_size != 0 &&
	       (a.ipa < b.ipa ? b.ipa - a.ipa < a_size : a.ipa - b.ipa < b_size);
}
