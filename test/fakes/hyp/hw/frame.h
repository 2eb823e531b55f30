/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HYP_HW_FRAME_H
#define HYP_HW_FRAME_H

#include "hyp/base/guest_regs.h"

static inline void hw_frame_copy(struct guest_regs *to, const struct guest_regs *from)
{
	*to = *from;
}

#endif
