# SPDX-License-Identifier: BSD-2-Clause
# Microseconds that a fixed amount takes, of a disk and of two network cards joined by a hub, each
# in a network of its own. `ticks` prints the counter and its frequency. scripts/bench throughput reads
# the lines.

microseconds() {
	ticks | awk '{ printf "%d", $1 / $2 * 1000000 }'
}

# The best of three: the emulator's other work comes in between.
figure() { # name, command...
	name=$1
	shift
	best=
	for turn in 1 2 3; do
		echo 3 > /proc/sys/vm/drop_caches
		start=$(microseconds)
		"$@" > /dev/null 2>&1
		took=$(($(microseconds) - start))
		[ -n "$best" ] && [ "$best" -le "$took" ] || best=$took
	done
	echo "FIGURE: $name = $best us"
}

figure 'disk read, 64 KiB blocks, 32 MiB' dd if=/dev/vda of=/dev/null bs=64k count=512 iflag=direct
figure 'disk read, 4 KiB blocks, 8 MiB' dd if=/dev/vda of=/dev/null bs=4k count=2048 iflag=direct
figure 'disk write, 64 KiB blocks, 16 MiB' dd if=/dev/zero of=/root/junk bs=64k count=256 oflag=direct
figure 'file read through the cache, 8 MiB' dd if=/root/junk of=/dev/null bs=64k count=128

# MiB from one card to the other by TCP
send() {
	nsenter -t $there -n nc -l -p 5000 <&3 > /dev/null &
	usleep 200000
	head -c $(($1 * 1048576)) /dev/zero | nc 10.0.0.2 5000
	wait $!
}

modules="/lib/modules/$(uname -r)"
for name in failover net_failover virtio_net; do
	insmod "$modules/$name.ko"
done
mkfifo /tmp/silent
exec 3<> /tmp/silent
unshare -n sleep 1000 &
there=$!
usleep 300000
ip link set eth1 netns $there
ip addr add 10.0.0.1/24 dev eth0
ip link set eth0 up
nsenter -t $there -n ip addr add 10.0.0.2/24 dev eth1
nsenter -t $there -n ip link set eth1 up
ping -c 1 -w 10 10.0.0.2 > /dev/null || echo 'FIGURE: no network = 0 us'
figure '500 pings, one after the other' ping -q -c 500 -A 10.0.0.2
figure 'TCP, 8 MiB' send 8
poweroff -f
