package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// need is something that the tests run: how to find it, and the Debian package
// that brings it.
type need struct {
	name, pack string
	there      func() bool
}

func needs() []need {
	return []need{
		{"PostgreSQL", "postgresql", func() bool { return serverBin() != "" }},
		{"Chromium", "chromium", func() bool { return chromium() != "" }},
		{"fc-list", "fontconfig", func() bool { return found("fc-list") }},
		{"pdftotext", "poppler-utils", func() bool { return found("pdftotext") }},
		{"a Chinese font", "fonts-wqy-zenhei", func() bool {
			out, err := exec.Command("fc-list", ":lang=zh-cn", "family").Output() //nolint:noctx // answers at once
			return err == nil && len(strings.TrimSpace(string(out))) > 0
		}},
	}
}

func found(name string) bool { _, err := exec.LookPath(name); return err == nil }

// chromium is the path of the browser, "" if there is none.
func chromium() string {
	for _, name := range []string{os.Getenv("ONEDOOR_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// serverBin is the folder of the newest PostgreSQL server's programs, "" if
// there is none.
func serverBin() string {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(bins) > 0 {
		slices.Sort(bins)
		return filepath.Dir(bins[len(bins)-1])
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	return ""
}

// install brings in what is missing.
func install(ctx context.Context) error {
	var names, packs []string
	for _, n := range needs() {
		if !n.there() {
			names, packs = append(names, n.name), append(packs, n.pack)
		}
	}
	if len(packs) == 0 {
		return nil
	}
	if os.Getuid() != 0 || !found("apt-get") {
		return fmt.Errorf("%s missing: install the Debian packages %s, or run this as root", strings.Join(names, ", "), strings.Join(packs, " "))
	}
	fmt.Printf("== installing %s\n", strings.Join(packs, " "))
	idle, err := noServer()
	if err != nil {
		return err
	}
	defer os.Remove(idle)
	for _, args := range [][]string{
		{"update", "-qq"},
		append([]string{"install", "-y", "-qq", "--no-install-recommends"}, packs...),
	} {
		cmd := exec.CommandContext(ctx, "apt-get", args...) //nolint:gosec // names of the list above
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w\n%s", args[0], err, out)
		}
	}
	for _, n := range needs() {
		if !n.there() {
			return fmt.Errorf("%s is still missing after installing %s", n.name, n.pack)
		}
	}
	return nil
}

// noServer keeps the PostgreSQL package from making and starting a server of its
// own while it is installed. The file that says so is to be removed afterwards.
func noServer() (file string, err error) {
	const dir = "/etc/postgresql-common/createcluster.d"
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // as the package makes it
		return "", err
	}
	file = filepath.Join(dir, "onedoor-check.conf")
	return file, os.WriteFile(file, []byte("create_main_cluster = false\n"), 0o644) //nolint:gosec // it holds no secret
}

// prepare makes the machine ready and returns the environment of the tests and
// what stops the server that was started for them.
func prepare(ctx context.Context) (env []string, stop func() error, err error) {
	if err := install(ctx); err != nil {
		return nil, nil, err
	}
	env = append(os.Environ(), "ONEDOOR_CI=1", "ONEDOOR_CHROMIUM="+chromium())
	if os.Getenv(postgresVariable) != "" {
		return env, func() error { return nil }, nil
	}
	c, err := startCluster(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, c.stop())
	}
	fmt.Printf("== PostgreSQL runs on port %d\n", c.port)
	return append(env, postgresVariable+"="+c.url()), c.stop, nil
}
