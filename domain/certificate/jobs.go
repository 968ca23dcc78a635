package certificate

import (
	"context"

	"onedoor.app/engine/job"
)

const jobRender = "certificate.render"

// rendering is the body of the job that makes a file.
type rendering struct {
	ID int64 `json:"id"`
}

func (s *Service) jobs() []job.Kind {
	return []job.Kind{{Name: jobRender, Do: func(ctx context.Context, body []byte) error {
		want, err := job.Decode[rendering](body)
		if err != nil {
			return err
		}
		return s.Render(ctx, want.ID)
	}}}
}
