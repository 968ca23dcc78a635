package catalog

import (
	"cmp"
	"net/http"

	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
)

// PreviewGuide shows the guide of an item that is not in force as applicants would see it, with a way back. It offers no
// application: there is nothing to apply for yet.
func (s *Service) PreviewGuide(w http.ResponseWriter, r *http.Request, it *Item, back string) error {
	v := guideView{
		Public: s.Public, Others: map[string]string{}, certificates: map[string]string{}, Item: it, Back: back,
		Need: it.Resolve(readAnswers(it, r.URL.Query())),
	}
	v.Answers = v.Need.Answers
	if err := s.DB.Read(r.Context(), func(tx *db.Tx) error { return s.fillGuide(tx, &v) }); err != nil {
		return err
	}
	ctx := r.Context()
	v.Page = s.Frame(r, i18n.T(ctx, "catalog.preview.title", "name", cmp.Or(it.Name, it.Code)))
	v.Page.Path = r.URL.RequestURI()
	return web.Show(w, r, http.StatusOK, guidePage(v))
}

// self is the address of the page itself.
func (v guideView) self() string {
	if v.Back != "" {
		return v.Back + "/guide"
	}
	return guidePath(v.Item.Code)
}
