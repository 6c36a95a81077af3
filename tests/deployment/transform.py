"""Print template.yaml as transformed by AWS's own translator.

It runs in the separate environment of AWS's tools: see `sam.py`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform


class NoManagedPolicies:
    """An empty set of managed policies, since the template uses none."""

    def load(self) -> dict[str, str]:
        """Return an empty mapping."""
        return {}


def main() -> None:
    """Transform the template at the given path as if its code were uploaded."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    template = yaml_parse(Path(sys.argv[1]).read_text("utf-8"))
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    json.dump(transform(template, {}, NoManagedPolicies()), sys.stdout)


if __name__ == "__main__":
    main()
