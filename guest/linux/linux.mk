# SPDX-License-Identifier: BSD-2-Clause
#
# Debian's kernels as guests, included by the top Makefile. guest/linux/bin/NAME.c becomes the
# program /bin/NAME of their initial RAM disk, guest/linux/NAME.sh its /tests/NAME.sh.
# guest/linux/modules/NAME/ is a module for them; guest/linux/kvm/ is plumbline_kvm, guest/linux/kvmtest/
# the program that tests it, and guest/linux/vmm/ a virtual machine monitor.

LB := $(B)/linux
LINUX_INITRD := $(LB)/initrd.gz
LINUX_STAMP := $(B)/guests/fetched.json
LINUX_PROGRAMS := $(patsubst guest/linux/bin/%.c,$(LB)/%.linux,$(wildcard guest/linux/bin/*.c)) \
		  $(LB)/kvmtest.linux $(LB)/vmm.linux
LINUX_CFLAGS := $(BASE_CFLAGS) $(ARM_ARCH) -mgeneral-regs-only -ffreestanding -fno-pic \
		-fno-stack-protector -O2 -g
# Program and data in one place each, above what mmap_min_addr reserves.
LINUX_LDFLAGS := -nostdlib -static -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-s \
		 -Wl,-z,noexecstack -Wl,-Ttext-segment=0x10000

KERNEL ?= armmp
VCPUS ?= 2
MEMORY ?= 128M

$(LB)/%.linux: guest/linux/bin/%.c guest/linux/linux.mk Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(LINUX_CFLAGS) $(LINUX_LDFLAGS) $(DEPFLAGS) -o $@ $< $(filter %.o,$^) -lgcc

# Files of the guest library that touch no device, for these programs.
$(LB)/lib/%.o: guest/lib/%.c guest/linux/linux.mk Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(LINUX_CFLAGS) $(DEPFLAGS) -c -o $@ $<

$(LB)/shared.linux: $(LB)/lib/channel.o

KVMTEST_OBJS := $(patsubst guest/linux/kvmtest/%,$(LB)/kvmtest/%.o,$(wildcard guest/linux/kvmtest/*.[cS]))

$(LB)/kvmtest/%.c.o: guest/linux/kvmtest/%.c guest/linux/linux.mk Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(LINUX_CFLAGS) $(DEPFLAGS) -c -o $@ $<

$(LB)/kvmtest/%.S.o: guest/linux/kvmtest/%.S guest/linux/linux.mk Makefile
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(ARM_ASFLAGS) $(DEPFLAGS) -c -o $@ $<

$(LB)/kvmtest/pl011.o: guest/vmm/pl011.c guest/linux/linux.mk Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(LINUX_CFLAGS) $(DEPFLAGS) -c -o $@ $<

$(LB)/kvmtest.linux: $(KVMTEST_OBJS) $(LB)/kvmtest/pl011.o
	$(call say,LD,$@)
	$(Q)$(ARM_CC) $(LINUX_CFLAGS) $(LINUX_LDFLAGS) -o $@ $^ -lgcc

VMM_OBJS := $(patsubst guest/linux/vmm/%,$(LB)/vmm/%.o,$(wildcard guest/linux/vmm/*.c)) \
	    $(LB)/lib/vdev.o $(LB)/lib/tree.o $(LB)/lib/nodes.o $(LB)/kvmtest/start.S.o $(LB)/kvmtest/sys.c.o

$(LB)/vmm/%.c.o: guest/linux/vmm/%.c guest/linux/linux.mk Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(ARM_CC) $(LINUX_CFLAGS) $(DEPFLAGS) -c -o $@ $<

# Of newlib only str* and mem* are used.
$(LB)/vmm.linux: $(VMM_OBJS)
	$(call say,LD,$@)
	$(Q)$(ARM_CC) $(LINUX_CFLAGS) $(LINUX_LDFLAGS) -o $@ $^ -lc -lgcc

LINUX_KERNEL := $(B)/guests/$(if $(filter lpae,$(KERNEL)),armmp-lpae,$(KERNEL))/vmlinuz
# Kernels that are made now come first: the initial RAM disk has the modules of all kernels.
LINUX_ASKED := $(filter $(B)/guests/%/vmlinuz,$(MAKECMDGOALS)) \
	       $(if $(filter run-linux,$(MAKECMDGOALS)),$(LINUX_KERNEL))
LINUX_PARTS := $(LINUX_ASKED) $(LINUX_PROGRAMS) $(wildcard guest/linux/*.sh) $(LINUX_STAMP) scripts/linux \
	       scripts/plumblib/initramfs.py scripts/plumblib/debian.py
# guest/linux/modules/NAME/ becomes build/linux/modules/KERNEL/NAME.ko for these kernels, by their headers.
LINUX_MODULE_KERNELS := armmp armmp-lpae
LINUX_MODULE_plumbline_kvm := guest/linux/kvm
LINUX_MODULES := $(notdir $(wildcard guest/linux/modules/*)) plumbline_kvm
linux_module_folder = $(or $(LINUX_MODULE_$(1)),guest/linux/modules/$(1))
LINUX_HEADERS := $(LINUX_MODULE_KERNELS:%=$(B)/guests/headers/%.json)
LINUX_KOS := $(foreach kernel,$(LINUX_MODULE_KERNELS),$(LINUX_MODULES:%=$(LB)/modules/$(kernel)/%.ko))
# The initial RAM disk with these modules.
LINUX_MODULES_INITRD := $(LB)/initrd-modules.gz
# Two disks for virtio-blk, each with its own numbers, and a RAM disk that mounts one as the root.
LINUX_DISKS := $(LB)/initrd-root.gz $(LB)/disk-a.img $(LB)/disk-b.img

# Fetched when one of them is needed, and unpacked again after a change of the tool.
$(LINUX_STAMP): scripts/plumblib/debian.py
	@scripts/linux fetch armmp
	@touch $@

$(B)/guests/armmp/vmlinuz: $(LINUX_STAMP) ;

$(B)/guests/%/vmlinuz: | $(LINUX_STAMP)
	@scripts/linux fetch $*

$(LINUX_INITRD): $(LINUX_PARTS)
	$(call say,CPIO,$@)
	$(Q)scripts/linux initrd -o $@

$(LB)/initrd-root.gz: $(LINUX_PARTS)
	$(call say,CPIO,$@)
	$(Q)scripts/linux initrd --root -o $@

$(LB)/disk-a.img: private WORDS := 1000000
$(LB)/disk-b.img: private WORDS := 2000000
$(LB)/disk-%.img: $(LINUX_PARTS)
	$(call say,DISK,$@)
	$(Q)scripts/linux disk --words $(WORDS) -o $@

$(LINUX_HEADERS): $(B)/guests/headers/%.json: scripts/plumblib/headers.py $(B)/guests/%/vmlinuz
	@scripts/linux fetch headers
	@touch $@

# $(1) kernel, $(2) module, $(3) its folder
define linux_module
$(LB)/modules/$(1)/$(2).ko: $(shell find $(3) -type f) $(B)/guests/headers/$(1).json
	$$(call say,KO,$$@)
	$$(Q)scripts/linux module $(3) --kernel $(1) -o $$@
endef
$(foreach kernel,$(LINUX_MODULE_KERNELS),$(foreach name,$(LINUX_MODULES),$(eval $(call \
	linux_module,$(kernel),$(name),$(call linux_module_folder,$(name))))))

.PHONY: kvm-module
kvm-module: $(LINUX_MODULE_KERNELS:%=$(LB)/modules/%/plumbline_kvm.ko)

$(LINUX_MODULES_INITRD): $(LINUX_PARTS) $(LINUX_KOS)
	$(call say,CPIO,$@)
	$(Q)scripts/linux initrd --modules -o $@

# The same, and what a VM boots: kernel, initial RAM disk, device tree.
LINUX_KVM_INITRD := $(LB)/initrd-kvm.gz
LINUX_KVM_IMAGES := $(B)/guests/armmp/vmlinuz $(LINUX_INITRD) $(LB)/vm.dtb $(LB)/fuzz.dtb \
		    $(B)/guest/test-fuzz.bin

$(LB)/%.dtb: guest/linux/kvmtest/%.dts
	$(call say,DTC,$@)
	@mkdir -p $(@D)
	$(Q)dtc -I dts -O dtb -o $@ $<

$(LINUX_KVM_INITRD): $(LINUX_PARTS) $(LINUX_KOS) $(LINUX_KVM_IMAGES)
	$(call say,CPIO,$@)
	$(Q)scripts/linux initrd --modules $(LINUX_KVM_IMAGES:%=--image %) -o $@

# Without Debian's kernels and headers, which are fetched when they are needed, everything else is built.
guests: $(LINUX_PROGRAMS) $(if $(wildcard $(LINUX_STAMP)),$(LINUX_INITRD) $(LINUX_DISKS) \
	$(if $(filter-out $(wildcard $(LINUX_HEADERS)),$(LINUX_HEADERS)),,$(LINUX_MODULES_INITRD) $(LINUX_KVM_INITRD)))

.PHONY: run-linux
run-linux: monitor host-tools $(LINUX_KERNEL) $(LINUX_INITRD)
	@scripts/plumb run --kernel $(LINUX_KERNEL) --initrd $(LINUX_INITRD) \
		--append 'console=ttyAMA0 quiet' --vcpus $(VCPUS) --guest-memory $(MEMORY)

# A VM inside a partition: guest/kvm.dts says what is in it.
.PHONY: run-kvm
run-kvm: monitor host-tools $(call parts,guest/kvm.dts)
	@scripts/plumb run guest/kvm.dts
