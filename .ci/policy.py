"""Checks the dependencies against deny.toml without network: licences, banned crates, sources.

`cargo deny check` does the same and advisories too, where its database can be fetched.
"""

import json
import re
import subprocess
import sys
import tomllib

with open("deny.toml", "rb") as file:
    policy = tomllib.load(file)
command = ["cargo", "metadata", "--locked", "--format-version", "1"]
metadata = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)

allowed = set(policy["licenses"]["allow"])
banned = {entry["crate"] for entry in policy["bans"]["deny"]}
# Crates that are resolved for other platforms or unused features are in the lock file but not in the build.
tree = ["cargo", "tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"]
built = {line.split()[0] for line in subprocess.run(tree, check=True, capture_output=True, text=True).stdout.splitlines()}
faults = []


def admitted(expression: str) -> bool:
    """Whether an SPDX expression can be met with allowed licences alone; `/` is an old way to write OR."""
    either = re.split(r"\s+OR\s+|/", expression.replace("(", "").replace(")", ""))
    return any(all(part.strip() in allowed for part in re.split(r"\s+AND\s+", one)) for one in either)


for package in metadata["packages"]:
    name = f"{package['name']} {package['version']}"
    if not admitted(package["license"] or "none stated"):
        faults.append(f"{name}: licence {package['license']} is not admitted")
    if package["name"] in banned and package["name"] in built:
        faults.append(f"{name}: banned")
    if package["source"] and not package["source"].startswith("registry+"):
        faults.append(f"{name}: comes from {package['source']}")

print(f"{len(metadata['packages'])} packages, {len(built)} in the build, {len(faults)} faults")
for fault in faults:
    print(fault)
sys.exit(bool(faults))
