using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Fhir.Elements;

namespace Isthmus.Mediation.Route;

/// <summary>Which properties of one resource type a destination may be told, and how, looked up once per property name.</summary>
internal sealed class TypePlan(DestinationTerms terms, string type)
{
    private readonly Dictionary<int, (bool Told, Derivation? Derivation)> byName = [];

    public bool TellsAnything { get; } = terms.Elements.Any(e => e.StartsWith(type + ".", StringComparison.Ordinal));

    /// <summary>A property that FHIR does not have is never told.</summary>
    public bool Tells(ReadOnlySpan<byte> property, out Derivation? derivation)
    {
        var name = FhirNames.IdOf(property);
        if (name < 0)
        {
            derivation = null;
            return false;
        }

        if (!byName.TryGetValue(name, out var plan))
        {
            plan = PlanFor(Encoding.UTF8.GetString(property));
            byName.Add(name, plan);
        }

        derivation = plan.Derivation;
        return plan.Told;
    }

    private (bool, Derivation?) PlanFor(string name) =>
        ElementOf(name) is { } element ? (true, terms.Derive.TryGetValue(element, out var asked) ? asked : null) : (false, null);

    /// <summary>The listed element that a property is: itself, or the choice it belongs to (<c>valueQuantity</c> is <c>value</c>).</summary>
    private string? ElementOf(string name)
    {
        if (name == "resourceType")
        {
            return null;
        }

        var whole = $"{type}.{name}";
        if (terms.Elements.Contains(whole))
        {
            return whole;
        }

        for (var i = 1; i < name.Length; i++)
        {
            if (char.IsAsciiLetterUpper(name[i]) && terms.Elements.Contains($"{type}.{name[..i]}"))
            {
                return $"{type}.{name[..i]}";
            }
        }

        return null;
    }
}
