# Everything a person types. `make demo` and `make test` are the first two; each target installs what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
RUNTIME := $(VENV)/.installed
TOOLS := $(VENV)/.installed-tools
DASHBOARD := frontend/dist/app/index.html
DASHBOARD_SOURCES := $(shell find frontend/src -type f -not -name schema.d.ts) $(wildcard frontend/*.json frontend/*.ts) \
	frontend/index.html docs/openapi.yaml
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python

.PHONY: help install demo up test test-fast test-dashboard check format bench bench-peers openapi lock clean

help: ## Shows the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

install: $(RUNTIME) $(DASHBOARD) ## Makes .venv with server, SDK and worker in it, and builds the dashboard.

# Fresh when nothing that decides the environment is newer than the stamp.
$(RUNTIME): requirements/runtime.txt pyproject.toml client_sdk/pyproject.toml worker/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Pavi needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 install"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -o '^uv==[0-9.]*' requirements/dev.txt)"
	$(INSTALL) --require-hashes -r requirements/runtime.txt
	$(INSTALL) --no-deps --no-build-isolation -e . -e client_sdk -e worker
	@touch $@

# Without a way to packages of Node there is no dashboard; the plain pages work.
$(DASHBOARD): $(DASHBOARD_SOURCES) | $(RUNTIME)
	@$(BIN)/python frontend/build.py build || echo "The dashboard was not built; the plain pages work without it."

# What checks, tests and benchmarks need on top.
$(TOOLS): requirements/dev.txt $(RUNTIME)
	$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

demo: install ## The platform and two real trainings; EXIT=1 stops when they are done.
	@$(BIN)/pavi-server demo $(if $(EXIT),--exit)

up: install ## The platform alone.
	@$(BIN)/pavi-server up

test: $(TOOLS) $(DASHBOARD) ## Every test, on SQLite and on PostgreSQL, and published clients in environments of their own.
	$(BIN)/python -m tests.clients.environments
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --ignore tests/e2e/dashboard tests
	PAVI_TEST_DATABASE=postgres $(BIN)/python -m pytest -n $(JOBS) --dist loadfile tests/server tests/contract tests/faults

test-fast: $(TOOLS) ## The tests on SQLite without the slow ones.
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --ignore tests/e2e/dashboard tests -m "not slow"

test-dashboard: $(TOOLS) $(DASHBOARD) ## The preview of the dashboard in a real browser.
	$(BIN)/python -m pytest tests/e2e/dashboard

check: $(TOOLS) $(DASHBOARD) ## Format, lint, types, import rules, migrations, OpenAPI.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file .venv/openapi.yaml
	diff -u docs/openapi.yaml .venv/openapi.yaml
	test ! -e $(DASHBOARD) || $(BIN)/python frontend/build.py check

format: $(TOOLS) ## Formats and mends what can be mended.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: $(TOOLS) ## Writes docs/openapi.yaml anew.
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

bench: $(TOOLS) ## The performance bars, into bench/results.json.
	$(BIN)/python -m bench

bench-peers: $(TOOLS) ## Pavi and its peers on the same work in the same run.
	$(BIN)/python -m bench.peers

lock: $(TOOLS) ## Resolves requirements/*.in again (hashes, no addresses).
	cd requirements && compile="../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --no-header"; \
		$$compile dev.in -o dev.txt && $$compile runtime.in -c dev.txt -o runtime.txt

clean: ## Removes the environment and caches; data/ stays.
	rm -rf $(VENV) frontend/dist frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .cache
