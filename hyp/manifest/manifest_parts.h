/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the manifest's reader. Private to manifest*.c. */
#ifndef HYP_MANIFEST_MANIFEST_PARTS_H
#define HYP_MANIFEST_MANIFEST_PARTS_H

#include "hyp/manifest/manifest.h"

#define MANIFEST_INITRD_PLACE UINT32_C(0x8000000) /* at most; or the middle of RAM */
#define MANIFEST_IPA_LIMIT    (UINT64_C(1) << 32)
#define MANIFEST_PA_LIMIT     (UINT64_C(1) << 40)

/* Firmware made for virt is linked at flash 0 and keeps its settings in flash 1: both are RAM here.
 */
#define MANIFEST_FIRMWARE_IPA	UINT32_C(0x00000000)
#define MANIFEST_FIRMWARE_LIMIT UINT32_C(0x04000000)
#define MANIFEST_FLASH1_IPA	UINT32_C(0x04000000)
#define MANIFEST_FLASH1_SIZE	UINT32_C(0x00040000)

/* The form of a property's value. */
enum manifest_shape {
	MANIFEST_SHAPE_FLAG,	      /* no value */
	MANIFEST_SHAPE_CELL,	      /* <n> */
	MANIFEST_SHAPE_WIDE,	      /* <high low> */
	MANIFEST_SHAPE_CELL_OR_WIDE,  /* either */
	MANIFEST_SHAPE_CELLS,	      /* <n ...> */
	MANIFEST_SHAPE_FLAG_OR_CELLS, /* either */
	MANIFEST_SHAPE_STRING,	      /* "one" */
	MANIFEST_SHAPE_STRINGS,	      /* "one", "more" */
	MANIFEST_SHAPE_BLOB,	      /* /incbin/("file") */
};

struct manifest_rule {
	const char *name;
	enum manifest_shape shape;
};

#define MANIFEST_MAX_RULES 40
#define MANIFEST_MAX_IRQS  1020u /* with INTIDs 1020 to 1023 reserved: IHI 0048B 2.2.1 */

/* Programs search for these in a reason. */
#define MANIFEST_MISSING	  "missing: "
#define MANIFEST_UNKNOWN_PROPERTY "unknown property"
#define MANIFEST_NO_PARTITION	  "names no partition of this manifest"

/* All properties that a node may have. */
extern const struct manifest_rule manifest_root_rules[];
extern const struct manifest_rule manifest_partition_rules[];
extern const struct manifest_rule manifest_device_rules[];
extern const struct manifest_rule manifest_shared_rules[];
extern const struct manifest_rule manifest_virtio_rules[];
extern const uint32_t manifest_nr_root_rules, manifest_nr_partition_rules, manifest_nr_device_rules,
	manifest_nr_shared_rules, manifest_nr_virtio_rules;

/* A node's known and well-formed properties, by the index of their rule. */
struct manifest_node {
	const struct fdt *fdt;
	struct refusal *why;
	fdt_node_t node;
	const struct manifest_rule *rules;
	uint64_t given; /* bit n: rule n's property is present and well-formed */
	uint64_t bad;	/* bit n: its form was refused, so its value is not known */
	struct fdt_prop prop[MANIFEST_MAX_RULES];
};

/* Reads all of them; returns false if one is unknown or has another form. */
bool manifest_collect(struct manifest_node *node, const struct manifest_rule *rules,
		      uint32_t nr_rules);
/* dtc turns <&label> into a number, which would pass for a value, and gives the labelled node a
 * property `phandle`. manifest_collect accepts that property; this function refuses it, if nothing
 * was refused for a better reason. */
bool manifest_check_label(const struct fdt *fdt, fdt_node_t node, struct refusal *why);
bool manifest_given(const struct manifest_node *node, uint32_t rule);
bool manifest_bad(const struct manifest_node *node, uint32_t rule);
/* The value, or `missing` where the property is not given. */
uint64_t manifest_value(const struct manifest_node *node, uint32_t rule, uint64_t missing);
uint32_t manifest_cell(const struct manifest_node *node, uint32_t rule, uint32_t missing);
const char *manifest_string(const struct manifest_node *node, uint32_t rule, const char *missing);
/* Fills *why, returns false. A property that is `bad` is not refused again. */
bool manifest_refuse(const struct manifest_node *node, uint32_t rule, const char *reason);
/* The same for cell or string `item`, from 1. */
bool manifest_refuse_item(const struct manifest_node *node, uint32_t rule, uint32_t item,
			  const char *reason);

/*
 * These continue after a refusal, and return false at the end. A refused item is left out, or
 * counts as the largest possible one: it causes no other refusal, and all counts stay within their
 * limits.
 */

/* One partition: all checks that need no other partition. */
bool manifest_read_partition(const struct fdt *fdt, fdt_node_t node,
			     struct manifest_partition *partition, struct refusal *why);
bool manifest_read_device(const struct fdt *fdt, fdt_node_t node,
			  struct manifest_partition *partition, struct refusal *why);

/* A node of the root: is it one of shared memory? */
bool manifest_is_shared(const struct fdt *fdt, fdt_node_t node);
/* All of them, when all partitions are read. */
bool manifest_read_shared(const struct fdt *fdt, struct manifest *manifest, struct refusal *why);
/* The node that has [ipa, ipa + size) in the partition's addresses; 0: none has. */
fdt_node_t manifest_node_at(const struct manifest *manifest, const struct manifest_partition *p,
			    ipa_t ipa, uint32_t size);

/* A node of the root: is it one of virtio windows? */
bool manifest_is_virtio(const struct fdt *fdt, fdt_node_t node);
/* All of them, when shared memory is read, too. */
bool manifest_read_virtio(const struct fdt *fdt, struct manifest *manifest, struct refusal *why);

/* Sets *index to the partition with this name. False: there is none. */
bool manifest_find(const struct manifest *manifest, const char *name, uint32_t *index);
/* 1 to 15 characters of a-z, 0-9 and '-'. */
bool manifest_name_ok(const char *name);

/* The rules of a partition's node. */
#define MANIFEST_ROW_ID(id, ...) id,
enum manifest_partition_rule {
	MANIFEST_PROPERTIES(MANIFEST_ROW_ID) MANIFEST_RULE_MACHINE, /* + n: machine_properties[n] */
	MANIFEST_NR_RULES = MANIFEST_RULE_MACHINE + (int)MACHINE_NR_PROPERTIES,
};
#undef MANIFEST_ROW_ID

/* Its vCPUs' budgets; their number is read before. */
bool manifest_read_budgets(const struct manifest_node *node, struct manifest_partition *partition);
/* No set of CPUs has vCPUs that may run on no other, and whose budgets are more than the time of
 * these CPUs. `there`: the CPUs that exist, as bits. */
bool manifest_check_budgets(const struct fdt *fdt, const struct manifest *manifest, uint32_t there,
			    struct refusal *why);

/* Places its memory and its images. `windows` must be set before. */
bool manifest_place(const struct manifest_node *node, struct manifest_partition *partition);

/* A range of 0 bytes overlaps nothing. */
bool manifest_overlaps_pa(pa_t a, uint64_t a_size, pa_t b, uint64_t b_size);
bool manifest_overlaps_ipa(ipa_t a, uint32_t a_size, ipa_t b, uint32_t b_size);

/* The first window of the set `windows` that [ipa, ipa + size) overlaps; MACHINE_NR_WINDOWS: none.
 */
uint32_t manifest_window_at(uint32_t windows, ipa_t ipa, uint32_t size);

#endif
