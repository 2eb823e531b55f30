// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* KVM_SET_GSI_ROUTING: which line a GSI drives. */
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vm.h"

#define ROUTES_FIRST_SPI 32
#define ROUTES_NO_PIN	 U16_MAX

/* A GSI's pin of the GIC, or ROUTES_NO_PIN. Without a table, a GSI is the pin with its number. */
struct routes {
	u16 pins[VM_MAX_GSI];
};

static u32 routes_pin(struct vm *vm, u32 gsi)
{
	const struct routes *routes;
	u32 pin = gsi;

	rcu_read_lock();
	routes = rcu_dereference(vm->routes);
	if (routes)
		pin = gsi < VM_MAX_GSI ? routes->pins[gsi] : ROUTES_NO_PIN;
	rcu_read_unlock();
	return pin;
}

/* The irq word of KVM_IRQ_LINE for a GSI; 0: it leads nowhere. */
u32 routes_find(struct vm *vm, u32 gsi)
{
	u32 pin = routes_pin(vm, gsi);

	return pin < KVM_IRQCHIP_NUM_PINS
		       ? KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | (pin + ROUTES_FIRST_SPI)
		       : 0;
}

bool routes_drive(struct vm *vm, u32 gsi, u32 level)
{
	u32 irq = routes_find(vm, gsi);

	return irq && !vgic_line(vm, irq, level);
}

/* One of the table: 0, or -EINVAL. */
static int routes_add(struct routes *routes, const struct kvm_irq_routing_entry *entry)
{
	if (entry->gsi >= VM_MAX_GSI || routes->pins[entry->gsi] != ROUTES_NO_PIN)
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

static struct routes *routes_make(const struct kvm_irq_routing_entry __user *user, u32 count)
{
	struct routes *routes = kvmalloc(sizeof(*routes), GFP_KERNEL_ACCOUNT);
	struct kvm_irq_routing_entry entry;
	int error = routes ? 0 : -ENOMEM;
	u32 n;

	if (routes)
		memset(routes->pins, 0xff, sizeof(routes->pins));
	for (n = 0; n < count && !error; n++) {
		error = copy_from_user(&entry, &user[n], sizeof(entry)) ? -EFAULT : 0;
		if (!error)
			error = routes_add(routes, &entry);
	}
	if (!error)
		return routes;
	kvfree(routes);
	return ERR_PTR(error);
}

int routes_set(struct vm *vm, struct kvm_irq_routing __user *user)
{
	struct routes *routes, *former;
	struct kvm_irq_routing head;

	if (copy_from_user(&head, user, sizeof(head)))
		return -EFAULT;
	if (head.nr > VM_MAX_GSI || head.flags)
		return -EINVAL;
	routes = routes_make(user->entries, head.nr);
	if (IS_ERR(routes))
		return PTR_ERR(routes);
	mutex_lock(&vm->lock);
	resample_watch(vm, false);
	former = rcu_replace_pointer(vm->routes, routes, lockdep_is_held(&vm->lock));
	resample_watch(vm, true);
	mutex_unlock(&vm->lock);
	synchronize_rcu();
	kvfree(former);
	return 0;
}

void routes_free(struct vm *vm)
{
	kvfree(rcu_dereference_protected(vm->routes, true));
}
