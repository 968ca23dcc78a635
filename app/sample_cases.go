package app

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
)

// fate is how far a case of the sample city has come.
type fate struct {
	end   string // the last act that was done
	count int
	// late moves the acceptance back, in working days past the promise; the
	// others are spread over the promise.
	late int
	how  string // correct, tolerate, special, deem: what happened on the way
}

// fates are the cases of the sample city: about 300 in every state.
var fates = []fate{
	{end: "draft", count: 9},
	{end: "receive", count: 22},
	{end: "receive", count: 3, how: "deem"},
	{end: "notify", count: 13, how: "correct"},
	{end: "accept", count: 30},
	{end: "accept", count: 6, how: "tolerate"},
	{end: "accept", count: 6, late: 1},
	{end: "review", count: 34},
	{end: "review", count: 12, how: "correct"},
	{end: "review", count: 5, late: 2},
	{end: "special", count: 8, how: "special"},
	{end: "decide", count: 14},
	{end: "certify", count: 13},
	{end: "deliver", count: 88},
	{end: "deliver", count: 18, how: "correct"},
	{end: "refuse", count: 12},
	{end: "withdraw", count: 8},
	{end: "not_accept", count: 5},
	{end: "not_required", count: 3},
}

// loadCases makes the cases of the sample city, around today. seed makes the
// same city again.
func (a *App) loadCases(ctx context.Context, seed uint64) error {
	now := a.DB.Now()
	first := a.director(now)
	c, err := first.castOf(ctx)
	if err != nil {
		return err
	}
	samples, err := sampleFiles()
	if err != nil {
		return err
	}
	type job struct {
		n int
		f fate
	}
	jobs := make(chan job)
	failed := make(chan error, 1)
	var wg sync.WaitGroup
	for range 64 { // so many that their commits share the flushes of the disk
		wg.Go(func() {
			d := a.director(now)
			d.cast, d.files, d.regulators = c, samples, true
			for j := range jobs {
				d.begin(seed + uint64(j.n)) //nolint:gosec // a small count
				if err := d.play(ctx, j.f); err != nil {
					select {
					case failed <- fmt.Errorf("app: sample case %d (%s %s): %w", j.n, j.f.end, j.f.how, err):
					default:
					}
				}
			}
		})
	}
	n := 0
	for _, f := range shuffled(fates, seed) {
		n++
		jobs <- job{n, f}
	}
	close(jobs)
	wg.Wait()
	select {
	case err := <-failed:
		return err
	default:
	}
	for { // what the timers owe by now
		n, err := a.services.cases.Tick(ctx, 64)
		if err != nil || n == 0 {
			return err
		}
	}
}

// shuffled writes each fate as often as it is counted, in a mixed order.
func shuffled(list []fate, seed uint64) (out []fate) {
	for _, f := range list {
		for range f.count {
			out = append(out, f)
		}
	}
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a sample, no secret
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	// What is left as a draft comes last: an earlier one would be taken up again.
	slices.SortStableFunc(out, func(a, b fate) int { return cmp.Compare(boolInt(a.end == "draft"), boolInt(b.end == "draft")) })
	return out
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
