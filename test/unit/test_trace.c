/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/core/trace.c: which events follow from what a CPU does, and from what its list registers
 * hold; when its vectors are the twins. */
#include "test/unit/hw_log.h"
#include "hyp/core/facts.h"
#include "hyp/core/trace.h"
#include "hyp/core/trace_call.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/vfp.h"
#include "vgic/vgic_hw.h"

/* abi/plumbline.h; HVBAR's bit; GICH_LR (IHI 0048B 5.3.8): SPI 40, priority 0xa0, group 0 */
enum { EPOCH = 1, SCHEDULE, EXIT, IRQ, HYPERCALL, ENTRY, LINE, LR, EOI, KICK };
#define TWIN	0x80u
#define VECTORS 0xffc00100u
#define PENDING 0x1a000028u
#define ACTIVE	0x2a000028u
#define HVC	0x4a000000u
#define SPI	40u

static struct trace trace;
static struct cpu cpu;
static struct vm vm[2];
static struct vcpu a[2], b; /* a: handle 1; b: handle 2 */
static struct vgic_cif cif[3];
static uint32_t lr[4]; /* hardware's */
static uint32_t seen;  /* events that were checked */

uint32_t vgic_hw_empty(void)
{
	uint32_t empty = 0xfffffff0;

	for (uint32_t n = 0; n < 4; n++) {
		empty |= lr[n] & 0x30000000 ? 0 : 1u << n;
	}
	return empty;
}

uint32_t vgic_hw_read_one(uint32_t n)
{
	CHECK(n < 4);
	return lr[n];
}

uint32_t gic_highest(void)
{
	return 0x41b;
}

static uint32_t kicks;

void gic_kick(uint32_t mask)
{
	CHECK(mask != 0);
	kicks++;
}

/* Not used here, but by what is in one file with world_trace. */
bool vectors_take_abort(void);
bool vectors_take_abort(void)
{
	return false;
}

void vfp_load(const uint64_t *d, uint32_t fpscr, uint32_t fpexc)
{
	(void)d, (void)fpscr, (void)fpexc;
}

uint64_t vfp_save(uint64_t *d)
{
	(void)d;
	return 0;
}

void vfp_enable(void)
{
}

uint32_t vfp_fpsid(void)
{
	return 0;
}

uint32_t vfp_mvfr0(void)
{
	return 0;
}

uint32_t vfp_mvfr1(void)
{
	return 0;
}

static void begin(void)
{
	one_reset();
	memset(&trace, 0, sizeof(trace));
	memset(lr, 0, sizeof(lr));
	memset(cif, 0, sizeof(cif));
	hw_log_clear();
	vm[0] = (struct vm) { .index = 0, .vgic = (struct vgic *)&vm };
	vm[1] = (struct vm) { .index = 1, .vgic = (struct vgic *)&vm };
	a[0] = (struct vcpu) { .vm = &vm[0], .cif = &cif[0] };
	a[1] = (struct vcpu) { .vm = &vm[0], .cif = &cif[1], .index = 1 };
	b = (struct vcpu) { .vm = &vm[1], .cif = &cif[2] };
	for (uint32_t n = 0; n < 3; n++) {
		cif[n].nr_lrs = 4;
	}
	cpu = (struct cpu) { .loaded = &a[1], .gic_mask = 4, .kick = 4, .trace = &trace };
	*hw_log_register("HVBAR") = VECTORS;
	*hw_log_register("CNTPCT") = 0x900000005;
	*hw_log_register("ELR_hyp") = 0x40001234;
	seen = 0;
}

/* The next event. */
static void next(uint32_t kind, uint32_t who, uint32_t word0, uint32_t word1)
{
	const struct event *event = events_find(&trace.events, seen++);

	CHECK(event != NULL);
	if (event) {
		CHECK_EQ(event->head, kind | who);
		CHECK_EQ(event->word[0], word0);
		CHECK_EQ(event->word[1], word1);
		CHECK_EQ(event->time, (uint32_t)*hw_log_register("CNTPCT"));
	}
}

static void no_more(void)
{
	CHECK_EQ(trace.events.count, seen);
}

#define A1 0x10100u /* handle 1, vCPU 1 */
#define B0 0x00200u

static void follow(uint32_t run)
{
	trace_run = run;
	cpu.trace_changes = true;
	trace_follow(&cpu);
	CHECK(!cpu.trace_changes);
}

static void on(void)
{
	begin();
	follow(1);
	seen = 2;
}

static void twins(void)
{
	begin();
	follow(1);
	CHECK_EQ(*hw_log_register("HVBAR"), VECTORS | TWIN);
	CHECK(cpu.traced);
	CHECK_EQ(cpu.kick, 0x80000004);
	CHECK_EQ(trace.run, 1);
	next(EPOCH, 0, 9, 0);
	next(SCHEDULE, A1, 0, 0);
	no_more();
	follow(1); /* asked twice */
	no_more();
	follow(2);
	CHECK_EQ(*hw_log_register("HVBAR"), VECTORS);
	CHECK(!cpu.traced);
	CHECK_EQ(cpu.kick, 4);
	no_more();				    /* what it holds stays */
	*hw_log_register("HVBAR") = VECTORS | 0x40; /* performance monitors */
	cpu.loaded = NULL;
	follow(3);
	CHECK_EQ(*hw_log_register("HVBAR"), VECTORS | 0x40 | TWIN);
	seen = 0;
	next(EPOCH, 0, 9, 0);
	next(SCHEDULE, 0, 0, 0);
	no_more();
}

static void exits(void)
{
	struct guest_regs regs = { .r = { 0x84000000, 7 }, .pc = 0x40000040 };

	on();
	trace_exit(&cpu, &regs, 0x93820047);
	next(EXIT, A1, 0x93820047, 0x40000040);
	trace_irq(&cpu, &regs);
	next(IRQ, A1, 0x41b, 0x40000040);
	trace_exit(&cpu, &regs, HVC);
	next(HYPERCALL, A1, 0x84000000, 7);
	trace_exit(&cpu, &regs, HVC | 1); /* another immediate */
	next(EXIT, A1, HVC | 1, 0x40000040);
	trace_entry(&cpu, &regs);
	next(ENTRY, A1, 0x40001234, 0x84000000);
	no_more();
	follow(2);
	trace_entry(&cpu, &regs); /* the end of the exit that has ended the trace */
	no_more();
}

static void lines(void)
{
	static const struct {
		uint32_t call, handle, word, level, want;
	} rows[] = {
		{ 0x86000061, 2, 0x01000028, 1, 0x80000002 },
		{ 0x86000061, 0, 0x01000028, 0, 0 },
		{ 0x86000067, 3, 0x02000016, 0xff00, 0x80000003 },
		{ 0x86000f6a, 2, 8, 1, 0xc0000002 },
		{ 0x86000061, 0xffffffff, 1, 0, 0x3fffffff },
	};
	struct guest_regs regs;

	on();
	for (uint32_t n = 0; n < ARRAY_SIZE(rows); n++) {
		regs = (struct guest_regs) { .r = { rows[n].call, rows[n].handle, rows[n].word,
						    rows[n].level } };
		trace_exit(&cpu, &regs, HVC);
		next(HYPERCALL, A1, rows[n].call, rows[n].handle);
		next(LINE, A1, rows[n].word, rows[n].want);
	}
	regs.r[0] = 0x86000062; /* a question */
	trace_exit(&cpu, &regs, HVC);
	next(HYPERCALL, A1, 0x86000062, 0xffffffff);
	no_more();
}

static void enter(void)
{
	static const struct guest_regs regs;

	trace_entry(&cpu, &regs);
}

static void leave(void)
{
	static const struct guest_regs regs;

	trace_exit(&cpu, &regs, 0x90000000);
}

/* Written, acknowledged, ended. */
static void an_interrupt(void)
{
	on();
	lr[2] = PENDING;
	enter();
	next(LR, A1, 2, PENDING);
	next(ENTRY, A1, 0x40001234, 0);
	leave(); /* not taken yet */
	next(EXIT, A1, 0x90000000, 0);
	enter();
	next(ENTRY, A1, 0x40001234, 0);
	lr[2] = ACTIVE;
	leave();
	next(EXIT, A1, 0x90000000, 0);
	enter();
	next(ENTRY, A1, 0x40001234, 0);
	lr[2] = 0x0a000028;
	leave();
	next(EOI, A1, SPI, 2);
	next(EXIT, A1, 0x90000000, 0);
	enter();
	next(ENTRY, A1, 0x40001234, 0);
	leave(); /* it has ended once */
	next(EXIT, A1, 0x90000000, 0);
	no_more();
}

/* The same one pends again: while it is active, and behind its end. */
static void again(void)
{
	on();
	lr[0] = ACTIVE;
	enter();
	next(ENTRY, A1, 0x40001234, 0);
	leave();
	next(EXIT, A1, 0x90000000, 0);
	lr[0] = PENDING | ACTIVE;
	enter();
	next(LR, A1, 0, PENDING | ACTIVE);
	next(ENTRY, A1, 0x40001234, 0);
	lr[0] = 0;
	leave();
	next(EOI, A1, SPI, 0);
	next(EXIT, A1, 0x90000000, 0);
	lr[0] = PENDING;
	enter();
	next(LR, A1, 0, PENDING);
	next(ENTRY, A1, 0x40001234, 0);
	no_more();
}

/* What the monitor takes back, and another vCPU's, the guest has not ended. */
static void not_ended(void)
{
	on();
	lr[1] = PENDING;
	enter();
	leave();
	seen += 3;
	lr[1] = 0; /* its line has fallen */
	enter();
	next(ENTRY, A1, 0x40001234, 0);
	lr[1] = 0;
	leave();
	next(EXIT, A1, 0x90000000, 0);
	lr[3] = PENDING;
	enter();
	leave();
	seen += 3;
	cpu.loaded = &b; /* which has the same one there */
	enter();
	next(LR, B0, 3, PENDING);
	next(ENTRY, B0, 0x40001234, 0);
	leave();
	next(EXIT, B0, 0x90000000, 0);
	no_more();
}

/* By another CPU, while it runs: it is not this CPU's, but its end is. */
static void written_meanwhile(void)
{
	on();
	enter();
	next(ENTRY, A1, 0x40001234, 0);
	lr[0] = PENDING;
	leave();
	next(EXIT, A1, 0x90000000, 0);
	enter();
	next(ENTRY, A1, 0x40001234, 0);
	lr[0] = PENDING + 1; /* ended, and another one is there */
	leave();
	next(EOI, A1, SPI, 0);
	next(EXIT, A1, 0x90000000, 0);
	no_more();
}

static void without_a_gic(void)
{
	on();
	vm[0].vgic = NULL;
	lr[0] = PENDING; /* what else may be there */
	enter();
	next(ENTRY, A1, 0x40001234, 0);
	leave();
	next(EXIT, A1, 0x90000000, 0);
	no_more();
}

static void elsewhere(void)
{
	on();
	trace_kick(&cpu, 3);
	next(KICK, A1, 3, 0);
	cpu.loaded = NULL;
	trace_kick(&cpu, 1);
	next(KICK, 0, 1, 0);
	CHECK(!trace_chose(&cpu, &a[1])); /* as before */
	no_more();
	CHECK(!trace_chose(&cpu, NULL));
	next(SCHEDULE, 0, 0, 0);
	CHECK(!cif[2].traced);
	cpu.report = true;
	CHECK(trace_chose(&cpu, &b));
	next(SCHEDULE, B0, 0, 0);
	CHECK(cif[2].traced);
	cif[2].dirty = 5;
	cif[2].lr[0] = PENDING;
	cif[2].lr[2] = PENDING + 2;
	trace_remote(&cpu, &b);
	next(LR, B0, 0x100, PENDING);
	next(LR, B0, 0x102, PENDING + 2);
	no_more();
	follow(2);
	cpu.report = false;
	trace_remote(&cpu, &b);
	trace_kick(&cpu, 1);
	CHECK(!trace_chose(&cpu, NULL));
	cpu.trace_changes = true;
	CHECK(trace_chose(&cpu, NULL));
	no_more();
}

/* The low word of the counter has wrapped. */
static void epochs(void)
{
	on();
	*hw_log_register("CNTPCT") = 0xa00000001;
	trace_kick(&cpu, 1);
	next(EPOCH, 0, 10, 0);
	next(KICK, A1, 1, 0);
	trace_kick(&cpu, 1);
	next(KICK, A1, 1, 0);
	no_more();
}

static uint64_t asked_of_1(void)
{
	return (cpus[1].trace_changes ? 1u : 0) | (cpus[1].resched ? 2u : 0);
}

/* A CPU that finds `resched` clears it, and then reads what is asked of it (A3.8.3). */
static void asks(void)
{
	struct guest_regs regs = { .r = { 0, 1 } };
	uint32_t at;

	begin();
	memset(cpus, 0, sizeof(cpus));
	cpus[1].index = 1;
	cpus[1].kick = 2;
	facts_board.nr_cpus = 2;
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[0];
	trace_run = 8;
	kicks = 0;
	hw_log_sample = asked_of_1;
	CHECK_EQ(trace_call(&regs), 0);
	hw_log_sample = NULL;
	CHECK_EQ(asked_of_1(), 3);
	for (at = 0; at < hw_log_length && hw_log[at].sample == 0; at++) {
	}
	CHECK(at < hw_log_length && hw_log[at].sample == 1);
	CHECK(!strcmp(hw_log[at].name, "hw_dmb"));
	CHECK_EQ(trace_run, 9);
	CHECK_EQ(trace_call(&regs), 0); /* it is on: nobody is disturbed */
	CHECK_EQ(trace_run, 9);
	CHECK_EQ(kicks, 1);
}

static uint32_t barriers; /* of the reader, until another partition begins a new run */

static void another_begins(const struct hw_event *event)
{
	if (event->kind == 'e' && !strcmp(event->name, "hw_dmb") && barriers && --barriers == 0) {
		follow(3);
	}
}

/* The ring begins anew while it is read: an event with the same number is another one. One that
 * is read as a whole before or after that is told. */
static void begun_anew(void)
{
	static const int32_t told[] = { SCHEDULE | B0, -2, -2, -2, SCHEDULE | A1 };

	for (uint32_t at = 1; at <= 5; at++) {
		struct guest_regs regs = { .r = { 0, 3, 0, 1 } };
		int32_t result;

		on();
		cpus[0].trace = &trace;
		facts_board.nr_cpus = 1;
		*hw_log_register("HTPIDR") = (uintptr_t)&cpu;
		cpu.loaded = &b; /* whose event it would be */
		barriers = at;
		hw_log_effect = another_begins;
		result = trace_call(&regs);
		hw_log_effect = NULL;
		CHECK_EQ(barriers, at == 5 ? 1 : 0);
		CHECK_EQ(result, told[at - 1]);
	}
}

static const struct test_case cases[] = {
	{ "twins", twins },
	{ "exits", exits },
	{ "lines", lines },
	{ "an_interrupt", an_interrupt },
	{ "again", again },
	{ "not_ended", not_ended },
	{ "written_meanwhile", written_meanwhile },
	{ "without_a_gic", without_a_gic },
	{ "elsewhere", elsewhere },
	{ "epochs", epochs },
	{ "asks", asks },
	{ "begun_anew", begun_anew },
};

TEST_MAIN("trace", cases)
