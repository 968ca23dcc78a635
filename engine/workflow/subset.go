package workflow

// kinds maps the tags that are executed.
var kinds = map[string]Kind{
	"startEvent": Start, "endEvent": End, "intermediateCatchEvent": Catch, "boundaryEvent": Boundary,
	"userTask": UserTask, "manualTask": UserTask, "businessRuleTask": RuleTask, "serviceTask": ServiceTask,
	"subProcess": Subprocess, "callActivity": Call,
	"exclusiveGateway": Exclusive, "parallelGateway": Parallel, "inclusiveGateway": Inclusive, "eventBasedGateway": EventBased,
}

// refused are the tags that stay out, with what to do instead.
var refused = map[string]string{
	"task":                   "an abstract task says nobody who does it; make it a user task",
	"scriptTask":             "scripts are not executed; use conditions, decision tables and user tasks",
	"sendTask":               "send tasks are not executed; use a service task",
	"receiveTask":            "receive tasks are not executed; use an intermediate event with a message",
	"intermediateThrowEvent": "events that are thrown are not executed; use a service task",
	"complexGateway":         "complex gateways are not executed; use exclusive, inclusive and parallel gateways",
	"adHocSubProcess":        "ad-hoc subprocesses are not executed",
	"transaction":            "transactions and compensation are not executed",
	"implicitThrowEvent":     "implicit throw events are not executed",
	"event":                  "an event must be a start, an end, an intermediate or a boundary event",
}

// drawn are the tags that say nothing about the order of work.
var drawn = map[string]bool{
	"documentation": true, "extensionElements": true, "laneSet": true, "association": true,
	"textAnnotation": true, "group": true, "dataObject": true, "dataObjectReference": true,
	"dataStoreReference": true, "property": true, "ioSpecification": true, "ioBinding": true,
	"auditing": true, "monitoring": true, "supports": true, "resourceRole": true, "performer": true,
	"humanPerformer": true, "potentialOwner": true, "artifact": true, "correlationSubscription": true,
	"incoming": true, "outgoing": true, "rendering": true, "dataInputAssociation": true,
	"dataOutputAssociation": true, "dataOutput": true, "dataInput": true, "inputSet": true, "outputSet": true,
}
