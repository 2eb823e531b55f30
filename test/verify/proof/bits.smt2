; SPDX-License-Identifier: BSD-2-Clause
; The axioms of lr.c and fdt.c under their names, over 32-bit vectors: for each, that there is no
; word for which it is false. No operation here overflows 32 bits, so WP's integers are the same.
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

; That a wrong one would be found: this must be satisfiable.
(push) (echo "planted")
(assert (not (z x #x0000000a #x00000016)))
(check-sat) (pop)
