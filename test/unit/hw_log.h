/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What hardware sees of the code under test, in order: each access to a system register and each
 * barrier, by name, and what else a test logs. Registers keep what was written, a test may set
 * them. Included before everything: test/fakes/hyp/hw/sysreg.h asks for it.
 */
#ifndef TEST_UNIT_HW_LOG_H
#define TEST_UNIT_HW_LOG_H

#include "hyp/hw/sysreg.h"
#include "test/rig/one.h"
#include "test/unit/test.h"

uint64_t hw_log_read(const char *name);
void hw_log_write(const char *name, uint64_t value);
void hw_log_event(const char *name);

#define HW_LOG_EVENTS	 4096u
#define HW_LOG_REGISTERS 256u
#define HW_LOG_NONE	 UINT32_MAX

struct hw_event {
	const char *name;
	char kind; /* 'r' a read, 'w' a write, 'e' another event */
	uint64_t value;
	uint64_t sample; /* of hw_log_sample */
};

static struct hw_event hw_log[HW_LOG_EVENTS];
static uint32_t hw_log_length;
static struct hw_register {
	const char *name;
	uint64_t value;
} hw_register[HW_LOG_REGISTERS];

/* What a test wants to know at each event: a flag in memory that has no access of its own. */
static uint64_t (*hw_log_sample)(void);
/* What a write or an event does beyond being remembered. */
static void (*hw_log_effect)(const struct hw_event *event);

static uint64_t *hw_log_register(const char *name)
{
	for (uint32_t n = 0; n < HW_LOG_REGISTERS; n++) {
		if (!hw_register[n].name) {
			hw_register[n].name = name;
		}
		if (!strcmp(hw_register[n].name, name)) {
			return &hw_register[n].value;
		}
	}
	abort();
}

static void hw_log_add(char kind, const char *name, uint64_t value)
{
	struct hw_event *event = &hw_log[hw_log_length];

	if (++hw_log_length == HW_LOG_EVENTS) {
		abort();
	}
	*event = (struct hw_event) { name, kind, value, hw_log_sample ? hw_log_sample() : 0 };
	if (hw_log_effect) {
		hw_log_effect(event);
	}
}

uint64_t hw_log_read(const char *name)
{
	hw_log_add('r', name, *hw_log_register(name));
	return *hw_log_register(name);
}

void hw_log_write(const char *name, uint64_t value)
{
	*hw_log_register(name) = value;
	hw_log_add('w', name, value);
}

void hw_log_event(const char *name)
{
	hw_log_add('e', name, 0);
}

#define HW_LOG_NAME(name) [FAKE_##name] = #name,
static const char *const hw_log_names[] = { FAKE_SYSREGS(HW_LOG_NAME) };

uint64_t fake_sysreg_read(enum fake_sysreg reg)
{
	if (reg == FAKE_CNTPCT && test_now) {
		return test_now();
	}
	return hw_log_read(hw_log_names[reg]);
}

void fake_sysreg_write(enum fake_sysreg reg, uint64_t value)
{
	hw_log_write(hw_log_names[reg], value);
}

void fake_barrier(enum fake_barrier which)
{
	static const char *const names[] = {
		[FAKE_DSB] = "hw_dsb", [FAKE_ISB] = "hw_isb", [FAKE_DMB] = "hw_dmb",
		[FAKE_WFI] = "hw_wfi", [FAKE_WFE] = "hw_wfe", [FAKE_YIELD] = "hw_yield",
		[FAKE_SEV] = "hw_sev"
	};

	hw_log_event(names[which]);
}

static inline void hw_log_clear(void)
{
	hw_log_length = 0;
}

/* Where an event is, at `from` or behind it; HW_LOG_NONE: nowhere. */
static inline uint32_t hw_log_find(uint32_t from, char kind, const char *name)
{
	for (uint32_t n = from; n < hw_log_length; n++) {
		if (hw_log[n].kind == kind && !strcmp(hw_log[n].name, name)) {
			return n;
		}
	}
	return HW_LOG_NONE;
}

/* What the first such event carried; 0 if there is none. */
static inline uint64_t hw_log_value(char kind, const char *name)
{
	uint32_t at = hw_log_find(0, kind, name);

	return at == HW_LOG_NONE ? 0 : hw_log[at].value;
}

static inline uint32_t hw_log_last(char kind, const char *name)
{
	uint32_t last = HW_LOG_NONE;

	for (uint32_t n = hw_log_find(0, kind, name); n != HW_LOG_NONE;
	     n = hw_log_find(n + 1, kind, name)) {
		last = n;
	}
	return last;
}

static inline uint32_t hw_log_count(char kind, const char *name)
{
	uint32_t count = 0;

	for (uint32_t n = hw_log_find(0, kind, name); n != HW_LOG_NONE;
	     n = hw_log_find(n + 1, kind, name)) {
		count++;
	}
	return count;
}

/* Does `name` lie between the two places? */
static inline bool hw_log_between(uint32_t from, uint32_t to, char kind, const char *name)
{
	uint32_t at = hw_log_find(from, kind, name);

	return from != HW_LOG_NONE && to != HW_LOG_NONE && at != HW_LOG_NONE && at < to;
}

#endif
