using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Paths;

namespace Isthmus.Fhir.Tests.Paths;

/// <summary>An invented Patient, and shorthands for asking it.</summary>
internal static class Sample
{
    public static readonly FhirPathContext Context = new() { Now = new DateTimeOffset(2026, 3, 2, 10, 30, 0, TimeSpan.FromHours(1)) };

    public static readonly FhirElement Patient = Read(
        """
        {
          "resourceType": "Patient", "id": "example",
          "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">Mara Ilse Sample</div>"},
          "contained": [{"resourceType": "Organization", "id": "ward", "name": "Invented Ward"}],
          "identifier": [{"use": "usual", "system": "urn:oid:1.2.36.1", "value": "12345"}],
          "active": true,
          "name": [
            {"use": "official", "family": "Sample", "given": ["Mara", "Ilse"]},
            {"use": "usual", "given": ["Mari"]},
            {"use": "maiden", "family": "Winter", "given": ["Mara", "Ilse"], "period": {"end": "2002"}}],
          "telecom": [{"use": "home"}, {"system": "phone", "value": "(03) 5550 6473", "use": "work"}],
          "gender": "female",
          "birthDate": "1974-12-25",
          "_birthDate": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "1974-12-25T14:35:45-05:00"}]},
          "deceasedBoolean": false,
          "contact": [{
            "relationship": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": "N"}]}],
            "name": {
              "family": "Muster",
              "_family": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/humanname-own-prefix", "valueString": "VV"}]},
              "given": [null, "Ida"], "_given": [{"id": "absent"}, null]}}],
          "generalPractitioner": [{"reference": "#ward"}],
          "managingOrganization": {"reference": "Organization/1"}
        }
        """);

    public static FhirElement Read(string json) => FhirJsonReader.Read(Encoding.UTF8.GetBytes(json)) switch
    {
        { Fault: { } fault } => throw new InvalidOperationException(fault.Rule),
        var read => read.Root,
    };

    /// <summary>What an expression comes to over the Patient, as text; FAULT if it is refused.</summary>
    public static string Ask(string expression, FhirPathContext? context = null)
    {
        var compiled = FhirPath.Compile(expression);
        if (compiled.Expression is null)
        {
            return "FAULT";
        }

        var result = compiled.Expression.Evaluate(Patient, context ?? Context);
        return result.Fault is null ? string.Join(',', result.Items.ToArray().Select(item => item.AsLiteral())) : "FAULT";
    }

    /// <summary>The rule that an expression breaks; null if it breaks none.</summary>
    public static string? RuleOf(string expression, FhirPathContext? context = null)
    {
        var compiled = FhirPath.Compile(expression);
        return compiled.Fault?.Rule ?? compiled.Expression!.Evaluate(Patient, context ?? Context).Fault?.Rule;
    }
}
