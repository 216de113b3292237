# sluice - see 'make help'.  GNU make and a C11 compiler; no configure step.
#
#   make V=1                     show the commands
#   make CC=clang                any of CC CFLAGS CPPFLAGS LDFLAGS can be given
#   make WERROR=1                warnings are errors
#   make ISAL=0                  deflate by zlib instead of ISA-L (default: ISA-L where it is)
#   make CLP=0                   audits without linear programs: more stays undecided
#   make SAN=address,undefined   build with sanitizers, in a directory of its own
#   make COVERAGE=1              likewise a build that counts for gcov
#   make FAULTS=1                a program of which any call can be made to fail, likewise
#   make install PREFIX=/usr DESTDIR=stage

.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:

PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCDIR     ?= $(PREFIX)/include
DATADIR    ?= $(PREFIX)/share
MANDIR     ?= $(DATADIR)/man
INSTALL    ?= install
PKG_CONFIG ?= pkg-config
OBJCOPY    ?= objcopy
CFLAGS     ?= -O2 -g

comma   := ,
VERSION := $(shell sed -n 's/^.define SLUICE_VERSION "\(.*\)"/\1/p' include/sluice.h)
TRIPLE  := $(shell $(CC) -dumpmachine 2>/dev/null)
ARCH    := $(firstword $(subst -, ,$(TRIPLE)))
ARCH    := $(patsubst amd64,x86_64,$(patsubst arm64,aarch64,$(ARCH)))
MACOS   := $(findstring darwin,$(TRIPLE))
B       := build$(if $(FAULTS),/faults)$(if $(COVERAGE),/coverage)$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))
Q       := $(if $(V),,@)
JOBS     = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell getconf _NPROCESSORS_ONLN))

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion \
        -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef -Wcast-qual

# Libraries: from pkg-config where it knows them all, else by their usual names.
ISAL ?= $(shell $(PKG_CONFIG) --exists libisal 2>/dev/null || printf '\043include <isa-l.h>\n' | \
          $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 && echo 1 || echo 0)
ISAL       := $(ISAL)
CLP ?= $(shell $(PKG_CONFIG) --exists clp 2>/dev/null && echo 1 || echo 0)
CLP        := $(CLP)
PKGS       := zlib libdeflate libxxhash yaml-0.1 jansson nettle $(if $(filter 1,$(ISAL)),libisal)
# As system headers: their warnings are not ours.  Clp is loaded when it is needed, not linked.
PKG_CFLAGS := $(patsubst -I%,-isystem%,$(shell $(PKG_CONFIG) --cflags $(PKGS) \
                $(if $(filter 1,$(CLP)),clp) 2>/dev/null))
LIBS       := $(or $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null), \
                -lz -ldeflate -lxxhash -lyaml -ljansson nettle $(if $(filter 1,$(ISAL)),-lisal)) -lm $(if $(MACOS),,-ldl)
CMOCKA     := $(or $(shell $(PKG_CONFIG) --cflags --libs cmocka 2>/dev/null),-lcmocka)

ALL_CFLAGS  = -std=c11 -D_DEFAULT_SOURCE -D_GNU_SOURCE $(WARN) $(if $(WERROR),-Werror) \
              -fPIC -fvisibility=hidden -pthread $(CFLAGS) $(SAN_FLAGS)
ALL_LDFLAGS = -pthread $(SAN_FLAGS) $(if $(MACOS),,-Wl,--as-needed) $(LDFLAGS)
SAN_FLAGS  := $(if $(COVERAGE),--coverage -fprofile-update=atomic -fprofile-abs-path -O0) $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)

# The library sees src/; the program sees only include/, as any user would.
# One deflate codec is built, and the instruction sets of this machine's kind.
OTHER   := src/io/codec_$(if $(filter 1,$(ISAL)),zlib,isal).c
OTHER   += src/attack/lp_$(if $(filter 1,$(CLP)),none,clp).c
OTHER   += $(if $(filter x86_64,$(ARCH)),,$(addprefix src/simd/,sse2.c avx2.c avx512.c))
OTHER   += $(if $(filter aarch64,$(ARCH)),,src/simd/neon.c)
LIB_SRC := $(filter-out src/cli/% $(OTHER),$(sort $(wildcard src/*/*.c)))
CLI_SRC := $(sort $(wildcard src/cli/*.c))
TST_SRC := $(sort $(wildcard tests/unit/*.c tests/diff/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$B/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$B/%.o)
TST_BIN := $(TST_SRC:%.c=$B/%)
FUZZ    := $(patsubst %.c,$B/%,$(filter-out $(if $(MACOS),$(addprefix tests/fuzz/fuzz_,filter.c check.c release.c audit.c)), \
             $(wildcard tests/fuzz/fuzz_*.c)))
JUDGE   := $B/tests/judge/model
BENCH   := $(addprefix $B/bench/,gen kernels spent)
COMPLETIONS := $B/completion.bash $B/completion.zsh $B/completion.fish

ifdef MACOS
SO      := libsluice.dylib
SO_ABI  := libsluice.0.dylib
SO_FLAG := -dynamiclib -install_name $(LIBDIR)/$(SO_ABI)
else
SO      := libsluice.so
SO_ABI  := libsluice.so.0
SO_FLAG := -shared -Wl,-soname,$(SO_ABI) $(if $(SAN),,-Wl,-z,defs)
endif

$(LIB_OBJ): INC := -Iinclude -Isrc $(PKG_CFLAGS)
# Sanitizers, coverage and injected faults need more than the sandbox allows.
$(CLI_OBJ): INC := -Iinclude $(if $(SAN)$(FAULTS)$(COVERAGE),-DNO_SANDBOX)
$B/tests/%.o: INC := -Iinclude -Isrc -Itests $(PKG_CFLAGS)
$B/bench/%.o: INC := -Iinclude -Isrc -Itests

# One line for each instruction set; no other file is built with -m flags.
AVX2 := -mavx2 -mbmi -mbmi2 -mlzcnt -mpopcnt -mpclmul
$B/src/simd/avx2.o:   ISA_CFLAGS := $(AVX2)
$B/src/simd/avx512.o: ISA_CFLAGS := $(AVX2) -mavx512f -mavx512bw -mavx512vl -mavx512cd \
                                    -mavx512vbmi2

## all: the program, the library (static and shared), man page and completions
all: $B/sluice $B/libsluice.a $B/$(SO) $B/sluice.1 $(COMPLETIONS)

## demo: a small table before and after; installs what is missing first
demo:
	$(Q)scripts/setup
	$(Q)$(MAKE) --no-print-directory $(JOBS) all
	$(Q)scripts/demo $B/sluice

## test: everything that can fail, with a total; installs what is missing first
test:
	$(Q)scripts/setup
	$(Q)$(MAKE) --no-print-directory $(JOBS) check

## check: the same on what is installed
check: all $(TST_BIN) $(FUZZ) $(JUDGE)
	$(Q)MAKE='$(MAKE)' CC='$(CC)' scripts/test $B unit fuzz cases faults sweep judge embed install release

## check-unit: the unit tests and the sweeps that must agree
check-unit: $(TST_BIN)
	$(Q)scripts/test $B unit

## check-cases: the program's cases, and the judge that reckons tables again
check-cases: $B/sluice $(JUDGE)
	$(Q)scripts/test $B cases judge

## check-study: the example study by the pipeline's own package, the report in a browser
check-study: $B/sluice
	$(Q)scripts/test $B study report exchange

## test-engines: grouping judged by DuckDB and pandas, which it installs; ENGINES_BYTES=1000000000
ENGINES_BYTES ?= 50000000
test-engines: $B/sluice $B/bench/gen
	$(Q)python3 tests/judge/group_engines.py $B/sluice $B/bench/gen --bytes $(ENGINES_BYTES)

## test-distributed: on a real Spark and a real Slurm, which it installs, starts and stops
test-distributed: $B/sluice
	$(Q)tests/distributed/run.sh $B/sluice

## test-spark: the same on Spark only, on small tables in one session
test-spark: $B/sluice
	$(Q)tests/distributed/run.sh --spark $B/sluice --one-session --parts 12 --rows 1000

## check-neon: the kernels for aarch64, by cross compiler and qemu where they are
check-neon:
	$(Q)scripts/check-neon

## check-faults: every call that can fail made to fail in turn, under address sanitizer
check-faults:
	$(Q)$(MAKE) --no-print-directory FAULTS=1 SAN=address $(JOBS) build/faults/san-address/sluice
	$(Q)python3 tests/faults/inject.py build/faults/san-address/sluice

## soak: random plans on random tables against the second opinion, TIME seconds (600)
soak: $B/sluice
	$(Q)python3 tests/soak/soak.py $B/sluice --seconds '$(or $(TIME),600)'

## mutate: does a test notice small changes to the code that decides?  SAMPLE of them, or all
mutate:
	$(Q)python3 tests/mutate/mutate.py $(if $(SAMPLE),--sample '$(SAMPLE)')

## check-valgrind: the unit tests by valgrind, where it is
check-valgrind: $(TST_BIN)
	$(Q)scripts/test $B valgrind

## check-threads: the ring, and jobs of many small chunks, under thread sanitizer
check-threads:
	$(Q)$(MAKE) --no-print-directory SAN=thread $(JOBS) build/san-thread/sluice \
	  build/san-thread/tests/unit/test_ring
	$(Q)scripts/test build/san-thread threads

## coverage: lines and branches of src/ that the tests reach; gaps in build/coverage/gaps
coverage:
	$(Q)find build/coverage build/faults/coverage -name '*.gcda' -delete 2>/dev/null || true
	$(Q)$(MAKE) --no-print-directory COVERAGE=1 $(JOBS) coverage-build
	$(Q)$(MAKE) --no-print-directory COVERAGE=1 FAULTS=1 $(JOBS) build/faults/coverage/sluice
	$(Q)echo 'What fails here for want of files to count in passes in other builds.'
	$(Q)scripts/test build/coverage unit fuzz cases judge faults | grep passed || true
	$(Q)python3 tests/faults/inject.py build/faults/coverage/sluice --most 8 | grep met || true
	$(Q)scripts/coverage build/coverage build/faults/coverage
coverage-build: $B/sluice $(TST_BIN) $(FUZZ) $(JUDGE)

## fuzz: each target for TIME seconds (60) by libFuzzer, from its corpus in tests/fuzz
fuzz:
	$(Q)MAKE='$(MAKE)' scripts/fuzz '$(or $(TIME),60)' $(TARGETS)

# For lint: all that is compiled, and what is not for this machine.
tests: $(TST_BIN) $(FUZZ) $(JUDGE) $(BENCH)
fuzz-targets: $(FUZZ)
libs: $B/libsluice.a $B/$(SO)
other-sources:
	@echo $(OTHER)

## bench: everything measured beside its peers, 1 GB tables; installs the peers first
bench: $B/sluice $(BENCH)
	$(Q)bench/peers
	$(Q)python3 bench/run.py --build $B

## bench-quick: the same on 100 MB with what is installed, for a first look
bench-quick: $B/sluice $(BENCH)
	$(Q)python3 bench/run.py --build $B --quick

## bench-kernels: each kernel by instruction set
bench-kernels: $B/bench/kernels
	$(Q)for kind in measures patient quoted; do $B/bench/kernels $$kind || exit 1; done

## static: the program with every library inside, for images that have none of them
# ISA-L's package has no archive everywhere; the output is the same table without it.
static:
	$(Q)$(MAKE) --no-print-directory $(JOBS) B=build/static ISAL=0 CLP=0 LDFLAGS='-static $(LDFLAGS)' \
	  build/static/sluice
	$(Q)scripts/check-static build/static/sluice

## action: the static program where action.yaml looks for it
action: static
	$(Q)$(INSTALL) -d bin && $(INSTALL) -m 755 build/static/sluice bin/sluice

## lint: layers, format, static analysis, warnings of two compilers, scripts
lint:
	$(Q)MAKE='$(MAKE)' scripts/lint

## format: let clang-format decide
format:
	$(Q)clang-format -i include/*.h bench/*.[ch] $$(find src tests -name '*.[ch]')

## install: into DESTDIR, PREFIX (also BINDIR LIBDIR INCDIR DATADIR)
install: all $B/sluice.pc
	$(Q)$(INSTALL) -d $(INSTALL_DIRS)
	$(Q)$(INSTALL) -m 755 $B/sluice '$(DESTDIR)$(BINDIR)/sluice'
	$(Q)$(INSTALL) -m 644 $B/libsluice.a '$(DESTDIR)$(LIBDIR)/libsluice.a'
	$(Q)$(INSTALL) -m 755 $B/$(SO_ABI) '$(DESTDIR)$(LIBDIR)/$(SO_ABI)'
	$(Q)ln -sf $(SO_ABI) '$(DESTDIR)$(LIBDIR)/$(SO)'
	$(Q)$(INSTALL) -m 644 include/sluice.h '$(DESTDIR)$(INCDIR)/sluice.h'
	$(Q)$(INSTALL) -m 644 $B/sluice.pc '$(DESTDIR)$(LIBDIR)/pkgconfig/sluice.pc'
	$(Q)$(INSTALL) -m 644 $B/sluice.1 '$(DESTDIR)$(MANDIR)/man1/sluice.1'
	$(Q)$(INSTALL) -m 644 $B/completion.bash '$(DESTDIR)$(BASHDIR)/sluice'
	$(Q)$(INSTALL) -m 644 $B/completion.zsh '$(DESTDIR)$(ZSHDIR)/_sluice'
	$(Q)$(INSTALL) -m 644 $B/completion.fish '$(DESTDIR)$(FISHDIR)/sluice.fish'

## uninstall: take away what install put there
uninstall:
	$(Q)rm -f $(INSTALLED)

## clean: remove everything that was built
clean:
	$(Q)rm -rf build

## help: this list
help:
	@sed -n 's/^## \([a-z-]*\): \(.*\)/  make \1\t\2/p' Makefile | expand -t 20
	@echo; sed -n 's/^#   make /  make /p' Makefile

BASHDIR := $(DATADIR)/bash-completion/completions
ZSHDIR  := $(DATADIR)/zsh/site-functions
FISHDIR := $(DATADIR)/fish/vendor_completions.d
# In quotes, since a folder's name may have spaces.
INSTALL_DIRS := '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(INCDIR)' '$(DESTDIR)$(LIBDIR)/pkgconfig' \
                '$(DESTDIR)$(MANDIR)/man1' '$(DESTDIR)$(BASHDIR)' '$(DESTDIR)$(ZSHDIR)' \
                '$(DESTDIR)$(FISHDIR)'
INSTALLED := '$(DESTDIR)$(BINDIR)/sluice' '$(DESTDIR)$(INCDIR)/sluice.h' \
             '$(DESTDIR)$(LIBDIR)/libsluice.a' '$(DESTDIR)$(LIBDIR)/$(SO_ABI)' \
             '$(DESTDIR)$(LIBDIR)/$(SO)' '$(DESTDIR)$(LIBDIR)/pkgconfig/sluice.pc' \
             '$(DESTDIR)$(MANDIR)/man1/sluice.1' '$(DESTDIR)$(BASHDIR)/sluice' \
             '$(DESTDIR)$(ZSHDIR)/_sluice' '$(DESTDIR)$(FISHDIR)/sluice.fish'

# Fault injection: calls go through tests/faults/inject.c, also those of the libraries that
# are here as archives; the C library's own parts stay shared.
ARCHIVES      = $(foreach l,$(LIBS),$(or $(if $(filter -lm -ldl,$l),$l),$(call archive,$l),$l))
archive       = $(filter /%,$(shell $(CC) -print-file-name=$(patsubst -l%,lib%.a,$1)))
INJECT       := $(if $(FAULTS),$B/tests/faults/inject.o)
INJECT_FLAGS := $(if $(FAULTS),$(shell sed -n 's/^\tX(\([a-z0-9_]*\)).*/-Wl,--wrap=\1/p' \
                  tests/faults/inject.c))

$B/sluice: $(CLI_OBJ) $(INJECT) $B/libsluice.a
	@echo '  LD      $@'
	$(Q)$(CC) $(ALL_LDFLAGS) $(INJECT_FLAGS) -o $@ $^ $(if $(FAULTS),$(ARCHIVES),$(LIBS))

# One relocatable object whose hidden symbols are made local, so that internal names stay
# short and can't collide with those of an embedding program.  Where the tools or the flags
# don't allow it (no objcopy, sanitizers, LTO), an ordinary archive.
ONE_OBJECT := $(if $(SAN)$(COVERAGE)$(MACOS)$(findstring -flto,$(CFLAGS)),,$(shell command -v $(OBJCOPY)))
$B/libsluice.a: $(LIB_OBJ)
	@echo '  AR      $@'
	$(Q)rm -f $@
ifneq ($(ONE_OBJECT),)
	$(Q)$(LD) -r -o $B/libsluice.o $^
	$(Q)$(OBJCOPY) --localize-hidden $B/libsluice.o
	$(Q)$(AR) cr $@ $B/libsluice.o
else
	$(Q)$(AR) cr $@ $^
endif

$B/$(SO_ABI): $(LIB_OBJ)
	@echo '  LD      $@'
	$(Q)$(CC) $(SO_FLAG) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$B/$(SO): $B/$(SO_ABI)
	$(Q)ln -sf $(SO_ABI) $@

# Tests may look inside, so they link the objects before names are made local.
$B/libinternal.a: $(LIB_OBJ)
	$(Q)rm -f $@ && $(AR) cr $@ $^

# Tests of the program's own parts; they bring what main.c would.
$B/tests/unit/test_sandbox $B/tests/unit/test_sandbox_release: $(filter-out %/main.o,$(CLI_OBJ))
$(TST_BIN): %: %.o $B/libinternal.a
	@echo '  LD      $@'
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(CMOCKA) $(LIBS)

# A fuzz target: with libFuzzer's main, or with one that runs it on a corpus.
FUZZ_MAIN := $(if $(findstring fuzzer-no-link,$(SAN)),-fsanitize=fuzzer,$B/tests/fuzz/replay.o)
$(FUZZ): %: %.o $(filter %.o,$(FUZZ_MAIN)) $B/libinternal.a
	@echo '  LD      $@'
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(filter -f%,$(FUZZ_MAIN)) $(LIBS) -lm

# What a judge needs of the inside: numbers in, numbers out.
$(JUDGE): %: %.o $B/libinternal.a
	@echo '  LD      $@'
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BENCH): %: %.o $B/bench/rows.o $B/libinternal.a
	@echo '  LD      $@'
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$B/sluice.1: $B/sluice
	$(Q)$B/sluice help --man > $@

$B/completion.%: $B/sluice
	$(Q)$B/sluice help --completion $* > $@

$B/sluice.pc: FORCE
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$(INCDIR)' '' \
	  'Name: sluice' 'Description: Disclosure control for CSV tables' 'Version: $(VERSION)' \
	  'Cflags: -I"$${includedir}"' 'Libs: -L"$${libdir}" -lsluice' \
	  'Libs.private: $(strip $(LIBS)) -pthread' > $@.new && mv -f $@.new $@

# -MMD -MP writes the header dependencies beside each object; the stamp makes every object
# depend on the flags that it was built with, and is not made while something is missing.
$B/%.o: %.c $B/flags
	@mkdir -p $(@D)
	@echo '  CC      $<'
	$(Q)$(CC) $(INC) $(CPPFLAGS) $(ALL_CFLAGS) $(ISA_CFLAGS) -MMD -MP -c -o $@ $<

FLAGS = $(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(PKG_CFLAGS) $(LIBS) ISAL=$(ISAL) CLP=$(CLP)
TOOLS = CC='$(CC)' CPPFLAGS='$(CPPFLAGS)' CFLAGS='$(CFLAGS)' PKG_CONFIG='$(PKG_CONFIG)'
$B/flags: FORCE
	@mkdir -p $B
	@printf '%s\n' '$(FLAGS)' | cmp -s - $@ || \
	  { $(TOOLS) scripts/setup --check && printf '%s\n' '$(FLAGS)' > $@; }

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(TST_SRC:%.c=$B/%.d) \
         $(JUDGE:=.d) $(BENCH:=.d) $B/bench/rows.d $(FUZZ:=.d) $B/tests/fuzz/replay.d \
         $B/tests/faults/inject.d

FORCE:
.PHONY: all demo static action test check check-unit check-cases check-study check-neon test-engines \
        test-distributed test-spark \
        check-faults check-valgrind check-threads fuzz coverage coverage-build soak mutate tests \
        fuzz-targets libs bench bench-quick bench-kernels other-sources lint format install \
        uninstall clean help FORCE
