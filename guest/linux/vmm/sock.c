/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/sock.h"
#include "guest/linux/kvmtest/sys.h"
#include <string.h>

#define SOCK_FCNTL64 221
#define SOCK_SOCKET  281
#define SOCK_BIND    282
#define SOCK_CONNECT 283
#define SOCK_LISTEN  284
#define SOCK_ACCEPT4 366
#define SOCK_SETFL   4u
#define SOCK_FLAGS   0x802u /* to read and write, without waiting */

#define SOCK_UNIX 1u

struct sock_address {
	uint16_t family;
	char path[108];
};

const char *sock_path(const char *text)
{
	return strncmp(text, "unix:", 5) == 0 ? text + 5 : NULL;
}

static int32_t sock_call(uint32_t call, const char *path, uint32_t type)
{
	struct sock_address address = { .family = SOCK_UNIX };
	int32_t file = sys_call3(SOCK_SOCKET, SOCK_UNIX, type, 0), error;

	if (file < 0) {
		return file;
	}
	if (strlen(path) >= sizeof(address.path)) {
		error = -SYS_E2BIG;
	} else {
		memcpy(address.path, path, strlen(path));
		error = sys_call3(call, (uint32_t)file, sys_at(&address), sizeof(address));
	}
	if (error < 0) {
		(void)sys_close(file);
		return error;
	}
	return file;
}

int32_t sock_connect(const char *path, uint32_t type)
{
	return sock_call(SOCK_CONNECT, path, type);
}

int32_t sock_listen(const char *path, uint32_t type)
{
	int32_t file = sock_call(SOCK_BIND, path, type);

	if (file >= 0) {
		(void)sys_call3(SOCK_LISTEN, (uint32_t)file, 1, 0);
	}
	return file;
}

int32_t sock_accept(int32_t listener)
{
	return sys_call(SOCK_ACCEPT4, (uint32_t)listener, 0, 0, 0, 0, 0);
}

void sock_unblock(int32_t file)
{
	(void)sys_call3(SOCK_FCNTL64, (uint32_t)file, SOCK_SETFL, SOCK_FLAGS);
}
