package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"onedoor.app/app"
	"onedoor.app/engine/ledger"
)

// verify checks the ledger and the data of every capability, names what does not
// hold, and says last what was proved.
func verify(ctx context.Context, p program, args []string) (err error) {
	fs, over := p.flags("verify")
	files := fs.String("checkpoint", "", "checkpoint that somebody kept, as /ledger/checkpoint shows it: the ledger must still begin with it")
	if err := fs.Parse(args); err != nil {
		return err
	}
	debug.SetGCPercent(verifyGC)
	if err := p.exists(over); err != nil {
		return err
	}
	a, err := p.open(ctx, over)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	var kept []ledger.Checkpoint
	if *files != "" {
		note, err := os.ReadFile(*files)
		if err != nil {
			return err
		}
		c, err := a.Checkpoint(string(note))
		if err != nil {
			return err
		}
		kept = append(kept, c)
	}
	var compared, sealed, failed []string
	var whole string
	err = a.Verify(ctx, func(v app.Verified) {
		counts := inWords(v.Counts)
		switch {
		case !v.Done:
			fmt.Fprintf(p.stderr, "%s: %s so far\n", v.Name, counts)
			return
		case v.Err != nil:
			failed = append(failed, v.Name)
			looked := v.Name
			if len(v.Counts) > 0 {
				looked += ": " + counts
			}
			fmt.Fprintf(p.stdout, "%s: does not hold: %v\n", looked, v.Err)
			return
		}
		fmt.Fprintf(p.stdout, "%s: %s: ok\n", v.Name, counts)
		switch v.Name {
		case "ledger":
			sealed = append(sealed, counts)
		case app.VerifiedFiles:
			whole = counts
		default:
			compared = append(compared, v.Name)
		}
	}, kept...)
	if len(failed) > 0 { // the output says of each what
		return fmt.Errorf("not proved: %s does not hold, as is said above", strings.Join(failed, ", "))
	}
	if err != nil {
		return fmt.Errorf("not proved: %w", err)
	}
	fmt.Fprintf(p.stdout, "proved: no entry of the ledger was changed, removed or moved (%s), what %s store is what it tells, and no file was lost or changed (%s).\n",
		strings.Join(sealed, ""), strings.Join(compared, ", "), whole)
	return nil
}

// verifyGC lets garbage grow to four times what is held, which is little: a check
// reads page after page, and nothing else runs in this process.
const verifyGC = 400

// inWords is how much was looked at: "300 cases, 2,913 acts".
func inWords(counts []app.Counted) string {
	words := make([]string, len(counts))
	for i, c := range counts {
		words[i] = thousands(c.N) + " " + c.What
	}
	if len(words) == 0 {
		return "nothing there"
	}
	return strings.Join(words, ", ")
}

// thousands writes a number with a comma between each three digits.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
