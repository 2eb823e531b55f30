# SPDX-License-Identifier: BSD-2-Clause
#
# The plugin of QEMU that counts the monitor's stretches with interrupts masked.

STRETCH_PLUGIN := $(B)/stretch/stretch.so

$(STRETCH_PLUGIN): test/stretch/stretch.c test/stretch/stretch.mk Makefile
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -O2 -fPIC -shared -fvisibility=hidden $(DEPFLAGS) -o $@ $<

guests: $(STRETCH_PLUGIN)
