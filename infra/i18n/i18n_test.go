package i18n_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"onedoor.app/infra/i18n"
)

func texts(zh, en string) fstest.MapFS {
	return fstest.MapFS{"text/zh.json": {Data: []byte(zh)}, "text/en.json": {Data: []byte(en)}}
}

func bundle(t *testing.T) *i18n.Bundle {
	t.Helper()
	b := &i18n.Bundle{}
	if err := b.Add(texts(`{"left":"还剩{days}天","both":"{a}和{b}","only":"仅中文"}`, `{"left":"{days} days left","both":"{a} and {b}"}`)); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestText(t *testing.T) {
	t.Parallel()
	b := bundle(t)
	for _, tt := range []struct {
		lang, key string
		args      []any
		want      string
	}{
		{"zh", "left", []any{"days", 3}, "还剩3天"},
		{"en", "left", []any{"days", 3}, "3 days left"},
		{"en", "left", nil, "{days} days left"},
		{"en", "left", []any{"days"}, "{days} days left"},
		{"en", "both", []any{"b", "2", "a", "1"}, "1 and 2"},
		{"en", "both", []any{"a", "{b}", "b", "{a}"}, "{b} and {a}"}, // values are not read again
		{"en", "only", nil, "仅中文"},
		{"fr", "left", []any{"days", 1}, "还剩1天"},
		{"zh", "nobody.wrote", []any{"a", 1}, "nobody.wrote"},
	} {
		if got := b.Text(tt.lang, tt.key, tt.args...); got != tt.want {
			t.Errorf("%s %s %v: got %q, want %q", tt.lang, tt.key, tt.args, got, tt.want)
		}
	}
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"a key of another capability", texts(`{"left":"x"}`, `{}`), `"left" in zh`},
		{"also when only English has it twice", texts(`{}`, `{"both":"x"}`), `"both" in en`},
		{"what is not JSON", texts(`{"a":`, `{}`), "text/zh.json"},
		{"texts in groups", texts(`{}`, `{"a":{"b":"c"}}`), "text/en.json"},
		{"one language alone", fstest.MapFS{"text/zh.json": {Data: []byte(`{}`)}}, "en.json"},
	} {
		if err := bundle(t).Add(tt.files); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want it to name %s", tt.name, err, tt.want)
		}
	}
}

func TestTheLanguageTravelsWithTheContext(t *testing.T) {
	t.Parallel()
	b := bundle(t)
	for _, tt := range []struct{ asked, lang, want string }{
		{"en", "en", "3 days left"}, {"zh", "zh", "还剩3天"}, {"", "zh", "还剩3天"}, {"tlh", "zh", "还剩3天"},
	} {
		ctx := i18n.With(t.Context(), b, tt.asked)
		if got := i18n.T(ctx, "left", "days", 3); got != tt.want || i18n.Lang(ctx) != tt.lang {
			t.Errorf("%q: got %q in %q, want %q in %q", tt.asked, got, i18n.Lang(ctx), tt.want, tt.lang)
		}
	}
	if got := i18n.T(t.Context(), "left"); got != "left" || i18n.Lang(t.Context()) != i18n.Chinese {
		t.Errorf("without words: got %q in %q", got, i18n.Lang(t.Context()))
	}
}

func TestKeysAndHas(t *testing.T) {
	t.Parallel()
	b := bundle(t)
	if got, want := b.Keys("zh"), []string{"both", "left", "only"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if b.Has("en", "only") || !b.Has("zh", "only") {
		t.Error("Has falls back to Chinese, or misses it")
	}
}
