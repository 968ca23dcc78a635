package catalog

import (
	"context"
	"io"
	"io/fs"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// CheckFile is a dry run without any trace: what Import would do with a file.
func (s *Service) CheckFile(ctx context.Context, who auth.Actor, name string, r io.Reader, tell Progress) (Report, error) {
	if err := mayKeep(who); err != nil {
		return Report{}, err
	}
	text, err := readAll(r)
	if err != nil {
		return Report{}, err
	}
	return s.check(ctx, name, text, tell)
}

func (s *Service) check(ctx context.Context, name string, text []byte, tell Progress) (Report, error) {
	in, err := readFile(name, text)
	if err != nil {
		return Report{}, err
	}
	return s.dryRun(ctx, in, tell)
}

// CheckFolder is CheckFile for a package that lies in a folder.
func (s *Service) CheckFolder(ctx context.Context, fsys fs.FS, tell Progress) (Report, error) {
	in, err := readFolder(fsys)
	if err != nil {
		return Report{}, err
	}
	return s.dryRun(ctx, in, tell)
}

func (s *Service) dryRun(ctx context.Context, in *incoming, tell Progress) (Report, error) {
	if err := s.learn(ctx, in); err != nil {
		return Report{}, err
	}
	sum := newSummary(in)
	for _, p := range in.pieces {
		sum.r.Named = append(sum.r.Named, News{Kind: p.kind, Code: p.code, Name: p.name, New: p.before == ""})
	}
	for _, p := range in.pieces {
		sum.rests(p.kind, p.code, 0)
	}
	if err := s.DB.Read(ctx, func(tx *db.Tx) error { return s.digests(tx, sum.r.compared) }); err != nil {
		return Report{}, err
	}
	err := s.each(ctx, in, nil, func(list []verdict, done int) error {
		for _, v := range list {
			sum.add(v)
		}
		before := *sum
		if err := s.DB.Read(ctx, func(tx *db.Tx) error {
			*sum = before
			if err := s.digests(tx, sum.r.compared); err != nil {
				return err
			}
			return s.tell(tx, sum, list)
		}); err != nil {
			return err
		}
		say(tell, StateReading, done, in.size())
		return nil
	})
	return sum.report(), err
}

func say(tell Progress, state string, done, total int) {
	if tell != nil {
		tell(state, done, total)
	}
}
