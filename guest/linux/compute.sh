# SPDX-License-Identifier: BSD-2-Clause
# Computes, and watches its memory and its clock, while another Linux restarts beside it.

TURNS=$(argument turns 8)

# SHA-256 of 4 MiB of zeros, computed elsewhere.
ZEROS=bb9f8df61474d25e71fa00722318cd387396ca1736605e1248821cc0de3d3af8

head -c 4194304 /dev/zero > /tmp/zeros
# 8 MiB that must stay as they are.
head -c 8388608 /dev/urandom > /tmp/kept
kept=$(sha256sum < /tmp/kept)
clocks_begin
wrong=0
for turn in $(seq 1 "$TURNS"); do
	[ "$(sha256sum < /tmp/zeros | cut -d' ' -f1)" = $ZEROS ] || wrong=$((wrong + 1))
	[ "$(sha256sum < /tmp/kept)" = "$kept" ] || wrong=$((wrong + 1))
	sleep 1
done
equal $wrong 0 "$TURNS turns of computing"
clocks_check
check_log
