// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* What the module needs of the monitor. */
#define pr_fmt(text) KBUILD_MODNAME ": " text

#include "vm.h"
#include <linux/arm-smccc.h>

#define MONITOR_MINOR 9 /* revision 1.9 has all calls that the module makes */

static bool monitor_is_plumbline(void)
{
	struct plumb_result said = plumb_call(PLUMB_CALL_UID, 0, 0, 0, 0, 0);

	return (u32)said.r0 == PLUMB_UID_R0 && said.r1 == PLUMB_UID_R1 && said.r2 == PLUMB_UID_R2 &&
	       said.r3 == PLUMB_UID_R3;
}

u32 monitor_max_vcpus(void)
{
	return plumb_call3(PLUMB_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS, 0, 0);
}

static int monitor_check_version(void)
{
	struct plumb_result revision = plumb_call(PLUMB_CALL_REVISION, 0, 0, 0, 0, 0);
	int version = plumb_call3(PLUMB_GET_API_VERSION, 0, 0, 0);

	if (revision.r0 != PLUMB_REVISION_MAJOR || revision.r1 < MONITOR_MINOR ||
	    version != KVM_API_VERSION) {
		pr_err("Plumbline with ABI %d.%u and KVM's version %d: expected %d.%d, or a later "
		       "minor one, and %d\n",
		       revision.r0, revision.r1, version, PLUMB_REVISION_MAJOR, MONITOR_MINOR,
		       KVM_API_VERSION);
		return -ENODEV;
	}
	return 0;
}

/* A type that no VM has: the right is checked first. */
static int monitor_check_right(void)
{
	if (plumb_call3(PLUMB_CREATE_VM, PLUMB_VM_TELLS + 1, 0, 0) == -EINVAL)
		return 0;
	pr_err("this partition may make no VMs: the manifest gives it no 'vms' and 'vm-pool'\n");
	return -EPERM;
}

int monitor_find(void)
{
	struct plumb_result revision;
	int error;

	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_HVC || !monitor_is_plumbline()) {
		pr_err("no Plumbline here: this is a module for its partitions\n");
		return -ENODEV;
	}
	error = monitor_check_version();
	if (!error)
		error = monitor_check_right();
	if (error)
		return error;
	revision = plumb_call(PLUMB_CALL_REVISION, 0, 0, 0, 0, 0);
	pr_info("Plumbline, ABI %d.%u: up to %u vCPUs a VM, %d slots of memory below 4 GiB\n",
		revision.r0, revision.r1, monitor_max_vcpus(), VM_MAX_SLOTS);
	return 0;
}
