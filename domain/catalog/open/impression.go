package open

import (
	"errors"
	"io"
	"net/http"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/web"
)

func impressionPath(seal int64) string { return sealPath(seal) + "/impression" }

func (p *Pages) sendImpression(w http.ResponseWriter, r *http.Request) error {
	return p.Catalog.SendImpression(w, r, auth.From(r.Context()), numberOf(r))
}

// postImpression gives a seal a picture. The parts are read as they come; the picture is the last.
func (p *Pages) postImpression(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), numberOf(r)
	err := p.takeImpression(r, id)
	if refused(err) || fault.Is(err, fault.TooLarge) {
		words := web.Words(ctx, err)
		v := sealView{Seal: catalog.Seal{ID: id}, Typed: map[string]string{}, Trouble: words, Wrong: map[string]string{"picture": words}}
		return p.sealPage(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	p.flash(ctx, "seal.picture.done")
	return web.SeeOther(w, r, sealPath(id))
}

func (p *Pages) takeImpression(r *http.Request, seal int64) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "request.malformed")
	}
	key := ""
	for {
		part, err := parts.NextPart()
		switch {
		case large(err):
			return tooLarge()
		case err != nil || part.FormName() == "picture" && part.FileName() == "":
			return fault.New(fault.Invalid, "open.seal.no_picture")
		case part.FormName() == "_key":
			text, err := io.ReadAll(io.LimitReader(part, 200)) // keys are shorter
			if err != nil {
				return fault.New(fault.Invalid, "request.malformed")
			}
			key = string(text)
		case part.FormName() == "picture":
			if err := p.Catalog.AddImpression(r.Context(), auth.From(r.Context()), key, seal, part); !large(err) {
				return err
			}
			return tooLarge()
		}
	}
}

func large(err error) bool {
	_, is := errors.AsType[*http.MaxBytesError](err)
	return is
}

func tooLarge() error {
	return fault.New(fault.TooLarge, "catalog.seal.picture_large", "megabytes", catalog.MaxImpression>>20)
}
