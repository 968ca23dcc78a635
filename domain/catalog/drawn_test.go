package catalog

import (
	"testing"

	"onedoor.app/engine/workflow"
)

// TestStepsStandAsTheyAreDone gives an item a flow whose file has the decision before the review that leads to it.
func TestStepsStandAsTheyAreDone(t *testing.T) {
	t.Parallel()
	def, err := workflow.Compile([]byte(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gov="https://onedoor.app/bpmn"><process id="shops">
		<startEvent id="start"/><userTask id="t1" name="决定" gov:slot="decide"/><endEvent id="end"/><userTask id="t2" name="审查" gov:slot="review"/>
		<sequenceFlow id="f1" sourceRef="start" targetRef="t2"/><sequenceFlow id="f2" sourceRef="t2" targetRef="t1"/><sequenceFlow id="f3" sourceRef="t1" targetRef="end"/></process></definitions>`))
	if err != nil {
		t.Fatal(err)
	}
	flow, err := Drawn{ID: "shops", Hash: def.Hash(), Source: def.Source()}.template()
	if err != nil {
		t.Fatal(err)
	}
	steps := flow.steps(&Item{Steps: []Step{{ID: "s1", Slot: "accept"}}})
	if len(steps) != 3 || steps[0].Slot != "accept" || steps[1].Slot != "review" || steps[2].Slot != "decide" {
		t.Errorf("the steps are %+v", steps)
	}
}
