/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hyp/core/run.c, switch.c, isolate.c and hyp/hw/world.c: what a world switch does to the CPU, in
 * which order. QEMU has no TLB that keeps what it should not, no write that is late, no abort that
 * comes afterwards; a Cortex-A15 has.
 */
#include "test/unit/switch_monitor.h"

/* ---- the former CPU is done before another may begin ---- */

static uint64_t loaded_on(void)
{
	return vcpu[0].life->loaded_on;
}

static bool is_barrier(const struct hw_event *event)
{
	return !strncmp(event->name, "hw_", 3);
}

/* B2.2.9, A3.8.3: only a DSB waits for cache and TLB maintenance, and for stores to have arrived.
 */
static void published_after_a_barrier(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		uint32_t published = 0;
		uint32_t last = 0;

		boot();
		load(0, 0);
		vcpu[0].vfp_open = n;
		hw_log_sample = loaded_on;
		unload(0);
		while (published < hw_log_length && hw_log[published].sample == 0) {
			last = is_barrier(&hw_log[published]) ? last : published;
			published++;
		}
		CHECK(published < hw_log_length);
		CHECK(hw_log_between(last, published, 'e', "hw_dsb"));
		end();
	}
}

/* ---- an asynchronous abort stays with its owner ---- */

#define HCR_AT_VA BIT32(8) /* B4.1.65 */

/* B4.1, ISR: A. Only after a DSB has the last access of the guest told how it went. */
static void an_abort_is_looked_for(void)
{
	boot();
	load(0, 0);
	unload(0);
	CHECK(hw_log_between(0, hw_log_find(0, 'r', "ISR"), 'e', "hw_dsb"));
	CHECK(hw_log_find(0, 'r', "ISR") < hw_log_find(0, 'r', "SP_usr"));
	CHECK(hw_log_find(0, 'r', "ISR") < hw_log_find(0, 'e', "gich"));
	CHECK_EQ(hw_log_count('e', "abort taken"), 0);
	CHECK(!(vcpu[0].world.hcr & HCR_AT_VA));
	CHECK_EQ(complaints, 0);
	end();
}

static void an_abort_stays_with_its_owner(void)
{
	for (uint32_t n = 0; n < 2; n++) { /* VFP in use, or not: its registers are saved later */
		boot();
		load(0, 0);
		vcpu[0].vfp_open = n;
		*hw_log_register("ISR") = BIT32(8);
		unload(0);
		CHECK_EQ(hw_log_count('e', "abort taken"), 1);
		CHECK(hw_log_find(0, 'e', "abort taken") < hw_log_find(0, 'r', "SP_usr"));
		CHECK(vcpu[0].world.hcr & HCR_AT_VA);
		CHECK_EQ(complaints, 1);
		load(0, 2);
		CHECK(!(*hw_log_register("HCR") & HCR_AT_VA)); /* not the next one's */
		unload(0);
		load(1, 0); /* wherever it goes on */
		CHECK(*hw_log_register("HCR") & HCR_AT_VA);
		*hw_log_register("HCR") &= ~(uint64_t)HCR_AT_VA; /* it takes it (B1.8.11) */
		unload(1);
		load(0, 0);
		CHECK(!(*hw_log_register("HCR") & HCR_AT_VA));
		unload(0);
		end();
	}
}

/* The loaded vCPU executes WFI. */
static void waits(uint32_t cpu)
{
	cpus[cpu].resched = false;
	polled = sleeps;
	if (setjmp(asleep) == 0) {
		run_wait(&cpus[cpu], &regs);
	}
	polled = NULL;
}

/* WFI ends by it (B1.8.13), though it is found only now. An interrupt is no abort. */
static void an_abort_ends_a_wait(void)
{
	static const uint64_t isr[] = { 0, BIT32(7) | BIT32(6), BIT32(8) };

	for (uint32_t n = 0; n < ARRAY_SIZE(isr); n++) {
		boot();
		load(0, 0);
		*hw_log_register("ISR") = isr[n];
		waits(0);
		CHECK_EQ(vm_sched.entity[vcpu[0].entity].state,
			 n == 2 ? SCHED_RUNNING : SCHED_BLOCKED);
		CHECK((cpus[0].loaded == &vcpu[0]) == (n == 2) && cpus[0].yield == (n == 2));
		end();
	}
}

/* ---- timers ---- */

static bool somebody_loads_it;
static int sibling_writes = -1; /* GICD_CTLR */

static void sibling(uint32_t offset, uint32_t value)
{
	struct mmio mmio = { offset, 4, true, value };
	vgic_kick_t kick = 0;

	vgic_dist_access(vm[0].vgic, 1, &mmio, &kick);
}

/* vCPU 0 of vm[0] takes PPI 27: IHI 0048B 4.3.1, 4.3.5; GICH_VMCR (5.3.2): PMR, both groups. */
static void open_timer(void)
{
	struct mmio mmio = { 0x100, 4, true, BIT32(27) };
	vgic_kick_t kick = 0;

	sibling(0x000, 1);
	vgic_dist_access(vm[0].vgic, 0, &mmio, &kick);
	vcpu[0].cif->vmcr = 0xf8000003;
}

/* A timer that comes due before it is saved ends the wait; else it is an alarm. */
static void a_timer_ends_a_wait(void)
{
	for (uint32_t due = 0; due < 2; due++) {
		boot();
		vgic_phys_set_owner(vm[0].vgic, 27, VGIC_OWNER_TIMER, 27);
		load(0, 0);
		open_timer();
		cpus[0].devices_at = UINT64_MAX;
		*hw_log_register("CNTV_CTL") = 1;
		*hw_log_register("CNTV_CVAL") = 1000;
		now = 999 + due;
		*hw_log_register("SCTLR") = 0; /* caches off: it stays on this CPU */
		waits(0);
		CHECK_EQ(vm_sched.entity[vcpu[0].entity].state,
			 due ? SCHED_RUNNING : SCHED_BLOCKED);
		CHECK((cpus[0].loaded == &vcpu[0]) == due && vm_sched.entity[0].pinned &&
		      vgic_phys_held(vm[0].vgic, 0, 27) == due);
		CHECK_EQ(cpus[0].timer_at, due ? UINT64_MAX : 1000);
		end();
	}
}

static bool somebody_asks;

void test_lock_waits(const struct lock *lock)
{
	if (somebody_asks && lock == &vm_sched_lock) {
		somebody_asks = false;
		cpus[0].settle = true; /* `resched`, too, just before this CPU has cleared it */
	}
	if (sibling_writes >= 0 && lock == &vm[0].vgic_lock) {
		sibling(0x000, (uint32_t)sibling_writes);
		sibling_writes = -1;
	}
	if (somebody_loads_it && lock == &vm[0].vgic_lock) {
		somebody_loads_it = false;
		vcpu[0].life->loaded_on = 1; /* life_take; its timer is in CPU 1's registers */
	}
}

/* A sleeper that another CPU takes while this one waits for its vgic_lock is that CPU's. */
static void a_sleeper_that_is_taken(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		boot();
		vgic_phys_set_owner(vm[0].vgic, 27, VGIC_OWNER_TIMER, 27);
		vm_sched.entity[vcpu[0].entity].state = SCHED_BLOCKED;
		vm_sched.entity[vcpu[0].entity].cpu = 0;
		vcpu[0].world.cntv_ctl = 1;
		vcpu[0].world.cntv_cval = 10;
		alarm_set(&vm_alarms, 0, vcpu[0].entity, 10);
		cpus[0].wake_at = 10;
		somebody_loads_it = n;
		now = 100;
		tick_set(&cpus[0]);
		CHECK_EQ(vgic_phys_held(vm[0].vgic, 0, 27), !n);
		end();
	}
}

/* Another vCPU writes GICD_CTLR while this one, which has just folded, waits for the lock to flush:
 * what that opens, or bars, is so when the guest goes on, as no other work is left. */
static void a_distributor_that_is_turned(void)
{
	for (uint32_t on = 0; on < 2; on++) {
		boot();
		sibling(0x000, !on);
		sibling(0x104, BIT32(8)); /* 40 */
		sibling(0x828, 1);	  /* for vCPU 0 */
		sibling(0x204, BIT32(8));
		load(0, 0);
		vsync_fold(&vcpu[0]);
		CHECK_EQ(vgic_cif_work(vcpu[0].cif), VGIC_WORK_ADD);
		sibling_writes = (int)on;
		run_work(&cpus[0], &regs);
		if (vgic_cif_work(vcpu[0].cif) != VGIC_WORK_NONE) {
			run_work(&cpus[0], &regs); /* the kick */
		}
		CHECK_EQ((vcpu[0].cif->lr[0] & 0x300003ff) == (BIT32(28) | 40), on);
		unload(0);
		end();
	}
}

/* The interrupt is given back when its level has fallen: the write of CTL is complete (B8.1). */
static void levels_fall_first(void)
{
	boot();
	for (uint32_t n = 0; n < 2; n++) {
		vgic_kick_t kick = 0;

		vgic_phys_set_owner(vm[0].vgic, n ? 30 : 27, VGIC_OWNER_TIMER, n ? 30 : 27);
		load(0, 0);
		vgic_phys_fired(vm[0].vgic, 0, n ? 30 : 27, &kick);
		*hw_log_register(n ? "CNTP_CTL" : "CNTV_CTL") = 5;
		unload(0);
		CHECK(hw_log_between(hw_log_last('w', "CNTV_CTL"),
				     hw_log_find(0, 'e', "gic inactive"), 'e', "hw_isb"));
		CHECK(hw_log_between(hw_log_last('w', "CNTP_CTL"),
				     hw_log_find(0, 'e', "gic inactive"), 'e', "hw_isb"));
	}
	end();
}

/* ---- what a CPU remembers of another vCPU ---- */

/* Maintenance of the TLB of this VMID, complete before the guest runs (B3.10.1, B3.10.2). */
static bool forgets(const char *operation)
{
	uint32_t vttbr = hw_log_last('w', "VTTBR");
	uint32_t flush = hw_log_last('w', operation);
	uint32_t done = hw_log_last('e', "hw_dsb");

	return hw_log_count('w', operation) == 1 && hw_log_between(vttbr, flush, 'e', "hw_isb") &&
	       flush < done && hw_log_between(done, HW_LOG_EVENTS, 'e', "hw_isb");
}

static bool forgets_instructions(void)
{
	return forgets("ICIALLU") && forgets("BPIALL");
}

static bool forgets_nothing(void)
{
	return !hw_log_count('w', "TLBIALL") && !hw_log_count('w', "TLBIALLIS") &&
	       !hw_log_count('w', "ICIALLUIS") && !hw_log_count('w', "ICIALLU") &&
	       !hw_log_count('w', "BPIALL");
}

static void another_vcpu_of_the_partition(void)
{
	boot();
	load(0, 0);
	unload(0);
	load(0, 1);
	CHECK(forgets("TLBIALL"));
	CHECK(forgets_instructions());
	CHECK_EQ(*hw_log_register("VTTBR"), VMID(1) | 0x1000);
	unload(0);
	load(0, 0); /* and back */
	CHECK(forgets("TLBIALL"));
	CHECK(forgets_instructions());
	unload(0);
	end();
}

/* What it left behind is its own. HCR.FB has told this CPU of its maintenance elsewhere (B4.1.65).
 */
static void the_same_vcpu(void)
{
	boot();
	load(0, 0);
	unload(0);
	load(0, 0);
	CHECK(forgets_nothing());
	unload(0);
	load(1, 0);
	unload(1);
	load(0, 0);
	CHECK(forgets_nothing());
	CHECK(*hw_log_register("HCR") & BIT32(9)); /* FB */
	unload(0);
	end();
}

/* Another partition has another VMID; only the branch predictor knows none. */
static void another_partition(void)
{
	boot();
	load(0, 0);
	unload(0);
	load(0, 2);
	CHECK(forgets_instructions());
	unload(0);
	load(0, 0);
	CHECK(!hw_log_count('w', "TLBIALL"));
	CHECK(forgets_instructions());
	unload(0);
	load(0, 2);
	CHECK(!hw_log_count('w', "TLBIALL"));
	unload(0);
	load(0, 1); /* after vCPU 0, with another partition between */
	CHECK(forgets("TLBIALL"));
	unload(0);
	end();
}

/* The manifest may leave the predictor to the next partition. */
static void another_partition_that_is_trusted(void)
{
	boot();
	facts_forgets_branches = false;
	for (uint32_t n = 0; n < 4; n++) { /* n < 2: none has been on the CPU before */
		load(0, n % 2 ? 2 : 0);
		CHECK(n < 2 || forgets_nothing());
		unload(0);
	}
	end();
}

/* Two vCPUs change places: each CPU remembers by itself. */
static void change_of_places(void)
{
	boot();
	load(0, 0);
	load(1, 1);
	unload(0);
	unload(1);
	load(0, 1);
	CHECK(forgets("TLBIALL"));
	load(1, 0);
	CHECK(forgets("TLBIALL"));
	unload(0);
	unload(1);
	end();
}

/* As after a reset (B3.10.1, DEN 0022 6.4): nothing of its life before, on no CPU. */
static void a_start(void)
{
	uint32_t flush;

	boot();
	load(0, 0);
	unload(0);
	vcpu[0].life->start = true;
	load(1, 0);
	flush = hw_log_find(0, 'w', "TLBIALLIS");
	CHECK_EQ(hw_log_value('w', "VTTBR"), VMID(1) | 0x1000);
	CHECK(hw_log_between(hw_log_find(0, 'w', "VTTBR"), flush, 'e', "hw_isb"));
	CHECK(hw_log_between(flush, hw_log_length, 'e', "hw_dsb"));
	CHECK_EQ(hw_log_count('w', "ICIALLUIS"), 1);
	CHECK(forgets_instructions());
	unload(1);
	load(1, 0);
	CHECK(forgets_nothing());
	unload(1);
	end();
}

/* A partition begins anew: its VMID on all CPUs, nobody else's (B3.10.5, B4.2.2). */
static void a_restart(void)
{
	static const struct manifest_partition config;
	uint32_t flush;

	boot();
	vm[0].config = &config;
	load(0, 2);
	unload(0);
	hw_log_clear();
	vm[0].load_phase = ALL_LOADED;
	partition_load_step(&vm[0]);
	flush = hw_log_find(0, 'w', "TLBIALLIS");
	CHECK(flush != HW_LOG_NONE);
	CHECK_EQ(hw_log_value('w', "VTTBR"), VMID(1) | 0x1000);
	CHECK(hw_log_between(hw_log_find(0, 'w', "VTTBR"), flush, 'e', "hw_isb"));
	CHECK(hw_log_between(flush, hw_log_last('w', "VTTBR"), 'e', "hw_dsb"));
	CHECK_EQ(*hw_log_register("VTTBR"), VMID(2) | 0x1000); /* as it was */
	CHECK_EQ(hw_log_count('w', "TLBIALLNSNHIS"), 0);
	CHECK_EQ(hw_log_count('w', "ICIALLUIS"), 1);
	CHECK(hw_log_last('w', "ICIALLUIS") < hw_log_last('e', "hw_dsb"));
	end();
}

/* ---- what another CPU waits for ---- */

static uint64_t has_to_settle(void)
{
	return cpus[0].settle;
}

/* Cortex-A15 erratum 798181: the guest's accesses are complete before the answer, and it does not
 * run in between. */
static void another_cpu_waits(void)
{
	uint32_t dsb;

	boot();
	load(0, 0);
	hw_log_clear();
	cpus[0].settle = true;
	cpus[0].resched = true;
	hw_log_sample = has_to_settle;
	run_work(&cpus[0], &regs);
	dsb = hw_log_find(0, 'e', "hw_dsb");
	CHECK(dsb != HW_LOG_NONE && hw_log[dsb].sample);
	CHECK(!cpus[0].settle && !cpus[0].asked);
	hw_log_sample = NULL;
	unload(0);
	end();
}

static void nothing_pends(struct cpu *cpu)
{
	CHECK(cpu == &cpus[0]);
}

/* It asks when this CPU has just looked for that, and has not yet chosen. */
static void another_cpu_waits_since(void)
{
	boot();
	load(0, 0);
	cpus[0].resched = true;
	somebody_asks = true;
	polled = nothing_pends;
	run_work(&cpus[0], &regs);
	polled = NULL;
	CHECK(!somebody_asks && !cpus[0].settle);
	unload(0);
	end();
}

/* ---- a long call ---- */

static void long_call(uint32_t function)
{
	boot();
	vcpu[0].world.sctlr |= BIT32(2); /* C: it may go to another CPU */
	(void)sched_wake(&vm_sched, vcpu[0].entity);
	cpus[0].resched = true;
	run_work(&cpus[0], &regs);
	CHECK(cpus[0].loaded == &vcpu[0]);
	regs.r[0] = function;
	vcpu[0].lines_of = &vm[1];
	turns = 3;
	cpus[0].resched = true;
	hw_log_clear();
}

static void nothing_is_due(struct cpu *cpu)
{
	(void)cpu;
}

/* Behind each turn interrupts are looked for; the guest runs when all is done, and what is due by
 * then has been done. */
static void turns_of_a_call_of(uint32_t function)
{
	long_call(function);
	polled = nothing_is_due;
	vcpu[0].cif->work = VGIC_WORK_SYNC;
	run_work(&cpus[0], &regs);
	CHECK_EQ(turns, 0);
	CHECK_EQ(hw_log_count('e', "turn"), 3);
	CHECK_EQ(hw_log_count('e', "poll"), 4); /* and before the work, a piece of its own */
	for (uint32_t n = 0, at = 0; n < 3; n++) {
		uint32_t turn = hw_log_find(at, 'e', "turn");

		at = hw_log_find(turn, 'e', "poll");
		CHECK(turn < at && at < hw_log_length);
		CHECK(!hw_log_between(turn + 1, at, 'e', "turn"));
	}
	CHECK(hw_log_last('e', "poll") < hw_log_find(0, 'e', "gich"));
	CHECK_EQ(vcpu[0].cif->work, VGIC_WORK_NONE);
	end();
}

static void turns_of_a_call(void)
{
	turns_of_a_call_of(0x86000f61u); /* PLUMB_IRQ_LINE_MANY */
	turns_of_a_call_of(0x8600006au); /* PLUMB_SET_GSI_ROUTING */
}

static void another_is_due(struct cpu *cpu)
{
	(void)sched_wake(&vm_sched, vcpu[2].entity);
	cpu->resched = true;
	cpu->yield = true;
	polled = nothing_is_due;
}

/* Another vCPU has its turn between two of the call's; where it goes on, on whatever CPU, the call
 * does. */
static void another_between_turns(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		long_call(n ? 0x86000f61u : 0x8600006au);
		polled = another_is_due;
		run_work(&cpus[0], &regs);
		CHECK(cpus[0].loaded == &vcpu[2]);
		CHECK_EQ(turns, 2);
		CHECK(vcpu[0].lines_of == &vm[1]);
		cpus[n].resched = true;
		cpus[n].yield = true;
		run_work(&cpus[n], &regs);
		CHECK(cpus[n].loaded == &vcpu[0]);
		CHECK(!turns && !vcpu[0].lines_of);
		end();
	}
}

/* The vCPU on its CPU waits, and the call goes on before its guest does. */
static void turns_after_a_wait(void)
{
	long_call(0x86000f61u);
	polled = another_is_due;
	run_work(&cpus[0], &regs);
	run_wait(&cpus[0], &regs);
	CHECK(cpus[0].loaded == &vcpu[0] && !turns && !vcpu[0].lines_of);
	end();
}

/* Its CPU runs another one meanwhile. Whatever wakes it, its guest goes on only with the answer. */
static void an_access_that_waits(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		long_call(0x8600006au); /* r0 is the guest's own, and no call */
		vcpu[0].lines_of = NULL;
		vcpu[0].virtio = (struct virtio *)(void *)&turns;
		regs.pc = 0x8000;
		answered = false;
		polled = nothing_is_due;
		(void)sched_wake(&vm_sched, vcpu[2].entity);
		run_answer(&cpus[0], &regs);
		CHECK(cpus[0].resched && vcpu[0].lines_of);
		CHECK_EQ(regs.pc, 0x8000);
		run_work(&cpus[0], &regs);
		CHECK(cpus[0].loaded == &vcpu[2]);
		CHECK_EQ(vm_sched.entity[vcpu[0].entity].state, SCHED_BLOCKED);
		(void)sched_wake(&vm_sched, vcpu[0].entity); /* an interrupt, not the answer */
		cpus[0].resched = cpus[0].yield = true;
		run_work(&cpus[0], &regs);
		CHECK(cpus[0].loaded == &vcpu[2]);
		CHECK_EQ(hw_log_count('e', "waits"), 2);
		CHECK_EQ(hw_log_count('e', "completes"), 0);
		answered = true;
		(void)sched_wake(&vm_sched, vcpu[0].entity);
		cpus[n].resched = cpus[n].yield = true;
		run_work(&cpus[n], &regs);
		CHECK(cpus[n].loaded == &vcpu[0] && !vcpu[0].lines_of && !vcpu[0].virtio);
		CHECK_EQ(hw_log_count('e', "completes"), 1);
		CHECK_EQ(regs.pc, 0x8004);
		end();
	}
}

/* The answer was there first: the guest goes on at once. */
static void an_access_that_is_answered(void)
{
	long_call(0x86000f61u);
	vcpu[0].lines_of = NULL;
	vcpu[0].virtio = (struct virtio *)(void *)&turns;
	cpus[0].resched = false;
	answered = true;
	regs.pc = 0x8000;
	run_answer(&cpus[0], &regs);
	CHECK(!cpus[0].resched && !vcpu[0].lines_of && cpus[0].loaded == &vcpu[0]);
	CHECK_EQ(regs.pc, 0x8004);
	end();
}

static void call_of_another_life(void) /* nothing of it is left for the next */
{
	boot();
	vcpu[0].lines_of = &vm[1];
	vcpu[0].life->start = true;
	load(0, 0);
	CHECK(!vcpu[0].lines_of);
	end();
}

/* ---- what a cache is like, asked for a guest's set and way ---- */

/* CCSIDR is of the cache in CSSELR only after an ISB (B4.1, CSSELR); and that is the guest's. */
static void a_cache_is_asked(void)
{
	boot();
	*hw_log_register("CSSELR") = 5;
	*hw_log_register("CCSIDR") = 0x701fe00a;
	hw_log_clear();
	CHECK_EQ(cache_shape(2), 0x701fe00a);
	CHECK_EQ(hw_log_value('w', "CSSELR"), 2);
	CHECK(hw_log_between(hw_log_find(0, 'w', "CSSELR"), hw_log_find(0, 'r', "CCSIDR"), 'e',
			     "hw_isb"));
	CHECK(hw_log_find(0, 'r', "CCSIDR") < hw_log_last('w', "CSSELR"));
	CHECK_EQ(*hw_log_register("CSSELR"), 5);
	end();
}

/* ---- sleepers ---- */

/* One that waits for the counter's end waits, wherever its virtual counter began. */
static void parked_timers(void)
{
	for (uint64_t offset = 0; offset < 8; offset += 3) {
		boot();
		vgic_phys_set_owner(vm[0].vgic, 27, VGIC_OWNER_TIMER, 27);
		vgic_phys_set_owner(vm[0].vgic, 30, VGIC_OWNER_TIMER, 30);
		vm_sched.entity[vcpu[0].entity].state = SCHED_BLOCKED;
		vm_sched.entity[vcpu[0].entity].cpu = 0;
		vcpu[0].life->loaded_on = SCHED_NO_CPU;
		vcpu[0].world.cntvoff = offset;
		vcpu[0].world.cntv_ctl = vcpu[0].world.cntp_ctl = 1;
		vcpu[0].world.cntv_cval = vcpu[0].world.cntp_cval = UINT64_MAX;
		cpus[0].devices_at = UINT64_MAX;
		now = 100;
		alarm_set(&vm_alarms, 0, vcpu[0].entity, now);
		cpus[0].wake_at = now;
		tick_set(&cpus[0]);
		CHECK_EQ(cpus[0].timer_at, UINT64_MAX);
		CHECK(!vgic_phys_held(vm[0].vgic, 0, 27) && !vgic_phys_held(vm[0].vgic, 0, 30));
		vcpu[0].world.cntv_cval = 200;
		alarm_set(&vm_alarms, 0, vcpu[0].entity, now);
		cpus[0].wake_at = now;
		tick_set(&cpus[0]);
		CHECK_EQ(cpus[0].timer_at, 200 + offset);
		end();
	}
}

/* B1.8.13: a WFI ends for a virtual asynchronous abort, masked or not: HCR.VA, bit 8. */
static void a_pending_abort_ends_wfi(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		boot();
		load(0, 0);
		cpus[0].resched = false;
		*hw_log_register("HCR") = n ? 0x138 : 0x38;
		waits(0);
		CHECK_EQ(vm_sched.entity[vcpu[0].entity].state == SCHED_BLOCKED, !n);
		CHECK(cpus[0].yield == n && cpus[0].resched == n);
		end();
	}
}

static const struct test_case cases[] = {
	{ "published_after_a_barrier", published_after_a_barrier },
	{ "an_abort_is_looked_for", an_abort_is_looked_for },
	{ "an_abort_stays_with_its_owner", an_abort_stays_with_its_owner },
	{ "an_abort_ends_a_wait", an_abort_ends_a_wait },
	{ "a_timer_ends_a_wait", a_timer_ends_a_wait },
	{ "a_sleeper_that_is_taken", a_sleeper_that_is_taken },
	{ "a_distributor_that_is_turned", a_distributor_that_is_turned },
	{ "a_pending_abort_ends_wfi", a_pending_abort_ends_wfi },
	{ "levels_fall_first", levels_fall_first },
	{ "another_vcpu_of_the_partition", another_vcpu_of_the_partition },
	{ "the_same_vcpu", the_same_vcpu },
	{ "another_partition", another_partition },
	{ "another_partition_that_is_trusted", another_partition_that_is_trusted },
	{ "change_of_places", change_of_places },
	{ "a_start", a_start },
	{ "a_restart", a_restart },
	{ "another_cpu_waits", another_cpu_waits },
	{ "another_cpu_waits_since", another_cpu_waits_since },
	{ "turns_of_a_call", turns_of_a_call },
	{ "another_between_turns", another_between_turns },
	{ "turns_after_a_wait", turns_after_a_wait },
	{ "an_access_that_waits", an_access_that_waits },
	{ "an_access_that_is_answered", an_access_that_is_answered },
	{ "call_of_another_life", call_of_another_life },
	{ "a_cache_is_asked", a_cache_is_asked },
	{ "parked_timers", parked_timers },
};

TEST_MAIN("switch", cases)
