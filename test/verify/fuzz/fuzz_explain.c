/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state report of any vCPU, into any buffer: every line ends, is printable, says whose it is,
 * and stays in its buffer.
 */
#include "hyp/text/explain.h"
#include "test/verify/fuzz/fuzz.h"

#define MOST 999999 /* milliseconds that are told */

static uint32_t any_intid(struct fuzz_input *in)
{
	uint32_t byte = fuzz_byte(in);

	return byte < 64 ? 0xffff : byte * 4 % 1020;
}

static void any_view(struct fuzz_input *in, struct vgic_view *view)
{
	uint32_t bits = fuzz_byte(in);

	view->hold = (enum vgic_hold)(fuzz_byte(in) % (VGIC_HOLD_ACTIVE + 1));
	view->intid = any_intid(in);
	view->active = any_intid(in);
	view->open_other = any_intid(in);
	view->fiq = bits & 1;
	view->open_timer[0] = bits & 2;
	view->open_timer[1] = bits & 4;
	view->open_sgi = bits & 8;
}

static struct explain_vcpu any_vcpu(struct fuzz_input *in, char name[16])
{
	struct explain_vcpu vcpu = { .name = name };
	uint32_t length = fuzz_byte(in) % 15u + 1;
	uint32_t bits = fuzz_byte(in);

	for (uint32_t n = 0; n < length; n++) {
		name[n] = (char)('a' + fuzz_byte(in) % 26u);
	}
	name[length] = 0;
	vcpu.index = fuzz_byte(in) % 8u;
	vcpu.where = (enum explain_where)(fuzz_byte(in) % (EXPLAIN_MUTE + 1));
	vcpu.insn = (enum explain_insn)(fuzz_byte(in) % (EXPLAIN_WFE + 1));
	vcpu.cpu = fuzz_byte(in) % 8u;
	vcpu.alone = bits & 1;
	vcpu.loops = bits & 2;
	vcpu.has_gic = bits & 4;
	vcpu.irq_line = bits & 8;
	vcpu.fiq_line = bits & 16;
	vcpu.pc = fuzz_word(in);
	vcpu.cpsr = fuzz_word(in);
	vcpu.vectors = bits & 32 ? vcpu.pc - bits % 32u : fuzz_word(in);
	any_view(in, &vcpu.view);
	for (uint32_t n = 0; n < 2; n++) {
		vcpu.timer[n].armed = fuzz_byte(in) & 1;
		vcpu.timer[n].left =
			explain_milliseconds(fuzz_long(in), fuzz_long(in), fuzz_word(in));
	}
	for (uint32_t n = 0; n < PLUMB_STAT_COUNT; n++) {
		vcpu.stats[n] = fuzz_long(in) >> (fuzz_byte(in) % 64u);
	}
	return vcpu;
}

static void check_line(const struct explain_vcpu *vcpu, uint32_t n, uint32_t size)
{
	char line[256];
	char start[64];
	size_t length;

	memset(line, '#', sizeof(line));
	length = explain_line(vcpu, n, line, size);
	CHECK(length == 0 || length < size);
	for (size_t at = size; at < sizeof(line); at++) {
		CHECK(line[at] == '#');
	}
	if (length == 0) {
		return;
	}
	CHECK(n < 4 && line[length] == 0);
	for (size_t at = 0; at < length; at++) {
		CHECK(line[at] >= ' ' && line[at] <= '~');
	}
	snprintf(start, sizeof(start), "state: %s vcpu %u: ", vcpu->name, vcpu->index);
	if (length >= strlen(start)) {
		CHECK(strncmp(line, start, strlen(start)) == 0);
	}
}

/* What a timer does, in words: all of them. */
static void timer_text(const struct explain_timer *timer, char text[32])
{
	bool due = timer->left <= 0;

	if (timer->armed) {
		snprintf(text, 32, "%s %d ms", due ? "overdue by" : "due in",
			 due ? -timer->left : timer->left);
	} else {
		snprintf(text, 32, "off");
	}
}

static void check_timers(const struct explain_vcpu *vcpu, const char *line)
{
	char virt[32], phys[32], want[128];

	timer_text(&vcpu->timer[0], virt);
	timer_text(&vcpu->timer[1], phys);
	snprintf(want, sizeof(want), "; timers: virtual %s, physical %s", virt, phys);
	CHECK(!vcpu->has_gic || (strlen(line) > strlen(want) &&
				 strcmp(line + strlen(line) - strlen(want), want) == 0));
}

/* Lines that glue prints must be whole: its buffer has 190 bytes. Exits of 20 digits each, more
 * than a vCPU could do in 1000 years, may be cut. */
static void check_whole(const struct explain_vcpu *vcpu)
{
	char line[190];
	char roomy[512];

	for (uint32_t n = 0; n < 4; n++) {
		size_t length = explain_line(vcpu, n, roomy, sizeof(roomy));

		if (n != 2) {
			CHECK_EQ(explain_line(vcpu, n, line, sizeof(line)), length);
		}
		if (n == 1 && length > 0) {
			check_timers(vcpu, roomy);
		}
	}
}

/* Against 128 bits: |deadline - now| ticks at `rate` a second, rounded down, at most MOST. */
static void check_milliseconds(uint64_t deadline, uint64_t now, uint32_t rate)
{
	bool late = deadline < now;
	uint64_t ticks = late ? now - deadline : deadline - now;
	unsigned __int128 ms = rate ? (unsigned __int128)ticks * 1000u / rate : MOST;
	int32_t got = explain_milliseconds(deadline, now, rate);

	/* Near the limit either form will do. */
	if (ms < MOST - 1000) {
		CHECK_EQ(got, (uint64_t)(late ? -(int64_t)ms : (int64_t)ms));
	} else {
		CHECK(late ? got >= -MOST && got <= 1000 - MOST
			   : got <= MOST && got >= MOST - 1000);
	}
}

/* ARM ARM A8.8.424, A8.8.425: cond 0011 0010 0000 1111 0000 0000 001x; Thumb T1, T2. */
static void check_hint(uint32_t word, uint32_t how)
{
	enum explain_insn want = EXPLAIN_OTHER;
	enum explain_insn got = explain_instruction(word, how != 0, how == 2);

	if ((how == 0 && (word & 0x0fffffffu) == 0x0320f003u && word < 0xf0000000u) ||
	    (how == 1 && (word & 0xffffu) == 0xbf30u) || (how == 2 && word == 0xf3af8003u)) {
		want = EXPLAIN_WFI;
	} else if ((how == 0 && (word & 0x0fffffffu) == 0x0320f002u && word < 0xf0000000u) ||
		   (how == 1 && (word & 0xffffu) == 0xbf20u) || (how == 2 && word == 0xf3af8002u)) {
		want = EXPLAIN_WFE;
	}
	CHECK_EQ(got, want);
}

/* Hints and their neighbours, or any word. */
static uint32_t any_hint(struct fuzz_input *in)
{
	static const uint32_t bases[] = { 0x0320f000, 0xf3af8000, 0xbf00 };
	uint32_t how = fuzz_byte(in);
	uint32_t word = fuzz_word(in);

	if (how % 4 == 3) {
		return word;
	}
	word = bases[how % 4] | (how % 4 == 2 ? word & 0xff : word & 0x1f);
	return how % 4 == 0 ? word | (how >> 4) << 28 : word;
}

unsigned fuzz_explain(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };
	char name[16];

	while (fuzz_more(&in) && !test_failures) {
		struct explain_vcpu vcpu = any_vcpu(&in, name);
		uint32_t room = fuzz_byte(&in);
		uint64_t deadline = fuzz_long(&in);
		uint64_t now = fuzz_byte(&in) % 2 ? fuzz_long(&in) : deadline - fuzz_word(&in);
		uint32_t hint = any_hint(&in);

		for (uint32_t n = 0; n < 6; n++) {
			check_line(&vcpu, n, room);
		}
		check_whole(&vcpu);
		check_milliseconds(deadline, now, fuzz_word(&in));
		check_hint(hint & 0xffffu, 1);
		check_hint(hint, fuzz_byte(&in) % 2 * 2u);
	}
	return fuzz_failures();
}
