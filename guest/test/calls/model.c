/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/control-abi.md, restated. */
#include "guest/test/calls/calls.h"

#define MODEL_VCPUS 2u
#define MODEL_IRQS  128u

enum { MODEL_CPU, MODEL_SPI, MODEL_PPI, MODEL_TYPES };

bool calls_poor;

static volatile uint8_t model_levels[CALLS_LAST + 1][MODEL_TYPES][MODEL_VCPUS][MODEL_IRQS];

int32_t calls_expect_handle(uint32_t handle)
{
	if (handle > CALLS_LAST) {
		return CALLS_EBADF;
	}
	if (calls_poor ||
	    (handle != CALLS_TARGET && handle != CALLS_RAW && handle != CALLS_ROUTED)) {
		return CALLS_EPERM;
	}
	return 0;
}

int32_t calls_expect_word(uint32_t handle, uint32_t irq)
{
	uint32_t type = irq >> 24, vcpu = irq >> 16 & 0xff, number = irq & 0xffff;
	int32_t error = calls_expect_handle(handle);

	if (error) {
		return error;
	}
	if (handle == CALLS_RAW ? type == MODEL_SPI || type == MODEL_PPI : type == MODEL_CPU) {
		return CALLS_ENXIO;
	}
	if ((type == MODEL_CPU || type == MODEL_PPI) && vcpu >= MODEL_VCPUS) {
		return CALLS_EINVAL;
	}
	switch (type) {
	case MODEL_CPU:
		return number <= 1 ? 0 : CALLS_EINVAL;
	case MODEL_SPI:
		return number >= 32 && number < MODEL_IRQS ? 0 : CALLS_EINVAL;
	case MODEL_PPI:
		return number >= 16 && number < 32 ? 0 : CALLS_EINVAL;
	default:
		return CALLS_EINVAL;
	}
}

int32_t calls_expect_line(uint32_t handle, uint32_t irq)
{
	int32_t error = calls_expect_word(handle, irq);

	if (!error && (irq & 0xff00ffffu) == 0x01000021u) {
		return CALLS_BUSY; /* the console */
	}
	if (!error && (irq & 0xff00ffffu) == 0x01000022u) {
		return CALLS_BUSY; /* the clock */
	}
	return error;
}

/* Of an SPI the vCPU is ignored. */
static volatile uint8_t *model_level(uint32_t handle, uint32_t irq)
{
	uint32_t type = irq >> 24, vcpu = type == MODEL_SPI ? 0 : irq >> 16 & 0xff;

	return &model_levels[handle][type][vcpu][irq & 0xffff];
}

bool calls_level(uint32_t handle, uint32_t irq)
{
	return *model_level(handle, irq) != 0;
}

void calls_set_level(uint32_t handle, uint32_t irq, bool high)
{
	uint32_t number = irq & 0xffff;

	if (irq >> 24 == MODEL_PPI && (number == 27 || number == 30)) {
		return; /* the timers': ignored */
	}
	*model_level(handle, irq) = high;
}
