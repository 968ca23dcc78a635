package app

import "context"

// ResetPassword gives a member of staff a first password, which ends their
// sessions and is to be changed when they sign in; login is their number.
func (a *App) ResetPassword(ctx context.Context, login string) (password string, err error) {
	issued, err := a.services.office.ResetAtConsole(ctx, login)
	return issued.Password, err
}
