package app

import (
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"sync"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/casesbench"
	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/observe"
)

// ActFigures is what acts on cases cost with so many callers at once.
type ActFigures struct {
	Engine  string               `json:"engine"`
	Callers int                  `json:"callers"`
	Acts    map[string]ActFigure `json:"acts"`
}

// ActFigure is one sort of act: whole, and bare: the same rows written by the
// same number of callers without anything around them.
type ActFigure struct {
	N         int     `json:"n"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	CPU       float64 `json:"cpu_ms"` // of this process for one act: steadier than its speed on a shared machine
	Bare      float64 `json:"bare_per_second"`
	BareCPU   float64 `json:"bare_cpu_ms"`
}

// Share is how much of the bare speed is left.
func (f ActFigure) Share() float64 { return f.PerSecond / f.Bare }

// recording is the units of work of one stage. It is kept as bytes, so that the
// garbage collector does not search it while the next act is measured.
type recording struct {
	mu      sync.Mutex
	queries []string
	number  map[string]uint64 // of a query
	units   [][]byte
}

// add keeps a unit of work that has committed.
func (r *recording) add(unit []db.Statement) {
	if len(unit) == 0 {
		return
	}
	var tape []byte
	for _, q := range unit {
		tape = binary.AppendUvarint(tape, r.query(q.Query))
		tape = binary.AppendUvarint(tape, uint64(len(q.Args)))
		for _, a := range q.Args {
			tape = appendValue(tape, a)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.units = append(r.units, tape)
}

func (r *recording) query(text string) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, known := r.number[text]
	if !known {
		if r.number == nil {
			r.number = map[string]uint64{}
		}
		n = uint64(len(r.queries))
		r.queries, r.number[text] = append(r.queries, text), n
	}
	return n
}

// play writes a unit of work again.
func (r *recording) play(tx *db.Tx, unit []byte) error {
	uvarint := func() uint64 {
		n, size := binary.Uvarint(unit)
		unit = unit[size:]
		return n
	}
	for len(unit) > 0 {
		query := r.queries[uvarint()]
		args := make([]any, uvarint())
		for i := range args {
			args[i], unit = takeValue(unit)
		}
		if err := tx.Queue(query, args...); err != nil {
			return err
		}
	}
	return nil
}

// appendValue appends the value of a column, its kind before it.
func appendValue(to []byte, value any) []byte {
	v, err := driver.DefaultParameterConverter.ConvertValue(value)
	if err != nil {
		panic(fmt.Sprintf("app: a column took %T, which the benchmark cannot keep", value))
	}
	switch v := v.(type) {
	case int64:
		return binary.AppendVarint(append(to, 'i'), v)
	case float64:
		return binary.BigEndian.AppendUint64(append(to, 'f'), math.Float64bits(v))
	case bool:
		if v {
			return append(to, 'y')
		}
		return append(to, 'n')
	case string:
		return append(binary.AppendUvarint(append(to, 's'), uint64(len(v))), v...)
	case []byte:
		if v == nil {
			return append(to, '-')
		}
		return append(binary.AppendUvarint(append(to, 'b'), uint64(len(v))), v...)
	case nil:
		return append(to, '-')
	default:
		panic(fmt.Sprintf("app: a column took %T, which the benchmark cannot keep", v))
	}
}

// takeValue undoes appendValue and returns what follows.
func takeValue(from []byte) (any, []byte) {
	kind, from := from[0], from[1:]
	switch kind {
	case 'i':
		v, n := binary.Varint(from)
		return v, from[n:]
	case 'f':
		return math.Float64frombits(binary.BigEndian.Uint64(from)), from[8:]
	case 'y', 'n':
		return kind == 'y', from
	case 's', 'b':
		size, n := binary.Uvarint(from)
		v, rest := from[n:n+int(size)], from[n+int(size):]
		if kind == 's' {
			return string(v), rest
		}
		return slices.Clone(v), rest
	default:
		return nil, from
	}
}

// stage is a part of a benchmark: measured, or what must come before.
type stage struct {
	name string // "" is not measured
	recording
}

// BenchActs accepts, reviews and decides n cases with so many callers at once
// through the use cases, with everything that belongs to an act: authorisation,
// validation, law, flow, papers, timers, lights, ledger. It then writes the very
// same rows into bare, an empty database with the same tables. The database of a
// must be empty: it is filled with the sample city. Where the CPU time of each act
// goes is written into the folder profiles, unless that is "".
func (a *App) BenchActs(ctx context.Context, bare *db.DB, callers, n int, profiles string) (ActFigures, error) {
	b := a.actBench(benchItem, callers, profiles)
	return b.run(ctx, bare, n, b.acts())
}

func (a *App) actBench(item string, callers int, profiles string) *actBench {
	out := ActFigures{Engine: a.engine(), Callers: callers, Acts: map[string]ActFigure{}}
	return &actBench{a: a, code: item, callers: callers, profiles: profiles, out: out}
}

// run does the acts on n cases, one act after the other, and then writes their rows bare.
func (b *actBench) run(ctx context.Context, bare *db.DB, n int, acts []benchAct) (ActFigures, error) {
	a := b.a
	defer a.DB.Tap(nil)
	if err := b.stage("", func() error { return a.loadCity(ctx) }); err != nil {
		return b.out, err
	}
	if err := b.cast(ctx); err != nil {
		return b.out, err
	}
	if err := b.stage("", func() error { return b.receive(ctx, n) }); err != nil {
		return b.out, err
	}
	for _, act := range acts {
		steps, err := b.steps(ctx)
		if err != nil {
			return b.out, err
		}
		if err := b.stage(act.name, func() error { return b.each(ctx, act.name, steps, act.do) }); err != nil {
			return b.out, fmt.Errorf("app: %s: %w", act.name, err)
		}
	}
	return b.out, b.writeBare(ctx, bare)
}

type actBench struct {
	a        *App
	code     string // of the item
	callers  int
	profiles string // folder, "" for none
	stages   []*stage
	out      ActFigures

	clerk   auth.Actor
	people  []auth.Actor
	posts   map[string]auth.Actor // by code
	item    *catalog.Item
	answers map[string]string
	file    []byte
	ids     []int64
	filler  *casesbench.Filler // nil for benchmarks that copy nothing
}

func (b *actBench) stage(name string, do func() error) error {
	s := &stage{name: name}
	b.stages = append(b.stages, s)
	b.a.DB.Tap(s.add)
	return do()
}

func (b *actBench) cast(ctx context.Context) error {
	d := b.a.director(b.a.DB.Now())
	cast, err := d.castOf(ctx)
	if err != nil {
		return err
	}
	b.people, b.clerk, b.answers, b.posts = cast.people, cast.clerks[0], cast.routes[b.code], map[string]auth.Actor{}
	for code, list := range cast.holders {
		if len(list) > 0 {
			b.posts[code] = list[0]
		}
	}
	files, err := sampleFiles()
	if err != nil {
		return err
	}
	b.file = files[2]
	return b.a.DB.Read(ctx, func(tx *db.Tx) error {
		if b.item, err = b.a.services.catalog.Current(tx, b.code); err == nil && !b.item.ForPersons() {
			b.people = cast.bodies
		}
		return err
	})
}

// receive hands n applications in and judges their materials.
func (b *actBench) receive(ctx context.Context, n int) error {
	var mu sync.Mutex
	return inParallel(len(b.people), len(b.people), func(who int) error {
		for i := who; i < n; i += len(b.people) {
			id, err := b.submit(ctx, b.people[who])
			if err != nil {
				return err
			}
			mu.Lock()
			b.ids = append(b.ids, id)
			mu.Unlock()
		}
		return nil
	})
}

func (b *actBench) submit(ctx context.Context, who auth.Actor) (int64, error) {
	s, need := b.a.services.cases, b.item.Resolve(b.answers)
	d, err := s.Begin(ctx, who, b.code, 0)
	if err != nil {
		return 0, err
	}
	form := map[string]string{}
	for _, f := range need.Fields {
		if v := d.Form[f.Key]; v == "" || f.Check(f.Clean(v)) != "" {
			form[f.Key] = f.Example()
		}
	}
	if _, err := s.Save(ctx, who, d.ID, cases.Filling{Answers: b.answers, Form: form, Delivery: &cases.Delivery{Way: cases.DeliverWindow}}); err != nil {
		return 0, err
	}
	for _, m := range need.Materials {
		if _, err := s.Attach(ctx, who, cases.To{Draft: d.ID, Material: m.ID}, m.Name+".png", bytes.NewReader(b.file)); err != nil {
			return 0, err
		}
	}
	done, err := s.Submit(ctx, who, d.ID, "")
	if err != nil {
		return 0, err
	}
	for _, m := range need.Materials {
		if _, err := s.Judge(ctx, b.clerk, cases.On{Case: done.Case}, cases.Judgement{Material: m.ID, Verdict: cases.Pass}); err != nil {
			return 0, err
		}
	}
	return done.Case, nil
}

// benchAct is an act that a benchmark does on every case.
type benchAct struct {
	name string
	do   func(ctx context.Context, id int64, at step) error
}

func (b *actBench) acts() []benchAct {
	return []benchAct{{"accept", b.accept}, {"opinion", b.opine}, {"decide", b.decide}}
}

func (b *actBench) accept(ctx context.Context, id int64, _ step) error {
	_, err := b.a.services.cases.Accept(ctx, b.clerk, cases.On{Case: id, Key: fmt.Sprint("accept", id)})
	return err
}

func (b *actBench) opine(ctx context.Context, id int64, at step) error {
	_, err := b.a.services.cases.Opine(ctx, at.who, cases.On{Case: id, Key: fmt.Sprint("opine", at.task)}, cases.Review{
		Task: at.task, Conclusion: cases.Agree, Text: "材料齐全，符合条件，建议准予。",
	})
	return err
}

func (b *actBench) decide(ctx context.Context, id int64, at step) error {
	_, err := b.a.services.cases.Decide(ctx, at.who, cases.On{Case: id, Key: fmt.Sprint("decide", id)}, cases.Decision{Task: at.task, Grant: true})
	return err
}

// step is where a case waits, and who holds the post.
type step struct {
	task int64
	who  auth.Actor
}

// steps finds where each case waits, the zero step if at no drawn one.
func (b *actBench) steps(ctx context.Context) ([]step, error) {
	list := make([]step, len(b.ids))
	return list, b.a.DB.Read(ctx, func(tx *db.Tx) error {
		for i, id := range b.ids {
			open, err := b.a.services.cases.Waiting(tx, b.clerk, id)
			if err != nil {
				return err
			}
			if len(open) > 0 {
				list[i] = step{open[0].ID, b.posts[open[0].Post]}
			}
		}
		return nil
	})
}

// each does one act on every case and keeps what it cost. Meanwhile the ledger is
// sealed, as it is when the site is served.
func (b *actBench) each(ctx context.Context, name string, steps []step, do func(context.Context, int64, step) error) error {
	sealing, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { b.a.tree.Run(sealing, b.a.DB) })
	defer func() { stop(); wg.Wait() }()
	times := make([]float64, len(b.ids))
	profiled, err := b.profiled(name)
	if err != nil {
		return err
	}
	defer profiled()
	cpu, whole := observe.CPU(), observe.Stopwatch()
	err = inParallel(b.callers, len(b.ids), func(i int) error {
		one := observe.Stopwatch()
		err := do(ctx, b.ids[i], steps[i])
		times[i] = float64(one().Microseconds()) / 1000
		return err
	})
	took, cpu := whole(), observe.CPU()-cpu
	slices.Sort(times)
	n := len(times)
	b.out.Acts[name] = ActFigure{
		N: n, PerSecond: float64(n) / took.Seconds(), P50: times[n/2], P99: times[min(n-1, n*99/100)], CPU: perAct(cpu, n),
	}
	return err
}

// perAct is what one of n acts took, in milliseconds.
func perAct(cpu time.Duration, n int) float64 { return cpu.Seconds() * 1000 / float64(n) }

// profiled writes where the CPU time goes until stop into the folder for it.
func (b *actBench) profiled(name string) (stop func(), err error) {
	if b.profiles == "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(b.profiles, 0o750); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(b.profiles, fmt.Sprintf("%s-%d-%s.pprof", b.out.Engine, b.callers, name)))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, nil
}

// writeBare writes what the acts wrote into another database, stage by stage.
func (b *actBench) writeBare(ctx context.Context, bare *db.DB) error {
	for _, s := range b.stages {
		callers := b.callers
		if s.name == "" {
			callers = 1 // in the order in which they committed: later ones lean on earlier ones
		}
		cpu, whole := observe.CPU(), observe.Stopwatch()
		err := inParallel(callers, len(s.units), func(i int) error {
			return bare.Write(ctx, func(tx *db.Tx) error { return s.play(tx, s.units[i]) })
		})
		if err != nil {
			return fmt.Errorf("app: the rows of %q again: %w", s.name, err)
		}
		if s.name != "" {
			f := b.out.Acts[s.name]
			f.Bare, f.BareCPU = float64(f.N)/whole().Seconds(), perAct(observe.CPU()-cpu, f.N)
			b.out.Acts[s.name] = f
		}
	}
	return nil
}

// inParallel calls do with 0 to n-1 from so many callers at once and returns the
// first error.
func inParallel(callers, n int, do func(i int) error) error {
	todo, failed := make(chan int), make(chan error, 1)
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := range todo {
				if err := do(i); err != nil {
					select {
					case failed <- err:
					default:
					}
				}
			}
		})
	}
	for i := range n {
		if len(failed) > 0 {
			break
		}
		todo <- i
	}
	close(todo)
	wg.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
