# SPDX-License-Identifier: BSD-2-Clause
"""`plumb trace`: the trace in a console's output, as a list, JSON, VCD and a picture."""

import contextlib
import io
import json
import re
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

from plumblib import cli, events, events_perfetto, events_slices, events_svg, events_text, events_vcd

# CPU 0 runs control (1), which raises SPI 40 of guest (2), then sleeps; the guest runs, and ends it.
# 1 MHz: a tick is a microsecond. CPU 1 is kicked, and its ring has lost its first 5 events.
DUMP = """\
[plumbline] linux,dummy-virt, 2 CPUs
[control] control> trace dump
[control] trace dump f4240
[control] trace vm 2 guest
[control] trace cpu 0 e 0
[control] trace 0 0 fffffff0 1 7 0
[control] trace 0 1 fffffff0 102 0 0
[control] trace 0 2 fffffff8 105 86000061 2
[control] trace 0 3 fffffff8 107 1000028 80000002
[control] trace 0 4 fffffffc 10a 1 0
[control] trace 0 5 fffffffe 106 40010000 0
[control] trace 0 6 2 1 8 0
[control] trace 0 7 2 103 7e00000 40010010
[control] trace 0 8 4 202 0 0
[control] trace 0 9 6 208 0 1a080028
[control] trace 0 a 6 206 40020000 1
[control] trace 0 b 10 209 28 0
[control] trace 0 c 10 204 1b 40020004
[control] trace 0 d 20 105 86000f1a 0
[control] trace cpu 1 7 5
[control] trace 1 5 c 2 0 0
[control] trace 1 6 1c 10203 93820047 40011404
[control] trace end
"""


def found(text: str) -> list[events.Trace]:
    return list(events.traces(text.splitlines(keepends=True)))


def dump() -> events.Trace:
    (trace,) = found(DUMP)
    return trace


class Reading(unittest.TestCase):
    def test_one(self) -> None:
        trace = dump()
        self.assertEqual((trace.by, trace.hz, trace.lost), ("control", 1000000, {0: 0, 1: 5}))
        self.assertEqual(len(trace.events), 16)
        self.assertEqual([event.time for event in trace.events],
                         sorted(event.time for event in trace.events))

    def test_the_time_goes_on_where_the_low_word_wraps(self) -> None:
        trace = dump()
        times = [trace.us(event) for event in trace.events if event.cpu == 0]
        self.assertEqual(times, [0, 0, 8, 8, 12, 14, 18, 18, 20, 22, 22, 32, 32, 48])
        self.assertEqual([e.time for e in trace.events][-1], (8 << 32) + 0x20)

    def test_a_ring_without_an_epoch_stops_when_the_others_do(self) -> None:
        trace = dump()
        self.assertEqual([trace.us(event) for event in trace.events if event.cpu == 1], [28, 44])

    def test_without_any_epoch(self) -> None:
        lines = [line for line in DUMP.splitlines() if " 1 7 0" not in line and " 2 1 8 0" not in line]
        (trace,) = found("\n".join(lines))
        self.assertEqual([trace.us(event) for event in trace.events if event.cpu == 0],
                         [0, 8, 8, 12, 14, 18, 20, 22, 22, 32, 32, 48])
        self.assertEqual([trace.us(event) for event in trace.events if event.cpu == 1], [28, 44])

    def test_names(self) -> None:
        trace = dump()
        self.assertEqual(trace.name(2), "guest")
        self.assertEqual(trace.name(1), "control")  # it has switched the trace off
        self.assertEqual(trace.name(9), "partition 9")

    def test_ends_of_lines_prefixes_and_others(self) -> None:
        self.assertEqual(len(found(DUMP.replace("\n", "\r\n"))), 1)
        self.assertEqual(len(found(DUMP.replace("[control] ", ""))), 1)
        (trace,) = found(DUMP.replace("[control] trace 0 2", "[guest] trace end\n[guest] trace 0 1 1 1 1 1\n"
                                      "[control] trace 0 2"))
        self.assertEqual(len(trace.events), 16)

    def test_a_broken_line_is_left_out(self) -> None:
        (trace,) = found(DUMP.replace("93820047 40011404", "9382"))
        self.assertEqual(len(trace.events), 15)

    def test_an_unfinished_trace_is_none(self) -> None:
        self.assertEqual(found(DUMP.replace("trace end", "")), [])


class List(unittest.TestCase):
    def test_words(self) -> None:
        rows = events_text.rows(dump())
        self.assertEqual(rows[2].split(), "8.000 CPU 0 control.0 exit: KVM_IRQ_LINE, r1 0x2".split())
        texts = [re.split(r"(?:control|guest|partition \d|-)(?:\.\d)? +", row)[1] for row in rows]
        for want in ("counter's high word 0x7", "chosen", "line: ", "kick to CPU 1",
                     "entry: pc 0x40010000, r0 0x0", "exit: WFI, pc 0x40010010",
                     "list register 0 written: SPI 40", "ended: SPI 40",
                     "exit: PPI 27, virtual timer, pc 0x40020004", "exit: PLUMB_TRACE, r1 0x0",
                     "nothing to run", "exit: store, pc 0x40011404"):
            self.assertIn(want, texts)
        self.assertIn("line: guest SPI 40 high", rows[3])
        self.assertEqual(events_text.summary(dump()), ["CPU 1: 5 earlier events were overwritten"])

    def test_lines_and_interrupts(self) -> None:
        def line(word: int, flags: int) -> tuple[str, bool]:
            return events_text.line(dump(), events.Event(0, 0, 0, events.LINE, 1, 0, (word, flags)))

        self.assertEqual(line(0x0000_0001, 2), ("guest vCPU 0 FIQ", False))
        self.assertEqual(line(0x0201_0016, 0x8000_0000), ("control vCPU 1 PPI 22", True))
        self.assertEqual(line(8, 0xC000_0002), ("guest GSI 8", True))
        self.assertEqual(events_text.interrupt(3 << 10), "kick from CPU 3")
        self.assertEqual(events_text.interrupt(1023), "interrupt that has gone")
        self.assertEqual(events_text.reason(0x9382_0007), "load")
        self.assertEqual(events_text.reason(0x06E0_0001), "WFE")

    def test_calls_are_those_of_the_abi(self) -> None:
        abi = (Path(__file__).parents[2] / "abi/plumbline.h").read_text()
        numbers = {int(n, 16) for n in re.findall(r"^#define PLUMB_\w+\s+(0x8600[0-9a-f]{4})\b", abi, re.M)}
        self.assertGreater(len(numbers), 20)
        self.assertEqual({n for n in numbers if n >> 8 != 0x8600FF} - events_text.CALLS.keys(), set())


class Spans(unittest.TestCase):
    def test_all(self) -> None:
        trace = dump()
        first = trace.events[0].time
        got = [(s.cpu, s.vm, s.start - first, s.end - first, s.kind, s.text)
               for s in events_slices.spans(trace)]
        for want in ((0, 1, 8, 14, "exit", "KVM_IRQ_LINE"), (0, 1, 14, 18, "guest", "guest"),
                     (0, 1, 18, 20, "exit", "WFI"), (0, 1, 0, 20, "chosen", ""),
                     (0, 2, 20, 22, "exit", "switch"), (0, 2, 22, 32, "guest", "guest"),
                     (0, 2, 20, 48, "chosen", ""), (1, 0, 28, 48, "chosen", ""),
                     (1, 2, 44, 48, "exit", "store")):
            self.assertIn(want, got)
        self.assertTrue(all(span[3] > span[2] for span in got))

    def test_a_part_knows_what_was_before(self) -> None:
        part = events.part(dump(), 15, 19)
        first = dump().events[0].time
        got = [(s.vm, s.start - first, s.end - first, s.kind) for s in events_slices.spans(part)]
        self.assertEqual(len(part.events), 2)
        self.assertIn((1, 18, 19, "chosen"), got)
        self.assertIn((1, 18, 19, "exit"), got)


class Forms(unittest.TestCase):
    def test_json(self) -> None:
        rows = json.loads(events_perfetto.text(dump()))["traceEvents"]
        names = {(row["pid"], row["args"]["name"]) for row in rows if row["name"] == "process_name"}
        self.assertEqual(names, {(0, "CPUs"), (1, "control"), (2, "guest")})
        threads = {(row["pid"], row["tid"], row["args"]["name"]) for row in rows
                   if row["name"] == "thread_name"}
        self.assertEqual(threads, {(0, 0, "CPU 0"), (0, 1, "CPU 1"), (1, 0, "vCPU 0"),
                                   (2, 0, "vCPU 0"), (2, 1, "vCPU 1")})
        spans = [row for row in rows if row["ph"] == "X"]
        self.assertIn(("guest", 2, 0, 22, 10), [(r["name"], r["pid"], r["tid"], r["ts"], r["dur"])
                                                for r in spans])
        self.assertIn(("guest.0", 0, 0, 20, 28), [(r["name"], r["pid"], r["tid"], r["ts"], r["dur"])
                                                  for r in spans])
        self.assertEqual([row["name"] for row in rows if row["ph"] == "i"],
                         ["line: guest SPI 40 high", "kick to CPU 1", "list register 0 written: SPI 40",
                          "ended: SPI 40"])

    def test_vcd(self) -> None:
        lines = events_vcd.text(dump()).splitlines()
        codes, scope = {}, ""
        for line in lines[:lines.index("$enddefinitions $end")]:
            words = line.split()
            if words[:2] == ["$scope", "module"]:
                scope = words[2]
            elif words[0] == "$var":
                self.assertEqual(words[1] == "reg", words[2] not in ("1",))
                codes[words[3]] = f"{scope}.{words[4]}"
        self.assertEqual(len(set(codes.values())), len(codes))
        now, values, at = -1, {}, {}
        for line in lines[lines.index("$end") + 1:]:
            if line.startswith("#"):
                self.assertGreater(int(line[1:]), now)
                now = int(line[1:])
                continue
            value, code = line[1:].split() if line[0] == "b" else (line[0], line[1:])
            values[codes[code]] = value
            at[codes[code]] = now
        self.assertEqual(now, 48000)
        self.assertEqual(values["cpu0.partition"], "10")
        self.assertEqual(values["cpu0.guest"], "0")
        self.assertEqual(values["cpu0.ended"], format(40, "b"))
        self.assertEqual(values["lines.guest_SPI_40"], "1")
        self.assertEqual(at["lines.guest_SPI_40"], 8000)
        self.assertEqual(at["cpu0.kick"], 12000)

    def test_many_variables_have_codes_of_their_own(self) -> None:
        codes = [events_vcd._code(n) for n in range(20000)]
        self.assertEqual(len(set(codes)), len(codes))
        self.assertTrue(all(33 <= ord(c) <= 126 for code in codes for c in code))

    def test_svg(self) -> None:
        root = ElementTree.fromstring(events_svg.text(dump(), "a title"))
        space = "{http://www.w3.org/2000/svg}"
        texts = [text.text for text in root.iter(f"{space}text")]
        for want in ("a title", "CPU 0", "CPU 1", "control.0", "guest.0", "guest SPI 40"):
            self.assertIn(want, texts)
        self.assertIn(" 1  8.00 µs, CPU 0: control.0: line: guest SPI 40 high", texts)
        width, height = float(root.get("width") or 0), float(root.get("height") or 0)
        for box in root.iter(f"{space}rect"):
            x, y = float(box.get("x") or 0), float(box.get("y") or 0)
            self.assertLessEqual(x + float(box.get("width") or 0), width + 1)
            self.assertLessEqual(y + float(box.get("height") or 0), height)


class Command(unittest.TestCase):
    def run_it(self, *args: str, text: str = DUMP) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
            log.write(text)
            log.flush()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                status = cli.main(["trace", *args, log.name])
        return status, out.getvalue(), err.getvalue()

    def test_list(self) -> None:
        status, out, _ = self.run_it()
        self.assertEqual(status, 0)
        self.assertEqual(len(out.splitlines()), 17)

    def test_the_last_one_counts(self) -> None:
        self.assertEqual(len(self.run_it(text=DUMP + DUMP.replace("trace 0 d", "trace x"))[1].splitlines()), 16)

    def test_a_part(self) -> None:
        _, out, _ = self.run_it("--from", "20", "--to", "22")
        self.assertEqual(len(out.splitlines()), 4)
        _, out, _ = self.run_it("--around", "SPI 40 high", "--span", "6")
        self.assertEqual([line.split()[0] for line in out.splitlines()[1:]], ["0.000", "0.000", "4.000", "6.000"])

    def test_what_is_not_there(self) -> None:
        status, _, err = self.run_it(text="nothing\n")
        self.assertEqual(status, 5)
        self.assertIn("no trace: type 'trace on'", err)
        self.assertIn("contains 'SPI 99'", self.run_it("--around", "SPI 99")[2])
        self.assertIn("no events", self.run_it("--from", "1000")[2])

    def test_files(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            names = [f"{folder}/t.json", f"{folder}/t.vcd", f"{folder}/t.svg"]
            status, out, _ = self.run_it("--perfetto", names[0], "--vcd", names[1], "--svg", names[2])
            self.assertEqual(status, 0)
            self.assertEqual(len(out.splitlines()), 3)
            for name, begin in zip(names, ("{", "$version", "<svg")):
                self.assertTrue(Path(name).read_text().startswith(begin))


if __name__ == "__main__":
    unittest.main()
