/* SPDX-License-Identifier: BSD-2-Clause */
/* Device trees from files, for the host tools that check them with the monitor's own code. */
#ifndef SCRIPTS_TREE_FILE_H
#define SCRIPTS_TREE_FILE_H

#include "hyp/board/board.h"

#define EXIT_REFUSED 1
#define EXIT_USAGE   2

/* Stays open to the end of the program. On failure, ends the program with a message. */
void tree_file_open(struct fdt *fdt, const char *kind, const char *path);

/* Prints "manifest: /control: memory-size: REASON" on stderr; the exit status for that. */
int tree_file_refused(const char *kind, const struct refusal *why);

#endif
