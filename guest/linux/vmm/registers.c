/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/registers.h"
#include "guest/linux/kvmtest/sys.h"
#include "guest/linux/vmm/vm.h"
#include <stddef.h>

#define REGISTERS_CNT 0x40300000000f0708ull /* KVM_REG_ARM_TIMER_CNT: CNTVCT */

static struct {
	uint64_t n, ids[REGISTERS_MAX];
} registers_list;

bool registers_get(uint32_t vcpu, struct registers *registers)
{
	struct {
		uint32_t state;
	} now = { 0 };

	registers_list.n = REGISTERS_MAX;
	if (sys_ioctl(vm.vcpus[vcpu], KVM_GET_REG_LIST, sys_at(&registers_list)) != 0 ||
	    sys_ioctl(vm.vcpus[vcpu], KVM_GET_MP_STATE, sys_at(&now)) != 0) {
		return false;
	}
	registers->state = now.state;
	registers->count = (uint32_t)registers_list.n;
	for (uint32_t n = 0; n < registers->count; n++) {
		registers->all[n].id = registers_list.ids[n];
		if (vm_get(vcpu, registers_list.ids[n], &registers->all[n].value) != 0) {
			return false;
		}
	}
	return true;
}

/* The counter is set once, by vCPU 0: each time moves the counters of all. */
bool registers_set(uint32_t vcpu, const struct registers *registers)
{
	for (uint32_t n = 0; n < registers->count; n++) {
		uint64_t id = registers->all[n].id;

		if ((id != REGISTERS_CNT || vcpu == 0) &&
		    vm_set(vcpu, id, registers->all[n].value) != 0) {
			os_say_number("a register that cannot be set", (int64_t)id);
			return false;
		}
	}
	return sys_ioctl(vm.vcpus[vcpu], KVM_SET_MP_STATE, sys_at(&registers->state)) == 0;
}

uint32_t registers_size(const struct registers *registers)
{
	return (uint32_t)(offsetof(struct registers, all) +
			  registers->count * sizeof(registers->all[0]));
}

uint64_t registers_time(void)
{
	uint64_t time;

	(void)vm_get(0, REGISTERS_CNT, &time);
	return time;
}

void registers_set_time(uint64_t time)
{
	(void)vm_set(0, REGISTERS_CNT, time);
}
