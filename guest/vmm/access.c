/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/vmm/access.h"
#include "guest/vmm/console.h"
#include "guest/vmm/machine.h"
#include "guest/vmm/rtc.h"
#include "guest/vmm/tally.h"
#include "guest/vmm/virtio.h"
#include "guest/vmm/vmm.h"

/* r3 of PLUMB_RUN_MMIO */
#define ACCESS_BYTES 0xffu
#define ACCESS_STORE 0x100u

static bool access_is_in(uint32_t ipa, uint32_t base, uint32_t size)
{
	return ipa - base < size;
}

static bool access_device(uint32_t ipa, uint32_t how, uint32_t *value)
{
	bool write = (how & ACCESS_STORE) != 0;

	if (access_is_in(ipa, VMM_UART, VMM_PAGE)) {
		*value = console_access(ipa - VMM_UART, write, *value);
		return true;
	}
	if (access_is_in(ipa, VMM_RTC, VMM_PAGE)) {
		*value = rtc_access(ipa - VMM_RTC, write, *value);
		return true;
	}
	if (vmm.tally && access_is_in(ipa, TALLY_BASE, VMM_PAGE)) {
		tally_access(ipa - TALLY_BASE, write, *value);
		return true;
	}
	return access_is_in(ipa, VIRTIO_BASE, 32 * VIRTIO_WINDOW) &&
	       virtio_access(ipa - VIRTIO_BASE, how & ACCESS_BYTES, write, value);
}

uint32_t access_answer(const struct smccc_result *said, uint32_t *value)
{
	uint32_t ipa = said->r1;

	if (said->r0 == PLUMB_RUN_FAULT && said->r3 != 0) {
		return PLUMB_RUN_DO_ABORT; /* above 4 GiB */
	}
	if (vmm.lazy && access_is_in(ipa, VMM_RAM, vmm.ram_size)) {
		return machine_map_around(ipa) ? PLUMB_RUN_DO_RETRY : PLUMB_RUN_DO_ABORT;
	}
	*value = said->r2;
	return said->r0 == PLUMB_RUN_MMIO && access_device(ipa, said->r3, value)
		       ? PLUMB_RUN_DO_EMULATED
		       : PLUMB_RUN_DO_ABORT;
}
