package office

import (
	"net/http"
	"strings"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// SetupPath is where a centre is opened; the terminal prints it. The code is
// typed in there, because addresses end up in histories and logs.
const SetupPath = "/setup"

const startPath = "/admin/start"

// setupPace is how often a code may be tried from one address.
var setupPace = web.Pace{Burst: 10, Every: time.Minute}

// setupView is the form that opens a centre.
type setupView struct {
	ui.Page
	Typed   FirstStart
	Trouble string
	Wrong   map[string]string
}

func (v setupView) summary() []ui.Wrong {
	return summary(v.Trouble, v.Wrong, "code", "bureau", "uscc", "division", "name", "no", "password", "password_again")
}

func (s *Service) showSetup(w http.ResponseWriter, r *http.Request) error {
	var unopened bool
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) { unopened, err = noStaff(tx); return err })
	if err != nil {
		return err
	}
	if !unopened {
		return s.setupDone(w, r, http.StatusNotFound)
	}
	return s.setupPage(w, r, http.StatusOK, setupView{Typed: FirstStart{Division: strings.TrimSuffix(s.Division, "000000")}})
}

func (s *Service) setupPage(w http.ResponseWriter, r *http.Request, code int, v setupView) error {
	v.Page = s.Frame(r, i18n.T(r.Context(), "office.setup.title"))
	v.Page.Path, v.Page.Wrong = SetupPath, v.Trouble != ""
	return web.Show(w, r, code, setupPage(v))
}

// setupDone says that the centre is open.
func (s *Service) setupDone(w http.ResponseWriter, r *http.Request, code int) error {
	p := s.Frame(r, i18n.T(r.Context(), "office.setup.done"))
	p.Path = "/"
	return web.Show(w, r, code, setupDonePage(p))
}

func (s *Service) postSetup(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	if !s.knocks.May(web.Client(r), setupPace, s.DB.Now()) {
		return fault.New(fault.TooMany, "office.setup_slow")
	}
	v := setupView{Typed: FirstStart{
		Code: f.Get("code"), Bureau: f.Get("bureau"), USCC: f.Get("uscc"), Division: f.Get("division"),
		Name: f.Get("name"), No: f.Get("no"), Password: f.Get("password"),
	}}
	var account auth.Account
	err := error(nil)
	if f.Get("password") != f.Get("password_again") {
		bad := fault.Fields{}
		bad.Need(false, "password_again", "auth.password_twice")
		err = bad.Err()
	} else {
		account, err = s.SetUp(ctx, v.Typed)
	}
	if fault.Is(err, fault.Invalid) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return s.setupPage(w, r, web.Status(err), v)
	}
	if fault.Is(err, fault.Conflict) {
		return s.setupDone(w, r, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	if s.SignIn == nil {
		return web.SeeOther(w, r, "/sign-in")
	}
	if err := s.SignIn(ctx, account); err != nil {
		return err
	}
	return s.done(w, r, "office.done.setup", startPath)
}

// step is one thing to do before the doors open.
type step struct {
	Text, Note, Href, Go string // text keys but for Href
	Count                int
	Done                 bool
}

// startView is what to do next, and what is done.
type startView struct {
	ui.Page
	Steps []step
	Open  bool // everything is done
}

func (s *Service) showStart(w http.ResponseWriter, r *http.Request) error {
	v := startView{Page: s.Frame(r, i18n.T(r.Context(), "office.start.title")), Open: true}
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) { v.Steps, err = s.steps(tx); return err })
	if err != nil {
		return err
	}
	for _, st := range v.Steps {
		v.Open = v.Open && st.Done
	}
	return web.Show(w, r, http.StatusOK, startPage(v))
}

func (s *Service) steps(tx *db.Tx) ([]step, error) {
	units, err := listUnits(tx)
	if err != nil {
		return nil, err
	}
	seats, err := s.Seats(tx)
	if err != nil {
		return nil, err
	}
	waiting, err := s.waiting(tx)
	if err != nil {
		return nil, err
	}
	vacant, stuck, keeper := 0, 0, false
	for _, seat := range seats {
		if len(seat.Holders) == 0 {
			vacant++
			if waiting[seat.Post.Code] > 0 {
				stuck++
			}
		}
		keeper = keeper || seat.Post.Kind == Catalog && len(seat.Holders) > 0
	}
	people, err := countPeople(tx)
	if err != nil {
		return nil, err
	}
	hall, err := s.Hall(tx)
	if err != nil && !fault.Is(err, fault.Unknown) {
		return nil, err
	}
	regions, err := listRegions(tx, "")
	if err != nil {
		return nil, err
	}
	items := 0
	if s.Items != nil {
		if items, err = s.Items(tx); err != nil {
			return nil, err
		}
	}
	return []step{
		{"office.start.units", "office.start.units.note", unitsPath, "office.units.title", len(units), len(units) > 1},
		{"office.start.posts", "office.start.posts.note", postsPath, "office.title", len(seats), len(seats) > 1},
		{"office.start.people", "office.start.people.note", peoplePath, "office.people.title", people, people > 1},
		{"office.start.vacant", "office.start.vacant.note", postsPath + "?vacant=1", "office.start.vacant.go", vacant, len(seats) > 1 && stuck == 0 && keeper},
		{"office.start.hall", "office.start.hall.note", hallPath, "office.hall.title", len(hall.Windows), len(hall.Windows) > 0},
		{"office.start.regions", "office.start.regions.note", "", "", len(regions), len(regions) > 0},
		{"office.start.items", "office.start.items.note", "", "", items, items > 0},
	}, nil
}
