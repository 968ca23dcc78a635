package flow

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
)

// drawView is the page on which a drawing is drawn: the designer for wide screens with scripts, and
// the drawing with its words for everybody else.
type drawView struct {
	oneView
	Setup drawSetup
}

// drawSetup is what the scripts of the page know.
type drawSetup struct {
	ID       string            `json:"id"`
	Lock     int               `json:"lock"`
	Key      string            `json:"key"`
	Editable bool              `json:"editable"`
	Source   string            `json:"source"`
	Path     string            `json:"path"` // of the definition
	Root     string            `json:"root"` // of all definitions
	Kinds    []drawKind        `json:"kinds"`
	Acts     []drawChoice      `json:"acts"`
	Posts    []drawChoice      `json:"posts"`
	Messages []drawChoice      `json:"messages"`
	Systems  []drawChoice      `json:"systems"`
	Fields   []drawChoice      `json:"fields"` // of the form, which may go along
	Subjects []drawSubject     `json:"subjects"`
	Calls    []drawCall        `json:"calls"`
	Words    map[string]string `json:"words"`
}

type drawChoice struct {
	Value string `json:"value"`
	Text  string `json:"text"`
}

// drawKind is a kind of step with the reason for which it may stop the clock.
type drawKind struct {
	drawChoice
	Stop string `json:"stop,omitempty"`
	Why  string `json:"why,omitempty"`
}

type drawSubject struct {
	Path    string       `json:"path"`
	Name    string       `json:"name"`
	Number  bool         `json:"number,omitempty"`
	Options []drawChoice `json:"options,omitempty"`
}

// drawCall is a version that a call may run.
type drawCall struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Number int    `json:"number"`
}

func (s *Service) showDraw(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v drawView
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.D, err = s.Definition(tx, r.PathValue("id")); err != nil {
			return err
		}
		if v.Def, v.Findings, err = s.Judge(tx, v.D); err != nil {
			return err
		}
		if v.posts, err = s.postNames(ctx, tx); err != nil {
			return err
		}
		v.Setup, err = s.drawSetup(ctx, tx, v.D)
		return err
	})
	if err != nil {
		return err
	}
	if v.Def != nil {
		v.Picture, v.Drawn = Draw(v.Def)
		v.Picture.Mark("bad", atFault(v.Findings)...)
	}
	v.Page = s.Frame(r, i18n.T(ctx, "flow.draw.title", "name", v.D.Name))
	v.Page.Fit = true
	return web.Show(w, r, http.StatusOK, drawPage(v))
}

func (s *Service) drawSetup(ctx context.Context, tx *db.Tx, d *Definition) (drawSetup, error) {
	set := drawSetup{
		ID: d.ID, Lock: d.Lock, Key: rand.Text(), Editable: d.State.Editable(), Source: string(d.Source), Path: path(d.ID), Root: root,
		Words: drawWords()[i18n.Lang(ctx)],
		Posts: []drawChoice{}, Messages: []drawChoice{}, Subjects: []drawSubject{}, Calls: []drawCall{}, // lists to go over, however short
	}
	if len(d.Source) == 0 {
		blank, err := workflow.Encode(d.ID, d.Name, nil)
		if err != nil {
			return set, err
		}
		set.Source = string(blank.Source())
	}
	for _, k := range Kinds {
		kind := drawKind{drawChoice: drawChoice{k, kindWords(ctx, k)}, Stop: s.StopOf(k)}
		if kind.Stop != "" {
			kind.Why = i18n.T(ctx, "show.stop."+kind.Stop)
		}
		set.Kinds = append(set.Kinds, kind)
	}
	for _, a := range s.Acts {
		set.Acts = append(set.Acts, drawChoice{a, i18n.T(ctx, "flow.act."+a)})
	}
	for _, m := range s.Messages {
		set.Messages = append(set.Messages, drawChoice{m, i18n.T(ctx, "flow.message."+m)})
	}
	posts, err := s.posts(tx)
	if err != nil {
		return set, err
	}
	for _, p := range posts {
		set.Posts = append(set.Posts, drawChoice{p.Code, p.called(ctx, s.unitName(tx, p.Unit))})
	}
	systems, fields, err := s.sendable(tx, d.Item)
	if err != nil {
		return set, err
	}
	for _, sys := range systems {
		set.Systems = append(set.Systems, drawChoice{sys.Code, sys.Name})
	}
	for _, f := range fields {
		set.Fields = append(set.Fields, drawChoice(f))
	}
	subjects, err := s.subjects(tx, d.Item)
	if err != nil && !fault.Is(err, fault.Unknown) { // an item that is gone has nothing to ask about
		return set, err
	}
	for _, sub := range subjects {
		one := drawSubject{Path: sub.Path, Name: sub.Name, Number: sub.Number}
		for _, o := range sub.Options {
			one.Options = append(one.Options, drawChoice(o))
		}
		set.Subjects = append(set.Subjects, one)
	}
	return set, s.Offered(tx, func(v Version) error {
		if v.Definition != d.ID {
			set.Calls = append(set.Calls, drawCall{v.Definition, v.Name, v.Number})
		}
		return nil
	})
}

// drawWords are the words of the scripts, by language: those of the designer and of its tools.
var drawWords = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range i18n.Languages() {
		raw, err := texts.ReadFile("text/" + lang + ".json")
		if err != nil {
			panic(err) // embedded at build time: cannot happen
		}
		words := map[string]string{}
		if err := json.Unmarshal(raw, &words); err != nil {
			panic(err) // a test reads both files
		}
		all[lang] = map[string]string{}
		for key, text := range words {
			for _, prefix := range []string{"flow.draw.", "flow.tool."} {
				if name, ok := strings.CutPrefix(key, prefix); ok {
					all[lang][strings.TrimPrefix(prefix, "flow.")+name] = text
				}
			}
		}
	}
	return all
})

func (v drawView) setup() (string, error) {
	text, err := json.Marshal(v.Setup)
	return string(text), err
}

// sending is a drawing as it is sent to be kept.
type sending struct {
	Key    string `json:"key"`
	Lock   int    `json:"lock"`
	Source string `json:"source"`
}

// saved tells the page how the draft stands now.
type saved struct {
	Kept
	Key string `json:"key"` // of the next time
}

// overtaken tells the page that another has changed the draft, and the lock under which it may be
// kept once that has been looked at.
type overtaken struct {
	Title string `json:"title"`
	Code  string `json:"code"`
	Lock  int    `json:"lock"`
}

func (s *Service) postDraw(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	in, err := web.Decode[sending](r)
	if err != nil {
		return err
	}
	kept, err := s.SaveDrawing(ctx, auth.From(ctx), in.Key, id, in.Lock, []byte(in.Source))
	if !fault.Is(err, fault.Stale) {
		if err != nil {
			return err
		}
		return web.JSON(w, http.StatusOK, saved{Kept: kept, Key: rand.Text()})
	}
	stale := overtaken{Title: web.Words(ctx, err), Code: fault.Code(err)}
	code := web.Status(err)
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		d, err := s.Definition(tx, id)
		if err == nil {
			stale.Lock = d.Lock
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.JSON(w, code, stale)
}

// problem is a finding as the page shows it.
type problem struct {
	Element string       `json:"element"`
	Name    string       `json:"name"`
	Text    string       `json:"text"`
	Trace   []problemHop `json:"trace,omitempty"`
}

type problemHop struct {
	Element string `json:"element"`
	Flow    string `json:"flow,omitempty"`
	Text    string `json:"text"`
}

type judged struct {
	Problems []problem `json:"problems"`
	Listed   bool      `json:"listed"`
}

// postCheck judges a drawing as it comes, and keeps nothing.
func (s *Service) postCheck(w http.ResponseWriter, r *http.Request) error {
	source, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var all []Finding
	answer := judged{Problems: []problem{}}
	err = s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		all, answer.Listed, err = s.JudgeDrawing(tx, r.PathValue("id"), source)
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range all {
		answer.Problems = append(answer.Problems, f.problem(r.Context()))
	}
	return web.JSON(w, http.StatusOK, answer)
}

// inDrawing is the id of an element in the drawing itself: of what a called process holds, the call.
func inDrawing(id string) string {
	id, _, _ = strings.Cut(id, "/")
	return id
}

func (f Finding) problem(ctx context.Context) problem {
	p := problem{Element: inDrawing(f.Step), Name: f.Name, Text: f.text(ctx)}
	for _, h := range f.Trace {
		p.Trace = append(p.Trace, problemHop{Element: inDrawing(h.Node), Flow: inDrawing(h.Flow), Text: h.Name})
	}
	return p
}
