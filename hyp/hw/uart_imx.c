/* SPDX-License-Identifier: BSD-2-Clause */
/* UART of i.MX21 and later (NXP's i.MX 7Dual reference manual IMX7DRM, chapter "UART"). */
#include "hyp/base/bits.h"
#include "hyp/hw/io.h"
#include "hyp/hw/uart_driver.h"

#define IMX_URXD 0x00u
#define IMX_UTXD 0x40u
#define IMX_UCR1 0x80u
#define IMX_UCR2 0x84u
#define IMX_UCR3 0x88u
#define IMX_UCR4 0x8cu
#define IMX_UFCR 0x90u
#define IMX_USR2 0x98u
#define IMX_UTS	 0xb4u

#define IMX_UCR1_UARTEN BIT32(0)
#define IMX_UCR1_RRDYEN BIT32(9)
#define IMX_UCR1_TRDYEN BIT32(13)
/* Every other interrupt and DMA request: ADEN, TRDYEN, IDEN, RRDYEN, RXDMAEN, TXMPTYEN, RTSDEN,
 * TXDMAEN, ATDMAEN. */
#define IMX_UCR1_OFF \
	(BIT32(15) | GENMASK32(13, 12) | GENMASK32(9, 8) | GENMASK32(6, 5) | GENMASK32(3, 2))
#define IMX_UCR2_OFF	(BIT32(15) | GENMASK32(4, 3)) /* ESCI, RTSEN, ATEN */
#define IMX_UCR2_ON	GENMASK32(2, 0)		      /* TXEN, RXEN, SRST: 0 there is a reset */
#define IMX_UCR2_8N1	(BIT32(14) | BIT32(5))	      /* IRTS, WS */
#define IMX_UCR3_MUXSEL BIT32(2)
#define IMX_UCR3_OFF	(GENMASK32(13, 11) | GENMASK32(6, 3) | BIT32(0)) /* DTREN to ACIEN */
#define IMX_UCR3_DTE	GENMASK32(9, 8) /* RI, DCD: interrupts as DTE, levels of the pins as DCE */
#define IMX_UCR4_OFF	(GENMASK32(8, 6) | GENMASK32(3, 0)) /* ENIRI to DREN, but for IRSC, LPBYP */
#define IMX_UFCR_DTE	BIT32(6)
#define IMX_UFCR_RXTL	GENMASK32(5, 0)
#define IMX_UFCR_TXTL	GENMASK32(15, 10)
#define IMX_USR2_TXDC	BIT32(3)
#define IMX_UTS_RXEMPTY BIT32(5)
#define IMX_UTS_TXFULL	BIT32(4)

static void uart_imx_change(const struct uart *uart, uint32_t offset, uint32_t clear, uint32_t set)
{
	io_write32(uart->shape.base + offset,
		   (io_read32(uart->shape.base + offset) & ~clear) | set);
}

/* Levels: reception is ready at one byte, so the aging timer is not needed; transmission has room
 * below two bytes. UFCR also holds the clock's divider. A boot loader that only prints may leave
 * the receiver off, and RXDMUXSEL clear, without which it receives nothing. A UART that is off has
 * no format yet: it gets 8n1, without flow control. Reception is enabled last, when its level is
 * set. */
static void uart_imx_start(struct uart *uart)
{
	uint32_t levels = io_read32(uart->shape.base + IMX_UFCR);
	bool on = (io_read32(uart->shape.base + IMX_UCR1) & IMX_UCR1_UARTEN) != 0;

	uart_imx_change(uart, IMX_UCR1, IMX_UCR1_OFF, IMX_UCR1_UARTEN);
	uart_imx_change(uart, IMX_UCR3, IMX_UCR3_OFF | ((levels & IMX_UFCR_DTE) ? IMX_UCR3_DTE : 0),
			IMX_UCR3_MUXSEL);
	uart_imx_change(uart, IMX_UCR4, IMX_UCR4_OFF, 0);
	levels = FIELD_SET(IMX_UFCR_RXTL, levels, 1u);
	io_write32(uart->shape.base + IMX_UFCR, FIELD_SET(IMX_UFCR_TXTL, levels, 2u));
	uart_imx_change(uart, IMX_UCR2, IMX_UCR2_OFF, IMX_UCR2_ON | (on ? 0 : IMX_UCR2_8N1));
}

static bool uart_imx_can_send(struct uart *uart)
{
	return !(io_read32(uart->shape.base + IMX_UTS) & IMX_UTS_TXFULL);
}

static void uart_imx_send(struct uart *uart, uint8_t byte)
{
	io_write32(uart->shape.base + IMX_UTXD, byte);
}

static int uart_imx_receive(struct uart *uart)
{
	if (io_read32(uart->shape.base + IMX_UTS) & IMX_UTS_RXEMPTY) {
		return -1;
	}
	return (int)(io_read32(uart->shape.base + IMX_URXD) & 0xffu);
}

/* Both are levels that end with their cause. */
static void uart_imx_enable_interrupts(struct uart *uart, bool receive, bool transmit)
{
	uint32_t control = io_read32(uart->shape.base + IMX_UCR1) & ~IMX_UCR1_OFF;

	io_write32(uart->shape.base + IMX_UCR1,
		   control | (receive ? IMX_UCR1_RRDYEN : 0) | (transmit ? IMX_UCR1_TRDYEN : 0));
}

static bool uart_imx_is_idle(struct uart *uart)
{
	return (io_read32(uart->shape.base + IMX_USR2) & IMX_USR2_TXDC) != 0;
}

const struct uart_driver uart_imx = {
	.start = uart_imx_start,
	.can_send = uart_imx_can_send,
	.send = uart_imx_send,
	.receive = uart_imx_receive,
	.enable_interrupts = uart_imx_enable_interrupts,
	.is_idle = uart_imx_is_idle,
};
