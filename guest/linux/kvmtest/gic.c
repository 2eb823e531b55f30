/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A GIC's registers by device attributes (arm-vgic.rst): a VM is saved while interrupts of it are
 * pending, active and both, and goes on as another VM.
 */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define GIC_VCPUS 2u
#define GIC_DIST  1u /* groups */
#define GIC_CPU	  2u
#define GIC_IRQS  128u
#define GIC_WORDS (GIC_IRQS / 32) /* of registers with a bit for each interrupt */

#define GIC_SPI(n) (1u << 24 | (n))
#define GIC_PPI(n) (2u << 24 | (n))

/* Offsets of ARM IHI 0048B */
#define GICD_CTLR	0x000u
#define GICD_TYPER	0x004u
#define GICD_IIDR	0x008u
#define GICD_ISENABLER	0x100u
#define GICD_ICENABLER	0x180u
#define GICD_ISPENDR	0x200u
#define GICD_ICPENDR	0x280u
#define GICD_ISACTIVER	0x300u
#define GICD_ICACTIVER	0x380u
#define GICD_IPRIORITYR 0x400u
#define GICD_ITARGETSR	0x800u
#define GICD_ICFGR	0xc00u
#define GICD_CPENDSGIR	0xf10u
#define GICD_SPENDSGIR	0xf20u
#define GICC_PMR	0x04u

static const uint32_t gic_cpu_offsets[] = { 0x00, 0x04, 0x08, 0x1c, 0xd0 };

#define GIC_CPU_REGS (sizeof(gic_cpu_offsets) / sizeof(gic_cpu_offsets[0]))

/* What is the same for all vCPUs is in that of vCPU 0. */
struct gic_image {
	uint32_t ctlr, iidr;
	uint32_t enabled[GIC_WORDS], pending[GIC_WORDS], active[GIC_WORDS];
	uint32_t priority[GIC_IRQS / 4], targets[GIC_IRQS / 4], config[GIC_IRQS / 16];
	uint32_t sgis[4], cpu[GIC_CPU_REGS];
};

static struct gic_image gic_images[GIC_VCPUS];
static uint32_t gic_errors; /* of accesses that were to be good */

static uint32_t gic_get(const struct machine *machine, uint32_t group, uint32_t vcpu,
			uint32_t offset)
{
	uint32_t value = 0;

	gic_errors +=
		machine_gic(machine, KVM_GET_DEVICE_ATTR, group, vcpu, offset, &value) ? 1 : 0;
	return value;
}

static void gic_set(const struct machine *machine, uint32_t group, uint32_t vcpu, uint32_t offset,
		    uint32_t value)
{
	gic_errors +=
		machine_gic(machine, KVM_SET_DEVICE_ATTR, group, vcpu, offset, &value) ? 1 : 0;
}

static void gic_get_words(const struct machine *machine, uint32_t vcpu, uint32_t offset,
			  uint32_t *words, uint32_t count)
{
	for (uint32_t n = 0; n < count; n++) {
		words[n] = gic_get(machine, GIC_DIST, vcpu, offset + 4 * n);
	}
}

static void gic_set_words(const struct machine *machine, uint32_t vcpu, uint32_t offset,
			  const uint32_t *words, uint32_t count)
{
	for (uint32_t n = 0; n < count; n++) {
		gic_set(machine, GIC_DIST, vcpu, offset + 4 * n, words[n]);
	}
}

static void gic_save(const struct machine *machine, uint32_t vcpu, struct gic_image *image)
{
	image->ctlr = gic_get(machine, GIC_DIST, vcpu, GICD_CTLR);
	image->iidr = gic_get(machine, GIC_DIST, vcpu, GICD_IIDR);
	gic_get_words(machine, vcpu, GICD_ISENABLER, image->enabled, GIC_WORDS);
	gic_get_words(machine, vcpu, GICD_ISPENDR, image->pending, GIC_WORDS);
	gic_get_words(machine, vcpu, GICD_ISACTIVER, image->active, GIC_WORDS);
	gic_get_words(machine, vcpu, GICD_IPRIORITYR, image->priority, GIC_IRQS / 4);
	gic_get_words(machine, vcpu, GICD_ITARGETSR, image->targets, GIC_IRQS / 4);
	gic_get_words(machine, vcpu, GICD_ICFGR, image->config, GIC_IRQS / 16);
	gic_get_words(machine, vcpu, GICD_SPENDSGIR, image->sgis, 4);
	for (uint32_t n = 0; n < GIC_CPU_REGS; n++) {
		image->cpu[n] = gic_get(machine, GIC_CPU, vcpu, gic_cpu_offsets[n]);
	}
}

/* All bits are cleared, and those of the image set. */
static void gic_set_bits(const struct machine *machine, uint32_t vcpu, uint32_t clear, uint32_t set,
			 const uint32_t *words, uint32_t count)
{
	for (uint32_t n = 0; n < count; n++) {
		gic_set(machine, GIC_DIST, vcpu, clear + 4 * n, 0xffffffff);
		gic_set(machine, GIC_DIST, vcpu, set + 4 * n, words[n]);
	}
}

/* What is each vCPU's own is in the first words alone. */
static void gic_restore(const struct machine *machine, uint32_t vcpu, const struct gic_image *image)
{
	static const uint32_t all[4] = { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff };
	uint32_t words = vcpu ? 1 : GIC_WORDS;

	gic_set(machine, GIC_DIST, vcpu, GICD_IIDR, image->iidr);
	gic_set(machine, GIC_DIST, vcpu, GICD_CTLR, image->ctlr);
	gic_set_words(machine, vcpu, GICD_ITARGETSR, image->targets, 8 * words);
	gic_set_words(machine, vcpu, GICD_ICFGR, image->config, 2 * words);
	gic_set_bits(machine, vcpu, GICD_ICENABLER, GICD_ISENABLER, image->enabled, words);
	gic_set_bits(machine, vcpu, GICD_ICPENDR, GICD_ISPENDR, image->pending, words);
	gic_set_bits(machine, vcpu, GICD_ICACTIVER, GICD_ISACTIVER, image->active, words);
	gic_set_words(machine, vcpu, GICD_IPRIORITYR, image->priority, 8 * words);
	gic_set_words(machine, vcpu, GICD_CPENDSGIR, all, 4);
	gic_set_words(machine, vcpu, GICD_SPENDSGIR, image->sgis, 4);
	for (uint32_t n = 0; n < GIC_CPU_REGS; n++) {
		gic_set(machine, GIC_CPU, vcpu, gic_cpu_offsets[n], image->cpu[n]);
	}
}

/* ---- errors ---- */

static void test_attr_errors(const struct machine *machine)
{
	uint32_t value = 0;
	uint64_t there = 0;

	tap_is(machine_gic(machine, KVM_HAS_DEVICE_ATTR, GIC_DIST, 0, GICD_ISENABLER, &value), 0,
	       "the GIC has GICD_ISENABLER0");
	tap_is(machine_gic(machine, KVM_HAS_DEVICE_ATTR, GIC_DIST, 0, 0xffc, &value), -SYS_ENXIO,
	       "not the distributor's 0xffc");
	tap_is(machine_gic(machine, KVM_HAS_DEVICE_ATTR, GIC_DIST, 0, 2, &value), -SYS_ENXIO,
	       "nor a register at 2");
	tap_is(machine_gic(machine, KVM_HAS_DEVICE_ATTR, GIC_CPU, 1, GICC_PMR, &value), 0,
	       "it has GICC_PMR of vCPU 1");
	tap_is(machine_gic(machine, KVM_HAS_DEVICE_ATTR, GIC_CPU, 0, 0x0c, &value), -SYS_ENXIO,
	       "not GICC_IAR");
	tap_is(machine_gic(machine, KVM_HAS_DEVICE_ATTR, GIC_CPU, 5, GICC_PMR, &value), -SYS_EINVAL,
	       "nor anything of vCPU 5");
	tap_is(machine_gic(machine, KVM_GET_DEVICE_ATTR, GIC_DIST, 5, GICD_TYPER, &value),
	       -SYS_EINVAL, "a register of vCPU 5 cannot be read");
	tap_is(machine_gic(machine, KVM_SET_DEVICE_ATTR, GIC_DIST, 5, GICD_CTLR, &value),
	       -SYS_EINVAL, "nor set");
	tap_is_one(machine_gic(machine, KVM_GET_DEVICE_ATTR, GIC_CPU, 0, 0x0c, &value), -SYS_ENXIO,
		   0, "GICC_IAR is not read");
	tap_is(machine_gic(machine, KVM_GET_DEVICE_ATTR, GIC_DIST, 0, GICD_TYPER, &value), 0,
	       "GICD_TYPER is read");
	tap_is(value & 0xff, (GIC_WORDS - 1) | 1 << 5, "128 interrupts, two vCPUs");
	tap_is(machine_gic(machine, KVM_SET_DEVICE_ATTR, GIC_DIST, 0, GICD_IIDR, &value),
	       -SYS_EINVAL, "another GICD_IIDR than it has");
	tap_is(sys_ioctl(machine->gic, KVM_GET_DEVICE_ATTR,
			 sys_at(&(struct kvm_attr) { 0, GIC_DIST, there, 4 })),
	       -SYS_EFAULT, "a register is read to no memory");
	tap_is(sys_ioctl(machine->gic, KVM_SET_DEVICE_ATTR,
			 sys_at(&(struct kvm_attr) { 0, GIC_DIST, there, 4 })),
	       -SYS_EFAULT, "and set from none");
}

/* ---- a VM that runs has no registers to read ---- */

struct gic_thread {
	struct sys_thread thread;
	const struct machine *machine;
	volatile int32_t tid, result;
};

static void gic_run(void *argument)
{
	struct gic_thread *self = argument;

	self->tid = sys_tid();
	self->result = machine_run(self->machine, 0);
}

static void test_busy(struct machine *machine)
{
	struct gic_thread run = { .machine = machine };
	uint32_t value = 0;

	machine_load(machine, guest_spin);
	if (!sys_thread_start(&run.thread, gic_run, &run)) {
		tap_ok(false, "a thread is started");
		return;
	}
	while (run.tid == 0) {
		(void)sys_call3(SYS_SCHED_YIELD, 0, 0, 0);
	}
	sys_sleep_us(20000);
	tap_is(machine_gic(machine, KVM_GET_DEVICE_ATTR, GIC_DIST, 0, GICD_CTLR, &value),
	       -SYS_EBUSY, "a register, while a vCPU runs");
	sys_thread_signal(run.tid, SYS_SIGUSR1);
	sys_thread_join(&run.thread);
	tap_is(machine_gic(machine, KVM_GET_DEVICE_ATTR, GIC_DIST, 0, GICD_CTLR, &value), 0,
	       "and afterwards");
}

/* ---- save and restore ---- */

static struct {
	uint64_t n, ids[512];
} gic_list;

/* All registers of a vCPU, as who migrates it does. */
static uint32_t gic_copy_vcpu(const struct machine *from, const struct machine *to, uint32_t vcpu)
{
	uint32_t wrong = 0;
	uint64_t value;

	gic_list.n = 512;
	if (sys_ioctl(from->vcpus[vcpu], KVM_GET_REG_LIST, sys_at(&gic_list)) != 0) {
		return 1;
	}
	for (uint32_t n = 0; n < gic_list.n; n++) {
		if (machine_get(from, vcpu, gic_list.ids[n], &value) != 0 ||
		    machine_set(to, vcpu, gic_list.ids[n], value) != 0) {
			wrong++;
		}
	}
	return wrong;
}

/* Its guest has SPI 40 active, and pending again; SPI 41, an edge, and PPI 20 pending, the line of
 * SPI 33 high, and SGI 3 from vCPU 1 pending. */
static void gic_make_busy(struct machine *machine)
{
	uint32_t value, config;

	machine_load(machine, guest_gic);
	tap_ok(machine_stores(machine, 0, MACHINE_MMIO, &value), "a guest sets up its GIC");
	config = gic_get(machine, GIC_DIST, 0, GICD_ICFGR + 8);
	gic_set(machine, GIC_DIST, 0, GICD_ICFGR + 8, config | 2u << 2 * (41 - 32));
	(void)machine_line(machine, GIC_SPI(40), 1);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40), "it takes SPI 40");
	machine_complete(machine, 0);
	(void)machine_line(machine, GIC_SPI(40), 1);
	(void)machine_line(machine, GIC_SPI(41), 1);
	(void)machine_line(machine, GIC_SPI(33), 1);
	(void)machine_line(machine, GIC_PPI(20), 1);
	gic_set(machine, GIC_DIST, 0, GICD_SPENDSGIR, 2u << 24); /* SGI 3, of vCPU 1 */
}

static void test_saved(const struct gic_image *image)
{
	tap_is(image->active[1], 1 << 8, "SPI 40 is active");
	tap_is(image->pending[1], 1 << 8 | 1 << 9 | 1 << 1, "40, 41 and 33 are pending");
	tap_is(image->pending[0], 1 << 20 | 1 << 3, "PPI 20 and SGI 3, too");
	tap_is(image->sgis[0], 2 << 24, "the SGI is from vCPU 1");
	tap_is((int64_t)image->enabled[1], 0xffffffff, "SPIs 32 to 63 are enabled");
	tap_is(image->cpu[1], 0x1e, "GICC_PMR is 0xf0: its upper five bits");
}

/* Levels are left to their lines: who makes them pending would make them edges. */
static void gic_move(const struct machine *from, const struct machine *to)
{
	for (uint32_t n = 0; n < GIC_VCPUS; n++) {
		gic_save(from, n, &gic_images[n]);
	}
	test_saved(&gic_images[0]);
	gic_images[0].pending[1] &= ~(1u << 1);
	gic_images[0].pending[0] &= ~(1u << 20);
	memcpy(to->ram, from->ram, MACHINE_SIZE);
	tap_is(gic_copy_vcpu(from, to, 0) + gic_copy_vcpu(from, to, 1), 0,
	       "all registers of the vCPUs are copied");
	for (uint32_t n = 0; n < GIC_VCPUS; n++) {
		gic_restore(to, n, &gic_images[n]);
	}
	(void)machine_line(to, GIC_SPI(33), 1);
	(void)machine_line(to, GIC_PPI(20), 1);
	tap_is(gic_errors, 0, "no access to a register was refused");
}

static bool gic_is_same(const struct gic_image *a, const struct gic_image *b)
{
	const uint8_t *left = (const void *)a, *right = (const void *)b;

	for (uint32_t n = 0; n < sizeof(*a); n++) {
		if (left[n] != right[n]) {
			return false;
		}
	}
	return true;
}

static void test_restored(const struct machine *machine)
{
	static struct gic_image now[GIC_VCPUS];

	gic_images[0].pending[1] |= 1u << 1;
	gic_images[0].pending[0] |= 1u << 20;
	for (uint32_t n = 0; n < GIC_VCPUS; n++) {
		gic_save(machine, n, &now[n]);
	}
	tap_ok(gic_is_same(&now[0], &gic_images[0]), "vCPU 0's registers are as they were");
	tap_ok(gic_is_same(&now[1], &gic_images[1]), "and vCPU 1's");
}

/* What the guest takes. Levels fall then. */
static uint32_t gic_take(const struct machine *machine)
{
	uint32_t value;

	if (!machine_stores(machine, 0, MACHINE_MMIO + 4, &value)) {
		return 0;
	}
	machine_complete(machine, 0);
	if (value == 20) {
		(void)machine_line(machine, GIC_PPI(20), 0);
	} else if (value == 33) {
		(void)machine_line(machine, GIC_SPI(33), 0);
	}
	return value;
}

/* It ends 40, and takes the others, in any order: all have one priority. */
static void test_goes_on(const struct machine *machine)
{
	static const uint32_t wanted[] = { 3 | 1 << 10, 20, 33, 40, 41 };
	uint32_t taken = 0, others = 0;

	for (uint32_t n = 0; n < 5; n++) {
		uint32_t value = gic_take(machine), before = taken;

		for (uint32_t w = 0; w < 5; w++) {
			taken |= value == wanted[w] ? 1u << w : 0;
		}
		others += taken == before;
	}
	tap_ok(taken == 0x1f && !others,
	       "it goes on: SGI 3 from vCPU 1, PPI 20, SPIs 33, 40 and 41, each once");
	(void)machine_line(machine, GIC_SPI(42), 1);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 42),
	       "and nothing else: the next one is new");
	(void)machine_line(machine, GIC_SPI(42), 0);
}

void test_gic(void)
{
	struct machine from, to;

	sys_catch(SYS_SIGUSR1);
	if (!machine_make(&from, MACHINE_GIC | MACHINE_TWO)) {
		return;
	}
	test_attr_errors(&from);
	gic_make_busy(&from);
	if (machine_make(&to, MACHINE_GIC | MACHINE_TWO)) {
		gic_move(&from, &to);
		test_restored(&to);
		test_goes_on(&to);
		machine_end(&to);
	}
	test_busy(&from);
	machine_end(&from);
}
