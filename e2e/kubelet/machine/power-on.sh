#!/bin/sh
# A machine: this one's own root, read only beneath a disk in memory, in namespaces of its own. What runs here is outside of them still;
# it ends as the machine's process 1, and with that process all goes: processes, mounts, disk, network. Only the empty cgroups stay.
#
# power-on.sh FOLDER NAME LINK ADDRESS GATEWAY
# FOLDER holds image/ (what lies on the machine's disk beside this root), image.links (the same for files that are large: "SOURCE TARGET"),
# seed (what the machine is told) and disk/ (empty).
set -eu
folder=$1 name=$2 link=$3 address=$4 gateway=$5

while IFS=: read -r _ controllers _; do
  [ -n "$controllers" ] || continue
  hierarchy=/sys/fs/cgroup/${controllers#name=}
  own=$hierarchy/kube-node-e2e-$name
  mkdir "$own"
  if [ "$controllers" = cpuset ]; then
    cat "$hierarchy/cpuset.cpus" >"$own/cpuset.cpus"
    cat "$hierarchy/cpuset.mems" >"$own/cpuset.mems"
    echo 1 >"$own/cgroup.clone_children"
  fi
  echo $$ >"$own/cgroup.procs"
done </proc/self/cgroup

# The network outside, for the end of the cable that lies there.
exec 9</proc/self/ns/net
exec unshare --mount --net --uts --ipc --pid --cgroup --fork --kill-child=KILL \
  /bin/sh "$(dirname "$0")/firmware.sh" "$folder" "$name" "$link" "$address" "$gateway"
