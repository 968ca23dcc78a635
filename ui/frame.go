package ui

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/a-h/templ"
)

// htmxConfig keeps htmx inside the content security policy (no style element or attribute, no eval), keeps pages with
// personal data out of the browser's storage, and swaps the answers that carry a form back with its
// errors (422) or a page that has gone stale (409).
const htmxConfig = `{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true,` +
	`"attributesToSettle":["class","width","height"],` +
	`"historyCacheSize":0,"refreshOnHistoryMiss":true,"scrollIntoViewOnBoost":false,` +
	`"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},` +
	`{"code":"4(09|22)","swap":true},{"code":"[45]..","swap":false,"error":true}]}`

// size marks the page for large type.
func (p Page) size() templ.Attributes {
	if p.Elder {
		return templ.Attributes{"data-size": "elder"}
	}
	return nil
}

func (p Page) home() string {
	if p.User != nil && p.User.Home != "" {
		return p.User.Home
	}
	return "/"
}

// commonKeys work on every page of the staff.
func commonKeys(ctx context.Context) []Key {
	return []Key{
		{"J ↓", say(ctx, "ui.keys.next")},
		{"K ↑", say(ctx, "ui.keys.previous")},
		{say(ctx, "ui.keys.enter"), say(ctx, "ui.keys.open")},
		{"/", say(ctx, "ui.keys.search")},
		{"?", say(ctx, "ui.keys.list")},
		{"Esc", say(ctx, "ui.keys.back")},
	}
}

// contourPaths morphs one curve into another in eleven steps.
var contourPaths = func() (paths []string) {
	for i := range 11 {
		k := float64(i)
		paths = append(paths, fmt.Sprintf("M-10 %.0f C 180 %.0f, 330 %.0f, 560 %.0f S 940 %.0f, 1130 %.0f S 1380 %.0f, 1450 %.0f",
			150+9*k, 70+17*k, 236-2*k, 166+8*k, 96+15*k, 150+9*k, 190+4*k, 120+12*k))
	}
	return paths
}()

// scriptWords are the sentences that app.js says by itself, as JSON.
func scriptWords(ctx context.Context) string {
	all := map[string]string{"signinHref": page(ctx).SignIn}
	for name, key := range map[string]string{
		"saved": "ui.saved", "saving": "ui.saving", "unsaved": "ui.unsaved", "restored": "ui.restored",
		"expired": "ui.expired", "signin": "ui.signin.again", "stale": "ui.stale",
		"offline": "ui.offline", "failed": "ui.failed",
	} {
		all[name] = say(ctx, key)
	}
	raw, err := json.Marshal(all) // sorts its keys, so pages are the same bytes each time
	if err != nil {
		return "{}" // strings always marshal
	}
	return string(raw)
}
