/* SPDX-License-Identifier: BSD-2-Clause */
/* All RAM but image, heap and device tree holds a pattern. Piece after piece is checked and gets
 * the next one. */
#include "guest/lib/fdt.h"
#include "guest/lib/guest.h"
#include "guest/test/witness/witness.h"

#define MEMORY_PIECE 0x4000u /* words */
#define MEMORY_TREE  0x10000u

struct witness_count witness_memory_count;

static volatile uint32_t *memory_first, *memory_second; /* below the device tree, and behind it */
static uint32_t memory_below, memory_count, memory_at, memory_turn;

static volatile uint32_t *memory_place(uint32_t index)
{
	return index < memory_below ? &memory_first[index] : &memory_second[index - memory_below];
}

static uint32_t memory_word(uint32_t index, uint32_t turn)
{
	return (index + turn * 0x10001u) * 2654435761u ^ 0x5a5aa5a5u;
}

bool witness_memory_init(void)
{
	uint32_t tree = (uint32_t)(uintptr_t)fdt_blob(), low = guest_heap_limit();
	uint32_t end = guest_memory_base() + guest_memory_size();

	if (!fdt_present() || low > tree || tree + MEMORY_TREE > end) {
		return false;
	}
	memory_first = (volatile uint32_t *)((low + 3) & ~3u);
	memory_below = (tree - (uint32_t)memory_first) / 4;
	memory_second = (volatile uint32_t *)(tree + MEMORY_TREE);
	memory_count = memory_below + (end - tree - MEMORY_TREE) / 4;
	for (uint32_t i = 0; i < memory_count; i++) {
		*memory_place(i) = memory_word(i, 0);
	}
	return true;
}

static void memory_check(uint32_t index, uint32_t turn)
{
	uint32_t word = *memory_place(index);

	if (word != memory_word(index, turn)) {
		witness_compare(&witness_memory_count, (uint32_t)memory_place(index), word,
				memory_word(index, turn));
	}
}

void witness_memory(void)
{
	uint32_t end = memory_at + MEMORY_PIECE;

	end = end < memory_count ? end : memory_count;
	for (; memory_at < end; memory_at++) {
		memory_check(memory_at, memory_turn);
		*memory_place(memory_at) = memory_word(memory_at, memory_turn + 1);
	}
	witness_memory_count.done++;
	if (memory_at == memory_count) {
		memory_at = 0;
		memory_turn++;
	}
}

void witness_memory_end(void)
{
	for (uint32_t i = 0; i < memory_count; i++) {
		memory_check(i, i < memory_at ? memory_turn + 1 : memory_turn);
	}
}
