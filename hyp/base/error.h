/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's errno numbers (generic and ARM share them): a caller of the control ABI gets them
 * negated. */
#ifndef HYP_BASE_ERROR_H
#define HYP_BASE_ERROR_H

enum hyp_errno {
	HYP_EPERM = 1,
	HYP_ENOENT = 2,
	HYP_ESRCH = 3,
	HYP_ENXIO = 6,
	HYP_E2BIG = 7,
	HYP_ENOEXEC = 8,
	HYP_EBADF = 9,
	HYP_EAGAIN = 11,
	HYP_ENOMEM = 12,
	HYP_EFAULT = 14,
	HYP_EBUSY = 16,
	HYP_EEXIST = 17,
	HYP_ENODEV = 19,
	HYP_EINVAL = 22,
};

#endif
