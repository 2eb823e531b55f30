/* SPDX-License-Identifier: BSD-2-Clause */
/* PSCI by HVC. Numbers and results: abi/plumbline.h. */
#ifndef GUEST_LIB_PSCI_H
#define GUEST_LIB_PSCI_H

#include "guest/lib/hvc.h"

static inline uint32_t psci_version(void)
{
	return hvc_call(PSCI_VERSION, 0, 0, 0).r0;
}

static inline int32_t psci_cpu_on(uint32_t mpidr, uint32_t entry, uint32_t context)
{
	return (int32_t)hvc_call(PSCI_CPU_ON, mpidr, entry, context).r0;
}

/* Returns only if refused. */
static inline int32_t psci_cpu_off(void)
{
	return (int32_t)hvc_call(PSCI_CPU_OFF, 0, 0, 0).r0;
}

/* Standby: returns when an interrupt is pending. */
static inline int32_t psci_cpu_suspend(void)
{
	return (int32_t)hvc_call(PSCI_CPU_SUSPEND, 0, 0, 0).r0;
}

/* 0 on, 1 off, 2 on-pending, or negative */
static inline int32_t psci_affinity_info(uint32_t mpidr)
{
	return (int32_t)hvc_call(PSCI_AFFINITY_INFO, mpidr, 0, 0).r0;
}

static inline int32_t psci_features(uint32_t function)
{
	return (int32_t)hvc_call(PSCI_FEATURES, function, 0, 0).r0;
}

static inline void psci_system_off(void)
{
	(void)hvc_call(PSCI_SYSTEM_OFF, 0, 0, 0);
}

static inline void psci_system_reset(void)
{
	(void)hvc_call(PSCI_SYSTEM_RESET, 0, 0, 0);
}

#endif
