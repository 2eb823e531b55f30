/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls that newlib needs. */
#include "guest/lib/cpu.h"
#include "guest/lib/guest.h"
#include "guest/lib/psci.h"
#include "guest/lib/smp.h"
#include "guest/lib/start.h"
#include "guest/lib/uart.h"
#include <errno.h>
#include <reent.h>
#include <sys/stat.h>

void *_sbrk(ptrdiff_t increment);
int _write(int fd, const char *data, int length);
int _read(int fd, char *data, int length);
int _close(int fd);
int _fstat(int fd, struct stat *status);
int _isatty(int fd);
off_t _lseek(int fd, off_t offset, int whence);
int _kill(int pid, int signal);
int _getpid(void);
_Noreturn void _exit(int status);
void __malloc_lock(struct _reent *reent);
void __malloc_unlock(struct _reent *reent);
void _fini(void);

static struct spinlock syscalls_lock;
static volatile uint32_t syscalls_owner; /* CPU + 1 */
static uint32_t syscalls_depth;
static uint32_t syscalls_masks;

void *_sbrk(ptrdiff_t increment)
{
	uint32_t old = guest_break;
	uint32_t room = guest_heap_limit() - old;

	if (increment > 0 && (uint32_t)increment > room) {
		errno = ENOMEM;
		return (void *)-1;
	}
	guest_break = old + (uint32_t)increment;
	return (void *)(uintptr_t)old;
}

/* newlib locks recursively; the handlers of the same CPU stay out. */
void __malloc_lock(struct _reent *reent)
{
	uint32_t masks = cpu_irq_save();
	uint32_t me = smp_cpu() + 1;

	(void)reent;
	if (syscalls_owner != me) {
		spin_lock(&syscalls_lock);
		syscalls_owner = me;
		syscalls_masks = masks;
	}
	syscalls_depth++;
}

void __malloc_unlock(struct _reent *reent)
{
	(void)reent;
	if (--syscalls_depth == 0) {
		uint32_t masks = syscalls_masks;

		syscalls_owner = 0;
		spin_unlock(&syscalls_lock);
		cpu_irq_restore(masks);
	}
}

int _write(int fd, const char *data, int length)
{
	(void)fd;
	if (length < 0) {
		errno = EINVAL;
		return -1;
	}
	uart_write(data, (size_t)length);
	return length;
}

int _read(int fd, char *data, int length)
{
	int byte;

	(void)fd;
	if (length <= 0) {
		return 0;
	}
	while ((byte = uart_getc()) < 0) {
		cpu_relax();
	}
	data[0] = (char)byte;
	return 1;
}

int _close(int fd)
{
	(void)fd;
	errno = EBADF;
	return -1;
}

int _fstat(int fd, struct stat *status)
{
	(void)fd;
	status->st_mode = S_IFCHR;
	return 0;
}

int _isatty(int fd)
{
	(void)fd;
	return 1;
}

off_t _lseek(int fd, off_t offset, int whence)
{
	(void)fd;
	(void)offset;
	(void)whence;
	return 0;
}

int _kill(int pid, int signal)
{
	(void)pid;
	(void)signal;
	errno = EINVAL;
	return -1;
}

/* exit() calls it last. */
void _fini(void)
{
}

int _getpid(void)
{
	return 1;
}

/* Ends the whole partition. Bare QEMU does not have the first call, and cannot return a status. */
void _exit(int status)
{
	(void)cpu_irq_save();
	uart_drain();
	(void)hvc_call(PLUMB_SYSTEM_EXIT, (uint32_t)status, 0, 0);
	psci_system_off();
	for (;;) {
		cpu_wfi();
	}
}
