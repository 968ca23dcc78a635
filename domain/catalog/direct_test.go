package catalog

import (
	"context"

	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// What tests bring in force at once, as a proposal that was agreed to is; no person can.

func (s *Service) directly(ctx context.Context, who auth.Actor, act, key string, asked any, fn func(tx *db.Tx) error) error {
	if err := mayKeep(who); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if key == "" {
			return fn(tx)
		}
		var done struct{}
		return once.Do(tx, who, act, key, asked, &done, func() error { return fn(tx) })
	})
}

func (s *Service) PutBase(ctx context.Context, who auth.Actor, on int, b Base, why string) error {
	return s.directly(ctx, who, "", "", nil, func(tx *db.Tx) error { return s.enactBase(tx, writer{Actor: who}, on, &b, why) })
}

func (s *Service) SetLocks(ctx context.Context, who auth.Actor, source string, on int, l Locks, why string) error {
	return s.directly(ctx, who, "", "", nil, func(tx *db.Tx) error { return s.enactLocks(tx, writer{Actor: who}, source, on, l, why) })
}

func (s *Service) AddMaterial(ctx context.Context, who auth.Actor, key string, m LibraryMaterial) error {
	return s.ChangeMaterial(ctx, who, key, 0, m)
}

func (s *Service) ChangeMaterial(ctx context.Context, who auth.Actor, key string, on int, m LibraryMaterial) error {
	return s.directly(ctx, who, "material", key, []any{on, m}, func(tx *db.Tx) error { return s.enactMaterial(tx, writer{Actor: who}, on, m, "") })
}

func (s *Service) AttachForm(ctx context.Context, who auth.Actor, key string, on int, code, which string, f *File) error {
	return s.directly(ctx, who, "form", key, []any{on, code, which, f}, func(tx *db.Tx) error { return s.enactForm(tx, writer{Actor: who}, on, code, which, f, "") })
}

func (s *Service) RetireMaterial(ctx context.Context, who auth.Actor, key string, on int, code string, retired bool, reason string) error {
	return s.directly(ctx, who, "retire", key, []any{on, code, retired, reason}, func(tx *db.Tx) error { return s.enactRetirement(tx, writer{Actor: who}, on, code, retired, reason) })
}
