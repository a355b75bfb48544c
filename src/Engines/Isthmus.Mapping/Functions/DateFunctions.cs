using Isthmus.Hl7v2;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// HL7 dates and times to FHIR's, as precise as they were sent. A time always gets an offset: its own, that of MSH-7, or the source's zone.
/// A value that is no date makes a finding and no element.
/// </summary>
internal static class DateFunctions
{
    /// <summary><c>2023-08-02T18:08:02.1234-04:00</c>.</summary>
    private const int LongestText = 32;

    private enum Form
    {
        Date,
        DateTime,
        Instant,
    }

    public static RuleAction Date(FunctionUse use) => Compile(use.Target, Form.Date);

    public static RuleAction DateTime(FunctionUse use) => Compile(use.Target, Form.DateTime);

    public static RuleAction Instant(FunctionUse use) => Compile(use.Target, Form.Instant);

    /// <summary>TM: <c>HH[MM[SS[.S…]]][+/-ZZZZ]</c>; FHIR's time has seconds and no zone.</summary>
    public static RuleAction Time(FunctionUse use)
    {
        var target = use.Target;
        return (run, frame, value) =>
        {
            var slice = run.Text.Innermost(value);
            var text = run.Text.Bytes(slice);
            if (text.IsEmpty)
            {
                return;
            }

            var zone = text.IndexOfAny((byte)'+', (byte)'-');
            text = zone >= 0 ? text[..zone] : text;
            Span<byte> time = stackalloc byte[LongestText];
            var length = FormatTime(text, time);
            if (length == 0)
            {
                run.Find(FindingRules.TimeInvalid.Rule, slice, FindingRules.TimeInvalid.Message);
                return;
            }

            if (zone >= 0)
            {
                run.Find(FindingRules.TimeZoneLeft.Rule, slice, FindingRules.TimeZoneLeft.Message);
            }

            Write(run, frame, target, slice, time[..length]);
        };
    }

    private static RuleAction Compile(Target target, Form form) => (run, frame, value) =>
    {
        var slice = run.Text.Innermost(value);
        if (slice.IsEmpty)
        {
            return;
        }

        var sent = run.Text.Bytes(slice);
        if (run.Dates.Find((int)form, sent) is { IsEmpty: false } known)
        {
            Write(run, frame, target, slice, known);
            return;
        }

        if (!Hl7DateTime.TryParse(sent, out var time, out var fault))
        {
            run.Find(fault!, slice, Hl7ValueRules.Text(fault!));
            return;
        }

        Span<byte> text = stackalloc byte[LongestText];
        var findings = run.Findings.Count;
        text = text[..Format(run, slice, time, form, text)];
        if (run.Findings.Count == findings)
        {
            // What is reported is reported wherever it stands.
            run.Dates.Keep((int)form, sent, text);
        }

        Write(run, frame, target, slice, text);
    };

    /// <summary>A moment that was worked out rather than sent, in the form that the target has.</summary>
    public static void WriteMoment(TranslationRun run, int frame, Target target, Slice at, in Hl7DateTime moment)
    {
        Span<byte> text = stackalloc byte[LongestText];
        Write(run, frame, target, at, text[..Format(run, at, moment, target.Type == "instant" ? Form.Instant : Form.DateTime, text)]);
    }

    private static void Write(TranslationRun run, int frame, Target target, Slice at, ReadOnlySpan<byte> text)
    {
        var parent = run.Place(frame, ref target);
        if (parent >= 0 && target.IsPeriodBound && PeriodBounds.IsReversed(run, parent, target.Name, text))
        {
            run.Find(FindingRules.PeriodReversed.Rule, at, FindingRules.PeriodReversed.Message);
            PeriodBounds.KeepBeside(run, parent, target.Name, text);
        }
        else if (parent >= 0)
        {
            text.CopyTo(run.Builder.Room(text.Length));
            run.Builder.Take(parent, target.Name, target.Repeats, text.Length);
        }
    }

    private static int Format(TranslationRun run, Slice at, in Hl7DateTime time, Form form, Span<byte> text)
    {
        var local = time.Local;
        var length = Digits(text, 0, local.Year, 4);
        if (form != Form.Instant && time.Precision == Hl7Precision.Year)
        {
            return length;
        }

        text[length++] = (byte)'-';
        length = Digits(text, length, local.Month, 2);
        if (form != Form.Instant && time.Precision == Hl7Precision.Month)
        {
            return length;
        }

        text[length++] = (byte)'-';
        length = Digits(text, length, local.Day, 2);
        if (form == Form.Date || (form == Form.DateTime && time.Precision == Hl7Precision.Day))
        {
            return length;
        }

        text[length++] = (byte)'T';
        length = Digits(text, length, local.Hour, 2);
        text[length++] = (byte)':';
        length = Digits(text, length, local.Minute, 2);
        text[length++] = (byte)':';
        length = Digits(text, length, local.Second, 2);
        if (time.FractionDigits > 0)
        {
            text[length++] = (byte)'.';
            var fraction = (int)(local.Ticks % TimeSpan.TicksPerSecond / 1000);
            Span<byte> four = stackalloc byte[4];
            Digits(four, 0, fraction, 4);
            four[..time.FractionDigits].CopyTo(text[length..]);
            length += time.FractionDigits;
        }

        var minutes = time.Offset is { } sent ? (int)sent.TotalMinutes : Zone(run, at, local);
        text[length++] = minutes < 0 ? (byte)'-' : (byte)'+';
        minutes = Math.Abs(minutes);
        length = Digits(text, length, minutes / 60, 2);
        text[length++] = (byte)':';
        return Digits(text, length, minutes % 60, 2);
    }

    private static int Zone(TranslationRun run, Slice at, DateTime local)
    {
        var minutes = run.Offsets.Minutes(run.Message, run.Context.Zone, local, out var fault);
        if (fault is not null)
        {
            run.Find(fault, at, Hl7ValueRules.Text(fault));
        }

        return minutes;
    }

    private static int Digits(Span<byte> text, int at, int value, int count)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            text[at + i] = (byte)('0' + (value % 10));
            value /= 10;
        }

        return at + count;
    }

    private static int FormatTime(ReadOnlySpan<byte> text, Span<byte> time)
    {
        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.Length is not (2 or 4 or 6) || whole.ContainsAnyExceptInRange((byte)'0', (byte)'9') || fraction.Length > 4
            || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9') || (!fraction.IsEmpty && whole.Length != 6))
        {
            return 0;
        }

        "00:00:00"u8.CopyTo(time);
        for (var pair = 0; pair < whole.Length / 2; pair++)
        {
            var two = whole.Slice(pair * 2, 2);
            if (((two[0] - '0') * 10) + two[1] - '0' > (pair == 0 ? 23 : 59))
            {
                return 0;
            }

            two.CopyTo(time[(pair * 3)..]);
        }

        if (fraction.IsEmpty)
        {
            return 8;
        }

        time[8] = (byte)'.';
        fraction.CopyTo(time[9..]);
        return 9 + fraction.Length;
    }
}
