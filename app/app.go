// Package app assembles the capabilities into one program: the service centre
// behind one address.
//
// It knows the list of capabilities (modules.go), fills their func fields with
// one another's use cases, and owns what belongs to no capability: start and
// stop, sessions, language, the frame around pages, health and metrics.
package app

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/alexedwards/scs/v2"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/office"
	"onedoor.app/engine/event"
	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/engine/paper"
	"onedoor.app/engine/policy"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/observe"
	"onedoor.app/infra/secret"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

// texts holds the words of faults that no capability owns.
//
//go:embed text/*.json
var texts embed.FS

// App is the assembled program. Close it after use.
type App struct {
	Config  Config
	DB      *db.DB
	Modules []module.Module // in the order in which they were migrated

	services *services
	base     Base
	first    []func(context.Context) error // what Serve does behind the first requests
	words    *i18n.Bundle
	tree     *ledger.Tree
	rights   rights
	needs    map[string]string // pattern of each route to the right that it asks for
	sessions *scs.SessionManager
	server   *web.Server
	metrics  *observe.Metrics
	runner   *job.Runner
	mux      *http.ServeMux // the capabilities' routes
	handler  http.Handler
}

// Base is what every capability may be given.
type Base struct {
	Config Config
	DB     *db.DB
	Box    *secret.Box
	Blobs  blob.Store
	Fonts  *paper.Fonts
	Bus    *event.Bus
	Frame  ui.Frame
	// Tree seals the ledger.
	Tree *ledger.Tree
	// CasePolicy is who may do what to a case.
	CasePolicy *policy.Set
	// Flash leaves good news, already in the reader's language, for the next page.
	Flash func(ctx context.Context, text string)
}

// New opens and migrates the database and assembles the program. more adds
// capabilities from elsewhere, such as a ministry's own.
func New(ctx context.Context, cfg Config, more ...func(Base) module.Module) (_ *App, err error) {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	box, err := secret.OpenKeyFile(cfg.file("onedoor.key"))
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, cfg.Database())
	if err != nil {
		return nil, err
	}
	a := &App{Config: cfg, DB: d, words: &i18n.Bundle{}, metrics: observe.NewMetrics(), mux: http.NewServeMux()}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	a.sessions = newSessions(d, cfg.SecureCookies, func(w http.ResponseWriter, r *http.Request, err error) { a.server.Fail(w, r, err) })
	base := Base{
		Config: cfg, DB: d, Box: box, Blobs: blob.Folder{Dir: cfg.file("files")}, Fonts: paper.Open(), Bus: &event.Bus{},
		Frame: a.frame,
		Flash: func(ctx context.Context, text string) { a.sessions.Put(ctx, flashInKey, text) },
	}
	if base.CasePolicy, err = cases.NewPolicy(); err != nil {
		return nil, err
	}
	a.tree = &ledger.Tree{Witness: &ledger.Witness{Path: cmp.Or(cfg.Witness, cfg.file("ledger.checkpoint"))}}
	base.Tree = a.tree
	a.base = base
	a.services = newServices(a, base)
	if err := a.services.cases.Remedies.Check(); err != nil {
		return nil, err
	}
	a.Modules = a.services.modules()
	for _, add := range more {
		a.Modules = append(a.Modules, add(base))
	}
	if err := a.assemble(ctx, base.Bus); err != nil {
		return nil, err
	}
	if a.tree.Key, err = a.ledgerKey(ctx); err != nil {
		return nil, err
	}
	return a, a.sameRegion(ctx)
}

// sameRegion refuses a database of another place than the one that the program is
// set to serve: numbers of cases and departments of lists would take its code.
func (a *App) sameRegion(ctx context.Context) error {
	return a.DB.Read(ctx, func(tx *db.Tx) error {
		units, err := a.services.office.Units(tx)
		if err != nil {
			return err
		}
		for _, u := range units {
			if u.Kind == office.Bureau && !strings.HasPrefix(u.Division, a.Config.Region) {
				return fmt.Errorf("app: this centre serves the division %s, but ONEDOOR_REGION is %s: set it to the first six digits of the former", u.Division, a.Config.Region)
			}
		}
		return nil
	})
}

// ledgerKey opens the key that seals the ledger, and makes one for a ledger that
// was never sealed. Another key than that of the newest checkpoint would go on
// with a tree that nobody could check: it is refused.
func (a *App) ledgerKey(ctx context.Context) (*ledger.Key, error) {
	path, newest := a.Config.file("ledger.key"), ""
	if err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		newest, err = ledger.Newest(tx)
		return err
	}); err != nil {
		return nil, err
	}
	if newest == "" {
		return ledger.OpenKey(path, "onedoor."+a.Config.Region, ledger.Algorithm(a.Config.LedgerKey))
	}
	key, err := ledger.ReadKey(path)
	if err != nil {
		return nil, fmt.Errorf("app: the database is sealed with a key that is not in %s; put the key back: %w", path, err)
	}
	if _, err := key.Open(newest); err != nil {
		return nil, fmt.Errorf("app: the database is sealed with another key than that in %s; put the right key back", path)
	}
	return key, nil
}

// ground lists the machinery that keeps tables of its own.
func ground() []module.Module {
	return []module.Module{
		{Name: "auth", Schema: auth.Schema},
		{Name: "once", Schema: once.Schema},
		{Name: "job", Schema: job.Schema},
		{Name: "ledger", Schema: ledger.Schema},
		{Name: "search", Schema: search.Schema},
	}
}

// assemble migrates every module and connects its rights, words, events, jobs
// and routes.
func (a *App) assemble(ctx context.Context, bus *event.Bus) error {
	var err error
	if a.rights, err = newRights(a.Modules); err != nil {
		return err
	}
	if err := errors.Join(a.words.Add(texts), a.words.Add(ui.Texts)); err != nil {
		return err
	}
	a.runner = &job.Runner{DB: a.DB}
	for _, m := range append(ground(), a.Modules...) {
		if err := a.DB.Migrate(ctx, m.Name, m.Schema); err != nil {
			return err
		}
		if m.Texts != nil {
			if err := a.words.Add(m.Texts); err != nil {
				return fmt.Errorf("app: %s: %w", m.Name, err)
			}
		}
		bus.Add(m.Events...)
		a.runner.Register(m.Jobs...)
	}
	bus.Add(a.services.awaits()...)
	a.server = &web.Server{Page: a.services.portal.Trouble, SignIn: a.services.portal.AskSignIn}
	a.route()
	return nil
}

// Close ends the connections to the database.
func (a *App) Close() error { return a.DB.Close() }

// Handler is the whole site.
func (a *App) Handler() http.Handler { return a.handler }

// Verified is what a check of one capability, or of the ledger, has looked at.
type Verified struct {
	Name   string
	Counts []Counted // in the order in which they came
	Done   bool      // false while it goes on
	Err    error     // what does not hold
}

// Counted is how many of something were looked at: 300 cases.
type Counted struct {
	What string // an English plural
	N    int
}

// progressEvery is after how many things of a kind a check says how far it is.
const progressEvery = 5000

// Verify checks the ledger and every capability that has something to check,
// each on one snapshot, and returns everything that does not hold. It tells how
// far it is now and then, and each part once it is done.
func (a *App) Verify(ctx context.Context, tell func(Verified), kept ...ledger.Checkpoint) error {
	var errs []error
	seen, err := a.tree.Seen() // before the snapshot: the tree goes on growing
	if err != nil {
		return err
	}
	checks := []module.Module{{Name: "ledger", Check: a.checkLedger(append(kept, seen))}}
	for _, m := range append(checks, a.Modules...) {
		if m.Check == nil {
			continue
		}
		v := Verified{Name: m.Name}
		v.Err = a.advised(a.DB.Read(ctx, func(tx *db.Tx) error {
			v.Counts = nil
			return m.Check(tx, func(what string, n int) {
				if i := v.count(what, n); v.Counts[i].N/progressEvery > (v.Counts[i].N-n)/progressEvery {
					tell(v)
				}
			})
		}))
		v.Done = true
		tell(v)
		if v.Err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m.Name, v.Err))
		}
	}
	if err := a.verifyFiles(ctx, tell); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// VerifiedFiles is the name of the part of Verify that looks at files.
const VerifiedFiles = "files"

// filesAtOnce is how many files are listed at a time.
const filesAtOnce = 500

// verifyFiles reads every file to which a capability refers and compares it with the name that it has from its content.
func (a *App) verifyFiles(ctx context.Context, tell func(Verified)) error {
	v := Verified{Name: VerifiedFiles}
	var errs []error
	for _, m := range a.Modules {
		for _, files := range m.Files {
			if err := a.verifySome(ctx, m.Name, files, &v, tell); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", m.Name, err))
			}
		}
	}
	v.Err, v.Done = errors.Join(errs...), true
	tell(v)
	if v.Err != nil {
		return fmt.Errorf("%s: %w", v.Name, v.Err)
	}
	return nil
}

// verifySome reads the files of one kind up to the first that is not what it was. What many rows share is read once.
func (a *App) verifySome(ctx context.Context, name string, files module.Files, v *Verified, tell func(Verified)) error {
	shared := map[string]bool{}
	for after := int64(0); ; {
		var list []module.File
		if err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
			list, err = files(tx, after, filesAtOnce)
			return err
		}); err != nil || len(list) == 0 {
			return err
		}
		for _, f := range list {
			after = f.ID
			if shared[f.Blob] {
				continue
			}
			if err := a.verifyFile(ctx, f); err != nil {
				return err
			}
			if f.Of != "" {
				shared[f.Blob] = true
			}
			if i := v.count(name+" files", 1); v.Counts[i].N%progressEvery == 0 {
				tell(*v)
			}
		}
	}
}

// verifyFile reads a file and says what it is where it is missing or another.
func (a *App) verifyFile(ctx context.Context, f module.File) error {
	name := f.Of
	if name == "" {
		name = fmt.Sprintf("file %d", f.ID)
	}
	file, err := blob.Whole(ctx, a.base.Blobs, f.Blob)
	switch {
	case fault.Is(err, fault.Unknown):
		return fmt.Errorf("%s is missing: %w", name, err)
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	}
	return file.Close()
}

// count adds n to what and returns its place.
func (v *Verified) count(what string, n int) int {
	i := slices.IndexFunc(v.Counts, func(c Counted) bool { return c.What == what })
	if i < 0 {
		i = len(v.Counts)
		v.Counts = append(v.Counts, Counted{What: what})
	}
	v.Counts[i].N += n
	return i
}

// checkLedger finds the first entry of the ledger that was changed, removed or
// put elsewhere.
func (a *App) checkLedger(kept []ledger.Checkpoint) module.Check {
	return func(tx *db.Tx, count module.Count) error {
		_, _, err := ledger.Verify(tx, func(_ string, entries []ledger.Entry) error {
			count("chains", 1)
			count("entries", len(entries))
			return nil
		})
		if err != nil {
			return err
		}
		sealed, err := a.tree.Verify(tx, kept...)
		if sealed > 0 {
			kept := slices.DeleteFunc(slices.Clone(kept), func(c ledger.Checkpoint) bool { return c.Size == 0 })
			count("sealed entries", int(sealed))
			count("checkpoints kept elsewhere", len(kept))
		}
		return err
	}
}
