# SPDX-License-Identifier: BSD-2-Clause
# In a VM that a program makes by /dev/kvm (guest/linux/kvmtest/boot.c): CPUs, memory, time, interrupts. With
# sum= also its devices.

ZEROS=bb9f8df61474d25e71fa00722318cd387396ca1736605e1248821cc0de3d3af8 # SHA-256 of 4 MiB of them

cpus=$(argument cpus 1)
check_shape "$cpus" "$(argument mib 64)"
head -c 4194304 /dev/zero > /tmp/zeros
for n in $(seq 0 $((cpus - 1))); do
	taskset "$(printf %x $((1 << n)))" sha256sum /tmp/zeros > "/tmp/sum$n" &
done
wait
for n in $(seq 0 $((cpus - 1))); do
	equal "$(cut -d' ' -f1 "/tmp/sum$n")" $ZEROS "CPU $n computes"
done
start=$(microseconds)
sleep 1
between $(($(microseconds) - start)) 1000000 600000000 'sleep 1, in microseconds of the counter'
check_log
[ -z "$(argument sum '')" ] || . /tests/inside.sh
