"""Print the stack that template.yaml becomes, by AWS's own translator.

Runs in the environment of AWS's tools, apart from the tests': see `sam` beside it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform


class NoManagedPolicies:
    """Knows no managed policy by name: the template names none."""

    def load(self) -> dict[str, str]:
        """Return none."""
        return {}


def main() -> None:
    """Transform the template whose path is given, as if its code were uploaded."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    template = yaml_parse(Path(sys.argv[1]).read_text("utf-8"))
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    json.dump(transform(template, {}, NoManagedPolicies()), sys.stdout)


if __name__ == "__main__":
    main()
