/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trapped CP15 and CP14 accesses: a sorted table says what each register is for a guest; whatever
 * is not in it is UNDEFINED. Pure.
 */
#ifndef HYP_TRAP_CP15_H
#define HYP_TRAP_CP15_H

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

/* From the syndrome of EC 0x03, 0x04, 0x05, 0x08, 0x0c. Any other gives what no table has. */
struct cp15_access cp15_decode(uint32_t hsr);

/* What one vCPU sees. Filled by cp15_reset from the CPU's own ID registers. */
struct cp15_id {
	uint32_t pfr0, pfr1, dfr0, afr0, mmfr[4], isar[6], mvfr0, mvfr1;
	uint32_t actlr; /* the host's: what all of its CPUs have set */
};
struct cp15_ctx {
	struct cp15_id id;
	uint32_t actlr;	 /* reads: SMP as on the A15, and the host's IBE; writes are ignored */
	uint32_t l2ctlr; /* bits 25..24: number of vCPUs - 1 */
	uint32_t nr_vcpus;
	bool pmu; /* has performance monitors of its own */
};

enum cp15_result {
	CP15_OK,    /* value (and value64 for wide) holds the result of a read; a write was taken or
	       ignored */
	CP15_UNDEF, /* inject UNDEF */
	CP15_FLUSH, /* set/way maintenance: glue does the operation on this CPU with `value` as the
		     operand */
	CP15_PMU, /* the first use of its performance monitors: glue opens them, and the instruction
	     is executed again */
};

/* `user` is true in PL0 (a trapped register that is PL1-only then is UNDEF). `*value` is what the
 * guest writes, or takes what it reads; UNDEF leaves it alone. Rt = 15 is UNDEF: so says the
 * architecture but for MRC of DBGDSCRint to the flags, which glue then need not know. */
enum cp15_result cp15_access(const struct cp15_ctx *ctx, const struct cp15_access *access,
			     bool user, uint64_t *value);

/* Hides from the host's ID values what a guest does not have: Security and Virtualization
 * extensions, debug trace; the performance monitors, unless `pmu`. */
struct cp15_id cp15_guest_id(const struct cp15_id *host, bool pmu);

/* Does this CPU have performance monitors that a guest can be given? */
bool cp15_has_pmu(const struct cp15_id *host);

/* The operand of maintenance by set and way, as a guest gave it, against what this CPU has (ARM ARM
 * B4.2.1: anything else is UNPREDICTABLE). True: CLIDR has the cache level that it names, whose
 * number as CSSELR takes it is *csselr. */
bool cp15_cache_level(uint32_t operand, uint32_t clidr, uint32_t *csselr);
/* True: the cache, with this CCSIDR, has the set and the way. Of *operand these are left, and the
 * level. */
bool cp15_set_way(uint32_t *operand, uint32_t ccsidr);

/* What empties this CPU's branch predictor on the way from a guest to HYP. */
enum cp15_predictor {
	CP15_PREDICTOR_LEFT, /* nothing has to, or nothing can */
	CP15_PREDICTOR_ICIALLU,
	CP15_PREDICTOR_BPIALL,
};

/* By the CPU's MIDR and ACTLR. `always`: although ACTLR says that it does nothing. */
enum cp15_predictor cp15_predictor(uint32_t midr, uint32_t actlr, bool always);

/* `pmu`: cp15_has_pmu, and the guest is to have them. */
void cp15_reset(struct cp15_ctx *ctx, const struct cp15_id *host, uint32_t nr_vcpus, bool pmu);

#endif
