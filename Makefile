# SPDX-License-Identifier: Apache-2.0
#
# make                  programs and scripts into $(BUILD)
# make check            lint, unit, vectors, sim, fuzz-corpus: no root, no network
# make lib-<layer>      one layer's archive; unit-<layer> its tests, with only the layers below it
# make help             every target and variable
#
# All that is made goes below $(BUILD), so trees with their own BUILD=dir can be built at once.

VERSION := 0.1.0

SAN ?=
BUILD ?= $(if $(SAN),$(if $(filter thread,$(SAN)),build-tsan,build-san),build)
V ?= 0

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
SBINDIR ?= $(PREFIX)/sbin
LIBEXECDIR ?= $(PREFIX)/libexec/ipsec
RUNDIR ?= /run/pluto
STATEDIR ?= /var/lib/ipsec
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
MANDIR ?= $(PREFIX)/share/man
SCHEMADIR ?= $(PREFIX)/share/cygnet/schemas
UNITDIR ?= $(PREFIX)/lib/systemd/system
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
SYSCTLDIR ?= $(PREFIX)/lib/sysctl.d
LOGROTATEDIR ?= $(SYSCONFDIR)/logrotate.d
DEFAULTDIR ?= $(SYSCONFDIR)/default
# Where these are not wanted: make them empty. Nothing is installed into an empty directory name.
APPARMORDIR ?=
INITDIR ?=
OPENRCDIR ?=
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions
FISHCOMPDIR ?= $(PREFIX)/share/fish/vendor_completions.d

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin AR),default)
AR := ar
endif
ifeq ($(origin LD),default)
LD := ld
endif
OBJCOPY ?= objcopy
FUZZ_CC ?= clang
PKG_CONFIG ?= pkg-config
INSTALL ?= install
CLANG_FORMAT ?= clang-format

FUZZ_SECONDS ?= 20
TEST_TIMEOUT ?= 300

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
export LC_ALL := C
Q := $(if $(filter 0,$(V)),@,)
say = $(if $(filter 0,$(V)),@printf '  %-7s %s\n' '$1' '$2')

.PHONY: all check lint unit tools vectors sim fuzz fuzz-corpus fuzz-build e2e e2e-soak e2e-peers e2e-newer e2e-qemu soak tests format format-check \
	install uninstall clean help FORCE
all:

# ---- layers, lowest first: a layer sees itself and those before it ----

LAYERS := base crypto conf ctl wire port conn sa core exchanges kernel io
LIB_LAYERS := base crypto conf ctl
SHELL_LAYERS := kernel io
PURE_LAYERS := $(filter-out $(SHELL_LAYERS),$(LAYERS))

layer-dir = $(if $(filter $1,$(LIB_LAYERS)),src/lib/$1,src/pluto/$1)
sources = $(sort $(wildcard $1/*.c))
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$1)

# upto_<layer>: the layer and all below it
seen :=
$(foreach l,$(LAYERS),$(eval seen += $l)$(eval upto_$l := $(seen)))

# The layer a test belongs to is the second word of its name (test_sa_x, fuzz_wire_x), otherwise $2.
layer-of = $(or $(filter $(word 2,$(subst _, ,$(notdir $(basename $1)))),$(LAYERS)),$2)

# ---- libraries ----

pkg = $(shell $(PKG_CONFIG) $1)
LIBS_crypto := $(call pkg,--libs libcrypto)
LIBS_ctl := $(call pkg,--libs jansson)
LIBS_kernel := $(call pkg,--libs libnl-3.0 libnl-route-3.0)
LIBS_io := $(call pkg,--libs libevent_core libcap-ng) $(LIBS_kernel)
PKG_CFLAGS := $(call pkg,--cflags libcrypto jansson libnl-3.0 libnl-route-3.0 libevent_core libcap-ng)
CMOCKA = $(call pkg,--cflags --libs cmocka)
libs = $(foreach l,$1,$(LIBS_$l))

# ---- flags ----

# The first flag of each group that the compiler $1 knows
knows = $(foreach f,$2,$(shell echo 'int x;' | $1 -Werror $f -c -xc -o /dev/null - 2>/dev/null && echo $f))

CFLAGS ?= $(if $(SAN),-O1,-O2) -g
WERROR ?= -Werror
WARN := -Wall -Wextra -Wconversion -Wno-sign-conversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wformat=2 -Wundef

comma := ,
ifneq ($(SAN),)
HARDEN := -fsanitize=$(if $(filter thread,$(SAN)),thread,address$(comma)undefined) \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
HARDEN_LD :=
else
# _FORTIFY_SOURCE needs an optimising build, and a packager's own value goes first
fortify := $(and $(filter-out -O0,$(filter -O%,$(CFLAGS))),$(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,y))
HARDEN := $(if $(fortify),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2) -fstack-protector-strong -fPIE \
	$(call knows,$(CC),-fcf-protection -fstack-clash-protection -ftrivial-auto-var-init=zero)
HARDEN_LD := -pie -Wl,-z,relro,-z,now
endif

COMMON := -std=c17 -D_GNU_SOURCE -pthread -fno-strict-aliasing -fno-common \
	-ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(abspath $(BUILD))=build \
	-Iinclude -Isrc -Isrc/pluto -I$(BUILD)/include $(PKG_CFLAGS) $(WARN) $(WERROR)
COMPILE := $(CC) $(COMMON) $(HARDEN) $(CPPFLAGS) $(CFLAGS)
LINK := $(CC) -pthread $(HARDEN) $(CFLAGS) $(HARDEN_LD) -Wl,--as-needed $(LDFLAGS)

FUZZ_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_COMPILE := $(FUZZ_CC) $(COMMON) -O1 -g $(FUZZ_SAN) -fsanitize=fuzzer-no-link -Wno-missing-prototypes \
	-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION

# ---- generated files: written again only when their text changes ----

define write-if-changed
@mkdir -p $(@D); printf '%s\n' $1 > $@.new; \
if cmp -s $@.new $@; then rm -f $@.new; else mv $@.new $@; fi
endef

PATHS_H := $(BUILD)/include/base/paths.h

$(PATHS_H): FORCE
	$(call write-if-changed,'/* Generated by the Makefile. */' '#pragma once' \
		'#define CYGNET_VERSION "$(VERSION)"' \
		'#define IPSEC_RUNDIR "$(RUNDIR)"' \
		'#define IPSEC_STATEDIR "$(STATEDIR)"' \
		'#define IPSEC_SYSCONFDIR "$(SYSCONFDIR)"' \
		'#define IPSEC_LIBEXECDIR "$(LIBEXECDIR)"' \
		'#define IPSEC_SBINDIR "$(SBINDIR)"')

# What the objects were compiled with: other flags or another compiler make them anew
$(BUILD)/flags: FORCE
	$(call write-if-changed,'$(COMPILE)' '$(LINK)')
$(BUILD)/fuzz/flags: FORCE
	$(call write-if-changed,'$(FUZZ_COMPILE)')

# ---- objects and archives ----

$(BUILD)/obj/%.o: %.c $(BUILD)/flags | $(PATHS_H)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(if $(filter tests/%,$<),-Itests) -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/obj/%.o: %.c $(BUILD)/fuzz/flags | $(PATHS_H)
	$(call say,FUZZCC,$<)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_COMPILE) $(if $(filter tests/%,$<),-Itests) -MMD -MP -c -o $@ $<

# The list is there so that a removed source also leaves the archive.
# $1 layer, $2 where
define archive-rule
$2/lib$1.list: FORCE
	$$(call write-if-changed,$$(call sources,$$(call layer-dir,$1)))
$2/lib$1.a: $(patsubst %.c,$2/obj/%.o,$(call sources,$(call layer-dir,$1))) $2/lib$1.list
	$$(call say,AR,$$@)
	@rm -f $$@
	$$(Q)$$(AR) rcsD $$@ $$(filter %.o,$$^)
endef
$(foreach l,$(LAYERS),$(eval $(call archive-rule,$l,$(BUILD))))
$(foreach l,$(LAYERS),$(eval $(call archive-rule,$l,$(BUILD)/fuzz)))

archives = $(foreach l,$1,$(BUILD)/lib$l.a)
link-all = $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group

.PHONY: $(LAYERS:%=lib-%) $(LAYERS:%=unit-%)
$(LAYERS:%=lib-%): lib-%: $(BUILD)/lib%.a

# ---- programs and scripts ----

PLUTO_SRC := $(call sources,src/pluto)
WHACK_SRC := $(call sources,src/whack)
ADDCONN_SRC := $(call sources,src/whack/addconn)
WHACK_LAYERS := base crypto conf ctl
PROGRAMS := $(if $(PLUTO_SRC),$(BUILD)/pluto) $(if $(WHACK_SRC),$(BUILD)/whack) $(BUILD)/addconn $(BUILD)/view $(BUILD)/hostkey

# No jansson in the daemon: JSON is the client's affair, and a use of it must fail to link.
$(BUILD)/pluto: $(call objects,$(PLUTO_SRC)) $(call archives,$(LAYERS))
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(link-all) $(call libs,$(filter-out ctl,$(LAYERS)))

$(BUILD)/addconn: $(call objects,$(ADDCONN_SRC)) $(call archives,$(WHACK_LAYERS))
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(link-all) $(call libs,$(WHACK_LAYERS))

$(BUILD)/view: $(call objects,$(call sources,src/whack/view)) $(call archives,$(WHACK_LAYERS))
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(link-all) $(call libs,$(WHACK_LAYERS))

$(BUILD)/hostkey: $(call objects,$(call sources,src/whack/hostkey)) $(call archives,$(WHACK_LAYERS))
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(link-all) $(call libs,$(WHACK_LAYERS))

$(BUILD)/whack: $(call objects,$(WHACK_SRC)) $(call archives,$(WHACK_LAYERS))
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(link-all) $(call libs,$(WHACK_LAYERS))

# ---- libcygnet-ctl: include/cygnet, for programs that speak to pluto ----
# Of the layers only what the codec and its tables need, compiled anew for a shared object. The static
# library is one object, in which all but the public names are local.

CLIENT := cygnet-ctl
CLIENT_ABI := 1
CLIENT_MAP := src/cygnet/libcygnet-ctl.map
CLIENT_SRC := $(call sources,src/cygnet) src/lib/conf/keywords.c \
	$(foreach f,client message build codes records fields verbs words,src/lib/ctl/$f.c) \
	$(foreach f,bytes cursor error names text writer,src/lib/base/$f.c)
CLIENT_SO := lib$(CLIENT).so.$(CLIENT_ABI)
CLIENT_PIC := $(patsubst %.c,$(BUILD)/pic/%.o,$(CLIENT_SRC))
CLIENT_LIBS := $(BUILD)/$(CLIENT_SO).$(VERSION) $(BUILD)/lib$(CLIENT).a

$(BUILD)/pic/%.o: %.c $(BUILD)/flags | $(PATHS_H)
	$(call say,CC,$< (shared))
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -fPIC -fno-lto -MMD -MP -c -o $@ $<

# A program may be linked in the build tree too: the names that ld and the loader look for
$(BUILD)/$(CLIENT_SO).$(VERSION): $(CLIENT_PIC) $(CLIENT_MAP)
	$(call say,LD,$@)
	$(Q)$(filter-out -pie -fPIE,$(LINK)) -shared $(if $(SAN),,-Wl$(comma)-z$(comma)defs) -Wl,-soname,$(CLIENT_SO) \
		-Wl,--version-script=$(CLIENT_MAP) -o $@ $(filter %.o,$^)
	$(Q)ln -sf $(@F) $(BUILD)/$(CLIENT_SO) && ln -sf $(@F) $(BUILD)/lib$(CLIENT).so

$(BUILD)/lib$(CLIENT).a: $(CLIENT_PIC) $(CLIENT_MAP)
	$(call say,AR,$@)
	$(Q)$(LD) -r -o $@.o $(CLIENT_PIC)
	$(Q)sed -n 's/^\t\(cygnet_[a-z_]*\);$$/\1/p' $(CLIENT_MAP) > $@.names
	$(Q)$(OBJCOPY) --keep-global-symbols=$@.names $@.o
	@rm -f $@
	$(Q)$(AR) rcsD $@ $@.o

# JSON Schemas of what whack --json prints, from the tables of records and replies
SCHEMAS := $(BUILD)/schemas
$(BUILD)/make-schemas: $(call objects,$(call sources,src/whack/schemas)) $(call archives,$(WHACK_LAYERS))
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(link-all) $(call libs,$(WHACK_LAYERS))
$(SCHEMAS)/made: $(BUILD)/make-schemas
	$(call say,SCHEMAS,$(SCHEMAS))
	@rm -rf $(SCHEMAS) && mkdir -p $(SCHEMAS)
	$(Q)$< $(SCHEMAS) && touch $@

# Files with @PLACEHOLDERS@, filled in under $(BUILD)/filled
SCRIPT := $(wildcard scripts/ipsec)
EXEC := $(sort $(wildcard scripts/exec/*))
# what programs read of their own: a dot in the name
EXEC_PARTS := $(foreach f,$(EXEC),$(if $(findstring .,$(notdir $f)),$f))
UPDOWN := $(sort $(wildcard scripts/updown/_updown*))
MAN3 := $(sort $(wildcard doc/man/*.3))
MAN5 := $(sort $(wildcard doc/man/*.5))
MAN8 := $(sort $(wildcard doc/man/*.8))
MAN_LINKS := $(addprefix $(BUILD)/man-links/,$(shell sed -n 's/^ipsec[a-z_]*\.8: //p' doc/man/links | \
	tr ' ' '\n' | sed 's/.*/ipsec_&.8/'))
# What the system around pluto wants, each kind in a folder of its own
SYSTEM := $(sort $(wildcard $(foreach d,systemd tmpfiles.d sysctl.d logrotate.d default init.d openrc \
	apparmor.d bash-completion zsh fish,packaging/$d/*)))
CONFIG := packaging/ipsec.conf packaging/ipsec.secrets
PKGCONFIG := src/cygnet/libcygnet-ctl.pc
FILL = -e 's|@LIBEXECDIR@|$(LIBEXECDIR)|g' -e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g' \
	-e 's|@RUNDIR@|$(RUNDIR)|g' -e 's|@SBINDIR@|$(SBINDIR)|g' -e 's|@VERSION@|$(VERSION)|g' \
	-e 's|@STATEDIR@|$(STATEDIR)|g' -e 's|@SCHEMADIR@|$(SCHEMADIR)|g' \
	-e 's|@PREFIX@|$(PREFIX)|g' -e 's|@LIBDIR@|$(LIBDIR)|g' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|g'
filled = $(addprefix $(BUILD)/filled/,$1)
FILLED := $(call filled,$(SCRIPT) $(EXEC) $(UPDOWN) $(MAN3) $(MAN5) $(MAN8) $(SYSTEM) $(CONFIG) $(PKGCONFIG)) \
	$(MAN_LINKS)

# Prints tables as rows of manual pages; where a page says TABLE
MANTABLES := $(BUILD)/mantables
$(MANTABLES): $(call objects,$(call sources,src/whack/mantables) src/pluto/options_table.c src/pluto/options_set.c) \
		$(call archives,$(WHACK_LAYERS))
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(link-all) $(call libs,$(WHACK_LAYERS))

$(BUILD)/filled/doc/man/%: doc/man/% $(PATHS_H) $(MANTABLES)
	$(call say,MAN,$<)
	@mkdir -p $(@D)
	$(Q)awk -v tool=$(MANTABLES) '/^\.\\" TABLE / { fflush(); if (system(tool " " $$3)) exit 1; next } { print }' $< > $@.rows
	$(Q)sed $(FILL) $@.rows > $@ && rm -f $@.rows

$(MAN_LINKS): $(BUILD)/man-links/ipsec_%.8: doc/man/links
	@mkdir -p $(@D)
	$(Q)sed -n 's|^\(ipsec[a-z_]*\.8\):.* $*\( .*\)*$$|.so man8/\1|p' $< > $@
	$(Q)[ -s $@ ]

# What completion knows of options is the tables' too; where a file says TABLE
COMPLETE := $(BUILD)/make-completion
$(COMPLETE): $(call objects,$(call sources,src/whack/complete) src/whack/general.c src/whack/check.c src/whack/addconn/arguments.c \
		src/pluto/options_table.c src/pluto/options_set.c) $(call archives,$(WHACK_LAYERS))
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(link-all) $(call libs,$(WHACK_LAYERS))
COMPLETIONS := $(filter packaging/bash-completion/% packaging/zsh/% packaging/fish/%,$(SYSTEM))
$(call filled,$(COMPLETIONS)): $(BUILD)/filled/%: % $(COMPLETE)
	$(call say,FILL,$<)
	@mkdir -p $(@D)
	$(Q)awk -v tool=$(COMPLETE) '/^# TABLE / { fflush(); if (system(tool " " $$3)) exit 1; next } { print }' $< > $@

$(BUILD)/filled/%: % $(PATHS_H)
	$(call say,FILL,$<)
	@mkdir -p $(@D)
	$(Q)sed $(FILL) $< > $@
	$(Q)chmod $(if $(filter scripts/% packaging/init.d/% packaging/openrc/%,$<),0755,0644) $@

$(BUILD)/ipsec: $(BUILD)/filled/scripts/ipsec
	$(Q)cp -p $< $@

# The programs find each other in one folder (IPSEC_EXECDIR), installed or not.
EXEC_BUILT := $(addprefix $(BUILD)/,$(notdir $(EXEC)))
$(EXEC_BUILT): $(BUILD)/%: $(BUILD)/filled/scripts/exec/%
	$(Q)cp -p $< $@
UPDOWN_BUILT := $(addprefix $(BUILD)/,$(notdir $(UPDOWN)))
$(UPDOWN_BUILT): $(BUILD)/%: $(BUILD)/filled/scripts/updown/%
	$(Q)cp -p $< $@

all: $(PROGRAMS) $(CLIENT_LIBS) $(FILLED) $(SCHEMAS)/made $(if $(SCRIPT),$(BUILD)/ipsec) $(UPDOWN_BUILT) $(EXEC_BUILT)

# ---- tests ----
# A runner prints one line a program, the whole log of a failing one, and last "N passed, N failed".
# cmocka counts its tests; a program that dies without a count is one failure.

define run-cmocka
@p=0; f=0; s=0; \
for t in $1; do \
	timeout -k 5 $(TEST_TIMEOUT) $$t > $$t.log 2>&1 < /dev/null; rc=$$?; \
	set -- $$(awk '/^\[  PASSED  \] [0-9]/ { p += $$4 } \
		/^\[  SKIPPED \] [0-9]/ { s += $$4 } \
		/^ *[0-9]+ FAILED TEST\(S\)/ { f += $$1 } \
		END { print p + 0, f + 0, s + 0 }' $$t.log); \
	bad=$$2; if [ $$rc -ne 0 ] && [ $$bad -eq 0 ]; then bad=1; fi; \
	if [ $$rc -eq 0 ]; then echo "  PASS    $${t#$(BUILD)/} $$1"; \
	else cat $$t.log; echo "  FAIL    $${t#$(BUILD)/} exit $$rc"; fi; \
	p=$$((p + $$1)); f=$$((f + bad)); s=$$((s + $$3)); \
done; \
echo "$$p passed, $$f failed$$([ $$s -eq 0 ] || echo ", $$s skipped")"; [ $$f -eq 0 ]
endef

# A cmocka program: $1 source, $2 layer. Other files of its folder are helpers of every test in it.
define cmocka-rule
$(BUILD)/$(1:%.c=%): $(call objects,$1 $(filter-out $(dir $1)test_%,$(call sources,$(patsubst %/,%,$(dir $1))))) \
		$(call archives,$(upto_$2))
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(LINK) -o $$@ $$(link-all) $(call libs,$(upto_$2)) $$(CMOCKA)
endef

programs = $(patsubst %.c,$(BUILD)/%,$1)
unit-sources = $(sort $(wildcard tests/unit/$1/test_*.c))
UNIT_SRC := $(foreach l,$(LAYERS),$(call unit-sources,$l))
VECTORS_SRC := $(sort $(wildcard tests/vectors/test_*.c))
$(foreach l,$(LAYERS),$(foreach t,$(call unit-sources,$l),$(eval $(call cmocka-rule,$t,$l))))
$(foreach t,$(VECTORS_SRC),$(eval $(call cmocka-rule,$t,$(call layer-of,$t,crypto))))

# The library beside the archives it was made of: their names must not clash
CLIENT_TEST := $(BUILD)/tests/unit/cygnet/test_library
$(CLIENT_TEST): $(call objects,$(call sources,tests/unit/cygnet)) $(BUILD)/lib$(CLIENT).a $(call archives,$(WHACK_LAYERS))
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $(link-all) $(call libs,$(WHACK_LAYERS)) $(CMOCKA)

unit: $(call programs,$(UNIT_SRC)) $(CLIENT_TEST)
	$(call run-cmocka,$^)
tools: all
	$(Q)TEST_TIMEOUT=$(TEST_TIMEOUT) tests/tools/run $(BUILD)
vectors: $(call programs,$(VECTORS_SRC))
	$(call run-cmocka,$^)
define unit-layer-rule
unit-$1: $(BUILD)/lib$1.a $(call programs,$(call unit-sources,$1))
	$$(call run-cmocka,$$(filter-out %.a,$$^))
endef
$(foreach l,$(LAYERS),$(eval $(call unit-layer-rule,$l)))

# The simulator: two and more cores in one process. SIM_SEEDS, SIM_SEED reach it by the environment.
SIM_SRC := $(call sources,tests/sim)
$(BUILD)/sim: $(call objects,$(SIM_SRC)) $(call archives,$(PURE_LAYERS))
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(link-all) $(call libs,$(PURE_LAYERS))

sim: $(if $(SIM_SRC),$(BUILD)/sim)
	$(if $(SIM_SRC),@$(BUILD)/sim $(SIM_ARGS) < /dev/null,@echo '0 passed, 0 failed')
export SIM_SEEDS SIM_SEED SIM_MATRIX

# What things cost, beside a floor of the same run: make bench-NAME runs tests/bench/bench_NAME.c.
BENCH_SRC := $(sort $(wildcard tests/bench/bench_*.c))
define bench-rule
$(BUILD)/$(1:%.c=%): $(call objects,$1) $(call archives,$(PURE_LAYERS))
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(LINK) -o $$@ $$(link-all) $(call libs,$(PURE_LAYERS))
$(patsubst tests/bench/bench_%.c,bench-%,$1): $(BUILD)/$(1:%.c=%)
	@$$<
endef
$(foreach t,$(BENCH_SRC),$(eval $(call bench-rule,$t)))

# Many peers in one process, for the end-to-end tests
$(BUILD)/many: $(call objects,tests/e2e/many.c) $(call archives,$(PURE_LAYERS))
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(link-all) $(call libs,$(PURE_LAYERS))

# How long and how much it takes to load connections: doc/HACKING.md
$(BUILD)/bench-load: $(call objects,tests/bench/load.c) $(call archives,$(PURE_LAYERS))
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(link-all) $(call libs,$(PURE_LAYERS))
bench-load: $(BUILD)/bench-load
	@$(BUILD)/bench-load $(BENCH_ARGS)
.PHONY: bench-load

# ---- fuzzing: clang only, its own objects; findings and new inputs stay below $(BUILD)/fuzz ----

FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_HELP := $(filter-out $(FUZZ_SRC),$(call sources,tests/fuzz))
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/fuzz/fuzz_%,$(FUZZ_SRC))
fuzz-layer = $(call layer-of,$1,exchanges)

define fuzz-rule
$(BUILD)/fuzz/$(notdir $(1:%.c=%)): $(patsubst %.c,$(BUILD)/fuzz/obj/%.o,$1 $(FUZZ_HELP)) \
		$(foreach l,$(upto_$(call fuzz-layer,$1)),$(BUILD)/fuzz/lib$l.a)
	$$(call say,FUZZLD,$$@)
	$$(Q)$$(FUZZ_CC) -g -pthread $$(FUZZ_SAN) -fsanitize=fuzzer -Wl,--as-needed -o $$@ $$(link-all) \
		$(call libs,$(upto_$(call fuzz-layer,$1)))
endef
$(foreach t,$(FUZZ_SRC),$(eval $(call fuzz-rule,$t)))

# $1 targets, $2 runs: "corpus" replays, a number fuzzes for so many seconds
define run-fuzz
@p=0; f=0; \
for t in $1; do n=$${t##*/fuzz_}; mkdir -p $(BUILD)/fuzz/new/$$n; \
	corpus=tests/fuzz/corpus/$$n; [ -d $$corpus ] || corpus=; \
	for how in $2; do \
		case $$how in \
		corpus) set -- -runs=0 $$corpus; [ -n "$$corpus" ] || set -- -runs=1;; \
		*) set -- -max_total_time=$$how $(BUILD)/fuzz/new/$$n $$corpus;; esac; \
		if $$t -timeout=10 -rss_limit_mb=1024 -print_final_stats=0 \
			-artifact_prefix=$(BUILD)/fuzz/$$n- "$$@" > $$t-$$how.log 2>&1 < /dev/null; \
		then p=$$((p + 1)); echo "  PASS    fuzz $$n $$how"; \
		else f=$$((f + 1)); tail -n 60 $$t-$$how.log; echo "  FAIL    fuzz $$n $$how"; fi; \
	done; \
done; echo "$$p passed, $$f failed"; [ $$f -eq 0 ]
endef

# Without clang the targets count as skipped
have-fuzz = $(shell command -v $(FUZZ_CC))
fuzz-build: $(FUZZ)
ifneq ($(have-fuzz),)
fuzz: $(FUZZ)
	$(call run-fuzz,$^,corpus $(FUZZ_SECONDS))
fuzz-corpus: $(FUZZ)
	$(call run-fuzz,$^,corpus)
else
fuzz fuzz-corpus:
	@echo '$(FUZZ_CC) not found'; echo '0 passed, 0 failed, $(words $(FUZZ)) skipped'
endif

# Against strongSwan of this release; what is the same with every peer is e2e-peers
e2e: all
	tests/e2e/run --build $(BUILD) $(or $(E2E_ARGS),--jobs $(shell nproc) --timeout 2400 --not 'peer.*' --not 'newer.*' --not 'qemu.*' --not 'soak.*')
# What takes minutes, for make soak
e2e-soak: all
	tests/e2e/run --build $(BUILD) --out $(BUILD)/e2e-soak \
		$(or $(E2E_ARGS),--jobs $(shell nproc) --timeout 7200 --only 'soak.*')
e2e-peers: all
	tests/e2e/run --build $(BUILD) --out $(BUILD)/e2e-peers \
		$(or $(E2E_ARGS),--jobs $(shell nproc) --timeout 7200 --only 'peer.*')
# Newer peers and ML-KEM; pluto's own unit tests of crypto are run there too
e2e-newer: all tests
	tests/e2e/run --build $(BUILD) --out $(BUILD)/e2e-newer \
		$(or $(E2E_ARGS),--jobs $(shell nproc) --only 'newer.*')
# On a newer kernel, in an emulated machine
e2e-qemu: all
	tests/e2e/run --stage qemu --build $(BUILD) --out $(BUILD)/e2e-qemu \
		$(or $(E2E_ARGS),--timeout 3600 --only 'qemu.*')

soak: SIM_SEEDS := 5000
soak: SIM_MATRIX := all
soak: FUZZ_SECONDS := 600
soak: sim fuzz e2e e2e-soak e2e-peers e2e-newer e2e-qemu
	tests/sim/mutants.sh

# Sanitized objects call the sanitizers, so lint reads only a plain build
check: $(if $(SAN),,lint) unit tools vectors sim fuzz-corpus
tests: $(call programs,$(UNIT_SRC) $(VECTORS_SRC)) $(CLIENT_TEST) $(if $(SIM_SRC),$(BUILD)/sim) $(BUILD)/many

# ---- style ----

LINTS := layers pure size words spdx shell man format cases interfaces
lint: $(call archives,$(PURE_LAYERS)) $(call filled,$(MAN3) $(MAN5) $(MAN8))
	@p=0; f=0; s=0; for l in $(LINTS); do \
		tests/lint/$$l.sh --build $(BUILD); rc=$$?; \
		case $$rc in \
		0) p=$$((p + 1)); echo "  PASS    lint $$l";; \
		77) s=$$((s + 1)); echo "  SKIP    lint $$l";; \
		*) f=$$((f + 1)); echo "  FAIL    lint $$l";; esac; \
	done; echo "$$p passed, $$f failed$$([ $$s -eq 0 ] || echo ", $$s skipped")"; [ $$f -eq 0 ]

# One check alone; only pure needs objects
.PHONY: $(LINTS:%=lint-%)
$(LINTS:%=lint-%): lint-%:
	$(Q)tests/lint/$*.sh --build $(BUILD)
lint-man: $(call filled,$(MAN3) $(MAN5) $(MAN8))
lint-pure: $(call archives,$(PURE_LAYERS))

# The cases and the tests that bear their numbers
.PHONY: cases
cases:
	$(Q)tests/cases.sh > doc/CASES.md.new && mv doc/CASES.md.new doc/CASES.md

# The words of interfaces that exist already and the tests that use them
.PHONY: interfaces
interfaces:
	$(Q)python3 tests/interfaces.py > doc/INTERFACES.md.new && mv doc/INTERFACES.md.new doc/INTERFACES.md

# The simulator's scenarios are tables laid out by hand.
C_FILES = $(filter-out tests/sim/scenario%,$(shell find include src tests -name '*.[ch]' | sort))
format:
	$(Q)$(CLANG_FORMAT) -i $(C_FILES)
format-check:
	$(Q)$(CLANG_FORMAT) --dry-run -Werror $(C_FILES)

# ---- install: one list of what goes where; uninstall takes away exactly what install put there ----

D = $(DESTDIR)
# $1 mode, $2 files, $3 directory: nothing goes into a directory without a name
place = $(if $3,$(foreach f,$2,$1|$f|$3))
system = $(call filled,$(filter packaging/$1/%,$(SYSTEM)))
INSTALLED = $(strip \
	$(call place,0755,$(PROGRAMS) $(call filled,$(UPDOWN) $(filter-out $(EXEC_PARTS),$(EXEC))),$(LIBEXECDIR)) \
	$(call place,0644,$(call filled,$(EXEC_PARTS)),$(LIBEXECDIR)) \
	$(call place,0755,$(call filled,$(SCRIPT)),$(SBINDIR)) \
	$(call place,0644,$(shell ls $(SCHEMAS)/*.json 2> /dev/null),$(SCHEMADIR)) \
	$(call place,0755,$(filter %.$(VERSION),$(CLIENT_LIBS)),$(LIBDIR)) \
	$(call place,0644,$(filter %.a,$(CLIENT_LIBS)),$(LIBDIR)) \
	$(call place,0644,$(sort $(wildcard include/cygnet/*.h)),$(INCLUDEDIR)/cygnet) \
	$(call place,0644,$(call filled,$(PKGCONFIG)),$(PKGCONFIGDIR)) \
	$(call place,0644,$(call filled,$(MAN3)),$(MANDIR)/man3) \
	$(call place,0644,$(call filled,$(MAN5)),$(MANDIR)/man5) \
	$(call place,0644,$(call filled,$(MAN8)) $(MAN_LINKS),$(MANDIR)/man8) \
	$(call place,0644,$(call system,systemd),$(UNITDIR)) \
	$(call place,0644,$(call system,tmpfiles.d),$(TMPFILESDIR)) \
	$(call place,0644,$(call system,sysctl.d),$(SYSCTLDIR)) \
	$(call place,0755,$(call system,init.d),$(INITDIR)) \
	$(call place,0755,$(call system,openrc),$(OPENRCDIR)) \
	$(call place,0644,$(call system,bash-completion),$(BASHCOMPDIR)) \
	$(call place,0644,$(call system,zsh),$(ZSHCOMPDIR)) \
	$(call place,0644,$(call system,fish),$(FISHCOMPDIR)))
# The administrator's: never written over, and gone only when still as shipped
CONFIGURED = $(strip \
	$(call place,0644,$(call filled,packaging/ipsec.conf),$(SYSCONFDIR)) \
	$(call place,0600,$(call filled,packaging/ipsec.secrets),$(SYSCONFDIR)) \
	$(call place,0644,$(call system,default),$(DEFAULTDIR)) \
	$(call place,0644,$(call system,logrotate.d),$(LOGROTATEDIR)) \
	$(call place,0644,$(call system,apparmor.d),$(APPARMORDIR)))
# Names of the shared library that point to its file
LINKS = $(foreach l,$(CLIENT_SO) lib$(CLIENT).so,$(D)$(LIBDIR)/$l)
OWN_DIRS = $(SCHEMADIR) $(dir $(SCHEMADIR)) $(LIBEXECDIR) $(INCLUDEDIR)/cygnet $(SYSCONFDIR)/ipsec.d
# each LIST COMMANDS: with mode, from and to of each entry
each = @set -e; for entry in $(foreach e,$1,'$e'); do \
	mode=$${entry%%|*}; from=$${entry\#*|}; to=$(D)$${from\#*|}; from=$${from%%|*}; \
	to=$$to/$${from\#\#*/}; $2; done

install: all
	$(INSTALL) -d -m 0755 $(sort $(foreach e,$(INSTALLED) $(CONFIGURED),$(D)$(lastword $(subst |, ,$e))))
	$(INSTALL) -d -m 0700 $(D)$(SYSCONFDIR)/ipsec.d
	$(call each,$(INSTALLED),$(INSTALL) -m $$mode $$from $$to)
	@for l in $(LINKS); do ln -sf $(CLIENT_SO).$(VERSION) $$l; done
	@[ -n '$(D)' ] || ldconfig 2> /dev/null || true
	$(call each,$(CONFIGURED),[ -e $$to ] || [ -L $$to ] || $(INSTALL) -m $$mode $$from $$to)

uninstall: $(FILLED) $(SCHEMAS)/made
	$(call each,$(INSTALLED),rm -f $$to)
	@rm -f $(LINKS)
	$(call each,$(CONFIGURED),if cmp -s $$from $$to; then rm -f $$to; fi)
	@for d in $(OWN_DIRS:%=$(D)%); do \
		if [ -d $$d ]; then rmdir --ignore-fail-on-non-empty $$d; fi; done

clean:
	rm -rf -- $(BUILD)

help:
	@echo 'build:   all  lib-<layer>  tests  fuzz-build  clean'
	@echo 'test:    check  lint  lint-<check>  unit  unit-<layer>  tools  vectors  sim  fuzz-corpus  fuzz  e2e  e2e-soak  e2e-peers  e2e-newer  e2e-qemu  soak'
	@echo 'style:   format  format-check'
	@echo 'install: install  uninstall   DESTDIR PREFIX SYSCONFDIR SBINDIR LIBEXECDIR LIBDIR INCLUDEDIR RUNDIR STATEDIR MANDIR UNITDIR'
	@echo '         TMPFILESDIR SYSCTLDIR LOGROTATEDIR DEFAULTDIR APPARMORDIR INITDIR OPENRCDIR {BASH,ZSH,FISH}COMPDIR'
	@echo 'vars:    BUILD=dir CC=gcc|clang CFLAGS CPPFLAGS LDFLAGS WERROR= V=1 SAN=1|thread'
	@echo '         FUZZ_SECONDS SIM_SEEDS SIM_SEED SIM_ARGS E2E_ARGS TEST_TIMEOUT'
	@echo 'layers:  $(LAYERS)'

-include $(shell find $(BUILD)/obj $(BUILD)/pic $(BUILD)/fuzz/obj -name '*.d' 2>/dev/null)
