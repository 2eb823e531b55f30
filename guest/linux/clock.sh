# SPDX-License-Identifier: BSD-2-Clause
# A second is a second: from one second of the RTC to another, under load all the time, the counter,
# the uptime and the kernel's ticks agree. With -icount only, where nobody else takes time: share=
# is the least of due timer interrupts, in percent, that arrive (a CPU that is away misses some; the
# kernel makes up for them), seconds= how long.

HZ=250 # of Debian's kernels
seconds=$(argument seconds 2)
share=$(argument share 95)

# At the next turn of the RTC's second but `skip`: RTC, uptime in hundredths, jiffies, timer
# interrupts. No pause: this is the load. It is asked every millisecond or so: under -icount a
# question costs the host more than the computing in between.
at_second() { # skip
	awk -v skip="$1" '
	function rtc(now) { getline now < clock; close(clock); return now }
	BEGIN {
		clock = "/sys/class/rtc/rtc0/since_epoch"
		for (skip += 1 + rtc(); (now = rtc()) < skip;)
			for (i = 0; i < 3000; i++) sum += i
		getline up < "/proc/uptime"
		while ((getline line < "/proc/interrupts") > 0)
			if (line ~ /arch_timer/) { split(line, word); break }
		while ((getline line < "/proc/timer_list") > 0)
			if (line ~ /^jiffies:/) { sub(/.*: /, "", line); break }
		print now, int(up * 100), line, word[2]
	}'
}

equal "$(cut -d' ' -f1 /sys/class/rtc/rtc0/name)" rtc-pl031 'the clock is a PL031'
begin=$(at_second 0)
clocks_begin
end=$(at_second $((seconds - 1)))
echo "linux: clock, uptime, jiffies, timer interrupts: $begin; $end"

difference() { # field
	echo "$begin $end" | awk -v f="$1" '{ print $(f + 4) - $f }'
}

passed_since=$(difference 1)
due=$((passed_since * HZ))
equal "$passed_since" "$seconds" 'seconds of the RTC'
# The counter goes with the uptime, the uptime with the RTC: a program must start to read the counter.
clocks_check
between $(($(difference 2) - passed_since * 100)) -10 10 'the uptime differs by hundredths'
between $(($(difference 3) - due)) -25 25 "the ticks that the kernel counts differ from $due by"
most=$((due * $(interrupts_a_tick)))
between "$(difference 4)" $((due * share / 100)) $((most + 25)) "timer interrupts, $due due"
check_log
