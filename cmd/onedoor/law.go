package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"onedoor.app/app"
)

// lawCheck plays legal scenarios and names each that the rules do not hold to.
func lawCheck(_ context.Context, p program, args []string) error {
	path, err := p.oneFile("law check", "FILE.jsonl", "Each line of the file is one scenario: an item, what happened, and what the law says of it.\n"+
		"A scenario that does not hold is printed with every difference, and the program ends with 1.", args)
	if err != nil {
		return err
	}
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it is only read
	return app.CheckLaw(file, p.stdout)
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
