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

insmod "/lib/modules/$(uname -r)/plumbline_kvm.ko"
for part in $(argument what boot | tr , ' '); do
	"$part"
done
rmmod plumbline_kvm
equal "$(ls /dev/kvm 2> /dev/null)" '' 'no VM is left, and the module is unloaded'
check_log
