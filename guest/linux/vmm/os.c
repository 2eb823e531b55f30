/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/os.h"
#include "guest/linux/kvmtest/sys.h"

#define OS_UNLINK    10
#define OS_FDATASYNC 148
#define OS_LLSEEK    140
#define OS_WRITEV    146
#define OS_PREADV    361
#define OS_PWRITEV   362
#define OS_GETRANDOM 384
#define OS_NONBLOCK  0x800u
#define OS_TCGETS    0x5401u
#define OS_TCSETS    0x5402u

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
	int32_t error = sys_call(OS_LLSEEK, (uint32_t)file, 0, 0, sys_at(&size), 2, 0);

	return error ? 0 : size;
}

void os_rewind(int32_t file)
{
	uint64_t at;

	(void)sys_call(OS_LLSEEK, (uint32_t)file, 0, 0, sys_at(&at), 0, 0);
}

void os_close(int32_t file)
{
	(void)sys_close(file);
}

void os_unlink(const char *path)
{
	(void)sys_call3(OS_UNLINK, sys_at(path), 0, 0);
}

int32_t os_read_at(int32_t file, uint64_t at, const struct os_part *parts, uint32_t count)
{
	return sys_call(OS_PREADV, (uint32_t)file, sys_at(parts), count, (uint32_t)at,
			(uint32_t)(at >> 32), 0);
}

int32_t os_write_at(int32_t file, uint64_t at, const struct os_part *parts, uint32_t count)
{
	return sys_call(OS_PWRITEV, (uint32_t)file, sys_at(parts), count, (uint32_t)at,
			(uint32_t)(at >> 32), 0);
}

int32_t os_write_parts(int32_t file, const struct os_part *parts, uint32_t count)
{
	return sys_call3(OS_WRITEV, (uint32_t)file, sys_at(parts), count);
}

int32_t os_sync(int32_t file)
{
	return sys_call3(OS_FDATASYNC, (uint32_t)file, 0, 0);
}

int32_t os_random(void *to, uint32_t size)
{
	return sys_call3(OS_GETRANDOM, sys_at(to), size, 0);
}

void os_sleep_us(uint32_t us)
{
	sys_sleep_us(us);
}

/* ---- the terminal ---- */

/* struct termios of the kernel on Arm */
struct os_modes {
	uint32_t input, output, control, local;
	uint8_t line, keys[19];
};

static struct os_modes os_modes; /* as they were */
static int32_t os_terminal = -1; /* whose */

bool os_terminal_take(int32_t file)
{
	struct os_modes raw;

	if (sys_ioctl(file, OS_TCGETS, sys_at(&os_modes)) != 0) {
		return false;
	}
	raw = os_modes;
	raw.input = 0;
	raw.output = 0;
	raw.local = 0;
	os_terminal = file;
	return sys_ioctl(file, OS_TCSETS, sys_at(&raw)) == 0;
}

static void os_terminal_give(void)
{
	if (os_terminal >= 0) {
		(void)sys_ioctl(os_terminal, OS_TCSETS, sys_at(&os_modes));
	}
}

/* ---- eventfds ---- */

int32_t os_event(void)
{
	int32_t event = sys_call3(SYS_EVENTFD2, 0, OS_NONBLOCK, 0);

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
	os_terminal_give();
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
