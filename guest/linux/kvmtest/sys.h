/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's system calls on 32-bit Arm, for a program without a C library; threads and signals. */
#ifndef KVMTEST_SYS_H
#define KVMTEST_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYS_FORK	 2
#define SYS_READ	 3
#define SYS_WRITE	 4
#define SYS_OPEN	 5
#define SYS_CLOSE	 6
#define SYS_GETPID	 20
#define SYS_KILL	 37
#define SYS_IOCTL	 54
#define SYS_SETRLIMIT	 75
#define SYS_MUNMAP	 91
#define SYS_FTRUNCATE	 93
#define SYS_WAIT4	 114
#define SYS_MPROTECT	 125
#define SYS_SETSCHEDULER 156 /* sched_ */
#define SYS_SCHED_YIELD	 158
#define SYS_NANOSLEEP	 162
#define SYS_MREMAP	 163
#define SYS_POLL	 168
#define SYS_SIGACTION	 174 /* rt_ */
#define SYS_SIGPROCMASK	 175 /* rt_ */
#define SYS_SIGTIMEDWAIT 177 /* rt_ */
#define SYS_GETRLIMIT	 191 /* u */
#define SYS_MMAP2	 192
#define SYS_MADVISE	 220
#define SYS_GETTID	 224
#define SYS_FUTEX	 240
#define SYS_EXIT_GROUP	 248
#define SYS_CLOCKGETTIME 263
#define SYS_TGKILL	 268
#define SYS_EVENTFD2	 356
#define SYS_USERFAULTFD	 388

#define SYS_EPERM   1
#define SYS_ENOENT  2
#define SYS_EINTR   4
#define SYS_EIO	    5
#define SYS_ENXIO   6
#define SYS_E2BIG   7
#define SYS_ENOEXEC 8
#define SYS_EBADF   9
#define SYS_EAGAIN  11
#define SYS_ENOMEM  12
#define SYS_EFAULT  14
#define SYS_EBUSY   16
#define SYS_EEXIST  17
#define SYS_ENODEV  19
#define SYS_EINVAL  22
#define SYS_EMFILE  24
#define SYS_ENOTTY  25
#define SYS_ENOSPC  28
#define SYS_ENOSYS  38

#define SYS_PROT_READ	  1u
#define SYS_PROT_WRITE	  2u
#define SYS_MAP_SHARED	  1u
#define SYS_MAP_PRIVATE	  2u
#define SYS_MAP_ANONYMOUS 0x20u
#define SYS_MAP_NORESERVE 0x4000u
#define SYS_DONTNEED	  4u /* MADV_DONTNEED */
#define SYS_MERGEABLE	  12u
#define SYS_HUGEPAGE	  14u

#define SYS_RDWR     2u
#define SYS_CREATE   01102u /* O_RDWR, O_CREAT, O_TRUNC */
#define SYS_NONBLOCK 04000u
#define SYS_SYNC     010000u

#define SYS_UFFDIO_API	    0xc018aa3fu
#define SYS_UFFDIO_REGISTER 0xc020aa00u
#define SYS_UFFDIO_COPY	    0xc028aa03u

#define SYS_SIGUSR1 10
#define SYS_SIGKILL 9

static inline int32_t sys_call(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d,
			       uint32_t e, uint32_t f)
{
	register uint32_t r0 __asm__("r0") = a;
	register uint32_t r1 __asm__("r1") = b;
	register uint32_t r2 __asm__("r2") = c;
	register uint32_t r3 __asm__("r3") = d;
	register uint32_t r4 __asm__("r4") = e;
	register uint32_t r5 __asm__("r5") = f;
	register uint32_t r7 __asm__("r7") = number;

	__asm__ volatile("svc #0"
			 : "+r"(r0)
			 : "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5), "r"(r7)
			 : "memory");
	return (int32_t)r0;
}

static inline int32_t sys_call3(uint32_t number, uint32_t a, uint32_t b, uint32_t c)
{
	return sys_call(number, a, b, c, 0, 0, 0);
}

static inline uint32_t sys_at(const volatile void *pointer)
{
	return (uint32_t)(uintptr_t)pointer;
}

static inline int32_t sys_close(int32_t file)
{
	return sys_call3(SYS_CLOSE, (uint32_t)file, 0, 0);
}

/* 0 or more, or -errno. */
static inline int32_t sys_ioctl(int32_t file, uint32_t call, uint32_t argument)
{
	return sys_call3(SYS_IOCTL, (uint32_t)file, call, argument);
}

/* Of a file from a page on, or (file < 0) new memory. NULL: an error. */
void *sys_map(int32_t file, uint32_t page, size_t size, uint32_t protection, uint32_t flags);
void *sys_memory(size_t size);
void sys_unmap(void *at, size_t size);
void sys_sleep_us(uint32_t us);
uint32_t sys_seconds(void); /* of a clock that is not set */
/* All of a file. False: it cannot be read, or there is no room for it. */
bool sys_read_file(const char *path, void *to, uint32_t room);

/* ---- threads ---- */

struct sys_thread {
	volatile int32_t tid; /* 0 when it has ended */
	void *stack;
};

bool sys_thread_start(struct sys_thread *thread, void (*run)(void *), void *argument);
void sys_thread_join(struct sys_thread *thread);
/* To a thread of this process. */
void sys_thread_signal(int32_t tid, uint32_t signal);
int32_t sys_tid(void);

/* Signals of this number interrupt a system call, and do nothing else. */
void sys_catch(uint32_t signal);
/* They call that, in the thread that gets them. System calls that can be are begun again
 * (SA_RESTART). */
void sys_handle(uint32_t signal, void (*handler)(int signal));
/* Blocks or unblocks it, in the calling thread. */
void sys_block(uint32_t signal, bool blocked);
/* Takes a signal that is blocked; false: there is none. */
bool sys_take(uint32_t signal);

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);

#endif
