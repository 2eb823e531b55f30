/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/exceptions.h"
#include "guest/lib/cpu.h"
#include "guest/lib/guest.h"
#include "guest/lib/mmu.h"
#include "guest/lib/smp.h"
#include "guest/lib/start.h"
#include <stdio.h>
#include <stdlib.h>

#define EXCEPTIONS_USER_STACK 4096u

static struct exceptions_context *volatile exceptions_current[SMP_MAX_CPUS];
static volatile exception_handler_fn exceptions_handler;
static uint8_t exceptions_user_stack[SMP_MAX_CPUS][EXCEPTIONS_USER_STACK]
	__attribute__((aligned(8)));
static uint32_t exceptions_code[SMP_MAX_CPUS][16] __attribute__((aligned(64)));

void exception_set_handler(exception_handler_fn handler)
{
	exceptions_handler = handler;
}

const char *exception_name(enum exception_kind kind)
{
	static const char *const names[] = { "none", "undefined instruction", "SVC",
					     "prefetch abort", "data abort" };

	return (uint32_t)kind < sizeof(names) / sizeof(names[0]) ? names[kind] : "?";
}

static struct guest_exception exceptions_read(enum exception_kind kind,
					      const struct exception_frame *frame)
{
	struct guest_exception seen = { .kind = kind, .pc = frame->pc, .psr = frame->psr };

	if (kind == EXCEPTION_DATA_ABORT) {
		CPU_CP15_READ(0, c5, c0, 0, seen.fault_status);
		CPU_CP15_READ(0, c6, c0, 0, seen.fault_address);
	} else if (kind == EXCEPTION_PREFETCH_ABORT) {
		CPU_CP15_READ(0, c5, c0, 1, seen.fault_status);
		CPU_CP15_READ(0, c6, c0, 2, seen.fault_address);
	} else if (kind == EXCEPTION_SVC) {
		seen.pc -= (frame->psr & CPU_PSR_T) ? 2 : 4;
	}
	return seen;
}

static _Noreturn void exceptions_fatal(const struct guest_exception *seen,
				       const struct exception_frame *frame)
{
	printf("cpu %u: %s at pc 0x%08x, cpsr 0x%08x, status 0x%x, address 0x%08x\n",
	       (unsigned)smp_cpu(), exception_name(seen->kind), (unsigned)seen->pc,
	       (unsigned)seen->psr, (unsigned)seen->fault_status, (unsigned)seen->fault_address);
	for (unsigned i = 0; i < 12; i += 4) {
		printf("r%-2u %08x %08x %08x %08x\n", i, (unsigned)frame->r[i],
		       (unsigned)frame->r[i + 1], (unsigned)frame->r[i + 2],
		       (unsigned)frame->r[i + 3]);
	}
	exit(GUEST_STATUS_EXCEPTION);
}

/* The end of exception_try_user's function, not an exception of its own. */
static bool exceptions_is_user_end(const struct guest_exception *seen)
{
	return seen->kind == EXCEPTION_SVC && seen->pc == (uint32_t)(uintptr_t)exceptions_user_end;
}

void exceptions_dispatch(enum exception_kind kind, struct exception_frame *frame)
{
	struct guest_exception seen = exceptions_read(kind, frame);
	struct exceptions_context *context = exceptions_current[start_cpu_slot(smp_cpu())];
	exception_handler_fn handler = exceptions_handler;
	bool end = exceptions_is_user_end(&seen);

	if (handler != NULL && !end && handler(kind, frame)) {
		return;
	}
	if (context == NULL) {
		exceptions_fatal(&seen, frame);
	}
	if (!end) {
		context->result = seen;
	}
	frame->r[0] = (uint32_t)(uintptr_t)context;
	frame->pc = (uint32_t)(uintptr_t)exceptions_resume;
	frame->psr = CPU_MODE_SVC | CPU_PSR_A | CPU_PSR_I | CPU_PSR_F;
}

static struct guest_exception exceptions_run(void (*fn)(void *), void *arg, uint32_t psr)
{
	uint32_t cpu = start_cpu_slot(smp_cpu());
	struct exceptions_context context = { .outer = exceptions_current[cpu] };

	context.user_sp = (uint32_t)(uintptr_t)&exceptions_user_stack[cpu][EXCEPTIONS_USER_STACK];
	exceptions_current[cpu] = &context;
	(void)exceptions_call(&context, fn, arg, psr);
	exceptions_current[cpu] = context.outer;
	return *(volatile struct guest_exception *)&context.result;
}

struct guest_exception exception_try(void (*fn)(void *), void *arg)
{
	return exceptions_run(fn, arg, 0);
}

struct guest_exception exception_try_user(void (*fn)(void *), void *arg)
{
	uint32_t masks = cpu_cpsr() & (CPU_PSR_A | CPU_PSR_I | CPU_PSR_F);

	return exceptions_run(fn, arg, CPU_MODE_USR | masks);
}

void exception_run_word(void *word)
{
	uint32_t *code = exceptions_code[start_cpu_slot(smp_cpu())];

	code[0] = *(const uint32_t *)word;
	code[1] = 0xe12fff1eu; /* bx lr */
	mmu_sync_code(code, 2 * sizeof(*code));
	((void (*)(void))(uintptr_t)code)();
}
