/* SPDX-License-Identifier: BSD-2-Clause */
/* The prompt. */
#include "guest/control/shell.h"
#include "guest/control/control.h"
#include "guest/control/prompt.h"
#include "guest/lib/hvc.h"
#include <stdio.h>
#include <string.h>

enum shell_next { SHELL_GO_ON, SHELL_USAGE, SHELL_QUIT };

struct shell_command {
	const char *name;
	const char *usage;
	uint32_t min, max; /* words after the name */
	enum shell_next (*run)(const char *const *words, uint32_t count);
};

void shell_explain(int32_t result)
{
	static const struct {
		int32_t result;
		const char *advice;
	} advice[] = {
		{ -EPERM, "control has no right on that partition: add its name to 'rights' in the "
			  "manifest" },
		{ -EBADF, "there is no such partition: 'vms' lists them" },
		{ -ENXIO, "the wrong kind of line: spi and ppi need a GIC, cpu irq and fiq are for "
			  "partitions without" },
		{ -EINVAL, "no such vCPU or interrupt number there: 'vms' shows the ranges" },
		{ -EBUSY, "the partition's console or a passed-through device drives that line" },
		{ -EFAULT, "the address lies outside control's memory" },
	};

	for (uint32_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
		if (advice[i].result == result) {
			printf("%s: %s\n", hvc_errno_name(result), advice[i].advice);
			return;
		}
	}
	printf("refused with %d\n", (int)result);
}

static void shell_report(int32_t result)
{
	if (result == 0) {
		printf("ok\n");
	} else {
		shell_explain(result);
	}
}

bool shell_find_vm(const char *word, uint32_t *handle)
{
	if (prompt_number(word, handle)) {
		return true;
	}
	*handle = vm_find(word);
	if (*handle == 0) {
		printf("no partition '%s' that control may call: 'vms' lists them\n", word);
	}
	return *handle != 0;
}

uint32_t shell_default_vm(void)
{
	struct vm_info info;
	uint32_t handle = 1;
	int32_t result;

	while ((result = vm_info(handle, &info)) == 0 || result == -EPERM) {
		if (result == 0 && strcmp(info.name, "control") != 0) {
			return handle;
		}
		handle++;
		if (handle > 16) {
			break;
		}
	}
	return 0;
}

/* spi N | ppi N [VCPU] | cpu irq|fiq|N [VCPU] */
static bool shell_read_line(const char *const *words, uint32_t count, uint32_t *irq)
{
	uint32_t number, vcpu = 0;

	if (count == 3 && !prompt_number(words[2], &vcpu)) {
		return false;
	}
	if (strcmp(words[0], "cpu") == 0 && strcmp(words[1], "irq") == 0) {
		number = KVM_ARM_IRQ_CPU_IRQ;
	} else if (strcmp(words[0], "cpu") == 0 && strcmp(words[1], "fiq") == 0) {
		number = KVM_ARM_IRQ_CPU_FIQ;
	} else if (!prompt_number(words[1], &number)) {
		return false;
	}
	if (number > KVM_ARM_IRQ_NUM_MASK || vcpu > KVM_ARM_IRQ_VCPU_MASK) {
		printf("a number fits in 16 bits, a vCPU in 8\n");
		return false;
	}
	if (strcmp(words[0], "cpu") == 0) {
		*irq = kvm_irq_cpu(vcpu, number);
	} else if (strcmp(words[0], "ppi") == 0) {
		*irq = kvm_irq_ppi(vcpu, number);
	} else if (strcmp(words[0], "spi") == 0) {
		*irq = kvm_irq_word(KVM_ARM_IRQ_TYPE_SPI, vcpu, number);
	} else {
		return false;
	}
	return true;
}

static enum shell_next shell_drive(const char *const *words, uint32_t count, bool raise, bool lower)
{
	uint32_t handle, irq;
	int32_t result = 0;

	if (!shell_read_line(words + 1, count - 1, &irq)) {
		return SHELL_USAGE;
	}
	if (!shell_find_vm(words[0], &handle)) {
		return SHELL_GO_ON;
	}
	if (raise) {
		result = kvm_irq_line(handle, irq, 1);
	}
	if (lower && result == 0) {
		result = kvm_irq_line(handle, irq, 0);
	}
	shell_report(result);
	return SHELL_GO_ON;
}

static enum shell_next shell_raise(const char *const *words, uint32_t count)
{
	return shell_drive(words, count, true, false);
}

static enum shell_next shell_lower(const char *const *words, uint32_t count)
{
	return shell_drive(words, count, false, true);
}

static enum shell_next shell_pulse(const char *const *words, uint32_t count)
{
	return shell_drive(words, count, true, true);
}

static enum shell_next shell_irq(const char *const *words, uint32_t count)
{
	uint32_t handle, irq, level;

	if (!prompt_number(words[0], &irq) || !prompt_number(words[1], &level)) {
		return SHELL_USAGE;
	}
	if (count == 3) {
		if (!shell_find_vm(words[2], &handle)) {
			return SHELL_GO_ON;
		}
	} else if ((handle = shell_default_vm()) == 0) {
		printf("there is no other partition that control may call: 'vms' lists them\n");
		return SHELL_GO_ON;
	}
	printf("KVM_IRQ_LINE(partition %u, irq 0x%08x, level %u): ", (unsigned)handle,
	       (unsigned)irq, (unsigned)level);
	shell_report(kvm_irq_line(handle, irq, level));
	return SHELL_GO_ON;
}

static enum shell_next shell_vms(const char *const *words, uint32_t count)
{
	(void)words;
	(void)count;
	shell_list_vms();
	return SHELL_GO_ON;
}

static enum shell_next shell_lines(const char *const *words, uint32_t count)
{
	uint32_t handle;

	(void)count;
	if (shell_find_vm(words[0], &handle)) {
		shell_list_lines(handle);
	}
	return SHELL_GO_ON;
}

static enum shell_next shell_stats(const char *const *words, uint32_t count)
{
	uint32_t handle;

	if (count == 0) {
		shell_list_all_stats();
	} else if (shell_find_vm(words[0], &handle)) {
		shell_list_stats(handle);
	}
	return SHELL_GO_ON;
}

static enum shell_next shell_quit(const char *const *words, uint32_t count)
{
	(void)words;
	(void)count;
	return SHELL_QUIT;
}

static enum shell_next shell_help(const char *const *words, uint32_t count);

#define SHELL_LINE_USAGE "VM spi N | ppi N [VCPU] | cpu irq|fiq [VCPU]"

static const struct shell_command shell_commands[] = {
	{ "vms", "", 0, 0, shell_vms },
	{ "lines", "VM", 1, 1, shell_lines },
	{ "raise", SHELL_LINE_USAGE, 3, 4, shell_raise },
	{ "lower", SHELL_LINE_USAGE, 3, 4, shell_lower },
	{ "pulse", SHELL_LINE_USAGE, 3, 4, shell_pulse },
	{ "irq", "0xWORD LEVEL [VM]", 2, 3, shell_irq },
	{ "stats", "[VM]", 0, 1, shell_stats },
	{ "help", "", 0, 0, shell_help },
	{ "quit", "", 0, 0, shell_quit },
};

#define SHELL_COMMANDS (sizeof(shell_commands) / sizeof(shell_commands[0]))

static enum shell_next shell_help(const char *const *words, uint32_t count)
{
	(void)words;
	(void)count;
	for (uint32_t i = 0; i < SHELL_COMMANDS; i++) {
		printf("  %-6s %s\n", shell_commands[i].name, shell_commands[i].usage);
	}
	printf("VM is a name or a handle. irq takes KVM_IRQ_LINE's word as it is:\n"
	       "type << 24 | vCPU << 16 | number, types 0 cpu, 1 spi, 2 ppi.\n");
	return SHELL_GO_ON;
}

static enum shell_next shell_run_line(char *line)
{
	const char *words[PROMPT_WORDS] = { NULL };
	uint32_t count = prompt_split(line, words);

	if (count == 0) {
		return SHELL_GO_ON;
	}
	for (uint32_t i = 0; i < SHELL_COMMANDS; i++) {
		const struct shell_command *command = &shell_commands[i];
		enum shell_next next = SHELL_USAGE;

		if (strcmp(words[0], command->name) != 0) {
			continue;
		}
		if (count - 1 >= command->min && count - 1 <= command->max) {
			next = command->run(words + 1, count - 1);
		}
		if (next == SHELL_USAGE) {
			printf("usage: %s %s\n", command->name, command->usage);
			next = SHELL_GO_ON;
		}
		return next;
	}
	printf("no command '%s': 'help' lists them\n", words[0]);
	return SHELL_GO_ON;
}

/* A demo guest that is running, or will be, or 0. */
static uint32_t shell_running(const char *name)
{
	uint32_t handle = vm_find(name);
	struct vm_info info;

	if (handle == 0 || vm_info(handle, &info) != 0) {
		return 0;
	}
	return info.state == PLUMB_VM_RUNNING || info.state == PLUMB_VM_LOADING ? handle : 0;
}

int shell_run(void)
{
	char line[PROMPT_LINE];

	prompt_init();
	shell_begin_stats();
	printf("Plumbline control. 'help' lists the commands.\n");
	do {
		prompt_read("control> ", line);
	} while (shell_run_line(line) != SHELL_QUIT);
	return partners_end(shell_running("gicguest"), shell_running("rawguest")) ? 0 : 1;
}
