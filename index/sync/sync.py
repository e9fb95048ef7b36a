"""Syncing: files and folders go in; afterwards the library holds exactly what is in them now.

New texts are read and can be found by their words at once; passages are embedded while a text is long in coming, and
when all are read. Each document, and each batch of embeddings, is one transaction: what was done is done, and a stopped
run goes on where it was.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from index.errors import SettingsError
from index.isolation.pool import split_documents
from index.library import Library
from index.paths import absolute
from index.progress import IsSkipped, Rejected, Report, SyncProgress, SyncReport, none_skipped, silent
from index.records import Document
from index.store.protocol import Catalog
from index.store.records import FileRow, place_digest
from index.sync.embedding import embed_pending
from index.sync.intake import Intake, is_unicode
from index.writer import Writer

_COMPACTED_AT_ONCE = 20_000  # passages: fewer than for a removal, as a watcher syncs at every change


def sync_paths(
    library: Library,
    paths: Sequence[Path],
    *,
    changed: Iterable[Path] | None = None,
    anew: Iterable[Path] = (),
    is_skipped: IsSkipped = none_skipped,
    progress: Report | None = None,
) -> SyncReport:
    """Bring `library` in line with these files and folders; where only `changed` can be new or gone, look only there.

    What is known of `anew`, files and what is inside of files, doesn't count: they are read again; what is skipped is
    rejected until then, or until it changes. Files gone from a folder, or named and gone, are removed. Raises
    `SettingsError`, before anything is changed, if none of the paths exists, or nothing is in them and nothing was.
    """
    started, report = time.monotonic(), progress or silent
    roots = _roots(paths)
    looked = roots if changed is None else [place for place in map(absolute, changed) if is_visible(place, roots)]
    with library.writing() as writer:
        catalog = writer.catalog
        known = catalog.files([str(path) for path in looked])
        is_the_homes = _homes_files(library, roots)
        files, unreadable = _files_in(looked)
        found = [path for path in files if not is_the_homes(path)]
        is_kept_out = _kept_out(catalog, roots, known, found=found if changed is None and not unreadable else None)
        wanted = [path for path in found if not is_kept_out(str(path))]
        gone = _gone(known, {str(path) for path in wanted}, looked, roots, unreadable)
        gone = [path for path in gone if not is_the_homes(Path(path))]
        missing = _missing(paths) if changed is None else []
        if changed is None:
            _check_something_to_do(paths, found, gone)
        _remember(catalog, roots)  # from now on, also if this is stopped
        before = catalog.sequence()
        intake = Intake(
            writer, known, named=roots, anew=list(anew), is_kept_out=is_kept_out, is_skipped=is_skipped, report=report
        )
        intake.take(wanted)
        removed = catalog.remove_files(gone)
        _settle(writer, report)
        passages = sum(one.last - one.first + 1 for one in catalog.changes(before) if one.kind == "add")
    return SyncReport(
        intake.indexed,
        intake.unchanged,
        removed + intake.removed,
        _by_path([*missing, *unreadable, *intake.rejected]),
        passages,
        round(time.monotonic() - started, 3),
        partial=_by_path(intake.partial),
        kept_out=len(found) - len(wanted) + intake.kept_out,
    )


def _remember(catalog: Catalog, roots: Sequence[Path]) -> None:
    """Know those of the roots that are folders, which are synced by every sync that names none."""
    for root in roots:
        if os.path.isdir(root):
            catalog.add_root(str(root))


def _settle(writer: Writer, report: Report) -> None:
    """Bring what is derived from the catalog into line with it."""
    writer.index_words()
    embed_pending(writer, report)
    writer.catch_up()
    writer.compact(at_most=_COMPACTED_AT_ONCE)


def _by_path(files: Iterable[Rejected]) -> tuple[Rejected, ...]:
    return tuple(sorted(files, key=lambda one: one.path))


def add_documents(library: Library, documents: Iterable[Document], *, progress: Report | None = None) -> int:
    """Add documents that are no files, such as a data set's, each under its own id; return how many were new."""
    added = 0
    with library.writing() as writer:
        fresh = (document for document in documents if not writer.catalog.has_document(document.doc_id))
        for document, passages in split_documents(writer.pool, fresh):
            file = FileRow(document.path, document.sha256, document.doc_id, document.modified, "")
            writer.catalog.add_document(document, passages, file)
            added += 1
        writer.index_words()
        embed_pending(writer, progress or silent)
        writer.catch_up()
    return added


def rebuild(library: Library, *, progress: Report | None = None) -> None:
    """Split and embed every document again, with the model that the library has now."""
    report = progress or silent
    with library.writing() as writer:
        writer.catalog.set_model(writer.encoder.model_id, writer.encoder.digest)
        doc_ids = writer.catalog.document_ids()
        documents = map(library.document, doc_ids)
        for done, (document, passages) in enumerate(split_documents(writer.pool, documents)):
            report(SyncProgress("reading", done, len(doc_ids), ""))
            writer.catalog.replace_passages(document, passages)
        writer.index_words()
        embed_pending(writer, report)
        writer.rebuild()
        writer.compact()


def _missing(paths: Sequence[Path]) -> list[Rejected]:
    lost = [str(path) for path in paths if not os.path.exists(path)]
    return [Rejected(path, "no such file or folder: check the spelling") for path in lost]


def _files_in(paths: Sequence[Path]) -> tuple[list[Path], list[Rejected]]:
    """Return every file once, in order of path, and what can't be looked at.

    In a folder, what `_is_passed_over` is not among them.
    """
    found: set[Path] = set()
    unreadable: list[Rejected] = []

    def note(error: OSError) -> None:
        reason = f"it can't be looked at ({error.strerror}): check its rights; what is indexed of it stays"
        unreadable.append(Rejected(str(error.filename), reason))

    for path in paths:
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            note(error)
            continue
        if not is_folder:
            found.add(path)
            continue
        for folder, folders, names in os.walk(path, onerror=note):
            folders[:] = [name for name in folders if not name.startswith(".")]
            found.update(Path(folder, name) for name in names if not _is_passed_over(name))
    return sorted(found), unreadable


def is_visible(path: Path, roots: Sequence[Path]) -> bool:
    """Tell whether a sync of `roots` would look at `path`, which need not be there any more; all are absolute.

    It looks at what is named, whatever it is called; in a folder, not at hidden files, nor through links to folders.
    """
    for root in roots:
        if path == root:
            return True
        if path.is_relative_to(root):
            parts = path.relative_to(root).parts
            hidden = any(part.startswith(".") for part in parts)
            if _is_passed_over(path.name) and os.path.isfile(path):
                hidden = True
            places = [path, *path.parents[: len(parts) - 1]]
            if not hidden and not any(os.path.islink(place) and os.path.isdir(place) for place in places):
                return True
    return False


def _is_passed_over(name: str) -> bool:
    """Tell whether a file in a folder is hidden, or an editor's lock, backup or draft."""
    return name.startswith((".", "~$")) or name.endswith("~") or (name.startswith("#") and name.endswith("#"))


def home_among(home: Path, roots: Sequence[Path]) -> list[Path]:
    """Return the paths, in a sync of `roots`, of the home folder, which may lie in one of them and is no document."""
    found, real = [absolute(home)], home.resolve()
    for root in roots:
        if real.is_relative_to(root.resolve()):
            found.append(root / real.relative_to(root.resolve()))
    return found


def _homes_files(library: Library, roots: Sequence[Path]) -> Callable[[Path], bool]:
    """Return a function that tells whether a file is in the home, and no document.

    What was added on the page is one for those who sync its folder, and nothing to those who sync a folder around it.
    """
    homes = home_among(library.home, roots)
    added = [root for root in roots if root.is_relative_to(library.uploads)]

    def is_the_homes(path: Path) -> bool:
        return any(map(path.is_relative_to, homes)) and not any(map(path.is_relative_to, added))

    return is_the_homes


def _kept_out(
    catalog: Catalog, roots: Sequence[Path], known: Mapping[str, FileRow], *, found: Sequence[Path] | None
) -> Callable[[str], bool]:
    """Return a function that tells whether a path was removed, or is within what was, and is not to be taken.

    What is named itself is taken, and what is known, as it was named since. Where all files are `found` that are in the
    roots, it is forgotten that a place was removed which is named, or is gone.
    """
    named, removed = {str(root) for root in roots}, catalog.removed()
    if found is not None and removed:
        there = {place_digest(place) for place in {str(place) for path in found for place in (path, *path.parents)}}
        lifted = {place_digest(root) for root in named}
        lifted |= {one.place for one in removed if one.root in named and one.holder not in there}
        catalog.forget_removed(lifted)
        removed = [one for one in removed if one.place not in lifted]
    places = {one.place for one in removed}

    @cache
    def is_within(path: str) -> bool:
        above = os.path.dirname(path)
        return path not in named and (place_digest(path) in places or (above != path and is_within(above)))

    return lambda path: bool(places) and path not in known and is_within(path)


def _gone(
    known: dict[str, FileRow],
    wanted: set[str],
    looked: Sequence[Path],
    roots: Sequence[Path],
    unreadable: Sequence[Rejected],
) -> list[str]:
    """Return the known files that stood in a folder that was looked at, or were looked for themselves, and are no more.

    What is inside of a file goes with it; that of files that are still there is not among them.
    """
    # What is not there any more may have been a folder; but of a folder that was named, all that is in it stays.
    folders = [path for path in looked if os.path.isdir(path) or path not in roots]
    named, within = {str(path) for path in looked}, _within(str(path) for path in folders)
    inside, inside_named = _within(wanted), _within(path for path in named if path in known)
    unknown = {rejected.path for rejected in unreadable}
    within_unknown = _within(unknown)
    return [
        path
        for path in known
        if path not in wanted
        and not inside(os.path.dirname(path))
        and (path in named or within(os.path.dirname(path)) or inside_named(os.path.dirname(path)))
        and not (path in unknown or within_unknown(os.path.dirname(path)))
    ]


def _within(folders: Iterable[str]) -> Callable[[str], bool]:
    """Return a function that tells whether a folder is one of `folders`, or in one of them."""
    roots = set(folders)

    @cache
    def is_within(folder: str) -> bool:
        above = os.path.dirname(folder)
        return folder in roots or (above != folder and is_within(above))

    return is_within


def _roots(paths: Sequence[Path]) -> list[Path]:
    """Return the paths as they are known. Raises `SettingsError` if one can't be."""
    for path in paths:
        if not is_unicode(str(absolute(path))):
            raise SettingsError(f"{path}: its name is not Unicode: rename it")
    return [absolute(path) for path in paths]


def _check_something_to_do(paths: Sequence[Path], wanted: Sequence[Path], gone: Sequence[str]) -> None:
    if wanted or gone:
        return
    names = ", ".join(str(path) for path in paths)
    if not any(map(os.path.exists, paths)):
        cure = "check the spelling, or take what was indexed of it out with `pincite remove`"
        raise SettingsError(f"{names}: no such file or folder: {cure}")
    raise SettingsError(f"{names}: nothing to index: put documents there, such as .pdf, .docx, .html or .txt files")
