/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The short ways of frequent exits, beside the general ones: the same results for every syndrome,
 * offset, register and word. Numbers are typed from the ARM ARM, IHI 0048B and linux/kvm.h.
 */
#include "hyp/dev/pl011.h"
#include "hyp/trap/cp15.h"
#include "hyp/trap/insn.h"
#include "test/unit/test.h"
#include "vgic/vgic.h"
#include "vgic/vgic_state.h"
#include <pthread.h>

/* ---- data aborts (B3.13.6) ---- */

static void check_syndrome(uint32_t hsr, uint32_t cpsr)
{
	struct insn_access access;
	bool decodes = insn_access_from_hsr(hsr, &access);
	uint32_t status = hsr & 0x3f;
	bool word = decodes && access.size == 4 && access.rt < 8 && (status == 6 || status == 7) &&
		    !(hsr & 1u << 9) && !(cpsr & 0x220);

	CHECK_EQ(insn_is_word(hsr, cpsr), word);
	if (word) {
		CHECK(!access.reversed && !access.writeback);
		CHECK_EQ(insn_word_rt(hsr), access.rt);
		CHECK_EQ(insn_word_is_write(hsr), access.is_write);
		CHECK_EQ(insn_load_value(&access, 0x89abcdef), 0x89abcdef);
		CHECK_EQ(insn_device_value(&access, 0x89abcdef), 0x89abcdef);
	}
}

/* Each of the bits that have a meaning, and each state of the guest. */
static void syndromes(void)
{
	static const uint32_t states[] = { 0x13, 0x33, 0x213, 0x233, 0x600001d1 };

	for (uint32_t bits = 0; bits < 1u << 19; bits++) {
		uint32_t hsr = 0x93u << 24 & ~(1u << 24);

		hsr |= (bits & 0x3ff) | (bits >> 10 & 0x1ff) << 16; /* FSC..EA, SRT..ISV */
		for (uint32_t n = 0; n < sizeof(states) / sizeof(states[0]); n++) {
			check_syndrome(hsr, states[n]);
		}
	}
}

/* ---- CP15 ---- */

static void check_cp15(uint32_t hsr, uint32_t cpsr)
{
	static const struct cp15_ctx ctx = { .actlr = 0x12345678 };
	struct cp15_access access = cp15_decode(hsr);
	bool user = (cpsr & 0x1f) == 0x10;
	uint64_t value = 0;

	if (cp15_reads_actlr(hsr, cpsr)) {
		CHECK(insn_trap_passed(hsr, cpsr) && !(cpsr & 0x20));
		CHECK(!access.is_write && access.rt < 8);
		CHECK_EQ(cp15_actlr_rt(hsr), access.rt);
		CHECK_EQ(cp15_access(&ctx, &access, user, &value), CP15_OK);
		CHECK_EQ(value, 0x12345678);
	} else if (!access.is_write && access.rt < 8 && !user && !(cpsr & 0x20) &&
		   (hsr >> 20 & 0x1f) == 0x1e) {
		CHECK(cp15_access(&ctx, &access, user, &value) != CP15_OK || value != 0x12345678);
	}
}

static void registers(void)
{
	static const uint32_t classes[] = { 0x03, 0x04, 0x05, 0x08, 0x0c };
	static const uint32_t states[] = { 0x13, 0x10, 0x33, 0x800001d1 };
	static const uint32_t conditions[] = { 0x1e, 0x10, 0x0e, 0x00 };

	for (uint32_t n = 0; n < 5 * 4 * 4; n++) {
		for (uint32_t low = 0; low < 1u << 20; low++) {
			check_cp15(classes[n / 16] << 26 | 1u << 25 | conditions[n / 4 % 4] << 20 |
					   low,
				   states[n % 4]);
		}
	}
}

/* ---- the distributor ---- */

static uint32_t dice;

static uint32_t roll(void)
{
	dice = dice * 1664525u + 1013904223u;
	return dice >> 8;
}

static const struct {
	uint32_t vcpus, irqs;
} shapes[] = { { 1, 32 }, { 1, 64 }, { 2, 992 }, { 8, 1020 } };

#define LRS 4

struct twin {
	struct vgic *vgic;
	size_t size;
	void *before, *after; /* copies of its memory */
};

static struct twin twin_make(uint32_t n)
{
	struct twin t = { .size = vgic_size(shapes[n].vcpus, shapes[n].irqs) };

	t.vgic = vgic_init(malloc(t.size), shapes[n].vcpus, shapes[n].irqs, LRS);
	t.before = malloc(t.size);
	t.after = malloc(t.size);
	vgic_phys_set_owner(t.vgic, 27, VGIC_OWNER_TIMER, 27);
	if (shapes[n].irqs > 40) {
		vgic_phys_set_owner(t.vgic, 33, VGIC_OWNER_DEVICE, 0);
		vgic_phys_set_owner(t.vgic, 40, VGIC_OWNER_PASSED, 40);
		vgic_phys_set_owner(t.vgic, 41, VGIC_OWNER_PASSED, 41);
		vgic_phys_set_edge(t.vgic, 41);
	}
	return t;
}

static void twin_free(struct twin *t)
{
	free(t->vgic);
	free(t->before);
	free(t->after);
}

/* One of two ways has changed the VGIC, and `kick` is its result: keeps both, and undoes it. */
static void twin_undo(struct twin *t)
{
	memcpy(t->after, t->vgic, t->size);
	memcpy(t->vgic, t->before, t->size);
}

static void check_plain(const struct vgic *vgic)
{
	for (uint32_t n = 0; n + 1 < vgic->nr_words; n++) {
		CHECK_EQ(vgic->spi[n].plain, ~(vgic->spi[n].edge | vgic->spi[n].driven));
	}
}

/* Every word of the 4 KiB, and some past them. */
static void check_reads(const struct twin *t, uint32_t vcpu)
{
	for (uint32_t offset = 0; offset < 0x1000; offset += 4) {
		bool frequent = offset == 0 || offset == 4 || (offset >= 0x100 && offset < 0x200);
		struct mmio mmio = { offset, 4, false, 0 };
		uint32_t value = 0x5a5a5a5a;
		vgic_kick_t kick = 0;

		CHECK_EQ(vgic_dist_read_word(t->vgic, vcpu, offset, &value), frequent);
		if (frequent) {
			CHECK_EQ(vgic_dist_access(t->vgic, vcpu, &mmio, &kick), MMIO_OK);
			CHECK_EQ(value, mmio.value);
			CHECK_EQ(kick, 0);
		}
	}
}

static void check_write(struct twin *t, uint32_t vcpu, uint32_t offset, uint32_t value)
{
	struct mmio mmio = { offset, 4, true, value };
	bool frequent =
		offset >= 0x100 && offset < 0x200 && (offset & 0x7f) / 4 < t->vgic->nr_irqs / 32;
	vgic_kick_t kick = 0, want = 0;
	uint32_t moved;

	CHECK_EQ(vgic_dist_is_enable(t->vgic, offset), frequent);
	memcpy(t->before, t->vgic, t->size);
	CHECK_EQ(vgic_dist_access(t->vgic, vcpu, &mmio, &want), MMIO_OK);
	if (frequent) {
		twin_undo(t);
		moved = vgic_dist_enable(t->vgic, vcpu, offset, value);
		if (moved) {
			vgic_dist_enabled(t->vgic, vcpu, offset, moved, &kick);
		}
		CHECK_EQ(kick, want);
		CHECK(memcmp(t->vgic, t->after, t->size) == 0);
	}
}

static uint32_t settled;

/* The lines of the VGIC's SPIs, and of some that it does not have. */
static void check_line(struct twin *t, uint32_t spi, bool level)
{
	const struct irq_line line = { IRQ_LINE_SPI, 0, 32 + spi };
	const struct vgic_bank *bank = vgic_spi_bank(vgic_spi_banks(t->vgic), spi);
	bool stays = bits_rotate(vgic_spi_stays(bank, level), spi) & 1u;
	vgic_kick_t kick = 0, want = 0;
	int error;

	memcpy(t->before, t->vgic, t->size);
	error = vgic_set_line(t->vgic, &line, level, &want);
	if (stays) {
		CHECK_EQ(error, 0);
		CHECK_EQ(want, 0);
		CHECK(memcmp(t->vgic, t->before, t->size) == 0);
	}
	twin_undo(t);
	if (vgic_spi_settles(t->vgic, spi, level)) {
		CHECK(!error && !want);
		CHECK(memcmp(t->vgic, t->after, t->size) == 0);
		settled++;
	} else {
		CHECK(memcmp(t->vgic, t->before, t->size) == 0);
	}
	memcpy(t->vgic, t->before, t->size);
	CHECK_EQ(vgic_set_spi(t->vgic, spi, level, &kick), error);
	CHECK_EQ(kick, want);
	CHECK(memcmp(t->vgic, t->after, t->size) == 0);
}

/* A step of a guest or of its devices, as chance has it. */
static void step(struct twin *t)
{
	static const uint32_t rows[] = { 0x000, 0x080, 0x100, 0x180, 0x100, 0x200, 0x280, 0xc00 };
	uint32_t vcpu = roll() % t->vgic->nr_vcpus;
	uint32_t offset = rows[roll() % 8];
	vgic_kick_t kick = 0;

	if (offset) {
		offset += roll() % 32 * 4;
	}
	check_write(t, vcpu, offset, roll() << 16 ^ roll());
	if (t->vgic->nr_irqs > 32) {
		check_line(t, roll() % (t->vgic->nr_irqs - 32), roll() & 1u);
	}
	if (roll() % 8 == 0) { /* some are in list registers */
		vgic_load(t->vgic, vcpu);
		vgic_flush(t->vgic, vcpu);
	} else if (roll() % 8 == 0 && t->vgic->cpu[vcpu].loaded) {
		vgic_unload(t->vgic, vcpu, &kick);
	}
	check_plain(t->vgic);
}

static void distributor(void)
{
	for (uint32_t n = 0; n < sizeof(shapes) / sizeof(shapes[0]); n++) {
		struct twin t = twin_make(n);

		dice = n;
		check_plain(t.vgic);
		for (uint32_t i = 0; i < 3000; i++) {
			step(&t);
			if (i % 100 == 0) {
				check_reads(&t, roll() % t.vgic->nr_vcpus);
			}
		}
		vgic_reset(t.vgic);
		check_plain(t.vgic);
		twin_free(&t);
	}
	CHECK(settled > 1000);
}

/* ---- a line is read without the lock while the partition is reset ---- */

static struct vgic *resets;
static volatile bool resets_end;

static void *reset_again(void *none)
{
	for (uint32_t n = 0; n < 300000; n++) {
		vgic_reset(resets);
	}
	resets_end = true;
	return none;
}

/* A line that is high stays so through resets: else a call that lowers it meanwhile would do
 * nothing, and it would stay high. vgic_state.c is gcc's here, as in the image. */
static void reset_keeps_lines(void)
{
	struct twin t = twin_make(1);
	const struct vgic_bank *bank = vgic_spi_bank(vgic_spi_banks(t.vgic), 5);
	uint32_t low = 0, high = 0;
	vgic_kick_t kick = 0;
	pthread_t thread;

	CHECK_EQ(vgic_set_spi(t.vgic, 5, true, &kick), 0);
	resets = t.vgic;
	CHECK_EQ(pthread_create(&thread, NULL, reset_again, NULL), 0);
	while (!resets_end) {
		low += vgic_spi_stays(bank, false) >> 5 & 1u;
		high += vgic_spi_stays(bank, true) >> 5 & 1u;
	}
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK_EQ(low, 0);
	CHECK(high > 0);
	CHECK(vgic_spi_stays(bank, true) >> 5 & 1u);
	twin_free(&t);
}

/* ---- a line, and whether the interrupt is level-sensitive, are of one moment ---- */

static volatile bool reads_end;

/* SPI 5 is level-sensitive with a low line, or edge-triggered with a high one. */
static void *trigger_again(void *line)
{
	uint64_t *pair = line;

	while (!reads_end) {
		__atomic_store_n(pair, 1ull << 37, __ATOMIC_RELAXED);
		__atomic_store_n(pair, 1ull << 5, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* So many reads, not so many changes: on a busy host, the two threads may take turns. */
static void trigger_and_line(void)
{
	struct twin t = twin_make(1);
	struct vgic_bank *bank = &t.vgic->spi[0];
	uint32_t high = 0;
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, trigger_again, &bank->line), 0);
	for (uint32_t n = 0; n < 10000000; n++) {
		high += vgic_spi_stays(bank, true) >> 5 & 1u;
	}
	reads_end = true;
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK_EQ(high, 0); /* level-sensitive, with a high line */
	twin_free(&t);
}

/* ---- KVM_IRQ_LINE's words ---- */

static void check_word(uint32_t irq, const struct irq_line_vm *vm, uint32_t nr_spis)
{
	struct irq_line line;
	int error = irq_line_decode(irq, vm, &line);
	uint32_t spi = 0;

	if (irq_line_is_spi(irq, nr_spis, &spi)) {
		CHECK_EQ(error, 0);
		CHECK(line.type == IRQ_LINE_SPI && line.vcpu == 0 && line.number == 32 + spi);
	} else {
		CHECK(error || line.type != IRQ_LINE_SPI || (irq >> 16 & 0xff) != 0);
	}
	if (irq_line_has_no_type(irq)) {
		CHECK_EQ(error, -22);
	}
}

static void words(void)
{
	static const struct irq_line_vm vms[] = {
		{ true, 1, 32 }, { true, 2, 64 }, { true, 8, 1020 }, { false, 2, 0 }
	};
	static const uint32_t types[] = { 0, 1, 2, 3, 4, 127, 128, 255 };

	for (uint32_t v = 0; v < 4; v++) {
		uint32_t nr_spis = vms[v].has_gic ? vms[v].nr_irqs - 32 : 0;

		for (uint32_t n = 0; n < 8 * 3 * 0x10000u; n++) {
			check_word(types[n / 0x30000] << 24 | (n / 0x10000 % 3) << 16 |
					   (n & 0xffff),
				   &vms[v], nr_spis);
		}
	}
}

/* ---- the PL011's flags ---- */

static void flags(void)
{
	struct pl011 uart;

	pl011_reset(&uart);
	dice = 5;
	for (uint32_t i = 0; i < 200000; i++) {
		struct pl011 before = uart;
		struct mmio read = { 0x18, 4, false, 0 };
		uint32_t value = 0;
		bool known = pl011_shows_flags(&uart, &value);

		(void)pl011_access(&uart, &read);
		CHECK_EQ(read.value, value);
		CHECK(!known || memcmp(&before, &uart, sizeof(uart)) == 0);
		switch (roll() % 6) {
		case 0:
			pl011_rx_push(&uart, (uint8_t)i);
			break;
		case 1:
			(void)pl011_tx_pop(&uart);
			break;
		case 2:
			pl011_rx_poll(&uart);
			break;
		case 3:
			break;
		default: {
			static const uint32_t offsets[] = { 0, 0x2c, 0x30, 0x38, 0x44 };
			struct mmio mmio = { offsets[roll() % 5], 4, roll() % 4 != 0, roll() };

			(void)pl011_access(&uart, &mmio);
		}
		}
	}
}

static const struct test_case cases[] = {
	{ "syndromes", syndromes },
	{ "registers", registers },
	{ "distributor", distributor },
	{ "reset_keeps_lines", reset_keeps_lines },
	{ "trigger_and_line", trigger_and_line },
	{ "words", words },
	{ "flags", flags },
};

TEST_MAIN("short", cases)
