/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that print lists. */
#include "guest/control/shell.h"
#include "guest/lib/hvc.h"
#include <stdio.h>
#include <string.h>

#define LISTS_SHOWN (PLUMB_IRQ_LEVEL | PLUMB_IRQ_PENDING | PLUMB_IRQ_ACTIVE | PLUMB_IRQ_ENABLED)

const char *shell_state_name(uint32_t state)
{
	static const char *const names[] = { "off", "running", "loading", "crashed", "paused" };

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "?";
}

void shell_list_vms(void)
{
	struct vm_info info;

	printf("%-6s %-15s %-8s %5s  %s\n", "handle", "name", "state", "vCPUs", "interrupts");
	for (uint32_t handle = 1; handle <= SHELL_MAX_HANDLE; handle++) {
		int32_t result = vm_info(handle, &info);

		if (result == -EPERM) {
			printf("%-6u (no right)\n", (unsigned)handle);
		} else if (result != 0) {
			break;
		} else if (info.nr_irqs == 0) {
			printf("%-6u %-15s %-8s %5u  no GIC: cpu irq, cpu fiq\n", (unsigned)handle,
			       info.name, shell_state_name(info.state), (unsigned)info.nr_vcpus);
		} else {
			printf("%-6u %-15s %-8s %5u  spi 32..%u, ppi 16..31\n", (unsigned)handle,
			       info.name, shell_state_name(info.state), (unsigned)info.nr_vcpus,
			       (unsigned)info.nr_irqs - 1);
		}
	}
}

static bool lists_line(uint32_t handle, const char *kind, uint32_t number, uint32_t vcpu,
		       uint32_t irq)
{
	uint32_t state = 0;
	char where[16] = "";

	if (irq_state(handle, irq, &state) != 0 || (state & LISTS_SHOWN) == 0) {
		return false;
	}
	if (irq >> KVM_ARM_IRQ_TYPE_SHIFT == KVM_ARM_IRQ_TYPE_PPI) {
		(void)snprintf(where, sizeof(where), "vCPU %u", (unsigned)vcpu);
	}
	printf("%s %-4u %-6s  %-5s %s%s%s%s\n", kind, (unsigned)number, where,
	       (state & PLUMB_IRQ_EDGE) ? "edge" : "level",
	       (state & PLUMB_IRQ_LEVEL) ? "high " : "low ",
	       (state & PLUMB_IRQ_ENABLED) ? "enabled " : "",
	       (state & PLUMB_IRQ_PENDING) ? "pending " : "",
	       (state & PLUMB_IRQ_ACTIVE) ? "active" : "");
	return true;
}

static uint32_t lists_cpu_lines(uint32_t handle, const struct vm_info *info)
{
	uint32_t shown = 0, state = 0;

	for (uint32_t vcpu = 0; vcpu < info->nr_vcpus; vcpu++) {
		for (uint32_t line = KVM_ARM_IRQ_CPU_IRQ; line <= KVM_ARM_IRQ_CPU_FIQ; line++) {
			if (irq_state(handle, kvm_irq_cpu(vcpu, line), &state) == 0) {
				printf("cpu %s vCPU %u  %s\n", line == 0 ? "irq" : "fiq",
				       (unsigned)vcpu,
				       (state & (PLUMB_IRQ_LEVEL | PLUMB_IRQ_PENDING)) ? "high"
										       : "low");
				shown++;
			}
		}
	}
	return shown;
}

static uint32_t lists_gic_lines(uint32_t handle, const struct vm_info *info)
{
	uint32_t shown = 0;

	for (uint32_t vcpu = 0; vcpu < info->nr_vcpus; vcpu++) {
		for (uint32_t ppi = 16; ppi < 32; ppi++) {
			shown += lists_line(handle, "ppi", ppi, vcpu, kvm_irq_ppi(vcpu, ppi));
		}
	}
	for (uint32_t spi = 32; spi < info->nr_irqs; spi++) {
		shown += lists_line(handle, "spi", spi, 0, kvm_irq_spi(spi));
	}
	return shown;
}

void shell_list_lines(uint32_t handle)
{
	struct vm_info info;
	int32_t result = vm_info(handle, &info);
	uint32_t shown;

	if (result != 0) {
		shell_explain(result);
		return;
	}
	shown = info.nr_irqs == 0 ? lists_cpu_lines(handle, &info) : lists_gic_lines(handle, &info);
	if (shown == 0) {
		printf("no line is high, enabled, pending or active\n");
	} else if (info.nr_irqs != 0) {
		printf("every other line is low, disabled and idle\n");
	}
}

/* control cannot get the state of handles on which it has no right; its own is one of them, unless
 * it has the right on itself. */
static uint32_t lists_unknown(void)
{
	struct vm_info info;
	uint32_t unknown = 0;
	int32_t result = 0;

	for (uint32_t handle = 1; handle <= SHELL_MAX_HANDLE && result != -EBADF; handle++) {
		result = vm_info(handle, &info);
		unknown += result == -EPERM;
	}
	return unknown - (vm_info(0, &info) == -EPERM ? 1 : 0);
}

/* Another partition that is running, or will be: its name is in *info. */
static bool lists_runs(uint32_t handle, struct vm_info *info)
{
	struct vm_info self;

	if (vm_info(handle, info) != 0 ||
	    (vm_info(0, &self) == 0 && strcmp(info->name, self.name) == 0)) {
		return false;
	}
	return info->state != PLUMB_VM_OFF && info->state != PLUMB_VM_CRASHED;
}

void shell_list_running(void)
{
	uint32_t running = 0, unknown = lists_unknown();
	struct vm_info info;

	for (uint32_t handle = 1; handle <= SHELL_MAX_HANDLE; handle++) {
		if (lists_runs(handle, &info)) {
			printf("%s %s", running == 0 ? "these continue to run:" : ",", info.name);
			running++;
		}
	}
	if (unknown > 0) {
		printf("%salso possibly running: %u on which control has no right",
		       running > 0 ? "; " : "", (unsigned)unknown);
	}
	if (running + unknown > 0) {
		printf("\nCtrl-] and a handle, or n, move the input to another partition; "
		       "Ctrl-A x ends QEMU.\n");
	}
}
