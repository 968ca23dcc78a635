// Package workflow moves a file from desk to desk along a drawing: it says which
// tasks are open now, what opens next when one is done, and when all is done.
//
// The drawing is BPMN 2.0. A declared subset is executed, everything else is
// refused by [Compile] with the element named:
//
//	none start event, none end event, terminate end event
//	user task, manual task (treated as a user task)
//	exclusive gateway (conditions in CEL, default flow), parallel gateway
//
// [Compile] turns a file into a [Def]; [Step] applies one [Event] to a [State]
// and gives the next state with its [Effect]s; [Encode] writes a drawing from
// blocks; [Check] explores every way through a drawing and reports what can go
// wrong, with the shortest way there.
//
// Invariants:
//
//   - Step is pure, deterministic and bounded: no clock, no I/O, no randomness.
//     It never changes what it is given; an event that is not allowed is an error
//     and changes nothing. Replaying the events of a case gives the same states.
//   - A Def is immutable and named by the hash of its file. The file itself is
//     kept as it came: drawing, documentation and foreign extensions survive.
//   - The engine knows no government. The attributes of the extension namespace
//     [Namespace] are carried along as [Node.Attr]; only their form is checked.
//   - A State with tokens always has an open task or has reported an Incident:
//     nothing stops in silence.
//
// Conditions see five variables, which the caller hands in with each event:
// step (element id to bool: does this optional step apply), form, answer and
// case (maps), result (element id to outcome). What is not set reads as false in
// step, as "" in result and as null elsewhere. A condition that cannot be worked
// out raises an Incident and the token waits at the gateway for a Retry.
//
// The shapes leave room for the rest of BPMN without a break: a Token names its
// Scope (one scope for each instance of a subprocess, 0 is the process), Kind,
// EventKind and EffectKind are open lists of words, and State gains fields that
// are left out of its JSON while unused.
package workflow
