/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ioctls of kvmtool for 32-bit Arm in their order, with its arguments, threads and signals, as
 * they were recorded of `lkvm run`: a board whose virtio device signals by IOEVENTFD and is pulsed
 * by IRQ_LINE.
 */
#include "guest/linux/kvmtest/board.h"
#include "guest/linux/kvmtest/tap.h"

#define BOARD_PATIENCE 5000 /* milliseconds */
#define BOARD_RING     170u /* entries of the ring */
#define BOARD_TREE     (MACHINE_RAM + 0x600000u)
#define BOARD_KERNEL   (MACHINE_RAM + 0x8000u)
#define BOARD_SPI      (1u << 24 | 36)

struct board board;

void board_is(int64_t got, int64_t want, const char *name)
{
	if (!(board.flags & BOARD_QUIET)) {
		tap_is(got, want, name);
	}
	board.wrong += got != want;
}

static int32_t board_has(uint32_t extension)
{
	return sys_ioctl(machine_open(), KVM_CHECK_EXTENSION, extension);
}

/* ---- before a vCPU runs ---- */

static void board_vm(void)
{
	board_is(sys_ioctl(machine_open(), KVM_GET_API_VERSION, 0), 12, "the version of the API");
	board.vm = sys_ioctl(machine_open(), KVM_CREATE_VM, 0);
	board_is(board.vm < 0, false, "a VM");
	board_is(board_has(KVM_CAP_IRQCHIP), 1, "KVM_CAP_IRQCHIP");
	board_is(board_has(KVM_CAP_ONE_REG), 1, "KVM_CAP_ONE_REG");
	board_is(board_has(KVM_CAP_ARM_PSCI), 1, "KVM_CAP_ARM_PSCI");
}

static int32_t board_attr(uint32_t call, uint32_t group, uint32_t attr, const void *value)
{
	struct kvm_attr args = { 0, group, attr, sys_at(value) };

	return sys_ioctl(board.gic, call, sys_at(&args));
}

/* GICv3 with an ITS, GICv3, then what there is; the CPU interface before the distributor. */
static void board_gic(void)
{
	uint64_t gicc = MACHINE_GICC, gicd = MACHINE_GICD;
	struct kvm_device device = { 7, 0, 0 };

	board_is(sys_ioctl(board.vm, KVM_CREATE_DEVICE, sys_at(&device)), -SYS_ENODEV,
		 "no GICv3 for an ITS");
	board_is(sys_ioctl(board.vm, KVM_CREATE_DEVICE, sys_at(&device)), -SYS_ENODEV, "no GICv3");
	device.type = 5;
	board_is(sys_ioctl(board.vm, KVM_CREATE_DEVICE, sys_at(&device)), 0, "a GICv2");
	board.gic = (int32_t)device.fd;
	board_is(board_attr(KVM_SET_DEVICE_ATTR, 0, 1, &gicc), 0, "its CPU interface");
	board_is(board_attr(KVM_SET_DEVICE_ATTR, 0, 0, &gicd), 0, "its distributor");
}

static void board_irqchip(void)
{
	struct kvm_address gicd = { 0, MACHINE_GICD }, gicc = { 1, MACHINE_GICC };

	board_is(sys_ioctl(board.vm, KVM_CREATE_IRQCHIP, 0), 0, "KVM_CREATE_IRQCHIP");
	board_is(sys_ioctl(board.vm, KVM_ARM_SET_DEVICE_ADDR, sys_at(&gicd)), 0, "its distributor");
	board_is(sys_ioctl(board.vm, KVM_ARM_SET_DEVICE_ADDR, sys_at(&gicc)), 0,
		 "its CPU interface");
}

/* Aligned for huge pages, and with advice that the kernel need not know. */
static void board_memory(void)
{
	struct kvm_region region = { 0, 0, MACHINE_RAM, BOARD_SIZE, 0 };

	board.whole = sys_map(-1, 0, BOARD_SIZE + BOARD_ALIGN, SYS_PROT_READ | SYS_PROT_WRITE,
			      SYS_MAP_PRIVATE | SYS_MAP_ANONYMOUS | SYS_MAP_NORESERVE);
	board.ram = (uint8_t *)(uintptr_t)((sys_at(board.whole) + BOARD_ALIGN - 1) &
					   ~(BOARD_ALIGN - 1));
	(void)sys_call3(SYS_MADVISE, sys_at(board.whole), BOARD_SIZE + BOARD_ALIGN, SYS_MERGEABLE);
	(void)sys_call3(SYS_MADVISE, sys_at(board.whole), BOARD_SIZE + BOARD_ALIGN, SYS_HUGEPAGE);
	region.user = sys_at(board.ram);
	board_is(sys_ioctl(board.vm, KVM_SET_USER_MEMORY_REGION, sys_at(&region)), 0, "its RAM");
	memcpy(board.ram + (BOARD_KERNEL - MACHINE_RAM), guest_board,
	       (size_t)(guest_end - guest_board));
}

static void board_vcpu(uint32_t index)
{
	struct board_vcpu *vcpu = &board.vcpus[index];
	struct kvm_init preferred = { 0 }, init = { 0, { index ? 3 : 2 } };

	vcpu->index = index;
	vcpu->running = true;
	vcpu->file = sys_ioctl(board.vm, KVM_CREATE_VCPU, index);
	board_is(vcpu->file < 0, false, "a vCPU");
	board_is(sys_ioctl(machine_open(), KVM_GET_VCPU_MMAP_SIZE, 0), BOARD_RUN,
		 "two pages of struct kvm_run");
	vcpu->run =
		sys_map(vcpu->file, 0, BOARD_RUN, SYS_PROT_READ | SYS_PROT_WRITE, SYS_MAP_SHARED);
	board_is(!vcpu->run, false, "which are mapped");
	board_is(board_has(KVM_CAP_ARM_PSCI_0_2), 1, "KVM_CAP_ARM_PSCI_0_2");
	board_is(sys_ioctl(board.vm, KVM_ARM_PREFERRED_TARGET, sys_at(&preferred)), 0,
		 "its target");
	init.target = preferred.target;
	board_is(sys_ioctl(vcpu->file, KVM_ARM_VCPU_INIT, sys_at(&init)), 0, "KVM_ARM_VCPU_INIT");
	board_is(board_has(KVM_CAP_COALESCED_MMIO), 1, "the ring is page 1");
}

static uint32_t board_get(const struct board_vcpu *vcpu, uint64_t id)
{
	uint32_t value = 0;
	struct kvm_reg reg = { id, sys_at(&value) };

	board.odd += sys_ioctl(vcpu->file, KVM_GET_ONE_REG, sys_at(&reg)) != 0;
	return value;
}

/* When all devices are there: how many interrupts, and that is all. */
static void board_ready(void)
{
	uint32_t irqs = 128;

	if (board.gic >= 0) {
		board_is(board_attr(KVM_HAS_DEVICE_ATTR, 3, 0, &irqs), 0, "a number of interrupts");
		board_is(board_attr(KVM_SET_DEVICE_ATTR, 3, 0, &irqs), 0, "is set");
		board_is(board_attr(KVM_HAS_DEVICE_ATTR, 4, 0, NULL), 0, "an initialisation");
		board_is(board_attr(KVM_SET_DEVICE_ATTR, 4, 0, NULL), 0, "is done");
		board_is(board_has(KVM_CAP_CHECK_EXTENSION_VM), 1, "extensions of a VM");
		board_is(sys_ioctl(board.vm, KVM_CHECK_EXTENSION, KVM_CAP_MSI_DEVID), 0,
			 "no device numbers of MSIs");
	}
	for (uint32_t n = 0; n < BOARD_VCPUS; n++) {
		board_is(board_get(&board.vcpus[n], KVM_ID_MPIDR) & 0xffffff, n, "its MPIDR");
	}
	board_is(board_has(KVM_CAP_ARM_PSCI_0_2), 1, "and PSCI 0.2");
}

void board_make(uint32_t flags)
{
	memset(&board, 0, sizeof(board));
	board.flags = flags;
	board.gic = -1;
	board_vm();
	if (flags & BOARD_IRQCHIP) {
		board_irqchip();
	} else {
		board_gic();
	}
	board_memory();
	board_is(board_has(KVM_CAP_IOEVENTFD), 1, "KVM_CAP_IOEVENTFD");
	board_is(board_has(KVM_CAP_MAX_VCPUS), 8, "KVM_CAP_MAX_VCPUS");
	board_is(board_has(KVM_CAP_NR_VCPUS) > 0, true, "KVM_CAP_NR_VCPUS");
	board.task = sys_call3(SYS_EVENTFD2, 0, 0, 0);
	for (uint32_t n = 0; n < BOARD_VCPUS; n++) {
		board_vcpu(n);
	}
	board_ready();
}

/* ---- the device ---- */

int64_t board_wait(int32_t event)
{
	uint64_t count = 0;
	struct {
		int32_t file;
		uint16_t events, got;
	} poll = { event, 1, 0 };

	if (sys_call3(SYS_POLL, sys_at(&poll), 1, BOARD_PATIENCE) != 1) {
		return 0;
	}
	return sys_call3(SYS_READ, (uint32_t)event, sys_at(&count), 8) == 8 ? (int64_t)count : 0;
}

void board_tell(int32_t event)
{
	uint64_t one = 1;

	(void)sys_call3(SYS_WRITE, (uint32_t)event, sys_at(&one), 8);
}

static void board_device(void *argument)
{
	struct kvm_line high = { BOARD_SPI, 1 }, low = { BOARD_SPI, 0 };

	(void)argument;
	while (!board.device_ends) {
		if (board_wait(board.notify) == 0 || board.device_ends) {
			continue;
		}
		board.status = 1;
		board.odd += sys_ioctl(board.vm, KVM_IRQ_LINE, sys_at(&high)) != 0;
		board.odd += sys_ioctl(board.vm, KVM_IRQ_LINE, sys_at(&low)) != 0;
		board.pulses++;
	}
}

int32_t board_ioevent(uint32_t flags)
{
	struct kvm_ioevent args = { 0, BOARD_VIRTIO + 0x50, 4, board.notify, flags, { 0 } };

	return sys_ioctl(board.vm, KVM_IOEVENTFD, sys_at(&args));
}

/* The guest makes the queue ready: in the thread of its vCPU, between two KVM_RUNs. */
static void board_queue(void)
{
	board.notify = sys_call3(SYS_EVENTFD2, 0, 0, 0);
	board.odd += board_ioevent(1) != 0;
	board.odd += !sys_thread_start(&board.device, board_device, NULL);
}

static void board_mmio(volatile struct kvm_state *run)
{
	uint32_t offset = (uint32_t)run->mmio.address - BOARD_VIRTIO;

	if (run->mmio.address == MACHINE_MMIO && run->mmio.is_write) {
		board.chars++;
	} else if (run->mmio.address == MACHINE_MMIO + 5 && !run->mmio.is_write) {
		run->mmio.data[0] = board.enough;
	} else if (offset == 0x44 && run->mmio.is_write) {
		board_queue();
	} else if (offset == 0x60 && !run->mmio.is_write) {
		run->mmio.data[0] = (uint8_t)board.status;
		run->mmio.data[1] = run->mmio.data[2] = run->mmio.data[3] = 0;
	} else if (offset == 0x64 && run->mmio.is_write) {
		board.status &= ~(uint32_t)run->mmio.data[0];
	} else {
		board.odd++;
	}
}

/* ---- a vCPU's thread ---- */

static struct board_vcpu *board_self(void)
{
	int32_t tid = sys_tid();

	return board.vcpus[1].tid == tid ? &board.vcpus[1] : &board.vcpus[0];
}

static void board_stopped(int signal)
{
	(void)signal;
	board_self()->running = false;
}

/* The handler itself waits until the VM goes on. */
static void board_paused(int signal)
{
	(void)signal;
	board_tell(board.pause);
	while (board.held) {
		sys_sleep_us(1000);
	}
}

/* Registers of the calling thread's vCPU, in the handler. */
static void board_dumps(int signal)
{
	struct board_vcpu *self = board_self();

	(void)signal;
	(void)board_get(self, KVM_ID_PC);
	(void)board_get(self, KVM_ID_CPSR);
	(void)board_get(self, KVM_ID_CORE(18)); /* SP_svc */
	(void)board_get(self, KVM_ID_CORE(19)); /* LR_svc */
	self->dumped++;
}

static void board_set(const struct board_vcpu *vcpu, uint64_t id, uint32_t value)
{
	struct kvm_reg reg = { id, sys_at(&value) };

	board.odd += sys_ioctl(vcpu->file, KVM_SET_ONE_REG, sys_at(&reg)) != 0;
}

static void board_reset(const struct board_vcpu *vcpu)
{
	board_set(vcpu, KVM_ID_CPSR, 0xd3);
	if (vcpu->index == 0) {
		board_set(vcpu, KVM_ID_R(0), 0);
		board_set(vcpu, KVM_ID_R(1), 0xffffffff);
		board_set(vcpu, KVM_ID_R(2), BOARD_TREE);
		board_set(vcpu, KVM_ID_PC, BOARD_KERNEL);
	}
}

static void board_ring(const struct board_vcpu *vcpu)
{
	struct kvm_ring *ring = (void *)((uint8_t *)(uintptr_t)vcpu->run + MACHINE_PAGE);

	while (ring->first != ring->last) {
		board.odd++; /* no zone is registered */
		ring->first = (ring->first + 1) % BOARD_RING;
	}
}

/* False: the loop ends. KVM_RUN of which a signal is the end says so in exit_reason, too: else the
 * last access would be done again. */
static bool board_exit(struct board_vcpu *vcpu)
{
	switch (vcpu->run->exit_reason) {
	case KVM_EXIT_MMIO:
		board_ring(vcpu);
		board_mmio(vcpu->run);
		break;
	case 0: /* KVM_EXIT_UNKNOWN */
		break;
	case KVM_EXIT_INTR:
		vcpu->interrupted++;
		return vcpu->running;
	case KVM_EXIT_SYSTEM_EVENT:
		vcpu->event = vcpu->run->system.type;
		sys_thread_signal(board.vcpus[0].tid, BOARD_STOP);
		return false;
	default:
		board.odd++;
		return false;
	}
	board_ring(vcpu);
	return true;
}

void board_thread(void *argument)
{
	struct board_vcpu *self = argument;

	self->tid = sys_tid();
	sys_handle(BOARD_STOP, board_stopped);
	sys_handle(BOARD_PAUSE, board_paused);
	sys_handle(BOARD_DUMP, board_dumps);
	board_reset(self);
	while (self->running) {
		int32_t error = sys_ioctl(self->file, KVM_RUN, 0);

		if (error && error != -SYS_EINTR && error != -SYS_EAGAIN) {
			self->error = error;
			return;
		}
		if (!board_exit(self)) {
			return;
		}
	}
}
