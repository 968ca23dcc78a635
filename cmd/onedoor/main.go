// Command onedoor runs a government service centre (一门): the web application
// and the tools around it. "onedoor help" lists what it can do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"onedoor.app/app"
	"onedoor.app/infra/db"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.LookupEnv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errFileRefused):
		os.Exit(2) // what was refused has been printed
	default:
		fmt.Fprintln(os.Stderr, "onedoor:", err)
		os.Exit(1)
	}
}

// errFileRefused ends a command whose answer was that its file is refused.
var errFileRefused = errors.New("refused")

// program is what every command is given.
type program struct {
	env            func(string) (string, bool)
	stdin          io.Reader
	stdout, stderr io.Writer
}

// command is one thing that the program does.
type command struct {
	words string // "import items"
	use   string // what follows the words
	help  string
	do    func(ctx context.Context, p program, args []string) error
}

func commands() []command {
	return []command{
		{"serve", "[--demo] [--data DIR] [--db URL] [--listen ADDR]", "serve the site; --demo loads the sample city", serve},
		{"verify", "[--data DIR] [--db URL] [--checkpoint FILE]", "prove the ledger whole, and all that is stored what it tells", verify},
		{"import items", "[--dry-run] [--problems FILE.csv] [--data DIR] [--db URL] FILE|DIR", "bring in items: a CSV or XLSX list, a workbook, or a package (zip or folder)", importItems},
		{"export items", "[--format csv|xlsx|package] [--body CODE] [--template] [-o FILE] [--data DIR] [--db URL]", "write the items in force, or an empty template, the same bytes each time", exportItems},
		{"catalog check", "DIR|FILE.zip", "name all that is wrong with a package, and the quality of each item", catalogCheck},
		{"verify-receipt", "--key KEY [--files DIR] FILE", "check an applicant's receipt, without database and network", verifyReceipt},
		{"import regions", "[--data DIR] [--db URL] FILE.csv", "bring in administrative divisions", importRegions},
		{"bench lights", "[--tasks N] [--times N] [--db URL] [--json]", "measure the light totals of all units beside so many open tasks", benchLights},
		{"bench verify", "[--entries N] [--db URL] [--json]", "measure verify on a ledger of so many entries", benchVerify},
		{"bench flow", "[--callers 256] [--cases N] [--db URL] [--json]", "measure the workflow in memory, judging drawings, and cases of a start and three approvals beside the same rows written bare", benchFlow},
		{"bench acts", "[--callers 1,64,256] [--cases N] [--profile DIR] [--db URL] [--json]", "measure acts on cases beside the same rows written bare", benchActs},
		{"bench", "[--clients N] [--for TIME] [--pages N] [--db URL] [--json]", "measure lives of cases through HTTP, or pages, on an empty database", bench},
		{"reset-password", "[--data DIR] [--db URL] LOGIN", "give a member of staff a first password, when no administrator can sign in", resetPassword},
		{"calendar due", "--from DATE --workdays N", "count working days from a date", calendarDue},
		{"law check", "FILE.jsonl", "play legal scenarios and name each that does not hold", lawCheck},
		{"flow check", "FILE.bpmn", "explore every way through a drawing and name what is wrong", flowCheck},
		{"flow run", "[--auto] [--no-law] FILE.bpmn", "run a drawing by events, one in JSON a line, and answer each", flowRun},
		{"routes", "", "list every route and the right that it asks for", routes},
		{"config", "", "print every setting with its value and meaning", printConfig},
		{"version", "", "say which version this is", version},
		{"help", "", "list the commands", help},
	}
}

// run is the program without the process: tests call it too.
func run(ctx context.Context, args []string, env func(string) (string, bool), stdin io.Reader, stdout, stderr io.Writer) error {
	p := program{env: env, stdin: stdin, stdout: stdout, stderr: stderr}
	line := strings.Join(args, " ") + " "
	for _, c := range commands() {
		if strings.HasPrefix(line, c.words+" ") {
			return c.do(ctx, p, args[len(strings.Fields(c.words)):])
		}
	}
	if len(args) == 0 || args[0] == "-h" || args[0] == "--help" {
		return help(ctx, p, nil)
	}
	var near []string // of the same group: "law" stands for "law check"
	for _, c := range commands() {
		if strings.HasPrefix(c.words, args[0]+" ") {
			near = append(near, fmt.Sprintf("%q", "onedoor "+c.words))
		}
	}
	if len(near) > 0 {
		return fmt.Errorf("%q is not a whole command; there is %s", strings.TrimSpace(line), strings.Join(near, ", "))
	}
	return fmt.Errorf("%q is not a command; \"onedoor help\" lists them", strings.TrimSpace(line))
}

func help(_ context.Context, p program, _ []string) error {
	fmt.Fprintln(p.stdout, "OneDoor 一门: a government service centre behind one door.")
	fmt.Fprintln(p.stdout)
	for _, c := range commands() {
		fmt.Fprintf(p.stdout, "  onedoor %s\n        %s\n", strings.TrimSpace(c.words+" "+c.use), c.help)
	}
	fmt.Fprintln(p.stdout, "\nSettings come from the environment: see \"onedoor config\". A flag goes before them.")
	return nil
}

// settings are flags that stand for settings of the environment.
type settings map[string]string

// flags returns a flag set whose --data, --db and --listen override the
// environment in what the returned settings then hold.
func (p program) flags(name string) (*flag.FlagSet, settings) {
	fs := flag.NewFlagSet("onedoor "+name, flag.ContinueOnError)
	fs.SetOutput(p.stderr)
	over := settings{}
	for flagName, f := range map[string]struct{ env, help string }{
		"data": {"ONEDOOR_DATA", "folder of the database, the files and the key"},
		"db":   {"ONEDOOR_DB", "an SQLite file or postgres://…"},
	} {
		fs.Func(flagName, f.help, func(v string) error { over[f.env] = v; return nil })
	}
	return fs, over
}

// config reads the settings, those of flags first.
func (p program) config(over settings) (app.Config, error) {
	return app.ReadConfig(func(name string) (string, bool) {
		if v, ok := over[name]; ok {
			return v, true
		}
		return p.env(name)
	})
}

// open assembles the program for a command that works on the database.
func (p program) open(ctx context.Context, over settings) (*app.App, error) {
	cfg, err := p.config(over)
	if err != nil {
		return nil, err
	}
	return app.New(ctx, cfg)
}

// exists reports an error where there is no database yet: what only looks at one
// must not make it.
func (p program) exists(over settings) error {
	cfg, err := p.config(over)
	if err != nil || db.IsPostgres(cfg.Database()) {
		return err
	}
	if _, err := os.Stat(cfg.Database()); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database at %s: name its folder by --data (or ONEDOOR_DATA)", cfg.Database())
	}
	return nil
}
