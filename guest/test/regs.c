/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM_GET_ONE_REG and KVM_SET_ONE_REG on a partition that is paused: its registers are what it put
 * there, and what is set is what it finds. Then all of them are set at random, again and again:
 * that may end that partition, and nothing else.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/test/held/held.h"
#include "guest/test/random.h"
#include <stdio.h>

#define HELD	      2u
#define REGS_LIST_MAX 256u
#define REGS_LIVES    12u
#define REGS_ROUNDS   6u /* of a life */
#define REGS_EACH     12u

#define CORE(n)	 (0x4020000000100000ull | (n))
#define CORE_PC	 CORE(15)
#define CORE_PSR CORE(16)
#define SP_IRQ	 CORE(27)
#define D(n)	 (0x4030000000120000ull | (n))
#define TPIDRURW 0x40200000000f6802ull
#define CNTVCT	 0x40300000000f0708ull
#define SCTLR	 0x40200000000f0800ull
#define MPIDR	 0x40200000000f0005ull

#define PSR_N 0x80000000u

static uint64_t regs_list[REGS_LIST_MAX];
static uint32_t regs_count, regs_seed = 1;

static uint64_t regs_get(uint64_t id)
{
	uint64_t value = 0;

	return kvm_get_one_reg(HELD, 0, id, &value) == 0 ? value : ~0ull;
}

static bool regs_state_is(uint32_t state)
{
	struct vm_info info;

	return vm_info(HELD, &info) == 0 && info.state == state;
}

/* Paused; or it has ended meanwhile. */
static bool regs_is_left(void *arg)
{
	(void)arg;
	return !regs_state_is(PLUMB_VM_RUNNING);
}

static bool regs_pause(void)
{
	return vm_pause(HELD) == 0 && timer_wait_until(regs_is_left, NULL, TIMER_PATIENCE_US) &&
	       regs_state_is(PLUMB_VM_PAUSED);
}

/* It has all values in its registers. */
static bool regs_is_held(void *arg)
{
	(void)arg;
	if (regs_state_is(PLUMB_VM_PAUSED)) {
		(void)vm_resume(HELD);
	}
	timer_delay_us(1000);
	return regs_pause() && regs_get(CORE_PC) == regs_get(CORE(11)) &&
	       regs_get(CORE(0)) == HELD_VALUE;
}

static void regs_find_all(void)
{
	while (regs_count < REGS_LIST_MAX &&
	       kvm_get_reg_list(regs_count, &regs_list[regs_count]) == 0) {
		regs_count++;
	}
	(void)report_check(regs_count > 120 && regs_count < REGS_LIST_MAX &&
				   kvm_get_reg_list(9999, &regs_list[0]) == -EINVAL,
			   "the list has %u registers", (unsigned)regs_count);
	(void)kvm_get_reg_list(0, &regs_list[0]);
}

static void regs_refused(void)
{
	uint64_t value = 7;

	(void)report_check(kvm_get_one_reg(HELD, 0, CORE(0), &value) == -EBUSY &&
				   kvm_set_one_reg(HELD, 0, CORE(0), 0) == -EBUSY,
			   "it runs: EBUSY");
	(void)report_check(timer_wait_until(regs_is_held, NULL, TIMER_PATIENCE_US), "it is held");
	(void)report_check(kvm_get_one_reg(99, 0, CORE(0), &value) == -EBADF,
			   "no partition: EBADF");
	(void)report_check(kvm_get_one_reg(3, 0, CORE(0), &value) == -EPERM,
			   "a partition that is not managed: EPERM");
	(void)report_check(kvm_get_one_reg(HELD, 2, CORE(0), &value) == -EINVAL &&
				   kvm_set_one_reg(HELD, 0xffff, CORE(0), 0) == -EINVAL,
			   "no such vCPU: EINVAL");
	(void)report_check(kvm_get_one_reg(HELD, 1, CORE(0), &value) == -ENOEXEC,
			   "a vCPU that is off: ENOEXEC");
	(void)report_check(kvm_get_one_reg(HELD, 0, CORE(38), &value) == -ENOENT &&
				   kvm_get_one_reg(HELD, 0, D(0) - 0x10000000000000ull, &value) ==
					   -ENOENT,
			   "no such register: ENOENT");
	(void)report_check(kvm_set_one_reg(HELD, 0, CORE_PSR, 0x1da) == -EINVAL &&
				   kvm_set_one_reg(HELD, 0, CORE_PSR, 0x1d6) == -EINVAL,
			   "the modes HYP and MON: EINVAL");
	(void)report_check(kvm_set_one_reg(HELD, 0, MPIDR, 0x80000001) == -EINVAL,
			   "another MPIDR: EINVAL");
	(void)report_check(value == 7, "and nothing was told");
}

static void regs_read(void)
{
	uint32_t wrong = 0;

	for (uint32_t n = 0; n < 15; n++) {
		wrong += n != 10 && n != 11 && n != 13 && n != 14 &&
			 regs_get(CORE(n)) != HELD_VALUE + n;
	}
	wrong += regs_get(CORE(18)) != HELD_VALUE + 13; /* SP and LR of SVC mode */
	wrong += regs_get(CORE(19)) != HELD_VALUE + 14;
	(void)report_equal(wrong, 0, "its core registers");
	(void)report_equal((uint32_t)regs_get(CORE_PSR) & 0x1ffu, 0x1d3, "its mode and masks");
	wrong = 0;
	for (uint32_t n = 0; n < 32; n++) {
		wrong += regs_get(D(n)) != held_d(n);
	}
	(void)report_equal(wrong, 0, "d0 to d31");
	(void)report_equal((uint32_t)regs_get(TPIDRURW), HELD_VALUE, "TPIDRURW");
	(void)report_equal((uint32_t)regs_get(SCTLR) & 0x1005u, 0x1005, "MMU and caches are on");
	(void)report_equal((uint32_t)regs_get(MPIDR), 0x80000000, "MPIDR");
}

/* Each to what it is: then nothing has changed. */
static void regs_write_back(void)
{
	uint32_t wrong = 0;

	for (uint32_t n = 0; n < regs_count; n++) {
		wrong += kvm_set_one_reg(HELD, 0, regs_list[n], regs_get(regs_list[n])) != 0;
	}
	(void)report_equal(wrong, 0, "each register can be set to what was read");
}

static bool regs_is_off(void *arg)
{
	(void)arg;
	return regs_state_is(PLUMB_VM_OFF);
}

static void regs_change(void)
{
	uint32_t wrong = kvm_set_one_reg(HELD, 0, CORE(5), HELD_R5) != 0;
	uint64_t stands = regs_get(CNTVCT);

	wrong += kvm_set_one_reg(HELD, 0, D(7), HELD_D7) != 0;
	wrong += kvm_set_one_reg(HELD, 0, TPIDRURW, HELD_TPIDRURW) != 0;
	wrong += kvm_set_one_reg(HELD, 0, SP_IRQ, HELD_SP_IRQ) != 0;
	wrong += kvm_set_one_reg(HELD, 0, CORE_PSR, regs_get(CORE_PSR) | PSR_N) != 0;
	wrong += kvm_set_one_reg(HELD, 0, CORE_PC, regs_get(CORE(10))) != 0;
	timer_delay_us(1000);
	(void)report_check(regs_get(CNTVCT) == stands, "its counter stands still");
	wrong += kvm_set_one_reg(HELD, 0, CNTVCT, HELD_COUNT) != 0;
	(void)report_equal(wrong, 0, "some registers are set");
	(void)report_equal((uint32_t)vm_resume(HELD), 0, "it is resumed");
	(void)report_check(timer_wait_until(regs_is_off, NULL, TIMER_PATIENCE_US),
			   "it has continued where it was sent, and ended");
}

/* ---- at random ---- */

static uint32_t regs_random(void)
{
	return random_next(&regs_seed);
}

/* As it is but for a bit, or any; a place in memory is likely. */
static uint64_t regs_any(uint64_t id)
{
	switch (regs_random() % 4) {
	case 0:
		return regs_get(id) ^ 1ull << (regs_random() % 32);
	case 1:
		return 0x40000000u + regs_random() % 0x200000u;
	case 2:
		return regs_random() % 32;
	default:
		return (uint64_t)regs_random() << 32 | regs_random();
	}
}

/* Without "all", no control registers: vectors that cannot be fetched would take abort after abort,
 * without an instruction in between, and QEMU's counted time would stand still. */
static uint64_t regs_any_id(void)
{
	uint64_t id;

	do {
		id = regs_list[regs_random() % regs_count];
	} while (!guest_has_arg("all") && ((uint32_t)id & KVM_REG_ARM_COPROC_MASK) == 0xf0000);
	return id;
}

static uint32_t regs_set_some(void)
{
	uint32_t unknown = 0;

	for (uint32_t n = 0; n < REGS_EACH; n++) {
		uint64_t id = regs_any_id();
		int32_t result = kvm_set_one_reg(HELD, 0, id, regs_any(id));

		unknown += result != 0 && result != -EINVAL && result != -EBUSY &&
			   result != -ENOEXEC; /* not entered yet, or off */
	}
	return unknown;
}

static bool regs_is_started(void *arg)
{
	(void)arg;
	(void)vm_start(HELD);
	return regs_state_is(PLUMB_VM_RUNNING);
}

/* It may end by itself at any time. */
static void regs_storm(void)
{
	uint32_t wrong = 0, rounds = 0;

	for (uint32_t life = 0; life < REGS_LIVES; life++) {
		wrong += !timer_wait_until(regs_is_started, NULL, TIMER_PATIENCE_US);
		for (uint32_t round = 0; round < REGS_ROUNDS; round++) {
			timer_delay_us(500 + regs_random() % 1500);
			if (regs_pause()) {
				wrong += regs_set_some();
				wrong += vm_resume(HELD) != 0;
				rounds++;
			}
		}
		timer_delay_us(200);
		(void)vm_stop(HELD);
	}
	/* The last life may have crashed, or not. One more, with registers as they should be. */
	wrong += !timer_wait_until(regs_is_started, NULL, TIMER_PATIENCE_US);
	wrong += vm_stop(HELD) != 0;
	wrong += !timer_wait_until(regs_is_off, NULL, TIMER_PATIENCE_US);
	(void)report_check(wrong == 0 && rounds > REGS_LIVES,
			   "%u lives with registers set at random, %u times", (unsigned)REGS_LIVES,
			   (unsigned)rounds);
}

int main(void)
{
	gic_init();
	regs_find_all();
	regs_refused();
	regs_read();
	regs_write_back();
	regs_change();
	regs_storm();
	report_summary();
}
