/* SPDX-License-Identifier: BSD-2-Clause */
/* Modes that a guest must not reach, registers of modes that it must not see (ARM DDI 0406C, B1.3,
 * B9.2). Much of it is UNPREDICTABLE: then anything goes that this guest could do anyway. */
#include "guest/lib/cpu.h"
#include "guest/lib/report.h"
#include "guest/test/hazards/hazards.h"
#include <stdio.h>

/* NONE or UNDEF, and still in SVC mode. */
static bool modes_tame(uint32_t word, uint32_t value)
{
	enum exception_kind kind = hazard_word(word, value);
	uint32_t mode = cpu_cpsr() & 0x1f;

	if ((kind != EXCEPTION_NONE && kind != EXCEPTION_UNDEF) || mode != 0x13) {
		printf("0x%08x: %s, mode 0x%02x\n", (unsigned)word, exception_name(kind),
		       (unsigned)mode);
		return false;
	}
	return true;
}

/* CPS and MSR to Monitor, HYP and modes that are none. */
static void modes_change(void)
{
	static const uint8_t modes[] = { 0x16, 0x1a, 0x14, 0x15, 0x18, 0x19,
					 0x1c, 0x1d, 0x1e, 0x00, 0x0f };
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < sizeof(modes); i++) {
		wrong += !modes_tame(0xf1020000 | modes[i], 0);	    /* cps #mode */
		wrong += !modes_tame(0xe121f000, 0xc0u | modes[i]); /* msr cpsr_c, r0 */
		wrong += !modes_tame(0xe329f0c0 | modes[i], 0);	    /* msr cpsr_fc, #imm */
	}
	(void)report_equal(wrong, 0, "CPS and MSR to forbidden modes");
}

/* MRS and MSR of banked registers: all 64 that can be named may be read, HYP's and Monitor's are
 * written. */
static void modes_banked(void)
{
	uint32_t wrong = 0;

	for (uint32_t sysm = 0; sysm < 32; sysm++) {
		for (uint32_t spsr = 0; spsr < 2; spsr++) {
			uint32_t name = spsr << 22 | (sysm & 15) << 16 | (sysm >> 4) << 8;

			wrong += !modes_tame(0xe1000200 | name, 0);
			if (sysm >= 0x1c) {
				wrong += !modes_tame(0xe120f200 | name, 0x600dcafe);
			}
		}
	}
	(void)report_equal(wrong, 0, "banked registers by name");
	wrong = hazard_word(0xe10e0300, 0) != EXCEPTION_UNDEF;	/* mrs r0, ELR_hyp */
	wrong += hazard_word(0xe14e0300, 0) != EXCEPTION_UNDEF; /* mrs r0, SPSR_hyp */
	wrong += hazard_word(0xe10f0300, 0) != EXCEPTION_UNDEF; /* mrs r0, SP_hyp */
	(void)report_equal(wrong, 0, "HYP's banked registers: undefined");
}

/* An exception return whose SPSR holds `psr`. Comes back in whatever mode that was. */
void modes_return(uint32_t psr);
__asm__("	.text\n"
	"	.global	modes_return\n"
	"	.type	modes_return, %function\n"
	"modes_return:\n"
	"	push	{r4, lr}\n"
	"	mrs	r4, spsr\n"
	"	msr	spsr_cxsf, r0\n"
	"	adr	lr, 1f\n"
	"	movs	pc, lr\n"
	"1:	cps	#0x13\n"
	"	msr	spsr_cxsf, r4\n"
	"	pop	{r4, pc}\n");

static void modes_return_call(void *psr)
{
	modes_return(*(const uint32_t *)psr);
}

static void modes_returns(void)
{
	static const uint8_t modes[] = { 0x16, 0x1a, 0x14, 0x18, 0x1e, 0x0f };
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < sizeof(modes); i++) {
		uint32_t psr = 0x1c0u | modes[i];
		enum exception_kind kind = exception_try(modes_return_call, &psr).kind;

		/* An illegal return stays in this mode, or is undefined at its first instruction.
		 */
		if (kind != EXCEPTION_NONE && kind != EXCEPTION_UNDEF) {
			printf("return to mode 0x%02x: %s\n", modes[i], exception_name(kind));
			wrong++;
		}
		wrong += (cpu_cpsr() & 0x1f) != 0x13;
	}
	(void)report_equal(wrong, 0, "exception returns to forbidden modes");
}

/* HVC #1 and SMC under a condition: compared with `value`. */
void modes_conditional(uint32_t value);
__asm__("	.text\n"
	"	.global	modes_conditional\n"
	"	.type	modes_conditional, %function\n"
	"modes_conditional:\n"
	"	cmp	r0, #0\n"
	"	.word	0x01600070\n" /* smceq #0; HVC cannot be conditional (A8.8.69) */
	"	.word	0x01600071\n" /* smceq #1 */
	"	bx	lr\n");

static void modes_conditional_call(void *value)
{
	modes_conditional(*(const uint32_t *)value);
}

static void modes_traps(void)
{
	static const uint32_t undefined[] = {
		0xe1600070, /* smc #0 */
		0xe160007f, /* smc #15 */
		0xe1400071, /* hvc #1 */
		0xe14fff7f, /* hvc #0xffff */
		0xe7f000f0, /* udf */
		0xe7ffffff, /* udf */
	};
	static const uint32_t fine[] = {
		0xe12fff2e, /* bxj lr */
		0xe320f001, /* yield */
		0xe320f004, /* sev */
		0xe320f0f0, /* dbg */
	};
	uint32_t value = 1;

	(void)report_equal(hazard_words(undefined, 6, 0, EXCEPTION_UNDEF), 0,
			   "SMC, HVC with a number, UDF: undefined");
	(void)report_equal(hazard_words(fine, 4, 1, EXCEPTION_NONE), 0, "hints and BXJ");
	(void)report_equal(exception_try(modes_conditional_call, &value).kind, EXCEPTION_NONE,
			   "SMC whose condition fails: passed over");
	value = 0;
	(void)report_equal(exception_try(modes_conditional_call, &value).kind, EXCEPTION_UNDEF,
			   "SMC whose condition holds: undefined");
}

void hazard_modes(void)
{
	modes_change();
	modes_banked();
	modes_returns();
	modes_traps();
}
