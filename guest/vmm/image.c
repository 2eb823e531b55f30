/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/vmm/image.h"
#include "guest/lib/fdt.h"
#include "guest/vmm/describe.h"
#include "guest/vmm/vmm.h"
#include <string.h>

/* A zImage: magic, start and end in its words 9, 10 and 11. */
#define IMAGE_MAGIC	0x016f2818u
#define IMAGE_MAGIC_AT	0x24u
#define IMAGE_START_AT	0x28u
#define IMAGE_END_AT	0x2cu
#define IMAGE_WORDS_END 0x30u

const uint8_t *image_find(uint32_t *size)
{
	fdt_node chosen = fdt_find("/chosen");
	uint32_t start = 0, end = 0;

	if (!fdt_cell(chosen, "linux,initrd-start", 0, &start) ||
	    !fdt_cell(chosen, "linux,initrd-end", 0, &end) || start >= end) {
		return NULL;
	}
	*size = end - start;
	return (const uint8_t *)(uintptr_t)start;
}

static uint32_t image_word(const uint8_t *image, uint32_t at)
{
	uint32_t word;

	memcpy(&word, image + at, sizeof(word));
	return word;
}

/* The bytes of the kernel; what follows is the VM's initrd. */
static uint32_t image_kernel_size(const uint8_t *image, uint32_t size)
{
	uint32_t length;

	if (size < IMAGE_WORDS_END || image_word(image, IMAGE_MAGIC_AT) != IMAGE_MAGIC) {
		return size;
	}
	length = image_word(image, IMAGE_END_AT) - image_word(image, IMAGE_START_AT);
	return length < size ? length : size;
}

/* The kernel at its place, the initrd in the middle of RAM, the tree at its end. */
uint32_t image_load(void)
{
	uint32_t size = 0, kernel, tree = vmm.ram_size - VMM_TREE, middle = tree / 2;
	const uint8_t *image = image_find(&size);

	kernel = image_kernel_size(image, size);
	middle &= ~(VMM_PAGE - 1);
	if (kernel > middle - (VMM_IMAGE - VMM_RAM) || size - kernel > tree - middle) {
		return 0;
	}
	memset(vmm.ram, 0, vmm.ram_size);
	memcpy(vmm.ram + (VMM_IMAGE - VMM_RAM), image, kernel);
	memcpy(vmm.ram + middle, image + kernel, size - kernel);
	return describe_machine(vmm.ram + tree, VMM_TREE, VMM_RAM + middle, size - kernel)
		       ? VMM_RAM + tree
		       : 0;
}
