/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The performance monitors, as Linux lends them to programs (perf_event_open(2)): prints the cycles
 * of some work, the cycles of eight times that work, and how many signals a counter sent that was
 * to overflow every so many cycles. What the kernel refuses is an error's number instead, as the
 * only word behind the name of the call.
 *
 *   cycles SIGNALS    works until so many signals have come, but not for ever
 */
#include "guest/linux/bin/linux.h"

#define CYCLES_IOCTL	 54u
#define CYCLES_FCNTL64	 221u
#define CYCLES_SIGACTION 174u
#define CYCLES_GETPID	 20u
#define CYCLES_PERF_OPEN 364u

#define CYCLES_SIGIO	29u
#define CYCLES_F_SETOWN 8u
#define CYCLES_F_SETFL	4u
#define CYCLES_O_ASYNC	020000u

/* PERF_EVENT_IOC_ENABLE, _DISABLE, _REFRESH, _RESET */
#define CYCLES_ENABLE  0x2400u
#define CYCLES_DISABLE 0x2401u
#define CYCLES_REFRESH 0x2402u
#define CYCLES_RESET   0x2403u

#define CYCLES_NONE 0xffffffffu

#define CYCLES_PERIOD 200000u
#define CYCLES_WORK   100000u
#define CYCLES_LIMIT  20000u /* turns of work that end without a signal */

/* struct perf_event_attr, as long as it was at first */
struct cycles_attr {
	uint32_t type, size; /* 0: a hardware event */
	uint64_t config;     /* 0: cycles */
	uint64_t sample_period, sample_type, read_format;
	uint64_t flags; /* 1: disabled; 0x20: the kernel's do not count */
	uint32_t wakeup_events, breakpoint;
	uint64_t breakpoint_address;
};
_Static_assert(sizeof(struct cycles_attr) == 64, "PERF_ATTR_SIZE_VER0");

struct cycles_action {
	void (*handler)(int number);
	uint32_t flags;
	void (*restorer)(void);
	uint32_t mask[2];
};

int main(int argc, char **argv);

static int32_t cycles_file;
static volatile uint32_t cycles_signals;

/* Four arguments, and a fifth that is 0. */
static int32_t cycles_call(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	register uint32_t r0 __asm__("r0") = a;
	register uint32_t r1 __asm__("r1") = b;
	register uint32_t r2 __asm__("r2") = c;
	register uint32_t r3 __asm__("r3") = d;
	register uint32_t r4 __asm__("r4") = 0;
	register uint32_t r7 __asm__("r7") = number;

	__asm__ volatile("svc #0"
			 : "+r"(r0)
			 : "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r7)
			 : "memory");
	return (int32_t)r0;
}

/* Of this process, on any CPU, in no group. */
static int32_t cycles_open(uint64_t period)
{
	static struct cycles_attr attr = { .size = sizeof(attr), .flags = 0x21 };
	int32_t file;

	attr.sample_period = period;
	file = cycles_call(CYCLES_PERF_OPEN, (uint32_t)(uintptr_t)&attr, 0, CYCLES_NONE,
			   CYCLES_NONE);

	if (file < 0) {
		linux_print("perf_event_open ");
		linux_print_number((uint32_t)-file, "\n");
		(void)linux_call(LINUX_EXIT, 1, 0, 0);
	}
	return file;
}

static void cycles_control(uint32_t request, uint32_t value)
{
	(void)linux_call(CYCLES_IOCTL, (uint32_t)cycles_file, request, value);
}

/* Two instructions a turn. */
static void cycles_work(uint32_t turns)
{
	__asm__ volatile("1:	subs	%0, %0, #1\n"
			 "	bne	1b\n"
			 : "+r"(turns)
			 :
			 : "cc");
}

static uint64_t cycles_count(uint32_t turns)
{
	uint64_t count = 0;

	cycles_control(CYCLES_RESET, 0);
	cycles_control(CYCLES_ENABLE, 0);
	cycles_work(turns);
	cycles_control(CYCLES_DISABLE, 0);
	(void)linux_read(cycles_file, &count, sizeof(count));
	return count;
}

/* A refreshed counter stops at its next overflow, and signals. */
static void cycles_signalled(int number)
{
	(void)number;
	cycles_signals++;
	cycles_control(CYCLES_REFRESH, 1);
}

static void cycles_sample(uint32_t wanted)
{
	static struct cycles_action action = { .handler = cycles_signalled };

	(void)cycles_call(CYCLES_SIGACTION, CYCLES_SIGIO, (uint32_t)(uintptr_t)&action, 0,
			  sizeof(action.mask));
	cycles_file = cycles_open(CYCLES_PERIOD);
	(void)linux_call(CYCLES_FCNTL64, (uint32_t)cycles_file, CYCLES_F_SETOWN,
			 (uint32_t)linux_call(CYCLES_GETPID, 0, 0, 0));
	(void)linux_call(CYCLES_FCNTL64, (uint32_t)cycles_file, CYCLES_F_SETFL, CYCLES_O_ASYNC);
	cycles_control(CYCLES_REFRESH, 1);
	for (uint32_t n = 0; n < CYCLES_LIMIT && cycles_signals < wanted; n++) {
		cycles_work(CYCLES_WORK);
	}
	cycles_control(CYCLES_DISABLE, 0);
}

int main(int argc, char **argv)
{
	uint32_t wanted = 0;

	for (const char *digit = argc > 1 ? argv[1] : "1"; *digit != 0; digit++) {
		wanted = 10 * wanted + (uint32_t)(*digit - '0');
	}
	cycles_file = cycles_open(0);
	linux_print_number(cycles_count(CYCLES_WORK), " ");
	linux_print_number(cycles_count(8 * CYCLES_WORK), " ");
	cycles_sample(wanted);
	linux_print_number(cycles_signals, "\n");
	return 0;
}
