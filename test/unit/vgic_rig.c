/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The monitor around the VGIC of a test: hyp/core/vsync.c as it is, in a partition of which nothing
 * else is there. What it calls is played here, on the list registers of test_vgic.h: each of the
 * CPUs has one vCPU. A call that hardware or the locks do not allow counts as a failed check.
 */
#include "hyp/core/phys.h"
#include "hyp/core/remote.h"
#include "hyp/core/trace.h"
#include "hyp/core/vm.h"
#include "hyp/core/vsync.h"
#include "hyp/hw/gic.h"
#include "test/unit/test_vgic.h"
#include "vgic/vgic_hw.h"
#include "vgic/vgic_state.h"

struct rig_glue {
	struct vm vm;
	struct vcpu vcpu[]; /* nr_vcpus */
};

/* The CPU that runs the monitor, by the vCPU that is on it. */
static struct {
	struct rig *rig;
	uint32_t v;
	uint32_t ranks; /* bit n: a lock of rank n is held */
	bool arrived;	/* what the guest wrote, at its device: a DSB */
	uint32_t ended; /* physical interrupts deactivated, in this hold of the lock */
} now;

#define PIECE 8u /* as docs/real-time.md says */

static void rig_demand(bool ok, const char *what)
{
	if (!ok) {
		(*now.rig->failures)++;
		printf("vCPU %u: %s\n", now.v, what);
	}
}

static struct vcpu *rig_on(struct rig *rig, uint32_t v)
{
	now.rig = rig;
	now.v = v;
	now.arrived = false;
	return &rig->glue->vcpu[v];
}

/* ---- locks, barriers, the timers' control registers ---- */

void fake_lock_take(struct lock *lock, uint32_t rank)
{
	rig_demand(lock == &now.rig->glue->vm.vgic_lock && rank != 0, "a lock of somebody else");
	rig_demand(!lock->rank && now.ranks >> rank == 0, "a lock is taken out of order");
	lock->rank = rank;
	now.ranks |= 1u << rank;
	now.ended = 0;
}

void fake_lock_drop(struct lock *lock)
{
	rig_demand(lock->rank != 0, "a lock is dropped that is not held");
	now.ranks &= ~(1u << lock->rank);
	lock->rank = 0;
}

void fake_barrier(enum fake_barrier which)
{
	now.arrived = now.arrived || which == FAKE_DSB;
}

/* Is the line of what is held high? */
static bool rig_is_high(uint32_t physid)
{
	rig_demand(now.ranks != 0, "a line is looked at without the lock");
	rig_demand(now.arrived, "a line is looked at before the guest's writes have arrived");
	rig_demand(now.rig->physical[physid], "a line is looked at, and nothing is held");
	return !now.rig->low[physid];
}

/* Which is told to choose again, if a watched line has fallen: nobody looks here. */
static struct cpu rig_cpu_this;

/* CNTx_CTL (ARM ARM B4.1.27): enabled, and ISTATUS; of the vCPU that is on this CPU. */
static uint64_t rig_timer(enum fake_sysreg reg)
{
	uint32_t timer = reg == FAKE_CNTV_CTL ? 27 : 30;
	uint32_t intid = timer;
	uint32_t physid = 0;
	bool held = vgic_phys_level_next(now.rig->vgic, now.v, &intid, &physid);

	rig_demand(reg == FAKE_CNTV_CTL || reg == FAKE_CNTP_CTL, "no register of a timer");
	rig_demand(now.rig->cpu[now.v].loaded, "a timer of a vCPU that is not there");
	rig_demand(held && intid == timer, "a timer that is not held");
	return rig_is_high(physid) ? 5 : 1;
}

uint64_t fake_sysreg_read(enum fake_sysreg reg)
{
	return reg == FAKE_HTPIDR ? (uintptr_t)&rig_cpu_this : rig_timer(reg);
}

/* ---- the physical GIC, and who drives it ---- */

/* Weak: test_passed has the driver, and a distributor for it. */
__attribute__((weak)) bool gic_is_pending(uint32_t intid)
{
	return rig_is_high(intid);
}

/* Some tests give an SPI a physical interrupt of another number: the word is that of the SPIs. */
__attribute__((weak)) uint32_t gic_pending(uint32_t word)
{
	uint32_t intid = 32 * word;
	uint32_t physid, pending = 0;

	for (; vgic_phys_level_next(now.rig->vgic, now.v, &intid, &physid) && intid / 32 == word;
	     intid++) {
		pending |= (uint32_t)rig_is_high(physid) << intid % 32;
	}
	return pending;
}

/* Its guest has ended it: it was active. */
static void rig_deactivate(uint32_t physid)
{
	rig_demand(now.ranks != 0, "deactivated without the lock");
	rig_demand(now.rig->physical[physid], "deactivated, though it is not active");
	rig_demand(++now.ended <= PIECE, "too many are deactivated at once");
	now.rig->physical[physid] = 0;
	now.rig->deactivated++;
}

__attribute__((weak)) void gic_deactivate(uint32_t iar)
{
	rig_demand(iar < VGIC_NR_PRIVATE, "a device's, where none is meant");
	rig_deactivate(iar);
}

void phys_release_device(struct vgic_locked held, uint32_t physid)
{
	(void)held;
	rig_deactivate(physid);
}

void phys_change_trigger(uint32_t intid, bool edge)
{
	rig_demand(now.ranks != 0, "a trigger is changed without the lock");
	if (now.rig->on_trigger) {
		now.rig->on_trigger(intid, edge);
	}
}

/* ---- kicks ---- */

/* Served by rig_settle, or when a test likes. Who kicks looks by itself before its guest goes on.
 */
void vm_kick(struct vm *vm, uint32_t mask)
{
	rig_demand(vm == &now.rig->glue->vm && now.ranks == 0, "a kick with a lock held");
	rig_demand(mask >> vm->nr_vcpus == 0, "a kick for nobody");
	rig_demand((mask >> now.v & 1) == 0, "a vCPU kicks itself");
	now.rig->kick |= mask;
}

/* ---- list registers ---- */

/* The caller has the lock, and means the CPU that it runs on. */
static struct rig *rig_hw(const struct vgic_cif *cif)
{
	rig_demand(now.ranks != 0, "list registers without the lock");
	rig_demand(cif == vgic_cif(now.rig->vgic, now.v), "another vCPU's list registers");
	rig_demand(now.rig->cpu[now.v].loaded, "list registers of a vCPU that is on no CPU");
	return now.rig;
}

void vgic_hw_read(struct vgic_cif *cif)
{
	hw_read(rig_hw(cif), now.v);
	now.rig->cpu[now.v].syncs++;
}

uint32_t vgic_hw_empty(void)
{
	return hw_elrsr(now.rig, now.v);
}

uint32_t vgic_hw_ended(struct vgic_cif *cif)
{
	uint32_t ended = hw_eisr(rig_hw(cif), now.v);

	for (uint32_t n = 0; n < now.rig->nr_lrs; n++) {
		if ((ended & ~cif->used) >> n & 1) {
			cif->lr[n] = 0;
			cif->dirty |= 1u << n;
		}
	}
	return ended;
}

void vgic_hw_write(struct vgic_cif *cif)
{
	hw_write(rig_hw(cif), now.v);
}

/* Another CPU's, with the lock, and through the alias of the CPU that has the vCPU. */
static uint32_t rig_remote(const struct vgic_cif *cif)
{
	uint32_t v = cif->gic_cpu;

	rig_demand(now.ranks != 0, "list registers without the lock");
	rig_demand(v < now.rig->nr_vcpus && cif == vgic_cif(now.rig->vgic, v), "the wrong alias");
	rig_demand(now.rig->cpu[v].loaded, "list registers of a vCPU that is on no CPU");
	return v;
}

uint32_t vgic_hw_remote_empty(const struct vgic_cif *cif)
{
	return hw_elrsr(now.rig, rig_remote(cif));
}

/* No CPU of this rig is traced. */
void trace_remote(struct cpu *cpu, const struct vcpu *vcpu)
{
	(void)cpu, (void)vcpu;
	rig_demand(false, "a trace");
}

void vgic_hw_remote_write(struct vgic_cif *cif)
{
	uint32_t v = rig_remote(cif);

	rig_demand(!(cif->dirty & ~remote_reach), "a list register that the alias does not reach");
	rig_demand(!(cif->dirty & ~hw_elrsr(now.rig, v)), "a list register that is not empty");
	rig_demand(!cif->hcr_dirty, "HCR through the alias");
	hw_write(now.rig, v);
}

static struct rig_cpu *rig_hw_cpu(void)
{
	return &rig_hw(vgic_cif(now.rig->vgic, now.v))->cpu[now.v];
}

uint32_t vgic_hw_read_one(uint32_t lr)
{
	struct rig_cpu *cpu = rig_hw_cpu();

	rig_demand(lr < now.rig->nr_lrs, "no such list register");
	cpu->reads++;
	return cpu->lr[lr];
}

void vgic_hw_write_one(const struct vgic_lr_write *write)
{
	struct rig_cpu *cpu = rig_hw_cpu();
	const struct vgic_cif *cif = vgic_cif(now.rig->vgic, now.v);

	rig_demand(write->lr < now.rig->nr_lrs, "no such list register");
	rig_demand(cif->lr[write->lr] == write->value, "the mirror shows something else");
	rig_demand(!cif->dirty && !cif->hcr_dirty, "others are to be written, too");
	cpu->lr[write->lr] = write->value;
	cpu->writes++;
	cpu->alone++;
}

void vgic_hw_look(struct vgic_cif *cif)
{
	(void)rig_hw(cif);
	hw_look(now.rig, now.v);
}

/* VMCR and APR stay where they are: no CPU has another vCPU. */
void vgic_hw_save(struct vgic_cif *cif, bool folded)
{
	struct rig_cpu *cpu = &rig_hw(cif)->cpu[now.v];

	if (!folded) {
		hw_read(now.rig, now.v);
	}
	hw_look(now.rig, now.v);
	memset(cpu->lr, 0, sizeof(cpu->lr));
	cpu->hcr = 0;
}

void vgic_hw_restore(struct vgic_cif *cif)
{
	const struct rig_cpu *cpu = &rig_hw(cif)->cpu[now.v];

	for (uint32_t n = 0; n < now.rig->nr_lrs; n++) {
		rig_demand(cpu->lr[n] == 0, "a list register of the one before");
	}
	cif->dirty = cif->used;
	cif->hcr_dirty = true;
	hw_write(now.rig, now.v);
}

/* ---- the monitor, from outside ---- */

void rig_set_reach(struct rig *rig, uint32_t lrs)
{
	remote_reach = lrs;
	vgic_set_reach(rig->vgic, lrs);
}

void rig_raises(struct rig *rig, uint32_t intid, bool level)
{
	struct irq_line line = { intid < 32 ? IRQ_LINE_PPI : IRQ_LINE_SPI, 0, intid };
	vgic_kick_t kick = 0;
	struct vgic_locked held;

	now.rig = rig;
	held = vm_lock_vgic(&rig->glue->vm);
	rig_demand(vgic_set_line(rig->vgic, &line, level, &kick) == 0, "a line is refused");
	rig->kick |= remote_do(held, kick);
	vm_unlock_vgic(held);
}

void rig_begin(struct rig *rig, unsigned *failures)
{
	struct rig_glue *glue = calloc(1, sizeof(*glue) + rig->nr_vcpus * sizeof(glue->vcpu[0]));

	rig->glue = glue;
	rig->failures = failures;
	glue->vm.vgic = rig->vgic;
	glue->vm.nr_vcpus = rig->nr_vcpus;
	glue->vm.vcpus = glue->vcpu;
	for (uint32_t v = 0; v < rig->nr_vcpus; v++) {
		glue->vcpu[v].vm = &glue->vm;
		glue->vcpu[v].index = v;
		glue->vcpu[v].cif = vgic_cif(rig->vgic, v);
	}
}

void rig_free(struct rig *rig)
{
	free(rig->glue);
	free(rig->vgic);
}

/* Nothing is left to be asked of the physical GIC, and what the mirror says of it is so. */
static void rig_nothing_left(void)
{
	struct vgic *vgic = now.rig->vgic;
	const struct vgic_cif *cif = vgic_cif(vgic, now.v);
	uint32_t intid = 0, physid = 0;
	bool edge;

	rig_demand(now.ranks == 0, "a lock is still held");
	rig_demand(!cif->has_release && !cif->has_trigger, "the physical GIC is not told");
	rig_demand(!vgic_phys_trigger_next(vgic, now.v, &physid, &edge), "a trigger is not told");
	rig_demand(!vgic_phys_release_next(vgic, now.v, &physid), "not let go of, nor told");
	rig_demand(cif->has_held || !vgic_phys_level_next(vgic, now.v, &intid, &physid),
		   "held, and has_held does not say so");
}

/* As run_work: the physical interrupts that are left are pieces of their own. */
static void rig_pieces(struct vcpu *vcpu, enum vgic_work work)
{
	vsync_work(vcpu, work);
	for (uint32_t n = 0; n < VGIC_MAX_IRQS / PIECE && vcpu->cif->has_release; n++) {
		rig_demand(vgic_cif_work(vcpu->cif) == VGIC_WORK_SYNC, "a rest is not work");
		vsync_work(vcpu, vgic_cif_work(vcpu->cif));
	}
}

void rig_works(struct rig *rig, uint32_t v, enum vgic_work work)
{
	rig_pieces(rig_on(rig, v), work);
	rig_nothing_left();
}

/* What is to be released is left to the work that must follow. */
/* Memory has all: the guest has taken what it was given. */
static void rig_demand_taken(struct rig *rig, uint32_t v)
{
	uint32_t shown, given = vgic_given(rig->vgic, v, &shown);

	rig_demand(shown == 0 && given == rig->cpu[v].acked, "taken, and not counted");
}

void rig_fold(struct rig *rig, uint32_t v)
{
	struct vcpu *vcpu = rig_on(rig, v);

	vsync_fold(vcpu);
	rig_demand(!vcpu->cif->has_release || vgic_cif_work(vcpu->cif) != VGIC_WORK_NONE,
		   "a rest is not work");
	rig_demand_taken(rig, v);
}

/* As run_wait. */
bool rig_waits(struct rig *rig, uint32_t v)
{
	struct vcpu *vcpu = rig_on(rig, v);
	struct vgic_locked held = vm_lock_vgic(vcpu->vm);
	vgic_kick_t kick = 0;
	bool waits = vsync_waits(held, vcpu, &kick);

	vm_unlock_vgic(held);
	vm_kick(vcpu->vm, kick & ~(1u << v));
	if (waits) {
		rig_nothing_left();
	}
	return waits;
}

static void rig_work_off(struct vcpu *vcpu)
{
	enum vgic_work work = vgic_cif_work(vcpu->cif);

	if (work != VGIC_WORK_NONE) {
		rig_pieces(vcpu, work);
	}
	rig_demand(vgic_cif_work(vcpu->cif) == VGIC_WORK_NONE, "there is work left");
}

void rig_enter(struct rig *rig, uint32_t v)
{
	struct vcpu *vcpu = rig_on(rig, v);

	if (!rig->cpu[v].loaded) {
		return;
	}
	rig_work_off(vcpu);
	for (uint32_t turns = 0; hw_misr(rig, v); turns++) {
		if (turns == STORM) {
			rig->storms++;
			rig_demand(false, "a storm of maintenance interrupts");
			return;
		}
		rig->cpu[v].maintained++;
		vsync_maintain(vcpu);
		rig_work_off(vcpu);
	}
	rig_nothing_left();
}

void rig_maintains(struct rig *rig, uint32_t v)
{
	struct vcpu *vcpu = rig_on(rig, v);

	if (hw_misr(rig, v)) {
		rig->cpu[v].maintained++;
		vsync_maintain(vcpu);
	}
}

/* The VGIC's part of switch_load and switch_save. */
void rig_load(struct rig *rig, uint32_t v)
{
	struct vcpu *vcpu = rig_on(rig, v);
	struct vgic_locked held = vm_lock_vgic(vcpu->vm);

	vsync_load(held, vcpu); /* its own timers are not there yet */
	vcpu->cif->gic_cpu = (uint8_t)v;
	rig->cpu[v].loaded = true;
	vgic_hw_restore(vcpu->cif);
	vm_unlock_vgic(held);
	rig_enter(rig, v);
}

void rig_unload(struct rig *rig, uint32_t v)
{
	struct vcpu *vcpu = rig_on(rig, v);
	struct vgic_locked held = vm_lock_vgic(vcpu->vm);
	vgic_kick_t kick = 0;

	if (!vsync_unload_quiet(held, vcpu)) {
		vsync_unload(held, vcpu, &kick);
	}
	for (uint32_t n = 16; n < 32; n++) { /* whose physical interrupt is n, too */
		if (rig->low[n] && vgic_phys_release(rig->vgic, v, n)) {
			rig->physical[n] = 0;
		}
	}
	rig->cpu[v].loaded = false;
	vm_unlock_vgic(held);
	rig_demand_taken(rig, v);
	rig->kick |= kick;
	if (!vcpu->cif->has_release) {
		rig_nothing_left();
	}
}

void rig_releases(struct rig *rig, uint32_t v)
{
	const struct vcpu *vcpu = rig_on(rig, v);
	struct vgic_locked held = vm_lock_vgic(vcpu->vm);
	uint32_t physid;
	bool edge;

	while (vcpu->cif->has_trigger && vgic_phys_trigger_next(rig->vgic, v, &physid, &edge)) {
		phys_change_trigger(physid, edge);
	}
	while (vcpu->cif->has_release && vgic_phys_release_next(rig->vgic, v, &physid)) {
		now.ended = 0; /* a reset's */
		rig_deactivate(physid);
	}
	vm_unlock_vgic(held);
	rig_nothing_left();
}

/* As exit_mem.c does: words by the short way, where there is one. What that reads, the general way
 * reads, too; every other write goes the general way. */
static enum mmio_result dist(struct rig *rig, struct vcpu *vcpu, struct mmio *mmio)
{
	static uint32_t turn;
	uint32_t value = 0;
	enum mmio_result result;

	if (mmio->size != 4 || mmio->offset % 4 || mmio->offset >= 0x1000) {
		return vsync_dist(vcpu, mmio);
	}
	if (mmio->is_write) {
		return ++turn % 2 && vsync_dist_write(vcpu, mmio->offset, mmio->value)
			       ? MMIO_OK
			       : vsync_dist(vcpu, mmio);
	}
	if (!vsync_dist_read(vcpu, mmio->offset, &value)) {
		return vsync_dist(vcpu, mmio);
	}
	result = vsync_dist(vcpu, mmio);
	if (result != MMIO_OK || value != mmio->value) {
		printf("the short read of 0x%x gives 0x%x, not 0x%x\n", (unsigned)mmio->offset,
		       (unsigned)value, (unsigned)mmio->value);
		++*rig->failures;
	}
	return result;
}

enum mmio_result rig_try(struct rig *rig, uint32_t v, struct mmio *mmio)
{
	struct vcpu *vcpu = rig_on(rig, v);
	enum mmio_result result;

	if (!rig->cpu[v].loaded) {
		result = vgic_dist_access(rig->vgic, v, mmio, &rig->kick);
		rig_releases(rig, v);
		return result;
	}
	result = dist(rig, vcpu, mmio);
	rig_enter(rig, v);
	return result;
}

void rig_deactivates(struct rig *rig, uint32_t v, uint32_t iar)
{
	struct mmio mmio = { .size = 4, .is_write = true, .value = iar };

	(void)vsync_dir(rig_on(rig, v), &mmio);
	rig_enter(rig, v);
}

void rig_fires(struct rig *rig, uint32_t v, uint32_t intid, uint32_t physid)
{
	struct vcpu *vcpu = rig_on(rig, v);

	rig_demand(!rig->physical[physid], "fired, though it is active");
	rig->physical[physid] = 1;
	rig->low[physid] = false;
	if (intid >= 32 || !rig->cpu[v].loaded) {
		vgic_phys_fired(rig->vgic, v, intid, &rig->kick);
		return;
	}
	if (intid == MACHINE_TIMER_VIRT) {
		rig->vgic->cpu[v].given += vsync_ticked(vcpu); /* exit_irq's count */
	} else {
		vsync_own_fired(vcpu, intid);
	}
	rig_enter(rig, v);
}
