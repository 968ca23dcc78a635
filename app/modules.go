package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/apply"
	"onedoor.app/domain/cases/clocks"
	"onedoor.app/domain/cases/desk"
	"onedoor.app/domain/cases/local"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/cases/work"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/booklet"
	"onedoor.app/domain/catalog/change"
	"onedoor.app/domain/catalog/directory"
	"onedoor.app/domain/catalog/editor"
	"onedoor.app/domain/catalog/inout"
	"onedoor.app/domain/catalog/library"
	openlists "onedoor.app/domain/catalog/open"
	"onedoor.app/domain/catalog/thesaurus"
	"onedoor.app/domain/certificate"
	"onedoor.app/domain/delivery"
	"onedoor.app/domain/exchange"
	"onedoor.app/domain/flow"
	"onedoor.app/domain/flow/migration"
	"onedoor.app/domain/holiday"
	"onedoor.app/domain/office"
	"onedoor.app/domain/oversight"
	"onedoor.app/domain/party"
	"onedoor.app/domain/portal"
	"onedoor.app/domain/supervision"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/module"
	"onedoor.app/ui"
)

// services are the capabilities with what they need of each other.
type services struct {
	office      *office.Service
	party       *party.Service
	catalog     *catalog.Service
	directory   *directory.Pages
	change      *change.Pages
	editor      *editor.Pages
	cases       *cases.Service
	certificate *certificate.Service
	delivery    *delivery.Service
	exchange    *exchange.Service
	flow        *flow.Service
	migration   *migration.Service
	holiday     *holiday.Service
	oversight   *oversight.Service
	apply       *apply.Pages
	desk        *desk.Pages
	work        *work.Pages
	watch       *supervision.Pages
	clocks      *clocks.Pages
	library     *library.Pages
	local       *local.Pages
	inout       *inout.Pages
	thesaurus   *thesaurus.Pages
	booklet     *booklet.Pages
	open        *openlists.Pages
	portal      *portal.Service

	base   Base
	centre atomic.Pointer[centre] // once it is known
	asked  atomic.Pointer[asked]  // for a while
}

// modules lists the capabilities in the order of the menu. A new one adds its
// line here and its fields in newServices.
func (s *services) modules() []module.Module {
	return []module.Module{
		s.portal.Module(),
		s.catalog.Module(),
		s.inout.Module(),
		s.directory.Module(),
		s.thesaurus.Module(),
		s.booklet.Module(),
		s.open.Module(),
		s.library.Module(),
		s.change.Module(),
		s.editor.Module(),
		s.flow.Module(),
		s.migration.Module(),
		s.cases.Module(),
		s.certificate.Module(),
		s.delivery.Module(),
		show.Module(),
		s.apply.Module(),
		s.desk.Module(),
		s.work.Module(),
		s.watch.Module(),
		s.oversight.Module(),
		s.clocks.Module(),
		s.party.Module(),
		s.office.Module(),
		s.holiday.Module(),
		s.exchange.Module(),
		s.local.Module(),
	}
}

// calendar is the calendar in force, for those made before it is kept.
func (s *services) calendar(tx *db.Tx) (*calendar.Calendar, error) { return s.holiday.Calendar(tx) }

func newServices(a *App, b Base) *services {
	s := &services{base: b}
	s.office = &office.Service{
		DB: b.DB, Box: b.Box, Calendar: s.calendar, Frame: b.Frame, Flash: b.Flash, Log: record,
		Opened:   a.forgetCode,
		Division: b.Config.Region + "000000", Opening: opening(b.Config), SignIn: a.signIn,
		Waiting:     func(tx *db.Tx) (map[string]int, error) { return s.catalog.Posts(tx) },
		Items:       func(tx *db.Tx) (int, error) { return s.catalog.Count(tx) },
		HallChanged: func() { s.centre.Store(nil) },
	}
	s.party = &party.Service{
		DB: b.DB, Box: b.Box, Frame: b.Frame, Flash: b.Flash, Log: record,
		MaySee: s.maySeeParty, Place: s.place, Places: s.townships, Known: s.township, ItemName: s.itemName, ItemCode: s.itemCode,
		SignIn: func(ctx context.Context, account int64) error { return a.signIn(ctx, auth.Account{ID: account}) },
		ActFor: a.actFor, Receive: desk.ApplicantPath,
	}
	s.catalog = &catalog.Service{
		DB: b.DB, Bus: b.Bus, Frame: b.Frame, Log: record, Flash: b.Flash, Blobs: b.Blobs,
		UnitName: s.unitName, PostName: s.postName, ThemeName: themeName, Hall: s.guideHall, Public: b.Config.PublicURL,
		Unit: func(tx *db.Tx, who auth.Actor, name, uscc string) (string, error) {
			return s.office.Adopt(tx, who, name, uscc, b.Config.Region+"000000")
		},
		Counter: catalog.Counter{Receive: b.Config.ReceivePost, Issue: b.Config.IssuePost},
		USCC:    s.creditCode, FindUnit: s.findUnit, UnitUSCC: s.unitUSCC,
		BodyOf: s.bodyOf, HasUnit: s.hasUnit, HasPost: func(tx *db.Tx, code string) bool { return s.postName(tx, code) != "" }, Sound: soundDrawing,
	}
	s.newFlow(b)
	s.inout = &inout.Pages{Catalog: s.catalog, Frame: b.Frame}
	s.directory = &directory.Pages{Catalog: s.catalog, Frame: b.Frame, Flash: b.Flash}
	s.catalog.Region = s.regionOf
	s.open = &openlists.Pages{Catalog: s.catalog, Frame: b.Frame, Flash: b.Flash, Units: s.unitOptions}
	s.cases = &cases.Service{
		DB: b.DB, Box: b.Box, Blobs: b.Blobs, Tree: b.Tree, Law: &cases.Law{Cal: calendar.Official()}, Policy: b.CasePolicy,
		Catalog: s.catalog, Office: s.office, Party: s.party, Events: b.Bus,
		Public: b.Config.PublicURL, Region: b.Config.Region,
		Remedies: cases.Remedies{
			Reviewer: b.Config.City + "人民政府", Site: b.Config.ReviewSite, Court: "有管辖权的人民法院",
			Supervisor: "本机关督查机构", Phone: b.Config.Hotline,
		},
	}
	s.newMigration(b)
	s.newExchange(b)
	s.holiday = &holiday.Service{DB: b.DB, Cases: s.cases, Frame: b.Frame, Flash: b.Flash, Also: oversight.AskRecount}
	s.cases.Calendar, s.cases.Dated = s.holiday.Calendar, s.holiday.Dated
	s.apply = &apply.Pages{Cases: s.cases, Frame: b.Frame, Fonts: b.Fonts, Hotline: b.Config.Hotline, Flash: b.Flash, Home: work.Home}
	s.desk = &desk.Pages{Cases: s.cases, Frame: b.Frame, Flash: b.Flash, Delivery: deliveryPath}
	s.work = &work.Pages{Cases: s.cases, Frame: b.Frame, Flash: b.Flash}
	s.watch = &supervision.Pages{Cases: s.cases, Frame: b.Frame, Act: work.Link}
	s.clocks = &clocks.Pages{Cases: s.cases, Frame: b.Frame, Home: work.Home}
	s.library = &library.Pages{Catalog: s.catalog, Frame: b.Frame, Flash: b.Flash}
	s.local = &local.Pages{Cases: s.cases, Frame: b.Frame, Flash: b.Flash}
	s.thesaurus = &thesaurus.Pages{Catalog: s.catalog, Frame: b.Frame, Flash: b.Flash}
	s.booklet = &booklet.Pages{Catalog: s.catalog, Frame: b.Frame, Fonts: b.Fonts, Blobs: blob.Folder{Dir: b.Config.file("booklets")}, Public: b.Config.PublicURL}
	s.catalog.Left = s.cases.Places
	s.change = &change.Pages{Catalog: s.catalog, Frame: b.Frame, Flash: b.Flash, Case: caseAtWork, Edit: editor.Path, Units: s.unitOptions}
	s.catalog.Say = s.change.Say(a.words)
	s.editor = &editor.Pages{Catalog: s.catalog, Frame: b.Frame, Flash: b.Flash, Units: s.unitOptions, Posts: s.postOptions}
	s.catalog.Left, s.catalog.Past, s.catalog.CountPast = s.cases.Places, s.cases.Past, s.cases.CountPast
	s.newResults(b)
	accounts := auth.NewAccounts(b.DB)
	accounts.Changed = passwordChanged
	s.portal = &portal.Service{
		Accounts: accounts, Frame: b.Frame, Words: a.words,
		Begin: a.signIn, End: a.signOut, Opens: a.opens, Entry: a.entry,
		WhoIs: func(ctx context.Context, account int64) (auth.Actor, error) {
			p, err := a.whoIs(ctx, account, 0, false)
			return p.actor, err
		},
		MustChange: mustChange, Own: s.ownNumbers, Flash: b.Flash,
		Logins: func(typed string) []string { return []string{typed, s.party.Login(typed)} },
		Hall:   s.hall, Decisions: s.decisions,
		Mine: s.mine,
	}
	s.party.Carrier = party.Carrier{Fields: portal.Carrying, Resume: s.portal.Resume}
	if b.Config.Demo {
		s.portal.Demo = s.demo
	}
	return s
}

// opening are the posts that a new bureau begins with: those that an imported list
// of items will name, and the one that imports it.
func opening(cfg Config) []office.Post {
	posts := []office.Post{{Code: ".catalog", Name: "事项管理岗", Kind: office.Catalog}}
	if cfg.ReceivePost != "" {
		posts = append(posts, office.Post{Code: cfg.ReceivePost, Name: "综合窗口岗", Kind: office.Receive})
	}
	if cfg.IssuePost != "" {
		posts = append(posts, office.Post{Code: cfg.IssuePost, Name: "制证岗", Kind: office.Issue})
	}
	return posts
}

// record keeps a rare act as evidence in the chain of what it is about.
func record(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
	return ledger.Log(tx, about, who, ledger.Draft{Act: act, Body: facts})
}

// passwordChanged keeps as evidence that somebody has changed their password, and
// whether they had to.
func passwordChanged(tx *db.Tx, a auth.Account) error {
	who, about := auth.Actor{ID: a.ID, Kind: a.Kind, Staff: a.Subject}, office.StaffChain(a.Subject)
	if a.Kind == auth.Applicant {
		who.Staff, who.Party = 0, a.Subject
		about = party.Chain(a.Subject)
	}
	return record(tx, who, "auth.password_changed", about, map[string]bool{"issued": a.MustChange})
}

// maySeeParty reports whether who may see some case of a party.
func (s *services) maySeeParty(tx *db.Tx, who auth.Actor, party int64) (bool, error) {
	list, _, err := s.cases.Recent(tx, who, cases.Filter{Party: party}, cases.Key{}, 1)
	return len(list) > 0, err
}

// person loads whom an account belongs to, and the line below their name.
// principal is the party that an applicant chose to act for, 0 for themselves.
func (s *services) person(tx *db.Tx, account auth.Account, principal int64) (p person, err error) {
	if account.Kind == auth.Staff {
		if p.actor, err = s.office.Actor(tx, account.Subject); err != nil {
			return p, err
		}
		p.actor.Staff = account.Subject
		p.line, err = s.postLine(tx, p.actor)
		return p, err
	}
	if p.actor, err = s.party.Actor(tx, account.Subject); err != nil {
		return p, err
	}
	if principal != 0 {
		if p.actor, err = s.party.Acting(tx, p.actor, principal); err != nil {
			return p, err
		}
	}
	if p.actor.For != 0 {
		names, err := s.party.Names(tx, p.actor.For)
		if err != nil {
			return p, err
		}
		p.line = names[p.actor.For]
	}
	return p, nil
}

// ownNumbers are the numbers of a person that make a bad password.
func (s *services) ownNumbers(ctx context.Context, who auth.Actor) (own []string, err error) {
	if who.Kind != auth.Applicant {
		return nil, nil // the login of staff is their number
	}
	err = s.base.DB.Read(ctx, func(tx *db.Tx) error {
		p, err := s.party.Find(tx, who.Party)
		own = []string{p.Number, p.Mobile}
		return err
	})
	return own, err
}

// postLine is where somebody works and as what: "食药卫健审批科　审查岗".
func (s *services) postLine(tx *db.Tx, who auth.Actor) (string, error) {
	unit, err := s.office.Unit(tx, who.Unit)
	if err != nil {
		return "", err
	}
	line := []string{unit.Name}
	for _, held := range who.Posts {
		if held.Deputy != 0 {
			continue
		}
		post, err := s.office.Post(tx, held.Code)
		if err != nil {
			return "", err
		}
		line = append(line, post.Name)
	}
	return strings.Join(line, "　"), nil
}

// unitName is the name of a unit, its code when there is none.
func (s *services) unitName(tx *db.Tx, code string) string {
	if unit, err := s.office.Unit(tx, code); err == nil {
		return unit.Name
	}
	return code
}

// hasUnit reports whether there is a unit of a code.
func (s *services) hasUnit(tx *db.Tx, code string) bool {
	_, err := s.office.Unit(tx, code)
	return err == nil
}

// findUnit is the unit that a department of a list is, "" while there is none.
func (s *services) findUnit(tx *db.Tx, name, uscc string) (string, error) {
	return s.office.Adopted(tx, name, uscc)
}

// unitUSCC is the credit code of the body that a department is, "" for other units.
func (s *services) unitUSCC(tx *db.Tx, code string) string {
	if unit, err := s.office.Unit(tx, code); err == nil && unit.Kind == office.Department {
		return unit.Body
	}
	return ""
}

// bodyOf is the unit in whose name a unit acts: the nearest one above a section that is a body of its own.
func (s *services) bodyOf(tx *db.Tx, code string) string {
	at := code
	for range 8 { // units lie in each other only so deep
		unit, err := s.office.Unit(tx, at)
		switch {
		case err != nil:
			return code
		case unit.Kind != office.Section || unit.Parent == "":
			return at
		}
		at = unit.Parent
	}
	return code
}

// creditCode is the credit code of the body that a unit belongs to.
func (s *services) creditCode(tx *db.Tx, code string) (string, error) {
	unit, err := s.office.Unit(tx, code)
	return unit.Body, err
}

// regionOf is the division of a unit with its name, "" for what is no unit.
func (s *services) regionOf(tx *db.Tx, code string) (division, name string) {
	unit, err := s.office.Unit(tx, code)
	if err != nil || unit.Division == "" {
		return "", ""
	}
	path, err := s.office.RegionPath(tx, unit.Division)
	if err != nil || len(path) == 0 {
		return unit.Division, unit.Division
	}
	return unit.Division, path[len(path)-1].Name
}

// unitOptions are the units of the centre, for forms.
func (s *services) unitOptions(tx *db.Tx) (list []ui.Option, err error) {
	all, err := s.office.Units(tx)
	for _, u := range all {
		list = append(list, ui.Option{Value: u.Code, Text: u.Name})
	}
	return list, err
}

// postOptions are the posts that work on cases, for the steps of items.
func (s *services) postOptions(tx *db.Tx) (list []editor.Post, err error) {
	all, err := s.office.Posts(tx)
	for _, p := range all {
		list = append(list, editor.Post{Code: p.Code, Unit: p.Unit, Name: p.Name})
	}
	return list, err
}

// soundDrawing reports whether every way through a drawing leads to one decision and no other, and whatever is notified has
// a name.
func soundDrawing(source []byte) bool {
	d, err := workflow.Compile(source)
	return err == nil && cases.Carries(d) && CheckFlow(d).Sound() &&
		!slices.ContainsFunc(d.Nodes(), func(n *workflow.Node) bool { return n.Kind == workflow.ServiceTask && n.Service() == "" })
}

// postName is the name of a post, "" when there is none.
func (s *services) postName(tx *db.Tx, code string) string {
	post, err := s.office.Post(tx, code)
	if err != nil {
		return ""
	}
	return post.Name
}

// guideHall is where and when people may come, for guide pages.
func (s *services) guideHall(tx *db.Tx) (catalog.Hall, error) {
	place, err := s.office.Hall(tx)
	if fault.Is(err, fault.Unknown) {
		return catalog.Hall{}, nil
	}
	return catalog.Hall{Name: place.Name, Address: place.Address, Hours: openingHours(tx.Context(), place.Hours), Phone: s.base.Config.Hotline}, err
}

// place names a division with those above it, from the city down.
func (s *services) place(tx *db.Tx, division string) (string, error) {
	path, err := s.office.RegionPath(tx, division)
	if err != nil {
		return "", err
	}
	var name strings.Builder
	for _, r := range path {
		name.WriteString(r.Name)
	}
	return name.String(), nil
}

// townships are the places where somebody who registers may live.
func (s *services) townships(tx *db.Tx) (list []ui.Option, err error) {
	all, err := s.cases.Townships(tx)
	for _, d := range all {
		list = append(list, ui.Option{Value: d.Code, Text: d.Name})
	}
	return list, err
}

// township reports whether a division is one of the townships.
func (s *services) township(tx *db.Tx, division string) (bool, error) {
	return s.cases.Township(tx, division)
}

// caseAtWork is the page of a case for somebody of the staff, "" for those who work with
// none.
func caseAtWork(who auth.Actor, caseID int64) string {
	if path := work.Home(who, caseID); path != "/" {
		return path
	}
	return ""
}

// deliveryPath is the page where who hands over the result of a case, "" for
// those who hand nothing over.
func deliveryPath(who auth.Actor, caseID int64) string {
	if !who.May(delivery.RightHand) {
		return ""
	}
	return "/delivery/" + strconv.FormatInt(caseID, 10)
}
