/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this program wants of Linux: files, eventfds, messages, locks. For its devices, this is all:
 * tests of them have another one.
 */
#ifndef LINUX_VMM_OS_H
#define LINUX_VMM_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OS_O_RDONLY 0u
#define OS_O_WRONLY 1u
#define OS_O_RDWR   2u
#define OS_O_CREAT  0x40u
#define OS_O_TRUNC  0x200u

#define OS_POLLIN 1

/* Errors */
#define OS_EAGAIN     11
#define OS_EPIPE      32
#define OS_ECONNRESET 104

#define OS_SIGHUP  1
#define OS_SIGINT  2
#define OS_SIGUSR2 12
#define OS_SIGPIPE 13
#define OS_SIGTERM 15
#define OS_SIGKICK 34 /* the first real-time signal: it only makes a thread leave KVM_RUN */

/* One part of a transfer: struct iovec. */
struct os_part {
	void *at;
	uint32_t size;
};

struct os_poll {
	int32_t file;
	int16_t events, revents;
};

/* ---- files; results are those of the system call: 0 or more, or -errno ---- */

int32_t os_open(const char *path, uint32_t flags);
void os_close(int32_t file);
void os_unlink(const char *path);
int32_t os_read(int32_t file, void *to, uint32_t size);
int32_t os_write(int32_t file, const void *from, uint32_t size);
/* All of it, however many calls that takes. False: an error, or the end. */
bool os_read_all(int32_t file, void *to, uint32_t size);
bool os_write_all(int32_t file, const void *from, uint32_t size);
/* Parts of memory at once, from a place in the file on, or (os_write_parts) to a socket. */
int32_t os_read_at(int32_t file, uint64_t at, const struct os_part *parts, uint32_t count);
int32_t os_write_at(int32_t file, uint64_t at, const struct os_part *parts, uint32_t count);
int32_t os_write_parts(int32_t file, const struct os_part *parts, uint32_t count);
int32_t os_sync(int32_t file); /* its data are on the disk */
int32_t os_random(void *to, uint32_t size);
/* Waits without an end; the other one does not wait. */
int32_t os_poll(struct os_poll *polls, uint32_t count);
int32_t os_poll_now(struct os_poll *polls, uint32_t count);
/* Its terminal passes each key, and no more, until this program ends: true, if it is one. */
bool os_terminal_take(int32_t file);
/* Bytes of a file or a block device; 0: it has none, or no size. */
uint64_t os_size(int32_t file);
/* It is read from its beginning. */
void os_rewind(int32_t file);

/* ---- eventfds ---- */

int32_t os_event(void); /* does not block */
void os_event_signal(int32_t event);
void os_event_clear(int32_t event);

/* ---- messages: a line on standard error ---- */

void os_say(const char *what, const char *of);
void os_say_number(const char *what, int64_t number);
/* The same, and the end of this program with status 1. */
_Noreturn void os_fail(const char *what, const char *of);
_Noreturn void os_fail_number(const char *what, int64_t number);
/* The terminal is as it was before. */
_Noreturn void os_exit(uint32_t status);

void os_sleep_us(uint32_t us);

/* ---- locks, and waiting for a word to change ---- */

struct os_lock {
	uint32_t state; /* 0 free, 1 taken, 2 taken and waited for */
};

void os_take(struct os_lock *lock);
void os_release(struct os_lock *lock);
/* Returns when it may have another value. */
void os_wait(volatile uint32_t *word, uint32_t value);
void os_wake(volatile uint32_t *word);

#endif
