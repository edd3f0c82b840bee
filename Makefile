# What a newcomer types. Everything is installed into .venv, from the locks, at first use.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
PRODUCT := .venv/.product
DEVELOPMENT := .venv/.development
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --quiet --extra postgres --extra build

.PHONY: help install demo run test proof bench format lock clean
.DEFAULT_GOAL := help

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(PRODUCT)  ## Install into .venv what `run` and `demo` need (they do so by themselves)

demo: $(PRODUCT)  ## Chat with the assistant in a browser page; no token, no server
	@exec $(BIN)/contactpunt demo

run: $(PRODUCT)  ## Run on Telegram, with the settings of the environment or of the file .env
	@set -a; if [ -f .env ]; then . ./.env; fi; set +a; exec $(BIN)/contactpunt run

test: $(DEVELOPMENT)  ## Everything: format, lint, types, import contracts, tests, README
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

proof: $(DEVELOPMENT)  ## The race, crash, fuzz and soak tests at their full figures (takes long)
	@CONTACTPUNT_PROOF=1 $(BIN)/python -m pytest -n 2 --dist loadfile

bench: $(DEVELOPMENT)  ## Speed, as ratios against a bare echo bot in the same run
	@$(BIN)/python -m tests.benchmarks

format: $(DEVELOPMENT)  ## Put the code into its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(DEVELOPMENT)  ## Choose the newest allowed versions of all dependencies
	@$(LOCK) --upgrade pyproject.toml -o requirements.lock
	@$(LOCK) --upgrade --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:  ## Remove the installation and what tests and the demo left
	rm -rf .venv .demo tests/output .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Installing (once) …"
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "Python's venv is missing (Debian: apt install python3-venv)" >&2; exit 1; }

$(PRODUCT): requirements.lock pyproject.toml | .venv/bin/python
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): requirements-dev.lock $(PRODUCT)
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
