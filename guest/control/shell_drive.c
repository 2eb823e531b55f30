/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that drive a line. */
#include "guest/control/shell.h"
#include "guest/lib/gic.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/timer.h"
#include <stdio.h>
#include <string.h>

/* A level that falls before the vCPU has run is lost. This is two of the scheduler's default time
 * slices, in which a vCPU that shares its CPU has run. */
#define DRIVE_PULSE_MS	   20u
#define DRIVE_PULSE_MAX_MS 10000u

/* Interrupts that the monitor drives itself (docs/control-abi.md, KVM_IRQ_LINE, checks 6 and 7). */
#define DRIVE_PPI_PMU	23u
#define DRIVE_PPI_CNTV	27u
#define DRIVE_PPI_CNTP	30u
#define DRIVE_SPI_UART	33u
#define DRIVE_SPI_CLOCK 34u
#define DRIVE_SPI_WATCH PLUMB_VM_WATCH_INTID

struct drive_line {
	uint32_t handle, irq;
	uint32_t type, number;
	bool edge, enabled; /* as its GIC is configured now; a CPU line: false, true */
};

static volatile bool drive_due;

static void drive_on_timer(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	timer_stop();
	drive_due = true;
}

void shell_drive_init(void)
{
	irq_set_handler(GIC_PPI_CNTV, drive_on_timer, NULL);
	gic_enable(GIC_PPI_CNTV);
}

void shell_sleep(uint32_t ms, const volatile bool *until)
{
	drive_due = ms == 0;
	if (ms > 0) {
		timer_start_us(ms * 1000);
	}
	while (!drive_due && !(until != NULL && *until)) {
		cpu_wfi();
		cpu_irq_enable();
		cpu_isb();
		cpu_irq_disable();
	}
	timer_stop();
}

/* ---- the words for a line ---- */

static bool drive_kind(const char *word, uint32_t *type)
{
	static const struct {
		const char *name;
		uint32_t type;
	} kinds[] = { { "cpu", KVM_ARM_IRQ_TYPE_CPU },
		      { "spi", KVM_ARM_IRQ_TYPE_SPI },
		      { "ppi", KVM_ARM_IRQ_TYPE_PPI } };

	for (uint32_t n = 0; n < sizeof(kinds) / sizeof(kinds[0]); n++) {
		if (strcmp(word, kinds[n].name) == 0) {
			*type = kinds[n].type;
			return true;
		}
	}
	printf("no kind of line '%s': spi, ppi, or cpu\n", word);
	return false;
}

static bool drive_number(uint32_t type, const char *word, uint32_t *number)
{
	if (type == KVM_ARM_IRQ_TYPE_CPU && strcmp(word, "irq") == 0) {
		*number = KVM_ARM_IRQ_CPU_IRQ;
		return true;
	}
	if (type == KVM_ARM_IRQ_TYPE_CPU && strcmp(word, "fiq") == 0) {
		*number = KVM_ARM_IRQ_CPU_FIQ;
		return true;
	}
	return words_number(word, number);
}

static void drive_look(struct drive_line *line)
{
	uint32_t state = 0;

	line->type = line->irq >> KVM_ARM_IRQ_TYPE_SHIFT;
	line->number = line->irq & KVM_ARM_IRQ_NUM_MASK;
	(void)irq_state(line->handle, line->irq, &state);
	line->edge = state & PLUMB_IRQ_EDGE;
	line->enabled = state & PLUMB_IRQ_ENABLED;
}

/* VM, spi N | ppi N [VCPU] | cpu irq|fiq|N [VCPU], then words for the caller. Returns the number of
 * words of the line; 0: an error, which was printed; count + 1: not a line. */
static uint32_t drive_read(const char *const *words, uint32_t count, struct drive_line *line)
{
	uint32_t type, number, vcpu = 0, used = 3;

	if (count < 3 || !drive_kind(words[1], &type)) {
		return count < 3 ? count + 1 : 0;
	}
	if (!drive_number(type, words[2], &number)) {
		return count + 1;
	}
	if (type != KVM_ARM_IRQ_TYPE_SPI && count > 3) {
		if (!words_number(words[3], &vcpu)) {
			return count + 1;
		}
		used = 4;
	}
	if (number > KVM_ARM_IRQ_NUM_MASK || vcpu > KVM_ARM_IRQ_VCPU_MASK) {
		printf("a number has at most 16 bits, a vCPU at most 8\n");
		return 0;
	}
	if (!shell_find_vm(words[0], &line->handle)) {
		return 0;
	}
	line->irq = kvm_irq_word(type, vcpu, number);
	drive_look(line);
	return used;
}

/* ---- the result of a call ---- */

/* The owner of a line that the monitor drives. */
static const char *drive_owner(const struct drive_line *line)
{
	if (line->type == KVM_ARM_IRQ_TYPE_PPI) {
		return line->number == DRIVE_PPI_PMU	? "the performance monitors' line"
		       : line->number == DRIVE_PPI_CNTV ? "the virtual timer's line"
							: "the physical timer's line";
	}
	return line->number == DRIVE_SPI_UART ? "the console's line"
	       : line->number == DRIVE_SPI_WATCH
		       ? "the doorbell's line of a partition that manages others"
	       : line->number == DRIVE_SPI_CLOCK ? "the clock's line, or a passed-through device's"
						 : "a passed-through device's line";
}

/* Called with result 0: the call was accepted, and has no effect. */
static bool drive_is_ignored(const struct drive_line *line)
{
	return line->type == KVM_ARM_IRQ_TYPE_PPI &&
	       (line->number == DRIVE_PPI_CNTV || line->number == DRIVE_PPI_CNTP);
}

/* True: the line has the requested level. */
static bool drive_check(const struct drive_line *line, int32_t result)
{
	const char *kind = line->type == KVM_ARM_IRQ_TYPE_PPI ? "PPI" : "SPI";

	if (result == -EBUSY) {
		printf("EBUSY: %s %u is %s: the monitor drives it\n", kind, (unsigned)line->number,
		       drive_owner(line));
	} else if (result != 0) {
		shell_explain(result);
	} else if (drive_is_ignored(line)) {
		printf("ignored: %s %u is %s: the monitor drives it\n", kind,
		       (unsigned)line->number, drive_owner(line));
	}
	return result == 0 && !drive_is_ignored(line);
}

static void drive_report(const struct drive_line *line, int32_t result, bool level)
{
	if (drive_check(line, result)) {
		printf("ok%s\n", !level		 ? ""
				 : line->edge	 ? ": one edge"
				 : line->enabled ? ": the line stays high until 'lower'"
						 : ": the line stays high until 'lower'; the guest "
						   "has the interrupt disabled");
	}
}

/* ---- commands ---- */

static enum shell_next drive_set(const char *const *words, uint32_t count, uint32_t level)
{
	struct drive_line line;
	uint32_t used = drive_read(words, count, &line);

	if (used == 0) {
		return SHELL_GO_ON;
	}
	if (used != count) {
		return SHELL_USAGE;
	}
	drive_report(&line, kvm_irq_line(line.handle, line.irq, level), level);
	return SHELL_GO_ON;
}

enum shell_next shell_raise(const char *const *words, uint32_t count)
{
	return drive_set(words, count, 1);
}

enum shell_next shell_lower(const char *const *words, uint32_t count)
{
	return drive_set(words, count, 0);
}

static void drive_pulse(const struct drive_line *line, uint32_t ms)
{
	int32_t result = kvm_irq_line(line->handle, line->irq, 1);

	if (!drive_check(line, result)) {
		return;
	}
	shell_sleep(ms, NULL);
	result = kvm_irq_line(line->handle, line->irq, 0);
	if (result != 0) {
		shell_explain(result);
	} else if (line->edge) {
		printf("ok: one edge%s\n",
		       line->enabled ? "" : "; it waits until the guest enables the interrupt");
	} else {
		printf("ok: high for %u ms%s\n", (unsigned)ms,
		       line->enabled ? "" : ", but the guest had the interrupt disabled");
	}
}

enum shell_next shell_pulse(const char *const *words, uint32_t count)
{
	struct drive_line line;
	uint32_t used = drive_read(words, count, &line), ms;

	if (used == 0) {
		return SHELL_GO_ON;
	}
	if (used != count && used + 1 != count) {
		return SHELL_USAGE;
	}
	ms = line.edge ? 0 : DRIVE_PULSE_MS;
	if (used < count && !words_number(words[used], &ms)) {
		return SHELL_USAGE;
	}
	if (ms > DRIVE_PULSE_MAX_MS) {
		printf("a pulse lasts %u ms at most: 'raise' holds a line for longer\n",
		       (unsigned)DRIVE_PULSE_MAX_MS);
		return SHELL_GO_ON;
	}
	drive_pulse(&line, ms);
	return SHELL_GO_ON;
}

/* The partition that words[2] names, or without it the first other one; prints the error if false.
 */
static bool drive_find_vm(const char *const *words, uint32_t count, uint32_t *handle)
{
	if (count == 3) {
		return shell_find_vm(words[2], handle);
	}
	*handle = shell_default_vm();
	if (*handle == 0) {
		printf("no other partition that control may call: 'vms' lists them\n");
	}
	return *handle != 0;
}

enum shell_next shell_irq(const char *const *words, uint32_t count)
{
	struct drive_line line;
	uint32_t level;

	if (!words_number(words[0], &line.irq) || !words_number(words[1], &level)) {
		return SHELL_USAGE;
	}
	if (!drive_find_vm(words, count, &line.handle)) {
		return SHELL_GO_ON;
	}
	drive_look(&line);
	printf("KVM_IRQ_LINE(partition %u, irq 0x%08x, level %u): ", (unsigned)line.handle,
	       (unsigned)line.irq, (unsigned)level);
	drive_report(&line, kvm_irq_line(line.handle, line.irq, level), level != 0);
	return SHELL_GO_ON;
}

enum shell_next shell_gsi(const char *const *words, uint32_t count)
{
	uint32_t gsi, level, handle;
	int32_t result;

	if (!words_number(words[0], &gsi) || !words_number(words[1], &level)) {
		return SHELL_USAGE;
	}
	if (!drive_find_vm(words, count, &handle)) {
		return SHELL_GO_ON;
	}
	result = kvm_gsi_line(handle, gsi, level);
	printf("KVM_IRQ_LINE(partition %u, GSI %u, level %u): ", (unsigned)handle, (unsigned)gsi,
	       (unsigned)level);
	if (result == 0) {
		printf("ok\n");
	} else if (result == -ENXIO) {
		printf("ENXIO: this GSI has no route; by default GSI n is SPI n + 32\n");
	} else if (result == -EBUSY) {
		printf("EBUSY: a device of that partition drives this GSI's line\n");
	} else {
		shell_explain(result);
	}
	return SHELL_GO_ON;
}
