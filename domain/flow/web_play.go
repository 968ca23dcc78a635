package flow

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
)

// played is a drawing with what has happened in it so far.
type played struct {
	Source string `json:"source"`
	Moves  []Move `json:"moves"`
}

// The answer to it.
type (
	stage struct {
		Tokens []stagePlace `json:"tokens"`
		Open   []stageTask  `json:"open"`
		Waits  []stageWait  `json:"waits"`
		Stuck  []stagePlace `json:"stuck"`
		Passed []string     `json:"passed"`
		Told   []drawChoice `json:"told"`
		Over   bool         `json:"over"`
	}
	stagePlace struct {
		Element string `json:"element"`
		Count   int    `json:"count"`
		Text    string `json:"text,omitempty"`
	}
	stageTask struct {
		Task     uint32       `json:"task"`
		Element  string       `json:"element"`
		Name     string       `json:"name"`
		Who      string       `json:"who"`
		Outcomes []drawChoice `json:"outcomes"`
	}
	stageWait struct {
		Token   uint32 `json:"token"`
		Element string `json:"element"`
		Name    string `json:"name"`
		Timer   bool   `json:"timer,omitempty"`
		Message string `json:"message,omitempty"`
	}
)

// postPlay answers where a drawing stands after the moves that come with it, and keeps nothing.
func (s *Service) postPlay(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	in, err := web.Decode[played](r)
	if err != nil {
		return err
	}
	def, err := readDrawn([]byte(in.Source))
	if err != nil {
		return err
	}
	if def == nil {
		return fault.New(fault.Invalid, "flow.play.wrong")
	}
	scene, err := Play(def, in.Moves)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, scene.stage(ctx))
}

func (s Scene) stage(ctx context.Context) stage {
	out := stage{
		Tokens: []stagePlace{}, Open: []stageTask{}, Waits: []stageWait{}, Stuck: []stagePlace{}, Passed: append([]string{}, s.Passed...),
		Told: []drawChoice{}, Over: s.Over,
	}
	for _, p := range s.Tokens {
		out.Tokens = append(out.Tokens, stagePlace{Element: p.Element, Count: p.Count})
	}
	for _, p := range s.Stuck {
		text := i18n.T(ctx, "flow.play.stuck."+string(p.Why), "step", cmp.Or(p.Name, i18n.T(ctx, "flow.draw.hop")))
		out.Stuck = append(out.Stuck, stagePlace{Element: p.Element, Count: p.Count, Text: text})
	}
	for _, o := range s.Open {
		task := stageTask{Task: o.Token, Element: inDrawing(o.Node.ID), Name: nameWords(ctx, o.Node), Who: o.Node.Post()}
		if o.Index > 0 {
			task.Name = i18n.T(ctx, "flow.play.instance", "step", task.Name, "n", o.Index)
		}
		for _, value := range o.Outcome {
			task.Outcomes = append(task.Outcomes, drawChoice{value, i18n.T(ctx, "flow.outcome."+value)})
		}
		out.Open = append(out.Open, task)
	}
	for _, one := range s.Waits {
		out.Waits = append(out.Waits, stageWait{
			Token: one.Token, Element: inDrawing(one.Node.ID), Name: one.Node.Name, Timer: one.Node.Trigger == workflow.OnTimer, Message: one.Node.Message,
		})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Told)) {
		out.Told = append(out.Told, drawChoice{name, fmt.Sprint(s.Told[name])})
	}
	return out
}
