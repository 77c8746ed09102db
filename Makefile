# holdfast: one non-recursive Makefile. `make help` lists the targets.
#
#   MODE   dev (default), asan, cov or fuzz: one object tree each under build/
#   CASES  what `make run` runs (default: cases)

MODE   ?= dev
CASES  ?= cases
PREFIX ?= /usr/local
B      ?= build
O      := $(B)/$(MODE)

VERSION := 0.1.0

# Include direction: a folder may include itself and the ones named. `make layers` enforces it.
MAY_base     :=
MAY_wire     := base
MAY_crypto   := base
MAY_plan     := base wire
MAY_track    := base wire
MAY_traffic  := base wire track
MAY_evidence := base wire
MAY_ike      := base wire crypto
MAY_esp      := base wire crypto
MAY_port     := base
MAY_host     := base wire traffic
MAY_peer     := base wire crypto ike esp
MAY_gateway  := base wire crypto ike esp
MAY_device   := base wire plan port gateway
MAY_replay   := base wire track crypto plan traffic evidence ike esp port host peer gateway device
MAY_judge    := base wire track crypto ike esp plan evidence
MAY_report   := base wire judge
MAY_cli      := $(MAY_replay) replay judge report
DIRS := base wire track crypto plan traffic evidence ike esp port host peer gateway device replay judge report cli

# Debian packages: to build, to check. One list each; `make deps` installs what is missing.
BUILD_DEPS := gcc make pkg-config libpcap-dev libnet1-dev libxml2-dev libssl-dev zlib1g-dev \
	libzstd-dev libjansson-dev libcmocka-dev
CHECK_DEPS := tshark mandoc tcpdump tcptrace libxml2-utils junitparser python3 curl zstd iproute2 ethtool nftables openssl procps valgrind \
	strongswan-charon strongswan-swanctl libcharon-extra-plugins libcharon-extauth-plugins libstrongswan-standard-plugins \
	libstrongswan-extra-plugins
DEPS       := $(BUILD_DEPS) $(CHECK_DEPS)

PKGS      := libpcap libxml-2.0 libcrypto zlib libzstd jansson
CPPFLAGS  := -Iharness -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -DHOLDFAST_VERSION='"$(VERSION)"' -MMD -MP
WARN      := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
             -Wmissing-prototypes -Wvla -Wwrite-strings -Wundef -Werror
MODE_dev  := -O2 -g
MODE_asan := -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
MODE_cov  := -O0 -g --coverage
MODE_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

# pkg-config may be missing until `make deps` ran: ask it late, and once.
pkg_cflags = $(eval pkg_cflags := $(shell pkg-config --cflags $(PKGS)))$(pkg_cflags)
pkg_libs   = $(eval pkg_libs := $(shell pkg-config --libs $(PKGS)))$(pkg_libs)
CFLAGS     = -std=c11 $(WARN) $(MODE_$(MODE)) $(pkg_cflags) $(EXTRA_CFLAGS)
LDLIBS     = $(pkg_libs) -lnet -lm

all_c   := $(wildcard $(DIRS:%=harness/%/*.c))
# Whole runs first: they take longest, and the short ones fill in behind them.
test_c  := $(wildcard harness/tests/*_test.c) $(filter %_test.c,$(all_c))
kit_c   := $(filter-out %_test.c,$(wildcard harness/tests/*.c))
lib_o   := $(patsubst %.c,$O/%.o,$(filter-out %_test.c,$(all_c)))
kit_o   := $(patsubst %.c,$O/%.o,$(kit_c))
tests   := $(test_c:%.c=$O/%)
fuzz_c  := $(wildcard harness/fuzz/fuzz_*.c)
fuzzers := $(fuzz_c:%.c=$O/%)
bench_c := $(wildcard harness/bench/*_bench.c)
benches := $(bench_c:%.c=$O/%)
bench_o := $(patsubst %.c,$O/%.o,$(filter-out %_bench.c,$(wildcard harness/bench/*.c)))

all: $(B)/holdfast

help:
	@echo 'make            build $(B)/holdfast'
	@echo 'make run        run every case (CASES=...) through the built-in gateway, write reports/'
	@echo 'make check      all tests; installs missing Debian packages first'
	@echo 'make matrix     the tests against strongSwan alone, and the table of what they asserted'
	@echo 'make live       the twin cases on real interfaces in network namespaces (root)'
	@echo 'make faults     seeded mistakes in IKE and ESP, each found out by strongSwan (root)'
	@echo 'make asan|cov   the tests under ASan and UBSan, or with coverage'
	@echo 'make fuzz       fuzz each parser for FUZZ_SECONDS (default 60) with libFuzzer'
	@echo 'make bench      speed and memory, beside a peer or a floor of the same run'
	@echo 'make bench-large  captures of 1 and 10 GB, read through a pipe'
	@echo 'make layers purity format   the rules of the design; clang-format'
	@echo 'make deps install clean     packages; PREFIX= DESTDIR= (install-lib: the C library alone); remove build/'

$O/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$O/libholdfast.a: $(lib_o)
	@rm -f $@
	$(Q)ar rcs $@ $(lib_o)
$O/libtestkit.a: $(kit_o)
	@rm -f $@
	$(Q)ar rcs $@ $(kit_o)
$O/holdfast: $O/harness/main.o $O/libholdfast.a
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)
$(B)/holdfast: $(B)/dev/holdfast
	@ln -sf dev/holdfast $@
ifneq ($(MODE),dev)
$(B)/dev/holdfast: ; @$(MAKE) --no-print-directory MODE=dev $@
endif
$(tests): %: %.o $O/libtestkit.a $O/libholdfast.a
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
$(benches): %: %.o $(bench_o) $O/libholdfast.a
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)
# It counts the instructions of the benchmark's load.
$O/harness/tests/no_extra_cost_test: | $O/harness/bench/gateway_bench
ifeq ($(MODE),fuzz)
$(fuzzers): %: %.o $O/libholdfast.a
	$(Q)$(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)
else
$(fuzzers): %: %.o $O/harness/fuzz/replay_main.o $O/libholdfast.a
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)
endif

# --- tests ------------------------------------------------------------------------------------
check: deps
	@$(MAKE) --no-print-directory check-now
check-now: layers purity format-check $O/holdfast $(tests) $(fuzzers)
	@HOLDFAST=$O/holdfast BUILD=$O sh harness/tests/run.sh $(tests) $(fuzzers)
asan: deps
	@$(MAKE) --no-print-directory MODE=asan check-now
cov: deps
	@$(MAKE) --no-print-directory MODE=cov check-now
	@sh harness/tests/coverage.sh $(B)/cov
# One group of tests: make check-only ONLY=host/tcp_open
check-only: $O/holdfast $(filter %$(ONLY)_test,$(tests)) $(filter %fuzz_$(ONLY),$(fuzzers))
	@HOLDFAST=$O/holdfast BUILD=$O sh harness/tests/run.sh $(filter %$(ONLY)_test,$(tests)) $(filter %fuzz_$(ONLY),$(fuzzers))
# Only what talks to strongSwan, and the table of it
matrix: deps
	@$(MAKE) --no-print-directory matrix-now
interop := $(filter-out %faults_strongswan_test,$(foreach t,$(tests),$(if $(findstring _strongswan,$t),$t)))
matrix-now: $(interop)
	@BUILD=$O sh harness/tests/run.sh $(interop)

# Mistakes of ours in IKE and ESP, and where strongSwan finds each of them out.
faults: deps
	@$(MAKE) --no-print-directory check-only ONLY=tests/ike_faults_strongswan
	@sed -n 's/^FAULT: //p' $O/harness/tests/ike_faults_strongswan_test.log

live: deps
	@$(MAKE) --no-print-directory $(B)/holdfast
	@HOLDFAST=$(B)/holdfast sh harness/tests/live.sh

FUZZ_SECONDS ?= 60
fuzz:
	@sh harness/tests/need.sh clang llvm libclang-rt-14-dev
	@$(MAKE) --no-print-directory MODE=fuzz CC=clang fuzz-now
fuzz-now: $(fuzzers)
	@sh harness/fuzz/fuzz.sh $(FUZZ_SECONDS) $(fuzzers)

bench: deps
	@$(MAKE) --no-print-directory bench-now
bench-now: $(B)/holdfast $(benches) $O/harness/tests/pathological_test
	@HOLDFAST=$(B)/holdfast sh harness/bench/bench.sh $(benches)
	@HOLDFAST=$(B)/holdfast PATHOLOGICAL_PACKETS=1000000 $O/harness/tests/pathological_test
# Captures of 1 and 10 GB, through a pipe: memory must be the same.
bench-large: $(B)/holdfast $O/harness/bench/inspect_bench
	@HOLDFAST=$(B)/holdfast $O/harness/bench/inspect_bench large

# --- the rules of the design ------------------------------------------------------------------
layers:
	@awk -v may='$(foreach d,$(DIRS),$(foreach m,$d $(MAY_$d),$d:$m))' ' \
	  BEGIN { n = split(may, m, " "); for (i = 1; i <= n; i++) ok[m[i]] = 1 } \
	  FNR == 1 { split(FILENAME, at, "/"); dir = at[2]; \
	    layered = (dir ":" dir) in ok && FILENAME !~ /_test\.c$$/ } \
	  layered && /^#include "[a-z]*\// { split($$0, q, /["\/]/); \
	    if (!((dir ":" q[2]) in ok)) { print FILENAME " may not include " q[2] "/"; bad = 1 } } \
	  /openssl\// && dir != "crypto" && dir != "bench" { print FILENAME " may not include openssl"; bad = 1 } \
	  END { exit bad }' $(wildcard harness/*/*.[ch])
IMPURE := (__)?(time|clock_gettime|gettimeofday|localtime|localtime_r|getenv|rand|random|getrandom|f?open|openat|socket|connect|send|recv|f?printf|puts|fputs|fwrite|stdout|stderr)(64|_chk)?
purity: $(lib_o)
	@! nm -u $(filter $O/harness/judge/% $O/harness/report/% $O/harness/wire/%,$(lib_o)) /dev/null 2>/dev/null | grep -E ' $(IMPURE)$$'
	@! nm -u $(filter $O/harness/ike/% $O/harness/esp/% $O/harness/host/% $O/harness/peer/% $O/harness/gateway/%,$(lib_o)) /dev/null 2>/dev/null | grep -E ' $(IMPURE)$$'

formatted := $(wildcard harness/*.[ch] harness/*/*.[ch])
format: ; @sh harness/tests/need.sh clang-format; clang-format -i $(formatted)
format-check:
	@if command -v clang-format >/dev/null; then clang-format --dry-run -Werror $(formatted); \
	else echo 'format-check: clang-format is not here; skipped'; fi

# --- everything else --------------------------------------------------------------------------
deps: ; @sh harness/tests/need.sh $(DEPS)
build-deps: ; @sh harness/tests/need.sh $(BUILD_DEPS)

run: build-deps
	@$(MAKE) --no-print-directory $(B)/holdfast
	@$(B)/holdfast run $(CASES)

# The library: one header, which includes others that lie beside it, and one archive.
LIB_DIRS := base wire track traffic
install-lib: $O/libholdfast.a
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig $(LIB_DIRS:%=$(DESTDIR)$(PREFIX)/include/holdfast/%)
	install -m 644 $O/libholdfast.a $(DESTDIR)$(PREFIX)/lib/
	install -m 644 harness/holdfast.h $(DESTDIR)$(PREFIX)/include/holdfast/
	for d in $(LIB_DIRS); do install -m 644 harness/$$d/*.h $(DESTDIR)$(PREFIX)/include/holdfast/$$d/; done
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' harness/holdfast.pc.in \
	  >$(DESTDIR)$(PREFIX)/lib/pkgconfig/holdfast.pc

install: $(B)/holdfast
	@$(MAKE) --no-print-directory MODE=dev install-lib
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/holdfast
	install -m 755 $(B)/dev/holdfast $(DESTDIR)$(PREFIX)/bin/holdfast
	cp -R cases captures $(DESTDIR)$(PREFIX)/share/holdfast/
	for m in harness/doc/*.[1-8]; do test -e $$m || continue; s=$${m##*.}; \
	  install -d $(DESTDIR)$(PREFIX)/share/man/man$$s; \
	  install -m 644 $$m $(DESTDIR)$(PREFIX)/share/man/man$$s/; done

clean: ; rm -rf $(B)

Q := $(if $(V),,@)
-include $(shell find $O -name '*.d' 2>/dev/null)
.PHONY: all help check check-now check-only matrix matrix-now asan cov faults live fuzz fuzz-now bench bench-now bench-large \
	layers purity \
	format format-check deps build-deps run install install-lib clean
.SECONDARY:
