// Command vendor brings what ui/vendored.txt pins into ui/asset, and refuses whatever has another sum.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	pins   = "ui/vendored.txt"
	assets = "ui/asset"
	// mostPack is the largest package that is read, in bytes, unpacked or not.
	mostPack = 64 << 20
)

func main() {
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "vendor:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	text, err := os.ReadFile(pins)
	if err != nil {
		return err
	}
	var files map[string][]byte
	for line := range strings.Lines(string(text)) {
		switch f := strings.Fields(line); {
		case len(f) == 0 || strings.HasPrefix(f[0], "#"):
		case f[0] == "from" && len(f) == 3:
			if files, err = unpack(ctx, f[1], f[2]); err != nil {
				return err
			}
		case f[0] == "file" && len(f) == 4:
			if err := place(files["package/"+f[2]], f[1], filepath.Join(assets, filepath.FromSlash(f[3]))); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s: cannot read %q", pins, strings.TrimSpace(line))
		}
	}
	return nil
}

// unpack fetches a package of npm and returns its files by name.
func unpack(ctx context.Context, address, sum string) (map[string][]byte, error) {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, mostPack))
	if err != nil {
		return nil, err
	}
	if got := sumOf(body); answer.StatusCode != http.StatusOK || got != sum {
		return nil, fmt.Errorf("%s: answered %s with the sum %s", address, answer.Status, got)
	}
	plain, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for pack := tar.NewReader(io.LimitReader(plain, mostPack)); ; {
		head, err := pack.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if files[head.Name], err = io.ReadAll(pack); err != nil {
			return nil, err
		}
	}
}

func place(body []byte, sum, path string) error {
	if got := sumOf(body); got != sum {
		return fmt.Errorf("%s has the sum %s", path, got)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // part of the source tree
		return err
	}
	return os.WriteFile(path, body, 0o644) //nolint:gosec // part of the source tree
}

func sumOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
