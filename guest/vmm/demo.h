/* SPDX-License-Identifier: BSD-2-Clause */
/* The VM is guest/gicguest, and this partition does what control does in the demo
 * (guest/demo/protocol.h): it asserts each line of it in turn. */
#ifndef GUEST_VMM_DEMO_H
#define GUEST_VMM_DEMO_H

/* A look at the VM, by runner 0, again and again: what it does next. */
void demo_step(void);

/* Checks of what has been asserted and delivered. */
void demo_tell(void);

#endif
