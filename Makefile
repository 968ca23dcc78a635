# A table of contents: each target is one line. What needs a loop is a Go program in tools/.

.PHONY: run demo build test test-all test-go check lint templ vendor golden fuzz sim large

run:      ## serve an empty centre on http://127.0.0.1:8080
	go run ./cmd/onedoor serve

demo:     ## serve the sample city on http://127.0.0.1:8080
	go run ./cmd/onedoor serve --demo

build:    ## one static binary: ./onedoor
	CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o onedoor ./cmd/onedoor

test:     ## everything: form, vet, staticcheck, every test on both databases, with a browser
	go run ./tools/check

test-all: ## the same with the race detector (slow)
	go run ./tools/check -race

test-go:  ## the tests alone, on SQLite, in under a minute or two
	go test ./...

check: test lint

lint:     ## golangci-lint, built from source at its pinned version
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run ./...

templ:    ## generate the Go code of the page templates
	go tool -modfile=tools.mod templ generate

vendor:   ## fetch what pages load from others, by the sums in ui/vendored.txt
	go run ./tools/vendor

golden:   ## rewrite the golden files; read the difference before committing it
	go test ./app ./engine/workflow -update

fuzz:     ## a minute on the parser of flows; name others with PKG and FUZZ
	go test $(or $(PKG),./engine/workflow) -run=NONE -fuzz=$(or $(FUZZ),.) -fuzztime=1m

large:    ## a catalogue of eleven thousand items through import, search and export, on every database that is there
	ONEDOOR_LARGE=1 go test ./domain/catalog -run TestAWorkbookOfMany -v -timeout 30m

sim:      ## the randomised tests with many more tries
	go test ./engine/calendar ./engine/paper ./engine/workflow ./domain/cases ./domain/certificate ./domain/party -rapid.checks=2000
