// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* vCPUs: their descriptors, and the ioctls that set and read their state. */
#include "vm.h"
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

/* The IDs of KVM_GET_REG_LIST, of all vCPUs. */
static u64 *vcpu_registers;
static u32 vcpu_nr_registers;

static u64 vcpu_register(u32 n)
{
	struct plumb_result said = plumb_call(PLUMB_GET_REG_LIST, 0, n, 0, 0, 0);

	return said.r0 ? 0 : said.r1 | (u64)said.r2 << 32;
}

int vcpu_find_registers(void)
{
	u32 n;

	while (vcpu_register(vcpu_nr_registers))
		vcpu_nr_registers++;
	vcpu_registers = kmalloc_array(vcpu_nr_registers, sizeof(u64), GFP_KERNEL);
	if (!vcpu_registers)
		return -ENOMEM;
	for (n = 0; n < vcpu_nr_registers; n++)
		vcpu_registers[n] = vcpu_register(n);
	return 0;
}

void vcpu_forget_registers(void)
{
	kfree(vcpu_registers);
}

/* ---- registers ---- */

/* Bytes of a register with this ID. */
static u32 vcpu_register_size(u64 id)
{
	return 1u << ((id & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT);
}

static int vcpu_get_register(struct vcpu *vcpu, const struct kvm_one_reg *reg)
{
	struct plumb_result said = plumb_call(PLUMB_GET_ONE_REG, vcpu->word, lower_32_bits(reg->id),
					      upper_32_bits(reg->id), 0, 0);
	u64 value = said.r1 | (u64)said.r2 << 32;
	u32 size = vcpu_register_size(reg->id);

	if (said.r0)
		return said.r0;
	/* The monitor knows registers of 4 and 8 bytes: low word first. */
	if (size > sizeof(value))
		return -ENOENT;
	return copy_to_user(u64_to_user_ptr(reg->addr), &value, size) ? -EFAULT : 0;
}

static int vcpu_set_register(struct vcpu *vcpu, const struct kvm_one_reg *reg)
{
	u32 size = vcpu_register_size(reg->id);
	u64 value = 0;

	if (size > sizeof(value))
		return -ENOENT;
	if (copy_from_user(&value, u64_to_user_ptr(reg->addr), size))
		return -EFAULT;
	return plumb_call(PLUMB_SET_ONE_REG, vcpu->word, lower_32_bits(reg->id),
			  upper_32_bits(reg->id), lower_32_bits(value), upper_32_bits(value))
		.r0;
}

static int vcpu_one_register(struct vcpu *vcpu, void __user *argument, bool set)
{
	struct kvm_one_reg reg;

	if (!vcpu->ready)
		return -ENOEXEC;
	if (copy_from_user(&reg, argument, sizeof(reg)))
		return -EFAULT;
	return set ? vcpu_set_register(vcpu, &reg) : vcpu_get_register(vcpu, &reg);
}

static int vcpu_register_list(struct vcpu *vcpu, void __user *argument)
{
	struct kvm_reg_list __user *list = argument;
	u64 room, count = vcpu_nr_registers;

	if (!vcpu->ready)
		return -ENOEXEC;
	if (copy_from_user(&room, &list->n, sizeof(room)) ||
	    copy_to_user(&list->n, &count, sizeof(count)))
		return -EFAULT;
	if (room < count)
		return -E2BIG;
	return copy_to_user(list->reg, vcpu_registers, count * sizeof(u64)) ? -EFAULT : 0;
}

/* ---- KVM_ARM_VCPU_INIT ---- */

static bool vcpu_has_unknown_features(const struct kvm_vcpu_init *init)
{
	u32 n;

	for (n = 1; n < ARRAY_SIZE(init->features); n++)
		if (init->features[n])
			return true;
	return false;
}

static int vcpu_init(struct vcpu *vcpu, void __user *argument)
{
	struct kvm_vcpu_init init;
	int error;

	if (copy_from_user(&init, argument, sizeof(init)))
		return -EFAULT;
	/* A feature that no monitor knows, if another word than the first one has some. */
	error = plumb_call3(PLUMB_VCPU_INIT, vcpu->word, init.target,
			    vcpu_has_unknown_features(&init) ? ~0u : init.features[0]);
	if (error)
		return error;
	/* It reads past the caches from now on, and the monitor cleans what it maps. */
	if (vcpu->has_run)
		memory_unmap_all(vcpu->vm);
	vcpu->has_run_once |= vcpu->has_run;
	vcpu->has_run = false;
	vcpu->plain = false;
	vcpu->ready = true;
	vcpu->load_bytes = 0;
	vcpu->accessed = false;
	vcpu->value = 0;
	vcpu->action = PLUMB_RUN_DO_EMULATED;
	return 0;
}

/* ---- other state ---- */

static int vcpu_get_state(struct vcpu *vcpu, void __user *argument)
{
	struct plumb_result said = plumb_call(PLUMB_GET_MP_STATE, vcpu->word, 0, 0, 0, 0);
	struct kvm_mp_state state = { said.r1 };

	if (said.r0)
		return said.r0;
	return copy_to_user(argument, &state, sizeof(state)) ? -EFAULT : 0;
}

static int vcpu_set_state(struct vcpu *vcpu, void __user *argument)
{
	struct kvm_mp_state state;

	if (copy_from_user(&state, argument, sizeof(state)))
		return -EFAULT;
	return plumb_call3(PLUMB_SET_MP_STATE, vcpu->word, state.mp_state, 0);
}

static int vcpu_set_mask(struct vcpu *vcpu, void __user *argument)
{
	struct kvm_signal_mask __user *user = argument;
	struct kvm_signal_mask head;
	sigset_t mask;

	vcpu->plain = false;
	if (!argument) {
		vcpu->has_mask = false;
		return 0;
	}
	if (copy_from_user(&head, user, sizeof(head)))
		return -EFAULT;
	if (head.len != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, user->sigset, sizeof(mask)))
		return -EFAULT;
	sigdelsetmask(&mask, sigmask(SIGKILL) | sigmask(SIGSTOP));
	vcpu->mask = mask;
	vcpu->has_mask = true;
	return 0;
}

/* ---- KVM_GET_VCPU_EVENTS ---- */

static int vcpu_get_events(struct vcpu *vcpu, void __user *argument)
{
	struct plumb_result said = plumb_call(PLUMB_GET_VCPU_EVENTS, vcpu->word, 0, 0, 0, 0);
	struct kvm_vcpu_events events = {};

	if (said.r0)
		return said.r0;
	events.exception.serror_pending = said.r1 & PLUMB_EVENT_SERROR;
	return copy_to_user(argument, &events, sizeof(events)) ? -EFAULT : 0;
}

/* What must be 0. */
static bool vcpu_has_more_events(const struct kvm_vcpu_events *events)
{
	return memchr_inv(events->reserved, 0, sizeof(events->reserved)) ||
	       memchr_inv(events->exception.pad, 0, sizeof(events->exception.pad)) ||
	       (events->exception.serror_pending && events->exception.serror_has_esr);
}

static int vcpu_set_events(struct vcpu *vcpu, void __user *argument)
{
	struct kvm_vcpu_events events;

	if (copy_from_user(&events, argument, sizeof(events)))
		return -EFAULT;
	if (vcpu_has_more_events(&events))
		return -EINVAL;
	/* The access of its last exit, if user space has not answered it, ends by the abort. */
	if (events.exception.ext_dabt_pending)
		vcpu->load_bytes = 0;
	return plumb_call3(PLUMB_SET_VCPU_EVENTS, vcpu->word,
			   (events.exception.serror_pending ? PLUMB_EVENT_SERROR : 0) |
				   (events.exception.ext_dabt_pending ? PLUMB_EVENT_ABORT : 0),
			   0);
}

/* ---- attributes: the interrupts of its timers, which no VMM can change ---- */

#define VCPU_VTIMER_PPI 27
#define VCPU_PTIMER_PPI 30
#define VCPU_FIRST_PPI	16
#define VCPU_LAST_PPI	31

/* 0: there is none. */
static u32 vcpu_attr_ppi(const struct kvm_device_attr *attr)
{
	if (attr->group != KVM_ARM_VCPU_TIMER_CTRL)
		return 0;
	switch (attr->attr) {
	case KVM_ARM_VCPU_TIMER_IRQ_VTIMER:
		return VCPU_VTIMER_PPI;
	case KVM_ARM_VCPU_TIMER_IRQ_PTIMER:
		return VCPU_PTIMER_PPI;
	default:
		return 0;
	}
}

/* In the order of KVM. */
static int vcpu_set_attr(struct vcpu *vcpu, const struct kvm_device_attr *attr)
{
	u32 ppi = vcpu_attr_ppi(attr), irq;

	if (attr->group != KVM_ARM_VCPU_TIMER_CTRL)
		return -ENXIO;
	if (!vcpu->vm->has_gic)
		return -EINVAL;
	if (get_user(irq, (u32 __user *)u64_to_user_ptr(attr->addr)))
		return -EFAULT;
	if (irq < VCPU_FIRST_PPI || irq > VCPU_LAST_PPI)
		return -EINVAL;
	if (vcpu->has_run || vcpu->has_run_once)
		return -EBUSY;
	if (!ppi)
		return -ENXIO;
	return irq == ppi ? 0 : -EINVAL;
}

static int vcpu_attr(struct vcpu *vcpu, unsigned int call, void __user *argument)
{
	struct kvm_device_attr attr;
	u32 ppi;

	if (copy_from_user(&attr, argument, sizeof(attr)))
		return -EFAULT;
	if (call == KVM_SET_DEVICE_ATTR)
		return vcpu_set_attr(vcpu, &attr);
	ppi = vcpu_attr_ppi(&attr);
	if (!ppi)
		return -ENXIO;
	if (call == KVM_HAS_DEVICE_ATTR)
		return 0;
	return put_user(ppi, (u32 __user *)u64_to_user_ptr(attr.addr));
}

/* ---- ioctls ---- */

/* Apart from KVM_RUN, as Debian's kernels clear what these have on the stack. */
static noinline long vcpu_do(struct vcpu *vcpu, unsigned int call, unsigned long arg)
{
	void __user *argument = (void __user *)arg;

	switch (call) {
	case KVM_ARM_VCPU_INIT:
		return vcpu_init(vcpu, argument);
	case KVM_GET_ONE_REG:
	case KVM_SET_ONE_REG:
		return vcpu_one_register(vcpu, argument, call == KVM_SET_ONE_REG);
	case KVM_GET_REG_LIST:
		return vcpu_register_list(vcpu, argument);
	case KVM_GET_MP_STATE:
		return vcpu_get_state(vcpu, argument);
	case KVM_SET_MP_STATE:
		return vcpu_set_state(vcpu, argument);
	case KVM_SET_SIGNAL_MASK:
		return vcpu_set_mask(vcpu, argument);
	case KVM_GET_VCPU_EVENTS:
		return vcpu_get_events(vcpu, argument);
	case KVM_SET_VCPU_EVENTS:
		return vcpu_set_events(vcpu, argument);
	case KVM_SET_DEVICE_ATTR:
	case KVM_GET_DEVICE_ATTR:
	case KVM_HAS_DEVICE_ATTR:
		return vcpu_attr(vcpu, call, argument);
	default:
		return -EINVAL;
	}
}

/* Apart from those who need not wait, for the same reason. */
static noinline int vcpu_wait(struct gate *gate)
{
	return gate_wait(gate);
}

static long vcpu_ioctl(struct file *file, unsigned int call, unsigned long arg)
{
	struct vcpu *vcpu = file->private_data;
	long result;

	if (vcpu->vm->mm != current->mm)
		return -EIO;
	if (unlikely(_IOC_TYPE(call) != KVMIO))
		return -EINVAL;
	if (!gate_try(&vcpu->gate) && vcpu_wait(&vcpu->gate))
		return -EINTR;
	if (likely(call == KVM_RUN))
		result = arg ? -EINVAL : run_vcpu(vcpu);
	else
		result = vcpu_do(vcpu, call, arg);
	gate_leave(&vcpu->gate);
	return result;
}

/* ---- its mapping: struct kvm_run, and the ring of the VM ---- */

static vm_fault_t vcpu_fault(struct vm_fault *fault)
{
	struct vcpu *vcpu = fault->vma->vm_file->private_data;

	if (fault->pgoff == 0)
		fault->page = virt_to_page(vcpu->run);
	else if (fault->pgoff == KVM_COALESCED_MMIO_PAGE_OFFSET)
		fault->page = virt_to_page(vcpu->vm->ring);
	else
		return VM_FAULT_SIGBUS;
	get_page(fault->page);
	return 0;
}

static const struct vm_operations_struct vcpu_mapping = {
	.fault = vcpu_fault,
};

static int vcpu_mmap(struct file *file, struct vm_area_struct *area)
{
	area->vm_ops = &vcpu_mapping;
	return 0;
}

/* ---- its life ---- */

static int vcpu_release(struct inode *inode, struct file *file)
{
	struct vcpu *vcpu = file->private_data;

	if (vcpu)
		vm_put(vcpu->vm);
	return 0;
}

static const struct file_operations vcpu_ops = {
	.owner = THIS_MODULE,
	.release = vcpu_release,
	.unlocked_ioctl = vcpu_ioctl,
	.mmap = vcpu_mmap,
	.llseek = noop_llseek,
};

void vcpu_free(struct vcpu *vcpu)
{
	if (!vcpu)
		return;
	hrtimer_cancel(&vcpu->timer); /* of a run that began before the VM had a GIC */
	free_page((unsigned long)vcpu->run);
	kfree(vcpu->pages);
	kfree(vcpu->pfns);
	kfree(vcpu);
}

static struct vcpu *vcpu_make(struct vm *vm, u32 index)
{
	struct vcpu *vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);

	if (!vcpu)
		return NULL;
	vcpu->vm = vm;
	vcpu->index = index;
	vcpu->word = vm->handle | index << 16;
	vcpu->faulted = VM_MAX_PAGES;
	init_waitqueue_head(&vcpu->gate.queue);
	rcuwait_init(&vcpu->wait);
	hrtimer_init(&vcpu->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	vcpu->timer.function = wait_timer;
	vcpu->run = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (vcpu->run && !memory_make_room(vcpu))
		return vcpu;
	vcpu_free(vcpu);
	return NULL;
}

/* A vCPU that the monitor has made stays until the VM ends, so that is last but for what cannot
 * fail. vm->lock is held. */
static int vcpu_add_file(struct vm *vm, struct vcpu *vcpu, int number)
{
	struct file *file;
	char name[16];
	int error;

	snprintf(name, sizeof(name), "kvm-vcpu:%u", vcpu->index);
	file = anon_inode_getfile(name, &vcpu_ops, vcpu, O_RDWR);
	if (IS_ERR(file))
		return PTR_ERR(file);
	error = plumb_call3(PLUMB_CREATE_VCPU, vm->handle, vcpu->index, 0);
	if (error) {
		file->private_data = NULL; /* it is released later than vCPU and VM */
		fput(file);
		return error;
	}
	smp_store_release(&vm->vcpus[vcpu->index], vcpu); /* vm_tell */
	vm_get(vm);
	fd_install(number, file);
	return 0;
}

static int vcpu_add(struct vm *vm, u32 index)
{
	struct vcpu *vcpu = vcpu_make(vm, index);
	int number, error;

	if (!vcpu)
		return -ENOMEM;
	number = get_unused_fd_flags(O_CLOEXEC);
	error = number < 0 ? number : vcpu_add_file(vm, vcpu, number);
	if (!error)
		return number;
	if (number >= 0)
		put_unused_fd(number);
	vcpu_free(vcpu);
	return error;
}

int vcpu_create(struct vm *vm, unsigned long index)
{
	int file;

	if (index >= VM_MAX_VCPUS)
		return -EINVAL;
	mutex_lock(&vm->lock);
	file = vm->vcpus[index] ? -EEXIST : vcpu_add(vm, index);
	mutex_unlock(&vm->lock);
	return file;
}
