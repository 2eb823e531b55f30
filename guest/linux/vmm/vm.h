/* SPDX-License-Identifier: BSD-2-Clause */
/* The VM as KVM has it: memory, vCPUs, a GICv2; eventfds for its devices. */
#ifndef LINUX_VMM_VM_H
#define LINUX_VMM_VM_H

#include "guest/linux/kvmtest/kvm.h"
#include "guest/linux/vmm/os.h"

#define VM_VCPUS   8u
#define VM_NR_IRQS 128u
#define VM_PAGE	   4096u

/* Its addresses */
#define VM_RAM	   0x80000000u
#define VM_RAM_MAX 0x40000000u /* bytes */
#define VM_GICD	   0x3fff0000u
#define VM_GICC	   0x3ffd0000u
#define VM_UART	   0x09000000u /* early.h */
#define VM_VIRTIO  0x0a000000u
#define VM_WINDOW  0x200u /* bytes of each virtio window */
#define VM_SPI	   16u	  /* of window 0: SPI 16, interrupt 48 */

struct vm {
	int32_t fd, gic, vcpus[VM_VCPUS];
	volatile struct kvm_state *runs[VM_VCPUS];
	uint32_t target; /* the CPU's kind: 0 Cortex-A15, 1 Cortex-A7 */
	uint32_t nr_vcpus, ram_size;
	uint8_t *ram;
};

extern struct vm vm;

/* Makes all of it; the numbers of `vm` are set. An error ends the program. */
void vm_make(void);
/* Its memory, with KVM_MEM_* flags: 0, or -errno. */
int32_t vm_set_memory(uint32_t flags);
/* All vCPUs as at reset; all but the first are off. */
void vm_reset_vcpus(void);
/* vCPU 0 begins there, with the device tree in r2. */
void vm_begin(uint32_t pc, uint32_t tree);

/* Of an ioctl; 0 or more, or -errno. */
int32_t vm_get(uint32_t vcpu, uint64_t id, uint64_t *value);
int32_t vm_set(uint32_t vcpu, uint64_t id, uint64_t value);

/* A store of a word there signals `event`. */
void vm_connect_store(uint32_t address, int32_t event);
/* `event` makes an edge of that SPI. */
void vm_connect_irq(uint32_t spi, int32_t event);

#endif
