/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/describe.h"
#include "guest/lib/nodes.h"
#include "guest/linux/vmm/virtio.h"
#include "guest/linux/vmm/vm.h"

static void describe_cpus(struct tree *tree)
{
	const struct nodes_gic gic = { VM_GICD, 0x1000, VM_GICC, 0x2000, vm.nr_vcpus };

	nodes_cpus(tree, vm.nr_vcpus, vm.target ? "arm,cortex-a7" : "arm,cortex-a15");
	nodes_gic(tree, &gic);
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
	TREE_CELLS(&tree, "interrupt-parent", NODES_GIC_PHANDLE);
	nodes_chosen(&tree, bootargs, initrd, initrd_size);
	tree_end(&tree);
	nodes_memory(&tree, VM_RAM, vm.ram_size);
	describe_cpus(&tree);
	/* An eventfd makes an edge. */
	for (uint32_t n = 0; n < virtio_count(); n++) {
		nodes_virtio(&tree, VM_VIRTIO + n * VM_WINDOW, VM_WINDOW, VM_SPI + n, NODES_EDGE);
	}
	tree_end(&tree);
	return tree_finish(&tree);
}
