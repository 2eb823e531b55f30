/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets of the machine's own, with a path. */
#ifndef LINUX_VMM_SOCK_H
#define LINUX_VMM_SOCK_H

#include <stdbool.h>
#include <stdint.h>

#define SOCK_STREAM    1u
#define SOCK_SEQPACKET 5u /* keeps the borders of packets */

/* The path of "unix:PATH", or NULL: the text is something else. */
const char *sock_path(const char *text);
/* Each returns a file, or -errno. */
int32_t sock_connect(const char *path, uint32_t type);
/* -errno also where the path is there already. One peer at a time. */
int32_t sock_listen(const char *path, uint32_t type);
int32_t sock_accept(int32_t listener);
/* Makes the path, waits for one peer, and removes the path. */
int32_t sock_wait(const char *path, uint32_t type);
/* A socket that nobody listens at any more. A file of another kind stays. */
void sock_remove(const char *path);
void sock_unblock(int32_t file);
/* Reading and writing fail when nothing has come or gone for so long. */
void sock_limit(int32_t file, uint32_t seconds);
/* From here on the peer can send nothing; what it has sent can still be read. */
void sock_shut(int32_t file);

#endif
