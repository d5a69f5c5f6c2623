#!/usr/bin/env bash
# Unpacks what a machine that joins needs beside its kubelet, once. Services are not installed: Debian's containerd and sshd
# would start.
set -euo pipefail

folder="${KUBE_NODE_E2E_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kube-node/e2e}/machine-parts"
works() {
  "$folder/usr/bin/containerd" --version && "$folder/usr/sbin/runc" --version && "$folder/usr/bin/busybox" true &&
    "$folder/usr/sbin/sshd" -V && [ -x "$folder/usr/lib/cni/ptp" ] && /usr/bin/python3 -c '' && command -v ip && command -v ssh
} &>/dev/null

works && exit 0
command -v apt-get >/dev/null || { echo 'containerd, runc, CNI plugins, busybox and sshd are needed, and there is no apt-get to get them with'; exit 1; }

root=()
[ "$(id -u)" -eq 0 ] || root=(sudo)
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends iproute2 libseccomp2 libwrap0 openssh-client python3

mkdir -p "$(dirname "$folder")"
temporary=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
cd "$temporary"
apt-get download -qq busybox-static containerd containernetworking-plugins openssh-server runc
for package in *.deb; do dpkg-deb -x "$package" unpacked; done
# As on the machines themselves, where /bin and /lib are links into /usr.
mkdir -p unpacked/usr/bin unpacked/usr/lib
[ ! -d unpacked/bin ] || { cp -a unpacked/bin/. unpacked/usr/bin/; rm -r unpacked/bin; }
[ ! -d unpacked/lib ] || { cp -a unpacked/lib/. unpacked/usr/lib/; rm -r unpacked/lib; }
chmod 755 unpacked
rm -rf "$folder"
mv unpacked "$folder"
works || { echo "the parts of a machine were unpacked into $folder and do not run"; exit 1; }
