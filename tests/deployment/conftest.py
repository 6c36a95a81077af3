"""The bundle, built for the Python version that the test runtimes use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment import built
from tests.deployment.execution import Execution, executing
from tests.emulator import Emulator


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the archive that is deployed to both clouds."""
    folder = tmp_path_factory.mktemp("built")
    built.build(folder, built.runtime_version())
    return folder / "bundle.zip"


@pytest.fixture(scope="session")
def bundle(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the unpacked archive, as on a platform."""
    return built.unpacked(archive, tmp_path_factory.mktemp("platform") / "code")


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    """Return a running emulator."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def bootstrap(bundle: Path, cloud: Emulator) -> Iterator[Execution]:
    """Return `bootstrap`, cold, in AWS's runtime, connected to the emulator."""
    with executing(bundle, "bootstrap", cloud.environment()) as execution:
        yield execution


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report it if the bundle was not tested with the target's Python version."""
    if (version := built.runtime_version()) != built.TARGET:
        terminalreporter.write_line(
            f"The bundle was tested with Python {version}, because python{built.TARGET}"
            ", the deployment target, is not installed."
        )
