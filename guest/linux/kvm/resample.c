// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * KVM_IRQFD_FLAG_RESAMPLE: a line that an eventfd has raised is high until the guest ends its
 * interrupt. Then the monitor lowers it, and the resample eventfds of its GSI are signalled: who
 * still needs the interrupt signals the first eventfd again.
 */
#include <linux/eventfd.h>
#include <linux/slab.h>

#include "vm.h"

#define RESAMPLE_ONCE 16   /* lines and eventfds that are told at once, but for the last line's */
#define RESAMPLE_MAX  1024 /* interrupts are masked for all of them */

/* Several may have one GSI. */
struct resample {
	struct list_head list; /* vm->resamples */
	u32 gsi;
	struct eventfd_ctx *event;
};

/* ---- the guest has ended interrupts ---- */

/* Returns how many are signalled. vm->resamples_lock is held. */
static u32 resample_signal(struct vm *vm, u32 intid)
{
	struct resample *one;
	u32 count = 0;

	list_for_each_entry (one, &vm->resamples, list) {
		if (routes_find(vm, one->gsi) ==
		    (KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | intid)) {
			ioevent_signal(one->event);
			count++;
		}
	}
	return count;
}

/* One that is signalled may raise its line at once, and the guest may end that: interrupts are not
 * masked until there are no more. */
bool resample_tell(struct vm *vm)
{
	struct plumb_result said;
	unsigned long flags;
	bool more = true;
	u32 work = 0;

	spin_lock_irqsave(&vm->resamples_lock, flags);
	while (more && work < RESAMPLE_ONCE) {
		said = plumb_call(PLUMB_IRQ_ENDED, vm->handle, 0, 0, 0, 0);
		more = !said.r0 && said.r1;
		if (more)
			work += 1 + resample_signal(vm, said.r1);
	}
	spin_unlock_irqrestore(&vm->resamples_lock, flags);
	return more;
}

/* ---- which there are ---- */

static void resample_watch_one(struct vm *vm, const struct resample *one, bool on)
{
	u32 irq = routes_find(vm, one->gsi);

	if (irq != ROUTES_NONE)
		plumb_call3(PLUMB_IRQ_WATCH, vm->handle, irq, on);
}

/* Of the lines of all that are listed. */
void resample_watch(struct vm *vm, bool on)
{
	struct resample *one;
	unsigned long flags;

	spin_lock_irqsave(&vm->resamples_lock, flags);
	list_for_each_entry (one, &vm->resamples, list)
		resample_watch_one(vm, one, on);
	spin_unlock_irqrestore(&vm->resamples_lock, flags);
}

/* vm->lock is held. */
static int resample_list(struct vm *vm, struct resample *one)
{
	if (vm->nr_resamples == RESAMPLE_MAX)
		return -ENOSPC;
	spin_lock_irq(&vm->resamples_lock);
	list_add_tail(&one->list, &vm->resamples);
	vm->nr_resamples++;
	resample_watch_one(vm, one, true);
	spin_unlock_irq(&vm->resamples_lock);
	return 0;
}

struct resample *resample_add(struct vm *vm, u32 gsi, int file)
{
	struct eventfd_ctx *event = eventfd_ctx_fdget(file);
	struct resample *one;
	int error = -ENOMEM;

	if (IS_ERR(event))
		return ERR_CAST(event);
	one = kzalloc(sizeof(*one), GFP_KERNEL_ACCOUNT);
	if (one) {
		one->gsi = gsi;
		one->event = event;
		error = resample_list(vm, one);
	}
	if (!error)
		return one;
	kfree(one);
	eventfd_ctx_put(event);
	return ERR_PTR(error);
}

static bool resample_has(struct vm *vm, u32 gsi)
{
	struct resample *one;

	list_for_each_entry (one, &vm->resamples, list)
		if (one->gsi == gsi)
			return true;
	return false;
}

/* As KVM: with the last one of its GSI, the line falls. */
void resample_remove(struct vm *vm, struct resample *one)
{
	bool last;

	if (!one)
		return;
	spin_lock_irq(&vm->resamples_lock);
	list_del(&one->list);
	vm->nr_resamples--;
	last = !resample_has(vm, one->gsi);
	if (last)
		resample_watch_one(vm, one, false);
	spin_unlock_irq(&vm->resamples_lock);
	if (last) {
		routes_drive(vm, one->gsi, 0);
		resample_watch(vm, true); /* another GSI may have the same line */
	}
	eventfd_ctx_put(one->event);
	kfree(one);
}

void resample_init(struct vm *vm)
{
	INIT_LIST_HEAD(&vm->resamples);
	vm->nr_resamples = 0;
	spin_lock_init(&vm->resamples_lock);
}
