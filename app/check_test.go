package app

import (
	"testing"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
)

// TestEveryDrawingOfTheSampleCityIsSound checks the flow of every item as
// "onedoor flow check" would.
func TestEveryDrawingOfTheSampleCityIsSound(t *testing.T) {
	t.Parallel()
	a := openApp(t, t.TempDir(), "")
	if _, err := a.ImportItems(t.Context(), "../sample/yunchuan", i18n.English, nil); err != nil {
		t.Fatal(err)
	}
	var sources []string
	err := a.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		sources, err = db.All(tx, func(s *string) []any { return []any{s} }, `SELECT source FROM catalog_flow`)
		return err
	})
	if err != nil || len(sources) < 10 {
		t.Fatalf("%d drawings (%v)", len(sources), err)
	}
	for _, source := range sources {
		d, err := workflow.Compile([]byte(source))
		if err != nil {
			t.Error(err)
			continue
		}
		if r := CheckFlow(d); !r.Sound() {
			t.Errorf("%s %s: %v\n%s", d.ID(), d.Name(), r.Findings, source)
		}
	}
}
