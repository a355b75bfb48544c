using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Walk;

/// <summary>Checks URIs that name something: systems are absolute, and canonical URLs lead to definitions of the type wanted.</summary>
internal sealed class UriCheck(DefinitionSet definitions, FhirTape tape, FindingLog log)
{
    private static readonly int SystemName = FhirNames.IdOf("system"u8);
    private static readonly int ValueName = FhirNames.IdOf("value"u8);

    /// <summary>The system of a Coding or an Identifier.</summary>
    public void System(int node, string label)
    {
        var system = tape.Find(node, SystemName, sibling: false);
        if (system < 0 || tape.Nodes[system].Kind != FhirKind.String || tape.Nodes[system].Length == 0)
        {
            return;
        }

        var text = tape.ValueOf(system);
        if (text[0] != '#' && !text.Contains((byte)':'))
        {
            log.Add(UriRules.RelativeSystem, system, label);
        }

        if (text.SequenceEqual("urn:ietf:rfc:3986"u8) && tape.Find(node, ValueName, sibling: false) is >= 0 and var value
            && tape.Nodes[value].Kind == FhirKind.String && !tape.ValueOf(value).Contains((byte)':'))
        {
            log.Add(UriRules.IdentifierValue, value);
        }
    }

    /// <summary>What a canonical names, where the definitions have it.</summary>
    public void Canonical(int node, PropertyShape property)
    {
        var text = new FhirElement(tape, node).AsString();
        if (text is null || text.StartsWith('#') || definitions.Find(text).ResourceType is not { } type)
        {
            return;
        }

        if (!Array.Exists(property.Type.Targets, target => TypeUse.NameOf(target) is var name && (name == type || name == "Resource" || name == "DomainResource")))
        {
            log.Add(UriRules.CanonicalType, node, property.Element.Path, type, string.Join(" or ", property.Type.Targets.Select(TypeUse.NameOf)));
        }
    }
}
