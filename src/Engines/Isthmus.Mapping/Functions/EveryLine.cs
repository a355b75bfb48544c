using System.Buffers;
using System.Buffers.Text;
using Isthmus.Mapping.Compiling;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// A text that is sent line by line in many segments: the field in every segment of that name in the group and those below, each
/// repetition a line; as base64 where the target is data. With a second source, the value type (OBX-2), only segments whose
/// type is a text count: TX, FT, ST or none.
/// </summary>
internal static class EveryLine
{
    public static RuleAction Compile(FunctionUse use)
    {
        var target = use.Target;
        var field = SourcePath.Parse(use.From[0])!.Value.Field;
        var type = use.From.Count > 1 ? SourcePath.Parse(use.From[1])!.Value.Field : 0;
        var key = GroupDefinition.KeyOf(SourcePath.Parse(use.From[0])!.Value.Segment);
        return (run, frame, _) =>
        {
            var text = ArrayPool<byte>.Shared.Rent(run.Message.Raw.Length + run.Groups.SegmentCount + 1);
            var length = 0;
            var lines = 0;
            for (var segment = 0; segment < run.Groups.SegmentCount; segment++)
            {
                if (run.Groups.KeyAt(segment) == key && run.Groups.IsWithin(run.Groups.GroupOf(segment), run.FrameAt(frame).Group)
                    && (type == 0 || IsText(run, run.FieldOf(segment, type))))
                {
                    run.Trace?.Read(run, run.WholeField(segment, field));
                    length = Append(run, run.WholeField(segment, field), text, length, ref lines);
                }
            }

            if (length > 0)
            {
                Write(run, frame, target, text.AsSpan(0, length));
            }

            ArrayPool<byte>.Shared.Return(text, clearArray: true);
        };
    }

    private static bool IsText(TranslationRun run, Slice type) => run.Text.Bytes(run.Text.Innermost(type)) is [] or [(byte)'T', (byte)'X'] or [(byte)'F', (byte)'T'] or [(byte)'S', (byte)'T'];

    /// <summary>Adds a field's repetitions to the text, each a line behind those before.</summary>
    public static int Append(TranslationRun run, Slice field, byte[] text, int length, ref int lines)
    {
        var from = field.Start;
        do
        {
            var line = field.IsEmpty ? field : run.Text.Repetition(new Slice(from, field.Start + field.Length - from, Level.Repetition), 1);
            if (lines++ > 0)
            {
                text[length++] = (byte)'\n';
            }

            length += run.Message.WriteText(run.Text.Bytes(run.Text.Trim(line)), text.AsSpan(length));
            from = line.Start + line.Length + 1;
        }
        while (from <= field.Start + field.Length);
        return length;
    }

    private static void Write(TranslationRun run, int frame, Target target, ReadOnlySpan<byte> text)
    {
        if (run.Place(frame, ref target) is not (var parent and >= 0))
        {
            return;
        }

        int length;
        if (target.Type == "base64Binary")
        {
            var room = run.Builder.Room(Base64.GetMaxEncodedToUtf8Length(text.Length));
            Base64.EncodeToUtf8(text, room, out _, out length);
        }
        else
        {
            text.CopyTo(run.Builder.Room(text.Length));
            length = text.Length;
        }

        run.Builder.Take(parent, target.Name, target.Repeats, length);
    }
}
