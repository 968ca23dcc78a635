package office

import (
	"context"
	"fmt"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// townshipRules are the rules that choose among the posts of townships by where
// the applicant lives.
var townshipRules = map[string]PostKind{"@township.clerk": Receive, "@township.chief": Decide}

// AddPost adds a post, whose code begins with that of its unit; it asks for the
// right office.keep. Input faults: office.unit_choose, office.name,
// office.post_kind.
func (s *Service) AddPost(ctx context.Context, who auth.Actor, key string, p Post) (Post, error) {
	p.Name = strings.TrimSpace(p.Name)
	out := p
	err := keep(ctx, s, who, "office.add_post", key, p, &out, func(tx *db.Tx) error {
		out = p
		_, err := findUnit(tx, p.Unit)
		if err != nil && !fault.Is(err, fault.Unknown) {
			return err
		}
		bad := fault.Fields{}
		bad.Need(err == nil, "unit", "office.unit_choose")
		bad.Need(isLine(p.Name, 2, 40), "name", "office.name")
		bad.Need(suffix(p.Kind) != "", "kind", "office.post_kind")
		if err := bad.Err(); err != nil {
			return err
		}
		posts, err := listPosts(tx)
		if err != nil {
			return err
		}
		out.Code = freePost(p, posts)
		added, err := s.addPost(tx, who, out, len(posts))
		if err == nil && !added {
			err = fault.New(fault.Stale, "row.stale")
		}
		if err != nil {
			return err
		}
		return nil
	})
	return out, err
}

// addPost adds a post unless it is there and reports which.
func (s *Service) addPost(tx *db.Tx, who auth.Actor, p Post, place int) (bool, error) {
	added, err := insertPost(tx, p, place)
	if err != nil || !added {
		return false, err
	}
	return true, s.log(tx, who, "office.post_added", postChain(p.Code), p)
}

// freePost is a code for a new post: "SPJ-SY.rev", then "SPJ-SY.rev2".
func freePost(p Post, posts []Post) string {
	taken := map[string]bool{}
	for _, other := range posts {
		taken[other.Code] = true
	}
	first := p.Unit + "." + suffix(p.Kind)
	code := first
	for n := 2; taken[code]; n++ {
		code = fmt.Sprintf("%s%d", first, n)
	}
	return code
}

// RenamePost gives a post another name; it asks for the right office.keep. Input
// fault: office.name.
func (s *Service) RenamePost(ctx context.Context, who auth.Actor, key, code, name string) error {
	name = strings.TrimSpace(name)
	return keep(ctx, s, who, "office.rename_post", key, []string{code, name}, new(struct{}), func(tx *db.Tx) error {
		bad := fault.Fields{}
		bad.Need(isLine(name, 2, 40), "name", "office.name")
		if err := bad.Err(); err != nil {
			return err
		}
		before, err := findPost(tx, code)
		if err != nil {
			return err
		}
		if err := changePostName(tx, code, name); err != nil {
			return err
		}
		return s.log(tx, who, "office.post_renamed", postChain(code), change[string]{before.Name, name})
	})
}
