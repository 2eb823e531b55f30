/* SPDX-License-Identifier: BSD-2-Clause */
/* The systems in which the guests of rig_mix.c run. */
#include "test/rig/rig_mix.h"

const char rig_mix_manifest[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; vcpus = <2>; pmu;\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\", \"c\"; };\n"
	"b { compatible = \"plumbline,partition\"; memory-size = <0x20000>; vcpus = <2>; pmu;\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\", \"c\";\n"
	" dev { compatible = \"plumbline,device\"; pa = <0 0x0a000000>; size = <0x1000>;\n"
	"  interrupt = <48>; };\n"
	" edge { compatible = \"plumbline,device\"; pa = <0 0x0a001000>; size = <0x1000>;\n"
	"  interrupt = <49>; interrupt-edge = <49>; }; };\n"
	"c { compatible = \"plumbline,partition\"; memory-size = <0x20000>; gic = \"none\";\n"
	" kernel = [fe ff ff ea]; no-dtb; priority = <4>; rights = \"a\", \"b\", \"c\"; }; };\n";

const char rig_mix_managed[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; vcpus = <2>;\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\", \"c\";\n"
	" manages = \"a\", \"b\", \"c\"; on-crash = \"restart\"; };\n"
	"b { compatible = \"plumbline,partition\"; memory-size = <0x20000>; vcpus = <2>;\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\", \"c\";\n"
	" manages = \"a\", \"b\", \"c\"; on-crash = \"restart\"; crash-limit = <1 1>; };\n"
	"c { compatible = \"plumbline,partition\"; memory-size = <0x20000>; gic = \"none\";\n"
	" kernel = [fe ff ff ea]; no-dtb; priority = <4>; rights = \"a\", \"b\", \"c\";\n"
	" watchdog = \"sp805\"; on-crash = \"restart\"; manages = \"a\", \"b\", \"c\"; }; };\n";

/* The same on two CPUs, each with vCPUs of its own: nobody runs another's. */
const char rig_mix_pinned[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; vcpus = <2>; pmu;\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\", \"c\"; cpus = <1 2>; };\n"
	"b { compatible = \"plumbline,partition\"; memory-size = <0x20000>; vcpus = <2>; pmu;\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\", \"c\"; cpus = <2 1>; };\n"
	"c { compatible = \"plumbline,partition\"; memory-size = <0x20000>; gic = \"none\";\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\", \"c\"; cpus = <2>; }; };\n";

/* The first with budgets: of vCPUs that move, above, below, and beside one without. An access to a
 * register takes a tick of the rig's counter, and a change of vCPUs some hundred of them: shorter
 * budgets would be used up by that alone. */
const char rig_mix_budgets[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; vcpus = <2>;\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\", \"c\";\n"
	" budget-us = <500 1500>; period-us = <5000>;\n"
	" manages = \"a\", \"b\", \"c\"; on-crash = \"restart\"; };\n"
	"b { compatible = \"plumbline,partition\"; memory-size = <0x20000>; vcpus = <2>;\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\", \"c\";\n"
	" manages = \"a\", \"b\", \"c\"; };\n"
	"c { compatible = \"plumbline,partition\"; memory-size = <0x20000>; gic = \"none\";\n"
	" kernel = [fe ff ff ea]; no-dtb; priority = <4>; rights = \"a\", \"b\", \"c\";\n"
	" budget-us = <500>; period-us = <7500>;\n"
	" manages = \"a\", \"b\", \"c\"; }; };\n";

const char rig_mix_traced[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; vcpus = <2>; pmu;\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\", \"c\"; traces; };\n"
	"b { compatible = \"plumbline,partition\"; memory-size = <0x20000>; vcpus = <2>; pmu;\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\", \"c\"; };\n"
	"c { compatible = \"plumbline,partition\"; memory-size = <0x20000>; gic = \"none\";\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\", \"c\"; }; };\n";
