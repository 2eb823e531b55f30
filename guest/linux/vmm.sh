# SPDX-License-Identifier: BSD-2-Clause
# VMs by guest/linux/vmm on /dev/kvm. what= names a function below. The VMs boot /vm/vmlinuz.

cpus=$(argument cpus 2)

# A VM with a console of its own, each line of which gets its name in front; its options follow. In /tmp are
# NAME, the exit status, NAME.log, its lines, and NAME.pid.
vm() { # name
	name=$1
	shift
	{
		vmm "$@" 2>&1 < /dev/null &
		echo $! > "/tmp/$name.pid"
		wait $!
		echo $? > "/tmp/$name"
	} | tee "/tmp/$name.log" | sed "s/^/$name: /"
}

new() { # name
	name=$1
	shift
	vm "$name" --kernel /vm/vmlinuz --initrd /vm/initrd.gz --cpus "$cpus" "$@"
}

# What boots again and again takes no time: it prints a line at the UART of earlycon, and powers itself off.
#	mov r1, #0x9000000; mov r0, #'K'; str r0, [r1]; mov r0, #10; str r0, [r1]
#	mov r0, #0x84000000; add r0, r0, #8; hvc #0
printf '\011\024\240\343\113\000\240\343\000\000\201\345\012\000\240\343\000\000\201\345' > /tmp/line
printf '\041\003\240\343\010\000\200\342\160\000\100\341' >> /tmp/line

# What is wrong, in words.
complains() { # words, options...
	words=$1
	shift
	vmm --kernel /tmp/line "$@" > /tmp/said 2>&1 < /dev/null
	equal "$? $(cat /tmp/said)" "1 vmm: $words" "vmm $*: status and words"
}

# A VM with a disk and a network to this machine. Its device tree has been written, and is taken.
boot() {
	seq 30000 | head -c 131072 > /tmp/disk
	want=$(sum < /tmp/disk)
	truncate -s 256K /tmp/disk
	seq 100000 | head -c 262144 > /tmp/plain
	complains '/dev/net/tun: cannot be opened: is the module tun loaded, and are you root?' --net tap:tap0
	insmod "/lib/modules/$(uname -r)/tun.ko"
	equal "$(vmm --kernel /tmp/line --initrd /vm/initrd.gz --cpus "$cpus" --memory 96 --disk /tmp/disk --rng \
		--net tap:tap0 --append "console=hvc0 quiet test=vm cpus=$cpus mib=96 me=2 peer=1 sum=$want" \
		--dump-dtb /tmp/vm.dtb)" K 'a small kernel prints a line, and powers itself off'
	vm vm --kernel /vm/vmlinuz --initrd /vm/initrd.gz --cpus "$cpus" --memory 96 --disk /tmp/disk --rng \
		--net tap:tap0 --dtb /tmp/vm.dtb &
	for turn in $(seq 100); do
		[ -e /sys/class/net/tap0 ] && break
		usleep 100000
	done
	complains 'tap0: another program has this interface' --net tap:tap0
	complains 'lo: this interface is no TAP' --net tap:lo
	complains '/init: is no device tree (dtc makes one of a source)' --dtb /init
	complains '/bin/busybox: is empty, or larger than 64 KiB' --dtb /bin/busybox
	check_network 10.0.0.1 10.0.0.2 tap0
	wait
	equal "$(cat /tmp/vm)" 0 'the VM has powered itself off'
	equal "$(tail -c 131072 /tmp/disk | sum)" "$(seq 2 40000 | head -c 131072 | sum)" 'it has written to its disk'
}

# Two VMs with a disk each, and a wire between them. What they have written is in the images.
device() { # me, peer
	seq "$1" 30000 | head -c 131072 > "/tmp/disk$1"
	want=$(sum < "/tmp/disk$1")
	truncate -s 256K "/tmp/disk$1"
	vm "wire$1" --kernel /vm/vmlinuz --initrd /vm/initrd.gz --disk "/tmp/disk$1" --rng --net unix:/tmp/wire \
		--append "console=hvc0 quiet test=inside me=$1 peer=$2 sum=$want"
}

devices() {
	device 1 2 &
	device 2 1
	wait
	for n in 1 2; do
		equal "$(cat /tmp/wire$n)" 0 "VM $n has powered itself off"
		equal "$(head -c 131072 /tmp/disk$n | sum)" "$(seq $n 30000 | head -c 131072 | sum)" \
			'the first half of its image is as it was'
		equal "$(tail -c 131072 /tmp/disk$n | sum)" "$(seq $n 40000 | head -c 131072 | sum)" \
			'the second half is what it has written'
	done
}

# ---- VMs that do steps.sh

steps=$(argument steps 12)
ending='' # of the guest, as a word of its command line

step() { # name: its last one
	grep -s '^step ' "/tmp/$1.log" | tail -n 1 | tr -dc 0-9
}

reaches() { # name, step
	for turn in $(seq 1500); do
		[ "$(step "$1")" -ge "$2" ] 2> /dev/null && return
		usleep 200000
	done
	result no "$1 reaches step $2"
}

tell() { # name, signal
	kill "-$2" "$(cat "/tmp/$1.pid")"
}

stepping() { # name
	name=$1
	shift
	truncate -s 16K /tmp/disk
	new "$name" --disk /tmp/disk "$@" --append "console=hvc0 quiet test=steps steps=$steps $ending"
}

pauses() { # name
	tell "$1" USR1
	for turn in $(seq 100); do
		grep -qs '^vmm: paused' "/tmp/$1.log" && break
		usleep 100000
	done
	before=$(step "$1")
	sleep 2
	equal "$(step "$1")" "$before" 'while it is paused, it makes no step'
	tell "$1" USR2
}

status() { # name: at its end
	while [ ! -s "/tmp/$1" ]; do
		usleep 50000
	done
	cat "/tmp/$1"
}

pages() { # name, words behind 'pages sent'
	sed -n "s/^vmm: pages sent $2: //p" "/tmp/$1.log"
}

# It is paused; then it goes through a file into a second process, and from there, as it runs, into a third
# one, which waits for it. There it resets itself, and boots what that one has been given.
moved() {
	ending=end=reset
	stepping vm1 --save /tmp/saved &
	reaches vm1 2
	pauses vm1
	reaches vm1 3
	tell vm1 HUP
	wait
	vm vm3 --disk /tmp/disk --restore unix:/tmp/way --kernel /tmp/line &
	vm vm2 --disk /tmp/disk --restore /tmp/saved --save unix:/tmp/way &
	reaches vm2 4
	tell vm2 HUP
	[ "$(status vm2)" = 3 ] || tell vm3 TERM # or it would wait for ever
	wait
	equal "$(cat /tmp/vm[123].log | grep '^step ' | tr -dc '0-9\n' | tr '\n' ' ')" \
		"$(seq "$steps" | tr '\n' ' ')" 'it has made each step once'
	equal "$(cat /tmp/vm[123] | tr '\n' ' ')" '3 3 0 ' 'it was saved twice, and has powered itself off'
	equal "$(tail -n 1 /tmp/vm3.log)" K 'after a reset the third process has booted another kernel'
	all=$(pages vm2 'while it ran')
	rest=$(pages vm2 'while it was held')
	between "$all" 2000 100000 'pages were sent while it ran'
	between "$rest" 0 $((all / 4)) 'pages while it was held' # it may be asleep by then
}

# Process after process: each saves it at another moment, into a file or to the next one, which waits.
storm() {
	lives=$(argument lives 16)
	stepping vm0 --save /tmp/saved &
	for n in $(seq "$lives"); do
		usleep $((($(od -An -N2 -tu2 /dev/urandom) % 400 + 100) * 1000))
		last=$((n - 1))
		target=/tmp/saved
		[ $((n % 2)) = 0 ] && target=unix:/tmp/way$n
		[ $((n % 2)) = 1 ] || vm "vm$n" --disk /tmp/disk --restore "$target" --save /tmp/saved &
		storm_wait_for "vm$last"
		tell "vm$last" HUP
		equal "$(status "vm$last")" 3 "life $last ends as it is saved"
		[ $((n % 2)) = 0 ] || vm "vm$n" --disk /tmp/disk --restore "$target" --save "unix:/tmp/way$((n + 1))" &
	done
	wait
	equal "$(cat "/tmp/vm$lives")" 0 'the last one has powered itself off'
	equal "$(cat /tmp/vm[0-9]*.log | grep '^step ' | tr -dc '0-9\n' | sort -n | tr '\n' ' ')" \
		"$(seq "$steps" | tr '\n' ' ')" 'it has made each step once'
}

# It is restored, and runs.
storm_wait_for() { # name
	for turn in $(seq 600); do
		grep -qs -e '^vmm: restored' -e '^step ' "/tmp/$1.log" && return
		usleep 100000
	done
	result no "$1 runs"
}

insmod "/lib/modules/$(uname -r)/plumbline_kvm.ko"
for part in $(argument what boot | tr , ' '); do
	"$part"
done
rmmod plumbline_kvm
equal "$(ls /dev/kvm 2> /dev/null)" '' 'no VM is left, and the module is unloaded'
check_log
