using System.Globalization;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Profiles;

/// <summary>Compares an instance's value with one that a profile fixes (fixed[x]) or of which it asks a part (pattern[x]).</summary>
internal static class ValueMatch
{
    /// <summary>The same in every part, whatever the order of the properties.</summary>
    public static bool Equal(FhirElement wanted, FhirElement found)
    {
        switch (wanted.Kind)
        {
            case FhirKind.Object:
                if (found.Kind != FhirKind.Object || wanted.Count != found.Count)
                {
                    return false;
                }

                foreach (var property in wanted)
                {
                    if (!Equal(property, Same(found, property)))
                    {
                        return false;
                    }
                }

                return true;
            case FhirKind.Array:
                if (found.Kind != FhirKind.Array)
                {
                    return false;
                }

                var (left, right) = (wanted.FirstChild, found.FirstChild);
                for (; left.Exists && right.Exists; (left, right) = (left.Next, right.Next))
                {
                    if (!Equal(left, right))
                    {
                        return false;
                    }
                }

                return !left.Exists && !right.Exists;
            default:
                return SameValue(wanted, found);
        }
    }

    /// <summary>Everything the pattern has is there; the items of its arrays in any order and among others.</summary>
    public static bool Contains(FhirElement pattern, FhirElement found)
    {
        switch (pattern.Kind)
        {
            case FhirKind.Object:
                if (found.Kind != FhirKind.Object)
                {
                    return false;
                }

                foreach (var property in pattern)
                {
                    if (!Contains(property, Same(found, property)))
                    {
                        return false;
                    }
                }

                return true;
            case FhirKind.Array:
                foreach (var wanted in pattern)
                {
                    if (!Any(wanted, found))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return SameValue(pattern, found);
        }
    }

    private static bool Any(FhirElement wanted, FhirElement array)
    {
        foreach (var item in array)
        {
            if (Contains(wanted, item))
            {
                return true;
            }
        }

        return false;
    }

    private static FhirElement Same(FhirElement element, FhirElement property)
    {
        foreach (var child in element)
        {
            if (child.IsSibling == property.IsSibling && child.Name.SequenceEqual(property.Name))
            {
                return child;
            }
        }

        return default;
    }

    private static bool SameValue(FhirElement wanted, FhirElement found) =>
        wanted.Kind == found.Kind
        && (wanted.Text.SequenceEqual(found.Text)
            || (wanted.Kind == FhirKind.Number && wanted.AsDecimal() is { } number && found.AsDecimal() == number));

    /// <summary>What the profile wants, as a person reads it: the codes of a concept, the text of a value. It is of the definition, not of the instance.</summary>
    public static string Shown(FhirElement wanted)
    {
        const int Most = 120;
        var text = wanted.Kind is FhirKind.Object or FhirKind.Array
            ? System.Text.Encoding.UTF8.GetString(Json.FhirJsonWriter.ToBytes(wanted))
            : wanted.AsString() ?? "";
        return text.Length <= Most ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, Most)}…");
    }
}
