/* SPDX-License-Identifier: BSD-2-Clause */
/* The board's UART: a PL011 (ARM DDI 0183). Before uart_init what is sent is lost. */
#ifndef HYP_HW_UART_H
#define HYP_HW_UART_H

#include <stdbool.h>
#include <stdint.h>

void uart_init(uintptr_t base);
bool uart_can_send(void);
void uart_send(uint8_t byte);
/* -1: nothing received. */
int uart_receive(void);
/* Interrupts: reception always; transmission (room in the FIFO) when asked for. */
void uart_enable_interrupts(bool transmit);
/* Waits until everything has left. */
void uart_drain(void);

#endif
