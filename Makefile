# Everything starts here. `make` alone lists what there is. Needs make, a POSIX shell and Python >= 3.11.
VENV := .venv
BIN := $(VENV)/bin
SETUP := sh scripts/setup.sh
DATA ?= demo-data
PYTEST_ARGS ?=
# Two processes by default: each has its own PostgreSQL and object store.
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all soak check format render train-setup migration openapi leaflet clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# What `make demo` needs, and what developing needs besides. Rebuilt when the dependencies change.
$(VENV)/.ready-demo: pyproject.toml scripts/setup.sh $(wildcard constraints.txt)
	@$(SETUP) demo

$(VENV)/.ready-dev: pyproject.toml scripts/setup.sh $(wildcard constraints.txt)
	@$(SETUP) dev

setup: $(VENV)/.ready-dev ## make the virtual environment with everything for developing

demo: $(VENV)/.ready-demo ## play the whole way, from camera to closed case (ONCE=1: by itself; FRESH=1: start anew; DATA=folder)
	@$(BIN)/phatnguoi demo --data "$(DATA)" $(if $(ONCE),--once) $(if $(FRESH),--fresh) $(if $(LOOP),--loop)

# Whoever keeps Python from writing bytecode would have each of the many processes that tests start compile anew.
test test-all: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/.ready-dev ## run the tests
	@$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m "not slow" $(PYTEST_ARGS)

test-all: $(VENV)/.ready-dev ## run the tests that take minutes as well
	@$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

soak: $(VENV)/.ready-dev ## run real workers through faults thrown in by chance; nothing may be lost (MINUTES=60 SEED=1)
	@$(BIN)/python -m tests.faults.soak --minutes $(or $(MINUTES),60) --seed $(or $(SEED),1)

check: $(VENV)/.ready-dev ## lint, formatting, types and the walls between packages
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready-dev ## format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

render: ## render the sample videos again (hours; Blender from its wheel; goes on where it stopped)
	@$(SETUP) render
	@.venv-render/bin/python -m sample_videos.render

train-setup: ## install what training needs into .venv-train (torch; docs/training.md)
	@$(SETUP) train

migration: $(VENV)/.ready-dev ## write a migration from the models (NAME="what changes")
	@$(BIN)/phatnguoi migrate --new "$(if $(NAME),$(NAME),$(error say what changes: make migration NAME="..."))"

openapi: $(VENV)/.ready-dev ## write down the API as it is now (docs/openapi.json; a test holds the code to it)
	@$(BIN)/phatnguoi openapi docs/openapi.json

leaflet: ## fetch the maps' library again, checked by SHA-256 (needs npm; nothing else here does)
	@python3 -m scripts.leaflet

clean: ## remove what was built and the demo's data (the rendered frames stay)
	rm -rf $(VENV) .venv-render .venv-train demo-data demo-summary.json build *.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis tests/artifacts
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
