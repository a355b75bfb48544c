using Isthmus.Fhir.Elements;
using Isthmus.Hl7v2;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// Reference ranges that are nothing but numbers (OBX-7, HL7 v2.5.1 §7.4.2.7: <c>3.5-5.1</c>, <c>&lt;200</c>, <c>&gt;=60</c>) into low and
/// high, with the result's unit. Any other text, one whose limits are the wrong way round included, stays text. Whether a limit itself
/// still belongs to the range only the text says: FHIR's bounds hold no comparator.
/// </summary>
internal static class RangeFunction
{
    private static readonly int LowName = FhirNames.IdOf("low"u8);
    private static readonly int HighName = FhirNames.IdOf("high"u8);
    private static readonly int ValueName = FhirNames.IdOf("value"u8);

    public static RuleAction Compile(FunctionUse use)
    {
        var (code, text, system) = (use.Sources[1], use.Sources[2], use.Sources[3]);
        var register = use.Register;
        var terminology = use.Terminology;
        return (run, frame, value) =>
        {
            var at = run.Text.Trim(value);
            if (Divide(run.Text.Bytes(at)) is not { } limits)
            {
                return;
            }

            var units = new UnitSlices(run.Text.Innermost(code(run, frame)), run.Text.Innermost(text(run, frame)), run.Text.Innermost(system(run, frame)));
            var range = run.Ensure(frame, register);
            Bound(run, range, LowName, at, limits.Low, units, terminology);
            Bound(run, range, HighName, at, limits.High, units, terminology);
        };
    }

    /// <summary>
    /// Two numbers into a Range (SN with a dash, NR). The wrong way round they are no range (R4 constraint rng-2): a finding says so, and a
    /// later rule keeps the text.
    /// </summary>
    public static RuleAction Limits(FunctionUse use)
    {
        var (low, high) = (use.Sources[0], use.Sources[1]);
        var register = use.Register;
        return (run, frame, _) =>
        {
            var (lowAt, highAt) = (run.Text.Innermost(low(run, frame)), run.Text.Innermost(high(run, frame)));
            var (hasLow, hasHigh) = (!lowAt.IsEmpty && NumberFunctions.Accept(run, lowAt), !highAt.IsEmpty && NumberFunctions.Accept(run, highAt));
            if (hasLow && hasHigh && Hl7Number.TryParse(run.Text.Bytes(lowAt), out var first) && Hl7Number.TryParse(run.Text.Bytes(highAt), out var last) && first.Value > last.Value)
            {
                run.Find(FindingRules.RangeReversed.Rule, highAt, FindingRules.RangeReversed.Message);
                return;
            }

            Limit(run, frame, register, LowName, hasLow ? lowAt : default);
            Limit(run, frame, register, HighName, hasHigh ? highAt : default);
        };
    }

    private static void Limit(TranslationRun run, int frame, int register, int name, Slice digits)
    {
        if (!digits.IsEmpty && run.Ensure(frame, register) is var range && !run.Builder.Has(range, name))
        {
            NumberFunctions.Put(run, run.Builder.Object(range, name), ValueName, repeats: false, run.Text.Bytes(digits));
        }
    }

    private static void Bound(TranslationRun run, int range, int name, Slice at, Range limit, UnitSlices units, TerminologySet terminology)
    {
        var digits = run.Text.Bytes(at)[limit];
        if (digits.IsEmpty || run.Builder.Has(range, name))
        {
            return;
        }

        var quantity = run.Builder.Object(range, name);
        NumberFunctions.Put(run, quantity, ValueName, repeats: false, digits);
        UnitFunction.Write(run, quantity, units, terminology);
    }

    /// <summary>Where the limits stand in the text, empty for one that is not there; null if it is no range of numbers.</summary>
    private static (Range Low, Range High)? Divide(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return null;
        }

        if (text[0] is (byte)'<' or (byte)'>')
        {
            var from = text is [_, (byte)'=', ..] ? 2 : 1;
            var limit = Trimmed(text, from..text.Length);
            return !Hl7Number.TryParse(text[limit], out _) ? null : text[0] == '<' ? (default, limit) : (limit, default);
        }

        // A dash behind a digit divides; one in front of a number is its sign.
        var dash = text[1..].IndexOf((byte)'-') + 1;
        if (dash == 0)
        {
            return null;
        }

        var (low, high) = (Trimmed(text, ..dash), Trimmed(text, (dash + 1)..));
        return Hl7Number.TryParse(text[low], out var first) && Hl7Number.TryParse(text[high], out var last) && first.Value <= last.Value ? (low, high) : null;
    }

    private static Range Trimmed(ReadOnlySpan<byte> text, Range part)
    {
        var (start, length) = part.GetOffsetAndLength(text.Length);
        var end = start + length;
        while (start < end && text[start] == ' ')
        {
            start++;
        }

        while (end > start && text[end - 1] == ' ')
        {
            end--;
        }

        return start..end;
    }
}
