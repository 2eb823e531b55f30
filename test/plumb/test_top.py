# SPDX-License-Identifier: BSD-2-Clause
"""`plumb top`: tables in a console's output."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

from plumblib import cli, top

HEAD = ("top name            v state    cpu% wait% exits/s   hvc  mmio  cp15   wfi   irq abort "
        "other  inj/s  taken")
ONE = """\
[plumbline] linux,dummy-virt, 2 CPUs
[control] control> top 2 2
[control] top 1, 2 s
[control] {head}
[control] top guest           0 running  12.5   0.0    1500     1   499     0   500   500     0     0    499    498
[control] top guest           1 running   0.0  99.9       7     0     0     0     0     7     0     0      3      3
[control] top other-name-of-15 0 off       0.0   0.0       0     0     0     0     0     0     0     0      0      0
[control] top end
""".format(head=HEAD)


def found(text: str) -> list[top.Table]:
    return list(top.tables(text.splitlines(keepends=True)))


class Tables(unittest.TestCase):
    def test_one(self) -> None:
        (table,) = found(ONE)
        self.assertEqual((table.by, table.number, table.seconds), ("control", 1, 2))
        self.assertEqual([(row.name, row.vcpu, row.state) for row in table.rows],
                         [("guest", 0, "running"), ("guest", 1, "running"),
                          ("other-name-of-15", 0, "off")])
        self.assertEqual(table.rows[0].values["cpu%"], 12.5)
        self.assertEqual(table.rows[0].values["exits"], 1500)
        self.assertEqual(table.rows[0].values["taken"], 498)
        self.assertEqual(table.rows[1].values["wait%"], 99.9)

    def test_ends_of_lines_and_prefixes(self) -> None:
        self.assertEqual(len(found(ONE.replace("\n", "\r\n"))), 1)
        self.assertEqual(len(found(ONE.replace("[control] ", ""))), 1)
        self.assertEqual(len(found(ONE.replace("[control] top 1", "\x1b[K[control] top 1"))), 1)
        self.assertEqual(len(found(ONE.replace("[control] top 1,", "[control] control> top 1,"))), 1)

    def test_an_unfinished_table_is_none(self) -> None:
        self.assertEqual(found(ONE.replace("top end", "")), [])
        self.assertEqual(len(found(ONE.replace("[control] top end\n", "") + ONE)), 1)

    def test_lines_of_other_partitions(self) -> None:
        between = ONE.replace("[control] top guest           1",
                              "[guest] top end\n[guest] top guest 5 running 1\n"
                              "[guest] it's\n[control] top guest           1")
        (table,) = found(between)
        self.assertEqual(len(table.rows), 3)

    def test_a_broken_line_is_left_out(self) -> None:
        (table,) = found(ONE.replace("498\n", "\n", 1))
        self.assertEqual([row.vcpu for row in table.rows], [1, 0])
        (table,) = found(ONE.replace("1500 ", "1.5.0", 1))
        self.assertEqual(len(table.rows), 2)


class Text(unittest.TestCase):
    def test_sorted(self) -> None:
        (table,) = found(ONE)
        lines = top.text(table)
        self.assertEqual(lines[0], "table 1, per second over 2 seconds")
        self.assertEqual(lines[1].split()[:5], ["partition", "vCPU", "state", "cpu%", "wait%"])
        self.assertEqual([line.split()[:2] for line in lines[2:]],
                         [["guest", "0"], ["guest", "1"], ["other-name-of-15", "0"]])
        self.assertEqual([line.split()[1] for line in top.text(table, "wait%")[2:]],
                         ["1", "0", "0"])
        self.assertEqual([line.split()[0] for line in top.text(table, "name")[2:]],
                         ["guest", "guest", "other-name-of-15"])

    def test_in_place(self) -> None:
        self.assertEqual(top.in_place(["a", "b"]), "\x1b[Ha\x1b[K\nb\x1b[K\n\x1b[J")


class Command(unittest.TestCase):
    def run_on(self, text: str, *options: str) -> tuple[int, str, str]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log"
            path.write_text(text)
            out, error = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
                code = cli.main(["top", *options, str(path)])
        return code, out.getvalue(), error.getvalue()

    def test_the_last_or_all(self) -> None:
        two = ONE + ONE.replace("top 1, 2 s", "top 2, 2 s")
        code, out, _ = self.run_on(two)
        self.assertEqual((code, out.count("table ")), (0, 1))
        self.assertIn("table 2,", out)
        code, out, _ = self.run_on(two, "--all")
        self.assertEqual((code, out.count("table ")), (0, 2))

    def test_none(self) -> None:
        code, out, error = self.run_on("[control] control> \n")
        self.assertEqual((code, out), (5, ""))
        self.assertIn("type 'top' at the control partition's prompt", error)


if __name__ == "__main__":
    unittest.main()
