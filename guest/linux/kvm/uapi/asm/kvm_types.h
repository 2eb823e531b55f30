/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Linux's <linux/kvm_types.h> wants one of each architecture with KVM: Arm's adds nothing. */
#ifndef PLUMBLINE_KVM_TYPES_H
#define PLUMBLINE_KVM_TYPES_H

#endif
