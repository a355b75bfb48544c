using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary>
/// What is known before evaluation of the items a part gives: their possible types, and whether there can be several.
/// No types at all means that nothing is known, which forbids nothing.
/// </summary>
internal sealed record PathTyping(IReadOnlySet<int> Fhir, IReadOnlySet<PathKind> System, bool Several)
{
    private static readonly HashSet<int> NoFhir = [];
    private static readonly HashSet<PathKind> NoSystem = [];

    public static PathTyping Unknown { get; } = new(NoFhir, NoSystem, Several: true);

    /// <summary>Whether the order of the items is undefined: they are children or descendants (section 5.8).</summary>
    public bool Unordered { get; init; }

    public bool IsUnknown => Fhir.Count == 0 && System.Count == 0;

    public static PathTyping Of(PathKind kind, bool several = false) => new(NoFhir, new HashSet<PathKind> { kind }, several);

    public static PathTyping Of(IEnumerable<int> types, bool several) => new(types.ToHashSet(), NoSystem, several);

    /// <summary>Either of two.</summary>
    public PathTyping Or(PathTyping other, bool several) => IsUnknown || other.IsUnknown
        ? Unknown with { Several = several }
        : new PathTyping(Fhir.Concat(other.Fhir).ToHashSet(), System.Concat(other.System).ToHashSet(), several);

    /// <summary>Whether some item could have one of these forms.</summary>
    public bool MayBe(params ReadOnlySpan<FhirForm> forms)
    {
        if (IsUnknown)
        {
            return true;
        }

        foreach (var form in forms)
        {
            if (Fhir.Any(type => FhirTypes.R4[type].Form == form) || System.Any(kind => FormOf(kind) == form))
            {
                return true;
            }
        }

        return false;
    }

    private static FhirForm FormOf(PathKind kind) => kind switch
    {
        PathKind.Boolean => FhirForm.Boolean,
        PathKind.Integer => FhirForm.Integer,
        PathKind.Decimal => FhirForm.Decimal,
        PathKind.String => FhirForm.String,
        PathKind.Date => FhirForm.Date,
        PathKind.DateTime => FhirForm.DateTime,
        PathKind.Time => FhirForm.Time,
        _ => FhirForm.None,
    };
}
