/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The script: every type of line is asserted several times and every kind of call that must be
 * refused is tried once; a table has the results. Status 0 only if all results are as expected.
 */
#include "guest/control/control.h"
#include "guest/demo/protocol.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/timer.h"
#include <stdio.h>

#define DEMO_BAD_HANDLE 99

struct demo_count {
	uint32_t asserted, delivered;
};

/* The condition on a line's state for which timer_wait_until waits. */
struct demo_watch {
	uint32_t handle, irq;
	uint32_t mask, value;
};

struct demo_refusal {
	const char *what;
	uint32_t handle, irq;
	int32_t want;
};

static uint32_t demo_gicguest, demo_rawguest;
static struct demo_count demo_gic_counts[DEMO_GIC_LINES];
static struct demo_count demo_raw_counts[2]; /* IRQ, FIQ */
static uint32_t demo_faults;
static char demo_subject[24] = "start"; /* the subject in messages about failures */

static bool demo_expect(bool ok, const char *what)
{
	if (!ok) {
		demo_faults++;
		printf("FAIL: %s: %s\n", demo_subject, what);
	}
	return ok;
}

static bool demo_has_state(void *arg)
{
	const struct demo_watch *watch = arg;
	uint32_t state = 0;

	return irq_state(watch->handle, watch->irq, &state) == 0 &&
	       (state & watch->mask) == watch->value;
}

static bool demo_wait_state(uint32_t handle, uint32_t irq, uint32_t mask, uint32_t value)
{
	struct demo_watch watch = { handle, irq, mask, value };

	return timer_wait_until(demo_has_state, &watch, DEMO_WAIT_US);
}

static uint32_t demo_line_word(const struct demo_gic_line *line)
{
	return line->intid < 32 ? kvm_irq_ppi(line->vcpu, line->intid) : kvm_irq_spi(line->intid);
}

/* The last round uses the call that sets many lines. */
static bool demo_set(uint32_t handle, uint32_t irq, uint32_t level, bool many)
{
	struct kvm_irq_level one = { .irq = irq, .level = level };

	if (many) {
		return demo_expect(kvm_irq_line_many(handle, &one, 1) == 1,
				   "many: one was applied");
	}
	return demo_expect(kvm_irq_line(handle, irq, level) == 0, "the call returns 0");
}

static void demo_assert_gic(uint32_t index, bool many)
{
	const struct demo_gic_line *line = &demo_gic_lines[index];
	uint32_t word = demo_line_word(line), echo = kvm_irq_spi(line->echo), before = 0;

	(void)snprintf(demo_subject, sizeof(demo_subject), "line %u of vCPU %u",
		       (unsigned)line->intid, (unsigned)line->vcpu);
	(void)irq_state(demo_gicguest, echo, &before);
	before &= PLUMB_IRQ_ENABLED;
	if (!demo_set(demo_gicguest, word, 1, many)) {
		return;
	}
	demo_gic_counts[index].asserted++;
	if (demo_expect(demo_wait_state(demo_gicguest, echo, PLUMB_IRQ_ENABLED,
					before ^ PLUMB_IRQ_ENABLED),
			"the guest acknowledges")) {
		demo_gic_counts[index].delivered++;
	}
	(void)demo_set(demo_gicguest, word, 0, many);
	demo_expect(demo_wait_state(demo_gicguest, word,
				    PLUMB_IRQ_LEVEL | PLUMB_IRQ_PENDING | PLUMB_IRQ_ACTIVE |
					    PLUMB_IRQ_ENABLED,
				    PLUMB_IRQ_ENABLED),
		    "lowered, the line is idle again");
}

static void demo_assert_raw(uint32_t input, bool many)
{
	uint32_t word = kvm_irq_cpu(0, input);
	uint32_t answer = input == KVM_ARM_IRQ_CPU_IRQ ? DEMO_ACK_IRQ : DEMO_ACK_FIQ;

	(void)snprintf(demo_subject, sizeof(demo_subject), "CPU line %u", (unsigned)input);
	if (!demo_set(demo_rawguest, word, 1, many)) {
		return;
	}
	demo_raw_counts[input].asserted++;
	if (demo_expect(partners_wait_answer(answer, true), "the guest acknowledges")) {
		demo_raw_counts[input].delivered++;
	}
	(void)demo_set(demo_rawguest, word, 0, many);
	demo_expect(partners_wait_answer(answer, false), "lowered, the guest leaves its handler");
}

static bool demo_find(void)
{
	demo_gicguest = vm_find("gicguest");
	demo_rawguest = vm_find("rawguest");
	return demo_expect(demo_gicguest != 0, "gicguest is there") &&
	       demo_expect(demo_rawguest != 0, "rawguest is there") &&
	       demo_expect(demo_wait_state(demo_gicguest, kvm_irq_spi(DEMO_GIC_READY),
					   PLUMB_IRQ_ENABLED, PLUMB_IRQ_ENABLED),
			   "gicguest gets ready") &&
	       demo_expect(partners_wait_answer(DEMO_RAW_READY, true), "rawguest gets ready");
}

/* Raising must be refused, and lowering too; what can be seen of the line stays as it was. */
static void demo_refuse(const struct demo_refusal *refusal)
{
	uint32_t before = 0, after = 0;
	int32_t raised, lowered;
	bool ok;

	(void)irq_state(refusal->handle, refusal->irq, &before);
	raised = kvm_irq_line(refusal->handle, refusal->irq, 1);
	(void)irq_state(refusal->handle, refusal->irq, &after);
	lowered = kvm_irq_line(refusal->handle, refusal->irq, 0);
	ok = raised == refusal->want && lowered == refusal->want && before == after;

	printf("%-44s 0x%08x  %-8s %-8s%s\n", refusal->what, (unsigned)refusal->irq,
	       hvc_errno_name(refusal->want), hvc_errno_name(raised), ok ? "" : "  FAIL");
	demo_faults += ok ? 0 : 1;
}

static void demo_refusals(void)
{
	struct vm_info gic = { 0 };
	uint32_t g = demo_gicguest, r = demo_rawguest;

	(void)vm_info(g, &gic);

	const struct demo_refusal refusals[] = {
		{ "no such partition", DEMO_BAD_HANDLE, kvm_irq_spi(40), -EBADF },
		{ "CPU IRQ, the partition has a GIC", g, kvm_irq_cpu(0, 0), -ENXIO },
		{ "CPU FIQ, the partition has a GIC", g, kvm_irq_cpu(0, 1), -ENXIO },
		{ "SPI, the partition has no GIC", r, kvm_irq_spi(40), -ENXIO },
		{ "PPI, the partition has no GIC", r, kvm_irq_ppi(0, 22), -ENXIO },
		{ "CPU line of a vCPU that does not exist", r, kvm_irq_cpu(1, 0), -EINVAL },
		{ "PPI of a vCPU that does not exist", g, kvm_irq_ppi(gic.nr_vcpus, 22), -EINVAL },
		{ "CPU line past FIQ", r, kvm_irq_cpu(0, 2), -EINVAL },
		{ "PPI below 16", g, kvm_irq_ppi(0, 15), -EINVAL },
		{ "PPI past 31", g, kvm_irq_ppi(0, 32), -EINVAL },
		{ "SPI below 32", g, kvm_irq_spi(31), -EINVAL },
		{ "SPI past the last", g, kvm_irq_spi(gic.nr_irqs), -EINVAL },
		{ "type 3", g, kvm_irq_word(3, 0, 40), -EINVAL },
		{ "top nibble not 0", g, kvm_irq_word(0x11, 0, 40), -EINVAL },
		{ "SPI that the console drives", g, kvm_irq_spi(33), -EBUSY },
		{ "timer's PPI: accepted, without effect", g, kvm_irq_ppi(0, 27), 0 },
	};

	printf("%-44s %-10s  %-8s %-8s\n", "call that must change nothing", "irq", "expected",
	       "returned");
	for (uint32_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		demo_refuse(&refusals[i]);
	}
	printf("%-44s %-10s  %-8s (gicguest tries it)\n", "line of a partition without the right",
	       "", "EPERM");
}

static void demo_row(const char *partition, const char *line, const char *kind, uint32_t vcpu,
		     const struct demo_count *count)
{
	bool ok = count->asserted == count->delivered;

	printf("%-9s %-7s %-6s %4u %9u %9u%s\n", partition, line, kind, (unsigned)vcpu,
	       (unsigned)count->asserted, (unsigned)count->delivered, ok ? "" : "  FAIL");
	demo_faults += ok ? 0 : 1;
}

static void demo_table(void)
{
	printf("%-9s %-7s %-6s %4s %9s %9s\n", "partition", "line", "kind", "vCPU", "asserted",
	       "delivered");
	demo_row("rawguest", "CPU IRQ", "level", 0, &demo_raw_counts[KVM_ARM_IRQ_CPU_IRQ]);
	demo_row("rawguest", "CPU FIQ", "level", 0, &demo_raw_counts[KVM_ARM_IRQ_CPU_FIQ]);
	for (uint32_t i = 0; i < DEMO_GIC_LINES; i++) {
		const struct demo_gic_line *line = &demo_gic_lines[i];
		char name[16];

		(void)snprintf(name, sizeof(name), "%s %u", line->intid < 32 ? "PPI" : "SPI",
			       (unsigned)line->intid);
		demo_row("gicguest", name, line->edge ? "edge" : "level", line->vcpu,
			 &demo_gic_counts[i]);
	}
}

int demo_run(void)
{
	uint32_t rounds = guest_arg("rounds", DEMO_ROUNDS);

	if (!demo_find()) {
		return 1;
	}
	for (uint32_t round = 1; round <= rounds; round++) {
		for (uint32_t i = 0; i < DEMO_GIC_LINES; i++) {
			demo_assert_gic(i, round == rounds);
		}
		demo_assert_raw(KVM_ARM_IRQ_CPU_IRQ, round == rounds);
		demo_assert_raw(KVM_ARM_IRQ_CPU_FIQ, round == rounds);
	}
	demo_refusals();
	(void)snprintf(demo_subject, sizeof(demo_subject), "end");
	demo_expect(partners_end(demo_gicguest, demo_rawguest),
		    "both guests end and agree with their counts");
	demo_table();
	printf("demo: %s\n", demo_faults == 0 ? "everything as expected" : "FAILED");
	return demo_faults == 0 ? 0 : 1;
}
