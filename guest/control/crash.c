/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of a partition's last crash. */
#include "guest/control/shell.h"
#include "guest/lib/hvc.h"
#include <stdio.h>

static uint32_t crash_words[PLUMB_CRASH_WORDS];

static void crash_explain(int32_t result, const char *name)
{
	switch (result) {
	case -EPERM:
		printf("EPERM: control does not manage that partition: add its name to 'manages' "
		       "in the manifest\n");
		break;
	case -ENOENT:
		printf("ENOENT: %s has not crashed\n", name);
		break;
	case -EAGAIN:
		printf("EAGAIN: another crash meanwhile: try again\n");
		break;
	default:
		shell_explain(result);
	}
}

static void crash_line(const char *name, uint32_t at, uint32_t count, uint32_t known)
{
	printf("  %-8s", name);
	for (uint32_t n = 0; n < count; n++) {
		if (known >> n & 1u) {
			printf(" %08x", (unsigned)crash_words[at + n]);
		} else {
			printf(" absent  ");
		}
	}
	printf("\n");
}

static void crash_head(uint32_t vcpu)
{
	static const char *const reasons[] = { "?", "ended with a status",
					       "no memory at its exception vectors",
					       "its watchdog" };
	static const char *const where[] = { "was off", "was on a CPU", "waited" };
	const uint32_t *word = crash_words;

	printf("crash %u: %s, status %d", (unsigned)word[PLUMB_CRASH_COUNT],
	       reasons[word[PLUMB_CRASH_REASON] & 3u], (int)word[PLUMB_CRASH_STATUS]);
	if (word[PLUMB_CRASH_VCPU] != UINT32_MAX) {
		printf(", by vCPU %u", (unsigned)word[PLUMB_CRASH_VCPU]);
	}
	printf("\nvCPU %u %s\n", (unsigned)vcpu, where[word[PLUMB_CRASH_WHERE] % 3u]);
}

static void crash_exit(const uint32_t *exit)
{
	static const char *const names[64] = {
		[0x01] = "WFI, WFE",	   [0x03] = "MCR, MRC p15", [0x04] = "MCRR, MRRC p15",
		[0x05] = "MCR, MRC p14",   [0x07] = "VFP",	    [0x12] = "HVC",
		[0x20] = "prefetch abort", [0x24] = "data abort",
	};
	uint32_t cause = exit[PLUMB_EXIT_CAUSE];
	const char *name = names[cause >> 26];

	if (cause < 0x2000) {
		printf("  %08x interrupt %u\n", (unsigned)exit[PLUMB_EXIT_PC],
		       (unsigned)(cause & 0x3ffu));
		return;
	}
	printf("  %08x %s, hsr %08x", (unsigned)exit[PLUMB_EXIT_PC], name ? name : "other",
	       (unsigned)cause);
	if (exit[PLUMB_EXIT_WORD] != 0) {
		printf(", %s %08x", cause >> 26 == 0x12 ? "r0" : "address",
		       (unsigned)exit[PLUMB_EXIT_WORD]);
	}
	printf("\n");
}

static void crash_print(uint32_t vcpu)
{
	static const char *const banks[] = { "svc", "abt", "und", "irq", "fiq" };
	const uint32_t *word = crash_words, *exit = &word[PLUMB_CRASH_EXITS];
	uint32_t known = word[PLUMB_CRASH_KNOWN];

	crash_head(vcpu);
	if (word[PLUMB_CRASH_WHERE] == PLUMB_CRASH_WAS_OFF) {
		return;
	}
	crash_line("r0-r7", PLUMB_CRASH_R0, 8, 0xff);
	crash_line("r8-r12", PLUMB_CRASH_R0 + 8, 5, 0xff);
	printf("  sp %08x lr %08x pc %08x cpsr %08x spsr %08x\n",
	       (unsigned)word[PLUMB_CRASH_R0 + 13], (unsigned)word[PLUMB_CRASH_R0 + 14],
	       (unsigned)word[PLUMB_CRASH_R0 + 15], (unsigned)word[PLUMB_CRASH_CPSR],
	       (unsigned)word[PLUMB_CRASH_SPSR]);
	crash_line("at pc,lr", PLUMB_CRASH_PC_WORD, 2, known >> 16);
	crash_line("stack", PLUMB_CRASH_STACK, 8, known);
	crash_line("", PLUMB_CRASH_STACK + 8, 8, known >> 8);
	printf("  hsr %08x far %08x page %07x\n", (unsigned)word[PLUMB_CRASH_HSR],
	       (unsigned)word[PLUMB_CRASH_FAR], (unsigned)word[PLUMB_CRASH_FAULT_PAGE]);
	printf("  dfsr %08x dfar %08x ifsr %08x ifar %08x sctlr %08x vbar %08x\n",
	       (unsigned)word[PLUMB_CRASH_DFSR], (unsigned)word[PLUMB_CRASH_DFAR],
	       (unsigned)word[PLUMB_CRASH_IFSR], (unsigned)word[PLUMB_CRASH_IFAR],
	       (unsigned)word[PLUMB_CRASH_SCTLR], (unsigned)word[PLUMB_CRASH_VBAR]);
	crash_line("usr", PLUMB_CRASH_BANKED, 2, 3);
	for (uint32_t n = 0; n < 5; n++) {
		crash_line(banks[n], PLUMB_CRASH_BANKED + 2 + 3 * n, 3, 7);
	}
	printf("last exits, newest first:\n");
	for (uint32_t n = 0; n < PLUMB_CRASH_NR_EXITS && exit[PLUMB_EXIT_CPSR] != 0;
	     n++, exit += 4) {
		crash_exit(exit);
	}
}

enum shell_next shell_crash(const char *const *words, uint32_t count)
{
	uint32_t handle, vcpu = 0;
	int32_t result;

	if (count == 2 && !words_number(words[1], &vcpu)) {
		return SHELL_USAGE;
	}
	if (!shell_find_vm(words[0], &handle)) {
		return SHELL_GO_ON;
	}
	if (count == 1 && vm_crash(handle, 0, 0, crash_words) == 0 &&
	    crash_words[PLUMB_CRASH_VCPU] != UINT32_MAX) {
		vcpu = crash_words[PLUMB_CRASH_VCPU];
	}
	result = vm_crash_all(handle, vcpu, crash_words);
	if (result != 0) {
		crash_explain(result, words[0]);
	} else {
		crash_print(vcpu);
	}
	return SHELL_GO_ON;
}
