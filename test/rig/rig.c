/* SPDX-License-Identifier: BSD-2-Clause */
/* CPUs as coroutines, and who goes on at which point. */
#define _XOPEN_SOURCE 700
#include "test/rig/rig.h"
#include "hyp/core/vm.h"
#include "test/rig/rig_locks.h"
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RIG_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define RIG_ASAN 1
#endif

#ifdef RIG_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
#define __sanitizer_start_switch_fiber(save, bottom, size)  ((void)(save))
#define __sanitizer_finish_switch_fiber(save, bottom, size) ((void)(save))
#define __asan_unpoison_memory_region(start, size)	    ((void)(start))
#endif

#define STACK  0x40000u
#define BOUND  4000000u /* points in a run: more is a livelock */
#define CALLER RIG_MAX_CPUS

static ucontext_t context[RIG_MAX_CPUS + 1];
static void *fake_stack[RIG_MAX_CPUS + 1];
static const void *bottom_of[RIG_MAX_CPUS + 1];
static size_t size_of[RIG_MAX_CPUS + 1];
static _Alignas(64) char stack[RIG_MAX_CPUS][STACK];
static uint32_t running_on = CALLER;

void (*rig_begin_run)(void);

static bool is_booting;
static bool goes_on;
static struct rig_result result;
static uint32_t total;

/* ---- the schedule ---- */

static uint64_t seed;
static uint32_t period; /* random: one point in so many is a change; 0: laid down */
/* The same where CPUs tell each other something with no lock held; at locks and barriers. */
static uint32_t hot, warm;
static uint32_t counted; /* kinds that are points, bits */
static struct rig_preempt plan[4];
static uint32_t planned, next_planned;

uint32_t rig_random(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 11) % below;
}

uint32_t rig_throw(struct rig_guest *g, uint32_t below)
{
	g->dice = g->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(g->dice >> 33) % below;
}

static void arrive(uint32_t from)
{
	const void *bottom;
	size_t size;

	__sanitizer_finish_switch_fiber(fake_stack[running_on], &bottom, &size);
#ifdef RIG_ASAN
	if (from == CALLER) {
		bottom_of[CALLER] = bottom;
		size_of[CALLER] = size;
	}
#else
	(void)bottom;
	(void)size;
	(void)from;
#endif
}

static uint32_t came_from;

/* libc's own: the sanitizer's warns that it knows no coroutines, and clears a whole stack each
 * time. It is told of them by the calls above. */
typedef int swapcontext_fn(ucontext_t *, const ucontext_t *);

static int swap(ucontext_t *from, const ucontext_t *to)
{
	static swapcontext_fn *swapcontext_of_libc;

	if (!swapcontext_of_libc) {
		void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);

		*(void **)&swapcontext_of_libc = libc ? dlsym(libc, "swapcontext") : NULL;
		if (!swapcontext_of_libc) {
			swapcontext_of_libc = swapcontext;
		}
	}
	return swapcontext_of_libc(from, to);
}

static void switch_to(uint32_t to)
{
	uint32_t from = running_on;

	if (to == from) {
		return;
	}
	came_from = from;
	running_on = to;
	rig_self = to == CALLER ? 0 : to;
	__sanitizer_start_switch_fiber(&fake_stack[from], bottom_of[to], size_of[to]);
	swap(&context[from], &context[to]);
	arrive(came_from);
}

static void first(void)
{
	arrive(came_from);
	rig_this()->begin(rig_self);
	rig_fail("a CPU came to the end of its code");
}

static void make(uint32_t cpu)
{
	__asan_unpoison_memory_region(stack[cpu], STACK);
	getcontext(&context[cpu]);
	context[cpu].uc_stack.ss_sp = stack[cpu];
	context[cpu].uc_stack.ss_size = STACK;
	context[cpu].uc_link = NULL;
	bottom_of[cpu] = stack[cpu];
	size_of[cpu] = STACK;
	fake_stack[cpu] = NULL;
	makecontext(&context[cpu], first, 0);
}

void rig_done(void)
{
	goes_on = false;
	switch_to(CALLER);
	abort();
}

void rig_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!result.failed) {
		result.failed = true;
		vsnprintf(result.why, sizeof(result.why), format, args);
	}
	va_end(args);
	if (running_on == CALLER) {
		printf("rig: %s\n", result.why);
		abort();
	}
	rig_done();
}

void rig_demand(bool ok, const char *what)
{
	if (!ok) {
		rig_fail("CPU %u: %s", rig_self, what);
	}
}

uint32_t rig_points(void)
{
	return result.points;
}

bool rig_is_booting(void)
{
	return is_booting;
}

static bool may_run(uint32_t n)
{
	const struct rig_cpu *c = &rig.cpu[n];

	switch (c->wait) {
	case RIG_RUNS:
		return true;
	case RIG_IN_WFI:
		return rig_signals(n);
	case RIG_IN_GUEST_WFI:
		return rig_signals(n) || rig_due(n) != RIG_NO_IAR;
	case RIG_IN_WFE:
		return c->event; /* an interrupt that CPSR.I masks is no event (B1.8.13) */
	case RIG_AT_LOCK:
		return rig_lock_is_next(n);
	default:
		return false;
	}
}

/* Nobody can go on: what CPUs have told each other must have arrived; then time passes. */
static void rest(void)
{
	uint64_t at;
	const char *why = is_booting ? NULL : rig_at_rest();

	if (why) {
		rig_fail("at rest: %s", why);
	}
	at = rig_next_event();
	if (at == RIG_NEVER && is_booting) {
		rig_done(); /* a board that nothing can switch off waits for ever */
	}
	if (at == RIG_NEVER) {
		rig_fail("nothing more happens");
	}
	rig.now = at > rig.now ? at : rig.now + 1;
	rig_events();
}

/* Any other that may go on, else the same; round-robin, or by chance. */
static uint32_t choose(bool may_stay)
{
	uint32_t found[RIG_MAX_CPUS], n = 0;

	for (;;) {
		for (uint32_t step = 1; step <= rig_nr_cpus; step++) {
			uint32_t cpu = (rig_self + step) % rig_nr_cpus;

			if (cpu == rig_self && n && !may_stay) {
				continue;
			}
			if (may_run(cpu)) {
				found[n++] = cpu;
			}
		}
		if (n) {
			return found[period && !is_booting ? rig_random(n) : 0];
		}
		rest();
		if (++total > BOUND) {
			rig_fail("no end: time passes and nothing happens");
		}
	}
}

static void go(uint32_t cpu)
{
	rig.cpu[cpu].wait = RIG_RUNS;
	switch_to(cpu);
}

void rig_sleep(enum rig_wait wait)
{
	struct rig_cpu *self = rig_this();

	if (wait == RIG_RUNS) { /* yields: time passes */
		rig.now += is_booting ? 64 : 4;
	} else if (wait != RIG_AT_LOCK) {
		rig_demand(self->nr_held == 0, "a CPU waits for an event and holds a lock");
	}
	self->wait = wait;
	go(choose(false));
}

static bool is_change(enum rig_kind kind)
{
	if (period) {
		return rig_random(kind == RIG_AT_FLAG				   ? hot
				  : kind == RIG_AT_LOCKS || kind == RIG_AT_BARRIER ? warm
										   : period) == 0;
	}
	return next_planned < planned && result.points == plan[next_planned].at;
}

void rig_point(enum rig_kind kind)
{
	if (running_on == CALLER) {
		return;
	}
	rig.now += kind != RIG_AT_MEMORY && kind != RIG_AT_FLAG;
	if (kind != RIG_AT_MEMORY && kind != RIG_AT_FLAG && !is_booting) {
		rig_events();
	}
	if (++total > BOUND) {
		rig_fail("no end: %u points", BOUND);
	}
	/* What a lock protects is met by who takes it; others have their own points. */
	if (is_booting || !(counted >> kind & 1) ||
	    (!period && kind == RIG_AT_MEMORY && rig_this()->nr_held)) {
		return;
	}
	result.points++;
	if (!is_change(kind)) {
		return;
	}
	rig_events();
	if (period) {
		go(choose(true));
	} else {
		uint32_t to = plan[next_planned++].to;

		if (may_run(to)) {
			go(to);
		}
	}
}

/* ---- runs ---- */

static bool came_to_guests;

void rig_enter_guests(void)
{
	if (is_booting) {
		came_to_guests = true;
		rig_this()->wait = RIG_OFF;
		for (uint32_t n = 0; n < rig_nr_cpus; n++) {
			if (rig.cpu[n].wait != RIG_OFF) {
				go(choose(false));
			}
		}
		rig_done();
	}
	for (;;) {
		struct guest_regs regs;

		rig_guest_run(&regs);
	}
}

bool rig_boot_cpu(void (*begin)(uint32_t cpu))
{
	came_to_guests = false;
	is_booting = goes_on = true;
	result = (struct rig_result) { .failed = false };
	total = 0;
	for (uint32_t n = 0; n < RIG_MAX_CPUS; n++) {
		rig.cpu[n].wait = RIG_OFF;
		make(n);
	}
	rig.cpu[0].begin = begin;
	rig.cpu[0].wait = RIG_RUNS;
	switch_to(0);
	is_booting = false;
	if (result.failed) {
		printf("rig: while it boots: %s\n%s\n", result.why, rig_output);
		return false;
	}
	return came_to_guests;
}

static void enter(uint32_t cpu)
{
	(void)cpu;
	rig_enter_guests();
}

static struct rig_result run(uint32_t kinds)
{
	rig_restore();
	rig_guest_reset(seed);
	result = (struct rig_result) { .failed = false };
	total = 0;
	counted = kinds;
	goes_on = true;
	if (rig_begin_run) {
		rig_begin_run();
	}
	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		make(n);
		rig.cpu[n].begin = enter;
		rig.cpu[n].wait = RIG_RUNS;
	}
	rig.cpu[0].wait = RIG_RUNS;
	switch_to(0);
	return result;
}

struct rig_result rig_run_random(uint64_t of, uint32_t kinds)
{
	seed = of * UINT64_C(0x9e3779b97f4a7c15) + 1;
	(void)rig_random(2);
	/* Evenly; or long stretches, and many changes where it matters. */
	period = hot = warm = 1u << (1 + rig_random(9));
	if (of & 1) {
		period = 1u << (5 + rig_random(6));
		hot = 1u << (1 + rig_random(4));
		warm = 1u << (3 + rig_random(5));
	}
	return run(kinds);
}

struct rig_result rig_run_laid_down(uint64_t of, const struct rig_preempt *preempt, uint32_t count,
				    uint32_t kinds)
{
	seed = of * 2 + 1;
	period = 0;
	next_planned = 0;
	planned = count;
	for (uint32_t n = 0; n < count; n++) {
		plan[n] = preempt[n];
	}
	return run(kinds);
}

/* ---- loads and stores of what CPUs share (clang: -fsanitize-coverage=trace-loads) ---- */

void (*rig_on_access)(const void *address, bool is_store);
void (*rig_on_barrier)(void);

static inline void access(const void *address, bool is_store)
{
	bool flag;

	if (rig_on_access && running_on != CALLER) {
		rig_on_access(address, is_store);
	}
	if (running_on != CALLER && rig_is_shared(address, &flag)) {
		rig_point(flag && !rig_this()->nr_held ? RIG_AT_FLAG : RIG_AT_MEMORY);
	}
}

#define RIG_TRACE(size)                                        \
	void __sanitizer_cov_load##size(const void *address);  \
	void __sanitizer_cov_load##size(const void *address)   \
	{                                                      \
		access(address, false);                        \
	}                                                      \
	void __sanitizer_cov_store##size(const void *address); \
	void __sanitizer_cov_store##size(const void *address)  \
	{                                                      \
		access(address, true);                         \
	}
RIG_TRACE(1)
RIG_TRACE(2)
RIG_TRACE(4)
RIG_TRACE(8)
RIG_TRACE(16)
