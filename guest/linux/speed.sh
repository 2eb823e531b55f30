# SPDX-License-Identifier: BSD-2-Clause
# How long the boot and some workloads take, by the virtual counter. scripts/bench guest reads the
# SPEED lines. `watch` on the command line: a partition beside this one counts exits at each mark.
# `scale=N`: an N-th of the work.

SCALE=$(argument scale 1)
WATCH=$(argument watch 0)

reached() {
	[ "$WATCH" = 0 ] || mark || echo 'SPEED: failed: mark'
}

work() { # name, file, arguments...
	reached
	timed "$@"
	reached
}

echo "SPEED: boot, first instruction to shell = $(ticks | awk '{ printf "%.0f", $1 / $2 * 1e9 }') ns"
reached
mib=$((16 / SCALE))
[ $mib -gt 0 ] || mib=1
head -c $((mib * 1048576)) /dev/zero > /tmp/ram
rounds=$((20000 / SCALE)) naps=$((2000 / SCALE)) processes=$((200 / SCALE))

echo 'SPEED: ready'
work "sha256sum of a file in RAM, $mib MiB" /bin/sha256sum /tmp/ram
work "pipe ping-pong, $rounds rounds" /bin/pingpong $rounds
work "$naps naps of 200 us" /bin/naps $naps 200
work "$processes processes, one after the other" /bin/sh -c \
	"for n in \$(/bin/seq $processes); do /bin/uname; done"
reached # an even one: the bell is as the end of the partition leaves it
echo 'SPEED: end'
poweroff -f
