; SPDX-License-Identifier: BSD-2-Clause
; The axioms of lr.c, fdt.c and change.c under their names, over vectors of 32 or 64 bits: for each, that there is no
; word for which it is false. No operation here overflows, so WP's integers are the same.
(define-fun b ((a (_ BitVec 32)) (i (_ BitVec 32))) Bool (= (bvand (bvlshr a i) #x00000001) #x00000001))
; a's n bits from i on are v's from j on
(define-fun s ((a (_ BitVec 32)) (i (_ BitVec 32)) (v (_ BitVec 32)) (j (_ BitVec 32)) (n (_ BitVec 32))) Bool
  (= (bvand (bvlshr a i) (bvsub (bvshl #x00000001 n) #x00000001))
     (bvand (bvlshr v j) (bvsub (bvshl #x00000001 n) #x00000001))))
; a's n bits from i on are zero
(define-fun z ((a (_ BitVec 32)) (i (_ BitVec 32)) (n (_ BitVec 32))) Bool
  (= (bvand (bvlshr a i) (bvsub (bvshl #x00000001 n) #x00000001)) #x00000000))
(declare-const x (_ BitVec 32))

(push) (echo "prep_priority")
(assert (bvule x #x000000ff))
(assert (not (and (bvule (bvlshr x #x00000003) #x0000001f)
  (s (bvmul #x00800000 (bvlshr x #x00000003)) #x00000017 x #x00000003 #x00000005))))
(check-sat) (pop)

(push) (echo "get_priority")
(define-fun q () (_ BitVec 32) (bvudiv (bvand x #x0f800000) #x00800000))
(assert (not (and (s q #x00000000 x #x00000017 #x00000005) (bvule q #x0000001f))))
(check-sat) (pop)

(push) (echo "take_priority")
(define-fun q () (_ BitVec 32)
  (bvand #x000000ff (bvshl (bvudiv (bvand x #x0f800000) #x00800000) #x00000003)))
(assert (not (and (s q #x00000003 x #x00000017 #x00000005) (not (b q #x00000002)))))
(check-sat) (pop)

(push) (echo "prep_physid")
(assert (bvule x #x000003ff))
(define-fun q () (_ BitVec 32) (bvmul #x00000400 x))
(assert (not (and (s q #x0000000a x #x00000000 #x0000000a) (z q #x00000000 #x0000000a)
  (z q #x00000014 #x0000000c))))
(check-sat) (pop)

(push) (echo "get_source")
(define-fun q () (_ BitVec 32) (bvudiv (bvand x #x00001c00) #x00000400))
(assert (not (and (s q #x00000000 x #x0000000a #x00000003) (bvule q #x00000007))))
(check-sat) (pop)

(push) (echo "below_1024")
(assert (bvule x #x000003ff))
(assert (not (z x #x0000000a #x00000016)))
(check-sat) (pop)

(push) (echo "below_8")
(assert (bvule x #x00000007))
(assert (not (z x #x00000003 #x00000018)))
(check-sat) (pop)

(push) (echo "align_name")
(define-fun q () (_ BitVec 32) (bvor x #x00000003))
(assert (not (and (bvule x q) (bvule (bvsub q x) #x00000003))))
(check-sat) (pop)

(push) (echo "align_value")
(define-fun q () (_ BitVec 32) (bvand x #xfffffffc))
(assert (not (and (bvule q x) (bvule (bvsub x q) #x00000003))))
(check-sat) (pop)

; Of change.c: descriptors of 64 bits, and addresses.
(declare-const d (_ BitVec 64))
(declare-const e (_ BitVec 64))
(declare-const y (_ BitVec 32))

(push) (echo "rights_on")
(assert (not (= (bvand (bvor d #x0000000000000080) #xffffffffffffff7f)
  (bvand d #xffffffffffffff7f))))
(check-sat) (pop)

(push) (echo "rights_off")
(assert (not (= (bvand (bvand d #xffffffffffffff7f) #xffffffffffffff7f)
  (bvand d #xffffffffffffff7f))))
(check-sat) (pop)

(push) (echo "same_block")
(assert (not (= (bvult (bvxor x y) #x00200000) (= (bvudiv x #x00200000) (bvudiv y #x00200000)))))
(check-sat) (pop)

; No bit is set but those of either word: 64 bits hold it.
(push) (echo "word_or")
(assert (not (= (bvand (bvor d e) (bvnot (bvor d e))) #x0000000000000000)))
(check-sat) (pop)

(push) (echo "both_aligned")
(define-fun r ((a (_ BitVec 64))) Bool (= (bvurem a #x0000000000200000) #x0000000000000000))
(assert (not (= (r (bvor d e)) (and (r d) (r e)))))
(check-sat) (pop)

(push) (echo "shift_12")
(assert (not (= (bvlshr x #x0000000c) (bvudiv x #x00001000))))
(check-sat) (pop)

(push) (echo "shift_21")
(assert (not (= (bvlshr x #x00000015) (bvudiv x #x00200000))))
(check-sat) (pop)

(push) (echo "shift_30")
(assert (not (= (bvlshr x #x0000001e) (bvudiv x #x40000000))))
(check-sat) (pop)

; A negative number of more than -2^32, as 64 bits: its lower 32.
(push) (echo "wrapped")
(assert (and (bvslt d #x0000000000000000) (bvsgt d #xffffffff00000000)))
(assert (not (= (bvand d #x00000000ffffffff) (bvadd d #x0000000100000000))))
(check-sat) (pop)

(push) (echo "block_page")
(assert (= (bvurem d #x0000000000000004) #x0000000000000001))
(assert (not (and (= (bvor d #x0000000000000003) (bvadd d #x0000000000000002))
  (bvult d (bvadd d #x0000000000000002)))))
(check-sat) (pop)

; That a wrong one would be found: this must be satisfiable.
(push) (echo "planted")
(assert (not (z x #x0000000a #x00000016)))
(check-sat) (pop)
