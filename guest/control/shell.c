/* SPDX-License-Identifier: BSD-2-Clause */
/* The prompt. */
#include "guest/control/shell.h"
#include "guest/control/control.h"
#include "guest/lib/hvc.h"
#include <stdio.h>
#include <string.h>

#define SHELL_TAKES 3u /* words that Tab completes behind a command */

/* The kinds of words of a command, for Tab. */
enum shell_word { SHELL_ANY, SHELL_VM, SHELL_KIND, SHELL_LINE, SHELL_COMMAND };

struct shell_command {
	const char *name;
	const char *usage;
	uint32_t min, max; /* words after the name */
	enum shell_next (*run)(const char *const *words, uint32_t count);
	enum shell_word takes[SHELL_TAKES];
	const char *help;
};

void shell_explain(int32_t result)
{
	static const struct {
		int32_t result;
		const char *advice;
	} advice[] = {
		{ -EPERM, "control has no right on that partition: add its name to 'rights' in the "
			  "manifest" },
		{ -EBADF, "no such partition: 'vms' lists them" },
		{ -ENXIO, "the wrong kind of line: spi and ppi need a GIC, cpu irq and fiq are for "
			  "partitions without" },
		{ -EINVAL, "no such vCPU or interrupt number there: 'vms' shows the ranges" },
		{ -EFAULT, "the address is outside control's memory" },
	};

	for (uint32_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
		if (advice[i].result == result) {
			printf("%s: %s\n", hvc_errno_name(result), advice[i].advice);
			return;
		}
	}
	printf("refused with %d\n", (int)result);
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
#define SHELL_LINE_TAKES SHELL_VM, SHELL_KIND, SHELL_LINE

static const struct shell_command shell_commands[] = {
	{
		.name = "vms",
		.usage = "",
		.run = shell_vms,
		.help = "Lists the partitions: handle, name, state, vCPUs, interrupts.\n",
	},
	{
		.name = "lines",
		.usage = "VM",
		.min = 1,
		.max = 1,
		.run = shell_lines,
		.takes = { SHELL_VM },
		.help = "Shows each line of that partition that is not low, disabled and idle.\n",
	},
	{
		.name = "raise",
		.usage = SHELL_LINE_USAGE,
		.min = 3,
		.max = 4,
		.run = shell_raise,
		.takes = { SHELL_LINE_TAKES },
		.help = "Sets the line high. A level-configured interrupt pends again after each "
			"EOI, until\n"
			"'lower'; an edge-configured one pends once for each 'raise'.\n",
	},
	{
		.name = "lower",
		.usage = SHELL_LINE_USAGE,
		.min = 3,
		.max = 4,
		.run = shell_lower,
		.takes = { SHELL_LINE_TAKES },
		.help = "Sets the line low.\n",
	},
	{
		.name = "pulse",
		.usage = "VM spi N [MS] | ppi N [VCPU [MS]] | cpu irq|fiq [VCPU [MS]]",
		.min = 3,
		.max = 5,
		.run = shell_pulse,
		.takes = { SHELL_LINE_TAKES },
		.help = "Sets the line high, and low MS milliseconds later. Without MS: 20 ms, two "
			"time slices,\n"
			"in which a vCPU that shares its CPU has run; no time for an "
			"edge-configured interrupt.\n",
	},
	{
		.name = "irq",
		.usage = "WORD LEVEL [VM]",
		.min = 2,
		.max = 3,
		.run = shell_irq,
		.takes = { SHELL_ANY, SHELL_ANY, SHELL_VM },
		.help = "KVM_IRQ_LINE with exactly that word: type << 24 | vCPU << 16 | number, "
			"with the types\n"
			"0 cpu, 1 spi, 2 ppi. Without VM: the first partition other than "
			"control.\n",
	},
	{
		.name = "gsi",
		.usage = "GSI LEVEL [VM]",
		.min = 2,
		.max = 3,
		.run = shell_gsi,
		.takes = { SHELL_ANY, SHELL_ANY, SHELL_VM },
		.help = "KVM_IRQ_LINE by GSI: drives all lines of that GSI. By default GSI n is "
			"SPI n + 32.\n"
			"Without VM: the first partition other than control.\n",
	},
	{
		.name = "start",
		.usage = "VM",
		.min = 1,
		.max = 1,
		.run = shell_start,
		.takes = { SHELL_VM },
		.help = "Loads the partition and starts it; also one that has crashed.\n",
	},
	{
		.name = "stop",
		.usage = "VM",
		.min = 1,
		.max = 1,
		.run = shell_stop,
		.takes = { SHELL_VM },
		.help = "Ends it at once, without asking it: for example if it hangs.\n",
	},
	{
		.name = "reset",
		.usage = "VM",
		.min = 1,
		.max = 1,
		.run = shell_reset,
		.takes = { SHELL_VM },
		.help = "Ends it at once, loads it again and starts it.\n",
	},
	{
		.name = "pause",
		.usage = "VM",
		.min = 1,
		.max = 1,
		.run = shell_pause,
		.takes = { SHELL_VM },
		.help = "Stops its vCPUs and its virtual time until 'resume'. Lines raised "
			"meanwhile wait.\n",
	},
	{
		.name = "resume",
		.usage = "VM",
		.min = 1,
		.max = 1,
		.run = shell_resume,
		.takes = { SHELL_VM },
		.help = "Lets a paused partition continue.\n",
	},
	{
		.name = "regs",
		.usage = "VM [VCPU]",
		.min = 1,
		.max = 2,
		.run = shell_regs,
		.takes = { SHELL_VM },
		.help = "Shows the registers of a vCPU (by default vCPU 0) of a paused "
			"partition.\n",
	},
	{
		.name = "stats",
		.usage = "[VM]",
		.max = 1,
		.run = shell_stats,
		.takes = { SHELL_VM },
		.help = "Exits by class, world switches and kicks of each vCPU: since boot, and "
			"per second since\n"
			"the last 'stats'.\n",
	},
	{
		.name = "top",
		.usage = "[SECONDS [TIMES]]",
		.max = 2,
		.run = shell_top,
		.help = "A table every second (or SECONDS), TIMES times or until a key is pressed: "
			"of "
			"each vCPU\n"
			"that control manages, the share of its CPU time and of the time it waited "
			"for a CPU,\n"
			"exits by class, interrupts injected and taken, per second. 'plumb top' on "
			"the host\n"
			"shows it in place.\n",
	},
	{
		.name = "trace",
		.usage = "on | off | dump [EVENTS]",
		.min = 1,
		.max = 2,
		.run = shell_trace,
		.help = "What every CPU does: its exits, entries, hypercalls, interrupts, "
			"switches. "
			"'on' begins, with\n"
			"empty rings of 4096 events; 'off' ends; 'dump' ends, and prints the "
			"newest "
			"EVENTS of each\n"
			"CPU (or all), until a key is pressed. 'plumb trace' on the host reads "
			"that.\n",
	},
	{
		.name = "crash",
		.usage = "VM [VCPU]",
		.min = 1,
		.max = 2,
		.run = shell_crash,
		.takes = { SHELL_VM },
		.help = "Shows the record of its last crash: reason, registers, stack, last exits. "
			"Without VCPU:\n"
			"of the vCPU that caused it.\n",
	},
	{
		.name = "help",
		.usage = "[COMMAND]",
		.max = 1,
		.run = shell_help,
		.takes = { SHELL_COMMAND },
		.help = "Lists the commands, or explains one.\n",
	},
	{
		.name = "quit",
		.usage = "",
		.run = shell_quit,
		.help = "Stops all partitions that control manages, ends the demo's guests, then "
			"control.\n"
			"Other partitions continue to run; it names them.\n",
	},
};

#define SHELL_COMMANDS (sizeof(shell_commands) / sizeof(shell_commands[0]))

static const struct shell_command *shell_find_command(const char *name)
{
	for (uint32_t i = 0; i < SHELL_COMMANDS; i++) {
		if (strcmp(name, shell_commands[i].name) == 0) {
			return &shell_commands[i];
		}
	}
	printf("no command '%s':", name);
	for (uint32_t i = 0; i < SHELL_COMMANDS; i++) {
		if (words_near(shell_commands[i].name, name)) {
			printf(" did you mean '%s'?", shell_commands[i].name);
		}
	}
	printf(" 'help' lists them\n");
	return NULL;
}

static enum shell_next shell_help(const char *const *words, uint32_t count)
{
	const struct shell_command *command = count == 1 ? shell_find_command(words[0]) : NULL;

	if (command != NULL) {
		printf("%s %s\n%s", command->name, command->usage, command->help);
	}
	if (count == 1) {
		return SHELL_GO_ON;
	}
	for (uint32_t i = 0; i < SHELL_COMMANDS; i++) {
		printf("  %-6s %s\n", shell_commands[i].name, shell_commands[i].usage);
	}
	printf("VM is a partition's whole name, or its handle. 'help COMMAND' explains one.\n"
	       "Tab completes commands and names; up and down recall earlier lines.\n");
	return SHELL_GO_ON;
}

/* ---- completion by Tab ---- */

static uint32_t shell_copy(const char *const *from, uint32_t count, const char *names[PROMPT_NAMES])
{
	memcpy(names, from, count * sizeof(names[0]));
	return count;
}

/* Both kinds of an unknown partition. */
static uint32_t shell_kinds(const char *vm, const char *names[PROMPT_NAMES])
{
	static const char *const kinds[] = { "cpu", "ppi", "spi" };
	struct vm_info info;
	uint32_t handle;

	if (!words_number(vm, &handle)) {
		handle = vm_find(vm);
	}
	if (handle == 0 || vm_info(handle, &info) != 0) {
		return shell_copy(kinds, 3, names);
	}
	return info.nr_irqs == 0 ? shell_copy(kinds, 1, names) : shell_copy(kinds + 1, 2, names);
}

static uint32_t shell_names(const char *const *words, uint32_t count,
			    const char *names[PROMPT_NAMES])
{
	static const char *const inputs[] = { "fiq", "irq" };
	enum shell_word takes = count == 0 ? SHELL_COMMAND : SHELL_ANY;

	for (uint32_t i = 0; i < SHELL_COMMANDS && count > 0 && count <= SHELL_TAKES; i++) {
		if (strcmp(words[0], shell_commands[i].name) == 0) {
			takes = shell_commands[i].takes[count - 1];
		}
	}
	switch (takes) {
	case SHELL_VM:
		return shell_vm_names(names);
	case SHELL_KIND:
		return shell_kinds(words[1], names);
	case SHELL_LINE:
		return strcmp(words[2], "cpu") == 0 ? shell_copy(inputs, 2, names) : 0;
	case SHELL_COMMAND:
		for (uint32_t i = 0; i < SHELL_COMMANDS; i++) {
			names[i] = shell_commands[i].name;
		}
		return SHELL_COMMANDS;
	default:
		return 0;
	}
}

/* ---- the prompt ---- */

static enum shell_next shell_run_line(char *line)
{
	const char *words[WORDS_MAX] = { NULL };
	uint32_t count = words_split(line, words);
	const struct shell_command *command;
	enum shell_next next = SHELL_USAGE;

	if (count == 0 || (command = shell_find_command(words[0])) == NULL) {
		return SHELL_GO_ON;
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
	char line[LINE_EDIT_MAX + 1];
	bool ended, stopped;

	prompt_init();
	shell_drive_init();
	shell_begin_stats();
	printf("Plumbline control. 'help' lists the commands.\n");
	do {
		prompt_read("control> ", line, shell_names);
	} while (shell_run_line(line) != SHELL_QUIT);
	stopped = shell_stop_all();
	ended = partners_end(shell_running("gicguest"), shell_running("rawguest"));
	shell_list_running();
	return ended && stopped ? 0 : 1;
}
