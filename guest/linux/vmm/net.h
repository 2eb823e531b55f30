/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio-net (Virtio 1.1, 5.1): a wire to another VM, which is a socket with a path. The first of
 * the two makes it, the second one finds it. Without the other end, and while its queue is full,
 * what is sent is lost, as on a wire.
 */
#ifndef LINUX_VMM_NET_H
#define LINUX_VMM_NET_H

/* "unix:PATH". Another text, or a path where no socket can be, ends the program. */
void net_add(const char *wire);

#endif
