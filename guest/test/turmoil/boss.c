/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include "guest/test/turmoil/turmoil.h"

#define BOSS_STUCK_US 100000u /* no new life for so long: it is reset */
#define BOSS_NAP_US   200u
#define BOSS_RARE     8u  /* one step in so many calls for a life */
#define BOSS_PAUSES   40u /* one step in so many pauses a witness */

enum boss_call { BOSS_START, BOSS_STOP, BOSS_RESET, BOSS_PAUSE, BOSS_RESUME, BOSS_CALLS };

static int32_t (*const boss_calls[BOSS_CALLS])(uint32_t) = { vm_start, vm_stop, vm_reset, vm_pause,
							     vm_resume };
static uint32_t boss_random, boss_unknown, boss_rings;

static void boss_doorbell(uint32_t iar, void *arg)
{
	uint64_t changed;

	(void)iar, (void)arg;
	(void)vm_watch(&changed);
	boss_rings++;
}

static uint32_t boss_dice(uint32_t sides)
{
	return turmoil_next(&boss_random) % sides;
}

static uint32_t boss_state(uint32_t handle)
{
	struct vm_info info = { 0 };

	return vm_info(handle, &info) == 0 ? info.state : UINT32_MAX;
}

/* The results that a partition may give, whatever its state is. */
static int32_t boss_do(enum boss_call call, uint32_t handle)
{
	int32_t result = boss_calls[call](handle);

	turmoil_board->calls[call]++;
	turmoil_board->refused[call] += result != 0;
	boss_unknown += result != 0 && result != -EAGAIN && result != -EBUSY && result != -EINVAL;
	return result;
}

static bool boss_is_off(uint32_t handle)
{
	uint32_t state = boss_state(handle);

	return state == PLUMB_VM_OFF || state == PLUMB_VM_CRASHED;
}

/* ---- who lives: the rioters, and then the maker ---- */

static uint32_t boss_handle(uint32_t who)
{
	return who < TURMOIL_RIOTERS ? TURMOIL_RIOTER + who : TURMOIL_MAKER;
}

static uint32_t boss_lives_of(uint32_t who)
{
	return who < TURMOIL_RIOTERS ? turmoil_board->rioter[who].lives
				     : turmoil_board->maker.lives;
}

static const volatile uint32_t *boss_calm_of(uint32_t who)
{
	return who < TURMOIL_RIOTERS ? &turmoil_board->rioter[who].calm
				     : &turmoil_board->maker.calm;
}

/* ---- a step of the storm ---- */

static void boss_drive(uint32_t handle)
{
	struct kvm_irq_level lines[TURMOIL_SPIS];

	for (uint32_t i = 0; i < TURMOIL_SPIS; i++) {
		lines[i].irq = kvm_irq_spi(TURMOIL_FIRST + i);
		lines[i].level = boss_dice(2);
	}
	(void)kvm_irq_line_many(handle, lines, TURMOIL_SPIS);
	(void)kvm_irq_line(handle, kvm_irq_ppi(boss_dice(TURMOIL_VCPUS), TURMOIL_PPI),
			   boss_dice(2));
}

static bool boss_is_stuck(uint32_t who)
{
	static uint64_t since[TURMOIL_ALL];
	static uint32_t lives[TURMOIL_ALL];
	uint32_t now = boss_lives_of(who);

	if (now != lives[who]) {
		lives[who] = now;
		since[who] = timer_count();
	}
	return timer_count() - since[who] > timer_us_to_ticks(guest_arg("stuck-us", BOSS_STUCK_US));
}

static void boss_look(uint32_t who)
{
	uint32_t handle = boss_handle(who);

	if (boss_is_off(handle)) {
		(void)boss_do(BOSS_START, handle);
	} else if (boss_is_stuck(who)) {
		(void)boss_do(BOSS_RESET, handle);
	} else if (boss_state(handle) == PLUMB_VM_PAUSED) {
		(void)boss_do(BOSS_RESUME, handle);
	}
}

static void boss_witness(uint32_t handle)
{
	if (boss_state(handle) == PLUMB_VM_PAUSED) {
		(void)boss_do(BOSS_RESUME, handle);
	} else if (boss_dice(BOSS_PAUSES) == 0) {
		(void)boss_do(BOSS_PAUSE, handle);
	}
}

static void boss_step(void)
{
	static const uint8_t calls[] = { BOSS_PAUSE, BOSS_PAUSE, BOSS_RESUME, BOSS_RESET,
					 BOSS_STOP,  BOSS_START, BOSS_PAUSE,  BOSS_RESUME };

	if (boss_dice(BOSS_RARE) == 0) {
		(void)boss_do((enum boss_call)calls[boss_dice(sizeof(calls))],
			      boss_handle(boss_dice(TURMOIL_ALL)));
	}
	boss_drive(TURMOIL_RIOTER + boss_dice(TURMOIL_RIOTERS));
	for (uint32_t n = 0; n < TURMOIL_ALL; n++) {
		boss_look(n);
	}
	for (uint32_t n = 0; n < TURMOIL_WITNESSES; n++) {
		boss_witness(TURMOIL_WITNESS + n);
	}
	(void)nap_once(1 + boss_dice(guest_arg("nap-us", BOSS_NAP_US)));
}

/* ---- quiet ---- */

/* A rioter that runs may start the other one. */
static void boss_stop_all(void)
{
	while (!boss_is_off(TURMOIL_RIOTER) || !boss_is_off(TURMOIL_RIOTER + 1) ||
	       !boss_is_off(TURMOIL_MAKER)) {
		for (uint32_t n = 0; n < TURMOIL_ALL; n++) {
			(void)boss_do(BOSS_STOP, boss_handle(n));
		}
		(void)nap_once(BOSS_NAP_US);
	}
}

static void boss_lower(uint32_t handle)
{
	for (uint32_t i = 0; i < TURMOIL_SPIS; i++) {
		(void)kvm_irq_line(handle, kvm_irq_spi(TURMOIL_FIRST + i), 0);
	}
	for (uint32_t i = 0; i < TURMOIL_VCPUS; i++) {
		(void)kvm_irq_line(handle, kvm_irq_ppi(i, TURMOIL_PPI), 0);
	}
}

static bool boss_wait_state(uint32_t handle, uint32_t state)
{
	uint64_t end = timer_count() + timer_us_to_ticks(TIMER_PATIENCE_US);

	while (boss_state(handle) != state && timer_count() < end) {
		(void)nap_once(BOSS_NAP_US);
	}
	return boss_state(handle) == state;
}

static bool boss_pause(uint32_t handle)
{
	while (boss_state(handle) != PLUMB_VM_PAUSED && boss_do(BOSS_PAUSE, handle) == -EAGAIN) {
		(void)nap_once(BOSS_NAP_US);
	}
	return boss_wait_state(handle, PLUMB_VM_PAUSED);
}

static bool boss_calm(uint32_t n)
{
	uint32_t before = *boss_calm_of(n);

	if (n < TURMOIL_RIOTERS) {
		boss_lower(boss_handle(n));
	}
	return boss_do(BOSS_START, boss_handle(n)) == 0 &&
	       nap_wait_count(boss_calm_of(n), before + 1, TIMER_PATIENCE_US) &&
	       boss_pause(boss_handle(n));
}

static bool boss_quiet(void)
{
	uint64_t changed;
	bool ok = true;

	boss_stop_all();
	turmoil_board->calm = 1;
	for (uint32_t n = 0; n < TURMOIL_ALL; n++) {
		ok = boss_calm(n) && ok;
	}
	for (uint32_t n = 0; n < TURMOIL_WITNESSES; n++) {
		ok = boss_pause(TURMOIL_WITNESS + n) && ok;
	}
	(void)vm_watch(&changed);
	cpu_irq_enable(); /* the doorbell that it has silenced is spurious now */
	cpu_isb();
	cpu_irq_disable();
	return ok;
}

static void boss_continue(void)
{
	turmoil_board->calm = 0;
	for (uint32_t n = 0; n < TURMOIL_WITNESSES; n++) {
		(void)boss_do(BOSS_RESUME, TURMOIL_WITNESS + n);
	}
	for (uint32_t n = 0; n < TURMOIL_ALL; n++) {
		(void)boss_do(BOSS_RESET, boss_handle(n));
	}
}

/* ---- the whole ---- */

static uint32_t boss_lives(void)
{
	return turmoil_board->rioter[0].lives + turmoil_board->rioter[1].lives;
}

static void boss_report_maker(void)
{
	struct turmoil_maker *maker = &turmoil_board->maker;

	(void)report_check(
		maker->wrong == 0 && maker->lives > 0,
		"storms: the maker: %u lives, %u VMs; the first call that failed: %u, %d",
		(unsigned)maker->lives, (unsigned)maker->made, (unsigned)maker->what,
		(int)maker->got);
}

static _Noreturn void boss_report(uint32_t rounds)
{
	for (uint32_t n = 0; n < TURMOIL_RIOTERS; n++) {
		struct turmoil_rioter *rioter = &turmoil_board->rioter[n];

		(void)report_check(rioter->wrong == 0 && rioter->lives > 0,
				   "storms: rioter %u: %u lives, each began as the first one",
				   (unsigned)n, (unsigned)rioter->lives);
		if (rioter->wrong) {
			(void)report_check(false, "%u differ; the first: kind %u, 0x%x: 0x%08x",
					   (unsigned)rioter->wrong, (unsigned)rioter->what,
					   (unsigned)rioter->where, (unsigned)rioter->got);
		}
	}
	boss_report_maker();
	(void)report_equal(boss_unknown, 0, "storms: results that no state gives");
	(void)report_check(boss_rings > 0, "storms: %u rounds, %u doorbells", (unsigned)rounds,
			   (unsigned)boss_rings);
	report_summary();
}

_Noreturn void turmoil_boss(void)
{
	uint32_t round = 0;

	gic_init();
	nap_init();
	irq_set_handler(PLUMB_VM_WATCH_INTID, boss_doorbell, NULL);
	gic_enable(PLUMB_VM_WATCH_INTID);
	boss_random = guest_arg("seed", 1) * 2654435761u | 1;
	turmoil_board->seed = guest_arg("seed", 1) * 0x10000u;
	turmoil_board->magic = TURMOIL_MAGIC;
	while (!turmoil_board->finish) {
		if (!boss_quiet()) {
			(void)report_check(false, "storms: all is quiet after round %u",
					   (unsigned)round);
			break;
		}
		turmoil_board->quiet = ++round;
		while (turmoil_board->go < round) {
		}
		boss_continue();
		while (boss_lives() < turmoil_board->goal && !turmoil_board->finish) {
			boss_step();
		}
	}
	boss_stop_all();
	for (uint32_t n = 0; n < TURMOIL_WITNESSES; n++) {
		(void)boss_do(BOSS_RESUME, TURMOIL_WITNESS + n);
	}
	boss_report(round);
}
