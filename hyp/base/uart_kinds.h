/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of UART that the monitor and the probe drive. A row holds all table data of one kind;
 * each ring expands the rows into the tables that it needs.
 *
 *   number      of enum board_uart; scripts/probe's KIND is made from its end
 *   driver      defined in a file hyp/hw/uart_*.c
 *   name        for people
 *   shaped      whether reg-shift, reg-io-width and reg-offset of the tree hold, as for an 8250
 *   compatible  strings of Linux's bindings; each with the shift that holds without reg-shift
 *
 * If several rows match a node, the last one applies: special kinds follow general ones.
 */
#ifndef HYP_BASE_UART_KINDS_H
#define HYP_BASE_UART_KINDS_H

/* clang-format off */
#define UART_KINDS(KIND) \
	KIND(BOARD_UART_PL011, uart_pl011, "PL011", false, { "arm,pl011", 2 }) \
	KIND(BOARD_UART_8250, uart_8250, "8250", true, \
	     { "nvidia,tegra20-uart", 2 }, { "ns16550a", 0 }, { "ns16550", 0 }, { "ns8250", 0 }) \
	KIND(BOARD_UART_8250_DW, uart_8250_dw, "8250 (DW)", true, { "snps,dw-apb-uart", 0 }) \
	KIND(BOARD_UART_8250_OMAP, uart_8250_omap, "8250 (OMAP)", true, \
	     { "ti,omap2-uart", 2 }, { "ti,omap3-uart", 2 }, { "ti,omap4-uart", 2 }, \
	     { "ti,am3352-uart", 2 }, { "ti,am4372-uart", 2 }, { "ti,dra742-uart", 2 }) \
	KIND(BOARD_UART_EXYNOS, uart_exynos, "Exynos", false, { "samsung,exynos4210-uart", 2 }) \
	KIND(BOARD_UART_IMX, uart_imx, "i.MX", false, \
	     { "fsl,imx6q-uart", 2 }, { "fsl,imx21-uart", 2 }) \
	KIND(BOARD_UART_STM32, uart_stm32, "STM32", false, { "st,stm32h7-uart", 2 })
/* clang-format on */

#endif
