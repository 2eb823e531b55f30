/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands for the life of partitions that control manages. */
#include "guest/control/shell.h"
#include "guest/lib/gic.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include <stdio.h>
#include <string.h>

#define LIFE_WAIT_MS 20000u /* an emulated CPU that several partitions share is slow */

/* Partitions that have changed since life_begin, and whether the doorbell has rung since this was
 * looked at. */
static volatile uint64_t life_changed;
static volatile bool life_rang;

static void life_on_doorbell(uint32_t iar, void *arg)
{
	uint64_t changed = 0;

	(void)iar;
	(void)arg;
	if (vm_watch(&changed) == 0) {
		life_changed |= changed;
	}
	life_rang = true;
}

/* What has changed before is of no interest. */
static void life_begin(void)
{
	uint64_t before;

	irq_set_handler(PLUMB_VM_WATCH_INTID, life_on_doorbell, NULL);
	(void)vm_watch(&before);
	life_changed = 0;
	gic_enable(PLUMB_VM_WATCH_INTID);
}

static bool life_is_done(uint32_t handle, struct vm_info *info)
{
	if (vm_info(handle, info) != 0) {
		return true;
	}
	return (life_changed >> (handle - 1) & 1u) != 0 && info->state != PLUMB_VM_LOADING;
}

/* Until the partition has another state than before life_begin, and is loaded. */
static bool life_wait(uint32_t handle, struct vm_info *info)
{
	while (!life_is_done(handle, info)) {
		life_rang = false;
		shell_sleep(LIFE_WAIT_MS, &life_rang);
		if (!life_rang) {
			return false;
		}
	}
	return true;
}

struct life_command {
	int32_t (*call)(uint32_t handle);
	const char *again, *busy, *invalid; /* advice for -EAGAIN, -EBUSY, -EINVAL */
};

static void life_explain(const struct life_command *command, int32_t result)
{
	const struct {
		int32_t result;
		const char *advice;
	} advice[] = {
		{ -EPERM, "control does not manage that partition: add its name to 'manages' in "
			  "the manifest" },
		{ -ENOEXEC, "its node in the manifest has no kernel" },
		{ -EAGAIN, command->again },
		{ -EBUSY, command->busy },
		{ -EINVAL, command->invalid },
	};

	for (uint32_t n = 0; n < sizeof(advice) / sizeof(advice[0]); n++) {
		if (advice[n].result == result && advice[n].advice != NULL) {
			printf("%s: %s\n", hvc_errno_name(result), advice[n].advice);
			return;
		}
	}
	shell_explain(result);
}

static enum shell_next life_run(const struct life_command *command, const char *word)
{
	struct vm_info info = { 0 };
	uint32_t handle;
	int32_t result;

	if (!shell_find_vm(word, &handle)) {
		return SHELL_GO_ON;
	}
	life_begin();
	result = command->call(handle);
	if (result != 0) {
		life_explain(command, result);
	} else if (life_wait(handle, &info)) {
		printf("ok: %s is %s\n", info.name, shell_state_name(info.state));
	} else {
		printf("accepted, but %s does not change: 'vms' shows its state\n", word);
	}
	return SHELL_GO_ON;
}

#define LIFE_ENDING  "it is ending: try again"
#define LIFE_IS_OFF  "it is off: 'start' starts it"
#define LIFE_LOADING "it is loading or ending: try again"

enum shell_next shell_start(const char *const *words, uint32_t count)
{
	static const struct life_command command = {
		vm_start, LIFE_ENDING, "it is started already: 'reset' starts it again", NULL
	};

	(void)count;
	return life_run(&command, words[0]);
}

enum shell_next shell_stop(const char *const *words, uint32_t count)
{
	static const struct life_command command = { vm_stop, LIFE_ENDING, NULL,
						     "it is off already" };

	(void)count;
	return life_run(&command, words[0]);
}

enum shell_next shell_reset(const char *const *words, uint32_t count)
{
	static const struct life_command command = { vm_reset, LIFE_ENDING, NULL, LIFE_IS_OFF };

	(void)count;
	return life_run(&command, words[0]);
}

enum shell_next shell_pause(const char *const *words, uint32_t count)
{
	static const struct life_command command = { vm_pause, LIFE_LOADING, "it is paused already",
						     LIFE_IS_OFF };

	(void)count;
	return life_run(&command, words[0]);
}

enum shell_next shell_resume(const char *const *words, uint32_t count)
{
	static const struct life_command command = { vm_resume, "it is about to pause: try again",
						     NULL, "it is not paused" };

	(void)count;
	return life_run(&command, words[0]);
}

/* Is it control itself, if it may call on itself? */
static bool life_is_self(const struct vm_info *info)
{
	struct vm_info self;

	return vm_info(0, &self) == 0 && strcmp(self.name, info->name) == 0;
}

static bool life_stop_one(uint32_t handle, struct vm_info *info)
{
	int32_t result;

	if (life_is_self(info)) {
		return true;
	}
	do {
		life_begin();
		result = vm_stop(handle);
	} while (result == -EAGAIN); /* it is about to load again */
	if (result != 0) {
		return true; /* it is off, or not managed */
	}
	if (!life_wait(handle, info)) {
		printf("%s does not end\n", info->name);
		return false;
	}
	return true;
}

bool shell_stop_all(void)
{
	struct vm_info info;
	bool ok = true;

	for (uint32_t handle = 1; handle <= SHELL_MAX_HANDLE; handle++) {
		int32_t result = vm_info(handle, &info);

		if (result == -EBADF) {
			break;
		}
		ok = (result != 0 || life_stop_one(handle, &info)) && ok;
	}
	return ok;
}
