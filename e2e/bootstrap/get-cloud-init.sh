#!/usr/bin/env bash
# Unpacks Debian's cloud-init for the end-to-end tests, once. It is not installed: the package brings services that, at the next
# boot, would rename this machine, make it new host keys and change its users.
set -euo pipefail

folder="${KUBE_NODE_E2E_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kube-node/e2e}/cloud-init"
works() { PYTHONPATH="$folder/usr/lib/python3/dist-packages" /usr/bin/python3 -c 'import cloudinit.cmd.main' 2>/dev/null; }

works && exit 0
command -v apt-get >/dev/null || { echo 'cloud-init is needed, and there is no apt-get to get it with: install it'; exit 1; }

root=()
[ "$(id -u)" -eq 0 ] || root=(sudo)
modules=(configobj jinja2 jsonpatch jsonschema netifaces oauthlib requests serial yaml)
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 "${modules[@]/#/python3-}"

mkdir -p "$(dirname "$folder")"
temporary=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
cd "$temporary"
apt-get download -qq cloud-init
dpkg-deb -x cloud-init_*.deb unpacked
rm -rf "$folder"
mv unpacked "$folder"
works || { echo "cloud-init was unpacked into $folder and does not run"; exit 1; }
