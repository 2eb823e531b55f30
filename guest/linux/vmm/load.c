/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/load.h"
#include "guest/linux/vmm/describe.h"
#include "guest/linux/vmm/dtb.h"
#include "guest/linux/vmm/vm.h"

#define LOAD_KERNEL 0x10000u /* offset in RAM; a zImage moves itself out of its own way */
#define LOAD_TREE   0x10000u /* bytes at the end of RAM */

/* `no_room`: what is wrong if it does not fit. */
static int32_t load_open(const char *path, uint32_t room, const char *no_room, uint32_t *size)
{
	int32_t file = os_open(path, OS_O_RDONLY);
	uint64_t bytes = file < 0 ? 0 : os_size(file);

	if (file < 0) {
		os_fail(path, "cannot be opened");
	}
	if (!bytes || bytes > room) {
		os_fail(path, no_room);
	}
	*size = (uint32_t)bytes;
	os_rewind(file);
	return file;
}

static void load_read(const char *path, int32_t file, uint32_t offset, uint32_t size)
{
	if (!os_read_all(file, vm.ram + offset, size)) {
		os_fail(path, "cannot be read");
	}
	os_close(file);
}

/* ---- the device tree ---- */

static uint32_t load_tree_of(const char *path, uint32_t at)
{
	uint32_t size;
	int32_t file = load_open(path, LOAD_TREE, "is empty, or larger than 64 KiB", &size);
	const char *wrong;

	load_read(path, file, at, size);
	wrong = dtb_wrong(vm.ram + at, size);
	if (wrong) {
		os_fail(path, wrong);
	}
	return size;
}

static void load_dump(const char *path, uint32_t at, uint32_t size)
{
	int32_t file = os_open(path, OS_O_WRONLY | OS_O_CREAT | OS_O_TRUNC);

	if (file < 0 || !os_write_all(file, vm.ram + at, size)) {
		os_fail(path, "cannot be written");
	}
	os_close(file);
}

static void load_tree(const struct options *options, uint32_t at, uint32_t initrd, uint32_t size)
{
	uint32_t tree_size = options->dtb ? load_tree_of(options->dtb, at)
					  : describe_vm(vm.ram + at, LOAD_TREE, options->append,
							VM_RAM + initrd, size);

	if (!tree_size) {
		os_fail("the device tree", "no room");
	}
	if (options->dump) {
		load_dump(options->dump, at, tree_size);
	}
}

/* ---- all of it ---- */

/* The kernel from the beginning on; at the end the tree, and the RAM disk right below it. The
 * kernel gets half of the memory, to unpack itself. */
void load_vm(const struct options *options)
{
	static const char no_room[] = "is empty, or the VM has too little memory (--memory)";
	uint32_t tree = vm.ram_size - LOAD_TREE, half = vm.ram_size / 2, at = tree, size = 0;
	int32_t file = load_open(options->kernel, half - LOAD_KERNEL, no_room, &size);

	load_read(options->kernel, file, LOAD_KERNEL, size);
	size = 0;
	if (options->initrd) {
		file = load_open(options->initrd, tree - half, no_room, &size);
		at = (tree - size) & ~(VM_PAGE - 1);
		load_read(options->initrd, file, at, size);
	}
	load_tree(options, tree, at, size);
	vm_begin(VM_RAM + LOAD_KERNEL, VM_RAM + tree);
}
