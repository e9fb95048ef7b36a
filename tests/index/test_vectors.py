"""The vector index beyond the size that is compared one by one: the same answers, found in lists."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from support import WordEncoder

from index.library import Library
from index.records import Document
from index.search import vectors
from index.search.vectors import VectorIndex
from index.store.protocol import Catalog
from index.store.verify import verify
from index.sync.sync import add_documents

FEW, MANY = 150, 700


def documents(first: int, count: int) -> list[Document]:
    """Return documents of a few words each, some words rare and some common."""
    texts = [
        " ".join(f"word{(number * step) % (7 * step + 11)}" for step in range(1, 12))
        for number in range(first, first + count)
    ]
    return [
        Document(f"d{first + i}", f"/d{first + i}", f"t{first + i}", "text/plain", text, {}, (), str(i), 0.0)
        for i, text in enumerate(texts)
    ]


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    """Make the lists begin at 200 embeddings, so that a test can have more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "EXACT_UP_TO", 200)
        yield


@pytest.fixture(scope="module")
def homes(small: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home below the limit, and one that grew over it."""
    folder = tmp_path_factory.mktemp("homes")
    library = Library(folder / "few", WordEncoder())
    add_documents(library, documents(0, FEW))
    library.close()
    shutil.copytree(folder / "few", folder / "many")
    library = Library(folder / "many", WordEncoder())
    add_documents(library, documents(FEW, MANY - FEW))
    library.close()
    return folder


@pytest.fixture
def few(homes: Path, tmp_path: Path) -> Iterator[Library]:
    library = Library(Path(shutil.copytree(homes / "few", tmp_path / "few")), WordEncoder())
    yield library
    library.close()


@pytest.fixture
def large(homes: Path, tmp_path: Path) -> Iterator[Library]:
    library = Library(Path(shutil.copytree(homes / "many", tmp_path / "many")), WordEncoder())
    assert library.indexes.embeddings.kind == "IVF32"
    yield library
    library.close()


def exact(catalog: Catalog, query: NDArray[np.float32], top_k: int) -> list[int]:
    ids, embeddings = catalog.embeddings(1, 10 * MANY)
    return ids[np.argsort(-(embeddings @ query), kind="stable")][:top_k].tolist()


def test_lists_find_what_comparing_all_finds(large: Library) -> None:
    shares = []
    for number in range(40):
        query = large.encoder.embed_query(" ".join(f"word{(number * step) % (7 * step + 11)}" for step in range(1, 8)))
        found = large.indexes.embeddings.cosines(query, large.indexes.embeddings.nearest(query, top_k=100).tolist())
        best = exact(large.store.catalog, query, 10)
        worst = float(large.store.catalog.embeddings_of([best[-1]])[1][0] @ query)
        shares.append(np.mean([score >= worst - 1e-6 for score in list(found.values())[:10]]))
    assert np.mean(shares) > 0.95
    assert verify(large) == []


def test_a_scope_is_searched_whole(large: Library) -> None:
    within = large.store.catalog.passage_ids(["d3", "d500"])
    query = large.encoder.embed_query("word1 word2")
    assert set(large.indexes.embeddings.nearest(query, top_k=10, within=within)) == set(within.tolist())


def test_what_is_added_and_removed_is_so_at_once_and_after_opening_again(large: Library) -> None:
    large.remove(["/d5"])
    add_documents(large, documents(MANY, 1))
    number = int(large.store.catalog.passage_ids([f"d{MANY}"])[0])
    for library in (large, Library(large.home, WordEncoder())):
        library.refresh()
        assert library.indexes.embeddings.count() == MANY
        assert library.indexes.embeddings.kind.startswith("IVF")
        embedding = library.store.catalog.embeddings_of([number])[1][0]
        assert library.indexes.embeddings.agrees(number, embedding)
        assert not library.indexes.embeddings.agrees(6, library.store.catalog.embeddings_of([7])[1][0])
        assert verify(library) == []
    library.close()


def test_few_new_embeddings_do_not_cost_a_new_file_and_a_deletion_does(large: Library) -> None:
    files = set((large.home / "vectors").glob("*.faiss"))
    add_documents(large, documents(MANY, 3))
    assert set((large.home / "vectors").glob("*.faiss")) == files
    large.remove([f"/d{MANY}"])
    now = set((large.home / "vectors").glob("*.faiss"))
    assert len(now) == 1
    assert now != files


def test_it_switches_over_while_people_search(few: Library) -> None:
    assert few.indexes.embeddings.kind == "exact"
    query = few.encoder.embed_query("word1 word2 word3")
    ended, answers = threading.Event(), []

    def ask() -> None:
        while not ended.is_set():
            answers.append(len(few.indexes.embeddings.nearest(query, top_k=10)))

    asking = threading.Thread(target=ask)
    asking.start()
    add_documents(few, documents(FEW, 100))
    ended.set()
    asking.join()
    assert few.indexes.embeddings.kind.startswith("IVF")
    assert set(answers) == {10}


def test_another_program_takes_over_the_lists(few: Library) -> None:
    reader = Library(few.home, WordEncoder())
    reader.search("word1")
    add_documents(few, documents(FEW, 100))
    reader.search("word1")
    assert reader.indexes.embeddings.kind == few.indexes.embeddings.kind != "exact"
    assert reader.indexes.embeddings.count() == few.indexes.embeddings.count()
    reader.close()


def test_embeddings_that_the_file_lacks_come_from_the_catalog(large: Library) -> None:
    for path in (large.home / "vectors").iterdir():
        path.unlink()
    again = Library(large.home, WordEncoder())
    assert again.indexes.embeddings.count() == MANY
    assert again.indexes.embeddings.kind == large.indexes.embeddings.kind
    again.close()


def test_the_file_of_another_model_is_not_used(large: Library) -> None:
    other = VectorIndex(large.home, large.store.catalog, model=("other", "digest"), dimension=384)
    assert other.count() == MANY  # made from the catalog
    assert other._file == ""
