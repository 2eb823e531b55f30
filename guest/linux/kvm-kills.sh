# SPDX-License-Identifier: BSD-2-Clause
# Processes with VMs are killed at random moments (kvmtest kills): what they leave of memory, pages
# that are held, and files.

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
	memory=$(number MemFree: /proc/meminfo)
}

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
