using System.Globalization;
using System.Text;
using Isthmus.Fhir.Schema;
using Isthmus.Fhir.Terminology;
using Isthmus.Fhir.Units;

namespace Isthmus.Fhir.Search.Query;

/// <summary>Reads one alternative of a parameter's value, by the parameter's kind (FHIR R4 search.html, the section of each kind). Null where it has not that form.</summary>
internal sealed class OperandReader(SearchSurroundings surroundings)
{
    private const int LongestNumber = 40;
    private const double DefaultKilometres = 10;

    /// <summary>A tenth of the distance between then and now, and of a number (FHIR R4 search.html#prefix, <c>ap</c>).</summary>
    private const int ApproximateShare = 10;

    public SearchOperand? Read(SearchParameter parameter, SearchModifier modifier, string? targetType, string text) => (parameter.Kind, modifier) switch
    {
        (_, SearchModifier.In or SearchModifier.NotIn) or (SearchKind.Uri, _) => Uri(text),
        (SearchKind.Token, SearchModifier.Text) or (SearchKind.String, _) => Text(text),
        (SearchKind.Token, SearchModifier.OfType) => TypedIdentifier(text),
        (SearchKind.Token, _) or (_, SearchModifier.Identifier) => Token(text),
        (SearchKind.Reference, _) => Reference(parameter, targetType, text),
        (SearchKind.Date, _) => Date(text),
        (SearchKind.Number, _) => Number(text),
        (SearchKind.Quantity, _) => Quantity(text),
        (SearchKind.Composite, _) => Composite(parameter, text),
        _ => Near(text),
    };

    /// <summary>Whether a value set can be asked: what is not known here would be neither in nor out.</summary>
    public bool Knows(UriOperand valueSet) => surroundings.Terminology.ValueSet(valueSet.Uri).Resource.Exists;

    private static UriOperand? Uri(string text) => text.Length == 0 ? null : new UriOperand(EscapedText.Unescape(text));

    private static TextOperand? Text(string text) => text.Length == 0 ? null : new TextOperand(EscapedText.Unescape(text));

    private static TokenOperand? Token(string text)
    {
        var parts = EscapedText.Split(text, '|', most: 2);
        var code = parts[^1].Length == 0 ? null : Bytes(parts[^1]);
        return parts.Count == 1
            ? code is null ? null : new TokenOperand(null, code)
            : parts[0].Length == 0 && code is null ? null : new TokenOperand(Bytes(parts[0]), code);
    }

    private static TokenOperand? TypedIdentifier(string text) =>
        EscapedText.Split(text, '|') is [{ Length: > 0 } system, { Length: > 0 } code, { Length: > 0 } value]
            ? new TokenOperand(Bytes(system), Bytes(code), Bytes(value))
            : null;

    private ReferenceOperand? Reference(SearchParameter parameter, string? targetType, string text)
    {
        text = EscapedText.Unescape(text);
        if (surroundings.BaseUrl is { } own && text.StartsWith(own, StringComparison.Ordinal) && text.AsSpan(own.Length).StartsWith("/", StringComparison.Ordinal))
        {
            text = text[(own.Length + 1)..];
        }

        if (text.Contains(':', StringComparison.Ordinal))
        {
            return targetType is null ? new ReferenceOperand(null, null, null, text) : null;
        }

        if (IsId(text))
        {
            return new ReferenceOperand(targetType ?? (parameter.Targets is [var only] ? only : null), text, null, text);
        }

        var target = ReferenceTarget.Of("/" + text);
        var isWhole = target is { Type: { } type, Id: { } id } && IsId(id) && text == $"{type}/{id}{(target.Version is null ? "" : $"/_history/{target.Version}")}";
        return isWhole && (targetType is null || targetType == target.Type) ? new ReferenceOperand(target.Type, target.Id, target.Version, text) : null;
    }

    private DateOperand? Date(string text)
    {
        var prefix = TakePrefix(ref text);
        if (SearchDates.Of(text, surroundings.Offset) is not { } range)
        {
            return null;
        }

        var margin = (surroundings.Now - range.From).Duration() / ApproximateShare;
        return new DateOperand(prefix, range.From, range.Until, margin);
    }

    private static NumberOperand? Number(string text)
    {
        var prefix = TakePrefix(ref text);
        if (text.Length > LongestNumber
            || !decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        var e = text.IndexOfAny(['e', 'E']);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var exponent = (e < 0 ? 0 : int.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)) - (point < 0 ? 0 : mantissa.Length - point - 1);
        return exponent is < -26 or > 26 ? null : new NumberOperand(prefix, value, Power(exponent) / 2);
    }

    private static QuantityOperand? Quantity(string text) => EscapedText.Split(text, '|') switch
    {
        [var number] when Number(number) is { } value => new QuantityOperand(value, null, null),
        [var number, var system, var code] when Number(number) is { } value => new QuantityOperand(value, NoneIfEmpty(system), NoneIfEmpty(code)),
        _ => null,
    };

    private CompositeOperand? Composite(SearchParameter parameter, string text)
    {
        var parts = EscapedText.Split(text, '$');
        if (parts.Count != parameter.Components.Count)
        {
            return null;
        }

        var operands = parts.Select((part, i) => Read(parameter.Components[i], SearchModifier.None, null, part)).OfType<SearchOperand>().ToArray();
        return operands.Length == parts.Count ? new CompositeOperand(operands) : null;
    }

    private static NearOperand? Near(string text)
    {
        var parts = EscapedText.Split(text, '|');
        if (parts.Count is < 2 or > 4
            || !double.TryParse(parts[0], CultureInfo.InvariantCulture, out var latitude) || latitude is not (>= -90 and <= 90)
            || !double.TryParse(parts[1], CultureInfo.InvariantCulture, out var longitude) || longitude is not (>= -180 and <= 180))
        {
            return null;
        }

        if (parts.Count == 2)
        {
            return new NearOperand(latitude, longitude, DefaultKilometres);
        }

        var unit = Ucum.Unit(parts.Count == 4 && parts[3].Length > 0 ? parts[3] : "km");
        return Number(parts[2]) is { Prefix: SearchPrefix.Equal, Value: > 0 } distance
            && unit is not null && Ucum.TryConvert(distance.Value, unit, Ucum.Unit("km")!, out var kilometres)
                ? new NearOperand(latitude, longitude, (double)kilometres)
                : null;
    }

    private static SearchPrefix TakePrefix(ref string text)
    {
        SearchPrefix? prefix = text.Length < 2 ? null : text[..2] switch
        {
            "eq" => SearchPrefix.Equal,
            "ne" => SearchPrefix.NotEqual,
            "gt" => SearchPrefix.Greater,
            "lt" => SearchPrefix.Less,
            "ge" => SearchPrefix.GreaterOrEqual,
            "le" => SearchPrefix.LessOrEqual,
            "sa" => SearchPrefix.StartsAfter,
            "eb" => SearchPrefix.EndsBefore,
            "ap" => SearchPrefix.Approximate,
            _ => null,
        };
        text = prefix is null ? text : text[2..];
        return prefix ?? SearchPrefix.Equal;
    }

    /// <summary>An id of R4 (datatypes.html#id).</summary>
    private static bool IsId(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.'))
            {
                return false;
            }
        }

        return text.Length is > 0 and <= 64 && FhirSchema.R4.Type(text) is not { IsResource: true };
    }

    private static decimal Power(int exponent)
    {
        var power = 1m;
        for (; exponent > 0; exponent--)
        {
            power *= 10;
        }

        for (; exponent < 0; exponent++)
        {
            power /= 10;
        }

        return power;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(EscapedText.Unescape(text));

    private static string? NoneIfEmpty(string text) => text.Length == 0 ? null : EscapedText.Unescape(text);
}

/// <summary>What the meaning of a search depends on besides its text.</summary>
public sealed record SearchSurroundings
{
    public required TerminologySet Terminology { get; init; }

    /// <summary>Now, from which <c>ap</c> measures how near a date is.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Where times without an offset were told.</summary>
    public TimeSpan Offset { get; init; }

    /// <summary>Of this server, without a slash at its end: references that begin with it are its own.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>Parameters that are unknown or not supported are left out and reported instead of refused (<c>Prefer: handling=lenient</c>).</summary>
    public bool IsLenient { get; init; }

    public SearchLimits Limits { get; init; } = SearchLimits.Default;
}
