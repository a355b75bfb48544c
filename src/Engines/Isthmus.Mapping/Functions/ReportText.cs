using System.Buffers;
using System.Buffers.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// A report that is sent as text in many OBX, line by line: two or more TX or FT results behind each other with the same OBX-3 under one
/// order. Each stays an Observation of its own; together they are the report as issued, DiagnosticReport.presentedForm. Lines that OBX-11
/// deletes or calls wrong are not part of it.
/// </summary>
internal static class ReportText
{
    private static readonly int ObxKey = GroupDefinition.KeyOf("OBX");
    private static readonly int PresentedFormName = FhirNames.IdOf("presentedForm"u8);
    private static readonly int ContentTypeName = FhirNames.IdOf("contentType"u8);
    private static readonly int DataName = FhirNames.IdOf("data"u8);
    private static readonly int TitleName = FhirNames.IdOf("title"u8);

    public static RuleAction Compile(FunctionUse use)
    {
        var register = use.Register;
        return (run, frame, _) =>
        {
            var (segment, group) = (run.FrameAt(frame).Segment + 1, run.FrameAt(frame).Group);
            while (segment < run.Groups.SegmentCount && run.Groups.GroupOf(segment) is var at && (at < 0 || run.Groups.IsWithin(at, group)))
            {
                if (!IsLine(run, segment))
                {
                    segment++;
                    continue;
                }

                var last = LastOfRun(run, segment, group);
                if (last > segment)
                {
                    Write(run, run.Ensure(frame, register), segment, last);
                }

                segment = last + 1;
            }
        };
    }

    /// <summary>The last line of the text that begins here; notes between its lines do not end it.</summary>
    private static int LastOfRun(TranslationRun run, int first, int group)
    {
        var last = first;
        var code = run.Text.Bytes(run.FieldOf(first, 3));
        for (var segment = first + 1; segment < run.Groups.SegmentCount; segment++)
        {
            if (run.Groups.KeyAt(segment) != ObxKey)
            {
                continue;
            }

            if (!run.Groups.IsWithin(run.Groups.GroupOf(segment), group) || !IsText(run, segment) || !code.SequenceEqual(run.Text.Bytes(run.FieldOf(segment, 3))))
            {
                break;
            }

            last = IsLine(run, segment) ? segment : last;
        }

        return last;
    }

    private static void Write(TranslationRun run, int report, int first, int last)
    {
        var text = ArrayPool<byte>.Shared.Rent(run.Message.Raw.Length + run.Groups.SegmentCount + 1);
        var length = 0;
        var lines = 0;
        for (var segment = first; segment <= last; segment++)
        {
            if (run.Groups.KeyAt(segment) == ObxKey && IsLine(run, segment))
            {
                length = EveryLine.Append(run, run.WholeField(segment, 5), text, length, ref lines);
            }
        }

        var form = run.Builder.Item(report, PresentedFormName);
        run.Builder.String(form, ContentTypeName, "text/plain;charset=utf-8"u8);
        Base64.EncodeToUtf8(text.AsSpan(0, length), run.Builder.Room(Base64.GetMaxEncodedToUtf8Length(length)), out _, out var written);
        run.Builder.Take(form, DataName, repeats: false, written);
        ArrayPool<byte>.Shared.Return(text, clearArray: true);

        var title = run.Text.Innermost(run.Text.Part(run.FieldOf(first, 3), 2));
        if (!title.IsEmpty)
        {
            run.Builder.Take(form, TitleName, repeats: false, run.WriteText(title));
        }
    }

    private static bool IsLine(TranslationRun run, int segment) =>
        run.Groups.KeyAt(segment) == ObxKey && IsText(run, segment) && run.Text.Bytes(run.Text.Innermost(run.FieldOf(segment, 11))) is not ([(byte)'D'] or [(byte)'W']);

    private static bool IsText(TranslationRun run, int segment) =>
        run.Text.Bytes(run.Text.Innermost(run.FieldOf(segment, 2))) is [(byte)'T', (byte)'X'] or [(byte)'F', (byte)'T'];
}
