package change

import (
	"net/http"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
)

// showGuide shows the guide as it will be when the change is in force.
func (p *Pages) showGuide(w http.ResponseWriter, r *http.Request) error {
	var c *catalog.Change
	if err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		c, err = p.Catalog.Change(tx, idOf(r))
		return err
	}); err != nil {
		return err
	}
	return p.Catalog.PreviewGuide(w, r, c.Item, catalog.ChangePath(c.ID))
}
