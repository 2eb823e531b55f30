# SPDX-License-Identifier: BSD-2-Clause
#
# Installation, its manual pages and completions, and the Debian package: docs/install.md.

PREFIX ?= /usr/local
DESTDIR ?=
# The interpreter of an installed plumb.
PYTHON ?= /usr/bin/python3
# zsh's folder for completions, below PREFIX.
ZSH_COMPLETIONS ?= share/zsh/site-functions

IB := $(B)/install
VERSION = $(shell sed -n 's/^VERSION = "\(.*\)"/\1/p' scripts/plumblib/version.py)
INSTALL_PAGES := $(IB)/plumb.1 $(IB)/plumb-manifest.5 $(IB)/plumb.bash $(IB)/plumb.zsh
# Systems that run without a tree, and their files, with the symbols for gdb.
INSTALL_SYSTEMS := guest/demo.dts guest/shell.dts guest/hello.dts
INSTALL_BINS = $(sort $(call parts,$(INSTALL_SYSTEMS)))
INSTALL_GUESTS = $(INSTALL_BINS) $(INSTALL_BINS:.bin=.elf)
# All modules except those of scripts that are not installed.
PLUMB_FILES = $(filter-out $(addprefix scripts/plumblib/,bench% beside.py headers.py initramfs.py probe.py speed.py \
	uarts.py),$(sort $(shell find scripts/plumblib -name __pycache__ -prune -o -type f -print)))
INSTALL_DOCS = README.md $(sort $(wildcard docs/*.md docs/*.svg docs/boards/*.md))

absolute = $(if $(filter /%,$(1)),,$(error PREFIX and DESTDIR are absolute paths, not '$(1)'))

.PHONY: install uninstall man deb

man: $(INSTALL_PAGES)

$(INSTALL_PAGES) &: scripts/install/pages docs/quick-start.md docs/manifest.md \
		$(wildcard scripts/plumblib/*.py scripts/plumblib/commands/*.py)
	$(call say,PAGE,$(IB))
	$(Q)scripts/install/pages $(IB)

# The files as under PREFIX, below the folder STAGE.
STAGE = $(IB)/$@
INSTALL_NEEDS = monitor host-tools guestlib man $(INSTALL_GUESTS)

define stage
	$(Q)rm -rf $(STAGE)
	$(Q)install -d $(STAGE)/bin $(STAGE)/lib/plumbline
	$(Q)sed '1s|^.*|#!$(PYTHON) -B|' scripts/install/start >$(STAGE)/bin/plumb
	$(Q)chmod 755 $(STAGE)/bin/plumb
	$(Q)for file in $(HOST_TOOLS); do \
		strip --strip-unneeded -R .comment -o "$(STAGE)/lib/plumbline/$${file##*/}" "$$file" || exit; done
	$(Q)for file in $(PLUMB_FILES); do \
		install -D -m 644 "$$file" "$(STAGE)/lib/plumbline/$${file#scripts/}" || exit; done
	$(Q)chmod 755 $$(find $(STAGE)/lib/plumbline/plumblib -name '*.sh')
	$(Q)for file in $(INSTALL_SYSTEMS) scripts/packages; do \
		install -D -m 644 "$$file" "$(STAGE)/share/plumbline/$$file" || exit; done
	$(Q)for file in plumbline.img plumbline.elf $(INSTALL_GUESTS:$(B)/%=%); do \
		install -D -m 644 "$(B)/$$file" "$(STAGE)/share/plumbline/build/$$file" || exit; done
	$(Q)for file in $(INSTALL_DOCS) LICENSE; do \
		install -D -m 644 "$$file" "$(STAGE)/share/doc/plumbline/$$file" || exit; done
	$(Q)install -D -m 644 $(IB)/plumb.1 $(STAGE)/share/man/man1/plumb.1
	$(Q)install -D -m 644 $(IB)/plumb-manifest.5 $(STAGE)/share/man/man5/plumb-manifest.5
	$(Q)install -D -m 644 $(IB)/plumb.bash $(STAGE)/share/bash-completion/completions/plumb
	$(Q)install -D -m 644 $(IB)/plumb.zsh $(STAGE)/$(ZSH_COMPLETIONS)/_plumb
	$(Q)$(call guestlib_install,$(STAGE))
endef

install: $(INSTALL_NEEDS)
	$(call absolute,$(DESTDIR)$(PREFIX))
	$(stage)
	$(Q)scripts/install/files copy $(STAGE) '$(DESTDIR)$(PREFIX)'
	$(Q)rm -rf $(STAGE)

uninstall:
	$(call absolute,$(DESTDIR)$(PREFIX))
	$(Q)scripts/install/files remove '$(DESTDIR)$(PREFIX)'

DATE = $(shell sed -n 's/^DATE = "\(.*\)"/\1/p' scripts/plumblib/version.py)
DEB = $(B)/plumbline_$(VERSION)_$(shell dpkg --print-architecture).deb

deb: PYTHON := /usr/bin/python3
deb: ZSH_COMPLETIONS := share/zsh/vendor-completions
deb: $(INSTALL_NEEDS)
	$(stage)
	$(Q)scripts/install/deb $(STAGE) $(VERSION) $(DATE) $(DEB)
	$(Q)rm -rf $(STAGE)
	@echo '$(DEB): install it with apt-get install ./$(DEB)'
