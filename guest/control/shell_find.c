/* SPDX-License-Identifier: BSD-2-Clause */
/* The partition that a word names. */
#include "guest/control/shell.h"
#include "guest/lib/hvc.h"
#include <stdio.h>
#include <string.h>

uint32_t shell_vm_names(const char *names[PROMPT_NAMES])
{
	static struct vm_info infos[SHELL_MAX_HANDLE];
	uint32_t count = 0;

	for (uint32_t handle = 1; handle <= SHELL_MAX_HANDLE; handle++) {
		int32_t result = vm_info(handle, &infos[count]);

		if (result == 0) {
			names[count] = infos[count].name;
			count++;
		} else if (result != -EPERM) {
			break;
		}
	}
	return count;
}

/* Prints the names that are similar; if none is, all. */
static void shell_suggest(const char *word)
{
	const char *names[PROMPT_NAMES];
	const char *comma = "";
	uint32_t count = shell_vm_names(names), near = 0;

	for (uint32_t n = 0; n < count; n++) {
		near += words_near(names[n], word);
	}
	if (count == 0) {
		printf("no partition '%s': control has no right on any (the manifest's 'rights')\n",
		       word);
		return;
	}
	printf("no partition '%s' that control may call: %s", word,
	       near > 0	    ? "did you mean"
	       : count == 1 ? "there is"
			    : "there are");
	for (uint32_t n = 0; n < count; n++) {
		if (near == 0 || words_near(names[n], word)) {
			printf("%s %s", comma, names[n]);
			comma = ",";
		}
	}
	printf(near > 0 ? "?\n" : "\n");
}

/* A unique beginning of a name is not accepted: with another partition it may be ambiguous. Tab
 * completes it. */
bool shell_find_vm(const char *word, uint32_t *handle)
{
	uint32_t number, named = vm_find(word);
	bool is_number = words_number(word, &number);

	if (is_number && named != 0 && named != number) {
		printf("'%s' is handle %u, and the name of handle %u: type 0x%x or 0x%x\n", word,
		       (unsigned)number, (unsigned)named, (unsigned)number, (unsigned)named);
		return false;
	}
	*handle = is_number ? number : named;
	if (!is_number && named == 0) {
		shell_suggest(word);
		return false;
	}
	return true;
}

uint32_t shell_default_vm(void)
{
	struct vm_info info;

	for (uint32_t handle = 1; handle <= SHELL_MAX_HANDLE; handle++) {
		int32_t result = vm_info(handle, &info);

		if (result == 0 && strcmp(info.name, "control") != 0) {
			return handle;
		}
		if (result != 0 && result != -EPERM) {
			break;
		}
	}
	return 0;
}
