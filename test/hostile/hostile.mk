# SPDX-License-Identifier: BSD-2-Clause
#
# Programs of test/tool fuzz-guest: the plugin of QEMU that notes the monitor's code that is reached,
# and one that prints steps.

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
