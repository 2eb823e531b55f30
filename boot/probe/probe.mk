# SPDX-License-Identifier: BSD-2-Clause
#
# The probe: a checklist of a board, with the monitor's readers and UART drivers, for any ARMv7-A
# CPU, with the MMU off. docs/porting.md

PB := $(B)/probe

PROBE_SRCS := $(sort $(wildcard boot/probe/*.S boot/probe/*.c)) boot/mode.S boot/monitor.S \
	      $(filter hyp/board/% hyp/fdt/% hyp/text/fmt.c,$(PURE_SRCS)) \
	      $(sort $(wildcard hyp/hw/uart*.c))
# Instructions that every ARMv7-A CPU has; addresses only in words, which start.S can relocate.
PROBE_ARCH := -march=armv7-a -marm
PROBE_CFLAGS := $(BASE_CFLAGS) $(PROBE_ARCH) -mgeneral-regs-only -mno-unaligned-access \
		-mword-relocations -ffreestanding -fno-common -fno-pic -fno-stack-protector \
		-fno-tree-loop-distribute-patterns -ffunction-sections -fdata-sections -Os -g
PROBE_ASFLAGS := -I. $(PROBE_ARCH) -g -Wundef -Werror
PROBE_LDFLAGS := $(PROBE_ARCH) -mgeneral-regs-only -nostdlib -static -Wl,--gc-sections \
		 -Wl,--build-id=none -Wl,-pie -Wl,--no-dynamic-linker -Wl,-z,notext \
		 -Wl,--no-warn-rwx-segments -Wl,--fatal-warnings
PROBE_OBJS := $(PROBE_SRCS:%=$(PB)/obj/%.o)

$(PB)/obj/%.c.o: %.c boot/probe/probe.mk Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(PROBE_CFLAGS) $(DEPFLAGS) -c -o $@ $<

$(PB)/obj/%.S.o: %.S boot/probe/probe.mk Makefile
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(PROBE_ASFLAGS) $(DEPFLAGS) -c -o $@ $<

$(B)/probe.elf: $(PROBE_OBJS) boot/probe/probe.lds
	$(call say,LD,$@)
	$(Q)$(ARM_CC) $(PROBE_LDFLAGS) -T boot/probe/probe.lds -o $@ $(PROBE_OBJS) -lgcc

link-objects: $(PROBE_OBJS)

$(PB)/plain.img: $(B)/probe.elf
	$(Q)$(CROSS)objcopy -O binary $< $@

# UART=KIND,ADDRESS[,SHIFT[,WIDTH]]: instead of the tree's.
.PHONY: probe-image probe
probe-image: $(PB)/plain.img
	@scripts/probe image $(if $(UART),--uart $(UART))

probe: $(PB)/plain.img
	@scripts/probe run $(if $(BOARD),$(BOARD),virt) $(if $(UART),--uart $(UART))
