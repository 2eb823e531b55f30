// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* The VM's GIC, which is the monitor's, as KVM's device; and its lines. */
#include "vm.h"
#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/uaccess.h>

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

static bool vgic_is_register(u32 group)
{
	return group == KVM_DEV_ARM_VGIC_GRP_DIST_REGS || group == KVM_DEV_ARM_VGIC_GRP_CPU_REGS;
}

static u32 vgic_vcpu(u64 attribute)
{
	return (attribute & KVM_DEV_ARM_VGIC_CPUID_MASK) >> KVM_DEV_ARM_VGIC_CPUID_SHIFT;
}

static void vgic_let_vcpus(struct vm *vm, u32 count)
{
	while (count--)
		if (vm->vcpus[count])
			gate_leave(&vm->vcpus[count]->gate);
}

/* As KVM: no vCPU is in KVM_RUN meanwhile, not even as one that waits. vm->lock is held. */
static int vgic_hold_vcpus(struct vm *vm)
{
	u32 n;

	for (n = 0; n < VM_MAX_VCPUS; n++) {
		if (vm->vcpus[n] && !gate_try(&vm->vcpus[n]->gate)) {
			vgic_let_vcpus(vm, n);
			return -EBUSY;
		}
	}
	return 0;
}

static struct plumb_result vgic_call(struct vm *vm, u32 function, u32 group, u64 attribute,
				     u64 value)
{
	return plumb_call6(function, vm->handle, group, lower_32_bits(attribute),
			   lower_32_bits(value), upper_32_bits(value), upper_32_bits(attribute));
}

static struct plumb_result vgic_access(struct vm *vm, u32 function, u32 group, u64 attribute,
				       u64 value)
{
	struct plumb_result said = { -EINVAL };
	u32 vcpu = vgic_vcpu(attribute);

	if (!vgic_is_register(group)) {
		said.r0 = -ENXIO;
		return attribute > U32_MAX ? said
					   : vgic_call(vm, function, group, attribute, value);
	}
	mutex_lock(&vm->lock);
	if (vcpu < VM_MAX_VCPUS && vm->vcpus[vcpu])
		said.r0 = vgic_hold_vcpus(vm);
	if (!said.r0) {
		said = vgic_call(vm, function, group, attribute, value);
		vgic_let_vcpus(vm, VM_MAX_VCPUS);
	}
	mutex_unlock(&vm->lock);
	return said;
}

static int vgic_set(struct vm *vm, u32 group, u64 attribute, u64 value)
{
	return vgic_access(vm, PLUMB_SET_DEVICE_ATTR, group, attribute, value).r0;
}

int vgic_set_address(struct vm *vm, const struct kvm_arm_device_addr *addr)
{
	u32 device = (addr->id & KVM_ARM_DEVICE_ID_MASK) >> KVM_ARM_DEVICE_ID_SHIFT;
	u32 type = (addr->id & KVM_ARM_DEVICE_TYPE_MASK) >> KVM_ARM_DEVICE_TYPE_SHIFT;

	if (device != KVM_ARM_DEVICE_VGIC_V2 || type > KVM_VGIC_V2_ADDR_TYPE_CPU)
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
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
	case KVM_DEV_ARM_VGIC_GRP_CPU_REGS:
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

	if (attr->group > KVM_DEV_ARM_VGIC_GRP_NR_IRQS)
		return -ENXIO;
	said = vgic_access(vm, PLUMB_GET_DEVICE_ATTR, attr->group, attr->attr, 0);
	if (said.r0)
		return said.r0;
	value = said.r1 | (u64)said.r2 << 32;
	if (attr->group != KVM_DEV_ARM_VGIC_GRP_ADDR)
		return copy_to_user(at, &said.r1, sizeof(said.r1)) ? -EFAULT : 0;
	return copy_to_user(at, &value, sizeof(value)) ? -EFAULT : 0;
}

/* ---- which registers there are, for a GIC that has no shape yet ---- */

struct vgic_range {
	u32 first, bytes;
};

/* As KVM's GICv2 has them, for 1024 interrupts. */
static const struct vgic_range vgic_dist_ranges[] = {
	{ 0x000, 12 },	  /* GICD_CTLR, TYPER, IIDR */
	{ 0x080, 0x380 }, /* IGROUPR to ICACTIVER: a bit for each */
	{ 0x400, 0x800 }, /* IPRIORITYR, ITARGETSR: a byte */
	{ 0xc00, 0x100 }, /* ICFGR: two bits */
	{ 0xf00, 4 },	  /* SGIR */
	{ 0xf10, 32 },	  /* CPENDSGIR, SPENDSGIR */
};

static const struct vgic_range vgic_cif_ranges[] = {
	{ 0x00, 12 }, /* GICC_CTLR, PMR, BPR */
	{ 0x1c, 4 },  /* ABPR */
	{ 0xd0, 16 }, /* APR0 to 3 */
	{ 0xfc, 4 },  /* IIDR */
};

static bool vgic_range_has(const struct vgic_range *range, u32 count, u32 offset)
{
	u32 n;

	for (n = 0; n < count; n++)
		if (offset - range[n].first < range[n].bytes)
			return true;
	return false;
}

static int vgic_has_register(struct vm *vm, u32 group, u64 attribute)
{
	u32 vcpu = vgic_vcpu(attribute);
	u32 offset = attribute & KVM_DEV_ARM_VGIC_OFFSET_MASK;
	bool has;

	if (vcpu >= VM_MAX_VCPUS || !READ_ONCE(vm->vcpus[vcpu]))
		return -EINVAL;
	if (group == KVM_DEV_ARM_VGIC_GRP_DIST_REGS)
		has = vgic_range_has(vgic_dist_ranges, ARRAY_SIZE(vgic_dist_ranges), offset);
	else
		has = vgic_range_has(vgic_cif_ranges, ARRAY_SIZE(vgic_cif_ranges), offset);
	return has && offset % 4 == 0 ? 0 : -ENXIO;
}

static int vgic_has_attr(struct vm *vm, const struct kvm_device_attr *attr)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
	case KVM_DEV_ARM_VGIC_GRP_CPU_REGS:
		return vgic_has_register(vm, attr->group, attr->attr);
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
		return vgic_has_attr(vm, &attr);
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
