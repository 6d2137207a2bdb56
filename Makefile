# Everything that a fresh clone needs, with Python 3.10+, git and make alone.
PYTHON ?= python3
VENV ?= .venv
SEEDS ?= 10000
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
READY := $(VENV)/.ready

.PHONY: help demo test simulate check format lock clean
.DEFAULT_GOAL := help

help: ## List what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed, and $(PYTHON) is %d.%d: make PYTHON=python3.12" % sys.version_info[:2])'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'open("$(READY)", "w").close()'

demo: $(READY) ## Walk through the main job, against a tenant of its own
	@$(BIN)/reconciler demo

test: $(READY) ## Run the tests
	$(BIN)/python -m pytest

simulate: $(READY) ## Simulate SEEDS histories of an apply among faults and crashes
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS)

check: $(READY) ## Lint, format, types and import contracts
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

format: $(READY) ## Put the code in its form
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

lock: $(READY) ## Renew requirements.lock from pyproject.toml
	$(BIN)/python -m uv pip compile pyproject.toml --all-extras --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet -o requirements.lock

clean: ## Remove what this file makes
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
