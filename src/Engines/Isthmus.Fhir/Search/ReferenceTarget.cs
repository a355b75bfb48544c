using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Schema;

namespace Isthmus.Fhir.Search;

/// <summary>
/// What a literal reference says about its target (FHIR R4 references.html#literal): <c>[base/]Type/id[/_history/version]</c>.
/// Null where it does not say; a contained target has a type and no id, as it is no resource of its own.
/// </summary>
public readonly record struct ReferenceTarget(string? Type, string? Id, string? Version)
{
    private const string History = "/_history/";

    public static ReferenceTarget Of(string reference)
    {
        var history = reference.IndexOf(History, StringComparison.Ordinal);
        var current = history < 0 ? reference : reference[..history];
        var slash = current.LastIndexOf('/');
        if (slash <= 0)
        {
            return default;
        }

        var type = current[(current.LastIndexOf('/', slash - 1) + 1)..slash];
        return FhirSchema.R4.Type(type) is { IsResource: true }
            ? new ReferenceTarget(type, current[(slash + 1)..], history < 0 ? null : reference[(history + History.Length)..])
            : default;
    }

    /// <summary>Type and length of the id only: an id can be PHI.</summary>
    public override string ToString() => $"ReferenceTarget({Type}, {Id?.Length})";

    /// <summary>Whether a Reference leads to a resource of a type: <c>Of(…).Type</c>, without making texts for the usual <c>Type/id</c>.</summary>
    internal static bool IsOf(FhirElement reference, FhirElement resource, string type)
    {
        var text = reference["reference"u8].Text;
        var slash = text.IndexOf((byte)'/');
        return (slash > 0 && text.LastIndexOf((byte)'/') == slash && Ascii.Equals(text[..slash], type)) || Of(reference, resource).Type == type;
    }

    /// <summary>The target of a Reference within a resource.</summary>
    internal static ReferenceTarget Of(FhirElement reference, FhirElement resource)
    {
        var literal = reference["reference"u8].AsString();
        var target = literal switch
        {
            null => default,
            ['#', .. var id] => new ReferenceTarget(Contained(resource, id).ResourceType, null, null),
            _ => Of(literal),
        };
        return target.Type is null && reference["type"u8].AsString() is { } type ? target with { Type = type[(type.LastIndexOf('/') + 1)..] } : target;
    }

    private static FhirElement Contained(FhirElement resource, string id)
    {
        foreach (var contained in resource["contained"u8])
        {
            if (contained["id"u8].AsString() == id)
            {
                return contained;
            }
        }

        return default;
    }
}
