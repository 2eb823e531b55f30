#!/bin/busybox sh
# SPDX-License-Identifier: BSD-2-Clause
# /init of the Linux guests. `test=NAME` on the command line runs /tests/NAME.sh; else a shell, whose prompt
# has the word name=WORD, and before it /tests/NAME.sh of `start=NAME`.

/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
# Everybody else's words stay off the console: lines of a test are read by their beginning.
echo 3 > /proc/sys/kernel/printk

# The word NAME=VALUE of the command line.
argument() { # name, default
	for word in $(cat /proc/cmdline); do
		[ "${word%%=*}" != "$1" ] || { echo "${word#*=}"; return; }
	done
	echo "$2"
}

# A console that is a virtio device comes with its modules.
case $(argument console '') in
hvc*)
	for module in virtio_mmio virtio_console; do
		insmod "/lib/modules/$(uname -r)/$module.ko"
	done
	exec < /dev/hvc0 > /dev/hvc0 2>&1
	;;
esac

test=$(argument test '')
if [ -n "$test" ]; then
	(. /tests/lib.sh && . "/tests/$test.sh" && summary) || echo "FAIL: $test.sh came to no end"
	poweroff -f
fi

name=$(argument name '')
[ -z "$name" ] || export PS1="$name # "
start=$(argument start '')
[ -z "$start" ] || sh "/tests/$start.sh"

echo
echo "Linux $(uname -r) on $(nproc) CPUs. 'poweroff -f' ends it, 'reboot -f' restarts it."
cd /root || exit
# A shell with job control, so that Ctrl-C reaches what runs in it. /init itself must not end.
while :; do
	setsid cttyhack sh -l
done
