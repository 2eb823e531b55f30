/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/kvmtest/sys.h"

#define SYS_STACK 16384u

/* CLONE_VM, _FS, _FILES, _SIGHAND, _THREAD, _SYSVSEM, _PARENT_SETTID, _CHILD_CLEARTID */
#define SYS_CLONE_THREAD 0x00350f00u

#define SYS_SA_FLAGS	0x04000004u /* SA_RESTORER; SA_SIGINFO, as it returns by rt_sigreturn */
#define SYS_SA_RESTART	0x10000000u
#define SYS_SIG_BLOCK	0u
#define SYS_SIG_UNBLOCK 1u
#define SYS_FUTEX_WAIT	0u

struct sys_time {
	uint32_t seconds, ns;
};

struct sys_action {
	void (*handler)(int);
	uint32_t flags;
	void (*restorer)(void);
	uint32_t mask[2];
};

int32_t sys_clone(uint32_t flags, void *stack, volatile int32_t *tid);
void sys_signal_end(void);

/* The compiler calls them for what it makes of loops and assignments, too. */
void *memcpy(void *to, const void *from, size_t size)
{
	for (size_t n = 0; n < size; n++) {
		((volatile uint8_t *)to)[n] = ((const uint8_t *)from)[n];
	}
	return to;
}

void *memset(void *to, int value, size_t size)
{
	for (size_t n = 0; n < size; n++) {
		((volatile uint8_t *)to)[n] = (uint8_t)value;
	}
	return to;
}

void *sys_map(int32_t file, uint32_t page, size_t size, uint32_t protection, uint32_t flags)
{
	int32_t at = sys_call(SYS_MMAP2, 0, size, protection, flags, (uint32_t)file, page);

	return (uint32_t)at >= 0xfffff000u ? NULL : (void *)(uintptr_t)at;
}

void *sys_memory(size_t size)
{
	return sys_map(-1, 0, size, SYS_PROT_READ | SYS_PROT_WRITE,
		       SYS_MAP_PRIVATE | SYS_MAP_ANONYMOUS);
}

void sys_unmap(void *at, size_t size)
{
	(void)sys_call3(SYS_MUNMAP, sys_at(at), size, 0);
}

uint32_t sys_seconds(void)
{
	int32_t now[2] = { 0, 0 };

	(void)sys_call3(SYS_CLOCKGETTIME, 1, sys_at(now), 0);
	return (uint32_t)now[0];
}

void sys_sleep_us(uint32_t us)
{
	struct sys_time time = { us / 1000000, us % 1000000 * 1000 };

	(void)sys_call3(SYS_NANOSLEEP, sys_at(&time), 0, 0);
}

bool sys_read_file(const char *path, void *to, uint32_t room)
{
	int32_t file = sys_call3(SYS_OPEN, sys_at(path), 0, 0), got = 1;
	uint32_t size = 0;

	while (file >= 0 && got > 0 && size < room) {
		got = sys_call3(SYS_READ, (uint32_t)file, sys_at(to) + size, room - size);
		size += got > 0 ? (uint32_t)got : 0;
	}
	(void)sys_close(file);
	return file >= 0 && got == 0;
}

/* ---- threads ---- */

bool sys_thread_start(struct sys_thread *thread, void (*run)(void *), void *argument)
{
	uint32_t *top;

	thread->stack = sys_memory(SYS_STACK);
	if (!thread->stack) {
		return false;
	}
	top = (uint32_t *)thread->stack + SYS_STACK / sizeof(uint32_t) - 2;
	top[0] = (uint32_t)(uintptr_t)run;
	top[1] = sys_at(argument);
	thread->tid = 1;
	return sys_clone(SYS_CLONE_THREAD, top, &thread->tid) > 0;
}

void sys_thread_join(struct sys_thread *thread)
{
	int32_t tid;

	while ((tid = thread->tid) != 0) {
		(void)sys_call(SYS_FUTEX, sys_at(&thread->tid), SYS_FUTEX_WAIT, (uint32_t)tid, 0, 0,
			       0);
	}
	sys_unmap(thread->stack, SYS_STACK);
}

int32_t sys_tid(void)
{
	return sys_call3(SYS_GETTID, 0, 0, 0);
}

void sys_thread_signal(int32_t tid, uint32_t signal)
{
	(void)sys_call3(SYS_TGKILL, (uint32_t)sys_call3(SYS_GETPID, 0, 0, 0), (uint32_t)tid,
			signal);
}

/* ---- signals ---- */

static void sys_ignore(int signal)
{
	(void)signal;
}

void sys_catch(uint32_t signal)
{
	struct sys_action action = { sys_ignore, SYS_SA_FLAGS, sys_signal_end, { 0, 0 } };

	(void)sys_call(SYS_SIGACTION, signal, sys_at(&action), 0, 8, 0, 0);
}

void sys_handle(uint32_t signal, void (*handler)(int))
{
	struct sys_action action = {
		handler, SYS_SA_FLAGS | SYS_SA_RESTART, sys_signal_end, { 0, 0 }
	};

	(void)sys_call(SYS_SIGACTION, signal, sys_at(&action), 0, 8, 0, 0);
}

static uint32_t sys_mask(uint32_t signal)
{
	return 1u << (signal - 1);
}

void sys_block(uint32_t signal, bool blocked)
{
	uint32_t mask[2] = { sys_mask(signal), 0 };

	(void)sys_call(SYS_SIGPROCMASK, blocked ? SYS_SIG_BLOCK : SYS_SIG_UNBLOCK, sys_at(mask), 0,
		       8, 0, 0);
}

bool sys_take(uint32_t signal)
{
	uint32_t mask[2] = { sys_mask(signal), 0 };
	struct sys_time none = { 0, 0 };

	return sys_call(SYS_SIGTIMEDWAIT, sys_at(mask), 0, sys_at(&none), 8, 0, 0) ==
	       (int32_t)signal;
}
