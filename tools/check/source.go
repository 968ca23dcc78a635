package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// formatted checks that gofmt would change nothing.
func formatted(w *worker) error {
	out, err := w.command("gofmt", "-l", ".").Output()
	if err != nil {
		return err
	}
	if len(out) > 0 {
		return fmt.Errorf("run gofmt -w on\n%s", out)
	}
	return nil
}

var place = regexp.MustCompile("FileName: `[^`]*`")

// placeless is a generated file without the path of its template, which depends
// on the folder in which templ was started.
func placeless(text []byte) []byte { return place.ReplaceAll(text, nil) }

// templates checks that every *_templ.go is what its template says.
func templates(w *worker) error {
	dir, err := os.MkdirTemp("", "onedoor-templ-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	templ := filepath.Join(dir, "templ")
	if err := w.quiet("go", "build", "-modfile=tools.mod", "-o", templ, "github.com/a-h/templ/cmd/templ"); err != nil {
		return err
	}
	var stale []string
	err = filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".templ" {
			return err
		}
		want, err := w.command(templ, "generate", "-f", name, "-stdout").Output()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		got, err := os.ReadFile(strings.TrimSuffix(name, ".templ") + "_templ.go")
		if err != nil || !bytes.Equal(placeless(got), placeless(want)) {
			stale = append(stale, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(stale) > 0 {
		return fmt.Errorf("run make templ: out of date are %s", strings.Join(stale, " "))
	}
	return nil
}
