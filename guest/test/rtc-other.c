/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Beside the partition that has the RTC (rtc.c): its address holds nothing for others, and its
 * interrupt cannot be raised by the control ABI, whatever state it is in.
 */
#include "guest/lib/exceptions.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"

#define OTHER_RTC      0x09010000u
#define OTHER_INTID    34u
#define OTHER_LIMIT_US (10 * TIMER_PATIENCE_US)

static uint32_t other_aborts(void)
{
	uint32_t aborts = 0;

	for (uint32_t offset = 0; offset < 0x1000; offset += 0x3fc) {
		struct exception_access access = { OTHER_RTC + offset, 0xffffffff };

		aborts += exception_try(exception_read32, &access).kind == EXCEPTION_DATA_ABORT;
		aborts += exception_try(exception_write32, &access).kind == EXCEPTION_DATA_ABORT;
		aborts += access.value == 0xffffffff;
	}
	return aborts;
}

int main(void)
{
	uint32_t owner = vm_find("rtc"), calls = 0, wrong = 0;
	struct vm_info info = { .state = PLUMB_VM_RUNNING };
	uint64_t end;

	gic_init();
	nap_init();
	(void)report_equal(other_aborts(), 15, "other: nothing at the RTC's address");
	end = timer_count() + timer_us_to_ticks(OTHER_LIMIT_US);
	while (vm_info(owner, &info) == 0 && timer_count() < end &&
	       (info.state == PLUMB_VM_RUNNING || info.state == PLUMB_VM_LOADING)) {
		uint32_t state = 0;

		wrong += kvm_irq_line(owner, kvm_irq_spi(OTHER_INTID), 1) != -EBUSY;
		wrong += kvm_irq_line(owner, kvm_irq_spi(OTHER_INTID), 0) != -EBUSY;
		wrong += irq_state(owner, kvm_irq_spi(OTHER_INTID), &state) != 0;
		calls++;
		(void)nap_once(500);
	}
	(void)report_equal(info.state, PLUMB_VM_OFF, "other: the owner ends well");
	(void)report_check(calls > 10, "other: asked %u times", (unsigned)calls);
	(void)report_equal(wrong, 0, "other: a passed-through line is -EBUSY");
	(void)report_equal(other_aborts(), 15, "other: nothing at the RTC's address, still");
	gic_enable(OTHER_INTID);
	nap(2000);
	(void)report_equal(irq_unexpected(0), 0, "other: its interrupt 34 is another one");
	(void)report_equal((uint32_t)kvm_irq_line(0, kvm_irq_spi(OTHER_INTID), 1), 0,
			   "other: which it may raise itself");
	nap(2000);
	(void)report_equal(irq_unexpected(0), 1, "other: and gets");
	report_summary();
}
