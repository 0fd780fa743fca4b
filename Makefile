# What to do with a checkout. Each target does its own set-up: a fresh machine needs make and a
# Python 3.11 or newer (on Debian: apt install make python3 python3-venv), and nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# Given on the command line (make check TOOLS=/opt/venv/bin), nothing is installed.
ifneq ($(origin TOOLS),command line)
TOOLS := .venv/bin
RUN := .venv/run.stamp
DEV := .venv/dev.stamp
endif

# The first Python that is new enough, by its own word; `make run PYTHON=…` takes another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	{ echo "$$name"; break; }; done)
# The old pip of Debian 12 would build what has no pyproject.toml in the old way, and complain.
PIP := .venv/bin/python -m pip install --quiet --disable-pip-version-check --use-pep517
CORES := $(shell nproc 2>/dev/null || echo 2)
TEMPLATES := $(shell find feedserver -name '*.html' 2>/dev/null)

# pyright would ask the package index at each run whether there is a newer one.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.PHONY: help run test check format bench clean
.PHONY: check-style check-types check-sql check-imports check-templates check-deploy check-layout

help:  ## Say what there is
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 24

run: $(RUN)  ## Start a complete newsroom to try, with invented outlets; it prints where to look
	@$(TOOLS)/feedserver demo

test: check  ## Run all checks, then all tests on SQLite and PostgreSQL
	$(TOOLS)/python -m pytest -n $(CORES) --dist loadgroup

check: check-style check-types check-sql check-imports check-templates check-deploy check-layout  ## Run all checks

check-style: $(DEV)  ## Ruff: faults, banned calls, format
	$(TOOLS)/ruff check .
	$(TOOLS)/ruff format --check .

check-types: $(DEV)  ## Mypy: every type
	$(TOOLS)/mypy

check-sql: $(DEV)  ## Pyright: SQL that is not a literal, which mypy cannot see
	$(TOOLS)/pyright --pythonpath $(TOOLS)/python

check-imports: $(DEV)  ## Imports point downwards, and each outside library has one home
	$(TOOLS)/lint-imports --no-logo

check-templates: $(DEV)  ## Djlint: the desk's pages
	$(if $(TEMPLATES),$(TOOLS)/djlint --lint --quiet $(TEMPLATES))

check-deploy: $(DEV)  ## The container's files
	$(TOOLS)/hadolint Dockerfile
	$(TOOLS)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

check-layout: $(DEV)  ## Sizes, and the house rules that no linter knows
	$(TOOLS)/python -m pytest -q -p no:xdist -p no:cacheprovider tests/test_layout.py

format: $(DEV)  ## Put the code into shape
	$(TOOLS)/ruff check --fix-only .
	$(TOOLS)/ruff format .

bench: $(DEV)  ## Measure, and print ratios to peers; nothing here passes or fails
	$(TOOLS)/python -m bench

clean:  ## Remove what the other targets made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# A stamp is written last: what was interrupted is made again.
.venv/made.stamp:
	@[ -n "$(PYTHON)" ] || { echo "feedserver needs Python 3.11 or newer; on Debian 12 and later: \
	apt install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make virtual \
	environments; on Debian: apt install python3-venv" >&2; exit 1; }
	@echo "making a virtual environment in .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/run.stamp: pyproject.toml .venv/made.stamp
	@echo "installing feedserver into .venv (up to a minute, once)"
	@$(PIP) --editable '.[fast]'
	@touch $@

.venv/dev.stamp: pyproject.toml .venv/made.stamp
	@echo "installing feedserver and its tools into .venv (up to two minutes, once)"
	@$(PIP) --editable '.[dev]'
	@touch $@
