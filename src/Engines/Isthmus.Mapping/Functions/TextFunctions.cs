using System.Buffers;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Functions;

/// <summary>Text as it stands, escapes resolved, surrounding spaces dropped.</summary>
internal static class TextFunctions
{
    private const int LongestId = 64;

    private static readonly SearchValues<byte> IdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8);

    /// <summary>The first component's first sub-component: what a primitive datatype holds.</summary>
    public static RuleAction Innermost(FunctionUse use)
    {
        var target = use.Target;
        return (run, frame, value) => Write(run, frame, target, run.Text.Innermost(value));
    }

    /// <summary>What FHIR takes for an id: letters, digits, dashes and dots, 64 of them at the most. Anything else makes a finding and no element.</summary>
    public static RuleAction Id(FunctionUse use)
    {
        var target = use.Target;
        return (run, frame, value) =>
        {
            var slice = run.Text.Innermost(value);
            if (slice.Length > LongestId || run.Text.Bytes(slice).ContainsAnyExcept(IdCharacters))
            {
                run.Find(FindingRules.IdInvalid.Rule, slice, FindingRules.IdInvalid.Message);
                return;
            }

            Write(run, frame, target, slice);
        };
    }

    /// <summary>The whole stretch, delimiters and all: ST, TX and FT of senders that forget to escape.</summary>
    public static RuleAction Whole(FunctionUse use)
    {
        var target = use.Target;
        return (run, frame, value) => Write(run, frame, target, run.Text.Trim(value));
    }

    /// <summary>Lines of a value whose type is not stated: kept, and reported, because a number would not be told from a text.</summary>
    public static RuleAction Untyped(FunctionUse use)
    {
        var lines = Lines(use);
        return (run, frame, value) =>
        {
            ref var call = ref run.FrameAt(frame);
            if (call.Value.Start == run.WholeField(call.Segment, call.Field).Start)
            {
                run.Find(FindingRules.TypeMissing.Rule, value, FindingRules.TypeMissing.Message);
                lines(run, frame, value);
            }
        };
    }

    /// <summary>Every repetition of the field as one text, a line each: how reports are sent in TX and FT.</summary>
    public static RuleAction Lines(FunctionUse use)
    {
        var target = use.Target;
        return (run, frame, value) =>
        {
            var call = run.FrameAt(frame);
            var field = run.WholeField(call.Segment, call.Field);
            var at = target;
            if (call.Value.Start != field.Start || run.Place(frame, ref at) is not (var parent and >= 0))
            {
                return;
            }

            var length = 0;
            var from = field.Start;
            while (from <= field.Start + field.Length)
            {
                var line = run.Text.Repetition(new Slice(from, field.Start + field.Length - from, Level.Repetition), 1);
                StrayDelimiters.Report(run, run.Text.WithoutTrailingDelimiters(line));
                if (length > 0)
                {
                    run.Builder.Room(length + 1)[length++] = (byte)'\n';
                }

                length += run.WriteText(run.Text.Trim(line), length);
                from = line.Start + line.Length + 1;
            }

            run.Builder.Take(parent, at.Name, at.Repeats, length);
        };
    }

    public static void Write(TranslationRun run, int frame, Target target, Slice text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        var parent = run.Place(frame, ref target);
        if (parent < 0)
        {
            return;
        }

        var length = run.WriteText(text);
        if (length > 0)
        {
            run.Builder.Take(parent, target.Name, target.Repeats, length);
        }
    }
}
