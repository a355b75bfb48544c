using System.Text;
using Isthmus.Fhir.Schema;

namespace Isthmus.Fhir.Tests;

/// <summary>
/// Resources with the elements that their type has, and now and then something else: values of the wrong form, lists where one is
/// expected and the reverse, text that nearly is a date, a number or a reference.
/// </summary>
internal sealed class RandomResource(int seed)
{
    private const int MaxDepth = 4;

    private static readonly string[] Types =
        ["Patient", "Observation", "Bundle", "Encounter", "ValueSet", "Questionnaire", "MedicationRequest", "Location", "Invoice", "Parameters", "List", "ClaimResponse", "StructureDefinition"];

    private static readonly string[] Texts =
    [
        "", "a", "final", "female", "2026", "2026-02-30", "2026-02", "9999-12-31T23:59:60.9999999Z", "0001-01-01T00:00:00+14:00", "24:00", "2026-03-01T08:00:00", "1.50", "-0",
        "Patient/1", "Patient//", "/Patient/1/_history/", "#", "#c", "urn:uuid:1", "http://h.example/Patient/1", "http://unitsofmeasure.org", "mg/dL", "[degF]", "m(((", "http://loinc.org", "718-7",
        "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><p>a</div>", "\\u0000", "\\ud83d\\ude00", "data:;base64,%%", "^(a+)+$", "http://hl7.org/fhir/StructureDefinition/Patient|4.0.1|",
    ];

    private static readonly string[] Numbers = ["0", "-1", "1.50", "1e400", "1E-400", "79228162514264337593543950336", "0.0000000000000000000000000000001", "2147483648"];

    private readonly Random random = new(seed);
    private readonly StringBuilder json = new();

    public byte[] Next()
    {
        json.Clear();
        Resource(0);
        return Encoding.UTF8.GetBytes(json.ToString());
    }

    private void Resource(int depth)
    {
        var type = Types[random.Next(Types.Length)];
        json.Append("{\"resourceType\":\"").Append(type).Append('"');
        Elements(FhirSchema.R4.Type(type)!, depth, begun: true);
        json.Append('}');
    }

    private void Elements(FhirType type, int depth, bool begun)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        for (var declaring = type; declaring is not null; declaring = FhirSchema.R4.Type(declaring.BaseName))
        {
            foreach (var element in declaring.OwnElements)
            {
                if (random.Next(depth == 0 ? 3 : 4) == 0 && used.Add(element.Name))
                {
                    json.Append(begun ? "," : "").Append('"').Append(random.Next(20) == 0 ? "_" : "").Append(element.Name).Append("\":");
                    List(element, depth);
                    begun = true;
                }
            }
        }
    }

    private void List(FhirElementDefinition element, int depth)
    {
        if (element.Repeats == (random.Next(15) == 0))
        {
            Value(element.Type, depth);
            return;
        }

        json.Append('[');
        for (var left = random.Next(3); left >= 0; left--)
        {
            Value(element.Type, depth);
            json.Append(left > 0 ? "," : "");
        }

        json.Append(']');
    }

    private void Value(string type, int depth)
    {
        if (random.Next(15) == 0)
        {
            json.Append(new[] { "null", "true", "{}", "[]", "[[1]]", "\"x\"", "{\"a\":{\"b\":1}}" }[random.Next(7)]);
        }
        else if (type is "Resource" && depth < MaxDepth)
        {
            Resource(depth + 1);
        }
        else if (FhirSchema.R4.Type(type) is not { } known || known.IsPrimitive || depth >= MaxDepth)
        {
            json.Append(type switch
            {
                "boolean" => random.Next(2) == 0 ? "true" : "false",
                "decimal" or "integer" or "positiveInt" or "unsignedInt" => Numbers[random.Next(Numbers.Length)],
                _ => $"\"{Texts[random.Next(Texts.Length)]}\"",
            });
        }
        else
        {
            json.Append('{');
            Elements(known, depth + 1, begun: false);
            json.Append('}');
        }
    }
}
