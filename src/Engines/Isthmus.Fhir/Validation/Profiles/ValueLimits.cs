using System.Globalization;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Units;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Profiles;

/// <summary>
/// Least and greatest values (ElementDefinition.minValue, maxValue): numbers, dates, quantities in any unit of the same kind,
/// and durations before or after now.
/// </summary>
internal sealed class ValueLimits(FhirTape tape, FindingLog log, DateTimeOffset? now)
{
    public void Check(int node, ConstraintShape shape)
    {
        if (shape.MinValue.Exists)
        {
            One(node, shape.MinValue, shape.Label, isLeast: true);
        }

        if (shape.MaxValue.Exists)
        {
            One(node, shape.MaxValue, shape.Label, isLeast: false);
        }
    }

    private void One(int node, FhirElement limit, string label, bool isLeast)
    {
        var value = new FhirElement(tape, node);
        if (Compare(value, limit, isLeast) is not { } order)
        {
            log.Add(ValueRules.Incomparable, node, label);
        }
        else if (isLeast ? order < 0 : order > 0)
        {
            log.Add(isLeast ? ValueRules.BelowMinimum : ValueRules.AboveMaximum, node, label, ValueMatch.Shown(limit));
        }
    }

    private int? Compare(FhirElement value, FhirElement limit, bool isLeast) => (value.Kind, limit.Kind) switch
    {
        (FhirKind.Number, FhirKind.Number) => value.AsDecimal() is { } number && limit.AsDecimal() is { } bound ? number.CompareTo(bound) : null,
        (FhirKind.String, FhirKind.String) => Texts(value.Text, limit.Text),
        (FhirKind.Object, FhirKind.Object) => Quantities(value, limit),
        (FhirKind.String, FhirKind.Object) => Moment(limit, isLeast) is { } moment ? Texts(value.Text, Encoding.UTF8.GetBytes(moment)) : 0,
        _ => null,
    };

    /// <summary>Dates and times compare as texts as far as both say.</summary>
    private static int Texts(ReadOnlySpan<byte> value, ReadOnlySpan<byte> limit)
    {
        var both = Math.Min(value.Length, limit.Length);
        return value[..both].SequenceCompareTo(limit[..both]);
    }

    /// <summary>Two quantities; null if their units cannot be compared.</summary>
    public static int? Quantities(FhirElement value, FhirElement limit)
    {
        if (value["value"u8].AsDecimal() is not { } left || limit["value"u8].AsDecimal() is not { } right)
        {
            return null;
        }

        var (unit, other) = (UnitOf(value), UnitOf(limit));
        return unit == other ? left.CompareTo(right)
            : Ucum.Unit(unit) is { } from && Ucum.Unit(other) is { } to && Ucum.TryCompare(left, from, right, to, out var order) ? order
            : null;
    }

    private static string UnitOf(FhirElement quantity) => quantity["code"u8].AsString() ?? quantity["unit"u8].AsString() ?? "";

    /// <summary>A duration is subtracted from the current time for the least value and added for the greatest (FHIR R4 elementdefinition.html).</summary>
    private string? Moment(FhirElement duration, bool isLeast)
    {
        if (now is not { } moment || duration["value"u8].AsDecimal() is not { } amount)
        {
            return null;
        }

        var signed = isLeast ? -amount : amount;
        try
        {
            var found = UnitOf(duration) switch
            {
                "a" or "year" or "years" => moment.AddMonths((int)(signed * 12)),
                "mo" or "month" or "months" => moment.AddMonths((int)signed),
                var unit => Ucum.Unit(unit) is { } from && Ucum.Unit("s") is { } seconds && Ucum.TryConvert(signed, from, seconds, out var length) ? moment.AddSeconds((double)length) : (DateTimeOffset?)null,
            };
            return found?.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        }
        catch (ArgumentOutOfRangeException)
        {
            // Beyond the calendar: nothing is below or above that.
            return null;
        }
    }
}
