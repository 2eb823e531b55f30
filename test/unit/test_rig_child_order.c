/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of the monitor's accesses to what it shares of VMs, where the rig itself does not
 * reorder them: a word that tells others, who take no lock, that something is there is stored
 * directly behind a barrier; who has read such a word has a barrier before what it tells of; and a
 * vCPU that a CPU has given away is no longer looked at.
 */
#include "hyp/core/child.h"
#include "hyp/core/cpu.h"
#include "hyp/core/creator.h"
#include "test/rig/rig_kids.h"
#include "test/unit/test.h"

/* The decoder, which reads how many vCPUs and interrupts a VM has, without its lock. */
#define irq_line_decode order_decode
int order_decode(uint32_t irq, const struct irq_line_vm *vm, struct irq_line *line);
#include "vgic/irq_line.c"
#undef irq_line_decode

#define CREATE	  0x86000001u
#define VCPU	  0x86000041u
#define INIT	  0x860000aeu
#define RUN	  0x86000080u
#define GET_STATE 0x86000062u
#define DEVICE	  0x860000e0u
#define ATTR	  0x860000e1u
#define DESTROY	  0x86000f02u
#define H	  0x100u
#define EAGAIN	  11
#define RUN_WFI	  3u

static const char manifest[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe "
	"ff ff ea]; vms = <1>; vm-pool = <0x80000>; }; };\n";

/* ---- rules ---- */

static bool stored;   /* something, since the last barrier */
static bool decoded;  /* a line of a VM, likewise */
static uint32_t told; /* words that were stored */
static uint32_t decodings, given;

static struct child *kid(void)
{
	return rig_is_booting() ? NULL : rig_kids_in(0);
}

static bool is_in(const void *address, const volatile void *what, size_t size)
{
	return (uintptr_t)address - (uintptr_t)what < size;
}

/* Others look at these without a lock, and then at what they tell of. */
static bool tells(const struct child *child, const void *address)
{
	const struct creator *creator = rig_kids_parent()->creator;

	return (!child && address == &creator->child[0]) ||
	       (child &&
		(address == &child->vm.vgic || address == &child->formed ||
		 address == &child->placed || (child->has_gic && address == &child->vm.lines)));
}

/* This CPU may not look at it: it has given it away, and holds no lock. */
static bool is_given_away(const struct child *child, uint32_t n)
{
	return child->life.began >> n & 1 && !(child->life.runs >> n & 1) &&
	       child->vm.vgic_lock.holder != rig_self + 1;
}

static void accessed(const void *address, bool is_store)
{
	struct child *child = kid();
	bool flag;

	if (rig_is_booting()) {
		return;
	}
	if (is_store && tells(child, address)) {
		rig_demand(!stored, "a word that tells of others is stored without a barrier");
		told++;
	}
	if (child && child->vm.vcpus) {
		bool of_vm = is_in(address, &child->vm, sizeof(child->vm));
		const struct vcpu *vcpus = child->vm.vcpus;

		rig_demand(!decoded || !(of_vm || is_in(address, vcpus, 2 * sizeof(*vcpus))),
			   "what a line of a VM tells of is read without a barrier");
		for (uint32_t n = 0; n < 2; n++) {
			rig_demand(!is_in(address, &vcpus[n], sizeof(vcpus[n])) ||
					   !is_given_away(child, n),
				   "a vCPU is looked at that another CPU may run");
			given += is_given_away(child, n);
		}
	}
	stored |= is_store && rig_is_shared(address, &flag);
}

static void barrier(void)
{
	stored = decoded = false;
}

int irq_line_decode(uint32_t irq, const struct irq_line_vm *vm, struct irq_line *line)
{
	const struct child *child = kid();

	if (child && vm == &child->vm.lines) {
		decodings++;
		decoded = true;
	}
	return order_decode(irq, vm, line);
}

/* ---- a life of a VM ---- */

static const uint32_t making[][6] = {
	{ CREATE },
	{ VCPU, H, 0 },
	{ GET_STATE, H, 0 }, /* the IRQ input of vCPU 0 */
	{ VCPU, H, 1 },
	{ GET_STATE, H, 1u << 16 | 1 },
	{ DEVICE, H, 5 },
	{ ATTR, H, 0, 0, 0x08000000 },
	{ ATTR, H, 0, 1, 0x08010000 },
	{ INIT, H, 0, 2 },
	{ INIT, H | 1u << 16, 0, 2 },
	{ GET_STATE, H, 1u << 24 | 40 },
	{ RUN, H },
	{ RUN, H | 1u << 16 },
	{ RUN, H },
	{ DESTROY, H },
};

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->at;

	if (rig_is_kid(g)) {
		rig_this()->reg[FAKE_CNTV_CVAL] = rig.now + 5000;
		rig_this()->reg[FAKE_CNTV_CTL] = 1;
		rig_wfi(g, regs);
		return;
	}
	if (at && making[at - 1][0] == DESTROY && (int32_t)g->result == -EAGAIN) {
		at--;
	} else if (at) {
		rig_demand(making[at - 1][0] == RUN
				   ? g->result == RUN_WFI || g->result == 1
				   : g->result == (making[at - 1][0] == CREATE ? H : 0),
			   "a call fails");
	}
	if (at == ARRAY_SIZE(making)) {
		rig_done();
	}
	regs->r[4] = making[at][4];
	regs->r[5] = 0;
	g->at = at + 1;
	rig_hvc(g, regs, making[at][0], making[at][1], making[at][2], making[at][3]);
}

static void begins(struct rig_guest *g)
{
	g->masked = true;
}

static const struct rig_program program = { .step = step, .begins = begins };

static void a_life(void)
{
	struct rig_result result;

	rig_boot(manifest, 1, true);
	rig_program = &program;
	rig_on_access = accessed;
	rig_on_barrier = barrier;
	result = rig_run_laid_down(1, NULL, 0, 0);
	rig_on_access = NULL;
	rig_on_barrier = NULL;
	CHECK(!result.failed);
	if (result.failed) {
		printf("%s\n", result.why);
		return;
	}
	CHECK_EQ(decodings, 3);
#ifdef __clang__	   /* another compiler says nothing of accesses */
	CHECK_EQ(told, 5); /* the slot's VM; its GIC, lines, shape and place */
	CHECK(given > 100);
#endif
	printf("%u words that tell, %u lines, %u accesses beside vCPUs that are nobody's\n", told,
	       decodings, given);
}

static const struct test_case cases[] = {
	{ "a_life", a_life },
};

TEST_MAIN("rig_child_order", cases)
