/* SPDX-License-Identifier: BSD-2-Clause */
/* Data and base registers of every mode (ARM DDI 0406C, B1.3.2): FIQ's r8 to r12, each mode's SP
 * and LR, User mode's, which HYP finds in places of their own. */
#include "guest/lib/gic.h"
#include "guest/lib/mmio.h"
#include "guest/lib/mmu.h"
#include "guest/lib/report.h"
#include "guest/test/traps/traps.h"

#define REG_OUT	 0x18202830u
#define REG_OUT2 0x38404850u
#define REG_IN	 0xf0886098u
#define REG_GIC	 0x08000000u
#define REG_USER 0x00000c16u /* shareable device, open to User mode, XN */

void code_b_fiq(void);
void code_b_irq(void);
void code_b_svc(void);
void code_b_abt(void);
void code_b_und(void);
void code_b_sys(void);
void code_b_fiq_high(void);
void code_b_fiq_thumb(void);
void code_user(uint32_t words[4]);
void code_a_wfi(void);
void code_t_wfi(void);
void code_a_mrc(void);

static void reg_prepare(void)
{
	mmio_write32(TRAPS_PRIO, 0);
	mmio_write32(TRAPS_PRIO + 4, REG_IN);
	mmio_write32(TRAPS_PRIO + 8, 0);
}

static void reg_row(const char *name, void (*code)(void), uint32_t out0, uint32_t out1,
		    uint32_t out2)
{
	struct traps_row row = {
		.name = name,
		.code = code,
		.in = { TRAPS_PRIO, REG_OUT, REG_OUT2 },
		.out = { TRAPS_PRIO, out0, out1, out2 },
		.outs = 4,
	};

	reg_prepare();
	traps_rows(&row, 1);
	(void)report_check(mmio_read32(TRAPS_PRIO) == REG_OUT &&
				   mmio_read32(TRAPS_PRIO + 8) == REG_OUT2,
			   "%s: stored", name);
}

static void reg_modes(void)
{
	static const struct {
		const char *name;
		void (*code)(void);
	} modes[] = {
		{ "SP, LR of FIQ mode", code_b_fiq }, { "SP, LR of IRQ mode", code_b_irq },
		{ "SP, LR of SVC mode", code_b_svc }, { "SP, LR of Abort mode", code_b_abt },
		{ "SP, LR of UND mode", code_b_und }, { "SP, LR of System mode", code_b_sys },
	};

	for (uint32_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		reg_row(modes[i].name, modes[i].code, REG_IN, REG_IN, 0);
	}
	reg_row("r8 to r12 of FIQ mode", code_b_fiq_high, REG_IN, REG_OUT, TRAPS_PRIO + 4);
}

static void reg_fiq_thumb(void)
{
	struct traps_row row = {
		.name = "r8 of FIQ mode, Thumb, sign-extended",
		.code = code_b_fiq_thumb,
		.in = { TRAPS_PRIO },
		.out = { TRAPS_PRIO, 0xffffff88 },
		.outs = 2,
	};

	reg_prepare();
	mmio_write32(TRAPS_PRIO, 0x88000000);
	traps_rows(&row, 1);
	(void)report_equal(mmio_read32(TRAPS_PRIO + 8), 0xf8f8f888, "r8 of FIQ mode: stored");
}

static void reg_user_call(void *words)
{
	code_user(words);
}

static void reg_user(void)
{
	uint32_t words[4] = { TRAPS_PRIO };

	reg_prepare();
	(void)report_equal(exception_try_user(reg_user_call, words).kind, EXCEPTION_DATA_ABORT,
			   "User mode, a privileged mapping: the guest's own abort");
	mmu_map(REG_GIC, REG_GIC, REG_USER);
	(void)report_equal(exception_try_user(reg_user_call, words).kind, EXCEPTION_NONE,
			   "User mode: device accesses in ARM and Thumb state");
	mmu_map(REG_GIC, REG_GIC, MMU_DEVICE);
	(void)report_check(words[1] == REG_IN && words[2] == REG_IN, "User mode: SP and LR loaded");
	(void)report_equal(words[3], 0xf0, "User mode, IT block: a byte");
	(void)report_equal(mmio_read32(TRAPS_PRIO), REG_IN, "User mode: SP stored");
	(void)report_equal(mmio_read32(TRAPS_PRIO + 8), (REG_IN & 0xffff00ff) | 0xf000,
			   "User mode: LR stored, and a byte under a condition");
}

static void reg_user_code(void *code)
{
	struct traps_state state = { .psr = 0 };

	traps_call(&state, (void (*)(void))(uintptr_t)code);
}

/* WFI: something pends, so it does not wait. */
static void reg_user_system(void)
{
	(void)report_equal(exception_try_user(reg_user_code, (void *)(uintptr_t)code_a_mrc).kind,
			   EXCEPTION_UNDEF, "User mode: ACTLR is undefined");
	gic_send_sgi(3, GIC_SGI_SELF, 0);
	(void)report_equal(exception_try_user(reg_user_code, (void *)(uintptr_t)code_a_wfi).kind,
			   EXCEPTION_NONE, "User mode: WFI");
	(void)report_equal(exception_try_user(reg_user_code, (void *)(uintptr_t)code_t_wfi).kind,
			   EXCEPTION_NONE, "User mode: WFI in Thumb state");
	gic_clear_pending(3);
}

void traps_registers(void)
{
	reg_modes();
	reg_fiq_thumb();
	reg_user();
	reg_user_system();
}
