/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hyp/core/halt.c: whichever CPU ends the system speaks alone. The others have left their guests by
 * then, or a bounded time has passed; a second CPU that wants to end it stays silent.
 */
#include "test/unit/hw_log.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/core/halt.h"
#include "hyp/core/log.h"
#include "hyp/core/soc.h"
#include "hyp/core/trace.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/smc.h"
#include <setjmp.h>
#include <stdarg.h>

#define NR_CPUS 4u
#define HZ	1000000u

struct board facts_board = { .nr_cpus = NR_CPUS };

static uint32_t kicks; /* mask bits, as CPUs were told */
static uint32_t stuck; /* bit n: CPU n does not come */
static uint64_t now;
static jmp_buf parked;

uint32_t facts_timer_hz(void)
{
	return HZ;
}

const char image_stacks[8 * 0x2000]; /* each: a guard page, a page of stack */

static char words[1024];

static void say(const char *format, va_list args)
{
	size_t length = strlen(words);

	vsnprintf(words + length, sizeof(words) - length, format, args);
}

static void say_word(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

void log_last_words(const char *kind, const char *format, ...)
{
	va_list args;

	say_word("plumbline: %s: ", kind);
	va_start(args, format);
	say(format, args);
	va_end(args);
	say_word("\n");
}

const uint32_t monitor_active;

int32_t smc_call(uint32_t function, uint32_t a, uint32_t b, uint32_t c)
{
	CHECK(!(function | a | b | c));
	return 0;
}

void soc_power_off(void)
{
}

uint64_t test_now(void)
{
	return now += 1000;
}

void trace_kick(struct cpu *cpu, uint32_t target)
{
	(void)cpu, (void)target;
	CHECK(false); /* no CPU is traced */
}

/* Told, a CPU finds what it is told for, and comes. */
void gic_kick(uint32_t cpu_mask)
{
	CHECK(halt_wanted);
	CHECK_EQ(cpu_mask & kicks, 0);
	kicks |= cpu_mask;
	for (uint32_t n = 0; n < NR_CPUS; n++) {
		if (cpus[n].gic_mask & cpu_mask) {
			cpus[n].parked = !(stuck >> n & 1);
		}
	}
}

static void event(const struct hw_event *what)
{
	if (!strcmp(what->name, "hw_wfi")) {
		longjmp(parked, 1);
	}
}

static void be(uint32_t cpu)
{
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[cpu];
	*hw_log_register("MPIDR") = 0x80000000 | cpu;
}

static void boot(void)
{
	one_reset();
	for (uint32_t n = 0; n < NR_CPUS; n++) {
		cpus[n].index = (uint8_t)n;
		cpus[n].gic_mask = (uint8_t)(1u << n);
		cpus[n].kick = 1u << n;
	}
	words[0] = '\0';
	kicks = 0;
	stuck = 0;
	now = 0;
	hw_log_clear();
	hw_log_effect = event;
	be(0);
}

/* false: it parked instead of coming back. */
static bool comes_back(void)
{
	if (setjmp(parked)) {
		return false;
	}
	halt_others();
	return true;
}

/* Nothing is known of the others, nor is there a GIC: main_wrong_mode has no HYP registers. */
static void before_the_others_run(void)
{
	boot();
	CHECK(comes_back());
	CHECK_EQ(kicks, 0);
	CHECK(!halt_wanted);
	CHECK_EQ(now, 0);
}

static void others_stop(void)
{
	for (uint32_t n = 0; n < NR_CPUS; n++) {
		boot();
		halt_arm();
		be(n);
		CHECK(comes_back());
		CHECK_EQ(kicks, 0xf & ~(1u << n));
		CHECK(!cpus[n].parked);
		CHECK(now < HZ / 20); /* as soon as they have */
	}
}

static void one_is_stuck(void)
{
	boot();
	halt_arm();
	be(1);
	stuck = 1u << 3;
	CHECK(comes_back());
	CHECK(now >= HZ / 20 && now < HZ / 15);
}

/* In whichever order: the second one parks, and the first need not wait for its time to pass. */
static void two_at_once(void)
{
	boot();
	halt_arm();
	be(2);
	stuck = 1u << 3;
	CHECK(comes_back());
	be(3);
	CHECK(!comes_back());
	CHECK(cpus[3].parked);
	CHECK_EQ(kicks, 0xb);
	be(2); /* a panic's words are said, now the end */
	now = 0;
	CHECK(comes_back());
	CHECK_EQ(kicks, 0xb);
	CHECK_EQ(now, 0);
}

/* ---- the words of a panic of a stack ---- */

static bool aborts(uint32_t number, uint32_t address)
{
	static const struct guest_regs regs;

	boot();
	*hw_log_register("HDFAR") = address;
	if (!setjmp(parked)) {
		halt_exception(number, &regs);
	}
	return strstr(words, "stack overflow") != NULL;
}

static void overflow(void)
{
	uint32_t stacks = (uint32_t)(uintptr_t)image_stacks;

	CHECK(aborts(4, stacks));
	CHECK(strstr(words, "plumbline: panic: stack overflow of CPU 0\n"));
	CHECK(strstr(words, "data abort in the monitor"));
	CHECK(strstr(words, "plumbline: end: status 2"));
	CHECK(aborts(4, stacks + 5 * 0x2000 + 0xffc));
	CHECK(strstr(words, "stack overflow of CPU 5\n"));
	CHECK(!aborts(4, stacks + 5 * 0x2000 + 0x1000)); /* the stack itself */
	CHECK(!aborts(4, stacks - 4));
	CHECK(!aborts(4, stacks + 8 * 0x2000));
	CHECK(!aborts(1, stacks)); /* HDFAR is not valid */
}

static void smashed(void)
{
	boot();
	if (!setjmp(parked)) {
		halt_smashed(0xffc01234);
	}
	CHECK(!strcmp(words, "plumbline: panic: stack overwritten in the function at ffc01234\n"
			     "plumbline: end: status 2\n"));
}

static const struct test_case cases[] = {
	{ "overflow", overflow },
	{ "smashed", smashed },
	{ "before_the_others_run", before_the_others_run },
	{ "others_stop", others_stop },
	{ "one_is_stuck", one_is_stuck },
	{ "two_at_once", two_at_once },
};

TEST_MAIN("halt", cases)
