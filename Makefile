# Callwright: every habit is one word. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help rehearse test check format serve bench truth lock clean attacks crash

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Callwright needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

rehearse: $(STAMP) ## hear and see calls being answered (ALL=1 every scene, ONCE=1 end after them)
	@$(BIN)/python -m simulator rehearse $(if $(ALL),--all) $(if $(ONCE),--once)

test: $(STAMP) ## prove the code
	@$(BIN)/python -m pytest $(ARGS)

check: $(STAMP) ## format, lint, strict types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@echo "check: format, lint, types and import contracts hold"

format: $(STAMP) ## put the code into its form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

serve: $(STAMP) ## answer a real number, with the settings of the environment
	@$(BIN)/callwright serve

bench: $(STAMP) ## measure calls per core beside a stock pipecat bot (needs BENCH_RIG_DIR)
	@$(BIN)/python -m evals.bench

attacks: $(STAMP) ## try to get past the gate, and let the honest through
	@$(BIN)/python -m evals.attacks

crash: $(STAMP) ## kill the process at every step of every deed (ONLY="refund_order ..." some of them)
	@$(BIN)/python -m evals.crash $(ONLY)

truth: $(STAMP) ## judge the speech check: false sentences caught, true ones held back
	@$(BIN)/python -m evals.truth

lock: $(STAMP) ## pin every dependency anew, with hashes and no addresses
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --output-file requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --output-file deploy/requirements.lock

clean: ## forget everything that was built
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
