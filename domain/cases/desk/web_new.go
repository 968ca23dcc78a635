package desk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/party"
	"onedoor.app/engine/number"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// applicantView is the first step of receiving: who applies.
type applicantView struct {
	ui.Page
	Typed   party.Input
	Enrol   bool // the number is new: ask for the rest
	Clash   bool // the number is known under another name
	Weak    bool // only the check character of the code is wrong
	Wrong   map[string]string
	Summary []ui.Wrong
	Places  []ui.Option
}

func (p *Pages) askApplicant(w http.ResponseWriter, r *http.Request) error {
	return p.applicantPage(w, r, http.StatusOK, applicantView{Typed: party.Input{Kind: party.Person}})
}

func (p *Pages) applicantPage(w http.ResponseWriter, r *http.Request, code int, v applicantView) error {
	ctx := r.Context()
	v.Page = p.Frame(r, i18n.T(ctx, "desk.new.title"))
	v.Page.Path, v.Page.Wrong = root+"/new", len(v.Summary) > 0
	if v.Enrol {
		err := p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
			v.Places, err = p.places(tx, ctx, v.Typed.Division)
			return err
		})
		if err != nil {
			return err
		}
	}
	return web.Show(w, r, code, applicantPage(v))
}

// places are the townships and streets of the city, each after its county.
func (p *Pages) places(tx *db.Tx, ctx context.Context, chosen string) ([]ui.Option, error) {
	list := []ui.Option{{Text: i18n.T(ctx, "desk.enrol.division.none")}}
	all, err := p.Cases.Townships(tx)
	for _, d := range all {
		list = append(list, ui.Option{Value: d.Code, Text: d.Name, On: d.Code == chosen})
	}
	return list, err
}

// postFind looks a number up. It is posted, so that no number is in an address.
func (p *Pages) postFind(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	in := typedParty(r)
	if in.Number == "" {
		return p.wrongApplicant(w, r, applicantView{Typed: in}, fault.Fields{"number": "desk.number_missing"}.Err())
	}
	var found party.Party
	err := p.Cases.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		found, err = p.Cases.Party.FindByNumber(tx, in.Number)
		return err
	})
	if fault.Is(err, fault.Unknown) {
		return p.unknownNumber(w, r, in)
	}
	if err != nil {
		return err
	}
	if found.Assurance == party.Declared {
		return p.unknownNumber(w, r, in) // registered online by whoever: the window identifies those who stand here
	}
	return web.SeeOther(w, r, ApplicantPath(found.ID))
}

// unknownNumber asks for the rest about a number that nobody has yet, if it can
// be one.
func (p *Pages) unknownNumber(w http.ResponseWriter, r *http.Request, in party.Input) error {
	v := applicantView{Typed: in}
	err := checkNumber(&v.Typed)
	v.Weak = fault.Code(err) == "party.uscc_check"
	if err != nil && !v.Weak {
		return p.wrongApplicant(w, r, v, fault.Fields{"number": fault.Code(err)}.Err())
	}
	v.Enrol = true
	return p.applicantPage(w, r, http.StatusOK, v)
}

// checkNumber tells what is wrong with the number of in, whose kind it sets.
func checkNumber(in *party.Input) error {
	tidy := number.Tidy(in.Number)
	switch {
	case in.IDType == party.Passport:
		return nil
	case in.Kind == party.Organization:
		return party.CheckUSCC(tidy)
	default:
		_, err := party.ParseIDNumber(tidy)
		return err
	}
}

func (p *Pages) postEnrol(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	v := applicantView{Typed: typedParty(r), Enrol: true}
	var (
		added         party.Party
		cases, drafts int
	)
	err := p.Cases.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		if added, err = p.Cases.Party.Enrol(tx, auth.From(r.Context()), v.Typed); err == nil && added.TakenOver {
			cases, drafts, err = p.Cases.Left(tx, added.ID)
		}
		return err
	})
	if told(err) {
		v.Clash = fault.Code(err) == "party.name_differs"
		v.Weak = fault.Code(checkNumber(&v.Typed)) == "party.uscc_check"
		return p.wrongApplicant(w, r, v, err)
	}
	if err != nil {
		return err
	}
	if added.TakenOver {
		text := i18n.T(r.Context(), "desk.enrol.taken_over")
		if cases+drafts > 0 {
			text += i18n.T(r.Context(), "desk.enrol.taken_over.left", "cases", cases, "drafts", drafts)
		}
		return p.done(w, r, text, ApplicantPath(added.ID))
	}
	return web.SeeOther(w, r, ApplicantPath(added.ID))
}

// wrongApplicant shows the page again with what is wrong; nothing typed is lost.
func (p *Pages) wrongApplicant(w http.ResponseWriter, r *http.Request, v applicantView, err error) error {
	v.Wrong = web.FieldWords(r.Context(), err)
	for _, field := range []string{"kind", "id_type", "number", "name", "mobile", "division", "address", "legal_name", "legal_number"} {
		if words := v.Wrong[field]; words != "" {
			v.Summary = append(v.Summary, ui.Wrong{Field: field, Text: i18n.T(r.Context(), "desk.enrol."+field) + i18n.T(r.Context(), "desk.colon") + words})
		}
	}
	if len(v.Summary) == 0 {
		v.Summary = []ui.Wrong{{Field: "name", Text: web.Words(r.Context(), err)}}
	}
	return p.applicantPage(w, r, web.Status(err), v)
}

// typedParty is what was typed about an applicant.
func typedParty(r *http.Request) party.Input {
	f := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	in := party.Input{
		Kind: party.Kind(f("kind")), Name: f("name"), Number: f("number"), Mobile: f("mobile"), Address: f("address"),
		Division: f("division"), LegalName: f("legal_name"), LegalNumber: f("legal_number"), Override: f("override"),
	}
	switch f("kind") {
	case "passport": // a person without a number of this country
		in.Kind, in.IDType = party.Person, party.Passport
	case "":
		in.Kind = party.Person
	}
	return in
}

// kind is the value of the choice of who applies.
func (v applicantView) kind() string {
	if v.Typed.IDType == party.Passport {
		return "passport"
	}
	return string(v.Typed.Kind)
}

// ApplicantPath is where a window chooses what an applicant applies for.
func ApplicantPath(applicant int64) string {
	return root + "/new/item?party=" + strconv.FormatInt(applicant, 10)
}

// itemView is the second step of receiving: what is applied for.
type itemView struct {
	ui.Page
	Party party.Party
	Place string
	Query string
	Items []catalog.Entry
	Units map[string]string
	More  ui.More
	Key   string
}

func (p *Pages) askItem(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := itemView{Page: p.Frame(r, i18n.T(ctx, "desk.item.title")), Query: strings.TrimSpace(q.Get("q")), Units: map[string]string{}, Key: newKey()}
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Party, err = p.Cases.Party.Find(tx, whole(q.Get("party"))); err != nil {
			return err
		}
		path, err := p.Cases.Office.RegionPath(tx, v.Party.Division)
		if err != nil {
			return err
		}
		for _, region := range path {
			v.Place += region.Name
		}
		next := ""
		if v.Items, next, err = p.items(tx, v.Party.Kind, v.Query, q.Get("after")); err != nil {
			return err
		}
		for _, it := range v.Items {
			if unit, err := p.Cases.Office.Unit(tx, it.Body); err == nil {
				v.Units[it.Body] = unit.Name
			}
		}
		if next != "" {
			v.More.Text = i18n.T(ctx, "desk.more", "n", perPage)
			v.More.Href = ApplicantPath(v.Party.ID) + "&" + url.Values{"q": {v.Query}, "after": {next}}.Encode()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, itemPage(v))
}

// items finds what the applicant may apply for, or lists all of it.
func (p *Pages) items(tx *db.Tx, kind party.Kind, text, after string) (list []catalog.Entry, next string, err error) {
	if text == "" {
		who := catalog.WhoPerson
		if kind == party.Organization {
			who = catalog.WhoBody
		}
		return p.Cases.Catalog.Browse(tx, catalog.Filter{Who: who}, after, perPage)
	}
	// Searching does not narrow: an owner may apply for what the list gives to firms.
	hits, next, err := p.Cases.Catalog.Search(tx, text, catalog.Filter{}, after, perPage)
	for _, h := range hits {
		list = append(list, h.Entry)
	}
	return list, next, err
}

// postBegin opens the draft, or the one that is already open.
func (p *Pages) postBegin(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	d, err := p.Cases.Begin(r.Context(), auth.From(r.Context()), r.PostForm.Get("item"), whole(r.PostForm.Get("party")))
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, draftPath(d.ID))
}
