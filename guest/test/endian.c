/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and stores with CPSR.E set (ARM DDI 0406C, A3.3): the bytes of a halfword or word are
 * reversed between the register and the device, every emulated one, before a load's sign is
 * extended. Instructions are little-endian all the same.
 */
#include "guest/lib/cpu.h"
#include "guest/lib/exceptions.h"
#include "guest/lib/gic.h"
#include "guest/lib/mmio.h"
#include "guest/lib/report.h"

#define UART	0x09000000u
#define RTC	0x09010000u
#define VIRTIO	0x0a000000u
#define RTC_MR	(RTC + 0x004u)
#define UART_RW (UART + 0x024u) /* IBRD: 16 bits */

#define THUMB __attribute__((target("thumb"), noinline))

/* One big-endian access each. */
#define ENDIAN_LOAD(attributes, name, insn)                           \
	attributes static uint32_t name(uint32_t address)             \
	{                                                             \
		uint32_t value = 0;                                   \
                                                                      \
		__asm__ volatile("setend be\n\t" insn "\n\tsetend le" \
				 : "+&r"(value), "+&r"(address)       \
				 :                                    \
				 : "memory", "cc");                   \
		return value;                                         \
	}
#define ENDIAN_STORE(name, insn)                                      \
	static void name(uint32_t address, uint32_t value)            \
	{                                                             \
		__asm__ volatile("setend be\n\t" insn "\n\tsetend le" \
				 : "+&r"(value), "+&r"(address)       \
				 :                                    \
				 : "memory", "cc");                   \
	}

/* clang-format off */
ENDIAN_LOAD(, big_ldr, "ldr %0, [%1]")
ENDIAN_LOAD(, big_ldrh, "ldrh %0, [%1]")
ENDIAN_LOAD(, big_ldrsh, "ldrsh %0, [%1]")
ENDIAN_LOAD(, big_ldrb, "ldrb %0, [%1]")
ENDIAN_LOAD(, big_ldrsb, "ldrsb %0, [%1]")
ENDIAN_LOAD(, big_ldr_post, "ldr %0, [%1], #4\n\tsub %1, %1, #4")
ENDIAN_LOAD(, big_ldrsh_pre, "sub %1, %1, #2\n\tldrsh %0, [%1, #2]!")
ENDIAN_LOAD(THUMB, big_thumb_post, "ldr %0, [%1], #4")
ENDIAN_LOAD(THUMB, big_thumb_ldrh, "ldrh %0, [%1]")
ENDIAN_STORE(big_str, "str %0, [%1]")
ENDIAN_STORE(big_strh, "strh %0, [%1]")
ENDIAN_STORE(big_strb, "strb %0, [%1]")
ENDIAN_STORE(big_str_pre, "sub %1, %1, #4\n\tstr %0, [%1, #4]!")
ENDIAN_STORE(big_strh_post, "strh %0, [%1], #2")
/* clang-format on */

static uint32_t swap32(uint32_t value)
{
	return value << 24 | (value & 0xff00u) << 8 | (value >> 8 & 0xff00u) | value >> 24;
}

static void endian_reads(void)
{
	uint32_t typer = gic_dist_read(GICD_TYPER);

	(void)report_check(typer != swap32(typer), "GICD_TYPER is 0x%x", (unsigned)typer);
	(void)report_equal(big_ldr(GIC_DIST_BASE + GICD_TYPER), swap32(typer), "GICD, ldr");
	(void)report_equal(big_ldr_post(GIC_DIST_BASE + GICD_TYPER), swap32(typer),
			   "GICD, ldr with write-back");
	(void)report_equal(big_thumb_post(GIC_DIST_BASE + GICD_TYPER), swap32(typer),
			   "GICD, Thumb, ldr with write-back");
	(void)report_equal(big_ldr(VIRTIO), 0x76697274, "virtio, ldr: 'virt'");
	(void)report_equal(big_ldrh(VIRTIO), 0x7669, "virtio, ldrh");
	(void)report_equal(big_thumb_ldrh(VIRTIO + 2), 0x7274, "virtio, Thumb, ldrh");
	(void)report_equal(big_ldrb(VIRTIO + 3), 0x74, "virtio, ldrb: one byte stays");
	(void)report_equal(big_ldr(UART + 0xff0), 0x0d000000, "PL011, ldr");
	(void)report_equal(big_ldrh(UART + 0xff0), 0x0d00, "PL011, ldrh");
	(void)report_equal(big_ldr(RTC + 0xfe0), 0x31000000, "PL031, ldr");
}

/* The sign is that of what is loaded, not of what the device has. */
static void endian_signs(void)
{
	mmio_write32(UART_RW, 0x1280);
	(void)report_equal(big_ldrsh(UART_RW), 0xffff8012, "ldrsh of 0x1280 is negative");
	(void)report_equal(big_ldrsh_pre(UART_RW), 0xffff8012, "the same with write-back");
	(void)report_equal(big_ldrh(UART_RW), 0x8012, "ldrh is not");
	(void)report_equal(big_ldrsb(UART_RW), 0xffffff80, "ldrsb of 0x80");
	mmio_write32(UART_RW, 0x8012);
	(void)report_equal(big_ldrsh(UART_RW), 0x1280, "ldrsh of 0x8012 is positive");
}

static void endian_writes(void)
{
	uint32_t priorities = GIC_DIST_BASE + GICD_IPRIORITYR + 40;

	big_str(priorities, 0x10203040);
	(void)report_equal(mmio_read32(priorities), 0x40302010, "GICD, str");
	big_str_pre(priorities, 0x50607080);
	(void)report_equal(mmio_read32(priorities), 0x80706050, "GICD, str with write-back");
	big_strb(priorities + 1, 0x12345690);
	(void)report_equal(mmio_read32(priorities), 0x80709050, "GICD, strb");
	big_str(GIC_DIST_BASE + GICD_ISENABLER + 4, 0x00010000);
	(void)report_equal(gic_dist_read(GICD_ISENABLER + 4), 0x00000100, "GICD_ISENABLER1, str");
	big_str(GIC_DIST_BASE + GICD_ICENABLER + 4, 0x00010000);
	(void)report_equal(gic_dist_read(GICD_ISENABLER + 4), 0, "GICD_ICENABLER1, str");
	big_strh(UART_RW, 0xffff1234);
	(void)report_equal(mmio_read32(UART_RW), 0x3412, "PL011, strh");
	big_strh_post(UART_RW, 0x00005678);
	(void)report_equal(mmio_read32(UART_RW), 0x7856, "PL011, strh with write-back");
	big_str(UART_RW, 0xcdab0000);
	(void)report_equal(mmio_read32(UART_RW), 0xabcd, "PL011, str");
	big_str(RTC_MR, 0x11223344);
	(void)report_equal(mmio_read32(RTC_MR), 0x44332211, "PL031, str");
	(void)report_equal(big_ldr(RTC_MR), 0x11223344, "and there and back");
}

/* An SGI to this CPU, acknowledged, ended and deactivated by big-endian words; GICV is hardware's,
 * the GICC_DIR page is not. */
static void endian_interrupt(void)
{
	uint32_t iar;

	gic_cpu_write(GICC_CTLR, 0x201); /* EOImodeNS */
	big_str(GIC_DIST_BASE + GICD_SGIR, swap32((uint32_t)GIC_SGI_SELF << 24 | 5));
	iar = swap32(big_ldr(GIC_CPU_BASE + GICC_IAR));
	(void)report_equal(GIC_INTID(iar), 5, "GICD_SGIR, str: SGI 5 comes");
	(void)report_equal(gic_dist_read(GICD_ISACTIVER), 1u << 5, "it is active");
	big_str(GIC_CPU_BASE + GICC_EOIR, swap32(iar));
	big_str(GIC_CPU_BASE + GICC_DIR, iar);
	(void)report_equal(gic_dist_read(GICD_ISACTIVER), 1u << 5, "another's GICC_DIR");
	big_str(GIC_CPU_BASE + GICC_DIR, swap32(iar));
	(void)report_equal(gic_dist_read(GICD_ISACTIVER), 0, "GICC_DIR, str");
	gic_cpu_write(GICC_CTLR, 1);
}

static void endian_ldrd(void *arg)
{
	__asm__ volatile("setend be\n\tldrd r2, r3, [%0]\n\tsetend le"
			 :
			 : "r"(((struct exception_access *)arg)->address)
			 : "r2", "r3", "memory");
}

int main(void)
{
	struct exception_access access = { .address = VIRTIO };
	struct guest_exception seen;

	gic_init();
	endian_reads();
	endian_signs();
	endian_writes();
	endian_interrupt();
	seen = exception_try(endian_ldrd, &access);
	(void)report_check(seen.kind == EXCEPTION_DATA_ABORT && (seen.psr & 0x200u),
			   "ldrd of a device aborts, with CPSR.E as it was");
	(void)report_check(!(cpu_cpsr() & 0x200u), "the abort was taken with SCTLR.EE");
	report_summary();
}
