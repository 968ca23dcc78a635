// Package workflow moves a file from desk to desk along a drawing: it says which
// tasks are open now, what opens next when one is done, and when all is done.
//
// The drawing is BPMN 2.0. A declared subset is executed, everything else is
// refused by [Compile] with the element named:
//
//	start events: none, message; end events: none, terminate
//	user task, manual task (treated as a user task), business rule task (a decision
//	table), service task (an order that somebody carries out)
//	exclusive, parallel, inclusive and event-based gateways, default flows
//	intermediate events that wait for a timer or a message; the same at an activity,
//	interrupting it or not
//	embedded subprocess, call activity
//	several instances of an activity, parallel or sequential, with a completion condition
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
// Conditions see the variables that the caller hands in with each event: step (element
// id to bool: does this optional step apply), form, answer and case (maps), result
// (element id to outcome); and what the engine knows: decision (what tables have
// decided, by output) and, among several instances, instances (total, done, active,
// outcome, and of one of them counter and item), which other tools call
// nrOfInstances and so on. What is not set reads as false in step, as "" in result
// and as null elsewhere. What cannot be worked out raises an Incident, and the token
// waits there for a Retry. A [Compiler] that is Plain lets conditions name anything.
//
// One scope holds the tokens of one instance of one body, so that no join mixes two
// instances; a terminate end and a return reach no further than theirs.
package workflow
