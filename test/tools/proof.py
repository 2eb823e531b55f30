# SPDX-License-Identifier: BSD-2-Clause
"""Deductive proof with Frama-C."""

import argparse
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace

from lib.check import ROOT, Check

HELP = """\
WP proves contracts, for all inputs; Eva shows that a run-time error (an access
out of bounds, a shift too far, an overflow, an uninitialized value) cannot
happen. docs/verification.md lists the assumptions. Needs `make setup-verify`.

examples:
  test/tool proof
  test/tool proof wp-line eva-stage2
  test/tool proof wp-fdt:fdt_step,fdt_skip_name
  test/tool proof --log eva-flush
"""

TOOLS = ("frama-c", "ocamlopt", "why3", "cvc4", "z3")
PROOF = "test/verify/proof"
WORK = ROOT / "build" / "verify" / "proof"
LIMIT = 1800  # seconds, one run of Frama-C
MACHINE = WORK / "arm.cmxs"
BASE = ["frama-c", "-c11", "-load-module", str(MACHINE), "-machdep", "arm"]
# Frama-C's headers need a machine that they know; abi/ uses Linux's types only on Linux itself.
CPP = f"-I. -I{PROOF} -D__FC_MACHDEP_GCC_X86_32 -D__CHAR_UNSIGNED__ -U__linux__"
LR_INLINE = ("vgic_lr_encode_pending,vgic_lr_hw,vgic_lr_again,vgic_lr_priority,lr_take_active")
SHAPE = "-DNR_VCPUS=2 -DNR_IRQS=64 -DNR_LRS=4"


@dataclass
class Group:
    name: str
    source: str
    functions: list[str]  # WP: the functions to prove, empty: all of the file; Eva: the entry points
    options: list[str]
    macros: str = ""


FEW_COVERS = ["-wp-no-smoke-dead-code", "-wp-no-smoke-dead-call"]
LR = ["-inline-calls", LR_INLINE, "-wp-split", *FEW_COVERS]
CASES = ["-eva-auto-loop-unroll", "700", "-eva-slevel", "100", "-eva-split-return", "full"]
# Loops over a word's bits, and the one over list registers, are joined: the combinations of their
# cases are too many.
JOINED = [*CASES, "-eva-slevel-function",
          "vgic_irq_deactivate_word:1,vgic_irq_release_word:1,vgic_irq_update_word:1,vgic_fold:8"]
RANGES = ["-eva-auto-loop-unroll", "700", "-eva-slevel", "100"]
FDT = ["-eva-slevel", "20", "-eva-split-return", "full"]
CHANGE = ["-inline-calls", "stage2_index,stage2_attributes,ipa_add,bits_min", *FEW_COVERS]
STRINGS = ["-wp-model", "Typed+ref", "-wp-check-memory-model", "-wp-literals", "-inline-calls",
           "fdt_struct,bits_align_up", "-wp-frama-c-stdlib-terminate", *FEW_COVERS]
VGIC, TREE = f"{PROOF}/eva_vgic.c", f"{PROOF}/eva_fdt.c"
RANGE_SHAPE = f"{SHAPE} -DCTZ_RANGE"

WP = [
    Group("wp-line", "vgic/irq_line.c", ["irq_line_decode"],
          ["-inline-calls", "irq_line_cpu,irq_line_ppi,irq_line_spi"]),
    Group("wp-lr", f"{PROOF}/lr.c",
          ["proof_pending_hw", "proof_pending_line", "proof_pending_sgi", "proof_take_sgi",
           "proof_take_other"], LR),
    Group("wp-fdt", f"{PROOF}/fdt.c", [], STRINGS),
    Group("wp-change", f"{PROOF}/change.c",
          ["stage2_write", "stage2_range_is_good", "stage2_head", "stage2_is_split",
           "stage2_is_later", "stage2_is_block", "stage2_bits", "stage2_page", "stage2_page_of",
           "stage2_take", "stage2_enter", "stage2_clear", "stage2_slot", "stage2_table_of",
           "stage2_slot_of", "stage2_map_block", "stage2_fill", "stage2_any", "stage2_wipe",
           "stage2_spread", "stage2_divide", "stage2_leaf", "stage2_write_fault", "stage2_collect_pages",
           "stage2_is_taken", "stage2_remove_pages", "stage2_unflushed", "stage2_put",
           "stage2_flushed", "stage2_end"], CHANGE),
]
EVA = [
    Group("eva-line", f"{PROOF}/eva_line.c", ["proof_irq_line"], []),
    Group("eva-stage2", f"{PROOF}/eva_stage2.c",
          ["proof_stage2_map", "proof_stage2_pages_for"],
          ["-eva-auto-loop-unroll", "64"]),
    Group("eva-pages", f"{PROOF}/eva_pages.c",
          ["proof_pages_init", "proof_pages_take", "proof_pages_give_back",
           "proof_pages_give_back_steps"], ["-eva-auto-loop-unroll", "1100"]),
    Group("eva-change", f"{PROOF}/eva_change.c",
          ["proof_change_init", "proof_change_add", "proof_change_remove", "proof_change_flushed",
           "proof_change_page", "proof_change_collect"],
          ["-eva-auto-loop-unroll", "600", "-eva-slevel", "50", "-eva-split-return", "full"]),
    Group("eva-fdt", TREE, ["proof_fdt_header", "proof_fdt_reservations", "proof_fdt_structure",
                            "proof_fdt_nodes", "proof_fdt_values", "proof_fdt_reserved"],
          FDT, "-DBLOCK_SIZE=4096"),
    Group("eva-dist", VGIC, ["proof_vgic_dist"], RANGES, RANGE_SHAPE),
    Group("eva-sgi", VGIC, ["proof_vgic_sgi"], CASES, SHAPE),
    Group("eva-watch", VGIC, ["proof_vgic_watch"], CASES, SHAPE),
    Group("eva-flush", VGIC, ["proof_vgic_flush"], RANGES, RANGE_SHAPE),
    Group("eva-fold", VGIC, ["proof_vgic_fold", "proof_vgic_fold_empty"], JOINED, SHAPE),
]
CONTRACTS = ("vgic/irq_line.h", "hyp/fdt/fdt.h", "hyp/fdt/fdt.c", "hyp/fdt/fdt_prop.c",
             "hyp/fdt/fdt_index.h", "hyp/fdt/fdt_index.c", "hyp/fdt/fdt_walk.c",
             "hyp/fdt/fdt_find.c", "hyp/fdt/fdt_value.c", "hyp/stage2/stage2_change.c")
NAMES = ["bits", *(group.name for group in WP + EVA)]


def run(argv: list[str]) -> str:
    # Frama-C uses PWD as its folder.
    env = os.environ | {"WHY3CONFIG": str(WORK / "why3.conf"), "FRAMAC_SESSION": str(WORK),
                        "PWD": str(ROOT)}
    try:
        done = subprocess.run(argv, cwd=ROOT, env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=LIMIT, check=False)
        return done.stdout
    except subprocess.TimeoutExpired:
        return f"{' '.join(argv)}: more than {LIMIT} seconds\n"


def prepare() -> None:
    """Configures the provers for Why3, and the machine for Frama-C."""
    WORK.mkdir(parents=True, exist_ok=True)
    if not (WORK / "why3.conf").exists():
        run(["why3", "config", "detect"])
    shutil.copyfile(ROOT / PROOF / "arm.ml", WORK / "arm.ml")
    library = run(["frama-c", "-print-lib-path"]).strip()
    said = run(["ocamlopt", "-shared", "-I", library, "-o", str(MACHINE), str(WORK / "arm.ml")])
    if not MACHINE.exists():
        sys.exit(f"{PROOF}/arm.ml: {said}")


def frama_c(group: Group, options: list[str]) -> str:
    return run([*BASE, f"-cpp-extra-args={CPP} {group.macros}", group.source, *group.options,
                *options])


def check_wp(group: Group, check: Check, quick: bool) -> str:
    """Every goal is proved, and the assumptions do not prove `false` (smoke tests). Quick: a goal
    that is textually equal to one of an earlier run is not proved again."""
    patience = "10" if group in WP else "5"
    effort = (["-wp-cache", "update", "-wp-cache-dir", str(WORK / "cache")]
              if quick else ["-wp-cache", "none", "-wp-smoke-tests", "-wp-smoke-timeout", "1"])
    some = ["-wp-fct", ",".join(group.functions)] if group.functions else []
    said = frama_c(group, ["-wp", "-wp-rte", "-wp-par", "1", "-wp-prover", "cvc4", "-wp-timeout",
                           patience, *effort, *some])
    total = re.search(r"Proved goals:\s+(\d+) / (\d+)", said)
    covers = said.count("[Passed] Smoke-test")
    proved, goals = (int(n) for n in total.groups()) if total else (0, 0)
    why = "\n".join(re.findall(r"^\[wp\] .*(?:Unknown|Timeout|Failed).*", said, re.M)[:8])
    check.result(0 < goals == proved and (quick or covers > 0),
                 f"{group.name}: {proved} of {goals} goals, {covers} of them covers",
                 why or ("" if goals else said[-2000:]))
    return said


def alarms(said: str) -> list[tuple[str, str]]:
    """File and text of each alarm, without line numbers."""
    found = []
    for match in re.finditer(r"^\[eva:alarm\] (\S+?):\d+: Warning: *\n((?: +.*\n)+)", said, re.M):
        text = " ".join(match.group(2).split())
        found.append((match.group(1), re.sub(r" \(\w+ from .*", "", text)))
    return found


def allowed(name: str) -> dict[tuple[str, str], str]:
    rows = {}
    for line in (ROOT / PROOF / "allowed").read_text().splitlines():
        if line and not line.startswith("#"):
            group, file, text, why = (part.strip() for part in line.split(" | "))
            if group == name:
                rows[file, text] = why
    return rows


def is_cover(alarm: tuple[str, str]) -> bool:
    return alarm[1] == "function cover: precondition 'cover' got status invalid."


def is_contract(alarm: tuple[str, str]) -> bool:
    """Properties that WP proves and Eva cannot evaluate: no run-time errors."""
    return alarm[0] in CONTRACTS and bool(
        re.search("got status unknown|postcondition got status", alarm[1]))


def check_eva(group: Group, check: Check, quick: bool) -> str:
    """No alarms except the allowed ones, and the end of the harness is reached."""
    log, used = "", set()
    listed = allowed(group.name)
    for function in group.functions:
        said = frama_c(group, ["-eva", "-eva-domains", "symbolic-locations", "-main", function])
        found = alarms(said)
        other = [a for a in found if not is_cover(a) and not is_contract(a)]
        fresh = [a for a in other if a not in listed]
        used |= set(other)
        done = "ANALYSIS SUMMARY" in said
        covered = any(is_cover(a) for a in found)
        why = "\n".join(f"{file}: {text}" for file, text in fresh[:12])
        check.result(done and covered and not fresh,
                     f"{group.name} {function}: {len(fresh)} alarms, {len(set(other))} of those "
                     f"that are allowed{'' if covered else ', its end is not reached'}",
                     why or ("" if done else said[-2000:]))
        log += said
        if quick and check.failed:
            return log
    stale = set(listed) - used
    if listed and group in EVA and not quick:
        check.result(not stale, f"{group.name}: {len(listed)} alarms allowed, all needed",
                     "\n".join(" | ".join(row) for row in sorted(stale)))
    return log


def check_bits(check: Check) -> str:
    """The axioms that WP uses, over bit vectors; the planted one must not hold."""
    said = run(["z3", f"{PROOF}/bits.smt2"])
    answers = re.findall(r"^(\w+)\n(sat|unsat|unknown)$", said, re.M)
    names = {name for name, _ in answers}
    axioms = set()
    for file in ("lr.c", "fdt.c", "change.c"):
        text = (ROOT / PROOF / file).read_text().split("axiomatic bits {")[1].split("@ }")[0]
        axioms |= set(re.findall(r"@ axiom (\w+):", text))
    good = names == axioms | {"planted"}
    good = good and all((verdict == "sat") == (name == "planted") for name, verdict in answers)
    check.result(good and "error" not in said, f"bits: {len(axioms)} axioms over bit vectors", said)
    return said


def chosen(names: list[str]) -> list[Group | None]:
    """None: the axioms. A name may select functions of its group."""
    groups: list[Group | None] = []
    for group in [None, *WP, *EVA]:
        for name, _, functions in (word.partition(":") for word in names or NAMES):
            if name == (group.name if group else "bits"):
                groups.append(replace(group, functions=functions.split(","))
                              if group and functions else group)
    return groups


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="GROUP[:FUNCTION,...]",
                        help=f"of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true",
                        help="omit covers, stop at the first failure: for test/tool mutants")
    parser.add_argument("--log", action="store_true", help="print Frama-C's output, too")


def main(args: argparse.Namespace) -> None:
    unknown = {word.partition(":")[0] for word in args.names} - set(NAMES)
    if unknown:
        sys.exit(f"test/tool proof: no group {', '.join(sorted(unknown))}: --help names them")
    check = Check("proof")
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        check.result(False, "tools", f"no {', '.join(missing)}: make setup-verify")
    else:
        prepare()
    logs = []
    for group in chosen(args.names) if not missing else ():
        if args.quick and check.failed:
            break
        if group is None:
            logs.append(check_bits(check))
        else:
            wp = group.name.startswith("wp-")
            logs.append((check_wp if wp else check_eva)(group, check, args.quick))
    if args.log:
        print("\n".join(logs))
    print(f"{check.passed} passed, {check.failed} failed")
    check.finish()
