/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * List registers, encoded and read back (IHI 0048B 5.3.8, table 5-9), bit by bit: the masks and
 * shifts here are typed from the specification. vgic_lr.c is included for its static functions.
 */
#include <stdint.h>

/* In annotations alone: bit i of a; bits i.. of a and j.. of b are the same; none of four is set.
 */
/* clang-format off */
#define B(a, i)		(((a) & (1 << (i))) != 0)
#define S1(a, i, b, j)	(B(a, i) <==> B(b, j))
#define S2(a, i, b, j)	(S1(a, i, b, j) && S1(a, (i) + 1, b, (j) + 1))
#define S3(a, i, b, j)	(S2(a, i, b, j) && S1(a, (i) + 2, b, (j) + 2))
#define S5(a, i, b, j)	(S3(a, i, b, j) && S2(a, (i) + 3, b, (j) + 3))
#define S10(a, i, b, j) (S5(a, i, b, j) && S5(a, (i) + 5, b, (j) + 5))
#define N2(a, i)	(!B(a, i) && !B(a, (i) + 1))
#define N4(a, i)	(N2(a, i) && N2(a, (i) + 2))
#define N8(a, i)	(N4(a, i) && N4(a, (i) + 4))
/* clang-format on */

/*
 * What WP's integers do not know of bits. Each axiom is proved over 32-bit vectors in bits.smt2,
 * under the same name.
 */
/*@ axiomatic bits {
  @ axiom prep_priority: \forall integer p; 0 <= p <= 255 ==>
  @   0 <= (p >> 3) <= 31 && S5(0x800000 * (p >> 3), 23, p, 3);
  @ axiom get_priority: \forall integer v; 0 <= v <= 0xffffffff ==>
  @   S5((v & 0x0f800000) / 0x800000, 0, v, 23) && 0 <= (v & 0x0f800000) / 0x800000 <= 31;
  @ axiom take_priority: \forall integer v; 0 <= v <= 0xffffffff ==>
  @   S5((uint8_t)((uint32_t)((v & 0x0f800000) / 0x800000) << 3), 3, v, 23) &&
  @   !B((uint8_t)((uint32_t)((v & 0x0f800000) / 0x800000) << 3), 2);
  @ axiom prep_physid: \forall integer p; 0 <= p <= 1023 ==>
  @   S10(1024 * p, 10, p, 0) && N8(1024 * p, 0) && N2(1024 * p, 8) &&
  @   N8(1024 * p, 20) && N4(1024 * p, 28);
  @ axiom get_source: \forall integer v; 0 <= v <= 0xffffffff ==>
  @   S3((v & 0x1c00) / 1024, 0, v, 10) && 0 <= (v & 0x1c00) / 1024 <= 7;
  @ axiom below_1024: \forall integer i; 0 <= i <= 1023 ==>
  @   N2(i, 10) && N4(i, 12) && N8(i, 16) && N8(i, 24);
  @ axiom below_8: \forall integer i; 0 <= i <= 7 ==> N8(i, 3) && N8(i, 11) && N8(i, 19);
  @ } */

/*@ logic integer first_of(integer word); */

/* bits_first is the compiler's: counts the zeros below the lowest set bit. */
/*@ requires word != 0;
  @ assigns \nothing;
  @ ensures \result == first_of(word) && 0 <= \result <= 31;
  @ ensures word <= 255 ==> \result <= 7;
  @*/
static inline unsigned bits_first(uint32_t word);

#include "vgic/vgic_lr.c"

/*@ predicate sound(struct vgic *vgic, struct vgic_ref *ref) =
  @   \valid_read(vgic) && \valid_read(ref) && \valid_read(ref->bank) && \valid(ref->irq) &&
  @   ref->intid < 1020 && ref->irq->physid < 1020;
  @*/

/* A physical interrupt: HW = 1, and bits 19..10 are the physical INTID. */
/*@ requires sound(vgic, ref) && ref->intid >= 16;
  @ requires (ref->bank->held & ref->bit) != 0 && !vgic->soft_eoi;
  @ assigns \nothing;
  @ ensures S10(\result, 0, ref->intid, 0) && S10(\result, 10, ref->irq->physid, 0);
  @ ensures S5(\result, 23, ref->irq->priority, 3);
  @ ensures B(\result, 28) && !B(\result, 29) && !B(\result, 30) && B(\result, 31);
  @*/
uint32_t proof_pending_hw(const struct vgic *vgic, const struct vgic_ref *ref)
{
	return vgic_lr_encode_pending(vgic, ref) | ref->intid;
}

/* Another PPI or SPI: HW = 0, and of bits 19..10 at most EOI, bit 19, is set. */
/*@ requires sound(vgic, ref) && ref->intid >= 16 && (ref->bank->held & ref->bit) == 0;
  @ assigns \nothing;
  @ ensures S10(\result, 0, ref->intid, 0) && N8(\result, 10) && !B(\result, 18);
  @ ensures S5(\result, 23, ref->irq->priority, 3);
  @ ensures B(\result, 28) && !B(\result, 29) && !B(\result, 30) && !B(\result, 31);
  @*/
uint32_t proof_pending_line(const struct vgic *vgic, const struct vgic_ref *ref)
{
	return vgic_lr_encode_pending(vgic, ref) | ref->intid;
}

/* An SGI: HW = 0, bits 12..10 are a CPU that sent it. */
/*@ requires sound(vgic, ref) && ref->intid < 16 && ref->irq->sources != 0;
  @ assigns \nothing;
  @ ensures S10(\result, 0, ref->intid, 0) && !B(\result, 13);
  @ ensures S3(\result, 10, first_of(ref->irq->sources), 0);
  @ ensures S5(\result, 23, ref->irq->priority, 3);
  @ ensures B(\result, 28) && !B(\result, 29) && !B(\result, 30) && !B(\result, 31);
  @*/
uint32_t proof_pending_sgi(const struct vgic *vgic, const struct vgic_ref *ref)
{
	return vgic_lr_encode_pending(vgic, ref) | ref->intid;
}

/*@ predicate acknowledged(struct vgic_ref *ref, integer value) =
  @   \valid_read(ref) && \valid_read(ref->bank) && \valid(ref->irq) &&
  @   \separated(ref, ref->bank, ref->irq) &&
  @   (ref->bank->active & ref->bit) == 0 && B(value, 29);
  @*/

/* The guest has acknowledged an SGI: its priority's upper five bits, and whose it is. */
/*@ requires acknowledged(ref, value) && ref->intid < 16;
  @ assigns ref->irq->active_priority, ref->irq->active_source;
  @ ensures S5(ref->irq->active_priority, 3, value, 23) && !B(ref->irq->active_priority, 2);
  @ ensures S3(ref->irq->active_source, 0, value, 10);
  @*/
void proof_take_sgi(const struct vgic_ref *ref, uint32_t value)
{
	lr_take_active(ref, value);
}

/* Any other: these bits are no source. */
/*@ requires acknowledged(ref, value) && ref->intid >= 16;
  @ assigns ref->irq->active_priority;
  @ ensures S5(ref->irq->active_priority, 3, value, 23) && !B(ref->irq->active_priority, 2);
  @*/
void proof_take_other(const struct vgic_ref *ref, uint32_t value)
{
	lr_take_active(ref, value);
}
