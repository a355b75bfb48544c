using System.Globalization;
using System.Text;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// The place of a timing among those of its order: one more than how many before it end in the conjunction S (TQ1-12, TQ.9). Timings
/// that run at the same time (A) share a place; an order whose timings do not follow one another has none.
/// </summary>
internal static class TimingSequence
{
    private const int ConjunctionOfField = 9;
    private const int ConjunctionOfSegment = 12;

    public static RuleAction Compile(FunctionUse use)
    {
        var target = use.Target;
        return (run, frame, _) =>
        {
            var (before, all) = run.FrameAt(frame).Field > 0 ? InField(run, frame) : AmongSegments(run, frame);
            if (all > 0)
            {
                CodeFunctions.Constant(run, frame, target, Encoding.ASCII.GetBytes((before + 1).ToString(CultureInfo.InvariantCulture)));
            }
        };
    }

    private static (int Before, int All) InField(TranslationRun run, int frame)
    {
        ref var call = ref run.FrameAt(frame);
        var field = run.WholeField(call.Segment, call.Field);
        var (before, all) = (0, 0);
        for (var from = field.Start; from <= field.Start + field.Length;)
        {
            var timing = run.Text.Repetition(new Slice(from, field.Start + field.Length - from, Level.Repetition), 1);
            from = timing.Start + timing.Length + 1;
            if (Follows(run, run.Text.Part(timing, ConjunctionOfField)))
            {
                all++;
                before += timing.Start < call.Value.Start ? 1 : 0;
            }
        }

        return (before, all);
    }

    private static (int Before, int All) AmongSegments(TranslationRun run, int frame)
    {
        ref var call = ref run.FrameAt(frame);
        var (before, all) = (0, 0);
        for (var segment = 0; segment < run.Groups.SegmentCount; segment++)
        {
            if (run.Groups.GroupOf(segment) == run.Groups.GroupOf(call.Segment) && run.Groups.KeyAt(segment) == run.Groups.KeyAt(call.Segment)
                && Follows(run, run.FieldOf(segment, ConjunctionOfSegment)))
            {
                all++;
                before += segment < call.Segment ? 1 : 0;
            }
        }

        return (before, all);
    }

    private static bool Follows(TranslationRun run, Slice conjunction) => run.Text.Bytes(run.Text.Innermost(conjunction)) is [(byte)'S'];
}
