/* SPDX-License-Identifier: BSD-2-Clause */
/* Many lines that end at once, by a store to the distributor: each resample eventfd is told. */
#include "guest/linux/kvmtest/events.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define ENDS_BY_ONE	 32u /* store */
#define ENDS_LINES	 96u
#define ENDS_PATIENCE_MS 200u
#define ENDS_LOOKS	 100u /* times 20 ms */
#define ENDS_LOOK_US	 20000u

static int32_t ends_raise[ENDS_LINES], ends_told[ENDS_LINES];

static uint32_t ends_begin(const struct machine *machine)
{
	uint32_t good = 0;

	for (uint32_t n = 0; n < ENDS_LINES; n++) {
		ends_raise[n] = events_make();
		ends_told[n] = events_make();
		good += events_resample(machine, ends_raise[n], n, ends_told[n]) == 0;
	}
	return good;
}

static void ends_end(void)
{
	for (uint32_t n = 0; n < ENDS_LINES; n++) {
		(void)sys_close(ends_raise[n]);
		(void)sys_close(ends_told[n]);
	}
}

/* Those that are told until so many are, or for a while; `*twice`: of these, more than once. */
static uint32_t ends_wait(uint32_t wanted, uint32_t *twice)
{
	uint8_t seen[ENDS_LINES];
	uint32_t told = 0;

	memset(seen, 0, sizeof(seen));
	*twice = 0;
	for (uint32_t look = 0; look < ENDS_LOOKS && told < wanted; look++) {
		for (uint32_t n = 0; n < ENDS_LINES; n++) {
			int64_t count = events_count(ends_told[n]);

			told += count && !seen[n];
			*twice += count > 1 || (count && seen[n]);
			seen[n] |= count != 0;
		}
		sys_sleep_us(ENDS_LOOK_US);
	}
	return told;
}

static void ends_tell(uint32_t wanted, const char *what)
{
	uint32_t twice, told = ends_wait(wanted, &twice);

	if (!told) {
		tap_skip(what, "KVM tells of ends by the CPU interface alone");
		return;
	}
	tap_is(told, wanted, what);
	tap_is(twice, 0, "each once");
}

struct ends_thread {
	struct sys_thread thread;
	const struct machine *machine;
	volatile int32_t tid, result;
};

static void ends_run(void *argument)
{
	struct ends_thread *self = argument;

	self->tid = sys_tid();
	self->result = machine_run(self->machine, 0);
}

/* The guest goes on after it, and its thread leaves KVM_RUN for a signal, as soon as some are told.
 */
static void ends_interrupted(struct machine *machine)
{
	struct ends_thread run = { .machine = machine };
	struct {
		int32_t file;
		uint16_t events, got;
	} first = { ends_told[0], 1, 0 };

	machine_complete(machine, 0);
	machine_load(machine, guest_ends);
	(void)machine_set(machine, 0, KVM_ID_R(7), 1);
	if (!sys_thread_start(&run.thread, ends_run, &run)) {
		tap_ok(false, "a thread is started");
		return;
	}
	(void)sys_call3(SYS_POLL, sys_at(&first), 1, ENDS_PATIENCE_MS);
	sys_thread_signal(run.tid, SYS_SIGUSR1);
	sys_thread_join(&run.thread);
	tap_is(run.result, -SYS_EINTR, "a guest ends 32 lines, and a signal comes");
	ends_tell(ENDS_BY_ONE, "all resample eventfds of these are signalled");
}

void test_ends(void)
{
	struct machine machine;

	sys_catch(SYS_SIGUSR1);
	if (!machine_make(&machine, MACHINE_GIC)) {
		return;
	}
	tap_is(ends_begin(&machine), ENDS_LINES, "96 resample eventfds");
	machine_load(&machine, guest_ends);
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO, ~0u),
	       "a guest ends 96 lines, and leaves KVM_RUN");
	ends_tell(ENDS_LINES, "all their resample eventfds are signalled");
	ends_interrupted(&machine);
	machine_end(&machine);
	ends_end();
}
