# SPDX-License-Identifier: BSD-2-Clause
# 10,000 assertions of a level line and of an edge line by the control partition
# (guest/test/linux-irqs.c) arrive in a program, through gpio-keys and evdev.

COUNT=10000

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
equal "$dropped" 0 'no event was dropped on the way'
equal "$(row edge)" $COUNT 'edge: as many interrupts'
between "$(row level)" $COUNT $((COUNT * 1000)) 'level: interrupts, again and again while it is high'
check_log
