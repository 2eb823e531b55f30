/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls about VMs at random, by two vCPUs at once, beside witnesses: arguments next to what is
 * valid, or anything; VMs run code at random in memory at random. Each call may return what
 * docs/vms.md says of it, and changes no other register. At the end all VMs are destroyed, and the
 * pool has as much room as before. Numbers are typed from the ABI, not taken from its header.
 * Bootargs: seed=N, steps=N.
 */
#ifndef GUEST_TEST_VMCALLS_H
#define GUEST_TEST_VMCALLS_H

#include <stdbool.h>
#include <stdint.h>

#define VMCALLS_FIRST 0x100u /* handles */
#define VMCALLS_SLOTS 4u     /* `vms` of test/systems/vmcalls.dts */
#define VMCALLS_CPUS  2u
#define VMCALLS_PAGE  4096u
#define VMCALLS_RAM   0x40000u /* page of the VM that most memory is mapped behind */

enum vmcalls_call {
	VMCALLS_CREATE_VM,
	VMCALLS_DESTROY_VM,
	VMCALLS_CREATE_VCPU,
	VMCALLS_MAP,
	VMCALLS_UNMAP,
	VMCALLS_DIRTY,
	VMCALLS_CREATE_DEVICE,
	VMCALLS_SET_ATTR,
	VMCALLS_GET_ATTR,
	VMCALLS_VCPU_INIT,
	VMCALLS_GET_STATE,
	VMCALLS_SET_STATE,
	VMCALLS_GET_REG,
	VMCALLS_SET_REG,
	VMCALLS_RUN,
	VMCALLS_WAKE_MASK,
	VMCALLS_GET_EVENTS,
	VMCALLS_SET_EVENTS,
	VMCALLS_WATCH,
	VMCALLS_ENDED,
	VMCALLS_GSI_LINE,
	VMCALLS_GSI_ROUTES,
	VMCALLS_IRQ_LINE,
	VMCALLS_IRQ_STATE,
	VMCALLS_IRQ_MANY,
	VMCALLS_CALLS,
};

struct vmcalls_regs {
	uint32_t r[13];
};

/* Of one vCPU. */
struct vmcalls_cpu {
	uint32_t index;
	uint32_t random;
	uint32_t good[VMCALLS_CALLS], bad[VMCALLS_CALLS]; /* results, errors */
	uint32_t reasons[8];				  /* of runs */
};

/* Memory that the VMs may write to: whole pages. */
extern uint32_t vmcalls_memory, vmcalls_size;

/* ---- call.c ---- */
/* With r1 to r5: r0, and r1 to r3 in *regs. What must not be is counted, and told. */
int32_t vmcalls_call(struct vmcalls_cpu *cpu, enum vmcalls_call call, struct vmcalls_regs *regs);
const char *vmcalls_name(enum vmcalls_call call);
uint32_t vmcalls_wrong(void);

/* ---- draw.c ---- */
uint32_t vmcalls_draw(struct vmcalls_cpu *cpu, uint32_t count); /* 0 to count - 1 */
uint32_t vmcalls_any(struct vmcalls_cpu *cpu);
uint32_t vmcalls_one(struct vmcalls_cpu *cpu, const uint32_t *of, uint32_t count);
uint32_t vmcalls_handle(struct vmcalls_cpu *cpu);
uint32_t vmcalls_vcpu(struct vmcalls_cpu *cpu); /* with its handle */
uint32_t vmcalls_page(struct vmcalls_cpu *cpu);
uint32_t vmcalls_pages(struct vmcalls_cpu *cpu);
uint32_t vmcalls_word(struct vmcalls_cpu *cpu); /* an irq word */
/* Of `bytes` that the monitor may write to, in the memory of the VMs; or where none are. */
uint32_t vmcalls_pointer(struct vmcalls_cpu *cpu, uint32_t bytes);
/* A list of at most 64 runs at *at, for flags. Returns the count to say. */
uint32_t vmcalls_runs(struct vmcalls_cpu *cpu, uint32_t flags, uint32_t *at);
/* A register's ID, and a value for it. */
uint64_t vmcalls_register(struct vmcalls_cpu *cpu, uint64_t *value);
void vmcalls_find_registers(void);

/* ---- code.c ---- */
/* New code in a page of the VMs' memory. */
void vmcalls_write_code(struct vmcalls_cpu *cpu);
/* The address of a list with one run: vectors, which VMs are to have at 0, read-only, and behind
 * them a program. */
uint32_t vmcalls_vectors(void);

/* ---- step.c ---- */
void vmcalls_step(struct vmcalls_cpu *cpu);

#endif
