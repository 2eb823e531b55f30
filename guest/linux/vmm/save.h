/* SPDX-License-Identifier: BSD-2-Clause */
/* The VM as a stream (stream.h), into a file or to another process, where it goes on. */
#ifndef LINUX_VMM_SAVE_H
#define LINUX_VMM_SAVE_H

#include <stdbool.h>

/*
 * `target`: a file, for which the VM is held; or unix:PATH, where a process waits with --restore:
 * then the VM runs while its memory is sent, and what it has written meanwhile is sent again.
 * `meanwhile` is called again and again as long as it runs, and serves its devices. `held`: it is
 * held already, and stays so. True: the VM is there now, and must not run here again. False: the
 * user has been told, and it goes on as before.
 */
bool save_vm(const char *target, bool held, void (*meanwhile)(void));

#endif
