# SPDX-License-Identifier: BSD-2-Clause
#
# Programs of `make verify` (test/verify/checkers says how they are run).

VERIFY_CFLAGS := $(BASE_CFLAGS) -O3 -g

# The decoder as a part of the loop, and as a function.
$(B)/verify/irq_line: test/verify/irq_line.c vgic/irq_line.c Makefile test/verify/verify.mk
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)clang $(VERIFY_CFLAGS) -include vgic/irq_line.c $(DEPFLAGS) -o $@ $<

$(B)/verify/irq_line_calls: test/verify/irq_line.c vgic/irq_line.c Makefile test/verify/verify.mk
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(VERIFY_CFLAGS) $(DEPFLAGS) -MT $@ -c -o $@.o $<
	$(Q)$(HOST_CC) $(VERIFY_CFLAGS) -o $@ $@.o vgic/irq_line.c

# The VGIC as it is, without sanitizers: the unit test has them.
VGIC_PURE := $(filter vgic/%,$(PURE_SRCS))

$(B)/verify/vgic_states: test/verify/vgic_states.c $(VGIC_PURE) Makefile test/verify/verify.mk
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(VERIFY_CFLAGS) -flto $(DEPFLAGS) -MT $@ -c -o $@.o $<
	$(Q)$(HOST_CC) $(VERIFY_CFLAGS) -flto=auto -o $@ $@.o $(VGIC_PURE)
