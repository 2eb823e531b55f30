/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/core/guest_log.c: a partition that a manager starts and ends again and again does not fill
 * the console, and what is left out is counted. */
#include "test/unit/hw_log.h"
#include "hyp/core/facts.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/log.h"
#include "hyp/core/mem.h"
#include "hyp/core/serial.h"
#include "hyp/core/vm.h"

#define HZ    1000u
#define BURST 32u /* docs/architecture.md: so many at once, then one per second */

struct vm vms[MANIFEST_MAX_PARTITIONS];
uint32_t vm_count;
struct board facts_board;

static struct manifest_partition config[2];
static struct vcpu vcpu[2];
static uint64_t now;
static uint32_t ends, others, left_out, tells, asked; /* tells: lines about lines left out */

uint64_t test_now(void)
{
	hw_log_length = 0; /* nothing looks at it here */
	return now;
}

uint32_t facts_timer_hz(void)
{
	return HZ;
}

void serial_ask_tick(void)
{
	asked++;
}

bool mem_read_insn(const struct guest_regs *regs, bool thumb, bool *wide, uint32_t *word)
{
	(void)regs, (void)thumb, (void)wide, (void)word;
	return false;
}

void log_end(const char *format, ...)
{
	(void)format;
	ends++;
}

void log_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (strstr(format, "left out")) {
		(void)va_arg(args, const char *);
		left_out += va_arg(args, unsigned);
		tells++;
	} else {
		others++;
	}
	va_end(args);
}

static void boot(void)
{
	vm_count = 2;
	for (uint32_t n = 0; n < 2; n++) {
		config[n] = (struct manifest_partition) { .name = "it" };
		vms[n] = (struct vm) { .config = &config[n], .index = n, .nr_vcpus = 1 };
		vms[n].vcpus = &vcpu[n];
		vcpu[n].vm = &vms[n];
	}
}

/* `times` ends, with a reason, and a line of its own after each. */
static uint32_t end_often(uint32_t n, uint32_t times)
{
	uint32_t said = 0;

	for (uint32_t t = 0; t < times; t++) {
		guest_log_end(&vcpu[n], 0, "ends its partition with a failure");
		said += guest_log_may_end(&vms[n]);
		guest_log_restart(&vms[n]);
	}
	return said;
}

static void ends_are_limited(void)
{
	uint32_t said, missing;

	boot();
	now = 5;
	said = end_often(0, 1000);
	CHECK_EQ(ends + said, BURST);
	CHECK_EQ(others + tells, BURST);
	CHECK(asked > 0);
	missing = 2000 - BURST + 1000 - others;
	/* The other one is not affected, though its own lines are used up. */
	others = 0;
	for (uint32_t t = 0; t < 100; t++) {
		guest_log_restart(&vms[1]);
	}
	CHECK_EQ(others, BURST);
	CHECK(guest_log_may_end(&vms[1]));
	/* One per second; all that was left out is told. */
	ends = 0;
	for (uint32_t t = 0; t < 10; t++) {
		now += HZ;
		CHECK(guest_log_may_end(&vms[0]));
		CHECK(!guest_log_may_end(&vms[0]));
		guest_log_go_on();
		guest_log_go_on();
	}
	CHECK_EQ(left_out, missing + (100 - BURST) + 10);
}

static const struct test_case cases[] = {
	{ "ends_are_limited", ends_are_limited },
};

TEST_MAIN("guest_log", cases)
