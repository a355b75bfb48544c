namespace Isthmus.Simulators.Ehr;

/// <summary>What <c>GET /fhir/metadata</c> says (R4 capabilitystatement.html).</summary>
internal static class CapabilityStatement
{
    public static byte[] Compose(Uri address) => System.Text.Encoding.UTF8.GetBytes($$"""
        {
          "resourceType": "CapabilityStatement",
          "status": "active",
          "date": "2026-11-01",
          "kind": "instance",
          "software": { "name": "Isthmus EHR simulator" },
          "implementation": { "description": "A simulated EHR", "url": "{{address.GetLeftPart(UriPartial.Authority)}}/fhir" },
          "fhirVersion": "4.0.1",
          "format": ["json"],
          "rest": [{
            "mode": "server",
            "security": {
              "service": [{ "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "SMART-on-FHIR" }] }],
              "extension": [{
                "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                "extension": [{ "url": "token", "valueUri": "{{address.GetLeftPart(UriPartial.Authority)}}/oauth2/token" }] }]
            },
            "resource": [{{string.Join(", ", ResourceTypes.Select(Resource))}}],
            "interaction": [{ "code": "transaction" }, { "code": "batch" }]
          }]
        }
        """);

    private static readonly string[] ResourceTypes =
    [
        "AllergyIntolerance", "Condition", "DiagnosticReport", "Encounter", "Location", "MessageHeader", "Observation", "Organization",
        "Patient", "Practitioner", "PractitionerRole", "Provenance", "RelatedPerson", "ServiceRequest", "Specimen",
    ];

    private static string Resource(string type) => $$"""
        { "type": "{{type}}", "updateCreate": true, "conditionalCreate": false, "conditionalUpdate": false,
          "interaction": [{ "code": "read" }, { "code": "create" }, { "code": "update" }] }
        """;
}
