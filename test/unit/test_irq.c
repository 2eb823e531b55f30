/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hyp/core/irq.c: a private interrupt of the performance monitors, or of a timer, that comes when
 * the vCPU whose it was has left the CPU. Nobody ends it then, so the monitor must: an interrupt
 * that stays active is never signalled again (IHI 0048B 3.2.4).
 */
#include "test/unit/hw_log.h"
#include "hyp/core/cpu.h"
#include "hyp/core/exit.h"
#include "hyp/core/facts.h"
#include "hyp/core/halt.h"
#include "hyp/core/irq.h"
#include "hyp/core/log.h"
#include "hyp/core/phys.h"
#include "hyp/core/report.h"
#include "hyp/core/run.h"
#include "hyp/core/tick.h"
#include "hyp/core/trace.h"
#include "hyp/core/tty.h"
#include "hyp/core/vm.h"
#include "hyp/core/vpmu.h"
#include "hyp/core/vsync.h"
#include "hyp/core/vtimer.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/timer.h"
#include "vgic/vgic_hw.h"
#include <setjmp.h>

#define SPURIOUS 1023u
#define KICK	 0u
#define UART	 33u
#define PMU	 21u /* the board's */
#define GUESTS	 23u /* of guests */

struct vm vms[MANIFEST_MAX_PARTITIONS];
struct cpu cpus[BOARD_MAX_CPUS];
struct board facts_board = { .timer_virt_intid = 27,
			     .timer_phys_intid = 30,
			     .timer_hyp_intid = 26,
			     .maintenance_intid = 25,
			     .uart_intid = UART };
uint32_t vpmu_intid = PMU;
struct sched vm_sched;

static struct vm vm;
static struct vcpu vcpu;
static uint32_t pending;
static uint32_t active; /* INTID, or SPURIOUS */
static bool uart_asks;	/* without end */
static bool storm;	/* a kick pends whenever the CPU looks ... */
static uint8_t kick_priority = 0x60;
static uint32_t kicks; /* ... and so many have been taken */

uint32_t gic_acknowledge(void)
{
	uint32_t iar = pending;

	hw_log_event("iar");

	/* IHI 0048B 3.3.1: the lowest value first; what is not a kick has 0xa0 */
	if (storm && (kick_priority < 0xa0 || pending == SPURIOUS)) {
		kicks++;
		active = KICK;
		return KICK;
	}
	pending = uart_asks && iar == UART ? UART : SPURIOUS;
	active = iar == SPURIOUS ? active : iar;
	return iar;
}

void gic_drop(uint32_t iar)
{
	CHECK_EQ(iar, active);
}

static const struct cpu *deactivated_on; /* the last */

void gic_deactivate(uint32_t iar)
{
	CHECK_EQ(iar, active);
	active = SPURIOUS;
	deactivated_on = cpu_this();
}

void gic_set_active(uint32_t intid, bool on)
{
	hw_log_event(on ? "gic active" : "gic inactive");
	active = on ? intid : SPURIOUS;
}

void gic_set_active_own(uint32_t mask, bool on)
{
	(void)mask, (void)on;
	CHECK(false); /* its vCPUs have a GIC */
}

void trace_kick(struct cpu *cpu, uint32_t target)
{
	(void)cpu, (void)target;
	CHECK(false); /* no CPU is traced */
}

void trace_remote(struct cpu *cpu, const struct vcpu *of)
{
	(void)cpu, (void)of;
	CHECK(false);
}

void gic_set_priority(uint32_t intid, uint8_t priority)
{
	CHECK_EQ(intid, KICK);
	kick_priority = priority;
}

void gic_enable(uint32_t intid)
{
	(void)intid;
}

void gic_disable(uint32_t intid)
{
	(void)intid;
}

void gic_set_edge(uint32_t intid, bool edge)
{
	(void)intid;
	(void)edge;
}

/* A device's interrupt in a GIC that keeps what pends by the CPUs it came for. */
#define DEVICE 40u

static struct {
	uint8_t target, pending; /* CPU masks */
	bool edge, line;
	uint32_t latched; /* by GICD_ISPENDR */
} device;

void gic_clear_pending(uint32_t intid)
{
	CHECK_EQ(intid, DEVICE);
	device.pending = 0;
	hw_log_event("gic clear");
}

void gic_set_pending(uint32_t intid)
{
	CHECK_EQ(intid, DEVICE);
	CHECK(device.edge); /* a level that falls would leave it pending */
	device.pending |= device.target;
	device.latched++;
}

bool gic_is_edge(uint32_t intid)
{
	CHECK_EQ(intid, DEVICE);
	return device.edge;
}

void gic_target(uint32_t intid, uint8_t cpu_mask)
{
	CHECK_EQ(intid, DEVICE);
	device.target = cpu_mask;
	hw_log_event("gic target");
}

/* The levels of lines that were passed through or are the monitors': bit n, INTID n. */
static uint64_t high;

uint32_t gic_pending(uint32_t word)
{
	uint32_t device_is_pending = device.line || device.pending || (high >> DEVICE & 1u);

	hw_log_event("gic look");
	return (uint32_t)(high >> 32 * word) |
	       (word == DEVICE / 32 ? device_is_pending << DEVICE % 32 : 0);
}

bool gic_is_pending(uint32_t intid)
{
	hw_log_event("gic look");
	if (intid == DEVICE && (device.edge || device.line)) {
		return device.line || device.pending;
	}
	return high >> intid & 1u;
}

void log_line(const char *format, ...)
{
	CHECK(!format);
}

static uint32_t served, wakes; /* at the wakes-th one a vCPU of this CPU's wakes up */

bool tty_irq(void)
{
	CHECK(uart_asks);
	if (served > 1000) {
		printf("FAIL irq: it polls for ever\n");
		exit(EXIT_FAILURE);
	}
	if (++served == wakes) {
		cpus[0].resched = true;
	}
	return false;
}

void report_go_on(bool asked)
{
	CHECK(!asked);
}

void tick_fired(struct cpu *cpu)
{
	CHECK(!cpu);
}

void vm_kick(struct vm *who, uint32_t mask)
{
	CHECK(who == &vm || who == &vms[0] || !mask);
}

void vgic_hw_write(struct vgic_cif *cif)
{
	cif->dirty = 0;
}

void vgic_hw_read(struct vgic_cif *cif)
{
	CHECK(cif); /* the guest has done nothing */
}

void vgic_hw_look(struct vgic_cif *cif)
{
	CHECK(!cif);
}

uint32_t vgic_hw_read_one(uint32_t lr)
{
	CHECK(lr >= VGIC_MAX_LRS);
	return 0;
}

void vgic_hw_write_one(const struct vgic_lr_write *write)
{
	CHECK(write->lr < 4);
}

void vgic_hw_save(struct vgic_cif *cif, bool folded)
{
	CHECK(!cif && !folded);
}

uint32_t vgic_hw_empty(void)
{
	return 0;
}

uint32_t vgic_hw_ended(struct vgic_cif *cif)
{
	CHECK(!cif);
	return 0;
}

/* No board with an alias. */
uint32_t vgic_hw_remote_empty(const struct vgic_cif *cif)
{
	CHECK(!cif);
	return 0;
}

void vgic_hw_remote_write(struct vgic_cif *cif)
{
	CHECK(!cif);
}

volatile bool halt_wanted;
static jmp_buf parked;

void halt_park(struct cpu *cpu)
{
	CHECK(cpu == &cpus[0]);
	longjmp(parked, 1);
}

/* A vCPU is loaded: of a partition with the property pmu or without, which uses them or does not.
 */
static void load(bool property, bool used)
{
	size_t size = vgic_size(1, 64);
	void *memory = calloc(1, size);

	memset(&vm, 0, sizeof(vm));
	memset(&vcpu, 0, sizeof(vcpu));
	vm.vgic = vgic_init(memory, 1, 64, 4);
	vm.nr_vcpus = 1;
	vm.vcpus = &vcpu;
	vm.life.state = LIFE_RUNNING;
	vcpu.vm = &vm;
	vcpu.cif = vgic_cif(vm.vgic, 0);
	vcpu.pmu_used = used;
	if (property) {
		vgic_phys_set_owner(vm.vgic, GUESTS, VGIC_OWNER_PASSED, PMU);
	}
	vgic_load(vm.vgic, 0);
	cpus[0].loaded = &vcpu;
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[0];
	*hw_log_register("PMCR") = 0x41002001; /* B4.1: E; the cycle counter's interrupt */
	*hw_log_register("PMINTENSET") = 0x80000000;
	*hw_log_register("PMOVSR") = 0x80000001;
	active = SPURIOUS;
	pending = PMU;
}

static bool held(void)
{
	return vgic_phys_held(vm.vgic, 0, GUESTS);
}

/* The timer's interrupt, as it was signalled, and what the timer of the loaded vCPU says: whose it
 * was has just left, and its level has not yet fallen at the GIC. */
static void timers(void)
{
	static const struct {
		uint32_t ctl; /* B4.1.27: ENABLE, IMASK, ISTATUS */
		bool is_due;
	} table[] = { { 5, true }, { 1, false }, { 0, false }, { 4, false }, { 7, false } };

	for (uint32_t n = 0; n < 2 * ARRAY_SIZE(table); n++) {
		uint32_t intid = n % 2 ? 27 : 30;
		bool is_due = table[n / 2].is_due;

		load(false, false);
		vgic_phys_set_owner(vm.vgic, intid, VGIC_OWNER_TIMER, intid);
		pending = intid;
		*hw_log_register("CNTV_CTL") = n % 2 ? table[n / 2].ctl : is_due ? 0 : 5;
		*hw_log_register("CNTP_CTL") = n % 2 ? is_due ? 0 : 5 : table[n / 2].ctl;
		irq_poll(&cpus[0]);
		CHECK_EQ(vgic_phys_held(vm.vgic, 0, intid), is_due);
		CHECK_EQ(active, is_due ? intid : SPURIOUS);
		free(vm.vgic);
	}
}

/* What is held is looked at where its line is: the timers' own registers, the distributor for the
 * others, and nothing for what is not there (the guest's write has arrived before: A3.8.3). */
static void lines(void)
{
	static const uint32_t intids[] = { 27, 30, GUESTS, DEVICE };
	static const uint32_t physids[] = { 27, 30, PMU, DEVICE };

	for (uint32_t n = 0; n < 2 * ARRAY_SIZE(intids); n++) {
		uint32_t intid = intids[n / 2];
		bool is_high = n % 2;
		vgic_kick_t kick = 0;

		load(true, true);
		vgic_phys_set_owner(vm.vgic, 27, VGIC_OWNER_TIMER, 27);
		vgic_phys_set_owner(vm.vgic, 30, VGIC_OWNER_TIMER, 30);
		vgic_phys_set_owner(vm.vgic, DEVICE, VGIC_OWNER_PASSED, DEVICE);
		*hw_log_register("CNTV_CTL") = intid == 27 && is_high ? 5 : 1;
		*hw_log_register("CNTP_CTL") = intid == 30 && is_high ? 5 : 7;
		high = is_high ? UINT64_C(1) << physids[n / 2] : 0;
		vgic_phys_fired(vm.vgic, 0, intid, &kick);
		hw_log_clear();
		active = physids[n / 2];
		vsync_fold(&vcpu);
		CHECK_EQ(hw_log_count('e', "hw_dsb"), 1);
		/* Once more where it goes to another CPU: does it pend there? */
		CHECK_EQ(hw_log_count('e', "gic look"),
			 (physids[n / 2] != intid || intid == DEVICE) +
				 (intid == DEVICE && !is_high));
		CHECK(hw_log_find(0, 'e', "gic look") == HW_LOG_NONE ||
		      hw_log_find(0, 'e', "hw_dsb") < hw_log_find(0, 'e', "gic look"));
		CHECK_EQ(vgic_phys_held(vm.vgic, 0, intid), is_high);
		CHECK_EQ(vgic_has_pending(vm.vgic, 0), false); /* not enabled */
		CHECK_EQ(active, is_high ? physids[n / 2] : SPURIOUS);
		free(vm.vgic);
	}
}

/* The vCPU's timer and a device have fired. */
static void load_held(vgic_kick_t *kick)
{
	load(true, true);
	vgic_phys_set_owner(vm.vgic, 27, VGIC_OWNER_TIMER, 27);
	vgic_phys_set_owner(vm.vgic, DEVICE, VGIC_OWNER_PASSED, DEVICE);
	vgic_phys_fired(vm.vgic, 0, 27, kick);
	vgic_phys_fired(vm.vgic, 0, DEVICE, kick);
}

/* A vCPU that comes to a CPU has its own lines not there yet; a device's are there for all. */
static void lines_of_others(void)
{
	vgic_kick_t kick = 0;

	load_held(&kick);
	*hw_log_register("CNTV_CTL") = 0;
	high = 0;
	vsync_load((struct vgic_locked) { &vm }, &vcpu);
	CHECK(vgic_phys_held(vm.vgic, 0, 27));
	CHECK(!vgic_phys_held(vm.vgic, 0, DEVICE));
	vgic_phys_fired(vm.vgic, 0, DEVICE, &kick);
	active = DEVICE;
	vsync_look_at_spi((struct vgic_locked) { &vm }, DEVICE);
	CHECK(!vgic_phys_held(vm.vgic, 0, DEVICE));
	CHECK_EQ(active, SPURIOUS);
	hw_log_clear();
	vsync_look_at_spi((struct vgic_locked) { &vm }, DEVICE);
	CHECK_EQ(hw_log_length, 0);
	free(vm.vgic);
}

/* A private interrupt can be deactivated by its own CPU only (IHI 0048B 3.2.2). A fold finds that
 * the line of one has fallen; before the rest of the vCPU's work, another CPU looks at a device's
 * line, and does what it finds to do. */
static void own_line_before_another_cpu(void)
{
	load_held(&(vgic_kick_t) { 0 });
	*hw_log_register("CNTV_CTL") = 7; /* ENABLE, IMASK, ISTATUS */
	high = UINT64_C(1) << DEVICE;
	active = 27;
	deactivated_on = NULL;
	vsync_fold(&vcpu);
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[1];
	vsync_look_at_spi((struct vgic_locked) { &vm }, DEVICE);
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[0];
	vsync_work(&vcpu, vgic_cif_work(vcpu.cif));
	CHECK(deactivated_on == &cpus[0]);
	CHECK(!vgic_phys_held(vm.vgic, 0, 27));
	CHECK(vgic_phys_held(vm.vgic, 0, DEVICE));
	free(vm.vgic);
}

static void devices(bool edge, bool line, uint8_t pending_for)
{
	load(false, false);
	vgic_phys_set_owner(vm.vgic, DEVICE, VGIC_OWNER_PASSED, DEVICE);
	memset(&device, 0, sizeof(device));
	device.edge = edge;
	device.line = line;
	device.pending = pending_for;
	device.target = 2;
	cpus[0].gic_mask = 1;
	cpus[1].gic_mask = 2;
	cpus[0].kick = 1;
	cpus[1].kick = 2;
	high = 0;
	active = DEVICE;
	hw_log_clear();
}

/* An edge that came while the interrupt was active, ended on another CPU than it came for: it pends
 * there, once, and before it is inactive. */
static void edge_moves(void)
{
	for (uint32_t n = 0; n < 8; n++) {
		bool edge = n & 1, line = n & 2;
		uint8_t pends = n & 4 ? 2 : 0;

		devices(edge, line && !edge, edge ? pends : 0);
		phys_release((struct vgic_locked) { &vm }, DEVICE);
		CHECK_EQ(device.target, 1);
		CHECK_EQ(device.pending, edge && pends ? 1 : 0);
		CHECK_EQ(device.latched, edge && pends ? 1 : 0);
		CHECK(hw_log_find(0, 'e', "gic target") < hw_log_find(0, 'e', "gic inactive"));
		CHECK_EQ(active, SPURIOUS);
		free(vm.vgic);
	}
}

static void guest_writes(uint32_t offset, uint32_t value)
{
	struct mmio mmio = { offset, 4, true, value };
	vgic_kick_t kick = 0;

	vgic_dist_access(vm.vgic, 0, &mmio, &kick);
}

/* The device's interrupt, its partition's first, where list registers have the HW bit. */
static void fires_with_hw_bit(void)
{
	phys_trust_hw_bit();
	phys_owner[DEVICE] = 1;
	vms[0].vgic = vm.vgic;
	vms[0].vcpus = &vcpu;
	vms[0].nr_vcpus = 1;
	vms[0].life.state = LIFE_RUNNING;
	pending = DEVICE;
	irq_poll(&cpus[0]);
}

static void end_with_hw_bit(void)
{
	phys_owner[DEVICE] = 0;
	one_reset(); /* phys_trust_hw_bit */
	free(vm.vgic);
}

/* The same where the vCPU that is to end it is loaded on another CPU: before it can. */
static void edge_follows(void)
{
	static struct life_vcpu life;

	for (uint32_t n = 0; n < 2; n++) {
		devices(true, false, n ? 1 : 0);
		device.target = 1;
		vcpu.life = &life;
		life.loaded_on = 1;
		guest_writes(0x000, 1);
		guest_writes(0x104, 1u << (DEVICE - 32));
		fires_with_hw_bit();
		CHECK_EQ(device.target, 2);
		CHECK_EQ(device.pending, n ? 2 : 0);
		CHECK_EQ(active, DEVICE);
		end_with_hw_bit();
	}
}

/* And where nobody is woken by it, as it is disabled, or its vCPU would not be signalled it: with
 * the HW bit no exit tells who ends it later. Not before its vCPU has been on any CPU. */
static void edge_follows_who_is_not_woken(void)
{
	static struct life_vcpu life;

	for (uint32_t n = 0; n < 3; n++) {
		devices(true, false, 0);
		device.target = 1;
		vcpu.life = &life;
		life.loaded_on = SCHED_NO_CPU;
		vgic_cif(vm.vgic, 0)->vmcr = 0;
		vm_sched.entity[vcpu.entity].cpu = n == 2 ? SCHED_NO_CPU : 1;
		guest_writes(0x000, 1);
		guest_writes(0x104, n == 0 ? 0 : 1u << (DEVICE - 32));
		vgic_unload(vm.vgic, 0, &(vgic_kick_t) { 0 });
		fires_with_hw_bit();
		CHECK(vgic_phys_held(vm.vgic, 0, DEVICE));
		CHECK_EQ(device.target, n == 2 ? 1 : 2);
		end_with_hw_bit();
	}
	vm_sched.entity[vcpu.entity].cpu = 0;
}

/* The same where it sleeps: the next one comes where it ran last, not to another's CPU for ever. */
static void edge_follows_a_sleeper(void)
{
	static struct life_vcpu life;

	devices(true, false, 0);
	device.target = 1;
	vcpu.life = &life;
	life.loaded_on = SCHED_NO_CPU;
	vm_sched.entity[vcpu.entity].cpu = 1;
	guest_writes(0x000, 1);
	guest_writes(0x104, 1u << (DEVICE - 32));
	fires_with_hw_bit();
	CHECK_EQ(device.target, 2);
	end_with_hw_bit();
}

/* Another life: what pended for the one before goes, and what comes from now on finds its CPU. */
static void given(void)
{
	static struct manifest_partition config;

	for (uint32_t n = 0; n < 2; n++) {
		devices(n == 0, false, 2);
		config.affinity[0] = 1;
		config.nr_devices = 1;
		config.device[0].nr_interrupts = 1;
		config.device[0].intid[0] = DEVICE;
		config.device[0].edges = n == 0;
		vm.config = &config;
		facts_board.nr_cpus = 2;
		phys_give(&vm);
		CHECK_EQ(device.target, 1);
		CHECK_EQ(device.pending, 0);
		CHECK_EQ(device.latched, 0);
		CHECK(hw_log_find(0, 'e', "gic target") < hw_log_find(0, 'e', "gic clear"));
		phys_owner[DEVICE] = 0;
		free(vm.vgic);
	}
}

static void owners(void)
{
	load(true, true);
	irq_poll(&cpus[0]);
	CHECK(held());
	CHECK_EQ(active, PMU); /* until the guest ends it */
	free(vm.vgic);
}

static void of_one_that_has_left(void)
{
	load(true, false);
	irq_poll(&cpus[0]);
	CHECK(!held());
	CHECK_EQ(active, SPURIOUS);
	free(vm.vgic);
}

/* It has monitors of its own, which do not ask: off, or another counter's, or none. */
static void of_one_before(void)
{
	static const uint32_t rows[][3] = { { 0x41002000, 0x80000000, 0x80000000 },
					    { 0x41002001, 0x80000000, 0x00000001 },
					    { 0x41002001, 0x00000000, 0xffffffff } };

	for (uint32_t n = 0; n < ARRAY_SIZE(rows); n++) {
		load(true, true);
		*hw_log_register("PMCR") = rows[n][0];
		*hw_log_register("PMINTENSET") = rows[n][1];
		*hw_log_register("PMOVSR") = rows[n][2];
		irq_poll(&cpus[0]);
		CHECK(!held());
		CHECK_EQ(active, SPURIOUS);
		free(vm.vgic);
	}
}

static void no_owner(void)
{
	load(false, false);
	irq_poll(&cpus[0]);
	CHECK(!held());
	CHECK_EQ(active, SPURIOUS);
	free(vm.vgic);
}

static void nobody_is_loaded(void)
{
	load(true, true);
	cpus[0].loaded = NULL;
	irq_poll(&cpus[0]);
	CHECK(!held());
	CHECK_EQ(active, SPURIOUS);
	free(vm.vgic);
}

/* A guest on another CPU sends SGIs without end. One exit takes one kick. */
static void kicks_without_end(void)
{
	load(true, true);
	storm = true;
	kicks = 0;
	for (uint32_t exits = 0; exits < 20 && pending == PMU; exits++) {
		irq_handle(&cpus[0], gic_acknowledge()); /* as exit_irq does */
	}
	CHECK(held());	    /* the other interrupt has had its turn */
	CHECK(kicks <= 20); /* soon */
	CHECK(kick_priority < 0xa0);
	storm = false;
	free(vm.vgic);
}

/* The same, and a device that asks without end while kicks go last: they have their turn again. */
static void kicks_and_a_device_without_end(void)
{
	load(true, true);
	storm = true;
	uart_asks = true;
	pending = UART;
	for (uint32_t exits = 0; exits < 40; exits++) {
		irq_handle(&cpus[0], gic_acknowledge());
	}
	CHECK(kick_priority < 0xa0);
	storm = false;
	uart_asks = false;
	pending = SPURIOUS;
	free(vm.vgic);
}

/* A device's interrupt, acknowledged just before its partition's end took it back, belongs to
 * nobody: not to the next life either. While that one is loaded it does. While the partition's
 * vCPUs leave, a level would come again and again: it is held, and the VGIC's reset lets it go. */
static void of_an_ended_life(void)
{
	static const struct {
		uint8_t state;
		bool holds;
	} lives[] = {
		{ LIFE_RUNNING, true }, { LIFE_LOADING, true },	 { LIFE_ENDING, true },
		{ LIFE_OFF, false },	{ LIFE_CRASHED, false },
	};

	for (uint32_t n = 0; n < sizeof(lives) / sizeof(lives[0]); n++) {
		devices(true, false, 0);
		vm.life.state = lives[n].state;
		vms[0] = vm;
		phys_owner[DEVICE] = 1;
		pending = DEVICE;
		irq_handle(&cpus[0], gic_acknowledge());
		CHECK_EQ(vgic_phys_held(vm.vgic, 0, DEVICE), lives[n].holds);
		CHECK_EQ(active, lives[n].holds ? DEVICE : SPURIOUS);
		phys_owner[DEVICE] = 0;
		free(vm.vgic);
	}
	memset(&vms[0], 0, sizeof(vms[0]));
}

/* The monitor's own loops go on when an interrupt has given this CPU something to do, after one
 * more, and at times at least: whoever waits is not the UART's. */
static void poll_ends(void)
{
	uart_asks = true;
	pending = UART;
	served = 0;
	cpus[0].resched = false;
	irq_poll(&cpus[0]);
	CHECK_EQ(served, 16);
	served = 0;
	wakes = 3;
	irq_poll(&cpus[0]);
	CHECK_EQ(served, 4);
	CHECK(cpus[0].resched);
	served = 0;
	irq_poll(&cpus[0]); /* but one is taken, or none would ever be */
	CHECK_EQ(served, 1);
	uart_asks = false;
	pending = SPURIOUS;
	wakes = 0;
	cpus[0].resched = false;
}

/* SGI 0 when the system ends (hyp/core/halt.c): this CPU goes no further. Else it only wakes. */
static void the_end(void)
{
	volatile bool went_on = false;

	for (uint32_t n = 0; n < 2; n++) {
		load(false, false);
		pending = 0;
		halt_wanted = n;
		if (setjmp(parked) == 0) {
			irq_poll(&cpus[0]);
			went_on = true;
		}
		CHECK_EQ(went_on, !n);
		went_on = false;
		free(vm.vgic);
	}
	halt_wanted = false;
}

/* ISTATUS may be older than the acknowledge, too (B3.15.5: an ISB makes a change seen). */
static void a_timer_is_asked_after_the_acknowledge(void)
{
	load(false, false);
	vgic_phys_set_owner(vm.vgic, 27, VGIC_OWNER_TIMER, 27);
	pending = 27;
	*hw_log_register("CNTV_CTL") = 5;
	hw_log_clear();
	irq_poll(&cpus[0]);
	CHECK(hw_log_between(hw_log_find(0, 'e', "iar"), hw_log_find(0, 'r', "CNTV_CTL"), 'e',
			     "hw_isb"));
	free(vm.vgic);
}

/* A partition without a GIC has its timers active for good (vtimer_hold). */
static void no_gic(void)
{
	struct vgic *vgic;

	load(false, false);
	vgic = vm.vgic;
	vm.vgic = NULL;
	pending = 27;
	*hw_log_register("CNTV_CTL") = 5;
	irq_poll(&cpus[0]);
	CHECK_EQ(active, 27);
	free(vgic);
}

static const struct test_case cases[] = {
	{ "a_timer_is_asked_after_the_acknowledge", a_timer_is_asked_after_the_acknowledge },
	{ "no_gic", no_gic },
	{ "owners", owners },
	{ "of_one_that_has_left", of_one_that_has_left },
	{ "of_one_before", of_one_before },
	{ "no_owner", no_owner },
	{ "nobody_is_loaded", nobody_is_loaded },
	{ "kicks_without_end", kicks_without_end },
	{ "kicks_and_a_device_without_end", kicks_and_a_device_without_end },
	{ "timers", timers },
	{ "lines", lines },
	{ "lines_of_others", lines_of_others },
	{ "own_line_before_another_cpu", own_line_before_another_cpu },
	{ "edge_moves", edge_moves },
	{ "edge_follows", edge_follows },
	{ "edge_follows_a_sleeper", edge_follows_a_sleeper },
	{ "edge_follows_who_is_not_woken", edge_follows_who_is_not_woken },
	{ "given", given },
	{ "of_an_ended_life", of_an_ended_life },
	{ "poll_ends", poll_ends },
	{ "the_end", the_end },
};

TEST_MAIN("irq", cases)
