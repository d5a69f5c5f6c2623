"""Does what cloud-init does at a first boot with what it has read; see ../../bootstrap/as_cloud_init_reads_it.py."""

import base64
import json
import os
import shutil
import subprocess
import sys


def write(file):
    os.makedirs(os.path.dirname(file["path"]), exist_ok=True)
    with open(file["path"], "wb") as opened:
        os.fchmod(opened.fileno(), int(file["mode"], 8))
        opened.write(base64.b64decode(file["base64"]))
    shutil.chown(file["path"], file["user"], file["group"])


def main(address):
    told = json.load(sys.stdin)
    config = told["config"]
    unknown = set(config) - {"hostname", "preserve_hostname", "write_files", "runcmd"}
    if unknown:
        sys.exit(f"these machines know nothing of {unknown}")
    if "hostname" in config:
        subprocess.run(["hostname", config["hostname"]], check=True)
        with open("/etc/hosts", "a") as hosts:
            hosts.write(f"{address} {config['hostname']}\n")
    for file in sorted(told["files"], key=lambda file: file["defer"]):
        write(file)
    sys.exit(subprocess.run(["/bin/sh"], input=told["script"].encode()).returncode)


main(sys.argv[1])
