/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/virtio.h"
#include "hyp/base/bits.h"
#include "hyp/base/error.h"
#include "hyp/core/remote.h"
#include "hyp/dev/virtio_empty.h"
#include "vgic/irq_line.h"

#define VIRTIO_NOTIFY 0x050u /* QueueNotify, Virtio 1.1, 4.2.2 */
#define VIRTIO_QUEUES 32u    /* a bit for each */

/* An id of an access: the number of the access, of the node, of the vCPU. */
#define VIRTIO_ID_VCPU	 GENMASK32(2, 0)
#define VIRTIO_ID_NODE	 GENMASK32(5, 3)
#define VIRTIO_ID_SERIAL GENMASK32(31, 6)

_Static_assert(MANIFEST_MAX_VCPUS <= 8 && MANIFEST_MAX_VIRTIO <= 8 && PENDING_SERIAL_BITS == 26,
	       "an id has room for all");
/* One for each node. The lock is that of the first node with the same backend: all that its
 * doorbell shows. It protects all of these but those of boot. Interrupts are driven under it, so
 * levels arrive in order. */
static struct virtio {
	struct lock lock;
	/* Of boot: */
	struct lock *held; /* its lock */
	const struct manifest_virtio *config;
	pa_t client_pa;

	uint8_t posted;	    /* bit n: vCPU n has an access that nobody has taken */
	uint8_t rung;	    /* bit n: notified[n] is not 0 */
	bool ended;	    /* the client has ended, and the backend does not know it yet */
	bool accesses_last; /* the last that was taken was one: a notification comes first */
	uint8_t next;	    /* the vCPU whose access is taken first */
	uint8_t turn;	    /* of the first node: the node whose event is taken first */
	uint32_t notified[MANIFEST_MAX_WINDOWS];    /* by window: bit n: queue n */
	struct pending pending[MANIFEST_MAX_VCPUS]; /* of the client's vCPUs */
} virtio_all[MANIFEST_MAX_VIRTIO];

static uint32_t virtio_count;

/* ---- boot ---- */

void virtio_make(uint32_t index, const struct manifest_virtio *config, pa_t client_pa)
{
	struct virtio *node = &virtio_all[index];

	node->config = config;
	node->client_pa = client_pa;
	node->held = &node->lock;
	for (uint32_t n = 0; n < index; n++) {
		if (virtio_all[n].config->backend == config->backend) {
			node->held = virtio_all[n].held;
		}
	}
	virtio_count = index + 1;
}

bool virtio_map(uint32_t backend, struct stage2 *s2)
{
	bool ok = true;

	for (uint32_t n = 0; n < virtio_count; n++) {
		const struct manifest_virtio *config = virtio_all[n].config;

		if (config->backend == backend) {
			ok = ok && stage2_map(s2, config->ipa,
					      pa_add(virtio_all[n].client_pa, config->offset),
					      config->size, STAGE2_SHARED);
		}
	}
	return ok;
}

/* ---- nodes ---- */

static struct vm *virtio_client(const struct virtio *node)
{
	return &vms[node->config->client];
}

static struct vm *virtio_backend(const struct virtio *node)
{
	return &vms[node->config->backend];
}

/* The node that has this window of the client; NULL: it has no backend. */
static struct virtio *virtio_node(const struct vm *client, uint32_t window)
{
	for (uint32_t n = 0; n < virtio_count; n++) {
		const struct manifest_virtio *config = virtio_all[n].config;

		if (config->client == client->index && (config->windows >> window & 1u)) {
			return &virtio_all[n];
		}
	}
	return NULL;
}

/* The place of one of its windows in notified[], and the window of a place. */
static uint32_t virtio_place(const struct virtio *node, uint32_t window)
{
	return bits_count(node->config->windows & (BIT32(window) - 1u));
}

static uint32_t virtio_window(const struct virtio *node, uint32_t place)
{
	uint32_t left = node->config->windows;

	while (place--) {
		left &= left - 1;
	}
	return bits_first(left);
}

static void virtio_lock(const struct virtio *node)
{
	lock_take(node->held, LOCK_RANK_VIRTIO);
}

static void virtio_unlock(const struct virtio *node)
{
	lock_drop(node->held);
}

static bool virtio_has_event(const struct virtio *node)
{
	return node->posted || node->rung || node->ended;
}

/* The doorbell, with the lock: high as long as there is an event in any of the backend's nodes. */
static void virtio_drive(const struct virtio *node)
{
	struct vm *backend = virtio_backend(node);
	struct vgic_locked held;
	vgic_kick_t kick = 0;
	bool high = false;

	if (!backend->vgic) {
		return;
	}
	for (uint32_t n = 0; n < virtio_count; n++) {
		high = high ||
		       (virtio_all[n].held == node->held && virtio_has_event(&virtio_all[n]));
	}
	held = vm_lock_vgic(backend);
	vgic_device_line(backend->vgic, machine_spis[MACHINE_BACKEND].intid, high, &kick);
	kick = remote_do(held, kick);
	vm_unlock_vgic(held);
	vm_kick(backend, kick);
}

/* ---- the client ---- */

static bool virtio_notifies(const struct mmio *mmio)
{
	return mmio->is_write && mmio->size == 4 && mmio->value < VIRTIO_QUEUES &&
	       mmio->offset % MANIFEST_VIRTIO_SIZE == VIRTIO_NOTIFY;
}

static bool virtio_is_off(const struct vm *vm)
{
	return vm->life.state == LIFE_OFF || vm->life.state == LIFE_CRASHED;
}

/* With the lock. */
static enum mmio_result virtio_accept(struct virtio *node, struct vcpu *vcpu, struct mmio *mmio)
{
	if (virtio_notifies(mmio)) {
		uint32_t place = virtio_place(node, mmio->offset / MANIFEST_VIRTIO_SIZE);

		node->notified[place] |= BIT32(mmio->value);
		node->rung |= (uint8_t)BIT32(place);
		return MMIO_OK;
	}
	if (virtio_is_off(virtio_backend(node))) {
		return virtio_empty_access(mmio);
	}
	pending_post(&node->pending[vcpu->index], mmio);
	node->posted |= (uint8_t)BIT32(vcpu->index);
	vcpu->virtio = node;
	return MMIO_WAIT;
}

enum mmio_result virtio_access(struct vcpu *vcpu, struct mmio *mmio)
{
	struct virtio *node = virtio_node(vcpu->vm, mmio->offset / MANIFEST_VIRTIO_SIZE);
	enum mmio_result result;

	if (!node) {
		return virtio_empty_access(mmio);
	}
	hw_dmb(); /* what this vCPU has stored is there for the backend when its doorbell rings */
	virtio_lock(node);
	result = virtio_accept(node, vcpu, mmio);
	virtio_drive(node);
	virtio_unlock(node);
	return result;
}

void virtio_how(const struct vcpu *vcpu, const struct insn_access *access, uint32_t hsr)
{
	struct pending *pending = &vcpu->virtio->pending[vcpu->index];

	pending->access = *access;
	pending->hsr = hsr;
}

/* An answer comes before, or finds that the vCPU is blocked, and wakes it. */
bool virtio_answered(struct vcpu *vcpu, struct pending_effect *effect, uint32_t *hsr)
{
	struct virtio *node = vcpu->virtio;
	struct pending *pending = &node->pending[vcpu->index];
	bool done;

	virtio_lock(node);
	*hsr = pending->hsr;
	done = pending_complete(pending, effect);
	if (done) {
		vcpu->virtio = NULL;
	} else {
		struct sched_locked sched = vm_lock_sched();

		sched_stop(sched.sched, vcpu->entity, SCHED_BLOCKED);
		vm_unlock_sched(sched);
	}
	virtio_unlock(node);
	return done;
}

/* ---- the end of a partition ---- */

static void virtio_forget(struct virtio *node)
{
	struct vm *client = virtio_client(node);

	for (uint32_t n = 0; n < client->nr_vcpus; n++) {
		pending_cancel(&node->pending[n]);
		if (client->vcpus[n].virtio == node) {
			client->vcpus[n].virtio = NULL;
		}
	}
	for (uint32_t n = 0; n < MANIFEST_MAX_WINDOWS; n++) {
		node->notified[n] = 0;
	}
	node->posted = 0;
	node->rung = 0;
	node->ended = true;
	virtio_drive(node);
}

/* What the backend had taken: the vCPUs of the client, and the interrupts. */
static void virtio_give_back(struct virtio *node)
{
	struct vm *client = virtio_client(node);
	struct vgic_locked held;
	vgic_kick_t kick = 0;

	for (uint32_t n = 0; n < client->nr_vcpus; n++) {
		node->posted |= pending_repost(&node->pending[n]) ? (uint8_t)BIT32(n) : 0;
	}
	if (!client->vgic) {
		return;
	}
	held = vm_lock_vgic(client);
	for (uint32_t left = node->config->windows; left; left &= left - 1) {
		(void)vgic_set_spi(client->vgic,
				   MANIFEST_VIRTIO_INTID - VGIC_NR_PRIVATE + bits_first(left),
				   false, &kick);
	}
	kick = remote_do(held, kick);
	vm_unlock_vgic(held);
	vm_kick(client, kick);
}

void virtio_reset(struct vm *vm)
{
	for (uint32_t n = 0; n < virtio_count; n++) {
		struct virtio *node = &virtio_all[n];

		if (virtio_client(node) != vm && virtio_backend(node) != vm) {
			continue;
		}
		virtio_lock(node);
		if (virtio_client(node) == vm) {
			virtio_forget(node);
		} else {
			virtio_give_back(node);
			virtio_drive(node);
		}
		virtio_unlock(node);
	}
}

/* The vCPUs of its client whose accesses are complete now (bit n). */
static uint32_t virtio_empty(struct virtio *node)
{
	uint32_t done = node->posted;

	for (uint32_t left = done; left; left &= left - 1) {
		struct pending *pending = &node->pending[bits_first(left)];

		(void)virtio_empty_access(&pending->mmio);
		(void)pending_take(pending);
		(void)pending_answer(pending, pending->serial, pending->mmio.value);
	}
	node->posted = 0;
	return done;
}

/* It may have been started again since: then its clients wait for that life. */
void virtio_off(struct vm *vm)
{
	for (uint32_t n = 0; n < virtio_count; n++) {
		struct virtio *node = &virtio_all[n];
		uint32_t done = 0;

		if (virtio_backend(node) != vm) {
			continue;
		}
		virtio_lock(node);
		if (virtio_is_off(vm)) {
			done = virtio_empty(node);
			virtio_drive(node);
		}
		virtio_unlock(node);
		for (; done; done &= done - 1) {
			vm_kick_vcpu(&virtio_client(node)->vcpus[bits_first(done)]);
		}
	}
}

/* ---- the backend ---- */

bool virtio_is_backend(const struct vm *vm)
{
	return vm->config->nr_clients != 0;
}

/* The first of `set` from `from` on, round. */
static uint32_t virtio_turn(uint32_t set, uint32_t from)
{
	uint32_t later = set & ~(BIT32(from) - 1u);

	return bits_first(later ? later : set);
}

static uint32_t virtio_where(const struct virtio *node, uint32_t rest)
{
	return (virtio_client(node)->index + 1) << 24 | rest;
}

static int32_t virtio_take_access(struct virtio *node, struct guest_regs *regs)
{
	uint32_t index = virtio_turn(node->posted, node->next);
	struct pending *pending = &node->pending[index];
	const struct mmio *mmio = &pending->mmio;

	(void)pending_take(pending);
	node->posted &= (uint8_t)~BIT32(index);
	node->next = (uint8_t)((index + 1) % MANIFEST_MAX_VCPUS);
	node->accesses_last = true;
	regs->r[1] = FIELD_PREP(VIRTIO_ID_SERIAL, pending->serial) |
		     FIELD_PREP(VIRTIO_ID_NODE, (uint32_t)(node - virtio_all)) |
		     FIELD_PREP(VIRTIO_ID_VCPU, index);
	regs->r[2] = virtio_where(node, (mmio->is_write ? BIT32(20) : 0) | mmio->size << 16 |
						mmio->offset);
	regs->r[3] = mmio->value;
	return PLUMB_VIRTIO_ACCESS;
}

static int32_t virtio_take_notified(struct virtio *node, struct guest_regs *regs)
{
	uint32_t place = bits_first(node->rung);

	regs->r[1] = node->notified[place];
	regs->r[2] = virtio_where(node, virtio_window(node, place) * MANIFEST_VIRTIO_SIZE);
	regs->r[3] = 0;
	node->notified[place] = 0;
	node->rung &= (uint8_t)~BIT32(place);
	node->accesses_last = false;
	return PLUMB_VIRTIO_NOTIFY;
}

/* The end comes before what the next life does. */
static int32_t virtio_take_from(struct virtio *node, struct guest_regs *regs)
{
	if (node->ended) {
		node->ended = false;
		regs->r[1] = 0;
		regs->r[2] = virtio_where(node, 0);
		regs->r[3] = 0;
		return PLUMB_VIRTIO_ENDED;
	}
	if (node->rung && (!node->posted || node->accesses_last)) {
		return virtio_take_notified(node, regs);
	}
	return virtio_take_access(node, regs);
}

/* The nodes with events (bit n) of the backend that has `first`; with the lock. */
static uint32_t virtio_with_events(const struct virtio *first)
{
	uint32_t set = 0;

	for (uint32_t n = 0; n < virtio_count; n++) {
		if (virtio_all[n].held == first->held && virtio_has_event(&virtio_all[n])) {
			set |= BIT32(n);
		}
	}
	return set;
}

/* The backend's first node: the one with the lock. */
static struct virtio *virtio_first(const struct vm *backend)
{
	struct virtio *node = virtio_all;

	while (virtio_backend(node) != backend) {
		node++;
	}
	return node;
}

int32_t virtio_take(struct vm *backend, struct guest_regs *regs)
{
	struct virtio *first = virtio_first(backend);
	int32_t event = PLUMB_VIRTIO_NOTHING;
	uint32_t set, n;

	virtio_lock(first);
	set = virtio_with_events(first);
	if (set) {
		n = virtio_turn(set, first->turn);
		first->turn = (uint8_t)((n + 1) % MANIFEST_MAX_VIRTIO);
		event = virtio_take_from(&virtio_all[n], regs);
		virtio_drive(first);
	}
	virtio_unlock(first);
	return event;
}

int32_t virtio_answer(const struct vm *backend, uint32_t id, uint32_t value)
{
	uint32_t n = FIELD_GET(VIRTIO_ID_NODE, id), index = FIELD_GET(VIRTIO_ID_VCPU, id);
	struct virtio *node = &virtio_all[n];
	bool done;

	if (n >= virtio_count || virtio_backend(node) != backend ||
	    index >= virtio_client(node)->nr_vcpus) {
		return -HYP_EINVAL;
	}
	virtio_lock(node);
	done = pending_answer(&node->pending[index], FIELD_GET(VIRTIO_ID_SERIAL, id), value);
	virtio_unlock(node);
	if (!done) {
		return -HYP_ESRCH;
	}
	vm_kick_vcpu(&virtio_client(node)->vcpus[index]);
	return 0;
}

int32_t virtio_info(const struct vm *backend, struct guest_regs *regs)
{
	uint32_t left = regs->r[1];

	for (uint32_t n = 0; n < virtio_count; n++) {
		const struct manifest_virtio *config = virtio_all[n].config;

		if (virtio_backend(&virtio_all[n]) != backend || left--) {
			continue;
		}
		if (regs->r[2] == PLUMB_VIRTIO_WINDOWS) {
			regs->r[1] = config->client + 1u;
			regs->r[2] = config->windows;
			regs->r[3] = 0;
			return 0;
		}
		if (regs->r[2] == PLUMB_VIRTIO_MEMORY) {
			regs->r[1] = config->ipa.ipa;
			regs->r[2] = virtio_client(&virtio_all[n])->config->memory_ipa.ipa +
				     config->offset;
			regs->r[3] = config->size;
			return 0;
		}
		break;
	}
	return -HYP_EINVAL;
}

struct vm *virtio_may_drive(const struct vm *caller, uint32_t handle, uint32_t irq)
{
	struct irq_line line;
	struct virtio *node;
	struct vm *client;

	if (!virtio_is_backend(caller) || handle == 0 || handle > vm_count) {
		return NULL;
	}
	client = &vms[handle - 1];
	if (irq_line_decode(irq, &client->lines, &line) || line.type != IRQ_LINE_SPI ||
	    line.number - MANIFEST_VIRTIO_INTID >= MANIFEST_VIRTIO_WINDOWS) {
		return NULL;
	}
	node = virtio_node(client, line.number - MANIFEST_VIRTIO_INTID);
	return node && virtio_backend(node) == caller ? client : NULL;
}
