/* SPDX-License-Identifier: BSD-2-Clause */
/* The console: a PL011 (ARM DDI 0183) at 0x09000000, SPI 33. */
#ifndef GUEST_LIB_UART_H
#define GUEST_LIB_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UART_BASE  0x09000000u
#define UART_DR	   0x00u
#define UART_RSR   0x04u
#define UART_FR	   0x18u
#define UART_IBRD  0x24u
#define UART_FBRD  0x28u
#define UART_LCR_H 0x2cu
#define UART_CR	   0x30u
#define UART_IFLS  0x34u
#define UART_IMSC  0x38u
#define UART_RIS   0x3cu
#define UART_MIS   0x40u
#define UART_ICR   0x44u

#define UART_FR_BUSY 0x08u
#define UART_FR_RXFE 0x10u
#define UART_FR_TXFF 0x20u

#define UART_INT_RX 0x10u
#define UART_INT_TX 0x20u
#define UART_INT_RT 0x40u

/* Before the first output (the start-up code calls it): FIFOs, transmitter and receiver on. */
void uart_init(void);
void uart_putc(uint8_t byte); /* waits for room */
/* Writes the text in one piece, also if other CPUs and handlers print; \n becomes \r\n. */
void uart_write(const char *text, size_t length);
void uart_drain(void);			 /* waits until all bytes are sent */
int uart_getc(void);			 /* -1: no byte */
void uart_set_interrupts(uint32_t mask); /* UART_INT_*: IMSC */
void uart_clear_interrupts(uint32_t mask);

#endif
