#!/bin/sh
# The machine's process 1 before it has a disk: plugs the cable in, mounts, and hands over to init.
set -eu
folder=$1 name=$2 link=$3 address=$4 gateway=$5

outside() { nsenter --net=/proc/self/fd/9 "$@"; }
outside ip link add "$link" type veth peer name eth0 netns "$$"
outside ip address add "$gateway" peer "$address" dev "$link"
outside ip link set "$link" up
exec 9<&-
ip link set lo up
ip address add "$address" peer "$gateway" dev eth0
ip link set eth0 up
ip route add default via "$gateway"

mount --make-rprivate /
disk=$folder/disk root=$folder/disk/root
mount -t tmpfs -o mode=0755 disk "$disk"
mkdir "$disk/changes" "$disk/work" "$root"
mount -t overlay -o "lowerdir=/,upperdir=$disk/changes,workdir=$disk/work" root "$root"
# Not on the overlay: containerd makes overlays of its own. And nothing that this machine may have there itself.
for path in etc/cni etc/containerd etc/kubernetes etc/systemd run tmp var/lib/cni var/lib/containerd var/lib/kubelet var/log; do
  mkdir -p "$root/$path"
  mount -t tmpfs -o mode=0755 "$path" "$root/$path"
done
mount -t proc proc "$root/proc"
# Kubelets set these, and there is one kernel for all: here they set what nobody reads.
mkdir "$root/run/sysctl"
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  copy=$root/run/sysctl/$(basename "$setting")
  cat "/proc/sys/$setting" >"$copy"
  mount --bind "$copy" "$root/proc/sys/$setting"
done
mount --rbind /dev "$root/dev"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=0755 cgroup "$root/sys/fs/cgroup"
while IFS=: read -r _ controllers _; do
  [ -n "$controllers" ] || continue
  hierarchy=$root/sys/fs/cgroup/${controllers#name=}
  mkdir "$hierarchy"
  case $controllers in
    name=*) mount -t cgroup -o "none,$controllers" cgroup "$hierarchy" ;;
    *) mount -t cgroup -o "$controllers" cgroup "$hierarchy" ;;
  esac
done </proc/self/cgroup

tar -C "$folder/image" -c . | tar -C "$root" -x --keep-directory-symlink --no-overwrite-dir
# What is large is not copied.
while read -r source target; do
  : >"$root/$target"
  mount --bind "$source" "$root/$target"
done <"$folder/image.links"
cp "$folder/seed" "$root/run/seed"

hostname "$name"
printf '127.0.0.1 localhost\n%s %s\n' "$address" "$name" >"$root/etc/hosts"
# No name is to be asked for outside, and nobody waits for an answer.
rm -f "$root/etc/resolv.conf"
: >"$root/etc/resolv.conf"

cd "$root"
mkdir run/outside
pivot_root . run/outside
exec /bin/sh /usr/lib/kube-node-e2e/init.sh "$address" </dev/null
