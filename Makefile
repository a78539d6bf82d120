# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check lint types layers quick bench docs clean

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group dev -e ".[sandbox,keyring,apprise]"
	touch $(STAMP)

demo: $(STAMP)
	$(BIN)/tierkeeper demo

lint: $(STAMP)
	$(BIN)/ruff check plugins rules sync tests examples docs
	$(BIN)/ruff format --check plugins rules sync tests examples docs

types: $(STAMP)
	$(BIN)/mypy

layers: $(STAMP)
	$(BIN)/lint-imports

quick: $(STAMP)
	$(BIN)/python -m pytest -q -n 2 -m "not slow"

check: lint types layers quick

test: lint types layers
	$(BIN)/python -m pytest -q -n 2

bench: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m bench.run

docs: $(STAMP)
	$(BIN)/python docs/generate.py

# random histories under faults: make soak SEEDS=1000 FROM=0 TRACKER=jira (github, or a mirror: jira-github, …)
SEEDS ?= 100
FROM ?= 0
TRACKER ?= github
soak: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m soak.run --tracker $(TRACKER) --seeds $(SEEDS) --from $(FROM)

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
