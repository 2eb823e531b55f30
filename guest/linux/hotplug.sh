# SPDX-License-Identifier: BSD-2-Clause
# turns= times the second CPU goes and comes back, while both compute and send each other
# interrupts.

TURNS=$(argument turns 20)
cpu=/sys/devices/system/cpu/cpu1/online

# SHA-256 of 1 MiB of zeros, computed elsewhere.
ZEROS=30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58

head -c 1048576 /dev/zero > /tmp/zeros
for n in 1 2; do
	(
		rounds=0
		wrong=0
		while [ ! -e /tmp/stop ]; do
			[ "$(sha256sum < /tmp/zeros | cut -d' ' -f1)" = $ZEROS ] || wrong=$((wrong + 1))
			rounds=$((rounds + 1))
		done
		echo "$rounds $wrong" > "/tmp/load$n"
	) &
done
off=0
on=0
for turn in $(seq "$TURNS"); do
	echo 0 > $cpu && [ "$(nproc)" = 1 ] && off=$((off + 1))
	usleep 5000
	echo 1 > $cpu && taskset 2 true && on=$((on + 1))
	usleep 5000
done
touch /tmp/stop
wait
equal $off "$TURNS" 'times CPU 1 was off'
equal $on "$TURNS" 'times it was on again, and ran something'
equal "$(awk '{ wrong += $2 } END { print wrong }' /tmp/load?)" 0 'checksums that were wrong meanwhile'
equal "$(awk '$1 > 0' /tmp/load? | wc -l)" 2 'processes that computed meanwhile'
equal "$(dmesg | grep -c 'CPU1.*failed\|failed to \(come online\|bring up\)')" 0 'no CPU failed to come or go'
check_log
