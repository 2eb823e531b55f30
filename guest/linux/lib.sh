# SPDX-License-Identifier: BSD-2-Clause
# What the tests of the Linux guests share: results in the words that test/run reads.

passed=0
failed=0

result() { # yes or no, name
	if [ "$1" = yes ]; then
		passed=$((passed + 1))
		echo "PASS: $2"
	else
		failed=$((failed + 1))
		echo "FAIL: $2"
	fi
}

equal() { # got, want, name
	if [ "$1" = "$2" ]; then
		result yes "$3"
	else
		result no "$3: '$1', not '$2'"
	fi
}

between() { # value, least, most, name
	if [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; then
		result yes "$4 ($1)"
	else
		result no "$4: $1, not $2 to $3"
	fi
}

# The kernel had nothing to complain about.
check_log() {
	complaints=$(dmesg | grep -E 'WARNING:|BUG:|Oops|rcu.*stall|soft lockup|nobody cared|Unhandled|unexpected')
	equal "$complaints" '' 'the kernel complains of nothing'
}

# One line from the console.
answer() { # words to ask with
	echo "linux: $*"
	read -r reply
	echo "linux: read '$reply'"
}

summary() {
	echo "SUMMARY: $passed passed, $failed failed"
}
