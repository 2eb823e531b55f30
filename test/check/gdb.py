# SPDX-License-Identifier: BSD-2-Clause
"""`plumb gdb` stops the monitor at its first C function, and a guest in its main. And what needs
a debugger's hand: the monitor's own panics."""

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


def check_symbols(check: Check) -> None:
    _, said = run([*GDB, "--ex", "hbreak main_start", "--ex", "continue", "--ex", "info symbol $pc",
                   "--ex", "kill"])
    check.result("main_start in section .text" in said, "the monitor's main_start", said)
    _, said = run([*GDB, "--guest", "build/guest/control.elf", "--ex", "hbreak demo_run",
                   "--ex", "continue", "--ex", "info symbol $pc", "--ex", "kill"])
    check.result("demo_run in section .text" in said, "a function of a guest", said)


def check_overflow(check: Check) -> None:
    """A stack that overflows into its guard page: the panic has a stack of its own."""
    _, said = run([*GDB, "--ex", "hbreak exit_hvc", "--ex", "continue", "--ex", "delete",
                   "--ex", "set $sp = (unsigned)&image_stacks + 0x1010", "--ex", "continue"])
    said += (ROOT / "build" / "gdb-console.log").read_text(errors="replace")
    check.result("plumbline: panic: data abort in the monitor" in said
                 and "plumbline: end: status 2" in said, "a stack overflow is a panic", said)


def check_panics(check: Check) -> None:
    """A panic while another CPU is in a guest that never sleeps: that one has left it before the
    first word. It is made to panic, too: of the two one speaks."""
    _, said = run([*GDB[:2], "test/systems/panic.dts", *GDB[3:],
                   "--ex", "hbreak exit_hvc if cpu == cpus", "--ex", "continue", "--ex", "delete",
                   "--ex", "set $r0 = (unsigned)&boot_header", "--ex", "set $pc = halt_panic",
                   "--ex", "hbreak log_last_words", "--ex", "continue", "--ex", "delete", "--ex",
                   'printf "parked: %d, %d\\n", (int)cpus[0].parked, (int)cpus[1].parked',
                   "--ex", "thread 2", "--ex", "set $r0 = (unsigned)&boot_header",
                   "--ex", "set $pc = halt_panic", "--ex", "continue"])
    check.result("parked: 0, 1" in said, "a panic stops the other CPU", said)
    said = (ROOT / "build" / "gdb-console.log").read_text(errors="replace")
    check.result(said.count("plumbline: panic: ") == 1
                 and said.count("plumbline: end: status 2") == 1, "two panics: one speaks", said)


def check_vectors(check: Check) -> None:
    """Those that empty the branch predictor: where the manifest wants them always, or where ACTLR[0]
    is set, as it never is on QEMU's Cortex-A15."""
    for name, system, vectors in (("always", "test/systems/timer-hard.dts", "vectors_iciallu"),
                                  ("auto", "test/systems/timer.dts", "vectors")):
        _, said = run([*GDB[:2], system, *GDB[3:], "--ex", f"hbreak *((unsigned)&{vectors} + 0x14)",
                       "--ex", "hbreak exit_hvc", "--ex", "continue", "--ex", "info symbol $pc",
                       "--ex", "kill"])
        check.result(f"{vectors} + 20 in section .text" in said,
                     f"branch-hardening {name}: {vectors}", said)


def check_a15_bits(check: Check) -> None:
    steps = []
    for midr, revidr, _, _, _ in A15_BITS:
        for step in (f"set $r0 = {midr:#x}", f"set $r1 = {revidr:#x}", "set $lr = main_start",
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
    check_overflow(check)
    check_panics(check)
    check_vectors(check)
    check_a15_bits(check)
