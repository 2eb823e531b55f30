# SPDX-License-Identifier: BSD-2-Clause
"""The fuzzer's host side: plans, records, verdicts, shortening, what was reached."""

import struct
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lib import hostile, hostile_shrink, reach


class Plans(unittest.TestCase):
    def test_the_command_names_what_was_run(self):
        plan = hostile.Plan(0x12, shared=True)
        self.assertEqual(plan.command(),
                         "test/tool fuzz-guest --seed 0x12 --shared --runs 1 --until-us 400000")
        plan = hostile.Plan(0x12, exact=True, first=3, last=9, listed=[4, 8], rights=True)
        self.assertIn("--rights --steps 3..9 --only 4,8", plan.command())

    def test_the_manifest_has_the_plan(self):
        with tempfile.TemporaryDirectory() as folder:
            plan = hostile.Plan(7, exact=True, last=20, listed=[1, 5], shared=True, rights=True)
            text = hostile.manifest(plan, Path(folder)).decode()
            steps = (Path(folder) / "steps").read_bytes()
        self.assertIn('bootargs = "seed=0x7 first=0 last=20 exact list=2"', text)
        self.assertIn('rights = "fuzz";', text)
        self.assertIn("cpus = <1>;\n\t\tmemory-size = <0x400000>;\n\t\tmemory-at", text)
        self.assertEqual(steps, struct.pack("<2I", 1, 5))


    def test_a_vm(self):
        plan = hostile.Plan(0x12, exact=True, first=3, last=9, vm=True)
        self.assertIn("--vm --steps 3..9", plan.command())
        text = hostile.manifest(plan, Path("none")).decode()
        self.assertIn('lives=100000 -- seed=0x12 first=3 last=9 exact"', text)
        self.assertIn("until-us=400000", text)
        plan = hostile.Plan(9, shared=True, vm=True)
        text = hostile.manifest(plan, Path("none")).decode()
        self.assertIn("cpus = <1>;\n\t\tmemory-size = <0x1000000>", text)


class Watches(unittest.TestCase):
    def watch(self, *lines: str) -> hostile.Outcome:
        machine: Any = SimpleNamespace()
        watch = hostile.Watch(hostile.Plan(1), machine)
        for line in lines:
            watch._line(line)
        watch._judge()
        return watch.outcome

    def test_both_witnesses_must_pass(self):
        good = "[beside] SUMMARY: 12 passed, 0 failed, 0 skipped"
        self.assertEqual(self.watch(good, good.replace("beside", "apart")).failures, [])
        self.assertEqual(len(self.watch(good).failures), 1)
        bad = good.replace("beside", "apart").replace("0 failed", "1 failed")
        self.assertIn("apart: failed", self.watch(good, bad).failures)
        nothing = good.replace("beside", "apart").replace("12 passed", "0 passed")
        self.assertIn("apart: failed", self.watch(good, nothing).failures)

    def test_a_panic_fails_at_any_time(self):
        self.assertIn("plumbline: panic: x", self.watch("plumbline: panic: x").failures)

    def test_a_guest_fails(self):
        line = "[fuzz] FAIL: fuzz: at the start of a life: x"
        self.assertIn(line, self.watch(line).failures)
        line = "[fuzz] child: FAIL: fuzz: at the start of a life: x"
        self.assertIn(line, self.watch(line).failures)

    def test_an_assertion_of_the_emulator_is_no_verdict(self):
        for line in ("qemu-system-arm: ../../target/arm/translate.c:271: f: Assertion `x' failed.",
                     "ERROR:../../target/arm/internals.h:545:f: code should not be reached"):
            outcome = self.watch(line)
            self.assertEqual((outcome.failures, outcome.broken), ([], line))


class Emulators(unittest.TestCase):
    def machine(self, counters: list[list[str]], word: str = "0xe3a03001") -> Any:
        """One that answers with these program counters, sample by sample."""
        machine: Any = object.__new__(hostile.Machine)
        answers = iter(counters)

        def ask(command: str) -> str:
            if command.startswith("info"):
                return "".join(f"R15={pc}\n" for pc in next(answers))
            return f"400107d0: {word}\n" if command.startswith("x ") else ""

        machine.ask = ask
        return machine

    def test_a_cpu_that_stays_where_its_turn_ended(self):
        moving = [[f"4030000{n}", "400107d4"] for n in range(hostile.SAMPLES)]
        self.assertTrue(self.machine(moving).starves())

    def test_a_cpu_that_waits_is_the_monitors_or_its_guests(self):
        moving = [[f"4030000{n}", "400107d4"] for n in range(hostile.SAMPLES)]
        for hint in ("0xe320f001", "0xe320f002", "0xe320f003", "0xeafffffe"):
            self.assertFalse(self.machine(moving, hint).starves())

    def test_a_loop_of_one_block_stays_too(self):
        stay = [["40300000", "400107d4"]] * hostile.SAMPLES
        self.assertTrue(self.machine(stay).starves())
        self.assertFalse(self.machine([["400107d4"]] * hostile.SAMPLES).starves())

    def test_all_move(self):
        move = [[f"4030000{n}", f"4010000{n}"] for n in range(hostile.SAMPLES)]
        self.assertFalse(self.machine(move).starves())

    def test_a_vector_that_aborts(self):
        machine = self.machine([])
        said = "R12=00000000 R13=00000000 R14=ffff0010 R15=ffff000c\nPSR=680501d7 -ZC- A abt32"
        machine.ask = lambda command: said
        self.assertTrue(machine.aborts())
        said = said.replace("ffff0010", "ffff0014")
        self.assertFalse(machine.aborts())


class Records(unittest.TestCase):
    def test_the_layout_is_the_guests(self):
        text = (hostile.ROOT / "guest/test/fuzz/fuzz.h").read_text()
        self.assertIn(f"{hostile.RECORD:#x}u", text)
        self.assertIn(f"{hostile.MAGIC:#x}u", text)
        kinds = (hostile.ROOT / "guest/test/fuzz/generate.h").read_text()
        listed = kinds.split("enum fuzz_kind {")[1].split("FUZZ_KINDS")[0]
        names = [line.split(",")[0].strip() for line in listed.splitlines() if "FUZZ_" in line]
        self.assertEqual(names, [f"FUZZ_{name.upper()}" for name in hostile.KIND_NAMES])

    def test_a_record_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            ram = Path(folder) / "ram"
            words = [hostile.MAGIC, 9, *range(8), *range(9), *range(10), 3, 1]
            with open(ram, "wb") as file:
                file.seek(hostile.PLACE - hostile.RAM + hostile.RECORD - hostile.GUEST_RAM)
                file.write(hostile.FORMAT.pack(*words))
            machine: Any = SimpleNamespace(ram=ram, place=0x4C000000)
            record = hostile.Machine.record(machine)
        assert record
        self.assertEqual((record.seed, record.step, record.done), (9, (0, 1, 2, 3), (4, 5, 6, 7)))
        self.assertEqual((record.started, record.lost), (3, 1))

    def test_there_is_none_before_the_guest_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            machine: Any = SimpleNamespace(ram=Path(folder) / "ram")
            self.assertIsNone(hostile.Machine.record(machine))


class Shrinks(unittest.TestCase):
    def shrink(self, needed: set[int]) -> Any:
        def run(plan: hostile.Plan) -> hostile.Outcome:
            fails = plan.exact and needed <= set(plan.steps())
            return hostile.Outcome(failures=["x"] if fails else [])

        life = hostile.Record(5, (100, 101, 102, 303), (0,) * 4, (0,) * 9, (0,) * 10, 0, 0)
        outcome = hostile.Outcome(failures=["x"], lives={5: life})
        return hostile_shrink.Shrink(run).shrink(hostile.Plan(1), outcome)

    def test_to_single_steps(self):
        short = self.shrink({40, 77})
        self.assertEqual((short.seed, short.exact, short.steps()), (5, True, [40, 77]))

    def test_one_step(self):
        self.assertEqual(self.shrink({302}).steps(), [302])

    def test_what_no_life_shows(self):
        self.assertIsNone(self.shrink({400}))


class Reaches(unittest.TestCase):
    def code(self) -> Any:
        functions = [[("vgic/a.c", "one")], [("vgic/a.c", "two"), ("hyp/core/exit.c", "three")],
                     [("hyp/trap/b.c", "b_init")], [("boot/c.c", "four")]]
        return SimpleNamespace(text=0x100, size=16, words=[0x100, 0x104, 0x108, 0x10c],
                               functions=functions)

    def test_runs_add_up_and_boot_does_not_count(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "out"
            reached = reach.Reached(self.code())
            path.write_bytes(bytes([1, 0, 0, 1]))
            self.assertEqual(reached.add(path), 2)
            self.assertEqual(reached.add(path), 0)
            self.assertEqual(reached.add(Path(folder) / "none"), 0)
        lines = reached.report()
        self.assertIn("1 of 4 functions, 1 of 3 instructions", lines[0])
        self.assertIn("never reached: 2", lines[1])
        self.assertEqual(lines[2:], ["  hyp/core/exit.c: three", "  vgic/a.c: two"])


if __name__ == "__main__":
    unittest.main()
