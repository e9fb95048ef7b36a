"""What tests of several parts share: libraries, and the shared data sets."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from once import BorrowingPool, RememberingNetworks, RememberingTokenizers, made_once, shared_by_all
from support import WordEncoder

import index.store.repair
import rag.networks
from index.library import Library
from index.models import Encoder
from index.models.inference import Network
from index.models.shipped import ShippedNetwork
from index.sync.sync import sync_paths
from ui.cli.commands import SAMPLES

# Nothing depends on how fast the machine is, and nothing on which of a run's processes a test is in.
settings.register_profile(
    "pincite", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("pincite")
FEW = ("coffee", "leonardo", "minutes", "pincite", "rental", "rivers", "salt")
SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job; the programs started here inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what is long by nature: of several processes, none is left with it when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def networks_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compile each network once, and run it on each text once: most of what commands take that are run here."""
    networks = RememberingNetworks(shared_by_all(tmp_path_factory) / "networks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Network, "__init__", lambda network, *given, **hint: networks.compile(network, *given, **hint))
        patch.setattr(Network, "run", lambda network, inputs: networks.run(network, inputs))
        yield


@pytest.fixture(scope="session", autouse=True)
def tokenizers_once() -> Iterator[None]:
    """Read each tokenizer once in a process."""
    tokenizers = RememberingTokenizers(rag.networks.open_tokenizer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rag.networks, "open_tokenizer", tokenizers.open)
        patch.setattr(ShippedNetwork, "_truncating", property(tokenizers.truncating))
        yield


@pytest.fixture(scope="session", autouse=True)
def processes_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the processes that read for the next library of the tests."""
    BorrowingPool.room = tmp_path_factory.mktemp("room")
    with pytest.MonkeyPatch.context() as patch:
        for module in (index.library, index.store.repair):
            patch.setattr(module, "ReadingPool", BorrowingPool)
        yield
    for pool in BorrowingPool.lenders.values():
        pool.close()


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def library(tmp_path: Path, encoder: WordEncoder) -> Iterator[Library]:
    """An empty library of its own."""
    opened = Library(tmp_path / "home", encoder)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of seven of the sample documents, to be copied only: to embed the others takes most of a minute."""

    def make(folder: Path) -> None:
        library = Library(folder / "home", Encoder())
        few = [path for path in SAMPLES.iterdir() if path.name.startswith(FEW)]
        assert sync_paths(library, few).indexed == len(FEW)
        library.close()

    return made_once(tmp_path_factory, "sampled", make) / "home"


@pytest.fixture(scope="session")
def sampled_whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of all sample documents, `Documents`, and a `home` of them, to be copied only."""

    def make(folder: Path) -> None:
        documents = shutil.copytree(SAMPLES, folder / "Documents")
        library = Library(folder / "home", Encoder())
        assert sync_paths(library, [documents]).rejected == ()
        library.close()

    return made_once(tmp_path_factory, "sampled_whole", make)


@pytest.fixture
def samples_home(sampled: Path, tmp_path: Path) -> Path:
    """A home of the test's own that holds seven of the sample documents."""
    return Path(shutil.copytree(sampled, tmp_path / "home"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data sets; what needs them is skipped where they are not."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared data sets at {SHARED}")
    return SHARED
