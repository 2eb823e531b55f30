/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plugin of QEMU that counts, in whatever runs, the instructions that the monitor executes
 * between two points at which it takes interrupts: an exception from a guest, ERET, WFI, and each
 * read of GICC_IAR. It reports the longest of these stretches, with the functions in which they
 * were spent, and for how long each lock was held. The instructions of a CPU that waits for a lock
 * are left out of its stretch: they are another CPU's stretch. Counted is what runs after a CPU's
 * first entry into a guest.
 *
 *   -plugin stretch.so,elf=build/plumbline.elf[,limit=N][,list=N][,shares=1]
 *
 * With shares=1 it also reports, for each CPU, how many instructions guests have executed, how many
 * the monitor, how many of these in waiting for locks, and the CPU's longest stretch.
 */
#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "test/stretch/qemu.h"
#include <dlfcn.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRETCH_CPUS	16u
#define STRETCH_LOCKS	64u
#define STRETCH_HELD	8u /* at once, by one CPU */
#define STRETCH_LIST	32u
#define STRETCH_NAMES	10u /* functions that are listed of one stretch */
#define STRETCH_LIMIT	10000u
#define STRETCH_SHOWN	5u
#define STRETCH_GICC	"gic_cpu" /* the name of QEMU's device */
#define STRETCH_IAR	0xcu
#define STRETCH_PAGE	0xfffu
#define STRETCH_NO_NAME UINT32_MAX

/* What the stretches and locks are found by. A load is one of a word. */
enum kind { OTHER, ERET, WFI, DMB, LDREX, STRH, LDR };

/* Encodings (ARM ARM A8.8). Those of T32 have their first halfword in the upper half; a short
 * one has nothing to compare in the lower half. */
struct encoding {
	uint32_t mask, value;
	enum kind kind;
};

static const struct encoding a32[] = {
	{ 0xffffffffu, 0xe160006eu, ERET }, { 0xffffffffu, 0xe320f003u, WFI },
	{ 0xfffffff0u, 0xf57ff050u, DMB },  { 0x0ff00fffu, 0x01900f9fu, LDREX },
	{ 0x0e1000f0u, 0x000000b0u, STRH }, /* immediate or register offset */
	{ 0x0e500000u, 0x04100000u, LDR },  /* immediate offset */
};

static const struct encoding t32[] = {
	{ 0xffff0000u, 0xbf300000u, WFI },
	{ 0xfffffff0u, 0xf3bf8f50u, DMB },
	{ 0xfff00f00u, 0xe8500f00u, LDREX },
	{ 0xf8000000u, 0x80000000u, STRH }, /* immediate offset, register offset; the same, wide */
	{ 0xfe000000u, 0x52000000u, STRH },
	{ 0xfff00000u, 0xf8a00000u, STRH },
	{ 0xfff00000u, 0xf8200000u, STRH },
	{ 0xf8000000u, 0x68000000u, LDR },
	{ 0xfe000000u, 0x58000000u, LDR },
	{ 0xfff00000u, 0xf8d00000u, LDR },
	{ 0xfff00000u, 0xf8500000u, LDR },
};

struct function {
	uint32_t address, size;
	bool thumb;
	const char *name;
};

struct held {
	uint32_t lock;
	uint64_t since;
};

struct cpu {
	bool enters; /* has entered a guest, or is about to */
	bool counts; /* a stretch has begun */
	bool waits;  /* for a lock: from LDREX to DMB */
	uint32_t lock;
	uint64_t executed; /* by the monitor, without waits */
	uint64_t guests;   /* by guests, and by boot code elsewhere; counted with shares=1 */
	uint64_t waited;   /* in waits for locks */
	uint64_t longest;  /* stretch */
	uint64_t began;
	const char *from;
	uint32_t nr_held;
	struct held held[STRETCH_HELD];
	uint32_t *spent; /* by function, in this stretch */
};

struct stretch {
	uint32_t length;
	const char *from, *to;
	uint32_t name[STRETCH_NAMES], spent[STRETCH_NAMES];
};

struct lock {
	uint32_t address;
	uint64_t longest, times;
};

/* QEMU compares it with the versions that it knows, after this file's constructors. */
QEMU_EXPORT int qemu_plugin_version = 1;

static uint8_t *elf;
static uint32_t text, text_end, vectors, vectors_end, vectors_enter;
static const uint8_t *text_bytes;
static struct function *functions;
static uint32_t nr_functions;
static struct cpu cpus[STRETCH_CPUS];
static struct stretch longest[STRETCH_LIST]; /* the longest first */
static struct lock locks[STRETCH_LOCKS];
static uint32_t limit = STRETCH_LIMIT;
static uint32_t shown = STRETCH_SHOWN;
static bool shares;
static uint64_t nr_stretches;

/* Version 1 alone is known to QEMU 7, and 2 is the first that QEMU 9 and 10 accept. */
static __attribute__((constructor)) void choose_version(void)
{
	if (dlsym(RTLD_DEFAULT, "qemu_plugin_scoreboard_new")) {
		qemu_plugin_version = 2;
	}
}

/* ---- the monitor's functions */

static int by_address(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

/* The last one that does not begin behind it. */
static uint32_t function_of(uint32_t address)
{
	uint32_t low = 0, high = nr_functions;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (functions[middle].address <= address) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low ? low - 1 : 0;
}

static void note_symbol(const Elf32_Sym *symbol, const char *name)
{
	if (!strcmp(name, "vectors")) {
		vectors = symbol->st_value;
	} else if (!strcmp(name, "vector_trap")) {
		vectors_end = symbol->st_value;
	} else if (!strcmp(name, "vectors_enter")) {
		vectors_enter = symbol->st_value;
	}
	if (symbol->st_value < text || symbol->st_value >= text_end || name[0] == '$' || !*name) {
		return;
	}
	functions[nr_functions++] = (struct function) { symbol->st_value & ~1u, symbol->st_size,
							symbol->st_value & 1u, name };
}

static void read_sections(void)
{
	const Elf32_Ehdr *head = (const void *)elf;
	const Elf32_Shdr *section = (const void *)(elf + head->e_shoff);
	const char *names = (const char *)elf + section[head->e_shstrndx].sh_offset;

	for (uint32_t n = 0; n < head->e_shnum; n++) {
		if (!strcmp(names + section[n].sh_name, ".text")) {
			text = section[n].sh_addr;
			text_end = text + section[n].sh_size;
			text_bytes = elf + section[n].sh_offset;
		}
	}
	for (uint32_t n = 0; n < head->e_shnum; n++) {
		const Elf32_Sym *symbol = (const void *)(elf + section[n].sh_offset);
		uint32_t count = section[n].sh_size / (uint32_t)sizeof(*symbol);

		if (section[n].sh_type != SHT_SYMTAB) {
			continue;
		}
		functions = calloc(count + 1, sizeof(*functions));
		for (uint32_t i = 0; functions && i < count; i++) {
			note_symbol(&symbol[i], (const char *)elf +
							section[section[n].sh_link].sh_offset +
							symbol[i].st_name);
		}
	}
	if (functions) {
		qsort(functions, nr_functions, sizeof(*functions), by_address);
	}
}

static bool read_elf(const char *path)
{
	FILE *file = fopen(path, "rb");
	long size;

	if (!file) {
		return false;
	}
	(void)fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	elf = size > 0 ? malloc((size_t)size) : NULL;
	if (!elf || fread(elf, 1, (size_t)size, file) != (size_t)size) {
		(void)fclose(file);
		return false;
	}
	(void)fclose(file);
	read_sections();
	return text_bytes && functions && vectors && vectors_end > vectors && vectors_enter;
}

/* ---- stretches */

/* The functions in which most of it was spent, the most first. */
static void name_functions(const struct cpu *cpu, struct stretch *one)
{
	for (uint32_t i = 0; i < STRETCH_NAMES; i++) {
		one->name[i] = STRETCH_NO_NAME;
	}
	for (uint32_t f = 0; f < nr_functions; f++) {
		uint32_t spent = cpu->spent[f];
		uint32_t name = f;

		for (uint32_t i = 0; spent && i < STRETCH_NAMES; i++) {
			if (spent > one->spent[i]) {
				uint32_t old_spent = one->spent[i], old_name = one->name[i];

				one->spent[i] = spent;
				one->name[i] = name;
				spent = old_spent;
				name = old_name;
			}
		}
	}
}

/* Of those with the same function on top, only the longest is listed. */
static void note(const struct cpu *cpu, uint32_t length, const char *to)
{
	struct stretch one = { .length = length, .from = cpu->from, .to = to };

	name_functions(cpu, &one);
	for (uint32_t n = 0; n < STRETCH_LIST; n++) {
		struct stretch next = longest[n];

		if (next.length && next.name[0] == one.name[0] && next.length >= one.length) {
			return;
		}
		if (one.length > next.length) {
			longest[n] = one;
			if (!next.length || next.name[0] == one.name[0]) {
				return;
			}
			one = next;
		}
	}
}

static void begin(struct cpu *cpu, const char *from)
{
	if (!cpu->enters) {
		return;
	}
	cpu->counts = true;
	cpu->from = from;
	cpu->began = cpu->executed;
	memset(cpu->spent, 0, nr_functions * sizeof(*cpu->spent));
}

static void end(struct cpu *cpu, const char *to)
{
	uint64_t length = cpu->executed - cpu->began;

	if (!cpu->counts) {
		return;
	}
	cpu->counts = false;
	nr_stretches++;
	cpu->longest = length > cpu->longest ? length : cpu->longest;
	if (length > longest[STRETCH_LIST - 1].length) {
		note(cpu, (uint32_t)length, to);
	}
}

static struct cpu *cpu_of(unsigned int index)
{
	struct cpu *cpu = &cpus[index % STRETCH_CPUS];

	if (!cpu->spent) {
		cpu->spent = calloc(nr_functions + 1, sizeof(*cpu->spent));
		if (!cpu->spent) {
			abort();
		}
	}
	return cpu;
}

static void executes(unsigned int index, void *cookie)
{
	struct cpu *cpu = cpu_of(index);
	uint32_t function = (uint32_t)(uintptr_t)cookie;

	if (!cpu->waits) {
		cpu->executed++;
		cpu->spent[function]++;
	} else {
		cpu->waited++;
	}
}

static void executes_vector(unsigned int index, void *cookie)
{
	struct cpu *cpu = cpu_of(index);

	if (!cpu->counts) {
		begin(cpu, "exception");
	}
	executes(index, cookie);
}

/* Boot is over on this CPU. */
static void executes_start(unsigned int index, void *cookie)
{
	struct cpu *cpu = cpu_of(index);

	cpu->enters = true;
	begin(cpu, "boot");
	executes(index, cookie);
}

static void executes_eret(unsigned int index, void *cookie)
{
	executes(index, cookie);
	end(cpu_of(index), "ERET");
}

static void executes_wfi(unsigned int index, void *cookie)
{
	executes(index, cookie);
	end(cpu_of(index), "WFI");
	begin(cpu_of(index), "WFI");
}

static void reads(unsigned int index, qemu_plugin_meminfo_t info, uint64_t address, void *cookie)
{
	const struct qemu_plugin_hwaddr *hw;

	(void)cookie;
	if ((address & STRETCH_PAGE) != STRETCH_IAR) {
		return;
	}
	hw = qemu_plugin_get_hwaddr(info, address);
	if (hw && qemu_plugin_hwaddr_is_io(hw) &&
	    !strcmp(qemu_plugin_hwaddr_device_name(hw), STRETCH_GICC)) {
		end(cpu_of(index), "GICC_IAR");
		begin(cpu_of(index), "GICC_IAR");
	}
}

/* ---- locks: LDREX draws a number, the DMB that follows means that its turn has come, and STRH
 * ends the turn (hyp/hw/lock.h) */

static void draws(unsigned int index, qemu_plugin_meminfo_t info, uint64_t address, void *cookie)
{
	struct cpu *cpu = cpu_of(index);

	(void)info;
	(void)cookie;
	cpu->waits = true;
	cpu->lock = (uint32_t)address;
}

static void executes_dmb(unsigned int index, void *cookie)
{
	struct cpu *cpu = cpu_of(index);

	if (cpu->waits) {
		cpu->waits = false;
		if (cpu->nr_held < STRETCH_HELD) {
			cpu->held[cpu->nr_held++] = (struct held) { cpu->lock, cpu->executed };
		}
	}
	executes(index, cookie);
}

static void note_lock(uint32_t address, uint64_t length)
{
	for (uint32_t n = 0; n < STRETCH_LOCKS; n++) {
		if (locks[n].address == address || !locks[n].times) {
			locks[n].address = address;
			locks[n].times++;
			locks[n].longest = length > locks[n].longest ? length : locks[n].longest;
			return;
		}
	}
}

static void stores(unsigned int index, qemu_plugin_meminfo_t info, uint64_t address, void *cookie)
{
	struct cpu *cpu = cpu_of(index);

	(void)info;
	(void)cookie;
	for (uint32_t n = 0; n < cpu->nr_held; n++) {
		if (cpu->held[n].lock == (uint32_t)address) {
			if (cpu->counts) {
				note_lock(cpu->held[n].lock, cpu->executed - cpu->held[n].since);
			}
			cpu->held[n] = cpu->held[--cpu->nr_held];
			return;
		}
	}
}

/* ---- QEMU's side */

/* Of the instruction at `bytes`, with the one behind it. */
static enum kind kind_of(const unsigned char *bytes, bool thumb)
{
	const struct encoding *rows = thumb ? t32 : a32;
	uint32_t count = thumb ? sizeof(t32) / sizeof(t32[0]) : sizeof(a32) / sizeof(a32[0]);
	uint16_t half[2];
	uint32_t word;

	memcpy(half, bytes, sizeof(half));
	word = thumb ? (uint32_t)half[0] << 16 | half[1] : (uint32_t)half[1] << 16 | half[0];
	for (uint32_t n = 0; n < count; n++) {
		if ((word & rows[n].mask) == rows[n].value) {
			return rows[n].kind;
		}
	}
	return OTHER;
}

static qemu_plugin_exec_cb call_of(uint32_t address, enum kind kind)
{
	if (address >= vectors && address < vectors_end) {
		return executes_vector;
	}
	if (address == vectors_enter) {
		return executes_start;
	}
	if (kind == ERET) {
		return executes_eret;
	}
	if (kind == WFI) {
		return executes_wfi;
	}
	return kind == DMB ? executes_dmb : executes;
}

/* Loads and stores both: QEMU 7.2 takes one for the other here. */
static void look_at_memory(struct qemu_plugin_insn *insn, enum kind kind)
{
	void (*call)(unsigned int, qemu_plugin_meminfo_t, uint64_t, void *) = NULL;

	if (kind == LDR) {
		call = reads;
	} else if (kind == LDREX) {
		call = draws;
	} else if (kind == STRH) {
		call = stores;
	}
	if (call) {
		qemu_plugin_register_vcpu_mem_cb(insn, call, QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW, NULL);
	}
}

static void executes_guest(unsigned int index, void *cookie)
{
	struct cpu *cpu = cpu_of(index);

	cpu->guests += cpu->enters ? (uintptr_t)cookie : 0;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	uint64_t start = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));

	(void)id;
	if (shares && (start < text || start >= text_end)) {
		qemu_plugin_register_vcpu_tb_exec_cb(tb, executes_guest, QEMU_PLUGIN_CB_NO_REGS,
						     (void *)qemu_plugin_tb_n_insns(tb));
	}
	for (size_t n = 0; n < qemu_plugin_tb_n_insns(tb); n++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, n);
		uint64_t address = qemu_plugin_insn_vaddr(insn);
		uint32_t function;
		enum kind kind;

		if (address < text || address >= text_end) {
			return;
		}
		function = function_of((uint32_t)address);
		kind = kind_of(text_bytes + (address - text), functions[function].thumb);
		qemu_plugin_register_vcpu_insn_exec_cb(insn, call_of((uint32_t)address, kind),
						       QEMU_PLUGIN_CB_NO_REGS,
						       (void *)(uintptr_t)function);
		look_at_memory(insn, kind);
	}
}

static void tell_stretch(const struct stretch *one)
{
	fprintf(stderr, "stretch: %u instructions from %s to %s:", (unsigned)one->length, one->from,
		one->to);
	for (uint32_t i = 0; i < STRETCH_NAMES && one->name[i] != STRETCH_NO_NAME; i++) {
		fprintf(stderr, "%s %s %u", i ? "," : "", functions[one->name[i]].name,
			(unsigned)one->spent[i]);
	}
	fputc('\n', stderr);
}

static void tell(qemu_plugin_id_t id, void *cookie)
{
	uint64_t hold = 0;

	(void)id;
	(void)cookie;
	for (uint32_t n = 0; n < shown && n < STRETCH_LIST && longest[n].length; n++) {
		tell_stretch(&longest[n]);
	}
	for (uint32_t n = 0; shares && n < STRETCH_CPUS && cpus[n].enters; n++) {
		fprintf(stderr,
			"stretch: CPU %u: guests %llu, monitor %llu, waiting %llu, longest %llu\n",
			(unsigned)n, (unsigned long long)cpus[n].guests,
			(unsigned long long)cpus[n].executed, (unsigned long long)cpus[n].waited,
			(unsigned long long)cpus[n].longest);
	}
	for (uint32_t n = 0; n < STRETCH_LOCKS; n++) {
		hold = locks[n].longest > hold ? locks[n].longest : hold;
	}
	fprintf(stderr, "stretch: a lock is held for at most %llu instructions\n",
		(unsigned long long)hold);
	fprintf(stderr, "stretch: %s: the longest of %llu has %u instructions; %u are allowed\n",
		!nr_stretches		     ? "nothing counted"
		: longest[0].length <= limit ? "within the limit"
					     : "past the limit",
		(unsigned long long)nr_stretches, (unsigned)longest[0].length, (unsigned)limit);
}

QEMU_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
				    char **argv);
QEMU_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
				    char **argv)
{
	const char *path = "build/plumbline.elf";

	(void)info;
	for (int n = 0; n < argc; n++) {
		if (!strncmp(argv[n], "elf=", 4)) {
			path = argv[n] + 4;
		} else if (!strncmp(argv[n], "limit=", 6)) {
			limit = (uint32_t)strtoul(argv[n] + 6, NULL, 0);
		} else if (!strncmp(argv[n], "list=", 5)) {
			shown = (uint32_t)strtoul(argv[n] + 5, NULL, 0);
		} else if (!strcmp(argv[n], "shares=1")) {
			shares = true;
		} else {
			fprintf(stderr,
				"stretch: unknown argument '%s': elf=, limit=, list= or shares=1\n",
				argv[n]);
			return 1;
		}
	}
	if (!read_elf(path)) {
		fprintf(stderr, "stretch: %s: not the monitor's ELF file: run 'make'\n", path);
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, tell, NULL);
	return 0;
}
