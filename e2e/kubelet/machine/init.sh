#!/bin/sh
# Process 1 of a machine: has done what the machine was told, and then keeps house.
cd /
umount -l /run/outside
mount --make-rshared /
unset OLDPWD
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root

/usr/bin/python3 /usr/lib/kube-node-e2e/first_boot.py "$1" </run/seed || echo "the first boot failed: $?"

# Orphans end here, and a shell that waits takes note of their ends.
while :; do
  sleep 3600 &
  wait $!
done
