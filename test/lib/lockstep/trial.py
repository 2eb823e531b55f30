# SPDX-License-Identifier: BSD-2-Clause
"""Runs programs on both machines, in worlds of one shape each."""

from collections import Counter
from dataclasses import dataclass, field

from . import compare, generate, program, shrink
from .machine import Machine

BATCH = 2500  # programs in one run of a machine


@dataclass(frozen=True)
class World:
    name: str
    cpus: int
    share: int  # of 10,000 programs
    shared: bool = False  # all vCPUs on one CPU: list registers are saved and restored

    def bare(self) -> Machine:
        return Machine(cpus=self.cpus, bare=True)

    def here(self) -> Machine:
        return Machine(cpus=self.cpus, shared=self.shared)


WORLDS = (World("one", 1, 2000), World("two", 2, 3500), World("four", 4, 2600),
          World("eight", 8, 1500), World("two-shared", 2, 300, True),
          World("four-shared", 4, 100, True))


@dataclass
class Failure:
    program: program.Program
    why: str
    log: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    programs: int = 0
    entries: int = 0
    rules: Counter = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)


def programs(world: World, seed: int, count: int, first: int = 0) -> list[program.Program]:
    return [generate.generate(f"{seed}/{world.name}", n, world.cpus)
            for n in range(first, first + count)]


def _judge(world: World, batch: list[program.Program]) -> list[compare.Verdict]:
    """Programs after one that does not reach its end have no verdict."""
    bare_machine, here_machine = world.bare(), world.here()
    bare, here = bare_machine.run(batch), here_machine.run(batch)
    if len(bare) < len(batch):
        raise RuntimeError(f"QEMU's GIC: {len(bare)} of {len(batch)} programs reached their end: "
                           + "\n".join(bare_machine.log[-5:]))
    verdicts = [compare.compare(one, world.cpus, raw, other)
                for one, (_, raw), (_, other) in zip(batch, bare, here)]
    if len(here) < len(batch):
        verdicts.append(compare.Verdict("does not reach its end here:\n"
                                        + "\n".join(here_machine.log[-5:])))
    return verdicts


def run(world: World, seed: int, count: int, outcome: Outcome, stop: bool) -> None:
    """Adds to `outcome`; `stop`: no batch after one with a failure."""
    for first in range(0, count, BATCH):
        batch = programs(world, seed, min(BATCH, count - first), first)
        for one, verdict in zip(batch, _judge(world, batch)):
            outcome.programs += 1
            outcome.rules += verdict.used
            outcome.entries += verdict.entries
            if not verdict.good:
                outcome.failures.append(Failure(one, verdict.why))
        if outcome.failures and stop:
            return


def shrunk(world: World, failure: Failure) -> Failure:
    """The same failure, as short as possible, with the records of both sides."""
    def fails(candidates: list[program.Program]) -> list[bool]:
        verdicts = _judge(world, candidates)
        return [not verdict.good for verdict in verdicts]

    short = shrink.shrink(failure.program, fails)
    bare, here = world.bare().run([short]), world.here().run([short])
    why = compare.compare(short, world.cpus, bare[0][1], here[0][1]).why if bare and here else \
        failure.why
    log = [f"{n:3} {step}" for n, step in enumerate(short.steps)]
    for name, records in (("QEMU's GIC", bare), ("here", here)):
        log += [f"{name}:", *(f"  {entry.step:3} {entry}"
                              for entry in (program.entries(records[0][1]) if records else ()))]
    return Failure(short, why, log)
