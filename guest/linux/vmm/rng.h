/* SPDX-License-Identifier: BSD-2-Clause */
/* virtio-rng (Virtio 1.1, 5.4): random numbers of this kernel. */
#ifndef LINUX_VMM_RNG_H
#define LINUX_VMM_RNG_H

void rng_add(void);

#endif
