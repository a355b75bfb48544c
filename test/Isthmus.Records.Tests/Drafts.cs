using System.Text;
using Isthmus.Fhir.Json;

namespace Isthmus.Records.Tests;

/// <summary>Invented resources.</summary>
internal static class Drafts
{
    public static ResourceDraft Of(string type, Guid id, string json, Standing standing = default)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var read = FhirJsonReader.Read(bytes);
        Assert.Null(read.Fault);
        return new ResourceDraft(type, id, read.Root, bytes, standing);
    }

    public static ResourceDraft Observation(Guid id, string value, Standing standing) => Of(
        "Observation", id,
        $$"""{"resourceType":"Observation","id":"{{id}}","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}]},"valueString":"{{value}}","effectiveDateTime":"2026-11-20T07:30:00-05:00"}""",
        standing);

    public static ResourceDraft Patient(Guid id, string family, Standing standing = default) => Of(
        "Patient", id,
        $$"""{"resourceType":"Patient","id":"{{id}}","identifier":[{"system":"urn:oid:2.16.840.1.113883.19.5.1","value":"MRN1"}],"name":[{"family":"{{family}}","given":["Oriel"]}],"birthDate":"1961-04-02"}""",
        standing);
}
