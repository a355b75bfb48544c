using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Terminology;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.Values;

namespace Isthmus.Fhir.Validation.Walk;

/// <summary>
/// Checks a ValueSet's compose: that systems are absolute, and that filters ask for what the code system's properties can have.
/// Systems that are not here are not asked.
/// </summary>
internal sealed class ValueSetCheck(DefinitionSet definitions, TerminologySet terminology, FindingLog log)
{
    /// <summary>Properties that every code system has, with their types (FHIR R4 codesystem-concept-properties).</summary>
    private static readonly Dictionary<string, string> Standard = new(StringComparer.Ordinal)
    {
        ["notSelectable"] = "boolean",
        ["inactive"] = "boolean",
        ["parent"] = "code",
        ["child"] = "code",
    };

    public void Check(FhirElement valueSet)
    {
        foreach (var part in (ReadOnlySpan<string>)["include", "exclude"])
        {
            foreach (var include in valueSet["compose"u8][part])
            {
                Include(include);
            }
        }
    }

    private void Include(FhirElement include)
    {
        if (include["system"u8].AsString() is not { Length: > 0 } system)
        {
            return;
        }

        if (!system.Contains(':', StringComparison.Ordinal))
        {
            log.Add(ValueSetFindings.System, include.Index);
        }

        var codeSystem = definitions.Find(system);
        if (!codeSystem["resourceType"u8].TextEquals("CodeSystem"u8))
        {
            return;
        }

        foreach (var filter in include["filter"u8])
        {
            Filter(filter, codeSystem, system);
        }
    }

    private void Filter(FhirElement filter, FhirElement codeSystem, string system)
    {
        var property = filter["property"u8].AsString() ?? "";
        var value = filter["value"u8].AsString() ?? "";
        switch (filter["op"u8].AsString())
        {
            case "is-a" or "descendent-of" or "is-not-a" or "generalizes" when property is "concept" or "code":
                Code(filter, property, system, system, value);
                break;
            case "=" when TypeOf(codeSystem, property) is { } type:
                Value(filter, property, type, system, value);
                break;
            default:
                break;
        }
    }

    private void Value(FhirElement filter, string property, string type, string system, string value)
    {
        var text = Encoding.UTF8.GetBytes(value);
        var fits = type switch
        {
            "boolean" => value is "true" or "false",
            "integer" => PrimitiveFormat.Check(PrimitiveKind.Integer, text) is null,
            "decimal" => PrimitiveFormat.Check(PrimitiveKind.Decimal, text) is null,
            "dateTime" => PrimitiveFormat.Check(PrimitiveKind.DateTime, text) is null,
            "Coding" => value.IndexOf('#', StringComparison.Ordinal) > 0,
            _ => true,
        };
        if (!fits)
        {
            log.Add(ValueSetFindings.FilterValue, filter.Index, property, system, type);
        }
        else if (type == "Coding")
        {
            var hash = value.IndexOf('#', StringComparison.Ordinal);
            Code(filter, property, system, value[..hash].Split('|')[0], value[(hash + 1)..]);
        }
        else if (type == "code" && property is "parent" or "child")
        {
            Code(filter, property, system, system, value);
        }
    }

    private void Code(FhirElement filter, string property, string told, string system, string code)
    {
        if (terminology.HasCode(Encoding.UTF8.GetBytes(system), Encoding.UTF8.GetBytes(code)) == Membership.No)
        {
            log.Add(ValueSetFindings.FilterCode, filter.Index, property, told);
        }
    }

    /// <summary>The type of a property that the code system declares and for which it has no filter of the same name.</summary>
    private static string? TypeOf(FhirElement codeSystem, string property)
    {
        foreach (var filter in codeSystem["filter"u8])
        {
            if (filter["code"u8].AsString() == property)
            {
                return null;
            }
        }

        foreach (var declared in codeSystem["property"u8])
        {
            if (declared["code"u8].AsString() == property)
            {
                return declared["type"u8].AsString();
            }
        }

        return Standard.GetValueOrDefault(property);
    }
}
