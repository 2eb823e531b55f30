/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trapped CP15 and CP14 accesses: a sorted table defines each register for a guest; a register that
 * is not in it is UNDEFINED. Pure.
 */
#ifndef HYP_TRAP_CP15_H
#define HYP_TRAP_CP15_H

#include "hyp/regs/hsr.h"
#include "hyp/regs/psr.h"
#include <stdbool.h>
#include <stdint.h>

/* A register's name as the instruction encodes it. 64-bit (MCRR, MRRC): crn = opc2 = 0, wide =
 * true. */
struct cp15_reg {
	uint8_t coproc; /* 14 or 15; 10: VMRS of MVFR0, MVFR1 */
	uint8_t opc1, crn, crm, opc2;
	bool wide;
};

struct cp15_access {
	struct cp15_reg reg;
	bool is_write;
	uint8_t rt, rt2; /* rt2: wide only */
};

/* From the syndrome of EC 0x03, 0x04, 0x05, 0x08, 0x0c. Any other gives an access that matches no
 * table. */
struct cp15_access cp15_decode(uint32_t hsr);

/* The short way: is it an MRC of ACTLR to one of r0..r7, unconditional, in ARM state, above PL0?
 * Then cp15_decode and cp15_access give ctx->actlr, for cp15_actlr_rt, and the PC moves on by 4. */
#define CP15_ACTLR_MASK                                                                          \
	(HSR_CV | HSR_COND | HSR_CP_OPC2 | HSR_CP_OPC1 | HSR_CP_CRN | HSR_CP_CRM | HSR_CP_READ | \
	 FIELD_PREP(HSR_CP_RT, 8u))
#define CP15_ACTLR                                                          \
	(HSR_CV | FIELD_PREP(HSR_COND, 14u) | FIELD_PREP(HSR_CP_OPC2, 1u) | \
	 FIELD_PREP(HSR_CP_CRN, 1u) | HSR_CP_READ)

static inline bool cp15_reads_actlr(uint32_t hsr, uint32_t cpsr)
{
	return FIELD_GET(HSR_EC, hsr) == HSR_EC_CP15_32 &&
	       ((hsr ^ CP15_ACTLR) & CP15_ACTLR_MASK) == 0 && !(cpsr & PSR_T) &&
	       (cpsr & PSR_MODE) != PSR_MODE_USR;
}

static inline uint32_t cp15_actlr_rt(uint32_t hsr)
{
	return FIELD_GET(HSR_CP_RT, hsr) & 7u;
}

/* The registers that one vCPU sees. cp15_reset fills them from the CPU's ID registers. */
struct cp15_id {
	uint32_t pfr0, pfr1, dfr0, afr0, mmfr[4], isar[6], mvfr0, mvfr1;
	uint32_t actlr; /* the host's: the bits that are set on all CPUs */
};
struct cp15_ctx {
	struct cp15_id id;
	uint32_t actlr;	 /* reads: SMP as on the A15, and the host's IBE; writes are ignored */
	uint32_t l2ctlr; /* bits 25..24: number of vCPUs - 1 */
	uint32_t nr_vcpus;
	bool pmu; /* the vCPU has performance monitors */
};

enum cp15_result {
	CP15_OK,    /* value (and value64 for wide) holds the result of a read; a write was taken or
	       ignored */
	CP15_UNDEF, /* inject UNDEF */
	CP15_FLUSH, /* set/way maintenance: glue executes it on this CPU; `value` is the operand */
	CP15_PMU,   /* first use of the performance monitors: glue opens them and the guest executes
		       the instruction again */
};

/* `user` is true in PL0 (a trapped PL1-only register is then UNDEF). `*value` is the value that the
 * guest writes, or receives the value that it reads; UNDEF does not change it. Rt = 15 is UNDEF, as
 * in the architecture, except that MRC of DBGDSCRint to the flags is UNDEF here too: glue needs no
 * case for it. */
enum cp15_result cp15_access(const struct cp15_ctx *ctx, const struct cp15_access *access,
			     bool user, uint64_t *value);

/* Removes from the host's ID values the features that a guest does not have: Security and
 * Virtualization Extensions, debug trace; the performance monitors, unless `pmu`. */
struct cp15_id cp15_guest_id(const struct cp15_id *host, bool pmu);

/* Does this CPU have performance monitors that a guest can use? */
bool cp15_has_pmu(const struct cp15_id *host);

/* Checks a guest's operand of maintenance by set and way against this CPU's caches (ARM ARM B4.2.1:
 * any other operand is UNPREDICTABLE). True: CLIDR has the operand's cache level; *csselr is its
 * number for CSSELR. */
bool cp15_cache_level(uint32_t operand, uint32_t clidr, uint32_t *csselr);
/* True: the cache with this CCSIDR has the set and the way. *operand then holds only these and the
 * level. */
bool cp15_set_way(uint32_t *operand, uint32_t ccsidr);

/* The operation that invalidates this CPU's branch predictor on entry to HYP from a guest. */
enum cp15_predictor {
	CP15_PREDICTOR_LEFT, /* none is necessary, or none is possible */
	CP15_PREDICTOR_ICIALLU,
	CP15_PREDICTOR_BPIALL,
};

/* By the CPU's MIDR and ACTLR. `always`: even if by ACTLR the operation has no effect. */
enum cp15_predictor cp15_predictor(uint32_t midr, uint32_t actlr, bool always);

/* `pmu`: cp15_has_pmu, and the manifest gives the guest performance monitors. */
void cp15_reset(struct cp15_ctx *ctx, const struct cp15_id *host, uint32_t nr_vcpus, bool pmu);

#endif
