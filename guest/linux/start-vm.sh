# SPDX-License-Identifier: BSD-2-Clause
# A VM inside this partition, with its console here; arguments are further options of vmm. init.sh runs
# it where the command line has start=start-vm, and `sh /tests/start-vm.sh` at the shell starts the next.

[ -e /dev/kvm ] || insmod "/lib/modules/$(uname -r)/plumbline_kvm.ko"
echo
dmesg | grep -o 'plumbline_kvm: Plumbline.*' | tail -n 1
echo "A VM is started, with 2 vCPUs and 64 MiB: 'poweroff -f' in it comes back here, as does Ctrl-\\."
vmm --kernel /vm/vmlinuz --initrd /vm/initrd.gz --cpus 2 --memory 64 \
	--append 'console=hvc0 quiet name=vm' "$@"
echo "The VM has ended. 'sh /tests/start-vm.sh' starts another one."
