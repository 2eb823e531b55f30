# SPDX-License-Identifier: BSD-2-Clause
#
# Programs of `make verify` (test/verify/checkers has the commands that run them).

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

# The VGIC and vsync.c unchanged, without sanitizers, which the unit test has. As one program, with
# the modelled hardware inlined.
VGIC_PURE := $(filter vgic/%,$(PURE_SRCS))
VGIC_STATES_OBJS := $(patsubst %,$(B)/verify/obj/%.o,test/verify/vgic_states.c $(VGIC_PURE) $(VGIC_RIG_SRCS))

$(VGIC_STATES_OBJS): $(B)/verify/obj/%.o: % Makefile test/verify/verify.mk
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -Itest/fakes $(VERIFY_CFLAGS) -flto $(DEPFLAGS) -c -o $@ $<

$(B)/verify/vgic_states: $(VGIC_STATES_OBJS)
	$(call say,HOST,$@)
	$(Q)$(HOST_CC) $(VERIFY_CFLAGS) -flto=auto -o $@ $^

# The life of partitions, with more states than in the unit test.
LIFE_PURE := hyp/trap/psci.c $(addprefix hyp/sched/,alarm.c budget.c life.c sched.c)

$(B)/verify/life: test/unit/test_life.c $(LIFE_PURE) Makefile test/verify/verify.mk
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(VERIFY_CFLAGS) -DSTATES=2000000u -flto $(DEPFLAGS) -MT $@ -c -o $@.o $<
	$(Q)$(HOST_CC) $(VERIFY_CFLAGS) -flto=auto -o $@ $@.o $(LIFE_PURE)

# The protocol of list registers that another CPU writes, with more lines than in the unit test.
$(B)/verify/remote_protocol: test/unit/test_remote_protocol.c test/unit/remote_model.h Makefile test/verify/verify.mk
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(VERIFY_CFLAGS) -DSTATES=3500000u -DLINES=0x12 $(DEPFLAGS) -o $@ $<

# Stage-2 tables that change, with more states than in the unit test.
STAGE2_PURE := hyp/stage2/stage2.c hyp/stage2/stage2_change.c hyp/stage2/stage2_look.c

$(B)/verify/stage2_states: test/unit/test_stage2_states.c $(STAGE2_PURE) Makefile test/verify/verify.mk
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(VERIFY_CFLAGS) -DSTATES=250000u $(DEPFLAGS) -MT $@ -c -o $@.o $<
	$(Q)$(HOST_CC) $(VERIFY_CFLAGS) -o $@ $@.o $(STAGE2_PURE)

# Fuzzers: the pure code with libFuzzer's counters, one program a target.
FUZZ_TARGETS := call change console dist explain fdt insn manifest regions route rtc sched stage2 text trap uart vgic watchdog
FUZZ_SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_CFLAGS := $(BASE_CFLAGS) -O2 -g -fvisibility=hidden $(FUZZ_SANITIZERS)
FUZZ_PURE_OBJS := $(PURE_SRCS:%=$(B)/fuzz/obj/%.o)

$(B)/fuzz/obj/%.c.o: %.c Makefile test/verify/verify.mk
	$(call say,FUZZ,$<)
	@mkdir -p $(@D)
	$(Q)clang $(FUZZ_CFLAGS) $(if $(filter test/%,$<),,-fsanitize=fuzzer-no-link) $(DEPFLAGS) -c -o $@ $<

# Glue that the models of the VGIC run has counters, too.
$(VGIC_RIG_SRCS:%=$(B)/fuzz/obj/%.o): FUZZ_CFLAGS := -Itest/fakes $(FUZZ_CFLAGS)
$(B)/fuzz/vgic: $(VGIC_RIG_SRCS:%=$(B)/fuzz/obj/%.o)

$(B)/fuzz/obj/driver_%.o: test/verify/fuzz/driver.c Makefile test/verify/verify.mk
	@mkdir -p $(@D)
	$(Q)clang $(FUZZ_CFLAGS) -DFUZZ_TARGET=fuzz_$* $(DEPFLAGS) -c -o $@ $<

$(B)/fuzz/libpure.a: $(FUZZ_PURE_OBJS)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(FUZZ_TARGETS:%=$(B)/fuzz/%): $(B)/fuzz/%: $(B)/fuzz/obj/driver_%.o $(B)/fuzz/obj/test/verify/fuzz/fuzz_%.c.o $(B)/fuzz/libpure.a
	$(call say,FUZZ,$@)
	$(Q)clang $(FUZZ_SANITIZERS) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(filter %.a,$^) -lfdt

# The same targets without libFuzzer, for test/unit/test_fuzz.c.
$(B)/unit/libfuzz.a: $(FUZZ_TARGETS:%=$(B)/unit/obj/test/verify/fuzz/fuzz_%.c.o)
	@rm -f $@
	$(Q)ar rcs $@ $^

# Coverage: programs of `make unit` again, with clang's counters of branches (test/check/coverage.py).
COVERAGE := -fprofile-instr-generate -fcoverage-mapping
COVERAGE_CFLAGS := -Itest/fakes $(BASE_CFLAGS) -O1 -fvisibility=hidden $(COVERAGE)
COVERAGE_PROGRAMS := $(addprefix $(B)/coverage/test_,audit board budget child_life crash_record deadline events explain fault fdt fuzz irq_oracle irq_route ivshmem life manifest \
		     manifest_all manifest_budget manifest_creator manifest_machine manifest_shared manifest_virtio pages pending pl011 restarts sched short sp805 stage2_change times vgic_alone vgic_flow vgic_model vgic_others vgic_pieces vgic_remote vgic_states vgic_user vgic_watch)
COVERAGE_PURE_OBJS := $(PURE_SRCS:%=$(B)/coverage/obj/%.o)

$(B)/coverage/obj/%.c.o: %.c Makefile test/verify/verify.mk
	$(call say,COV,$<)
	@mkdir -p $(@D)
	$(Q)clang $(COVERAGE_CFLAGS) $(DEPFLAGS) -c -o $@ $<

$(B)/coverage/test_fuzz: $(FUZZ_TARGETS:%=$(B)/coverage/obj/test/verify/fuzz/fuzz_%.c.o)

# Glue, without counters: the table covers pure code.
VGIC_RIG_COVERAGE := $(VGIC_RIG_SRCS:%=$(B)/coverage/obj/%.o)

$(VGIC_RIG_COVERAGE): COVERAGE_CFLAGS := $(filter-out $(COVERAGE),$(COVERAGE_CFLAGS))
$(addprefix $(B)/coverage/test_,fuzz vgic_alone vgic_flow vgic_model vgic_others vgic_pieces vgic_remote vgic_states vgic_user vgic_watch): $(VGIC_RIG_COVERAGE)

$(COVERAGE_PROGRAMS): $(B)/coverage/%: $(B)/coverage/obj/test/unit/%.c.o $(COVERAGE_PURE_OBJS)
	$(call say,COV,$@)
	$(Q)clang $(COVERAGE) -o $@ $^ -lfdt
