# SPDX-License-Identifier: BSD-2-Clause
# A Debian kernel with cpus= CPUs and mib= MiB: all CPUs, interrupts, time, hot-plug, reset.

cpus=$(argument cpus 1)
mib=$(argument mib 128)
HZ=250 # of Debian's kernels

# SHA-256 of 4 MiB of zeros, computed elsewhere.
ZEROS=bb9f8df61474d25e71fa00722318cd387396ca1736605e1248821cc0de3d3af8

# Ticks of a second that a CPU spent on processes: user and system time of /proc/stat.
busy() { # cpu
	awk -v name="cpu$1" '$1 == name { print $2 + $3 + $4 }' /proc/stat
}

# The row of /proc/interrupts with this word, as numbers, one a CPU that is online.
counts() { # word
	awk -v word="$1" -v n="$(nproc)" \
		'$0 ~ word { for (i = 2; i < n + 2; i++) printf("%s%d", (i > 2) ? " " : "", $i); exit }' /proc/interrupts
}

column() { # numbers, which
	echo "$1" | cut -d' ' -f$(($2 + 1))
}

# On every CPU at once, each pinned to its own.
workload() { # name
	for n in $(seq 0 $((cpus - 1))); do
		eval "before$n=$(busy "$n")"
		taskset "$(printf %x $((1 << n)))" sha256sum /tmp/zeros > "/tmp/sum$n" &
	done
	wait
	for n in $(seq 0 $((cpus - 1))); do
		equal "$(cut -d' ' -f1 "/tmp/sum$n")" $ZEROS "$1: right on CPU $n"
		[ "$(busy "$n")" -gt "$(eval echo "\$before$n")" ] && ran=yes || ran=no
		result $ran "$1: it was CPU $n that ran it"
	done
}

check_interrupts() {
	before=$(counts arch_timer)
	workload 'a workload'
	after=$(counts arch_timer)
	for n in $(seq 0 $((cpus - 1))); do
		more=$(($(column "$after" "$n") - $(column "$before" "$n")))
		[ $more -gt 0 ] && up=yes || up=no
		result $up "the timer of CPU $n interrupts under load"
	done
	equal "$(awk '$1 == "Err:" { print $2 }' /proc/interrupts)" 0 'no spurious interrupts'
	[ "$cpus" = 1 ] && return
	calls=$(counts 'Function call interrupts|Rescheduling interrupts')
	echo "$calls" | grep -qvE '(^| )0( |$)' && got=yes || got=no
	result $got 'every CPU got inter-processor interrupts'
}

# Uptime goes with the counter, a sleep does not end early, and the tick comes as often as it should.
check_time() {
	start=$(microseconds)
	clocks_begin
	sleep 2
	between $(($(microseconds) - start)) 2000000 600000000 'sleep 2, in microseconds of the counter'
	clocks_check

	before=$(column "$(counts arch_timer)" 0)
	start=$(microseconds)
	taskset 1 timeout 1 sh -c 'while :; do :; done' 2> /dev/null
	ticked=$(($(column "$(counts arch_timer)" 0) - before))
	due=$((($(microseconds) - start) * HZ / 1000000))
	# A CPU that is not given its time misses ticks (clock.sh counts them where it is); none comes
	# too many.
	most=$((due * $(interrupts_a_tick)))
	between $ticked $((due / 10)) $((most + most / 10 + 10)) "ticks of a busy CPU, $due due"
}

check_hotplug() {
	for n in $(seq 1 $((cpus - 1))); do
		for turn in 1 2; do
			echo 0 > "/sys/devices/system/cpu/cpu$n/online"
			equal "$(nproc)" $((cpus - 1)) "CPU $n off, turn $turn"
			taskset "$(printf %x $((1 << n)))" true 2> /dev/null && ran=no || ran=yes
			result $ran "nothing runs on CPU $n, turn $turn"
			echo 1 > "/sys/devices/system/cpu/cpu$n/online"
			equal "$(online)" "$(all_cpus "$cpus")" "CPU $n on again, turn $turn"
		done
	done
	workload 'after hot-plug'
}

head -c 4194304 /dev/zero > /tmp/zeros
answer 'ready: suite, or reboot'
if [ "$reply" = reboot ]; then
	reboot -f
fi
equal "$reply" suite 'the console takes input'
[ "$(column "$(counts uart-pl011)" 0)" -gt 0 ] && typed=yes || typed=no
result $typed 'the UART interrupts'
check_shape "$cpus" "$mib"
check_interrupts
check_time
[ "$cpus" = 1 ] || check_hotplug
check_log
