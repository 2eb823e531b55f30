/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPUs' registers, time, the UART, firmware: what stands behind the fakes. */
#include "hyp/base/bits.h"
#include "hyp/hw/fence.h"
#include "hyp/hw/io.h"
#include "hyp/hw/monitor_calls.h"
#include "hyp/hw/pen.h"
#include "hyp/hw/pen_layout.h"
#include "hyp/hw/smc.h"
#include "hyp/hw/vfp.h"
#include "test/rig/rig.h"
#include <string.h>

#define UART_FIFO  16u
#define UART_BYTE  10u /* ticks that a byte needs */
#define PMU_EVENTS 6u
#define OUTPUT	   (1u << 20)

struct rig_machine rig;
uint32_t rig_nr_cpus;
uint32_t rig_self;
uint32_t *(*rig_registers)(uintptr_t address, bool is_write, uint32_t value);
int32_t rig_cpu_on_error;
enum fake_sysreg rig_stuck = FAKE_NR_SYSREGS;
bool rig_cpu_never_comes;
char rig_output[OUTPUT];
size_t rig_output_length;

/* ---- registers ---- */

/* ISTATUS, with ENABLE: the condition, masked or not (B4.1.31). */
static uint64_t timer_ctl(enum fake_sysreg reg)
{
	const uint64_t *r = rig_this()->reg;
	uint64_t now = reg == FAKE_CNTV_CTL ? rig.now - r[FAKE_CNTVOFF] : rig.now;
	uint64_t cval = r[reg == FAKE_CNTV_CTL	 ? FAKE_CNTV_CVAL
			  : reg == FAKE_CNTP_CTL ? FAKE_CNTP_CVAL
						 : FAKE_CNTHP_CVAL];

	return r[reg] | ((r[reg] & 1) && cval <= now ? 4 : 0);
}

uint64_t fake_sysreg_read(enum fake_sysreg reg)
{
	if (reg == FAKE_HTPIDR || reg == FAKE_MPIDR) {
		return rig_this()->reg[reg];
	}
	rig_point(RIG_AT_REGISTER);
	switch (reg) {
	case FAKE_CNTPCT:
		return rig.now;
	case FAKE_CNTV_CTL:
	case FAKE_CNTP_CTL:
	case FAKE_CNTHP_CTL:
		return timer_ctl(reg);
	default:
		return rig_this()->reg[reg];
	}
}

/* B4.2.4; a guest's MMU is off: stage 1 changes nothing. LPAE format of PAR. */
static void translate(enum fake_sysreg reg, uint32_t va)
{
	uint64_t pa = va;
	bool ok = reg == FAKE_ATS1CPR || rig_stage2(va, &pa);

	rig_this()->reg[FAKE_PAR_64] = ok ? (pa & ~UINT64_C(0xfff)) | BIT32(11) : 1;
}

/* Set and clear registers of the performance monitors (C12.8): one word behind each pair. */
static bool write_pmu(enum fake_sysreg reg, uint32_t value)
{
	uint64_t *r = rig_this()->reg;

	switch (reg) {
	case FAKE_PMCR:
		r[FAKE_PMCR] = (value & 0x39) | PMU_EVENTS << 11;
		return true;
	case FAKE_PMCNTENSET:
		r[FAKE_PMCNTENSET] |= value;
		return true;
	case FAKE_PMCNTENCLR:
		r[FAKE_PMCNTENSET] &= ~(uint64_t)value;
		return true;
	case FAKE_PMINTENSET:
		r[FAKE_PMINTENSET] |= value;
		return true;
	case FAKE_PMINTENCLR:
		r[FAKE_PMINTENSET] &= ~(uint64_t)value;
		return true;
	case FAKE_PMOVSSET:
		r[FAKE_PMOVSR] |= value;
		return true;
	case FAKE_PMOVSR:
		r[FAKE_PMOVSR] &= ~(uint64_t)value;
		return true;
	default:
		return false;
	}
}

uint32_t rig_lines_cleaned, rig_sets_cleaned;

void fake_sysreg_write(enum fake_sysreg reg, uint64_t value)
{
	if (reg != FAKE_DCCMVAC && reg != FAKE_DCCIMVAC) {
		rig_point(RIG_AT_REGISTER);
	}
	rig_this()->undone = true;
	rig_lines_cleaned += reg == FAKE_DCCIMVAC;
	rig_sets_cleaned += reg == FAKE_DCCISW;
	if (write_pmu(reg, (uint32_t)value) || (reg == rig_stuck && rig_self == 1)) {
		return;
	}
	rig_this()->reg[reg] = value;
	if (reg == FAKE_ATS12NSOPR || reg == FAKE_ATS12NSOUR || reg == FAKE_ATS1CPR) {
		translate(reg, (uint32_t)value);
	}
}

extern volatile uint32_t pen_boxes[][1u << (PEN_BOX_SHIFT - 2)];

/* Who waits in a box that has an entry now leaves it (boot/pen.S). */
static void open_pen(void)
{
	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		if (pen_boxes[n][PEN_PARKED / 4] && pen_boxes[n][PEN_ENTRY / 4] &&
		    rig.cpu[n].wait == RIG_OFF) {
			pen_boxes[n][PEN_PARKED / 4] = 0;
			rig_second_begins(n);
		}
	}
}

/* A DSB has waited for what this CPU did. */
static void complete(void)
{
	rig_this()->undone = rig_this()->lr_late = rig_this()->remote_late = false;
}

void fake_barrier(enum fake_barrier which)
{
	rig_point(RIG_AT_BARRIER);
	if (rig_on_barrier && (which == FAKE_DSB || which == FAKE_DMB)) {
		rig_on_barrier();
	}
	switch (which) {
	case FAKE_DSB:
		complete();
		break;
	case FAKE_SEV:
		complete(); /* hw_sev has a DSB */
		open_pen();
		for (uint32_t n = 0; n < rig_nr_cpus; n++) {
			rig.cpu[n].event = true;
		}
		break;
	case FAKE_WFI:
		rig_sleep(RIG_IN_WFI);
		break;
	case FAKE_WFE:
		if (!rig_this()->event) {
			rig_sleep(RIG_IN_WFE);
		}
		rig_this()->event = false;
		break;
	case FAKE_YIELD:
		rig_sleep(RIG_RUNS);
		break;
	default:
		break;
	}
}

/* ---- time ---- */

/* What leaves the UART by now. PL011 (DDI 0183 3.4): the transmit interrupt comes as the FIFO
 * drains through its mark. */
void rig_events(void)
{
	bool high;

	for (uint32_t n = 0; n < RIG_DEVICES; n++) {
		struct rig_device *device = &rig.device[n];

		if (device->at <= rig.now) {
			device->at = RIG_NEVER;
			device->acts(device);
		}
	}

	while (rig.tx && rig.tx_next <= rig.now) {
		rig.tx_next += UART_BYTE;
		if (--rig.tx == UART_FIFO / 8) {
			rig.uart_raw |= BIT32(5);
		}
	}
	high = ((rig.uart_raw | (rig.rx_head != rig.rx_tail ? BIT32(4) | BIT32(6) : 0)) &
		rig.uart_imsc) != 0;
	rig_line(RIG_UART_SPI, high);
}

static void earlier(uint64_t *first, uint64_t at)
{
	*first = at < *first ? at : *first;
}

uint64_t rig_next_event(void)
{
	uint64_t first = rig.tx ? rig.tx_next : RIG_NEVER;

	for (uint32_t n = 0; n < RIG_DEVICES; n++) {
		earlier(&first, rig.device[n].at);
	}
	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		const uint64_t *reg = rig.cpu[n].reg;

		if ((reg[FAKE_CNTHP_CTL] & 3) == 1) {
			earlier(&first, reg[FAKE_CNTHP_CVAL]);
		}
		if ((reg[FAKE_CNTP_CTL] & 3) == 1) {
			earlier(&first, reg[FAKE_CNTP_CVAL]);
		}
		if ((reg[FAKE_CNTV_CTL] & 3) == 1) {
			earlier(&first, reg[FAKE_CNTV_CVAL] + reg[FAKE_CNTVOFF]);
		}
	}
	return first;
}

/* ---- device registers ---- */

static uint32_t uart_read(uint32_t offset)
{
	rig_events();
	switch (offset) {
	case 0x00:
		return rig.rx_head != rig.rx_tail ? rig.rx_fifo[rig.rx_head++ % 16] : 0;
	case 0x18: /* FR: BUSY, RXFE, TXFF */
		return (rig.tx ? BIT32(3) : 0) | (rig.rx_head == rig.rx_tail ? BIT32(4) : 0) |
		       (rig.tx == UART_FIFO ? BIT32(5) : 0);
	case 0x30:
		return 0x301;
	default:
		return 0;
	}
}

static void uart_write(uint32_t offset, uint32_t value)
{
	rig_events();
	switch (offset) {
	case 0x00:
		rig_demand(rig.tx < UART_FIFO, "a byte is sent to a UART that is full");
		rig_demand(rig_output_length < OUTPUT - 1, "more output than there is room for");
		if (rig.tx++ == 0) {
			rig.tx_next = rig.now + UART_BYTE;
		}
		if (value != '\r') {
			rig_output[rig_output_length++] = (char)value;
			rig_output[rig_output_length] = '\0';
		}
		if (rig.tx > UART_FIFO / 8) {
			rig.uart_raw &= ~BIT32(5);
		}
		break;
	case 0x38:
		rig.uart_imsc = value;
		break;
	case 0x44:
		rig.uart_raw &= ~value;
		break;
	default:
		break;
	}
	rig_events();
}

void rig_type(const char *text)
{
	for (; *text && rig.rx_tail - rig.rx_head < 16; text++) {
		rig.rx_fifo[rig.rx_tail++ % 16] = (uint8_t)*text;
	}
}

uint32_t io_read32(uintptr_t address)
{
	uint32_t offset = address & 0xfff;

	rig_point(RIG_AT_DEVICE);
	switch (address - offset) {
	case RIG_GICD:
		return rig_gicd_read(offset);
	case RIG_GICC:
	case RIG_GICC + 0x1000:
		return rig_gicc_read((uint32_t)(address - RIG_GICC));
	case RIG_GICH:
		return rig_gich_read(offset);
	case RIG_GICH + 0x1000:
		return rig_alias_read(offset);
	case RIG_GICV:
		return rig_gicv_ack();
	case RIG_UART:
		return uart_read(offset);
	default:
		break;
	}
	if (rig_registers) {
		return *rig_registers(address, false, 0);
	}
	rig_fail("nothing is at device address 0x%lx", (unsigned long)address);
}

void io_write32(uintptr_t address, uint32_t value)
{
	uint32_t offset = address & 0xfff;

	rig_point(RIG_AT_DEVICE);
	rig_this()->undone = true;
	switch (address - offset) {
	case RIG_GICD:
		rig_gicd_write(offset, value);
		break;
	case RIG_GICC:
	case RIG_GICC + 0x1000:
		rig_gicc_write((uint32_t)(address - RIG_GICC), value);
		break;
	case RIG_GICH:
		rig_gich_write(offset, value);
		break;
	case RIG_GICH + 0x1000:
		rig_alias_write(offset, value);
		break;
	case RIG_GICV:
		rig_gicv_end(value);
		break;
	case RIG_UART:
		uart_write(offset, value);
		break;
	default:
		if (!rig_registers) {
			rig_fail("nothing is at device address 0x%lx", (unsigned long)address);
		}
		*rig_registers(address, true, value) = value;
		break;
	}
}

uint8_t io_read8(uintptr_t address)
{
	rig_fail("byte read at device address 0x%lx", (unsigned long)address);
}

void io_write8(uintptr_t address, uint8_t value)
{
	rig_point(RIG_AT_DEVICE);
	rig_this()->undone = true;
	rig_demand((address & ~(uintptr_t)0xfff) == RIG_GICD, "a byte is written to GICD");
	rig_gicd_write8(address & 0xfff, value);
}

/* ---- VFP (hyp/hw/vfp.S) and what else is in assembly ---- */

static uint64_t vfp_d[RIG_MAX_CPUS][32];

void vfp_load(const uint64_t *d, uint32_t fpscr, uint32_t fpexc)
{
	(void)fpscr;
	(void)fpexc;
	memcpy(vfp_d[rig_self], d, sizeof(vfp_d[0]));
}

uint64_t vfp_save(uint64_t *d)
{
	memcpy(d, vfp_d[rig_self], sizeof(vfp_d[0]));
	return 0;
}

void vfp_enable(void)
{
}

uint32_t vfp_fpsid(void)
{
	return 0x410430f0;
}

uint32_t vfp_mvfr0(void)
{
	return 0x10110222;
}

uint32_t vfp_mvfr1(void)
{
	return 0x11111111;
}

/* GICH's second page. */
bool fence_read32(uintptr_t address, uint32_t *value)
{
	rig_demand(address - RIG_GICH < 0x2000, "a fenced read of another device");
	*value = rig_alias == RIG_NO_ALIAS ? 0 : io_read32(address);
	return rig_alias != RIG_NO_ALIAS;
}

bool vectors_take_abort(void);
bool vectors_take_abort(void)
{
	rig_this()->reg[FAKE_ISR] = 0;
	return true;
}

/* ---- firmware: PSCI (ARM DEN 0022) ---- */

extern volatile uint32_t pen_turn[];
void main_secondary(uint32_t index) __attribute__((noreturn));

static void second_begins(uint32_t cpu)
{
	(void)cpu;
	main_secondary(pen_turn[PEN_TURN_INDEX / 4]);
}

void rig_second_begins(uint32_t cpu)
{
	if (rig_cpu_never_comes) {
		return;
	}
	rig_demand(cpu < rig_nr_cpus && rig.cpu[cpu].wait == RIG_OFF, "a CPU is started twice");
	rig.cpu[cpu].begin = second_begins;
	rig.cpu[cpu].wait = RIG_RUNS;
}

/* Firmware's, and the resident monitor's (boot/monitor.S). */
int32_t smc_call(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3)
{
	(void)a2;
	(void)a3;
	rig_point(RIG_AT_DEVICE);
	switch (function) {
	case MONITOR_PSCI_CPU_ON:
		if (!rig_cpu_on_error) {
			rig_second_begins(a1);
		}
		return rig_cpu_on_error;
	case 0x84000008: /* SYSTEM_OFF */
		rig_done();
	case MONITOR_SET_FREQUENCY:
		rig_this()->reg[FAKE_CNTFRQ] = a1;
		return 0;
	default:
		return 0;
	}
}
