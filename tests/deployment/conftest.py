"""The bundle, built for the interpreter that the runtimes have here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment import built
from tests.deployment.execution import Execution, executing
from tests.emulator import Emulator


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the archive that both clouds are given."""
    folder = tmp_path_factory.mktemp("built")
    built.build(folder, built.version_at_hand())
    return folder / "bundle.zip"


@pytest.fixture(scope="session")
def bundle(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that a platform has unpacked the archive to."""
    return built.unpacked(archive, tmp_path_factory.mktemp("platform") / "code")


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    """Return an emulated cloud."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def bootstrap(bundle: Path, cloud: Emulator) -> Iterator[Execution]:
    """Return the function `bootstrap` in AWS's runtime, cold, before that cloud."""
    with executing(bundle, "bootstrap", cloud.environment()) as execution:
        yield execution


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which bundle was run where it is not the one for the clouds."""
    if (version := built.version_at_hand()) != built.TARGET:
        terminalreporter.write_line(
            f"The bundle was run with Python {version}: there is no python"
            f"{built.TARGET} here, for which it is built otherwise."
        )
