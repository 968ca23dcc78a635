package party

import (
	"crypto/rand"
	"net/http"
	"strconv"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// AccountPath is where a window opens the account of a party that stands there.
func AccountPath(party int64) string { return "/parties/" + strconv.FormatInt(party, 10) + "/account" }

// accountView asks for the number on the paper, then shows a first password.
type accountView struct {
	ui.Page
	Party   Party
	Issued  *Issued
	Back    string
	Key     string
	Trouble string
	Wrong   map[string]string
}

func (s *Service) showAccount(w http.ResponseWriter, r *http.Request) error {
	return s.accountPage(w, r, http.StatusOK, accountView{})
}

func (s *Service) accountPage(w http.ResponseWriter, r *http.Request, code int, v accountView) error {
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) { v.Party, err = s.Find(tx, pathID(r)); return err })
	if err != nil {
		return err
	}
	if s.Receive != nil {
		v.Back = s.Receive(v.Party.ID)
	}
	v.Key = rand.Text()
	v.Page = s.Frame(r, i18n.T(r.Context(), "party.account.title"))
	v.Page.Path, v.Page.Wrong = AccountPath(v.Party.ID), v.Trouble != ""
	return web.Show(w, r, code, accountPage(v))
}

// postAccount answers with the password itself, which stands nowhere else: neither
// in an address nor in a session nor in a table.
func (s *Service) postAccount(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx := r.Context()
	issued, err := s.IssueAccount(ctx, auth.From(ctx), r.PostForm.Get("_key"), pathID(r), r.PostForm.Get("number"))
	if mendable(err) {
		return s.accountPage(w, r, web.Status(err), accountView{Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	}
	if err != nil {
		return err
	}
	return s.accountPage(w, r, http.StatusOK, accountView{Issued: &issued})
}
