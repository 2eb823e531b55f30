/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/hw/pen.h"
#include "hyp/hw/cache.h"
#include "hyp/hw/pen_layout.h"
#include "hyp/hw/sysreg.h"

#define PEN_LINE     (1u << PEN_BOX_SHIFT)
#define PEN_NOBODY   0xffffffffu
#define PEN_WORD(at) ((at) / 4)

typedef volatile uint32_t pen_line[PEN_LINE / 4];

/* In .data, because the boot CPU clears .bss while other CPUs already use them. */
pen_line pen_boxes[PEN_BOXES] __attribute__((section(".data"), aligned(PEN_LINE)));
pen_line pen_turn __attribute__((section(".data"), aligned(PEN_LINE))) = { PEN_NOBODY };

bool pen_has(uint32_t mpidr)
{
	volatile uint32_t *box = pen_boxes[mpidr % PEN_BOXES];

	if (mpidr >= PEN_BOXES) {
		return false;
	}
	cache_flush((const void *)box, PEN_LINE);
	return box[PEN_WORD(PEN_PARKED)] != 0;
}

void pen_release(uint32_t mpidr, uint32_t entry)
{
	volatile uint32_t *box = pen_boxes[mpidr % PEN_BOXES];

	box[PEN_WORD(PEN_ENTRY)] = entry;
	cache_flush((const void *)box, PEN_LINE);
	hw_sev();
}

void pen_set_turn(uint32_t mpidr, uint32_t index)
{
	pen_turn[PEN_WORD(PEN_TURN_INDEX)] = index;
	cache_flush((const void *)pen_turn, PEN_LINE);
	pen_turn[PEN_WORD(PEN_TURN_MPIDR)] = mpidr;
	cache_flush((const void *)pen_turn, PEN_LINE);
	hw_sev();
}

uint32_t pen_wrong_mode(void)
{
	cache_flush((const void *)pen_turn, PEN_LINE);
	return pen_turn[PEN_WORD(PEN_TURN_MODE)];
}
