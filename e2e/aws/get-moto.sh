#!/usr/bin/env bash
# Puts moto, which plays AWS in the end-to-end tests, into an environment of its own, once.
set -euo pipefail

version=5.2.5
folder="${KUBE_NODE_E2E_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kube-node/e2e}/moto-$version"
works() { "$folder/bin/python" -c 'import moto.server, flask'; } &>/dev/null

works && exit 0
if ! /usr/bin/python3 -m venv --help &>/dev/null || ! /usr/bin/python3 -c 'import ensurepip' &>/dev/null; then
  command -v apt-get >/dev/null || { echo 'python3 with venv is needed, and there is no apt-get to get it with'; exit 1; }
  root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo)
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv
fi

mkdir -p "$(dirname "$folder")"
temporary=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
/usr/bin/python3 -m venv "$temporary"
"$temporary/bin/python" -m pip install -q --disable-pip-version-check "moto[server]==$version"
# Its programs name the folder that they were installed in; the interpreter finds the new one by itself.
chmod 755 "$temporary"
rm -rf "$folder"
mv "$temporary" "$folder"
works || { echo "moto was put into $folder and does not run"; exit 1; }
