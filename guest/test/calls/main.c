/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include "guest/test/calls/calls.h"
#include <stdio.h>
#include <string.h>

#define MAIN_KEPT   0x1234567u /* in r4 to r12 */
#define MAIN_CALLS  20000u
#define MAIN_SHOWN  8u
#define MAIN_DENIED 23
#define MAIN_COUNT  0x8600ff00u
#define MAIN_EXIT   0x86000f08u

__asm__("	.text\n"
	"	.arch_extension virt\n"
	"	.global	calls_hvc\n"
	"	.type	calls_hvc, %function\n"
	"calls_hvc:\n"
	"	push	{r0, r4-r11, lr}\n"
	"	mov	lr, r0\n"
	"	ldm	lr, {r0-r12}\n"
	"	hvc	#0\n"
	"	ldr	lr, [sp]\n"
	"	stm	lr, {r0-r12}\n"
	"	pop	{r0, r4-r11, pc}\n");

static volatile uint32_t main_wrong, main_refused[2], main_accepted[2], main_done[2];

static void main_differs(const struct calls_regs *before, const struct calls_regs *after,
			 int32_t want, const char *what)
{
	if (smp_add(&main_wrong, 1) > MAIN_SHOWN) {
		return;
	}
	printf("0x%08x(0x%08x, 0x%08x, 0x%08x): %s: 0x%08x 0x%08x 0x%08x 0x%08x, not 0x%08x\n",
	       (unsigned)before->r[0], (unsigned)before->r[1], (unsigned)before->r[2],
	       (unsigned)before->r[3], what, (unsigned)after->r[0], (unsigned)after->r[1],
	       (unsigned)after->r[2], (unsigned)after->r[3], (unsigned)want);
}

/* What a call returns; a register that holds no result is what it was. `results`: of r1 to r3. */
static int32_t main_call(struct calls_regs *regs, uint32_t results, int32_t want)
{
	struct calls_regs before;
	int32_t got;

	for (uint32_t i = 4; i < 13; i++) {
		regs->r[i] = MAIN_KEPT * i;
	}
	before = *regs;
	calls_hvc(regs);
	got = (int32_t)regs->r[0];
	if (want != CALLS_OTHER && got != want) {
		main_differs(&before, regs, want, "result");
	}
	for (uint32_t i = (got < 0 ? 0 : results) + 1; i < 13; i++) {
		if (regs->r[i] != before.r[i]) {
			main_differs(&before, regs, (int32_t)i, "a register that holds no result");
		}
	}
	main_refused[smp_cpu()] += got < 0;
	main_accepted[smp_cpu()] += got >= 0;
	return got;
}

static int32_t main_call_of(uint32_t function, uint32_t r1, uint32_t r2, uint32_t r3,
			    uint32_t results, int32_t want)
{
	struct calls_regs regs = { { function, r1, r2, r3 } };

	return main_call(&regs, results, want);
}

/* ---- lines ---- */

static void main_check_level(uint32_t handle, uint32_t irq)
{
	struct calls_regs regs = { { 0x86000062, handle, irq, 0 } };
	int32_t want = calls_expect_word(handle, irq);

	if (main_call(&regs, 1, want) == 0 && handle != CALLS_ROUTED &&
	    (regs.r[1] & 1) != calls_level(handle, irq)) {
		main_differs(&regs, &regs, calls_level(handle, irq), "the level of this line");
	}
}

static void main_line(struct calls_random *random, uint32_t cpu)
{
	uint32_t handle = calls_handle(random), irq = calls_word(random, cpu);
	uint32_t level =
		calls_draw(random, 2) ? calls_draw(random, 2) << calls_draw(random, 32) : 0;
	int32_t want = calls_expect_line(handle, irq);

	if (main_call_of(0x86000061 + 6 * calls_draw(random, 2), handle, irq, level, 0, want) ==
		    0 &&
	    want == 0) {
		calls_set_level(handle, irq, level != 0);
	}
	main_check_level(handle, irq);
}

static bool main_is_ram(uint32_t address, uint32_t size)
{
	uint32_t base = guest_memory_base(), length = guest_memory_size();

	return address >= base && size <= length && address - base <= length - size;
}

struct main_line {
	uint32_t irq, level;
};

/* So many entries as there is room for in RAM, and no more than 64. */
static void main_many(struct calls_random *random, uint32_t cpu)
{
	uint32_t count, at = calls_pointer(random, cpu, &count), handle = calls_handle(random);
	uint32_t used = count < 64 ? count : 64, applied = 0;
	struct main_line lines[64];
	int32_t error = calls_expect_handle(handle), got;

	for (uint32_t i = 0; i < used; i++) {
		lines[i] = (struct main_line) { calls_word(random, cpu), calls_draw(random, 2) };
		if (calls_draw(random, 8)) {
			lines[i].irq = 0x01000000u | (40 + cpu + 2 * calls_draw(random, 40));
		}
		if (at + 8 * i >= at && main_is_ram(at + 8 * i, 8)) {
			memcpy((void *)(uintptr_t)(at + 8 * i), &lines[i], 8);
		}
	}
	while (!error && applied < used) {
		bool there = at + 8 * applied >= at && main_is_ram(at + 8 * applied, 8);

		error = there ? calls_expect_line(handle, lines[applied].irq) : CALLS_EFAULT;
		applied += !error;
	}
	got = main_call_of(0x86000f61, handle, at, count, 0, applied ? (int32_t)applied : error);
	for (uint32_t i = 0; i < applied && got == (int32_t)applied; i++) {
		calls_set_level(handle, lines[i].irq, lines[i].level != 0);
	}
	for (uint32_t i = 0; i < used; i += 7) {
		main_check_level(handle, lines[i].irq);
	}
}

/* ---- GSIs: of one partition, whose lines are not looked at ---- */

static void main_routing(struct calls_random *random, uint32_t cpu)
{
	uint32_t count, at = calls_pointer(random, cpu, &count);
	uint32_t handle = calls_draw(random, 2) ? CALLS_ROUTED : calls_handle(random);
	int32_t want = calls_expect_handle(handle), got;
	uint32_t entry[12] = { 0 };

	handle = handle == CALLS_TARGET || handle == CALLS_RAW ? CALLS_ROUTED : handle;
	for (uint32_t i = 0; i < count && i < 256 && main_is_ram(at, 48 * (i + 1)); i++) {
		entry[0] = calls_draw(random, 260);
		entry[1] = calls_draw(random, 4) ? 1 : 0x80000001u;
		entry[4] = entry[1] == 1 ? 0 : calls_word(random, cpu);
		entry[5] = calls_draw(random, 1000);
		memcpy((void *)(uintptr_t)(at + 48 * i), entry, 48);
	}
	if (!want) {
		want = count > 256			       ? CALLS_EINVAL
		       : count && !main_is_ram(at, 48 * count) ? CALLS_EFAULT
		       : count == 0			       ? 0
							       : CALLS_OTHER;
	}
	got = main_call_of(0x8600006a, handle, at, count, 0, want == 0 ? CALLS_OTHER : want);
	if (want == CALLS_OTHER && got != 0 && got != CALLS_EINVAL && got != CALLS_ENXIO &&
	    got != CALLS_EAGAIN) {
		(void)main_call_of(0x8600006a, handle, at, count, 0, 0);
	}
}

static void main_gsi(struct calls_random *random)
{
	uint32_t handle = calls_draw(random, 4) ? CALLS_ROUTED : calls_handle(random);
	uint32_t gsi = calls_draw(random, 8) ? calls_draw(random, 260) : calls_word(random, 0);
	int32_t want, got;

	handle = handle == CALLS_TARGET || handle == CALLS_RAW ? CALLS_ROUTED : handle;
	want = calls_expect_handle(handle);
	got = main_call_of(0x86000f6a, handle, gsi, calls_draw(random, 2), 0,
			   want ? want : CALLS_OTHER);
	if (!want && got != 0 && got != CALLS_ENXIO && got != CALLS_EINVAL && got != CALLS_BUSY) {
		(void)main_call_of(0x86000f6a, handle, gsi, 0, 0, 0);
	}
}

/* ---- the others ---- */

static void main_info(struct calls_random *random)
{
	uint32_t handle = calls_handle(random), from = calls_draw(random, 20);
	uint32_t vcpu = calls_draw(random, 4), index = calls_draw(random, 14);
	int32_t want = calls_expect_handle(handle);

	(void)main_call_of(0x86000f00, handle, from, index, 3, want);
	(void)main_call_of(0x86000f01, handle, from, index, 3,
			   !want && from > 15 ? CALLS_EINVAL : want);
	(void)main_call_of(0x860000ce, handle, vcpu, index, 2,
			   !want && (vcpu > 1 || index > 9) ? CALLS_EINVAL : want);
	/* Of itself without a right; it manages none. */
	index %= 5;
	want = handle > CALLS_LAST			       ? CALLS_EBADF
	       : handle != 0 && handle != (calls_poor ? 5 : 1) ? CALLS_EPERM
	       : vcpu > 1 || index > 2			       ? CALLS_EINVAL
							       : 0;
	(void)main_call_of(0x86000f19, handle, vcpu, index, 2, want);
	(void)main_call_of(0x86000f1a, handle, vcpu, index, 3, CALLS_EPERM);
}

/* PSCI without what stops a vCPU; numbers that nobody has. */
static void main_psci(struct calls_random *random)
{
	uint32_t target =
		calls_draw(random, 2) ? 2 + calls_draw(random, 200) : calls_word(random, 0) | 0x100;
	uint32_t number = 0x84000000u + 11 + calls_draw(random, 0x1000);

	(void)main_call_of(0x84000003, target, calls_draw(random, 64), 0, 0, -2);
	(void)main_call_of(0x84000003, smp_cpu(), calls_draw(random, 64) * 4, 0, 0, -4);
	(void)main_call_of(0x84000004, target, 0, 0, 0, -2);
	(void)main_call_of(0x84000004, smp_cpu(), 0, 0, 0, 0);
	(void)main_call_of(number, 0, 0, 0, 0, -1);
	(void)main_call_of(0x40000000u + number, 0, 0, 0, 0, -1);
	(void)main_call_of(number << 4 & 0x7fffffffu, 0, 0, 0, 0, -1);
}

static void main_one(struct calls_random *random, uint32_t cpu)
{
	switch (calls_draw(random, 8)) {
	case 0:
		main_many(random, cpu);
		break;
	case 1:
		main_routing(random, cpu);
		break;
	case 2:
		main_gsi(random);
		break;
	case 3:
		main_info(random);
		break;
	case 4:
		main_psci(random);
		break;
	default:
		main_line(random, cpu);
		break;
	}
}

static void main_run(void *arg)
{
	uint32_t cpu = smp_cpu(), calls = guest_arg("calls", MAIN_CALLS);
	struct calls_random random = { guest_arg("seed", 1) * 0x9e3779b1u + cpu + 1 };

	(void)arg;
	for (uint32_t i = 0; i < calls; i++) {
		main_one(&random, cpu);
	}
	cpu_dmb();
	main_done[cpu] = 1;
}

/* All numbers of the range, on a partition that there is not. The calls are as many as the monitor
 * says, and the three about it; one of them would end this partition. PLUMB_VM_WATCH, PLUMB_TRACE,
 * the three of a backend, and the eighteen about VMs that the caller makes are not permitted here:
 * -EPERM is the same number as that of an unknown call. */
static void main_numbers(void)
{
	struct calls_regs count = { { MAIN_COUNT } };
	uint32_t known = 1;

	calls_hvc(&count);
	for (uint32_t number = 0x86000000u; number <= 0x8600ffffu; number++) {
		if (number != MAIN_EXIT) {
			struct calls_regs regs = { { number, 255, 0, 0 } };

			calls_hvc(&regs);
			known += regs.r[0] != ~0u;
		}
	}
	(void)report_equal(known, count.r[0] + 3 - MAIN_DENIED,
			   "calls: numbers 0x86000000 to 0x8600ffff that are "
			   "one");
}

static void main_all_levels(void)
{
	for (uint32_t irq = 32; irq < 128; irq++) {
		main_check_level(CALLS_TARGET, 0x01000000u | irq);
	}
	for (uint32_t irq = 16; irq < 32; irq++) {
		main_check_level(CALLS_TARGET, 0x02000000u | irq);
		main_check_level(CALLS_TARGET, 0x02010000u | irq);
	}
	for (uint32_t i = 0; i < 4; i++) {
		main_check_level(CALLS_RAW, i / 2 << 16 | i % 2);
	}
}

int main(void)
{
	calls_poor = guest_has_arg("poor");
	gic_init();
	main_numbers();
	calls_registers();
	(void)smp_start(1, main_run, NULL);
	main_run(NULL);
	(void)report_check(timer_wait_count(&main_done[1], 1, 10 * TIMER_PATIENCE_US),
			   "calls: both vCPUs come to their end");
	main_all_levels();
	(void)report_equal(main_wrong, 0,
			   "calls: %u accepted, %u refused, as docs/control-abi.md says",
			   (unsigned)(main_accepted[0] + main_accepted[1]),
			   (unsigned)(main_refused[0] + main_refused[1]));
	(void)report_check(calls_poor || main_accepted[1] > 1000, "calls: enough were accepted");
	report_summary();
}
