// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* Stores to no memory that need no exit to user space: KVM_IOEVENTFD, and coalesced MMIO. */
#include <linux/eventfd.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/version.h>

#include "vm.h"

/* A store looks at all of them. */
#define IOEVENT_MAX	 4096
#define IOEVENT_MAX_ZONE 1000 /* KVM's number of devices */

/* ---- KVM_IOEVENTFD ---- */

struct ioevent {
	struct list_head list; /* vm->ioevents */
	u64 address, match;
	u32 length; /* 0: any */
	bool any;   /* value */
	bool pio;   /* which no guest on Arm has */
	struct eventfd_ctx *event;
};

void ioevent_signal(struct eventfd_ctx *event)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	eventfd_signal(event, 1);
#else
	eventfd_signal(event);
#endif
}

static bool ioevent_is_for(const struct ioevent *one, u32 address, u32 bytes, u32 value)
{
	return !one->pio && one->address == address && (!one->length || one->length == bytes) &&
	       (one->any || one->match == value);
}

static bool ioevent_store(struct vm *vm, u32 address, u32 bytes, u32 value)
{
	struct ioevent *one;
	bool found = false;

	rcu_read_lock();
	list_for_each_entry_rcu (one, &vm->ioevents, list) {
		if (ioevent_is_for(one, address, bytes, value)) {
			ioevent_signal(one->event);
			found = true;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

static int ioevent_check(const struct kvm_ioeventfd *args)
{
	if (args->len != 0 && args->len != 1 && args->len != 2 && args->len != 4 && args->len != 8)
		return -EINVAL;
	if (args->addr + args->len < args->addr || args->flags & ~KVM_IOEVENTFD_VALID_FLAG_MASK)
		return -EINVAL;
	return !args->len && args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH ? -EINVAL : 0;
}

/* Would both be signalled by some store? */
static bool ioevent_collides(const struct ioevent *a, const struct ioevent *b)
{
	return a->pio == b->pio && a->address == b->address &&
	       (!a->length || !b->length ||
		(a->length == b->length && (a->any || b->any || a->match == b->match)));
}

static struct ioevent *ioevent_make(const struct kvm_ioeventfd *args)
{
	struct eventfd_ctx *event = eventfd_ctx_fdget(args->fd);
	struct ioevent *one;

	if (IS_ERR(event))
		return ERR_CAST(event);
	one = kzalloc(sizeof(*one), GFP_KERNEL_ACCOUNT);
	if (!one) {
		eventfd_ctx_put(event);
		return ERR_PTR(-ENOMEM);
	}
	one->event = event;
	one->address = args->addr;
	one->length = args->len;
	one->match = args->datamatch;
	one->any = !(args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH);
	one->pio = args->flags & KVM_IOEVENTFD_FLAG_PIO;
	return one;
}

/* Nobody looks at it any more. */
static void ioevent_free(struct ioevent *one)
{
	eventfd_ctx_put(one->event);
	kfree(one);
}

/* vm->lock is held. */
static int ioevent_add(struct vm *vm, struct ioevent *one)
{
	struct ioevent *other;
	u32 count = 0;

	list_for_each_entry (other, &vm->ioevents, list) {
		if (ioevent_collides(one, other))
			return -EEXIST;
		count++;
	}
	if (count == IOEVENT_MAX)
		return -ENOSPC;
	list_add_tail_rcu(&one->list, &vm->ioevents);
	return 0;
}

static int ioevent_assign(struct vm *vm, const struct kvm_ioeventfd *args)
{
	struct ioevent *one = ioevent_make(args);
	int error;

	if (IS_ERR(one))
		return PTR_ERR(one);
	mutex_lock(&vm->lock);
	error = ioevent_add(vm, one);
	mutex_unlock(&vm->lock);
	if (error)
		ioevent_free(one);
	return error;
}

static bool ioevent_is_same(const struct ioevent *a, const struct ioevent *b)
{
	return a->event == b->event && a->pio == b->pio && a->address == b->address &&
	       a->length == b->length && a->any == b->any && (a->any || a->match == b->match);
}

/* vm->lock is held. */
static struct ioevent *ioevent_take(struct vm *vm, const struct ioevent *like)
{
	struct ioevent *one;

	list_for_each_entry (one, &vm->ioevents, list) {
		if (ioevent_is_same(one, like)) {
			list_del_rcu(&one->list);
			return one;
		}
	}
	return NULL;
}

static int ioevent_remove(struct vm *vm, const struct kvm_ioeventfd *args)
{
	struct ioevent *like = ioevent_make(args), *one;

	if (IS_ERR(like))
		return PTR_ERR(like);
	mutex_lock(&vm->lock);
	one = ioevent_take(vm, like);
	mutex_unlock(&vm->lock);
	ioevent_free(like);
	if (!one)
		return -ENOENT;
	synchronize_rcu();
	ioevent_free(one);
	return 0;
}

int ioevent_set(struct vm *vm, const struct kvm_ioeventfd *args)
{
	int error;

	if (args->flags & KVM_IOEVENTFD_FLAG_DEASSIGN)
		return ioevent_remove(vm, args);
	error = ioevent_check(args);
	return error ? error : ioevent_assign(vm, args);
}

/* ---- coalesced MMIO ---- */

struct ioevent_zone {
	struct list_head list; /* vm->zones */
	struct kvm_coalesced_mmio_zone zone;
};

/* All of these bytes? */
static bool ioevent_zone_has(const struct kvm_coalesced_mmio_zone *zone, u64 address, u32 bytes)
{
	return address >= zone->addr && bytes <= zone->size &&
	       address - zone->addr <= zone->size - bytes;
}

/* vm->zones_lock is held. The VMM writes `first`, and could write anything. */
static bool ioevent_to_ring(struct vm *vm, u32 address, u32 bytes, u32 value)
{
	struct kvm_coalesced_mmio_ring *ring = vm->ring;
	u32 max = KVM_COALESCED_MMIO_MAX, last = READ_ONCE(ring->last);
	struct kvm_coalesced_mmio *entry;

	if (last >= max || (last + 1) % max == READ_ONCE(ring->first))
		return false;
	entry = &ring->coalesced_mmio[last];
	entry->phys_addr = address;
	entry->len = bytes;
	entry->pio = 0;
	memset(entry->data, 0, sizeof(entry->data));
	memcpy(entry->data, &value, bytes);
	smp_wmb(); /* who sees it in the ring sees it whole */
	WRITE_ONCE(ring->last, (last + 1) % max);
	return true;
}

static bool ioevent_coalesces(struct vm *vm, u32 address, u32 bytes, u32 value)
{
	struct ioevent_zone *one;
	bool done = false;

	if (list_empty(&vm->zones))
		return false;
	spin_lock(&vm->zones_lock);
	list_for_each_entry (one, &vm->zones, list) {
		if (!one->zone.pio && ioevent_zone_has(&one->zone, address, bytes)) {
			done = ioevent_to_ring(vm, address, bytes, value);
			break;
		}
	}
	spin_unlock(&vm->zones_lock);
	return done;
}

bool ioevent_find(struct vm *vm, u32 address, u32 bytes, u32 value)
{
	return ioevent_store(vm, address, bytes, value) ||
	       ioevent_coalesces(vm, address, bytes, value);
}

int ioevent_add_zone(struct vm *vm, const struct kvm_coalesced_mmio_zone *zone)
{
	struct ioevent_zone *one;
	bool full;

	if (zone->pio > 1)
		return -EINVAL;
	one = kzalloc(sizeof(*one), GFP_KERNEL_ACCOUNT);
	if (!one)
		return -ENOMEM;
	one->zone = *zone;
	spin_lock(&vm->zones_lock);
	full = vm->nr_zones == IOEVENT_MAX_ZONE;
	if (!full) {
		list_add_tail(&one->list, &vm->zones);
		vm->nr_zones++;
	}
	spin_unlock(&vm->zones_lock);
	if (full)
		kfree(one);
	return full ? -ENOSPC : 0;
}

/* All zones in which this one is, as VMMs name them by one byte; 0 also if there is none. */
int ioevent_remove_zone(struct vm *vm, const struct kvm_coalesced_mmio_zone *zone)
{
	struct ioevent_zone *one, *next;
	LIST_HEAD(removed);

	if (zone->pio > 1)
		return -EINVAL;
	spin_lock(&vm->zones_lock);
	list_for_each_entry_safe (one, next, &vm->zones, list) {
		if (one->zone.pio == zone->pio &&
		    ioevent_zone_has(&one->zone, zone->addr, zone->size)) {
			list_move(&one->list, &removed);
			vm->nr_zones--;
		}
	}
	spin_unlock(&vm->zones_lock);
	list_for_each_entry_safe (one, next, &removed, list)
		kfree(one);
	return 0;
}

/* ---- the VM's ---- */

void ioevent_init(struct vm *vm)
{
	INIT_LIST_HEAD(&vm->ioevents);
	INIT_LIST_HEAD(&vm->zones);
	spin_lock_init(&vm->zones_lock);
}

/* No vCPU runs any more. */
void ioevent_free_all(struct vm *vm)
{
	struct ioevent *one, *next;
	struct ioevent_zone *zone, *more;

	list_for_each_entry_safe (one, next, &vm->ioevents, list)
		ioevent_free(one);
	list_for_each_entry_safe (zone, more, &vm->zones, list)
		kfree(zone);
}
