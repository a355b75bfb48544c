using System.Buffers;
using System.Buffers.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// A report that is sent as text in many OBX, line by line: two or more TX or FT results behind each other with the same OBX-3 under one
/// order. Each stays an Observation of its own. Together with every other text of the order they are the report as issued,
/// DiagnosticReport.presentedForm: findings without their impression or addendum would say something else. Where the texts have several
/// names (OBX-3.2), each stands above its own. Lines that OBX-11 deletes or calls wrong are not part of it.
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
            var order = run.FrameAt(frame).Segment;
            var (first, end, several) = Survey(run, order, run.FrameAt(frame).Group);
            if (first >= 0)
            {
                Write(run, run.Ensure(frame, register), first, end, several ? run.FieldOf(order, 4) : run.FieldOf(first, 3), several);
            }
        };
    }

    /// <summary>
    /// The first text of the order, where the order ends, and whether its texts have more than one name; -1 where none comes line by line.
    /// </summary>
    private static (int First, int End, bool Several) Survey(TranslationRun run, int order, int group)
    {
        var (first, before, segment) = (-1, -1, order + 1);
        var (byLine, several) = (false, false);
        for (; segment < run.Groups.SegmentCount && run.Groups.GroupOf(segment) is var at && (at < 0 || run.Groups.IsWithin(at, group)); segment++)
        {
            if (run.Groups.KeyAt(segment) != ObxKey)
            {
                continue;
            }

            if (IsText(run, segment))
            {
                first = first < 0 ? segment : first;
                several |= Name(run, segment) is { IsEmpty: false } name && !Bytes(run, name).SequenceEqual(Bytes(run, Name(run, first)));
            }

            var line = IsLine(run, segment);
            byLine |= line && before >= 0 && IsText(run, segment) && Bytes(run, run.FieldOf(before, 3)).SequenceEqual(Bytes(run, run.FieldOf(segment, 3)));
            before = !line ? -1 : IsText(run, segment) ? segment : before;
        }

        return (byLine ? first : -1, segment, several);
    }

    private static void Write(TranslationRun run, int report, int first, int end, Slice titled, bool named)
    {
        var text = ArrayPool<byte>.Shared.Rent(run.Message.Raw.Length + (3 * run.Groups.SegmentCount));
        var (length, lines, above) = (0, 0, default(Slice));
        for (var segment = first; segment < end; segment++)
        {
            if (run.Groups.KeyAt(segment) != ObxKey || !IsText(run, segment))
            {
                continue;
            }

            if (named && Name(run, segment) is { IsEmpty: false } name && !Bytes(run, name).SequenceEqual(Bytes(run, above)))
            {
                if (lines++ > 0)
                {
                    "\n\n"u8.CopyTo(text.AsSpan(length));
                    length += 2;
                }

                length += run.Message.WriteText(Bytes(run, name), text.AsSpan(length));
                above = name;
            }

            length = EveryLine.Append(run, run.WholeField(segment, 5), text, length, ref lines);
        }

        var form = run.Builder.Item(report, PresentedFormName);
        run.Builder.String(form, ContentTypeName, "text/plain;charset=utf-8"u8);
        Base64.EncodeToUtf8(text.AsSpan(0, length), run.Builder.Room(Base64.GetMaxEncodedToUtf8Length(length)), out _, out var written);
        run.Builder.Take(form, DataName, repeats: false, written);
        ArrayPool<byte>.Shared.Return(text, clearArray: true);

        var title = run.Text.Innermost(run.Text.Part(titled, 2));
        if (!title.IsEmpty)
        {
            run.Builder.Take(form, TitleName, repeats: false, run.WriteText(title));
        }
    }

    /// <summary>A line, or a text of one: ST without a unit. What has a unit is a measurement.</summary>
    private static bool IsText(TranslationRun run, int segment) =>
        (IsLine(run, segment) || (Type(run, segment) is [(byte)'S', (byte)'T'] && run.FieldOf(segment, 6).IsEmpty && !run.FieldOf(segment, 5).IsEmpty))
        && Bytes(run, run.Text.Innermost(run.FieldOf(segment, 11))) is not ([(byte)'D'] or [(byte)'W']);

    private static bool IsLine(TranslationRun run, int segment) => Type(run, segment) is [(byte)'T', (byte)'X'] or [(byte)'F', (byte)'T'];

    private static ReadOnlySpan<byte> Type(TranslationRun run, int segment) => Bytes(run, run.Text.Innermost(run.FieldOf(segment, 2)));

    private static Slice Name(TranslationRun run, int segment) => run.Text.Innermost(run.Text.Part(run.FieldOf(segment, 3), 2));

    private static ReadOnlySpan<byte> Bytes(TranslationRun run, Slice value) => run.Text.Bytes(value);
}
