# congvan. `make` alone lists what can be done.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/congvan/bin
NPM := npm --prefix web --no-audit --no-fund

# RACE=1 puts the race detector into the tests and into the binary that the
# browser tests drive. The compiler's work is not shared between the two ways,
# so a machine that does one of them should stay with it.
RACE ?=
RACEFLAG := $(if $(RACE),-race)

# Go works out by itself what is stale, and its cache makes asking cheap. VCS
# stamping is off because it fails where root builds another user's clone.
REVISION = $(shell git rev-parse --short=12 HEAD 2>/dev/null)
GOBUILD = .ci/compile -buildvcs=false -ldflags "-X congvan/server/command.revision=$(REVISION)"

# Folders stand among the sources so that removing a file is noticed too.
WEB_MODULES := web/node_modules/.package-lock.json
WEB_BUILT := web/dist/index.html
WEB_SOURCES := $(shell find web/src web/public -not -name '*.test.*') \
	web/index.html web/package.json web/tsconfig.json web/vite.config.ts

##@ Using it

.PHONY: demo
demo: setup-run $(WEB_BUILT) bin/congvan ## Start everything with the demo province on http://localhost:8080
	@# With job control the terminal's Ctrl-C goes to the program alone, and make
	@# ends as it does. Without a terminal the signal comes to make, which waits.
	@if [[ -t 0 ]]; then bash -mc 'bin/congvan demo; exit $$?'; else exec bin/congvan demo; fi

.PHONY: demo-federation
demo-federation: setup-run $(WEB_BUILT) bin/congvan ## Start two provinces that are connected, on ports 8081 and 8082
	@if [[ -t 0 ]]; then bash -mc 'bin/congvan demo federation; exit $$?'; else exec bin/congvan demo federation; fi

.PHONY: build
build: $(WEB_BUILT) bin/congvan ## Build the web app and the one binary, bin/congvan

.PHONY: bench
bench: $(WEB_BUILT) bin/congvan ## Measure against the baselines; ARGS="--quick" or ARGS="--only NAME"
	@exec bin/congvan bench $(ARGS)

##@ Proving it

.PHONY: test
test: setup-test $(WEB_BUILT) bin/congvan-test ## Prove everything; RACE=1 with the race detector
	@RACE=$(RACE) CONGVAN_BINARY=$(CURDIR)/bin/congvan-test exec .ci/test

.PHONY: lint
lint: $(WEB_MODULES) setup-tools ## Read the code with every linter
	@.ci/lint

.PHONY: fuzz
fuzz: ## Look for new input that breaks a parser; FUZZTIME=30s each
	@FUZZTIME=$(or $(FUZZTIME),30s) exec .ci/fuzz

.PHONY: soak
soak: setup-soak bin/congvan-test ## Repeat the Go tests in random order; SOAK=30 minutes
	@SOAK=$(or $(SOAK),30) RACE=$(RACE) CONGVAN_BINARY=$(CURDIR)/bin/congvan-test exec .ci/soak

##@ Working on it

.PHONY: dev
dev: setup-run $(WEB_MODULES) bin/congvan ## The demo, with the web app reloading as it is edited
	@exec .ci/dev

.PHONY: generate
generate: $(WEB_MODULES) setup-tools ## Make the code again that comes from openapi.yaml and from SQL
	$(TOOLS)/sqlc generate
	$(TOOLS)/oapi-codegen -config server/api/gen/oapi-codegen.yaml server/api/openapi.yaml
	$(NPM) run --silent generate

.PHONY: clean
clean: ## Remove what was built; data stays
	rm -rf bin web/node_modules web/test-results
	find web/dist -mindepth 1 -not -name .keep -delete

.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

##: what the targets above are made of

.PHONY: setup-run setup-test setup-soak setup-tools
setup-run setup-test setup-soak setup-tools: setup-%:
	@deploy/setup $*

.PHONY: bin/congvan
bin/congvan: $(WEB_BUILT)
	@$(GOBUILD) -o $@ .

.PHONY: bin/congvan-test
bin/congvan-test: $(WEB_BUILT)
	@$(GOBUILD) $(RACEFLAG) -o $@ .

$(WEB_MODULES): web/package.json web/package-lock.json
	@echo "==> Installing the web app's libraries"
	@$(NPM) ci --loglevel=error
	@touch $@

$(WEB_BUILT): $(WEB_MODULES) $(WEB_SOURCES)
	@echo "==> Building the web app"
	@$(NPM) run --silent build
	@touch $@
