package workflow

// kinds maps the tags that are executed.
var kinds = map[string]Kind{
	"startEvent": Start, "endEvent": End, "userTask": UserTask, "manualTask": UserTask,
	"exclusiveGateway": Exclusive, "parallelGateway": Parallel,
}

// later are the tags of the wider subset.
var later = map[string]string{
	"inclusiveGateway": "inclusive gateways", "eventBasedGateway": "event-based gateways",
	"intermediateCatchEvent": "intermediate events", "intermediateThrowEvent": "intermediate events",
	"boundaryEvent": "boundary events", "subProcess": "subprocesses", "callActivity": "call activities",
	"businessRuleTask": "business rule tasks", "serviceTask": "service tasks",
	"receiveTask": "receive tasks", "sendTask": "send tasks",
}

// refused are the tags that stay out, with what to do instead.
var refused = map[string]string{
	"task":               "an abstract task says nobody who does it; make it a user task",
	"scriptTask":         "scripts are not executed; use conditions and user tasks",
	"complexGateway":     "complex gateways are not executed; use exclusive and parallel gateways",
	"adHocSubProcess":    "ad-hoc subprocesses are not executed",
	"transaction":        "transactions and compensation are not executed",
	"implicitThrowEvent": "implicit throw events are not executed",
	"event":              "an event must be a start or an end event",
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
