"""How long it takes to delete a thousand of a hundred thousand documents, so that no file holds anything of them.

    python tests/speed/deleting.py [--shared ../shared] [--documents 100000] [--deleted 1000]

The documents are of one passage each, made as in `tests/speed/search.py`, once; a copy of that library is worked on.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from search import FOLDER, made

from index.library import Library
from index.models import Encoder
from index.store.verify import find_traces


def main() -> int:
    """Delete, look for traces, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--deleted", type=int, default=1000)
    arguments = parser.parse_args()
    if not (arguments.shared / "eval").is_dir():
        print(f"{arguments.shared}: no shared data sets here: name the folder with --shared", file=sys.stderr)
        return 2
    home = FOLDER / f"documents-{arguments.documents}"
    made(home, arguments.shared, arguments.documents, together=1)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        library = Library(Path(shutil.copytree(home, Path(folder) / "home")), Encoder())
        library.search("Which bird sings at night?")
        entries = random.Random(3).sample(library.entries(), arguments.deleted)
        texts = [library.document(entry.doc_id).text for entry in entries[:5]]
        started = time.perf_counter()
        library.store.catalog.remove_files([entry.path for entry in entries])
        gone = time.perf_counter() - started
        found = {hit.passage.doc_id for text in texts for hit in library.search(text)}
        assert not found & {entry.doc_id for entry in entries}
        started = time.perf_counter()
        with library.writing() as writer:
            writer.catch_up()
            writer.compact()
        compacted = time.perf_counter() - started
        assert not [trace for text in texts for trace in find_traces(library.home, text)]
        library.close()
    print(f"{arguments.deleted:,} of {arguments.documents:,} documents: gone from every answer after {gone:.1f} s,")
    print(f"from every file {compacted:.1f} s later")
    return 0


if __name__ == "__main__":
    sys.exit(main())
