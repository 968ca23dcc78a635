package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const caller = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="main">
<startEvent id="s"/><exclusiveGateway id="x" default="f3"/><userTask id="small" name="Small"/><callActivity id="c" calledElement="stage"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="x"/>
<sequenceFlow id="f2" sourceRef="x" targetRef="c"><conditionExpression>${amount > 10}</conditionExpression></sequenceFlow>
<sequenceFlow id="f3" sourceRef="x" targetRef="small"/><sequenceFlow id="f4" sourceRef="small" targetRef="e"/><sequenceFlow id="f5" sourceRef="c" targetRef="e"/>
</process></definitions>`

const stage = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="stage"><startEvent id="s"/><userTask id="t"/><serviceTask id="v"/>
<intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="t"/><sequenceFlow id="f2" sourceRef="t" targetRef="v"/><sequenceFlow id="f3" sourceRef="v" targetRef="w"/><sequenceFlow id="f4" sourceRef="w" targetRef="e"/></process></definitions>`

func TestFlowRun(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"main.bpmn": caller, "stage.bpmn": stage} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "main.bpmn")
	for _, c := range []struct {
		name, input, want string
		args              []string
	}{
		{"step by step", `{"op":"complete","element":"t"}
{"op":"start","vars":{"amount":20}}
{"op":"start"}
not JSON
{"op":"complete","element":"t","task":9}
{"op":"complete","element":"t"}
{"op":"fire","element":"w"}
`, `{"error":{"code":"not_begun","element":"t"}}
{"open":[{"task":2,"element":"t","name":""}],"done":[],"ended":false,"incident":null}
{"error":{"code":"begun","element":""}}
{"error":{"code":"json","element":""}}
{"error":{"code":"no_task","element":"t"}}
{"open":[],"done":["t","v"],"ended":false,"incident":null}
{"open":[],"done":["c"],"ended":true,"incident":null}
`, []string{"--no-law", path}},
		{"by itself", "", `{"open":[],"done":[],"ended":false,"incident":{"element":"x","code":"condition","text":"rule: amount > 10: no such overload: _>_"}}
`, []string{path, "--no-law", "--auto"}},
		{"by itself, from a start", `{"op":"start","vars":{"amount":5}}`, `{"open":[{"task":1,"element":"small","name":"Small"}],"done":[],"ended":false,"incident":null}
{"open":[],"done":["small"],"ended":true,"incident":null}
`, []string{"--auto", path, "--no-law"}},
	} {
		var out bytes.Buffer
		if err := run(t.Context(), append([]string{"flow", "run"}, c.args...), environment(dir), strings.NewReader(c.input), &out, io.Discard); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if out.String() != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, out.String(), c.want)
		}
	}
	var out bytes.Buffer
	err := run(t.Context(), []string{"flow", "run", path}, environment(dir), strings.NewReader(""), &out, io.Discard)
	if !errors.Is(err, errFileRefused) || !strings.HasPrefix(out.String(), `{"refused":[{"element":"f2","code":"condition"`) {
		t.Errorf("under the law: %v %s", err, out.String())
	}
}
