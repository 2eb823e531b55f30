// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * KVM_IRQFD. An eventfd that is signalled is an edge of its GSI, or raises its line until the guest
 * ends the interrupt (resample.c): the lines of the VM are driven where that happens, in any
 * context, without work that is put off.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "vm.h"

/* ---- eventfds ---- */

struct irqfd {
	struct list_head list;	   /* vm->irqfds; empty: it is to be freed */
	struct resample *resample; /* or NULL */
	struct vm *vm;
	u32 gsi;
	struct eventfd_ctx *event;
	wait_queue_entry_t wait; /* in the eventfd's queue */
	poll_table poll;
	struct work_struct free;
};

/* For what must not be done where an eventfd is signalled. */
static struct workqueue_struct *irqfd_work;

/* vm->lock is held: routes do not change while lines are watched, or not any more. */
static void irqfd_free_one(struct irqfd *one)
{
	resample_remove(one->vm, one->resample);
	eventfd_ctx_put(one->event);
	kfree(one);
}

static void irqfd_free(struct work_struct *work)
{
	struct irqfd *one = container_of(work, struct irqfd, free);
	struct vm *vm = one->vm;
	u64 count;

	eventfd_ctx_remove_wait_queue(one->event, &one->wait, &count);
	mutex_lock(&vm->lock);
	irqfd_free_one(one);
	mutex_unlock(&vm->lock);
}

/* vm->irqfds_lock is held. */
static void irqfd_drop(struct irqfd *one)
{
	if (!list_empty(&one->list)) {
		list_del_init(&one->list);
		queue_work(irqfd_work, &one->free);
	}
}

static void irqfd_drive(const struct irqfd *one)
{
	if (!routes_drive(one->vm, one->gsi, 1) && !one->resample)
		routes_drive(one->vm, one->gsi, 0);
}

/* The eventfd's own lock is held, and interrupts are masked. */
static int irqfd_signalled(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct irqfd *one = container_of(wait, struct irqfd, wait);
	__poll_t events = key_to_poll(key);
	struct vm *vm = one->vm;
	unsigned long flags;
	u64 count;

	if (events & EPOLLIN) {
		eventfd_ctx_do_read(one->event, &count);
		irqfd_drive(one);
	}
	if (events & EPOLLHUP) {
		spin_lock_irqsave(&vm->irqfds_lock, flags);
		irqfd_drop(one);
		spin_unlock_irqrestore(&vm->irqfds_lock, flags);
	}
	return 0;
}

static void irqfd_wait_in(struct file *file, wait_queue_head_t *queue, poll_table *poll)
{
	add_wait_queue(queue, &container_of(poll, struct irqfd, poll)->wait);
}

static struct irqfd *irqfd_make(struct vm *vm, u32 gsi, struct file *file)
{
	struct eventfd_ctx *event = eventfd_ctx_fileget(file);
	struct irqfd *one;

	if (IS_ERR(event))
		return ERR_CAST(event);
	one = kzalloc(sizeof(*one), GFP_KERNEL_ACCOUNT);
	if (!one) {
		eventfd_ctx_put(event);
		return ERR_PTR(-ENOMEM);
	}
	one->vm = vm;
	one->gsi = gsi;
	one->event = event;
	INIT_WORK(&one->free, irqfd_free);
	init_waitqueue_func_entry(&one->wait, irqfd_signalled);
	init_poll_funcptr(&one->poll, irqfd_wait_in);
	return one;
}

static int irqfd_list(struct vm *vm, struct irqfd *one)
{
	struct irqfd *other;
	int error = 0;

	spin_lock_irq(&vm->irqfds_lock);
	list_for_each_entry (other, &vm->irqfds, list) {
		if (other->event == one->event)
			error = -EBUSY;
	}
	if (!error)
		list_add_tail(&one->list, &vm->irqfds);
	spin_unlock_irq(&vm->irqfds_lock);
	return error;
}

/* Before it is signalled. */
static int irqfd_resample(struct irqfd *one, const struct kvm_irqfd *args)
{
	struct resample *resample;

	if (!(args->flags & KVM_IRQFD_FLAG_RESAMPLE))
		return 0;
	resample = resample_add(one->vm, args->gsi, args->resamplefd);
	if (IS_ERR(resample))
		return PTR_ERR(resample);
	one->resample = resample;
	return 0;
}

static int irqfd_assign_file(struct vm *vm, const struct kvm_irqfd *args, struct file *file)
{
	struct irqfd *one = irqfd_make(vm, args->gsi, file);
	int error;

	if (IS_ERR(one))
		return PTR_ERR(one);
	/* One caller at a time adds, so that nobody drops it before it waits. */
	mutex_lock(&vm->lock);
	error = irqfd_resample(one, args);
	if (!error)
		error = irqfd_list(vm, one);
	if (error)
		irqfd_free_one(one);
	else if (vfs_poll(file, &one->poll) & EPOLLIN)
		irqfd_drive(one);
	mutex_unlock(&vm->lock);
	return error;
}

static int irqfd_assign(struct vm *vm, const struct kvm_irqfd *args)
{
	struct file *file;
	int error;

	if (!vm->has_gic)
		return -EAGAIN;
	file = fget(args->fd);
	if (!file)
		return -EBADF;
	error = irqfd_assign_file(vm, args, file);
	fput(file);
	return error;
}

static int irqfd_remove(struct vm *vm, const struct kvm_irqfd *args)
{
	struct eventfd_ctx *event = eventfd_ctx_fdget(args->fd);
	struct irqfd *one, *next;

	if (IS_ERR(event))
		return PTR_ERR(event);
	mutex_lock(&vm->lock);
	spin_lock_irq(&vm->irqfds_lock);
	list_for_each_entry_safe (one, next, &vm->irqfds, list) {
		if (one->event == event && one->gsi == args->gsi)
			irqfd_drop(one);
	}
	spin_unlock_irq(&vm->irqfds_lock);
	mutex_unlock(&vm->lock);
	eventfd_ctx_put(event);
	flush_workqueue(irqfd_work); /* from here on, it drives no line */
	return 0;
}

int irqfd_set(struct vm *vm, const struct kvm_irqfd *args)
{
	if (args->flags & ~(KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE))
		return -EINVAL;
	return args->flags & KVM_IRQFD_FLAG_DEASSIGN ? irqfd_remove(vm, args)
						     : irqfd_assign(vm, args);
}

/* ---- the VM's, and the module's ---- */

void irqfd_init(struct vm *vm)
{
	INIT_LIST_HEAD(&vm->irqfds);
	spin_lock_init(&vm->irqfds_lock);
}

void irqfd_remove_all(struct vm *vm)
{
	struct irqfd *one, *next;

	spin_lock_irq(&vm->irqfds_lock);
	list_for_each_entry_safe (one, next, &vm->irqfds, list)
		irqfd_drop(one);
	spin_unlock_irq(&vm->irqfds_lock);
	flush_workqueue(irqfd_work);
}

int irqfd_start(void)
{
	irqfd_work = alloc_workqueue("plumbline_kvm", 0, 0);
	return irqfd_work ? 0 : -ENOMEM;
}

void irqfd_stop(void)
{
	destroy_workqueue(irqfd_work);
}
