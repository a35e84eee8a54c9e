# Two commands after a clone do everything: `make demo` and `make test`. Each makes its own .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help install demo test lint accuracy bench fuzz fixtures lock system clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

install: $(VENV)/.installed ## .venv with what the desk runs on (pip packages only)

$(VENV)/.installed: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "CPython 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(VENV)/.developing: $(VENV)/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

demo: install ## the whole main job on this machine: sample mails in, replies, records and digest out (CALL=essay: another call)
	$(BIN)/python run_daemon.py demo $(if $(CALL),--call $(CALL))

test: system $(VENV)/.developing lint ## everything CI runs; installs the Debian packages its tests need
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -q

lint: $(VENV)/.developing ## style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

accuracy: system $(VENV)/.developing ## one table: how right forms, seals, films, links and decisions are, and what reading costs
	$(BIN)/python -m bench.accuracy .films

bench: system $(VENV)/.developing .bench-venv/.installed ## what is claimed of speed, beside other programs in the same run (MAILS=folder: decode these)
	sh bench/install_peers.sh
	OMP_NUM_THREADS=1 $(BIN)/python -m bench $(if $(MAILS),--mails $(MAILS))

.bench-venv/.installed: bench/peers.lock
	$(PYTHON) -m venv .bench-venv
	.bench-venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/peers.lock
	touch $@

fuzz: $(VENV)/.developing ## 20,000 damaged mails and files through the readers (MORE=folder: of other mails too), then a minute of each guided target
	$(BIN)/python -m tests.fuzz.mutate 20000 $(MORE)
	for target in decoder subject mime form archive; do $(BIN)/python -m tests.fuzz.guided $$target --seconds 60 || exit 1; done

fixtures: system $(VENV)/.developing ## make the sample mails again
	$(BIN)/python -m tests.fixtures.make_samples
	$(BIN)/python -m tests.fixtures.make_essays

lock: $(VENV)/.developing ## pin the dependencies of pyproject.toml again
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --excludes packaging.excludes \
		-c requirements.lock pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --excludes packaging.excludes \
		-c requirements.lock --group dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 bench/peers.in -o bench/peers.lock

system: ## Debian packages the tests need
	sh tests/install_packages.sh

clean: ## remove what was made here
	rm -rf $(VENV) .bench-venv demo-out .films .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
