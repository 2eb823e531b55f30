/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM_IRQ_LINE: every check in the order of docs/control-abi.md, the neighbours of that call, and
 * what an HVC may and may not do. Numbers are typed from the ABI, not taken from its header.
 * Partitions: control, target (2 vCPUs, 128 interrupts), raw (2 vCPUs, no GIC), stranger (no right
 * on it).
 */
#include "guest/lib/exceptions.h"
#include "guest/test/peer.h"
#include <string.h>

#define REFUSE_STRANGER 4u

enum { OK = 0, EPERM_ = -1, ENXIO_ = -6, EBADF_ = -9, EFAULT_ = -14, EBUSY_ = -16, EINVAL_ = -22 };

static struct peer refuse_target, refuse_raw;

struct refuse_row {
	uint32_t irq;
	int32_t want;
	const char *why;
};

static const struct refuse_row refuse_rows_gic[] = {
	{ 0x00000000, ENXIO_, "CPU line of a VM with a GIC" },
	{ 0x00c80000, ENXIO_, "CPU line, vCPU 200, of a VM with a GIC" },
	{ 0x0000ffff, ENXIO_, "CPU line 65535 of a VM with a GIC" },
	{ 0x02020014, EINVAL_, "PPI of vCPU 2 of 2" },
	{ 0x02ff0014, EINVAL_, "PPI of vCPU 255" },
	{ 0x02000000, EINVAL_, "PPI 0" },
	{ 0x0200000f, EINVAL_, "PPI 15" },
	{ 0x02000020, EINVAL_, "PPI 32" },
	{ 0x0200ffff, EINVAL_, "PPI 65535" },
	{ 0x01000000, EINVAL_, "SPI 0" },
	{ 0x0100001f, EINVAL_, "SPI 31" },
	{ 0x01000080, EINVAL_, "SPI 128 of 128" },
	{ 0x010003fb, EINVAL_, "SPI 1019 of 128" },
	{ 0x010003fc, EINVAL_, "SPI 1020" },
	{ 0x010003ff, EINVAL_, "SPI 1023" },
	{ 0x0100ffff, EINVAL_, "SPI 65535" },
	{ 0x03000028, EINVAL_, "type 3" },
	{ 0x04000028, EINVAL_, "type 4" },
	{ 0x0f000028, EINVAL_, "type 15" },
	{ 0x10000000, EINVAL_, "CPU line with a top nibble" },
	{ 0x11000028, EINVAL_, "SPI with a top nibble" },
	{ 0x12000014, EINVAL_, "PPI with a top nibble" },
	{ 0x81000028, EINVAL_, "SPI with the top bit" },
	{ 0xf1000028, EINVAL_, "SPI with all the top nibble" },
	{ 0xffffffff, EINVAL_, "all ones" },
};

static const struct refuse_row refuse_rows_raw[] = {
	{ 0x01000028, ENXIO_, "SPI of a VM without GIC" },
	{ 0x0100ffff, ENXIO_, "SPI 65535 of a VM without GIC" },
	{ 0x02000014, ENXIO_, "PPI of a VM without GIC" },
	{ 0x02090003, ENXIO_, "PPI 3 of vCPU 9 of a VM without GIC" },
	{ 0x00020000, EINVAL_, "CPU line of vCPU 2 of 2" },
	{ 0x00ff0000, EINVAL_, "CPU line of vCPU 255" },
	{ 0x00000002, EINVAL_, "CPU line 2" },
	{ 0x0000ffff, EINVAL_, "CPU line 65535" },
	{ 0x03000000, EINVAL_, "type 3 of a VM without GIC" },
	{ 0x10000000, EINVAL_, "CPU line with a top nibble, no GIC" },
	{ 0xf0000001, EINVAL_, "FIQ with all the top nibble, no GIC" },
};

static void refuse_row(uint32_t handle, const struct refuse_row *row)
{
	static const uint32_t calls[] = { 0x86000061, 0x86000067 };
	struct kvm_irq_level line = { .irq = row->irq, .level = 1 };
	uint32_t state;
	bool same = true;

	for (uint32_t i = 0; i < 2; i++) {
		same &= (int32_t)hvc_call(calls[i], handle, row->irq, 1).r0 == row->want;
		same &= (int32_t)hvc_call(calls[i], handle, row->irq, 0).r0 == row->want;
	}
	same &= kvm_irq_line_many(handle, &line, 1) == row->want;
	same &= irq_state(handle, row->irq, &state) == row->want;
	(void)report_check(same, "%s: %s (got %s)", row->why, hvc_errno_name(row->want),
			   hvc_errno_name(kvm_irq_line(handle, row->irq, 1)));
}

static void refuse_handles(void)
{
	static const uint32_t words[] = { 0x01000028, 0x00000000, 0x02090003, 0xffffffff };
	static const uint32_t none[] = { 5, 6, 16, 17, 255, 0x7fffffff, 0x80000000, 0xffffffff };
	bool perm = true, badf = true;

	for (uint32_t i = 0; i < 4; i++) {
		perm &= kvm_irq_line(REFUSE_STRANGER, words[i], 1) == EPERM_;
		for (uint32_t j = 0; j < 8; j++) {
			badf &= kvm_irq_line(none[j], words[i], 1) == EBADF_;
		}
	}
	(void)report_check(perm, "without right: EPERM before all other checks");
	(void)report_check(badf, "no such handle: EBADF before all other checks");
}

static uint32_t refuse_high_lines(uint32_t handle)
{
	uint32_t high = 0, state = 0;

	for (uint32_t spi = 32; spi < 128; spi++) {
		high += irq_state(handle, 0x01000000 | spi, &state) != 0 || (state & 1) != 0;
	}
	for (uint32_t ppi = 16; ppi < 32; ppi++) {
		for (uint32_t vcpu = 0; vcpu < 2; vcpu++) {
			high += irq_state(handle, 0x02000000 | vcpu << 16 | ppi, &state) != 0 ||
				(state & 1) != 0;
		}
	}
	return high;
}

/* SPIs and PPIs that exist: raised and lowered, by any vCPU index and any level value. */
static void refuse_accepted(void)
{
	uint32_t handle = refuse_target.handle;
	static const uint32_t levels[] = { 1, 2, 0x100, 0x80000000, 0xffffffff };
	bool raised = true, lowered = true;

	for (uint32_t i = 0; i < 5; i++) {
		raised &= kvm_irq_line(handle, 0x01000020, levels[i]) == OK &&
			  (peer_state(&refuse_target, 0x01000020) & 1) == 1;
		lowered &= kvm_irq_line(handle, 0x01000020, 0) == OK &&
			   (peer_state(&refuse_target, 0x01000020) & 1) == 0;
	}
	(void)report_check(raised && lowered, "any level but 0 raises");
	(void)report_equal((uint32_t)kvm_irq_line(handle, 0x01ff007f, 1), 0,
			   "SPI 127 of vCPU 255: the index is ignored");
	(void)report_equal(peer_state(&refuse_target, 0x0100007f) & 1, 1, "SPI 127 is high");
	(void)report_equal((uint32_t)kvm_irq_line(handle, 0x0100007f, 0), 0, "SPI 127 lowered");
	for (uint32_t vcpu = 0; vcpu < 2; vcpu++) {
		uint32_t word = 0x02000010 | vcpu << 16;

		(void)report_check(kvm_irq_line(handle, word, 1) == OK &&
					   (peer_state(&refuse_target, word) & 1) == 1 &&
					   (peer_state(&refuse_target, word ^ 0x10000) & 1) == 0 &&
					   kvm_irq_line(handle, word, 0) == OK,
				   "PPI 16 of vCPU %u alone follows", (unsigned)vcpu);
	}
	(void)report_equal((uint32_t)kvm_irq_line(handle, 0x01000021, 1), (uint32_t)EBUSY_,
			   "SPI 33 belongs to the emulated console: EBUSY");
	(void)report_equal((uint32_t)kvm_irq_line(1, 0x01000026, 1), (uint32_t)EBUSY_,
			   "SPI 38 belongs to the doorbell of a creator: EBUSY");
	(void)report_equal((uint32_t)kvm_irq_line(handle, 0x0200001b, 1), 0,
			   "the timer's PPI 27: 0, and ignored");
	(void)report_equal(peer_state(&refuse_target, 0x0200001b) & 3, 0,
			   "the timer's PPI 27 is neither high nor pending");
}

/* SPIs 34 to 127: 33 is the console's. Room behind them to be misread. */
#define REFUSE_LINES 94u
static struct kvm_irq_level refuse_lines[REFUSE_LINES + 6];

static uint32_t refuse_apply(uint32_t first, uint32_t count)
{
	return (uint32_t)kvm_irq_line_many(refuse_target.handle, refuse_lines + first, count);
}

static void refuse_many(void)
{
	for (uint32_t i = 0; i < REFUSE_LINES; i++) {
		refuse_lines[i] = (struct kvm_irq_level) { .irq = 0x01000022 + i, .level = 1 };
	}
	(void)report_equal(refuse_apply(0, 0), 0, "many: none");
	(void)report_equal(refuse_apply(0, 3), 3, "many: three");
	(void)report_equal(refuse_high_lines(refuse_target.handle), 3, "many: three are high");
	(void)report_equal(refuse_apply(0, REFUSE_LINES), 64, "many: 94 are cut to 64");
	(void)report_equal(refuse_high_lines(refuse_target.handle), 64, "many: 64 are high");
	(void)report_equal(refuse_apply(0, 0xffffffff), 64, "many: 2^32-1 are cut to 64");
	(void)report_equal(refuse_apply(64, 30), 30, "many: the rest");
	for (uint32_t i = 0; i < REFUSE_LINES; i++) {
		refuse_lines[i].level = 0;
	}
	refuse_lines[2].irq = 0x0100001f;
	(void)report_equal(refuse_apply(0, 50), 2, "many: stops at the first refusal");
	(void)report_equal(refuse_high_lines(refuse_target.handle), 92,
			   "many: what follows a refusal is left alone");
	(void)report_equal(refuse_apply(2, 5), (uint32_t)EINVAL_, "many: a refusal at once");
	refuse_lines[2].irq = 0x01000024;
	(void)refuse_apply(0, 64);
	(void)refuse_apply(64, 30);
	(void)report_equal(refuse_high_lines(refuse_target.handle), 0, "many: all lowered");
	(void)report_check(kvm_irq_line_many(REFUSE_STRANGER, refuse_lines, 1) == EPERM_ &&
				   kvm_irq_line_many(99, refuse_lines, 1) == EBADF_,
			   "many: rights and handles");
}

static int32_t refuse_at(uint32_t address, uint32_t count)
{
	return (int32_t)hvc_call(0x86000f61, refuse_target.handle, address, count).r0;
}

/* An unaligned array is applied or refused; it harms nobody. */
static void refuse_unaligned(void)
{
	for (uint32_t offset = 1; offset < 4; offset++) {
		static const struct kvm_irq_level line = { .irq = 0x01000028, .level = 1 };
		uint8_t *at = (uint8_t *)refuse_lines + offset;
		uint32_t high;
		int32_t result;

		memcpy(at, &line, sizeof(line));
		result = refuse_at((uint32_t)(uintptr_t)at, 1);
		high = peer_state(&refuse_target, line.irq) & 1;
		(void)report_check((result == 1 && high) ||
					   ((result == EFAULT_ || result == EINVAL_) && !high),
				   "many: at an address that is %u past a word", (unsigned)offset);
		(void)kvm_irq_line(refuse_target.handle, line.irq, 0);
	}
}

static void refuse_many_addresses(void)
{
	uint32_t end = guest_memory_base() + guest_memory_size();
	volatile struct kvm_irq_level *last = (struct kvm_irq_level *)(uintptr_t)(end - 8);
	struct kvm_irq_level saved = { .irq = last->irq, .level = last->level };
	static const uint32_t bad[] = { 0,	    0x08000000, 0x08010000, 0x09000000,
					0x3ffffff8, 0x80000000, 0xfffffff8, 0xfffffffc };

	for (uint32_t i = 0; i < 8; i++) {
		(void)report_equal((uint32_t)refuse_at(bad[i], 1), (uint32_t)EFAULT_,
				   "many: at 0x%08x", (unsigned)bad[i]);
		(void)report_equal((uint32_t)refuse_at(bad[i], 0xffffffff), (uint32_t)EFAULT_,
				   "many: 2^32-1 at 0x%08x", (unsigned)bad[i]);
	}
	last->irq = 0x01000020;
	last->level = 1;
	cpu_dsb();
	(void)report_equal((uint32_t)refuse_at(end - 8, 1), 1, "many: the last entry of RAM");
	(void)report_equal((uint32_t)refuse_at(end - 8, 2), 1, "many: one in RAM, one past it");
	(void)report_equal((uint32_t)refuse_at(end - 4, 1), (uint32_t)EFAULT_,
			   "many: across the end of RAM");
	last->irq = saved.irq;
	last->level = saved.level;
	(void)kvm_irq_line(refuse_target.handle, 0x01000020, 0);
	refuse_unaligned();
	(void)report_equal(refuse_high_lines(refuse_target.handle), 0, "many: nothing left high");
}

static void refuse_discovery(void)
{
	static const uint32_t unknown[] = { 0x86000002, 0x860000ff, 0x8600ff02, 0x86001234,
					    0x86010061, 0x82000000, 0x83000061, 0x85000001,
					    0x87000061, 0xc6000061, 0x06000061, 0xbf00ff01,
					    0x00000000, 0xffffffff, 0x80000002, 0x84000020 };
	struct smccc_result result = hvc_call(0x8600ff01, 0, 0, 0);
	uint32_t wrong = 0;

	(void)report_check(result.r0 == 0x0b8f41d2 && result.r1 == 0x6a4c1c95 &&
				   result.r2 == 0xb1d2f3a0 && result.r3 == 0x5e2764c7,
			   "UID");
	result = hvc_call(0x8600ff03, 0, 0, 0);
	(void)report_check(result.r0 == 1 && result.r1 == 9, "revision 1.9");
	result = hvc_call(0x8600ff00, 0, 0, 0);
	(void)report_check(result.r0 >= 12 && result.r0 < 64, "call count (%u)",
			   (unsigned)result.r0);
	(void)report_equal(hvc_call(0x86000000, 0, 0, 0).r0, 12, "API version");
	for (uint32_t i = 0; i < 16; i++) {
		if (hvc_call(unknown[i], 1, 0x01000028, 1).r0 != 0xffffffff) {
			printf("function 0x%08x gives 0x%x\n", (unsigned)unknown[i],
			       (unsigned)hvc_call(unknown[i], 1, 0x01000028, 1).r0);
			wrong++;
		}
	}
	(void)report_equal(wrong, 0, "unknown functions: -1");
}

/* r1 to r3 of GET_VM_NAME, as characters; registers as they were if it is refused. */
static bool refuse_name(uint32_t handle, uint32_t first, int32_t want, const char *text)
{
	struct smccc_result result = hvc_call(0x86000f01, handle, first, 0x33333333);
	char got[13] = "";

	memcpy(got, &result.r1, 4);
	memcpy(got + 4, &result.r2, 4);
	memcpy(got + 8, &result.r3, 4);
	return (int32_t)result.r0 == want &&
	       (want == 0 ? memcmp(got, text, 12) == 0
			  : result.r1 == handle && result.r2 == first && result.r3 == 0x33333333);
}

/* Handle 3 is called raw-with-no-gic: 15 characters. */
static void refuse_names(void)
{
	uint32_t handle = refuse_raw.handle;
	struct smccc_result result = hvc_call(0x86000f00, handle, 1, 1);
	struct vm_info info = { 0 };
	bool refused = true;
	static const uint32_t past[] = { 16, 17, 0x100, 0x7fffffff, 0x80000000, 0xffffffff };

	(void)report_check(result.r0 == 0 && result.r2 == 0x2d776172 && result.r3 == 0x68746977,
			   "GET_VM_INFO: eight characters, whatever r2 and r3 held");
	(void)report_check(refuse_name(handle, 0, OK, "raw-with-no-") &&
				   refuse_name(handle, 1, OK, "aw-with-no-g") &&
				   refuse_name(handle, 8, OK, "-no-gic\0\0\0\0") &&
				   refuse_name(handle, 12, OK, "gic\0\0\0\0\0\0\0\0"),
			   "GET_VM_NAME: from any character on");
	(void)report_check(
		refuse_name(handle, 15, OK, "\0\0\0\0\0\0\0\0\0\0\0") &&
			refuse_name(refuse_target.handle, 7, OK, "\0\0\0\0\0\0\0\0\0\0\0") &&
			refuse_name(refuse_target.handle, 0, OK, "target\0\0\0\0\0"),
		"GET_VM_NAME: zeros behind the last");
	for (uint32_t i = 0; i < 6; i++) {
		refused &= refuse_name(handle, past[i], EINVAL_, "");
	}
	(void)report_check(refused, "GET_VM_NAME: from 16 on: EINVAL");
	(void)report_check(refuse_name(REFUSE_STRANGER, 16, EPERM_, "") &&
				   refuse_name(5, 16, EBADF_, ""),
			   "GET_VM_NAME: handle and right come first");
	(void)report_check(
		vm_info(handle, &info) == OK && strcmp(info.name, "raw-with-no-gic") == 0 &&
			vm_find("raw-with-no-gic") == handle && vm_find("raw-with") == 0 &&
			vm_find("raw-with-no-gi") == 0 && vm_find("raw-with-no-gic-") == 0,
		"vm_info, vm_find: whole names");
}

static uint32_t refuse_extension(uint32_t capability)
{
	return hvc_call(0x86000003, capability, 0, 0).r0;
}

static void refuse_extensions(void)
{
	struct vm_info info = { 0 };

	(void)report_equal(refuse_extension(0), 1, "extension: IRQCHIP");
	(void)report_check(refuse_extension(9) >= 1 && refuse_extension(9) <= 8,
			   "extension: NR_VCPUS (%u)", (unsigned)refuse_extension(9));
	(void)report_equal(refuse_extension(66), 8, "extension: MAX_VCPUS");
	(void)report_equal(refuse_extension(102), 1, "extension: ARM_PSCI_0_2");
	(void)report_check(refuse_extension(174) <= 1, "extension: IRQ_LINE_LAYOUT_2 is 0 or 1");
	(void)report_equal(refuse_extension(0x12345), 0, "extension: unknown");
	(void)report_equal(refuse_extension(0xffffffff), 0, "extension: the last number");
	(void)report_check(vm_info(refuse_target.handle, &info) == OK && info.nr_vcpus == 2 &&
				   info.nr_irqs == 128 && info.state == 1,
			   "GET_VM_INFO of target");
	(void)report_check(vm_info(refuse_raw.handle, &info) == OK && info.nr_vcpus == 2 &&
				   info.nr_irqs == 0,
			   "GET_VM_INFO of raw");
	(void)report_check(
		(int32_t)hvc_call(0x860000ce, refuse_target.handle, 2, 0).r0 == EINVAL_ &&
			(int32_t)hvc_call(0x860000ce, refuse_target.handle, 0, 10).r0 == EINVAL_ &&
			(int32_t)hvc_call(0x860000ce, 99, 0, 0).r0 == EBADF_,
		"GET_STATS: checks");
	(void)report_check((int32_t)hvc_call(0x86000f19, 0, 0, 0).r0 == OK &&
				   (int32_t)hvc_call(0x86000f19, 0, 0, 3).r0 == EINVAL_ &&
				   (int32_t)hvc_call(0x86000f19, 0, 99, 0).r0 == EINVAL_ &&
				   (int32_t)hvc_call(0x86000f19, refuse_target.handle, 0, 0).r0 ==
					   EPERM_ &&
				   (int32_t)hvc_call(0x86000f19, 99, 0, 0).r0 == EBADF_,
			   "GET_TIMES: of itself, else for managers");
	(void)report_check((int32_t)hvc_call(0x86000f1a, 0, 0, 0).r0 == EPERM_ &&
				   (int32_t)hvc_call(0x86000f1a, 9, 0, 0).r0 == EPERM_,
			   "TRACE: not without the right");
}

/* r0 = call's words (4), r1 = where r0-r11 after it go (12 words). */
void refuse_hvc_all(const uint32_t call[4], uint32_t after[12]);
__asm__(".arch_extension virt\n"
	"	.text\n"
	"	.global	refuse_hvc_all\n"
	"	.type	refuse_hvc_all, %function\n"
	"refuse_hvc_all:\n"
	"	push	{r4-r11, lr}\n"
	"	push	{r1}\n"
	"	ldm	r0, {r0-r3}\n"
	"	ldr	r4, =0x44444444\n"
	"	ldr	r5, =0x55555555\n"
	"	ldr	r6, =0x66666666\n"
	"	ldr	r7, =0x77777777\n"
	"	ldr	r8, =0x88888888\n"
	"	ldr	r9, =0x99999999\n"
	"	ldr	r10, =0xaaaaaaaa\n"
	"	ldr	r11, =0xbbbbbbbb\n"
	"	hvc	#0\n"
	"	ldr	r12, [sp]\n"
	"	stm	r12, {r0-r11}\n"
	"	pop	{r1}\n"
	"	pop	{r4-r11, pc}\n"
	"	.ltorg\n");

/* SMCCC 1.1: r4-r11 and results that a call does not have stay. */
static void refuse_preserved(void)
{
	static const uint32_t calls[][5] = {
		/* function, r1, r2, r3, how many results */
		{ 0x84000000, 0x11111111, 0x22222222, 0x33333333, 1 },
		{ 0x86000061, 2, 0x01000028, 0, 1 },
		{ 0x86000061, 99, 0x01000028, 1, 1 },
		{ 0x86000000, 0x11111111, 0x22222222, 0x33333333, 1 },
		{ 0x86000062, 2, 0x01000028, 0x33333333, 2 },
		{ 0x86000f01, 2, 16, 0x33333333, 1 },
		{ 0x86000f01, 2, 0, 0x33333333, 4 },
		{ 0x12345678, 0x11111111, 0x22222222, 0x33333333, 1 },
	};
	uint32_t after[12];

	for (uint32_t i = 0; i < 8; i++) {
		uint32_t wrong = 0;

		refuse_hvc_all(calls[i], after);
		for (uint32_t r = calls[i][4]; r < 12; r++) {
			uint32_t want = r < 4 ? calls[i][r] : r * 0x11111111;

			wrong |= (after[r] == want ? 0u : 1u) << r;
		}
		(void)report_equal(wrong, 0, "function 0x%08x preserves registers",
				   (unsigned)calls[i][0]);
	}
}

static void refuse_user_hvc(void *arg)
{
	(void)arg;
	(void)hvc_call(0x84000000, 0, 0, 0);
}

static void refuse_exceptions(void)
{
	static const uint32_t words[] = { 0xe1400071, 0xe140007f, 0xe1400170, 0xe14fff7f };
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < 4; i++) {
		uint32_t word = words[i];

		wrong += exception_try(exception_run_word, &word).kind != EXCEPTION_UNDEF;
	}
	(void)report_equal(wrong, 0, "HVC with another immediate: undefined");
	(void)report_equal(exception_try_user(refuse_user_hvc, NULL).kind, EXCEPTION_UNDEF,
			   "HVC from User mode: undefined");
	(void)report_check(hvc_is_plumbline(), "HVC #0 still works");
}

int main(void)
{
	peer_init();
	refuse_target = peer_open("target", 0);
	refuse_raw = peer_open("raw-with-no-gic", 1);
	refuse_handles();
	for (uint32_t i = 0; i < sizeof(refuse_rows_gic) / sizeof(refuse_rows_gic[0]); i++) {
		refuse_row(refuse_target.handle, &refuse_rows_gic[i]);
	}
	for (uint32_t i = 0; i < sizeof(refuse_rows_raw) / sizeof(refuse_rows_raw[0]); i++) {
		refuse_row(refuse_raw.handle, &refuse_rows_raw[i]);
	}
	(void)report_equal(refuse_high_lines(refuse_target.handle), 0,
			   "refused calls changed nothing");
	refuse_accepted();
	refuse_many();
	refuse_many_addresses();
	refuse_discovery();
	refuse_names();
	refuse_extensions();
	refuse_preserved();
	refuse_exceptions();
	peer_exit(&refuse_target);
	peer_exit(&refuse_raw);
	report_summary();
}
