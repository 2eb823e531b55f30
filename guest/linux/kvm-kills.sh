# SPDX-License-Identifier: BSD-2-Clause
# Processes with VMs are killed at random moments (kvmtest kills): what they leave of memory, pages
# that are held, and files. Then a kernel ends with VMs, by kexec, and the next one begins with them.

# The first word behind a name in a file of /proc.
number() { # name, file
	awk -v name="$1" '$1 == name { print $2; exit }' "$2"
}

look() {
	sync
	echo 3 > /proc/sys/vm/drop_caches
	sleep 1
	files=$(cut -f1 /proc/sys/fs/file-nr)
	pins=$(($(number nr_foll_pin_acquired /proc/vmstat) - $(number nr_foll_pin_released /proc/vmstat)))
	# Those in each CPU's list are free, too, and these lists grow with what is freed at once.
	memory=$(($(number MemFree: /proc/meminfo) + 4 * $(awk '$1 == "count:" { n += $2 } END { print n }' /proc/zoneinfo)))
}

# ---- the next kernel ----

# In this one's place, with the same device tree: a RAM disk of the same size at the same place, of the
# files that this one has, and /next.
cell() { # property of /chosen
	echo $((0x$(hexdump -v -e '1/1 "%02x"' "/proc/device-tree/chosen/$1")))
}

# A process with all VMs that there may be, of which one runs.
leave() {
	kvmtest leave > /tmp/tap &
	for turn in $(seq 100); do
		grep -q 'may be' /tmp/tap && break
		usleep 100000
	done
	usleep 100000
}

next_kernel() {
	start=$(cell linux,initrd-start)
	end=$(cell linux,initrd-end)
	ram=$((0x$(awk -F- '/System RAM/ { print $1; exit }' /proc/iomem)))
	touch /next
	mkdir /tmp/all
	mount -o bind / /tmp/all # without what is mounted in it
	(cd /tmp/all && find . -xdev ! -path './vm/*' ! -path './tmp/*' | cpio -o -H newc 2> /dev/null | gzip -1) > /tmp/initrd
	[ "$(wc -c < /tmp/initrd)" -le $((end - start)) ] || echo 'FAIL: the RAM disk is too large'
	truncate -s $((end - start)) /tmp/initrd
	kexec /vm/vmlinuz $((ram + 0x2000000)) /tmp/initrd "$start" /sys/firmware/fdt $(((end + 0xffff) & ~0xffff))
	echo 'FAIL: there is no other kernel'
}

if [ -e /next ]; then
	insmod "/lib/modules/$(uname -r)/plumbline_kvm.ko"
	equal "$(dmesg | grep -o 'plumbline_kvm: .* of a former kernel.*')" \
		'plumbline_kvm: 8 VMs of a former kernel are ended' 'the log says what was left'
	kvmtest device vm run > /tmp/tap
	equal "$?" 0 'kvmtest in the next kernel'
	grep '^not ok' /tmp/tap
	leave
	equal "$(grep '^ok .*may be' /tmp/tap)" 'ok 2 - as many VMs as there may be' 'and it has room for all VMs'
	kill -9 $!
	wait
	rmmod plumbline_kvm
	insmod "/lib/modules/$(uname -r)/plumbline_kvm.ko"
	equal "$(dmesg | grep -c 'of a former kernel')" 1 'the second time, there are none'
	check_log
	return
fi

# ---- processes ----

insmod "/lib/modules/$(uname -r)/plumbline_kvm.ko"
kvmtest device signals > /dev/null # what the kernel allocates once is there then
look
files_before=$files
pins_before=$pins
memory_before=$memory
kvmtest kills > /tmp/tap
equal "$?" 0 'the exit status of kvmtest'
grep '^not ok' /tmp/tap
rounds=$(grep -c '^ok' /tmp/tap)
equal "$rounds" 4 'all processes are killed, and as many VMs can be made as before'
look
# Each CPU counts some for itself; eventfds alone were 8000.
between "$((files - files_before))" -100 100 'files are left'
equal "$pins" "$pins_before" 'pages are held as before'
# One page of each process would be 2000 KiB.
between "$((memory_before - memory))" -100000 1000 'KiB of memory are missing'
rmmod plumbline_kvm
check_log

insmod "/lib/modules/$(uname -r)/plumbline_kvm.ko"
leave
echo 'the next kernel'
next_kernel
