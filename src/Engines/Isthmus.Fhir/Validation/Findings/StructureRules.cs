using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What the shape of a resource can lack (FHIR R4 json.html, elementdefinition.html).</summary>
internal static class StructureRules
{
    public static readonly FindingRule UnknownProperty = new("fhir.structure.unknown-property", Error, "structure",
        "{0} has no property of the name that stands here.",
        """{"resourceType":"Patient","birthdate":"1970-01-01"}""",
        "Use the element's exact name (case counts), or an extension for what FHIR has no element for.");

    public static readonly FindingRule NoIdentity = new("fhir.structure.resource-type", Error, "structure",
        "A resource is an object whose resourceType names a type of FHIR R4.",
        """{"resourceType":"Bundle","type":"collection","entry":[{"resource":{}}]}""",
        "Give the resource its resourceType.");

    public static readonly FindingRule WrongResource = new("fhir.structure.wrong-resource", Error, "structure",
        "The profile is for {0}, which this resource is not.",
        "A Patient validated against a profile of Observation.",
        "Validate against a profile of the resource's own type, or correct resourceType.");

    public static readonly FindingRule TooFew = new("fhir.structure.required", Error, "structure",
        "{0} is required: at least {1}, but {2} found.",
        """{"resourceType":"Observation","status":"final"}""",
        "Supply the element; where the value is not known and the profile allows it, use data-absent-reason.");

    public static readonly FindingRule TooMany = new("fhir.structure.too-many", Error, "structure",
        "{0} may occur at most {1} times, but {2} found.",
        "A Patient with two gender elements against a profile that allows one identifier.",
        "Leave only as many as the definition allows.");

    public static readonly FindingRule NotAnArray = new("fhir.structure.array-expected", Error, "invalid",
        "{0} repeats, so JSON writes it as an array, also when there is one.",
        """{"resourceType":"Patient","name":{"family":"Sample"}}""",
        "Put the value in brackets.");

    public static readonly FindingRule AnArray = new("fhir.structure.array-unexpected", Error, "invalid",
        "{0} does not repeat, so JSON writes no array.",
        """{"resourceType":"Patient","gender":["female"]}""",
        "Write the value without brackets.");

    public static readonly FindingRule EmptyArray = new("fhir.structure.empty-array", Error, "invalid",
        "An array has at least one item; without items the property is left out.",
        """{"resourceType":"Patient","name":[]}""",
        "Remove the property.");

    public static readonly FindingRule EmptyObject = new("fhir.structure.empty-object", Error, "structure",
        "An element has a value or children (ele-1); {0} here has neither.",
        """{"resourceType":"Patient","name":[{}]}""",
        "Remove the element, or give it content.");

    public static readonly FindingRule NotAnObject = new("fhir.structure.object-expected", Error, "invalid",
        "{0} is a {1}, which JSON writes as an object.",
        """{"resourceType":"Patient","name":["Sample"]}""",
        "Write the element's parts as properties of an object.");

    public static readonly FindingRule NotAValue = new("fhir.structure.value-expected", Error, "invalid",
        "{0} is a {1}, which JSON writes as a plain value.",
        """{"resourceType":"Patient","gender":{"value":"female"}}""",
        "Write the value itself; its id and extensions go into the property with the underscore.");

    public static readonly FindingRule WrongKind = new("fhir.structure.json-type", Error, "invalid",
        "{0} is a {1}, which JSON writes as a {2}.",
        """{"resourceType":"Patient","active":"true"}""",
        "Strings, dates and codes have quotes; numbers and booleans have none.");

    public static readonly FindingRule NullValue = new("fhir.structure.null", Error, "invalid",
        "null stands only within an array of primitives, beside an item of the underscore array that has content.",
        """{"resourceType":"Patient","birthDate":null}""",
        "Leave the property out.");

    public static readonly FindingRule Underscore = new("fhir.structure.underscore", Error, "structure",
        "Only primitive elements have a property with an underscore; {0} is none.",
        """{"resourceType":"Patient","_name":[{"id":"a"}]}""",
        "Put id and extension into the element itself.");

    public static readonly FindingRule ChoiceTwice = new("fhir.structure.choice-twice", Error, "structure",
        "{0} is one value of one of several types; it stands here a second time.",
        """{"resourceType":"Observation","valueString":"a","valueInteger":1}""",
        "Keep one of them.");
}
