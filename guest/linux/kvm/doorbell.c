// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * The monitor's doorbell. It is high until all that there is to tell has been asked for: vCPUs that
 * are to be run again, lines that have fallen. Guests and VMMs can go on making more of it, so its
 * handler tells a part alone; the rest is a work's, which other threads do not wait for.
 */
#define pr_fmt(text) KBUILD_MODNAME ": " text

#include <linux/interrupt.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/workqueue.h>

#include "vm.h"

#define DOORBELL_NODE "plumbline,creator"
#define DOORBELL_ONCE 16 /* VMs that are told of at once */

static int doorbell_irq;
static int doorbell_here; /* the address of it is the handler's cookie */

/* True: there may be more. */
static bool doorbell_tell(void)
{
	struct plumb_result said;
	u32 n;

	for (n = 0; n < DOORBELL_ONCE; n++) {
		said = plumb_call(PLUMB_WAKE_MASK, 0, 0, 0, 0, 0);
		if (said.r0 || !said.r1)
			return false;
		if (vm_wake(said.r2, said.r1))
			return true;
		if (!said.r3)
			return false;
	}
	return true;
}

/* A part of what each VM has: the monitor names the first one again and again, and the others are
 * not to wait for it. True: there may be more. */
static bool doorbell_tell_each(void)
{
	struct plumb_result said;
	bool more = false;
	u32 n;

	for (n = PLUMB_VM_FIRST; n < PLUMB_VM_FIRST + VM_MAX_VMS; n++) {
		said = plumb_call(PLUMB_WAKE_MASK, n, 0, 0, 0, 0);
		if (!said.r0 && said.r1) {
			vm_wake(n, said.r1);
			more = true;
		}
	}
	return more;
}

/* The doorbell is disabled meanwhile. */
static void doorbell_tell_rest(struct work_struct *work)
{
	if (doorbell_tell_each())
		queue_work(system_unbound_wq, work);
	else
		enable_irq(doorbell_irq);
}

static DECLARE_WORK(doorbell_rest, doorbell_tell_rest);

static irqreturn_t doorbell_rings(int irq, void *cookie)
{
	if (doorbell_tell()) {
		disable_irq_nosync(irq);
		queue_work(system_unbound_wq, &doorbell_rest);
	}
	return IRQ_HANDLED;
}

int doorbell_start(void)
{
	struct device_node *node = of_find_compatible_node(NULL, NULL, DOORBELL_NODE);
	int error;

	doorbell_irq = node ? irq_of_parse_and_map(node, 0) : 0;
	of_node_put(node);
	if (!doorbell_irq) {
		pr_err("the device tree has no node '%s' with an interrupt\n", DOORBELL_NODE);
		return -ENODEV;
	}
	error = request_irq(doorbell_irq, doorbell_rings, 0, "kvm", &doorbell_here);
	if (error)
		pr_err("interrupt %d: error %d\n", doorbell_irq, error);
	return error;
}

/* There are no VMs, so nothing rings it. */
void doorbell_stop(void)
{
	flush_work(&doorbell_rest);
	free_irq(doorbell_irq, &doorbell_here);
}
