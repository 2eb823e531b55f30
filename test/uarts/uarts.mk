# SPDX-License-Identifier: BSD-2-Clause
#
# The UART drivers' test program, one ELF for each QEMU board that has such a UART: the objects are
# the same, the linker adds driver and addresses. test/check/uarts.py runs them.
#
# UARTS_BOARD: driver, base, shift, width; GICD, GICC, INTID; load address; QEMU's -serial number.

UARTS_smdkc210 := uart_exynos 0x13820000 0 4 0x10490000 0x10480000 86 0x40100000 2
UARTS_orangepi-pc := uart_8250_dw 0x01c28000 2 4 0x01c81000 0x01c82000 32 0x40100000 0
UARTS_ast2600-evb := uart_8250 0x1e784000 2 1 0x40461000 0x40462000 40 0x80100000 0
UARTS_mcimx7d-sabre := uart_imx 0x30860000 0 4 0x31001000 0x31002000 58 0x80100000 0
UARTS_mcimx6ul-evk := uart_imx 0x02020000 0 4 0x00a01000 0x00a02000 58 0x80100000 0
UARTS_vexpress-a15 := uart_pl011 0x1c090000 0 4 0x2c001000 0x2c002000 37 0x80100000 0
UARTS_virt := uart_pl011 0x09000000 0 4 0x08000000 0x08010000 33 0x40100000 0

UARTS_BOARDS := $(sort $(patsubst UARTS_%,%,$(filter-out UARTS_BOARDS,$(filter UARTS_%,$(.VARIABLES)))))
UARTS_FIELDS := driver base shift width gicd gicc intid load serial
UARTS_SRCS := test/uarts/start.S test/uarts/uarts.c $(wildcard hyp/hw/uart*.c)
UARTS_ELFS := $(UARTS_BOARDS:%=$(GB)/uarts/%.elf)

# $(1) board, $(2) number of the field
uarts_defsym = -Wl,--defsym=uarts_$(word $(2),$(UARTS_FIELDS))=$(word $(2),$(UARTS_$(1)))

$(UARTS_ELFS): $(GB)/uarts/%.elf: $(call guest_objs,$(UARTS_SRCS)) test/uarts/uarts.lds \
		test/uarts/uarts.mk
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(ARM_ARCH) -mgeneral-regs-only -nostdlib -static -Wl,--gc-sections \
		-Wl,--build-id=none $(foreach n,1 2 3 4 5 6 7 8,$(call uarts_defsym,$*,$(n))) \
		-T test/uarts/uarts.lds -o $@ $(filter %.o,$^) -lc -lgcc

guests: $(UARTS_ELFS)
