# SPDX-License-Identifier: BSD-2-Clause
"""The lines repeated at the end of a run, and advice about guests that printed nothing."""

import unittest

from plumblib.outcome import Outcome
from plumblib.why import Why

CRASH, TIME = 1, 3  # exit codes, of docs/quick-start.md


def fed(text: str, consoles: list[str] | None = None, raw: bool = False) -> Why:
    outcome = Outcome(Why(consoles, raw))
    data = text.encode()
    for at in range(0, len(data), 7):  # lines arrive in pieces
        outcome.feed(data[at:at + 7])
    return outcome.why


FAULT = "[plumbline] a: vcpu 0: pc 0x40010000: write to nothing at 0x00000010"
OTHER = "[plumbline] b: vcpu 0: pc 0x40020000: read from nothing at 0x00000020"
STATE = ("[plumbline] state: a: running, 1 vCPU\r\n"
         "[plumbline] state: a vcpu 0: runs on CPU 0, pc 0x40010000\r\n"
         "[plumbline] state: b: off, 1 vCPU\r\n"
         "[plumbline] state: end\r\n")


class Explanation(unittest.TestCase):
    def test_a_crash_brings_its_own_lines_only(self):
        why = fed(f"{FAULT}\r\n{OTHER}\r\n[plumbline] b: off\r\n"
                  "[plumbline] a: crashed, status 7\r\n")
        self.assertEqual(why.explanation(CRASH),
                         [FAULT, "[plumbline] a: crashed, status 7"])

    def test_at_the_time_limit_what_never_started(self):
        why = fed("[plumbline] state: a: off, 1 vCPU\r\n[plumbline] state: end\r\n", ["a"])
        self.assertEqual(why.explanation(TIME), ["[plumbline] state: a: off, 1 vCPU"])

    def test_at_the_time_limit_those_that_still_run(self):
        why = fed(f"{FAULT}\r\n{OTHER}\r\n[plumbline] b: off\r\n" + STATE)
        self.assertTrue(why.state_done)
        self.assertEqual(why.explanation(TIME), [
            FAULT, "[plumbline] state: a: running, 1 vCPU",
            "[plumbline] state: a vcpu 0: runs on CPU 0, pc 0x40010000"])

    def test_the_last_report_counts(self):
        why = fed(STATE + STATE.replace("CPU 0", "CPU 1"))
        self.assertEqual([line for line in why.explanation(TIME) if "CPU 0" in line], [])
        self.assertEqual(len(why.explanation(TIME)), 2)

    def test_a_report_that_has_begun_is_not_done(self):
        self.assertFalse(fed(STATE + "[plumbline] state: a: running, 1 vCPU\r\n").state_done)

    def test_a_restart_forgets(self):
        why = fed(f"{FAULT}\r\n[plumbline] a: restarts\r\n[plumbline] a: crashed, status 1\r\n")
        self.assertEqual(why.explanation(CRASH), ["[plumbline] a: crashed, status 1"])

    def test_a_guest_that_speaks_like_the_monitor_explains_nothing(self):
        why = fed("[a] [plumbline] a: crashed, status 1\r\n[a] plumbline: state: end\r\n", ["a"])
        self.assertEqual(why.explanation(CRASH), [])
        self.assertFalse(why.state_done)

    def test_complaints_are_bounded(self):
        many = "".join(f"[plumbline] a: vcpu 0: pc 0x{n:08x}: x\r\n" for n in range(1000))
        self.assertLess(len(fed(many).explanation(TIME)), 50)


class Silence(unittest.TestCase):
    def names(self, why: Why) -> list[str]:
        return [advice.split()[0] for advice in why.silent()]

    def test_only_who_has_a_console_and_runs(self):
        state = STATE.replace("state: end", "state: c: running, 1 vCPU\r\n[plumbline] state: end")
        self.assertEqual(self.names(fed(state, ["a", "b"])), ["a"])
        self.assertEqual(self.names(fed(state, ["a", "b", "c"])), ["a", "c"])

    def test_a_word_is_enough_and_a_prefix_is_not(self):
        self.assertEqual(self.names(fed("[a] hi\r\n" + STATE, ["a", "b"])), [])
        self.assertEqual(self.names(fed("[a] \r\n" + STATE, ["a", "b"])), ["a"])
        self.assertEqual(self.names(fed("[c] hi\r\n" + STATE, ["a", "b"])), ["a"])

    def test_what_is_still_loaded_has_nothing_to_say_yet(self):
        state = STATE.replace("a: running", "a: its memory is being loaded")
        self.assertEqual([advice.split(": ")[1][:27] for advice in fed(state, ["a"]).silent()],
                         ["its memory was still being "])

    def test_a_monitor_that_has_said_nothing(self):
        self.assertEqual(len(fed("U-Boot\r\n", ["a", "b"]).silent()), 1)
        self.assertIn("the monitor has printed nothing", fed("", ["a"]).silent()[0])
        self.assertEqual(self.names(fed("[plumbline] up\r\n", ["a", "b"])), ["a", "b"])

    def test_raw(self):
        state = STATE.replace("[plumbline] ", "plumbline: ")
        self.assertEqual(self.names(fed(state, ["a"], raw=True)), ["a"])
        self.assertEqual(self.names(fed("hello\r\n" + state, ["a"], raw=True)), [])
        self.assertEqual(len(fed(state, ["a"], raw=True).explanation(TIME)), 2)


if __name__ == "__main__":
    unittest.main()
