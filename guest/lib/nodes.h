/* SPDX-License-Identifier: BSD-2-Clause */
/* Nodes of the device tree of a VM, as a monitor of VMs writes them (tree.h): what all have. The
 * root has two cells for addresses and two for sizes, and the GIC as its interrupt-parent. */
#ifndef GUEST_LIB_NODES_H
#define GUEST_LIB_NODES_H

#include "guest/lib/tree.h"

#define NODES_GIC_PHANDLE 1u

/* Interrupts: kind, number, flags */
#define NODES_SPI  0u
#define NODES_PPI  1u
#define NODES_EDGE 1u
#define NODES_HIGH 4u

struct nodes_gic {
	uint32_t gicd, gicd_size, gicc, gicc_size; /* addresses, bytes */
	uint32_t nr_cpus;
};

/* "name@address", in hexadecimal digits. The result is overwritten by the next. */
const char *nodes_at(const char *name, uint32_t address);

/* /chosen, which stays open: tree_end ends it. size 0: no initial RAM disk. */
void nodes_chosen(struct tree *tree, const char *bootargs, uint32_t initrd, uint32_t size);
void nodes_memory(struct tree *tree, uint32_t start, uint32_t size);
/* So many CPUs of this kind ("arm,cortex-a15"), which PSCI turns on, by HVC. */
void nodes_cpus(struct tree *tree, uint32_t count, const char *compatible);
/* A GICv2, and the timers of its CPUs. */
void nodes_gic(struct tree *tree, const struct nodes_gic *gic);
/* A window of virtio-mmio at `base`; trigger: NODES_EDGE or NODES_HIGH. */
void nodes_virtio(struct tree *tree, uint32_t base, uint32_t size, uint32_t spi, uint32_t trigger);

#endif
