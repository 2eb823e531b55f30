/* SPDX-License-Identifier: BSD-2-Clause */
/* `trace`: what all CPUs do. `plumb trace` reads the lines that begin with "trace"
 * (scripts/plumblib/events.py); all numbers in them are hexadecimal. */
#include "guest/control/shell.h"
#include "guest/lib/hvc.h"
#include "guest/lib/timer.h"
#include "guest/lib/uart.h"
#include <stdio.h>
#include <string.h>

#define TRACE_SLICE 64u /* events, then keys are looked at */

static int32_t trace_switch(uint32_t operation)
{
	return (int32_t)hvc_call(PLUMB_TRACE, operation, 0, 0).r0;
}

static void trace_names(void)
{
	struct vm_info info;

	for (uint32_t handle = 1; handle <= SHELL_MAX_HANDLE; handle++) {
		int32_t result = vm_info(handle, &info);

		if (result == -EBADF) {
			break;
		}
		if (result == 0) {
			printf("trace vm %x %s\n", (unsigned)handle, info.name);
		}
	}
}

/* The newest `most` events of a CPU. False: it does not exist, or a key ends the list. */
static bool trace_list(uint32_t cpu, uint32_t most)
{
	struct smccc_result info = hvc_call(PLUMB_TRACE, PLUMB_TRACE_INFO, cpu, 0);
	uint32_t number = info.r1 - info.r2 > most ? info.r1 - most : info.r2;

	if ((int32_t)info.r0 < 0) {
		return false;
	}
	printf("trace cpu %x %x %x\n", (unsigned)cpu, (unsigned)info.r1, (unsigned)info.r2);
	for (; number != info.r1; number++) {
		struct smccc_result event = hvc_call(PLUMB_TRACE, PLUMB_TRACE_READ, cpu, number);

		if ((int32_t)event.r0 > 0) {
			printf("trace %x %x %x %x %x %x\n", (unsigned)cpu, (unsigned)number,
			       (unsigned)event.r1, (unsigned)event.r0, (unsigned)event.r2,
			       (unsigned)event.r3);
		}
		if (number % TRACE_SLICE == 0 && uart_getc() >= 0) {
			return false;
		}
	}
	return true;
}

static void trace_dump(uint32_t most)
{
	uint32_t cpu = 0;

	shell_sleep(1, NULL); /* the other CPUs have heard that it is off */
	printf("trace dump %x\n", (unsigned)timer_frequency());
	trace_names();
	while (trace_list(cpu, most)) {
		cpu++;
	}
	printf("trace end\n");
}

enum shell_next shell_trace(const char *const *words, uint32_t count)
{
	bool dumps = strcmp(words[0], "dump") == 0;
	bool on = strcmp(words[0], "on") == 0;
	uint32_t most = UINT32_MAX;
	int32_t result;

	if ((!dumps && !on && strcmp(words[0], "off") != 0) || (count > 1 && !dumps) ||
	    (count > 1 && !words_number(words[1], &most))) {
		return SHELL_USAGE;
	}
	result = trace_switch(on ? PLUMB_TRACE_ON : PLUMB_TRACE_OFF);
	if (result == -EPERM) {
		printf("EPERM: control may not: add 'traces' to it in the manifest\n");
	} else if (result) {
		shell_explain(result);
	} else if (dumps) {
		trace_dump(most);
	} else {
		printf("the trace is %s\n", words[0]);
	}
	return SHELL_GO_ON;
}
