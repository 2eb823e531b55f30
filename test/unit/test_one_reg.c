/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/core/one_reg.c and reg_call.c: every register that KVM of Linux 5.6 lists for 32-bit Arm, by
 * its ID as typed here. */
#include "test/unit/hw_log.h"
#include "hyp/core/facts.h"
#include "hyp/core/one_reg.h"
#include "hyp/core/partition.h"
#include "hyp/core/reg_call.h"
#include "hyp/core/vm.h"

#define WORD	UINT64_C(0x4020000000000000)
#define DOUBLE	UINT64_C(0x4030000000000000)
#define CORE	(WORD | 0x100000)
#define CP15	(WORD | 0x0f0000)
#define CP15_64 (DOUBLE | 0x0f0000)
#define CACHE	(WORD | 0x110000)
#define VFP	(WORD | 0x120000)
#define VFP_D	(DOUBLE | 0x120000)
#define PSCI	(DOUBLE | 0x140000)

#define ENOENT	2
#define ENOEXEC 8
#define EBUSY	16
#define EINVAL	22

#define HERE 5000u /* the counter */

uint32_t vm_count = 1;
struct vm vms[MANIFEST_MAX_PARTITIONS];
struct sched vm_sched;
struct lock vm_sched_lock;
struct cpu cpus[BOARD_MAX_CPUS];
struct cp15_id facts_host_id;
uint32_t facts_fpsid = 0x410430f0;
struct board facts_board;

static struct vcpu vcpus[2];

uint64_t test_now(void)
{
	return HERE;
}

static struct vm *boot(void)
{
	struct vm *vm = &vms[0];

	memset(vms, 0, sizeof(vms));
	memset(vcpus, 0, sizeof(vcpus));
	vm->vcpus = vcpus;
	vm->nr_vcpus = 2;
	vcpus[0].vm = vcpus[1].vm = vm;
	vcpus[1].world.vmpidr = 0x80000001;
	vm->life.state = LIFE_PAUSED;
	vm->life.psci.power[0] = vm->life.psci.power[1] = PSCI_ON;
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[0];
	*hw_log_register("MIDR") = 0x412fc0f1;
	*hw_log_register("CTR") = 0x8444c004;
	*hw_log_register("CLIDR") = 0x0a200023; /* level 1 separate, level 2 unified */
	*hw_log_register("CCSIDR") = 0x701fe00a;
	facts_host_id = (struct cp15_id) { .mvfr0 = 0x10110222,
					   .mvfr1 = 0x11111111,

					   .pfr0 = 0x1131,
					   .isar = { [4] = 0x11112 } };
	cp15_reset(&vm->cp15, &facts_host_id, 2, false);
	hw_log_clear();
	return vm;
}

static int get(uint32_t vcpu, uint64_t id, uint64_t *value)
{
	struct vgic_locked held = vm_lock_vgic(&vms[0]);
	int error = one_reg_get(held, &vcpus[vcpu], id, HERE, value);

	vm_unlock_vgic(held);
	return error;
}

static uint64_t value_of(uint64_t id)
{
	uint64_t value = ~UINT64_C(0);

	CHECK_EQ(get(0, id, &value), 0);
	return value;
}

static int set(uint32_t vcpu, uint64_t id, uint64_t value)
{
	struct vgic_locked held = vm_lock_vgic(&vms[0]);
	int error = one_reg_set(held, &vcpus[vcpu], id, HERE, value);

	vm_unlock_vgic(held);
	return error;
}

/* Where each register is, in the order of struct kvm_regs: 38 words, of which one is no register.
 */
static void core(void)
{
	struct world *world = &vcpus[0].world;
	uint32_t *where[38];
	uint32_t n = 0;

	boot();
	for (; n < 13; n++) {
		where[n] = &vcpus[0].regs.r[n];
	}
	where[n++] = &world->sp_usr;
	where[n++] = &vcpus[0].regs.lr_usr;
	where[n++] = &vcpus[0].regs.pc;
	where[n++] = &vcpus[0].regs.cpsr;
	where[n++] = NULL;
	for (struct world_bank *bank = &world->svc; n < 30; bank++) {
		where[n++] = &bank->sp;
		where[n++] = &bank->lr;
		where[n++] = &bank->spsr;
	}
	CHECK(where[27] == &world->irq.sp);
	for (uint32_t r = 0; r < 5; r++) {
		where[n++] = &world->r_fiq[r];
	}
	where[n++] = &world->fiq.sp;
	where[n++] = &world->fiq.lr;
	where[n++] = &world->fiq.spsr;
	CHECK_EQ(n, 38);
	for (n = 0; n < 38; n++) {
		uint64_t value = UINT64_C(0xabcdef1200000010) + (n << 8);

		if (!where[n]) {
			CHECK_EQ(value_of(CORE | n), 0);
			CHECK_EQ(set(0, CORE | n, 1), -EINVAL);
			continue;
		}
		CHECK_EQ(set(0, CORE | n, value), 0);
		CHECK_EQ(*where[n], 0x10 + (n << 8)); /* the upper half is ignored */
		CHECK_EQ(value_of(CORE | n), 0x10 + (n << 8));
		for (uint32_t other = 0; other < n; other++) {
			CHECK(!where[other] || *where[other] == 0x10 + (other << 8));
		}
	}
	CHECK_EQ(set(0, CORE | 38, 0), -ENOENT);
	CHECK_EQ(set(0, CORE | 0xffff, 0), -ENOENT);
	CHECK_EQ(set(0, DOUBLE | 0x100000, 0), -ENOENT);
}

static void modes(void)
{
	static const uint8_t good[] = { 0x10, 0x11, 0x12, 0x13, 0x17, 0x1b, 0x1f };

	boot();
	for (uint32_t mode = 0; mode < 32; mode++) {
		bool is_good = memchr(good, (int)mode, sizeof(good)) != NULL;

		vcpus[0].regs.cpsr = 0x1d3;
		CHECK_EQ(set(0, CORE | 16, 0xf00001c0 | mode), is_good ? 0 : -EINVAL);
		CHECK_EQ(vcpus[0].regs.cpsr, is_good ? 0xf00001c0 | mode : 0x1d3);
		CHECK_EQ(set(0, CORE | 16, 0x010001c0 | mode), -EINVAL); /* Jazelle */
	}
	/* What a guest's SPSR holds is its own affair: it can write any. */
	CHECK_EQ(set(0, CORE | 20, 0x1a), 0);
	CHECK_EQ(vcpus[0].world.svc.spsr, 0x1a);
}

/* opc1, CRn, CRm, opc2 as the Arm ARM has them (B3.17), and their places. */
static void control(void)
{
	struct world *w = &vcpus[0].world;
	const struct {
		uint32_t op1, n, m, op2;
		uint32_t *where;
	} words[] = {
		{ 2, 0, 0, 0, &w->csselr },	 { 0, 1, 0, 0, &w->sctlr },
		{ 0, 1, 0, 2, &w->cpacr },	 { 0, 2, 0, 2, &w->ttbcr },
		{ 0, 3, 0, 0, &w->dacr },	 { 0, 5, 0, 0, &w->dfsr },
		{ 0, 5, 0, 1, &w->ifsr },	 { 0, 5, 1, 0, &w->adfsr },
		{ 0, 5, 1, 1, &w->aifsr },	 { 0, 6, 0, 0, &w->dfar },
		{ 0, 6, 0, 2, &w->ifar },	 { 0, 10, 2, 0, &w->mair0 },
		{ 0, 10, 2, 1, &w->mair1 },	 { 0, 10, 3, 0, &w->amair0 },
		{ 0, 10, 3, 1, &w->amair1 },	 { 0, 12, 0, 0, &w->vbar },
		{ 0, 13, 0, 1, &w->contextidr }, { 0, 13, 0, 2, &w->tpidrurw },
		{ 0, 13, 0, 3, &w->tpidruro },	 { 0, 13, 0, 4, &w->tpidrprw },
		{ 0, 14, 1, 0, &w->cntkctl },
	};

	boot();
	for (uint32_t n = 0; n < sizeof(words) / sizeof(words[0]); n++) {
		uint64_t id = CP15 | words[n].n << 11 | words[n].m << 7 | words[n].op1 << 3 |
			      words[n].op2;

		CHECK_EQ(set(0, id, 0x5a000000 + n), 0);
		CHECK_EQ(*words[n].where, 0x5a000000 + n);
		CHECK_EQ(value_of(id), 0x5a000000 + n);
		CHECK_EQ(set(0, id + (DOUBLE - WORD), 0), -ENOENT);
	}
	CHECK_EQ(set(0, CP15_64 | 2 << 7, UINT64_C(0x1122334455667788)), 0);
	CHECK_EQ(w->ttbr0, UINT64_C(0x1122334455667788));
	CHECK_EQ(set(0, CP15_64 | 2 << 7 | 1 << 3, UINT64_C(0x99)), 0);
	CHECK_EQ(w->ttbr1, 0x99);
	CHECK_EQ(set(0, CP15_64 | 7 << 7, UINT64_C(0xff00001234)), 0);
	CHECK_EQ(w->par, UINT64_C(0xff00001234));
	/* The words of the short format leave the upper halves alone. */
	CHECK_EQ(set(0, CP15 | 2 << 11, 0x40004000), 0);
	CHECK_EQ(w->ttbr0, UINT64_C(0x1122334440004000));
	CHECK_EQ(value_of(CP15 | 2 << 11 | 1), 0x99);
}

static void timers(void)
{
	struct world *w = &vcpus[0].world;

	boot();
	CHECK_EQ(set(0, CP15 | 14 << 11 | 3 << 7 | 1, 0xffffffff), 0);
	CHECK_EQ(w->cntv_ctl, 3); /* ISTATUS cannot be set */
	CHECK_EQ(set(0, CP15 | 14 << 11 | 2 << 7 | 1, 1), 0);
	CHECK_EQ(w->cntp_ctl, 1);
	CHECK_EQ(set(0, CP15_64 | 14 << 7 | 3 << 3, 77), 0);
	CHECK_EQ(w->cntv_cval, 77);
	CHECK_EQ(set(0, CP15_64 | 14 << 7 | 2 << 3, 78), 0);
	CHECK_EQ(w->cntp_cval, 78);
	w->cntvoff = 1000;
	CHECK_EQ(value_of(CP15_64 | 14 << 7 | 1 << 3), HERE - 1000);
	CHECK_EQ(set(0, CP15_64 | 14 << 7 | 1 << 3, 4999), 0);
	CHECK_EQ(w->cntvoff, 1);
	CHECK_EQ(value_of(CP15_64 | 14 << 7), HERE);
	CHECK_EQ(set(0, CP15_64 | 14 << 7, 1), 0); /* everybody's: ignored */
	CHECK_EQ(value_of(CP15_64 | 14 << 7), HERE);
}

static void fixed(uint64_t id, uint64_t want)
{
	uint64_t value = 0;

	CHECK_EQ(get(1, id, &value), 0);
	CHECK_EQ(value, want);
	CHECK_EQ(set(1, id, want), 0);
	CHECK_EQ(set(1, id, want ^ 0x80), -EINVAL);
}

/* As the vCPU reads them; to set one to what it is does nothing, as KVM has it. */
static void unchangeable(void)
{
	struct vcpu before;

	boot();
	before = vcpus[1];
	fixed(CP15, 0x412fc0f1);
	fixed(CP15 | 1, 0x8444c004);
	fixed(CP15 | 5, 0x80000001);
	fixed(CP15 | 1 << 7, 0x131);		     /* ID_PFR0, without ThumbEE */
	fixed(CP15 | 2 << 7 | 4, 0x10112);	     /* ID_ISAR4, without SMC */
	fixed(CP15 | 1 << 3 | 1, 0x0a200023);	     /* CLIDR */
	fixed(CP15 | 1 << 11 | 1, 0x40);	     /* ACTLR: SMP */
	fixed(CP15 | 1 << 3 | 9 << 11 | 2, 1 << 24); /* L2CTLR: two CPUs */
	fixed(VFP | 0x1000, 0x410430f0);
	fixed(VFP | 0x1006, 0x11111111);
	fixed(VFP | 0x1007, 0x10110222);
	fixed(VFP | 0x1009, 0);
	fixed(VFP | 0x100a, 0);
	fixed(PSCI, 0x10000);
	CHECK(!memcmp(&before, &vcpus[1], sizeof(before)));
}

static void caches(void)
{
	boot();
	for (uint32_t csselr = 0; csselr < 256; csselr++) {
		uint64_t value = 0;
		bool there = csselr <= 2; /* data and instructions of level 1, level 2 */

		CHECK_EQ(get(0, CACHE | csselr, &value), there ? 0 : -ENOENT);
		CHECK_EQ(value, there ? 0x701fe00a : 0);
		CHECK_EQ(set(0, CACHE | csselr, 0x701fe00b), there ? -EINVAL : -ENOENT);
	}
	CHECK_EQ(hw_log_value('w', "CSSELR"), 0);
	CHECK_EQ(get(0, CACHE | 0x100, &(uint64_t) { 0 }), -ENOENT);
	CHECK_EQ(get(0, CACHE + (DOUBLE - WORD), &(uint64_t) { 0 }), -ENOENT);
	*hw_log_register("CLIDR") = 5; /* reserved */
	CHECK_EQ(get(0, CACHE, &(uint64_t) { 0 }), -ENOENT);
	CHECK_EQ(get(0, CACHE | 1, &(uint64_t) { 0 }), -ENOENT);
	*hw_log_register("CLIDR") = 1; /* instructions only */
	CHECK_EQ(get(0, CACHE, &(uint64_t) { 0 }), -ENOENT);
	CHECK_EQ(get(0, CACHE | 1, &(uint64_t) { 0 }), 0);
}

static void floating(void)
{
	boot();
	for (uint32_t n = 0; n < 32; n++) {
		CHECK_EQ(set(0, VFP_D | n, UINT64_C(0x0102030405060700) + n), 0);
		CHECK_EQ(vcpus[0].vfp.d[n], UINT64_C(0x0102030405060700) + n);
		CHECK_EQ(value_of(VFP_D | n), UINT64_C(0x0102030405060700) + n);
	}
	CHECK_EQ(set(0, VFP_D | 32, 0), -ENOENT);
	CHECK_EQ(set(0, VFP, 0), -ENOENT);
	CHECK_EQ(set(0, VFP_D | 0x1001, 0), -ENOENT);
	CHECK_EQ(set(0, VFP | 0x1002, 0), -ENOENT);
	CHECK_EQ(set(0, VFP | 0x1001, 0xf0000000), 0);
	CHECK_EQ(vcpus[0].vfp.fpscr, 0xf0000000);
	CHECK_EQ(set(0, VFP | 0x1008, 0x40000000), 0);
	CHECK_EQ(vcpus[0].vfp.fpexc, 0x40000000);
	facts_host_id.mvfr0 = 0x10110221; /* sixteen */
	CHECK_EQ(set(0, VFP_D | 15, 0), 0);
	CHECK_EQ(set(0, VFP_D | 16, 0), -ENOENT);
	facts_host_id.mvfr0 = 0; /* none */
	CHECK_EQ(set(0, VFP_D, 0), -ENOENT);
	CHECK_EQ(get(0, VFP | 0x1001, &(uint64_t) { 0 }), -ENOENT);
}

/* IDs of nothing: other architectures, sizes, groups, bits that are unused. */
static void unknown(void)
{
	static const uint64_t ids[] = {
		0,
		0x100000,
		UINT64_C(0x6020000000100000), /* arm64 */
		UINT64_C(0x4010000000100000), /* 16 bits */
		UINT64_C(0x4040000000100000), /* 128 bits */
		UINT64_C(0x4020000100100000),
		UINT64_C(0x4120000000100000),
		WORD,
		WORD | 0x0e0000,
		WORD | 0x130000,
		WORD | 0x140000,
		PSCI | 1,
		CORE | 0x10000000, /* the Secure one */
		CP15 | 0x8000,
		CP15 | 4 << 3 | 1 << 11 | 1 << 7, /* HCR */
		CP15_64 | 6 << 3 | 2 << 7,	  /* VTTBR */
		CP15_64 | 4 << 3 | 14 << 7,	  /* CNTVOFF */
		CP15 | 4 << 3 | 5,		  /* VMPIDR */
		CP15 | 14 << 11,		  /* CNTFRQ */
	};
	struct vcpu before;

	boot();
	before = vcpus[0];
	for (uint32_t n = 0; n < sizeof(ids) / sizeof(ids[0]); n++) {
		uint64_t value = 5;

		CHECK_EQ(get(0, ids[n], &value), -ENOENT);
		CHECK_EQ(value, 5);
		CHECK_EQ(set(0, ids[n], 0), -ENOENT);
	}
	CHECK(!memcmp(&before, &vcpus[0], sizeof(before)));
}

/* The list: each is there once, can be read, and be set to what was read. No other 32-bit CP15
 * register is. */
static void list(void)
{
	uint64_t ids[200];
	uint32_t count = 0, found = 0;

	boot();
	vcpus[0].regs.cpsr = 0x1d3;
	while (count < 200 && one_reg_id(count)) {
		uint64_t value;

		ids[count] = one_reg_id(count);
		for (uint32_t n = 0; n < count; n++) {
			CHECK(ids[n] != ids[count]);
		}
		CHECK_EQ(get(0, ids[count], &value), 0);
		CHECK_EQ(set(0, ids[count], value), 0);
		count++;
	}
	/* core, changeable, ID, d0-d31, words of VFP, PSCI, caches */
	CHECK_EQ(count, 38 + 32 + 24 + 32 + 7 + 1 + 3);
	CHECK_EQ(one_reg_id(count), 0);
	CHECK_EQ(one_reg_id(UINT32_MAX), 0);
	for (uint32_t name = 0; name < 0x10000; name++) {
		uint64_t value;

		found += get(0, CP15 | name, &value) == 0;
	}
	CHECK_EQ(found, 25 + 24);
	facts_host_id.mvfr0 = 0;
	CHECK_EQ(one_reg_id(38 + 32 + 24), PSCI);
}

/* ---- the calls ---- */

static struct guest_regs call(uint32_t vcpu, uint64_t id, uint64_t value)
{
	return (struct guest_regs) { .r = { 0, 1 | vcpu << 16, (uint32_t)id, (uint32_t)(id >> 32),
					    (uint32_t)value, (uint32_t)(value >> 32) } };
}

static void calls(void)
{
	struct vm *vm = boot();
	struct guest_regs regs = call(1, VFP_D | 3, UINT64_C(0x1234567890abcdef));

	CHECK_EQ(reg_call_set(vm, &regs), 0);
	CHECK_EQ(vcpus[1].vfp.d[3], UINT64_C(0x1234567890abcdef));
	CHECK_EQ(reg_call_get(vm, &regs), 0);
	CHECK_EQ(regs.r[1], 0x90abcdef);
	CHECK_EQ(regs.r[2], 0x12345678);
	regs = call(2, CORE, 0);
	CHECK_EQ(reg_call_get(vm, &regs), -EINVAL);
	regs = call(0xffff, CORE, 0);
	CHECK_EQ(reg_call_set(vm, &regs), -EINVAL);
	regs = call(0, CORE | 99, 0);
	CHECK_EQ(reg_call_get(vm, &regs), -ENOENT);
	CHECK_EQ(regs.r[1], 1); /* as it was */
	regs = call(0, CORE | 16, 0x1a);
	CHECK_EQ(reg_call_set(vm, &regs), -EINVAL);
}

static void not_now(void)
{
	static const struct {
		enum life_state state;
		int error;
	} states[] = {
		{ LIFE_OFF, -ENOEXEC },	  { LIFE_CRASHED, -ENOEXEC }, { LIFE_LOADING, -EBUSY },
		{ LIFE_RUNNING, -EBUSY }, { LIFE_ENDING, -EBUSY },    { LIFE_PAUSING, -EBUSY },
		{ LIFE_PAUSED, 0 },
	};
	struct vm *vm = boot();
	struct guest_regs regs;

	for (uint32_t n = 0; n < sizeof(states) / sizeof(states[0]); n++) {
		vm->life.state = (uint8_t)states[n].state;
		regs = call(0, CORE | 1, n);
		CHECK_EQ(reg_call_set(vm, &regs), states[n].error);
		CHECK_EQ(vcpus[0].regs.r[1], states[n].error ? 0 : n);
		CHECK_EQ(reg_call_get(vm, &regs), states[n].error);
	}
	regs = call(1, CORE | 1, 5);
	vm->life.psci.power[1] = PSCI_OFF;
	CHECK_EQ(reg_call_get(vm, &regs), -ENOEXEC);
	vm->life.psci.power[1] = PSCI_ON_PENDING_STATE;
	CHECK_EQ(reg_call_set(vm, &regs), -ENOEXEC);
	vm->life.psci.power[1] = PSCI_ON;
	vm->life.vcpu[1].start = true; /* loaded, and paused before it entered */
	CHECK_EQ(reg_call_set(vm, &regs), -ENOEXEC);
	CHECK_EQ(reg_call_get(vm, &regs), -ENOEXEC);
	vm->life.vcpu[1].start = false;
	vcpus[1].lines_of = vm; /* its call is unfinished */
	CHECK_EQ(reg_call_set(vm, &regs), -EBUSY);
	CHECK_EQ(reg_call_get(vm, &regs), 0);
	CHECK_EQ(vcpus[1].regs.r[1], 0);
}

/* Translations by the registers as they were, on each CPU, go when it loads a vCPU again; not those
 * of another partition. */
static void translations_go(void)
{
	struct vm *vm = boot();
	struct guest_regs regs = call(1, CP15_64 | 2 << 7, 0x40004000); /* TTBR0 */

	memset(vms[4].last_vcpu, 2, sizeof(vms[4].last_vcpu));
	memset(vm->last_vcpu, 2, sizeof(vm->last_vcpu));
	CHECK_EQ(reg_call_get(vm, &regs), 0);
	CHECK_EQ(vm->last_vcpu[1], 2);
	regs = call(1, CP15_64 | 2 << 7, 0x40004000);
	CHECK_EQ(reg_call_set(vm, &regs), 0);
	for (uint32_t n = 0; n < 3; n++) {
		CHECK_EQ(vm->last_vcpu[n], 0);
		CHECK_EQ(vms[4].last_vcpu[n], 2);
	}
}

/* The counter of a paused partition stands still where its last vCPU left, or at the call. */
static void stands_still(void)
{
	struct vm *vm = boot();
	struct guest_regs regs = call(0, CP15_64 | 14 << 7 | 1 << 3, 100);

	vm->left_at = 3000;
	vm->paused_at = 2000;
	CHECK_EQ(reg_call_set(vm, &regs), 0);
	CHECK_EQ(vcpus[0].world.cntvoff, 2900);
	CHECK_EQ(vcpus[1].world.cntvoff, 2900); /* all vCPUs see the same time */
	vm->paused_at = 4000;
	CHECK_EQ(reg_call_get(vm, &regs), 0);
	CHECK_EQ(regs.r[1], 1100);
}

static void listed(void)
{
	struct guest_regs regs = { .r = { 0, 0, 0, 7 } };

	boot();
	CHECK_EQ(reg_call_list(&regs), 0);
	CHECK_EQ(regs.r[1], 0x100000);
	CHECK_EQ(regs.r[2], 0x40200000);
	CHECK_EQ(regs.r[3], 7);
	regs.r[2] = 9999;
	CHECK_EQ(reg_call_list(&regs), -EINVAL);
	CHECK_EQ(regs.r[1], 0x100000);
}

static void settles(void)
{
	static const uint32_t cases[][4] = {
		/* CPSR, PC; both then */
		{ 0x1d3, 0x40000003, 0x1d3, 0x40000000 },
		{ 0x1d3, 0x40000004, 0x1d3, 0x40000004 },
		{ 0x1f3, 0x40000003, 0x1f3, 0x40000002 },
		{ 0x1f3, 0x40000002, 0x1f3, 0x40000002 },
		{ 0xfe0ffff3, 0x40000002, 0xfe0ffff3, 0x40000002 }, /* IT */
		{ 0xfe0fffd3, 0x40000004, 0xf80f03d3, 0x40000004 },
	};

	boot();
	for (uint32_t n = 0; n < 6; n++) {
		vcpus[0].regs.cpsr = cases[n][0];
		vcpus[0].regs.pc = cases[n][1];
		one_reg_settle(&vcpus[0]);
		CHECK_EQ(vcpus[0].regs.cpsr, cases[n][2]);
		CHECK_EQ(vcpus[0].regs.pc, cases[n][3]);
	}
}

static const struct test_case cases[] = {
	{ "core", core },
	{ "modes", modes },
	{ "control", control },
	{ "timers", timers },
	{ "unchangeable", unchangeable },
	{ "caches", caches },
	{ "floating", floating },
	{ "unknown", unknown },
	{ "list", list },
	{ "calls", calls },
	{ "not_now", not_now },
	{ "translations_go", translations_go },
	{ "stands_still", stands_still },
	{ "listed", listed },
	{ "settles", settles },
};

TEST_MAIN("one_reg", cases)
