# SPDX-License-Identifier: BSD-2-Clause
"""`plumb run` and `plumb console` from start to end, with a program in QEMU's place: output and
reports, exit codes, input from a pipe, and files that are left."""

import json
import os
import pty
import signal
import subprocess
import time
import unittest
from pathlib import Path
from typing import Any

from lib import tables
from fake_qemu import END, UP, Faked
from plumblib import exits, scratch

HELLO = ("run", "guest/hello.dts")
NEWLINE = "\r\n"
OFF = "[plumbline] hello: off\r\n"


class Shown(Faked):
    def setUp(self):
        super().setUp()
        self.qemu(f"say({UP + '[hello] [    0.0] it is' + NEWLINE + OFF + END!r})")

    def test_a_single_partition_has_no_name_in_front(self):
        code, out, err = self.run_plumb(*HELLO, "--timeout", "60")
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(out, UP + "[    0.0] it is\r\n" + OFF + END)

    def test_unless_asked_for(self):
        _, out, _ = self.run_plumb(*HELLO, "--prefix")
        self.assertEqual(out.splitlines()[1], "[hello] [    0.0] it is")

    def test_quiet(self):
        code, out, err = self.run_plumb(*HELLO, "-q")
        self.assertEqual((code, out, err), (0, "[    0.0] it is\r\n", ""))

    def test_verbose(self):
        _, _, err = self.run_plumb(*HELLO, "-v", "--board", "vexpress-a15", "--smp", "1")
        lines = err.splitlines()
        self.assertTrue(any(line.startswith("+ ") and "/dtc -q" in line for line in lines))
        self.assertTrue(any(line.startswith("+ ") and "-M vexpress-a15 -audiodev none," in line
                            for line in lines))

    def test_stamps(self):
        _, out, _ = self.run_plumb(*HELLO, "--stamps")
        for line in out.splitlines():
            self.assertRegex(line, r"^ {4,} \d+\.\d{3} \S")

    def test_a_file_of_its_own(self):
        log = self.folder / "log"
        code, out, _ = self.run_plumb(*HELLO, "--console", f"hello={log}")
        self.assertEqual((code, out), (0, UP + OFF + END))
        self.assertEqual(log.read_text(), "[    0.0] it is\n")

    def test_refused(self):
        for words, why in ((("--console", "x=log"), "no partition 'x'.* there is: hello"),
                           (("--console", "hello=/"), "--console hello=/: Is a directory"),
                           (("--console", "hello=pty", "--console", "hello=log"), "once"),
                           (("--console", "hello"), "NAME=pty or NAME=FILE"),
                           (("--timeout", "-1"), "not a number of seconds"),
                           (("-q", "-v"), "not allowed with"),
                           (("--json", "/no/such/file"), "no file can be written")):
            code, _, err = self.run_plumb(*HELLO, *words)
            self.assertEqual(code, 5, words)
            self.assertRegex(err, why)

    def without_reader(self, *words: str, both: bool = False) -> tuple[int, str]:
        """Exit code, and standard error if that is not the same pipe."""
        there, here = os.pipe()
        os.close(there)
        process = self.start(*words, stdout=here,
                             stderr=subprocess.STDOUT if both else subprocess.PIPE)
        os.close(here)
        with process:
            err = b"" if both else process.stderr.read()
        return process.returncode, err.decode()

    def test_no_reader_is_no_error(self):
        self.assertEqual(self.without_reader(*HELLO, "--timeout", "60"), (141, ""))
        self.assertEqual(self.without_reader(*HELLO, both=True), (141, ""))
        code, err = self.without_reader(*HELLO, "--dry-run")  # which prints at its end
        self.assertEqual((code, "Exception" in err), (141, False))


class Pty(Faked):
    def test_a_partitions_own_terminal(self):
        self.qemu(f'say({UP!r})\nsay("[control] > ")\nheard = hear(60, b"\\r")\n'
                  'say("\\r\\n[plumbline] input to gicguest\\r\\n[gicguest] [%r]\\r\\n" % heard)\n'
                  f'say({END!r})\n')
        process = self.start("run", "guest/demo.dts", "--console", "gicguest=pty", "--timeout", "60")
        with process:
            path = process.stderr.readline().decode().split()[2]
            self.assertEqual(process.stdout.read(len(UP) + 12).decode(), UP + "[control] > ")
            with open(path, "r+b", buffering=0) as terminal:
                terminal.write(b"x\x1dy\r")
                self.assertEqual(terminal.read(100), rb"[b'\x1d2x\x1d\x1dy\r']" + b"\r\n")
            rest = process.stdout.read().decode()
        self.assertEqual((process.returncode, rest), (0, "\r\n" + END))


class Codes(Faked):
    def test_each_end(self):
        for said, code in ((UP + OFF + END, 0), ("[plumbline] hello: crashed, status 3\r\n" +
                                                 END.replace("0", "1"), 1),
                           ("plumbline: panic: x\r\n", 2), ("plumbline: refused: x\r\n", 4),
                           (UP, 6)):
            self.qemu(f"say({said!r})")
            with self.subTest(code):
                out = self.folder / "end.json"
                got, _, _ = self.run_plumb(*HELLO, "--json", str(out))
                report = json.loads(out.read_text())
                self.assertEqual((got, report["exit_code"], report["status"]),
                                 (code, code, exits.word(code)))

    def test_ctrl_a_x(self):
        self.qemu(f"say({UP!r})\nhear(60)")
        ours, theirs = pty.openpty()
        process = self.start(*HELLO, stdin=theirs, stdout=theirs)
        os.close(theirs)
        with process:
            while b"image at" not in os.read(ours, 1000):
                pass
            os.write(ours, b"\x01x")
            err = process.stderr.read().decode()
        os.close(ours)
        self.assertEqual((process.returncode, err), (7, "plumb: ended by Ctrl-A x\n"))

    def test_help_has_them_all(self):
        for command in ("run", "console"):
            _, out, _ = self.run_plumb_help(command)
            for each in exits.EXITS:
                self.assertRegex(out, rf"(?m)^ +{each.code}  {each.meaning[:20]}")

    def run_plumb_help(self, command: str):
        return self.run_plumb(command, "--help")


class Pages(unittest.TestCase):
    def test_a_code_that_the_page_has_otherwise(self):
        page = "| exit code | meaning |\n|---|---|\n" + "".join(
            f"| {each.code} | {each.meaning} |\n" for each in exits.EXITS)
        self.assertEqual(tables.exit_faults(page, exits.EXITS), [])
        for changed in (page.replace("| 7 |", "| 8 |"), page.replace("Ctrl-A x", "Ctrl-A q")):
            self.assertEqual(len(tables.exit_faults(changed, exits.EXITS)), 2)
        self.assertEqual(len(tables.exit_faults(page + "| 9 | more |\n", exits.EXITS)), 1)


class Reports(Faked):
    def report(self, *words: str) -> tuple[dict, str]:
        """On standard output; and the console on the other."""
        _, out, err = self.run_plumb("run", *words, "--json", "-")
        return json.loads(out), err

    def test_how_each_partition_ended(self):
        lines = [UP, "[plumbline] gicguest: vcpu 0: pc 0x40010000: read from nothing at 0x00000010\r\n",
                 "[plumbline] gicguest: restarts\r\n", "[gicguest] hi\r\n",
                 "[plumbline] gicguest: vcpu 0: pc 0x40010004: read from nothing at 0x00000020\r\n",
                 "[plumbline] gicguest: crashed, status -1\r\n", "[plumbline] control: off\r\n",
                 END.replace("0", "1")]
        self.qemu("".join(f"say({line!r})\n" for line in lines))
        found, err = self.report("guest/demo.dts", "--timeout", "50", "--smp", "2")
        self.assertIn("[gicguest] hi", err)
        self.assertEqual({key: found[key] for key in
                          ("status", "exit_code", "reason", "system", "board", "cpus", "time_limit",
                           "monitor_status", "qemu_exit_code", "icount")},
                         {"status": "failed", "exit_code": 1, "reason": "a partition crashed or failed",
                          "system": "guest/demo.dts", "board": "virt", "cpus": 2, "time_limit": 50.0,
                          "monitor_status": 1, "qemu_exit_code": 0, "icount": False})
        self.assertEqual([(p["name"], p["end"], p["status"], p["printed"], p["restarts"])
                          for p in found["partitions"]],
                         [("control", "off", None, False, 0), ("gicguest", "crashed", -1, True, 1),
                          ("rawguest", "off", None, False, 0)])
        self.assertEqual(found["lines"], [line.strip() for line in lines[4:6]])
        self.assertEqual(found["partitions"][1]["complaints"], [lines[4].strip()])

    def test_what_could_not_start(self):
        self.qemu("")
        found, _ = self.report("guest/none.dts")
        self.assertEqual((found["status"], found["exit_code"]), ("usage", 5))
        self.assertIn("guest/none.dts", found["reason"])
        self.assertNotIn("partitions", found)

    def test_a_signal(self):
        self.qemu(f"say({UP!r})\nhear(60)")
        out = self.folder / "end.json"
        process = self.start(*HELLO, "--json", str(out))
        with process:
            process.stdout.readline()
            process.terminate()
        found = json.loads(out.read_text())
        self.assertEqual((process.returncode, found["exit_code"], found["status"],
                          found["partitions"][0]["end"]), (143, 143, "terminated", "unknown"))


class Pipe(Faked):
    """`plumb console` with its standard input from a pipe."""

    def heard(self, typed: bytes, body: str = "", last: bytes = b"quit\n") -> bytes:
        """The received input; the monitor prints its first line late."""
        file = self.folder / "heard"
        self.qemu(f'early = hear(0.5)\nsay("firmware\\r\\n{UP.strip()}\\r\\n")\n{body}\n'
                  f'open({str(file)!r}, "wb").write(early + b"|" + hear(60, {last!r}))\nsay({END!r})')
        code, _, _ = self.run_plumb("console", "--timeout", "60", typed=typed)
        self.assertEqual(code, 0)
        return file.read_bytes()

    def test_nothing_goes_to_the_boot_loader(self):
        self.assertEqual(self.heard(b"vms\nquit\n"), b"|vms\nquit\n")

    def test_a_long_script_that_is_read_late(self):
        script = b"".join(b"line %d\n" % n for n in range(30000)) + b"quit\n"
        self.assertEqual(self.heard(script, "time.sleep(2)"), b"|" + script)

    def test_a_last_line_without_its_end(self):
        self.assertEqual(self.heard(b"vms\nquit"), b"|vms\nquit\n")

    def test_its_end_does_not_end_the_run(self):
        self.qemu(f'say({UP!r})\nhear(1)\ntime.sleep(2)\nsay("[control] done\\r\\n" + {END!r})')
        code, out, _ = self.run_plumb("console", typed=b"work\n")
        self.assertEqual(code, 0)
        self.assertIn("[control] done", out)

    def test_run_leaves_standard_input_alone(self):
        self.qemu(f'say({UP!r})\nsay("%r" % hear(1))\nsay("\\r\\n" + {END!r})')
        _, out, _ = self.run_plumb(*HELLO, typed=b"for another\n")
        self.assertIn("b''", out)


STATE = ('select.select([0], [], [])\nassert os.read(0, 9) == b"\\x1ds"\n'
         'say("[plumbline] state: control: running, 1 vCPU\\r\\n'
         '[plumbline] state: control vcpu 0: waits in WFI\\r\\n'
         '[plumbline] state: gicguest: its memory is being loaded, 2 vCPUs\\r\\n'
         '[plumbline] state: rawguest: off, 1 vCPU\\r\\n'
         '[plumbline] state: end\\r\\n")\n')


class TimeLimit(Faked):
    def test_the_state_is_told_once_and_loading_is_not_silence(self):
        self.qemu(f"say({UP!r})\n{STATE}hear(60)")
        code, out, err = self.run_plumb("run", "guest/demo.dts", "--timeout", "1")
        self.assertEqual((code, out), (3, UP))
        self.assertEqual(err.count("state: control: running"), 1)
        self.assertEqual(err.count("state: control vcpu 0: waits in WFI"), 1)
        self.assertIn("plumb: time limit of 1 s reached (--timeout S sets another)\n", err)
        self.assertIn("control has printed nothing", err)
        self.assertNotIn("gicguest has printed nothing", err)
        self.assertIn("gicguest: its memory was still being loaded", err)

    def test_a_person_asks_for_the_state_and_sees_it(self):
        self.qemu(f'say({UP!r})\nsay("[hello] ready\\r\\n")\n{STATE}say({END!r})')
        _, out, _ = self.run_plumb(*HELLO, "--timeout", "60", "--send", "ready=>\\x1ds")
        self.assertIn("[plumbline] state: end", out)

    def test_the_monitor_itself_is_silent(self):
        self.qemu("hear(60)")
        code, _, err = self.run_plumb(*HELLO, "--timeout", "0.5")
        self.assertEqual(code, 3)
        self.assertIn("the monitor has printed nothing", err)
        self.assertNotIn("hello has printed nothing", err)

    def test_without_a_terminal_it_is_told_at_the_start(self):
        self.qemu(f"say({UP!r})\nsay({END!r})")
        for words, told in (((), True), (("--timeout", "9"), False), (("--timeout", "0"), False),
                            (("-q",), False)):
            _, _, err = self.run_plumb(*HELLO, *words)
            self.assertEqual("no terminal: the run ends after 60 s" in err, told, words)


class Left(Faked):
    """Files of a run, which its QEMU names here."""

    WAIT = f'say({UP!r})\nopen(sys.argv[0] + ".argv", "w").write("\\n".join(sys.argv))\nhear(60)'

    def begin(self, *words: str) -> tuple[Any, list[Path]]:
        argv = self.folder / "qemu-system-arm.argv"
        argv.unlink(missing_ok=True)
        self.qemu(self.WAIT)
        # The tests themselves may run under nohup.
        process = self.start(*HELLO, *words,
                             preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        process.stdout.readline()
        while not argv.exists() or not argv.read_text():
            time.sleep(0.01)
        named = [word for word in argv.read_text().splitlines() if "/build/run/" in word]
        self.assertTrue(named and all(Path(word).exists() for word in named), named)
        return process, [Path(word) for word in named]

    def test_signals_leave_nothing(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            for words in ((), ("--board", "virt-secure")):
                process, files = self.begin(*words)
                process.send_signal(number)
                self.assertEqual(process.wait(30), 128 + number)
                self.assertEqual([path for path in files if path.parent.exists()], [])

    def test_nohup_is_heeded(self):
        self.qemu(self.WAIT)
        process = self.start(*HELLO, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        with process:
            process.stdout.readline()
            process.send_signal(signal.SIGHUP)
            with self.assertRaises(subprocess.TimeoutExpired):
                process.wait(3)
            process.terminate()
            process.communicate()

    def test_a_killed_ones_go_with_the_next_and_a_living_ones_stay(self):
        killed, lost = self.begin("--board", "virt-secure")
        living, kept = self.begin()
        killed.kill()
        killed.wait()
        self.qemu(f"say({END!r})")
        self.run_plumb(*HELLO)
        self.assertEqual([path for path in lost if path.parent.exists()], [])
        self.assertEqual([path for path in kept if not path.exists()], [])
        living.terminate()
        living.wait(30)

    def test_a_dry_run_keeps_what_it_names(self):
        self.qemu('print(" ".join(sys.argv[1:]))')
        for board in ("virt", "virt-secure"):
            for path in scratch.place().glob(f"dry-run-hello-{board}.img*"):
                path.unlink()
            code, out, err = self.run_plumb(*HELLO, "--board", board, "--dry-run")
            self.assertEqual(code, 0)
            image = Path(err.split()[-1])
            self.assertEqual(image, Path(f"build/run/dry-run-hello-{board}.img"))
            done = subprocess.run(["sh", "-c", out], env=self.environment, capture_output=True,
                                  check=True, text=True)
            words = done.stdout.split()
            self.assertTrue(Path(words[words.index("-kernel") + 1]).exists())
            self.assertIn("-serial mon:stdio", done.stdout)

    def test_of_one_folder_only_the_dead_are_swept(self):
        top = self.folder / "run"
        top.mkdir()
        dead, dead_lock = scratch.make(top)
        os.close(dead_lock)
        alive, lock = scratch.make(top)
        self.assertFalse(dead.exists())
        kept = top / "dry-run-x.img"
        kept.write_bytes(b"x")
        scratch.sweep(top)
        self.assertTrue(alive.exists() and kept.exists())
        os.close(lock)
        scratch.sweep(top)
        self.assertFalse(alive.exists())


if __name__ == "__main__":
    unittest.main()
