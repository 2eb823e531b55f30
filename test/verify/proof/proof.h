/* SPDX-License-Identifier: BSD-2-Clause */
/* What Eva's harnesses take their inputs from: any value of a range, all of them at once. */
#ifndef TEST_VERIFY_PROOF_H
#define TEST_VERIFY_PROOF_H

#include <stdint.h>

/*@ assigns \result \from \nothing; */
uint32_t any_word(void);

/*@ requires n > 0;
  @ assigns \result \from n;
  @ ensures \result < n;
  @*/
uint32_t any_below(uint32_t n);

/*@ assigns \result \from \nothing; */
uint64_t any_long(void);

/* A harness calls it at its end: that it does not, `\false`, must not be provable, or the harness
 * never gets there and shows nothing. */
/*@ requires cover: \false; */
void cover(void);

#endif
