// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* VMs: their descriptors, how long they live, and the ioctls of the VM as a whole. */
#define pr_fmt(text) KBUILD_MODNAME ": " text

#include "vm.h"
#include <asm/cputype.h>
#include <linux/anon_inodes.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define VM_PATIENCE (5 * HZ)

/* By handle, for the doorbell. */
static struct vm *vm_all[VM_MAX_VMS];
static DEFINE_SPINLOCK(vm_all_lock);

/* ---- what the doorbell tells ---- */

/* True: there may be more. */
static bool vm_tell(struct vm *vm, u32 vcpus)
{
	u32 n;

	for (n = 0; n < VM_MAX_VCPUS; n++) {
		struct vcpu *vcpu = vcpus >> n & 1 ? READ_ONCE(vm->vcpus[n]) : NULL;

		if (vcpu)
			vcpu_wake(vcpu);
	}
	return vcpus & PLUMB_WAKE_LINES && resample_tell(vm);
}

/* The call tells of vCPUs once more, and rings as long as there are lines. */
int vm_wake_own(struct vm *vm, u32 vcpus)
{
	if (unlikely(vm_tell(vm, vcpus)))
		vm_tell(vm,
			plumb_call(PLUMB_WAKE_MASK, vm->handle, 0, 0, 0, 0).r1 & ~PLUMB_WAKE_LINES);
	return 0;
}

bool vm_wake(u32 handle, u32 vcpus)
{
	u32 slot = handle - PLUMB_VM_FIRST;
	bool more = false;
	unsigned long flags;

	spin_lock_irqsave(&vm_all_lock, flags);
	if (slot < VM_MAX_VMS && vm_all[slot])
		more = vm_tell(vm_all[slot], vcpus);
	spin_unlock_irqrestore(&vm_all_lock, flags);
	return more;
}

static void vm_list(u32 handle, struct vm *vm)
{
	unsigned long flags;

	spin_lock_irqsave(&vm_all_lock, flags);
	vm_all[handle - PLUMB_VM_FIRST] = vm;
	spin_unlock_irqrestore(&vm_all_lock, flags);
}

/* ---- its life ---- */

/* As the call; -EBUSY, -EAGAIN: still, after so long. */
static s32 vm_destroy_within(u32 handle, unsigned long patience)
{
	unsigned long until = jiffies + patience;
	s32 said;

	do {
		said = plumb_call3(PLUMB_DESTROY_VM, handle, 0, 0);
		cond_resched();
	} while ((said == -EAGAIN || said == -EBUSY) && time_before(jiffies, until));
	return said;
}

static void vm_destroy(u32 handle)
{
	WARN_ON(vm_destroy_within(handle, MAX_JIFFY_OFFSET));
}

int vm_end_former(void)
{
	u32 handle, ended = 0;

	for (handle = PLUMB_VM_FIRST; handle < PLUMB_VM_FIRST + VM_MAX_VMS; handle++) {
		s32 said = vm_destroy_within(handle, VM_PATIENCE);

		if (said && said != -EBADF) {
			pr_err("VM 0x%x of a former kernel does not end: error %d\n", handle, said);
			return said;
		}
		ended += !said;
	}
	if (ended)
		pr_info("%u VMs of a former kernel are ended\n", ended);
	return 0;
}

static void vm_free(struct kref *users)
{
	struct vm *vm = container_of(users, struct vm, users);
	u32 n;

	vm_list(vm->handle, NULL);
	memory_end(vm);
	vm_destroy(vm->handle);
	for (n = 0; n < VM_MAX_VCPUS; n++)
		vcpu_free(vm->vcpus[n]);
	slots_free(vm);
	ioevent_free_all(vm);
	routes_free(vm);
	free_page((unsigned long)vm->ring);
	kfree(vm);
}

void vm_get(struct vm *vm)
{
	kref_get(&vm->users);
}

void vm_put(struct vm *vm)
{
	kref_put(&vm->users, vm_free);
}

static struct vm *vm_alloc(void)
{
	struct vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);

	if (!vm)
		return NULL;
	kref_init(&vm->users);
	mutex_init(&vm->lock);
	init_rwsem(&vm->slots_sem);
	spin_lock_init(&vm->map_lock);
	ioevent_init(vm);
	irqfd_init(vm);
	resample_init(vm);
	vm->mm = current->mm;
	vm->ring = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (vm->ring)
		return vm;
	kfree(vm);
	return NULL;
}

/* The monitor has made it: from here on, vm_put is its end. */
static struct vm *vm_make(void)
{
	struct vm *vm = vm_alloc();
	s32 said;

	if (!vm)
		return ERR_PTR(-ENOMEM);
	said = plumb_call3(PLUMB_CREATE_VM, PLUMB_VM_TELLS, 0, 0);
	vm->handle = said;
	if (said >= 0) {
		s32 error = memory_init(vm);

		if (!error) {
			vm_list(vm->handle, vm);
			return vm;
		}
		vm_destroy(vm->handle);
		said = error;
	}
	free_page((unsigned long)vm->ring);
	kfree(vm);
	return ERR_PTR(said);
}

/* ---- what there is ---- */

long vm_check_extension(const struct vm *vm, unsigned long extension)
{
	switch (extension) {
	case KVM_CAP_IRQCHIP:
	case KVM_CAP_USER_MEMORY:
	case KVM_CAP_SYNC_MMU:
	case KVM_CAP_DESTROY_MEMORY_REGION_WORKS:
	case KVM_CAP_JOIN_MEMORY_REGIONS_WORKS:
	case KVM_CAP_READONLY_MEM:
	case KVM_CAP_ONE_REG:
	case KVM_CAP_MP_STATE:
	case KVM_CAP_ARM_PSCI:
	case KVM_CAP_ARM_PSCI_0_2:
	case KVM_CAP_ARM_SET_DEVICE_ADDR:
	case KVM_CAP_DEVICE_CTRL:
	case KVM_CAP_IMMEDIATE_EXIT:
	case KVM_CAP_CHECK_EXTENSION_VM:
	case KVM_CAP_IRQFD:
	case KVM_CAP_IRQFD_RESAMPLE:
	case KVM_CAP_VCPU_EVENTS:
	case KVM_CAP_ARM_INJECT_EXT_DABT:
	case KVM_CAP_IOEVENTFD:
	case KVM_CAP_IOEVENTFD_ANY_LENGTH:
	case KVM_CAP_COALESCED_PIO:
	case KVM_CAP_ARM_USER_IRQ:
	case KVM_CAP_VCPU_ATTRIBUTES:
		return 1;
	case KVM_CAP_COALESCED_MMIO:
		return KVM_COALESCED_MMIO_PAGE_OFFSET;
	case KVM_CAP_IRQ_ROUTING:
		return VM_MAX_GSI;
	case KVM_CAP_NR_VCPUS:
		return min(num_online_cpus(), monitor_max_vcpus());
	case KVM_CAP_MAX_VCPUS:
	case KVM_CAP_MAX_VCPU_ID:
		return monitor_max_vcpus();
	case KVM_CAP_NR_MEMSLOTS:
		return VM_MAX_SLOTS;
	default:
		return 0;
	}
}

static noinline int vm_preferred_target(void __user *argument)
{
	struct kvm_vcpu_init init = {};

	switch (read_cpuid_part()) {
	case ARM_CPU_PART_CORTEX_A15:
		init.target = KVM_ARM_TARGET_CORTEX_A15;
		break;
	case ARM_CPU_PART_CORTEX_A7:
		init.target = KVM_ARM_TARGET_CORTEX_A7;
		break;
	default:
		return -ENODEV;
	}
	return copy_to_user(argument, &init, sizeof(init)) ? -EFAULT : 0;
}

/* ---- ioctls: separate functions, as Debian's kernels clear what these have on their stacks ----
 */

static noinline int vm_set_memory(struct vm *vm, void __user *argument)
{
	struct kvm_userspace_memory_region region;

	return copy_from_user(&region, argument, sizeof(region)) ? -EFAULT : slots_set(vm, &region);
}

static noinline int vm_get_log(struct vm *vm, void __user *argument)
{
	struct kvm_dirty_log log;

	return copy_from_user(&log, argument, sizeof(log)) ? -EFAULT : slots_get_log(vm, &log);
}

static noinline int vm_create_device(struct vm *vm, void __user *argument)
{
	struct kvm_create_device device;
	int error;

	if (copy_from_user(&device, argument, sizeof(device)))
		return -EFAULT;
	error = vgic_create_device(vm, &device);
	if (!error && copy_to_user(argument, &device, sizeof(device)))
		error = -EFAULT;
	return error;
}

static noinline int vm_set_device_address(struct vm *vm, void __user *argument)
{
	struct kvm_arm_device_addr addr;

	return copy_from_user(&addr, argument, sizeof(addr)) ? -EFAULT
							     : vgic_set_address(vm, &addr);
}

#define VM_GSI_MASK ((1u << KVM_ARM_IRQ_TYPE_SHIFT) - 1)

/* Both words in one access, which is no atomic one. */
static __always_inline int vm_line(struct vm *vm, void __user *argument)
{
	u64 line;

	if (get_user(line, (u64 __user *)argument))
		return -EFAULT;
	if (unlikely(lower_32_bits(line) >> KVM_ARM_IRQ_TYPE_SHIFT == VM_IRQ_GSI))
		return routes_drive(vm, lower_32_bits(line) & VM_GSI_MASK, upper_32_bits(line));
	return vgic_line(vm, lower_32_bits(line), upper_32_bits(line));
}

/* On 32-bit Arm, KVM tells no status: the structure is as it was. */
static int vm_line_status(struct vm *vm, void __user *argument)
{
	struct kvm_irq_level line;
	int error = vm_line(vm, argument);

	if (error)
		return error;
	return copy_from_user(&line, argument, sizeof(line)) ||
			       copy_to_user(argument, &line, sizeof(line))
		       ? -EFAULT
		       : 0;
}

static noinline int vm_ioeventfd(struct vm *vm, void __user *argument)
{
	struct kvm_ioeventfd args;

	return copy_from_user(&args, argument, sizeof(args)) ? -EFAULT : ioevent_set(vm, &args);
}

static noinline int vm_irqfd(struct vm *vm, void __user *argument)
{
	struct kvm_irqfd args;

	return copy_from_user(&args, argument, sizeof(args)) ? -EFAULT : irqfd_set(vm, &args);
}

static noinline int vm_zone(struct vm *vm, void __user *argument, bool add)
{
	struct kvm_coalesced_mmio_zone zone;

	if (copy_from_user(&zone, argument, sizeof(zone)))
		return -EFAULT;
	return add ? ioevent_add_zone(vm, &zone) : ioevent_remove_zone(vm, &zone);
}

static noinline long vm_do(struct vm *vm, unsigned int call, unsigned long arg)
{
	void __user *argument = (void __user *)arg;

	switch (call) {
	case KVM_CREATE_VCPU:
		return vcpu_create(vm, arg);
	case KVM_CHECK_EXTENSION:
		return vm_check_extension(vm, arg);
	case KVM_SET_USER_MEMORY_REGION:
		return vm_set_memory(vm, argument);
	case KVM_GET_DIRTY_LOG:
		return vm_get_log(vm, argument);
	case KVM_CREATE_IRQCHIP:
		return vgic_create(vm, KVM_DEV_TYPE_ARM_VGIC_V2);
	case KVM_CREATE_DEVICE:
		return vm_create_device(vm, argument);
	case KVM_ARM_SET_DEVICE_ADDR:
		return vm_set_device_address(vm, argument);
	case KVM_ARM_PREFERRED_TARGET:
		return vm_preferred_target(argument);
	case KVM_IRQ_LINE_STATUS:
		return vm_line_status(vm, argument);
	case KVM_IRQFD:
		return vm_irqfd(vm, argument);
	case KVM_IOEVENTFD:
		return vm_ioeventfd(vm, argument);
	case KVM_REGISTER_COALESCED_MMIO:
	case KVM_UNREGISTER_COALESCED_MMIO:
		return vm_zone(vm, argument, call == KVM_REGISTER_COALESCED_MMIO);
	case KVM_SET_GSI_ROUTING:
		return routes_set(vm, argument);
	default:
		return -EINVAL;
	}
}

static long vm_ioctl(struct file *file, unsigned int call, unsigned long arg)
{
	struct vm *vm = file->private_data;

	if (unlikely(vm->mm != current->mm))
		return -EIO;
	if (likely(call == KVM_IRQ_LINE))
		return vm_line(vm, (void __user *)arg);
	return vm_do(vm, call, arg);
}

static int vm_release(struct inode *inode, struct file *file)
{
	irqfd_remove_all(file->private_data);
	vm_put(file->private_data);
	return 0;
}

static const struct file_operations vm_ops = {
	.owner = THIS_MODULE,
	.release = vm_release,
	.unlocked_ioctl = vm_ioctl,
	.llseek = noop_llseek,
};

int vm_create(unsigned long type)
{
	struct vm *vm;
	int file;

	if (type)
		return -EINVAL;
	vm = vm_make();
	if (IS_ERR(vm))
		return PTR_ERR(vm);
	file = anon_inode_getfd("kvm-vm", &vm_ops, vm, O_RDWR | O_CLOEXEC);
	if (file < 0)
		vm_put(vm);
	return file;
}
