/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searches for what the monitor works at longest with interrupts masked. A recipe puts the
 * distributor, with all its interrupts and vCPUs, into a state and then makes accesses and calls;
 * each is timed (-icount shift=0: an instruction takes 1 ns). The search climbs: a change to a
 * recipe stays if the longest time of it is not shorter; after some changes in vain it starts anew.
 * All is drawn from `seed`, so a run can be repeated. These times include the work for other vCPUs
 * and partitions; the stretches themselves are counted outside (test/stretch/stretch.c).
 *
 * Arguments: vcpus=N, seed=N, tries=N; busy=N: that many of the other vCPUs make accesses, too,
 * which matters where they have CPUs of their own.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include "guest/lib/uart.h"
#include "guest/test/random.h"
#include <stdio.h>
#include <string.h>

#define STRETCH_IRQS	 1020u
#define STRETCH_WORDS	 32u
#define STRETCH_OPS	 24u
#define STRETCH_STALE	 12u /* changes in vain */
#define STRETCH_WAKES	 32u /* of a sleeper, until it turns itself off */
#define STRETCH_LINES	 16u /* of KVM_IRQ_LINE, many, that are applied in one go */
#define STRETCH_NAP_US	 20u
#define STRETCH_LOW	 0x08u /* the sleepers' PMR: they hear priority 0 only */
#define STRETCH_CHILD_US 1000000u

enum gene {
	GENE_ENABLED,
	GENE_GROUP,
	GENE_EDGE,
	GENE_PENDING,
	GENE_ACTIVE,
	GENE_LINES,
	GENE_PRIORITY,
	GENE_TARGETS,
	GENE_CTLR,
	GENE_PMR,
	GENE_ACKS,
	GENE_SPLIT,
	GENE_OPS, /* the first of STRETCH_OPS */
	GENES = GENE_OPS + STRETCH_OPS
};

struct recipe {
	uint32_t gene[GENES];
};

enum op {
	OP_READ,
	OP_WRITE,
	OP_CTLR,
	OP_PRIORITY,
	OP_TARGETS,
	OP_DIR,
	OP_ACK,
	OP_EOI,
	OP_SGI,
	OP_LINE,
	OP_LINES,
	OP_STATE,
	OP_WFI,
	OP_TIMER,
	OP_UART,
	OP_START,
	OP_CALL,
	OPS
};

static const char *const op_names[OPS] = {
	"GICD read",	 "GICD write",	  "GICD_CTLR", "GICD_IPRIORITYR", "GICD_ITARGETSR",
	"GICC_DIR",	 "GICC_IAR",	  "GICC_EOIR", "GICD_SGIR",	  "KVM_IRQ_LINE",
	"sixteen lines", "GET_IRQ_STATE", "WFI",       "timer",		  "UART",
	"CPU_ON",	 "another call",
};

static uint32_t random_state, nr_vcpus, nr_busy, acked, acked_iar[8];
static volatile uint32_t sleepers;
static volatile uint32_t lines_cookie;

static uint32_t draw_from(uint32_t *state)
{
	return random_next(state);
}

static uint32_t draw(void)
{
	return draw_from(&random_state);
}

/* A word of a row of one-bit registers. */
static uint32_t pattern(uint32_t gene, uint32_t word)
{
	static const uint32_t fixed[] = { 0xffffffff, 0xffffffff, 0,	     0x55555555,
					  0xaaaaaaaa, 0x0f0f0f0f, 0xffff0000 };

	if (gene % 8 < 7) {
		return fixed[gene % 8];
	}
	return (gene >> 3) * 2654435761u * (word + 1);
}

static uint32_t priority_byte(uint32_t gene, uint32_t intid)
{
	switch (gene % 8) {
	case 0:
		return 0xf8 - (intid / 4 & 0xf8);
	case 1:
		return intid / 4 & 0xf8;
	case 2:
		return intid * 8 & 0xf8;
	case 3:
		return 0xf8 - (intid * 8 & 0xf8);
	case 4:
		return gene >> 3 & 0xf8;
	case 5:
		return (gene >> 3) * 2654435761u * intid >> 24 & 0xf8;
	case 6:
		return intid / 32 * 8 & 0xf8;
	default:
		return intid % 32 ? 0xf8 - (intid % 32 * 8 & 0xf8) : 8;
	}
}

static uint32_t targets_byte(uint32_t gene, uint32_t intid)
{
	switch (gene % 6) {
	case 0:
		return 1;
	case 1:
		return 2;
	case 2:
		return 1u << intid % 8;
	case 3:
		return 0xff;
	case 4:
		return (gene >> 3) * 2654435761u * intid >> 24;
	default:
		return 1u << (intid / 32) % 8;
	}
}

static uint32_t four(uint32_t (*byte)(uint32_t, uint32_t), uint32_t gene, uint32_t intid)
{
	uint32_t value = 0;

	for (uint32_t n = 0; n < 4; n++) {
		value |= (byte(gene, intid + n) & 0xff) << 8 * n;
	}
	return value;
}

/* All words of a row but the first, in which the timer and SGIs are. */
static void row(uint32_t offset, uint32_t gene)
{
	for (uint32_t n = 1; n < STRETCH_WORDS; n++) {
		gic_dist_write(offset + 4 * n, pattern(gene, n));
	}
}

/* Sixteen lines, the first of them `first` or spread over all words. */
static void drive(uint32_t first, bool spread, uint32_t level)
{
	static struct kvm_irq_level lines[STRETCH_LINES];

	for (uint32_t i = 0; i < STRETCH_LINES; i++) {
		lines[i].irq = kvm_irq_spi(32 + (spread ? 61 * i + first : first + i) %
							(STRETCH_IRQS - 32));
		lines[i].level = level;
	}
	(void)kvm_irq_line_many(0, lines, STRETCH_LINES);
}

/* Ends whatever is in progress. */
static void clear(void)
{
	gic_dist_write(GICD_CTLR, 0);
	row(GICD_ICACTIVER, 0);
	row(GICD_ICPENDR, 0);
	gic_set_eoi_mode(false);
	for (; acked; acked--) {
		gic_eoi(acked_iar[acked - 1]);
	}
}

static void sleeper(void *arg);
static void disturber(void *arg);

/* Number n of the other vCPUs: it makes accesses, or sleeps. */
static void start(uint32_t n)
{
	(void)smp_start(n, n <= nr_busy ? disturber : sleeper, (void *)(uintptr_t)n);
}

static void prepare(const struct recipe *recipe)
{
	const uint32_t *gene = recipe->gene;

	gic_set_pmr(0);
	clear();
	for (uint32_t n = 1; n < nr_vcpus; n++) {
		start(n);
	}
	row(GICD_ICENABLER, 0);
	row(GICD_ISENABLER, gene[GENE_ENABLED]);
	row(GICD_IGROUPR, gene[GENE_GROUP] | 2); /* not all of them */
	for (uint32_t n = 2; n < 2 * STRETCH_WORDS; n++) {
		gic_dist_write(0xc00 + 4 * n, pattern(gene[GENE_EDGE], n) & 0xaaaaaaaa);
	}
	for (uint32_t n = 32; n < STRETCH_IRQS; n += 4) {
		gic_dist_write(GICD_IPRIORITYR + n, four(priority_byte, gene[GENE_PRIORITY], n));
		gic_dist_write(GICD_ITARGETSR + n, four(targets_byte, gene[GENE_TARGETS], n));
	}
	for (uint32_t n = 0; n < gene[GENE_LINES] % 8 * 8; n++) {
		drive(16 * n, gene[GENE_LINES] & 8, n & 1);
	}
	row(GICD_ISPENDR, gene[GENE_PENDING]);
	gic_dist_write(GICD_CTLR, gene[GENE_CTLR] & 3);
	gic_set_pmr(gene[GENE_PMR] & 0xff);
	gic_set_eoi_mode(gene[GENE_SPLIT] & 1);
	for (acked = 0; acked < gene[GENE_ACKS] % 8; acked++) {
		acked_iar[acked] = gic_ack();
		if (GIC_INTID(acked_iar[acked]) >= 1020) {
			break;
		}
	}
	row(GICD_ISACTIVER, gene[GENE_ACTIVE] & 1 ? 2 : gene[GENE_ACTIVE]);
}

/* Only where nothing that is active can hold back the timer, and no other vCPU turns it off. */
static void nap(void)
{
	if (acked || nr_busy) {
		return;
	}
	gic_dist_write(GICD_CTLR, 3);
	gic_clear_active(GIC_PPI_CNTV);
	gic_set_pmr(0xff);
	timer_start_us(STRETCH_NAP_US);
	cpu_wfi();
	timer_stop();
}

static void call(uint32_t value)
{
	static const uint32_t functions[] = {
		PLUMB_GET_VM_INFO, PLUMB_GET_STATS,	  PLUMB_GET_VM_NAME,  PLUMB_GET_API_VERSION,
		PLUMB_CALL_UID,	   PLUMB_CHECK_EXTENSION, PSCI_AFFINITY_INFO, PSCI_FEATURES,
		PSCI_CPU_ON,	   PLUMB_IRQ_LINE_STATUS, SMCCC_VERSION,      0,
	};

	(void)hvc_call(functions[(value >> 8) % (sizeof(functions) / sizeof(functions[0]))],
		       value >> 12 & 1, value >> 13 & 7, value >> 16 & 15);
}

/* Any word of the distributor but GICD_SGIR, and not the first of a row: the timer and SGIs. */
static uint32_t any_offset(uint32_t value)
{
	uint32_t offset = value >> 8 & 0xffc;

	return offset == GICD_SGIR ? GICD_CTLR : offset;
}

static void operate(uint32_t gene)
{
	uint32_t value = pattern(gene >> 5, gene >> 8);
	uint32_t intid = 32 + (gene >> 8) % (STRETCH_IRQS - 32);

	switch (gene % OPS) {
	case OP_READ:
		(void)gic_dist_read(any_offset(gene));
		break;
	case OP_WRITE:
		gic_dist_write(0x80 + (gene >> 8) % 7 * 0x80 + (1 + (gene >> 11) % 31) * 4, value);
		break;
	case OP_CTLR:
		gic_dist_write(GICD_CTLR, gene >> 8 & 3);
		break;
	case OP_PRIORITY:
		gic_dist_write(GICD_IPRIORITYR + (intid & ~3u), value & 0xf8f8f8f8);
		break;
	case OP_TARGETS:
		gic_dist_write(GICD_ITARGETSR + (intid & ~3u), value);
		break;
	case OP_DIR:
		gic_dir(intid);
		break;
	case OP_ACK:
		if (acked < 8) {
			acked_iar[acked] = gic_ack();
			acked += GIC_INTID(acked_iar[acked]) < 1020;
		}
		break;
	case OP_EOI:
		if (acked) {
			gic_eoi(acked_iar[--acked]);
		}
		break;
	case OP_SGI:
		gic_dist_write(GICD_SGIR, (gene >> 8 & 3) << 24 | (gene >> 10 & 0xff) << 16 |
						  (gene >> 18 & 15));
		break;
	case OP_LINE:
		(void)kvm_irq_line(0, kvm_irq_spi(intid), gene >> 20 & 1);
		break;
	case OP_LINES:
		drive(gene >> 8 & 0x3ff, gene >> 20 & 1, gene >> 21 & 1);
		break;
	case OP_STATE: {
		uint32_t state;

		(void)irq_state(0, kvm_irq_spi(intid), &state);
		break;
	}
	case OP_WFI:
		nap();
		break;
	case OP_TIMER:
		timer_start_us(1);
		timer_delay_us(2);
		timer_stop();
		break;
	case OP_UART:
		(void)mmio_read32(UART_BASE + 0x18);
		mmio_write32(UART_BASE + 0x38, gene >> 8 & 0x7ff); /* its interrupts */
		mmio_write32(UART_BASE + 0x38, 0);
		break;
	case OP_START:
		start(1 + (gene >> 8) % 7);
		break;
	default:
		call(gene);
		break;
	}
}

/* The longest of the recipe's operations. */
static uint32_t attempt(const struct recipe *recipe, uint32_t *which)
{
	uint32_t tick = 1000000000u / timer_frequency();
	uint32_t longest = 0;

	prepare(recipe);
	for (uint32_t n = 0; n < STRETCH_OPS; n++) {
		uint64_t began = timer_count();
		uint32_t took;

		operate(recipe->gene[GENE_OPS + n]);
		(void)gic_cpu_read(GICC_PMR); /* a maintenance interrupt comes before this */
		took = (uint32_t)(timer_count() - began) * tick;
		if (took > longest && recipe->gene[GENE_OPS + n] % OPS != OP_WFI &&
		    recipe->gene[GENE_OPS + n] % OPS != OP_TIMER) {
			longest = took;
			*which = n;
		}
	}
	return longest;
}

static void draw_recipe(struct recipe *recipe)
{
	for (uint32_t n = 0; n < GENES; n++) {
		recipe->gene[n] = draw() >> 3;
	}
}

static void change(struct recipe *recipe)
{
	for (uint32_t n = 1 + draw() % 3; n; n--) {
		recipe->gene[draw() % GENES] = draw() >> 3;
	}
}

static uint32_t search(uint32_t tries)
{
	struct recipe best, next;
	uint32_t of_best = 0, longest = 0, stale = 0;

	draw_recipe(&best);
	for (uint32_t n = 0; n < tries; n++) {
		uint32_t which = 0, took;

		next = best;
		if (of_best) {
			change(&next);
		}
		took = attempt(&next, &which);
		stale = took > of_best ? 0 : stale + 1;
		if (took >= of_best) {
			best = next;
			of_best = took;
		}
		if (took > longest) {
			longest = took;
			printf("SEARCH: try %u: %u ns: %s\n", (unsigned)n, (unsigned)took,
			       op_names[next.gene[GENE_OPS + which] % OPS]);
		}
		if (stale == STRETCH_STALE) {
			draw_recipe(&best);
			of_best = 0;
			stale = 0;
		}
	}
	return longest;
}

/* Hears the highest priority only, and ends what it takes; takes a rest for good after some. */
static void sleeper(void *arg)
{
	(void)arg;
	gic_init_cpu();
	gic_set_pmr(STRETCH_LOW);
	(void)smp_add(&sleepers, 1);
	for (uint32_t n = 0; n < STRETCH_WAKES; n++) {
		uint32_t iar;

		cpu_wfi();
		iar = gic_ack();
		if (GIC_INTID(iar) < STRETCH_IRQS) {
			gic_eoi(iar);
		}
	}
}

/* Accesses that need nothing of vCPU 0's. */
static void disturber(void *arg)
{
	static const uint8_t ops[] = { OP_READ,	   OP_WRITE, OP_WRITE, OP_CTLR,
				       OP_TARGETS, OP_SGI,   OP_LINE,  OP_STATE };
	uint32_t state = (random_state ^ ((uint32_t)(uintptr_t)arg * 2654435761u)) | 1;

	gic_init_cpu();
	gic_set_pmr(STRETCH_LOW);
	for (uint32_t n = 0; n < STRETCH_WAKES; n++) {
		uint32_t gene = draw_from(&state) >> 3;

		operate(gene - gene % OPS + ops[draw_from(&state) % sizeof(ops)]);
	}
}

int main(void)
{
	uint32_t tries = guest_arg("tries", 40);

	random_state = guest_arg("seed", 1) * 2654435761u | 1;
	nr_vcpus = guest_arg("vcpus", 1);
	nr_busy = guest_arg("busy", 0);
	gic_init();
	gic_enable(GIC_PPI_CNTV);
	gic_set_priority(GIC_PPI_CNTV, 0);
	(void)search(tries);
	gic_set_pmr(0);
	clear();
	(void)report_check(true, "%u recipes", (unsigned)tries);
	report_summary();
}
