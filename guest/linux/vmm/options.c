/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/options.h"
#include "guest/linux/vmm/vm.h"
#include <stddef.h>
#include <string.h>

#define OPTIONS_LEAST_MEMORY 16u

static const char options_help[] =
	"vmm --kernel FILE [OPTION]...\n"
	"vmm --restore SOURCE [OPTION]...\n"
	"  --kernel FILE    a zImage\n"
	"  --initrd FILE    its initial RAM disk\n"
	"  --append TEXT    its arguments (console=hvc0)\n"
	"  --dtb FILE       a device tree in the place of the one that is made, with all that "
	"--append says\n"
	"  --dump-dtb FILE  writes the VM's device tree there\n"
	"  --cpus N         vCPUs, 1 to 8 (1)\n"
	"  --memory MIB     (64)\n"
	"  --disk FILE      virtio-blk: an image, or a block device\n"
	"  --net unix:PATH  virtio-net: a wire to another VM with the same path\n"
	"  --net tap:NAME   virtio-net: the other end of a network interface of this machine\n"
	"  --rng            virtio-rng\n"
	"  --save TARGET    where SIGHUP saves the VM: a file, or unix:PATH, where another vmm "
	"waits:\n"
	"  --restore SOURCE the saved VM: a file, or unix:PATH. The devices are to be as they "
	"were; "
	"--kernel,\n"
	"                   --initrd, --append are for a reset of it\n"
	"A terminal passes each key to the VM; Ctrl-\\ ends it.\n"
	"SIGUSR1 pauses the VM, SIGUSR2 lets it go on.\n"
	"Exit status: 0 the VM has powered itself off, 1 an error, or it was ended, 3 it is "
	"saved.\n";

enum { OPTIONS_TEXT, OPTIONS_NUMBER, OPTIONS_FLAG };

struct options_row {
	const char *name;
	uint32_t kind, at; /* at: offset in struct options */
};

static const struct options_row options_rows[] = {
	{ "--kernel", OPTIONS_TEXT, offsetof(struct options, kernel) },
	{ "--initrd", OPTIONS_TEXT, offsetof(struct options, initrd) },
	{ "--append", OPTIONS_TEXT, offsetof(struct options, append) },
	{ "--dtb", OPTIONS_TEXT, offsetof(struct options, dtb) },
	{ "--dump-dtb", OPTIONS_TEXT, offsetof(struct options, dump) },
	{ "--cpus", OPTIONS_NUMBER, offsetof(struct options, cpus) },
	{ "--memory", OPTIONS_NUMBER, offsetof(struct options, memory) },
	{ "--disk", OPTIONS_TEXT, offsetof(struct options, disk) },
	{ "--net", OPTIONS_TEXT, offsetof(struct options, net) },
	{ "--rng", OPTIONS_FLAG, offsetof(struct options, rng) },
	{ "--save", OPTIONS_TEXT, offsetof(struct options, save) },
	{ "--restore", OPTIONS_TEXT, offsetof(struct options, restore) },
};

static _Noreturn void options_usage(void)
{
	(void)os_write_all(2, options_help, sizeof(options_help) - 1);
	os_exit(1);
}

static uint32_t options_number(const char *name, const char *text)
{
	uint32_t value = 0;

	for (; *text >= '0' && *text <= '9' && value < 100000; text++) {
		value = 10 * value + (uint32_t)(*text - '0');
	}
	if (*text) {
		os_fail(name, "is a number");
	}
	return value;
}

static const struct options_row *options_find(const char *name)
{
	for (uint32_t n = 0; n < sizeof(options_rows) / sizeof(options_rows[0]); n++) {
		if (strcmp(options_rows[n].name, name) == 0) {
			return &options_rows[n];
		}
	}
	os_say(name, "no such option");
	options_usage();
}

static void options_set(struct options *options, const struct options_row *row, const char *text)
{
	uint8_t *at = (uint8_t *)options + row->at;

	if (!text) {
		os_fail(row->name, "its value is missing");
	}
	if (row->kind == OPTIONS_TEXT) {
		*(const char **)(void *)at = text;
	} else {
		*(uint32_t *)(void *)at = options_number(row->name, text);
	}
}

static void options_check(struct options *options)
{
	if (!options->kernel && !options->restore) {
		options_usage();
	}
	if (!options->cpus || options->cpus > VM_VCPUS) {
		os_fail("--cpus", "1 to 8");
	}
	if (options->memory < OPTIONS_LEAST_MEMORY || options->memory > VM_RAM_MAX >> 20) {
		os_fail("--memory", "16 to 1024 MiB");
	}
	if (options->append && options->dtb) {
		os_fail("--append", "the arguments are in the device tree of --dtb");
	}
	if (!options->append) {
		options->append = "console=hvc0";
	}
}

void options_read(struct options *options, int argc, char **argv)
{
	*options = (struct options) { .cpus = 1, .memory = 64 };
	for (int n = 1; n < argc; n++) {
		const struct options_row *row = options_find(argv[n]);

		options_set(options, row, row->kind == OPTIONS_FLAG ? "1" : argv[++n]);
	}
	options_check(options);
}
