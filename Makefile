PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

JOBS ?= $(shell nproc 2>/dev/null || echo 2)
UNIT := not (slow or server or browser or model or fuzz or faults or engine)

.PHONY: chat ask build check test lint types unit clean

chat: build ## start the chat: install, bring the index up to date, serve
	$(BIN)/qa serve

ask: build ## make ask Q="câu hỏi"
	@$(BIN)/qa ask "$(Q)"

build: $(VENV)/.installed
	@$(BIN)/qa build >&2

check: $(VENV)/.installed-test ## lint, types and unit tests, within a minute
	@$(MAKE) --no-print-directory --jobs --output-sync lint types unit

test: lint types ## every test, the real model and the browser included
	$(BIN)/python -m pytest --quiet --numprocesses $(JOBS) --dist loadgroup

lint: $(VENV)/.installed-test
	$(BIN)/python -m ruff check --quiet .
	$(BIN)/python -m ruff format --check --quiet .

types: $(VENV)/.installed-test
	$(BIN)/python -m mypy --no-error-summary

unit: $(VENV)/.installed-test
	HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest --quiet --numprocesses $(JOBS) -m "$(UNIT)"

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install --constraint constraints.txt --editable '.[test]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) index/g* index/CURRENT
