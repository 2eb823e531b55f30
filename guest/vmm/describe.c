/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/vmm/describe.h"
#include "guest/lib/nodes.h"
#include "guest/vmm/virtio.h"
#include "guest/vmm/vmm.h"

#define DESCRIBE_UART_HZ 24000000u
#define DESCRIBE_CLOCK	 2u /* its phandle */

/* Windows of 64 KiB: Linux wants GICC_DIR in the second one. */
static void describe_cpus(struct tree *tree)
{
	const struct nodes_gic gic = { VMM_GICD, 0x10000, VMM_GICC, 0x10000, vmm.nr_vcpus };

	nodes_cpus(tree, vmm.nr_vcpus, "arm,cortex-a15");
	nodes_gic(tree, &gic);
}

static void describe_uart(struct tree *tree)
{
	tree_node(tree, "apb-pclk");
	tree_text(tree, "compatible", "fixed-clock");
	TREE_CELLS(tree, "#clock-cells", 0);
	TREE_CELLS(tree, "clock-frequency", DESCRIBE_UART_HZ);
	TREE_CELLS(tree, "phandle", DESCRIBE_CLOCK);
	tree_end(tree);
	tree_node(tree, "pl011@9000000");
	TREE_TEXTS(tree, "compatible", "arm,pl011\0arm,primecell");
	TREE_CELLS(tree, "reg", 0, VMM_UART, 0, VMM_PAGE);
	TREE_CELLS(tree, "interrupts", NODES_SPI, VMM_UART_INTID - 32, NODES_HIGH);
	TREE_CELLS(tree, "clocks", DESCRIBE_CLOCK, DESCRIBE_CLOCK);
	TREE_TEXTS(tree, "clock-names", "uartclk\0apb_pclk");
	tree_end(tree);
}

static void describe_rtc(struct tree *tree)
{
	tree_node(tree, "pl031@9010000");
	TREE_TEXTS(tree, "compatible", "arm,pl031\0arm,primecell");
	TREE_CELLS(tree, "reg", 0, VMM_RTC, 0, VMM_PAGE);
	TREE_CELLS(tree, "clocks", DESCRIBE_CLOCK);
	tree_text(tree, "clock-names", "apb_pclk");
	tree_end(tree);
}

static void describe_virtio(struct tree *tree, uint32_t window)
{
	nodes_virtio(tree, VIRTIO_BASE + window * VIRTIO_WINDOW, VIRTIO_WINDOW,
		     VIRTIO_INTID + window - 32, NODES_HIGH);
}

uint32_t describe_machine(void *memory, uint32_t size, uint32_t initrd, uint32_t initrd_size)
{
	static struct tree tree;

	tree_begin(&tree, memory, size);
	tree_node(&tree, "");
	tree_text(&tree, "compatible", "linux,dummy-virt");
	tree_text(&tree, "model", "Plumbline VM");
	TREE_CELLS(&tree, "#address-cells", 2);
	TREE_CELLS(&tree, "#size-cells", 2);
	TREE_CELLS(&tree, "interrupt-parent", NODES_GIC_PHANDLE);
	nodes_chosen(&tree, vmm.args, initrd, initrd_size);
	tree_text(&tree, "stdout-path", "/pl011@9000000");
	tree_end(&tree);
	nodes_memory(&tree, VMM_RAM, vmm.ram_size);
	describe_cpus(&tree);
	describe_uart(&tree);
	describe_rtc(&tree);
	if (vmm.disk_size) {
		describe_virtio(&tree, VIRTIO_DISK);
		describe_virtio(&tree, VIRTIO_PORT);
	}
	tree_end(&tree);
	return tree_finish(&tree);
}
