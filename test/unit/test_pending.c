/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/trap/pending.c: every order of its calls against the states that its header draws, and what a
 * load does to its register (ARM ARM A8.8: LDR, LDRB, LDRH, LDRSB, LDRSH). */
#include "hyp/base/bits.h"
#include "hyp/trap/pending.h"
#include "test.h"

enum { NONE, POSTED, TAKEN, DONE };

static struct pending posted(uint32_t size, bool is_write, uint32_t value)
{
	const struct mmio mmio = {
		.offset = 0x204, .size = size, .is_write = is_write, .value = value
	};
	struct pending p = { .serial = 41 };

	p.access = (struct insn_access) { .size = (uint8_t)size, .rt = 3, .is_write = is_write };
	pending_post(&p, &mmio);
	return p;
}

static void what_is_posted(void)
{
	struct pending p = posted(2, true, 0x12345678);

	CHECK(p.state == POSTED && pending_waits(&p));
	CHECK_EQ(p.serial, 42);
	CHECK_EQ(p.mmio.offset, 0x204);
	CHECK_EQ(p.mmio.value, 0x5678); /* of a store of two bytes; the rest is the guest's own */
	CHECK(p.mmio.is_write && p.mmio.size == 2);
	CHECK_EQ(posted(1, true, 0xfff).mmio.value, 0xff);
	CHECK_EQ(posted(4, true, 0x12345678).mmio.value, 0x12345678);
	CHECK_EQ(posted(4, false, 0x12345678).mmio.value, 0); /* a load tells nothing */
	p.serial = 0x3ffffff;
	pending_post(&p, &(struct mmio) { .size = 4 });
	CHECK_EQ(p.serial, 0);
}

/* Each call in each state. */
static void every_state(void)
{
	static const struct {
		uint8_t take, repost, answer, complete;
		bool waits;
	} next[] = {
		[NONE] = { NONE, NONE, NONE, NONE, false },
		[POSTED] = { TAKEN, POSTED, POSTED, POSTED, true },
		[TAKEN] = { TAKEN, POSTED, DONE, TAKEN, true },
		[DONE] = { DONE, DONE, DONE, NONE, false },
	};

	for (uint8_t state = NONE; state <= DONE; state++) {
		struct pending_effect effect = { 0 };
		struct pending p = posted(4, false, 0), before;

		p.state = state;
		before = p;
		CHECK(pending_waits(&p) == next[state].waits);
		CHECK(pending_take(&p) == (state == POSTED) && p.state == next[state].take);
		p = before;
		CHECK(pending_repost(&p) == (state == TAKEN) && p.state == next[state].repost);
		p = before;
		for (uint32_t bit = 0; bit < 32; bit++) {
			CHECK(!pending_answer(&p, 42 ^ BIT32(bit), 9));
		}
		CHECK(p.state == state && p.mmio.value == 0); /* of another access */
		CHECK(pending_answer(&p, 42, 9) == (state == TAKEN));
		CHECK(p.state == next[state].answer && p.mmio.value == (state == TAKEN ? 9 : 0));
		p = before;
		CHECK(pending_complete(&p, &effect) == (state == DONE));
		CHECK(p.state == next[state].complete && effect.loads == (state == DONE));
		p = before;
		pending_cancel(&p);
		CHECK(p.state == NONE && p.serial == 42);
	}
}

static void loads(void)
{
	static const struct {
		uint8_t size;
		bool sign, reversed;
		uint32_t answer, want;
	} each[] = {
		{ 4, false, false, 0x89abcdef, 0x89abcdef },
		{ 2, false, false, 0x89abcdef, 0xcdef },
		{ 1, false, false, 0x89abcdef, 0xef },
		{ 2, true, false, 0x89abcdef, 0xffffcdef },
		{ 1, true, false, 0x89abcdef, 0xffffffef },
		{ 1, true, false, 0xffffff7f, 0x7f },
		{ 4, false, true, 0x89abcdef, 0xefcdab89 },
		{ 2, false, true, 0x89abcdef, 0xefcd },
		{ 2, true, true, 0x00000080, 0xffff8000 },
	};

	for (uint32_t n = 0; n < sizeof(each) / sizeof(each[0]); n++) {
		struct pending p = posted(each[n].size, false, 0);
		struct pending_effect effect;

		p.access.sign_extend = each[n].sign;
		p.access.reversed = each[n].reversed;
		CHECK(pending_take(&p) && pending_answer(&p, 42, each[n].answer));
		CHECK(pending_complete(&p, &effect));
		CHECK(effect.loads && effect.rt == 3 && !effect.writeback);
		CHECK_EQ(effect.value, each[n].want);
	}
}

static void stores(void)
{
	struct pending p = posted(4, true, 7);
	struct pending_effect effect;

	p.access.writeback = true;
	p.access.rn = 6;
	p.access.increment = -4;
	CHECK(pending_take(&p) && pending_answer(&p, 42, 0xffffffff));
	CHECK(pending_complete(&p, &effect));
	CHECK(!effect.loads && effect.writeback && effect.rn == 6 && effect.increment == -4);
}

/* As late as can be: the next access of the same vCPU is taken already. */
static void late_answer(void)
{
	struct pending p = posted(4, false, 0);
	uint32_t first = p.serial;

	CHECK(pending_take(&p));
	pending_cancel(&p); /* its partition ends */
	pending_post(&p, &(struct mmio) { .size = 4 });
	CHECK(pending_take(&p));
	CHECK(!pending_answer(&p, first, 1) && p.state == TAKEN);
	CHECK(pending_answer(&p, first + 1, 2) && p.state == DONE);
}

static const struct test_case cases[] = {
	{ "what_is_posted", what_is_posted },
	{ "every_state", every_state },
	{ "loads", loads },
	{ "stores", stores },
	{ "late_answer", late_answer },
};

TEST_MAIN("pending", cases)
