package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"onedoor.app/domain/office"
	"onedoor.app/domain/portal"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/sample"
)

// DemoPassword opens every account of the sample city.
const DemoPassword = portal.DemoPassword

// sampleSeed makes every sample city the same, but for the days.
const sampleSeed = 20261122

// LoadSample brings the sample city into the database: its units and people,
// its applicants, its catalogue with changes under way, and cases in every state. What is there already
// stays as it is, so that loading twice changes nothing.
func (a *App) LoadSample(ctx context.Context) error {
	if err := a.loadCity(ctx); err != nil {
		return err
	}
	if err := a.loadChanges(ctx); err != nil {
		return err
	}
	return a.loadCases(ctx, sampleSeed)
}

// LoadSampleBehind brings the sample city, and its cases once Serve has begun:
// the site answers meanwhile.
func (a *App) LoadSampleBehind(ctx context.Context) error {
	if err := a.loadCity(ctx); err != nil {
		return err
	}
	if err := a.loadChanges(ctx); err != nil {
		return err
	}
	a.first = append(a.first, func(ctx context.Context) error { return a.loadCases(ctx, sampleSeed) })
	return nil
}

// loadCity brings the sample city without its cases.
func (a *App) loadCity(ctx context.Context) error {
	city, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	hash := auth.Hash(DemoPassword)
	if err := a.services.office.LoadPackage(ctx, city, hash); err != nil {
		return err
	}
	if err := a.services.party.LoadPackage(ctx, city, hash); err != nil {
		return err
	}
	if _, err := a.services.catalog.LoadPackage(ctx, city); err != nil {
		return err
	}
	if err := a.services.catalog.LoadReforms(ctx, city); err != nil {
		return err
	}
	return a.services.certificate.LoadPackage(ctx, city)
}

// Empty reports whether nobody has an account yet.
func (a *App) Empty(ctx context.Context) (empty bool, err error) {
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		empty, err = auth.None(tx)
		return err
	})
	return empty, err
}

// SetupFile is where the setup code waits when there is no terminal to show it; it
// goes once the centre is opened.
func (a *App) SetupFile() string { return a.Config.file("setup-code") }

// forgetCode removes the setup code that nothing opens any more.
func (a *App) forgetCode() {
	if err := os.Remove(a.SetupFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		slog.Warn("the file of the setup code stays", "err", err)
	}
}

// Setup returns where and with which code a centre is opened; the code is "" once
// somebody works there.
func (a *App) Setup(ctx context.Context) (address, code string, err error) {
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		unopened, err := a.services.office.Unopened(tx)
		if unopened {
			code = a.services.office.SetupCode()
		}
		return err
	})
	return a.Config.PublicURL + office.SetupPath, code, err
}
