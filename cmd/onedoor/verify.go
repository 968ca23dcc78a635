package main

import (
	"context"
	"errors"
	"fmt"
)

// verify checks the data of every capability and names what does not hold.
func verify(ctx context.Context, p program, args []string) (err error) {
	fs, over := p.flags("verify")
	if err := fs.Parse(args); err != nil {
		return err
	}
	a, err := p.open(ctx, over)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Verify(ctx, func(name string, err error) {
		if err != nil {
			fmt.Fprintf(p.stdout, "%-12s does not hold: %v\n", name, err)
			return
		}
		fmt.Fprintf(p.stdout, "%-12s holds\n", name)
	})
}
