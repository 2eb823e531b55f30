/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/hvc.h"
#include <string.h>

#define HVC_MAX_PARTITIONS 64u

bool hvc_is_plumbline(void)
{
	struct smccc_result uid = hvc_call(PLUMB_CALL_UID, 0, 0, 0);

	return uid.r0 == PLUMB_UID_R0 && uid.r1 == PLUMB_UID_R1 && uid.r2 == PLUMB_UID_R2 &&
	       uid.r3 == PLUMB_UID_R3;
}

const char *hvc_errno_name(int32_t result)
{
	switch (result < 0 ? -result : result) {
	case 0:
		return "0";
	case EPERM:
		return "EPERM";
	case ENXIO:
		return "ENXIO";
	case E2BIG:
		return "E2BIG";
	case ENOENT:
		return "ENOENT";
	case ENOEXEC:
		return "ENOEXEC";
	case EBADF:
		return "EBADF";
	case EAGAIN:
		return "EAGAIN";
	case ENOMEM:
		return "ENOMEM";
	case EFAULT:
		return "EFAULT";
	case EBUSY:
		return "EBUSY";
	case EINVAL:
		return "EINVAL";
	default:
		return "?";
	}
}

/* The characters that PLUMB_GET_VM_INFO has no room for: 8 to 14. */
static void hvc_rest_of_name(uint32_t handle, char rest[7])
{
	struct smccc_result result = hvc_call(PLUMB_GET_VM_NAME, handle, 8, 0);

	if (result.r0 == 0) {
		memcpy(rest, &result.r1, 4);
		memcpy(rest + 4, &result.r2, 3);
	}
}

int32_t vm_info(uint32_t handle, struct vm_info *info)
{
	struct smccc_result result = hvc_call(PLUMB_GET_VM_INFO, handle, 0, 0);

	if ((int32_t)result.r0 < 0) {
		return (int32_t)result.r0;
	}
	info->nr_vcpus = result.r1 & 0xff;
	info->nr_irqs = result.r1 >> 8 & 0xffff;
	info->state = result.r1 >> 24;
	memset(info->name, 0, sizeof(info->name));
	memcpy(info->name, &result.r2, 4);
	memcpy(info->name + 4, &result.r3, 4);
	if (info->name[7] != '\0') {
		hvc_rest_of_name(handle, info->name + 8);
	}
	return 0;
}

uint32_t vm_find(const char *name)
{
	struct vm_info info;

	for (uint32_t handle = 1; handle <= HVC_MAX_PARTITIONS; handle++) {
		int32_t result = vm_info(handle, &info);

		if (result == 0 && strcmp(info.name, name) == 0) {
			return handle;
		}
		if (result != 0 && result != -EPERM) {
			break;
		}
	}
	return 0;
}

int32_t vm_watch(uint64_t *changed)
{
	struct smccc_result result = hvc_call(PLUMB_VM_WATCH, 0, 0, 0);

	if ((int32_t)result.r0 >= 0) {
		*changed = (uint64_t)result.r2 << 32 | result.r1;
	}
	return (int32_t)result.r0;
}

int32_t irq_state(uint32_t handle, uint32_t irq, uint32_t *state)
{
	struct smccc_result result = hvc_call(PLUMB_GET_IRQ_STATE, handle, irq, 0);

	if ((int32_t)result.r0 >= 0) {
		*state = result.r1;
	}
	return (int32_t)result.r0;
}

/* A call with a vCPU and an index, and a doubleword as its result. */
static int32_t hvc_count(uint32_t call, uint32_t handle, uint32_t vcpu, uint32_t index,
			 uint64_t *value)
{
	struct smccc_result result = hvc_call(call, handle, vcpu, index);

	if ((int32_t)result.r0 >= 0) {
		*value = (uint64_t)result.r2 << 32 | result.r1;
	}
	return (int32_t)result.r0;
}

int32_t kvm_get_one_reg(uint32_t handle, uint32_t vcpu, uint64_t id, uint64_t *value)
{
	return hvc_count(PLUMB_GET_ONE_REG, handle | vcpu << 16, (uint32_t)id, (uint32_t)(id >> 32),
			 value);
}

int32_t kvm_set_one_reg(uint32_t handle, uint32_t vcpu, uint64_t id, uint64_t value)
{
	register uint32_t r0 __asm__("r0") = PLUMB_SET_ONE_REG;
	register uint32_t r1 __asm__("r1") = handle | vcpu << 16;
	register uint32_t r2 __asm__("r2") = (uint32_t)id;
	register uint32_t r3 __asm__("r3") = (uint32_t)(id >> 32);
	register uint32_t r4 __asm__("r4") = (uint32_t)value;
	register uint32_t r5 __asm__("r5") = (uint32_t)(value >> 32);

	__asm__ volatile(".arch_extension virt\n\thvc #0"
			 : "+r"(r0)
			 : "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
			 : "r12", "memory");
	return (int32_t)r0;
}

int32_t kvm_get_reg_list(uint32_t index, uint64_t *id)
{
	return hvc_count(PLUMB_GET_REG_LIST, 0, index, 0, id);
}

int32_t vm_stats(uint32_t handle, uint32_t vcpu, uint32_t index, uint64_t *value)
{
	return hvc_count(PLUMB_GET_STATS, handle, vcpu, index, value);
}

int32_t vm_times(uint32_t handle, uint32_t vcpu, uint32_t index, uint64_t *value)
{
	return hvc_count(PLUMB_GET_TIMES, handle, vcpu, index, value);
}

int32_t vm_crash(uint32_t handle, uint32_t vcpu, uint32_t index, uint32_t words[3])
{
	struct smccc_result result = hvc_call(PLUMB_GET_CRASH, handle, vcpu, index);

	words[0] = result.r1;
	words[1] = result.r2;
	words[2] = result.r3;
	return (int32_t)result.r0;
}

int32_t vm_crash_all(uint32_t handle, uint32_t vcpu, uint32_t words[PLUMB_CRASH_WORDS])
{
	int32_t result = 0;
	uint32_t again[3];

	for (uint32_t n = 0; n < PLUMB_CRASH_WORDS && result == 0; n += 3) {
		result = vm_crash(handle, vcpu, n, &words[n]);
	}
	if (result != 0) {
		return result;
	}
	result = vm_crash(handle, vcpu, PLUMB_CRASH_COUNT, again);
	return result == 0 && again[0] != words[PLUMB_CRASH_COUNT] ? -EAGAIN : result;
}
