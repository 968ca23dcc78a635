package editor

import (
	"context"
	"net/http"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// What the result looks like (结果样本): a picture or a document that people see on the guide before they apply.

// resultSample stands for it among files: the name of its row, and what the button that takes it away says.
const resultSample = "result"

func samplePath(id int64) string { return sectionPath(id, "service") + "/sample" }

func (p *Pages) sendSample(w http.ResponseWriter, r *http.Request) error {
	c, err := p.draft(r)
	if err != nil {
		return err
	}
	if c.Item.Result.Sample == nil {
		return fault.New(fault.Unknown, "catalog.file.none")
	}
	return p.Catalog.SendFile(w, r, *c.Item.Result.Sample)
}

func (p *Pages) postSample(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	file, err := p.takeFile(r)
	if err == nil {
		_, err = p.edit(r, func(it *catalog.Item) error {
			it.Result.Sample = &file
			return nil
		})
	}
	if told(err) {
		s, _ := known("service")
		c, readErr := p.draft(r)
		if readErr != nil {
			return readErr
		}
		return p.page(w, r, web.Status(err), view{shown: c.Item, Trouble: web.Words(ctx, err), File: resultSample}, s)
	}
	if err != nil {
		return err
	}
	p.tell(ctx, "editor.saved")
	return web.SeeOther(w, r, sectionPath(idOf(r), "service")+"#files")
}

// resultFile is the row of the sample.
func (v view) resultFile(ctx context.Context) []ui.Material {
	return []ui.Material{v.fileRow(ctx, resultSample, labelOf(ctx, "result.sample"), samplePath(v.Change.ID), sectionPath(v.Change.ID, "service"), v.Item.Result.Sample)}
}
