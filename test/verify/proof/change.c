/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage-2 tables that change (hyp/stage2/stage2_change.c): what becomes of entries, for all inputs.
 * The constants here are typed from the ARM ARM (DDI 0406C, B3.6).
 */
#include <stddef.h>
#include <stdint.h>

/* The pool is an array of entries; how descriptors lead to its pages is Eva's part (eva_change.c).
 */
#define HYP_STAGE2_STAGE2_TABLE_H
#include "hyp/regs/lpae.h"
#include "hyp/stage2/stage2.h"
#include "hyp/stage2/stage2_change.h"

#define STAGE2_GIGABYTE	 (UINT64_C(1) << LPAE_L1_SHIFT)
#define STAGE2_IPA_LIMIT (UINT64_C(1) << 32)
#define STAGE2_PA_LIMIT	 (UINT64_C(1) << 40)

#define PAGES 65536 /* any 16 bits are the number of one */

static uint64_t memory[PAGES * 512];

#define __atomic_store_n(to, value, order) (*(to) = (value))
#define __atomic_load_n(from, order)	   (*(from))
#define __atomic_thread_fence(order)

/* clang-format off */
#define WORD(v) (0 <= (v) < 0x10000000000000000)
/* clang-format on */

/*
 * What WP's integers do not know of bits. Each axiom is proved over 64-bit vectors in bits.smt2,
 * under the same name.
 */
/*@ axiomatic bits {
  @ axiom rights_on: \forall integer d; WORD(d) ==>
  @   ((d | 0x80) & 0xffffffffffffff7f) == (d & 0xffffffffffffff7f);
  @ axiom rights_off: \forall integer d; WORD(d) ==>
  @   ((d & 0xffffffffffffff7f) & 0xffffffffffffff7f) == (d & 0xffffffffffffff7f);
  @ axiom same_block: \forall integer a, b; 0 <= a <= 0xffffffff && 0 <= b <= 0xffffffff ==>
  @   ((a ^ b) < 0x200000 <==> a / 0x200000 == b / 0x200000);
  @ axiom word_or: \forall integer a, b; WORD(a) && WORD(b) ==> WORD(a | b);
  @ axiom both_aligned: \forall integer a, b; WORD(a) && WORD(b) ==>
  @   ((a | b) % 0x200000 == 0 <==> a % 0x200000 == 0 && b % 0x200000 == 0);
  @ axiom shift_12: \forall integer a; 0 <= a <= 0xffffffff ==> (a >> 12) == a / 0x1000;
  @ axiom shift_21: \forall integer a; 0 <= a <= 0xffffffff ==> (a >> 21) == a / 0x200000;
  @ axiom shift_30: \forall integer a; 0 <= a <= 0xffffffff ==> (a >> 30) == a / 0x40000000;
  @ axiom wrapped: \forall integer a; -0x100000000 < a < 0 ==> (uint32_t)a == a + 0x100000000;
  @ axiom block_page: \forall integer d; WORD(d) && d % 4 == 1 ==> (d | 3) == d + 2;
  @ } */

/*@ axiomatic entries {
  @ // Of an entry of a table: its place in memory.
  @ logic integer number(uint64_t *e);
  @ axiom number_of: \forall integer n; number(&memory[n]) == n;
  @ axiom number_on: \forall uint64_t *e, integer n; number(e + n) == number(e) + n;
  @ }
  @ lemma in_page: \forall integer p, n; 0 <= p && 0 <= n < 512 ==> (512 * p + n) / 512 == p;
  @ predicate entry(uint64_t *e) = e == &memory[number(e)] && 0 <= number(e) < PAGES * 512;
  @ logic integer at{L}(uint64_t *table, integer n) = table[n];
  @*/

/*@ axiomatic descriptors {
  @ // A descriptor of a table, and its page. The pool stays where it is.
  @ predicate leads(struct stage2 *s2, integer d);
  @ logic integer place(struct stage2 *s2, integer d);
  @ axiom no_table: \forall struct stage2 *s2; !leads(s2, 0);
  @ logic integer root(struct stage2 *s2);
  @ } */

/* Of two valid values of an entry that follow each other, nothing but HAP[2], the right to write,
 * may differ (B3.10.1). */
/*@ predicate rights(integer a, integer b) =
  @   (a & 0xffffffffffffff7f) == (b & 0xffffffffffffff7f);
  @
  @ predicate table(integer page) = 0 <= page < PAGES;
  @ // The table of level 2 that the entry of level 1 has, if it has one.
  @ logic integer level2{L}(struct stage2_live *s, integer ipa) =
  @   place(&s->tables, memory[512 * root(&s->tables) + ipa / 0x40000000]);
  @
  @ predicate sound{L}(struct stage2_live *s) =
  @   \valid(s) && \valid(s->page + (0 .. PAGES - 1)) &&
  @   \separated(s, s->page + (0 .. PAGES - 1), &memory[0 .. PAGES * 512 - 1]) &&
  @   s->tables.root == &memory[512 * root(&s->tables)] && table(root(&s->tables));
  @*/

/*@ requires page < PAGES;
  @ assigns \result \from page;
  @ ensures \result == &memory[512 * page];
  @*/
static inline uint64_t *stage2_page(const struct stage2 *s2, uint32_t page)
{
	return &memory[512 * page];
}

/*@ assigns \result \from entry;
  @ ensures \result < PAGES;
  @*/
static inline uint32_t stage2_number(const struct stage2 *s2, const uint64_t *entry);

static inline uint32_t stage2_index(ipa_t ipa, unsigned shift)
{
	return (ipa.ipa >> shift) % LPAE_ENTRIES;
}

/*@ requires \valid_read(s2);
  @ assigns \result \from s2, descriptor;
  @ ensures \result == \null <==> !leads(s2, descriptor);
  @ ensures leads(s2, descriptor) ==>
  @   \result == &memory[512 * place(s2, descriptor)] && table(place(s2, descriptor));
  @*/
static inline uint64_t *stage2_table(const struct stage2 *s2, uint64_t descriptor);

static inline uint64_t stage2_attributes(enum stage2_kind kind)
{
	uint64_t access =
		kind == STAGE2_SHARED_READ ? LPAE_S2_ACCESS_READ : LPAE_S2_ACCESS_READWRITE;
	uint64_t kept = kind == STAGE2_DEVICE ? LPAE_S2_ATTR_DEVICE : LPAE_S2_ATTR_WRITE_BACK;

	return LPAE_AF | FIELD_PREP(LPAE_SH, LPAE_SH_INNER) | FIELD_PREP(LPAE_S2_ACCESS, access) |
	       FIELD_PREP(LPAE_S2_ATTR, kept) | (kind == STAGE2_RAM ? 0 : LPAE_XN);
}

/* ---- entries ---- */

/* Break before make: of two valid values that follow each other, only the right to write differs.
 */
/*@ requires \valid(entry);
  @ requires broken: *entry == 0 || value == 0 || rights(*entry, value);
  @ assigns *entry;
  @ ensures *entry == value;
  @*/
static void stage2_write(uint64_t *entry, uint64_t value);

/*@ requires \valid(table + (first .. first + pages - 1)) && first + pages <= 512;
  @ requires \forall integer n; first <= n < first + pages ==> at(table, n) == 0;
  @ requires leaf + 4096 * pages < 0x10000000000000000;
  @ assigns table[first .. first + pages - 1];
  @ ensures \forall integer n; first <= n < first + pages ==>
  @   at(table, n) == leaf + 4096 * (n - first);
  @ ensures \forall integer n; n < first || first + pages <= n ==>
  @   at(table, n) == \old(at(table, n));
  @*/
static void stage2_fill(uint64_t *table, uint32_t first, uint32_t pages, uint64_t leaf);

/*@ requires \valid_read(entry + (0 .. pages - 1));
  @ assigns \nothing;
  @ ensures !\result <==> (\forall integer k; 0 <= k < pages ==> entry[k] == 0);
  @*/
static bool stage2_any(const uint64_t *entry, uint32_t pages);

/*@ requires \valid(entry + (0 .. pages - 1));
  @ assigns entry[0 .. pages - 1];
  @ ensures \forall integer k; 0 <= k < pages ==> entry[k] == 0;
  @ ensures \result == 0 <==> (\forall integer k; 0 <= k < pages ==> \old(entry[k]) == 0);
  @ ensures \result <= pages;
  @*/
static uint32_t stage2_wipe(uint64_t *entry, uint32_t pages);

/* ---- addresses and tickets ---- */

/*@ assigns \nothing;
  @ ensures \result <==> pages >= 1 && ipa.ipa % 4096 == 0 &&
  @   ipa.ipa + 4096 * pages <= 0x100000000;
  @*/
static bool stage2_range_is_good(ipa_t ipa, uint32_t pages);

/* All that is left of the table of level 3, or of the range. */
/*@ requires pages >= 1;
  @ assigns \nothing;
  @ ensures 1 <= \result <= pages && (ipa.ipa / 4096) % 512 + \result <= 512;
  @ ensures \result == pages || (ipa.ipa / 4096 + \result) % 512 == 0;
  @*/
static uint32_t stage2_head(ipa_t ipa, uint32_t pages);

/*@ requires \valid_read(s);
  @ assigns \nothing;
  @ ensures \result <==> s->split != 0 && ipa.ipa / 0x200000 == s->split_ipa.ipa / 0x200000;
  @*/
static bool stage2_is_split(const struct stage2_live *s, ipa_t ipa);

/* By less than half of all tickets. */
/*@ assigns \nothing;
  @ ensures ticket > other ==> (\result <==> ticket - other < 0x80000000);
  @ ensures ticket < other ==> (\result <==> other - ticket > 0x80000000);
  @ ensures ticket == other ==> !\result;
  @*/
static bool stage2_is_later(uint32_t ticket, uint32_t other);

/*@ assigns \nothing;
  @ ensures \result <==> pages == 512 && ipa.ipa % 0x200000 == 0 && pa.pa % 0x200000 == 0 &&
  @   (flags & 2) == 0;
  @*/
static bool stage2_is_block(ipa_t ipa, pa_t pa, uint32_t pages, uint32_t flags);

/* XN, software bit 55, AF, inner shareable, HAP, MemAttr */
/*@ assigns \nothing;
  @ ensures ram: flags == 0 ==> \result == 0x00000000000007fc;
  @ ensures read_only: flags == 1 ==> \result == 0x000000000000077c;
  @ ensures read_only: flags == 3 ==> \result == 0x000000000000077c;
  @ ensures log: flags == 2 ==> \result == 0x008000000000077c;
  @ ensures registers: flags == 4 ==> \result == 0x00400000000007c4;
  @ ensures registers_read_only: flags == 5 ==> \result == 0x0040000000000744;
  @ ensures registers_read_only: flags == 7 ==> \result == 0x0040000000000744;
  @ ensures registers_log: flags == 6 ==> \result == 0x00c0000000000744;
  @*/
static uint64_t stage2_bits(uint32_t flags);

/* ---- pages ---- */

/*@ requires sound(s) && \valid_read(entry);
  @ assigns \result \from s, entry;
  @ ensures \exists integer n; table(n) && \result == s->page + n;
  @*/
static struct stage2_pool_page *stage2_page_of(const struct stage2_live *s, const uint64_t *entry);

/*@ requires sound(s);
  @ assigns s->free, s->nr_free, s->page[s->free];
  @ ensures \result == \old(s->free) && s->free == \old(s->page[s->free].next);
  @*/
static uint16_t stage2_take(struct stage2_live *s);

/*@ requires sound(s) && entry(entry);
  @ requires *entry == 0;
  @ assigns *entry, s->page[0 .. PAGES - 1].used;
  @ ensures *entry == value;
  @*/
static void stage2_enter(struct stage2_live *s, uint64_t *entry, uint64_t value);

/* Shown of the real one by Eva (eva_change.c). */
/*@ requires \valid_read(s);
  @ assigns \result \from s, page;
  @ ensures leads(&s->tables, \result) && place(&s->tables, \result) == page && \result != 0;
  @*/
static uint64_t stage2_link(const struct stage2_live *s, uint16_t page);

/*@ requires sound(s) && entry(entry);
  @ assigns *entry, s->page[0 .. PAGES - 1].used, s->removed;
  @ ensures *entry == 0 && s->removed == s->now;
  @*/
static void stage2_clear(struct stage2_live *s, uint64_t *entry);

/* ---- mapping ---- */

/*@ logic integer level1_at{L}(struct stage2_live *s, integer ipa) =
  @   512 * root(&s->tables) + ipa / 0x40000000;
  @ // The tables that an address has, or will have.
  @ logic integer table2{L}(struct stage2_live *s, integer ipa) =
  @   memory[level1_at(s, ipa)] == 0 ? (integer)s->free :
  @   place(&s->tables, memory[level1_at(s, ipa)]);
  @ logic integer level2_at{L}(struct stage2_live *s, integer ipa) =
  @   512 * table2(s, ipa) + (ipa / 0x200000) % 512;
  @ predicate tables_or_none{L}(struct stage2_live *s, integer at) =
  @   memory[at] == 0 || leads(&s->tables, memory[at]);
  @*/

/*@ requires sound(s) && entry(entry) && number(entry) / 512 != s->free;
  @ requires *entry == 0 || leads(&s->tables, *entry);
  @ assigns *entry, s->free, s->nr_free, s->page[0 .. PAGES - 1];
  @ ensures leads(&s->tables, *entry) && \result == &memory[512 * place(&s->tables, *entry)];
  @ ensures table(place(&s->tables, *entry)) && *entry != 0;
  @ ensures \old(*entry) == 0 ==> place(&s->tables, *entry) == \old(s->free) &&
  @   s->free == \old(s->page[s->free].next);
  @ ensures \old(*entry) != 0 ==> *entry == \old(*entry) && s->free == \old(s->free);
  @ ensures \forall integer p, n; number(entry) / 512 != p && 0 <= n < 512 ==>
  @   at(&memory[512 * p], n) == \old(at(&memory[512 * p], n));
  @*/
static uint64_t *stage2_table_of(struct stage2_live *s, uint64_t *entry);

/*@ requires sound(s) && table(table2(s, ipa.ipa)) && s->free != root(&s->tables);
  @ requires tables_or_none(s, level1_at(s, ipa.ipa)) && table2(s, ipa.ipa) != root(&s->tables);
  @ assigns memory[level1_at(s, ipa.ipa)], s->free, s->nr_free, s->page[0 .. PAGES - 1];
  @ ensures \result == &memory[\old(level2_at(s, ipa.ipa))];
  @ ensures leads(&s->tables, memory[level1_at(s, ipa.ipa)]);
  @ ensures place(&s->tables, memory[level1_at(s, ipa.ipa)]) == \old(table2(s, ipa.ipa));
  @ ensures s->free == \old(memory[level1_at(s, ipa.ipa)] == 0 ? s->page[s->free].next : s->free);
  @ ensures \forall integer p, n; p != root(&s->tables) && 0 <= n < 512 ==>
  @   at(&memory[512 * p], n) == \old(at(&memory[512 * p], n));
  @ ensures memory[\old(level2_at(s, ipa.ipa))] == \old(memory[level2_at(s, ipa.ipa)]);
  @*/
static uint64_t *stage2_slot_of(struct stage2_live *s, ipa_t ipa);

/*@ requires sound(s) && table(table2(s, ipa.ipa));
  @ requires tables_or_none(s, level1_at(s, ipa.ipa)) && memory[level2_at(s, ipa.ipa)] == 0;
  @ requires table2(s, ipa.ipa) != root(&s->tables) && s->free != root(&s->tables);
  @ ensures block: memory[\old(level2_at(s, ipa.ipa))] == ((pa.pa | bits) | 1);
  @ ensures linked: leads(&s->tables, memory[level1_at(s, ipa.ipa)]) &&
  @   place(&s->tables, memory[level1_at(s, ipa.ipa)]) == \old(table2(s, ipa.ipa));
  @*/
static void stage2_map_block(struct stage2_live *s, ipa_t ipa, pa_t pa, uint64_t bits);

/* ---- a divided block ---- */

/*@ requires \valid(table + (0 .. 511)) && 1 <= pages <= 512 - (ipa.ipa / 4096) % 512;
  @ requires \forall integer k; 0 <= k < 512 ==> at(table, k) == 0;
  @ requires block: block % 4 == 1 && block < 0x1000000000000000;
  @ assigns table[0 .. 511];
  @ ensures before: \forall integer k; 0 <= k < (ipa.ipa / 4096) % 512 ==>
  @   at(table, k) == block + 2 + 4096 * k;
  @ ensures behind: \forall integer k; (ipa.ipa / 4096) % 512 + pages <= k < 512 ==>
  @   at(table, k) == block + 2 + 4096 * k;
  @ ensures gone: \forall integer k;
  @   (ipa.ipa / 4096) % 512 <= k < (ipa.ipa / 4096) % 512 + pages ==> at(table, k) == 0;
  @*/
static void stage2_spread(uint64_t *table, ipa_t ipa, uint32_t pages, uint64_t block);

/* A free page is all zero, and slot is in a table. */
/*@ requires sound(s) && 1 <= pages <= 512 - (ipa.ipa / 4096) % 512;
  @ requires entry(slot) && number(slot) / 512 != s->free;
  @ requires block: *slot % 4 == 1 && *slot < 0x1000000000000000;
  @ requires \forall integer k; 0 <= k < 512 ==> at(&memory[512 * s->free], k) == 0;
  @ ensures broken_first: *slot == 0;
  @ ensures s->split == \old(s->free) && s->split_ipa == ipa;
  @ ensures s->split_removed == s->now && s->removed == s->now;
  @ ensures gone: \forall integer k;
  @   (ipa.ipa / 4096) % 512 <= k < (ipa.ipa / 4096) % 512 + pages ==>
  @   at(&memory[512 * s->split], k) == 0;
  @*/
static void stage2_divide(struct stage2_live *s, ipa_t ipa, uint64_t *slot, uint32_t pages);

/* ---- one page, and the log ---- */

/*@ requires sound(s);
  @ assigns \result \from s, ipa;
  @ ensures \result == \null ||
  @   \result == &memory[512 * level2(s, ipa.ipa) + (ipa.ipa / 0x200000) % 512] &&
  @   table(level2(s, ipa.ipa));
  @ ensures \result == \null <==>
  @   !leads(&s->tables, memory[512 * root(&s->tables) + ipa.ipa / 0x40000000]);
  @*/
static uint64_t *stage2_slot(const struct stage2_live *s, ipa_t ipa);

/*@ requires sound(s) && \valid(shift) && \separated(shift, &memory[0 .. PAGES * 512 - 1]);
  @ assigns \result \from s, ipa;
  @ assigns *shift;
  @ ensures \result == \null ||
  @   entry(\result) && *\result != 0;
  @ ensures *shift == 12 || *shift == 21;
  @*/
static uint64_t *stage2_leaf(const struct stage2_live *s, ipa_t ipa, unsigned *shift);

/*@ requires sound(s); */
enum stage2_change stage2_write_fault(struct stage2_live *s, ipa_t ipa);

/*@ requires \valid(level3 + (0 .. pages - 1)) && first + pages <= 512;
  @ requires \valid(bitmap + (0 .. 15));
  @ assigns level3[0 .. pages - 1], bitmap[0 .. 15];
  @ ensures \result <= pages;
  @*/
static uint32_t stage2_collect_pages(uint64_t *level3, uint32_t pages, uint32_t *bitmap,
				     uint32_t first);

/* ---- flushes ---- */

/*@ requires \valid_read(s);
  @ assigns \nothing;
  @*/
bool stage2_unflushed(const struct stage2_live *s);

/*@ requires sound(s);
  @ assigns s->free, s->nr_free, s->page[page];
  @ ensures s->free == page;
  @*/
static void stage2_put(struct stage2_live *s, uint16_t page);

/* While a block is being divided, its table of level 2 is there, and its entry is broken. */
/*@ requires sound(s);
  @ requires s->split != 0 ==>
  @   leads(&s->tables, memory[level1_at(s, s->split_ipa.ipa)]) &&
  @   memory[512 * level2(s, s->split_ipa.ipa) + (s->split_ipa.ipa / 0x200000) % 512] == 0;
  @*/
void stage2_flushed(struct stage2_live *s, uint32_t ticket);

/*@ requires sound(s);
  @ ensures \forall integer n; 0 <= n < 4 ==> s->tables.root[n] == 0;
  @*/
void stage2_end(struct stage2_live *s);

/* ---- calls for a part of a table ---- */

/*@ requires sound(s) && 1 <= pages <= 512 - (ipa.ipa / 0x1000) % 512;
  @ assigns \nothing;
  @ ensures !\result && leads(&s->tables, memory[level1_at(s, ipa.ipa)]) ==>
  @   tables_or_none(s, level2_at(s, ipa.ipa));
  @*/
static bool stage2_is_taken(const struct stage2_live *s, ipa_t ipa, uint32_t pages);

/*@ requires sound(s) && entry(slot) && leads(&s->tables, *slot);
  @ requires 1 <= pages <= 512 - (ipa.ipa / 0x1000) % 512;
  @*/
static void stage2_remove_pages(struct stage2_live *s, ipa_t ipa, uint64_t *slot, uint32_t pages);

#include "hyp/stage2/stage2_change.c"
