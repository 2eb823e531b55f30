/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Level lines into the GIC. In a partition, KVM_IRQ_LINE on oneself drives them; on the bare board
 * a device whose interrupt mask is its line, as its raw interrupt stays set:
 *   34  PL031 (ARM DDI 0224): RTCRIS set by a match, RTCIMSC is the line
 *   39  PL061 (ARM DDI 0190): pin 0 is low and interrupts by low level, GPIOIE is the line
 *   23  the CPU's PMU (ARM DDI 0406C, C12.8): an overflow bit set by hand, PMINTENSET is the line
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/mmio.h"
#include "guest/lib/smp.h"
#include "guest/test/lockstep/lockstep.h"

#define LINES_PL031 34u
#define LINES_PL061 39u
#define LINES_PMU   23u

#define PL031	   0x09010000u
#define PL031_DR   0x00u
#define PL031_MR   0x04u
#define PL031_IMSC 0x10u
#define PL031_RIS  0x14u

#define PL061	  0x09030000u
#define PL061_DIR 0x400u
#define PL061_IS  0x404u
#define PL061_IEV 0x40cu
#define PL061_IE  0x410u

#define PMU_OVERFLOW 0x80000000u /* the cycle counter's */
#define PMU_ENABLE   1u

static bool lines_hypervisor;
static uint32_t lines_high[SMP_MAX_CPUS]; /* of the two SPIs: [0], by the number's last five bits */

static void lines_init_devices(void)
{
	while (!(mmio_read32(PL031 + PL031_RIS) & 1)) {
		mmio_write32(PL031 + PL031_MR, mmio_read32(PL031 + PL031_DR));
	}
	mmio_write32(PL061 + PL061_DIR, 0);
	mmio_write32(PL061 + PL061_IS, 1);
	mmio_write32(PL061 + PL061_IEV, 0);
}

void lines_init_cpu(void)
{
	uint32_t control;

	if (smp_cpu() == 0) {
		lines_hypervisor = hvc_is_plumbline();
		if (!lines_hypervisor) {
			lines_init_devices();
		}
	}
	if (!lines_hypervisor) {
		CPU_CP15_READ(0, c9, c12, 0, control); /* PMCR */
		CPU_CP15_WRITE(0, c9, c12, 0, control | PMU_ENABLE);
		CPU_CP15_WRITE(0, c9, c14, 3, PMU_OVERFLOW); /* PMOVSSET */
	}
}

static void lines_set_device(uint32_t intid, bool level)
{
	switch (intid) {
	case LINES_PL031:
		mmio_write32(PL031 + PL031_IMSC, level);
		break;
	case LINES_PL061:
		mmio_write32(PL061 + PL061_IE, level);
		break;
	case LINES_PMU:
		if (level) {
			CPU_CP15_WRITE(0, c9, c14, 1, PMU_OVERFLOW); /* PMINTENSET */
		} else {
			CPU_CP15_WRITE(0, c9, c14, 2, PMU_OVERFLOW); /* PMINTENCLR */
		}
		break;
	default:
		break;
	}
}

void lines_set(uint32_t intid, bool level)
{
	uint32_t *high = &lines_high[intid < 32 ? smp_cpu() : 0];
	uint32_t bit = 1u << intid % 32;

	if (intid != LINES_PMU && intid != LINES_PL031 && intid != LINES_PL061) {
		return;
	}
	if (lines_hypervisor && ((*high & bit) != 0) == level) {
		return; /* a wire that stays as it is: KVM_IRQ_LINE would make it an edge */
	}
	*high = level ? *high | bit : *high & ~bit;
	if (!lines_hypervisor) {
		lines_set_device(intid, level);
	} else if (intid == LINES_PMU) {
		(void)kvm_irq_line(0, kvm_irq_ppi(smp_cpu(), intid), level);
	} else {
		(void)kvm_irq_line(0, kvm_irq_spi(intid), level);
	}
	cpu_dsb();
}

bool lines_is_high(uint32_t intid)
{
	return (lines_high[intid < 32 ? smp_cpu() : 0] & (1u << intid % 32)) != 0;
}

bool lines_is_bare(void)
{
	return !lines_hypervisor;
}

void lines_lower_common(void)
{
	lines_set(LINES_PL031, false);
	lines_set(LINES_PL061, false);
}

void lines_lower_cpu(void)
{
	lines_set(LINES_PMU, false);
}
