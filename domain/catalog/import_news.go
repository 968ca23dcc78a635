package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
)

// NewsItem is the kind of News that is an item.
const NewsItem = "item"

// News is one thing that a file would bring or change.
type News struct {
	Kind  string            `json:"kind"` // NewsItem; else what Beside counts: "base", "certificate", "flow", "material", "reform", "seal"
	Code  string            `json:"code"`
	Name  string            `json:"name"`
	New   bool              `json:"new,omitempty"`
	Words map[string]string `json:"words,omitempty"` // by language, of an item that is changed: what differs, on one line
	Older int               `json:"older,omitempty"` // the version whose content it would bring back, with all that came after it undone; 0: none
}

const (
	keptNews = 100  // of each of changed and added, that a kept report holds itself
	mostSaid = 2000 // changed items whose differences are said
)

// tell names what a batch of verdicts would add and change. Only dry runs do it: it reads what is in force once more.
func (s *Service) tell(tx *db.Tx, sum *summary, list []verdict) error {
	var changed []string
	for _, v := range list {
		if v.news == newsChanged && len(changed)+sum.said < mostSaid {
			changed = append(changed, v.staged.Code)
		}
	}
	sum.said += len(changed)
	current, err := listBodies(tx, changed)
	if err != nil {
		return err
	}
	older, err := listOlder(tx, changed)
	if err != nil {
		return err
	}
	for _, v := range list {
		if v.news != newsAdded && v.news != newsChanged {
			continue
		}
		it := v.staged.Item
		n := News{Kind: NewsItem, Code: it.Code, Name: it.Name, New: v.news == newsAdded, Older: older[VersionHash{Code: it.Code, Hash: v.staged.hash}]}
		if was := current[it.Code]; was != nil && s.Say != nil {
			n.Words = map[string]string{}
			for _, lang := range i18n.Languages() {
				n.Words[lang] = s.Say(tx, lang, was, it)
			}
		}
		if n.Older > 0 {
			sum.r.Older++
		}
		sum.r.Named = append(sum.r.Named, n)
	}
	return nil
}

// sorted are the things that are news: what is changed first, of these what would take back later changes, then what is new;
// each in the order of the file.
func sorted(list []News) []News {
	rank := func(n News) int {
		switch {
		case n.Older > 0:
			return 0
		case !n.New:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(list, func(a, b News) int { return rank(a) - rank(b) })
	return list
}

// firstNews are the first of those that are changed and of those that are new.
func firstNews(list []News) (first []News) {
	left := map[bool]int{true: keptNews, false: keptNews}
	for _, n := range list {
		if left[n.New]--; left[n.New] >= 0 {
			first = append(first, n)
		}
	}
	return first
}

// keepNews keeps what a report names and cannot hold.
func (s *Service) keepNews(ctx context.Context, r *Report) error {
	if s.Blobs == nil || len(firstNews(r.Named)) == len(r.Named) {
		return nil
	}
	body, err := json.Marshal(r.Named)
	if err != nil {
		return err
	}
	r.NamedFile, _, err = s.Blobs.Put(ctx, bytes.NewReader(body), 1<<30)
	return err
}

// ImportNews tells all that an import would bring or change, or did, one by one as it is read: a report may hold only the
// first of it, and nobody needs all of it in memory.
func (s *Service) ImportNews(ctx context.Context, i Imported, tell func(News) error) error {
	return eachKept(ctx, s.Blobs, i.Report.NamedFile, i.Report.Named, tell)
}

// eachKept tells what a list in the store holds, one by one as it is read, or a short one where the store has none.
func eachKept[T any](ctx context.Context, blobs blob.Store, key string, short []T, tell func(T) error) error {
	if key == "" {
		for _, x := range short {
			if err := tell(x); err != nil {
				return err
			}
		}
		return nil
	}
	f, err := blobs.Open(ctx, key)
	if err != nil {
		return err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	if _, err := d.Token(); err != nil { // the bracket before the first
		return err
	}
	for d.More() {
		var x T
		if err := d.Decode(&x); err != nil {
			return err
		}
		if err := tell(x); err != nil {
			return err
		}
	}
	_, err = d.Token() // a file that ends before its last bracket was cut off
	return err
}

// named takes over what a dry run named.
func (r Report) named(of Report) Report {
	r.Named, r.NamedFile, r.NamedAll, r.NamedNew = of.Named, of.NamedFile, of.NamedAll, of.NamedNew
	r.Older, r.UnitNames = of.Older, of.UnitNames
	return r
}
