/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reader of device trees, of any size: the contracts are by the declarations in hyp/fdt/fdt.h
 * and by the static functions. Strings are those of Frama-C's string.h.
 */
#include <stdint.h>
#include <string.h>

/*
 * What WP's integers do not know of bits. Each axiom is proved over vectors in bits.smt2, under the
 * same name.
 */
/*@ axiomatic bits {
  @ axiom align_name: \forall integer v; 0 <= v <= 0xffffffff ==> v <= (v | 3) <= v + 3;
  @ axiom align_value: \forall integer v; 0 <= v <= 0xffffffff ==>
  @   v - 3 <= (v & 0xfffffffc) <= v;
  @ } */

/* Where the literals of the reader end: each is a case of string.h's axioms, and WP proves it. */
/*@ lemma ends_2: \forall char *s; s[2] == 0 ==> 0 <= strlen(s) <= 2;
  @ lemma ends_3: \forall char *s; s[3] == 0 ==> 0 <= strlen(s) <= 3;
  @ lemma ends_4: \forall char *s; s[4] == 0 ==> 0 <= strlen(s) <= 4;
  @ lemma ends_6: \forall char *s; s[6] == 0 ==> 0 <= strlen(s) <= 6;
  @ lemma ends_7: \forall char *s; s[7] == 0 ==> 0 <= strlen(s) <= 7;
  @ lemma ends_10: \forall char *s; s[10] == 0 ==> 0 <= strlen(s) <= 10;
  @ lemma ends_11: \forall char *s; s[11] == 0 ==> 0 <= strlen(s) <= 11;
  @ lemma ends_13: \forall char *s; s[13] == 0 ==> 0 <= strlen(s) <= 13;
  @ lemma ends_14: \forall char *s; s[14] == 0 ==> 0 <= strlen(s) <= 14;
  @*/

/* The compiler's, and not called here. */
/*@ requires word != 0;
  @ assigns \nothing;
  @*/
static inline unsigned bits_first(uint32_t word);

#include "hyp/fdt/fdt.h"

/* A name that begins in the strings ends there. */
/*@ lemma name_ends: \forall uint8_t *blob, integer from, to, i;
  @   fdt_ends(blob, from, to) && 0 <= from <= i < to ==> valid_read_string((char *)blob + i);
  @*/

#include "hyp/fdt/fdt.c"
#include "hyp/fdt/fdt_find.c"
#include "hyp/fdt/fdt_index.c"
#include "hyp/fdt/fdt_prop.c"
#include "hyp/fdt/fdt_value.c"
#include "hyp/fdt/fdt_walk.c"
