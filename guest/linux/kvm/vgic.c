// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* The VM's GIC, which is the monitor's, as KVM's device; and its lines. */
#include "vm.h"
#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/uaccess.h>

int vgic_line(struct vm *vm, u32 irq, u32 level)
{
	return plumb_call3(PLUMB_IRQ_LINE, vm->handle, irq, level);
}

/* ---- making ---- */

int vgic_create(struct vm *vm, u32 type)
{
	int error;

	mutex_lock(&vm->lock);
	/* As KVM: a VM that runs without one gets none. */
	if (vm->has_run && !vm->has_gic)
		error = -EBUSY;
	else
		error = plumb_call3(PLUMB_CREATE_DEVICE, vm->handle, type, 0);
	if (!error)
		vm->has_gic = true;
	mutex_unlock(&vm->lock);
	return error;
}

/* ---- attributes ---- */

static int vgic_set(struct vm *vm, u32 group, u64 attribute, u64 value)
{
	if (attribute > U32_MAX)
		return -ENXIO;
	return plumb_call(PLUMB_SET_DEVICE_ATTR, vm->handle, group, attribute, lower_32_bits(value),
			  upper_32_bits(value))
		.r0;
}

int vgic_set_address(struct vm *vm, const struct kvm_arm_device_addr *addr)
{
	u32 device = (addr->id & KVM_ARM_DEVICE_ID_MASK) >> KVM_ARM_DEVICE_ID_SHIFT;
	u32 type = (addr->id & KVM_ARM_DEVICE_TYPE_MASK) >> KVM_ARM_DEVICE_TYPE_SHIFT;

	if (device != KVM_ARM_DEVICE_VGIC_V2)
		return -ENODEV;
	return vgic_set(vm, KVM_DEV_ARM_VGIC_GRP_ADDR, type, addr->addr);
}

static int vgic_set_attr(struct vm *vm, const struct kvm_device_attr *attr)
{
	void __user *at = u64_to_user_ptr(attr->addr);
	u64 value = 0;
	u32 word;

	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		if (copy_from_user(&value, at, sizeof(value)))
			return -EFAULT;
		break;
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		if (copy_from_user(&word, at, sizeof(word)))
			return -EFAULT;
		value = word;
		break;
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		break;
	default:
		return -ENXIO;
	}
	return vgic_set(vm, attr->group, attr->attr, value);
}

static int vgic_get_attr(struct vm *vm, const struct kvm_device_attr *attr)
{
	void __user *at = u64_to_user_ptr(attr->addr);
	struct plumb_result said;
	u64 value;

	if (attr->attr > U32_MAX)
		return -ENXIO;
	said = plumb_call(PLUMB_GET_DEVICE_ATTR, vm->handle, attr->group, attr->attr, 0, 0);
	if (said.r0)
		return said.r0;
	value = said.r1 | (u64)said.r2 << 32;
	if (attr->group == KVM_DEV_ARM_VGIC_GRP_NR_IRQS)
		return copy_to_user(at, &said.r1, sizeof(said.r1)) ? -EFAULT : 0;
	return copy_to_user(at, &value, sizeof(value)) ? -EFAULT : 0;
}

static int vgic_has_attr(const struct kvm_device_attr *attr)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return attr->attr <= KVM_VGIC_V2_ADDR_TYPE_CPU ? 0 : -ENXIO;
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return 0;
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return attr->attr == KVM_DEV_ARM_VGIC_CTRL_INIT ? 0 : -ENXIO;
	default:
		return -ENXIO;
	}
}

/* ---- the descriptor ---- */

static long vgic_ioctl(struct file *file, unsigned int call, unsigned long arg)
{
	struct vm *vm = file->private_data;
	struct kvm_device_attr attr;

	if (vm->mm != current->mm)
		return -EIO;
	if (call != KVM_SET_DEVICE_ATTR && call != KVM_GET_DEVICE_ATTR &&
	    call != KVM_HAS_DEVICE_ATTR)
		return -ENOTTY;
	if (copy_from_user(&attr, (void __user *)arg, sizeof(attr)))
		return -EFAULT;
	switch (call) {
	case KVM_SET_DEVICE_ATTR:
		return vgic_set_attr(vm, &attr);
	case KVM_GET_DEVICE_ATTR:
		return vgic_get_attr(vm, &attr);
	default:
		return vgic_has_attr(&attr);
	}
}

static int vgic_release(struct inode *inode, struct file *file)
{
	vm_put(file->private_data);
	return 0;
}

static const struct file_operations vgic_ops = {
	.owner = THIS_MODULE,
	.release = vgic_release,
	.unlocked_ioctl = vgic_ioctl,
	.llseek = noop_llseek,
};

int vgic_create_device(struct vm *vm, struct kvm_create_device *device)
{
	int error, file;

	if (device->type != KVM_DEV_TYPE_ARM_VGIC_V2)
		return -ENODEV;
	if (device->flags & KVM_CREATE_DEVICE_TEST)
		return 0;
	error = vgic_create(vm, device->type);
	if (error)
		return error;
	vm_get(vm);
	file = anon_inode_getfd("kvm-arm-vgic-v2", &vgic_ops, vm, O_RDWR | O_CLOEXEC);
	if (file < 0) {
		vm_put(vm);
		return file;
	}
	device->fd = file;
	return 0;
}
