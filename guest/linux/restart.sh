# SPDX-License-Identifier: BSD-2-Clause
# Restarts the partition as soon as it is up, until somebody types `stop`.

echo 'linux: up'
if read -t 1 -r reply && [ "$reply" = stop ]; then
	result yes 'told to stop'
else
	reboot -f
fi
