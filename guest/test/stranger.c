/* SPDX-License-Identifier: BSD-2-Clause */
/* A partition without any right: every call on any partition, itself included, is refused. */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"

static struct kvm_irq_level stranger_line;

static void stranger_check(uint32_t handle, int32_t want)
{
	uint32_t state = 0;
	struct vm_info info;
	uint64_t value;

	stranger_line = (struct kvm_irq_level) { .irq = 0x01000028, .level = 1 };
	(void)report_equal((uint32_t)kvm_irq_line(handle, 0x01000028, 1), (uint32_t)want,
			   "stranger: IRQ_LINE on handle %u", (unsigned)handle);
	/* The right comes before everything else that may be wrong. */
	(void)report_equal((uint32_t)kvm_irq_line(handle, 0xffffffff, 1), (uint32_t)want,
			   "stranger: IRQ_LINE with a wrong word on handle %u", (unsigned)handle);
	(void)report_equal((uint32_t)kvm_irq_line_many(handle, &stranger_line, 1), (uint32_t)want,
			   "stranger: IRQ_LINE_MANY on handle %u", (unsigned)handle);
	(void)report_equal((uint32_t)kvm_gsi_line(handle, 0xffffffff, 1), (uint32_t)want,
			   "stranger: IRQ_LINE by GSI on handle %u", (unsigned)handle);
	(void)report_equal((uint32_t)kvm_set_gsi_routing(handle, NULL, 999), (uint32_t)want,
			   "stranger: SET_GSI_ROUTING on handle %u", (unsigned)handle);
	(void)report_equal((uint32_t)irq_state(handle, 0x01000028, &state), (uint32_t)want,
			   "stranger: GET_IRQ_STATE on handle %u", (unsigned)handle);
	if (handle != 0) {
		(void)report_equal((uint32_t)vm_info(handle, &info), (uint32_t)want,
				   "stranger: GET_VM_INFO on handle %u", (unsigned)handle);
		(void)report_equal(hvc_call(0x86000f01, handle, 16, 0).r0, (uint32_t)want,
				   "stranger: GET_VM_NAME on handle %u", (unsigned)handle);
		(void)report_equal((uint32_t)vm_stats(handle, 0, 0, &value), (uint32_t)want,
				   "stranger: GET_STATS on handle %u", (unsigned)handle);
	}
}

int main(void)
{
	for (uint32_t handle = 0; handle <= 4; handle++) {
		stranger_check(handle, -1 /* EPERM */);
	}
	stranger_check(5, -9 /* EBADF: four partitions */);
	stranger_check(0x80000000, -9);
	stranger_check(0xffffffff, -9);
	report_summary();
}
