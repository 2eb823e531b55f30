/* SPDX-License-Identifier: BSD-2-Clause */
/* Every number, with all registers that the caller has: a call changes r0, and those of r1 to r3
 * that hold a result, each of which has a value that the ABI permits. Nothing else of the caller
 * changes, and nothing of the monitor comes out. */
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/report.h"
#include "guest/test/calls/calls.h"
#include <stdio.h>

#define REGISTERS_SHOWN 8u
#define REGISTERS_SGI	3u

/* SMCCC 1.1: SYSTEM_OFF, SYSTEM_RESET, CPU_OFF and PLUMB_SYSTEM_EXIT do not return. */
static const uint32_t registers_final[] = { 0x84000002, 0x84000008, 0x84000009, 0x86000f08 };

struct registers {
	uint32_t r[13], sp, lr, psr;
};

void registers_hvc(struct registers *registers);
__asm__("	.text\n"
	"	.arch_extension virt\n"
	"	.global	registers_hvc\n"
	"	.type	registers_hvc, %function\n"
	"registers_hvc:\n"
	"	push	{r4-r12, lr}\n"
	"	str	r0, registers_out\n"
	"	str	sp, registers_sp\n"
	"	mov	lr, r0\n"
	"	ldr	r1, [lr, #60]\n"
	"	msr	cpsr_fs, r1\n"
	"	ldr	sp, [lr, #52]\n"
	"	ldm	lr, {r0-r12}\n"
	"	ldr	lr, [lr, #56]\n"
	"	hvc	#0\n"
	"	str	r0, registers_r0\n"
	"	mrs	r0, cpsr\n"
	"	str	r0, registers_psr\n"
	"	ldr	r0, registers_out\n"
	"	add	r0, r0, #4\n"
	"	stm	r0!, {r1-r12}\n"
	"	str	sp, [r0], #4\n"
	"	str	lr, [r0], #4\n"
	"	ldr	r1, registers_psr\n"
	"	str	r1, [r0]\n"
	"	ldr	r1, registers_r0\n"
	"	ldr	r0, registers_out\n"
	"	str	r1, [r0]\n"
	"	ldr	sp, registers_sp\n"
	"	pop	{r4-r12, pc}\n"
	"registers_out:	.word	0\n"
	"registers_sp:	.word	0\n"
	"registers_r0:	.word	0\n"
	"registers_psr:	.word	0\n");

/* What r1 to r3 may hold after a success. */
struct registers_call {
	uint32_t number, r1, r2, r3;
	uint32_t results;
	uint32_t most[3]; /* of each result */
};

#define REGISTERS_TEXT 0x7f7f7f7fu

static const struct registers_call registers_calls[] = {
	{ 0x86000062, 2, 0x01000028, 9, 1, { 0x1f } },
	{ 0x86000062, 3, 0x00010001, 9, 1, { 0x1f } },
	{ 0x86000f00, 2, 7, 8, 3, { 0x04ffffff, REGISTERS_TEXT, REGISTERS_TEXT } },
	{ 0x86000f01, 2, 0, 8, 3, { REGISTERS_TEXT, REGISTERS_TEXT, REGISTERS_TEXT } },
	{ 0x86000f01, 2, 15, 8, 3, { 0, 0, 0 } },
	{ 0x860000ce, 2, 0, 0, 2, { 0, 0 } }, /* of a partition that has never run */
	{ 0x860000ce, 2, 1, 9, 2, { 0, 0 } },
	{ 0x86000f19, 0, 0, 0, 2, { ~0u, 0xff } },
	{ 0x86000f19, 0, 1, 1, 2, { 0, 0 } }, /* the second vCPU is off so far */
	{ 0x86000f19, 0, 1, 2, 2, { 0, 0 } },
	{ 0x86000061, 2, 0x0100005a, 0, 0, { 0 } },
	{ 0x86000067, 3, 0, 0, 0, { 0 } },
	{ 0x86000f61, 2, 0, 0, 0, { 0 } },
	{ 0x86000f6a, 6, 20, 0, 0, { 0 } },
	{ 0x86000000, 1, 2, 3, 0, { 0 } },
	{ 0x86000003, 0, 2, 3, 0, { 0 } },
	{ 0x8600ff00, 1, 2, 3, 0, { 0 } },
	{ 0x80000000, 1, 2, 3, 0, { 0 } },
	{ 0x80000001, 0x80000000, 2, 3, 0, { 0 } },
	{ 0x84000000, 1, 2, 3, 0, { 0 } },
	{ 0x84000004, 0, 0, 3, 0, { 0 } },
	{ 0x84000006, 1, 2, 3, 0, { 0 } },
	{ 0x8400000a, 0x84000001, 2, 3, 0, { 0 } },
};

static uint32_t registers_wrong, registers_made;

static void registers_differ(const struct registers *before, const struct registers *after,
			     uint32_t which)
{
	if (registers_wrong++ < REGISTERS_SHOWN) {
		printf("0x%08x(0x%08x, 0x%08x, 0x%08x): 0x%08x; register %u (13 sp, 14 lr, 15 "
		       "cpsr): 0x%08x "
		       "was 0x%08x\n",
		       (unsigned)before->r[0], (unsigned)before->r[1], (unsigned)before->r[2],
		       (unsigned)before->r[3], (unsigned)after->r[0], (unsigned)which,
		       (unsigned)((const uint32_t *)after)[which],
		       (unsigned)((const uint32_t *)before)[which]);
	}
}

static void registers_make(struct registers *state, uint32_t number, const uint32_t args[3],
			   uint32_t pattern)
{
	state->r[0] = number;
	for (uint32_t i = 0; i < 3; i++) {
		state->r[1 + i] = args[i];
	}
	for (uint32_t i = 4; i < 13; i++) {
		state->r[i] = pattern ^ i * 0x01010101u;
	}
	state->sp = pattern ^ 0x0dc0ffe0u;
	state->lr = ~pattern;
	state->psr = (pattern & 0xf80f0000u) | (cpu_cpsr() & 0x07f0ffffu);
}

/* Returns r0, or -1 if the call has been refused. */
static int32_t registers_call(uint32_t number, const uint32_t args[3], uint32_t pattern,
			      uint32_t results, const uint32_t *most)
{
	struct registers before, after;
	int32_t got;

	registers_make(&before, number, args, pattern);
	after = before;
	registers_hvc(&after);
	registers_made++;
	got = (int32_t)after.r[0];
	results = got < 0 ? 0 : results;
	for (uint32_t i = 1; i < 16; i++) {
		uint32_t value = ((const uint32_t *)&after)[i];

		if (i <= results ? (value & ~most[i - 1]) != 0 && value > most[i - 1]
				 : value != ((const uint32_t *)&before)[i]) {
			registers_differ(&before, &after, i);
		}
	}
	return got;
}

static bool registers_is_final(uint32_t number)
{
	for (uint32_t i = 0; i < sizeof(registers_final) / 4; i++) {
		if (registers_final[i] == number) {
			return true;
		}
	}
	return false;
}

/* How many of r1 to r3 hold a result if a call of this number succeeds: for those that do with
 * arguments that mean nothing. The UID's r1 to r3 are its own (SMCCC 1.1, 6.2). */
static uint32_t registers_results(uint32_t number)
{
	return number == 0x86000f00 || number == 0x8600ff01 ? 3u : number == 0x8600ff03 ? 1u : 0u;
}

/* Handles: the caller's, one with a right, one without, none. Neither is the number of a vCPU that
 * is off. The other arguments mean nothing to most calls. */
static void registers_range(uint32_t first, uint32_t count)
{
	static const uint32_t handles[] = { 0, 2, 4, 255 }, any[] = { ~0u, ~0u, ~0u };

	for (uint32_t n = 0; n < count; n++) {
		for (uint32_t i = 0; i < 4 && !registers_is_final(first + n); i++) {
			uint32_t args[] = { handles[i], 0xdead0000u + n, 0xbeef1234u };

			if (first + n == 0x84000001) { /* CPU_SUSPEND returns at once */
				gic_send_sgi(REGISTERS_SGI, GIC_SGI_SELF, 0);
			}
			(void)registers_call(first + n, args, n * 0x9e3779b1u + i,
					     registers_results(first + n), any);
		}
	}
}

static void registers_known(void)
{
	for (uint32_t i = 0; i < sizeof(registers_calls) / sizeof(registers_calls[0]); i++) {
		const struct registers_call *call = &registers_calls[i];
		const uint32_t args[] = { call->r1, call->r2, call->r3 };
		int32_t got = registers_call(call->number, args, i * 0x85ebca6bu, call->results,
					     call->most);
		bool on_other = call->number >> 24 == 0x86 && call->r1 > 1 && call->r1 < 7 &&
				call->number != 0x8600ff00;

		if (got < 0 && !(calls_poor && on_other)) {
			printf("0x%08x: refused: %d\n", (unsigned)call->number, (int)got);
			registers_wrong++;
		}
	}
}

void calls_registers(void)
{
	registers_known();
	registers_range(0x86000000u, 0x10000);
	registers_range(0x84000000u, 0x100);
	registers_range(0x80000000u, 0x100);
	registers_range(0x80007f00u, 0x100);
	registers_range(0xc4000000u, 0x100);
	registers_range(0xc6000000u, 0x100);
	registers_range(0x00000000u, 0x100);
	registers_range(0xffffff00u, 0x100);
	gic_clear_pending(REGISTERS_SGI);
	(void)report_equal(registers_wrong, 0, "calls: %u change no register that holds no result",
			   (unsigned)registers_made);
}
