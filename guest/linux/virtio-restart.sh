# SPDX-License-Identifier: BSD-2-Clause
# A partition that restarts while its disk is at work, with interrupts on their way: lives are
# counted on the disk. In the last one the disk's interrupt moves between the CPUs under load.

LIVES=2
WORDS=50000
words=$(argument words 0)

sum() {
	sha256sum | cut -d' ' -f1
}

load() {
	dd if=/dev/vda of=/dev/null bs=4k count=3000 iflag=direct 2> /dev/null &
	dd if=/dev/vda of=/dev/null bs=64k skip=400 count=300 iflag=direct 2> /dev/null &
	dd if=/dev/zero of=/root/junk bs=16k count=256 oflag=direct 2> /dev/null &
}

row() {
	awk '$NF == "virtio0" { n = 0; for (i = 2; i < 4; i++) n += $i; print n }' /proc/interrupts
}

life=$(cat /root/life 2> /dev/null || echo 0)
echo "linux: life $life"
if [ "$life" -lt $LIVES ]; then
	echo $((life + 1)) > /root/life
	sync
	load
	usleep $((100000 + 70000 * life))
	reboot -f
fi
irq=$(awk '$NF == "virtio0" { sub(":", "", $1); print $1 }' /proc/interrupts)
before=$(row)
load
for turn in $(seq 30); do
	echo $((1 + turn % 2)) > "/proc/irq/$irq/smp_affinity"
	usleep 20000
done
wait
between $(($(row) - before)) 500 1000000 'interrupts of the disk while they move between CPUs'
between "$(awk '$NF == "virtio0" { print ($2 < $3) ? $2 : $3 }' /proc/interrupts)" 20 1000000 'on both'
want=$(seq "$words" $((words + WORDS - 1)) | sum)
echo 3 > /proc/sys/vm/drop_caches
equal "$(sum < /words)" "$want" 'the file is as it was made'
check_log
