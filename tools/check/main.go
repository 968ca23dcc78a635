// Command check holds the repository to everything that it promises: form,
// correctness and every test on both databases, with a real browser.
//
//	go run ./tools/check            what "make test" runs
//	go run ./tools/check -race      the same with the race detector
//	go run ./tools/check ./domain/… only these packages' tests
//
// It installs what is missing (Debian, as root), starts a PostgreSQL of its own
// on a free port of this machine, and stops what it started however it ends. A
// server named by ONEDOOR_TEST_POSTGRES is used instead and left running.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

func main() {
	runtime.LockOSThread() // the server is told of this thread's end, see cluster.start
	race := flag.Bool("race", false, "run the tests with the race detector")
	only := flag.Bool("tests", false, "run the tests only")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, *race, *only, flag.Args())
	stop()
	if err != nil {
		fmt.Println("check:", err)
		os.Exit(1)
	}
}

// run makes every check and reports all that failed, not only the first.
func run(ctx context.Context, race, only bool, packages []string) (err error) {
	began := time.Now() //nolint:forbidigo // a stopwatch of a development program
	env, stop, err := prepare(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	w := worker{ctx: ctx, env: env}
	if !only {
		w.step("formatted", formatted)
		w.step("templates generated", templates)
		w.step("go.mod tidy", func(w *worker) error { return w.quiet("go", "mod", "tidy", "-diff") })
		w.step("go vet", func(w *worker) error { return w.show("go", "vet", "./...") })
		w.step("staticcheck", func(w *worker) error {
			return w.show("go", "tool", "-modfile=tools.mod", "staticcheck", "./...")
		})
	}
	if len(packages) == 0 {
		packages = []string{"./..."}
	}
	test := []string{"test", "-shuffle=on", "-timeout=15m"}
	if race {
		test = append(test, "-race")
	}
	w.step("go test", func(w *worker) error { return w.show("go", append(test, packages...)...) })
	fmt.Printf("== %s in all\n", time.Since(began).Round(time.Second))
	return w.failed()
}

// worker runs commands and remembers what failed.
type worker struct {
	ctx  context.Context //nolint:containedctx // lives as long as the program
	env  []string
	errs []string
}

func (w *worker) step(name string, do func(*worker) error) {
	if w.ctx.Err() != nil {
		w.errs = append(w.errs, name+": interrupted")
		return
	}
	fmt.Printf("== %s\n", name)
	began := time.Now() //nolint:forbidigo // a stopwatch of a development program
	if err := do(w); err != nil {
		w.errs = append(w.errs, name)
		fmt.Printf("== %s FAILED: %v\n", name, err)
		return
	}
	fmt.Printf("== %s: fine, %s\n", name, time.Since(began).Round(100*time.Millisecond))
}

func (w *worker) failed() error {
	if len(w.errs) > 0 {
		return fmt.Errorf("failed: %s", strings.Join(w.errs, ", "))
	}
	return nil
}

// command is a program of this environment that ends with this one.
func (w *worker) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(w.ctx, name, args...)
	cmd.Env = w.env
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// show runs a command whose output the reader sees as it comes.
func (w *worker) show(name string, args ...string) error {
	cmd := w.command(name, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stdout
	return cmd.Run()
}

// quiet runs a command and prints its output only if it fails.
func (w *worker) quiet(name string, args ...string) error {
	out, err := w.command(name, args...).CombinedOutput()
	if err != nil {
		fmt.Printf("%s", out)
	}
	return err
}
