/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio-net (Virtio 1.1, 5.1): a wire to another VM, which is a socket with a path; or to this
 * machine, whose end is a network interface (tap.h). Of two VMs the first one makes the socket, the
 * second one finds it. Without the other end, and while its queue is full, what is sent is lost, as
 * on a wire.
 */
#ifndef LINUX_VMM_NET_H
#define LINUX_VMM_NET_H

/* "unix:PATH", or "tap:NAME". Another text, a path where no socket can be, or an interface that
 * cannot be had ends the program. */
void net_add(const char *wire);

#endif
