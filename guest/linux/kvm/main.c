// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * /dev/kvm for Debian's 32-bit kernels in a partition that Plumbline's manifest gives `vms`: a
 * virtual machine monitor that was written for KVM/ARM creates and runs VMs. docs/kvm.md says what
 * is there.
 */
#include "vm.h"
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static long main_ioctl(struct file *file, unsigned int call, unsigned long arg)
{
	switch (call) {
	case KVM_GET_API_VERSION:
		return arg ? -EINVAL : KVM_API_VERSION;
	case KVM_CREATE_VM:
		return vm_create(arg);
	case KVM_CHECK_EXTENSION:
		return vm_check_extension(NULL, arg);
	case KVM_GET_VCPU_MMAP_SIZE:
		return arg ? -EINVAL : VM_MMAP_PAGES * PAGE_SIZE;
	default:
		return -EINVAL;
	}
}

static const struct file_operations main_ops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = main_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice main_device = {
	.minor = KVM_MINOR,
	.name = "kvm",
	.fops = &main_ops,
};

static int __init main_init(void)
{
	int error = monitor_find();

	if (error)
		return error;
	error = vcpu_find_registers();
	if (error)
		return error;
	error = irqfd_start();
	if (error)
		goto no_work;
	error = doorbell_start();
	if (error)
		goto no_doorbell;
	error = vm_end_former();
	if (!error)
		error = misc_register(&main_device);
	if (error)
		goto no_device;
	return 0;
no_device:
	doorbell_stop();
no_doorbell:
	irqfd_stop();
no_work:
	vcpu_forget_registers();
	return error;
}

/* Descriptors hold the module: there are no VMs. */
static void __exit main_exit(void)
{
	misc_deregister(&main_device);
	doorbell_stop();
	irqfd_stop();
	vcpu_forget_registers();
	mmu_notifier_synchronize();
}

module_init(main_init);
module_exit(main_exit);

/* As MODULE_DEVICE_TABLE makes them: see plumbline_shared. */
MODULE_ALIAS("of:N*T*Cplumbline,creator");
MODULE_ALIAS("of:N*T*Cplumbline,creatorC*");
MODULE_ALIAS_MISCDEV(KVM_MINOR);
MODULE_ALIAS("devname:kvm");
MODULE_DESCRIPTION("/dev/kvm on Plumbline");
MODULE_AUTHOR("The Plumbline project");
MODULE_LICENSE("Dual BSD/GPL");
