/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/sock.h"
#include "guest/linux/kvmtest/sys.h"
#include "guest/linux/vmm/os.h"
#include <string.h>

#define SOCK_FCNTL64	221
#define SOCK_SOCKET	281
#define SOCK_BIND	282
#define SOCK_CONNECT	283
#define SOCK_LISTEN	284
#define SOCK_SHUTDOWN	293
#define SOCK_SETSOCKOPT 294
#define SOCK_ACCEPT4	366

#define SOCK_SETFL    4u
#define SOCK_FLAGS    0x802u /* to read and write, without waiting */
#define SOCK_BLOCKS   0x800u /* not, when it is opened */
#define SOCK_LEVEL    1u     /* of options of all sockets */
#define SOCK_RCVTIMEO 20u
#define SOCK_SNDTIMEO 21u
#define SOCK_SHUT_RD  0u

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

/* To open a socket is ENXIO. */
void sock_remove(const char *path)
{
	int32_t file = os_open(path, OS_O_RDONLY | SOCK_BLOCKS);

	if (file >= 0) {
		os_close(file);
	} else if (file == -SYS_ENXIO) {
		os_unlink(path);
	}
}

int32_t sock_wait(const char *path, uint32_t type)
{
	int32_t listener, file;

	sock_remove(path);
	listener = sock_listen(path, type);
	if (listener < 0) {
		return listener;
	}
	file = sock_accept(listener);
	os_close(listener);
	os_unlink(path);
	return file;
}

void sock_limit(int32_t file, uint32_t seconds)
{
	const uint32_t time[2] = { seconds, 0 }; /* struct timeval */

	for (uint32_t option = SOCK_RCVTIMEO; option <= SOCK_SNDTIMEO; option++) {
		(void)sys_call(SOCK_SETSOCKOPT, (uint32_t)file, SOCK_LEVEL, option, sys_at(time),
			       sizeof(time), 0);
	}
}

void sock_shut(int32_t file)
{
	(void)sys_call3(SOCK_SHUTDOWN, (uint32_t)file, SOCK_SHUT_RD, 0);
}

void sock_unblock(int32_t file)
{
	(void)sys_call3(SOCK_FCNTL64, (uint32_t)file, SOCK_SETFL, SOCK_FLAGS);
}
