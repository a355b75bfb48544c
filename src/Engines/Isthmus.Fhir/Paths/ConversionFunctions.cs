using System.Buffers;
using System.Globalization;

namespace Isthmus.Fhir.Paths;

/// <summary>Conversions (FHIRPath 2.0.0 section 5.5): <c>toX()</c> gives nothing where <c>convertsToX()</c> is false.</summary>
internal static class ConversionFunctions
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("+-.0123456789");

    /// <summary>The conversion to a type.</summary>
    public static ScalarNode.Function To(PathKind kind) =>
        (PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position) =>
        {
            if (Convert(run, input, arguments, kind, position) is { } converted)
            {
                run.Push(converted);
            }
        };

    /// <summary>Whether there is a conversion to a type.</summary>
    public static ScalarNode.Function ConvertsTo(PathKind kind) =>
        (PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position) =>
            run.Push(Convert(run, input, arguments, kind, position) is not null);

    private static FhirPathValue? Convert(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, PathKind kind, int position)
    {
        var value = run.Read(input, position);
        switch (kind)
        {
            case PathKind.Boolean:
                return ToBoolean(value);
            case PathKind.Integer:
                return ToInteger(value);
            case PathKind.Decimal:
                return ToDecimal(value);
            case PathKind.String:
                return value.Kind is PathKind.String ? value : value.AsString() is { } text ? new FhirPathValue(text) : null;
            case PathKind.Quantity:
                var unit = arguments.Length == 0 ? null : arguments[0].AsString();
                run.SpendAsking(position);
                return ToQuantity(value, unit);
            default:
                return ToTime(value, kind);
        }
    }

    private static FhirPathValue? ToBoolean(in FhirPathValue value) => value.Kind switch
    {
        PathKind.Boolean => value,
        PathKind.Integer or PathKind.Decimal => value.AsDecimal() switch { 1 => new FhirPathValue(true), 0 => new FhirPathValue(false), _ => null },
        PathKind.String => ((string)value.Reference!).ToLowerInvariant() switch
        {
            "true" or "t" or "yes" or "y" or "1" or "1.0" => new FhirPathValue(true),
            "false" or "f" or "no" or "n" or "0" or "0.0" => new FhirPathValue(false),
            _ => null,
        },
        _ => null,
    };

    private static FhirPathValue? ToInteger(in FhirPathValue value) => value.Kind switch
    {
        PathKind.Integer => value,
        PathKind.Boolean => new FhirPathValue(value.Whole),
        PathKind.String when int.TryParse((string)value.Reference!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
            new FhirPathValue((long)number),
        _ => null,
    };

    private static FhirPathValue? ToDecimal(in FhirPathValue value) => value.Kind switch
    {
        PathKind.Decimal => value,
        PathKind.Integer or PathKind.Boolean => new FhirPathValue((decimal)value.Whole),
        PathKind.String => Number((string)value.Reference!) is { } number ? new FhirPathValue(number) : null,
        _ => null,
    };

    private static decimal? Number(ReadOnlySpan<char> text) =>
        text.Length > 0 && text[^1] != '.' && !text.StartsWith(".")
            && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static FhirPathValue? ToTime(in FhirPathValue value, PathKind kind)
    {
        if (value.Kind == kind)
        {
            return value;
        }

        if (value.Kind == PathKind.Date && kind == PathKind.DateTime)
        {
            return new FhirPathValue(value.Time, kind);
        }

        if (value.Kind == PathKind.DateTime && kind == PathKind.Date)
        {
            return new FhirPathValue(PathBoundary.Cut(value.Time, PathTime.Day), kind);
        }

        if (value.Kind != PathKind.String)
        {
            return null;
        }

        var text = (string)value.Reference!;
        PathTime time;
        return kind switch
        {
            PathKind.Date when PathTimeParser.TryDate(text, out time) => new FhirPathValue(time, kind),
            PathKind.DateTime when PathTimeParser.TryDateTime(text, out time) => new FhirPathValue(time, kind),
            PathKind.Time when PathTimeParser.TryTime(text, out time) => new FhirPathValue(time, kind),
            _ => null,
        };
    }

    private static FhirPathValue? ToQuantity(in FhirPathValue value, string? unit)
    {
        FhirPathValue? quantity = value.Kind switch
        {
            PathKind.Quantity => value,
            PathKind.Integer or PathKind.Decimal => new FhirPathValue(value.AsDecimal()!.Value, PathUnit.One),
            PathKind.Boolean => new FhirPathValue(value.Whole != 0 ? 1.0m : 0.0m, PathUnit.One),
            PathKind.String => ReadQuantity((string)value.Reference!),
            _ => null,
        };
        if (unit is null || quantity is not { } read)
        {
            return quantity;
        }

        var wanted = PathUnit.IsDuration(unit) ? PathUnit.Calendar(unit) : PathUnit.Ucum(unit);
        return PathUnits.Convert(read.Number, (PathUnit)read.Reference!, wanted) is { } converted ? new FhirPathValue(converted, wanted) : null;
    }

    /// <summary>A number, alone or with a quoted UCUM code or a calendar duration behind it (section 5.5.7).</summary>
    private static FhirPathValue? ReadQuantity(string text)
    {
        var end = text.AsSpan().IndexOfAnyExcept(NumberCharacters);
        if (Number(end < 0 ? text : text.AsSpan(0, end)) is not { } number)
        {
            return null;
        }

        var unit = end < 0 ? "" : text.AsSpan(end).Trim();
        return unit.Length == 0 ? new FhirPathValue(number, PathUnit.One)
            : unit.Length > 2 && unit[0] == '\'' && unit.IndexOf('\'') == 0 && unit[1..].IndexOf('\'') == unit.Length - 2
                ? new FhirPathValue(number, PathUnit.Ucum(unit[1..^1].ToString()))
            : PathUnit.IsDuration(unit.ToString()) && char.IsWhiteSpace(text[end]) ? new FhirPathValue(number, PathUnit.Calendar(unit.ToString()))
            : null;
    }
}
