/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of locks. A CPU takes a lock only if it holds none of the same or a higher rank, so two
 * of a kind are never held together. Interrupts stay masked while a lock is held. A function whose
 * caller must hold a lock has a parameter as the proof (struct vgic_locked and the like, which the
 * function that takes the lock returns).
 */
#ifndef HYP_CORE_LOCKS_H
#define HYP_CORE_LOCKS_H

#include "hyp/hw/lock.h"

enum lock_rank {
	LOCK_RANK_END = 1, /* partition.c: detects that all partitions have ended */
	LOCK_RANK_VM,	   /* vm->lock: the faults of a partition logged so far */
	LOCK_RANK_REPORT,  /* the report in progress (Ctrl-] s) */
	LOCK_RANK_SERIAL,  /* serial.h: console, input rings, every emulated UART */
	LOCK_RANK_SHARED,  /* shared.c: the registers and states of one shared memory */
	LOCK_RANK_VIRTIO,  /* virtio.c: the windows that one partition serves */
	LOCK_RANK_CREATOR, /* creator.h: memory and shape of the VMs that a partition makes */
	LOCK_RANK_GROW,	   /* grow.h: the stage 2 of one VM that is made at run time */
	LOCK_RANK_VGIC,	   /* vm->vgic_lock: VGIC of a partition, CPU lines of its vCPUs, its RTC */
	LOCK_RANK_SCHED,   /* vm_sched_lock: scheduler, life of partitions and vCPUs */
	LOCK_RANK_GICD,	   /* phys.c: the physical GICD_ICFGR */
};

#endif
