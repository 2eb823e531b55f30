/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the module plumbline_kvm does when the monitor rings: a monitor that never stops telling
 * keeps neither the interrupt handler nor a masked CPU, and nothing of it is lost. Linux's headers
 * are those of test/fakes/kernel.
 */
#include "test/fakes/kernel/kernel.h"
#include "test/unit/test.h"

/* ---- the module ---- */

#define PLUMBLINE_KVM_VM_H /* guest/linux/kvm/vm.h: what of it is used here */

#define PLUMB_WAKE_MASK	       0x86000f80u
#define PLUMB_IRQ_ENDED	       0x86000f77u
#define PLUMB_IRQ_WATCH	       0x86000f76u
#define PLUMB_VM_FIRST	       0x100u
#define VM_MAX_VMS	       64
#define KVM_ARM_IRQ_TYPE_SPI   1u
#define KVM_ARM_IRQ_TYPE_SHIFT 24
#define ROUTES_NONE	       UINT32_MAX

struct vm {
	u32 handle;
	struct list_head resamples;
	u32 nr_resamples;
	spinlock_t resamples_lock;
};

struct plumb_result {
	int32_t r0;
	u32 r1, r2, r3;
};

static struct plumb_result plumb_call(u32 function, u32 a, u32 b, u32 c, u32 d, u32 e);
static int32_t plumb_call3(u32 function, u32 a, u32 b, u32 c);
static bool vm_wake(u32 handle, u32 vcpus);
static u32 routes_find(struct vm *vm, u32 gsi);
static int routes_drive(struct vm *vm, u32 gsi, u32 level);
static void ioevent_signal(struct eventfd_ctx *event);
int doorbell_start(void);
void doorbell_stop(void);
bool resample_tell(struct vm *vm);
void resample_watch(struct vm *vm, bool on);
struct resample *resample_add(struct vm *vm, u32 gsi, int file);
void resample_remove(struct vm *vm, struct resample *one);
void resample_init(struct vm *vm);

#include "guest/linux/kvm/doorbell.c"
#include "guest/linux/kvm/resample.c"

/* ---- a monitor, with VMs that tell so much ---- */

#define FOR_EVER UINT32_MAX

static struct vm vm = { .handle = 0x100 };
static u32 neighbour_wakes; /* of the VM after it */
static u32 lines_left, wakes_left, told_wakes, calls, watches, driven, neighbour_told;

static u32 take(u32 *left)
{
	u32 n = *left;

	*left -= n && n != FOR_EVER;
	return n != 0;
}

static u32 is_more(void)
{
	return lines_left || wakes_left || neighbour_wakes;
}

static struct plumb_result plumb_call(u32 function, u32 a, u32 b, u32 c, u32 d, u32 e)
{
	u32 wakes;

	(void)a, (void)b, (void)c, (void)d, (void)e;
	calls++;
	CHECK(calls < 100000); /* else it is no test that ends */
	if (calls >= 100000) {
		lines_left = wakes_left = 0;
	}
	if (function == PLUMB_IRQ_ENDED) {
		return (struct plumb_result) { 0, take(&lines_left) ? 40 : 0, 0, 0 };
	}
	if (a && a != vm.handle && a != vm.handle + 1) {
		return (struct plumb_result) { -9, 0, 0, 0 };
	}
	if (lines_left && a != vm.handle + 1) {
		return (struct plumb_result) { 0, 0x80000000u, vm.handle, 1 };
	}
	if (neighbour_wakes && a != vm.handle) {
		wakes = take(&neighbour_wakes);
		return (struct plumb_result) { 0, wakes, vm.handle + 1, is_more() };
	}
	wakes = a <= vm.handle ? take(&wakes_left) : 0;
	return (struct plumb_result) { 0, wakes, vm.handle, is_more() };
}

static int32_t plumb_call3(u32 function, u32 a, u32 b, u32 c)
{
	(void)function, (void)a, (void)b, (void)c;
	watches++;
	return 0;
}

static bool vm_wake(u32 handle, u32 vcpus)
{
	if (handle == vm.handle + 1) {
		CHECK_EQ(vcpus, 1);
		neighbour_told++;
		return false;
	}
	CHECK_EQ(handle, vm.handle);
	told_wakes += vcpus & 1u;
	return vcpus & 0x80000000u && resample_tell(&vm);
}

static u32 routes_find(struct vm *of, u32 gsi)
{
	(void)of;
	return 1u << 24 | (gsi + 32);
}

static int routes_drive(struct vm *of, u32 gsi, u32 level)
{
	(void)of, (void)gsi, (void)level;
	driven++;
	return 0;
}

static void ioevent_signal(struct eventfd_ctx *event)
{
	CHECK(vm.resamples_lock.held);
	event->count++;
}

/* ---- the tests ---- */

static void begin(u32 lines, u32 wakes)
{
	fake_kernel_reset();
	lines_left = lines;
	wakes_left = wakes;
	neighbour_wakes = neighbour_told = told_wakes = calls = watches = driven = 0;
	resample_init(&vm);
	CHECK_EQ((uint64_t)doorbell_start(), 0);
}

/* It is high as long as there is something to tell. */
static bool ring_once(void)
{
	if (!fake_irq_disabled && (lines_left || wakes_left)) {
		fake_irq_handle();
		return true;
	}
	return fake_work_runs();
}

static void ring(void)
{
	u32 times = 0;

	while (times < 1000 && ring_once()) {
		times++;
	}
	CHECK(times < 1000);
}

/* A handler with interrupts masked, and a pass of the work. */
static void handler_is_bounded(void)
{
	struct resample *one;

	begin(FOR_EVER, 0);
	one = resample_add(&vm, 8, 0);
	fake_irq_handle();
	CHECK(calls <= 40);
	CHECK(fake_irq_disabled == 1 && fake_work != NULL);
	calls = 0;
	CHECK(fake_work_runs());
	CHECK(calls <= 40 + 64);
	CHECK(fake_irq_disabled == 1 && fake_work != NULL);
	lines_left = 0;
	ring();
	CHECK(fake_irq_disabled == 0 && fake_work == NULL);
	resample_remove(&vm, one);
	CHECK_EQ(driven, 1);
	doorbell_stop();
}

/* The monitor names the first VM that has something to tell, again and again. */
static void others_are_told(void)
{
	begin(FOR_EVER, 0);
	neighbour_wakes = 1;
	fake_irq_handle();
	CHECK(fake_work_runs());
	CHECK_EQ(neighbour_told, 1);
	lines_left = 0;
	ring();
	CHECK(fake_irq_disabled == 0 && fake_work == NULL);
	CHECK_EQ(neighbour_told, 1);
	doorbell_stop();
}

static void wakes_are_bounded(void)
{
	begin(0, FOR_EVER);
	fake_irq_handle();
	CHECK(calls <= 40 && told_wakes > 0);
	CHECK(fake_irq_disabled == 1);
	wakes_left = 0;
	ring();
	doorbell_stop();
}

/* One line with very many eventfds: each counts. */
static void eventfds_count(void)
{
	struct resample *all[40];

	begin(100, 0);
	for (u32 n = 0; n < 40; n++) {
		all[n] = resample_add(&vm, 8, (int)n);
	}
	CHECK(resample_tell(&vm));
	CHECK_EQ(calls, 1);
	CHECK_EQ(lines_left, 99);
	for (u32 n = 0; n < 40; n++) {
		CHECK_EQ(fake_eventfds[n].count, 1);
		resample_remove(&vm, all[n]);
	}
	doorbell_stop();
}

/* Interrupts are masked for all of them: there are so many at most. */
static void eventfds_are_bounded(void)
{
	static struct resample *all[1024];

	begin(1, 0);
	for (u32 n = 0; n < 1024; n++) {
		watches = 0;
		all[n] = resample_add(&vm, 8, 0);
		CHECK(all[n] != NULL && watches <= 1);
	}
	CHECK(resample_add(&vm, 8, 1) == NULL);
	(void)resample_tell(&vm);
	CHECK_EQ(fake_eventfds[0].count, 1024);
	CHECK_EQ(fake_eventfds[1].count, 0);
	resample_remove(&vm, all[0]);
	all[0] = resample_add(&vm, 8, 1);
	CHECK(all[0] != NULL);
	for (u32 n = 0; n < 1024; n++) {
		resample_remove(&vm, all[n]);
	}
	CHECK_EQ(driven, 1);
	doorbell_stop();
}

/* Whatever the number is, each is told once, and the doorbell is as before. */
static void nothing_is_lost(void)
{
	for (u32 n = 0; n < 600; n += n < 40 ? 1 : 37) {
		struct resample *one;

		begin(n, n);
		one = resample_add(&vm, 8, 0);
		ring();
		CHECK_EQ(fake_eventfds[0].count, n);
		CHECK_EQ(told_wakes, n);
		CHECK_EQ(lines_left + wakes_left, 0);
		CHECK(fake_irq_disabled == 0 && fake_work == NULL);
		CHECK_EQ(fake_irqs_masked, 0);
		resample_remove(&vm, one);
		doorbell_stop();
	}
}

/* A few are the handler's own: no work is queued. */
static void few_need_no_work(void)
{
	begin(3, 3);
	fake_irq_handle();
	CHECK_EQ(lines_left + wakes_left, 0);
	CHECK(fake_irq_disabled == 0 && fake_work == NULL);
	doorbell_stop();
}

static const struct test_case cases[] = {
	{ "handler_is_bounded", handler_is_bounded },	  { "others_are_told", others_are_told },
	{ "wakes_are_bounded", wakes_are_bounded },	  { "eventfds_count", eventfds_count },
	{ "nothing_is_lost", nothing_is_lost },		  { "few_need_no_work", few_need_no_work },
	{ "eventfds_are_bounded", eventfds_are_bounded },
};

TEST_MAIN("kvm_doorbell", cases)
