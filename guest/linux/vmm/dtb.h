/* SPDX-License-Identifier: BSD-2-Clause */
/* A device tree of the user's. */
#ifndef LINUX_VMM_DTB_H
#define LINUX_VMM_DTB_H

#include <stdint.h>

/* NULL: these `size` bytes begin with a whole tree (Devicetree Specification 0.3, 5). Else what is
 * wrong. Its nodes are the guest's matter. */
const char *dtb_wrong(const uint8_t *bytes, uint32_t size);

#endif
