# SPDX-License-Identifier: BSD-2-Clause
# /dev/kvm by the module plumbline_kvm, tested by kvmtest (TAP). groups= names groups of its tests,
# rounds= is for the group hostile.

groups=$(argument groups '')

insmod "/lib/modules/$(uname -r)/plumbline_kvm.ko"
dmesg | grep -q 'plumbline_kvm: Plumbline, ABI 1\.[0-9]*: up to 8 vCPUs a VM' && told=yes || told=no
result $told 'the log says what the module has found'
kvmtest $(echo "$groups" | tr , ' ') $(argument rounds '') > /tmp/tap
failures=$?
while read -r first second rest; do
	case "$first $second" in
	'not ok') result no "${rest#* - }" ;;
	'ok '*) result yes "${rest#- }" ;;
	esac
done < /tmp/tap
grep '^# .*: ' /tmp/tap
equal "$failures" 0 'the exit status of kvmtest'
exec 3<> /dev/kvm
rmmod plumbline_kvm 2> /dev/null && gone=yes || gone=no
equal $gone no 'a descriptor holds the module'
exec 3>&-
rmmod plumbline_kvm
equal "$(ls /dev/kvm 2> /dev/null)" '' 'unloaded: no /dev/kvm'
check_log
