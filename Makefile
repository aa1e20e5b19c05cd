# latmon. `make` builds out/latmon; see README.md for the rest.

export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1
# The SDK itself needs no culture data, and a fresh machine has none.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT = 1

PREFIX ?= /usr/local
RID := $(shell uname -m | sed -e s/x86_64/linux-x64/ -e s/aarch64/linux-arm64/)
SOURCES := $(shell find src bpf -type f -not -path '*/obj/*' -not -path '*/bin/*' -not -path '*/.output/*') \
	Directory.Build.props Directory.Packages.props
BUILD_PACKAGES := clang libbpf-dev ca-certificates
TEST_PACKAGES := nginx-light wrk tmux bpftool iproute2 util-linux procps postgresql python3-psycopg2 gunicorn openssl \
	openssh-server openssh-client screen nodejs php-fpm binutils
BENCH_PACKAGES := bpftrace curl python3 clang
KERNEL_PACKAGES := qemu-system-x86 busybox-static kmod cpio xz-utils zstd python3
STORY_PACKAGES := python3 python3-psycopg2 gunicorn postgresql nginx-light iproute2 util-linux
# One of lock, pool, quota, queries, client, loss, route, pause.
STORY ?= lock
# Of 5.10, 6.1, 6.12 and newest; none named means all.
KERNELS ?=
# Of bullseye, bookworm, trixie and sid; none named means all.
USERLANDS ?=

all: out/latmon

out/latmon: $(SOURCES) | build-packages
	dotnet publish src/Latmon/Latmon.csproj -c Release -r $(RID) -o out/publish -v quiet
	install -m 755 out/publish/latmon $@

# The same for older user lands too (Debian 11 on): linked against an old C library, which is fetched into the user's cache.
release: out/release/latmon

out/release/latmon: $(SOURCES) sysroot.sh suite.sh | build-packages
	sysroot=$$(./sysroot.sh) && dotnet publish src/Latmon/Latmon.csproj -c Release -r $(RID) -o out/release/publish -v quiet \
		-p:SysRoot=$$sysroot -p:IntermediateOutputPath=obj/Sysroot/ -p:OutputPath=bin/Sysroot/
	install -m 755 out/release/publish/latmon $@

build-packages:
	@./packages.sh $(BUILD_PACKAGES)

demo: out/latmon
	out/latmon demo

test: out/latmon
	@./packages.sh $(TEST_PACKAGES) $(KERNEL_PACKAGES)
	./test.sh

# Stock kernels in emulated machines; downloaded once into the user's cache.
test-kernels: out/latmon
	@./packages.sh $(TEST_PACKAGES) $(KERNEL_PACKAGES)
	tests/kernels/run.sh $(KERNELS)

# Debian 11 to sid, each with nothing installed.
test-userlands: out/release/latmon
	@./packages.sh $(TEST_PACKAGES) debootstrap python3
	tests/userlands.sh $(USERLANDS)

bench: out/latmon
	@./packages.sh $(TEST_PACKAGES) $(BENCH_PACKAGES)
	./bench.sh $(BENCH)

# One incident staged with real servers, and the screen on it.
stories: out/latmon
	@./packages.sh $(STORY_PACKAGES)
	tests/stories/run.sh $(STORY)

install: out/latmon
	install -D -m 755 out/latmon $(DESTDIR)$(PREFIX)/bin/latmon

format:
	dotnet format Monitor.sln --no-restore
	clang-format -i bpf/*.c bpf/*.h

clean:
	rm -rf out
	$(MAKE) -C bpf clean
	find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +

.PHONY: all release build-packages demo test test-kernels test-userlands bench stories install format clean
