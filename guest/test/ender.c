/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSTEM_OFF by vCPU 1 while vCPU 0 runs: both stop, nobody else does (neighbour.c watches). */
#include "guest/lib/guest.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include "guest/lib/uart.h"

static void ender_second(void *arg)
{
	(void)arg;
	timer_delay_us(20000);
	(void)report_check(true, "ender: vCPU 1 ends the partition");
	uart_drain();
	psci_system_off();
	(void)report_check(false, "ender: SYSTEM_OFF does not return");
}

int main(void)
{
	(void)report_equal((uint32_t)smp_start(1, ender_second, NULL), 0, "ender: vCPU 1 starts");
	timer_delay_us(TIMER_PATIENCE_US);
	(void)report_check(false, "ender: vCPU 0 is stopped too");
	report_summary();
}
