#!/bin/sh
# Boots the kernel of one Debian suite in an emulated machine on the host's own files (read-only, under a layer of memory),
# runs a script there and ends. The guest sees RESULTS as /results, the only place where it can write to the host.
#   boot.sh SUITE SCRIPT RESULTS
set -eu
here=$(dirname "$(readlink -f "$0")")
kernel=$("$here/fetch.sh" "$1")
script=$(readlink -f "$2")
results=$(readlink -f "$3")
release=$(cat "$kernel/release")
image=$(ls "$kernel"/root/boot/vmlinuz-* "$kernel/root/lib/modules/$release/vmlinuz" 2>/dev/null | head -1)
limit=${LATMON_GUEST_SECONDS:-900}

initramfs() {
	files=$kernel/initramfs.new
	rm -rf "$files"
	mkdir -p "$files/bin" "$files/modules" "$files/proc" "$files/sys" "$files/dev"
	cp /bin/busybox "$files/bin/busybox"
	install -m 755 "$here/init" "$files/init"
	# In the order in which they must be loaded; what is built into the kernel has no file, and not every package lists it.
	for module in virtio_pci 9pnet_virtio 9p overlay veth sch_netem; do
		modprobe -d "$kernel/root" -S "$release" --show-depends "$module" 2>/dev/null | sed -n 's/^insmod \([^ ]*\).*/\1/p'
	done | awk '!seen[$0]++' | while read -r file; do
		name=$(basename "$file" | sed 's/\.ko.*/.ko/')
		case $file in
		*.xz) xz -dc "$file" ;;
		*.zst) zstd -dcq "$file" ;;
		*) cat "$file" ;;
		esac >"$files/modules/$name"
		echo "$name"
	done >"$kernel/order"
	mv "$kernel/order" "$files/modules/order"
	(cd "$files" && find . | cpio -o -H newc --quiet) >"$kernel/initramfs"
	rm -rf "$files"
}

# Every time: it takes a second, and the kernel's folder outlives changes here.
initramfs
# The guest's time stamp counter is the host's. Measuring its rate goes wrong by several times when the host is busy, and so would
# every duration in the guest; a virtual host shows the rate, on others /proc/cpuinfo has the momentary clock instead.
rate=$(awk '/^flags.* hypervisor/ { v = 1 } /^cpu MHz/ { m = $4 } END { if (v && m > 0) printf "tsc_early_khz=%d", m * 1000 }' /proc/cpuinfo)

# Emulated: nested virtualization is not to be had everywhere.
timeout -k 5 "$limit" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 3G -nographic -no-reboot \
	-nic none -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
	-virtfs "local,path=$results,mount_tag=results,security_model=none" -kernel "$image" -initrd "$kernel/initramfs" \
	-append "console=ttyS0 quiet rdinit=/init panic=-1 clocksource=tsc tsc=reliable $rate script=$script" </dev/null >"$results/console" 2>&1
