/* SPDX-License-Identifier: BSD-2-Clause */
/* The places of a partition's memory and images, in its own addresses. */
#include "hyp/base/bits.h"
#include "hyp/manifest/manifest_parts.h"
#include <string.h>

static bool manifest_place_fixed(const struct manifest_node *node,
				 struct manifest_partition *partition)
{
	bool identity = manifest_given(node, MANIFEST_RULE_IDENTITY);
	uint64_t base = manifest_value(node, MANIFEST_RULE_MEMORY_AT, 0);

	partition->memory_ipa = ipa_make(MACHINE_RAM_IPA);
	if (manifest_bad(node, MANIFEST_RULE_MEMORY_AT)) {
		return false;
	}
	if (!manifest_given(node, MANIFEST_RULE_MEMORY_AT)) {
		return !identity || manifest_refuse(node, MANIFEST_RULE_IDENTITY,
						    "must not be given without memory-at");
	}
	if (base == 0 || base % PAGE_SIZE != 0 || base >= MANIFEST_PA_LIMIT) {
		return manifest_refuse(node, MANIFEST_RULE_MEMORY_AT,
				       "must be a multiple of 4 KiB, above 0 and below 2^40");
	}
	partition->memory_pa = pa_make(base);
	if (!identity) {
		return true;
	}
	if (base >= MANIFEST_IPA_LIMIT) {
		return manifest_refuse(node, MANIFEST_RULE_IDENTITY,
				       "must have a memory-at below 4 GiB");
	}
	partition->memory_ipa = ipa_make((uint32_t)base);
	return true;
}

uint32_t manifest_window_at(uint32_t windows, ipa_t ipa, uint32_t size)
{
	for (; windows; windows &= windows - 1) {
		uint32_t n = bits_first(windows);

		if (manifest_overlaps_ipa(ipa, size, machine_windows[n].ipa,
					  machine_windows[n].size)) {
			return n;
		}
	}
	return MACHINE_NR_WINDOWS;
}

static bool manifest_check_covered(const struct manifest_node *node,
				   const struct manifest_partition *partition, uint32_t size)
{
	static const char *const covers[] = {
#define ROW(id, name, property, what, without, place, ipa, size, intid) \
	[id] = "the memory would cover " what " (" #ipa ")",
		MACHINE_WINDOWS(ROW)
#undef ROW
	};
	uint32_t windows = partition->windows | machine_windows_placed(MACHINE_RESERVED);
	uint32_t n = manifest_window_at(windows, partition->memory_ipa, size);

	return n == MACHINE_NR_WINDOWS || manifest_refuse(node, MANIFEST_RULE_MEMORY_AT, covers[n]);
}

static bool manifest_place_memory(const struct manifest_node *node,
				  struct manifest_partition *partition)
{
	uint64_t size = manifest_value(node, MANIFEST_RULE_MEMORY_SIZE, 0);
	uint64_t least = manifest_given(node, MANIFEST_RULE_KERNEL)
				 ? node->prop[MANIFEST_RULE_KERNEL].length
				 : 1;

	if (!manifest_given(node, MANIFEST_RULE_MEMORY_SIZE)) {
		return manifest_refuse(node, MANIFEST_RULE_MEMORY_SIZE,
				       MANIFEST_MISSING "its memory in bytes");
	}
	if (size % PAGE_SIZE != 0) {
		return manifest_refuse(node, MANIFEST_RULE_MEMORY_SIZE,
				       "must be a multiple of 4 KiB (0x1000)");
	}
	if (size < MACHINE_KERNEL_PLACE + least) {
		return manifest_refuse(node, MANIFEST_RULE_MEMORY_SIZE,
				       "must be 64 KiB more than the kernel at least");
	}
	if (!manifest_place_fixed(node, partition)) {
		return false;
	}
	if (size > MANIFEST_IPA_LIMIT - partition->memory_ipa.ipa) {
		return manifest_refuse(node, MANIFEST_RULE_MEMORY_SIZE,
				       "is more than fits between its start and 4 GiB");
	}
	if (size > MANIFEST_PA_LIMIT - partition->memory_pa.pa) {
		return manifest_refuse(node, MANIFEST_RULE_MEMORY_AT, "the memory ends above 2^40");
	}
	if (!manifest_check_covered(node, partition, (uint32_t)size)) {
		return false;
	}
	partition->memory_size = (uint32_t)size;
	return true;
}

/* Sets *image to the value of `rule`, at `address`: a multiple of `align`, and all of it in
 * memory. */
static bool manifest_place_image(const struct manifest_node *node,
				 const struct manifest_partition *partition, uint32_t rule,
				 uint64_t address, uint32_t align, struct manifest_image *image)
{
	uint64_t end = (uint64_t)partition->memory_ipa.ipa + partition->memory_size;
	uint32_t room = 1;

	if (manifest_given(node, rule)) {
		image->data = node->prop[rule].data;
		image->size = node->prop[rule].length;
		room = image->size;
	}
	if (address % align != 0) {
		return manifest_refuse(node, rule,
				       "must be at a multiple of 4, a device tree at one of 8");
	}
	if (address < partition->memory_ipa.ipa || address + room > end) {
		return manifest_refuse(node, rule,
				       "does not lie in the partition's memory: change its "
				       "address or memory-size");
	}
	image->ipa = ipa_make((uint32_t)address);
	return true;
}

static bool manifest_images_apart(const struct manifest_image *a, const struct manifest_image *b)
{
	/* An absent image has no size; but the place of a device tree is checked even without
	 * one. */
	return !manifest_overlaps_ipa(a->ipa, a->size, b->ipa, b->size != 0 ? b->size : 1);
}

/* Linux's zImage unpacks from behind itself, so initrd and device tree stay well above: the middle
 * of memory, or 128 MiB from its start if memory is larger; after the kernel's space if that
 * extends so far. */
static uint64_t manifest_payload_place(const struct manifest_partition *partition)
{
	uint64_t middle =
		bits_align_down((uint64_t)partition->memory_ipa.ipa +
					bits_min(partition->memory_size / 2, MANIFEST_INITRD_PLACE),
				PAGE_SIZE);
	uint64_t behind = bits_align_up(
		(uint64_t)partition->kernel.ipa.ipa + partition->kernel_space, PAGE_SIZE);

	if (partition->nr_regions != 0) { /* firmware: as on virt */
		return partition->memory_ipa.ipa;
	}
	return partition->kernel.ipa.ipa <= middle && middle < behind ? behind : middle;
}

static bool manifest_place_payload(const struct manifest_node *node,
				   struct manifest_partition *partition)
{
	const struct manifest_image kernel = { NULL, partition->kernel_space,
					       partition->kernel.ipa };
	uint64_t place = manifest_payload_place(partition);

	if (manifest_given(node, MANIFEST_RULE_INITRD)) {
		uint64_t address = manifest_value(node, MANIFEST_RULE_INITRD_ADDRESS, place);

		if (!manifest_place_image(node, partition, MANIFEST_RULE_INITRD, address, 4,
					  &partition->initrd)) {
			return false;
		}
		if (!manifest_images_apart(&kernel, &partition->initrd)) {
			return manifest_refuse(node, MANIFEST_RULE_INITRD,
					       "overlaps the kernel: give initrd-address, or more "
					       "memory");
		}
		place = bits_align_up(address + partition->initrd.size, PAGE_SIZE);
	} else if (manifest_given(node, MANIFEST_RULE_INITRD_ADDRESS)) {
		return manifest_refuse(node, MANIFEST_RULE_INITRD_ADDRESS,
				       "must not be given without initrd");
	}
	if (manifest_given(node, MANIFEST_RULE_NO_DTB)) {
		return true;
	}
	if (!manifest_place_image(node, partition, MANIFEST_RULE_DTB,
				  manifest_value(node, MANIFEST_RULE_DTB_ADDRESS, place), 8,
				  &partition->dtb)) {
		return false;
	}
	if (!manifest_images_apart(&kernel, &partition->dtb) ||
	    !manifest_images_apart(&partition->initrd, &partition->dtb)) {
		return manifest_refuse(node, MANIFEST_RULE_DTB,
				       "overlaps the kernel or the initrd: give dtb-address, or "
				       "more memory");
	}
	return true;
}

/* Refuses images that could not run in the form in which they are loaded. */
static bool manifest_check_formats(const struct manifest_node *node,
				   const struct manifest_partition *partition)
{
	static const uint8_t elf[] = { 0x7f, 'E', 'L', 'F' };
	static const uint8_t uimage[] = { 0x27, 0x05, 0x19, 0x56 };
	static const uint8_t dtb[] = { 0xd0, 0x0d, 0xfe, 0xed };

	if (partition->kernel.size >= sizeof(elf) &&
	    memcmp(partition->kernel.data, elf, sizeof(elf)) == 0) {
		return manifest_refuse(
			node, MANIFEST_RULE_KERNEL,
			"is an ELF file: make a raw image of it (objcopy -O binary)");
	}
	if (partition->kernel.size >= sizeof(uimage) &&
	    memcmp(partition->kernel.data, uimage, sizeof(uimage)) == 0) {
		return manifest_refuse(
			node, MANIFEST_RULE_KERNEL,
			"is a U-Boot uImage: give the zImage or raw image inside it");
	}
	if (partition->dtb.size != 0 && (partition->dtb.size < sizeof(dtb) ||
					 memcmp(partition->dtb.data, dtb, sizeof(dtb)) != 0)) {
		return manifest_refuse(node, MANIFEST_RULE_DTB,
				       "is not a device tree blob: compile it with dtc first");
	}
	return true;
}

/* Firmware runs from IPA 0, with the device tree at the start of RAM, as on virt with -bios. */
static bool manifest_place_firmware(const struct manifest_node *node,
				    struct manifest_partition *partition)
{
	const struct fdt_prop *prop = &node->prop[MANIFEST_RULE_FIRMWARE];

	if (manifest_given(node, MANIFEST_RULE_KERNEL) ||
	    manifest_given(node, MANIFEST_RULE_ENTRY)) {
		return manifest_refuse(node, MANIFEST_RULE_FIRMWARE,
				       "must not be given with kernel or entry");
	}
	if (prop->length > MANIFEST_FIRMWARE_LIMIT) {
		return manifest_refuse(node, MANIFEST_RULE_FIRMWARE,
				       "must not be more than 64 MiB, flash 0 of virt");
	}
	if (partition->memory_ipa.ipa < MANIFEST_FLASH1_IPA + MANIFEST_FLASH1_SIZE) {
		return manifest_refuse(node, MANIFEST_RULE_MEMORY_AT,
				       "the memory would cover the firmware");
	}
	partition->region[0] = (struct manifest_region) {
		.ipa = ipa_make(MANIFEST_FIRMWARE_IPA),
		.size = (uint32_t)bits_align_up(prop->length, BLOCK_SIZE),
		.data = prop->data,
		.data_size = prop->length,
	};
	partition->region[1] = (struct manifest_region) {
		.ipa = ipa_make(MANIFEST_FLASH1_IPA),
		.size = MANIFEST_FLASH1_SIZE,
	};
	partition->nr_regions = 2;
	partition->entry = MANIFEST_FIRMWARE_IPA;
	return true;
}

/* The kernel's memory beyond its file: bss, or the output of a zImage. */
static bool manifest_place_space(const struct manifest_node *node,
				 struct manifest_partition *partition)
{
	uint32_t room =
		partition->memory_size - ipa_offset(partition->kernel.ipa, partition->memory_ipa);

	uint32_t space = manifest_cell(node, MANIFEST_RULE_KERNEL_SPACE, partition->kernel.size);

	partition->kernel_space = partition->kernel.size;
	if (space < partition->kernel.size) {
		return manifest_refuse(node, MANIFEST_RULE_KERNEL_SPACE,
				       "must not be less than the kernel's own size");
	}
	if (space > room) {
		return manifest_refuse(node, MANIFEST_RULE_KERNEL_SPACE,
				       "does not lie in the partition's memory: give it more "
				       "memory-size");
	}
	partition->kernel_space = space;
	return true;
}

static bool manifest_place_kernel(const struct manifest_node *node,
				  struct manifest_partition *partition)
{
	uint64_t kernel =
		manifest_value(node, MANIFEST_RULE_KERNEL_ADDRESS,
			       (uint64_t)partition->memory_ipa.ipa + MACHINE_KERNEL_PLACE);
	bool ok;

	if (!manifest_place_image(node, partition, MANIFEST_RULE_KERNEL, kernel, 4,
				  &partition->kernel)) {
		return false;
	}
	ok = manifest_place_space(node, partition);
	partition->entry = manifest_cell(node, MANIFEST_RULE_ENTRY, partition->kernel.ipa.ipa);
	if (partition->entry % 4 == 2 || partition->entry < partition->memory_ipa.ipa ||
	    partition->entry - partition->memory_ipa.ipa >= partition->memory_size) {
		return manifest_refuse(node, MANIFEST_RULE_ENTRY,
				       "must be a multiple of 4, or odd (Thumb state), in the "
				       "partition's memory");
	}
	return ok;
}

/* Places cannot be checked if one of these is not known. */
#define MANIFEST_PLACE_RULES                                                 \
	(BIT32(MANIFEST_RULE_IDENTITY) | BIT32(MANIFEST_RULE_FIRMWARE) |     \
	 BIT32(MANIFEST_RULE_KERNEL) | BIT32(MANIFEST_RULE_KERNEL_ADDRESS) | \
	 BIT32(MANIFEST_RULE_KERNEL_SPACE) | BIT32(MANIFEST_RULE_INITRD) |   \
	 BIT32(MANIFEST_RULE_INITRD_ADDRESS) | BIT32(MANIFEST_RULE_DTB) |    \
	 BIT32(MANIFEST_RULE_DTB_ADDRESS) | BIT32(MANIFEST_RULE_NO_DTB))

bool manifest_place(const struct manifest_node *node, struct manifest_partition *partition)
{
	bool firmware = manifest_given(node, MANIFEST_RULE_FIRMWARE);
	bool ok = true;

	if (!manifest_place_memory(node, partition) || (node->bad & MANIFEST_PLACE_RULES) != 0) {
		return false;
	}
	if (manifest_given(node, MANIFEST_RULE_NO_DTB) &&
	    (manifest_given(node, MANIFEST_RULE_DTB) ||
	     manifest_given(node, MANIFEST_RULE_DTB_ADDRESS))) {
		ok = manifest_refuse(node, MANIFEST_RULE_NO_DTB,
				     "must not be given with dtb or dtb-address");
	}
	ok = (firmware ? manifest_place_firmware(node, partition)
		       : manifest_place_kernel(node, partition)) &&
	     ok;
	ok = manifest_place_payload(node, partition) && ok;
	return manifest_check_formats(node, partition) && ok;
}
