# make demo: the main job on a fictitious hospital.  make test: every test.  Each sets up all it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test test-quick servers lint format types lock bench clean

demo: $(READY)
	$(BIN)/lexsitus demo

test: lint types servers
	$(BIN)/python -m pytest -n 2

test-quick: $(READY)
	$(BIN)/python -m pytest -m "not slow"

# Real servers that the slow tests start: Debian packages, listed in tests/servers.txt.
servers:
	@sh tests/servers.sh

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python docs/benchmarks/scale.py
	$(BIN)/python docs/benchmarks/estate.py
	$(BIN)/python docs/benchmarks/judge.py
	$(BIN)/python docs/benchmarks/azure.py
	$(BIN)/python docs/benchmarks/gcp.py
	$(BIN)/python docs/benchmarks/addresses.py
	$(BIN)/python docs/benchmarks/survey.py
	$(BIN)/python docs/benchmarks/detection.py

# Dependencies are locked with hashes; the project itself is installed in place.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "lexsitus needs Python 3.11, 3.12 or 3.13: make PYTHON=/path/to/python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
		{ echo "This Python has no venv: on Debian and Ubuntu, apt-get install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

# Resolves pyproject.toml anew, for every supported Python.
lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra all --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --no-annotate --output-file requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache build dist
