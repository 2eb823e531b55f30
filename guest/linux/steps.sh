# SPDX-License-Identifier: BSD-2-Clause
# In a VM of guest/linux/vmm that is paused, saved and moved meanwhile: steps= steps of work, which it
# counts on its console; then it resets itself, with end=reset. A second program computes on the other CPU, if there is one.

steps=$(argument steps 6)
insmod "/lib/modules/$(uname -r)/virtio_blk.ko"
seq 3000 > /tmp/plain
want=$(sum < /tmp/plain)

beside() {
	while [ ! -e /tmp/end ]; do
		[ "$(sum < /tmp/plain)" = "$want" ] && echo right || echo wrong
	done > /tmp/beside
}

beside &
wrong=0
for step in $(seq "$steps"); do
	echo "step $step"
	[ "$(sum < /tmp/plain)" = "$want" ] || wrong=$((wrong + 1))
	seq "$step" 5000 | head -c 16384 > /tmp/part
	dd if=/tmp/part of=/dev/vda bs=16k conv=fsync 2> /dev/null
	echo 3 > /proc/sys/vm/drop_caches
	[ "$(head -c 16384 /dev/vda | sum)" = "$(sum < /tmp/part)" ] || wrong=$((wrong + 1))
	usleep 200000
done
touch /tmp/end
wait
equal $wrong 0 "nothing is wrong in $steps steps"
equal "$(sort -u /tmp/beside)" right 'nor beside them'
check_log
# The kernel's own word does not always come: 6.12 resets the console's device before.
[ -z "$(argument end '')" ] || { summary; echo 'it resets itself'; reboot -f; }
