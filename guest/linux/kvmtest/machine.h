/* SPDX-License-Identifier: BSD-2-Clause */
/* A VM with memory at MACHINE_RAM, in which a program of guest.S is run. */
#ifndef KVMTEST_MACHINE_H
#define KVMTEST_MACHINE_H

#include "guest/linux/kvmtest/kvm.h"
#include "guest/linux/kvmtest/sys.h"

#define MACHINE_RAM   0x80000000u
#define MACHINE_PAGE  4096u
#define MACHINE_SIZE  0x400000u	  /* bytes of RAM: four MiB */
#define MACHINE_MMIO  0x01000000u /* no memory is there */
#define MACHINE_GICD  0x3fff0000u
#define MACHINE_GICC  0x3ffd0000u
#define MACHINE_VCPUS 4u /* at most */

#define MACHINE_GIC	1u /* flags of machine_make: it has a GIC */
#define MACHINE_LOG	2u /* KVM_MEM_LOG_DIRTY_PAGES */
#define MACHINE_TWO	4u /* two vCPUs, the second of which is off */
#define MACHINE_NO_RAM	8u
#define MACHINE_NO_VCPU 16u

struct machine {
	int32_t vm, gic, vcpus[MACHINE_VCPUS];
	uint32_t target;
	volatile struct kvm_state *runs[MACHINE_VCPUS];
	struct kvm_ring *ring;
	uint8_t *ram;
};

int32_t machine_open(void); /* /dev/kvm, once */

/* False, and a failed test: something is missing. */
bool machine_make(struct machine *machine, uint32_t flags);
void machine_end(struct machine *machine);

bool machine_add_vcpu(struct machine *machine, uint32_t index, uint32_t features);
int32_t machine_init(const struct machine *machine, uint32_t index, uint32_t features);
bool machine_add_gic(struct machine *machine);
bool machine_add_gic_at(struct machine *machine, uint32_t gicd, uint32_t gicc);
int32_t machine_slot(const struct machine *machine, uint32_t slot, uint32_t flags, uint32_t guest,
		     uint32_t size, const void *user);

/* The access that was the last exit is completed, and its instruction skipped. */
void machine_complete(const struct machine *machine, uint32_t index);

/* The program at the beginning of memory; the vCPU begins there, with r6 = MACHINE_MMIO. */
void machine_load(struct machine *machine, const uint8_t *program);
void machine_begin(const struct machine *machine, uint32_t index);

int32_t machine_set(const struct machine *machine, uint32_t index, uint64_t id, uint64_t value);
int32_t machine_get(const struct machine *machine, uint32_t index, uint64_t id, uint64_t *value);
int32_t machine_run(const struct machine *machine, uint32_t index);

/* Runs until the next exit: a store of a word at that address? `*value`: what it stores. */
bool machine_stores(const struct machine *machine, uint32_t index, uint32_t address,
		    uint32_t *value);
/* The same, and that value. */
bool machine_stores_this(const struct machine *machine, uint32_t index, uint32_t address,
			 uint32_t value);

/* A word of the GIC, by KVM_DEV_ARM_VGIC_GRP_DIST_REGS (1) or CPU_REGS (2). */
int32_t machine_gic(const struct machine *machine, uint32_t call, uint32_t group, uint32_t vcpu,
		    uint32_t offset, uint32_t *value);

int32_t machine_line(const struct machine *machine, uint32_t irq, uint32_t level);

extern const uint8_t guest_access[], guest_reset[], guest_count[], guest_many[], guest_spin[],
	guest_wait[], guest_touch[], guest_copy[], guest_jump[], guest_multiple[], guest_gic[],
	guest_timer[], guest_alarm[], guest_busy[], guest_first[], guest_second[], guest_work[],
	guest_abort[], guest_late[], guest_poke[], guest_board[], guest_ends[], guest_stamp[],
	guest_hvc[], guest_gicd[], guest_enable[], guest_sgi[], guest_tick[], guest_end[];

#endif
