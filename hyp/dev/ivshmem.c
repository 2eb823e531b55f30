/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/dev/ivshmem.h"
#include "hyp/base/bits.h"

/* IVSHMEM, version 2, "Register Region" */
#define IVSHMEM_ID	 0x00u
#define IVSHMEM_MAX	 0x04u
#define IVSHMEM_CONTROL	 0x08u
#define IVSHMEM_DOORBELL 0x0cu
#define IVSHMEM_STATE	 0x10u
/* Plumbline's */
#define IVSHMEM_EVENTS	 0x20u
#define IVSHMEM_TABLE	 0x24u
#define IVSHMEM_COMMON	 0x28u
#define IVSHMEM_OUTPUT	 0x2cu
#define IVSHMEM_BASE	 0x30u
#define IVSHMEM_STATES	 0x40u

#define IVSHMEM_ENABLE	BIT32(0)
#define IVSHMEM_TARGET	GENMASK32(31, 16)
#define IVSHMEM_VECTOR	GENMASK32(15, 0)
#define IVSHMEM_CHANGED 16u /* the first bit of the events that are changes of a state */

/* A peer whose interrupt is disabled, as after reset, misses it. */
static void ivshmem_tell(struct ivshmem *device, uint32_t peer, uint32_t event,
			 struct ivshmem_effect *effect)
{
	if (device->peer[peer].enabled) {
		device->peer[peer].events |= event;
		effect->told |= (uint8_t)BIT32(peer);
		effect->look |= (uint8_t)BIT32(peer);
	}
}

static void ivshmem_set_state(struct ivshmem *device, uint32_t self, uint32_t state,
			      struct ivshmem_effect *effect)
{
	if (device->peer[self].state == state) {
		return;
	}
	device->peer[self].state = state;
	effect->state_is_new = true;
	for (uint32_t n = 0; n < device->nr_peers; n++) {
		if (n != self) {
			ivshmem_tell(device, n, BIT32(IVSHMEM_CHANGED + self), effect);
		}
	}
}

static void ivshmem_ring(struct ivshmem *device, uint32_t self, uint32_t value,
			 struct ivshmem_effect *effect)
{
	uint32_t target = FIELD_GET(IVSHMEM_TARGET, value);

	if (FIELD_GET(IVSHMEM_VECTOR, value) == 0 && target < device->nr_peers) {
		ivshmem_tell(device, target, BIT32(self), effect);
	}
}

/* Events from before, which have not been cleared, are signalled again. */
static void ivshmem_control(struct ivshmem *device, uint32_t self, uint32_t value,
			    struct ivshmem_effect *effect)
{
	struct ivshmem_peer *peer = &device->peer[self];
	bool was = peer->enabled;

	peer->enabled = (value & IVSHMEM_ENABLE) != 0;
	effect->look |= (uint8_t)BIT32(self);
	if (peer->enabled && !was && peer->events) {
		effect->told |= (uint8_t)BIT32(self);
	}
}

static void ivshmem_write(struct ivshmem *device, uint32_t self, const struct mmio *mmio,
			  struct ivshmem_effect *effect)
{
	switch (mmio->offset) {
	case IVSHMEM_CONTROL:
		ivshmem_control(device, self, mmio->value, effect);
		break;
	case IVSHMEM_DOORBELL:
		ivshmem_ring(device, self, mmio->value, effect);
		break;
	case IVSHMEM_STATE:
		ivshmem_set_state(device, self, mmio->value, effect);
		break;
	case IVSHMEM_EVENTS:
		device->peer[self].events &= ~mmio->value;
		effect->look |= (uint8_t)BIT32(self);
		break;
	default:
		break;
	}
}

static uint32_t ivshmem_read(const struct ivshmem *device, uint32_t self, uint32_t offset)
{
	const struct ivshmem_peer *peer = &device->peer[self];

	switch (offset) {
	case IVSHMEM_ID:
		return self;
	case IVSHMEM_MAX:
		return device->nr_peers;
	case IVSHMEM_CONTROL:
		return peer->enabled ? IVSHMEM_ENABLE : 0;
	case IVSHMEM_STATE:
		return peer->state;
	case IVSHMEM_EVENTS:
		return peer->events;
	case IVSHMEM_TABLE:
		return IVSHMEM_TABLE_SIZE;
	case IVSHMEM_COMMON:
		return device->common_size;
	case IVSHMEM_OUTPUT:
		return device->output_size;
	case IVSHMEM_BASE:
		return peer->ipa.ipa;
	default:
		break;
	}
	if (offset >= IVSHMEM_STATES && offset < IVSHMEM_STATES + 4 * device->nr_peers) {
		return device->peer[(offset - IVSHMEM_STATES) / 4].state;
	}
	return 0;
}

enum mmio_result ivshmem_access(struct ivshmem *device, uint32_t self, struct mmio *mmio,
				struct ivshmem_effect *effect)
{
	*effect = (struct ivshmem_effect) { 0 };
	if (mmio->size != 4) {
		return MMIO_OK;
	}
	if (mmio->is_write) {
		ivshmem_write(device, self, mmio, effect);
	} else {
		mmio->value = ivshmem_read(device, self, mmio->offset);
	}
	return MMIO_OK;
}

void ivshmem_reset(struct ivshmem *device, uint32_t self, struct ivshmem_effect *effect)
{
	struct ivshmem_peer *peer = &device->peer[self];

	*effect = (struct ivshmem_effect) { 0 };
	peer->events = 0;
	peer->enabled = false;
	effect->look = (uint8_t)BIT32(self);
	ivshmem_set_state(device, self, 0, effect);
}

bool ivshmem_irq(const struct ivshmem *device, uint32_t peer)
{
	return device->peer[peer].enabled && device->peer[peer].events != 0;
}
