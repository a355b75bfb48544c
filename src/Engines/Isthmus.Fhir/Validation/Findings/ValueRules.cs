using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What a primitive value can break (FHIR R4 datatypes.html#primitive).</summary>
internal static class ValueRules
{
    public static readonly FindingRule EmptyString = new("fhir.value.empty", Error, "invalid",
        "A string has at least one character.", """{"resourceType":"Patient","gender":""}""", "Leave the property out.");

    public static readonly FindingRule Character = new("fhir.value.character", Error, "invalid",
        "A string holds no control characters other than tab, line feed and carriage return.", """{"family":"\u0000"}""", "Remove the character.");

    public static readonly FindingRule OnlyBlank = new("fhir.value.white-space", Error, "invalid",
        "The text is white space and nothing else.", """{"family":"  "}""", "Leave the property out.");

    public static readonly FindingRule StringTooLong = new("fhir.value.string-too-long", Error, "too-long",
        "A string has at most 1,048,576 characters.", "A text of two megabytes.", "Use an Attachment or a Binary.");

    public static readonly FindingRule Blank = new("fhir.value.blank", Warning, "invalid",
        "The text begins or ends with white space.", """{"family":" Sample"}""", "Trim the text.");

    public static readonly FindingRule Date = new("fhir.value.date", Error, "invalid",
        "A date is YYYY, YYYY-MM or YYYY-MM-DD and a day of the calendar.", """{"birthDate":"01.02.1970"}""", "Write the date in that form.");

    public static readonly FindingRule DateTime = new("fhir.value.date-time", Error, "invalid",
        "A dateTime is a date, or a date with a time to the second and a time zone, such as 2024-05-01T10:30:00+02:00.",
        """{"effectiveDateTime":"2024-05-01T10:30"}""", "Add seconds and time zone, or leave the time out.");

    public static readonly FindingRule Instant = new("fhir.value.instant", Error, "invalid",
        "An instant has date, time to the second and time zone, such as 2024-05-01T10:30:00.000Z.",
        """{"issued":"2024-05-01"}""", "Write the instant in full.");

    public static readonly FindingRule Time = new("fhir.value.time", Error, "invalid",
        "A time is hh:mm:ss without a zone, such as 09:30:00.", """{"valueTime":"9:30"}""", "Write the time in that form.");

    public static readonly FindingRule Integer = new("fhir.value.integer", Error, "invalid",
        "An integer is a whole number of 32 bits without leading zeros.", """{"valueInteger":1.5}""", "Write a whole number, or use a decimal where the element allows it.");

    public static readonly FindingRule PositiveInt = new("fhir.value.positive-int", Error, "invalid",
        "A positiveInt is a whole number from 1 to 2,147,483,647.", """{"rank":0}""", "Write a number of at least 1.");

    public static readonly FindingRule UnsignedInt = new("fhir.value.unsigned-int", Error, "invalid",
        "An unsignedInt is a whole number from 0 to 2,147,483,647.", """{"total":-1}""", "Write a number of at least 0.");

    public static readonly FindingRule Id = new("fhir.value.id", Error, "invalid",
        "An id has 1 to 64 letters, digits, hyphens and dots, and nothing else.", """{"resourceType":"Patient","id":"a_b"}""", "Choose an id of these characters.");

    public static readonly FindingRule Code = new("fhir.value.code", Error, "invalid",
        "A code has no white space at either end, and single spaces within.", """{"status":" final"}""", "Trim the code.");

    public static readonly FindingRule Uri = new("fhir.value.uri", Error, "invalid",
        "A uri has no white space.", """{"system":"http://loinc.org "}""", "Remove the white space, or write it as %20.");

    public static readonly FindingRule Oid = new("fhir.value.oid", Error, "invalid",
        "An OID is urn:oid: with numbers between dots, the first of them 0, 1 or 2.", """{"system":"urn:oid:2.16.840.01"}""", "Write the OID in that form.");

    public static readonly FindingRule Uuid = new("fhir.value.uuid", Error, "invalid",
        "A UUID is urn:uuid: with 8-4-4-4-12 hexadecimal digits in lower case.", """{"fullUrl":"urn:uuid:1234"}""", "Write the UUID in that form.");

    public static readonly FindingRule Base64 = new("fhir.value.base64", Error, "invalid",
        "This is not base64: groups of four letters, digits, + and /, with = only at the end.", """{"data":"%%%"}""", "Encode the bytes as base64.");

    public static readonly FindingRule Decimal = new("fhir.value.decimal", Error, "invalid",
        "A decimal has digits with an optional fraction and exponent.", """{"value":1e400000}""", "Write the number in that form.");

    public static readonly FindingRule MaxLength = new("fhir.value.max-length", Error, "too-long",
        "{0} may have at most {1} characters.", "An identifier value of 80 characters where the profile allows 20.", "Shorten the text.");

    public static readonly FindingRule BelowMinimum = new("fhir.value.below-minimum", Error, "invalid",
        "{0} is less than the profile's least value, {1}.", "A quantity of -1 g where the profile wants at least 0 kg.", "Correct the value or its unit.");

    public static readonly FindingRule AboveMaximum = new("fhir.value.above-maximum", Error, "invalid",
        "{0} is greater than the profile's greatest value, {1}.", "A quantity of 11000 g where the profile wants at most 10 kg.", "Correct the value or its unit.");

    public static readonly FindingRule Incomparable = new("fhir.value.incomparable", Warning, "not-supported",
        "{0} cannot be compared with the profile's limit: the units are of different kinds or not UCUM.", "A value without a unit where the profile's limit is in kg.", "Use UCUM units of the same dimension.");
}
