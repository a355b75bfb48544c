using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Search;

/// <summary>
/// One value that a resource is found by. Elements point into the resource's tape and hold as long as it does.
/// <see cref="ToString"/> names the parameter and never the value, which is PHI.
/// </summary>
public abstract class SearchValue(SearchParameter parameter)
{
    public SearchParameter Parameter { get; } = parameter;

    public override string ToString() => $"{GetType().Name}({Parameter.Code})";
}

/// <summary>A code, identifier, contact or flag. Text alone is found by <c>:text</c> only.</summary>
/// <param name="parameter">Whose value it is.</param>
/// <param name="system">The namespace; absent where the element has none.</param>
/// <param name="code">The value within it; absent where there is only text.</param>
/// <param name="text">What is displayed for it.</param>
public sealed class TokenValue(SearchParameter parameter, FhirElement system, FhirElement code, FhirElement text = default) : SearchValue(parameter)
{
    /// <summary>Whether it is an element of its own that is a code, a flag or a text, and so has no place for a system.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Of an identifier, the CodeableConcept that says what kind it is (<c>:of-type</c>).</summary>
    public FhirElement IdentifierType => Code.Parent["type"u8];

    public FhirElement System { get; } = system;

    public FhirElement Code { get; } = code;

    public FhirElement Text { get; } = text;
}

/// <summary>Text that is found without regard to case and accents; normalising it is the index's business.</summary>
public sealed class StringValue(SearchParameter parameter, FhirElement text) : SearchValue(parameter)
{
    public FhirElement Text { get; } = text;
}

/// <summary>A uri, found as it is written.</summary>
public sealed class UriValue(SearchParameter parameter, FhirElement uri) : SearchValue(parameter)
{
    public FhirElement Uri { get; } = uri;
}

/// <summary>What a reference points at: a resource's type and id where its form tells them, or an identifier (<c>:identifier</c>).</summary>
public sealed class ReferenceValue : SearchValue
{
    private readonly FhirElement element;
    private readonly FhirElement resource;
    private ReferenceTarget? target;

    /// <param name="parameter">Whose value it is.</param>
    /// <param name="element">The Reference.</param>
    /// <param name="resource">In which it stands, for what is contained there.</param>
    internal ReferenceValue(SearchParameter parameter, FhirElement element, FhirElement resource)
        : base(parameter) => (this.element, this.resource, Reference, Identifier) = (element, resource, element["reference"u8], element["identifier"u8]);

    /// <param name="parameter">Whose value it is.</param>
    /// <param name="reference">As written, where it is.</param>
    /// <param name="target">Where it leads.</param>
    internal ReferenceValue(SearchParameter parameter, FhirElement reference, ReferenceTarget target)
        : base(parameter) => (Reference, this.target) = (reference, target);

    /// <summary>As written; absent for a reference by identifier alone.</summary>
    public FhirElement Reference { get; }

    /// <summary>Worked out when asked for.</summary>
    public ReferenceTarget Target => target ??= ReferenceTarget.Of(element, resource);

    public FhirElement Identifier { get; }
}

/// <summary>All that a date may mean: from an instant up to, and without, another.</summary>
public sealed class DateValue(SearchParameter parameter, DateTimeOffset from, DateTimeOffset until) : SearchValue(parameter)
{
    public DateTimeOffset From { get; } = from;

    public DateTimeOffset Until { get; } = until;
}

/// <summary>A number, or a range of them with both ends in it; an end that is null is open.</summary>
public sealed class NumberValue(SearchParameter parameter, decimal? from, decimal? until) : SearchValue(parameter)
{
    public decimal? From { get; } = from;

    public decimal? Until { get; } = until;
}

/// <summary>A quantity, or a range of them with both ends in it; an end that is null is open.</summary>
public sealed class QuantityValue(SearchParameter parameter, decimal? from, decimal? until, FhirElement system, FhirElement code, FhirElement unit) : SearchValue(parameter)
{
    public decimal? From { get; } = from;

    public decimal? Until { get; } = until;

    public FhirElement System { get; } = system;

    public FhirElement Code { get; } = code;

    public FhirElement Unit { get; } = unit;

    /// <summary>The same in UCUM's canonical units, so that 1 g is found as 1000 mg; null where the unit is not UCUM's. Worked out when asked for.</summary>
    public CanonicalQuantity? Canonical() => SearchQuantities.Canonical(this);
}

/// <summary>A quantity in the canonical unit of its dimension.</summary>
public sealed record CanonicalQuantity(decimal? From, decimal? Until, string Code)
{
    public override string ToString() => $"CanonicalQuantity({Code})";
}

/// <summary>Values that belong together, one of each component, in the order of the definition.</summary>
public sealed class CompositeValue(SearchParameter parameter, IReadOnlyList<SearchValue> components) : SearchValue(parameter)
{
    public IReadOnlyList<SearchValue> Components { get; } = components;
}

/// <summary>A place on Earth, in degrees (WGS 84).</summary>
public sealed class PositionValue(SearchParameter parameter, decimal latitude, decimal longitude) : SearchValue(parameter)
{
    public decimal Latitude { get; } = latitude;

    public decimal Longitude { get; } = longitude;
}
