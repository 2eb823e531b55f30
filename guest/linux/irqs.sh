# SPDX-License-Identifier: BSD-2-Clause
# 10,000 assertions (count=N on the command line: N) of a level line and of an edge line by the control partition
# (guest/test/linux-irqs.c) arrive in a program, through gpio-keys and evdev.

COUNT=$(sed -n 's/.*\bcount=\([0-9]*\).*/\1/p' /proc/cmdline)
COUNT=${COUNT:-10000}

insmod "/lib/modules/$(uname -r)/evdev.ko"

row() { # name: how often its interrupt was taken
	awk -v name="$1" '$NF == name { print $2 }' /proc/interrupts
}

irqs $COUNT > /tmp/counts
read -r level edge pressed released dropped < /tmp/counts
equal "$level" $COUNT 'level: every assertion arrived in the program'
equal "$edge" $COUNT 'edge: every assertion arrived in the program, once'
# More often where the host takes its time: the key comes up when its interrupt is late.
between "$pressed" $COUNT $((COUNT * 100)) 'level: the key went down'
equal "$released" "$pressed" 'level: and up as often'
equal "$(row edge)" $COUNT 'edge: as many interrupts'
# Where Linux has a CPU of its own, nothing bounds these: they go on until the line falls.
if ! grep -q count= /proc/cmdline; then
	equal "$dropped" 0 'no event was dropped on the way'
	between "$(row level)" $COUNT $((COUNT * 1000)) 'level: interrupts, again and again while it is high'
fi
check_log
