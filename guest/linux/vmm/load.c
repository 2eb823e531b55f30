/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/load.h"
#include "guest/linux/vmm/describe.h"
#include "guest/linux/vmm/vm.h"

#define LOAD_KERNEL 0x10000u /* offset in RAM; a zImage moves itself out of its own way */
#define LOAD_TREE   0x10000u /* bytes at the end of RAM */

static int32_t load_open(const char *path, uint32_t room, uint32_t *size)
{
	int32_t file = os_open(path, OS_O_RDONLY);
	uint64_t bytes = file < 0 ? 0 : os_size(file);

	if (file < 0) {
		os_fail(path, "cannot be opened");
	}
	if (!bytes || bytes > room) {
		os_fail(path, "is empty, or the VM has too little memory");
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

/* The kernel from the beginning on; at the end the tree, and the RAM disk right below it. The
 * kernel gets half of the memory, to unpack itself. */
void load_vm(const char *kernel, const char *initrd, const char *bootargs)
{
	uint32_t tree = vm.ram_size - LOAD_TREE, half = vm.ram_size / 2, at = tree, size = 0;

	load_read(kernel, load_open(kernel, half - LOAD_KERNEL, &size), LOAD_KERNEL, size);
	size = 0;
	if (initrd) {
		int32_t file = load_open(initrd, tree - half, &size);

		at = (tree - size) & ~(VM_PAGE - 1);
		load_read(initrd, file, at, size);
	}
	if (!describe_vm(vm.ram + tree, LOAD_TREE, bootargs, VM_RAM + at, size)) {
		os_fail("the device tree", "no room");
	}
	vm_begin(VM_RAM + LOAD_KERNEL, VM_RAM + tree);
}
