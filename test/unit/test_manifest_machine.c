/* SPDX-License-Identifier: BSD-2-Clause */
/* Manifests and the machine that guests see: which windows a partition has, and that nothing else
 * may be there. */
#define _POSIX_C_SOURCE 200809L
#include "hyp/manifest/manifest.h"
#include "test.h"
#include "tree.h"

/* The places are those of QEMU's virt board; `last` is the last page. */
static const struct {
	const char *more; /* what gives it */
	const char *without;
	enum machine_window_id id;
	uint32_t first, last;
	uint32_t intid;
	const char *called;
} machine[] = {
	{ "", NULL, MACHINE_GICD, 0x08000000, 0x0800f000, 0, "distributor (0x08000000)" },
	{ "", NULL, MACHINE_GICC, 0x08010000, 0x0801f000, 0, "CPU interface (0x08010000)" },
	{ "", NULL, MACHINE_GICV2M, 0x08020000, 0x0802f000, 0, "(0x08020000)" },
	{ "", "console = \"none\";", MACHINE_UART, 0x09000000, 0x09000000, 33,
	  "the virtual console (0x09000000)" },
	{ "rtc = \"pl031\";", "rtc = \"none\";", MACHINE_RTC, 0x09010000, 0x09010000, 34,
	  "the virtual clock (0x09010000)" },
	{ "watchdog = \"sp805\";", "watchdog = \"none\";", MACHINE_WATCHDOG, 0x09050000, 0x09050000,
	  36, "the virtual watchdog (0x09050000)" },
	{ "virtio-windows;", "", MACHINE_VIRTIO, 0x0a000000, 0x0a003000, 0,
	  "the virtio windows (0x0a000000)" },
};

#define WINDOWS (sizeof(machine) / sizeof(machine[0]))

static struct tree blob;
static struct fdt fdt;
static struct manifest manifest;
static struct refusal why;

/* One partition with `more` and `rest` in it. The blob stays open. */
static bool read_one(const char *more, const char *rest)
{
	static char source[1024];

	snprintf(source, sizeof(source),
		 "/dts-v1/; / { compatible = \"plumbline,system-1\"; p { compatible = "
		 "\"plumbline,partition\"; kernel = [00 00 a0 e1]; no-dtb; memory-size = "
		 "<0x11000>; %s %s }; };",
		 more, rest);
	why = (struct refusal) { 0 };
	blob = tree_compile(source, "");
	CHECK(fdt_open(&fdt, blob.blob, blob.size) == NULL);
	return manifest_read(&fdt, &manifest, &why);
}

static void report(bool ok, const char *more, const char *rest)
{
	CHECK(ok);
	if (!ok) {
		printf("with '%s %s': '%s' (%s)\n", more, rest, why.property, why.reason);
	}
	tree_free(&blob);
}

static void accept(const char *more, const char *rest)
{
	report(read_one(more, rest), more, rest);
}

static void refuse(const char *more, const char *rest, const char *property, const char *said)
{
	report(!read_one(more, rest) && strcmp(why.property, property) == 0 &&
		       strstr(why.reason, said),
	       more, rest);
}

static void given(void)
{
	for (uint32_t n = 0; n < WINDOWS; n++) {
		accept(machine[n].more, "");
		CHECK(machine_has(manifest.partition[0].windows, machine[n].id));
		if (machine[n].without) {
			accept(machine[n].without, "");
			CHECK(!machine_has(manifest.partition[0].windows, machine[n].id));
		}
	}
	accept("gic = \"none\";", "");
	CHECK_EQ(manifest.partition[0].windows, 1u << MACHINE_UART);
	CHECK_EQ(manifest.partition[0].spis, 0);
	accept("gic = \"none\";", "manages = \"p\";"); /* it has no doorbell */
	CHECK_EQ(manifest.partition[0].spis, 0);
	CHECK(manifest_may_manage(&manifest.partition[0], 0));
	accept("manages = \"p\";", "irqs = <64>;");
	CHECK_EQ(manifest.partition[0].spis, 1);
	refuse("manages = \"p\";", "irqs = <32>; console = \"none\";", "irqs",
	       "the doorbell of 'manages' is interrupt 35: give no manages or 64 or more");
	refuse("manages = \"p\";",
	       "d { compatible = \"plumbline,device\"; pa = <0 0xb000000>; size = <0x1000>; "
	       "interrupt = <35>; };",
	       "interrupt", "35 is the doorbell of 'manages': give no manages or another");
	accept("", "d { compatible = \"plumbline,device\"; pa = <0 0xb000000>; size = <0x1000>; "
		   "interrupt = <35>; };");
	accept("gic = \"none\";", "console = \"none\"; rtc = \"pl031\"; virtio-windows; pmu;");
	CHECK_EQ(manifest.partition[0].windows, 1u << MACHINE_RTC | 1u << MACHINE_VIRTIO);
	CHECK(manifest.partition[0].pmu && !manifest.partition[0].has_gic);
}

/* RAM that begins at its first page, at its last. */
static void and_memory(void)
{
	static char text[128];

	for (uint32_t n = 0; n < 2 * WINDOWS; n++) {
		snprintf(text, sizeof(text), "memory-at = <0 0x%x>; identity;",
			 n % 2 ? machine[n / 2].last : machine[n / 2].first);
		refuse(machine[n / 2].more, text, "memory-at", machine[n / 2].called);
		if (!machine[n / 2].without) { /* also in partitions without it */
			refuse("gic = \"none\";", text, "memory-at", machine[n / 2].called);
		}
	}
}

/* A device over its first page, its last. */
static void and_devices(void)
{
	static char text[128];

	for (uint32_t n = 0; n < 2 * WINDOWS; n++) {
		const char *more = machine[n / 2].more, *called = machine[n / 2].called;

		snprintf(
			text, sizeof(text),
			"d { compatible = \"plumbline,device\"; pa = <0 0x%x>; size = <0x1000>; };",
			n % 2 ? machine[n / 2].last : machine[n / 2].first);
		if (machine[n / 2].id == MACHINE_VIRTIO) { /* the board's own, in their place */
			accept(more, text);
		} else if (machine[n / 2].without) {
			refuse(more, text, "ipa", called);
			accept(machine[n / 2].without, text);
		} else {
			refuse(more, text, "ipa", called);
			refuse("gic = \"none\";", text, "ipa", called);
		}
	}
}

static void and_interrupts(void)
{
	static const char device[] = "d { compatible = \"plumbline,device\"; pa = <0 0xb000000>; "
				     "size = <0x1000>; interrupt = <%u>; };";
	static char text[128], said[8];

	for (uint32_t n = 0; n < WINDOWS; n++) {
		if (machine[n].intid != 0) {
			snprintf(text, sizeof(text), device, machine[n].intid);
			snprintf(said, sizeof(said), "%u is ", machine[n].intid);
			refuse(machine[n].more, text, "interrupt", said);
			accept(machine[n].without, text);
		}
	}
	refuse("", "irqs = <32>;", "irqs", "the virtual console's interrupt is 33:");
	refuse("rtc = \"pl031\"; console = \"none\";", "irqs = <32>;", "irqs",
	       "the virtual clock's interrupt is 34:");
	accept("rtc = \"none\"; console = \"none\";", "irqs = <32>;");
	refuse("watchdog = \"sp805\"; console = \"none\";", "irqs = <32>;", "irqs",
	       "the virtual watchdog's interrupt is 36: give no watchdog or 64 or more");
	refuse("watchdog = \"wdt\";", "", "watchdog", "must be \"sp805\" or \"none\"");
	refuse("rtc = \"ds1307\";", "", "rtc", "must be \"pl031\" or \"none\"");
	refuse("console = \"tty\";", "", "console", "must be \"pl011\" or \"none\"");
	refuse("gic = \"v3\";", "", "gic", "must be \"v2\" or \"none\"");
}

static void on_crash(void)
{
	static const char limit[] = "must be two cells, <restarts seconds>: 1 to 16 restarts in 1 "
				    "to 86400 seconds";
	static const char *const bad[] = { "<1>",
					   "<1 2 3>",
					   "<0 10>",
					   "<17 10>",
					   "<1 0>",
					   "<1 86401>",
					   "<0xffffffff 0xffffffff>" };
	const struct manifest_partition *p = &manifest.partition[0];
	static char text[64];

	accept("", "");
	CHECK_EQ(p->crash_restarts, 0);
	accept("on-crash = \"stop\";", "");
	CHECK_EQ(p->crash_restarts, 0);
	accept("on-crash = \"restart\";", "");
	CHECK(p->crash_restarts == 3 && p->crash_seconds == 60);
	accept("on-crash = \"restart\";", "crash-limit = <16 86400>;");
	CHECK(p->crash_restarts == 16 && p->crash_seconds == 86400);
	accept("crash-limit = <1 1>;", "on-crash = \"restart\";");
	CHECK(p->crash_restarts == 1 && p->crash_seconds == 1);
	for (uint32_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
		snprintf(text, sizeof(text), "crash-limit = %s;", bad[n]);
		refuse("on-crash = \"restart\";", text, "crash-limit", limit);
	}
	refuse("", "crash-limit = <1 1>;", "crash-limit", "without on-crash = \"restart\"");
	refuse("on-crash = \"stop\";", "crash-limit = <1 1>;", "crash-limit",
	       "without on-crash = \"restart\"");
	refuse("on-crash = \"reset\";", "", "on-crash", "must be \"stop\" or \"restart\"");
	refuse("on-crash;", "", "on-crash", "must be one string");
}

static const struct test_case cases[] = {
	{ "given", given },
	{ "and_memory", and_memory },
	{ "and_devices", and_devices },
	{ "and_interrupts", and_interrupts },
	{ "on_crash", on_crash },
};

TEST_MAIN("manifest_machine", cases)
