/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that guest and process use at random, and that the process gives back at random as a
 * balloon does, with the log of what the guest writes. A model has what each page must hold, and
 * which pages the log must name.
 */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define BALLOON_FIRST  16u
#define BALLOON_PAGES  1000u /* of MACHINE_SIZE */
#define BALLOON_ROUNDS 4000u

static uint32_t balloon_words[BALLOON_PAGES]; /* the first word of each page */
static bool balloon_dirty[BALLOON_PAGES];
static uint32_t balloon_seed, balloon_wrong;

static uint32_t balloon_draw(uint32_t count)
{
	balloon_seed = balloon_seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)balloon_seed * count >> 32);
}

static uint32_t *balloon_at(const struct machine *machine, uint32_t page)
{
	return (uint32_t *)(void *)(machine->ram + (BALLOON_FIRST + page) * MACHINE_PAGE);
}

/* ---- what the guest does: it tells the word, and then, if it is to, stores another ---- */

static void balloon_guest(const struct machine *machine, uint32_t page, bool store, uint32_t value)
{
	machine_complete(machine, 0);
	(void)machine_set(machine, 0, KVM_ID_PC, MACHINE_RAM);
	(void)machine_set(machine, 0, KVM_ID_R(0), value);
	(void)machine_set(machine, 0, KVM_ID_R(1),
			  MACHINE_RAM + (BALLOON_FIRST + page) * MACHINE_PAGE);
	balloon_wrong += !machine_stores_this(machine, 0, MACHINE_MMIO, balloon_words[page]);
	if (store) {
		balloon_wrong += !machine_stores_this(machine, 0, MACHINE_MMIO + 4, value);
		balloon_words[page] = value;
		balloon_dirty[page] = true;
	}
}

/* ---- what the process does ---- */

static void balloon_process(const struct machine *machine, uint32_t page, bool store,
			    uint32_t value)
{
	balloon_wrong += *balloon_at(machine, page) != balloon_words[page];
	if (store) {
		*balloon_at(machine, page) = value;
		balloon_words[page] = value;
	}
}

static void balloon_give_back(const struct machine *machine, uint32_t page)
{
	uint32_t pages = 1 + balloon_draw(balloon_draw(8) ? 4 : 600);

	pages = pages < BALLOON_PAGES - page ? pages : BALLOON_PAGES - page;
	(void)sys_call3(SYS_MADVISE, sys_at(balloon_at(machine, page)), pages * MACHINE_PAGE,
			SYS_DONTNEED);
	for (uint32_t n = page; n < page + pages; n++) {
		balloon_words[n] = 0;
	}
}

static void balloon_read_log(const struct machine *machine)
{
	static uint32_t bits[MACHINE_SIZE / MACHINE_PAGE / 32];
	struct kvm_dirty_log log = { 0, 0, sys_at(bits) };

	balloon_wrong += sys_ioctl(machine->vm, KVM_GET_DIRTY_LOG, sys_at(&log)) != 0;
	for (uint32_t n = 0; n < BALLOON_PAGES; n++) {
		uint32_t at = BALLOON_FIRST + n;

		balloon_wrong += (bits[at / 32] >> at % 32 & 1) != balloon_dirty[n];
		balloon_dirty[n] = false;
	}
}

static void balloon_step(const struct machine *machine)
{
	uint32_t page = balloon_draw(BALLOON_PAGES), value = balloon_draw(0xffffffff);

	switch (balloon_draw(16)) {
	case 0:
		balloon_give_back(machine, page);
		break;
	case 1:
		balloon_read_log(machine);
		break;
	case 2:
	case 3:
	case 4:
		balloon_process(machine, page, balloon_draw(2), value);
		break;
	default:
		balloon_guest(machine, page, balloon_draw(2), value);
		break;
	}
}

void test_balloon(void)
{
	struct machine machine;
	uint32_t wrong_at = 0;

	if (!machine_make(&machine, MACHINE_LOG)) {
		return;
	}
	balloon_seed = 1;
	machine_load(&machine, guest_poke);
	for (uint32_t n = 1; n <= BALLOON_ROUNDS && !balloon_wrong; n++) {
		balloon_step(&machine);
		wrong_at = balloon_wrong ? n : 0;
	}
	balloon_read_log(&machine);
	for (uint32_t n = 0; n < BALLOON_PAGES; n++) {
		balloon_process(&machine, n, false, 0);
	}
	tap_is(wrong_at, 0, "4,000 accesses, balloons and logs at random: the step that is wrong");
	tap_is(balloon_wrong, 0, "pages and log are as they must be");
	machine_end(&machine);
}
