/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/os.h"
#include <string.h>

#define OS_FUTEX_WAIT 0u
#define OS_FUTEX_WAKE 1u
#define OS_LINE	      160u

/* ---- files ---- */

int32_t os_open(const char *path, uint32_t flags)
{
	return sys_call3(SYS_OPEN, sys_at(path), flags, 0600);
}

int32_t os_read(int32_t file, void *to, uint32_t size)
{
	return sys_call3(SYS_READ, (uint32_t)file, sys_at(to), size);
}

int32_t os_write(int32_t file, const void *from, uint32_t size)
{
	return sys_call3(SYS_WRITE, (uint32_t)file, sys_at(from), size);
}

bool os_read_all(int32_t file, void *to, uint32_t size)
{
	for (uint32_t done = 0; done < size;) {
		int32_t got = os_read(file, (uint8_t *)to + done, size - done);

		if (got == 0 || (got < 0 && got != -SYS_EINTR)) {
			return false;
		}
		done += got > 0 ? (uint32_t)got : 0;
	}
	return true;
}

bool os_write_all(int32_t file, const void *from, uint32_t size)
{
	for (uint32_t done = 0; done < size;) {
		int32_t put = os_write(file, (const uint8_t *)from + done, size - done);

		if (put == 0 || (put < 0 && put != -SYS_EINTR)) {
			return false;
		}
		done += put > 0 ? (uint32_t)put : 0;
	}
	return true;
}

int32_t os_poll(struct os_poll *polls, uint32_t count)
{
	return sys_call3(SYS_POLL, sys_at(polls), count, (uint32_t)-1);
}

int32_t os_poll_now(struct os_poll *polls, uint32_t count)
{
	return sys_call3(SYS_POLL, sys_at(polls), count, 0);
}

uint64_t os_size(int32_t file)
{
	uint64_t size = 0;
	int32_t error = sys_call(OS_LLSEEK, (uint32_t)file, 0, 0, sys_at(&size), OS_SEEK_END, 0);

	return error ? 0 : size;
}

/* ---- eventfds ---- */

int32_t os_event(void)
{
	int32_t event = sys_call3(SYS_EVENTFD2, 0, OS_O_NONBLOCK, 0);

	if (event < 0) {
		os_fail_number("eventfd", event);
	}
	return event;
}

void os_event_signal(int32_t event)
{
	const uint64_t one = 1;

	(void)os_write(event, &one, sizeof(one));
}

void os_event_clear(int32_t event)
{
	uint64_t count;

	(void)os_read(event, &count, sizeof(count));
}

/* ---- messages ---- */

static uint32_t os_add(char *line, uint32_t at, const char *text)
{
	while (*text && at < OS_LINE - 1) {
		line[at++] = *text++;
	}
	return at;
}

void os_say(const char *what, const char *of)
{
	char line[OS_LINE];
	uint32_t at = os_add(line, os_add(line, 0, "vmm: "), what);

	if (of) {
		at = os_add(line, os_add(line, at, ": "), of);
	}
	line[at++] = '\n';
	(void)os_write(2, line, at);
}

void os_say_number(const char *what, int64_t number)
{
	uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	char digits[22];
	uint32_t at = sizeof(digits) - 1;

	digits[at] = 0;
	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (number < 0) {
		digits[--at] = '-';
	}
	os_say(what, digits + at);
}

void os_exit(uint32_t status)
{
	for (;;) {
		(void)sys_call3(SYS_EXIT_GROUP, status, 0, 0);
	}
}

void os_fail(const char *what, const char *of)
{
	os_say(what, of);
	os_exit(1);
}

void os_fail_number(const char *what, int64_t number)
{
	os_say_number(what, number);
	os_exit(1);
}

/* ---- locks ---- */

void os_wait(volatile uint32_t *word, uint32_t value)
{
	(void)sys_call(SYS_FUTEX, sys_at(word), OS_FUTEX_WAIT, value, 0, 0, 0);
}

void os_wake(volatile uint32_t *word)
{
	(void)sys_call(SYS_FUTEX, sys_at(word), OS_FUTEX_WAKE, INT32_MAX, 0, 0, 0);
}

void os_take(struct os_lock *lock)
{
	uint32_t free = 0;

	if (__atomic_compare_exchange_n(&lock->state, &free, 1u, false, __ATOMIC_ACQUIRE,
					__ATOMIC_RELAXED)) {
		return;
	}
	while (__atomic_exchange_n(&lock->state, 2u, __ATOMIC_ACQUIRE) != 0) {
		os_wait(&lock->state, 2);
	}
}

void os_release(struct os_lock *lock)
{
	if (__atomic_exchange_n(&lock->state, 0u, __ATOMIC_RELEASE) == 2) {
		(void)sys_call(SYS_FUTEX, sys_at(&lock->state), OS_FUTEX_WAKE, 1, 0, 0, 0);
	}
}
