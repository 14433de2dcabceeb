# `make` lists the targets. Everything runs in the project's own environment, .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MONTH ?= $(shell date +%Y-%m)
HOME_DIR ?= var
CI_JUNIT ?=
OLD_DUCKDB ?= 1.4.*

# TORCH=cpu adds the CPU wheel index, for Linux machines without a GPU; nothing reaches for it unasked.
ifeq ($(TORCH),cpu)
TORCH_INDEX := --extra-index-url https://download.pytorch.org/whl/cpu
endif

.DEFAULT_GOAL := help
.PHONY: help setup system demo monthly live-check test clients check lint format bench docs sample train clean

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## Make the environment and check the machine (TORCH=cpu: torch without GPU libraries)

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make setup PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "On Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt $(TORCH_INDEX) $(PIP_ARGS) --editable '.[dev]'
	@touch $@
	$(BIN)/tbtwatch doctor || test $$? -eq 1

system: ## Install what tests look at documents with (Debian, as root)
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$(grep -v '^\#' debian-packages.txt)

demo: setup ## Run the whole month on the bundled sample, offline
	$(BIN)/tbtwatch --home $(HOME_DIR) demo

monthly: setup ## Run the month MONTH=YYYY-MM on the real data in HOME_DIR
	$(BIN)/tbtwatch --home $(HOME_DIR) monthly --month $(MONTH)

live-check: setup ## Ask each source once over the real network and print what differs from its card
	$(BIN)/tbtwatch --home $(HOME_DIR) live-check

test: setup ## Run the tests
	$(BIN)/pytest -n 2 --dist loadfile

clients: setup ## Let an older DuckDB read a published copy (OLD_DUCKDB=1.4.*; fetches it by pip)
	@test -x .clients/bin/python || $(PYTHON) -m venv .clients
	.clients/bin/python -m pip install --quiet 'duckdb==$(OLD_DUCKDB)' pytz
	TBTWATCH_OLD_DUCKDB=$(CURDIR)/.clients/bin/python $(BIN)/pytest tests/warehouse/test_publish_clients.py

check: setup ## Lint, types, architecture, SQL, generated docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/sqlfluff lint --disable-progress-bar warehouse/sql
	$(BIN)/python tools/make_docs.py --check

lint: check

format: setup ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## Measure, and write docs/benchmarks.md
	$(BIN)/python tools/bench.py

docs: setup ## Write the generated documents
	$(BIN)/python tools/make_docs.py

sample: setup ## Build the bundled sample from its source
	$(BIN)/python tools/make_sample.py

train: setup ## Learn the bundled matching head from models/data and write it with its card
	$(BIN)/python tools/train_head.py

clean: ## Remove the environment and everything generated; var/ stays
	rm -rf $(VENV) .clients build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .benchmarks .hypothesis
