/* SPDX-License-Identifier: BSD-2-Clause */
/* A VM from a stream (stream.h). An error in it, or a VM that has other devices, ends the program.
 */
#ifndef LINUX_VMM_RESTORE_H
#define LINUX_VMM_RESTORE_H

/* `source`: a file, or unix:PATH, where another process is waited for. Sets the numbers of `vm`,
 * before it is made. */
void restore_open(const char *source);
/* All of it. The vCPUs have been made, and the devices added; none runs. */
void restore_vm(void);

#endif
