/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest @NAME@, without a C library: prints through the PL011, raises an interrupt line of its
 * own partition, and takes the interrupt. From Plumbline it uses abi/plumbline.h.
 */
#include "abi/plumbline.h"
#include <stdint.h>

#define UART_BASE    0x09000000u /* PL011 (ARM DDI 0183) */
#define UART_DR	     0x00u
#define UART_FR	     0x18u
#define UART_CR	     0x30u
#define UART_FR_TXFF 0x20u  /* no room */
#define UART_CR_ON   0x301u /* receiver, transmitter, UART */

#define GICD_BASE	0x08000000u /* distributor (ARM IHI 0048B, table 4-1) */
#define GICD_CTLR	0x000u
#define GICD_ISENABLER	0x100u
#define GICD_IPRIORITYR 0x400u
#define GICD_ITARGETSR	0x800u

#define GICC_BASE 0x08010000u /* CPU interface (table 4-2) */
#define GICC_CTLR 0x00u
#define GICC_PMR  0x04u
#define GICC_IAR  0x0cu
#define GICC_EOIR 0x10u

#define GUEST_SPI 40u /* of the partition's GIC: 32 to 127, except 33, the console's */

void guest_main(const void *tree);
void guest_on_irq(void);
void guest_on_exception(void);

static volatile uint32_t guest_taken;

static void guest_write(uint32_t address, uint32_t value)
{
	*(volatile uint32_t *)(uintptr_t)address = value;
}

static uint32_t guest_read(uint32_t address)
{
	return *(volatile uint32_t *)(uintptr_t)address;
}

static void guest_write_byte(uint32_t address, uint8_t value)
{
	*(volatile uint8_t *)(uintptr_t)address = value;
}

static void guest_print(const char *text)
{
	for (; *text; text++) {
		while (guest_read(UART_BASE + UART_FR) & UART_FR_TXFF) {
		}
		guest_write(UART_BASE + UART_DR, (uint8_t)*text);
	}
}

static void guest_print_number(uint32_t number)
{
	char text[11];
	uint32_t at = sizeof(text) - 1;

	text[at] = '\0';
	do {
		text[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	guest_print(text + at);
}

/* HVC #0, by the SMC Calling Convention. */
static int32_t guest_call(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3)
{
	register uint32_t r0 __asm__("r0") = function;
	register uint32_t r1 __asm__("r1") = a1;
	register uint32_t r2 __asm__("r2") = a2;
	register uint32_t r3 __asm__("r3") = a3;

	__asm__ volatile(".arch_extension virt\n\thvc #0"
			 : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
			 :
			 : "r12", "memory");
	return (int32_t)r0;
}

/* Sets a line of this partition, which is handle 0. */
static int32_t guest_set_line(uint32_t intid, uint32_t level)
{
	uint32_t irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | intid;

	return guest_call(PLUMB_IRQ_LINE, 0, irq, level);
}

/* Status 0 is a normal end, any other counts as a crash. */
_Noreturn static void guest_exit(uint32_t status)
{
	(void)guest_call(PLUMB_SYSTEM_EXIT, status, 0, 0);
	for (;;) {
		__asm__ volatile("wfi");
	}
}

static void guest_start_gic(void)
{
	guest_write_byte(GICD_BASE + GICD_IPRIORITYR + GUEST_SPI, 0xa0);
	guest_write_byte(GICD_BASE + GICD_ITARGETSR + GUEST_SPI, 1); /* vCPU 0 */
	guest_write(GICD_BASE + GICD_ISENABLER + 4 * (GUEST_SPI / 32), 1u << GUEST_SPI % 32);
	guest_write(GICD_BASE + GICD_CTLR, 1);
	guest_write(GICC_BASE + GICC_PMR, 0xff);
	guest_write(GICC_BASE + GICC_CTLR, 1);
}

/* The line is a level: lower it, or the interrupt is pending again after the EOI. */
void guest_on_irq(void)
{
	uint32_t iar = guest_read(GICC_BASE + GICC_IAR);

	if ((iar & 0x3ff) == GUEST_SPI) {
		guest_taken++;
		(void)guest_set_line(GUEST_SPI, 0);
		guest_write(GICC_BASE + GICC_EOIR, iar);
	}
}

void guest_on_exception(void)
{
	guest_print("@NAME@: an exception\r\n");
	guest_exit(2);
}

/* `tree`: the device tree that plumb made, or the manifest's own. */
void guest_main(const void *tree)
{
	(void)tree;
	guest_write(UART_BASE + UART_CR, UART_CR_ON);
	guest_print("@NAME@: hello\r\n");
	guest_start_gic();
	if (guest_set_line(GUEST_SPI, 1) != 0) {
		guest_print("@NAME@: KVM_IRQ_LINE was refused\r\n");
		guest_exit(1);
	}
	/* WFI ends with a pending interrupt, masked or not: none is missed between the test and the
	 * WFI.
	 */
	while (guest_taken == 0) {
		__asm__ volatile("wfi\n\tcpsie i\n\tcpsid i" ::: "memory");
	}
	guest_print("@NAME@: SPI ");
	guest_print_number(GUEST_SPI);
	guest_print(" taken, count ");
	guest_print_number(guest_taken);
	guest_print("\r\n");
	guest_exit(0);
}
