# SPDX-License-Identifier: BSD-2-Clause
#
# `make help` lists the targets. Tools come from Debian's packages (`make setup`).
#
# When `setup` is among several goals it runs first, alone, and installs what the other goals need.
# They run in a new make afterwards, also with -j: its checks for tools run after the installation.
#
# `make O=DIR ...` builds in DIR/build, and writes nothing here: DIR becomes a tree of links to this
# one, and make runs there. An O in the environment has no effect.

ifeq ($(origin O),command line)
ifneq ($(O),)
ELSEWHERE := yes
endif
endif

ifeq ($(ELSEWHERE),yes)

GOALS := $(or $(MAKECMDGOALS),all)
.PHONY: links $(GOALS)
links:
	+@scripts/links '$(O)'
$(firstword $(GOALS)): links
	@$(MAKE) --no-print-directory -C '$(O)' O= $(GOALS)
$(wordlist 2,$(words $(GOALS)),$(GOALS)): $(firstword $(GOALS)) ; @:

else

REST := $(filter-out setup,$(MAKECMDGOALS))
ifneq ($(filter setup,$(MAKECMDGOALS)),)
ifneq ($(REST),)
FORWARD := yes
endif
endif

ifeq ($(FORWARD),yes)

# The purpose of a goal's packages (scripts/setup --help): the first of these rows that has the goal.
SETUP_run := run shell run-linux run-kvm bench bench-compare guest-bench bench-kvm probe
SETUP_disk := boards sdcard
SETUP_deb := deb
SETUP_verify := verify-proof
SETUP_test := test check unit unit-programs verify verify-% fuzz-guest soak run-%
purpose = $(firstword $(foreach one,run disk deb verify test,$(if $(filter $(SETUP_$(one)),$(1)),$(one))) build)

.PHONY: setup $(REST)
setup:
	@scripts/setup $(addprefix --for ,$(sort $(foreach goal,$(REST),$(call purpose,$(goal)))))
$(firstword $(REST)): setup
	@$(MAKE) --no-print-directory $(REST)
$(wordlist 2,$(words $(REST)),$(REST)): $(firstword $(REST)) ; @:

else

.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

# V=1 shows the commands.
ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-4s %s\n' '$(1)' '$(2)'
endif

B := build

ifneq ($(shell if [ -e $(B) ]; then test -w $(B); else test -w .; fi && echo yes),yes)
$(warning $(B)/ cannot be written here: make O=DIR builds in your own folder)
endif

# ---------------------------------------------------------------------------- rings
# A path determines its ring (docs/architecture.md): of hyp/, core/ is glue, hw/ is hardware, the rest pure;
# of vgic/ all but vgic_hw.c.
GLUE_SRCS := $(sort $(wildcard hyp/core/*.c))
PURE_SRCS := $(sort $(filter-out vgic/vgic_hw.c,$(wildcard vgic/*.c)) \
	     $(filter-out hyp/core/% hyp/hw/%,$(wildcard hyp/*/*.c)))
MONITOR_SRCS := $(sort $(wildcard boot/*.S boot/*.c hyp/*/*.c hyp/*/*.S vgic/*.c))

# ---------------------------------------------------------------------------- flags
CROSS ?= arm-none-eabi-
# Searched at the first use; for a missing tool, make prints the command that installs it.
need = $(if $(shell command -v $(1) 2>/dev/null),$(1),$(error '$(1)' is not installed: run 'make setup-build'))
ARM_CC = $(eval ARM_CC := $(call need,$(CROSS)gcc))$(ARM_CC)
HOST_CC = $(eval HOST_CC := $(call need,gcc))$(HOST_CC)
# Unit tests: clang's sanitizers if installed, otherwise gcc's. Tested once, at the first use.
UNIT_CC = $(eval UNIT_CC := $(shell echo 'int main(void){return 0;}' | clang -x c \
	-fsanitize=address,undefined -o /dev/null - 2>/dev/null && echo clang || echo gcc))$(UNIT_CC)

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wvla \
	    -Wmissing-prototypes -Wstrict-prototypes -Wundef -Wcast-align -Werror
BASE_CFLAGS := -std=c11 -I. $(WARNINGS)
ARM_ARCH := -mcpu=cortex-a15 -marm
# Optimized as one program: a border between modules costs no instruction.
ARM_LTO := -flto=auto
# Cortex-A15 tuning saves registers by pairs (strd): several instructions where push needs one. An address is a word
# that is loaded: one instruction in place of two.
ARM_TUNE := -mtune=cortex-a7 -fno-align-functions -fno-align-loops -fno-align-jumps -fno-align-labels -mword-relocations
# Files with frequent paths are optimized for time: in Arm state those of the shortest paths, in Thumb state the longer
# ones (a world switch takes as many instructions there, in three quarters of the size). All other code is optimized
# for size, in Thumb state. Single functions: COLD, COLD_THUMB (hyp/base/cold.h), HOT_ARM (hyp/base/hot.h).
ARM_SHORT := $(addprefix hyp/core/,cpu exit exit_irq exit_mem hypercall hypercall_elsewhere irq_call route_call vsync) \
	     $(addprefix vgic/vgic_,alone bits dist)
ARM_LONG := $(addprefix hyp/core/,child_run child_switch device exit_child irq isolate remote run switch tick vm vtimer) \
	    hyp/dev/pl011 hyp/hw/gic hyp/hw/world $(addprefix hyp/sched/,alarm child_life deadline life sched) \
	    hyp/stage2/stage2_look $(addprefix vgic/,irq_line irq_route) \
	    $(addprefix vgic/vgic_,flush hw interface irq lr phys remote state)
# What makes small code larger is off.
ARM_SMALL := -Os -mthumb -fno-tree-ch -fno-if-conversion -fno-tree-switch-conversion -fno-move-loop-invariants -fno-ipa-sra \
	     -fno-caller-saves
ARM_FOR = $(if $(filter $(ARM_SHORT),$*),,$(if $(filter $(ARM_LONG),$*),-mthumb -fno-partial-inlining -fno-tree-pre,$(ARM_SMALL)))
# Functions with arrays have a word behind them that is compared before they return (hyp/hw/stack.h): in these files,
# all; in those of frequent paths, the functions with STACK_GUARDED.
ARM_GUARD_ALL := hyp/board/board_interrupt hyp/fdt/fdt_index hyp/text/% hyp/dev/console vgic/vgic_explain \
	$(addprefix hyp/core/,boot% cpus crash guest_log log partition_make report)
ARM_GUARD_SOME := hyp/core/child_memory hyp/core/irq_call hyp/core/route_call
ARM_GUARD = $(if $(filter $(ARM_GUARD_ALL),$*),-fstack-protector-strong) \
	    $(if $(filter $(ARM_GUARD_SOME),$*),-fstack-protector-explicit)
ARM_CFLAGS := $(BASE_CFLAGS) $(ARM_ARCH) $(ARM_LTO) $(ARM_TUNE) -mgeneral-regs-only -ffreestanding -fno-common -fno-pic \
	      -fno-stack-protector -ffunction-sections -fdata-sections -O2 -g
ARM_ASFLAGS := -I. $(ARM_ARCH) -g -Wundef -Werror
# Of newlib nothing is used (mem* and str*: hyp/hw/string.S); --gc-sections and the size limit keep it so. -Os is for what is no function:
# constants have the alignment of their types, strings none. Each function keeps the options of its file.
ARM_LDFLAGS = $(ARM_CFLAGS) -Os -nostdlib -static -Wl,--gc-sections \
	       -Wl,--build-id=none -Wl,--fatal-warnings
HOST_CFLAGS := $(BASE_CFLAGS) -O1 -g
# Hidden: the project's fdt_* must not replace those inside libfdt, with which tests compare.
UNIT_CFLAGS := -Itest/fakes $(BASE_CFLAGS) -O1 -g -fvisibility=hidden \
	       -fsanitize=address,undefined -fno-sanitize-recover=all
DEPFLAGS = -MMD -MP -MF $(@:%=%.d)

IMAGE_LIMIT := 163840

# ---------------------------------------------------------------------------- monitor
.PHONY: all monitor host-tools
all: monitor guests host-tools sdk

monitor: $(B)/plumbline.img

MONITOR_OBJS := $(MONITOR_SRCS:%=$(B)/obj/%.o)

$(B)/obj/%.c.o: %.c Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(ARM_CFLAGS) $(ARM_FOR) $(ARM_GUARD) $(DEPFLAGS) -c -o $@ $<

$(B)/obj/%.S.o: %.S Makefile
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(ARM_ASFLAGS) $(DEPFLAGS) -c -o $@ $<

$(B)/plumbline.elf: $(MONITOR_OBJS) boot/plumbline.lds boot/hot.lds Makefile
	$(call say,LD,$@)
	$(Q)$(ARM_CC) $(ARM_LDFLAGS) -T boot/plumbline.lds -Wl,-Map=$(B)/plumbline.map -o $@ \
		$(MONITOR_OBJS) -lgcc

$(B)/plumbline.img: $(B)/plumbline.elf
	$(call say,IMG,$@)
	$(Q)$(CROSS)objcopy -O binary $< $@

# The same, optimized file by file: objects that show the references between files, for check/layers.
LINK_OBJS := $(MONITOR_SRCS:%=$(B)/links/%.o)

.PHONY: link-objects
link-objects: $(LINK_OBJS)

$(B)/links/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(filter-out $(ARM_LTO) -O2 -g,$(ARM_CFLAGS)) -O1 $(DEPFLAGS) -c -o $@ $<

$(B)/links/%.S.o: %.S Makefile
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(ARM_ASFLAGS) $(DEPFLAGS) -c -o $@ $<

# ---------------------------------------------------------------------------- guests
.PHONY: guests
-include guest/guest.mk
include guest/guestlib.mk
-include test/uarts/uarts.mk
-include test/stretch/stretch.mk
-include test/hostile/hostile.mk
-include guest/linux/linux.mk
include boot/probe/probe.mk

# ---------------------------------------------------------------------------- host tools
HOST_TOOLS := $(B)/host/manifest-check $(B)/host/board-read
host-tools: $(HOST_TOOLS)

# The monitor's own reader of device trees, boards and manifests.
READER_SRCS := $(addprefix scripts/tools/,nearest.c refusals.c rows.c tree-file.c) \
	       $(filter hyp/fdt/% hyp/board/% hyp/manifest/% hyp/dev/machine.c,$(PURE_SRCS))
READER_OBJS := $(READER_SRCS:%=$(B)/host/obj/%.o)

$(B)/host/obj/%.c.o: %.c Makefile
	$(call say,HOST,$<)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(DEPFLAGS) -c -o $@ $<

$(HOST_TOOLS): $(B)/host/%: $(B)/host/obj/scripts/tools/%.c.o $(READER_OBJS)
	$(call say,HOST,$@)
	$(Q)$(HOST_CC) -o $@ $^

# ---------------------------------------------------------------------------- unit tests
UNIT_SRCS := $(sort $(wildcard test/unit/test_*.c))
UNIT_TESTS := $(UNIT_SRCS:test/unit/%.c=$(B)/unit/%)
PURE_UNIT_OBJS := $(PURE_SRCS:%=$(B)/unit/obj/%.o)
# Drivers, on the fake hyp/hw/io.h of test/fakes: a test that uses one provides a model of the device.
DRIVER_UNIT_OBJS := $(patsubst %,$(B)/unit/obj/%.o,$(wildcard hyp/hw/uart*.c hyp/hw/soc*.c))

# Builds the programs; `unit` runs them too.
.PHONY: unit-programs unit
unit-programs: $(UNIT_TESTS)

$(B)/unit/obj/%.c.o: %.c Makefile
	$(call say,UNIT,$<)
	@mkdir -p $(@D)
	$(Q)$(UNIT_CC) $(UNIT_CFLAGS) $(DEPFLAGS) -c -o $@ $<

$(B)/unit/libpure.a: $(PURE_UNIT_OBJS)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(B)/unit/libdrivers.a: $(DRIVER_UNIT_OBJS)
	@rm -f $@
	$(Q)ar rcs $@ $^

# Glue whose other dependencies are in its test.
$(B)/unit/test_device: $(B)/unit/obj/hyp/core/device.c.o

# Guests' code that touches no device.
$(B)/unit/test_line_edit: $(B)/unit/obj/guest/lib/line_edit.c.o
$(B)/unit/test_words: $(B)/unit/obj/guest/control/words.c.o
$(B)/unit/test_vdev: $(addprefix $(B)/unit/obj/guest/lib/,vdev.c.o vdisk.c.o vport.c.o)

# The module for /dev/kvm, as far as Linux's headers are replaced.
$(patsubst %,$(B)/unit/obj/test/unit/test_kvm_%.c.o,doorbell memory wait): private UNIT_CFLAGS += -Itest/fakes/kernel \
	-Wno-unused-parameter -Wno-conversion -Wno-sign-conversion -Wno-sign-compare -Wno-unused-function -Wno-pedantic

$(B)/unit/test_vmm_devices: $(B)/unit/obj/guest/lib/vdev.c.o \
	$(patsubst %,$(B)/unit/obj/guest/linux/vmm/%.c.o,blk console net rng virtio)

$(B)/unit/test_vmm_dtb: $(B)/unit/obj/guest/linux/vmm/dtb.c.o \
	$(addprefix $(B)/unit/obj/guest/lib/,nodes.c.o tree.c.o)
$(B)/unit/test_vmm_stream: $(B)/unit/obj/guest/lib/vdev.c.o \
	$(patsubst %,$(B)/unit/obj/guest/linux/vmm/%.c.o,restore rng save virtio)

# As gcc compiles it for the image: the order of its stores is what another CPU sees.
$(B)/unit/test_short: $(B)/unit/gcc/vgic_state.o
$(B)/unit/gcc/vgic_state.o: vgic/vgic_state.c Makefile
	$(call say,UNIT,$<)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(BASE_CFLAGS) -O2 $(DEPFLAGS) -c -o $@ $<

$(B)/unit/test_fuzz: $(B)/unit/libfuzz.a

# The VGIC's tests: hyp/core/vsync.c and remote.c move its list registers, on CPUs that the test models.
VGIC_RIG_SRCS := hyp/core/vsync.c hyp/core/remote.c test/unit/vgic_rig.c
VGIC_RIG_TESTS := $(addprefix $(B)/unit/test_,fuzz passed \
		  $(addprefix vgic_,alone dist explain flow interface look lr many model others phys pieces remote states user watch))

$(B)/unit/libvgicrig.a: $(VGIC_RIG_SRCS:%=$(B)/unit/obj/%.o)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(VGIC_RIG_TESTS): $(B)/unit/libvgicrig.a

$(UNIT_TESTS): $(B)/unit/%: $(B)/unit/obj/test/unit/%.c.o $(B)/unit/libpure.a $(B)/unit/libdrivers.a
	$(Q)$(UNIT_CC) -fsanitize=address,undefined -o $@ $(filter %.o,$^) \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group -lfdt

unit:
	@test/run --unit

-include test/verify/verify.mk
include test/rig/rig.mk

# ---------------------------------------------------------------------------- to use
DEMO ?= guest/demo.dts
SHELL_SYSTEM ?= guest/shell.dts

.PHONY: setup run boards sdcard shell test verify verify-proof fuzz-guest soak check bench bench-compare guest-bench bench-kvm help clean
setup:
	@scripts/setup

setup-%:
	@scripts/setup --for $*

# The files of build/ that a manifest names: only a system's own parts are built.
parts = $(shell sed -n 's|.*/incbin/("\($(B)/[^"]*\)").*|\1|p' $(1))

include scripts/install/install.mk

# Boards other than QEMU's virt need a device tree or firmware from Debian.
run: monitor host-tools $(call parts,$(DEMO))
	@$(if $(filter-out virt%,$(BOARD)),scripts/linux fetch armmp firmware)
	@scripts/plumb run $(DEMO) $(if $(BOARD),--board $(BOARD))

boards: all
	@scripts/linux fetch armmp firmware
	@scripts/boards

# BOARD: a target of `plumb disk`; BL1: a first stage that its ROM needs and Debian does not have.
sdcard: all
	$(if $(BOARD),,$(error sdcard: name the board: make BOARD=arndale sdcard))
	@scripts/linux fetch armmp firmware
	@scripts/plumb disk $(or $(SYSTEM),$(DEMO)) --target $(BOARD) $(if $(BL1),--bl1 $(BL1)) \
		-o $(B)/sdcard-$(BOARD).img

shell: monitor host-tools $(call parts,$(DEMO) $(SHELL_SYSTEM))
	@scripts/plumb console $(SHELL_SYSTEM)

test:
	@test/run

verify:
	@test/run --verify

verify-proof:
	@test/tool proof

# SECONDS: how long runs are begun. It is a variable of some shells, so only make's own counts.
fuzz-guest: all
	@test/tool fuzz-guest --no-make --seconds $(if $(filter command line,$(origin SECONDS)),$(SECONDS),60)

soak: all
	@test/tool soak --no-make --seconds $(if $(filter command line,$(origin SECONDS)),$(SECONDS),7200)

verify-%:
	@test/run verify/$* verify/$*-mutants

check:
	@test/run --checks

bench: all
	@scripts/bench

# REV: the revision to compare with.
bench-compare: all
	$(if $(REV),,$(error bench-compare: name the revision: make bench-compare REV=HEAD~1))
	@scripts/bench compare $(REV)

guest-bench: all $(LINUX_INITRD)
	@scripts/bench guest

bench-kvm: all $(LINUX_MODULES_INITRD)
	@scripts/bench kvm

run-%: all
	@test/run --show $*

# For scripts: `make -s print-PURE_SRCS` prints a variable.
print-%:
	@echo $($*)

clean:
	rm -rf $(B)

help:
	@echo 'Plumbline: make TARGET...'
	@echo
	@echo '  (none), all  the monitor, the guests and the host tools, under build/'
	@echo '  sdk          the guest library for guests outside this tree, under build/sdk'
	@echo '  setup        install what is missing from Debian packages, for everything but proofs;'
	@echo '               with other goals, what these need; setup-PURPOSE: build, run, gdb, disk, deb, ...'
	@echo '  run          boot the demo system in QEMU     (make setup run: from nothing)'
	@echo '               BOARD=NAME: on another board (make boards lists them)'
	@echo '  boards       boot it on every board that QEMU has, and print a table'
	@echo '  sdcard       an SD card with it: BOARD=arndale or orangepi-pc (SYSTEM=FILE.dts, BL1=FILE)'
	@echo '  shell        boot it and stay at the control prompt on the console'
	@echo '  kvm-module   /dev/kvm for Debian kernels in a partition: build/linux/modules/*/plumbline_kvm.ko'
	@echo '  run-linux    a Debian kernel to its shell (KERNEL=armmp|lpae VCPUS=2 MEMORY=128M)'
	@echo '  run-kvm      a Debian kernel that makes a VM by /dev/kvm, to the shell of the VM inside'
	@echo '  test         all tests: unit, checks, QEMU    (make setup test: from nothing)'
	@echo '  unit         unit tests only'
	@echo '  check        source checks only'
	@echo '  verify       the long checks, and the planted faults that they must find'
	@echo '  verify-NAME  one of them (test/verify/checkers)'
	@echo '  verify-proof the proofs with Frama-C; setup-verify installs it (216 MB to fetch)'
	@echo '  fuzz-guest   a guest of random instructions beside witnesses (SECONDS=60)'
	@echo '  soak         interrupts of every kind, counted for two hours beside storms of restarts (SECONDS=7200)'
	@echo '  run-CASE     one QEMU case, with its console (test/run --list names them)'
	@echo '  bench        instructions and GIC accesses per operation'
	@echo '  bench-compare  the same with the monitor of another revision: REV=COMMIT'
	@echo '  guest-bench  a Debian kernel beside bare QEMU: instructions, exits, time'
	@echo '  bench-kvm    the ioctls of /dev/kvm beside KVM/ARM: instructions'
	@echo '  probe        the checklist of a board, in QEMU (BOARD=NAME); probe-image: the file to boot'
	@echo '  install      plumb, the monitor, systems, pages under PREFIX=/usr/local (below DESTDIR=DIR)'
	@echo '  uninstall    remove exactly these files (same PREFIX and DESTDIR)'
	@echo '  man          the manual pages and shell completions, in build/install'
	@echo '  deb          a Debian package of it, in build/'
	@echo '  clean        remove build/'
	@echo
	@echo '  V=1 shows the commands. O=DIR builds in DIR/build, and writes nothing here. scripts/plumb --help: your own systems.'

-include $(shell find $(B) -name mutants -prune -o -name '*.d' -print 2>/dev/null)

endif
endif
