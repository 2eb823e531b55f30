/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/tap.h"
#include "guest/linux/kvmtest/sys.h"
#include "guest/linux/vmm/os.h"
#include <string.h>

#define TAP_FILE   "/dev/net/tun"
#define TAP_SETIFF 0x400454cau /* TUNSETIFF */
#define TAP_FLAGS  0x1002u     /* IFF_TAP, IFF_NO_PI: frames, with nothing in front of them */

/* struct ifreq */
struct tap_request {
	char name[16];
	uint16_t flags;
	uint8_t rest[14];
};

static const char *tap_why(int32_t error)
{
	switch (error) {
	case -SYS_EPERM:
		return "this interface is for root, or for its owner";
	case -SYS_EBUSY:
		return "another program has this interface";
	case -SYS_EINVAL:
		return "this interface is no TAP";
	default:
		return "this interface cannot be had";
	}
}

int32_t tap_open(const char *name)
{
	struct tap_request request = { .flags = TAP_FLAGS };
	int32_t file = os_open(TAP_FILE, OS_O_RDWR), error;

	if (file < 0) {
		os_fail(TAP_FILE, "cannot be opened: is the module tun loaded, and are you root?");
	}
	if (!*name || strlen(name) >= sizeof(request.name)) {
		os_fail(name, "is no name of an interface: 1 to 15 characters");
	}
	memcpy(request.name, name, strlen(name));
	error = sys_ioctl(file, TAP_SETIFF, sys_at(&request));
	if (error < 0) {
		os_fail(name, tap_why(error));
	}
	return file;
}
