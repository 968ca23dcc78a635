package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// grace is how long running requests may take when the program is told to stop.
const grace = 15 * time.Second

// answerWithin is how long a request may take from its header to the last byte of
// its answer: two minutes to send it and two to read what it led to. Whoever
// reads more slowly than that holds no file open for ever.
const answerWithin = 4 * time.Minute

// Serve answers requests on l, works jobs off and forgets what is over until
// ctx ends; then it finishes what it has begun.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	if err := a.services.catalog.BeginEvidence(ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	server := &http.Server{
		Handler:           a.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute, // a phone uploads slowly
		WriteTimeout:      answerWithin,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
	}
	work, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { a.runner.Run(work) })
	wg.Go(func() { a.tree.Run(work, a.DB) })
	wg.Go(func() {
		for _, do := range a.first { // timers wait: they must not overtake what is being brought in
			if err := do(work); err != nil && work.Err() == nil {
				slog.ErrorContext(work, "not brought in", "err", err)
			}
		}
		a.services.cases.Watch(work)
	})
	wg.Go(func() { // by itself: until it ends, people are told that the list is being made findable
		if err := a.services.catalog.Reindex(work); err != nil && work.Err() == nil {
			slog.ErrorContext(work, "the list was not made findable", "err", err)
		}
	})
	wg.Go(func() {
		if err := a.services.catalog.SeedSynonyms(work); err != nil && work.Err() == nil {
			slog.ErrorContext(work, "the synonyms were not taken in", "err", err)
		}
		if err := errors.Join(a.services.catalog.Settle(work), a.services.catalog.Rejudge(work)); err != nil && work.Err() == nil {
			slog.ErrorContext(work, "the list was not judged", "err", err)
		}
		if err := a.services.catalog.Remeasure(work); err != nil && work.Err() == nil {
			slog.ErrorContext(work, "the list was not measured", "err", err)
		}
		if err := a.services.catalog.Recompare(work); err != nil && work.Err() == nil {
			slog.ErrorContext(work, "the list was not compared with the base catalogue", "err", err)
		}
	})
	wg.Go(func() {
		a.sweep(work, func(err error) { slog.WarnContext(work, "not swept", "err", err) })
	})
	wg.Go(func() {
		<-work.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if err := server.Shutdown(last); err != nil {
			slog.WarnContext(last, "some requests were cut off", "err", err)
		}
	})
	err := server.Serve(l)
	stop()
	wg.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
