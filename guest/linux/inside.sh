# SPDX-License-Identifier: BSD-2-Clause
# In a VM of guest/linux/vmm: a disk, random numbers, a network to the VM beside it, or to its creator. On the command line:
# sum= the SHA-256 of the disk's first half, me= and peer= the last byte of both addresses.

modules="/lib/modules/$(uname -r)"
for name in virtio_blk virtio-rng failover net_failover virtio_net; do
	insmod "$modules/$name.ko"
done
equal "$(cat /sys/block/vda/size)" 512 'the disk has 256 KiB'
equal "$(head -c 131072 /dev/vda | sum)" "$(argument sum '')" 'its first half is as it was made'
seq "$(argument me 1)" 40000 | head -c 131072 > /tmp/plain
dd if=/tmp/plain of=/dev/vda bs=64k seek=2 conv=fsync 2> /dev/null
echo 3 > /proc/sys/vm/drop_caches
equal "$(tail -c 131072 /dev/vda | sum)" "$(sum < /tmp/plain)" 'the second half is written and read back'
dd if=/dev/zero of=/dev/vda bs=512 seek=512 count=1 2> /dev/null && beyond=yes || beyond=no
equal $beyond no 'nothing is behind the end of the disk'
check_random
seq 100000 | head -c 262144 > /tmp/plain
check_network "10.0.0.$(argument me 1)" "10.0.0.$(argument peer 2)"
check_log
