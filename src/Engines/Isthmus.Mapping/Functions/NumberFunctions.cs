using Isthmus.Fhir.Elements;
using Isthmus.Hl7v2;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Functions;

/// <summary>NM to FHIR numbers, in the digits they were sent with; a value that is no number is never bent into one.</summary>
internal static class NumberFunctions
{
    private static readonly int ValueName = FhirNames.IdOf("value"u8);
    private static readonly int ComparatorName = FhirNames.IdOf("comparator"u8);

    public static RuleAction Decimal(FunctionUse use)
    {
        var target = use.Target;
        return (run, frame, value) =>
        {
            var slice = run.Text.Innermost(value);
            if (Accept(run, slice))
            {
                WriteNumber(run, frame, target, run.Text.Bytes(slice));
            }
        };
    }

    public static RuleAction Integer(FunctionUse use)
    {
        var target = use.Target;
        var least = target.Type switch { "positiveInt" => 1, "unsignedInt" => 0, _ => int.MinValue };
        return (run, frame, value) =>
        {
            var slice = run.Text.Innermost(value);
            if (!Accept(run, slice))
            {
                return;
            }

            if (!System.Buffers.Text.Utf8Parser.TryParse(run.Text.Bytes(slice), out int number, out var used) || used != slice.Length || number < least)
            {
                run.Find(FindingRules.WholeNumber.Rule, slice, FindingRules.WholeNumber.Message);
                return;
            }

            WriteNumber(run, frame, target, run.Text.Bytes(slice));
        };
    }

    /// <summary>
    /// A number with an optional comparator (<c>&lt;5</c>, <c>&gt;=10</c>) into a Quantity. Anything else makes a finding and leaves the
    /// element unmade, so that a later rule can keep it as text.
    /// </summary>
    public static RuleAction Quantity(FunctionUse use)
    {
        var register = use.Register;
        return (run, frame, value) =>
        {
            var slice = run.Text.Innermost(value);
            var text = run.Text.Bytes(slice);
            var sign = text.IndexOfAnyExcept((byte)'<', (byte)'>', (byte)'=');
            var comparator = sign < 0 ? text : text[..sign];
            var rest = run.Text.Trim(slice with { Start = slice.Start + comparator.Length, Length = slice.Length - comparator.Length });
            if (!IsComparator(comparator) || !Accept(run, rest))
            {
                return;
            }

            var quantity = run.Ensure(frame, register);
            if (!comparator.IsEmpty && !comparator.SequenceEqual("="u8) && !run.Builder.Has(quantity, ComparatorName))
            {
                run.Builder.String(quantity, ComparatorName, comparator);
            }

            if (!run.Builder.Has(quantity, ValueName))
            {
                Put(run, quantity, ValueName, repeats: false, run.Text.Bytes(rest));
            }
        };
    }

    private static bool IsComparator(ReadOnlySpan<byte> text) =>
        text.IsEmpty || text.SequenceEqual("<"u8) || text.SequenceEqual(">"u8) || text.SequenceEqual("="u8)
        || text.SequenceEqual("<="u8) || text.SequenceEqual(">="u8);

    /// <summary>Whether a text is a number; one that is none makes a finding.</summary>
    public static bool Accept(TranslationRun run, Slice slice)
    {
        if (!slice.IsEmpty && Hl7Number.TryParse(run.Text.Bytes(slice), out _))
        {
            return true;
        }

        Refuse(run, slice);
        return false;
    }

    private static void Refuse(TranslationRun run, Slice slice) => run.Find(Hl7ValueRules.NumberForm, slice, Hl7ValueRules.Text(Hl7ValueRules.NumberForm));

    private static void WriteNumber(TranslationRun run, int frame, Target target, ReadOnlySpan<byte> digits)
    {
        var parent = run.Place(frame, ref target);
        if (parent >= 0)
        {
            Put(run, parent, target.Name, target.Repeats, digits);
        }
    }

    /// <summary>Writes the digits as JSON has them: no plus sign, no leading zeros, a digit before the point and one behind.</summary>
    public static void Put(TranslationRun run, int parent, int name, bool repeats, ReadOnlySpan<byte> digits)
    {
        var room = run.Builder.Room(digits.Length + 2);
        var length = 0;
        if (digits[0] is (byte)'-')
        {
            room[length++] = (byte)'-';
        }

        digits = digits[0] is (byte)'-' or (byte)'+' ? digits[1..] : digits;
        digits = digits.TrimStart((byte)'0');
        digits = digits is [.., (byte)'.'] ? digits[..^1] : digits;
        if (digits.IsEmpty || digits[0] == '.')
        {
            room[length++] = (byte)'0';
        }

        digits.CopyTo(room[length..]);
        run.Builder.Take(parent, name, repeats, length + digits.Length, FhirKind.Number);
    }
}
