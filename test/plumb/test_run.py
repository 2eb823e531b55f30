# SPDX-License-Identifier: BSD-2-Clause
"""The verdict on a run: the monitor's last lines, keys, trace events, the case table."""

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

from lib import cases
from lib import stress
from lib.result import Result, host_result
from plumblib import qemu
from plumblib.bench import BenchTrace, misses, table
from plumblib.outcome import Outcome
from plumblib.trace import TraceCounter
from plumblib.tty import RawTerminal

ROOT = Path(__file__).resolve().parents[2]


def outcome(text: bytes) -> Outcome:
    end = Outcome()
    for at in range(0, len(text), 3):  # lines arrive in pieces
        end.feed(text[at:at + 3])
    return end


class End(unittest.TestCase):
    def test_exit_codes(self):
        for text, code in ((b"plumbline: end: status 0\r\n", 0),
                           (b"plumbline: end: status 1\n", 1),
                           (b"plumbline: end: status 2\n", 2),
                           (b"plumbline: panic: stuck\nplumbline: end: status 0\n", 2),
                           (b"plumbline: refused: /partitions/a memory: odd\n", 4),
                           (b"hello\n", 6), (b"", 6)):
            self.assertEqual(outcome(text).exit_code(), code, text)

    def test_a_guest_that_quotes_the_end_line_ends_nothing(self):
        self.assertFalse(outcome(b"[g] plumbline: end: status 0\n").over)

    def test_the_crash_is_repeated_and_the_start_is_not(self):
        end = outcome(b"[plumbline] 2 CPUs\n[plumbline] a: crashed\n")
        self.assertEqual(end.why.explanation(1), ["[plumbline] a: crashed"])

    def test_a_panic_is_repeated(self):
        end = outcome(b"[plumbline] 2 CPUs\nplumbline: panic: stuck\nplumbline: end: status 2\n")
        self.assertEqual(end.why.explanation(2), ["plumbline: panic: stuck"])


def wait_for(answer):
    """The first answer that is true; a false one if none is for a long time."""
    end = time.monotonic() + 60
    while not (found := answer()) and time.monotonic() < end:
        time.sleep(0.01)
    return found


def state_of(pid: int) -> str:
    """proc(5): R, S, T ..."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


class Stress(unittest.TestCase):
    def test_the_loops_run_and_are_ended(self):
        for error in (None, SystemExit):
            try:
                with stress.busy(2) as loops:
                    self.assertEqual([loop.poll() for loop in loops], [None, None])
                    if error:
                        raise error
            except SystemExit:
                pass
            self.assertNotIn(None, [loop.returncode for loop in loops])

    def test_a_loop_outlives_nobody(self):
        loop = subprocess.run([sys.executable, "-c", stress.LOOP.format(1 << 30)], timeout=60,
                              check=False)
        self.assertEqual(loop.returncode, 0)

    def test_emulators_are_found_below_and_stand_still(self):
        with tempfile.TemporaryDirectory() as folder:
            fake = Path(folder) / "qemu-system-x"
            fake.symlink_to("/bin/sleep")
            process = subprocess.Popen(["/bin/sh", "-c", f"{fake} 60 & read line; kill $!"],
                                       stdin=subprocess.PIPE)
            try:
                found = wait_for(lambda: stress.emulators(os.getpid()))
                self.assertEqual(len(found), 1)
                with stress.stalls():
                    for state in ("T", "S", "T"):
                        self.assertTrue(wait_for(lambda: state_of(found[0]) == state), state)
                self.assertTrue(wait_for(lambda: state_of(found[0]) == "S"))
                self.assertEqual(stress.emulators(found[0]), [])
            finally:
                process.communicate(b"\n")

    def test_the_table_counts_reds_by_job(self):
        red = Result("b", failed=["b: x", "b: y"])
        rounds = [[Result("a"), red], [Result("a", failed=["a: z"]), red], [Result("a"), Result("b")]]
        self.assertEqual([line.split() for line in stress.table(rounds)],
                         [["job", "red", "of", "3"], ["b", "2"], ["2", "x", "b:", "x"],
                          ["2", "x", "b:", "y"], ["a", "1"], ["1", "x", "a:", "z"]])
        self.assertEqual(stress.table([[Result("a")]]), ["no job was red in 1 rounds"])


class Limits(unittest.TestCase):
    """A case that is to reach its time limit ends there; a host too busy for it gets a longer one."""

    def limits(self, head: str, needs: float) -> tuple[list[float], int]:
        loader = importlib.machinery.SourceFileLoader("run", str(ROOT / "test" / "run"))
        run: Any = importlib.util.module_from_spec(importlib.util.spec_from_loader("run", loader))
        loader.exec_module(run)
        given = []

        def run_logged(argv: list[str], limit: float) -> tuple[int, str]:
            given.append(float(argv[argv.index("--timeout") + 1]))
            return 3 if "exit=3" in head else 0, "g: up\n" if given[-1] >= needs else ""

        run.run_logged = run_logged
        job = run.CaseJob(cases.parse(f"{head}\n\texpect ^g: up")[0])
        failed = len(job.run().failed)
        again = list(given)
        given.clear()
        self.assertEqual((len(job.run().failed), given), (failed, again))
        return given, failed

    def test_of_a_case(self):
        self.assertEqual(self.limits("a b timeout=10", 30), ([40], 0))
        self.assertEqual(self.limits("a b timeout=10", 50), ([40], 1))
        self.assertEqual(self.limits("a b timeout=10 exit=3", 1), ([10], 0))
        self.assertEqual(self.limits("a b timeout=10 exit=3", 50), ([10, 40, 160], 0))
        self.assertEqual(self.limits("a b timeout=10 exit=3", 500), ([10, 40, 160], 1))


class Version(unittest.TestCase):
    def test_which_freeze(self):
        for text, wanted in (("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)", True),
                             ("QEMU emulator version 8.1.5", True),
                             ("QEMU emulator version 8.2.0", False),
                             ("QEMU emulator version 10.0.2 (Debian)", False), ("what?", False)):
            with self.subTest(text):
                self.assertEqual(qemu.freezes_on_offset(qemu.read_version(text)), wanted)


class Keys(unittest.TestCase):
    def keys(self, *typed: bytes) -> tuple[bytes, bool]:
        terminal = RawTerminal.__new__(RawTerminal)
        terminal.prefix = terminal.quit_typed = False
        return b"".join(terminal.filter(keys) for keys in typed), terminal.quit_typed

    def test_quit_also_when_split(self):
        self.assertEqual(self.keys(b"ab\x01", b"xc"), (b"ab", True))

    def test_ctrl_a_twice_sends_one_and_ctrl_c_passes(self):
        self.assertEqual(self.keys(b"\x01\x01\x03\x1d"), (b"\x01\x03\x1d", False))
        self.assertEqual(self.keys(b"\x01b"), (b"\x01b", False))


class Trace(unittest.TestCase):
    def test_registers_are_named_and_gicv_is_not_the_monitors(self):
        trace = TraceCounter()
        for line in (b"gic_dist_write dist write at 0x00000f00 size 4: 0x00000001\n",
                     b"gic_cpu_read cpu 0 iface read at 0x0000000c: 0x000003ff\n",
                     b"gic_cpu_read vcpu 0 iface read at 0x0000000c: 0x000003ff\n",
                     b"gic_hyp_write hyp write at 0x00000104: 0x00000000\n",
                     b"gic_lr_entry cpu 0: new lr entry 0: 0x00000000\n"):
            self.assertTrue(trace.count(line))
        self.assertFalse(trace.count(b"qemu-system-arm: warning\n"))
        self.assertEqual(trace.table[("GICD_SGIR", "write")], 1)
        self.assertEqual(trace.table[("GICC_IAR", "read")], 1)
        self.assertEqual(trace.table[("GICV_IAR", "read")], 1)
        self.assertEqual(trace.table[("GICH_LR1", "write")], 1)
        self.assertEqual(trace.monitor_accesses(), 3)


class Bench(unittest.TestCase):
    def test_accesses_belong_to_the_line_that_follows(self):
        trace = BenchTrace()

        def console(text: str) -> None:
            for byte in text.encode():
                trace.count(b"pl011_write addr 0x00000000 value 0x%08x\n" % byte)

        def access(times: int) -> None:
            for _ in range(times):
                trace.count(b"gic_hyp_read hyp read at 0x00000100: 0x00000000\n")

        access(7)
        console("[plumbline] hello\r\n")
        access(2048)
        console("[bench] BENCH: GICD_CTLR read = 302 instructions\r\n")
        access(512)
        console("[bench] BENCH: unheard of = 5 instructions\r\n")
        self.assertEqual([(f.name, f.value, f.accesses) for f in trace.figures],
                         [("GICD_CTLR read", 302, 2.0), ("unheard of", 5, 0.5)])
        self.assertIn("GICD_CTLR read", misses(trace.figures))
        text = table(trace.figures, 1, 2)
        self.assertIn("70 !", text)
        self.assertIn("not measured: PL011 FR read", text)


TABLE = """# comment
one a.dts smp=4 timeout=9 icount passes=2
\texpect ^done
\tsend prompt> =>help\\r
two - exit=1
\targs --kernel 'a b'
"""


class Table(unittest.TestCase):
    def test_parse(self):
        one, two = cases.parse(TABLE)
        self.assertEqual(one.command("plumb"), [
            "plumb", "run", "a.dts", "--smp", "4", "--timeout", "9.0", "--icount",
            "--send", "prompt> =>help\\r", "--prefix", "--no-make"])
        self.assertEqual(two.command("plumb", no_make=False), ["plumb", "run", "--kernel", "a b", "--prefix"])

    def test_a_case_on_more_boards(self):
        one, two, three = cases.parse("one a.dts smp=4 boards=midway,virt-a7\n\texpect ^done\n")
        self.assertEqual([c.name for c in (one, two, three)], ["one", "one@midway", "one@virt-a7"])
        self.assertEqual(three.command("plumb"), ["plumb", "run", "a.dts", "--smp", "4", "--board",
                                                  "virt-a7", "--prefix", "--no-make"])
        self.assertEqual((one.options, one.expect), ({"smp": 4}, ["^done"]))
        self.assertEqual(two.expect, ["^done", ", 4 CPUs, image at"])

    def test_a_set_of_boards(self):
        table = "@two = midway,virt-a7\n@all = virt-secure,@two\none a.dts boards=virt,@all\n"
        self.assertEqual([c.name for c in cases.parse(table)],
                         ["one", "one@virt", "one@virt-secure", "one@midway", "one@virt-a7"])

    def test_who_reports(self):
        some = r"SUMMARY: [1-9]\d* passed, 0 failed"
        for text, wanted in (("", [some]), (" exit=1", []), ("\n\tforbid x", [some]),
                             ("\n\texpect y", ["y"]), ("\n\texpect y\n\treports *", ["y", some]),
                             ("\n\treports a-b c=12 *=3", [
                                 rf"^\[a-b\] {some}", r"^\[c\] SUMMARY: 12 passed, 0 failed",
                                 "SUMMARY: 3 passed, 0 failed"])):
            self.assertEqual(cases.parse("one a.dts" + text)[0].expect, wanted)

    def test_mistakes_are_named(self):
        for bad in ("one", "one a.dts bogus", "one a.dts x=1", "\texpect a", "a b\n\twish c",
                    "a b\na b", "a b\n\tsend x", "a b\n\texpect [", "a b\n\treports",
                    "a b\n\treports c=0", "a b\n\treports c.", "a b boards=no-such",
                    "a b boards=@none", "@two=midway", "@two = no-such", "@two = midway,", "@two",
                    "@two = midway\n@two = virt", "a b boards=@two\n@two = midway"):
            with self.assertRaises(Exception, msg=bad):
                cases.parse(bad)

    def test_a_folder_of_files_is_one_table(self):
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "test" / "cases"
            table.mkdir(parents=True)
            (table / "2-more").write_text("two b.dts boards=@all\n")
            (table / "1-sets").write_text("@all = midway\none a.dts\n")
            self.assertEqual([case.name for case in cases.read(Path(folder))],
                             ["one", "two", "two@midway"])
            (table / "3-again").write_text("\none c.dts\n")
            with self.assertRaisesRegex(ValueError, "test/cases/3-again:2: a second case 'one'"):
                cases.read(Path(folder))

    def test_every_test_system_has_a_case(self):
        root = Path(__file__).resolve().parents[2]
        named = {case.system for case in cases.read(root)}
        there = {str(p.relative_to(root)) for p in (root / "test" / "systems").glob("*.dts")}
        checks = "".join(p.read_text() for folder in ("check", "lib")
                         for p in (root / "test" / folder).glob("*.py"))
        self.assertEqual({path for path in there - named if path not in checks}, set())
        self.assertEqual([n for n in named if n != "-" and not (root / n).exists()], [])

    def judge(self, head: str, code: int, log: str) -> tuple[int, int]:
        result = cases.judge(cases.parse(head)[0], code, log)
        return result.passed, len(result.failed)

    def test_guest_lines_count_and_the_case_too(self):
        end = "[g] SUMMARY: 2 passed, 0 failed, 1 skipped\n"
        self.assertEqual(self.judge("a b", 0, "[g] PASS: x\r\nPASS: y\n[g] SKIP: z\n" + end), (3, 0))
        self.assertEqual(self.judge("a b", 0, "[g] PASS: x\n[g] FAIL: y\n" + end), (1, 2))
        # Another partition's line may break a line anywhere.
        self.assertEqual(self.judge("a b", 0, "[g] PASS:\n[h] PASS: x\n[g]  y\n" + end), (3, 0))
        self.assertEqual(self.judge("a b", 0, "[g] PASS: x\n[g] FA\n[h] z\n[g] IL: y\n" + end),
                         (1, 2))
        self.assertEqual(self.judge("a b", 0, "[g] PASS: x\n[h] z\n[g] and y\n" + end), (2, 0))

    def test_nothing_tested_fails(self):
        for end in ("", "SUMMARY: 0 passed, 0 failed\n", "SUMMARY: 1 passed, 1 failed\n"):
            self.assertEqual(self.judge("a b", 0, "g: hello\nsays PASS: no\n" + end), (0, 1))
        self.assertEqual(self.judge("a b exit=1", 1, "g: hello\n"), (0, 1))

    def test_expectations(self):
        end = "SUMMARY: 1 passed, 0 failed\n"
        self.assertEqual(self.judge("a b\n\texpect ^.g. four parts$", 0,
                                    "[g] fo\n[h] x\n[g] ur \n[h] y\n[g] pa\n[h] z\n[g] rts\n"), (1, 0))
        self.assertEqual(self.judge("a b\n\texpect ^g: hi$", 0, "g: hi\r\n"), (1, 0))
        self.assertEqual(self.judge("a b\n\texpect ^g: hi$", 0, "g: ho\n"), (0, 1))
        self.assertEqual(self.judge("a b\n\tforbid ho", 0, f"PASS: x\ng: ho\n{end}"), (1, 1))
        self.assertEqual(self.judge("a b", 3, f"PASS: x\n{end}"), (1, 1))
        self.assertEqual(self.judge("a b exit=3", 3, "PASS: x\n"), (2, 0))
        self.assertEqual(self.judge("a b passes=2", 0, f"PASS: x\n{end}"), (1, 1))
        self.assertEqual(self.judge("a b\n\treports h", 0, f"PASS: x\n[g] {end}"), (1, 1))
        self.assertEqual(self.judge("a b\n\treports g", 0, f"PASS: x\n[g] {end}"), (2, 0))
        # A line that another's has broken in two, and what is none.
        torn = "[g] PASS: x\n[g] SUMMARY: 1 pas\n[h] PASS: y\n[g] sed, 0 failed, 0 skipped\n"
        self.assertEqual(self.judge("a b\n\treports g", 0, torn), (3, 0))
        self.assertEqual(self.judge("a b\n\treports h", 0, torn), (2, 1))
        for head, count in (("a b", (2, 0)), ("a b whole", (1, 1))):
            self.assertEqual(self.judge(head + "\n\texpect ^\\[g\\] sum is 1$", 0,
                                        "[g] PASS: x\n[g] sum \n[g] is 1\n"), count)


class Host(unittest.TestCase):
    def count(self, code: int | None, log: str) -> tuple[int, int]:
        result = host_result("t", code, log)
        return result.passed, len(result.failed)

    def test_results(self):
        self.assertEqual(self.count(0, "PASS a.b\nPASS a.c\n"), (2, 0))
        self.assertEqual(self.count(1, "PASS a.b\nFAIL a.c\n"), (1, 1))
        self.assertEqual(self.count(1, "PASS a.b\n"), (1, 1))  # died on the way
        self.assertEqual(self.count(0, ""), (0, 1))
        self.assertEqual(self.count(None, "PASS a.b\n"), (1, 1))
