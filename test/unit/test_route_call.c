/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/core/route_call.c: a table in turns, others in between, and the lines of a GSI. */
#include "hyp/core/irq_call.h"
#include "hyp/core/mem.h"
#include "hyp/core/remote.h"
#include "hyp/core/route_call.h"
#include "test/rig/one.h"
#include "test/unit/test.h"
#include "vgic/irq_route.h"

enum { OK = 0, E_NXIO = -6, E_AGAIN = -11, E_FAULT = -14, E_BUSY = -16, E_INVAL = -22 };

#define SET  0x8600006au
#define RAM  0x40000000u
#define CHIP 1u
#define LINE 0x80000001u

static struct vm target;
static struct vm callers[2];
static struct vcpu vcpu[2];
static struct guest_regs regs[2];
static struct irq_routes routes;

static uint32_t memory[2][256 * 12 + 4]; /* of the callers, from RAM on */
static uint32_t reads;

bool vm_owns(const struct vm *vm, ipa_t ipa, uint32_t size, pa_t *pa)
{
	CHECK(vm == &callers[0] || vm == &callers[1]);
	*pa = pa_make(ipa.ipa);
	return ipa.ipa >= RAM && ipa.ipa - RAM <= sizeof(memory[0]) &&
	       size <= sizeof(memory[0]) - (ipa.ipa - RAM);
}

bool mem_read(const struct vm *vm, ipa_t ipa, void *to, uint32_t size)
{
	pa_t pa;

	CHECK(!target.vgic_lock.holder); /* nobody waits for the caller's memory */
	reads += size / 48;
	if (!vm_owns(vm, ipa, size, &pa)) {
		return false;
	}
	memcpy(to, (uint8_t *)memory[vm - callers] + (ipa.ipa - RAM), size);
	return true;
}

/* ---- what is driven ---- */

static struct irq_line driven[16];
static uint32_t nr_driven;
static int answers[16];
static uint32_t levels; /* bit n: line n was raised */
static uint32_t kicked;

int irq_call_one(struct vgic_locked held, const struct irq_line *line, bool level,
		 vgic_kick_t *kick)
{
	CHECK(held.vm == &target && target.vgic_lock.holder);
	driven[nr_driven] = *line;
	levels |= (uint32_t)level << nr_driven;
	*kick |= answers[nr_driven] ? 0 : 1u << line->vcpu;
	return answers[nr_driven++];
}

void vm_kick(struct vm *vm, uint32_t mask)
{
	CHECK(vm == &target && !vm->vgic_lock.holder && mask);
	kicked |= mask;
}

uint32_t remote_reach;
static uint32_t remotely; /* vCPUs that have got it without a kick */

vgic_kick_t remote_all(struct vgic_locked held, vgic_kick_t kick)
{
	CHECK(held.vm == &target && target.vgic_lock.holder && kick && remote_reach);
	remotely = kick & 0x0f;
	return kick & 0xf0;
}

int irq_call_drive_spi(struct vgic_locked held, uint32_t spi, uint32_t level)
{
	const struct irq_line line = { IRQ_LINE_SPI, 0, spi + 32 };
	vgic_kick_t kick = 0;
	int error = irq_call_one(held, &line, level != 0, &kick);

	irq_call_tell(held, kick);
	return error;
}

static int raise(uint32_t gsi, uint32_t level)
{
	struct guest_regs call = { .r = { 1, 1, gsi, level } };

	nr_driven = levels = kicked = 0;
	route_call_line(&target, &call);
	return (int)call.r[0];
}

/* ---- other vCPUs, while one waits for the lock ---- */

static void (*meanwhile)(void);

void test_lock_waits(const struct lock *lock)
{
	void (*now)(void) = meanwhile;

	CHECK(lock == &target.vgic_lock);
	meanwhile = NULL;
	if (now) {
		now();
	}
}

static void start(void)
{
	memset(&target, 0, sizeof(target));
	memset(vcpu, 0, sizeof(vcpu));
	memset(memory, 0, sizeof(memory));
	memset(answers, 0, sizeof(answers));
	target.routes = &routes;
	target.lines = (struct irq_line_vm) { true, 8, 128 };
	irq_route_init(&routes, &target.lines);
	vcpu[0].vm = &callers[0];
	vcpu[1].vm = &callers[1];
	meanwhile = NULL;
}

static void put(uint32_t who, uint32_t n, uint32_t gsi, uint32_t type, uint32_t first,
		uint32_t second)
{
	uint32_t *words = &memory[who][12 * n];

	words[0] = gsi;
	words[1] = type;
	words[4] = first;
	words[5] = second;
}

/* GSI n is SPI 32 + offset + n. */
static void put_all(uint32_t who, uint32_t count, uint32_t offset)
{
	for (uint32_t n = 0; n < count; n++) {
		put(who, n, n, CHIP, 0, offset + n);
	}
}

static void begin(uint32_t who, uint32_t address, uint32_t count)
{
	memset(&regs[who], 0, sizeof(regs[who]));
	regs[who].r[0] = SET;
	regs[who].r[2] = address;
	regs[who].r[3] = count;
	reads = 0;
	route_call_set(&vcpu[who], &target, &regs[who]);
}

static bool is_done(uint32_t who)
{
	CHECK(vcpu[who].lines_of == NULL || vcpu[who].lines_of == &target);
	CHECK(!vcpu[who].lines_of || regs[who].r[0] == SET); /* run.c looks at it */
	return !vcpu[who].lines_of;
}

static int finish(uint32_t who)
{
	for (uint32_t n = 0; n < 16 && !is_done(who); n++) {
		route_call_rest(&vcpu[who], &regs[who]);
	}
	CHECK(is_done(who));
	return (int)regs[who].r[0];
}

/* The SPI of a GSI that has just that. */
static uint32_t spi_of(uint32_t gsi)
{
	CHECK_EQ(raise(gsi, 1), OK);
	CHECK_EQ(nr_driven, 1);
	return driven[0].number;
}

/* ---- cases ---- */

static void one_line(void)
{
	start();
	CHECK_EQ(raise(8, 1), OK);
	CHECK(nr_driven == 1 && driven[0].type == IRQ_LINE_SPI && driven[0].number == 40);
	CHECK(levels == 1 && kicked == 1);
	CHECK_EQ(raise(8, 0x80000000), OK);
	CHECK_EQ(levels, 1);
	CHECK_EQ(raise(8, 0), OK);
	CHECK_EQ(levels, 0);
	answers[0] = -16;
	CHECK_EQ(raise(1, 1), E_BUSY);
	CHECK_EQ(kicked, 0);
	answers[0] = 0;
	CHECK_EQ(raise(96, 1), E_NXIO);
	CHECK_EQ(raise(0xffffffff, 1), E_NXIO);
	CHECK_EQ(nr_driven, 0);
	CHECK(!target.vgic_lock.holder);
}

static void several_lines(void)
{
	start();
	put(0, 0, 3, CHIP, 0, 8);
	for (uint32_t n = 0; n < 7; n++) {
		put(0, 1 + n, 3, LINE, 0x02000014 | (n + 1) << 16, 0);
	}
	put(0, 8, 4, CHIP, 0, 200);
	begin(0, RAM, 9);
	CHECK_EQ(finish(0), OK);
	CHECK_EQ(raise(3, 2), OK);
	CHECK(nr_driven == 8 && levels == 0xff && kicked == 0xff);
	CHECK(driven[0].number == 40 && driven[7].vcpu == 7 && driven[7].number == 20);
	answers[0] = answers[3] = -16; /* the others are driven */
	CHECK_EQ(raise(3, 1), OK);
	CHECK(nr_driven == 8 && kicked == 0xf6);
	for (uint32_t n = 0; n < 8; n++) {
		answers[n] = n ? -22 : -16;
	}
	CHECK_EQ(raise(3, 1), E_BUSY); /* of the first */
	CHECK(nr_driven == 8 && !kicked);
	memset(answers, 0, sizeof(answers));
	remote_reach = 2;
	CHECK_EQ(raise(3, 1), OK);
	CHECK(remotely == 0x0f && kicked == 0xf0);
	remote_reach = 0;
	CHECK_EQ(raise(4, 1), E_INVAL);
	CHECK_EQ(raise(5, 1), E_NXIO);
	CHECK_EQ(nr_driven, 0);
}

/* Sixteen entries in a turn. Until the last one the GSIs are the old ones. */
static void in_turns(void)
{
	static const struct {
		uint32_t count, turns;
	} rows[] = {
		{ 1, 1 }, { 15, 1 }, { 16, 1 }, { 17, 2 }, { 40, 3 }, { 255, 16 }, { 256, 16 }
	};

	for (uint32_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		uint32_t turns = 1;

		start();
		put_all(0, rows[n].count, 2);
		/* The pins of the last ones are no SPIs of this VM. */
		for (begin(0, RAM, rows[n].count); !is_done(0); turns++) {
			CHECK_EQ(spi_of(0), 32);
			CHECK_EQ(spi_of(95), 127);
			CHECK_EQ(reads, 16 * turns);
			route_call_rest(&vcpu[0], &regs[0]);
		}
		CHECK_EQ(regs[0].r[0], OK);
		CHECK_EQ(turns, rows[n].turns);
		CHECK_EQ(reads, rows[n].count);
		CHECK_EQ(spi_of(0), 34);
		CHECK_EQ(raise(rows[n].count, 1), E_NXIO);
		CHECK_EQ(raise(rows[n].count - 1, 1), rows[n].count <= 94 ? OK : E_INVAL);
	}
}

static void refused(void)
{
	start();
	put_all(0, 256, 0);
	begin(0, RAM, 257);
	CHECK_EQ(finish(0), E_INVAL);
	begin(0, 0, 0xffffffff); /* too many comes before the address */
	CHECK_EQ(finish(0), E_INVAL);
	CHECK_EQ(reads, 0);
	memory[0][2] = 1; /* flags; but the end of the table is no memory, and KVM copies first */
	begin(0, RAM + 32, 256);
	CHECK_EQ(finish(0), E_FAULT);
	begin(0, 0xfffffff0, 1);
	CHECK_EQ(finish(0), E_FAULT);
	CHECK_EQ(reads, 0);
	begin(0, RAM, 256);
	CHECK_EQ(finish(0), E_INVAL);
	CHECK_EQ(reads, 16);
	memory[0][2] = 0;
	memory[0][12 * 255] = 254; /* a GSI twice */
	begin(0, RAM, 256);
	CHECK_EQ(finish(0), E_INVAL);
	CHECK_EQ(reads, 256);
	CHECK_EQ(spi_of(95), 127);
	begin(0, 0, 0); /* an empty one is at no address */
	CHECK_EQ(finish(0), OK);
	CHECK_EQ(raise(0, 1), E_NXIO);
}

static void other_begins(void)
{
	begin(1, RAM, 20);
}

/* Two tables: the one that was begun last counts, and the other one's caller is told. */
static void two_callers(void)
{
	for (uint32_t turn = 0; turn < 3; turn++) {
		start();
		put_all(0, 40, 2);
		put_all(1, 20, 5);
		begin(0, RAM, 40);
		for (uint32_t n = 0; n < turn; n++) {
			route_call_rest(&vcpu[0], &regs[0]);
		}
		CHECK_EQ(is_done(0), turn == 2);
		meanwhile = other_begins; /* before the lock of the next turn */
		if (turn < 2) {
			CHECK_EQ(finish(0), E_AGAIN);
			CHECK_EQ(spi_of(0), 32);
		} else {
			CHECK_EQ(regs[0].r[0], OK);
			CHECK_EQ(spi_of(0), 34); /* raising lets the other one begin */
		}
		CHECK(!is_done(1));
		CHECK_EQ(finish(1), OK);
		CHECK_EQ(spi_of(0), 37);
		CHECK_EQ(raise(20, 1), E_NXIO);
	}
}

/* The other one is refused: the first one's table is lost all the same, and both know. */
static void both_fail(void)
{
	start();
	put_all(0, 40, 2);
	put_all(1, 20, 5);
	memory[1][12 * 19] = 256;
	begin(0, RAM, 40);
	begin(1, RAM, 20);
	CHECK_EQ(finish(1), E_INVAL);
	CHECK_EQ(finish(0), E_AGAIN);
	CHECK_EQ(spi_of(0), 32);
}

/* A caller that never goes on holds up nobody, itself in its next life included. */
static void abandoned(void)
{
	start();
	put_all(0, 40, 2);
	put_all(1, 20, 5);
	begin(0, RAM, 40);
	vcpu[0].lines_of = NULL; /* its partition restarts */
	begin(1, RAM, 20);
	CHECK_EQ(finish(1), OK);
	CHECK_EQ(spi_of(0), 37);
	begin(0, RAM, 40);
	vcpu[0].lines_of = NULL;
	begin(0, RAM, 40);
	CHECK_EQ(finish(0), OK);
	CHECK_EQ(spi_of(39), 73);
}

static const struct test_case cases[] = {
	{ "one_line", one_line },   { "several_lines", several_lines }, { "in_turns", in_turns },
	{ "refused", refused },	    { "two_callers", two_callers },	{ "both_fail", both_fail },
	{ "abandoned", abandoned },
};

TEST_MAIN("route_call", cases)
