package flow

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/i18n"
)

// box is the part of the plane that the picture shows.
func (p Picture) box() string { return fmt.Sprintf("%d %d %d %d", p.Left, p.Top, p.Width, p.Height) }

// spoken names the steps for whoever hears the picture.
func (p Picture) spoken(ctx context.Context) string {
	return i18n.T(ctx, "flow.drawing.spoken", "steps", strings.Join(p.Names, i18n.T(ctx, "catalog.list")))
}

// class says how the shape is shown: what it is, whether it stops the clock, and its mark.
func (s Shape) class() string {
	class := "bpmn__" + string(s.Node.Kind)
	if s.Node.StopsClock() != "" {
		class += " is-stop"
	}
	if s.Mark != "" {
		class += " is-" + s.Mark
	}
	return class
}

// word is the key of what is written below the name of a task, so that no colour says it alone.
func (s Shape) word() string {
	switch {
	case s.Mark != "":
		return "flow.mark." + s.Mark
	case s.Node.StopsClock() != "":
		return "flow.mark.stop"
	case s.Node.Kind == workflow.ServiceTask:
		return "flow.mark.service"
	}
	return ""
}

func (s Shape) midX() string { return strconv.Itoa(s.X + s.W/2) }
func (s Shape) midY() string { return strconv.Itoa(s.Y + s.H/2) }
func (s Shape) half() string { return strconv.Itoa(min(s.W, s.H) / 2) }

func (s Shape) diamond() string {
	return fmt.Sprintf("%d,%d %d,%d %d,%d %d,%d", s.X+s.W/2, s.Y, s.X+s.W, s.Y+s.H/2, s.X+s.W/2, s.Y+s.H, s.X, s.Y+s.H/2)
}

// sign is what stands in a gateway: a cross for one way of several, a plus for all of them.
func (s Shape) sign() string {
	x, y, d := s.X+s.W/2, s.Y+s.H/2, min(s.W, s.H)/6
	if s.Node.Kind == workflow.Parallel {
		return fmt.Sprintf("M%d %dH%dM%d %dV%d", x-d, y, x+d, x, y-d, y+d)
	}
	if s.Node.Kind == workflow.Exclusive {
		return fmt.Sprintf("M%d %dL%d %dM%d %dL%d %d", x-d, y-d, x+d, y+d, x+d, y-d, x-d, y+d)
	}
	return fmt.Sprintf("M%d %da%d %d 0 1 0 %d 0a%d %d 0 1 0 %d 0", x-d, y, d, d, 2*d, d, d, -2*d)
}

// leading is the distance of lines in a box, in pixels; textHeight is that of a character.
const (
	leading    = 16
	textHeight = 10
)

// line is where a line of the name stands; the lines are set in the middle of the box.
func (s Shape) line(i int) string {
	n := len(s.Lines())
	if s.word() != "" {
		n++
	}
	return strconv.Itoa(s.Y + s.H/2 - (n-1)*leading/2 + i*leading + textHeight/2)
}

func (s Shape) foot() string { return s.line(len(s.Lines())) }

func (v oneView) sinceTyped() string {
	if typed := v.Typed.Get("since"); typed != "" {
		return typed
	}
	return v.Since
}
