package catalog

import (
	"encoding/json"
	"net/http"

	"onedoor.app/infra/db"
)

// showForm answers GET /items/{code}/form.json: the form that the answers in the query ask
// for, as JSON Schema, for whoever fills in applications by program.
func (s *Service) showForm(w http.ResponseWriter, r *http.Request) error {
	var form JSONForm
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error {
		it, err := s.Current(tx, r.PathValue("code"))
		if err == nil {
			form = it.FormSchema(it.Resolve(readAnswers(it, r.URL.Query())))
		}
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/schema+json")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(form)
}
