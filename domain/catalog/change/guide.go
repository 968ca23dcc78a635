package change

import (
	"net/http"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/web"
)

// previewed reports whether a change has a guide to look at: what is not complete yet cannot be shown, what is in force
// has its own.
func previewed(c *catalog.Change) bool {
	return c.State == catalog.ChangeSubmitted || c.State == catalog.ChangeApproved
}

// showGuide shows the guide as it will be when the change is in force.
func (p *Pages) showGuide(w http.ResponseWriter, r *http.Request) error {
	var c *catalog.Change
	if err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		c, err = p.Catalog.Change(tx, idOf(r))
		return err
	}); err != nil {
		return err
	}
	if !previewed(c) {
		return web.SeeOther(w, r, catalog.ChangePath(c.ID))
	}
	return p.Catalog.PreviewGuide(w, r, c.Item, catalog.ChangePath(c.ID))
}
