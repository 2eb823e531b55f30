# SPDX-License-Identifier: BSD-2-Clause
# A disk and a console that another partition serves (docs/virtio.md), and that partition restarts
# meanwhile.

TURNS=6

modules="/lib/modules/$(uname -r)"
for name in virtio_mmio virtio_blk virtio_console crc16 crc32c_generic mbcache jbd2 ext4; do
	insmod "$modules/$name.ko"
done
equal "$(cat /sys/block/vda/size)" 16384 'the disk has 8 MiB'
equal "$(cat /sys/block/vda/serial)" plumbline 'and its name'

# The console, open all the time: at the last close its settings are lost.
exec 4<> /dev/hvc0
stty raw -echo <&4
echo 'Linux is here' >&4
ask() { # a word
	echo "ask $1" >&4
	read -r answer <&4
	[ "$answer" = "told $1" ]
}

mke2fs /dev/vda > /tmp/made 2>&1
mkdir -p /disk
mount -t ext4 /dev/vda /disk
equal "$(awk '$2 == "/disk" { print $1 }' /proc/mounts)" /dev/vda 'the disk is mounted'
wrong=0
for turn in $(seq $TURNS); do
	seq "$turn" 200000 | head -c 1000000 > /tmp/plain
	want=$(sum < /tmp/plain)
	dd if=/tmp/plain of="/disk/copy$turn" bs=16k 2> /dev/null
	sync
	echo 3 > /proc/sys/vm/drop_caches
	[ "$(sum < "/disk/copy$turn")" = "$want" ] || wrong=$((wrong + 1))
	ask "turn$turn" || wrong=$((wrong + 1))
done
equal $wrong 0 "written and read back in $TURNS turns, with words on the console"
umount /disk
dd if=/dev/vda of=/tmp/before bs=64k 2> /dev/null
echo 3 > /proc/sys/vm/drop_caches
equal "$(sum < /dev/vda)" "$(sum < /tmp/before)" 'the whole disk is the same twice'
mount -t ext4 /dev/vda /disk
equal "$(sum < "/disk/copy$TURNS")" "$want" 'and mounts again'
umount /disk
for name in virtio0 virtio1; do
	between "$(awk -v name=$name '$NF == name { print $2 }' /proc/interrupts)" 1 1000000 "interrupts of $name"
done
equal "$(grep -c 'Level *virtio' /proc/interrupts)" 2 'both are levels'
check_log
echo bye >&4
exec 4<&-
echo virtio0 > /sys/bus/virtio/drivers/virtio_blk/unbind
