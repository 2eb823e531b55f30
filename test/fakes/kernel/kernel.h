/* SPDX-License-Identifier: BSD-2-Clause */
/* What guest/linux/kvm/doorbell.c and resample.c need of Linux, for one CPU: an interrupt that a
 * test handles, a work that a test runs, eventfds that count. */
#ifndef TEST_FAKES_KERNEL_H
#define TEST_FAKES_KERNEL_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef uint32_t u32;

#define KBUILD_MODNAME	     "plumbline_kvm"
#define GFP_KERNEL_ACCOUNT   0
#define pr_err(...)	     fake_ignore(__VA_ARGS__)
#define IS_ERR(pointer)	     ((void)(pointer), false)
#define ERR_CAST(pointer)    ((void *)(pointer))
#define ERR_PTR(error)	     ((void)(error), (void *)NULL)
#define kzalloc(size, flags) ((void)(flags), calloc(1, size))
#define kfree(pointer)	     free(pointer)

static inline void fake_ignore(const char *format, ...)
{
	(void)format;
}

/* ---- locks ---- */

typedef struct {
	bool held;
} spinlock_t;

static int fake_irqs_masked;

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->held = false;
}

static inline void spin_lock_irq(spinlock_t *lock)
{
	lock->held = true;
	fake_irqs_masked++;
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
	lock->held = false;
	fake_irqs_masked--;
}

#define spin_lock_irqsave(lock, flags)	    ((flags) = 0, spin_lock_irq(lock))
#define spin_unlock_irqrestore(lock, flags) ((void)(flags), spin_unlock_irq(lock))

/* ---- lists ---- */

struct list_head {
	struct list_head *next, *prev;
};

#define INIT_LIST_HEAD(head) ((head)->next = (head)->prev = (head))

static inline void list_add_tail(struct list_head *one, struct list_head *head)
{
	one->prev = head->prev;
	one->next = head;
	head->prev->next = one;
	head->prev = one;
}

static inline void list_del(struct list_head *one)
{
	one->prev->next = one->next;
	one->next->prev = one->prev;
}

/* `list` is the first member. */
#define list_for_each_entry(one, head, list)                                \
	for ((one) = (void *)(head)->next; (void *)(one) != (void *)(head); \
	     (one) = (void *)(one)->list.next)

/* ---- eventfds, by number ---- */

struct eventfd_ctx {
	u32 count;
};

static struct eventfd_ctx fake_eventfds[64];

static inline struct eventfd_ctx *eventfd_ctx_fdget(int file)
{
	return &fake_eventfds[file];
}

static inline void eventfd_ctx_put(struct eventfd_ctx *event)
{
	(void)event;
}

/* ---- one work ---- */

struct work_struct {
	void (*run)(struct work_struct *work);
};

#define DECLARE_WORK(name, function) struct work_struct name = { function }
#define system_unbound_wq	     0

static struct work_struct *fake_work;

static inline void queue_work(int queue, struct work_struct *work)
{
	(void)queue;
	fake_work = work;
}

static inline bool fake_work_runs(void)
{
	struct work_struct *work = fake_work;

	fake_work = NULL;
	if (work) {
		work->run(work);
	}
	return work != NULL;
}

static inline void flush_work(struct work_struct *work)
{
	(void)work;
	(void)fake_work_runs();
}

/* ---- one interrupt ---- */

typedef enum { IRQ_NONE, IRQ_HANDLED } irqreturn_t;
typedef irqreturn_t (*fake_handler_t)(int irq, void *cookie);
struct device_node;

static fake_handler_t fake_handler;
static void *fake_cookie;
static int fake_irq_disabled; /* depth */

static inline struct device_node *of_find_compatible_node(void *from, void *type, const char *name)
{
	(void)from, (void)type;
	return (struct device_node *)(uintptr_t)name;
}

static inline int irq_of_parse_and_map(struct device_node *node, int index)
{
	(void)node;
	return 38 + index;
}

static inline void of_node_put(struct device_node *node)
{
	(void)node;
}

static inline int request_irq(int irq, fake_handler_t handler, unsigned long flags,
			      const char *name, void *cookie)
{
	(void)irq, (void)flags, (void)name;
	fake_handler = handler;
	fake_cookie = cookie;
	return 0;
}

static inline void free_irq(int irq, void *cookie)
{
	(void)irq, (void)cookie;
	fake_handler = NULL;
}

static inline void disable_irq_nosync(int irq)
{
	(void)irq;
	fake_irq_disabled++;
}

static inline void enable_irq(int irq)
{
	(void)irq;
	fake_irq_disabled--;
}

static inline void fake_irq_handle(void)
{
	fake_irqs_masked++;
	(void)fake_handler(38, fake_cookie);
	fake_irqs_masked--;
}

static inline void fake_kernel_reset(void)
{
	fake_work = NULL;
	fake_irq_disabled = fake_irqs_masked = 0;
	for (u32 n = 0; n < sizeof(fake_eventfds) / sizeof(fake_eventfds[0]); n++) {
		fake_eventfds[n].count = 0;
	}
}

#endif
