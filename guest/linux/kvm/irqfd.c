// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * KVM_IRQFD and KVM_SET_GSI_ROUTING. An eventfd that is signalled is an edge of its GSI: the lines
 * of the VM are driven where that happens, in any context, without work that is put off.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "vm.h"

#define IRQFD_FIRST_SPI 32
#define IRQFD_NO_PIN	U16_MAX

/* ---- routes ---- */

/* A GSI's pin of the GIC, or IRQFD_NO_PIN. Without a table, a GSI is the pin with its number. */
struct irqfd_routes {
	u16 pins[VM_MAX_GSI];
};

static u32 irqfd_pin(struct vm *vm, u32 gsi)
{
	const struct irqfd_routes *routes;
	u32 pin = gsi;

	rcu_read_lock();
	routes = rcu_dereference(vm->routes);
	if (routes)
		pin = gsi < VM_MAX_GSI ? routes->pins[gsi] : IRQFD_NO_PIN;
	rcu_read_unlock();
	return pin;
}

static void irqfd_pulse(struct vm *vm, u32 gsi)
{
	u32 pin = irqfd_pin(vm, gsi);
	u32 irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | (pin + IRQFD_FIRST_SPI);

	if (pin >= KVM_IRQCHIP_NUM_PINS)
		return;
	vgic_line(vm, irq, 1);
	vgic_line(vm, irq, 0);
}

/* One of the table: 0, or -EINVAL. */
static int irqfd_add_route(struct irqfd_routes *routes, const struct kvm_irq_routing_entry *entry)
{
	if (entry->gsi >= VM_MAX_GSI || routes->pins[entry->gsi] != IRQFD_NO_PIN)
		return -EINVAL;
	switch (entry->type) {
	case KVM_IRQ_ROUTING_IRQCHIP:
		if (entry->flags || entry->u.irqchip.irqchip >= KVM_NR_IRQCHIPS ||
		    entry->u.irqchip.pin >= KVM_IRQCHIP_NUM_PINS)
			return -EINVAL;
		routes->pins[entry->gsi] = entry->u.irqchip.pin;
		return 0;
	case KVM_IRQ_ROUTING_MSI:
		return entry->flags & ~KVM_MSI_VALID_DEVID ? -EINVAL : 0; /* leads nowhere */
	default:
		return -EINVAL;
	}
}

static struct irqfd_routes *irqfd_make_routes(const struct kvm_irq_routing_entry __user *user,
					      u32 count)
{
	struct irqfd_routes *routes = kvmalloc(sizeof(*routes), GFP_KERNEL_ACCOUNT);
	struct kvm_irq_routing_entry entry;
	int error = routes ? 0 : -ENOMEM;
	u32 n;

	if (routes)
		memset(routes->pins, 0xff, sizeof(routes->pins));
	for (n = 0; n < count && !error; n++) {
		error = copy_from_user(&entry, &user[n], sizeof(entry)) ? -EFAULT : 0;
		if (!error)
			error = irqfd_add_route(routes, &entry);
	}
	if (!error)
		return routes;
	kvfree(routes);
	return ERR_PTR(error);
}

int irqfd_set_routes(struct vm *vm, struct kvm_irq_routing __user *user)
{
	struct irqfd_routes *routes, *former;
	struct kvm_irq_routing head;

	if (copy_from_user(&head, user, sizeof(head)))
		return -EFAULT;
	if (head.nr > VM_MAX_GSI || head.flags)
		return -EINVAL;
	routes = irqfd_make_routes(user->entries, head.nr);
	if (IS_ERR(routes))
		return PTR_ERR(routes);
	mutex_lock(&vm->lock);
	former = rcu_replace_pointer(vm->routes, routes, lockdep_is_held(&vm->lock));
	mutex_unlock(&vm->lock);
	synchronize_rcu();
	kvfree(former);
	return 0;
}

/* ---- eventfds ---- */

struct irqfd {
	struct list_head list; /* vm->irqfds; empty: it is to be freed */
	struct vm *vm;
	u32 gsi;
	struct eventfd_ctx *event;
	wait_queue_entry_t wait; /* in the eventfd's queue */
	poll_table poll;
	struct work_struct free;
};

/* For what must not be done where an eventfd is signalled. */
static struct workqueue_struct *irqfd_work;

static void irqfd_free(struct work_struct *work)
{
	struct irqfd *one = container_of(work, struct irqfd, free);
	u64 count;

	eventfd_ctx_remove_wait_queue(one->event, &one->wait, &count);
	eventfd_ctx_put(one->event);
	kfree(one);
}

/* vm->irqfds_lock is held. */
static void irqfd_drop(struct irqfd *one)
{
	if (!list_empty(&one->list)) {
		list_del_init(&one->list);
		queue_work(irqfd_work, &one->free);
	}
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
		irqfd_pulse(vm, one->gsi);
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

static int irqfd_assign_file(struct vm *vm, u32 gsi, struct file *file)
{
	struct irqfd *one = irqfd_make(vm, gsi, file);
	int error;

	if (IS_ERR(one))
		return PTR_ERR(one);
	/* One caller at a time adds, so that nobody drops it before it waits. */
	mutex_lock(&vm->lock);
	error = irqfd_list(vm, one);
	if (error) {
		eventfd_ctx_put(one->event);
		kfree(one);
	} else if (vfs_poll(file, &one->poll) & EPOLLIN) {
		irqfd_pulse(vm, gsi);
	}
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
	error = irqfd_assign_file(vm, args->gsi, file);
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
	if (args->flags & ~KVM_IRQFD_FLAG_DEASSIGN)
		return -EINVAL;
	return args->flags ? irqfd_remove(vm, args) : irqfd_assign(vm, args);
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

void irqfd_free_routes(struct vm *vm)
{
	kvfree(rcu_dereference_protected(vm->routes, true));
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
