/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main_start on boards and manifests of all kinds: those that it boots, and each that it refuses,
 * with the words that it has for it.
 */
#include "hyp/core/creator.h"
#include "hyp/core/partition_make.h"
#include "hyp/core/vm.h"
#include "hyp/hw/pen_layout.h"
#include "test/rig/rig.h"
#include "test/unit/test.h"

/* A board in pieces; the root's properties stand first. */
#define HEAD_OF(properties)                                                                   \
	"/dts-v1/; / { interrupt-parent = <&gic>; model = \"rig\"; #size-cells = <2>;\n"      \
	"#address-cells = <2>; " properties "chosen { stdout-path = \"/pl011@9000000\"; };\n" \
	"gic: intc@8000000 { interrupts = <1 9 4>; compatible = \"arm,cortex-a15-gic\";\n"    \
	" reg = <0 0x8000000 0 0x10000 0 0x8010000 0 0x10000 0 0x8030000 0 0x10000\n"         \
	"  0 0x8040000 0 0x10000>; interrupt-controller; #interrupt-cells = <3>; };\n"        \
	"timer { interrupts = <1 13 0x104 1 14 0x104 1 11 0x104 1 10 0x104>; always-on;\n"    \
	" compatible = \"arm,armv7-timer\"; };\n"
#define HEAD   HEAD_OF("")
#define MEMORY "memory@40000000 { reg = <0 0x40000000 0 0x1800000>; device_type = \"memory\"; };\n"
#define PSCI   "psci { method = \"smc\"; compatible = \"arm,psci-1.0\", \"arm,psci-0.2\"; };\n"
#define UART                                                                    \
	"pl011@9000000 { interrupts = <0 1 4>; reg = <0 0x9000000 0 0x1000>;\n" \
	" compatible = \"arm,pl011\", \"arm,primecell\"; };\n"
#define CPU(n, more) "cpu@" #n " { reg = <" #n ">; device_type = \"cpu\"; " more "};\n"
#define CPUS(cpus)   "cpus { #size-cells = <0>; #address-cells = <1>;\n" cpus "};\n"
#define TWO	     CPUS(CPU(0, "") CPU(1, ""))
#define BOARD(more)  HEAD MEMORY UART more "};\n"

#define PARTITION    "compatible = \"plumbline,partition\"; kernel = [fe ff ff ea]; no-dtb;\n"
#define SYSTEM(more) "/dts-v1/; / { compatible = \"plumbline,system-1\"; " more "};\n"
#define SMALL	     "a { " PARTITION " memory-size = <0x20000>; };\n"
#define SMALL_B	     "b { " PARTITION " memory-size = <0x20000>; };\n"

static uint32_t registers[64];

/* Any register of a device that only boot touches. */
static uint32_t *plain(uintptr_t address, bool is_write, uint32_t value)
{
	(void)is_write;
	(void)value;
	return &registers[address / 4 % 64];
}

static bool boots(const char *tree, const char *manifest, void (*before)(void))
{
	const struct rig_system system = { tree, manifest, 2, true, before, 0 };
	bool did;

	memset(registers, 0, sizeof(registers));
	rig_registers = plain;
	did = rig_boots(&system);
	rig_cpu_on_error = 0;
	rig_cpu_never_comes = false;
	rig_stuck = FAKE_NR_SYSREGS;
	return did;
}

static bool said(const char *what)
{
	if (!strstr(rig_output, what)) {
		printf("not said: %s\n%s\n", what, rig_output);
		return false;
	}
	return true;
}

static void refused(const char *tree, const char *manifest, void (*before)(void), const char *what)
{
	CHECK(!boots(tree, manifest, before));
	CHECK(said(what));
	CHECK(said("plumbline: end: status 4"));
}

static void good(void)
{
	CHECK(boots(BOARD(PSCI TWO), SYSTEM(SMALL), NULL));
	CHECK(said("[plumbline] rig, 2 CPUs"));
	CHECK(boots(BOARD(PSCI TWO "reserved-memory { #address-cells = <2>; #size-cells = <2>;\n"
				   " ranges; r@41000000 { reg = <0 0x41000000 0 0x10000>; }; };\n"
				   "clock@1000000 { compatible = \"arm,pl031\";\n"
				   " reg = <0 0x1000000 0 0x1000>; };\n"),
		    SYSTEM("branch-hardening = \"always\"; a { " PARTITION
			   " memory-size = <0x400000>; memory-at = <0 0x40c00000>;\n"
			   " no-autostart; }; b { " PARTITION " memory-size = <0x20000>; };\n"),
		    NULL));
	CHECK(boots(BOARD(PSCI TWO), SYSTEM("branch-hardening = \"never\"; raw-console; " SMALL),
		    NULL));
	CHECK(boots(BOARD(PSCI TWO),
		    SYSTEM("a { compatible = \"plumbline,partition\"; no-dtb;\n"
			   " memory-size = <0x20000>; firmware = [fe ff ff ea]; };\n"),
		    NULL));
	CHECK(boots(BOARD(PSCI TWO "disabled@1000000 { compatible = \"arm,pl031\";\n"
				   " status = \"disabled\"; reg = <0 0x1000000 0 0x1000>; };\n"),
		    SYSTEM("a { " PARTITION " memory-size = <0x20000>; pmu; };\n"), NULL));
	CHECK(said("[plumbline] rig, 2 CPUs"));
}

/* Behind the tables, before all else of the partition; the parts of its neighbours are apart. */
static void creators(void)
{
	static const char a[] = SYSTEM("a { " PARTITION " memory-size = <0x20000>; };\n" SMALL_B);
	static const char maker[] = SYSTEM("a { " PARTITION " memory-size = <0x20000>; vms = <3>;\n"
					   " vm-pool = <0x23000>; };\n" SMALL_B);
	const uint64_t pool = 0x23000;
	const struct creator *made;
	uint64_t tables, next;

	CHECK(boots(BOARD(PSCI TWO), a, NULL));
	CHECK(vms[0].creator == NULL);
	tables = (uint64_t)vms[0].stage2.pool.pages * 0x1000;
	next = vms[1].stage2.root_pa.pa - vms[0].stage2.root_pa.pa;
	CHECK_EQ(next, partition_pool_size(vms[0].config));
	CHECK(boots(BOARD(PSCI TWO), maker, NULL));
	CHECK_EQ(partition_pool_size(vms[0].config), next + pool);
	CHECK_EQ(vms[1].stage2.root_pa.pa - vms[0].stage2.root_pa.pa, next + pool);
	CHECK(vms[1].creator == NULL);
	made = vms[0].creator;
	CHECK_EQ(made->pool.base_pa.pa % 0x1000, 0);
	CHECK_EQ(made->pool.base_pa.pa, vms[0].stage2.pool.base_pa.pa + tables);
	CHECK(made->pool.base == vms[0].stage2.pool.base + tables);
	CHECK((uintptr_t)vms[0].vgic >= (uintptr_t)made->pool.base + pool);
	CHECK((uintptr_t)vms[0].vcpus >= (uintptr_t)made->pool.base + pool);
	CHECK_EQ(made->nr_slots, 3);
	CHECK_EQ(made->first_vmid, 65);
	CHECK_EQ(made->pages.count, 0x23);
	CHECK_EQ(made->pages.nr_free, 0x22); /* one page has the rest of it */
}

/* The last 2 MiB of the board's RAM, where the monitor's own tables would be otherwise. */
static void at_the_top(void)
{
	static const char *const manifests[] = {
		SYSTEM("a { " PARTITION
		       " memory-size = <0x200000>; memory-at = <0 0x41600000>; };\n"),
		SYSTEM(SMALL
		       "b { " PARTITION " memory-size = <0x20000>; }; s { compatible = "
		       "\"plumbline,shared-memory\"; peers = \"a\", \"b\"; ipa = <0x10000000>;\n"
		       "output-size = <0x1000>; memory-at = <0 0x417fd000>; };\n"),
	};

	for (uint32_t n = 0; n < 2; n++) {
		CHECK(boots(BOARD(PSCI TWO), manifests[n], NULL));
		CHECK(vms[0].stage2.root_pa.pa >= 0x40000000 &&
		      vms[0].stage2.root_pa.pa + 0x2000 <= 0x41600000);
	}
}

static void no_counter(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		rig.cpu[n].reg[FAKE_CNTFRQ] = 0;
	}
}

/* B4.1.92: bits 23..20 */
static void walks_past_the_caches(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		rig.cpu[n].reg[FAKE_ID_MMFR3] = 0x02002211;
	}
}

static void repeated_pages(void)
{
	rig_gicc_repeats = true;
}

static void clock_is_set(void)
{
	registers[0] = 1700000000;
}

static void old_r0p5(void)
{
	rig.cpu[0].reg[FAKE_MIDR] = rig.cpu[1].reg[FAKE_MIDR] = 0x410fc0f5;
}

static void bad_tree(void)
{
	rig_ram(RIG_TREE)[3] = 0;
}

static void huge_tree(void)
{
	rig_ram(RIG_TREE)[4] = 0x7f;
}

static void odd_boot_cpu(void)
{
	rig.cpu[0].reg[FAKE_MPIDR] = 0x80000007u;
}

static void old_a15(void)
{
	rig.cpu[0].reg[FAKE_MIDR] = rig.cpu[1].reg[FAKE_MIDR] = 0x410fc0f4;
}

/* HSCTLR.WXN (bit 19, ARM ARM B4.1.71) is 0: the walk at the end of boot stops the system. */
static void without_wxn(void)
{
	rig_hsctlr &= ~(1u << 19);
}

static void audited(void)
{
	CHECK(!boots(BOARD(PSCI TWO), SYSTEM(SMALL), without_wxn));
	CHECK(said("plumbline: panic: translation tables of the monitor: 0x0 (0x30c5187d): HSCTLR "
		   "lacks M, C, I or WXN"));
	CHECK(!strstr(rig_output, "first guest instruction"));
}

#define SEEDED(seed) BOARD(PSCI TWO) "/ { chosen { rng-seed = " seed "; }; };\n"

/* Another seed, another word behind the arrays on the stack; its first byte in memory is 0. */
static void guarded(void)
{
	uint32_t one, again, other;

	CHECK(boots(SEEDED("[00 01 02 03 04 05 06 07]"), SYSTEM(SMALL), NULL));
	one = rig_guard;
	CHECK(boots(SEEDED("[00 01 02 03 04 05 06 07]"), SYSTEM(SMALL), NULL));
	again = rig_guard;
	CHECK(boots(SEEDED("[00 01 02 03 04 05 06 08]"), SYSTEM(SMALL), NULL));
	other = rig_guard;
	CHECK(one != 0 && one == again && one != other);
	CHECK_EQ((one | other) & 0xff, 0);
	CHECK(boots(BOARD(PSCI TWO), SYSTEM(SMALL), NULL)); /* the counter alone */
	CHECK(rig_guard != 0 && rig_guard != one);
}

/* ---- what the board lacks ---- */

static void boards(void)
{
	refused(BOARD(PSCI TWO), SYSTEM(SMALL), no_counter, "timer: CNTFRQ is 0");
	refused(BOARD(PSCI TWO), SYSTEM(SMALL), odd_boot_cpu,
		"cpus: the CPU that booted is not in the device tree");
	refused(HEAD UART PSCI TWO "};", SYSTEM(SMALL), NULL, "plumbline: refused: ");
	CHECK(!boots(BOARD(PSCI TWO), SYSTEM(SMALL), bad_tree)); /* nobody hears of these */
	CHECK(!boots(BOARD(PSCI TWO), SYSTEM(SMALL), huge_tree));
	CHECK_EQ(rig_output[0], 0);
	CHECK(boots(HEAD MEMORY PSCI TWO "};", SYSTEM(SMALL), NULL)); /* no UART */
	CHECK(boots(BOARD(PSCI TWO), SYSTEM(SMALL), old_a15));
	CHECK(boots(BOARD(PSCI TWO), SYSTEM(SMALL), old_r0p5));
	refused(BOARD(PSCI TWO), SYSTEM(SMALL), walks_past_the_caches,
		"cpus: their table walks do not read the caches (ID_MMFR3)");
	refused(BOARD(PSCI TWO), SYSTEM(SMALL), repeated_pages,
		"gic: GICC's two pages are not 4 KiB");
	rig_gicc_repeats = false;
	CHECK(boots(BOARD(PSCI TWO "clock@1000000 { compatible = \"arm,pl031\";\n"
				   " reg = <0 0x1000000 0 0x1000>; };\n"),
		    SYSTEM(SMALL), clock_is_set));
	CHECK(boots(HEAD MEMORY PSCI TWO "pl011@9000000 { reg = <0 0x9000000 0 0x1000>;\n"
					 " compatible = \"arm,pl011\", \"arm,primecell\"; }; };",
		    SYSTEM(SMALL), NULL)); /* no interrupt of it */
}

static void wrong_modes(void)
{
	static const char *const trees[] = { BOARD(PSCI TWO), HEAD UART PSCI TWO "};" };

	for (uint32_t n = 0; n < 2; n++) {
		const struct rig_system system = { trees[n], SYSTEM(SMALL), 2, true, NULL, 0x13 };

		CHECK(!rig_boots(&system));
		CHECK(said("plumbline: refused: entered in mode 0x13, not HYP (0x1a)"));
		CHECK_EQ(strstr(rig_output, "the board is not supported in HYP either") != NULL,
			 n == 1);
	}
}

/* ---- CPUs ---- */

static void in_pen(void)
{
	extern volatile uint32_t pen_boxes[][1u << (PEN_BOX_SHIFT - 2)];

	pen_boxes[1][PEN_PARKED / 4] = 1;
}

static void with_monitor(void)
{
	extern uint32_t monitor_active;

	monitor_active = 1;
	no_counter();
	in_pen();
}

static void cpu_on_fails(void)
{
	rig_cpu_on_error = -3;
}

static void cpu_is_lost(void)
{
	rig_cpu_never_comes = true;
}

static void cpu_comes_in_svc(void)
{
	extern volatile uint32_t pen_turn[];

	rig_cpu_never_comes = true;
	pen_turn[PEN_TURN_MODE / 4] = 0x13;
}

/* Spin table: the word at 0x41000000 + 8 is written. */
static uint32_t *spins(uintptr_t address, bool is_write, uint32_t value)
{
	if (is_write && address == 0x1000008 && value && rig.cpu[1].wait == RIG_OFF) {
		rig_second_begins(1);
	}
	return plain(address, is_write, value);
}

static void spin_table(void)
{
	rig_registers = spins;
}

/* What another CPU must have as the first has it: the monitor's own translation (B4.1.69, .71, .74,
 * .76), stage 2 (B4.1.159), traps (B4.1.65 to .72, B8.1.2). A bit that the monitor leaves 0. */
static const struct {
	const char *name;
	enum fake_sysreg reg;
	uint64_t value;
} alike[] = {
	{ "HTTBR", FAKE_HTTBR, UINT64_C(1) << 32 },
	{ "HTCR", FAKE_HTCR, 1 },
	{ "HMAIR0", FAKE_HMAIR0, 0x44 },
	{ "HSCTLR", FAKE_HSCTLR, 1u << 1 },
	{ "VTCR", FAKE_VTCR, 1 },
	{ "HCR", FAKE_HCR, 1u << 27 },
	{ "HCPTR", FAKE_HCPTR, 0 },
	{ "HSTR", FAKE_HSTR, 1u << 9 },
	{ "HDCR", FAKE_HDCR, 1u << 9 },
	{ "CNTHCTL", FAKE_CNTHCTL, 0 },
};
static uint32_t differs;

static void cpu_differs(void)
{
	rig_stuck = alike[differs].reg;
	rig.cpu[1].reg[rig_stuck] = alike[differs].value;
}

/* The number of its counters. */
static void cpu_counts_more(void)
{
	rig.cpu[0].reg[FAKE_HDCR] = 6;
	rig.cpu[1].reg[FAKE_HDCR] = 4;
}

static void registers_of_cpus(void)
{
	char line[64];

	for (differs = 0; differs < sizeof(alike) / sizeof(alike[0]); differs++) {
		snprintf(line, sizeof(line), "/cpus: CPU 1: %s is 0x%llx, and 0x",
			 alike[differs].name, (unsigned long long)alike[differs].value);
		refused(BOARD(PSCI TWO), SYSTEM(SMALL), cpu_differs, line);
	}
	CHECK(boots(BOARD(PSCI TWO), SYSTEM(SMALL), cpu_counts_more));
}

static void second_cpu(void)
{
	refused(BOARD(PSCI TWO), SYSTEM(SMALL), cpu_on_fails,
		"/cpus: CPU 1 does not start: PSCI error -3");
	refused(BOARD(PSCI TWO), SYSTEM(SMALL), cpu_is_lost,
		"/cpus: CPU 1 does not start: not there after a second");
	refused(BOARD(PSCI TWO), SYSTEM(SMALL), cpu_comes_in_svc,
		"/cpus: CPU 1 starts in mode 0x13, not HYP");
	CHECK(boots(BOARD(TWO), SYSTEM(SMALL), in_pen));
	CHECK(said("rig, 2 CPUs"));
	CHECK(boots(BOARD(PSCI TWO "timer2 { };\n"), SYSTEM(SMALL), in_pen));
	CHECK(boots(BOARD(CPUS(CPU(0, "") CPU(1, "enable-method = \"spin-table\"; "
						 "cpu-release-addr = <0 0x1000008>; "))),
		    SYSTEM(SMALL), spin_table));
	CHECK(said("rig, 2 CPUs"));
	CHECK(boots(HEAD_OF("") MEMORY UART TWO
		    "timer@1 { compatible = \"arm,armv7-timer\"; clock-frequency = <1000000>;\n"
		    " interrupts = <1 13 4 1 14 4 1 11 4 1 10 4>; }; };",
		    SYSTEM(SMALL), in_pen));
	CHECK(!boots(BOARD(PSCI TWO), SYSTEM(SMALL), with_monitor)); /* no clock-frequency */
	CHECK(said("timer: CNTFRQ is 0"));
}

static void left_out(void)
{
	CHECK(boots(BOARD(TWO), SYSTEM(SMALL), NULL));
	CHECK(said("[plumbline] left out, as"));
}

/* ---- the file ---- */

static void no_manifest(void)
{
	memset(rig_ram(RIG_IMAGE + RIG_MONITOR), 0, 8);
}

static void cut_off(void)
{
	rig_set_file_end(RIG_MONITOR + 0x4000, 0x5ea15ea1);
}

static void too_short(void)
{
	rig_set_file_end(RIG_MONITOR + 16, 0x5ea15ea1);
}

static void too_long(void)
{
	rig_set_file_end(0x7fffffff, 0x5ea15ea1);
}

static void damaged(void)
{
	rig_ram(RIG_IMAGE + RIG_MONITOR)[23] = 1; /* the version */
}

static void files(void)
{
	refused(BOARD(PSCI TWO), SYSTEM(SMALL), no_manifest,
		"manifest: none follows the monitor: make one file of both");
	refused(BOARD(PSCI TWO), SYSTEM(SMALL), cut_off, "image: its end is missing");
	refused(BOARD(PSCI TWO), SYSTEM(SMALL), too_short, "image: its end is missing");
	refused(BOARD(PSCI TWO), SYSTEM(SMALL), too_long, "image: its end is missing");
	refused(BOARD(PSCI TWO), SYSTEM(SMALL), damaged, "plumbline: refused: manifest: ");
}

/* ---- manifests that this board cannot have ---- */

static void no_monitors(void)
{
	rig.cpu[0].reg[FAKE_ID_DFR0] = rig.cpu[1].reg[FAKE_ID_DFR0] = 0;
}

static void manifests(void)
{
	refused(BOARD(PSCI TWO), SYSTEM("a { " PARTITION " memory-size = <0x20000>; x; };\n"), NULL,
		"plumbline: refused: /a: x");
	refused(BOARD(PSCI TWO),
		SYSTEM("a { " PARTITION " memory-size = <0x20000>; cpus = <4>; };"), NULL,
		"plumbline: refused: /a: cpus");
	refused(BOARD(PSCI TWO), SYSTEM("a { " PARTITION " memory-size = <0x4000000>; };\n"), NULL,
		"/a: memory-size: is more than the board has left");
	refused(BOARD(PSCI TWO), SYSTEM("a { " PARTITION " memory-size = <0x20000>; pmu; };\n"),
		no_monitors, "pmu: the board's CPUs have no performance monitors");
	refused(BOARD(PSCI TWO),
		SYSTEM("a { " PARTITION " memory-size = <0x20000>; d {\n"
		       " compatible = \"plumbline,device\"; pa = <0 0x09000000>;\n"
		       " ipa = <0x20000000>; size = <0x1000>; }; };\n"),
		NULL, "/a/d: pa: is the UART of the monitor's console");
	refused(BOARD(PSCI TWO),
		SYSTEM("a { " PARTITION " memory-size = <0x20000>; console = \"none\"; d {\n"
		       " compatible = \"plumbline,device\"; pa = <0 0x0b000000>;\n"
		       " size = <0x1000>; interrupt = <33>; }; };\n"),
		NULL, "/a/d: interrupt: is the interrupt of the monitor's console");
}

/* Partition `n` of those that share memory, 8 peers for each, 3 for each partition. */
static size_t put_peer(char *text, size_t room, uint32_t n)
{
	return (size_t)snprintf(text, room, "p%u { " PARTITION " memory-size = <0x20000>; %s };\n",
				n, n < 2 ? "vms = <64>; vm-pool = <0x4000000>;" : "");
}

static size_t put_shared(char *text, size_t room, uint32_t n)
{
	size_t at = (size_t)snprintf(text, room,
				     "s%u { compatible = \"plumbline,shared-memory\";\n"
				     " ipa = <0x%x>; common-size = <0x3f000000>; peers = ",
				     n, 0x40100000 + n % 3 * 0x3f100000);

	for (uint32_t peer = 0; peer < 8; peer++) {
		at += (size_t)snprintf(text + at, room - at, "%s\"p%u\"", peer ? ", " : "",
				       n / 3 * 8 + peer);
	}
	return at + (size_t)snprintf(text + at, room - at, "; };\n");
}

/* Tables of 128 MiB beside pools of 128 MiB: all of it has 256 MiB of addresses. */
static void addresses(void)
{
	static char text[16384];
	size_t at = (size_t)snprintf(text, sizeof(text),
				     "/dts-v1/; / { compatible = \"plumbline,system-1\";\n");

	for (uint32_t n = 0; n < 24; n++) {
		at += put_peer(text + at, sizeof(text) - at, n);
	}
	for (uint32_t n = 0; n < 8; n++) {
		at += put_shared(text + at, sizeof(text) - at, n);
	}
	snprintf(text + at, sizeof(text) - at,
		 "x { " PARTITION " memory-size = <0xc0000000>; };\n"
		 "y { " PARTITION " memory-size = <0xc0000000>; }; };\n");
	refused(HEAD
		"memory@40000000 { reg = <0 0x40000000 8 0>; device_type = \"memory\"; };\n" UART
			PSCI TWO "};\n",
		text, NULL, "memory: no room for the monitor's own tables");
}

/* ---- the ways of the SoCs ---- */

#define EXYNOS                                                                                   \
	"smp@2020000 { compatible = \"samsung,exynos4210-sysram\";\n"                            \
	" reg = <0 0x2020000 0 0x1000>; };\n"                                                    \
	"mct@101c0000 { compatible = \"samsung,exynos4210-mct\"; reg = <0 0x101c0000 0 0x800>; " \
	"};\n"                                                                                   \
	"pmu: pmu@10040000 { compatible = \"samsung,exynos5250-pmu\", \"syscon\";\n"             \
	" reg = <0 0x10040000 0 0x5000>;\n"                                                      \
	" off { compatible = \"syscon-poweroff\"; regmap = <&pmu>; offset = <0x330c>;\n"         \
	" mask = <0x5200>; }; };\n"

#define VEXPRESS                                                    \
	"sysreg@1c010000 { compatible = \"arm,vexpress-sysreg\";\n" \
	" reg = <0 0x1c010000 0 0x1000>; };\n"

/* Power comes at once; the SGI that wakes the core is the last that it is asked for. */
static uint32_t *exynos(uintptr_t address, bool is_write, uint32_t value)
{
	uint32_t *word = plain(address, is_write, value);

	if (!is_write && address >= 0x10042000 && address < 0x10043000) {
		*word = 3;
	}
	if (is_write && address == 0x2020000 && value && rig.cpu[1].wait == RIG_OFF) {
		rig_second_begins(1);
	}
	return word;
}

static void on_exynos(void)
{
	rig_registers = exynos;
}

/* The debug register of the core is the last that is written; on Versatile Express, the flags. */
static uint32_t *others(uintptr_t address, bool is_write, uint32_t value)
{
	bool starts = (address & 0xfff) == 0xde4 ? value >> 1 & 1 : address == 0x1c010030 && value;

	if (is_write && starts && rig.cpu[1].wait == RIG_OFF) {
		rig_second_begins(1);
	}
	return plain(address, is_write, value);
}

static void on_others(void)
{
	rig_registers = others;
}

static void socs(void)
{
	CHECK(boots(HEAD_OF("compatible = \"samsung,exynos5250\";") MEMORY UART EXYNOS TWO "};",
		    SYSTEM(SMALL), on_exynos));
	CHECK(said("rig, 2 CPUs"));
	CHECK(boots(HEAD_OF("compatible = \"allwinner,sun7i-a20\";") MEMORY UART TWO "};",
		    SYSTEM(SMALL), on_others));
	CHECK(boots(HEAD_OF("compatible = \"allwinner,sun8i-h3\";") MEMORY UART TWO "};",
		    SYSTEM(SMALL), on_others));
	CHECK(boots(HEAD_OF("compatible = \"arm,vexpress,v2p-ca15\";") MEMORY UART VEXPRESS TWO
		    "};",
		    SYSTEM(SMALL), on_others));
	/* Registers that the tree has not start nobody; one that refuses is switched off. */
	CHECK(boots(HEAD_OF("compatible = \"arm,vexpress,v2p-ca15\";") MEMORY UART TWO "};",
		    SYSTEM(SMALL), on_others));
	CHECK(said("[plumbline] left out, as"));
	refused(HEAD_OF("compatible = \"arm,vexpress,v2p-ca15\";") MEMORY UART VEXPRESS TWO "};",
		SYSTEM("x; " SMALL), on_others, "plumbline: refused: ");
	CHECK_EQ(registers[0xa4 / 4 % 64] & 0xc0000000, 0xc0000000); /* CFGCTRL: start, write */
	refused(HEAD_OF("compatible = \"samsung,exynos5250\";") MEMORY UART EXYNOS TWO "};",
		SYSTEM("x; " SMALL), on_exynos, "plumbline: refused: ");
	CHECK_EQ(registers[0x330c / 4 % 64], 0x5200);
}

static const struct test_case cases[] = {
	{ "good", good },
	{ "creators", creators },
	{ "at_the_top", at_the_top },
	{ "audited", audited },
	{ "guarded", guarded },
	{ "boards", boards },
	{ "wrong_modes", wrong_modes },
	{ "second_cpu", second_cpu },
	{ "registers_of_cpus", registers_of_cpus },
	{ "left_out", left_out },
	{ "files", files },
	{ "manifests", manifests },
	{ "addresses", addresses },
	{ "socs", socs },
};

TEST_MAIN("rig_boot", cases)
