# SPDX-License-Identifier: BSD-2-Clause
# VMs by guest/linux/vmm on /dev/kvm. what= names a function below. The VMs boot /vm/vmlinuz.

cpus=$(argument cpus 2)

# A VM of its own console, each line of which gets its name in front; its options follow. The exit status
# is in /tmp/NAME.
vm() { # name
	name=$1
	shift
	{
		vmm --kernel /vm/vmlinuz --initrd /vm/initrd.gz --cpus "$cpus" "$@" 2>&1 < /dev/null
		echo $? > "/tmp/$name"
	} | sed "s/^/$name: /"
}

boot() {
	vm vm --append "console=hvc0 quiet test=vm cpus=$cpus mib=64"
	equal "$(cat /tmp/vm)" 0 'the VM has powered itself off'
}

# Two VMs with a disk each, and a wire between them. What they have written is in the images.
device() { # me, peer
	seq "$1" 30000 | head -c 131072 > "/tmp/disk$1"
	want=$(sum < "/tmp/disk$1")
	truncate -s 256K "/tmp/disk$1"
	vm "vm$1" --disk "/tmp/disk$1" --rng --net unix:/tmp/wire \
		--append "console=hvc0 quiet test=inside me=$1 peer=$2 sum=$want"
}

devices() {
	device 1 2 &
	device 2 1
	wait
	for n in 1 2; do
		equal "$(cat /tmp/vm$n)" 0 "VM $n has powered itself off"
		equal "$(head -c 131072 /tmp/disk$n | sum)" "$(seq $n 30000 | head -c 131072 | sum)" \
			'the first half of its image is as it was'
		equal "$(tail -c 131072 /tmp/disk$n | sum)" "$(seq $n 40000 | head -c 131072 | sum)" \
			'the second half is what it has written'
	done
}

insmod "/lib/modules/$(uname -r)/plumbline_kvm.ko"
for part in $(argument what boot | tr , ' '); do
	"$part"
done
rmmod plumbline_kvm
equal "$(ls /dev/kvm 2> /dev/null)" '' 'no VM is left, and the module is unloaded'
check_log
