# SPDX-License-Identifier: BSD-2-Clause
"""`plumb gdb` stops the monitor at its first C function, and a guest in its main. And events that
only a debugger can cause: the monitor's own panics."""

import fcntl
import os
import re
import select
import shlex
import shutil
import subprocess
import tempfile
import termios
import time
from pathlib import Path

from lib import docs
from lib.check import ROOT, Check, run

GDB = ["scripts/plumb", "gdb", "guest/demo.dts", "--no-make", "--batch", "--timeout", "240"]
# What boot/mode.S sets in a Cortex-A15's ACTLR, L2ACTLR and ACTLR2, by MIDR and REVIDR; nothing in others'.
# Typed from the TRM and the errata notice: bit 0 on all, bit 1 up to r0p4 (773022), 28..25 from r2p0
# to r2p4 unless REVIDR[3] (801819); L2ACTLR[7] on r2 (798870); ACTLR2[0] from r3p0 on (827671).
A15_BITS = [(0x410FC0F0, 0, 0x3, 0, 0), (0x410FC0F4, 0, 0x3, 0, 0), (0x410FC0F5, 0, 0x1, 0, 0),
            (0x411FC0F0, 0, 0x1, 0, 0), (0x412FC0F0, 0, 0x1E000001, 0x80, 0),
            (0x412FC0F4, 0x10, 0x1E000001, 0x80, 0), (0x412FC0F4, 0x8, 0x1, 0x80, 0),
            (0x412FC0F5, 0, 0x1, 0x80, 0), (0x413FC0F0, 0, 0x1, 0, 1), (0x413FC0F3, 0, 0x1, 0, 1),
            (0x414FC0F0, 0, 0x1, 0, 1),
            (0x410FC075, 0, 0, 0, 0), (0x412FC0D0, 0, 0, 0, 0), (0x412FC0E0, 0, 0, 0, 0),
            (0x420F00F0, 0, 0, 0, 0), (0x512FC0F0, 0, 0, 0, 0), (0x412FC0F0 ^ 1 << 16, 0, 0, 0, 0)]


def gdb(*commands: str, system: str = "guest/demo.dts", options: tuple[str, ...] = ()) -> str:
    """The output of `plumb gdb` for these commands."""
    steps = [word for command in commands for word in ("--ex", command)]
    return run([*GDB[:2], system, *GDB[3:], *options, *steps])[1]


def has(said: str, *patterns: str) -> bool:
    """Lines like these, in this order."""
    lines = iter(said.splitlines())
    return all(any(re.fullmatch(pattern, line) for line in lines) for pattern in patterns)


def check_symbols(check: Check) -> None:
    said = gdb("hbreak main_start", "continue", "info symbol $pc", "info partitions", "kill",
               "info vcpus")
    check.result("no board: start it with 'plumb gdb'" in said and "Python" not in said,
                 "no board", said)
    check.result("main_start in section .text" in said, "the monitor's main_start", said)
    check.result("the monitor has made no partition yet" in said, "no partition yet", said)
    said = gdb("hbreak demo_run", "continue", "info symbol $pc", "kill",
               options=("--guest", "build/guest/control.elf"))
    check.result("demo_run in section .text" in said, "a function of a guest", said)
    # All three guests begin there, and control is not the first to run.
    said = gdb("partition control", "hbreak guest_start", "continue", "info symbol $pc", "kill")
    check.result(has(said, r"\[control vCPU 0, on CPU 0\]", r"guest_start in .*/control.elf"),
                 "a breakpoint in one of three guests that have that address", said)


def check_following(check: Check) -> None:
    """At a stop in a guest, its symbols are loaded; breakpoints of other guests remain. All three
    begin at that address, after the monitor's image, which QEMU puts there."""
    said = gdb("hbreak main_start", "continue", "delete", "hbreak *0x40010000", "continue",
               "info symbol $pc", "continue", "info symbol $pc",
               "delete", "partition gicguest", "hbreak irq_dispatch", "partition control",
               "info breakpoints", "continue", "info symbol $pc", "kill")
    found = re.findall(r"^\[(\w+) vCPU 0, on CPU \d\]$|^guest_start in .*/(\w+)\.elf$", said, re.M)
    check.result(len(found) >= 4 and found[0][0] == found[1][1] != found[2][0] == found[3][1],
                 "symbols of the guest that is stopped", said)
    check.result(has(said, r"Breakpoint \d \(irq_dispatch\) is number \d from now on, at 0x.*",
                     r'.*stop only if \$_in_partition\("gicguest"\)',
                     r"\[gicguest vCPU 0, on CPU 0\]", r"irq_dispatch in .*/gicguest\.elf"),
                 "a breakpoint in a guest whose symbols are not loaded", said)


def check_without_python(check: Check) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stand_in = Path(folder) / "gdb-multiarch"
        stand_in.write_text("#!/bin/sh\ncase \"$*\" in *python*) exit 1;; esac\n"
                            f'exec {shutil.which("gdb-multiarch")} "$@"\n')
        stand_in.chmod(0o755)
        said = run(["env", f"PATH={folder}:{os.environ['PATH']}", *GDB, "--guest",
                    "build/guest/control.elf", "--ex", "hbreak demo_run", "--ex", "continue",
                    "--ex", "info symbol $pc"])[1]
    check.result("plumb: this gdb has no Python" in said and "demo_run in section" in said,
                 "a gdb without Python", said)


def until(terminal: int, words: bytes) -> bytes:
    """The output up to that text, or for a minute."""
    said, end = b"", time.monotonic() + 60
    while words not in said and time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            try:
                said += os.read(terminal, 65536)
            except OSError:  # its end
                break
    return said


def check_terminal(check: Check) -> None:
    """Ctrl-C stops the board; the console's own terminal takes keys; all ends with gdb."""
    terminal, far = os.openpty()
    session = subprocess.Popen([*GDB[:2], "guest/shell.dts", "--no-make"], cwd=ROOT, stdin=far,
                               stdout=far, stderr=far, preexec_fn=own_terminal)
    os.close(far)
    said = until(terminal, b"(gdb) ")
    name = re.search(rb"console at (/dev/pts/\d+)", said)
    console = subprocess.Popen([*GDB[:2], "--attach", name[1].decode() if name else "/dev/none"],
                               cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    assert console.stdin and console.stdout
    os.write(terminal, b"continue\n")
    printed = until(console.stdout.fileno(), b"ready on two vCPUs")
    console.stdin.write(b"vms\r")
    console.stdin.flush()
    printed += until(console.stdout.fileno(), b"no GIC")
    check.result(re.search(rb"gicguest +running", printed) is not None, "a terminal for the console", repr(printed))
    os.write(terminal, b"\x03")
    said += until(terminal, b"SIGINT")
    os.write(terminal, b"quit\n")
    said += until(terminal, b"never said")
    code = session.wait(60)
    check.result(console.wait(60) == 0, "the console's end")
    os.close(terminal)
    check.result(b"received signal SIGINT" in said and code == 0, "Ctrl-C goes to gdb",
                 f"exit code {code}\n{said.decode(errors='replace')}")


def own_terminal() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def check_partitions(check: Check, said: str, where: str) -> None:
    """Handles, states, addresses and CPUs as in guest/demo.dts; the VMIDs are handles."""
    check.result(has(said, "handle +name +state +memory +PA +IPA +VMID +vCPUs",
                     "1 +control +running +8 MiB +0x[0-9a-f]+ +0x40000000 +1 +0 on CPU 0",
                     "2 +gicguest +running +8 MiB +0x[0-9a-f]+ +0x40000000 +2 +0 on CPU 0, 1 on CPU 1",
                     "3 +rawguest +running +8 MiB +0x[0-9a-f]+ +0x40000000 +3 +0 on CPU 1"),
                 f"info partitions {where}", said)


def check_worlds(check: Check) -> None:
    """gicguest takes its first interrupt: SPI 40, a level that control has raised, and lowers
    after the acknowledgement. Before that, the monitor is stopped in a hypercall of control."""
    infos = ("info partitions", "info vcpus", "info lines")
    said = gdb("partition gicguest", "hbreak irq_dispatch", "continue", "bt", *infos,
               "print cpus[0].loaded->vm->config->name", "hyp cpus[0].loaded->vm->config->name",
               "partition control", "print demo_gic_counts[0]", "partition monitor",
               "print vms[1].index", "hyp vms[2].config->name", "thread 2", "partition gicguest",
               "print/x *(unsigned *)&guest_start", "thread 1", "console \\x1ds",
               "hbreak exit_hvc if vcpu->vm == vms", "continue", "print/x $cpsr & 0x1f",
               *infos, "delete", "continue", options=("--console", "here", "--icount"))
    guest, _, monitor = said.partition(", exit_hvc (word=")
    check.result(has(guest, r"\[gicguest vCPU 0, on CPU 0\]", r"#0  irq_dispatch \(\) .*irq\.c:\d+",
                     r"#1  .* vectors_irq \(\) .*"), "a guest's own names", said)
    check_partitions(check, guest, "in a guest")
    check.result(has(guest, r"\* +gicguest +0 +running +0 +0x[0-9a-f]{8} +svc +irq_dispatch"),
                 "info vcpus in a guest", said)
    check.result(has(guest, "gicguest:", r"  SPI 40 +- +line +high +yes +no +yes +"
                     "list register 0 of CPU 0, written as pending", "rawguest:",
                     "  no GIC; its CPU lines are low"), "info lines in a guest", said)
    check.result("Cannot access memory" in guest.partition("no GIC;")[2]
                 and has(guest, r'\$\d = 0x[0-9a-f]+ "gicguest"'), "hyp, while a guest runs", said)
    check.result(has(guest, r"\$\d = \{asserted = 1, delivered = 0\}", r"\$\d = 1",
                     r'\$\d = 0x[0-9a-f]+ "rawguest"', r"\$\d = 0xf10c01c0"),  # cpsid aif
                 "another world's memory, and another CPU's", said)
    check.result(has(monitor, r"\[the monitor, for control vCPU 0, on CPU 0\]", r"\$\d = 0x1a"),
                 "in the monitor", said)
    check_partitions(check, monitor, "in the monitor")
    check.result(has(monitor, r"\* +control +0 +running +0 +0x[0-9a-f]{8} +svc +\w+\+0x[0-9a-f]+",
                     r" +gicguest +0 +(ready|waits) +- +0x[0-9a-f]{8} +svc +\w+\+0x[0-9a-f]+"),
                 "info vcpus in the monitor", said)
    check.result(has(monitor, "gicguest:", r"  SPI 40 +- +line +high +yes +(yes|no) +yes +vCPU 0: .*"),
                 "info lines in the monitor", said)
    check.result("[console] [plumbline] state: gicguest: running, 2 vCPUs" in said
                 and "[console] plumbline: end: status 0" in said, "the console command", said)


def check_page(check: Check) -> None:
    """docs/debugging.md's samples: each line is printed, in that order; '…' replaces text that
    depends on the build."""
    page = ROOT / "docs" / "debugging.md"
    blocks = docs.blocks(page)
    found = 0
    for command, sample in zip(blocks, blocks[1:]):
        if command.language != "sh" or sample.language or "plumb gdb" not in command.text[-1]:
            continue
        found += 1
        _, said = run([*shlex.split(command.text[-1]), "--no-make", "--timeout", "240"])
        lines = [".*".join(map(re.escape, line.split("…"))) for line in sample.text]
        check.result(has(said, *lines), f"{page.relative_to(ROOT)}:{sample.line}: as printed", said)
    check.result(found > 1, "docs/debugging.md has samples")


def check_overflow(check: Check) -> None:
    """A stack that overflows into its guard page: the panic has a separate stack."""
    _, said = run([*GDB, "--ex", "hbreak exit_hvc", "--ex", "continue", "--ex", "delete",
                   "--ex", "set $sp = (unsigned)&image_stacks + 0x1010", "--ex", "continue"])
    said += (ROOT / "build" / "gdb-console.log").read_text(errors="replace")
    check.result("plumbline: panic: stack overflow of CPU 0\n" in said
                 and "plumbline: panic: data abort in the monitor" in said
                 and "plumbline: end: status 2" in said, "a stack overflow is a panic", said)


def check_smashed(check: Check) -> None:
    """The word behind the arrays of active functions no longer is what it was."""
    _, said = run([*GDB, "--ex", "hbreak fmt_number", "--ex", "continue", "--ex", "delete",
                   "--ex", "set {unsigned}&__stack_chk_guard = 0x1234500", "--ex", "continue"])
    said += (ROOT / "build" / "gdb-console.log").read_text(errors="replace")
    check.result("plumbline: panic: stack overwritten in the function at " in said
                 and "plumbline: end: status 2" in said, "an array's end is guarded", said)


def check_audit(check: Check) -> None:
    """Faults planted into the real tables, just before the walk at the end of boot."""
    for what, plant, told in (
            ("a writable page of text", "mmu_image_l3[3] = mmu_image_l3[3] & ~0x80ULL",
             "the monitor: 0xffc03000 "),
            ("an executable page of data", "mmu_l2[0] = mmu_l2[0] & ~(1ULL << 54)",
             "the monitor: 0xc0000000 ")):
        _, said = run([*GDB, "--ex", "hbreak audit_hyp", "--ex", "continue", "--ex", "delete",
                       "--ex", f"set {plant}", "--ex", "continue"])
        said += (ROOT / "build" / "gdb-console.log").read_text(errors="replace")
        check.result(f"plumbline: panic: translation tables of {told}" in said
                     and "): writable and executable" in said, what, said)


def check_panics(check: Check) -> None:
    """A panic while another CPU is in a guest that never sleeps: that CPU has left the guest before
    the first line. Then both CPUs panic: only one prints."""
    # It is in Thumb state: CPSR.T, bit 5.
    to_halt = ["--ex", "set $cpsr = $cpsr | 0x20", "--ex", "set $pc = halt_panic"]
    _, said = run([*GDB[:2], "test/systems/panic.dts", *GDB[3:],
                   "--ex", "hbreak exit_hvc if vcpu == cpus[0].loaded", "--ex", "continue", "--ex", "delete",
                   "--ex", "set $r0 = (unsigned)&boot_header", *to_halt,
                   "--ex", "hbreak log_last_words", "--ex", "continue", "--ex", "delete", "--ex",
                   'printf "parked: %d, %d\\n", (int)cpus[0].parked, (int)cpus[1].parked',
                   "--ex", "thread 2", "--ex", "set $r0 = (unsigned)&boot_header",
                   *to_halt, "--ex", "continue"])
    check.result("parked: 0, 1" in said, "a panic stops the other CPU", said)
    said = (ROOT / "build" / "gdb-console.log").read_text(errors="replace")
    check.result(said.count("plumbline: panic: ") == 1
                 and said.count("plumbline: end: status 2") == 1, "two panics: one prints", said)


def check_vectors(check: Check) -> None:
    """The vectors that invalidate the branch predictor: if the manifest has always, or ACTLR[0] is
    set, which it never is on QEMU's Cortex-A15."""
    for name, system, vectors in (("always", "test/systems/timer-hard.dts", "vectors_iciallu"),
                                  ("auto", "test/systems/timer.dts", "vectors")):
        _, said = run([*GDB[:2], system, *GDB[3:], "--ex", f"hbreak *((unsigned)&{vectors} + 0x14)",
                       "--ex", "hbreak exit_hvc", "--ex", "continue", "--ex", "info symbol $pc",
                       "--ex", "kill"])
        check.result(f"{vectors} + 20 in section .text" in said,
                     f"branch-hardening {name}: {vectors}", said)


def check_a15_bits(check: Check) -> None:
    steps = []
    # From Thumb state (CPSR.T, bit 5) to Arm state, and back.
    for midr, revidr, _, _, _ in A15_BITS:
        for step in (f"set $r0 = {midr:#x}", f"set $r1 = {revidr:#x}",
                     "set $lr = (unsigned)&main_start + 1", "set $cpsr = $cpsr & ~0x20",
                     "set $pc = boot_a15_bits", "continue",
                     'printf "bits: %x %x %x\\n", $r0, $r1, $r2'):
            steps += ["--ex", step]
    _, said = run([*GDB, "--ex", "hbreak main_start", "--ex", "continue", *steps, "--ex", "kill"])
    check.result([line[6:] for line in said.splitlines() if line.startswith("bits: ")]
                 == [f"{actlr:x} {l2actlr:x} {actlr2:x}"
                     for _, _, actlr, l2actlr, actlr2 in A15_BITS],
                 "a Cortex-A15's bits by revision", said)


def main(check: Check) -> None:
    check_symbols(check)
    check_following(check)
    check_worlds(check)
    check_without_python(check)
    check_terminal(check)
    check_page(check)
    check_overflow(check)
    check_smashed(check)
    check_audit(check)
    check_panics(check)
    check_vectors(check)
    check_a15_bits(check)
