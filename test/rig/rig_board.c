/* SPDX-License-Identifier: BSD-2-Clause */
/* A board of the rig: its tree, its memory with the file that was booted; and what main_start makes
 * of it, kept for the runs. */
#define _GNU_SOURCE
#include "hyp/core/boot_parts.h"
#include "hyp/core/main.h"
#include "hyp/core/partition_make.h"
#include "hyp/core/trace_call.h"
#include "hyp/core/vm.h"
#include "hyp/hw/mmu.h"
#include "hyp/hw/stack.h"
#include "test/rig/rig.h"
#include "test/unit/tree.h"

#define IMAGE	RIG_IMAGE
#define MONITOR RIG_MONITOR
#define TREE	RIG_TREE

/* What boot/ and the linker script have. */
struct {
	uint32_t start, end, endian, magic, memory_size, version, seal;
} boot_header;
/* As vectors.S aligns them: bits of HVBAR name the twins. */
_Alignas(256) const char vectors[256], vectors_iciallu[256], vectors_bpiall[256];
const char image_stacks[1], boot_secondary[1];
const char image_text_end[1], image_rodata_end[1];
uint32_t monitor_active;
__asm__(".bss\n"
	".globl image_start\n"
	"image_start: .zero 0x10000\n"
	".globl image_end\n"
	"image_end: .zero 1\n"
	".text\n");
void vectors_enter(uintptr_t stack_top) __attribute__((noreturn));

static _Alignas(0x8000) uint8_t ram[RIG_RAM_SIZE]; /* whole lines of FAKE_CTR: as many each time */

static uint8_t *memory(uint64_t pa, size_t size)
{
	rig_demand(pa >= RIG_RAM && pa - RIG_RAM + size <= RIG_RAM_SIZE,
		   "memory that is not there");
	return ram + (pa - RIG_RAM);
}

/* ---- hyp/hw/mmu.c: an address is where the host has it; a device's, what it is physically ---- */

void mmu_init(void)
{
}

void mmu_init_devices(void)
{
}

void mmu_init_secondary(void)
{
}

static uint8_t *pool;
static size_t pool_size;

void *mmu_map_blocks(uintptr_t va, pa_t pa, size_t size, bool writable)
{
	(void)va;
	if (writable) {
		pool = memory(pa.pa, size);
	}
	return memory(pa.pa, size);
}

void *mmu_map_device(pa_t pa, size_t size)
{
	(void)size;
	return (void *)(uintptr_t)pa.pa;
}

void *mmu_window(uint32_t cpu, pa_t pa)
{
	rig_demand(cpu == rig_self, "a CPU uses another's window");
	return memory(pa.pa, 1);
}

void mmu_window_close(uint32_t cpu)
{
	rig_demand(cpu == rig_self, "a CPU closes another's window");
}

pa_t mmu_image_pa(pa_t boot_pa, const void *object)
{
	(void)object;
	return boot_pa;
}

uint32_t rig_hsctlr, rig_guard;

void stack_set_guard(uint32_t guard)
{
	rig_guard = guard;
}

/* The monitor's own tables are not modelled: these map nothing. */
void mmu_read_state(struct mmu_state *state)
{
	static const uint64_t empty[512];

	*state = (struct mmu_state) { .hsctlr = rig_hsctlr };
	for (uint32_t n = 0; n < MMU_TABLES; n++) {
		state->table[n].entries = empty;
	}
}

void vectors_enter(uintptr_t stack_top)
{
	(void)stack_top;
	rig_enter_guests();
}

/* ---- the board ---- */

static const char board_tree[] =
	"/dts-v1/; / { interrupt-parent = <&gic>; model = \"rig\"; #size-cells = <2>;\n"
	"#address-cells = <2>; chosen { stdout-path = \"/pl011@9000000\"; };\n"
	"psci { method = \"smc\"; compatible = \"arm,psci-1.0\", \"arm,psci-0.2\"; };\n"
	"memory@40000000 { reg = <0 0x40000000 0 0x1800000>; device_type = \"memory\"; };\n"
	"pl011@9000000 { interrupts = <0 1 4>; reg = <0 0x9000000 0 0x1000>;\n"
	" compatible = \"arm,pl011\", \"arm,primecell\"; };\n"
	"gic: intc@8000000 { interrupts = <1 9 4>; compatible = \"arm,cortex-a15-gic\";\n"
	" reg = <0 0x8000000 0 0x10000 0 0x8010000 0 0x10000 0 0x8030000 0 0x10000\n"
	"  0 0x8040000 0 0x10000>; interrupt-controller; #interrupt-cells = <3>; };\n"
	"timer { interrupts = <1 13 0x104 1 14 0x104 1 11 0x104 1 10 0x104>; always-on;\n"
	" compatible = \"arm,armv7-timer\"; };\n"
	"cpus { #size-cells = <0>; #address-cells = <1>;\n";

/* The board's tree, with so many CPUs. */
static const char *tree_of(uint32_t nr_cpus)
{
	static char source[4096];
	size_t length = sizeof(board_tree) - 1;

	memcpy(source, board_tree, sizeof(board_tree));
	for (uint32_t n = 0; n < nr_cpus; n++) {
		length +=
			(size_t)snprintf(source + length, sizeof(source) - length,
					 "cpu@%u { reg = <%u>; device_type = \"cpu\"; };\n", n, n);
	}
	snprintf(source + length, sizeof(source) - length, "}; };\n");
	return source;
}

static void put_board(const char *source)
{
	struct tree tree = tree_compile(source, "");

	memcpy(memory(TREE, tree.size), tree.blob, tree.size);
	tree_free(&tree);
}

uint8_t *rig_ram(uint64_t pa)
{
	return memory(pa, 1);
}

void rig_set_file_end(uint32_t end, uint32_t seal)
{
	boot_header.end = end;
	boot_header.seal = seal;
}

static void put_manifest(const char *source)
{
	static const uint32_t seal = 0x5ea15ea1;
	struct tree tree = tree_compile(source, "");
	uint32_t size = (uint32_t)(tree.size + 3) & ~3u;

	memcpy(memory(IMAGE + MONITOR, tree.size), tree.blob, tree.size);
	memcpy(memory(IMAGE + MONITOR + size, 4), &seal, 4);
	boot_header.end = MONITOR + size + 4;
	boot_header.seal = seal;
	tree_free(&tree);
}

uint32_t rig_midr = 0x412fc0f1; /* a Cortex-A15 r2p1 */

static void reset_cpu(uint32_t n)
{
	uint64_t *reg = rig.cpu[n].reg;

	reg[FAKE_MPIDR] = 0x80000000u | n;
	reg[FAKE_MIDR] = rig_midr;
	reg[FAKE_ID_MMFR3] = 0x02102211; /* the Cortex-A15's (its TRM, 4.3.12) */
	reg[FAKE_CNTFRQ] = RIG_HZ;
	reg[FAKE_CTR] = 0x84448003 | 9u << 16; /* long lines: fewer accesses */
	reg[FAKE_ID_PFR1] = 0x00011011;
	reg[FAKE_ID_DFR0] = 0x02010555;
	reg[FAKE_ACTLR] = 0x40;
	rig.cpu[n].wait = RIG_OFF;
}

static uint32_t wrong_mode;

static void boot(uint32_t cpu)
{
	(void)cpu;
	if (wrong_mode) {
		main_wrong_mode(TREE, IMAGE, wrong_mode);
	}
	main_start(TREE, IMAGE);
}

uint8_t *rig_memory(uint32_t vm, uint32_t ipa)
{
	return memory(vms[vm].memory_pa.pa + (ipa - vms[vm].config->memory_ipa.ipa), 1);
}

/* ---- what is kept ---- */

extern uint8_t __start_core_data[], __stop_core_data[], __start_core_bss[], __stop_core_bss[];

#define DATA_SIZE ((size_t)(__stop_core_data - __start_core_data))
#define BSS_SIZE  ((size_t)(__stop_core_bss - __start_core_bss))

static struct rig_machine kept_machine;
static uint8_t *kept_data, *kept_bss, *kept_pool;
static size_t kept_output;

__attribute__((no_sanitize("address"))) static void copy(uint8_t *to, const uint8_t *from,
							 size_t size)
{
	uint64_t *t = (uint64_t *)(void *)to;
	const uint64_t *f = (const uint64_t *)(const void *)from;

	for (size_t n = 0; n < size / 8; n++) {
		t[n] = f[n];
	}
	for (size_t n = size & ~(size_t)7; n < size; n++) {
		to[n] = from[n];
	}
}

static uint8_t *keep_globals(const uint8_t *from, size_t size)
{
	uint8_t *to = malloc(size + 8);

	copy(to, from, size);
	return to;
}

bool rig_boots(const struct rig_system *system)
{
	static uint8_t *data, *bss; /* as the program began */

	if (!data) {
		data = keep_globals(__start_core_data, DATA_SIZE);
		bss = keep_globals(__start_core_bss, BSS_SIZE);
	}
	copy(__start_core_data, data, DATA_SIZE);
	copy(__start_core_bss, bss, BSS_SIZE);
	rig_output_length = 0;
	rig_output[0] = '\0';
	memset(&rig, 0, sizeof(rig));
	rig_guest_reset(0);
	rig_nr_cpus = system->nr_cpus;
	rig_hw_bit = system->hw_bit;
	wrong_mode = system->wrong_mode;
	monitor_active = 0;
	rig_hsctlr = 0x30cd187d;
	for (uint32_t n = 0; n < RIG_DEVICES; n++) {
		rig.device[n].at = RIG_NEVER;
	}
	rig.now = 1000;
	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		reset_cpu(n);
	}
	memset(memory(IMAGE, MONITOR), 0, MONITOR);
	put_board(system->tree ? system->tree : tree_of(rig_nr_cpus));
	put_manifest(system->manifest);
	if (system->before) {
		system->before();
	}
	return rig_boot_cpu(boot);
}

void rig_boot(const char *manifest, uint32_t nr_cpus, bool hw_bit)
{
	const struct rig_system system = { NULL, manifest, nr_cpus, hw_bit, NULL, 0 };

	if (!rig_boots(&system)) {
		printf("rig: the board is refused:\n%s\n", rig_output);
		abort();
	}
	free(kept_data);
	free(kept_bss);
	free(kept_pool);
	pool_size = trace_call_size(&boot_manifest);
	for (uint32_t n = 0; n < boot_manifest.nr_partitions; n++) {
		pool_size += partition_pool_size(&boot_manifest.partition[n]);
	}
	kept_machine = rig;
	kept_data = keep_globals(__start_core_data, DATA_SIZE);
	kept_bss = keep_globals(__start_core_bss, BSS_SIZE);
	kept_pool = keep_globals(pool, pool_size);
	kept_output = rig_output_length;
}

void rig_restore(void)
{
	rig = kept_machine;
	copy(__start_core_data, kept_data, DATA_SIZE);
	copy(__start_core_bss, kept_bss, BSS_SIZE);
	copy(pool, kept_pool, pool_size);
	rig_output_length = kept_output;
	rig_output[kept_output] = '\0';
}

static bool within(const void *address, const void *start, size_t size)
{
	return (uintptr_t)address - (uintptr_t)start < size;
}

bool rig_is_shared(const void *address, bool *flag)
{
	*flag = within(address, cpus, sizeof(cpus)) || within(address, &vm_sched, sizeof(vm_sched));
	return within(address, __start_core_bss, BSS_SIZE) || within(address, pool, pool_size) ||
	       within(address, __start_core_data, DATA_SIZE);
}
