/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Manifests that are sound, or nearly so (manifest_tree.h). What is taken is compared with what
 * libfdt reads, and all that boot code relies on is looked at anew; a refusal has its words. Then
 * the same against a board of any shape.
 */
#include "test/verify/fuzz/manifest_tree.h"

static struct manifest manifest;

/* ---- what boot code relies on ---- */

static bool apart(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a_size == 0 || b_size == 0 || a + a_size <= b || b + b_size <= a;
}

static uint64_t cell_of(int node, const char *name, uint64_t missing)
{
	int length = 0;
	const uint8_t *value = fdt_getprop(blob, node, name, &length);

	if (!value) {
		return missing;
	}
	return length == 8 ? fdt64_ld((const fdt64_t *)(const void *)value)
			   : fdt32_ld((const fdt32_t *)(const void *)value);
}

static bool has(int node, const char *name)
{
	return fdt_getprop(blob, node, name, NULL) != NULL;
}

/* One string, and this one. */
static bool says(int node, const char *name, const char *want)
{
	const char *value = fdt_getprop(blob, node, name, NULL);

	return value && strcmp(value, want) == 0;
}

static void check_image(const struct manifest_partition *p, const struct manifest_image *image,
			int node, const char *name)
{
	int length = 0;
	const void *value = fdt_getprop(blob, node, name, &length);

	CHECK(image->data == value && image->size == (value ? (uint32_t)length : 0));
	if (image->size) {
		CHECK(image->ipa.ipa % 4 == 0 && image->ipa.ipa >= p->memory_ipa.ipa);
		CHECK((uint64_t)image->ipa.ipa + image->size <=
		      (uint64_t)p->memory_ipa.ipa + p->memory_size);
	}
}

static void check_images(const struct manifest_partition *p, int node)
{
	check_image(p, &p->initrd, node, "initrd");
	check_image(p, &p->dtb, node, "dtb");
	if (p->nr_regions == 0 && !has(node, "firmware")) {
		check_image(p, &p->kernel, node, "kernel");
		CHECK(p->kernel_space >= p->kernel.size);
		CHECK((uint64_t)p->kernel.ipa.ipa + p->kernel_space <=
		      (uint64_t)p->memory_ipa.ipa + p->memory_size);
		CHECK(p->entry >= p->memory_ipa.ipa &&
		      p->entry - p->memory_ipa.ipa < p->memory_size);
		CHECK(apart(p->kernel.ipa.ipa, p->kernel_space, p->initrd.ipa.ipa, p->initrd.size));
		CHECK(apart(p->kernel.ipa.ipa, p->kernel_space, p->dtb.ipa.ipa, p->dtb.size));
	}
	CHECK(p->entry % 4 != 2);
	CHECK(apart(p->dtb.ipa.ipa, p->dtb.size, p->initrd.ipa.ipa, p->initrd.size));
	CHECK(has(node, "firmware") || !p->autostart || p->kernel.data);
}

static void check_memory(const struct manifest_partition *p, int node)
{
	CHECK_EQ(p->memory_size, cell_of(node, "memory-size", 0));
	CHECK(p->memory_size != 0 && p->memory_size % 0x1000 == 0);
	CHECK_EQ(p->memory_pa.pa, cell_of(node, "memory-at", 0));
	CHECK_EQ(p->memory_ipa.ipa, has(node, "identity") ? p->memory_pa.pa : 0x40000000);
	CHECK((uint64_t)p->memory_ipa.ipa + p->memory_size <= UINT64_C(0x100000000));
	CHECK(p->memory_pa.pa + p->memory_size <= UINT64_C(0x10000000000));
	CHECK(apart(p->memory_ipa.ipa, p->memory_size, 0x08000000, 0x30000));
	CHECK(!machine_has(p->windows, MACHINE_UART) ||
	      apart(p->memory_ipa.ipa, p->memory_size, 0x09000000, 0x1000));
	CHECK(!machine_has(p->windows, MACHINE_RTC) ||
	      apart(p->memory_ipa.ipa, p->memory_size, 0x09010000, 0x1000));
	CHECK(!machine_has(p->windows, MACHINE_VIRTIO) ||
	      apart(p->memory_ipa.ipa, p->memory_size, 0x0a000000, 0x4000));
	CHECK(p->nr_regions <= 2);
	for (uint32_t n = 0; n < p->nr_regions; n++) {
		CHECK(p->region[n].ipa.ipa % 0x1000 == 0 && p->region[n].size % 0x1000 == 0);
		CHECK(p->region[n].data_size <= p->region[n].size);
		CHECK(apart(p->memory_ipa.ipa, p->memory_size, p->region[n].ipa.ipa,
			    p->region[n].size));
	}
}

/* A cell of a list; 0 behind its end. */
static uint32_t nth_cell(int node, const char *name, uint32_t n)
{
	int length = 0;
	const fdt32_t *value = fdt_getprop(blob, node, name, &length);

	return value && length / 4 > (int)n ? fdt32_ld(value + n) : 0;
}

static uint32_t cells_of(int node, const char *name)
{
	int length = 0;

	return fdt_getprop(blob, node, name, &length) ? (uint32_t)length / 4 : 0;
}

static void check_interrupts(const struct manifest_partition *p, const struct manifest_device *d,
			     int node)
{
	uint32_t edges = 0;

	CHECK(d->nr_interrupts <= 8 && nth_cell(node, "interrupt", d->nr_interrupts) == 0);
	for (uint32_t n = 0; n < d->nr_interrupts; n++) {
		uint32_t intid = d->intid[n];
		bool edge = has(node, "interrupt-edge") && !nth_cell(node, "interrupt-edge", 0);

		CHECK_EQ(intid, nth_cell(node, "interrupt", n));
		CHECK(p->has_gic && intid >= 32 && intid < p->nr_irqs);
		CHECK(!machine_has(p->windows, MACHINE_UART) || intid != 33);
		CHECK(!machine_has(p->windows, MACHINE_RTC) || intid != 34);
		CHECK(!machine_has(p->windows, MACHINE_WATCHDOG) || intid != 36);
		CHECK(!(p->spis & 1) || intid != 35);
		CHECK(!(p->spis & 4) || intid != 38);
		for (uint32_t i = 0; nth_cell(node, "interrupt-edge", i) != 0; i++) {
			edge = edge || nth_cell(node, "interrupt-edge", i) == intid;
		}
		edges |= edge ? 1u << n : 0;
		for (uint32_t i = 0; i < n; i++) {
			CHECK(d->intid[i] != intid);
		}
	}
	CHECK_EQ(d->edges, edges);
}

static void check_device(const struct manifest_partition *p, uint32_t index, int node)
{
	const struct manifest_device *d = &p->device[index];

	CHECK(!has(node, "phandle"));
	CHECK_EQ(d->pa.pa, cell_of(node, "pa", 0));
	CHECK_EQ(d->ipa.ipa, cell_of(node, "ipa", d->pa.pa));
	CHECK_EQ(d->size, cell_of(node, "size", 0));
	CHECK(d->size != 0 && (d->pa.pa | d->ipa.ipa | d->size) % 0x1000 == 0);
	CHECK((uint64_t)d->ipa.ipa + d->size <= UINT64_C(0x100000000));
	CHECK(d->pa.pa + d->size <= UINT64_C(0x10000000000));
	CHECK(apart(d->ipa.ipa, d->size, p->memory_ipa.ipa, p->memory_size));
	CHECK(apart(d->ipa.ipa, d->size, 0x08000000, 0x30000));
	CHECK(!machine_has(p->windows, MACHINE_UART) ||
	      apart(d->ipa.ipa, d->size, 0x09000000, 0x1000));
	CHECK(!machine_has(p->windows, MACHINE_RTC) ||
	      apart(d->ipa.ipa, d->size, 0x09010000, 0x1000));
	CHECK(!machine_has(p->windows, MACHINE_WATCHDOG) ||
	      apart(d->ipa.ipa, d->size, 0x09050000, 0x1000));
	for (uint32_t n = 0; n < p->nr_regions; n++) {
		CHECK(apart(d->ipa.ipa, d->size, p->region[n].ipa.ipa, p->region[n].size));
	}
	for (uint32_t n = 0; n < index; n++) {
		CHECK(apart(d->ipa.ipa, d->size, p->device[n].ipa.ipa, p->device[n].size));
	}
	check_interrupts(p, d, node);
}

static void check_crash(const struct manifest_partition *p, int node)
{
	if (!says(node, "on-crash", "restart")) {
		CHECK(!has(node, "crash-limit") && p->crash_restarts == 0);
		CHECK(!has(node, "on-crash") || says(node, "on-crash", "stop"));
		return;
	}
	CHECK_EQ(p->crash_restarts,
		 has(node, "crash-limit") ? nth_cell(node, "crash-limit", 0) : 3);
	CHECK_EQ(p->crash_seconds,
		 has(node, "crash-limit") ? nth_cell(node, "crash-limit", 1) : 60);
	CHECK(p->crash_restarts >= 1 && p->crash_restarts <= 16);
	CHECK(p->crash_seconds >= 1 && p->crash_seconds <= 86400);
}

static void check_budgets(const struct manifest_partition *p, int node)
{
	uint32_t budgets = cells_of(node, "budget-us"), periods = cells_of(node, "period-us");
	bool any = budgets != 0;

	CHECK_EQ(has(node, "budget-us"), has(node, "period-us"));
	CHECK(!any || budgets == 1 || budgets == p->nr_vcpus);
	CHECK(!any || periods == 1 || periods == p->nr_vcpus);
	for (uint32_t n = 0; n < 8; n++) {
		const struct manifest_budget *b = &p->budget[n];

		if (!any || n >= p->nr_vcpus) {
			CHECK_EQ(b->period_us, 0);
			continue;
		}
		CHECK_EQ(b->budget_us, nth_cell(node, "budget-us", budgets == 1 ? 0 : n));
		CHECK_EQ(b->period_us, nth_cell(node, "period-us", periods == 1 ? 0 : n));
		CHECK(b->budget_us >= 100 && b->budget_us <= b->period_us);
		CHECK(b->period_us >= 1000 && b->period_us <= 1000000);
	}
}

static void check_creator(const struct manifest_partition *p, int node)
{
	CHECK_EQ(has(node, "vms"), has(node, "vm-pool"));
	CHECK_EQ(p->nr_vms, cell_of(node, "vms", 0));
	CHECK_EQ(p->vm_pool, cell_of(node, "vm-pool", 0));
	if (has(node, "vms")) {
		CHECK(p->has_gic && p->nr_vms >= 1 && p->nr_vms <= 64);
		CHECK(p->vm_pool % 0x1000 == 0);
		CHECK(p->vm_pool >= 0x10000 && p->vm_pool <= 0x4000000);
	}
}

static void check_partition(const struct manifest_partition *p, int node)
{
	uint32_t device = 0;
	int child;

	CHECK(strcmp(p->name, fdt_get_name(blob, node, NULL)) == 0 && strlen(p->name) <= 15);
	CHECK(!has(node, "phandle"));
	CHECK_EQ(p->nr_vcpus, cell_of(node, "vcpus", 1));
	CHECK(p->nr_vcpus >= 1 && p->nr_vcpus <= 8);
	for (uint32_t n = 0; n < p->nr_vcpus; n++) {
		uint32_t each = nth_cell(node, "cpus", 1) ? n : 0;

		CHECK_EQ(p->affinity[n], has(node, "cpus") ? nth_cell(node, "cpus", each) : 0xff);
		CHECK(p->affinity[n] != 0);
	}
	CHECK_EQ(p->priority, cell_of(node, "priority", 3));
	CHECK(p->priority <= 7);
	CHECK_EQ(p->nr_irqs, p->has_gic ? cell_of(node, "irqs", 128) : 0);
	CHECK(!p->has_gic || p->nr_irqs == 1020 ||
	      (p->nr_irqs % 32 == 0 && p->nr_irqs >= 32 && p->nr_irqs <= 992));
	CHECK_EQ(p->pmu, has(node, "pmu"));
	CHECK_EQ(p->traces, has(node, "traces"));
	CHECK_EQ(p->has_gic, !says(node, "gic", "none"));
	CHECK_EQ(machine_has(p->windows, MACHINE_GICD), p->has_gic);
	CHECK_EQ(machine_has(p->windows, MACHINE_UART), !says(node, "console", "none"));
	CHECK_EQ(machine_has(p->windows, MACHINE_RTC), says(node, "rtc", "pl031"));
	CHECK_EQ(machine_has(p->windows, MACHINE_WATCHDOG), says(node, "watchdog", "sp805"));
	CHECK(machine_has(p->windows, MACHINE_VIRTIO) || !has(node, "virtio-windows"));
	CHECK_EQ(p->no_counter_offset, has(node, "no-counter-offset"));
	CHECK_EQ(p->autostart, !has(node, "no-autostart"));
	check_crash(p, node);
	check_budgets(p, node);
	check_creator(p, node);
	for (uint32_t n = manifest.nr_partitions; n < 64; n++) {
		CHECK(!manifest_may_control(p, n) && !manifest_may_manage(p, n));
	}
	CHECK_EQ(p->spis & 1u, p->has_gic && has(node, "manages"));
	CHECK_EQ(p->spis >> 1 & 1u, p->has_gic && p->nr_clients);
	CHECK_EQ(p->spis >> 2, has(node, "vms"));
	CHECK(!p->spis || p->nr_irqs > 38);
	check_memory(p, node);
	check_images(p, node);
	fdt_for_each_subnode(child, blob, node)
	{
		CHECK(device < p->nr_devices && p->nr_devices <= 8);
		if (device < p->nr_devices) {
			check_device(p, device++, child);
		}
	}
	CHECK_EQ(device, p->nr_devices);
}

/* ---- shared memory ---- */

static const struct manifest_partition *peer_named(const char *name, uint32_t index)
{
	const struct manifest_partition *p = &manifest.partition[index];

	CHECK(index < manifest.nr_partitions && name && strcmp(p->name, name) == 0);
	return p;
}

static bool is_device_of(const struct manifest_partition *p, uint32_t intid)
{
	for (uint32_t n = 0; n < p->nr_devices; n++) {
		for (uint32_t i = 0; i < p->device[n].nr_interrupts; i++) {
			if (p->device[n].intid[i] == intid) {
				return true;
			}
		}
	}
	return false;
}

/* In a peer's addresses nothing else is there, nor where its registers are. */
static void check_place(const struct manifest_partition *p, uint64_t base, uint64_t size,
			const struct manifest_share *self)
{
	CHECK(apart(base, size, p->memory_ipa.ipa, p->memory_size));
	CHECK(apart(base, size, 0x08000000, 0x30000));
	CHECK(!machine_has(p->windows, MACHINE_UART) || apart(base, size, 0x09000000, 0x1000));
	CHECK(!machine_has(p->windows, MACHINE_RTC) || apart(base, size, 0x09010000, 0x1000));
	CHECK(!machine_has(p->windows, MACHINE_WATCHDOG) || apart(base, size, 0x09050000, 0x1000));
	CHECK(!machine_has(p->windows, MACHINE_VIRTIO) || apart(base, size, 0x0a000000, 0x4000));
	for (uint32_t n = 0; n < p->nr_regions; n++) {
		CHECK(apart(base, size, p->region[n].ipa.ipa, p->region[n].size));
	}
	for (uint32_t n = 0; n < p->nr_devices; n++) {
		CHECK(apart(base, size, p->device[n].ipa.ipa, p->device[n].size));
	}
	for (uint32_t n = 0; n < p->nr_shares; n++) {
		const struct manifest_share *q = &p->share[n];

		CHECK(q == self || apart(base, size, q->ipa.ipa, q->size));
		CHECK(!self || q == self || !self->intid || q->intid != self->intid);
	}
}

static const struct manifest_share *share_of(const struct manifest_partition *p, uint32_t shared)
{
	const struct manifest_share *found = NULL;

	for (uint32_t n = 0; n < p->nr_shares; n++) {
		if (p->share[n].shared == shared) {
			CHECK(!found);
			found = &p->share[n];
		}
	}
	return found;
}

static void check_peer(uint32_t index, uint32_t n, int node)
{
	const struct manifest_shared *s = &manifest.shared[index];
	const char *name = fdt_stringlist_get(blob, node, "peers", (int)n, NULL);
	const struct manifest_partition *p = peer_named(name, s->peer[n]);
	const struct manifest_share *share = share_of(p, index);

	CHECK(share && share->peer == n);
	if (!share || !name) {
		return;
	}
	CHECK_EQ(share->size, 0x1000 + s->common_size + s->nr_peers * s->output_size);
	CHECK_EQ(share->ipa.ipa, nth_cell(node, "ipa", cells_of(node, "ipa") > 1 ? n : 0));
	CHECK_EQ(share->intid,
		 nth_cell(node, "interrupt", cells_of(node, "interrupt") > 1 ? n : 0));
	CHECK(share->ipa.ipa % 0x1000 == 0);
	CHECK((uint64_t)share->ipa.ipa + share->size <= UINT64_C(0x100000000));
	CHECK(machine_has(p->windows, MACHINE_SHARED));
	check_place(p, share->ipa.ipa, share->size, share);
	check_place(p, 0x0b000000, 0x4000, NULL);
	if (share->intid) {
		CHECK(p->has_gic && share->intid >= 32 && share->intid < p->nr_irqs);
		CHECK(!machine_has(p->windows, MACHINE_UART) || share->intid != 33);
		CHECK(!machine_has(p->windows, MACHINE_RTC) || share->intid != 34);
		CHECK(!is_device_of(p, share->intid));
	}
	CHECK_EQ(s->readers >> n & 1, fdt_stringlist_search(blob, node, "read-only", name) >= 0);
}

/* The board's addresses: what has a place is apart from all else that has one. */
static void check_shared_place(uint32_t index)
{
	const struct manifest_shared *s = &manifest.shared[index];
	uint64_t base = s->memory_pa.pa, size = manifest_shared_size(s);

	for (uint32_t i = 0; base && i < manifest.nr_partitions; i++) {
		const struct manifest_partition *p = &manifest.partition[i];

		CHECK(!p->memory_pa.pa || apart(base, size, p->memory_pa.pa, p->memory_size));
		for (uint32_t n = 0; n < p->nr_devices; n++) {
			CHECK(apart(base, size, p->device[n].pa.pa, p->device[n].size));
		}
	}
	for (uint32_t i = 0; base && i < index; i++) {
		const struct manifest_shared *q = &manifest.shared[i];

		CHECK(!q->memory_pa.pa ||
		      apart(base, size, q->memory_pa.pa, manifest_shared_size(q)));
	}
}

static void check_shared(uint32_t index, int node)
{
	const struct manifest_shared *s = &manifest.shared[index];

	CHECK(strcmp(s->name, fdt_get_name(blob, node, NULL)) == 0);
	CHECK_EQ(s->nr_peers, fdt_stringlist_count(blob, node, "peers"));
	CHECK(s->nr_peers >= 2 && s->nr_peers <= 8);
	CHECK_EQ(s->common_size, cell_of(node, "common-size", 0));
	CHECK_EQ(s->output_size, cell_of(node, "output-size", 0));
	CHECK((s->common_size | s->output_size) % 0x1000 == 0 && s->common_size + s->output_size);
	CHECK_EQ(s->memory_pa.pa, cell_of(node, "memory-at", 0));
	CHECK_EQ(s->edge, has(node, "interrupt-edge"));
	CHECK(!has(node, "phandle"));
	for (uint32_t n = 0; n < s->nr_peers; n++) {
		check_peer(index, n, node);
	}
	check_shared_place(index);
}

static bool share_interrupt(const struct manifest_device *d, const struct manifest_device *e)
{
	for (uint32_t n = 0; n < d->nr_interrupts * e->nr_interrupts; n++) {
		if (d->intid[n / e->nr_interrupts] == e->intid[n % e->nr_interrupts]) {
			return true;
		}
	}
	return false;
}

/* Nothing of the board is given twice, to two partitions or to one. */
static void check_pair(uint32_t i, uint32_t j)
{
	const struct manifest_partition *p = &manifest.partition[i], *q = &manifest.partition[j];

	CHECK(i == j || strcmp(p->name, q->name) != 0);
	CHECK(i == j || !p->memory_pa.pa || !q->memory_pa.pa ||
	      apart(p->memory_pa.pa, p->memory_size, q->memory_pa.pa, q->memory_size));
	for (uint32_t n = 0; n < p->nr_devices; n++) {
		const struct manifest_device *d = &p->device[n];

		CHECK(!q->memory_pa.pa ||
		      apart(d->pa.pa, d->size, q->memory_pa.pa, q->memory_size));
		for (uint32_t m = 0; m < q->nr_devices; m++) {
			const struct manifest_device *e = &q->device[m];

			CHECK(d == e || apart(d->pa.pa, d->size, e->pa.pa, e->size));
			CHECK(d == e || !share_interrupt(d, e));
		}
	}
}

/* Rights: a bit for each name, and for nothing else. */
static void check_rights(const struct manifest_partition *p, int node)
{
	for (uint32_t n = 0; n < manifest.nr_partitions; n++) {
		const char *name = manifest.partition[n].name;

		CHECK_EQ(manifest_may_control(p, n),
			 fdt_stringlist_search(blob, node, "rights", name) >= 0);
		CHECK_EQ(manifest_may_manage(p, n),
			 fdt_stringlist_search(blob, node, "manages", name) >= 0);
	}
}

/* Of the doorbell of each change: docs/manifest.md. */
static void check_managers(uint32_t index)
{
	uint32_t managers = 0;

	for (uint32_t n = 0; n < manifest.nr_partitions; n++) {
		managers += manifest_may_manage(&manifest.partition[n], index);
	}
	CHECK(managers <= 8);
}

/* ---- budgets ---- */

static struct reserved {
	uint32_t cpus;
	uint64_t share; /* of one CPU's time, times 2^56 */
} reserved[64];

/* All vCPUs with a budget: there are 64 vCPUs at most. Returns their number. */
static uint32_t find_reserved(uint32_t there)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < manifest.nr_partitions; i++) {
		const struct manifest_partition *p = &manifest.partition[i];

		for (uint32_t n = 0; n < p->nr_vcpus && count < 64; n++) {
			const struct manifest_budget *b = &p->budget[n];

			if (b->period_us) {
				reserved[count].cpus = p->affinity[n] & there;
				reserved[count++].share =
					((uint64_t)b->budget_us << 32) / b->period_us << 24;
			}
		}
	}
	return count;
}

/* Has each set of the first `cpus` CPUs the time for those that run nowhere else? */
static bool budgets_fit(uint32_t cpus)
{
	uint32_t there = (1u << cpus) - 1, count = find_reserved(there);
	bool fit = true;

	for (uint32_t set = 1; count && set <= there; set++) {
		uint64_t time = (uint64_t)__builtin_popcount(set) << 56;

		for (uint32_t n = 0; n < count; n++) {
			if (!(reserved[n].cpus & ~set)) {
				fit = fit && reserved[n].share <= time;
				time -= fit ? reserved[n].share : 0;
			}
		}
	}
	return fit;
}

/* ---- virtio windows ---- */

static uint64_t windows_of(int node)
{
	uint64_t windows = 0;

	for (uint32_t n = 0; n < cells_of(node, "windows"); n++) {
		windows |= UINT64_C(1) << (nth_cell(node, "windows", n) & 63);
	}
	return windows;
}

/* The backend sees the client's memory where nothing else is; each window has one backend. */
static void check_virtio(uint32_t index, int node)
{
	const struct manifest_virtio *v = &manifest.virtio[index];
	const struct manifest_partition *c =
		peer_named(fdt_getprop(blob, node, "client", NULL), v->client);
	const struct manifest_partition *b =
		peer_named(fdt_getprop(blob, node, "backend", NULL), v->backend);

	CHECK(c != b && b->nr_clients <= 4 && machine_has(c->windows, MACHINE_VIRTIO));
	CHECK_EQ(v->windows, windows_of(node));
	CHECK(v->windows && cells_of(node, "windows") <= 8);
	CHECK_EQ(v->offset, cell_of(node, "offset", 0));
	CHECK_EQ(v->size, cell_of(node, "size", c->memory_size - v->offset));
	CHECK(v->size && (v->offset | v->size | v->ipa.ipa) % 0x1000 == 0);
	CHECK((uint64_t)v->offset + v->size <= c->memory_size);
	CHECK((uint64_t)v->ipa.ipa + v->size <= UINT64_C(0x100000000));
	CHECK_EQ(v->ipa.ipa, cell_of(node, "ipa", 1));
	check_place(b, v->ipa.ipa, v->size, NULL);
	CHECK(!b->has_gic || (b->nr_irqs > 37 && !is_device_of(b, 37)));
	for (uint32_t n = 0; n < 32; n++) {
		CHECK(!(v->windows >> n & 1) || !c->has_gic ||
		      (c->nr_irqs > 48 + n && !is_device_of(c, 48 + n)));
	}
	for (uint32_t n = 0; n < index; n++) {
		const struct manifest_virtio *w = &manifest.virtio[n];

		CHECK(w->client != v->client || !(w->windows & v->windows));
		CHECK(w->backend != v->backend || apart(v->ipa.ipa, v->size, w->ipa.ipa, w->size));
	}
}

static void check_taken(void)
{
	uint32_t index = 0, vcpus = 0, pools = 0, shared = 0, virtio = 0;
	int node;

	CHECK(manifest.nr_partitions >= 1 && manifest.nr_partitions <= 64);
	CHECK(manifest.branches <= MANIFEST_BRANCHES_NONE);
	CHECK(manifest.time_slice_us >= 100 && manifest.time_slice_us <= 1000000);
	CHECK(!has(0, "phandle") && fdt_num_mem_rsv(blob) == 0);
	fdt_for_each_subnode(node, blob, 0)
	{
		if (is_shared_node(node)) {
			CHECK(shared < manifest.nr_shared && manifest.nr_shared <= 8);
			if (shared < manifest.nr_shared) {
				check_shared(shared++, node);
			}
			continue;
		}
		if (is_virtio_node(node)) {
			CHECK(virtio < manifest.nr_virtio && manifest.nr_virtio <= 8);
			if (virtio < manifest.nr_virtio) {
				check_virtio(virtio++, node);
			}
			continue;
		}
		CHECK(index < manifest.nr_partitions);
		if (index < manifest.nr_partitions) {
			check_partition(&manifest.partition[index], node);
			pools += manifest.partition[index].vm_pool;
			vcpus += manifest.partition[index++].nr_vcpus;
		}
	}
	CHECK(index == manifest.nr_partitions && vcpus <= 64 && shared == manifest.nr_shared);
	CHECK_EQ(virtio, manifest.nr_virtio);
	CHECK(pools <= 0x8000000);
	CHECK(budgets_fit(8));
	for (uint32_t i = 0; i < index; i++) {
		check_rights(&manifest.partition[i],
			     fdt_subnode_offset(blob, 0, manifest.partition[i].name));
		check_managers(i);
		for (uint32_t j = 0; j < index; j++) {
			check_pair(i, j);
		}
	}
}

/* ---- on a board ---- */

/* The UART of the monitor's console is at a device, or right behind it; or has its interrupt. */
static void any_uart(uint32_t how, struct board *board)
{
	const struct manifest_device *d = NULL;

	for (uint32_t n = 0; n < manifest.nr_partitions && !d; n++) {
		d = manifest.partition[n].nr_devices ? &manifest.partition[n].device[0] : NULL;
	}
	if (d && (how & 4u)) {
		board->uart = BOARD_UART_PL011;
		board->uart_base.pa = d->pa.pa + (how & 1u) * d->size;
		if ((how & 2u) && d->nr_interrupts != 0) {
			board->uart_intid = d->intid[d->nr_interrupts - 1];
		}
	}
}

/* RAM from 2 GiB on, some below it, some above 4 GiB; of each the monitor may have taken the start.
 * The GIC's frames may lie where devices are. */
static void any_board(struct fuzz_input *in, struct board *board, struct regions *free)
{
	static const struct region ram[] = { { { 0x10020000 }, 0x20000 },
					     { { 0x80000000 }, 0x40000000 },
					     { { UINT64_C(0x1000030000) }, 0x10000000 } };
	static const uint64_t places[] = { 0x2c000000, 0x10000000, 0x10040000,
					   UINT64_C(0x1000000000) };
	static const uint32_t intids[] = { 0, 64, 288, 1020 };
	uint32_t how = fuzz_byte(in);

	memset(board, 0, sizeof(*board));
	memset(free, 0, sizeof(*free));
	board->nr_cpus = how % 8 + 1;
	for (uint32_t n = 0; n < 3; n++) {
		uint32_t taken = fuzz_byte(in) % 8u * 0x4000;

		if (how >> 3 >> n & 1) {
			board->memory.r[board->memory.count++] = ram[n];
			free->r[free->count++] =
				(struct region) { pa_add(ram[n].base, taken), ram[n].size - taken };
		}
	}
	board->gicd.pa = places[how >> 6] + fuzz_byte(in) % 16u * 0x1000;
	board->gicc.pa = places[how >> 6] + fuzz_byte(in) % 16u * 0x1000;
	board->gich.pa = places[how >> 6] + fuzz_byte(in) % 16u * 0x1000;
	board->gicv.pa = places[how >> 6] + fuzz_byte(in) % 16u * 0x1000;
	board->nr_intids = intids[fuzz_byte(in) % 4u];
	any_uart(how, board);
}

static bool meets(const struct manifest_device *d, uint64_t base, uint64_t size)
{
	return !apart(d->pa.pa, d->size, base, size);
}

/* docs/manifest.md: on which boards it runs. GICD 4 KiB, the other frames 8. */
static bool device_fits(const struct manifest_device *d, const struct board *board)
{
	for (uint32_t n = 0; n < board->memory.count; n++) {
		if (meets(d, board->memory.r[n].base.pa, board->memory.r[n].size)) {
			return false;
		}
	}
	for (uint32_t n = 0; n < d->nr_interrupts; n++) {
		if ((board->nr_intids && d->intid[n] >= board->nr_intids) ||
		    (board->uart != BOARD_UART_NONE && d->intid[n] == board->uart_intid)) {
			return false;
		}
	}
	return (board->uart == BOARD_UART_NONE || !meets(d, board->uart_base.pa, 1)) &&
	       !meets(d, board->gicd.pa, 0x1000) && !meets(d, board->gicc.pa, 0x2000) &&
	       !meets(d, board->gich.pa, 0x2000) && !meets(d, board->gicv.pa, 0x2000);
}

/* Without a place of its own (0), too. */
static bool is_free(uint64_t base, uint64_t size, const struct regions *free)
{
	bool fits = base == 0;

	for (uint32_t n = 0; n < free->count; n++) {
		fits = fits || (base >= free->r[n].base.pa &&
				base + size <= free->r[n].base.pa + free->r[n].size);
	}
	return fits;
}

static bool partition_fits(const struct manifest_partition *p, const struct board *board,
			   const struct regions *free)
{
	bool fits = is_free(p->memory_pa.pa, p->memory_size, free);

	for (uint32_t n = 0; n < p->nr_vcpus; n++) {
		fits = fits && p->affinity[n] % (1u << board->nr_cpus) != 0;
	}
	for (uint32_t n = 0; n < p->nr_devices; n++) {
		fits = fits && device_fits(&p->device[n], board);
	}
	return fits;
}

static void try_board(struct fuzz_input *in, const struct fdt *fdt)
{
	struct refusal why = { 0 };
	struct regions free;
	struct board board;
	uint64_t wanted = 0, left = 0;
	bool fits, taken;

	any_board(in, &board, &free);
	fits = budgets_fit(board.nr_cpus);
	for (uint32_t n = 0; n < free.count; n++) {
		left += free.r[n].size;
	}
	for (uint32_t n = 0; n < manifest.nr_partitions; n++) {
		fits = fits && partition_fits(&manifest.partition[n], &board, &free);
		wanted += manifest.partition[n].memory_size;
		wanted += manifest.partition[n].vm_pool;
	}
	for (uint32_t n = 0; n < manifest.nr_shared; n++) {
		const struct manifest_shared *s = &manifest.shared[n];

		fits = fits && is_free(s->memory_pa.pa, manifest_shared_size(s), &free);
		wanted += manifest_shared_size(s);
	}
	taken = manifest_check_board(fdt, &manifest, &board, &free, &why);
	CHECK_EQ(taken, fits && wanted <= left);
	CHECK(taken || (why.node && why.parent && why.property && why.reason && why.reason[0]));
}

/* What was not refused is compared with a board all the same, where each refusal is to be told. */
static void try_refused(struct fuzz_input *in, const struct fdt *fdt)
{
	struct refusal why = { 0 };
	struct regions free;
	struct board board;

	any_board(in, &board, &free);
	CHECK(manifest.nr_partitions <= 64);
	(void)manifest_check_board(fdt, &manifest, &board, &free, &why);
}

/* ---- each refusal has its words and its place in the tree ---- */

static const struct fdt *told_of;
static uint32_t nr_told;
static struct refusal first_told;

static void tell(const struct refusal *why)
{
	struct fdt_prop prop;

	if (nr_told++ == 0) {
		first_told = *why;
	}
	CHECK(why->node && why->parent && why->property && why->reason && why->reason[0]);
	CHECK(strcmp(why->node, fdt_node_name(told_of, why->at)) == 0);
	CHECK(why->rival == 0 || (why->rival != why->at && *fdt_node_name(told_of, why->rival)));
	/* Every cell takes 4 bytes, every string one at least. */
	CHECK(why->item == 0 ||
	      (fdt_get_prop(told_of, why->at, why->property, &prop) && why->item <= prop.length));
}

/* With `tell` the reader takes the same, and tells of all that it refuses. */
static bool read_telling(const struct fdt *fdt)
{
	struct refusal why = { .tell = tell };
	bool taken;

	told_of = fdt;
	nr_told = 0;
	taken = manifest_read(fdt, &manifest, &why);
	CHECK_EQ(taken, nr_told == 0);
	CHECK(taken || (why.reason == first_told.reason && why.at == first_told.at));
	return taken;
}

unsigned fuzz_manifest(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };
	struct refusal why = { 0 };
	struct fdt fdt;

	bool sound;

	if (!make_tree(&in, &sound)) {
		return 0;
	}
	CHECK(fdt_open(&fdt, blob, fdt_totalsize(blob)) == NULL);
	if (test_failures == 0 && manifest_read(&fdt, &manifest, &why)) {
		check_taken();
		try_board(&in, &fdt);
		CHECK(read_telling(&fdt));
	} else {
		CHECK(!read_telling(&fdt));
		try_refused(&in, &fdt);
		CHECK(!sound);
		CHECK(why.node && why.parent && why.property && why.reason && why.reason[0]);
	}
	return fuzz_failures();
}
