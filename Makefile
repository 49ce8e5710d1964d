# The verbs of this project. Each does its own set-up; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help build test charts images demo cluster lint calibrate mutation benchmark format hooks clean

help: ## list the verbs
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

build: ## compile everything; warnings are errors
	@scripts/build Rollouts.sln

test: ## set up, build, run every test; TESTS="House Api.Tests" runs only those projects
	@scripts/test $(TESTS)

charts: ## render the charts, check them, the CRDs, alerts and dashboards; ACCEPT=1 accepts what is rendered
	@scripts/setup
	@scripts/build src/LocalCluster/LocalCluster.csproj
	@ACCEPT='$(ACCEPT)' tests/Charts/check.sh

images: ## build both images and try them as a cluster would run them; needs a Docker engine, no registry
	@scripts/images

demo: ## a good canary promoted, a bad one rolled back; SCENARIO=good|bad-errors|slow|… runs one of its own
	@scripts/local-cluster demo $(if $(SCENARIO),--scenario '$(SCENARIO)') $(if $(SEED),--seed '$(SEED)')

cluster: ## start the local cluster and leave it running, to drive it with kubectl and curl
	@scripts/local-cluster up

lint: ## check the sample API's contract and page with spectral, redocly and axe; needs node, npm and chromium
	@scripts/build src/Api/Api.csproj
	@tests/Api.Tests/Web/check.sh src/Api/bin/Release/net10.0/api

calibrate: ## measure how often the judge is wrong and how fast it is right, into docs/calibration.md; RUNS=n SEED=n
	@scripts/check-sdk
	@dotnet run --project tests/Simulation --configuration Release -- calibrate --output docs/calibration.md \
	  --date "$$(date +%F)" $(if $(RUNS),--runs '$(RUNS)') $(if $(SEED),--seed '$(SEED)')

mutation: ## change the judge's code line by line and see that its tests notice; FILE='**/Evidence/Wealth.cs' one file
	@dotnet tool restore
	@cd tests/Analysis.Tests && dotnet stryker -f stryker-config.json $(if $(FILE),-m '$(FILE)')

benchmark: ## measure what judging, reading metrics and scraping many pods cost, and the sample API beside bare Kestrel
	@scripts/check-sdk
	@dotnet run --project tests/benchmarks/Judge --configuration Release
	@dotnet run --project tests/benchmarks/Exposition --configuration Release
	@dotnet run --project tests/benchmarks/Scraping --configuration Release
	@dotnet publish src/Api --configuration Release --runtime linux-x64 --self-contained false --nologo --verbosity quiet \
	  -p:PublishReadyToRun=true -p:NuGetLockFilePath=obj/publish.packages.lock.json --output out/api
	@dotnet run --project tests/benchmarks/Api --configuration Release -- "$$PWD/out/api/api"

format: ## lay out every source file as .editorconfig says
	@scripts/format

hooks: ## check each commit before it is made
	@git config core.hooksPath scripts/hooks && echo "Commits in this clone are now checked by scripts/hooks/pre-commit."

clean: ## remove what builds and tests leave behind
	@rm -rf out src/*/bin src/*/obj tests/*/bin tests/*/obj tests/benchmarks/*/bin tests/benchmarks/*/obj
