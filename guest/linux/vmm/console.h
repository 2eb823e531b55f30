/* SPDX-License-Identifier: BSD-2-Clause */
/* virtio-console (Virtio 1.1, 5.3): hvc0 of the guest is this program's terminal. */
#ifndef LINUX_VMM_CONSOLE_H
#define LINUX_VMM_CONSOLE_H

/* The terminal, if it is one, passes each key to the guest, but Ctrl-\ which ends this program,
 * whatever the guest does. */
void console_add(void);

#endif
