/* SPDX-License-Identifier: BSD-2-Clause */
/* The system manifest: which partitions run. Checked here, by the same code, on the host (plumb
 * pack) and at boot. docs/manifest.md is the reference. Pure. */
#ifndef HYP_MANIFEST_MANIFEST_H
#define HYP_MANIFEST_MANIFEST_H

#include "hyp/base/addr.h"
#include "hyp/board/board.h"
#include "hyp/dev/machine.h"
#include "hyp/fdt/fdt.h"

#define MANIFEST_MAX_PARTITIONS 64
#define MANIFEST_MAX_VCPUS	8
#define MANIFEST_MAX_DEVICES	8
#define MANIFEST_MAX_ALL_VCPUS	64 /* of all partitions together */
#define MANIFEST_MAX_INTERRUPTS 8  /* of a device */
#define MANIFEST_MAX_MANAGERS	8  /* of a partition: each is told when its state changes */
#define MANIFEST_MAX_VMS	64 /* that one partition may make at run time */
/* All of them: each has a VMID of its own, of 8 bits, beside 0 and those of partitions. */
#define MANIFEST_MAX_ALL_VMS	(255 - MANIFEST_MAX_PARTITIONS)

/* Bytes of the monitor's memory for the VMs of one creator, and of all together: half of the
 * addresses at LAYOUT_POOL. */
#define MANIFEST_MIN_VM_POOL  0x10000u
#define MANIFEST_MAX_VM_POOL  0x4000000u
#define MANIFEST_MAX_VM_POOLS 0x8000000u

/* Of a partition that is restarted after a crash. */
#define MANIFEST_MAX_RESTARTS 16

/* Shared memory: in the system, of a partition; peers of one. */
#define MANIFEST_MAX_SHARED 8
#define MANIFEST_MAX_SHARES MACHINE_SHARED_PAGES
#define MANIFEST_MAX_PEERS  8

/* Virtio nodes in the system, and with one backend; windows of one node; of a client's windows:
 * their number, bytes of one, and the interrupt of the first one, as on QEMU's virt. */
#define MANIFEST_MAX_VIRTIO	8
#define MANIFEST_MAX_CLIENTS	4
#define MANIFEST_MAX_WINDOWS	8
#define MANIFEST_VIRTIO_WINDOWS 32u
#define MANIFEST_VIRTIO_SIZE	0x200u
#define MANIFEST_VIRTIO_INTID	48u

struct manifest_image {
	const uint8_t *data; /* in the manifest's blob; NULL: none */
	uint32_t size;
	ipa_t ipa; /* its address; of kernel and dtb also without an image; else 0 */
};

/* RAM beside the partition's main range. `data` is copied to its start. */
struct manifest_region {
	ipa_t ipa; /* this and size are multiples of 4 KiB */
	uint32_t size;
	const uint8_t *data;
	uint32_t data_size;
};

#define MANIFEST_MAX_REGIONS 2

struct manifest_device {
	fdt_node_t at; /* the node that it was read from */
	pa_t pa;       /* 4 KiB-aligned */
	ipa_t ipa;
	uint32_t size;
	uint32_t nr_interrupts;
	uint32_t intid[MANIFEST_MAX_INTERRUPTS]; /* physical and virtual SPIs */
	uint8_t edges;				 /* bit n: intid[n] is edge-triggered */
};

/* A vCPU runs for at most budget_us in each period; period_us 0: it has no budget. */
struct manifest_budget {
	uint32_t budget_us; /* 100..period_us */
	uint32_t period_us; /* 1000..1000000 */
};

/* A partition's part in a shared memory. */
struct manifest_share {
	uint8_t shared; /* of manifest.shared */
	uint8_t peer;	/* its number there */
	uint16_t intid; /* an SPI; 0: none */
	ipa_t ipa;	/* of the memory; a multiple of 4 KiB */
	uint32_t size;	/* manifest_shared_size */
};

/* The properties of a partition's node, one per row: number, name, and form of the value (enum
 * manifest_shape). hyp/dev/machine.h has the properties of the partition's machine. */
/* clang-format off */
#define MANIFEST_PROPERTIES(ROW) \
	ROW(MANIFEST_RULE_COMPATIBLE, "compatible", MANIFEST_SHAPE_STRINGS) \
	ROW(MANIFEST_RULE_VCPUS, "vcpus", MANIFEST_SHAPE_CELL) \
	ROW(MANIFEST_RULE_CPUS, "cpus", MANIFEST_SHAPE_CELLS) \
	ROW(MANIFEST_RULE_PRIORITY, "priority", MANIFEST_SHAPE_CELL) \
	ROW(MANIFEST_RULE_BUDGET, "budget-us", MANIFEST_SHAPE_CELLS) \
	ROW(MANIFEST_RULE_PERIOD, "period-us", MANIFEST_SHAPE_CELLS) \
	ROW(MANIFEST_RULE_MEMORY_SIZE, "memory-size", MANIFEST_SHAPE_CELL_OR_WIDE) \
	ROW(MANIFEST_RULE_MEMORY_AT, "memory-at", MANIFEST_SHAPE_WIDE) \
	ROW(MANIFEST_RULE_IDENTITY, "identity", MANIFEST_SHAPE_FLAG) \
	ROW(MANIFEST_RULE_IRQS, "irqs", MANIFEST_SHAPE_CELL) \
	ROW(MANIFEST_RULE_FIRMWARE, "firmware", MANIFEST_SHAPE_BLOB) \
	ROW(MANIFEST_RULE_KERNEL, "kernel", MANIFEST_SHAPE_BLOB) \
	ROW(MANIFEST_RULE_KERNEL_ADDRESS, "kernel-address", MANIFEST_SHAPE_CELL) \
	ROW(MANIFEST_RULE_KERNEL_SPACE, "kernel-space", MANIFEST_SHAPE_CELL) \
	ROW(MANIFEST_RULE_ENTRY, "entry", MANIFEST_SHAPE_CELL) \
	ROW(MANIFEST_RULE_INITRD, "initrd", MANIFEST_SHAPE_BLOB) \
	ROW(MANIFEST_RULE_INITRD_ADDRESS, "initrd-address", MANIFEST_SHAPE_CELL) \
	ROW(MANIFEST_RULE_DTB, "dtb", MANIFEST_SHAPE_BLOB) \
	ROW(MANIFEST_RULE_DTB_ADDRESS, "dtb-address", MANIFEST_SHAPE_CELL) \
	ROW(MANIFEST_RULE_NO_DTB, "no-dtb", MANIFEST_SHAPE_FLAG) \
	ROW(MANIFEST_RULE_BOOTARGS, "bootargs", MANIFEST_SHAPE_STRING) \
	ROW(MANIFEST_RULE_RIGHTS, "rights", MANIFEST_SHAPE_STRINGS) \
	ROW(MANIFEST_RULE_MANAGES, "manages", MANIFEST_SHAPE_STRINGS) \
	ROW(MANIFEST_RULE_TRACES, "traces", MANIFEST_SHAPE_FLAG) \
	ROW(MANIFEST_RULE_VMS, "vms", MANIFEST_SHAPE_CELL) \
	ROW(MANIFEST_RULE_VM_POOL, "vm-pool", MANIFEST_SHAPE_CELL_OR_WIDE) \
	ROW(MANIFEST_RULE_ON_CRASH, "on-crash", MANIFEST_SHAPE_STRING) \
	ROW(MANIFEST_RULE_CRASH_LIMIT, "crash-limit", MANIFEST_SHAPE_CELLS) \
	ROW(MANIFEST_RULE_NO_COUNTER_OFFSET, "no-counter-offset", MANIFEST_SHAPE_FLAG) \
	ROW(MANIFEST_RULE_NO_AUTOSTART, "no-autostart", MANIFEST_SHAPE_FLAG)
/* clang-format on */

struct manifest_partition {
	fdt_node_t at;	   /* the node that it was read from */
	const char *name;  /* the node's name, which has no unit address; 1..15 of [a-z0-9-] */
	uint32_t nr_vcpus; /* 1..8 */
	uint8_t affinity[MANIFEST_MAX_VCPUS]; /* bit n: board CPU n */
	uint32_t priority;		      /* 0..7, default 3 */
	struct manifest_budget budget[MANIFEST_MAX_VCPUS];
	uint32_t memory_size; /* multiple of 4 KiB, at IPA 0x40000000 (or 1:1) */
	pa_t memory_pa;	      /* 'memory-at': fixed physical base; 0: the monitor chooses */
	ipa_t memory_ipa;     /* 0x40000000, or memory_pa with 'identity' */
	bool has_gic;
	uint32_t nr_irqs; /* 32..1020; default 128; 0 without a GIC */
	struct manifest_image kernel, initrd, dtb;
	uint32_t kernel_space; /* bytes from the kernel's start that it uses; 0: no kernel */
	uint32_t entry;	       /* IPA; bit 0: in Thumb state */
	/* Restarts after crashes, at most so many in so many seconds: 1..16 in 1..86400 s; 0, the
	 * default: none. */
	uint32_t crash_restarts, crash_seconds;
	/* Bit n of word w: control calls for partition 32 * w + n are allowed. */
	uint32_t rights[(MANIFEST_MAX_PARTITIONS + 31) / 32];
	uint32_t manages[(MANIFEST_MAX_PARTITIONS + 31) / 32]; /* likewise: it is their manager */
	uint32_t nr_regions; /* with firmware: its memory at IPA 0, and flash 1 of the virt board */
	struct manifest_region region[MANIFEST_MAX_REGIONS];
	uint32_t nr_devices;
	struct manifest_device device[MANIFEST_MAX_DEVICES];
	uint32_t nr_shares; /* share[n] has page n of the window MACHINE_SHARED */
	struct manifest_share share[MANIFEST_MAX_SHARES];
	uint32_t nr_clients;			    /* virtio nodes that it is the backend of */
	uint32_t client_size[MANIFEST_MAX_CLIENTS]; /* bytes of the client's memory that it sees */
	uint32_t windows;			    /* of the machine: a set (hyp/dev/machine.h) */
	uint32_t spis;				    /* likewise: bit n is enum machine_spi_id */
	bool pmu;	/* the partition has performance monitors; default no */
	bool autostart; /* default yes */
	bool traces;	/* it may use the trace of all CPUs (PLUMB_TRACE); default no */

	bool no_counter_offset; /* CNTVOFF is 0, not the time of the start; default no */

	uint32_t nr_vms;  /* a creator: 1..64, that it may make at run time; 0: it is none */
	uint32_t vm_pool; /* bytes of the monitor's memory for them: a multiple of 4 KiB, or 0 */
};

/* Memory that partitions share (docs/shared-memory.md): a page with the peers' states, which all
 * only read; a common section; then an output section for each peer. */
struct manifest_shared {
	fdt_node_t at; /* the node that it was read from */
	const char *name;
	uint32_t nr_peers;		  /* 2..8 */
	uint8_t peer[MANIFEST_MAX_PEERS]; /* its partition's number */
	uint8_t readers;		  /* bit n: peer n writes to no section */
	bool edge; /* each event is an edge; else the interrupts are levels */
	uint32_t common_size, output_size; /* multiples of 4 KiB */
	pa_t memory_pa;			   /* 'memory-at'; 0: the monitor chooses */
};

/* Virtio windows of one partition that another one serves (docs/virtio.md). */
struct manifest_virtio {
	fdt_node_t at; /* the node that it was read from */
	const char *name;
	uint8_t client, backend; /* numbers of partitions */
	uint32_t windows;	 /* bit n: window n of the client, 8 at most */
	uint32_t offset, size;	 /* of the client's RAM, as the backend sees it; by 4 KiB */
	ipa_t ipa;		 /* where, in the backend's addresses */
};

/* Is the branch predictor invalidated between a guest and the monitor? Between two partitions it is
 * with all but NONE. */
enum manifest_branches {
	MANIFEST_BRANCHES_AUTO,
	MANIFEST_BRANCHES_ALWAYS,
	MANIFEST_BRANCHES_NEVER,
	MANIFEST_BRANCHES_NONE
};

struct manifest {
	uint32_t nr_partitions;
	uint32_t time_slice_us; /* default 10000 */
	uint8_t branches;	/* enum manifest_branches */
	bool raw_console; /* one partition, no prefixes, nothing of the monitor until the end */
	struct manifest_partition partition[MANIFEST_MAX_PARTITIONS];
	uint32_t nr_shared;
	struct manifest_shared shared[MANIFEST_MAX_SHARED];
	uint32_t nr_virtio;
	struct manifest_virtio virtio[MANIFEST_MAX_VIRTIO];
};

/* Bytes of all sections, with the page of states: at most 1 GiB. */
uint32_t manifest_shared_size(const struct manifest_shared *shared);

/* Does the partition have the right to control partition `other`? */
static inline bool manifest_may_control(const struct manifest_partition *partition, uint32_t other)
{
	return (partition->rights[other / 32] >> other % 32 & 1u) != 0;
}

/* Does it have the right to start, end and pause partition `other`? */
static inline bool manifest_may_manage(const struct manifest_partition *partition, uint32_t other)
{
	return (partition->manages[other / 32] >> other % 32 & 1u) != 0;
}

/* All checks that need no board. Returns true and fills *manifest, or returns false and fills
 * *why. After false, manifest_check_board can still check the parts of *manifest that were not
 * refused. */
bool manifest_read(const struct fdt *fdt, struct manifest *manifest, struct refusal *why);

/* Against the board that it runs on: CPUs exist, memory-at lies in free RAM, device windows touch
 * neither RAM nor the GIC nor the UART of the monitor's console, their interrupts exist in the GIC
 * (if their number is known) and are not the UART's. `free`: RAM not taken by the monitor. */
bool manifest_check_board(const struct fdt *fdt, const struct manifest *manifest,
			  const struct board *board, const struct regions *free,
			  struct refusal *why);

#endif
