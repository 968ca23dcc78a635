package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"onedoor.app/infra/config"
)

// routes lists every route of the program. It leaves the data alone: what it
// assembles stands on an empty database of its own.
func routes(ctx context.Context, p program, _ []string) (err error) {
	dir, err := os.MkdirTemp("", "onedoor-routes-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	a, err := p.open(ctx, settings{"ONEDOOR_DATA": dir, "ONEDOOR_DB": ""})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	for _, m := range a.Modules {
		for _, rt := range m.Routes {
			fmt.Fprintf(p.stdout, "%-12s %-48s %s\n", m.Name, rt.Pattern, rt.Right)
		}
	}
	return nil
}

// printConfig prints every setting with its value and meaning, secrets masked.
func printConfig(_ context.Context, p program, args []string) error {
	fs, over := p.flags("config")
	if err := fs.Parse(args); err != nil {
		return err
	}
	cfg, err := p.config(over)
	return errors.Join(config.Print(p.stdout, cfg), err)
}

// version names the revision that the program was built from.
func version(_ context.Context, p program, _ []string) error {
	name, revision, changed := "(devel)", "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		name = cmp.Or(info.Main.Version, name)
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = " with changes"
			}
		}
	}
	fmt.Fprintf(p.stdout, "onedoor %s %s%s\n", name, revision, changed)
	return nil
}
