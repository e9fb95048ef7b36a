"""Another catalog has its place: whatever keeps the protocol will do, here one that counts what it is asked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, cast

from support import WordEncoder

from index.library import Library
from index.store.catalog import SqliteCatalog
from index.store.protocol import Catalog
from index.store.verify import verify
from index.sync.sync import sync_paths

NAMES = {name for name in vars(Catalog) if not name.startswith("_")}


class Elsewhere:
    """A catalog that is asked through a door: only what the protocol names passes it."""

    def __init__(self, path: Path) -> None:
        self._behind = SqliteCatalog(path)
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        if name not in NAMES:
            raise AttributeError(f"{name} is not in the protocol")
        self.asked[name] += 1
        return getattr(self._behind, name)


def open_elsewhere(home: Path) -> tuple[Library, Elsewhere]:
    opened: list[Elsewhere] = []

    def open_one(path: Path) -> Catalog:
        opened.append(Elsewhere(path))
        return cast(Catalog, opened[0])

    return Library(home, WordEncoder(), open_catalog=open_one), opened[0]


def test_the_catalog_of_sqlite_keeps_the_protocol(tmp_path: Path) -> None:
    catalog: Catalog = SqliteCatalog(tmp_path / "catalog.sqlite")
    assert catalog.is_empty()
    assert catalog.sequence() == 0
    catalog.close()


def test_a_library_asks_a_catalog_for_nothing_but_the_protocol(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in {"cat": "The grey cat is called Bartholomew.", "dog": "The dog barks at herons."}.items():
        (folder / f"{name}.txt").write_text(text)
    library, catalog = open_elsewhere(tmp_path / "home")
    sync_paths(library, [folder])
    assert verify(library) == []
    assert library.document(library.search("the dog and the herons")[0].passage.doc_id).title == "dog"
    library.remove([str(folder / "dog.txt")])
    assert [entry.title for entry in library.entries()] == ["cat"]
    assert {"add_document", "remove_files", "compact", "changes", "embeddings_of"} <= catalog.asked.keys()
    library.close()


def test_documents_are_read_at_once_as_one_by_one_without_what_is_gone_or_newer(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("cat", "dog", "heron"):
        (folder / f"{name}.txt").write_text(f"The {name} is asleep.\fThe {name} is awake.")
        (folder / f"a copy of {name}.txt").write_text(f"The {name} is asleep.\fThe {name} is awake.")
    library = Library(tmp_path / "home", WordEncoder())
    sync_paths(library, [folder])
    catalog = library.store.catalog
    ids, before = catalog.document_ids(), catalog.sequence()
    for doc_id, document in catalog.documents([*ids, "gone"]).items():
        one = library.document(doc_id)
        assert (document.text, document.path, document.headings) == (one.text, one.path, one.headings)
        assert [(n, page.start, page.end) for n, page in document.pages.items()] == [
            (n, page.start, page.end) for n, page in one.pages.items()
        ]
    assert catalog.documents([*ids, "gone"]).keys() == set(ids)
    assert {Path(one.path).name for one in catalog.documents(ids).values()} == {
        f"a copy of {name}.txt" for name in ("cat", "dog", "heron")
    }
    (folder / "owl.txt").write_text("The owl is awake.")
    library.remove([str(folder / "dog.txt"), str(folder / "a copy of dog.txt")])
    sync_paths(library, [folder])
    (owl,) = set(catalog.document_ids()) - set(ids)
    now = {one.title for one in catalog.documents([*ids, owl]).values()}
    then = {one.title for one in catalog.documents([*ids, owl], as_of=before).values()}
    assert (len(now), now - then) == (3, {"owl"})
    assert catalog.documents([]) == {}
    library.close()


def test_a_question_reads_the_documents_of_what_it_finds_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(8):
        (folder / f"dog {number}.txt").write_text(f"Dog number {number} barks at {number} herons in kennel {number}.")
    library, catalog = open_elsewhere(tmp_path / "home")
    sync_paths(library, [folder])
    catalog.asked.clear()
    assert len(library.search("dogs that bark at herons")) == 8
    assert (catalog.asked["documents"], catalog.asked["document"]) == (1, 0)
    library.close()
