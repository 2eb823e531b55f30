# SPDX-License-Identifier: BSD-2-Clause
#
# Guest programs, included by the top Makefile. They are found, not listed: a folder guest/NAME/ with C files
# is the program NAME; guest/test/NAME.c and guest/test/NAME/ are programs test-NAME. Each becomes
# build/guest/PROGRAM.elf and PROGRAM.bin (flat, for 0x40010000).

GB := $(B)/guest

GUEST_LIB_SRCS := $(sort $(wildcard guest/lib/*.c guest/lib/*.S))
GUEST_DIRS := $(filter-out lib test,$(sort $(patsubst guest/%/,%,$(dir $(wildcard guest/*/*.c)))))
GUEST_TEST_FILES := $(sort $(patsubst guest/test/%.c,%,$(wildcard guest/test/*.c)))
GUEST_TEST_DIRS := $(sort $(patsubst guest/test/%/,%,$(dir $(wildcard guest/test/*/*.c))))
GUEST_PROGRAMS := $(GUEST_DIRS) $(GUEST_TEST_FILES:%=test-%) $(GUEST_TEST_DIRS:%=test-%)

# VFP is off until a program turns it on (lib/vfp.h), so code is compiled without it, except sources
# with 'vfp' in their name. Both use the same calling convention, and the C library without VFP.
GUEST_NOVFP := -mgeneral-regs-only
GUEST_VFP := -mfpu=neon-vfpv4 -mfloat-abi=softfp
GUEST_CFLAGS := $(BASE_CFLAGS) $(ARM_ARCH) -fno-common -fno-pic -fno-stack-protector \
		-ffunction-sections -fdata-sections -O2 -g
GUEST_LDFLAGS := $(ARM_ARCH) -mgeneral-regs-only -nostartfiles -static -Wl,--gc-sections \
		 -Wl,--build-id=none -T guest/lib/guest.lds

guest_objs = $(patsubst %,$(GB)/obj/%.o,$(1))
GUEST_LIB_OBJS := $(call guest_objs,$(GUEST_LIB_SRCS))

$(GB)/obj/%.c.o: %.c guest/guest.mk Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(GUEST_CFLAGS) $(if $(findstring vfp,$(notdir $<)),$(GUEST_VFP),$(GUEST_NOVFP)) \
		$(DEPFLAGS) -c -o $@ $<

$(GB)/obj/%.S.o: %.S guest/guest.mk Makefile
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(ARM_ASFLAGS) $(DEPFLAGS) -c -o $@ $<

# $(1) program, $(2) sources
define guest_program
$(GB)/$(1).elf: $(call guest_objs,$(2)) $(GUEST_LIB_OBJS) guest/lib/guest.lds
	$$(call say,LD,$$@)
	$$(Q)$$(ARM_CC) $$(GUEST_LDFLAGS) -o $$@ $$(filter %.o,$$^)
endef

$(foreach dir,$(GUEST_DIRS),$(eval $(call \
	guest_program,$(dir),$(sort $(wildcard guest/$(dir)/*.c guest/$(dir)/*.S)))))
$(foreach name,$(GUEST_TEST_FILES),$(eval $(call \
	guest_program,test-$(name),guest/test/$(name).c)))
$(foreach name,$(GUEST_TEST_DIRS),$(eval $(call \
	guest_program,test-$(name),$(sort $(wildcard guest/test/$(name)/*.c guest/test/$(name)/*.S)))))

# The ELF file of this program is entered in Thumb state, and not at its start.
$(GB)/test-entry.elf: private GUEST_LDFLAGS += -Wl,-e,entry_thumb

# The monitor's functions of <string.h>, from the object that is in its image: with the library's in one program.
$(GB)/monitor-string.o: $(B)/obj/hyp/hw/string.S.o
	@mkdir -p $(@D)
	$(Q)$(CROSS)objcopy --prefix-symbols=monitor_ $< $@

$(GB)/test-strings.elf: $(GB)/monitor-string.o

$(GB)/%.bin: $(GB)/%.elf
	$(Q)$(CROSS)objcopy -O binary $< $@

guests: $(GUEST_PROGRAMS:%=$(GB)/%.elf) $(GUEST_PROGRAMS:%=$(GB)/%.bin)
