/* SPDX-License-Identifier: BSD-2-Clause */
/* A life begins as the first one did: nothing of the life before it is left. */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/psci.h"
#include "guest/lib/timer.h"
#include "guest/test/turmoil/turmoil.h"

#define LIFE_PAGE   0x1000u
#define LIFE_PAGES  0x40080000u /* the last 128 KiB: marked by each life, a word of each page */
#define LIFE_END    0x400a0000u
#define LIFE_MARK   0x6c696665u
#define LIFE_SPIS   128u
#define LIFE_DEVICE 39u /* the PL061's level is the board's */

static void life_equal(struct turmoil_rioter *me, uint32_t what, uint32_t where, uint32_t got,
		       uint32_t want)
{
	if (got != want && me->wrong++ == 0) {
		me->what = what;
		me->where = where;
		me->got = got;
	}
}

static void life_memory(struct turmoil_rioter *me)
{
	for (uint32_t page = LIFE_PAGES; page < LIFE_END; page += LIFE_PAGE) {
		volatile uint32_t *word = (volatile uint32_t *)(page + page / LIFE_PAGE % 1024 * 4);

		life_equal(me, 1, page, *word, 0);
		*word = LIFE_MARK;
	}
}

/* Lines that the others drive may be high, edges of them pend. */
static uint32_t life_driven(uint32_t word)
{
	uint32_t bits = word == 0 ? 1u << TURMOIL_PPI : 0;

	for (uint32_t id = TURMOIL_FIRST; id < TURMOIL_FIRST + TURMOIL_SPIS; id++) {
		bits |= id / 32 == word ? 1u << id % 32 : 0;
	}
	/* and the doorbells of a manager and of shared memory */
	return bits |
	       (word == 1 ? 1u << (LIFE_DEVICE - 32) | 1u << (35 - 32) | 1u << (50 - 32) : 0);
}

static void life_gic(struct turmoil_rioter *me)
{
	static const uint16_t rows[] = { GICD_ISENABLER, GICD_ISACTIVER, GICD_ISPENDR };

	life_equal(me, 2, GICD_CTLR, gic_dist_read(GICD_CTLR), 0);
	for (uint32_t row = 0; row < 3; row++) {
		for (uint32_t word = 0; word < LIFE_SPIS / 32; word++) {
			uint32_t got = gic_dist_read(rows[row] + 4 * word);

			got &= word == 0 && row == 0 ? 0xffff0000u : ~0u; /* SGIs: always enabled */
			got &= row == 2 ? ~life_driven(word) : ~0u;
			life_equal(me, 2, rows[row] + 4 * word, got, 0);
		}
	}
	life_equal(me, 3, GICC_CTLR, gic_cpu_read(GICC_CTLR), 0);
	life_equal(me, 3, GICC_PMR, gic_cpu_read(GICC_PMR), 0);
	life_equal(me, 3, GICC_APR0, gic_cpu_read(GICC_APR0), 0);
	life_equal(me, 3, GICC_RPR, gic_cpu_read(GICC_RPR), 0xff);
	gic_set_pmr(0xff);
	gic_cpu_write(GICC_CTLR, 1);
	life_equal(me, 3, GICC_IAR, gic_ack(), GIC_SPURIOUS);
	gic_cpu_write(GICC_CTLR, 0);
}

void turmoil_life_check(struct turmoil_rioter *me)
{
	for (uint32_t cpu = 1; cpu < TURMOIL_VCPUS; cpu++) {
		life_equal(me, 4, cpu, (uint32_t)psci_affinity_info(cpu), 1);
	}
	life_equal(me, 5, 0, timer_control() & TIMER_CTL_ENABLE, 0);
	life_equal(me, 6, SHARED_STATE, shared_read(&turmoil_link, SHARED_STATE), 0);
	life_equal(me, 6, SHARED_CONTROL, shared_read(&turmoil_link, SHARED_CONTROL), 0);
	life_gic(me);
	life_memory(me);
}
