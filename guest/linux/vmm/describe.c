/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/describe.h"
#include "guest/linux/vmm/virtio.h"
#include "guest/linux/vmm/vm.h"
#include "guest/vmm/tree.h"

#define DESCRIBE_GIC 1u /* its phandle */

/* Interrupts: kind, number, flags */
#define DESCRIBE_SPI  0u
#define DESCRIBE_PPI  1u
#define DESCRIBE_EDGE 1u
#define DESCRIBE_HIGH 4u

/* "name@address", in hexadecimal digits. The result is overwritten by the next. */
static const char *describe_at(const char *name, uint32_t address)
{
	static char text[40];
	uint32_t length = 0, shift = 32;

	while (name[length]) {
		text[length] = name[length];
		length++;
	}
	text[length++] = '@';
	do {
		shift -= 4;
	} while (shift && !(address >> shift));
	for (;; shift -= 4) {
		text[length++] = "0123456789abcdef"[address >> shift & 15];
		if (!shift) {
			break;
		}
	}
	text[length] = 0;
	return text;
}

static void describe_chosen(struct tree *tree, const char *bootargs, uint32_t initrd, uint32_t size)
{
	tree_node(tree, "chosen");
	tree_text(tree, "bootargs", bootargs);
	if (size) {
		TREE_CELLS(tree, "linux,initrd-start", initrd);
		TREE_CELLS(tree, "linux,initrd-end", initrd + size);
	}
	tree_end(tree);
}

static void describe_memory(struct tree *tree)
{
	tree_node(tree, describe_at("memory", VM_RAM));
	tree_text(tree, "device_type", "memory");
	TREE_CELLS(tree, "reg", 0, VM_RAM, 0, vm.ram_size);
	tree_end(tree);
}

static void describe_cpus(struct tree *tree)
{
	tree_node(tree, "cpus");
	TREE_CELLS(tree, "#address-cells", 1);
	TREE_CELLS(tree, "#size-cells", 0);
	for (uint32_t n = 0; n < vm.nr_vcpus; n++) {
		tree_node(tree, describe_at("cpu", n));
		tree_text(tree, "device_type", "cpu");
		tree_text(tree, "compatible", vm.target ? "arm,cortex-a7" : "arm,cortex-a15");
		TREE_CELLS(tree, "reg", n);
		tree_text(tree, "enable-method", "psci");
		tree_end(tree);
	}
	tree_end(tree);
	tree_node(tree, "psci");
	TREE_TEXTS(tree, "compatible", "arm,psci-1.0\0arm,psci-0.2");
	tree_text(tree, "method", "hvc");
	tree_end(tree);
}

static void describe_gic(struct tree *tree)
{
	const uint32_t flags = ((1u << vm.nr_vcpus) - 1) << 8 | DESCRIBE_HIGH;

	tree_node(tree, describe_at("interrupt-controller", VM_GICD));
	tree_text(tree, "compatible", "arm,cortex-a15-gic");
	TREE_CELLS(tree, "#interrupt-cells", 3);
	TREE_CELLS(tree, "#address-cells", 0);
	tree_bytes(tree, "interrupt-controller", "", 0);
	TREE_CELLS(tree, "reg", 0, VM_GICD, 0, 0x1000, 0, VM_GICC, 0, 0x2000);
	TREE_CELLS(tree, "phandle", DESCRIBE_GIC);
	tree_end(tree);
	tree_node(tree, "timer");
	tree_text(tree, "compatible", "arm,armv7-timer");
	TREE_CELLS(tree, "interrupts", DESCRIBE_PPI, 13, flags, DESCRIBE_PPI, 14, flags,
		   DESCRIBE_PPI, 11, flags, DESCRIBE_PPI, 10, flags);
	tree_bytes(tree, "always-on", "", 0);
	tree_end(tree);
}

/* An eventfd makes an edge. */
static void describe_virtio(struct tree *tree, uint32_t window)
{
	uint32_t base = VM_VIRTIO + window * VM_WINDOW;

	tree_node(tree, describe_at("virtio_mmio", base));
	tree_text(tree, "compatible", "virtio,mmio");
	TREE_CELLS(tree, "reg", 0, base, 0, VM_WINDOW);
	TREE_CELLS(tree, "interrupts", DESCRIBE_SPI, VM_SPI + window, DESCRIBE_EDGE);
	tree_bytes(tree, "dma-coherent", "", 0);
	tree_end(tree);
}

uint32_t describe_vm(void *memory, uint32_t size, const char *bootargs, uint32_t initrd,
		     uint32_t initrd_size)
{
	static struct tree tree;

	tree_begin(&tree, memory, size);
	tree_node(&tree, "");
	tree_text(&tree, "compatible", "linux,dummy-virt");
	tree_text(&tree, "model", "VM");
	TREE_CELLS(&tree, "#address-cells", 2);
	TREE_CELLS(&tree, "#size-cells", 2);
	TREE_CELLS(&tree, "interrupt-parent", DESCRIBE_GIC);
	describe_chosen(&tree, bootargs, initrd, initrd_size);
	describe_memory(&tree);
	describe_cpus(&tree);
	describe_gic(&tree);
	for (uint32_t n = 0; n < virtio_count(); n++) {
		describe_virtio(&tree, n);
	}
	tree_end(&tree);
	return tree_finish(&tree);
}
