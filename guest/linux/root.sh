#!/bin/busybox sh
# SPDX-License-Identifier: BSD-2-Clause
# rdinit=/tests/root.sh: goes on with /init of the first virtio disk, as its root.

/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t devtmpfs devtmpfs /dev
echo 3 > /proc/sys/kernel/printk
for name in virtio_mmio virtio_blk crc16 crc32c_generic mbcache jbd2 ext4; do
	insmod "/lib/modules/$(uname -r)/$name.ko"
done
mkdir /disk
if ! mount -t ext4 /dev/vda /disk; then
	echo 'FAIL: the disk mounts'
	poweroff -f
fi
umount /proc /dev
exec switch_root /disk /init
