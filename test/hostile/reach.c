/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plugin of QEMU that notes which words of the monitor's code are executed after its first entry
 * into a guest. Its file has a byte for each word, 1 or 0.
 *
 *   -plugin reach.so,text=ADDRESS,size=BYTES,enter=ADDRESS,out=FILE
 */
#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "test/stretch/qemu.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
	uint32_t first, count; /* words */
	bool enters, marked;
};

/* QEMU compares it with the versions that it knows, after this file's constructors. */
QEMU_EXPORT int qemu_plugin_version = 1;

static uint64_t text, size, enter;
static uint8_t *reached;
static const char *out;
static bool entered, placed;
static uintptr_t place; /* of the code in this process, less its address */

/* Version 1 alone is known to QEMU 7, and 2 is the first that QEMU 9 and 10 accept. */
static __attribute__((constructor)) void choose_version(void)
{
	if (dlsym(RTLD_DEFAULT, "qemu_plugin_scoreboard_new")) {
		qemu_plugin_version = 2;
	}
}

static void executes(unsigned int cpu, void *cookie)
{
	struct block *block = cookie;

	(void)cpu;
	entered = entered || block->enters;
	if (entered && !block->marked) {
		memset(&reached[block->first], 1, block->count);
		block->marked = true;
	}
}

/* A guest may have code of its own at these addresses: it lies elsewhere in memory. */
static bool is_monitor(const struct qemu_plugin_insn *insn)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn);
	uintptr_t here = (uintptr_t)qemu_plugin_insn_haddr(insn) - (uintptr_t)address;

	if (address < text || address >= text + size) {
		return false;
	}
	if (!placed) {
		placed = true;
		place = here;
	}
	return here == place;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	const struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, 0);
	struct block *block;
	uint32_t count = (uint32_t)qemu_plugin_tb_n_insns(tb);

	(void)id;
	if (!is_monitor(insn)) {
		return;
	}
	block = calloc(1, sizeof(*block));
	if (!block) {
		abort();
	}
	block->first = (uint32_t)((qemu_plugin_insn_vaddr(insn) - text) / 4);
	block->count =
		block->first + count <= size / 4 ? count : (uint32_t)(size / 4) - block->first;
	block->enters = enter >= text + 4 * block->first &&
			enter < text + 4 * (block->first + block->count);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, executes, QEMU_PLUGIN_CB_NO_REGS, block);
}

static void tell(qemu_plugin_id_t id, void *cookie)
{
	FILE *file = fopen(out, "wb");

	(void)id;
	(void)cookie;
	if (!file || fwrite(reached, 1, size / 4, file) != size / 4) {
		fprintf(stderr, "reach: %s: cannot be written\n", out);
	}
	if (file) {
		(void)fclose(file);
	}
}

QEMU_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
				    char **argv);
QEMU_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
				    char **argv)
{
	(void)info;
	for (int n = 0; n < argc; n++) {
		if (!strncmp(argv[n], "text=", 5)) {
			text = strtoull(argv[n] + 5, NULL, 0);
		} else if (!strncmp(argv[n], "size=", 5)) {
			size = strtoull(argv[n] + 5, NULL, 0);
		} else if (!strncmp(argv[n], "enter=", 6)) {
			enter = strtoull(argv[n] + 6, NULL, 0);
		} else if (!strncmp(argv[n], "out=", 4)) {
			out = strdup(argv[n] + 4);
		}
	}
	reached = size ? calloc(1, size / 4) : NULL;
	if (!text || !enter || !out || !reached) {
		fprintf(stderr, "reach: arguments: text=, size=, enter=, out=\n");
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, tell, NULL);
	return 0;
}
