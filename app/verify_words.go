package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
)

// advised adds to what a check found, in both languages, what is to be done about it.
func (a *App) advised(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	var next []string
	for _, lang := range i18n.Languages() {
		next = append(next, i18n.T(i18n.With(context.Background(), a.words, lang), "app.verify.next"))
	}
	return fmt.Errorf("%w. %s", a.inBoth(err), strings.Join(next, " / "))
}

// inBoth says what a check found in both languages, the first language first, where it is a fault: what it is about and every
// part that differs. Any other error says itself.
func (a *App) inBoth(err error) error {
	if _, told := errors.AsType[*fault.Error](err); !told {
		return err
	}
	var said []string
	for _, lang := range i18n.Languages() {
		ctx := i18n.With(context.Background(), a.words, lang)
		text, parts := web.Words(ctx, err), []string{}
		for _, part := range web.FieldWords(ctx, err) {
			parts = append(parts, part)
		}
		slices.Sort(parts)
		if len(parts) > 0 {
			text = i18n.T(ctx, "app.verify.differs", "thing", text, "parts", strings.Join(parts, i18n.T(ctx, "app.verify.and")))
		}
		said = append(said, text)
	}
	return fmt.Errorf("%s (%w)", strings.Join(said, " / "), err)
}
