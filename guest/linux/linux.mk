# SPDX-License-Identifier: BSD-2-Clause
#
# Debian's kernels as guests, included by the top Makefile. guest/linux/bin/NAME.c becomes the
# program /bin/NAME of their initial RAM disk, guest/linux/NAME.sh its /tests/NAME.sh.

LB := $(B)/linux
LINUX_INITRD := $(LB)/initrd.gz
LINUX_STAMP := $(B)/guests/fetched.json
LINUX_PROGRAMS := $(patsubst guest/linux/bin/%.c,$(LB)/%.linux,$(wildcard guest/linux/bin/*.c))
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
	$(Q)$(ARM_CC) $(LINUX_CFLAGS) $(LINUX_LDFLAGS) $(DEPFLAGS) -o $@ $< -lgcc

LINUX_KERNEL := $(B)/guests/$(if $(filter lpae,$(KERNEL)),armmp-lpae,$(KERNEL))/vmlinuz
# Kernels that are made now come first: the initial RAM disk has the modules of all kernels.
LINUX_ASKED := $(filter $(B)/guests/%/vmlinuz,$(MAKECMDGOALS)) \
	       $(if $(filter run-linux,$(MAKECMDGOALS)),$(LINUX_KERNEL))
LINUX_PARTS := $(LINUX_ASKED) $(LINUX_PROGRAMS) $(wildcard guest/linux/*.sh) $(LINUX_STAMP) scripts/linux \
	       scripts/plumblib/initramfs.py scripts/plumblib/debian.py
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

# Without Debian's kernels, which are fetched when they are booted, everything else is built.
guests: $(LINUX_PROGRAMS) $(if $(wildcard $(LINUX_STAMP)),$(LINUX_INITRD) $(LINUX_DISKS))

.PHONY: run-linux
run-linux: monitor host-tools $(LINUX_KERNEL) $(LINUX_INITRD)
	@scripts/plumb run --kernel $(LINUX_KERNEL) --initrd $(LINUX_INITRD) \
		--append 'console=ttyAMA0 quiet' --vcpus $(VCPUS) --guest-memory $(MEMORY)
