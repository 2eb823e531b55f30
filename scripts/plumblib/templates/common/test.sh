#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Boots the system for 60 s at most. The guest must print WANTED and end with status 0.
WANTED='@NAME@: SPI 40 taken, count 1'

log=out/test.log
"${PLUMB:-plumb}" run @NAME@.dts --timeout 60 "$@" </dev/null >"$log" 2>&1
status=$?
cat "$log"
if [ $status != 0 ]; then
	echo "FAIL @NAME@: exit code $status ('plumb run --help' lists them)"
	exit 1
fi
if ! grep -qF "$WANTED" "$log"; then
	echo "FAIL @NAME@: '$WANTED' was not printed"
	exit 1
fi
echo "PASS @NAME@"
