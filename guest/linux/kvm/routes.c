// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * KVM_SET_GSI_ROUTING: which line a GSI drives. Beside pins of the GIC it can be any line, so that
 * a VMM gives it a number once, and uses that in place of type, vCPU and number.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vm.h"

#define ROUTES_FIRST_SPI 32
#define ROUTES_MSI	 (U32_MAX - 1) /* while a table is made: a GSI that leads nowhere */

/* The irq word of KVM_IRQ_LINE for each GSI, or ROUTES_NONE. Without a table, a GSI is the pin of
 * the GIC with its number. */
struct routes {
	u32 irqs[VM_MAX_GSI];
};

static u32 routes_spi(u32 pin)
{
	return KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | (pin + ROUTES_FIRST_SPI);
}

u32 routes_find(struct vm *vm, u32 gsi)
{
	const struct routes *routes;
	u32 irq = gsi < KVM_IRQCHIP_NUM_PINS ? routes_spi(gsi) : ROUTES_NONE;

	rcu_read_lock();
	routes = rcu_dereference(vm->routes);
	if (routes)
		irq = gsi < VM_MAX_GSI ? routes->irqs[gsi] : ROUTES_NONE;
	rcu_read_unlock();
	return irq;
}

int routes_drive(struct vm *vm, u32 gsi, u32 level)
{
	u32 irq = routes_find(vm, gsi);

	return irq == ROUTES_NONE ? -ENXIO : vgic_line(vm, irq, level);
}

/* One of the table: 0, or -EINVAL. */
static int routes_add(struct routes *routes, const struct kvm_irq_routing_entry *entry)
{
	if (entry->gsi >= VM_MAX_GSI || routes->irqs[entry->gsi] != ROUTES_NONE)
		return -EINVAL;
	switch (entry->type) {
	case KVM_IRQ_ROUTING_IRQCHIP:
		if (entry->flags || entry->u.irqchip.irqchip >= KVM_NR_IRQCHIPS ||
		    entry->u.irqchip.pin >= KVM_IRQCHIP_NUM_PINS)
			return -EINVAL;
		routes->irqs[entry->gsi] = routes_spi(entry->u.irqchip.pin);
		return 0;
	case PLUMB_IRQ_ROUTING_LINE:
		if (entry->flags ||
		    entry->u.pad[0] >> KVM_ARM_IRQ_TYPE_SHIFT > KVM_ARM_IRQ_TYPE_PPI)
			return -EINVAL;
		routes->irqs[entry->gsi] = entry->u.pad[0];
		return 0;
	case KVM_IRQ_ROUTING_MSI:
		routes->irqs[entry->gsi] = ROUTES_MSI;
		return entry->flags & ~KVM_MSI_VALID_DEVID ? -EINVAL : 0;
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
		memset(routes->irqs, 0xff, sizeof(routes->irqs)); /* ROUTES_NONE */
	for (n = 0; n < count && !error; n++) {
		error = copy_from_user(&entry, &user[n], sizeof(entry)) ? -EFAULT : 0;
		if (!error)
			error = routes_add(routes, &entry);
	}
	for (n = 0; n < VM_MAX_GSI && !error; n++)
		if (routes->irqs[n] == ROUTES_MSI)
			routes->irqs[n] = ROUTES_NONE;
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
