/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition that makes a VM by hypercalls (docs/vms.md) and is all that the VM has: its memory,
 * its device tree, its console, and the vCPUs that run it. Its initrd is the VM's image, as this
 * partition would get it; behind a zImage may follow an initrd for the VM.
 *
 * Bootargs:
 *	vcpus=N memory=MIB  of the VM
 *	lazy                memory is mapped when the VM touches it, not before
 *	disk=MIB            a virtio disk, and a virtio console
 *	windows             the other virtio windows are there, and empty
 *	ahead               the VM's counter is ahead of the board's: where it is behind, QEMU
 *before 8.2 freezes when the VM parks a timer (docs/guests.md) lives=N             a VM that resets
 *itself begins anew, N lives in all tally=N             lines of the VM are asserted N times, and
 *counted (tally.h) demo=N              the VM is gicguest, each of its lines is asserted N times
 *(demo.h) die=N               this partition resets itself at the Nth run of a runner, three times,
 *	                    counted by its own RTC
 *	-- ...              the VM's bootargs
 */
#ifndef GUEST_VMM_VMM_H
#define GUEST_VMM_VMM_H

#include <stdbool.h>
#include <stdint.h>

#define VMM_PAGE  0x1000u
#define VMM_BLOCK 0x200000u /* that stage 2 maps by one entry, if addresses allow */

/* The machine of the VM: as that of partitions. */
#define VMM_GICD  0x08000000u
#define VMM_GICC  0x08010000u
#define VMM_UART  0x09000000u
#define VMM_RTC	  0x09010000u
#define VMM_RAM	  0x40000000u
#define VMM_IMAGE 0x40010000u
#define VMM_TREE  0x20000u /* bytes at the end of RAM */

#define VMM_UART_INTID 33u

#define VMM_MAX_VCPUS 8u

enum vmm_state { VMM_RUNS, VMM_OFF, VMM_RESET, VMM_FAILED };

struct vmm {
	uint32_t vm; /* handle */
	uint32_t nr_vcpus;
	uint32_t nr_runners; /* vCPUs of this partition that run them: vCPU n is run by n modulo
				this */
	uint8_t *ram;	     /* of the VM, here: at a block's boundary */
	uint32_t ram_size;   /* bytes, whole blocks */
	uint32_t disk_size;  /* bytes; 0: no virtio devices */
	uint32_t die;	     /* at this run; 0: never */
	uint32_t tally;	     /* lines are asserted so many times; 0: none */
	uint32_t demo;	     /* likewise; 0: none */
	bool ahead;
	bool lazy;
	bool windows;	  /* those without a device answer, too */
	const char *args; /* the VM's */
	volatile enum vmm_state state;
};

extern struct vmm vmm;

#endif
