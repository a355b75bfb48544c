namespace Isthmus.Fhir.Search.Query;

/// <summary>How a value on record must stand to the one asked for (FHIR R4 search.html#prefix).</summary>
public enum SearchPrefix
{
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    StartsAfter,
    EndsBefore,
    Approximate,
}

/// <summary>One alternative of what is asked for, in the form of its parameter's kind. <see cref="ToString"/> never shows it, since it may be PHI.</summary>
public abstract class SearchOperand
{
    public sealed override string ToString() => GetType().Name;
}

/// <summary>A code, an identifier, a flag.</summary>
/// <param name="system">Null for any; empty for none.</param>
/// <param name="code">Null for any of the system.</param>
/// <param name="value">With <c>:of-type</c>, the identifier's value; system and code are then those of its type.</param>
public sealed class TokenOperand(byte[]? system, byte[]? code, byte[]? value = null) : SearchOperand
{
    public byte[]? System { get; } = system;

    public byte[]? Code { get; } = code;

    public byte[]? Value { get; } = value;
}

/// <summary>A text, as written and as <see cref="SearchText.Fold"/> has it.</summary>
public sealed class TextOperand(string text) : SearchOperand
{
    public string Text { get; } = text;

    public string Folded { get; } = SearchText.Fold(text);
}

/// <summary>A uri, or the canonical of a value set.</summary>
public sealed class UriOperand(string uri) : SearchOperand
{
    public string Uri { get; } = uri;
}

/// <summary>A resource that is referred to.</summary>
/// <param name="type">Null for any.</param>
/// <param name="id">Null where only <paramref name="uri"/> tells it: a resource of another server, a urn.</param>
/// <param name="version">Null for any.</param>
/// <param name="uri">As written.</param>
public sealed class ReferenceOperand(string? type, string? id, string? version, string uri) : SearchOperand
{
    public string? Type { get; } = type;

    public string? Id { get; } = id;

    public string? Version { get; } = version;

    public string Uri { get; } = uri;
}

/// <summary>All that a date may mean: from an instant up to, and without, another.</summary>
/// <param name="margin">By which each end moves outwards where the prefix is <c>ap</c>.</param>
public sealed class DateOperand(SearchPrefix prefix, DateTimeOffset from, DateTimeOffset until, TimeSpan margin) : SearchOperand
{
    public SearchPrefix Prefix { get; } = prefix;

    public DateTimeOffset From { get; } = from;

    public DateTimeOffset Until { get; } = until;

    public TimeSpan Margin { get; } = margin;
}

/// <summary>A number.</summary>
/// <param name="half">Half of what its last digit counts: 100 means from 99.5 to below 100.5, 100.00 from 99.995 to below 100.005.</param>
public sealed class NumberOperand(SearchPrefix prefix, decimal value, decimal half) : SearchOperand
{
    public SearchPrefix Prefix { get; } = prefix;

    public decimal Value { get; } = value;

    public decimal Half { get; } = half;
}

/// <summary>A quantity.</summary>
/// <param name="number">Its number, with prefix.</param>
/// <param name="system">Null for any.</param>
/// <param name="code">Code of the unit, or the unit as people read it; null for any.</param>
public sealed class QuantityOperand(NumberOperand number, string? system, string? code) : SearchOperand
{
    public NumberOperand Number { get; } = number;

    public string? System { get; } = system;

    public string? Code { get; } = code;
}

/// <summary>What belongs together, one operand for each component of the definition.</summary>
public sealed class CompositeOperand(IReadOnlyList<SearchOperand> parts) : SearchOperand
{
    public IReadOnlyList<SearchOperand> Parts { get; } = parts;
}

/// <summary>Places within a distance of one (FHIR R4 location.html, <c>near</c>).</summary>
public sealed class NearOperand(double latitude, double longitude, double kilometres) : SearchOperand
{
    public double Latitude { get; } = latitude;

    public double Longitude { get; } = longitude;

    public double Kilometres { get; } = kilometres;
}
