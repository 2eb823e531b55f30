/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of /dev/kvm's ABI on 32-bit Arm with a GICv2 (docs/kvm.md): every ioctl, and the errors
 * that KVM documents. The output is TAP. They use nothing of Plumbline: a Linux with KVM/ARM passes
 * them, too.
 *
 *   kvmtest [GROUP]...  only these groups of tests; all: all of them
 *   kvmtest speed       what the calls cost
 *   kvmtest kills       kills processes with VMs
 *   kvmtest leave       makes VMs, and does not end
 *   kvmtest boot        boots a kernel as a VM: boot.c
 *   kvmtest hostile [ROUNDS|SECONDSs]  a hostile VM beside two others: hostile.c
 */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

struct main_group {
	const char *name;
	void (*run)(void);
};

static const struct main_group main_groups[] = {
	{ "device", test_device }, { "vm", test_vm },		{ "vcpu", test_vcpu },
	{ "run", test_run },	   { "signals", test_signals }, { "memory", test_memory },
	{ "lines", test_lines },   { "smp", test_smp },		{ "events", test_events },
	{ "pages", test_pages },   { "balloon", test_balloon }, { "kills", test_kills },
	{ "gic", test_gic },	   { "replay", test_replay },	{ "speed", test_speed },
	{ "boot", test_boot },	   { "ends", test_ends },	{ "stores", test_stores },
	{ "attrs", test_attrs },   { "lives", test_lives },	{ "leave", test_leave },
	{ "faults", test_faults },
};

int main(int argc, char **argv);

static bool main_is(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* Without names, and with `all`: what is no command of its own. */
static bool main_is_asked(int argc, char **argv, const char *name)
{
	bool all = argc < 2;

	for (int n = 1; n < argc; n++) {
		if (main_is(argv[n], name)) {
			return true;
		}
		all = all || main_is(argv[n], "all");
	}
	return all && !main_is(name, "boot") && !main_is(name, "speed") &&
	       !main_is(name, "kills") && !main_is(name, "leave");
}

/* 600: rounds; 600s: seconds. */
static void main_hostile(const char *text)
{
	uint32_t number = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		number = 10 * number + (uint32_t)(*text - '0');
	}
	test_hostile(*text == 's' ? 0 : number, *text == 's' ? number : 0);
}

int main(int argc, char **argv)
{
	tap_note("KVM's ABI on 32-bit Arm");
	tap_ok(machine_open() >= 0, "/dev/kvm can be opened");
	for (uint32_t n = 0; n < sizeof(main_groups) / sizeof(main_groups[0]); n++) {
		if (machine_open() >= 0 && main_is_asked(argc, argv, main_groups[n].name)) {
			tap_note(main_groups[n].name);
			main_groups[n].run();
		}
	}
	if (machine_open() >= 0 && argc >= 2 && main_is(argv[1], "hostile")) {
		main_hostile(argc > 2 ? argv[2] : "");
	}
	return tap_end();
}
