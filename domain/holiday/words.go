package holiday

import (
	"context"
	"strconv"

	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// enterWords names what the main button of a year does.
func enterWords(ctx context.Context, known bool, year int) string {
	if known {
		return i18n.T(ctx, "holiday.correct", "year", year)
	}
	return i18n.T(ctx, "holiday.enter", "year", year)
}

// input is one field of a row of the form.
func input(ctx context.Context, v formView, i int, part, value, kind string) ui.Input {
	name := part + "-" + strconv.Itoa(i)
	return ui.Input{Name: name, Kind: kind, Label: i18n.T(ctx, "holiday.row."+part), Value: value, Error: v.Wrong[name], Wide: true}
}
