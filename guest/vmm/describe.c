/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/vmm/describe.h"
#include "guest/vmm/tree.h"
#include "guest/vmm/virtio.h"
#include "guest/vmm/vmm.h"
#include <stdio.h>

#define DESCRIBE_UART_HZ 24000000u

/* Of phandles */
#define DESCRIBE_GIC   1u
#define DESCRIBE_CLOCK 2u

/* Interrupts: kind, number, flags */
#define DESCRIBE_SPI  0u
#define DESCRIBE_PPI  1u
#define DESCRIBE_HIGH 4u

static void describe_chosen(struct tree *tree, uint32_t initrd, uint32_t initrd_size)
{
	tree_node(tree, "chosen");
	tree_text(tree, "bootargs", vmm.args);
	tree_text(tree, "stdout-path", "/pl011@9000000");
	if (initrd_size) {
		TREE_CELLS(tree, "linux,initrd-start", initrd);
		TREE_CELLS(tree, "linux,initrd-end", initrd + initrd_size);
	}
	tree_end(tree);
}

static void describe_cpus(struct tree *tree)
{
	char name[16];

	tree_node(tree, "cpus");
	TREE_CELLS(tree, "#address-cells", 1);
	TREE_CELLS(tree, "#size-cells", 0);
	for (uint32_t n = 0; n < vmm.nr_vcpus; n++) {
		(void)snprintf(name, sizeof(name), "cpu@%u", (unsigned)n);
		tree_node(tree, name);
		tree_text(tree, "device_type", "cpu");
		tree_text(tree, "compatible", "arm,cortex-a15");
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

static void describe_memory(struct tree *tree)
{
	tree_node(tree, "memory@40000000");
	tree_text(tree, "device_type", "memory");
	TREE_CELLS(tree, "reg", 0, VMM_RAM, 0, vmm.ram_size);
	tree_end(tree);
}

/* Windows of 64 KiB: Linux wants GICC_DIR in the second one. */
static void describe_gic(struct tree *tree)
{
	uint32_t flags = ((1u << vmm.nr_vcpus) - 1) << 8 | DESCRIBE_HIGH;

	tree_node(tree, "interrupt-controller@8000000");
	tree_text(tree, "compatible", "arm,cortex-a15-gic");
	TREE_CELLS(tree, "#interrupt-cells", 3);
	TREE_CELLS(tree, "#address-cells", 0);
	tree_bytes(tree, "interrupt-controller", "", 0);
	TREE_CELLS(tree, "reg", 0, VMM_GICD, 0, 0x10000, 0, VMM_GICC, 0, 0x10000);
	TREE_CELLS(tree, "phandle", DESCRIBE_GIC);
	tree_end(tree);
	tree_node(tree, "timer");
	tree_text(tree, "compatible", "arm,armv7-timer");
	TREE_CELLS(tree, "interrupts", DESCRIBE_PPI, 13, flags, DESCRIBE_PPI, 14, flags,
		   DESCRIBE_PPI, 11, flags, DESCRIBE_PPI, 10, flags);
	tree_bytes(tree, "always-on", "", 0);
	tree_end(tree);
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
	TREE_CELLS(tree, "interrupts", DESCRIBE_SPI, VMM_UART_INTID - 32, DESCRIBE_HIGH);
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
	uint32_t base = VIRTIO_BASE + window * VIRTIO_WINDOW;
	char name[32];

	(void)snprintf(name, sizeof(name), "virtio_mmio@%x", (unsigned)base);
	tree_node(tree, name);
	tree_text(tree, "compatible", "virtio,mmio");
	TREE_CELLS(tree, "reg", 0, base, 0, VIRTIO_WINDOW);
	TREE_CELLS(tree, "interrupts", DESCRIBE_SPI, VIRTIO_INTID + window - 32, DESCRIBE_HIGH);
	tree_bytes(tree, "dma-coherent", "", 0);
	tree_end(tree);
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
	TREE_CELLS(&tree, "interrupt-parent", DESCRIBE_GIC);
	describe_chosen(&tree, initrd, initrd_size);
	describe_memory(&tree);
	describe_cpus(&tree);
	describe_gic(&tree);
	describe_uart(&tree);
	describe_rtc(&tree);
	if (vmm.disk_size) {
		describe_virtio(&tree, VIRTIO_DISK);
		describe_virtio(&tree, VIRTIO_PORT);
	}
	tree_end(&tree);
	return tree_finish(&tree);
}
