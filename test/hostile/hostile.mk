# SPDX-License-Identifier: BSD-2-Clause
#
# Programs of test/tool fuzz-guest: the plugin of QEMU that notes the monitor's code that is reached,
# and one that prints steps. A table for test/tool storms.

HOSTILE := $(B)/hostile
HOSTILE_STEPS := guest/test/fuzz/generate.c guest/test/fuzz/draw.c guest/test/fuzz/encode.c

$(HOSTILE)/reach.so: test/hostile/reach.c test/hostile/hostile.mk Makefile
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -O2 -fPIC -shared -fvisibility=hidden $(DEPFLAGS) -o $@ $<

$(HOSTILE)/show: test/hostile/show.c $(HOSTILE_STEPS) $(wildcard guest/test/fuzz/*.h) test/hostile/hostile.mk Makefile
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -o $@ $(filter %.c,$^)

guests: $(HOSTILE)/reach.so $(HOSTILE)/show

# Where the monitor's structures have what test/lib/account.py reads.
$(HOSTILE)/layout.o: test/hostile/layout.c test/hostile/hostile.mk Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(filter-out $(ARM_LTO) -O2 -g,$(ARM_CFLAGS)) -O1 $(DEPFLAGS) -c -o $@ $<

$(HOSTILE)/layout: $(HOSTILE)/layout.o
	$(Q)$(CROSS)objcopy -O binary -j '.rodata*' $< $@

guests: $(HOSTILE)/layout
