"""Reads user data the way cloud-init does on a machine, and prints as JSON what it would do. Changes nothing."""

import base64
import json
import sys
import tempfile

from cloudinit import helpers, user_data, util
from cloudinit.config import cc_write_files


def main(path):
    with open(path, "rb") as file:
        blob = file.read()
    folder = tempfile.gettempdir()
    paths = helpers.Paths({"cloud_dir": folder, "run_dir": folder})
    message = user_data.UserDataProcessor(paths).process(blob)
    parts = [part for part in message.walk() if not part.is_multipart()]
    config = {}
    for part in parts:
        if part.get_content_type() == "text/cloud-config":
            config = util.load_yaml(util.fully_decoded_payload(part))
    json.dump(
        {
            "parts": [
                {"type": part.get_content_type(), "text": util.fully_decoded_payload(part)}
                for part in parts
            ],
            "config": config,
            "files": [written(file) for file in config.get("write_files", [])],
            "script": util.shellify(config.get("runcmd", [])),
        },
        sys.stdout,
    )


def written(file):
    how = cc_write_files.canonicalize_extraction(file.get("encoding"))
    content = util.encode_text(cc_write_files.extract_contents(file["content"], how))
    user, group = util.extract_usergroup(file.get("owner", "root:root"))
    return {
        "path": file["path"],
        "base64": base64.b64encode(content).decode(),
        "mode": "%04o" % cc_write_files.decode_perms(file.get("permissions"), None),
        "user": user,
        "group": group,
        "defer": file.get("defer", False),
    }


main(sys.argv[1])
