/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of locks. A CPU takes one only if it holds none of the same or a higher rank; so two of
 * a kind are never held together. Interrupts stay masked while one is held. Who must hold a lock to
 * call a function gives the proof as an argument (struct vgic_locked and the like, which the taking
 * of the lock returns).
 */
#ifndef HYP_CORE_LOCKS_H
#define HYP_CORE_LOCKS_H

#include "hyp/hw/lock.h"

enum lock_rank {
	LOCK_RANK_END = 1, /* partition.c: who sees that all have ended */
	LOCK_RANK_VM,	   /* vm->lock: what has been told of a partition */
	LOCK_RANK_REPORT,  /* the report that is under way (Ctrl-] s) */
	LOCK_RANK_SERIAL,  /* serial.h: console, input rings, every emulated UART */
	LOCK_RANK_VGIC,	   /* vm->vgic_lock: VGIC of a partition, CPU lines of its vCPUs, its RTC */
	LOCK_RANK_SCHED,   /* vm_sched_lock: scheduler, life of partitions and vCPUs */
	LOCK_RANK_GICD,	   /* phys.c: the physical GICD_ICFGR */
};

#endif
