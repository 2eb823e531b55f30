# SPDX-License-Identifier: BSD-2-Clause
#
# The monitor's glue and hardware ring for the host, and the world rig (test/rig/rig.h).

# Left out: page tables, whose addresses are the board's.
RING_SRCS := $(GLUE_SRCS) $(filter-out hyp/hw/mmu.c,$(wildcard hyp/hw/*.c)) vgic/vgic_hw.c
# Each access to data shared by CPUs is a point at which another CPU may continue.
RING_TRACE = $(if $(filter clang,$(UNIT_CC)),-fsanitize-coverage=func$(comma)trace-loads$(comma)trace-stores)
comma := ,
# Later versions of clang put each variable that a sanitizer guards into its own section by default.
RING_SECTIONS = $(eval RING_SECTIONS := $(shell echo "int a;" | $(UNIT_CC) -x c -Werror -fsanitize=address \
	-fno-sanitize-address-globals-dead-stripping -c -o /dev/null - 2>/dev/null && \
	echo -fno-sanitize-address-globals-dead-stripping))$(RING_SECTIONS)
RING_OBJS := $(RING_SRCS:%=$(B)/rig/%.o)
RIG_OBJS := $(patsubst %,$(B)/rig/%.o,$(wildcard test/rig/rig*.c))
ONE_OBJS := $(patsubst %,$(B)/rig/%.o,$(wildcard test/rig/one_*.c))
RIG_TESTS := $(patsubst test/unit/%.c,$(B)/unit/%,$(wildcard test/unit/test_rig_*.c))

# Their variables are in separate sections, so that each run begins with the same values.
$(RING_OBJS): $(B)/rig/%.o: % Makefile test/rig/rig.mk
	$(call say,UNIT,$<)
	@mkdir -p $(@D)
	$(Q)$(UNIT_CC) $(UNIT_CFLAGS) $(RING_TRACE) $(RING_SECTIONS) $(DEPFLAGS) -c -o $@ $<
	$(Q)objcopy --rename-section .data=core_data --rename-section .bss=core_bss $@

$(RIG_OBJS) $(ONE_OBJS): $(B)/rig/%.o: % Makefile test/rig/rig.mk
	$(call say,UNIT,$<)
	@mkdir -p $(@D)
	$(Q)$(UNIT_CC) $(UNIT_CFLAGS) $(DEPFLAGS) -c -o $@ $<

$(B)/unit/libcore.a: $(RING_OBJS)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(B)/unit/librig.a: $(RIG_OBJS)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(B)/unit/libone.a: $(ONE_OBJS)
	@rm -f $@
	$(Q)ar rcs $@ $^

# Tests of glue and of the hardware ring: their own definitions replace those of libcore.a.
GLUE_TESTS := $(addprefix $(B)/unit/test_,grow vgic_hw gic_order mem tty rtc halt arndale gic passed irq switch soc route_call tick partition guest_log trace watchdog one_reg)
$(GLUE_TESTS): $(B)/unit/libcore.a $(B)/unit/libone.a

$(RIG_TESTS): $(B)/unit/libcore.a $(B)/unit/librig.a

# The scenarios ten times as long (test/verify/checkers).
RIG_LONG := $(patsubst test/unit/test_%.c,$(B)/verify/%,$(wildcard test/unit/test_rig_*.c))
$(RIG_LONG): $(B)/verify/%: test/unit/test_%.c $(B)/unit/libcore.a $(B)/unit/librig.a $(B)/unit/libpure.a
	$(call say,UNIT,$@)
	@mkdir -p $(@D)
	$(Q)$(UNIT_CC) $(UNIT_CFLAGS) -DRIG_LONG=10 $(DEPFLAGS) -MT $@ -o $@ $< \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group

# Coverage of glue: the scenarios again, with clang's counters of branches (test/check/coverage.py).
COVERAGE_RING_OBJS := $(RING_SRCS:%=$(B)/coverage/ring/%.o)
COVERAGE_RIG_OBJS := $(patsubst %,$(B)/coverage/ring/%.o,$(wildcard test/rig/rig*.c))
COVERAGE_ONE_OBJS := $(patsubst %,$(B)/coverage/ring/%.o,$(wildcard test/rig/one_*.c))
COVERAGE_SCENARIOS := $(patsubst test/unit/%.c,$(B)/coverage/%,$(wildcard test/unit/test_rig_*.c))
COVERAGE_ONES := $(addprefix $(B)/coverage/test_,gic grow guest_log halt irq mem one_reg partition route_call rtc trace tty watchdog)
COVERAGE_GLUE := $(COVERAGE_SCENARIOS) $(COVERAGE_ONES)

$(COVERAGE_RING_OBJS): $(B)/coverage/ring/%.o: % Makefile test/rig/rig.mk
	$(call say,COV,$<)
	@mkdir -p $(@D)
	$(Q)clang $(COVERAGE_CFLAGS) -fsanitize-coverage=func,trace-loads,trace-stores $(DEPFLAGS) -c -o $@ $<
	$(Q)objcopy --rename-section .data=core_data --rename-section .bss=core_bss $@

$(COVERAGE_RIG_OBJS) $(COVERAGE_ONE_OBJS): $(B)/coverage/ring/%.o: % Makefile test/rig/rig.mk
	@mkdir -p $(@D)
	$(Q)clang $(COVERAGE_CFLAGS) $(DEPFLAGS) -c -o $@ $<

$(B)/coverage/libcore.a: $(COVERAGE_RING_OBJS) $(COVERAGE_PURE_OBJS)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(B)/coverage/libone.a: $(COVERAGE_ONE_OBJS)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(COVERAGE_SCENARIOS): $(COVERAGE_RIG_OBJS)
$(COVERAGE_ONES): $(B)/coverage/libone.a
$(COVERAGE_GLUE): $(B)/coverage/%: test/unit/%.c $(B)/coverage/libcore.a
	$(call say,COV,$@)
	$(Q)clang $(COVERAGE_CFLAGS) $(DEPFLAGS) -MT $@ -o $@ $< $(filter %.o,$^) \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group

# Without its limit of time, before check/coverage asks for them.
.PHONY: coverage-programs
coverage-programs: $(COVERAGE_PROGRAMS) $(COVERAGE_GLUE)

# What calls leave in registers, with MemorySanitizer; without it, if clang has none for this host.
MSAN = $(eval MSAN := $(shell echo 'int main(void){return 0;}' | clang -x c -fsanitize=memory -o /dev/null - 2>/dev/null && \
	echo -fsanitize=memory -fno-sanitize-recover=all))$(MSAN)
MSAN_RING_OBJS := $(RING_SRCS:%=$(B)/msan/%.o)
MSAN_OBJS := $(PURE_SRCS:%=$(B)/msan/%.o) $(patsubst %,$(B)/msan/%.o,$(wildcard test/rig/rig*.c) test/unit/test_rig_results.c)

$(MSAN_RING_OBJS) $(MSAN_OBJS): $(B)/msan/%.o: % Makefile test/rig/rig.mk
	$(call say,MSAN,$<)
	@mkdir -p $(@D)
	$(Q)clang -Itest/fakes $(BASE_CFLAGS) -O1 -g -fvisibility=hidden $(MSAN) $(DEPFLAGS) -c -o $@ $<
	$(Q)$(if $(filter $@,$(MSAN_RING_OBJS)),objcopy --rename-section .data=core_data --rename-section .bss=core_bss $@)

$(B)/msan/rig_results: $(MSAN_RING_OBJS) $(MSAN_OBJS)
	$(call say,MSAN,$@)
	$(Q)clang $(MSAN) -o $@ $^
