// Package work is the pages of those who review and decide (审查、决定): the list
// of what waits at their posts, the case page with the materials at the left, the
// document in the middle and the opinion at the right, and what they have done.
//
// It holds no rule and no SQL: every act is a use case of cases, and why an act
// is not possible is what cases answers.
package work

import (
	"context"
	"crypto/rand"
	"strconv"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// Pages serves the pages. Give it its fields before the first request.
type Pages struct {
	Cases *cases.Service
	Frame ui.Frame
	// Flash leaves good news for the next page; nil leaves none.
	Flash func(ctx context.Context, text string)
	// Overseen is what regulators were told of a case that was granted; nil: nobody is told.
	Overseen func(tx *db.Tx, id int64) ([]ui.Fact, error)
}

// The addresses of the pages.
const (
	inboxPath   = "/work"
	specialPath = "/work/special"
	donePath    = "/work/done"
)

func casePath(id int64) string { return inboxPath + "/" + strconv.FormatInt(id, 10) }

// newKey makes a form's act happen once.
func newKey() string { return rand.Text() }

// few is how many rows a list shows before it goes on.
const few = 20

// waiting counts what waits at the posts of somebody.
func (p *Pages) waiting(tx *db.Tx, who auth.Actor) (int, error) {
	return p.Cases.InboxSize(tx, who)
}

// rail adds to the menu for whom the actor stands in; deputy is the one whose
// work the page shows, 0 for the actor's own.
func (p *Pages) rail(ctx context.Context, tx *db.Tx, page *ui.Page, who auth.Actor, deputy int64) error {
	names, err := p.deputies(tx, who)
	if err != nil || len(names) == 0 {
		return err
	}
	for g := range page.Rail {
		for i := range page.Rail[g].Items {
			if l := &page.Rail[g].Items[i]; l.Href == inboxPath && deputy != 0 {
				l.Current = false
			}
		}
	}
	group := ui.RailGroup{Head: i18n.T(ctx, "work.rail.deputy")}
	for _, post := range who.Posts {
		if names[post.Deputy] == "" {
			continue
		}
		counts, err := p.Cases.InboxCount(tx, who, cases.Filter{Deputy: post.Deputy})
		if err != nil {
			return err
		}
		total := 0
		for _, n := range counts {
			total += n
		}
		group.Items = append(group.Items, ui.Link{
			Text: i18n.T(ctx, "work.for", "name", names[post.Deputy]), Icon: "user", Count: count(total),
			Href: inboxPath + "?for=" + strconv.FormatInt(post.Deputy, 10), Current: deputy == post.Deputy,
		})
		delete(names, post.Deputy) // once, however many posts
	}
	page.Rail = append(page.Rail, group)
	return nil
}

// deputies are those for whom the actor stands in today, by id.
func (p *Pages) deputies(tx *db.Tx, who auth.Actor) (map[int64]string, error) {
	var ids []int64
	for _, post := range who.Posts {
		if post.Deputy != 0 {
			ids = append(ids, post.Deputy)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return p.Cases.Office.Names(tx, ids...)
}

// count is a number for the menu, "" for none.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (p *Pages) flash(ctx context.Context, text string) {
	if p.Flash != nil {
		p.Flash(ctx, text)
	}
}

// ActLink is the page of a procedure on a case.
func ActLink(id int64, act cases.Act) string { return actPath(id, act) }

// Link is the page on which the actor may act on a case, "" for those who may
// not open it: for pages elsewhere that lead here.
func Link(who auth.Actor, id int64) string {
	if !who.May(Review) {
		return ""
	}
	return casePath(id)
}
