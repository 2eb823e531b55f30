/* SPDX-License-Identifier: BSD-2-Clause */
#include "vgic/vgic_sgi.h"
#include "hyp/base/cold.h"
#include "hyp/regs/gic.h"
#include "vgic/vgic_irq.h"

#define SGI_FILTER_LISTED 0u
#define SGI_FILTER_OTHERS 1u
#define SGI_FILTER_SELF	  2u

static uint32_t sgi_all(const struct vgic *vgic)
{
	return GENMASK32(VGIC_MAX_VCPUS - 1, 0) >> (VGIC_MAX_VCPUS - vgic->nr_vcpus);
}

/* The targets for filters other than SELF. 0b11 is reserved: no targets. Targets that do not exist
 * are ignored. */
static COLD uint32_t sgi_targets(const struct vgic *vgic, uint32_t vcpu, uint32_t value)
{
	switch (FIELD_GET(GICD_SGIR_FILTER, value)) {
	case SGI_FILTER_LISTED:
		return FIELD_GET(GICD_SGIR_TARGETS, value) & sgi_all(vgic);
	case SGI_FILTER_OTHERS:
		return sgi_all(vgic) & ~BIT32(vcpu);
	default:
		return 0;
	}
}

/* All of `sources` exist. */
static __attribute__((noinline)) void sgi_set(struct vgic *vgic, uint32_t vcpu, uint32_t intid,
					      uint32_t sources, vgic_kick_t *kick)
{
	struct vgic_ref ref = vgic_state_ref(vgic, vcpu, intid);

	if (sources & ~(uint32_t)ref.irq->sources) {
		ref.irq->sources |= (uint8_t)sources;
		ref.bank->latch |= ref.bit;
		vgic_irq_update_here(vgic, &ref, kick);
	}
}

void vgic_sgi_set(struct vgic *vgic, uint32_t vcpu, uint32_t intid, uint32_t sources,
		  vgic_kick_t *kick)
{
	sgi_set(vgic, vcpu, intid, sources & sgi_all(vgic), kick);
}

void vgic_sgi_clear(struct vgic *vgic, uint32_t vcpu, uint32_t intid, uint32_t sources,
		    vgic_kick_t *kick)
{
	struct vgic_ref ref = vgic_state_ref(vgic, vcpu, intid);

	if (ref.irq->sources & sources) {
		ref.irq->sources &= (uint8_t)~sources;
		if (!ref.irq->sources) {
			ref.bank->latch &= ~ref.bit;
		}
		vgic_irq_update(vgic, &ref, kick);
	}
}

uint32_t vgic_sgi_sources(const struct vgic *vgic, uint32_t vcpu, uint32_t intid)
{
	return vgic_state_ref(vgic, vcpu, intid).irq->sources;
}

bool vgic_sgi_is_own(const struct vgic *vgic, uint32_t vcpu, uint32_t value)
{
	return FIELD_GET(GICD_SGIR_FILTER, value) == SGI_FILTER_SELF ||
	       (FIELD_GET(GICD_SGIR_FILTER, value) == SGI_FILTER_LISTED &&
		sgi_targets(vgic, vcpu, value) == BIT32(vcpu));
}

void vgic_sgi_send(struct vgic *vgic, uint32_t vcpu, uint32_t value, vgic_kick_t *kick)
{
	uint32_t intid = FIELD_GET(GICD_SGIR_ID, value);

	if (FIELD_GET(GICD_SGIR_FILTER, value) == SGI_FILTER_SELF) {
		sgi_set(vgic, vcpu, intid, BIT32(vcpu), kick);
		return;
	}
	for (uint32_t left = sgi_targets(vgic, vcpu, value); left; left &= left - 1) {
		sgi_set(vgic, bits_first(left), intid, BIT32(vcpu), kick);
	}
}
