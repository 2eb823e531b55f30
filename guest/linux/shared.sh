# SPDX-License-Identifier: BSD-2-Clause
# Messages with a bare-metal partition (guest/test/shared.c) through shared memory, by the module
# plumbline_shared: count=N each way. On this side the program ends and starts again, is killed, and
# the module is loaded anew; the other side is reset by its manager, resets= times. trigger= is the
# word of /proc/interrupts.

count=$(argument count 100000)
resets=$(argument resets 0)
trigger=$(argument trigger Level)
modules="/lib/modules/$(uname -r)"
driver=/sys/bus/platform/drivers/plumbline_shared
uio=/sys/class/uio/uio0

maps() {
	for map in $uio/maps/map*; do
		printf '%s %#x %#x\n' "$(cat $map/name)" "$(cat $map/addr)" "$(cat $map/size)"
	done
}

row() { # interrupts of the shared memory
	awk '$NF == "link" { n = 0; for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i; print n }' /proc/interrupts
}

check_device() {
	equal "$(cat $uio/name)" link 'the UIO device has the name of the shared memory'
	equal "$(maps)" 'registers 0xb000000 0x1000
memory 0x10000000 0x32000
output 0x10002000 0x10000
common 0x10001000 0x1000' 'its maps'
	equal "$(shared rights)" end 'what the maps allow'
}

# The node wrong-memory names less memory than the registers do. What a probe has claimed before it
# fails is free again.
check_refusal() {
	equal "$(ls /sys/class/uio)" uio0 'one device, of the two nodes'
	echo b000000.shared-memory > $driver/unbind
	equal "$(ls /sys/class/uio)" '' 'unbound: none'
	echo b000000.wrong-memory > $driver/bind 2> /dev/null && bound=yes || bound=no
	equal $bound no 'registers with more memory than the node: refused'
	dmesg | grep -q 'plumbline_shared b000000.wrong-memory: .*sections of 0x1000, 0x1000 and 3 x 0x10000 bytes at 0x10000000 are not in' &&
		told=yes || told=no
	result $told 'and the log says so'
	echo b000000.shared-memory > $driver/bind
	equal "$(cat $uio/name)" link 'bound again'
}

reload() {
	rmmod plumbline_shared
	equal "$(ls /sys/class/uio)" '' 'the module is unloaded'
	insmod "$modules/plumbline_shared.ko"
}

# The program's line: life, received, sent, left with the peer, wrong, waits, the peer's life.
talk() { # life, messages until which it receives
	shared "$count" "$2" > /tmp/talk || cat /tmp/talk
	read -r life received sent left wrong waits peer < /tmp/talk
	echo "linux: life $life: $received received, $sent sent, waited $waits times"
	equal "$life $received $wrong" "$1 $2 0" 'messages without a gap'
}

# A partition without `vms` (docs/kvm.md)
insmod "$modules/plumbline_kvm.ko" 2> /dev/null && loaded=yes || loaded=no
equal $loaded no 'no /dev/kvm in a partition that may make no VMs'
dmesg | grep -q "plumbline_kvm: this partition may make no VMs" && told=yes || told=no
result $told 'and the log says why'
insmod "$modules/uio.ko"
insmod "$modules/plumbline_shared.ko"
check_refusal
check_device
talk 1 $((count / 10))
reload
talk 2 $((count / 5))
shared "$count" $((count * 3 / 5)) stays > /dev/null &
usleep 200000
equal "$(shared state)" 'shared: no UIO device link, or it is in use' 'one program at a time'
kill -9 $!
wait $! 2> /dev/null
equal "$(shared state)" '0 0' 'killed: its state is 0, and its events are disabled'
reload
start=$(microseconds)
talk 4 "$count"
took=$((($(microseconds) - start) / 1000))
echo "linux: life 4 took $took ms"
equal "$sent $left" "$count 0" 'all were sent, and the peer has them'
equal "$peer" $((resets + 1)) "the peer's last life"
between "$(row)" 10 1000000000 'interrupts since the module was loaded'
equal "$(grep -c "$trigger *link$" /proc/interrupts)" 1 "configured as the node says: $trigger"
check_log
