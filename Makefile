PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: chat ask build test lint clean

chat: build ## start the chat: install, bring the index up to date, serve
	$(BIN)/qa serve

ask: build ## make ask Q="câu hỏi"
	@$(BIN)/qa ask "$(Q)"

build: $(VENV)/.installed
	@$(BIN)/qa build >&2

test: $(VENV)/.installed-test ## every test, the real model and the browser included
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m pytest

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
