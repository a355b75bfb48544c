using System.Globalization;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Hl7v2;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Functions;

/// <summary>Lengths of time: an amount with its unit, and what they make of a moment. A unit that is not sent is never assumed.</summary>
internal static class TimeSpans
{
    private static readonly int ValueName = FhirNames.IdOf("value"u8);
    private static readonly int UnitName = FhirNames.IdOf("unit"u8);
    private static readonly int SystemName = FhirNames.IdOf("system"u8);
    private static readonly int CodeName = FhirNames.IdOf("code"u8);

    /// <summary>The moment that lies an amount of a unit after another: [start, amount, unit]. Nothing where one of them is missing.</summary>
    public static RuleAction Later(FunctionUse use)
    {
        var target = use.Target;
        var (amountSource, unitSource) = (use.Sources[1], use.Sources[2]);
        return (run, frame, start) =>
        {
            if (!Hl7DateTime.TryParse(run.Text.Bytes(run.Text.Innermost(start)), out var from)
                || Amount(run, amountSource(run, frame)) is not { } amount
                || UnitOf(run, unitSource(run, frame)) is not { } unit
                || (unit.Seconds < 86_400 && from.Precision < Hl7Precision.Minute)
                || After(from.Local, amount, unit) is not { } to)
            {
                return;
            }

            var form = from.Precision < Hl7Precision.Hour ? "yyyyMMdd" : from.FractionDigits == 0 ? "yyyyMMddHHmmss" : "yyyyMMddHHmmss." + new string('f', from.FractionDigits);
            var zone = from.Offset is { } offset ? $"{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hhmm}" : string.Empty;
            if (Hl7DateTime.TryParse(Encoding.ASCII.GetBytes(to.ToString(form, CultureInfo.InvariantCulture) + zone), out var later))
            {
                DateFunctions.WriteMoment(run, frame, target, start, later);
            }
        };
    }

    /// <summary>An amount and its unit as whole minutes: [amount, unit].</summary>
    public static RuleAction Minutes(FunctionUse use)
    {
        var target = use.Target;
        var unitSource = use.Sources[1];
        var least = target.Type == "positiveInt" ? 1 : 0;
        return (run, frame, value) =>
        {
            if (Amount(run, value) is { } amount && UnitOf(run, unitSource(run, frame)) is { Seconds: > 0 } unit
                && amount * unit.Seconds / 60 is var minutes && minutes == decimal.Truncate(minutes) && minutes >= least && minutes <= int.MaxValue)
            {
                CodeFunctions.Constant(run, frame, target, Encoding.ASCII.GetBytes(((int)minutes).ToString(CultureInfo.InvariantCulture)));
                return;
            }

            run.Find(FindingRules.DurationUnit.Rule, run.Text.Innermost(value), FindingRules.DurationUnit.Message);
        };
    }

    /// <summary>
    /// A length of time into a Quantity or Duration: [amount, unit], or one source with the unit before the number (<c>D10</c>,
    /// HL7 v2.5.1 §4.3.3). What is neither makes nothing.
    /// </summary>
    public static RuleAction Duration(FunctionUse use)
    {
        var register = use.Register;
        var unitSource = use.Sources.Length > 1 ? use.Sources[1] : null;
        return (run, frame, value) =>
        {
            var at = run.Text.Innermost(value);
            if (at.IsEmpty)
            {
                return;
            }

            // A letter alone means one of it: H is per hour.
            var digits = unitSource is null ? at with { Start = at.Start + 1, Length = at.Length - 1 } : at;
            var unit = unitSource is null ? Letter(run.Text.Bytes(at)[0]) : UnitOf(run, unitSource(run, frame));
            if (unit is null || (!digits.IsEmpty && !Hl7Number.TryParse(run.Text.Bytes(digits), out _)))
            {
                run.Find(FindingRules.DurationUnit.Rule, at, FindingRules.DurationUnit.Message);
                return;
            }

            var quantity = run.Ensure(frame, register);
            if (run.Builder.Has(quantity, ValueName))
            {
                return;
            }

            NumberFunctions.Put(run, quantity, ValueName, repeats: false, digits.IsEmpty ? "1"u8 : run.Text.Bytes(digits));
            run.Builder.String(quantity, UnitName, Encoding.ASCII.GetBytes(unit.Value.Ucum));
            run.Builder.String(quantity, SystemName, "http://unitsofmeasure.org"u8);
            run.Builder.String(quantity, CodeName, Encoding.ASCII.GetBytes(unit.Value.Ucum));
        };
    }

    private static decimal? Amount(TranslationRun run, Slice value)
    {
        var at = run.Text.Innermost(value);
        return !at.IsEmpty && decimal.TryParse(run.Text.Bytes(at), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? amount : null;
    }

    private static DateTime? After(DateTime from, decimal amount, TimeUnit unit)
    {
        try
        {
            return unit.Months > 0 ? from.AddMonths(checked((int)amount * unit.Months)) : from.AddSeconds((double)(amount * unit.Seconds));
        }
        catch (Exception fault) when (fault is ArgumentOutOfRangeException or OverflowException)
        {
            return null;
        }
    }

    private static TimeUnit? UnitOf(TranslationRun run, Slice value)
    {
        var text = run.Text.Bytes(run.Text.Innermost(value));
        Span<char> lower = stackalloc char[12];
        if (text.IsEmpty || text.Length > lower.Length)
        {
            return null;
        }

        for (var i = 0; i < text.Length; i++)
        {
            lower[i] = char.ToLowerInvariant((char)text[i]);
        }

        return lower[..text.Length] switch
        {
            "s" or "sec" or "secs" or "second" or "seconds" => TimeUnit.Second,
            "m" or "min" or "mins" or "minute" or "minutes" => TimeUnit.Minute,
            "h" or "hr" or "hrs" or "hour" or "hours" => TimeUnit.Hour,
            "d" or "dy" or "day" or "days" => TimeUnit.Day,
            "w" or "wk" or "wks" or "week" or "weeks" => TimeUnit.Week,
            "l" or "mo" or "mon" or "month" or "months" => TimeUnit.Month,
            "a" or "y" or "yr" or "ann" or "year" or "years" => TimeUnit.Year,
            _ => null,
        };
    }

    private static TimeUnit? Letter(byte letter) => (char)letter switch
    {
        'S' => TimeUnit.Second,
        'M' => TimeUnit.Minute,
        'H' => TimeUnit.Hour,
        'D' => TimeUnit.Day,
        'W' => TimeUnit.Week,
        'L' => TimeUnit.Month,
        _ => null,
    };

    /// <param name="Seconds">Its length; 0 for months and years, which have none.</param>
    private readonly record struct TimeUnit(string Ucum, int Seconds, int Months)
    {
        public static TimeUnit Second => new("s", 1, 0);

        public static TimeUnit Minute => new("min", 60, 0);

        public static TimeUnit Hour => new("h", 3600, 0);

        public static TimeUnit Day => new("d", 86_400, 0);

        public static TimeUnit Week => new("wk", 604_800, 0);

        public static TimeUnit Month => new("mo", 0, 1);

        public static TimeUnit Year => new("a", 0, 12);
    }
}
