# SPDX-License-Identifier: BSD-2-Clause
# Linux on a CPU where something of a higher priority takes its time: right results, and the time
# that passes is the counter's.

seconds=$(argument seconds 2)
end=$(($(date +%s) + seconds))
dd if=/dev/zero of=/tmp/zeros bs=64k count=16 2> /dev/null
want=$(sha256sum < /tmp/zeros)
rounds=0
wrong=0
while [ "$(date +%s)" -lt "$end" ]; do
	[ "$(sha256sum < /tmp/zeros)" = "$want" ] || wrong=$((wrong + 1))
	usleep 1000
	rounds=$((rounds + 1))
done
equal $wrong 0 "a checksum that is always the same ($rounds times)"
check_log
