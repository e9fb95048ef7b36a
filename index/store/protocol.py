"""The catalog: the one truth about what is indexed, and what another database would have to give.

The SQLite file of a home folder (`catalog.py`) is the one there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.records import Collection, Counts, Document, Entry, Passage
from index.store.records import Change, FileRow, Removed, State, StoredPassage
from index.text.passages import Draft


class Catalog(Protocol):
    """Documents with their passages and embeddings, the files that hold them, and a log of every change.

    - One process at a time writes, which holds the writing lock of the library; any number of threads and processes
      read meanwhile.
    - What one call changes is one transaction with its rows of the change log: all of it is committed when the call
      returns, and stays if the program dies then; nothing is, if it raises. What one call returns is of one moment.
    - A document is there as long as a file holds it. With the last file it goes, with its pages and passages, and with
      the embeddings of texts that no other passage has; `compact` leaves nothing of it anywhere.
    - Sequence numbers rise with every change, passage numbers with every passage; none is given twice.
    - What can't be read or written raises `HomeError`, what is not as it was written `DamagedError`. It is never
      returned.
    """

    @property
    def name(self) -> str:
        """What messages call it: the path of its file, say."""

    @property
    def catalog_id(self) -> str:
        """What no other catalog is called: what is derived from one is not taken for another's."""

    def close(self) -> None:
        """Let go of it."""

    # --- is it whole ------------------------------------------------------------------------------------------

    def check_there(self) -> None:
        """Raise `HomeError` if it is not there any more, or another is in its place."""

    def make_durable(self) -> None:
        """Return when all that is committed survives a power cut."""

    def damage(self) -> list[str]:
        """Return what is wrong with its files, a line each; if anything is, nothing else of it counts."""

    def inconsistencies(self) -> list[str]:
        """Return in which way what it holds doesn't go together, a line each."""

    def has_traces(self) -> bool:
        """Tell whether it may hold something of what was deleted, until the next thorough `compact`."""

    def compact(self, *, thoroughly: bool) -> None:
        """Make it smaller; `thoroughly` leaves no trace of what was deleted, unless another program is reading that."""

    def renew(self) -> None:
        """Become another catalog, so that what was derived from it before is made again."""

    # --- what the embeddings were made with -------------------------------------------------------------------

    def model(self) -> tuple[str, str] | None:
        """Return the name and digest of the model that the embeddings are of, or None before the first."""

    def set_model(self, model_id: str, digest: str) -> None:
        """Say what model the embeddings are of, and forget those of another one: every passage waits for one again."""

    # --- documents --------------------------------------------------------------------------------------------

    def add_document(self, document: Document, drafts: Sequence[Draft], file: FileRow) -> None:
        """Add a document with its passages, and the file that holds it, in the place of what the file held before.

        Embeddings of texts that are in both stay. A document that is there already is replaced, and embedded anew.
        """

    def replace_passages(self, document: Document, drafts: Sequence[Draft]) -> None:
        """Put other passages in the place of a document's."""

    def has_document(self, doc_id: str) -> bool:
        """Tell whether a document is indexed."""

    def document(self, doc_id: str, *, as_of: int | None = None) -> Document | None:
        """Return a whole document under the first of its paths, or None if there is none of that id.

        With `as_of`, None also if it was added or split anew after the change of that sequence number: as it was then
        it is gone.
        """

    def documents(self, doc_ids: Sequence[str], *, as_of: int | None = None) -> dict[str, Document]:
        """Return some whole documents by id, read at once, without those that `document` wouldn't return."""

    def document_ids(self) -> list[str]:
        """Return the ids of all documents, in the order in which they were added."""

    def partly_read(self) -> dict[str, tuple[str, str]]:
        """Return the documents that not all is in of their file: by id, what is missing, and what the readers could."""

    def is_empty(self) -> bool:
        """Tell whether no document is indexed."""

    def entries(self) -> list[Entry]:
        """Return what is indexed and what was rejected, by path."""

    def counts(self) -> Counts:
        """Count what is indexed."""

    # --- files ------------------------------------------------------------------------------------------------

    def put_file(self, file: FileRow) -> None:
        """Note a file, replacing what was noted of its path; a document that no file holds any more is deleted."""

    def remove_files(self, paths: Iterable[str]) -> int:
        """Forget files, many in several transactions; return how many documents are gone with them."""

    def files(self, within: Sequence[str] = ()) -> dict[str, FileRow]:
        """Return the files that were seen, by path; at least those that are, or are below, one of `within` if given."""

    def paths(self, doc_ids: Sequence[str]) -> dict[str, list[str]]:
        """Return the paths of the files that hold these documents, in order."""

    def roots(self) -> list[str]:
        """Return the folders that were synced, in order."""

    def add_root(self, path: str) -> None:
        """Remember a folder that is synced."""

    def forget_root(self, path: str) -> None:
        """Forget a folder that was synced, and what was removed in it; what is indexed of it stays."""

    def removed(self) -> list[Removed]:
        """Return the places that were removed, of which a sync of the folder around them takes nothing."""

    def note_removed(self, places: Iterable[Removed]) -> None:
        """Remember places that were removed: files, with what is inside of them, and folders."""

    def note_arrival(self, path: str, at: float) -> None:
        """Remember that a file was first seen `at`, in seconds since 1970; do nothing if that is known."""

    def forget_removed(self, places: Iterable[str]) -> None:
        """Forget, by their digests, that places were removed: a sync of the folder around them takes them again."""

    # --- questions --------------------------------------------------------------------------------------------

    def questions(self) -> dict[str, str]:
        """Return what is kept of the questions of documents, by their ids."""

    def put_questions(self, doc_id: str, body: str) -> None:
        """Keep the questions of a document until it is gone, or read anew."""

    # --- collections: what a person has put together; they change without the writing lock ---------------------

    def collections(self) -> list[Collection]:
        """Return the collections, those without a place behind the others by name, each with the paths of its files.

        A file that is forgotten is in none.
        """

    def make_collection(self, name: str, *, collection_id: str = "") -> str:
        """Make a collection and return its id, a new one unless it is given."""

    def rename_collection(self, collection_id: str, name: str) -> None:
        """Give a collection another name; do nothing if there is none of that id."""

    def delete_collection(self, collection_id: str) -> None:
        """Delete a collection; what was in it stays."""

    def order_collections(self, collection_ids: Sequence[str]) -> None:
        """Give the collections places in this order; those that aren't named come behind them, by name."""

    def collect(self, collection_id: str, paths: Sequence[str], *, unread: bool = False) -> None:
        """Put files that are known, or `unread` ones too, into a collection; do nothing if there is none of that id."""

    def take_out(self, collection_id: str, paths: Sequence[str]) -> None:
        """Take files out of a collection; they stay."""

    def move_files(self, collection_id: str, other_id: str, paths: Sequence[str]) -> None:
        """Take files out of a collection and put them into another one; do nothing if there is no other of that id."""

    # --- passages and their embeddings ------------------------------------------------------------------------

    def passages(self, passage_ids: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of these numbers; one that is gone is left out."""

    def passages_of(self, doc_id: str, *, as_of: int | None = None) -> list[Passage]:
        """Return the passages of a document in their order; none where `document` would return None."""

    def passage_ids(self, doc_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of all passages of these documents, rising."""

    def passage_count(self) -> int:
        """Return how many passages there are."""

    def stored_passages(self, doc_ids: Sequence[str]) -> list[StoredPassage]:
        """Return the passages of documents with their texts, by number."""

    def waiting(self) -> int:
        """Return how many passages have no embedding yet."""

    def unembedded(self, limit: int) -> list[tuple[bytes, StoredPassage]]:
        """Return the first `limit` passages that have no embedding yet, each with the key of one."""

    def add_embeddings(self, keys: Sequence[bytes], embeddings: NDArray[np.float32]) -> None:
        """Add embeddings (float32 [len(keys), dimension]), for every passage that waits for one of them."""

    def embeddings(self, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the numbers and embeddings of the passages from `first` to `last` that have one, by number."""

    def embeddings_of(self, passage_ids: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the numbers and embeddings of these passages, without those that have none, by number."""

    def all_embeddings(self, at_once: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Yield every embedding with its passage's number, `at_once` at a time, in an order that has no meaning.

        The first of them are a fair sample of all.
        """

    # --- the change log ---------------------------------------------------------------------------------------

    def state(self) -> State:
        """Return how far it is, and the model of its embeddings, of one moment."""

    def sequence(self) -> int:
        """Return the sequence number of the last change, 0 if there was none."""

    def changes(self, after: int) -> list[Change]:
        """Return the changes after a sequence number, in order."""
