/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/vmm/demo.h"
#include "guest/demo/protocol.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/vmm/vmm.h"

enum demo_phase { DEMO_BEGINS, DEMO_RAISES, DEMO_WAITS, DEMO_ENDS };

static enum demo_phase demo_phase;
static uint32_t demo_asserted[DEMO_GIC_LINES], demo_delivered[DEMO_GIC_LINES];
static uint32_t demo_line; /* the present one */
static bool demo_echo;	   /* before it was asserted */

static bool demo_is_enabled(uint32_t word)
{
	uint32_t state = 0;

	return irq_state(vmm.vm, word, &state) == 0 && (state & PLUMB_IRQ_ENABLED);
}

static uint32_t demo_word(const struct demo_gic_line *line)
{
	return line->intid < 32 ? kvm_irq_ppi(line->vcpu, line->intid) : kvm_irq_spi(line->intid);
}

/* A level that was taken stays disabled until the VM has seen that it is low. */
static void demo_raise(const struct demo_gic_line *line)
{
	if (!demo_is_enabled(demo_word(line))) {
		return;
	}
	demo_echo = demo_is_enabled(kvm_irq_spi(line->echo));
	demo_asserted[demo_line] += kvm_irq_line(vmm.vm, demo_word(line), 1) == 0;
	demo_phase = DEMO_WAITS;
}

static void demo_wait(const struct demo_gic_line *line)
{
	if (demo_is_enabled(kvm_irq_spi(line->echo)) == demo_echo) {
		return;
	}
	demo_delivered[demo_line]++;
	(void)kvm_irq_line(vmm.vm, demo_word(line), 0);
	demo_line = (demo_line + 1) % DEMO_GIC_LINES;
	demo_phase = DEMO_RAISES;
	if (demo_asserted[demo_line] == vmm.demo) {
		(void)kvm_irq_line(vmm.vm, kvm_irq_spi(DEMO_GIC_END), 1);
		demo_phase = DEMO_ENDS;
	}
}

void demo_step(void)
{
	const struct demo_gic_line *line = &demo_gic_lines[demo_line];

	switch (demo_phase) {
	case DEMO_BEGINS:
		if (demo_is_enabled(kvm_irq_spi(DEMO_GIC_READY))) {
			demo_phase = DEMO_RAISES;
		}
		break;
	case DEMO_RAISES:
		demo_raise(line);
		break;
	case DEMO_WAITS:
		demo_wait(line);
		break;
	default:
		break;
	}
}

void demo_tell(void)
{
	for (uint32_t n = 0; n < DEMO_GIC_LINES; n++) {
		(void)report_check(demo_asserted[n] == vmm.demo && demo_delivered[n] == vmm.demo,
				   "line %u of the demo: asserted %u, delivered %u",
				   (unsigned)demo_gic_lines[n].intid, (unsigned)demo_asserted[n],
				   (unsigned)demo_delivered[n]);
	}
}
