/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM_IRQ_LINE's irq word: rows 1 to 3 of the control ABI. Numbers are typed from its text. */
#include "test/unit/test.h"
#include "vgic/irq_line.h"

enum { E_NXIO = -6, E_INVAL = -22 };

struct expected {
	int result;
	enum irq_line_type type;
	uint32_t vcpu, number;
};

/* The ABI's rows, read top down. */
static struct expected expect(uint32_t type, uint32_t vcpu, uint32_t number,
			      const struct irq_line_vm *vm)
{
	struct expected no_such = { .result = E_INVAL };

	if ((type == 0 && vm->has_gic) || ((type == 1 || type == 2) && !vm->has_gic)) {
		return (struct expected) { .result = E_NXIO };
	}
	if ((type == 0 || type == 2) && vcpu >= vm->nr_vcpus) {
		return no_such;
	}
	if (type == 0 && number <= 1) {
		return (struct expected) { 0, number ? IRQ_LINE_CPU_FIQ : IRQ_LINE_CPU_IRQ, vcpu,
					   0 };
	}
	if (type == 1 && number >= 32 && number < vm->nr_irqs) {
		return (struct expected) { 0, IRQ_LINE_SPI, 0, number };
	}
	if (type == 2 && number >= 16 && number <= 31) {
		return (struct expected) { 0, IRQ_LINE_PPI, vcpu, number };
	}
	return no_such;
}

static void check_word(uint32_t type, uint32_t vcpu, uint32_t number, const struct irq_line_vm *vm)
{
	uint32_t irq = type * 0x1000000u + vcpu * 0x10000u + number;
	struct expected want = expect(type, vcpu, number, vm);
	struct irq_line line = { .type = IRQ_LINE_PPI, .vcpu = 77, .number = 88 };
	int got = irq_line_decode(irq, vm, &line);

	if (got != want.result) {
		printf("irq 0x%08x gic %d: %d, not %d\n", irq, vm->has_gic, got, want.result);
		test_failures++;
		return;
	}
	if (got == 0) {
		CHECK_EQ(line.type, want.type);
		CHECK_EQ(line.vcpu, want.vcpu);
		if (line.type == IRQ_LINE_SPI || line.type == IRQ_LINE_PPI) {
			CHECK_EQ(line.number, want.number);
		}
	} else {
		CHECK_EQ(line.vcpu, 77); /* a refused call changes nothing */
		CHECK_EQ(line.number, 88);
	}
}

static void every_word(void)
{
	static const struct irq_line_vm vms[] = {
		{ true, 1, 32 }, { true, 1, 128 }, { true, 2, 64 },    { true, 8, 1020 },
		{ false, 1, 0 }, { false, 4, 0 },  { false, 8, 1020 },
	};

	for (size_t v = 0; v < sizeof(vms) / sizeof(vms[0]); v++) {
		for (uint32_t type = 0; type < 256; type++) {
			for (uint32_t vcpu = 0; vcpu < 12; vcpu++) {
				/* beyond the known types few numbers do */
				uint32_t numbers = type < 4 ? 1100 : 40;

				for (uint32_t number = 0; number < numbers; number++) {
					check_word(type, vcpu, number, &vms[v]);
				}
				check_word(type, vcpu, 0x7fff, &vms[v]);
				check_word(type, vcpu, 0xffff, &vms[v]);
			}
			check_word(type, 255, 33, &vms[v]);
			check_word(type, 255, 20, &vms[v]);
			check_word(type, 255, 0, &vms[v]);
		}
	}
}

static int decode(uint32_t irq, bool has_gic)
{
	struct irq_line_vm vm = { has_gic, 2, 128 };
	struct irq_line line;

	return irq_line_decode(irq, &vm, &line);
}

static void known_words(void)
{
	CHECK_EQ(decode(0x00000000, false), 0);
	CHECK_EQ(decode(0x00010001, false), 0);
	CHECK_EQ(decode(0x00020000, false), E_INVAL);
	CHECK_EQ(decode(0x00000002, false), E_INVAL);
	CHECK_EQ(decode(0x00ff00ff, true), E_NXIO); /* the controller comes before the numbers */
	CHECK_EQ(decode(0x0100001f, true), E_INVAL);
	CHECK_EQ(decode(0x01000020, true), 0);
	CHECK_EQ(decode(0x01ff007f, true), 0);
	CHECK_EQ(decode(0x01000080, true), E_INVAL);
	CHECK_EQ(decode(0x01000020, false), E_NXIO);
	CHECK_EQ(decode(0x0200000f, true), E_INVAL);
	CHECK_EQ(decode(0x02010010, true), 0);
	CHECK_EQ(decode(0x0200001f, true), 0);
	CHECK_EQ(decode(0x02000020, true), E_INVAL);
	CHECK_EQ(decode(0x02020010, true), E_INVAL);
	CHECK_EQ(decode(0x02000010, false), E_NXIO);
	CHECK_EQ(decode(0x03000020, true), E_INVAL);
	CHECK_EQ(decode(0x03000000, false), E_INVAL);
	CHECK_EQ(decode(0x11000020, true), E_INVAL); /* vcpu2_index, or a type: neither exists */
	CHECK_EQ(decode(0xf1000020, false), E_INVAL);
}

static const struct test_case cases[] = {
	{ "known_words", known_words },
	{ "every_word", every_word },
};

TEST_MAIN("irq_line", cases)
