/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/trap/crash_record.h"
#include "hyp/base/bits.h"
#include "hyp/regs/hsr.h"
#include "hyp/regs/psr.h"
#include "hyp/text/fmt.h"
#include <string.h>

#define RECORD_NR_IARS	  0x2000u /* GICC_IAR: INTID and CPUID, 13 bits */
#define RECORD_LINE_STACK 4u

void crash_record_clear(struct crash_record *record)
{
	memset(record->word, 0, sizeof(record->word));
}

void crash_record_registers(struct crash_record *record, const struct guest_regs *regs,
			    const uint32_t r[7], uint32_t spsr)
{
	uint32_t *word = record->word;

	memcpy(&word[PLUMB_CRASH_R0], regs->r, 8 * sizeof(uint32_t));
	memcpy(&word[PLUMB_CRASH_R0 + 8], r, 7 * sizeof(uint32_t));
	word[PLUMB_CRASH_R0 + 15] = regs->pc;
	word[PLUMB_CRASH_CPSR] = regs->cpsr;
	word[PLUMB_CRASH_SPSR] = spsr;
	memcpy(&word[PLUMB_CRASH_R8_USR], &regs->r[8], 5 * sizeof(uint32_t));
}

static uint32_t record_exit_word(const struct trail_entry *entry)
{
	uint32_t class = FIELD_GET(HSR_EC, entry->cause);
	bool call = class == HSR_EC_HVC && FIELD_GET(HSR_HVC_IMM, entry->cause) == 0;

	return entry->cause >= RECORD_NR_IARS && (call || class == HSR_EC_DABT) ? entry->word : 0;
}

void crash_record_exits(struct trail *trail, const struct trail_entry *oldest)
{
	uint32_t at = (uint32_t)(oldest - trail->entry);

	for (uint32_t n = 0; n < TRAIL_ENTRIES; n++) {
		const struct trail_entry *from = &trail->entry[--at % TRAIL_ENTRIES];

		trail->saved[n] = (struct trail_entry) { 0 };
		if (from->cpsr != 0) {
			trail->saved[n] = *from;
			trail->saved[n].word = record_exit_word(from);
		}
	}
}

static uint32_t record_word(const struct crash_record *record, uint32_t index)
{
	const struct trail_entry *entry;

	if (index < PLUMB_CRASH_EXITS) {
		return record->word[index];
	}
	index -= PLUMB_CRASH_EXITS;
	if (index >= TRAIL_ENTRIES * 4u) {
		return 0;
	}
	entry = &record->trail->saved[index / 4];
	switch (index % 4) {
	case PLUMB_EXIT_CAUSE:
		return entry->cause;
	case PLUMB_EXIT_WORD:
		return entry->word;
	case PLUMB_EXIT_PC:
		return entry->pc;
	default:
		return entry->cpsr;
	}
}

bool crash_record_words(const struct crash_record *record, uint32_t index, uint32_t words[3])
{
	if (index >= PLUMB_CRASH_WORDS) {
		return false;
	}
	for (uint32_t n = 0; n < 3; n++) {
		words[n] = record_word(record, index + n);
	}
	return true;
}

static size_t record_stack(char *buf, size_t size, const uint32_t *word)
{
	size_t used = fmt_format(buf, size, "stack");

	for (uint32_t n = 0; n < RECORD_LINE_STACK; n++) {
		used += word[PLUMB_CRASH_KNOWN] >> n & 1u
				? fmt_format(buf + used, size - used, " %08x",
					     (unsigned)word[PLUMB_CRASH_STACK + n])
				: fmt_format(buf + used, size - used, " absent");
	}
	return used;
}

static size_t record_exit(char *buf, size_t size, const struct trail_entry *entry)
{
	if (entry->cpsr == 0) {
		return fmt_format(buf, size, ", no exit");
	}
	if (entry->cause < RECORD_NR_IARS) {
		return fmt_format(buf, size, ", last exit: interrupt %u at %08x",
				  (unsigned)(entry->cause & 0x3ffu), (unsigned)entry->pc);
	}
	return fmt_format(buf, size, ", last exit: %08x (%08x) at %08x", (unsigned)entry->cause,
			  (unsigned)entry->word, (unsigned)entry->pc);
}

size_t crash_record_line(const struct crash_record *record, uint32_t n, char *buf, size_t size)
{
	const uint32_t *word = record->word;
	const uint32_t *r = &word[PLUMB_CRASH_R0];
	size_t used;

	if (n == 0) {
		return fmt_format(buf, size, "crash: pc %08x lr %08x sp %08x cpsr %08x",
				  (unsigned)r[15], (unsigned)r[14], (unsigned)r[13],
				  (unsigned)word[PLUMB_CRASH_CPSR]);
	}
	used = record_stack(buf, size, word);
	return used + record_exit(buf + used, size - used, record->trail->saved);
}
