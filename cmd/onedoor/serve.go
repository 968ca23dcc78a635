package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"

	"onedoor.app/app"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/observe"
)

// serve runs the site until ctx ends.
func serve(ctx context.Context, p program, args []string) (err error) {
	fs, over := p.flags("serve")
	fs.Func("listen", "address and port to serve on", func(v string) error { over["ONEDOOR_LISTEN"] = v; return nil })
	fs.BoolFunc("demo", "load the sample city into an empty database and show its accounts", func(v string) error {
		over["ONEDOOR_DEMO"] = v
		return nil
	})
	if err := fs.Parse(args); err != nil {
		return err
	}
	cfg, err := p.config(over)
	if err != nil {
		return err
	}
	log, err := observe.Logger(p.stderr, cfg.LogLevel)
	if err != nil {
		return err
	}
	slog.SetDefault(log)
	took := observe.Stopwatch()
	// The address is taken first: a second server on it must not touch the data.
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := prepare(ctx, a); err != nil {
		return errors.Join(err, l.Close())
	}
	fmt.Fprintf(p.stdout, "OneDoor serves http://%s (ready in %.1f s)\n", l.Addr(), took().Seconds())
	if cfg.Demo {
		if err := p.printDemo(ctx, a); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	if err := p.printSetup(ctx, a); err != nil {
		return errors.Join(err, l.Close())
	}
	return a.Serve(ctx, l)
}

// printSetup tells how to open a centre where nobody works yet. The code is apart
// from the address: addresses end up in histories and logs. So does what a service
// prints: without a terminal the code goes into a file that only its owner reads.
func (p program) printSetup(ctx context.Context, a *app.App) error {
	address, code, err := a.Setup(ctx)
	if err != nil {
		return err
	}
	file := a.SetupFile()
	if code == "" || p.terminal() {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if code == "" {
		return nil
	}
	if !p.terminal() {
		if err := os.WriteFile(file, []byte(code+"\n"), 0o600); err != nil {
			return err
		}
		code = "in the file " + file
	}
	_, err = fmt.Fprintf(p.stdout, "\nNobody works here yet. Open the centre in a browser:\n  address     %s\n  setup code  %s\n\n", address, code)
	return err
}

// terminal reports whether somebody reads what is printed, at this moment.
func (p program) terminal() bool {
	file, ok := p.stdout.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// prepare loads the sample city into an empty database of a demonstration.
func prepare(ctx context.Context, a *app.App) error {
	empty, err := a.Empty(ctx)
	if err != nil || !empty || !a.Config.Demo {
		return err
	}
	return a.LoadSampleBehind(ctx)
}

func (p program) printDemo(ctx context.Context, a *app.App) error {
	groups, err := a.DemoAccounts(ctx, i18n.Chinese)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "\nSample city 云川市; every account has the password %s\n", app.DemoPassword)
	for _, g := range groups {
		for _, account := range g.Accounts {
			fmt.Fprintf(p.stdout, "  %-8s %s　%s\n", account.Login, account.Name, account.Work)
		}
	}
	fmt.Fprintln(p.stdout)
	return nil
}
