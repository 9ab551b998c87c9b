"""Makes fixtures of artifacts: without dbt's own macros and docs, without paths of this machine. trim.py FROM TO PROJECT"""
import json
import os
import sys

source, target, project = sys.argv[1:]
for name in sorted(os.listdir(source)):
    with open(os.path.join(source, name), encoding="utf-8") as file:
        content = json.load(file)
    if name == "manifest.json":
        content["macros"], content["docs"], content["metadata"]["user_id"] = {}, {}, None
        # Lists of the macros that each node calls are the longest part of what is left.
        for kind in ("nodes", "disabled"):
            for node in content[kind].values():
                for each in node if isinstance(node, list) else [node]:
                    each["depends_on"]["macros"] = []
    text = json.dumps(content, ensure_ascii=False).replace(project, "/home/vendor/kiosk")
    with open(os.path.join(target, name), "w", encoding="utf-8") as file:
        file.write(text + "\n")
