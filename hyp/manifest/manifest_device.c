/* SPDX-License-Identifier: BSD-2-Clause */
/* Devices passed through to a partition. */
#include "hyp/base/bits.h"
#include "hyp/manifest/manifest_parts.h"

enum manifest_device_rule {
	DEVICE_COMPATIBLE,
	DEVICE_PA,
	DEVICE_IPA,
	DEVICE_SIZE,
	DEVICE_INTERRUPT,
	DEVICE_INTERRUPT_EDGE,
	DEVICE_DT_COMPATIBLE,
	DEVICE_DT_STEP,
	DEVICE_DT_COHERENT,
	NR_DEVICE_RULES,
};

const struct manifest_rule manifest_device_rules[NR_DEVICE_RULES] = {
	[DEVICE_COMPATIBLE] = { "compatible", MANIFEST_SHAPE_STRINGS },
	[DEVICE_PA] = { "pa", MANIFEST_SHAPE_WIDE },
	[DEVICE_IPA] = { "ipa", MANIFEST_SHAPE_CELL },
	[DEVICE_SIZE] = { "size", MANIFEST_SHAPE_CELL },
	[DEVICE_INTERRUPT] = { "interrupt", MANIFEST_SHAPE_CELLS },
	[DEVICE_INTERRUPT_EDGE] = { "interrupt-edge", MANIFEST_SHAPE_FLAG_OR_CELLS },
	[DEVICE_DT_COMPATIBLE] = { "dt-compatible", MANIFEST_SHAPE_STRINGS },
	[DEVICE_DT_STEP] = { "dt-step", MANIFEST_SHAPE_CELL },
	[DEVICE_DT_COHERENT] = { "dt-coherent", MANIFEST_SHAPE_FLAG },
};

const uint32_t manifest_nr_device_rules = NR_DEVICE_RULES;

static bool manifest_read_window(const struct manifest_node *node, struct manifest_device *device)
{
	uint64_t place;
	bool ok = true;

	if (!manifest_given(node, DEVICE_PA)) {
		ok = manifest_refuse(node, DEVICE_PA, MANIFEST_MISSING "its address on the board");
	}
	if (!manifest_given(node, DEVICE_SIZE)) {
		ok = manifest_refuse(node, DEVICE_SIZE, MANIFEST_MISSING "its size in bytes");
	}
	if (!ok) {
		return false;
	}
	device->pa = pa_make(manifest_value(node, DEVICE_PA, 0));
	device->size = manifest_cell(node, DEVICE_SIZE, 0);
	if (device->size == 0 || device->size % PAGE_SIZE != 0) {
		return manifest_refuse(node, DEVICE_SIZE,
				       "must be a multiple of 4 KiB (0x1000) above 0");
	}
	if (device->pa.pa % PAGE_SIZE != 0 || device->pa.pa > MANIFEST_PA_LIMIT - device->size) {
		return manifest_refuse(node, DEVICE_PA,
				       "must be a multiple of 4 KiB, and the device end "
				       "below 2^40");
	}
	place = manifest_value(node, DEVICE_IPA, device->pa.pa);
	if (manifest_bad(node, DEVICE_IPA) || place % PAGE_SIZE != 0 ||
	    place > MANIFEST_IPA_LIMIT - device->size) {
		return manifest_refuse(node, DEVICE_IPA,
				       "must be a multiple of 4 KiB, and the device end below 4 "
				       "GiB");
	}
	device->ipa = ipa_make((uint32_t)place);
	return true;
}

/* Against the rest of the guest's map. */
static bool manifest_check_window(const struct manifest_node *node,
				  const struct manifest_partition *partition,
				  const struct manifest_device *device)
{
	static const char *const overlaps[] = {
#define ROW(id, name, property, what, without, place, ipa, size, intid) \
	[id] = "overlaps " what " (" #ipa "): give " without "another ipa",
		MACHINE_WINDOWS(ROW)
#undef ROW
	};
	uint32_t windows, window;

	if (manifest_overlaps_ipa(device->ipa, device->size, partition->memory_ipa,
				  partition->memory_size)) {
		return manifest_refuse(node, DEVICE_IPA, "overlaps the partition's memory");
	}
	for (uint32_t i = 0; i < partition->nr_regions; i++) {
		if (manifest_overlaps_ipa(device->ipa, device->size, partition->region[i].ipa,
					  partition->region[i].size)) {
			return manifest_refuse(node, DEVICE_IPA,
					       "overlaps the firmware's memory (0x00000000 and "
					       "0x04000000)");
		}
	}
	windows = (partition->windows | machine_windows_placed(MACHINE_RESERVED)) &
		  ~machine_windows_placed(MACHINE_BELOW);
	window = manifest_window_at(windows, device->ipa, device->size);
	if (window != MACHINE_NR_WINDOWS) {
		return manifest_refuse(node, DEVICE_IPA, overlaps[window]);
	}
	for (uint32_t i = 0; i < partition->nr_devices; i++) {
		if (manifest_overlaps_ipa(device->ipa, device->size, partition->device[i].ipa,
					  partition->device[i].size)) {
			return board_refuse_item(node->fdt, node->why, node->node, "ipa",
						 "overlaps another device of the partition", 0,
						 partition->device[i].at);
		}
	}
	return true;
}

/* Its index in the device's list, or nr_interrupts. */
static uint32_t manifest_interrupt_place(const struct manifest_device *device, uint32_t intid)
{
	uint32_t n = 0;

	while (n < device->nr_interrupts && device->intid[n] != intid) {
		n++;
	}
	return n;
}

/* The error of an interrupt of the device; NULL: none. */
static const char *manifest_interrupt_error(const struct manifest_partition *partition,
					    const struct manifest_device *device, uint32_t intid)
{
	static const char *const taken[] = {
#define ROW(id, name, property, what, without, place, ipa, size, intid) \
	[id] = intid ? #intid " is " what "'s: give " without "another" : NULL,
		MACHINE_WINDOWS(ROW)
#undef ROW
	};
	static const char *const taken_spis[] = {
#define ROW(id, name, property, what, without, intid) \
	[id] = #intid " is " what ": give " without "another",
		MACHINE_SPIS(ROW)
#undef ROW
	};

	if (intid < 32 || intid > 1019) {
		return "must be an interrupt number of 32 to 1019 (SPI n is n + 32)";
	}
	if (!partition->has_gic) {
		return "must not be given to a partition without a GIC";
	}
	if (intid >= partition->nr_irqs) {
		return "is past the partition's last interrupt: give it more irqs";
	}
	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		if (machine_has(partition->windows, n) && intid == machine_windows[n].intid) {
			return taken[n];
		}
	}
	for (uint32_t n = 0; n < MACHINE_NR_SPIS; n++) {
		if ((partition->spis >> n & 1u) && intid == machine_spis[n].intid) {
			return taken_spis[n];
		}
	}
	return manifest_interrupt_place(device, intid) != device->nr_interrupts ? "is given twice"
										: NULL;
}

static bool manifest_read_interrupts(const struct manifest_node *node,
				     const struct manifest_partition *partition,
				     struct manifest_device *device)
{
	uint32_t count = manifest_given(node, DEVICE_INTERRUPT)
				 ? node->prop[DEVICE_INTERRUPT].length / 4
				 : 0;
	bool ok = !manifest_bad(node, DEVICE_INTERRUPT);

	if (count > MANIFEST_MAX_INTERRUPTS) {
		return manifest_refuse(node, DEVICE_INTERRUPT,
				       "must not be more than 8 interrupts");
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t intid = 0;
		const char *error;

		fdt_prop_u32(&node->prop[DEVICE_INTERRUPT], i, &intid);
		error = manifest_interrupt_error(partition, device, intid);
		if (error) {
			ok = manifest_refuse_item(node, DEVICE_INTERRUPT, i + 1, error);
		} else {
			device->intid[device->nr_interrupts++] = intid;
		}
	}
	return ok;
}

/* As a flag: all of them are edge-triggered. */
static bool manifest_read_edges(const struct manifest_node *node, struct manifest_device *device)
{
	const struct fdt_prop *prop = &node->prop[DEVICE_INTERRUPT_EDGE];
	bool ok = true;

	if (!manifest_given(node, DEVICE_INTERRUPT_EDGE)) {
		return true;
	}
	if (device->nr_interrupts == 0) {
		return manifest_refuse(node, DEVICE_INTERRUPT_EDGE,
				       "must not be given without interrupt");
	}
	if (prop->length == 0) {
		device->edges = (uint8_t)((1u << device->nr_interrupts) - 1);
	}
	for (uint32_t i = 0; i < prop->length / 4; i++) {
		uint32_t intid = 0;
		uint32_t n;

		fdt_prop_u32(prop, i, &intid);
		n = manifest_interrupt_place(device, intid);
		if (n == device->nr_interrupts) {
			ok = manifest_refuse_item(node, DEVICE_INTERRUPT_EDGE, i + 1,
						  "is not one of the device's interrupts");
		} else {
			device->edges |= (uint8_t)(1u << n);
		}
	}
	return ok;
}

/* The device's nodes for the guest's device tree, which plumb pack makes. */
static bool manifest_check_nodes(const struct manifest_node *node,
				 const struct manifest_device *device)
{
	uint32_t step = manifest_cell(node, DEVICE_DT_STEP, device->size);

	if (manifest_given(node, DEVICE_DT_COMPATIBLE) &&
	    node->prop[DEVICE_DT_COMPATIBLE].data[0] == 0) {
		return manifest_refuse(node, DEVICE_DT_COMPATIBLE, "must not be empty");
	}
	if (manifest_bad(node, DEVICE_DT_COMPATIBLE)) {
		return false;
	}
	if (manifest_given(node, DEVICE_DT_COHERENT) &&
	    !manifest_given(node, DEVICE_DT_COMPATIBLE)) {
		return manifest_refuse(node, DEVICE_DT_COHERENT,
				       "must not be given without dt-compatible");
	}
	if (!manifest_given(node, DEVICE_DT_STEP)) {
		return true;
	}
	if (!manifest_given(node, DEVICE_DT_COMPATIBLE)) {
		return manifest_refuse(node, DEVICE_DT_STEP,
				       "must not be given without dt-compatible");
	}
	if (step == 0 || step % 4 != 0 || device->nr_interrupts == 0 ||
	    step > device->size / device->nr_interrupts) {
		return manifest_refuse(node, DEVICE_DT_STEP,
				       "must be a multiple of 4, and size hold it once for every "
				       "interrupt");
	}
	return true;
}

/* A device that covers flash 1, usually the board's flash, replaces the zeros there, which are the
 * last of the firmware's regions. */
static void manifest_replace_flash(struct manifest_partition *partition,
				   const struct manifest_device *device)
{
	uint64_t end = (uint64_t)device->ipa.ipa + device->size;

	if (partition->nr_regions == MANIFEST_MAX_REGIONS &&
	    device->ipa.ipa <= MANIFEST_FLASH1_IPA &&
	    end >= MANIFEST_FLASH1_IPA + MANIFEST_FLASH1_SIZE) {
		partition->nr_regions--;
	}
}

bool manifest_read_device(const struct fdt *fdt, fdt_node_t at,
			  struct manifest_partition *partition, struct refusal *why)
{
	struct manifest_node node = { .fdt = fdt, .why = why, .node = at };
	struct manifest_device device = { .at = at };
	bool ok, placed;

	if (!fdt_is_compatible(fdt, at, "plumbline,device")) {
		return board_refuse(fdt, why, at, "compatible",
				    "unknown node: a device has \"plumbline,device\"");
	}
	if (fdt_first_child(fdt, at) != FDT_NONE) {
		return board_refuse(fdt, why, fdt_first_child(fdt, at), "",
				    "unknown node: a device has no nodes");
	}
	if (partition->nr_devices == MANIFEST_MAX_DEVICES) {
		return board_refuse(fdt, why, at, "", "is one more than 8 devices");
	}
	ok = manifest_collect(&node, manifest_device_rules, NR_DEVICE_RULES);
	placed = manifest_read_window(&node, &device);
	if (placed) {
		manifest_replace_flash(partition, &device);
		ok = manifest_check_window(&node, partition, &device) && ok;
	} else {
		device.size = 0; /* it overlaps nothing */
	}
	ok = manifest_read_interrupts(&node, partition, &device) &&
	     manifest_read_edges(&node, &device) && placed &&
	     manifest_check_nodes(&node, &device) && ok;
	partition->device[partition->nr_devices++] = device;
	return ok;
}
