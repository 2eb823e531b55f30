/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What guest/linux/kvm/vm.h and the files that sleep, or hold locks for long, need of Linux. Each
 * operation that other threads see is a point (fake_point): a test runs other threads there.
 */
#ifndef TEST_FAKES_KERNEL_THREADS_H
#define TEST_FAKES_KERNEL_THREADS_H

#include "test/fakes/kernel/kernel.h"
#include <signal.h>
#include <string.h>

typedef uint64_t u64;
typedef int64_t s64;
typedef int32_t s32;

#define __user
#define __rcu
#define noinline       __attribute__((noinline))
#define likely(x)      (x)
#define unlikely(x)    (x)
#define GFP_KERNEL     0
#define PAGE_SHIFT     12
#define PAGE_SIZE      4096ul
#define PAGE_MASK      (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(at) (((at) + PAGE_SIZE - 1) & PAGE_MASK)
#define U32_MAX	       UINT32_MAX
#define U64_MAX	       UINT64_MAX
#define S64_MAX	       INT64_MAX

#define min(a, b)	     ((a) < (b) ? (a) : (b))
#define max(a, b)	     ((a) > (b) ? (a) : (b))
#define min_t(type, a, b)    min((type)(a), (type)(b))
#define round_down(x, power) ((x) / (power) * (power))

#define container_of(pointer, type, member) \
	((type *)(void *)((char *)(pointer)-offsetof(type, member)))
#define module_param(...)     struct fake_nothing
#define MODULE_PARM_DESC(...) struct fake_nothing

void fake_point(void);

#define READ_ONCE(x)	 (fake_point(), (x))
#define WRITE_ONCE(x, v) (fake_point(), (void)((x) = (v)))
#define WARN_ON_ONCE(x)	 (x)

/* ---- threads ---- */

#define TASK_RUNNING	   0u
#define TASK_INTERRUPTIBLE 1u
#define TASK_KILLABLE	   2u

#define _TIF_NEED_RESCHED  1u
#define _TIF_SIGPENDING	   2u
#define _TIF_NOTIFY_SIGNAL 4u

struct mm_struct;

struct fake_task {
	u32 flags; /* _TIF_* */
	u32 state;
	bool killed;
	struct mm_struct *mm;
};

static struct fake_task *fake_current;

#define current		      fake_current
#define current_thread_info() fake_current

void fake_sleep(void); /* until the state is TASK_RUNNING */
void fake_spin(void);  /* others run */

static inline bool signal_pending(const struct fake_task *task)
{
	fake_point();
	return task->flags & _TIF_SIGPENDING;
}

static inline void fake_wake(struct fake_task *task)
{
	fake_point();
	task->state = TASK_RUNNING;
}

/* A signal; one that kills. */
static inline void fake_signal(struct fake_task *task, bool kills)
{
	task->killed = task->killed || kills;
	task->flags |= _TIF_SIGPENDING;
	if (kills || task->state == TASK_INTERRUPTIBLE) {
		task->state = TASK_RUNNING;
	}
}

static inline void cond_resched(void)
{
	fake_point();
}

static inline bool single_task_running(void)
{
	return true;
}

#define cpu_relax() fake_point()

/* ---- atomics, waiting ---- */

typedef struct {
	int value;
} atomic_t;

static inline int atomic_cmpxchg_acquire(atomic_t *at, int old, int new)
{
	int was;

	fake_point();
	was = at->value;
	at->value = was == old ? new : was;
	return was;
}

static inline int atomic_xchg_acquire(atomic_t *at, int new)
{
	int was;

	fake_point();
	was = at->value;
	at->value = new;
	return was;
}

#define atomic_xchg_release(at, new) atomic_xchg_acquire(at, new)

typedef struct {
	struct fake_task *waiting[4];
} wait_queue_head_t;

static inline void fake_queue(wait_queue_head_t *queue, struct fake_task *task, bool in)
{
	for (u32 n = 0; n < 4; n++) {
		if (queue->waiting[n] == (in ? NULL : task)) {
			queue->waiting[n] = in ? task : NULL;
			return;
		}
	}
}

static inline void wake_up(wait_queue_head_t *queue)
{
	fake_point();
	for (u32 n = 0; n < 4; n++) {
		if (queue->waiting[n]) {
			fake_wake(queue->waiting[n]);
		}
	}
}

/* As Linux: in the queue and no more running first, then the look. */
#define wait_event_killable(queue, condition)           \
	__extension__({                                 \
		int fake_error = 0;                     \
                                                        \
		fake_queue(&(queue), current, true);    \
		for (;;) {                              \
			current->state = TASK_KILLABLE; \
			if (condition) {                \
				break;                  \
			}                               \
			if (current->killed) {          \
				fake_error = -EINTR;    \
				break;                  \
			}                               \
			fake_sleep();                   \
		}                                       \
		current->state = TASK_RUNNING;          \
		fake_queue(&(queue), current, false);   \
		fake_error;                             \
	})

struct rcuwait {
	struct fake_task *task;
};

static inline void rcuwait_wake_up(struct rcuwait *wait)
{
	fake_point();
	if (wait->task) {
		fake_wake(wait->task);
	}
}

#define rcuwait_wait_event(wait, condition, how)                                        \
	do {                                                                            \
		(wait)->task = current;                                                 \
		for (;;) {                                                              \
			current->state = (how);                                         \
			if (condition) {                                                \
				break;                                                  \
			}                                                               \
			if (current->killed ||                                          \
			    ((how) == TASK_INTERRUPTIBLE && signal_pending(current))) { \
				break;                                                  \
			}                                                               \
			fake_sleep();                                                   \
		}                                                                       \
		current->state = TASK_RUNNING;                                          \
		(wait)->task = NULL;                                                    \
	} while (0)

/* ---- one timer; its time is in ns ---- */

enum hrtimer_restart { HRTIMER_NORESTART };
#define HRTIMER_MODE_REL 0
#define NSEC_PER_SEC	 1000000000ul

struct hrtimer {
	bool armed, rings; /* a test's thread calls its function */
	u64 ns;
};

static u32 fake_timer_starts;

static inline void hrtimer_start(struct hrtimer *timer, u64 ns, int mode)
{
	(void)mode;
	fake_point();
	timer->armed = true;
	timer->ns = ns;
	fake_timer_starts++;
}

static inline void hrtimer_cancel(struct hrtimer *timer)
{
	fake_point();
	timer->armed = false;
	while (timer->rings) {
		fake_spin();
	}
}

__extension__ typedef unsigned __int128 fake_u128;

static inline u64 mul_u64_u32_div(u64 a, u32 mul, u64 div)
{
	return (u64)((fake_u128)a * mul / div);
}

static inline u64 div_u64(u64 a, u32 by)
{
	return a / by;
}

/* ---- locks ---- */

struct mutex {
	int unused;
};
struct kref {
	int unused;
};

struct rw_semaphore {
	u32 readers;
};

static inline void down_read(struct rw_semaphore *sem)
{
	sem->readers++;
}

static inline void up_read(struct rw_semaphore *sem)
{
	sem->readers--;
}

static inline void spin_lock(spinlock_t *lock)
{
	lock->held = true;
}

static inline void spin_unlock(spinlock_t *lock)
{
	lock->held = false;
}

static inline void rcu_read_lock(void)
{
}

static inline void rcu_read_unlock(void)
{
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

/* ---- who is told of what Linux takes back ---- */

struct mmu_notifier {
	const struct mmu_notifier_ops *ops;
};

struct mmu_notifier_range {
	unsigned long start, end;
	bool blockable;
};

struct mmu_notifier_ops {
	void (*release)(struct mmu_notifier *notifier, struct mm_struct *mm);
	int (*invalidate_range_start)(struct mmu_notifier *notifier,
				      const struct mmu_notifier_range *range);
	void (*invalidate_range_end)(struct mmu_notifier *notifier,
				     const struct mmu_notifier_range *range);
};

/* ---- KVM's structures, of which pointers are enough ---- */

struct kvm_coalesced_mmio_zone;
struct kvm_dirty_log;
struct kvm_create_device;
struct kvm_arm_device_addr;
struct kvm_ioeventfd;
struct kvm_irqfd;
struct kvm_irq_routing;
struct kvm_userspace_memory_region;

#define KVM_MEM_LOG_DIRTY_PAGES 1u
#define KVM_MEM_READONLY	2u

#endif
