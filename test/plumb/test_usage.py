# SPDX-License-Identifier: BSD-2-Clause
"""Wrong command lines, files that cannot be written, standard files that are closed: what plumb says,
and its exit code."""

import signal
import subprocess

from fake_qemu import END, UP, Faked

HELLO = ("run", "guest/hello.dts")


class Words(Faked):
    def test_did_you_mean(self):
        for words, why in (
                (("runn",), r"invalid choice: 'runn' .*: did you mean run\? \(plumb --help\)"),
                (("new", "gest"), r": did you mean guest\? \(plumb new --help\)"),
                (("disk", "x", "-o", "y", "--target", "arndal"), r"did you mean arndale\?"),
                ((*HELLO, "--bord", "virt"), r"no option --bord: did you mean --board\?"),
                ((*HELLO, "--jason=x"), r"no option --jason: did you mean --json\?"),
                (("new", "system", "--kernal", "x"), r"did you mean --kernel\? \(plumb new system "),
                ((*HELLO, "--board", "virt-a8"), r"one of virt, .*: did you mean virt-a7\?"),
                (("--unheard",), r"COMMAND"),
                (("new", "guest", "a", "b"), r"too many: b \(plumb new guest --help\)$"),
                ((*HELLO, "-X"), r"no option -X \(plumb run --help\)$")):
            self.refused(words, why)

    def test_values(self):
        for words, why in (
                (("run", "guest"), r"^plumb: guest: is a folder: name a system manifest"),
                (("map", "none.dts"), r"^plumb: none\.dts: no such file: name a system manifest"),
                ((*HELLO, "--smp", "0"), r"^plumb: --smp 0: virt has 1 to 8 CPUs$"),
                ((*HELLO, "--memory", "x"), r"^plumb: --memory 'x' is not a size"),
                (("run", "--kernel", "x", "--guest-memory", "x"), "--guest-memory 'x' is not a"),
                (("gdb", "guest/hello.dts", "--timeout", "x"), "'x' is not a number of seconds"),
                ((*HELLO, "--send", r"a=>\x"), r"TEXT has \\r, \\n, "),
                ((*HELLO, "--raw"), r"--raw: goes with --kernel or --bios; guest/hello\.dts has"),
                ((*HELLO, "--guest-memory", "4M"), "--guest-memory: goes with --kernel"),
                (("map", "guest/hello.dts", "--smp", "2"), "--smp and --memory go with --board"),
                (("check", "guest/hello.dts", "--board-dtb", "Makefile"),
                 r"^plumb: Makefile: not a sound device tree blob: ")):
            self.refused(words, why)

    def refused(self, words, why):
        with self.subTest(words):
            code, out, err = self.run_plumb(*words)
            self.assertEqual((code, out), (5, ""))
            self.assertRegex(err.strip(), why)


class Files(Faked):
    def test_a_full_disk(self):
        self.qemu(f"say({UP + '[hello] x' + END!r})")
        for words, why in (
                (("pack", "guest/hello.dts", "-o", "/dev/full"), "/dev/full"),
                (("map", "guest/hello.dts", "--svg", "/dev/full"), "/dev/full"),
                ((*HELLO, "--json", "/dev/full"), "/dev/full"),
                ((*HELLO, "--console", "hello=/dev/full"), "--console hello=/dev/full")):
            with self.subTest(words):
                code, _, err = self.run_plumb(*words)
                self.assertEqual((code, err.splitlines()[-1]),
                                 (5, f"plumb: {why}: No space left on device"))

    def test_no_part_of_a_file_stays(self):
        out = self.folder / "system.img"
        with self.process_with_small_files("pack", "guest/hello.dts", "-o", str(out)) as process:
            err = process.stderr.read().decode()
        self.assertEqual((process.returncode, err), (5, f"plumb: {out}: File too large\n"))
        self.assertFalse(out.exists())

    def process_with_small_files(self, *words: str):
        """No file may grow over 200 KiB."""
        limited = ["sh", "-c", 'ulimit -f 400; exec "$0" "$@"', "scripts/plumb", *words, "--no-make"]
        return subprocess.Popen(limited, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_no_such_folder(self):
        out = self.folder / "no" / "x"
        code, _, err = self.run_plumb("pack", "guest/hello.dts", "-o", str(out))
        self.assertEqual((code, err), (5, f"plumb: {out}: No such file or directory\n"))


class Closed(Faked):
    def test_standard_files(self):
        """With each of them closed, plumb does the same, and nothing goes to another's number."""
        self.qemu(f"say({UP + '[hello] x' + chr(10) + END!r})")
        text = (UP + "x\n" + END).replace("\r", "")
        for closed in ("0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"):
            with self.subTest(closed):
                done = subprocess.run(
                    ["sh", "-c", f"exec scripts/plumb run guest/hello.dts --no-make {closed}"],
                    env=self.environment, capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout, "" if "1>" in closed else text)
                self.assertNotIn("Traceback", done.stderr)


class Signals(Faked):
    def test_the_next_line_begins_a_line(self):
        self.qemu(f"say({UP + '[hello] > '!r})\nhear(60)\ntime.sleep(60)")
        for number, said in ((signal.SIGINT, "plumb: interrupted\n"), (signal.SIGTERM, "")):
            process = self.start(*HELLO, "--timeout", "60")
            with process:
                self.assertEqual(process.stdout.read(len(UP) + 2).decode(), UP + "> ")
                process.send_signal(number)
                self.assertEqual((process.stdout.read(), process.stderr.read().decode()),
                                 (b"\n", said))
            self.assertEqual(process.returncode, 128 + number)
