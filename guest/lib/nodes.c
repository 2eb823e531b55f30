/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/nodes.h"

#define NODES_NAME 40u

const char *nodes_at(const char *name, uint32_t address)
{
	static char text[NODES_NAME];
	uint32_t length = 0, shift = 32;

	while (name[length] && length < NODES_NAME - 10) {
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

void nodes_chosen(struct tree *tree, const char *bootargs, uint32_t initrd, uint32_t size)
{
	tree_node(tree, "chosen");
	tree_text(tree, "bootargs", bootargs);
	if (size) {
		TREE_CELLS(tree, "linux,initrd-start", initrd);
		TREE_CELLS(tree, "linux,initrd-end", initrd + size);
	}
}

void nodes_memory(struct tree *tree, uint32_t start, uint32_t size)
{
	tree_node(tree, nodes_at("memory", start));
	tree_text(tree, "device_type", "memory");
	TREE_CELLS(tree, "reg", 0, start, 0, size);
	tree_end(tree);
}

void nodes_cpus(struct tree *tree, uint32_t count, const char *compatible)
{
	tree_node(tree, "cpus");
	TREE_CELLS(tree, "#address-cells", 1);
	TREE_CELLS(tree, "#size-cells", 0);
	for (uint32_t n = 0; n < count; n++) {
		tree_node(tree, nodes_at("cpu", n));
		tree_text(tree, "device_type", "cpu");
		tree_text(tree, "compatible", compatible);
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

void nodes_gic(struct tree *tree, const struct nodes_gic *gic)
{
	const uint32_t flags = ((1u << gic->nr_cpus) - 1) << 8 | NODES_HIGH;

	tree_node(tree, nodes_at("interrupt-controller", gic->gicd));
	tree_text(tree, "compatible", "arm,cortex-a15-gic");
	TREE_CELLS(tree, "#interrupt-cells", 3);
	TREE_CELLS(tree, "#address-cells", 0);
	tree_bytes(tree, "interrupt-controller", "", 0);
	TREE_CELLS(tree, "reg", 0, gic->gicd, 0, gic->gicd_size, 0, gic->gicc, 0, gic->gicc_size);
	TREE_CELLS(tree, "phandle", NODES_GIC_PHANDLE);
	tree_end(tree);
	tree_node(tree, "timer");
	tree_text(tree, "compatible", "arm,armv7-timer");
	TREE_CELLS(tree, "interrupts", NODES_PPI, 13, flags, NODES_PPI, 14, flags, NODES_PPI, 11,
		   flags, NODES_PPI, 10, flags);
	tree_bytes(tree, "always-on", "", 0);
	tree_end(tree);
}

void nodes_virtio(struct tree *tree, uint32_t base, uint32_t size, uint32_t spi, uint32_t trigger)
{
	tree_node(tree, nodes_at("virtio_mmio", base));
	tree_text(tree, "compatible", "virtio,mmio");
	TREE_CELLS(tree, "reg", 0, base, 0, size);
	TREE_CELLS(tree, "interrupts", NODES_SPI, spi, trigger);
	tree_bytes(tree, "dma-coherent", "", 0);
	tree_end(tree);
}
