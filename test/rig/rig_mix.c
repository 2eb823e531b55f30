/* SPDX-License-Identifier: BSD-2-Clause */
#include "test/rig/rig_mix.h"
#include "abi/plumbline.h"
#include "hyp/base/bits.h"
#include "hyp/core/vm.h"
#include "test/rig/rig_search.h"
#include "test/rig/rig_told.h"
#include <stdio.h>
#include <string.h>

#define GICD 0x08000000u
#define UART 0x09000000u

/* INTIDs: edges 36..39, levels 40..43 by calls; devices */
#define EDGE	     36u
#define LEVEL	     40u
#define DEVICE_LEVEL 48u
#define DEVICE_EDGE  49u
#define UART_INTID   33u
#define WATCH_INTID  35u
#define VIRT	     27u

#define RAW 2u /* the partition without a GIC */

static const struct rig_mix *mix;

/* ---- what is owed ---- */

static bool owed[RIG_MAX_VMS][RIG_MAX_VCPUS][64]; /* SPIs: [0] */
/* Edges driven and SGIs sent that were not taken: those that merge stay. */
static uint32_t credit[RIG_MAX_VMS][RIG_MAX_VCPUS][64];
/* A call that drives many lines, and that its vCPU has not returned from. */
static struct many {
	uint32_t vm, count; /* 0: none */
} many[RIG_MAX_VMS][RIG_MAX_VCPUS];
static uint32_t resets[RIG_MAX_VMS];
static uint32_t starts[RIG_MAX_VMS];
static uint64_t virtual_now[RIG_MAX_VMS]; /* of the virtual counter, in this life */
static uint64_t paused_at[RIG_MAX_VMS];	  /* the same, when it was paused */
static uint32_t untold[RIG_MAX_VMS];	  /* changes that a manager has not been told: partitions */
static bool is_stuck; /* nobody is left to resume what is paused, or to wake the last sleeper */
static bool is_over;  /* partition 0 is about to go off, and wakes the last sleeper */

static uint32_t targets(uint32_t vm, uint32_t intid)
{
	uint32_t all = BIT32(vms[vm].nr_vcpus) - 1;

	return intid % 4 == 3 ? all : BIT32(intid % vms[vm].nr_vcpus);
}

static bool is_on(uint32_t vm, uint32_t n)
{
	return vms[vm].life.state == LIFE_RUNNING && rig_guest[vm][n].ready &&
	       vm_sched.entity[vms[vm].vcpus[n].entity].state != SCHED_OFF;
}

static void owe(uint32_t vm, uint32_t n, uint32_t intid)
{
	owed[vm][intid < 32 ? n : 0][intid] = rig_guest[vm][intid < 32 ? n : 0].ready;
	credit[vm][intid < 32 ? n : 0][intid]++;
}

/* ---- devices ---- */

static void device_acts(struct rig_device *device)
{
	device->left--;
	device->asks = true;
	rig_line(device->intid, true);
	if (device->intid == DEVICE_EDGE) {
		rig_line(device->intid, false);
	}
}

/* Its guest has dealt with it. */
static void device_is_served(uint32_t intid)
{
	struct rig_device *device = &rig.device[intid - DEVICE_LEVEL];

	if (!device->asks) {
		return;
	}
	device->asks = false;
	rig_line(intid, false);
	device->at = device->left ? rig.now + rig_random(rig_random(2) ? 20 : 400) : RIG_NEVER;
}

static void types(struct rig_device *device)
{
	static const char *const words[] = { "\x1ds", "x",
					     "\x1d"
					     "1",
					     "\x1d"
					     "2",
					     "hello\r" };

	rig_type(words[rig_random(ARRAY_SIZE(words))]);
	device->at = --device->left ? rig.now + 200 + rig_random(4000) : RIG_NEVER;
}

static void begin_devices(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		rig.device[n] = (struct rig_device) { .at = RIG_NEVER,
						      .acts = device_acts,
						      .intid = DEVICE_LEVEL + n,
						      .left = mix->devices };
	}
	rig.device[2] = (struct rig_device) { .at = mix->typed ? rig.now + 2000 : RIG_NEVER,
					      .acts = types,
					      .left = mix->typed };
}

/* ---- a life ---- */

static void begins(struct rig_guest *g)
{
	g->left = mix->actions / 2 + rig_throw(g, mix->actions / 2 + 1);
	for (uint32_t n = 0; n < 64; n++) {
		owed[g->vm][g->index][n] = g->index && n >= 32 ? owed[g->vm][g->index][n] : false;
	}
	if (g->vm == 1 && g->index == 0) {
		for (uint32_t n = 0; n < 2; n++) { /* a level stays as it is, an edge is gone */
			if (rig.device[n].asks && n == 1) {
				device_is_served(DEVICE_EDGE);
			}
		}
	}
}

static void takes(struct rig_guest *g)
{
	uint32_t intid = g->iar & 0x3ff;

	many[g->vm][g->index].count = 0;
	if (intid == VIRT && g->iar != RIG_LINE_IAR) {
		rig_demand(rig_timer_level(rig_self, VIRT),
			   "a timer's interrupt, and it is not due");
	}
	g->linger = rig_throw(g, 3) ? 0 : rig_throw(g, 30);
	if (intid < 16 || (intid >= EDGE && intid < EDGE + 4 && g->iar != RIG_LINE_IAR)) {
		rig_demand(credit[g->vm][intid < 32 ? g->index : 0][intid]-- > 0,
			   "an edge is taken more often than it was driven");
	}
	if (intid < 64) {
		owed[g->vm][intid < 32 ? g->index : 0][intid] = false;
	}
}

static void timer(uint32_t ticks)
{
	uint64_t *reg = rig_this()->reg;

	if (reg[FAKE_CNTV_CTL] & 1) {
		return;
	}
	reg[FAKE_CNTV_CVAL] = rig.now - reg[FAKE_CNTVOFF] + ticks;
	reg[FAKE_CNTV_CTL] = 1;
}

static uint32_t spi_word(uint32_t type, uint32_t vcpu, uint32_t number)
{
	return type << 24 | vcpu << 16 | number;
}

/* WFE, if it is trapped: HCR.TWE. */
static void yield(struct rig_guest *g, struct guest_regs *regs)
{
	if (rig_this()->reg[FAKE_HCR] & 1u << 14) {
		rig_trap(g, regs, 0x01u << 26 | 1u << 25 | 1u << 24 | 0xeu << 20 | 1u);
	}
}

/* What the interrupt is for, and then its end. */
static bool handle(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t intid = g->iar & 0x3ff;
	uint32_t at = g->handling++;

	if (at < g->linger) { /* and may leave its CPU meanwhile */
		if (rig_throw(g, 8) == 0) {
			yield(g, regs);
		}
		return false;
	}
	if (at > g->linger) {
		if (intid == WATCH_INTID && g->iar != RIG_LINE_IAR) {
			untold[g->vm] &= ~regs->r[1];
		}
		return true;
	}
	if (g->iar == RIG_LINE_IAR) {
		rig_hvc(g, regs, PLUMB_IRQ_LINE, 0, spi_word(0, g->index, 0), 0);
		return false;
	}
	if (intid == VIRT) {
		rig_this()->reg[FAKE_CNTV_CTL] = 0;
	} else if (intid >= LEVEL && intid < LEVEL + 4) {
		rig_hvc(g, regs, PLUMB_IRQ_LINE, 0, spi_word(1, 0, intid), 0);
		return false;
	} else if (intid == UART_INTID) {
		rig_load(g, regs, UART);
		return false;
	} else if (intid == WATCH_INTID) {
		g->wants_zero = true;
		rig_hvc(g, regs, PLUMB_VM_WATCH, 0, 0, 0);
		return false;
	} else if (intid == RIG_PMU) {
		fake_sysreg_write(FAKE_PMOVSR, ~UINT64_C(0));
	} else if (intid == DEVICE_LEVEL || intid == DEVICE_EDGE) {
		device_is_served(intid);
	}
	return true;
}

/* ---- actions ---- */

static const struct {
	uint16_t offset;
	uint32_t value;
} opening[] = {
	{ 0x100, 0xffffffff }, { 0x104, 0xfffffffe }, { 0xc08, 0x0000aa00 },
	{ 0xc0c, 0x0000000a }, { 0xc0c, 0x00000008 }, { 0x000, 3 }, /* devices: wrong, then right */
};

static bool open(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->phase++;

	if (!vms[g->vm].vgic) {
		g->ready = true;
		return true;
	}
	if (at == 0) {
		rig_store(g, regs, GICD + opening[0].offset, opening[0].value);
	} else if (g->index) {
		g->ready = true;
		return true;
	} else if (at < ARRAY_SIZE(opening)) {
		rig_store(g, regs, GICD + opening[at].offset, opening[at].value);
	} else if (at < ARRAY_SIZE(opening) + 5) {
		uint32_t intid = 32 + 4 * (at - (uint32_t)ARRAY_SIZE(opening)), value = 0;

		for (uint32_t n = 0; n < 4; n++) {
			value |= targets(g->vm, intid + n) << 8 * n;
		}
		rig_store(g, regs, GICD + 0x800 + intid, value);
	} else if (at == ARRAY_SIZE(opening) + 5) {
		rig_store(g, regs, UART + 0x38, 0x50);
	} else {
		g->ready = true;
		for (uint32_t n = 0; n < 2 && g->vm == 1; n++) {
			if (rig.device[n].left && !rig.device[n].asks) {
				rig.device[n].at = rig.now + rig_throw(g, 100);
			}
		}
		return true;
	}
	return false;
}

/* A line of its own, when nobody else of the partition prints: vCPU 0 alone does. */
static bool print(struct rig_guest *g, struct guest_regs *regs)
{
	char line[32];
	uint32_t length = rig_told_line(g, line, sizeof(line));

	if (g->text_at % 2 == 0) {
		g->text_at++;
		rig_load(g, regs, UART + 0x18);
		return false;
	}
	if (g->result & BIT32(5)) {
		g->text_at--; /* full: look again */
		return false;
	}
	if (g->text_at / 2 == length) {
		return true;
	}
	rig_store8(g, regs, UART, (uint8_t)line[g->text_at++ / 2]);
	return false;
}

static void raise(struct rig_guest *g, struct guest_regs *regs, bool edge)
{
	uint32_t vm = rig_throw(g, vm_count);
	uint32_t intid = (edge ? EDGE : LEVEL) + rig_throw(g, 4);

	g->wants_zero = true;
	if (!vms[vm].vgic) {
		rig_hvc(g, regs, PLUMB_IRQ_LINE, vm + 1, spi_word(0, 0, 0), 1);
		return;
	}
	owe(vm, 0, intid);
	rig_hvc(g, regs, rig_throw(g, 2) ? PLUMB_IRQ_LINE : PLUMB_IRQ_LINE_STATUS, vm + 1,
		spi_word(1, 0, intid), 1);
}

static uint32_t *many_table(uint32_t vm, uint32_t n)
{
	return (uint32_t *)(void *)rig_memory(vm, 0x40000400u + n * 0x400u);
}

/* The partition ends in the middle of such a call: what follows the first entries may not be
 * driven any more. */
#define MANY_FIRST 16u

static void forget_many(uint32_t vm)
{
	for (uint32_t n = 0; n < RIG_MAX_VCPUS; n++) {
		for (uint32_t at = MANY_FIRST; at < many[vm][n].count; at++) {
			owed[many[vm][n].vm][0][many_table(vm, n)[2 * at] & 0xffff] = false;
		}
		many[vm][n].count = 0;
	}
}

static void raise_many(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t vm = rig_throw(g, 2);
	uint32_t count = 1 + rig_throw(g, 40);
	uint32_t *table = many_table(g->vm, g->index);

	many[g->vm][g->index] = (struct many) { vm, count };
	for (uint32_t n = 0; n < count; n++) {
		uint32_t intid = EDGE + rig_throw(g, 4);

		owe(vm, 0, intid);
		table[2 * n] = spi_word(1, 0, intid);
		table[2 * n + 1] = 1;
	}
	rig_hvc(g, regs, PLUMB_IRQ_LINE_MANY, vm + 1, 0x40000400u + g->index * 0x400u, count);
}

/* Every table has the GSIs of the edges, as the default has; the first and the last entry are among
 * them, so that a part of a table would lack one. Some tables are refused. */
static void set_routes(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t ipa = 0x40008000u + g->index * 0x1000u;
	uint32_t *entry = (uint32_t *)(void *)rig_memory(g->vm, ipa);
	uint32_t count = 4 + rig_throw(g, 50);

	memset(entry, 0, 48 * count);
	for (uint32_t n = 0; n < count; n++) {
		entry[12 * n] = 100 + n;
		entry[12 * n + 1] = 1;
	}
	for (uint32_t n = 0; n < 4; n++) {
		uint32_t at = 12 * (n * (count - 1) / 3);

		entry[at] = entry[at + 5] = EDGE - 32 + n;
	}
	entry[12 * (count / 2) + 2] = rig_throw(g, 4) == 0; /* flags */
	rig_hvc(g, regs, PLUMB_SET_GSI_ROUTING, 1 + rig_throw(g, 2), ipa, count);
}

static void raise_gsi(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t vm = rig_throw(g, 2);
	uint32_t intid = EDGE + rig_throw(g, 4);

	g->wants_zero = true;
	owe(vm, 0, intid);
	rig_hvc(g, regs, PLUMB_GSI_LINE, vm + 1, intid - 32, 1);
}

static void use_gsis(struct rig_guest *g, struct guest_regs *regs)
{
	if (rig_throw(g, 2)) {
		raise_gsi(g, regs);
	} else {
		set_routes(g, regs);
	}
}

static void ask(struct rig_guest *g, struct guest_regs *regs)
{
	static const uint32_t calls[] = { PLUMB_GET_VM_INFO,  PLUMB_GET_STATS,
					  PLUMB_GET_VM_NAME,  PLUMB_CHECK_EXTENSION,
					  PLUMB_CALL_UID,     PSCI_VERSION,
					  PSCI_AFFINITY_INFO, PLUMB_GET_API_VERSION,
					  PLUMB_CALL_COUNT };

	rig_hvc(g, regs, calls[rig_throw(g, ARRAY_SIZE(calls))], rig_throw(g, 5), rig_throw(g, 3),
		rig_throw(g, 12));
}

static void ask_state(struct rig_guest *g, struct guest_regs *regs)
{
	rig_hvc(g, regs, PLUMB_GET_IRQ_STATE, 1 + rig_throw(g, 2),
		spi_word(1, 0, 36 + rig_throw(g, 14)), 0);
}

static void send_sgi(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t to = rig_throw(g, vms[g->vm].nr_vcpus);
	uint32_t intid = rig_throw(g, 3);

	if (vms[g->vm].vgic) {
		owe(g->vm, to, intid);
		rig_store(g, regs, GICD + 0xf00, BIT32(16 + to) | intid);
	}
}

/* Of interrupts that nobody waits for: 52..55. */
static void use_gicd(struct rig_guest *g, struct guest_regs *regs)
{
	static const uint16_t offsets[] = { 0x204, 0x284, 0x304, 0x384, 0x104, 0x184 };

	if (!vms[g->vm].vgic) {
		return;
	}
	if (rig_throw(g, 2)) {
		rig_store(g, regs, GICD + offsets[rig_throw(g, ARRAY_SIZE(offsets))],
			  rig_throw(g, 16) << 20);
	} else {
		rig_load(g, regs, GICD + offsets[rig_throw(g, ARRAY_SIZE(offsets))]);
	}
}

/* HSR: an odd coprocessor access, a load from nothing, an instruction fetch from nothing. */
static void fault(struct rig_guest *g, struct guest_regs *regs)
{
	g->may_fault = true;
	switch (rig_throw(g, 3)) {
	case 0:
		rig_load(g, regs, 0x30000000u);
		break;
	case 1:
		rig_trap(g, regs, 0x11u << 26 | 1u << 25);
		break;
	default:
		rig_hvc(g, regs, 0x12345678u, 0, 0, 0);
		break;
	}
}

static void use_cp15(struct rig_guest *g, struct guest_regs *regs)
{
	/* MRC p15, 0, r0, c0, c1, 0 (ID_PFR0); MCR DCCISW; MRC PMCR: op2 19..17, op1 16..14, CRn
	 * 13..10, Rt 8..5, CRm 4..1, read 0 (B3.13.6) */
	static const uint32_t iss[] = { 0u << 17 | 0u << 10 | 1u << 1 | 1u,
					2u << 17 | 7u << 10 | 14u << 1,
					0u << 17 | 9u << 10 | 12u << 1 | 1u };

	g->may_fault = true;
	rig_trap(g, regs,
		 0x03u << 26 | 1u << 25 | 1u << 24 | 0xeu << 20 |
			 iss[rig_throw(g, ARRAY_SIZE(iss))]);
}

/* If it is trapped: HCPTR.TCP10. */
static void use_vfp(struct rig_guest *g, struct guest_regs *regs)
{
	if (rig_this()->reg[FAKE_HCPTR] & 1u << 10) {
		g->may_fault = true;
		rig_trap(g, regs, 0x07u << 26 | 1u << 25 | 1u << 24 | 0xeu << 20 | 10u);
	}
}

/* Opens them; then lets one overflow, which its interrupt tells of. */
static void use_pmu(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->vm == RAW) {
		return;
	}
	if (rig_this()->reg[FAKE_HDCR] & BIT32(6)) {
		rig_trap(g, regs,
			 0x03u << 26 | 1u << 25 | 1u << 24 | 0xeu << 20 | 9u << 10 | 12u << 1 | 1u);
		return;
	}
	fake_sysreg_write(FAKE_PMCR, 1);
	fake_sysreg_write(FAKE_PMINTENSET, BIT32(31));
	fake_sysreg_write(FAKE_PMCNTENSET, BIT32(31));
	fake_sysreg_write(FAKE_PMOVSSET, BIT32(31));
}

static enum rig_action draw(struct rig_guest *g)
{
	uint32_t sum = 0, at;

	for (uint32_t n = 0; n < MIX_ACTIONS; n++) {
		sum += mix->weight[n];
	}
	at = rig_throw(g, sum);
	for (uint32_t n = 0;; n++) {
		if (at < mix->weight[n]) {
			return (enum rig_action)n;
		}
		at -= mix->weight[n];
	}
}

static void wait(struct rig_guest *g, struct guest_regs *regs)
{
	if (vms[g->vm].vgic) {
		timer(rig_throw(g, rig_throw(g, 2) ? 300 : 3000));
	}
	/* Without a timer it is woken by partition 0, or waits no more. */
	if (!vms[g->vm].vgic && is_over) {
		return;
	}
	if (rig_throw(g, 4)) {
		rig_wfi(g, regs);
	} else {
		rig_hvc(g, regs, PSCI_CPU_SUSPEND, 0, 0, 0);
	}
}

static void turn_on(struct rig_guest *g, struct guest_regs *regs)
{
	rig_hvc(g, regs, PSCI_CPU_ON, rig_throw(g, vms[g->vm].nr_vcpus), 0x40010000u, g->index);
}

static void turn_off(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->index) { /* vCPU 0 stays until its partition ends */
		rig_hvc(g, regs, PSCI_CPU_OFF, 0, 0, 0);
	}
}

static void reset(struct rig_guest *g, struct guest_regs *regs)
{
	if (resets[g->vm] < mix->resets) {
		resets[g->vm]++;
		rig_hvc(g, regs, PSCI_SYSTEM_RESET, 0, 0, 0);
	}
}

/* The restarts are limited: by the manifest, and so are starts by a call. */
static void crash(struct rig_guest *g, struct guest_regs *regs)
{
	rig_hvc(g, regs, PLUMB_SYSTEM_EXIT, 1, 0, 0);
}

/* LOAD, VALUE, CONTROL, INTCLR. An action takes some hundred of its ticks. */
static void use_watchdog(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = 0x09050000u + 4 * rig_throw(g, 4);

	if (g->vm == RAW) {
		rig_store(g, regs, at, at & 15 ? rig_throw(g, 8) | 2 : rig_throw(g, 4000));
	}
}

/* Kinds 1 to 10, partitions a to c or none, vCPUs 0 and 1. */
static void use_trace(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t op = rig_throw(g, 4) ? 3 : rig_throw(g, 5);
	uint32_t cpu = rig_throw(g, rig_nr_cpus + 1);
	uint32_t kind, vm, pc = regs->pc;

	rig_hvc(g, regs, 0x86000f1a, op, cpu, rig_throw(g, 3) ? rig_throw(g, 50) : 0);
	if (cpus[rig_self].loaded != &vms[g->vm].vcpus[g->index] || regs->pc != pc + 4) {
		return; /* another vCPU runs now, or it begins anew: the result is not here */
	}
	if (g->vm != 0) {
		rig_demand(regs->r[0] == (uint32_t)-1, "a trace without the right");
	} else if (op > 3) {
		rig_demand(regs->r[0] == (uint32_t)-22, "an operation of the trace that is none");
	} else if (op >= 2 && cpu == rig_nr_cpus) {
		rig_demand(regs->r[0] == (uint32_t)-2, "a trace of no CPU");
	} else if (op == 3 && (int32_t)regs->r[0] > 0) {
		kind = regs->r[0] & 0xff;
		vm = regs->r[0] >> 8 & 0xff;
		rig_demand(kind >= 1 && kind <= 10 && vm <= 3 && (regs->r[0] >> 16) < 2,
			   "an event is none");
		rig_demand(vm || kind <= 2 || kind == 10, "an event of no partition");
	} else {
		rig_demand(regs->r[0] == (op == 3 ? (uint32_t)-2 : 0), "a trace is refused");
	}
}

static uint32_t draw_order(struct rig_guest *g, uint32_t vm)
{
	static const uint32_t often[] = { PLUMB_VM_PAUSE, PLUMB_VM_RESUME, PLUMB_VM_RESUME };

	if (rig_throw(g, 3)) {
		return often[rig_throw(g, ARRAY_SIZE(often))];
	}
	if (resets[vm] < mix->resets && rig_throw(g, 2)) {
		resets[vm]++;
		return PLUMB_VM_RESET;
	}
	if (starts[vm] < mix->resets && rig_throw(g, 2)) {
		starts[vm]++;
		return PLUMB_VM_START;
	}
	return PLUMB_VM_STOP;
}

/* What is paused is resumed more often than not. */
static void manage(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t vm = rig_throw(g, vm_count);

	for (uint32_t n = 0; n < vm_count && rig_throw(g, 3); n++) {
		vm = vms[n].life.state == LIFE_PAUSED ? n : vm;
	}
	rig_hvc(g, regs, draw_order(g, vm), rig_throw(g, 4) || vm != g->vm ? vm + 1 : 0, 0, 0);
}

static void act(struct rig_guest *g, struct guest_regs *regs, enum rig_action action)
{
	switch (action) {
	case MIX_WAIT:
		wait(g, regs);
		break;
	case MIX_TIMER:
		timer(vms[g->vm].vgic ? rig_throw(g, 60) : 100000);
		break;
	case MIX_YIELD:
		yield(g, regs);
		break;
	case MIX_EDGE:
		raise(g, regs, true);
		break;
	case MIX_LEVEL:
		raise(g, regs, false);
		break;
	case MIX_MANY:
		raise_many(g, regs);
		break;
	case MIX_STATE:
		ask_state(g, regs);
		break;
	case MIX_GSI:
		use_gsis(g, regs);
		break;
	case MIX_ASK:
		ask(g, regs);
		break;
	case MIX_SGI:
		send_sgi(g, regs);
		break;
	case MIX_GICD:
		use_gicd(g, regs);
		break;
	case MIX_CPU_ON:
		turn_on(g, regs);
		break;
	case MIX_CPU_OFF:
		turn_off(g, regs);
		break;
	case MIX_RESET:
		reset(g, regs);
		break;
	case MIX_CRASH:
		crash(g, regs);
		break;
	case MIX_WATCHDOG:
		use_watchdog(g, regs);
		break;
	case MIX_MANAGE:
		manage(g, regs);
		break;
	case MIX_VFP:
		use_vfp(g, regs);
		break;
	case MIX_FAULT:
		fault(g, regs);
		break;
	case MIX_CP15:
		use_cp15(g, regs);
		break;
	case MIX_TRACE:
		use_trace(g, regs);
		break;
	case MIX_PMU:
		use_pmu(g, regs);
		break;
	default:
		break;
	}
}

/* The same counter on all vCPUs, whatever they were paused for. */
static void check_counter(const struct rig_guest *g)
{
	uint64_t now = rig.now - rig_this()->reg[FAKE_CNTVOFF];

	rig_demand(now >= virtual_now[g->vm], "the virtual counter goes back");
	virtual_now[g->vm] = now;
}

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	many[g->vm][g->index].count = 0;
	check_counter(g);
	if (!g->ready) {
		(void)open(g, regs);
		return;
	}
	if (g->prints) {
		if (!print(g, regs)) {
			return;
		}
		g->prints = false;
		rig_told_printed(g);
	}
	if (g->left == 0 && g->vm == 0 && !is_over) {
		is_over = true;
		rig_hvc(g, regs, PLUMB_IRQ_LINE, RAW + 1, spi_word(0, 0, 0), 1);
		return;
	}
	if (g->left == 0) {
		rig_hvc(g, regs, PSCI_SYSTEM_OFF, 0, 0, 0);
		return;
	}
	g->left--;
	switch (draw(g)) {
	case MIX_PRINT:
		g->text_at = 0;
		g->prints = g->index == 0;
		break;
	default:
		act(g, regs, draw(g));
		break;
	}
}

/* ---- at rest ---- */

/* A level, as long as it is high: who lowers it may have met two that raised it. */
static bool is_owed(uint32_t vm, uint32_t n, uint32_t intid)
{
	if (intid >= LEVEL && intid < LEVEL + 4 && vms[vm].vgic) {
		return vgic_irq_state(vms[vm].vgic, 0, intid) & PLUMB_IRQ_LEVEL;
	}
	return owed[vm][intid < 32 ? n : 0][intid];
}

/* Only a partition that runs could go on. */
static bool is_over_now(void)
{
	bool paused = false;

	if (!mix->weight[MIX_MANAGE] || rig_next_event() != RIG_NEVER) {
		return false;
	}
	for (uint32_t v = 0; v < vm_count; v++) {
		paused = paused || vms[v].life.state == LIFE_PAUSED;
	}
	return paused || vms[0].life.state == LIFE_OFF || vms[0].life.state == LIFE_CRASHED;
}

/* One that has used its budget goes on by itself. */
static bool is_any_spent(void)
{
	bool spent = false;

	for (uint32_t e = 0; e < vm_sched.nr_entities; e++) {
		spent = spent || vm_sched.entity[e].state == SCHED_SPENT;
	}
	return spent;
}

static const char *rests(void)
{
	static char why[128];

	if (is_any_spent()) {
		return NULL;
	}
	for (uint32_t v = 0; v < vm_count; v++) {
		for (uint32_t n = 0; vms[v].vgic && n < vms[v].nr_vcpus; n++) {
			if (mix->weight[MIX_MANAGE] && is_on(v, n) && untold[v]) {
				return "a manager sleeps, and was not told of a change";
			}
		}
	}

	for (uint32_t v = 0; v < vm_count; v++) {
		for (uint32_t intid = 0; intid < 64; intid++) {
			for (uint32_t n = 0; n < vms[v].nr_vcpus; n++) {
				bool mine = intid < 32 || (targets(v, intid) >> n & 1);

				if (mine && is_on(v, n) && is_owed(v, n, intid)) {
					snprintf(why, sizeof(why),
						 "vCPU %u.%u sleeps and has not had interrupt %u",
						 v, n, intid);
					return why;
				}
			}
		}
	}
	for (uint32_t d = 0; d < 2; d++) {
		uint32_t to = targets(1, DEVICE_LEVEL + d);

		for (uint32_t n = 0; n < 2; n++) {
			if (rig.device[d].asks && is_on(1, n) && (to >> n & 1)) {
				return d ? "a device's edge is lost" : "a device's level is lost";
			}
		}
	}
	is_stuck = is_over_now();
	if (is_stuck) {
		rig_done();
	}
	return NULL;
}

/* The counter stands still while its partition is paused. Other CPUs may run between the moment at
 * which the monitor reads the time and this one. */
#define PAUSE_ERROR 1500u

static void check_pause(uint32_t vm)
{
	for (uint32_t n = 0; n < vms[vm].nr_vcpus; n++) {
		uint64_t now = rig.now - vms[vm].vcpus[n].world.cntvoff;

		rig_demand(now >= virtual_now[vm], "the virtual counter goes back by a pause");
		rig_demand(now <= paused_at[vm] + PAUSE_ERROR,
			   "the virtual counter goes on in a pause");
	}
}

static bool is_told(uint8_t state)
{
	return state != LIFE_ENDING && state != LIFE_PAUSING;
}

static void changes(uint32_t vm, uint8_t from)
{
	uint8_t state = vms[vm].life.state;

	rig_told_ends(vm, state);
	if (state == LIFE_ENDING) {
		forget_many(vm);
	}
	for (uint32_t n = 0; n < vm_count && is_told(state); n++) {
		untold[n] |= n == vm ? 0 : BIT32(vm);
	}
	if (state == LIFE_LOADING) {
		virtual_now[vm] = 0;
		untold[vm] = 0; /* it looks at all states when it starts */
	} else if (state == LIFE_PAUSED) {
		paused_at[vm] = rig.now - vms[vm].vcpus[0].world.cntvoff;
	} else if (from == LIFE_PAUSED && state == LIFE_RUNNING) {
		check_pause(vm);
	}
}

static const struct rig_program program = { .step = step,
					    .begins = begins,
					    .takes = takes,
					    .handle = handle,
					    .at_rest = rests,
					    .changes = changes };

/* ---- behind a run ---- */

/* Behind a run that has not failed. NULL, or what is wrong. */
static const char *check(void)
{
	if (!is_stuck && !strstr(rig_output, "plumbline: end: status 0") &&
	    (!mix->weight[MIX_CRASH] || !strstr(rig_output, "plumbline: end: status 1"))) {
		return "the system does not end well";
	}
	return rig_told_wrong(!is_stuck);
}

static void begin_run(void)
{
	memset(virtual_now, 0, sizeof(virtual_now));
	memset(untold, 0, sizeof(untold));
	memset(owed, 0, sizeof(owed));
	memset(credit, 0, sizeof(credit));
	memset(many, 0, sizeof(many));
	is_over = false;
	is_stuck = false;
	memset(resets, 0, sizeof(resets));
	memset(starts, 0, sizeof(starts));
	rig_told_begin();
	begin_devices();
}

/* What the next runs are like. */
static void use(const struct rig_mix *of)
{
	mix = of;
	rig_program = &program;
	rig_begin_run = begin_run;
}

static const char *judge(const struct rig_result *r)
{
	return r->failed ? r->why : check();
}

bool rig_mix_by_chance(const struct rig_mix *of, uint64_t seed, uint32_t runs)
{
	use(of);
	return rig_search_seeds(seed, runs, judge);
}

static bool lay_down(uint64_t seed, uint32_t stride, uint32_t pairs)
{
	const uint32_t kinds = ~(1u << RIG_AT_REGISTER);
	uint32_t points;

	if (!rig_search_laid_down(seed, NULL, 0, kinds, judge, &points)) {
		return false;
	}
	for (uint32_t at = 0; at < points; at += stride) {
		for (uint32_t to = 0; to < rig_nr_cpus; to++) {
			struct rig_preempt p = { at, to };

			if (!rig_search_laid_down(seed, &p, 1, kinds, judge, NULL)) {
				return false;
			}
		}
	}
	for (uint32_t n = 0; n < pairs; n++) {
		uint32_t at = rig_random(points);
		struct rig_preempt p[2] = { { at, rig_random(rig_nr_cpus) },
					    { at + 1 + rig_random(200), rig_random(rig_nr_cpus) } };

		if (!rig_search_laid_down(seed, p, 2, kinds, judge, NULL)) {
			return false;
		}
	}
	return true;
}

bool rig_mix_laid_down(const struct rig_mix *of, uint64_t seed, uint32_t seeds, uint32_t stride,
		       uint32_t pairs)
{
	struct rig_mix few = *of;
	bool good = true;

	few.actions = of->few;
	few.devices = of->devices ? 2 : 0;
	few.typed = of->typed ? 1 : 0;
	use(&few);
	for (uint64_t n = seed; n < seed + seeds; n++) {
		good = lay_down(n, stride, pairs) && good;
	}
	use(of);
	return good;
}
