# SPDX-License-Identifier: BSD-2-Clause
# What the tests of the Linux guests share: results in the words that test/run reads.

passed=0
failed=0

result() { # yes or no, name
	if [ "$1" = yes ]; then
		passed=$((passed + 1))
		echo "PASS: $2"
	else
		failed=$((failed + 1))
		echo "FAIL: $2"
	fi
}

equal() { # got, want, name
	if [ "$1" = "$2" ]; then
		result yes "$3"
	else
		result no "$3: '$1', not '$2'"
	fi
}

between() { # value, least, most, name
	if [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; then
		result yes "$4 ($1)"
	else
		result no "$4: $1, not $2 to $3"
	fi
}

# Guests see ACTLR.IBE as the CPU has it. QEMU's has it not, and Linux says so of each CPU, as on bare
# virt.
no_ibe='Spectre v2: firmware did not set auxiliary control register IBE bit'

# The kernel had nothing else to complain about.
check_log() {
	complaints=$(dmesg | grep -v "$no_ibe" |
		grep -E 'WARNING:|BUG:|Oops|rcu.*stall|soft lockup|nobody cared|Unhandled|unexpected|vulnerable|firmware did not')
	told=$(dmesg | grep -c "$no_ibe")
	[ "$told" = "$(ls -d /sys/devices/system/cpu/cpu[0-9]* | wc -l)" ] ||
		complaints="$complaints $told lines on ACTLR.IBE"
	[ -z "$complaints" ] || dmesg | tail -n 60
	equal "$complaints" '' 'the kernel complains of nothing'
}

online() {
	cat /sys/devices/system/cpu/online
}

all_cpus() { # how many
	[ "$1" = 1 ] && echo 0 || echo "0-$(($1 - 1))"
}

# As many CPUs and as much memory as it was given.
check_shape() { # cpus, MiB
	equal "$(nproc)" "$1" "$1 CPUs"
	equal "$(online)" "$(all_cpus "$1")" 'all CPUs are online'
	equal "$(grep -c '^CPU part.*0xc0f' /proc/cpuinfo)" "$1" 'each is a Cortex-A15'
	have=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)
	# What the kernel takes for itself, page structures and initial RAM disk is not in MemTotal.
	between "$have" $(($2 * 7 / 10)) "$2" "MiB of $2"
	result "$(dmesg | grep -q 'PSCIv1\.' && echo yes || echo no)" 'PSCI 1.x by HVC'
}

# Microseconds by the counter that the CPU has; `ticks` prints the counter and its frequency.
microseconds() {
	ticks | awk '{ printf "%d", $1 / $2 * 1000000 }'
}

hundredths() {
	awk '{ print int($1 * 100) }' /proc/uptime
}

# Between clocks_begin and clocks_check the uptime goes with the counter: each reading of it lies
# between two of the counter, however long this process had to wait.
clocks_begin() {
	counter_before=$(microseconds)
	uptime_begin=$(hundredths)
	counter_after=$(microseconds)
}

clocks_check() {
	least=$((($(microseconds) - counter_after) / 10000 - 2))
	went=$(($(hundredths) - uptime_begin))
	most=$((($(microseconds) - counter_before) / 10000 + 2))
	between $went $least $most "hundredths of uptime, $least to $most of the counter"
}

# How many timer interrupts a kernel may take for each tick. With SCHED_HRTICK at work one more comes at
# the end of each time slice, which is 0.7 ms at least; so it may, too, where the kernel does not say.
interrupts_a_tick() {
	mount -t debugfs none /sys/kernel/debug 2> /dev/null
	features=$(cat /sys/kernel/debug/sched/features /sys/kernel/debug/sched_features 2> /dev/null)
	case " $features " in
	*' NO_HRTICK '*) echo 1 ;;
	*) echo 8 ;;
	esac
}

sum() {
	sha256sum | cut -d' ' -f1
}

check_random() {
	equal "$(cat /sys/class/misc/hw_random/rng_current)" virtio_rng.0 'random numbers come from virtio-rng'
	first=$(head -c 1024 /dev/hwrng | sum)
	second=$(head -c 1024 /dev/hwrng | sum)
	[ "$first" != "$second" ] && differ=yes || differ=no
	result $differ 'and are not the same twice'
	equal "$(head -c 1024 /dev/hwrng | wc -c)" 1024 'as many as asked for'
}

# busybox waits for the last answers for a second: on a host that is busy just then, again.
pings() { # how many, to whom, bytes, name
	for turn in 1 2 3 4 5; do
		ping -c "$1" -i 0.02 -s "$3" "$2" > /tmp/ping
		answers=$(grep -o '[0-9]* packets received' /tmp/ping)
		[ "$answers" = "$1 packets received" ] && break
	done
	equal "$answers" "$1 packets received" "$4"
}

# Two kernels with a network between them; both have the file /tmp/plain. Each pings the other, and sends
# it the file: so none is gone before the other is through.
check_network() { # own address, peer's, interface
	ip link set lo up
	ip addr add "$1/24" dev "${3:-eth0}"
	ip link set "${3:-eth0}" up
	for turn in $(seq 60); do
		ping -c 1 -W 1 "$2" > /tmp/ping && break
		usleep 500000
	done
	pings 50 "$2" 56 'the other one answers pings'
	pings 20 "$2" 1400 'and long ones'
	mkfifo /tmp/silent # an end of input would end the connection
	exec 3<> /tmp/silent
	nc -l -p 5000 <&3 > /root/got &
	for turn in $(seq 60); do
		nc "$2" 5000 < /tmp/plain > /dev/null 2>&1 && break
		usleep 500000
	done
	wait
	equal "$(sum < /root/got)" "$(sum < /tmp/plain)" 'a file by TCP from the other, while it got the same one'
}

# One line from the console.
answer() { # words to ask with
	echo "linux: $*"
	read -r reply
	echo "linux: read '$reply'"
}

summary() {
	echo "SUMMARY: $passed passed, $failed failed"
}
