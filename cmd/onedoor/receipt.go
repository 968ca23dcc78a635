package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"onedoor.app/app"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
)

// verifyReceipt checks the receipt of an application with nothing but the file and
// the public key of the centre.
func verifyReceipt(_ context.Context, p program, args []string) error {
	fs := flag.NewFlagSet("onedoor verify-receipt", flag.ContinueOnError)
	fs.SetOutput(p.stderr)
	key := fs.String("key", "", "public key of the centre, as its page /verify-receipt shows it")
	files := fs.String("files", "", "folder with the files that were handed in: each is compared with the receipt")
	fs.Usage = func() {
		fmt.Fprint(p.stderr, "onedoor verify-receipt --key KEY [--files DIR] FILE\n\n"+
			"Checks a receipt without database and network; ends with 1 when it does not hold.\n"+
			"Without --key the receipt is checked against the key that it names itself, which proves\n"+
			"nothing until that key is compared with the published one: it ends with 1.\n\n")
		fs.PrintDefaults()
	}
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		return errors.New("verify-receipt wants one FILE")
	}
	text, err := os.ReadFile(fs.Arg(0))
	if err != nil {
		return err
	}
	r, err := ledger.ParseReceipt(text)
	if err != nil {
		return err
	}
	trusted := *key
	if trusted == "" {
		trusted = r.Key
	}
	if err := r.Check(trusted); err != nil {
		return err
	}
	verdict := "holds     "
	if *key == "" { // it agrees with a key that anybody may have put into it
		verdict = "unproved  "
	}
	fmt.Fprintf(p.stdout, "%s%s of %s\n", verdict, r.Entry.Act, r.Entry.Time().In(calendar.Zone).Format("2006-01-02 15:04:05 -07:00"))
	got, known := app.ReadReceipt(r)
	if known {
		fmt.Fprintf(p.stdout, "case      %s, item %s\n", got.No, got.Item)
	}
	fmt.Fprintf(p.stdout, "sealed    as record %d\n", r.Place)
	if *key == "" {
		fmt.Fprintf(p.stdout, "key       %s (named by the receipt: compare it with the published one)\n", r.Key)
	} else {
		fmt.Fprintf(p.stdout, "key       %s (given)\n", *key)
	}
	var want []string
	for _, f := range got.Files {
		want = append(want, f.SHA256)
	}
	if *files != "" && !known {
		return errors.New("the receipt does not say which files were handed in: use the file that was saved, not the code")
	}
	if err := compareFiles(p, *files, want); err != nil {
		return err
	}
	if *key == "" {
		return errors.New("not proved yet: give the published key by --key")
	}
	return nil
}

// compareFiles finds each digest among the files of a folder.
func compareFiles(p program, dir string, want []string) error {
	if dir == "" {
		for _, sum := range want {
			fmt.Fprintf(p.stdout, "file      sha256 %s\n", sum)
		}
		return nil
	}
	names := map[string]string{} // digest to name
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		if !e.Type().IsRegular() {
			continue
		}
		sum, err := digestFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		names[sum] = e.Name()
	}
	missing := 0
	slices.Sort(want)
	for _, sum := range slices.Compact(want) {
		if name, ok := names[sum]; ok {
			fmt.Fprintf(p.stdout, "file      %s is what was handed in\n", name)
			continue
		}
		missing++
		fmt.Fprintf(p.stdout, "file      sha256 %s is not in the folder\n", sum)
	}
	if missing > 0 {
		return fmt.Errorf("%d files of the receipt are not in %s", missing, dir)
	}
	return nil
}

func digestFile(path string) (string, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the folder
	if err != nil {
		return "", err
	}
	defer file.Close() //nolint:errcheck // it is only read
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
