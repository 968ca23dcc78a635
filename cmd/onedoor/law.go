package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"onedoor.app/infra/db"
)

// lawCheck plays legal scenarios through the use cases, on a database made for it and thrown away.
func lawCheck(ctx context.Context, p program, args []string) error {
	fs, over := p.flags("law check")
	usage := fs.Usage
	fs.Usage = func() {
		fmt.Fprint(p.stderr, "onedoor law check FILE.jsonl, with flags before the file\n\nEach line of the file is one scenario: an item, what happened, and what the law says of it. One line is\n"+
			"printed about each: its id and \"pass\", or its id and what differed; the last line counts them. The program ends with 1 when any differs.\n"+
			"They are played on a database of their own, which is thrown away: SQLite, or a schema of the PostgreSQL of --db.\n\n")
		usage()
	}
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		return fmt.Errorf("law check wants one FILE.jsonl")
	}
	file, err := os.Open(fs.Arg(0))
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it is only read
	dir, err := os.MkdirTemp(over["ONEDOOR_DATA"], "onedoor-law-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	at := settings{"ONEDOOR_DATA": dir}
	if url := over["ONEDOOR_DB"]; db.IsPostgres(url) {
		schema := "law_" + filepath.Base(dir)[len("onedoor-law-"):]
		drop, err := freshSchema(ctx, url, schema)
		if err != nil {
			return err
		}
		defer drop()
		at["ONEDOOR_DB"] = inSchema(url, schema)
	}
	a, err := p.open(ctx, at)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // what was played is thrown away
	return a.CheckLaw(ctx, file, p.stdout)
}

// oneFile reads the arguments of a command that takes a file and nothing else.
func (p program) oneFile(name, what, about string, args []string) (path string, err error) {
	fs := flag.NewFlagSet("onedoor "+name, flag.ContinueOnError)
	fs.SetOutput(p.stderr)
	fs.Usage = func() { fmt.Fprintf(p.stderr, "onedoor %s %s\n\n%s\n", name, what, about) }
	if err := fs.Parse(args); err != nil {
		return "", err
	}
	if fs.NArg() != 1 {
		return "", fmt.Errorf("%s wants one %s", name, what)
	}
	return fs.Arg(0), nil
}
