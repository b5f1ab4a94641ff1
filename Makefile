# What a maintainer does. It needs make and Python 3.11 or newer, nothing else:
# the first command makes .venv, and later ones update it when its files change.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000

RUN := $(VENV)/bin/python
READY := $(VENV)/.ready
NODE := node_modules/.package-lock.json
NBVAL := --nbval --nbval-cell-timeout=300 \
  --nbval-sanitize-with=$(CURDIR)/tests/nbval.cfg
# regions begin with YOLO's backbone, masks with Faster R-CNN, maps with Mask R-CNN,
# attention with the eye and the reader of vqa_scenes
TRAINED_FIRST := $(addprefix tools/train/,yolo_scenes.py faster_scenes.py mask_scenes.py \
  vqa_scenes.py)
SHARED_BY_TRAINING := $(addprefix tools/train/,recipe.py detectors.py proposed.py \
  segmenters.py styles.py vqa_questions.py)
# three processes on two cores: some tests wait for a browser or a sandbox; one thread
# each, or they wait for each other's threads
TEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(RUN) -m pytest -n 3 --durations=15 \
  --dist=loadfile --no-loadscope-reorder

export PYTHONUNBUFFERED := 1
MAKEFLAGS += --no-print-directory

.PHONY: help book serve lab grade assignments notebooks test benchmarks weights \
  experiments lock clean
.DELETE_ON_ERROR:

help: ## list these commands
	@echo "make COMMAND, where COMMAND is one of:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

book: $(READY) $(NODE) ## execute the pages and build _build/html
	@$(RUN) tools/build_book.py

serve: book ## the book on 127.0.0.1, port PORT (8000); Ctrl-C stops it
	@echo "Serving http://127.0.0.1:$(PORT)/ (Ctrl-C stops it)"
	@$(RUN) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

lab: $(READY) ## JupyterLab: pages as notebooks, assignments, formgrader
	@echo "Starting JupyterLab (Ctrl-C stops it)"
	@$(RUN) tools/lab.py

grade: $(READY) ## grade the demo class end to end and print the table
	@echo "Grading the demo class"
	@$(RUN) -m grader.demo

assignments: $(READY) ## derive exercises/ from solutions/
	@echo "Deriving the assignments"
	@$(RUN) tools/build_assignments.py

notebooks: $(READY) ## every page as an executed .ipynb in _build/notebooks
	@$(RUN) tools/build_book.py --notebooks-only

test: $(READY) $(NODE) ## everything CI runs: style, assignments, book, tests, pages
	@echo "Style"
	@$(RUN) -m ruff check --quiet .
	@$(RUN) -m ruff format --check --quiet .
	@echo "Assignments: do exercises/ agree with solutions/?"
	@$(RUN) tools/build_assignments.py --check
	@$(RUN) tools/build_book.py
	@echo "Tests, and every page executed again"
	@$(TEST) $(NBVAL) tests _build/notebooks

benchmarks: $(READY) ## time cvlib beside the libraries it teaches
	@echo "Measuring (alone on the machine, or the numbers mean little)"
	@for script in tests/benchmarks/[a-z]*.py; do $(RUN) $$script || exit 1; done

weights: $(READY) ## train the shipped networks again (hours; goes on where it was)
	@for script in $(TRAINED_FIRST) $(filter-out $(TRAINED_FIRST) $(SHARED_BY_TRAINING), \
	  $(wildcard tools/train/*.py)); do $(RUN) $$script || exit 1; done

experiments: $(READY) ## record the experiments again (hours; goes on where it was)
	@for script in $(wildcard tools/experiments/[a-z]*.py); do \
	  $(RUN) $$script || exit 1; done

lock: ## write constraints.txt again after a change of requirements.txt
	@$(PYTHON) tools/environment.py $(VENV) --unlocked
	@$(RUN) tools/lock.py

clean: ## remove what was built; keeps .venv, node_modules and _build/course
	@echo "Removing what was built (grades in _build/course stay)"
	@test ! -d _build || find _build -mindepth 1 -maxdepth 1 ! -name course \
	  -exec rm -rf {} +

$(READY): requirements.txt constraints.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not there: the book" \
	  "needs Python 3.11 or newer (make PYTHON=path names one)"; exit 1; }
	@$(PYTHON) tools/environment.py $(VENV)

# without npm the book is built all the same, and its last lines say what is lost
$(NODE): package.json package-lock.json
	@if command -v npm >/dev/null; then \
	  echo "Installing the typefaces and MathJax with npm"; \
	  npm ci --ignore-scripts --loglevel=error && touch $@ \
	    || echo "npm failed: the book is built without local typefaces and MathJax"; \
	fi
