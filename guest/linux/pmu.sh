# SPDX-License-Identifier: BSD-2-Clause
# The kernel's own driver on the guest's performance monitors: a program's cycles are counted, and a
# counter that overflows interrupts.

SIGNALS=100

row() { # how often the monitors interrupted, on all CPUs
	awk '$NF == "arm-pmu" { for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }' \
		/proc/interrupts
}

# Linux 6.12 says which they are, too: the cycle counter and six others.
found=$(dmesg | grep -o 'hw perfevents: enabled with .*' | sed 's/ (8000003f) counters/ counters/')
equal "$found" 'hw perfevents: enabled with armv7_cortex_a15 PMU driver, 7 counters available' \
	'the driver has found them'
grep -q ' arm-pmu$' /proc/interrupts && there=yes || there=no
result $there 'their interrupt has a row'
before=$(row)
cycles $SIGNALS > /tmp/cycles
read -r once eight signals < /tmp/cycles
between "$once" 200000 200100 'cycles of 100,000 turns of a loop, two instructions each'
between "$eight" 1600000 1600100 'cycles of eight times as many'
between "$signals" $SIGNALS 1000000 'signals of a counter that overflows'
between $(($(row) - before)) $SIGNALS 1000000000 'and as many interrupts at least'
check_log
