# SPDX-License-Identifier: BSD-2-Clause
# To be typed at the shell: `sh /tests/shape.sh CPUS MIB`. Are they there?

. /tests/lib.sh
check_shape "$1" "$2"
check_log
summary
