# SPDX-License-Identifier: BSD-2-Clause
#
# guest/lib as a static library, for guests outside this tree: build/guestlib. `install-guestlib`
# installs it with its headers, its linker script and its pkg-config file under DESTDIR and PREFIX;
# `sdk` installs it into build/sdk, which a guest's Makefile uses like any PREFIX.
# Included after guest/guest.mk, whose objects the library holds.

ifndef GUESTLIB
GUESTLIB := $(B)/guestlib
SDK := $(B)/sdk
PREFIX ?= /usr/local
INSTALL ?= install

GUESTLIB_HEADERS := $(sort $(wildcard guest/lib/*.h abi/*.h))
GUESTLIB_FILES := $(addprefix $(GUESTLIB)/,libplumbguest.a plumbline-guest.lds plumbline-guest.pc)

$(GUESTLIB)/libplumbguest.a: $(GUEST_LIB_OBJS)
	$(call say,AR,$@)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(CROSS)ar rcsD $@ $^

# Not guest.lds: the linker searches the guest's folder before the library's.
$(GUESTLIB)/plumbline-guest.lds: guest/lib/guest.lds
	@mkdir -p $(@D)
	$(Q)cp $< $@

# The options of guests in the tree, without those for warnings and optimization, which each guest
# chooses.
GUESTLIB_CFLAGS := $(ARM_ARCH) $(GUEST_NOVFP) $(filter -f%,$(GUEST_CFLAGS))

$(GUESTLIB)/plumbline-guest.pc: guest/plumbline-guest.pc.in abi/plumbline.h Makefile guest/guest.mk \
		guest/guestlib.mk
	@mkdir -p $(@D)
	$(Q)sed -e 's|@CFLAGS@|$(GUESTLIB_CFLAGS)|' -e 's|@VFP@|$(GUEST_VFP)|' \
		-e "s|@VERSION@|$$(sed -n 's/^#define PLUMB_REVISION_M[AI][JN]OR \([0-9]*\)$$/\1/p' \
			abi/plumbline.h | paste -sd.)|" $< >$@

# $(1): the prefix, which may have spaces in it
guestlib_install = set -e; prefix='$(1)'; \
	for header in $(GUESTLIB_HEADERS); do \
		$(INSTALL) -D -m 644 "$$header" "$$prefix/include/plumbline/$$header"; \
	done; \
	for file in libplumbguest.a plumbline-guest.lds; do \
		$(INSTALL) -D -m 644 "$(GUESTLIB)/$$file" "$$prefix/lib/plumbline/guest/$$file"; \
	done; \
	$(INSTALL) -D -m 644 $(GUESTLIB)/plumbline-guest.pc \
		"$$prefix/share/pkgconfig/plumbline-guest.pc"

.PHONY: guestlib install-guestlib uninstall-guestlib sdk
guestlib: $(GUESTLIB_FILES)

install-guestlib: guestlib
	$(Q)$(call guestlib_install,$(DESTDIR)$(PREFIX))

uninstall-guestlib:
	$(Q)rm -rf '$(DESTDIR)$(PREFIX)/include/plumbline' '$(DESTDIR)$(PREFIX)/lib/plumbline/guest' \
		'$(DESTDIR)$(PREFIX)/share/pkgconfig/plumbline-guest.pc'

sdk: $(SDK)/installed

$(SDK)/installed: $(GUESTLIB_FILES) $(GUESTLIB_HEADERS)
	$(call say,SDK,$(SDK))
	@rm -rf $(SDK)
	$(Q)$(call guestlib_install,$(SDK))
	@touch $@
endif
