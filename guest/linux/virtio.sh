# SPDX-License-Identifier: BSD-2-Clause
# Passed-through virtio devices: a disk that is the root, random numbers, a network to a second
# partition that does the same. On the command line: words= the first number of the disk's /words;
# me= and peer= the last byte of both addresses; foreign= what this partition must not reach.

words=$(argument words 0)
me=10.0.0.$(argument me 1)
peer=10.0.0.$(argument peer 2)
WORDS=50000
MIB=1

check_disk() {
	equal "$(awk '$2 == "/" { print $1, $3 }' /proc/mounts)" '/dev/vda ext4' 'the disk is the root'
	want=$(seq "$words" $((words + WORDS - 1)) | sum)
	equal "$(sum < /words)" "$want" 'its file is as it was made'
	seq 1 $((MIB * 1048576 / 4)) | head -c $((MIB * 1048576)) > /tmp/plain
	want=$(sum < /tmp/plain)
	for turn in 1 2; do
		dd if=/tmp/plain of=/root/copy bs=64k 2> /dev/null
		sync
		echo 3 > /proc/sys/vm/drop_caches
		before=$(sectors_read)
		equal "$(sum < /root/copy)" "$want" "written and read back, turn $turn"
		between $((($(sectors_read) - before) / 2048)) $MIB $((MIB + 4)) 'MiB read from the disk for it'
	done
}

sectors_read() {
	awk '{ print $3 }' /sys/block/vda/stat
}

check_interrupts() {
	for name in virtio0 virtio1 virtio2; do
		between "$(awk -v name=$name '$NF == name { print $2 }' /proc/interrupts)" 1 1000000 "interrupts of $name"
	done
	equal "$(grep -c 'Edge *virtio' /proc/interrupts)" 3 'all three edge-triggered'
	equal "$(awk '$1 == "Err:" { print $2 }' /proc/interrupts)" 0 'no spurious interrupts'
}

# Of the other partition its transports and its memory, of nobody's a transport, of the monitor's
# its memory. Bus errors are 128 + 7.
check_borders() {
	echo 1 > /proc/sys/kernel/printk
	equal "$(devmem 0x08000004 32)" 0x00000003 '/dev/mem shows what is ours, the GIC'
	for address in $(argument foreign '' | tr , ' '); do
		value=$(devmem "$address" 32 2> /dev/null)
		equal "$? $value" '135 ' "an abort and no value at $address"
	done
}

modules="/lib/modules/$(uname -r)"
for name in virtio-rng failover net_failover virtio_net; do
	insmod "$modules/$name.ko"
done
check_disk
check_random
check_network "$me" "$peer"
check_interrupts
check_log
check_borders
