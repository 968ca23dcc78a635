package cases

import (
	"embed"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/module"
)

// Schema holds the migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

//go:embed text/*.json
var texts embed.FS

// Module describes the capability.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "cases",
		Schema: Schema,
		Texts:  texts,
		Jobs:   []job.Kind{{Name: jobRecount, Limit: 4 * time.Minute, Do: s.recountJob}},
		Check:  s.Verify,
		Files:  []module.Files{listBlobs},
	}
}
