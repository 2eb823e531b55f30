/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/core/partition.c and manager.c on one CPU: the counter of a partition that was paused, who is
 * told of a change, and when the system ends. */
#include "test/unit/hw_log.h"
#include "hyp/core/cpu.h"
#include "hyp/core/device.h"
#include "hyp/core/facts.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/halt.h"
#include "hyp/core/log.h"
#include "hyp/core/manager.h"
#include "hyp/core/partition.h"
#include "hyp/core/phys.h"
#include "hyp/core/remote.h"
#include "hyp/core/vm.h"
#include <setjmp.h>
#include <stdarg.h>

#define VCPUS	 2u
#define PARTS	 3u /* 0 manages 1 and 2; 2 manages 2, and has no GIC */
#define DOORBELL 35u
#define ENOEXEC	 8
#define EAGAIN	 11
#define EBUSY	 16
#define EINVAL	 22

struct cpu cpus[BOARD_MAX_CPUS];
uint32_t remote_reach;

static struct manifest_partition config[PARTS];
static struct vcpu vcpu[PARTS][VCPUS];
static uint64_t now;
static uint32_t taken_back, interrupted;
static const char *said;
static jmp_buf end;
static enum halt_status ended;

uint64_t test_now(void)
{
	return now;
}

uint32_t facts_timer_hz(void)
{
	return 1000;
}

void cpu_interrupt(uint32_t index)
{
	interrupted |= index < 32 ? 1u << index : 0;
}

vgic_kick_t remote_all(struct vgic_locked held, vgic_kick_t kick)
{
	CHECK(!held.vm);
	return kick;
}

/* The record of a crash: that of vm `recorded`; how many of its vCPUs are done. */
static const struct vm *recorded;
static uint32_t records, record_pieces;

uint32_t crash_look(struct sched_locked held, const struct vm *vm)
{
	CHECK(held.sched == &vm_sched && vm->nr_vcpus == VCPUS);
	return 3;
}

void crash_begin(struct sched_locked held, struct vm *vm, const struct crash_cause *cause,
		 uint32_t on)
{
	CHECK(held.sched == &vm_sched && vm->life.state == LIFE_ENDING && !recorded);
	CHECK((cause->reason == 1 ? cause->status == 9
				  : cause->reason == 3 && cause->status == -2) &&
	      on == 3);
	recorded = vm;
	records++;
}

bool crash_take(struct vm *vm, uint32_t n)
{
	CHECK(n < VCPUS && vm->life.state == LIFE_ENDING);
	if (vm != recorded) {
		return false;
	}
	CHECK_EQ(n, record_pieces);
	if (++record_pieces == VCPUS) {
		recorded = NULL;
		record_pieces = 0;
	}
	return true;
}

void guest_log_reset(struct vm *vm)
{
	(void)vm;
}

static bool may_say_end = true;

bool guest_log_may_end(struct vm *vm)
{
	CHECK(vm->life.end != LIFE_END_RESET); /* that has another limit */
	return may_say_end;
}

void guest_log_restart(struct vm *vm)
{
	said = vm->life.end == LIFE_END_RETRY ? "restarts after a crash" : "restarts";
}

static bool is_bitten;

void guest_log_bite(struct vm *vm)
{
	CHECK_EQ(vm->life.end, LIFE_END_CRASH);
	is_bitten = true;
}

void log_end(const char *format, ...)
{
	const char *why;
	va_list args;

	va_start(args, format);
	(void)va_arg(args, const char *);
	said = "off";
	if (!strstr(format, "off")) {
		CHECK_EQ(va_arg(args, int), is_bitten ? -2 : 9);
		why = va_arg(args, const char *);
		said = why[0] ? "crashed, no restart" : "crashed";
	}
	va_end(args);
}

void phys_take_back(const struct vm *vm)
{
	taken_back |= 1u << vm->index;
}

static char pieces[32]; /* what was cleared up, and of which partition */

static void add_piece(char what, const struct vm *vm, uint32_t n)
{
	size_t length = strlen(pieces);

	CHECK(length + 4 < sizeof(pieces));
	pieces[length] = what;
	pieces[length + 1] = (char)('0' + vm->index);
	pieces[length + 2] = (char)('0' + n);
	pieces[length + 3] = 0;
}

void device_reset(struct vm *vm)
{
	add_piece('d', vm, 0);
}

void shared_reset(struct vm *vm, uint32_t n)
{
	add_piece('s', vm, n);
}

void halt_system(enum halt_status status)
{
	ended = status;
	longjmp(end, 1);
}

static void make(uint32_t index, bool has_gic)
{
	static const uint8_t image[4];
	struct vm *vm = &vms[index];

	config[index] = (struct manifest_partition) { .nr_vcpus = VCPUS, .has_gic = has_gic };
	config[index].kernel.data = image;
	config[index].name = "it";
	*vm = (struct vm) { .config = &config[index], .index = index, .nr_vcpus = VCPUS };
	vm->vcpus = vcpu[index];
	life_init(&vm->life, VCPUS);
	for (uint32_t n = 0; n < VCPUS; n++) {
		struct vcpu *v = &vcpu[index][n];

		*v = (struct vcpu) { .vm = vm, .life = &vm->life.vcpu[n], .index = n };
		v->entity = v->life->entity = sched_add(&vm_sched, 3, 3);
		vm_vcpu_by_entity[v->entity] = v;
	}
	if (has_gic) {
		vm->vgic = vgic_init(calloc(1, vgic_size(VCPUS, 64)), VCPUS, 64, 4);
		vgic_phys_set_owner(vm->vgic, DOORBELL, VGIC_OWNER_DEVICE, 0);
	}
}

static void boot(void)
{
	sched_init(&vm_sched, 2);
	memset(cpus, 0, sizeof(struct cpu[2]));
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[0];
	vm_count = PARTS;
	for (uint32_t n = 0; n < PARTS; n++) {
		make(n, n != 2);
	}
	config[0].manages[0] = 6;
	config[2].manages[0] = 4;
	vms[1].nr_managers = 1;
	vms[2].nr_managers = 2;
	now = 1000;
	interrupted = 0;
	pieces[0] = 0;
}

static void clear(void)
{
	free(vms[0].vgic);
	free(vms[1].vgic);
}

/* PLUMB_GET_IRQ_STATE's bit of the line. */
static bool rings(uint32_t index)
{
	return vgic_irq_state(vms[index].vgic, 0, DOORBELL) & 1;
}

/* As run_schedule does. */
static void clear_up(void)
{
	while (cpus[0].ended) {
		partition_clear_up(&cpus[0]);
	}
}

static void start(uint32_t index)
{
	CHECK_EQ(partition_manage(&vms[index], LIFE_START), 0);
	vms[index].life.state = LIFE_RUNNING;
}

/* From the call, or, if a vCPU was on a CPU, from when it left that. */
static void counter_stands_still(void)
{
	boot();
	start(1);
	vcpu[1][0].world.cntvoff = vcpu[1][1].world.cntvoff = 300;
	vms[1].left_at = 700;
	CHECK_EQ(partition_manage(&vms[1], LIFE_PAUSE), 0);
	CHECK_EQ(vms[1].life.state, LIFE_PAUSED);
	now = 5000;
	CHECK_EQ(partition_manage(&vms[1], LIFE_RESUME), 0);
	CHECK_EQ(vcpu[1][0].world.cntvoff, 300 + 4000);
	CHECK_EQ(vcpu[1][1].world.cntvoff, 300 + 4000);
	CHECK_EQ(partition_manage(&vms[1], LIFE_PAUSE), 0);
	vms[1].left_at = 5100;
	now = 6000;
	CHECK_EQ(partition_manage(&vms[1], LIFE_RESUME), 0);
	CHECK_EQ(vcpu[1][0].world.cntvoff, 4300 + 900);
	CHECK_EQ(vcpu[1][1].world.cntvoff, 4300 + 900);
	config[1].no_counter_offset = true;
	CHECK_EQ(partition_manage(&vms[1], LIFE_PAUSE), 0);
	now = 7000;
	CHECK_EQ(partition_manage(&vms[1], LIFE_RESUME), 0);
	CHECK_EQ(vcpu[1][0].world.cntvoff, 5200);
	clear();
}

/* Each manager, of each change that its calls can see; until it has asked. */
static void managers_are_told(void)
{
	uint32_t changed[2] = { ~0u, ~0u };

	boot();
	CHECK(!rings(0));
	start(2);
	CHECK(rings(0) && !rings(1));
	CHECK_EQ(vms[0].changed[0], 4);
	CHECK_EQ(vms[2].changed[0], 4); /* without a doorbell */
	start(1);
	CHECK(rings(0));
	manager_take(&vms[0], changed);
	CHECK_EQ(changed[0], 6);
	CHECK_EQ(changed[1], 0);
	CHECK(!rings(0));
	manager_take(&vms[0], changed);
	CHECK_EQ(changed[0], 0);
	CHECK_EQ(vms[1].changed[0], 0);
	CHECK_EQ(partition_manage(&vms[1], LIFE_PAUSE), 0);
	CHECK(rings(0));
	manager_take(&vms[0], changed);
	CHECK_EQ(partition_manage(&vms[1], LIFE_PAUSE), -EBUSY);
	CHECK_EQ(partition_manage(&vms[1], LIFE_START), -EBUSY);
	CHECK(!rings(0));
	CHECK_EQ(partition_manage(&vms[1], LIFE_RESUME), 0);
	CHECK(rings(0));
	manager_take(&vms[0], changed);
	CHECK_EQ(changed[0], 2);
	CHECK_EQ(partition_manage(&vms[1], LIFE_STOP), 0);
	CHECK(!rings(0) && cpus[0].resched);
	clear_up();
	CHECK_EQ(vms[1].life.state, LIFE_OFF);
	CHECK(strcmp(said, "off") == 0 && taken_back == 2);
	CHECK(rings(0));
	manager_take(&vms[0], changed);
	CHECK_EQ(partition_manage(&vms[1], LIFE_RESUME), -EINVAL);
	CHECK(!rings(0));
	clear();
}

/* It has left its CPU when that has picked another one; until then the call is not complete. */
static void a_running_one_leaves_first(void)
{
	enum life_last last;

	boot();
	start(1);
	CHECK_EQ(sched_pick(&vm_sched, 1, false), vcpu[1][0].entity);
	CHECK_EQ(life_take(&vm_sched, 1, &vms[1].life, vcpu[1][0].life), LIFE_RESUMES);
	cpus[1].resched = false;
	vms[0].changed[0] = 0;
	interrupted = 0;
	CHECK_EQ(partition_manage(&vms[1], LIFE_PAUSE), 0);
	CHECK_EQ(vms[1].life.state, LIFE_PAUSING);
	CHECK(cpus[1].resched && interrupted == 2);
	CHECK_EQ(vms[0].changed[0], 0);
	CHECK_EQ(partition_manage(&vms[1], LIFE_RESUME), -EAGAIN);
	(void)life_pick(&vm_sched, 1, &vms[1].life, vcpu[1][0].life, false, &last);
	CHECK_EQ(last, LIFE_NOT_LAST);
	last = life_unload(&vm_sched, &vms[1].life, vcpu[1][0].life);
	CHECK_EQ(last, LIFE_LAST_PAUSES);
	partition_left(&vms[1], last);
	CHECK_EQ(vms[0].changed[0], 2);
	CHECK(rings(0));
	clear();
}

static void crash(uint32_t index)
{
	const struct crash_cause cause = { .reason = 1, .status = 9 };

	pieces[0] = 0;
	partition_crash(&vms[index], &cause);
	clear_up();
	CHECK(!recorded || vms[index].life.state == LIFE_ENDING);
}

/* on-crash: at most so many restarts in so many seconds, of 1000 ticks here. The managers are told.
 */
static void restarts_are_limited(void)
{
	uint32_t changed[2];

	boot();
	config[1].crash_restarts = 2;
	config[1].crash_seconds = 10;
	start(0); /* else the system ends */
	start(1);
	for (uint32_t n = 0; n < 2; n++) {
		manager_take(&vms[0], changed);
		now = 2000 + 1000 * n;
		crash(1);
		CHECK_EQ(vms[1].life.state, LIFE_LOADING);
		CHECK(strcmp(said, "restarts after a crash") == 0);
		CHECK(rings(0));
		vms[1].life.state = LIFE_RUNNING;
	}
	now = 2000 + 9999;
	crash(1);
	CHECK_EQ(vms[1].life.state, LIFE_CRASHED);
	CHECK(strcmp(said, "crashed, no restart") == 0);
	CHECK_EQ(vms[1].status, 9);
	start(1); /* from 0 again, as its manager knows */
	crash(1);
	CHECK_EQ(vms[1].life.state, LIFE_LOADING);
	vms[1].life.state = LIFE_RUNNING;
	crash(1);
	CHECK_EQ(vms[1].life.state, LIFE_LOADING);
	vms[1].life.state = LIFE_RUNNING;
	now += 9999;
	crash(1);
	CHECK_EQ(vms[1].life.state, LIFE_CRASHED);
	start(2); /* has no on-crash */
	crash(2);
	CHECK_EQ(vms[2].life.state, LIFE_CRASHED);
	CHECK(strcmp(said, "crashed") == 0);
	CHECK_EQ(records, 7); /* each */
	clear();
}

/* Older ones do not count; an end that is no crash, or is no news, does not either. */
static void restarts_age(void)
{
	boot();
	config[1].crash_restarts = 1;
	config[1].crash_seconds = 1;
	start(0);
	start(1);
	for (uint32_t n = 0; n < 40; n++) {
		now += 1000;
		crash(1);
		CHECK_EQ(vms[1].life.state, LIFE_LOADING);
		vms[1].life.state = LIFE_RUNNING;
		partition_end(&vms[1], LIFE_END_RESET);
		clear_up();
		CHECK_EQ(vms[1].life.state, LIFE_LOADING);
		CHECK(strcmp(said, "restarts") == 0);
		vms[1].life.state = LIFE_RUNNING;
	}
	now += 999;
	crash(1);
	CHECK_EQ(vms[1].life.state, LIFE_CRASHED);
	vms[1].restarts.count = 0;
	records = 0;
	crash(1); /* it has ended already */
	CHECK_EQ(records, 0);
	CHECK_EQ(vms[1].life.state, LIFE_CRASHED);
	CHECK_EQ(vms[1].restarts.count, 0);
	clear();
}

/* A stop while the vCPUs of the crashed partition are leaving. */
static void a_stop_wins(void)
{
	enum life_last last;

	boot();
	config[1].crash_restarts = 2;
	config[1].crash_seconds = 10;
	start(1);
	CHECK_EQ(sched_pick(&vm_sched, 1, false), vcpu[1][0].entity);
	CHECK_EQ(life_take(&vm_sched, 1, &vms[1].life, vcpu[1][0].life), LIFE_RESUMES);
	start(0); /* else the system ends */
	crash(1);
	CHECK_EQ(vms[1].life.state, LIFE_ENDING);
	CHECK_EQ(partition_manage(&vms[1], LIFE_RESET), 0); /* it is coming back */
	CHECK_EQ(partition_manage(&vms[1], LIFE_STOP), 0);
	(void)life_pick(&vm_sched, 1, &vms[1].life, vcpu[1][0].life, false, &last);
	last = life_unload(&vm_sched, &vms[1].life, vcpu[1][0].life);
	CHECK_EQ(last, LIFE_LAST_ENDS);
	partition_left(&vms[1], last);
	clear_up();
	CHECK_EQ(vms[1].life.state, LIFE_CRASHED);
	CHECK(strcmp(said, "crashed, no restart") == 0);
	CHECK(!recorded);
	clear();
}

/* Each shared memory is a piece, and the rest is one; before it the partition is ending. Of two,
 * each is cleared up once. */
static void an_end_in_pieces(void)
{
	boot();
	start(0);
	start(1);
	start(2);
	config[1].nr_shares = 3;
	config[2].nr_shares = 1;
	vms[0].changed[0] = 0;
	CHECK_EQ(partition_manage(&vms[1], LIFE_RESET), 0);
	CHECK(cpus[0].ended == &vms[1] && cpus[0].resched && strcmp(pieces, "") == 0);
	partition_clear_up(&cpus[0]);
	partition_clear_up(&cpus[0]);
	CHECK(strcmp(pieces, "s10s11") == 0);
	CHECK_EQ(vms[1].life.state, LIFE_ENDING);
	CHECK_EQ(partition_manage(&vms[1], LIFE_START), -EAGAIN);
	CHECK_EQ(partition_manage(&vms[1], LIFE_STOP), -EAGAIN);
	CHECK_EQ(partition_manage(&vms[1], LIFE_PAUSE), -EAGAIN);
	CHECK_EQ(partition_manage(&vms[1], LIFE_RESET), 0);
	CHECK_EQ(partition_manage(&vms[2], LIFE_STOP), 0);
	CHECK_EQ(vms[0].changed[0], 0);
	clear_up();
	CHECK(strcmp(pieces, "s10s11s20d20s12d10") == 0);
	CHECK_EQ(vms[1].life.state, LIFE_LOADING);
	CHECK_EQ(vms[2].life.state, LIFE_OFF);
	CHECK_EQ(vms[0].changed[0], 6);
	pieces[0] = 0;
	CHECK_EQ(partition_manage(&vms[1], LIFE_STOP), 0); /* again from the first piece */
	may_say_end = false;
	said = "";
	clear_up();
	may_say_end = true;
	CHECK(strcmp(said, "") == 0);
	CHECK(strcmp(pieces, "s10s11s12d10") == 0);
	clear();
}

/* One that is found on this CPU, or was: it has been reset meanwhile, or is paused. */
static void a_watchdog_bites(void)
{
	struct sp805 *watchdog = &vms[1].watchdog;

	boot();
	start(0);
	start(1);
	watchdog->bitten = true;
	partition_bite(&vms[1]);
	clear_up();
	CHECK(is_bitten && vms[1].life.state == LIFE_CRASHED && vms[1].life.end == LIFE_END_CRASH);
	CHECK(strcmp(said, "crashed") == 0);
	CHECK_EQ(vms[1].status, -2);
	is_bitten = false;
	start(1);
	partition_bite(&vms[1]); /* of its former life */
	CHECK(!is_bitten && vms[1].life.state == LIFE_RUNNING);
	watchdog->bitten = true;
	CHECK_EQ(partition_manage(&vms[1], LIFE_PAUSE), 0);
	partition_bite(&vms[1]);
	CHECK(!is_bitten && vms[1].life.state == LIFE_PAUSED);
	cpus[0].resched = false;
	now += 70;
	config[1].no_counter_offset = true;
	config[1].windows = 1u << MACHINE_WATCHDOG;
	CHECK_EQ(partition_manage(&vms[1], LIFE_RESUME), 0);
	CHECK_EQ(vms[1].paused_for, 70);
	CHECK(cpus[0].resched && cpus[0].devices_at == 0);
	partition_bite(&vms[1]);
	clear_up();
	CHECK(is_bitten && vms[1].life.state == LIFE_CRASHED);
	clear();
}

/* A partition that the manifest does not start may lack an image. */
static void nothing_to_start(void)
{
	boot();
	config[1].kernel.data = NULL;
	CHECK_EQ(partition_manage(&vms[1], LIFE_START), -ENOEXEC);
	CHECK_EQ(vms[1].life.state, LIFE_OFF);
	CHECK(!rings(0));
	config[1].nr_regions = 1; /* firmware */
	CHECK_EQ(partition_manage(&vms[1], LIFE_START), 0);
	clear();
}

/* When all are off or crashed; not with one that is paused. */
static void the_system_ends(void)
{
	volatile bool is_over = false;

	boot();
	start(0);
	start(1);
	CHECK_EQ(partition_manage(&vms[1], LIFE_PAUSE), 0);
	if (setjmp(end) == 0) {
		CHECK_EQ(partition_manage(&vms[0], LIFE_STOP), 0);
		clear_up();
		CHECK_EQ(vms[0].life.state, LIFE_OFF);
		vms[2].life.state = LIFE_CRASHED;
		CHECK_EQ(partition_manage(&vms[1], LIFE_STOP), 0);
		is_over = true;
		clear_up();
		CHECK(false);
	}
	CHECK(is_over && ended == HALT_CRASHED);
	clear();
}

static const struct test_case cases[] = {
	{ "counter_stands_still", counter_stands_still },
	{ "managers_are_told", managers_are_told },
	{ "a_running_one_leaves_first", a_running_one_leaves_first },
	{ "restarts_are_limited", restarts_are_limited },
	{ "restarts_age", restarts_age },
	{ "a_stop_wins", a_stop_wins },
	{ "an_end_in_pieces", an_end_in_pieces },
	{ "a_watchdog_bites", a_watchdog_bites },
	{ "nothing_to_start", nothing_to_start },
	{ "the_system_ends", the_system_ends },
};

TEST_MAIN("partition", cases)
