# The verbs of this project. `make help` lists them.

PYTHON ?= python3
NPM ?= npm
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready
WEB_READY := web/node_modules/.ready
WEB_BUILT := web/dist/.built
WEB_SOURCES := $(shell find web/src web/public web/build web/index.html web/vite.config.ts web/package.json -type f 2>/dev/null)
PIP_QUIET := --quiet --disable-pip-version-check
ARGS ?=

.PHONY: help run build setup-tests test check format lint types contracts unit web-check web-unit e2e lock bench clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUN_READY) $(WEB_BUILT)  ## start Sottovoce on this machine, with its data in ./data (ARGS="--port 9000" for more)
	@exec $(BIN)/sottovoce serve $(ARGS)

build: $(RUN_READY) $(WEB_BUILT)  ## everything `make run` needs, without starting it

test: setup-tests lint types contracts unit web-check web-unit e2e  ## everything CI checks, installing what it needs

check: lint types contracts  ## the fast checks of every commit
	$(BIN)/python -m pytest -q tests/protocol tests/rules

setup-tests: $(DEV_READY) $(WEB_READY) $(WEB_BUILT)  ## what the tests need: packages, a browser, PostgreSQL
	@tools/install-test-tools

format: $(DEV_READY)  ## put every file in its usual form
	$(BIN)/ruff format src tests tools bench
	$(BIN)/ruff check --fix src tests tools bench

lint: $(DEV_READY)
	$(BIN)/ruff format --check src tests tools bench
	$(BIN)/ruff check src tests tools bench
	$(BIN)/deptry src

types: $(DEV_READY)
	$(BIN)/mypy src/sottovoce tests tools bench

contracts: $(DEV_READY)
	$(BIN)/lint-imports --cache-dir .import_linter_cache

unit: $(DEV_READY) $(WEB_BUILT)
	$(BIN)/python -m pytest -q -n auto tests

web-check: $(WEB_READY)
	cd web && $(NPM) run --silent check

web-unit: $(WEB_READY)
	cd web && $(NPM) test --silent

e2e: $(RUN_READY) $(WEB_READY) $(WEB_BUILT)
	cd web && $(NPM) run --silent e2e

bench: $(DEV_READY) $(WEB_BUILT)  ## measure this server beside Synapse, half an hour (ARGS="--quick")
	$(BIN)/python -m bench $(ARGS)

lock: $(DEV_READY)  ## choose the newest allowed versions of all Python packages again
	$(BIN)/uv pip compile -q --universal --generate-hashes --upgrade pyproject.toml tools/build.in -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --upgrade pyproject.toml tools/build.in --group dev -o requirements/dev.txt

clean:  ## throw away what was built and installed here, not the data
	rm -rf $(VENV) web/node_modules web/dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Sottovoce needs Python 3.11 or newer; this is $$($(PYTHON) --version 2>&1)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: on Debian and Ubuntu, apt install python3-venv."; exit 1; }

$(RUN_READY): requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing the Python packages…"
	@$(BIN)/pip install $(PIP_QUIET) --require-hashes -r requirements/run.txt
	@$(BIN)/pip install $(PIP_QUIET) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_READY): requirements/dev.txt $(RUN_READY)
	@$(BIN)/pip install $(PIP_QUIET) --require-hashes -r requirements/dev.txt
	@touch $@

# Not `npm ci`: it wants the lock to name the packages of every platform, and npm writes those of the one it runs on.
$(WEB_READY): web/package-lock.json
	@command -v $(NPM) >/dev/null || { echo "The web app needs Node.js 20 or newer with npm."; exit 1; }
	@echo "Installing the web app's packages…"
	@cd web && $(NPM) install --loglevel=error --no-audit --no-fund
	@touch $@

$(WEB_BUILT): $(WEB_READY) $(WEB_SOURCES)
	@echo "Building the web app…"
	@cd web && $(NPM) run --silent build
	@touch $@
