package main

import (
	"context"
	"errors"
	"fmt"

	"onedoor.app/infra/fault"
)

// resetPassword prints a new first password of a member of staff, once.
func resetPassword(ctx context.Context, p program, args []string) (err error) {
	fs, over := p.flags("reset-password")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		return errors.New("reset-password takes the login of one member of staff")
	}
	a, err := p.open(ctx, over)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	password, err := a.ResetPassword(ctx, fs.Arg(0))
	switch {
	case fault.Is(err, fault.Unknown):
		return fmt.Errorf("no member of staff signs in as %q", fs.Arg(0))
	case fault.Code(err) == "office.staff_left":
		return fmt.Errorf("%q has left; an administrator takes them back first", fs.Arg(0))
	case err != nil:
		return err
	}
	fmt.Fprintf(p.stdout, "first password, shown once and to be changed at the first sign-in: %s\n", password)
	return nil
}
