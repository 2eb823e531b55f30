/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts of every kind, counted (test/tool soak): a source drives lines of a sink, one at a
 * time each, in every way that there is; the sink, on two vCPUs, sends itself SGIs and sets its
 * timers. What was asserted is delivered once. The source pauses the sink now and then, and has it
 * restart when nothing is under way.
 *
 * Bootargs: seed=N, patience-us=N (then an interrupt is lost); the sink has 'sink'.
 */
#ifndef GUEST_TEST_SOAK_H
#define GUEST_TEST_SOAK_H

#include "guest/lib/shared.h"
#include "guest/test/random.h"
#include <stdbool.h>
#include <stdint.h>

#define SOAK_SINK  8u /* handle, as in test/systems/soak.dts */
#define SOAK_MAGIC 0x4b414f53u
#define SOAK_VCPUS 2u

/* Channels of each kind. SPIs are numbered from SOAK_SPI on, in this order. */
#define SOAK_SPI      52u
#define SOAK_EDGES    0u  /* eight edges by KVM_IRQ_LINE */
#define SOAK_LEVELS   8u  /* eight levels */
#define SOAK_MANY     16u /* eight edges by KVM_IRQ_LINE, many */
#define SOAK_GSI      24u /* eight edges by GSI */
#define SOAK_PPI_EDGE 32u /* PPI 20 of each vCPU */
#define SOAK_PPI      34u /* PPI 21 of each vCPU, a level */
#define SOAK_DOORBELL 36u
#define SOAK_SGI      37u /* sixteen of each vCPU */
#define SOAK_VTIMER   69u
#define SOAK_PTIMER   71u
#define SOAK_CHANNELS 73u
#define SOAK_SPIS     SOAK_PPI_EDGE

#define SOAK_ID_EDGE  20u
#define SOAK_ID_LEVEL 21u

struct soak_channel {
	volatile uint32_t asserted, delivered;
};

/* The common section of the shared memory. test/lib/soak.py knows the layout. */
struct soak_board {
	volatile uint32_t magic;
	volatile uint32_t hold;	       /* nothing new is asserted */
	volatile uint32_t life;	       /* of the sink, when it is ready */
	volatile uint32_t stray;       /* interrupts that nobody has asserted, and ... */
	volatile uint32_t stray_first; /* ... the first one's IAR */
	volatile uint32_t lost, doubled, pauses, restarts;
	volatile uint32_t finish; /* by the tool */
	volatile uint32_t worst;  /* channel that was lost or doubled first */
	uint32_t spare[5];
	struct soak_channel channel[SOAK_CHANNELS];
};

extern struct shared soak_link;
extern struct soak_board *soak_board;

_Noreturn void soak_source(void);
_Noreturn void soak_sink(void);

static inline uint32_t soak_next(uint32_t *random)
{
	return random_next(random) >> 3;
}

static inline bool soak_is_idle(const struct soak_channel *channel)
{
	return channel->asserted == channel->delivered;
}

#endif
