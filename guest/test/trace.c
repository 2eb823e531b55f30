/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PLUMB_TRACE: known events are found in the rings, in their order. `near` shares this CPU and
 * always runs, `far` spins on CPU 1, `poor` is this program without the right (bootargs: poor).
 */
#include "guest/lib/gic.h"
#include "guest/lib/irq.h"
#include "guest/test/peer.h"

#define TRACE 0x86000f1a
enum { OFF, ON, INFO, READ };
enum { EPOCH = 1, SCHEDULE, EXIT, IRQ, HYPERCALL, ENTRY, LINE, LR, EOI, KICK };

#define EPERM_	((uint32_t)-1)
#define ENOENT_ ((uint32_t)-2)
#define EINVAL_ ((uint32_t)-22)

#define KVM_IRQ_LINE_	  0x86000061u
#define PSCI_VERSION_	  0x84000000u
#define TRACE_SPI	  40u
#define TRACE_WORD	  0x01000028u /* KVM_IRQ_LINE: SPI 40 */
#define TRACE_SGI	  3u
#define TRACE_EVENTS	  4096u
#define TRACE_ANY	  0u
#define TRACE_PENDING	  0x10000000u /* GICH_LR: IHI 0048B 5.3.8 */
#define TRACE_LR_INTID(n) (TRACE_PENDING | (n))
#define TRACE_LR_MASK	  0x100003ffu
#define TRACE_HSR_ABORT	  0x90000000u /* a data abort from a guest: class 0x24 */
#define TRACE_HSR_CLASS	  0xfc000000u

struct trace_event {
	uint32_t head, time, word[2];
};

static struct trace_event trace_events[TRACE_EVENTS];
static uint32_t trace_count, trace_at; /* of trace_events; the next one to look at */
static uint32_t trace_self;
static volatile uint32_t trace_taken, trace_sgis;

static uint32_t trace_op(uint32_t op)
{
	return hvc_call(TRACE, op, 0, 0).r0;
}

static void trace_on_line(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	trace_taken++;
	(void)kvm_irq_line(0, TRACE_WORD, 0);
}

static void trace_on_sgi(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	trace_sgis++;
}

/* What is pending is taken. */
static void trace_let(void)
{
	cpu_irq_enable();
	cpu_isb();
	cpu_irq_disable();
}

static void trace_refused(void)
{
	struct smccc_result read = hvc_call(TRACE, READ, 0, 0);

	(void)report_equal(read.r0, ENOENT_, "nothing is recorded");
	(void)report_equal(hvc_call(TRACE, INFO, 0, 0).r1, 0, "no events");
	(void)report_equal(hvc_call(TRACE, INFO, 2, 0).r0, ENOENT_,
			   "INFO of a CPU that is not there");
	(void)report_equal(hvc_call(TRACE, READ, 0xffffffff, 0).r0, ENOENT_,
			   "READ of a CPU that is not there");
	(void)report_equal(trace_op(4), EINVAL_, "operation 4");
	(void)report_equal(trace_op(0xffffffff), EINVAL_, "operation 0xffffffff");
	(void)report_equal(trace_op(OFF), 0, "off, when it is off");
}

/* The ring of a CPU, as far as it is kept. */
static void trace_take(uint32_t cpu)
{
	struct smccc_result info = hvc_call(TRACE, INFO, cpu, 0);
	uint32_t wrong = 0, late = 0;

	trace_at = 0;
	trace_count = info.r1 - info.r2;
	for (uint32_t n = 0; n < trace_count && n < TRACE_EVENTS; n++) {
		struct smccc_result event = hvc_call(TRACE, READ, cpu, info.r2 + n);

		wrong += (int32_t)event.r0 <= 0 || (event.r0 & 0xff) > KICK;
		trace_events[n] =
			(struct trace_event) { event.r0, event.r1, { event.r2, event.r3 } };
		late += n && (int32_t)(event.r1 - trace_events[n - 1].time) < 0;
	}
	(void)report_check(trace_count >= 3 && trace_count <= TRACE_EVENTS, "CPU %u: %u events",
			   (unsigned)cpu, (unsigned)trace_count);
	(void)report_equal(wrong, 0, "CPU %u: each is read", (unsigned)cpu);
	(void)report_equal(late, 0, "CPU %u: none is earlier than the one before", (unsigned)cpu);
}

/* The next event like this one, from trace_at on: handle 0 stands for all. */
static bool trace_next(uint32_t kind, uint32_t handle, uint32_t mask, uint32_t word0,
		       uint32_t word1)
{
	while (trace_at < trace_count) {
		const struct trace_event *e = &trace_events[trace_at++];

		if ((e->head & 0xff) == kind && (!handle || (e->head >> 8 & 0xff) == handle) &&
		    (e->word[0] & mask) == word0 && (word1 == TRACE_ANY || e->word[1] == word1)) {
			return true;
		}
	}
	return false;
}

/* The list register event has the INTID in its second word. */
static bool trace_next_lr(uint32_t handle, uint32_t intid)
{
	while (trace_at < trace_count) {
		const struct trace_event *e = &trace_events[trace_at++];

		if ((e->head & 0xff) == LR && (e->head >> 8 & 0xff) == handle &&
		    (e->word[1] & TRACE_LR_MASK) == TRACE_LR_INTID(intid)) {
			return true;
		}
	}
	return false;
}

static void trace_look_own(void)
{
	(void)report_check(trace_events[0].head == EPOCH, "the first one is the epoch");
	(void)report_check(trace_next(SCHEDULE, trace_self, 0, 0, 0), "then who runs");
	(void)report_check(trace_next(HYPERCALL, trace_self, ~0u, PSCI_VERSION_, 0x5678),
			   "PSCI_VERSION, and its r1");
	(void)report_check(trace_next(ENTRY, trace_self, 0, 0, 0x00010000), "it returns 1.0");
	(void)report_check(trace_next(HYPERCALL, trace_self, ~0u, KVM_IRQ_LINE_, 0),
			   "KVM_IRQ_LINE");
	(void)report_check(trace_next(LINE, trace_self, ~0u, TRACE_WORD, 0x80000000),
			   "SPI 40 of itself, high");
	(void)report_check(trace_next_lr(trace_self, TRACE_SPI), "SPI 40 in a list register");
	(void)report_check(trace_next(ENTRY, trace_self, 0, 0, 0), "the guest goes on");
	(void)report_check(trace_next(LINE, trace_self, ~0u, TRACE_WORD, 0) &&
				   !(trace_events[trace_at - 1].word[1] >> 31),
			   "its handler lowers it");
	(void)report_check(trace_next(EOI, trace_self, ~0u, TRACE_SPI, 0), "and ends it");
	(void)report_check(trace_next(EXIT, trace_self, TRACE_HSR_CLASS, TRACE_HSR_ABORT, 0),
			   "the write of GICD_SGIR");
	(void)report_check(trace_next_lr(trace_self, TRACE_SGI), "SGI 3 in a list register");
	(void)report_check(trace_next(EOI, trace_self, ~0u, TRACE_SGI, 0), "it is ended");
}

/* To `far` on CPU 1; then this CPU runs `near` while this vCPU sleeps. */
static void trace_look_others(const struct peer *near, const struct peer *far)
{
	(void)report_check(trace_next(LINE, trace_self, ~0u, TRACE_WORD, 0x80000000 | far->handle),
			   "SPI 40 of far, high");
	if (hvc_call(PLUMB_CHECK_EXTENSION, PLUMB_CAP_IRQ_NO_EXIT, 0, 0).r0) {
		(void)report_check(trace_next_lr(far->handle, TRACE_SPI) &&
					   trace_events[trace_at - 1].word[0] >> 8 == 1,
				   "in a list register of CPU 1");
	} else {
		(void)report_check(trace_next(KICK, trace_self, ~0u, 1, 0), "a kick to CPU 1");
	}
	(void)report_check(trace_next(EXIT, trace_self, TRACE_HSR_CLASS, 0x04000000, 0), "WFI");
	(void)report_check(trace_next(SCHEDULE, near->handle, 0, 0, 0), "near is chosen");
	(void)report_check(trace_next(ENTRY, near->handle, 0, 0, 0), "and entered");
	(void)report_check(trace_next(IRQ, near->handle, 0, 0, 0), "an interrupt");
	(void)report_check(trace_next(SCHEDULE, trace_self, 0, 0, 0), "then this one again");
	(void)report_check(trace_next_lr(trace_self, GIC_PPI_CNTV), "for its timer");
	(void)report_check(trace_next(EOI, trace_self, ~0u, GIC_PPI_CNTV, 0), "which it ends");
	(void)report_check(trace_next(HYPERCALL, trace_self, ~0u, TRACE, OFF), "off");
	(void)report_check(trace_next(KICK, trace_self, ~0u, 1, 0), "CPU 1 is told");
	(void)report_equal(trace_at, trace_count, "nothing comes after it");
}

static void trace_look_far(const struct peer *far)
{
	trace_take(1);
	(void)report_check(trace_next(SCHEDULE, far->handle, 0, 0, 0), "CPU 1 runs far");
	(void)report_check(trace_next(LINE, far->handle, ~0u, TRACE_WORD, 0),
			   "which lowers its line");
	(void)report_check(trace_next(ENTRY, far->handle, 0, 0, 0), "and goes on");
}

/* Makes the events, in the order in which they are looked for. The agents work meanwhile, as their
 * polls are hypercalls, and would fill the rings. */
static void trace_make(struct peer *near, struct peer *far)
{
	(void)peer_call(near, AGENT_WORK, 50000, 0);
	(void)peer_call(far, AGENT_SPIN, 20000, 0);
	(void)report_equal(trace_op(ON), 0, "on");
	nap(1000); /* CPU 1 has heard of it */
	(void)hvc_call(PSCI_VERSION_, 0x5678, 0, 0);
	(void)kvm_irq_line(0, TRACE_WORD, 1);
	trace_let();
	gic_send_sgi(TRACE_SGI, GIC_SGI_SELF, 0);
	trace_let();
	(void)hvc_call(PSCI_VERSION_, 0, 0, 0); /* an exit, to see that it is ended */
	(void)kvm_irq_line(far->handle, TRACE_WORD, 1);
	nap(1000);
	(void)report_equal(trace_op(OFF), 0, "off");
	(void)report_equal(trace_taken, 1, "SPI 40 came");
	(void)report_equal(trace_sgis, 1, "SGI 3 came");
}

static void trace_is_off(void)
{
	uint32_t count[2];

	nap(2000); /* the other CPU has heard of it */
	count[0] = hvc_call(TRACE, INFO, 0, 0).r1;
	count[1] = hvc_call(TRACE, INFO, 1, 0).r1;
	for (uint32_t n = 0; n < 100; n++) {
		(void)hvc_call(PSCI_VERSION_, 0, 0, 0);
	}
	nap(2000);
	(void)report_equal(hvc_call(TRACE, INFO, 0, 0).r1, count[0], "off: nothing is added");
	(void)report_equal(hvc_call(TRACE, INFO, 1, 0).r1, count[1], "nor on CPU 1");
}

/* Of a hypercall, in ns: instructions, as the case runs with icount. */
static uint32_t trace_cost(void)
{
	uint64_t start = timer_count();

	for (uint32_t n = 0; n < 3000; n++) {
		(void)hvc_call(PSCI_VERSION_, n, 0, 0);
	}
	return (uint32_t)(timer_ticks_to_us(timer_count() - start) * 1000 / 3000);
}

static void trace_wraps(void)
{
	struct smccc_result info;
	uint32_t before = trace_cost(), cost;

	(void)report_equal(trace_op(ON), 0, "on again");
	info = hvc_call(TRACE, INFO, 0, 0);
	(void)report_check(info.r1 < 100 && info.r2 == 0, "the ring begins empty (%u)",
			   (unsigned)info.r1);
	cost = trace_cost();
	(void)report_check(before < 60 && cost < 300,
			   "a hypercall takes %u instructions, traced %u", (unsigned)before,
			   (unsigned)cost);
	(void)report_equal(trace_op(ON), 0, "on, when it is on");
	(void)report_equal(trace_op(OFF), 0, "off");
	info = hvc_call(TRACE, INFO, 0, 0);
	(void)report_check(info.r1 >= 6000 && info.r2 == info.r1 - TRACE_EVENTS,
			   "%u events, of which %u are overwritten", (unsigned)info.r1,
			   (unsigned)info.r2);
	(void)report_equal(hvc_call(TRACE, READ, 0, info.r2 - 1).r0, ENOENT_, "one of these");
	(void)report_check((int32_t)hvc_call(TRACE, READ, 0, info.r2).r0 > 0, "the oldest one");
	(void)report_check((int32_t)hvc_call(TRACE, READ, 0, info.r1 - 1).r0 > 0, "the newest one");
	(void)report_equal(hvc_call(TRACE, READ, 0, info.r1).r0, ENOENT_, "the one after it");
	trace_take(0);
}

static void trace_poor(void)
{
	for (uint32_t op = 0; op < 5; op++) {
		(void)report_equal(trace_op(op), EPERM_, "operation %u without the right",
				   (unsigned)op);
	}
	report_summary();
}

int main(void)
{
	struct peer near, far;

	if (guest_has_arg("poor")) {
		trace_poor();
	}
	peer_init();
	irq_set_handler(TRACE_SPI, trace_on_line, NULL);
	irq_set_handler(TRACE_SGI, trace_on_sgi, NULL);
	gic_enable(TRACE_SPI);
	trace_self = vm_find("control");
	near = peer_open("near", 0);
	far = peer_open("far", 1);
	(void)peer_call(&far, AGENT_INIT, 0, 0);
	(void)peer_call(&far, AGENT_POLICY, TRACE_SPI, AGENT_LOWER);
	(void)peer_call(&far, AGENT_ENABLE, TRACE_SPI, 0);
	trace_refused();
	trace_make(&near, &far);
	trace_take(0);
	trace_look_own();
	trace_look_others(&near, &far);
	trace_look_far(&far);
	trace_is_off();
	trace_wraps();
	peer_exit(&near);
	peer_exit(&far);
	report_summary();
}
