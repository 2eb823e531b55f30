/* SPDX-License-Identifier: BSD-2-Clause */
/* Manifests: defaults, every property, every refusal, damaged blobs, and the board's part. */
#define _POSIX_C_SOURCE 200809L
#include "hyp/manifest/manifest.h"
#include "test.h"
#include "tree.h"

#define KERNEL "kernel = [00 00 a0 e1 fe ff ff ea 00 00 00 00]; "
#define PART   "compatible = \"plumbline,partition\"; "
#define SYSTEM "/dts-v1/; / { compatible = \"plumbline,system-1\"; "

static struct tree blob;
static struct fdt fdt;
static struct manifest manifest;
static struct refusal why;

static bool read_manifest(const char *source)
{
	why = (struct refusal) { 0 };
	memset(&manifest, 0xa5, sizeof(manifest));
	blob = tree_compile(source, "");
	CHECK(fdt_open(&fdt, blob.blob, blob.size) == NULL);
	return manifest_read(&fdt, &manifest, &why);
}

/* One partition 'p' of 1 MiB with `more` in it; true if it is taken. The blob stays open. */
static bool read_one(const char *more)
{
	static char source[16384];

	snprintf(source, sizeof(source),
		 SYSTEM "p { " PART KERNEL "memory-size = <0x100000>; %s }; };", more);
	return read_manifest(source);
}

static void show(const char *more)
{
	printf("with '%s': '%s' '%s' '%s' (%s)\n", more, why.parent, why.node, why.property,
	       why.reason);
}

static void accept(const char *more)
{
	bool ok = read_one(more);

	CHECK(ok);
	if (!ok) {
		show(more);
	}
	tree_free(&blob);
}

static void check_refusal(bool ok, const char *text, const char *parent, const char *node,
			  const char *property)
{
	CHECK(!ok);
	if (!ok) {
		bool named = strcmp(why.parent, parent) == 0 && strcmp(why.node, node) == 0 &&
			     strcmp(why.property, property) == 0 && why.reason[0] != 0;

		CHECK(named);
		if (!named) {
			show(text);
		}
	} else {
		printf("taken: '%s'\n", text);
	}
	tree_free(&blob);
}

static void refuse(const char *more, const char *property)
{
	check_refusal(read_one(more), more, "", "p", property);
}

/* A device 'd' in partition 'p' */
static void refuse_device(const char *more, const char *property)
{
	char text[1024];

	snprintf(text, sizeof(text), "d { compatible = \"plumbline,device\"; %s };", more);
	check_refusal(read_one(text), text, "p", "d", property);
}

static void refuse_source(const char *source, const char *parent, const char *node,
			  const char *property)
{
	check_refusal(read_manifest(source), source, parent, node, property);
}

static void defaults(void)
{
	const struct manifest_partition *p = &manifest.partition[0];

	CHECK(read_one(""));
	CHECK_EQ(manifest.nr_partitions, 1);
	CHECK_EQ(manifest.time_slice_us, 10000);
	CHECK_EQ(manifest.branches, MANIFEST_BRANCHES_AUTO);
	CHECK(strcmp(p->name, "p") == 0);
	CHECK_EQ(p->nr_vcpus, 1);
	CHECK_EQ(p->affinity[0], 0xff);
	CHECK_EQ(p->priority, 3);
	CHECK_EQ(p->memory_size, 0x100000);
	CHECK_EQ(p->memory_pa.pa, 0);
	CHECK_EQ(p->memory_ipa.ipa, 0x40000000);
	CHECK(p->has_gic && p->autostart);
	CHECK_EQ(p->nr_irqs, 128);
	CHECK_EQ(p->kernel.size, 12);
	CHECK_EQ(p->kernel.ipa.ipa, 0x40010000);
	CHECK(p->kernel.data && p->kernel.data[2] == 0xa0);
	CHECK_EQ(p->entry, 0x40010000);
	CHECK(p->initrd.data == NULL && p->initrd.size == 0);
	CHECK(p->dtb.data == NULL && p->dtb.size == 0);
	CHECK_EQ(p->dtb.ipa.ipa, 0x40080000); /* where one will go: the middle */
	CHECK_EQ(p->rights[0] | p->rights[1], 0);
	CHECK_EQ(p->manages[0] | p->manages[1], 0);
	CHECK_EQ(p->spis, 0);
	CHECK_EQ(p->nr_devices, 0);
	tree_free(&blob);
}

static void branch_hardening(void)
{
	CHECK(read_manifest(SYSTEM "branch-hardening = \"auto\"; p { " PART KERNEL
				   "memory-size = <0x100000>; }; };"));
	CHECK_EQ(manifest.branches, MANIFEST_BRANCHES_AUTO);
	tree_free(&blob);
	CHECK(read_manifest(SYSTEM "branch-hardening = \"always\"; p { " PART KERNEL
				   "memory-size = <0x100000>; }; };"));
	CHECK_EQ(manifest.branches, MANIFEST_BRANCHES_ALWAYS);
	tree_free(&blob);
	CHECK(read_manifest(SYSTEM "branch-hardening = \"never\"; p { " PART KERNEL
				   "memory-size = <0x100000>; }; };"));
	CHECK_EQ(manifest.branches, MANIFEST_BRANCHES_NEVER);
	tree_free(&blob);
	CHECK(read_manifest(SYSTEM "branch-hardening = \"none\"; p { " PART KERNEL
				   "memory-size = <0x100000>; }; };"));
	CHECK_EQ(manifest.branches, MANIFEST_BRANCHES_NONE);
	tree_free(&blob);
}

static void every_property(void)
{
	const struct manifest_partition *p = &manifest.partition[1];

	CHECK(read_manifest(
		SYSTEM
		"time-slice-us = <500>; control { " PART KERNEL
		"memory-size = <0 0x20000000>; rights = \"guest-1\", \"control\"; };\n"
		"guest-1 { " PART KERNEL "vcpus = <2>; cpus = <1 0x82>; priority = <7>;\n"
		"memory-size = <0x2000000>; memory-at = <0 0x88000000>; identity;\n"
		"gic = \"v2\"; irqs = <1020>; kernel-address = <0x88008000>;\n"
		"entry = <0x88008040>; initrd = [01 02 03 04 05]; dtb = [d0 0d fe ed 05];\n"
		"bootargs = \"console=ttyAMA0\"; rights = \"guest-1\"; console = \"none\";\n"
		"manages = \"bare\", \"control\";\n"
		"no-autostart; pmu; traces; no-counter-offset;\n"
		"uart { compatible = \"plumbline,device\"; pa = <0 0x9000000>; size = <0x1000>;\n"
		" interrupt = <33>; };\n"
		"rtc { compatible = \"plumbline,device\"; pa = <8 0x9010000>;\n"
		" ipa = <0xa000000>; size = <0x2000>; }; };\n"
		"bare { " PART KERNEL "memory-size = <0x20000>; gic = \"none\"; cpus = <4>;\n"
		" vcpus = <3>; no-dtb; }; };"));
	CHECK_EQ(manifest.nr_partitions, 3);
	CHECK_EQ(manifest.time_slice_us, 500);
	CHECK_EQ(manifest.partition[0].rights[0], 3);
	CHECK_EQ(manifest.partition[0].rights[1], 0);
	/* Memory beyond 256 MiB: 128 MiB up, not the middle */
	CHECK_EQ(manifest.partition[0].dtb.ipa.ipa, 0x48000000);
	CHECK_EQ(p->nr_vcpus, 2);
	CHECK(p->affinity[0] == 1 && p->affinity[1] == 0x82);
	CHECK_EQ(p->priority, 7);
	CHECK_EQ(p->memory_pa.pa, 0x88000000);
	CHECK_EQ(p->memory_ipa.ipa, 0x88000000);
	CHECK_EQ(p->nr_irqs, 1020);
	CHECK_EQ(p->kernel.ipa.ipa, 0x88008000);
	CHECK_EQ(p->entry, 0x88008040);
	CHECK_EQ(p->initrd.ipa.ipa, 0x89000000);
	CHECK_EQ(p->initrd.size, 5);
	CHECK_EQ(p->dtb.ipa.ipa, 0x89001000);
	CHECK_EQ(p->dtb.size, 5);
	CHECK_EQ(p->rights[0], 2);
	CHECK_EQ(p->manages[0], 5);
	CHECK_EQ(p->manages[1], 0);
	CHECK_EQ(p->spis, 1u << MACHINE_MANAGER);
	CHECK_EQ(manifest.partition[0].manages[0] | manifest.partition[0].spis, 0);
	CHECK(!p->autostart);
	CHECK(p->pmu && !manifest.partition[0].pmu && !manifest.partition[2].pmu);
	CHECK(p->traces && !manifest.partition[0].traces && !manifest.partition[2].traces);
	CHECK(p->no_counter_offset && !manifest.partition[0].no_counter_offset &&
	      !manifest.partition[2].no_counter_offset);
	CHECK_EQ(p->nr_devices, 2);
	CHECK_EQ(p->device[0].pa.pa, 0x9000000);
	CHECK_EQ(p->device[0].ipa.ipa, 0x9000000);
	CHECK_EQ(p->device[0].nr_interrupts, 1);
	CHECK_EQ(p->device[0].intid[0], 33);
	CHECK_EQ(p->device[1].pa.pa, UINT64_C(0x809010000));
	CHECK_EQ(p->device[1].ipa.ipa, 0x0a000000);
	CHECK_EQ(p->device[1].size, 0x2000);
	CHECK_EQ(p->device[1].nr_interrupts, 0);
	p = &manifest.partition[2];
	CHECK(!p->has_gic && p->nr_irqs == 0);
	CHECK(p->affinity[0] == 4 && p->affinity[2] == 4);
	CHECK_EQ(p->dtb.ipa.ipa, 0);
	tree_free(&blob);
}

static void cpus_and_gic(void)
{
	accept("vcpus = <8>;");
	refuse("vcpus = <0>;", "vcpus");
	refuse("vcpus = <9>;", "vcpus");
	refuse("vcpus = <1 1>;", "vcpus");
	refuse("vcpus = \"1\";", "vcpus");
	refuse("vcpus;", "vcpus");
	refuse("cpus = <0>;", "cpus");
	refuse("cpus = <0x100>;", "cpus");
	refuse("cpus = <1 1>;", "cpus");
	refuse("vcpus = <3>; cpus = <1 1>;", "cpus");
	refuse("vcpus = <2>; cpus = <1 0>;", "cpus");
	refuse("cpus;", "cpus");
	refuse("cpus = [01];", "cpus");
	accept("priority = <0>;");
	refuse("priority = <8>;", "priority");
	refuse("gic = \"v3\";", "gic");
	refuse("gic = \"v2\", \"v2\";", "gic");
	refuse("gic = <2>;", "gic");
	refuse("console = \"tty\";", "console");
	refuse("rtc = \"ds1307\";", "rtc");
	accept("rtc = \"none\"; irqs = <32>; console = \"none\";");
	accept("rtc = \"pl031\";");
	accept("virtio-windows;");
	accept("pmu;");
	accept("pmu; gic = \"none\";");
	refuse("pmu = <1>;", "pmu");
	accept("traces;");
	refuse("traces = <1>;", "traces");
	accept("no-counter-offset;");
	refuse("no-counter-offset = <0>;", "no-counter-offset");
	refuse("firmware = [00 01];", "firmware"); /* beside the kernel */
	refuse("virtio-windows = <1>;", "virtio-windows");
	refuse("rtc = \"pl031\"; irqs = <32>; console = \"none\";", "irqs");
	refuse("gic = \"none\"; irqs = <64>;", "irqs");
	accept("irqs = <64>;");
	accept("irqs = <992>;");
	accept("irqs = <32>; console = \"none\";");
	refuse("irqs = <32>;", "irqs");
	refuse("irqs = <0>; console = \"none\";", "irqs");
	refuse("irqs = <1024>;", "irqs");
	refuse("irqs = <1019>;", "irqs");
	refuse("irqs = <100>;", "irqs");
}

static void boot_options(void)
{
	char long_args[1100] = "bootargs = \"";
	size_t head = strlen(long_args);

	memset(long_args + head, 'a', 1023);
	strcpy(long_args + head + 1023, "\";");
	accept(long_args);
	strcpy(long_args + head + 1023, "a\";");
	refuse(long_args, "bootargs");
	refuse("bootargs = <1>, <0x61616161>;", "bootargs");
	refuse("no-autostart = <1>;", "no-autostart");
	refuse("frobnicate;", "frobnicate");
	refuse("memory_size = <1>;", "memory_size");
	refuse("no-dtb; dtb = [d0 0d fe ed];", "no-dtb");
	refuse("no-dtb; dtb-address = <0x40000000>;", "no-dtb");
	refuse("dtb = [00 0d fe ed];", "dtb");
	refuse("dtb = [d0 0d];", "dtb");
	refuse("initrd-address = <0x40040000>;", "initrd-address");
	refuse("initrd;", "initrd");
	accept("no-dtb;");
	refuse_source(SYSTEM "p { " PART
			     "kernel = [7f 45 4c 46 01]; memory-size = <0x100000>; }; };",
		      "", "p", "kernel");
	refuse_source(SYSTEM "p { " PART
			     "kernel = [27 05 19 56 01]; memory-size = <0x100000>; }; };",
		      "", "p", "kernel");
	refuse_source(SYSTEM "p { " PART "kernel; memory-size = <0x100000>; }; };", "", "p",
		      "kernel");
	refuse_source(SYSTEM "p { " PART "memory-size = <0x100000>; }; };", "", "p", "kernel");
	CHECK(read_manifest(SYSTEM "p { " PART "memory-size = <0x100000>; no-autostart; }; };"));
	CHECK(manifest.partition[0].kernel.data == NULL);
	CHECK_EQ(manifest.partition[0].entry, 0x40010000);
	tree_free(&blob);
}

/* The memory-size of these is theirs alone. */
static bool read_memory(const char *more)
{
	char source[1024];

	snprintf(source, sizeof(source), SYSTEM "p { " PART KERNEL "%s }; };", more);
	return read_manifest(source);
}

static void accept_memory(const char *more)
{
	bool ok = read_memory(more);

	CHECK(ok);
	if (!ok) {
		show(more);
	}
	tree_free(&blob);
}

static void refuse_memory(const char *more, const char *property)
{
	check_refusal(read_memory(more), more, "", "p", property);
}

static void memory(void)
{
	refuse_memory("", "memory-size");
	refuse_memory("memory-size = <0>;", "memory-size");
	refuse_memory("memory-size = <0x10000>;", "memory-size");
	accept_memory("memory-size = <0x11000>; no-dtb;");
	refuse_memory("memory-size = <0x100800>;", "memory-size");
	accept_memory("memory-size = <0xc0000000>;");
	refuse_memory("memory-size = <0xc0001000>;", "memory-size");
	refuse_memory("memory-size = <1 0>;", "memory-size");
	refuse_memory("memory-size = <0xffffffff 0xfffff000>;", "memory-size");
	refuse_memory("memory-size = <0 0 0x100000>;", "memory-size");
	refuse_memory("memory-size = <0x100000>; memory-at = <0x80000000>;", "memory-at");
	refuse_memory("memory-size = <0x100000>; memory-at = <0 0x80000000 0>;", "memory-at");
	refuse_memory("memory-size = <0x100000>; memory-at = <0 0>;", "memory-at");
	refuse_memory("memory-size = <0x100000>; memory-at = <0 0x80000800>;", "memory-at");
	refuse_memory("memory-size = <0x100000>; memory-at = <0x100 0>;", "memory-at");
	refuse_memory("memory-size = <0x100000>; memory-at = <0xff 0xfff80000>;", "memory-at");
	accept_memory("memory-size = <0x100000>; memory-at = <0xff 0xfff00000>;");
	refuse_memory("memory-size = <0x100000>; identity;", "identity");
	refuse_memory("memory-size = <0x100000>; memory-at = <1 0>; identity;", "identity");
	accept_memory("memory-size = <0x100000>; memory-at = <0 0xfff00000>; identity;");
	refuse_memory("memory-size = <0x100000>; memory-at = <0 0xfff01000>; identity;",
		      "memory-size");
	refuse_memory("memory-size = <0x100000>; memory-at = <0 0x7f01000>; identity;",
		      "memory-at");
	accept_memory("memory-size = <0x100000>; memory-at = <0 0x7f00000>; identity;");
	refuse_memory("memory-size = <0x100000>; memory-at = <0 0x802f000>; identity;",
		      "memory-at");
	accept_memory("memory-size = <0x100000>; memory-at = <0 0x8030000>; identity;");
	refuse_memory("memory-size = <0x100000>; memory-at = <0 0x9000000>; identity;",
		      "memory-at");
	accept_memory("memory-size = <0x100000>; memory-at = <0 0x9000000>; identity; console = "
		      "\"none\";");
	accept_memory("memory-size = <0x100000>; memory-at = <0 0xa000000>; identity;");
	refuse_memory("memory-size = <0x100000>; memory-at = <0 0xa000000>; identity; "
		      "virtio-windows;",
		      "memory-at");
	refuse_memory("memory-size = <0x100000>; memory-at = <0 0xa003000>; identity; "
		      "virtio-windows;",
		      "memory-at");
	accept_memory("memory-size = <0x100000>; memory-at = <0 0xa004000>; identity; "
		      "virtio-windows;");
	/* The kernel's default place would wrap. */
	refuse_memory("memory-size = <0x1000>; memory-at = <0 0xfffff000>; identity;",
		      "memory-size");
}

static void images(void)
{
	refuse("kernel-address = <0x40010002>;", "kernel");
	refuse("kernel-address = <0x3ffffffc>;", "kernel");
	refuse("kernel-address = <0x400ffff8>;", "kernel");
	accept("kernel-address = <0x400ffff4>;");
	refuse("kernel-address = <0xfffffffc>;", "kernel");
	refuse("entry = <0x40010002>;", "entry");
	refuse("entry = <0x3ffffffc>;", "entry");
	refuse("entry = <0x40100000>;", "entry");
	accept("entry = <0x400ffffc>;");
	accept("entry = <0x40010003>;"); /* Thumb state: at 0x40010002 */
	accept("entry = <0x400fffff>;");
	refuse("entry = <0x40100001>;", "entry");
	refuse("entry = <0x3fffffff>;", "entry");
	refuse("initrd = [01]; initrd-address = <0x40100000>;", "initrd");
	accept("initrd = [01]; initrd-address = <0x400ffffc>; dtb-address = <0x40000000>;");
	/* No room behind the initrd for the device tree */
	refuse("initrd = [01]; initrd-address = <0x400ffffc>;", "dtb");
	refuse("initrd = [01]; initrd-address = <0x40010008>;", "initrd");
	accept("initrd = [01]; initrd-address = <0x4001000c>;");
	refuse("initrd = [01 02 03 04 05]; initrd-address = <0x4000fffc>;", "initrd");
	accept("initrd = [01 02 03 04]; initrd-address = <0x4000fffc>; no-dtb;");
	refuse("initrd = [01]; initrd-address = <0x40020001>;", "initrd");
	refuse("dtb-address = <0x40020004>;", "dtb");
	refuse("dtb-address = <0x40010000>;", "dtb"); /* none yet, but it will go there */
	refuse("dtb = [d0 0d fe ed 00 00 00 00 00]; dtb-address = <0x4000fff8>;", "dtb");
	accept("dtb = [d0 0d fe ed 00 00 00 00]; dtb-address = <0x4000fff8>;");
	refuse("dtb = [d0 0d fe ed]; initrd = [01]; dtb-address = <0x40080000>;", "dtb");
	refuse("dtb-address = <0x40100000>;", "dtb");
	/* The kernel's bss, or what it unpacks to */
	accept("kernel-space = <0xf0000>; dtb-address = <0x40000000>;");
	refuse("kernel-space = <0xf0001>; dtb-address = <0x40000000>;", "kernel-space");
	refuse("kernel-space = <0xffffffff>;", "kernel-space");
	refuse("kernel-space = <11>;", "kernel-space"); /* the file has 12 bytes */
	accept("kernel-space = <12>;");
	refuse("kernel-space = <0x10001>; dtb-address = <0x40020000>;", "dtb");
	accept("kernel-space = <0x10000>; dtb-address = <0x40020000>;");
	refuse("kernel-space = <0x10001>; initrd = [01]; initrd-address = <0x40020000>;", "initrd");
	accept("kernel-space = <0x10000>; initrd = [01]; initrd-address = <0x40020000>;");
	/* Where nothing else is said, initrd and device tree keep clear of it. */
	CHECK(read_one("kernel-space = <0xa0001>; initrd = [01];"));
	CHECK_EQ(manifest.partition[0].initrd.ipa.ipa, 0x400b1000);
	CHECK_EQ(manifest.partition[0].dtb.ipa.ipa, 0x400b2000);
	CHECK_EQ(manifest.partition[0].kernel.size, 12);
	tree_free(&blob);
	CHECK(read_one("kernel-space = <0x70000>;"));
	CHECK_EQ(manifest.partition[0].dtb.ipa.ipa, 0x40080000);
	tree_free(&blob);
	refuse("kernel-space = <0xf0000>; initrd = [01];", "initrd");
	/* No kernel: its place is no obstacle. */
	CHECK(read_manifest(SYSTEM "p { " PART
				   "memory-size = <0x100000>; no-autostart; dtb = [d0 0d "
				   "fe ed 00 00 00 00 00 00]; dtb-address = <0x4000fff8>; }; };"));
	tree_free(&blob);
}

static void devices(void)
{
	accept("d { compatible = \"plumbline,device\"; pa = <0 0xa000000>; size = <0x1000>; };");
	refuse_device("size = <0x1000>;", "pa");
	refuse_device("pa = <0 0xa000000>;", "size");
	refuse_device("pa = <0xa000000>; size = <0x1000>;", "pa");
	refuse_device("pa = <0 0xa000200>; size = <0x1000>;", "pa");
	refuse_device("pa = <0x100 0>; ipa = <0xa000000>; size = <0x1000>;", "pa");
	refuse_device("pa = <0 0xa000000>; size = <0x200>;", "size");
	refuse_device("pa = <0 0xa000000>; size = <0>;", "size");
	refuse_device("pa = <1 0>; size = <0x1000>;", "ipa");
	refuse_device("pa = <1 0>; ipa = <0xa000800>; size = <0x1000>;", "ipa");
	refuse_device("pa = <1 0>; ipa = <0xfffff000>; size = <0x2000>;", "ipa");
	refuse_device("pa = <0 0x400ff000>; size = <0x1000>;", "ipa");
	refuse_device("pa = <0 0x3ffff000>; size = <0x2000>;", "ipa");
	refuse_device("pa = <0 0x802f000>; size = <0x1000>;", "ipa");
	refuse_device("pa = <0 0x7fff000>; size = <0x2000>;", "ipa");
	refuse_device("pa = <0 0x9000000>; size = <0x1000>;", "ipa");
	refuse_device("pa = <0 0xa000000>; size = <0x1000>; interrupt = <31>;", "interrupt");
	refuse_device("pa = <0 0xa000000>; size = <0x1000>; interrupt = <0>;", "interrupt");
	refuse_device("pa = <0 0xa000000>; size = <0x1000>; interrupt = <1020>;", "interrupt");
	refuse_device("pa = <0 0xa000000>; size = <0x1000>; interrupt = <128>;", "interrupt");
	refuse_device("pa = <0 0xa000000>; size = <0x1000>; interrupt = <33>;", "interrupt");
	refuse_device("pa = <0 0xa000000>; size = <0x1000>; irq = <40>;", "irq");
	refuse_device("pa = <0 0xa000000>; size = <0x1000>; reg = <40>;", "reg");
	check_refusal(read_one("gic = \"none\"; d { compatible = \"plumbline,device\"; pa = <0 "
			       "0xa000000>; size = <0x1000>; interrupt = <40>; };"),
		      "gic none", "p", "d", "interrupt");
	check_refusal(read_one("d { compatible = \"plumbline,device\"; pa = <0 0xa000000>; size = "
			       "<0x1000>; e { }; };"),
		      "e", "d", "e", "");
	check_refusal(read_one("d { pa = <0 0xa000000>; size = <0x1000>; };"), "d", "p", "d",
		      "compatible");
}

/* A device of 4 KiB */
static void refuse_page(const char *more, const char *property)
{
	char text[512];

	snprintf(text, sizeof(text), "pa = <0 0xa000000>; size = <0x1000>; %s", more);
	refuse_device(text, property);
}

static void accept_page(const char *more)
{
	char text[512];

	snprintf(
		text, sizeof(text),
		"d { compatible = \"plumbline,device\"; pa = <0 0xa000000>; size = <0x1000>; %s };",
		more);
	CHECK(read_one(text));
}

static void device_interrupts(void)
{
	static const uint32_t eight[] = { 48, 55, 49, 50, 127, 32, 53, 54 };
	const struct manifest_device *device = &manifest.partition[0].device[0];

	accept_page("interrupt = <48 55 49 50 127 32 53 54>;");
	CHECK_EQ(device->nr_interrupts, 8);
	for (uint32_t i = 0; i < 8; i++) {
		CHECK_EQ(device->intid[i], eight[i]);
	}
	tree_free(&blob);
	refuse_page("interrupt = <48 49 50 51 52 53 54 55 56>;", "interrupt");
	refuse_page("interrupt;", "interrupt");
	refuse_page("interrupt = [00 00 00 30 00];", "interrupt");
	refuse_page("interrupt = <48 49 48>;", "interrupt");
	refuse_page("interrupt = <48 0>;", "interrupt");
	refuse_page("interrupt = <48 31>;", "interrupt");
	refuse_page("interrupt = <48 128>;", "interrupt");
	refuse_page("interrupt = <48 33>;", "interrupt");
	accept_page("interrupt = <48 34>;");
	tree_free(&blob);
	check_refusal(read_one("rtc = \"pl031\"; d { compatible = \"plumbline,device\"; pa = <0 "
			       "0xa000000>; size = <0x1000>; interrupt = <48 34>; };"),
		      "rtc", "p", "d", "interrupt");
}

/* Which of them are edges: bit n of `edges` is the n-th of `interrupt`. */
static void device_edges(void)
{
	const struct manifest_device *device = &manifest.partition[0].device[0];

	accept_page("interrupt = <48 55 49>;");
	CHECK_EQ(device->edges, 0);
	tree_free(&blob);
	accept_page("interrupt = <48 55 49>; interrupt-edge;");
	CHECK_EQ(device->edges, 7);
	tree_free(&blob);
	accept_page("interrupt-edge; interrupt = <40 41 42 43 44 45 46 47>;");
	CHECK_EQ(device->edges, 0xff);
	tree_free(&blob);
	accept_page("interrupt-edge = <49 48>; interrupt = <48 55 49>;");
	CHECK_EQ(device->edges, 5);
	tree_free(&blob);
	refuse_page("interrupt = <48 55>; interrupt-edge = <49>;", "interrupt-edge");
	refuse_page("interrupt = <48 55>; interrupt-edge = <48 0>;", "interrupt-edge");
	refuse_page("interrupt = <48>; interrupt-edge = [30];", "interrupt-edge");
	refuse_page("interrupt = <48>; interrupt-edge = \"48\";", "interrupt-edge");
	refuse_page("interrupt-edge;", "interrupt-edge");
	refuse_page("interrupt-edge = <48>;", "interrupt-edge");
}

static void device_nodes(void)
{
	accept_page("dt-compatible = \"a\"; dt-coherent;");
	tree_free(&blob);
	refuse_page("dt-coherent;", "dt-coherent");
	refuse_page("dt-compatible = \"a\"; dt-coherent = <1>;", "dt-coherent");
	accept_page("dt-compatible = \"a,b\", \"c\";");
	tree_free(&blob);
	refuse_page("dt-compatible = \"\";", "dt-compatible");
	refuse_page("dt-compatible = <1>;", "dt-compatible");
	accept_page(
		"dt-compatible = \"a\"; dt-step = <0x200>; interrupt = <40 41 42 43 44 45 46 47>;");
	tree_free(&blob);
	accept_page("dt-compatible = \"a\"; dt-step = <0x1000>; interrupt = <40>;");
	tree_free(&blob);
	refuse_page("dt-step = <0x200>; interrupt = <40>;", "dt-step");
	refuse_page("dt-compatible = \"a\"; dt-step = <0x200>;", "dt-step");
	refuse_page("dt-compatible = \"a\"; dt-step = <0>; interrupt = <40>;", "dt-step");
	refuse_page("dt-compatible = \"a\"; dt-step = <0x202>; interrupt = <40>;", "dt-step");
	refuse_page("dt-compatible = \"a\"; dt-step = <0x804>; interrupt = <40 41>;", "dt-step");
	refuse_page("dt-compatible = \"a\"; dt-step = <0x80000000>; interrupt = <40 41>;",
		    "dt-step");
}

#define DEVICE(name, rest) name " { compatible = \"plumbline,device\"; " rest " }; "
#define MINIMAL		   PART KERNEL "memory-size = <0x100000>; "

static void between(void)
{
	refuse_source("/dts-v1/; / { compatible = \"plumbline,system-2\"; };", "", "",
		      "compatible");
	refuse_source(SYSTEM "};", "", "", "");
	refuse_source(SYSTEM "raw-console = <1>; };", "", "", "raw-console");
	refuse_source(SYSTEM "branch-hardening = \"on\"; };", "", "", "branch-hardening");
	refuse_source(SYSTEM "branch-hardening = \"\"; };", "", "", "branch-hardening");
	refuse_source(SYSTEM "branch-hardening; };", "", "", "branch-hardening");
	refuse_source(SYSTEM "branch-hardening = \"auto\", \"never\"; };", "", "",
		      "branch-hardening");
	refuse_source(SYSTEM "time-slice-us = <99>; };", "", "", "time-slice-us");
	refuse_source(SYSTEM "time-slice-us = <1000001>; };", "", "", "time-slice-us");
	refuse_source(SYSTEM "speed = <1>; };", "", "", "speed");
	refuse_source(SYSTEM "p { " MINIMAL "}; chosen { }; };", "", "chosen", "compatible");
	refuse_source(SYSTEM "p@1 { " MINIMAL "}; };", "", "p@1", "");
	refuse_source(SYSTEM "Guest { " MINIMAL "}; };", "", "Guest", "");
	refuse_source(SYSTEM "a123456789012345 { " MINIMAL "}; };", "", "a123456789012345", "");
	CHECK(read_manifest(SYSTEM "a12345678901234 { " MINIMAL "}; };"));
	tree_free(&blob);
	refuse_source(SYSTEM "p { " MINIMAL "rights = \"p\", \"q\"; }; };", "", "p", "rights");
	refuse_source(SYSTEM "p { " MINIMAL "rights = \"\"; }; };", "", "p", "rights");
	refuse_source(SYSTEM "p { " MINIMAL "rights = <1>; }; };", "", "p", "rights");
	refuse_source(SYSTEM "p { " MINIMAL "manages = \"p\", \"q\"; }; };", "", "p", "manages");
	refuse_source(SYSTEM "p { " MINIMAL "manages = \"\"; }; };", "", "p", "manages");
	refuse_source(SYSTEM "p { " MINIMAL "manages; }; };", "", "p", "manages");
	refuse_source(SYSTEM "p { " MINIMAL "memory-at = <0 0x80000000>; }; q { " MINIMAL
			     "memory-at = <0 0x800ff000>; }; };",
		      "", "q", "memory-at");
	CHECK(read_manifest(SYSTEM "p { " MINIMAL "memory-at = <0 0x80000000>; }; q { " MINIMAL
				   "memory-at = <0 0x80100000>; }; };"));
	tree_free(&blob);
	/* Devices of one partition, of two, and in another's memory, whichever comes first */
	refuse_source(
		SYSTEM "p { " MINIMAL DEVICE("d", "pa = <0 0xa000000>; size = <0x2000>;") DEVICE(
			"e", "pa = <0 0xb000000>; ipa = <0xa001000>; size = <0x1000>;") "}; };",
		"p", "e", "ipa");
	refuse_source(
		SYSTEM "p { " MINIMAL DEVICE("d", "pa = <0 0xa000000>; size = <0x2000>;") DEVICE(
			"e", "pa = <0 0xa001000>; ipa = <0xb000000>; size = <0x1000>;") "}; };",
		"p", "e", "pa");
	refuse_source(SYSTEM "p { " MINIMAL DEVICE(
			      "d", "pa = <0 0xa000000>; size = <0x2000>;") "}; q { " MINIMAL
			      DEVICE("f", "pa = <0 0xc000000>; size = <0x1000>;")
				      DEVICE("e", "pa = <0 0xa001000>; size = <0x1000>;") "}; };",
		      "q", "e", "pa");
	refuse_source(
		SYSTEM "p { " MINIMAL DEVICE(
			"d",
			"pa = <0 0xa000000>; size = <0x1000>; interrupt = <40>;") "}; q { " MINIMAL
			DEVICE("e",
			       "pa = <0 0xa001000>; size = <0x1000>; interrupt = <40>;") "}; };",
		"q", "e", "interrupt");
	refuse_source(
		SYSTEM "p { " MINIMAL DEVICE(
			"d", "pa = <0 0xa000000>; size = <0x1000>; interrupt = <40 41 42>;")
			DEVICE("e",
			       "pa = <0 0xa001000>; size = <0x1000>; interrupt = <43 42>;") "}; };",
		"p", "e", "interrupt");
	refuse_source(SYSTEM
		      "p { " MINIMAL DEVICE("d", "pa = <0 0x80000000>; ipa = <0xa000000>; size = "
						 "<0x1000>;") "}; q { " MINIMAL
							      "memory-at = <0 0x80000000>; }; };",
		      "p", "d", "pa");
}

/* Firmware at 0, and flash 1 of the virt board, 256 KiB at 0x04000000: zeros, or a device that
 * covers all of it. */
static void firmware_and_flash(void)
{
	static const struct {
		const char *device;
		bool taken;
		uint32_t regions;
	} row[] = {
		{ "", true, 2 },
		{ DEVICE("d", "pa = <0 0x4000000>; size = <0x40000>;"), true, 1 },
		{ DEVICE("d", "pa = <0 0x4000000>; size = <0x4000000>;"), true, 1 },
		{ DEVICE("d", "pa = <0 0x3f00000>; size = <0x140000>;"), true, 1 },
		{ DEVICE("d", "pa = <0 0x4000000>; size = <0x3f000>;"), false, 0 },
		{ DEVICE("d", "pa = <0 0x4001000>; size = <0x40000>;"), false, 0 },
		{ DEVICE("d", "pa = <0 0x3000000>; size = <0x1000>;"), true, 2 },
		{ DEVICE("d", "pa = <0 0x4040000>; size = <0x40000>;"), true, 2 },
		{ DEVICE("d", "pa = <0 0>; size = <0x1000>;"), false, 0 },
		/* Firmware stays, whatever takes the place of flash 1. */
		{ DEVICE("d", "pa = <0 0x1ff000>; size = <0x4000000>;"), false, 0 },
		{ DEVICE("d", "pa = <0 0x4000000>; size = <0x40000>;")
			  DEVICE("e", "pa = <0 0x10000000>; ipa = <0x4000000>; size = <0x40000>;"),
		  false, 0 },
		{ "entry = <0x40000000>;", false, 0 },		      /* it is the kernel's */
		{ "memory-at = <0 0x4000000>; identity;", false, 0 }, /* over flash 1 */
	};

	for (uint32_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		char text[1024];
		bool ok;

		snprintf(text, sizeof(text),
			 SYSTEM "p { " PART
				"memory-size = <0x100000>; firmware = [00 01]; %s }; };",
			 row[i].device);
		ok = read_manifest(text);
		CHECK_EQ(ok, row[i].taken);
		if (ok) {
			CHECK_EQ(manifest.partition[0].nr_regions, row[i].regions);
			CHECK_EQ(manifest.partition[0].region[0].ipa.ipa, 0);
			CHECK_EQ(manifest.partition[0].region[0].size, 0x200000);
		}
		tree_free(&blob);
	}
}

static void too_many(void)
{
	static char source[65536];
	int at = sprintf(source, SYSTEM);

	for (int i = 0; i < 64; i++) {
		at += sprintf(source + at, "p%d { " MINIMAL "rights = \"p%d\", \"p%d\"; }; ", i, i,
			      63 - i);
	}
	strcpy(source + at, "};");
	CHECK(read_manifest(source));
	CHECK_EQ(manifest.nr_partitions, 64);
	for (uint32_t i = 0; i < 64; i++) {
		for (uint32_t other = 0; other < 64; other++) {
			CHECK_EQ(manifest_may_control(&manifest.partition[i], other),
				 other == i || other == 63 - i);
		}
	}
	tree_free(&blob);
	sprintf(source + at, "p64 { " MINIMAL "}; };");
	refuse_source(source, "", "p64", "");
	at = sprintf(source, SYSTEM);
	for (int i = 0; i < 9; i++) {
		at += sprintf(source + at, "p%d { " MINIMAL "vcpus = <%d>; }; ", i, i < 8 ? 8 : 1);
	}
	strcpy(source + at, "};");
	refuse_source(source, "", "p8", "vcpus");
	at = 0;
	for (int i = 0; i < 9; i++) {
		at += sprintf(source + at, DEVICE("d%d", "pa = <0 0xa00%d000>; size = <0x1000>;"),
			      i, i);
	}
	check_refusal(read_one(source), "9 devices", "p", "d8", "");
	at = sprintf(source, "rights = \"p\"");
	for (int i = 0; i < 64; i++) {
		at += sprintf(source + at, ", \"p\"");
	}
	strcpy(source + at, ";");
	refuse(source, "rights");
}

/* Eight partitions may manage one, which may be one of them. */
static void managers(void)
{
	static char source[8192];

	for (int count = 8; count <= 9; count++) {
		int at = sprintf(source, SYSTEM);

		for (int i = 0; i < count; i++) {
			at += sprintf(source + at,
				      "p%d { " MINIMAL "manages = \"p1\", \"p%d\"; }; ", i, i);
		}
		strcpy(source + at, "};");
		if (count == 9) {
			refuse_source(source, "", "p8", "manages");
			continue;
		}
		CHECK(read_manifest(source));
		for (uint32_t i = 0; i < 8; i++) {
			for (uint32_t other = 0; other < 64; other++) {
				CHECK_EQ(manifest_may_manage(&manifest.partition[i], other),
					 other == i || other == 1);
			}
		}
		tree_free(&blob);
	}
}

static struct board a_board(void)
{
	struct board board = { .nr_cpus = 2 };

	regions_add(&board.memory, pa_make(0x80000000), 0x10000000);
	board.gicd = pa_make(0x2c001000);
	board.gicc = pa_make(0x2c002000);
	board.gich = pa_make(0x2c004000);
	board.gicv = pa_make(0x2c006000);
	return board;
}

static bool on_board(const char *more)
{
	struct board board = a_board();
	struct regions free = board.memory;

	CHECK(regions_remove(&free, pa_make(0x80000000), 0x100000));
	CHECK(read_one(more));
	return manifest_check_board(&fdt, &manifest, &board, &free, &why);
}

static void board_refuse_one(const char *more, const char *parent, const char *node,
			     const char *property)
{
	check_refusal(on_board(more), more, parent, node, property);
}

static void against_board(void)
{
	CHECK(on_board("vcpus = <2>; cpus = <1 6>;"));
	tree_free(&blob);
	board_refuse_one("vcpus = <2>; cpus = <1 4>;", "", "p", "cpus");
	CHECK(on_board("memory-at = <0 0x80100000>;"));
	tree_free(&blob);
	board_refuse_one("memory-at = <0 0x800ff000>;", "", "p", "memory-at");
	board_refuse_one("memory-at = <0 0x8ff01000>;", "", "p", "memory-at");
	CHECK(on_board(DEVICE("d", "pa = <0 0x2c000000>; size = <0x1000>;")));
	tree_free(&blob);
	board_refuse_one(DEVICE("d", "pa = <0 0x2c000000>; size = <0x2000>;"), "p", "d", "pa");
	board_refuse_one(DEVICE("d", "pa = <0 0x2c003000>; size = <0x1000>;"), "p", "d", "pa");
	board_refuse_one(DEVICE("d", "pa = <0 0x2c005000>; size = <0x1000>;"), "p", "d", "pa");
	board_refuse_one(DEVICE("d", "pa = <0 0x2c007000>; size = <0x1000>;"), "p", "d", "pa");
	CHECK(on_board(DEVICE("d", "pa = <0 0x2c008000>; size = <0x1000>;")));
	tree_free(&blob);
	board_refuse_one(DEVICE("d", "pa = <0 0x80000000>; ipa = <0xa000000>; size = <0x1000>;"),
			 "p", "d", "pa");
	CHECK(read_memory("memory-size = <0x10000000>;"));
	{
		struct board board = a_board();
		struct regions free = board.memory;

		CHECK(manifest_check_board(&fdt, &manifest, &board, &free, &why));
		CHECK(regions_remove(&free, pa_make(0x80000000), 0x1000));
		check_refusal(manifest_check_board(&fdt, &manifest, &board, &free, &why), "sum", "",
			      "p", "memory-size");
	}
}

/* GICD_TYPER (IHI 0048B 4.3.2) tells how many interrupts the board's GIC has; its tree does not. */
static void interrupts_of_board(void)
{
	static const struct {
		uint32_t last, of_gic;
		bool there;
	} rows[] = {
		{ 159, 160, true },   { 160, 160, false },  { 287, 288, true }, { 288, 288, false },
		{ 1019, 288, false }, { 1019, 1020, true }, { 1019, 0, true }, /* not known: host */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct board board = a_board();
		char source[256];

		board.nr_intids = rows[i].of_gic;
		snprintf(source, sizeof(source),
			 "irqs = <1020>; " DEVICE("c", "pa = <0 0xa000000>; size = <0x1000>;")
				 DEVICE("d", "pa = <0 0xb000000>; size = <0x1000>; interrupt = "
					     "<40 %u>;"),
			 (unsigned)rows[i].last);
		CHECK(read_one(source));
		if (rows[i].there) {
			CHECK(manifest_check_board(&fdt, &manifest, &board, &board.memory, &why));
			tree_free(&blob);
		} else {
			check_refusal(
				manifest_check_board(&fdt, &manifest, &board, &board.memory, &why),
				source, "p", "d", "interrupt");
			CHECK(strstr(why.reason, "GIC") != NULL);
		}
	}
}

/* What dtc makes of <&label> is a number, and a property `phandle` of the node that is meant. */
static void labels(void)
{
	static const char *const rights[] = { "<&one>", "<&two>", "<&one &two>",
					      "\"one\", <&two>" };

	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		for (uint32_t who = 0; who < 2; who++) {
			char source[1024], own[64];

			snprintf(own, sizeof(own), "rights = %s;", rights[i]);
			snprintf(source, sizeof(source),
				 SYSTEM "one: one { " PART KERNEL "memory-size = <0x100000>; %s };"
					"two: two { " PART KERNEL
					"memory-size = <0x100000>; %s }; };",
				 who == 0 ? own : "", who == 1 ? own : "");
			check_refusal(read_manifest(source), source, "", who == 0 ? "one" : "two",
				      "rights");
			CHECK(strstr(why.reason, "label") != NULL);
		}
	}
	/* Elsewhere the number would pass for one that was meant. */
	check_refusal(read_manifest(SYSTEM "p: p { " PART KERNEL
					   "memory-size = <0x100000>; cpus = <&p>; }; };"),
		      "cpus = <&p>", "", "p", "phandle");
	CHECK(strstr(why.reason, "label") != NULL);
	check_refusal(read_one("vcpus = <&d>; d: " DEVICE("d", "pa = <0 0xa000000>; "
							       "size = <0x1000>;")),
		      "vcpus = <&d>", "p", "d", "phandle");
	check_refusal(read_manifest(SYSTEM "p { " PART KERNEL
					   "memory-size = <0x100000>; vcpus = <&{/}>; }; };"),
		      "vcpus = <&{/}>", "", "", "phandle");
}

static void reservations(void)
{
	check_refusal(read_manifest("/dts-v1/; /memreserve/ 0x48000000 0x1000; / { compatible = "
				    "\"plumbline,system-1\"; p { " PART KERNEL
				    "memory-size = <0x100000>; }; };"),
		      "/memreserve/", "", "", "/memreserve/");
}

/* What the monitor relies on, whatever the blob was. */
static void check_invariants(void)
{
	CHECK(manifest.nr_partitions >= 1 && manifest.nr_partitions <= 64);
	for (uint32_t i = 0; i < manifest.nr_partitions && i < 64; i++) {
		const struct manifest_partition *p = &manifest.partition[i];
		const struct manifest_image *image[] = { &p->kernel, &p->initrd, &p->dtb };
		uint64_t end = (uint64_t)p->memory_ipa.ipa + p->memory_size;

		CHECK(p->nr_vcpus >= 1 && p->nr_vcpus <= 8 && p->nr_devices <= 8);
		CHECK(strlen(p->name) >= 1 && strlen(p->name) <= 15 && p->priority <= 7);
		CHECK(end <= UINT64_C(0x100000000) && p->memory_size % 4096 == 0);
		CHECK(p->entry >= p->memory_ipa.ipa && p->entry < end);
		for (uint32_t n = manifest.nr_partitions; n < 64; n++) {
			CHECK(!manifest_may_control(p, n));
		}
		for (uint32_t j = 0; j < p->nr_devices && j < 8; j++) {
			CHECK(p->device[j].nr_interrupts <= 8);
			for (uint32_t k = 0; k < p->device[j].nr_interrupts && k < 8; k++) {
				CHECK(p->device[j].intid[k] >= 32 && p->device[j].intid[k] <= 1019);
			}
		}
		for (uint32_t j = 0; j < 3; j++) {
			if (image[j]->size != 0) {
				CHECK(image[j]->ipa.ipa >= p->memory_ipa.ipa);
				CHECK((uint64_t)image[j]->ipa.ipa + image[j]->size <= end);
				CHECK(image[j]->data >= fdt.blob &&
				      image[j]->data + image[j]->size <= fdt.blob + fdt.size);
			}
		}
	}
}

static void mutated(void)
{
	static const char source[] = SYSTEM
		"control { " PART KERNEL
		"memory-size = <0x1000000>; rights = \"a\", \"control\"; }; "
		"a { " PART KERNEL
		"memory-size = <0 0x200000>; memory-at = <0 0x80000000>; identity; "
		"vcpus = <2>; cpus = <1 2>; initrd = [01 02 03]; initrd-address = <0x80100000>; "
		"dtb = [d0 0d fe ed]; bootargs = \"x\"; priority = <1>; irqs = <160>; " DEVICE(
			"d", "pa = <0 0xa000000>; size = <0x1000>; interrupt = <130 131>; "
			     "dt-compatible = \"x\"; dt-step = <0x800>;")
			DEVICE("e",
			       "pa = <0 0xb000000>; ipa = <0xc000000>; size = <0x2000>;") "}; };";
	struct tree original = tree_compile(source, "");
	uint8_t *copy = malloc(original.size);
	uint64_t seed = 5;
	uint32_t good = 0;
	struct board board = a_board();

	for (uint32_t round = 0; round < 30000 && test_failures == 0; round++) {
		memcpy(copy, original.blob, original.size);
		for (uint32_t n = 0; n < 1 + round % 3; n++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			copy[56 + (seed >> 33) % (original.size - 56)] ^=
				(uint8_t)(1u << ((seed >> 20) & 7));
		}
		if (fdt_open(&fdt, copy, original.size) == NULL) {
			if (manifest_read(&fdt, &manifest, &why)) {
				good++;
				check_invariants();
				manifest_check_board(&fdt, &manifest, &board, &board.memory, &why);
			} else {
				CHECK(why.node && why.parent && why.property && why.reason);
			}
		}
	}
	CHECK(good > 300 && good < 29000);
	free(copy);
	tree_free(&original);
}

static const struct test_case cases[] = {
	{ "defaults", defaults },
	{ "branch_hardening", branch_hardening },
	{ "every_property", every_property },
	{ "cpus_and_gic", cpus_and_gic },
	{ "boot_options", boot_options },
	{ "memory", memory },
	{ "images", images },
	{ "devices", devices },
	{ "device_interrupts", device_interrupts },
	{ "device_edges", device_edges },
	{ "device_nodes", device_nodes },
	{ "between", between },
	{ "firmware_and_flash", firmware_and_flash },
	{ "too_many", too_many },
	{ "managers", managers },
	{ "against_board", against_board },
	{ "interrupts_of_board", interrupts_of_board },
	{ "labels", labels },
	{ "reservations", reservations },
	{ "mutated", mutated },
};

TEST_MAIN("manifest", cases)
