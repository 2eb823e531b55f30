# SPDX-License-Identifier: BSD-2-Clause
"""`plumb board --json`: what the monitor finds, for programs."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TREE = """/dts-v1/;
/memreserve/ 0x80001000 0x2000;
/ {
	#address-cells = <1>;
	#size-cells = <1>;
	model = "a \\"quoted\\" board";
	interrupt-parent = <&gic>;
	cpus {
		#address-cells = <1>;
		#size-cells = <0>;
		cpu@0 { device_type = "cpu"; reg = <0>; };
		cpu@1 { device_type = "cpu"; reg = <1>; enable-method = "psci"; };
	};
	psci { compatible = "arm,psci-0.2"; method = "smc"; };
	memory@80000000 { device_type = "memory"; reg = <0x80000000 0x10000000>; };
	gic: interrupt-controller@1000000 {
		compatible = "arm,cortex-a15-gic";
		interrupt-controller;
		#interrupt-cells = <3>;
		reg = <0x1001000 0x1000 0x1002000 0x2000 0x1004000 0x2000 0x1006000 0x2000>;
		interrupts = <1 9 0xf04>;
	};
	timer {
		compatible = "arm,armv7-timer";
		interrupts = <1 13 0xf08 1 14 0xf08 1 11 0xf08 1 10 0xf08>;
		clock-frequency = <24000000>;
	};
	serial@2000000 {
		compatible = "arm,pl011", "arm,primecell";
		reg = <0x2000000 0x1000>;
		interrupts = <0 5 4>;
	};
	chosen { stdout-path = "/serial@2000000"; };
};
"""


class Board(unittest.TestCase):
    def told(self, source: str, *words: str) -> tuple[int, dict]:
        with tempfile.NamedTemporaryFile(suffix=".dtb") as file:
            subprocess.run(["dtc", "-q", "-o", file.name, "-"], input=source.encode(), check=True)
            done = subprocess.run(["scripts/plumb", "board", file.name, "--no-make", "--json", *words],
                                  cwd=ROOT, capture_output=True, check=False)
        self.assertEqual(done.stderr, b"")
        return done.returncode, json.loads(done.stdout)

    def test_all_of_it(self):
        self.assertEqual(self.told(TREE), (0, {
            "model": 'a "quoted" board', "supported": True, "power_off": "PSCI",
            "memory": [{"base": 0x80000000, "size": 0x10000000}],
            "reserved": [{"base": 0x80001000, "size": 0x2000}],
            "cpus": [{"mpidr": 0, "runs": True, "start": "PSCI", "function": 0x84000003},
                     {"mpidr": 1, "runs": True, "start": "PSCI", "function": 0x84000003}],
            "gic": {"gicd": 0x1001000, "gicc": 0x1002000, "gich": 0x1004000, "gicv": 0x1006000,
                    "by_manual": False, "gich_alias": True},
            "interrupts": {"maintenance": 25, "virtual_timer": 27, "physical_timer": 30,
                           "hyp_timer": 26},
            "timer": {"hz": 24000000, "cntfrq_unset": False},
            "uart": {"type": "PL011", "base": 0x2000000, "interrupt": 37}}))

    def test_with_what_a_boot_loader_adds(self):
        code, found = self.told(TREE.replace("memory@80000000", "ram@80000000")
                                .replace('device_type = "memory"; ', ""),
                                "--memory", "256M@0x90000000")
        self.assertEqual((code, found["memory"]), (0, [{"base": 0x90000000, "size": 0x10000000}]))

    def test_refused(self):
        code, found = self.told(TREE.replace("arm,cortex-a15-gic", "arm,gic-v3"))
        self.assertEqual((code, found["supported"], found["model"], found["cpus"]),
                         (4, False, 'a "quoted" board', []))
        self.assertEqual(found["refusal"], {"node": "/interrupt-controller@1000000",
                                            "property": "compatible",
                                            "reason": "a GICv3, not a GICv2"})

    def test_no_tree(self):
        done = subprocess.run(["scripts/plumb", "board", "README.md", "--no-make", "--json"], cwd=ROOT,
                              capture_output=True, check=False)
        found = json.loads(done.stdout)
        self.assertEqual((done.returncode, found["supported"]), (4, False))
        self.assertIn("README.md", found["refusal"]["reason"])


if __name__ == "__main__":
    unittest.main()
