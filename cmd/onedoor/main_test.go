package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"onedoor.app/app"
	"onedoor.app/infra/db"
)

// commandLine runs the program on a data folder and returns what it printed.
func commandLine(t *testing.T, data string, args ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	err := run(t.Context(), args, environment(data), strings.NewReader(""), &out, io.Discard)
	return out.String(), err
}

func environment(data string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		switch name {
		case "ONEDOOR_DATA":
			return data, true
		case "ONEDOOR_LOG":
			return "error", true
		}
		return "", false
	}
}

// demo serves the sample city until the test ends and returns its address and
// what was printed at the start.
func demo(t *testing.T, data string) (base, printed string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"serve", "--demo", "--listen", "127.0.0.1:0"}, environment(data), strings.NewReader(""), write, os.Stderr)
		ended <- err
		_ = write.CloseWithError(io.EOF)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serve ended with %v", err)
		}
	})
	lines := bufio.NewScanner(read)
	for lines.Scan() {
		printed += lines.Text() + "\n"
		if strings.HasPrefix(lines.Text(), "  yc1039") { // the last account
			go func() { _, _ = io.Copy(io.Discard, read) }()
			break
		}
	}
	found := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(printed)
	if found == "" {
		t.Fatalf("it does not say where it serves: %q", printed)
	}
	return found, printed
}

type client struct {
	t    *testing.T
	base string
	http http.Client
}

func newClient(t *testing.T, base string) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, base: base, http: http.Client{Jar: jar, Timeout: 20 * time.Second}}
}

// do follows redirects and returns the page on which it ends.
func (c *client) do(method, path string, form url.Values) (*http.Response, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer, string(text)
}

// TestDemo starts the demonstration on an empty folder, walks in as each demo
// account, stops it, and starts it again on what is there.
func TestDemo(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	base, printed := demo(t, data)
	if !strings.Contains(printed, app.DemoPassword) {
		t.Error("the password is not printed")
	}
	if answer, page := newClient(t, base).do("GET", "/", nil); answer.StatusCode != http.StatusOK ||
		!strings.Contains(page, "您要办什么事") || !strings.Contains(page, `class="hero__often"`) {
		t.Errorf("the home page: %d\n%.500s", answer.StatusCode, page)
	}
	_, page := newClient(t, base).do("GET", "/sign-in", nil)
	logins := regexp.MustCompile(`<button class="btn" name="login" value="(\w+)">`).FindAllStringSubmatch(page, -1)
	if len(logins) < 10 {
		t.Fatalf("the sign-in page offers %d accounts", len(logins))
	}
	for _, found := range logins {
		login := found[1]
		name := regexp.MustCompile(`  ` + login + ` +([^　]+)`).FindStringSubmatch(printed)
		c := newClient(t, base)
		answer, page := c.do("POST", "/sign-in", url.Values{"login": {login}, "password": {app.DemoPassword}})
		if answer.StatusCode != http.StatusOK || len(name) < 2 || !strings.Contains(page, name[1]) {
			t.Errorf("%s lands on %s: %d, and the page does not name %v", login, answer.Request.URL.Path, answer.StatusCode, name)
		}
		if strings.HasPrefix(login, "yc") && answer.Request.URL.Path == "/" {
			t.Errorf("%s has no workbench", login)
		}
		if answer, _ := c.do("POST", "/sign-out", nil); answer.StatusCode != http.StatusOK {
			t.Errorf("%s cannot sign out: %d", login, answer.StatusCode)
		}
	}
}

// TestVerifyNamesWhatItProves counts what it has looked at, part by part, and
// says what does not hold.
func TestVerifyNamesWhatItProves(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	demo(t, data)
	out, err := commandLine(t, data, "verify")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		`(?m)^ledger: \d+ chains, [\d,]+ entries(, [\d,]+ sealed entries, [01] checkpoints kept elsewhere)?: ok$`, `(?m)^cases: .*: ok$`, `(?m)^certificate: \d+ certificates: ok$`,
		`(?m)^delivery: .*: ok$`, `(?m)^catalog: .*[\d,]+ versions compared with the evidence, .*\d+ entries of reform, \d+ seals, .*: ok$`,
		`(?m)^catalog: .*items compared with the lists, [\d,]+ versions measured, \d+ suspensions compared with the figures, .*compared word for word with the search: ok$`,
		`(?m)^party: \d+ parties, \d+ mandates: ok$`,
		`(?m)^office: \d+ units, \d+ posts, \d+ deputies, \d+ members of staff, \d+ windows: ok$`, `(?m)^files: .*: ok$`, `(?m)^proved: .*cases, certificate, delivery, oversight, party, office.* no file was lost or changed .*\.$`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("%s is not in\n%s", want, out)
		}
	}
	a, err := app.New(t.Context(), app.Config{Data: data, City: "云川市", Region: "379900", ReviewSite: "x", Hotline: "12345"})
	if err != nil {
		t.Fatal(err)
	}
	var key string
	for until := time.Now().Add(time.Minute); key == "" && err == nil && time.Now().Before(until); time.Sleep(50 * time.Millisecond) { // the cases are made behind the server
		err = a.DB.Read(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Maybe(`SELECT blob FROM cases_file ORDER BY id LIMIT 1`, nil, &key)
			return err
		})
	}
	if err = errors.Join(err, a.Close()); err != nil || key == "" {
		t.Fatal(err)
	}
	spoiled := filepath.Join(data, "files", key[:2], key)
	before, err := os.ReadFile(spoiled)
	if err = errors.Join(err, os.WriteFile(spoiled, []byte("another"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if out, err := commandLine(t, data, "verify"); err == nil || !regexp.MustCompile(`(?m)^files: .*: does not hold: .*spoiled`).MatchString(out) || strings.Contains(out, "proved") {
		t.Errorf("a file that was changed is not named: %v\n%s", err, out)
	}
	if err := os.WriteFile(spoiled, before, 0o600); err != nil {
		t.Fatal(err)
	}
	a, err = app.New(t.Context(), app.Config{Data: data, City: "云川市", Region: "379900", ReviewSite: "x", Hotline: "12345"})
	if err != nil {
		t.Fatal(err)
	}
	err = a.DB.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(`UPDATE party_mandate SET to_on = '2036-12-31'`) })
	if err = errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
	if out, err = commandLine(t, data, "verify"); err == nil || !regexp.MustCompile(`(?m)^party: .*: does not hold: .*mandate`).MatchString(out) || strings.Contains(out, "proved") || strings.Contains(err.Error(), "mandate") {
		t.Errorf("a damage is not named: %v\n%s", err, out)
	}
}

// TestTheSetupCodeStaysOutOfLogs starts where nobody works and no terminal listens: the code is in a file
// that only its owner reads, and the file goes once the centre is opened.
func TestTheSetupCodeStaysOutOfLogs(t *testing.T) {
	data := t.TempDir()
	a, err := app.New(t.Context(), app.Config{Data: data, DB: filepath.Join(data, "onedoor.db"), City: "云川市", Region: "379900", ReviewSite: "x", Hotline: "12345"})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close() //nolint:errcheck // nothing is written
	_, code, err := a.Setup(t.Context())
	if err != nil || code == "" {
		t.Fatalf("no code (%v)", err)
	}
	var out strings.Builder
	if err := (program{stdout: &out}).printSetup(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(data, "setup-code")
	if strings.Contains(out.String(), code) || !strings.Contains(out.String(), path) {
		t.Errorf("printed %q", out.String())
	}
	kept, err := os.ReadFile(path)
	if err != nil || strings.TrimSpace(string(kept)) != code {
		t.Errorf("the file holds %q (%v)", kept, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v (%v)", info, err)
	}
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

func TestDemoAccountsAreForDemos(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if out, err := commandLine(t, data, "verify"); err == nil || !strings.Contains(err.Error(), "there is no database") {
		t.Errorf("verify on an empty folder: %v\n%s", err, out)
	}
	if list, err := os.ReadDir(data); err != nil || len(list) > 0 {
		t.Errorf("verify leaves %d files in an empty folder (%v)", len(list), err)
	}
	a, err := app.New(t.Context(), app.Config{Data: data, DB: filepath.Join(data, "onedoor.db"), City: "云川市", Region: "379900", ReviewSite: "x", Hotline: "12345"})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if empty, err := a.Empty(t.Context()); err != nil || !empty {
		t.Errorf("an empty folder has accounts (%v)", err)
	}
	if out, err := commandLine(t, data, "verify"); err != nil || !strings.Contains(out, "ledger: nothing there: ok") || !strings.Contains(out, "\nproved: ") {
		t.Errorf("verify on an empty database: %v\n%s", err, out)
	}
}

func TestImportTwice(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	list := filepath.Join(data, "regions.csv")
	text := "code12,level,name,parent12\n370000000000,1,省,\n370200000000,2,市,370000000000\nbad,9,,\n"
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"2 added, 0 changed, 0 unchanged, 1 refused", "0 added, 0 changed, 2 unchanged, 1 refused"} {
		out, err := commandLine(t, data, "import", "regions", list)
		if !errors.Is(err, errRefused) || !strings.Contains(out, want) || !strings.Contains(out, "line 4") {
			t.Errorf("import %d: %v\n%s\nwant %s", i+1, err, out, want)
		}
	}
	city := "../../sample/yunchuan"
	for i, want := range []string{"70 added, 0 changed", "0 added, 0 changed, 70 unchanged"} {
		out, err := commandLine(t, data, "import", "items", city)
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("import %d: %v\n%s\nwant %s", i+1, err, out, want)
		}
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args string
		want string // in what it prints, or in the error
		fine bool
	}{
		{"calendar due --from 2026-09-28 --workdays 20", "2026-10-30\n", true},
		{"calendar due --from 2030-01-01 --workdays 5", "provisional", true},
		{"calendar due --from yesterday --workdays 5", "not a date", false},
		{"calendar due --from 2026-09-28 --workdays 0", "--workdays", false},
		{"routes", "GET /{$}", true},
		{"config", "ONEDOOR_LISTEN=127.0.0.1:8080", true},
		{"config", "ONEDOOR_DB=\n", true},
		{"config --db postgres://user:secret@host/db", "(set, hidden)", true},
		{"version", "onedoor", true},
		{"help", "onedoor import items", true},
		{"", "onedoor serve", true},
		{"import items", "wants one file", false},
		{"import items /no/such/file.csv", "no such file", false},
		{"fly", "not a command", false},
		{"law", `there is "onedoor law check"`, false},
		{"serve --listen nowhere", "ONEDOOR_LISTEN", false},
	} {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			out, err := commandLine(t, t.TempDir(), strings.Fields(tt.args)...)
			if (err == nil) != tt.fine {
				t.Fatalf("got error %v, want fine=%t", err, tt.fine)
			}
			if err != nil {
				out = err.Error()
			}
			if !strings.Contains(out, tt.want) || strings.Contains(out, "user:secret") {
				t.Errorf("got %q, want %q", out, tt.want)
			}
		})
	}
}
