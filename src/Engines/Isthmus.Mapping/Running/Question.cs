using System.Numerics;

namespace Isthmus.Mapping.Running;

/// <summary>Which facts a look at the message shows to hold: a bit each.</summary>
internal delegate ulong Answers(TranslationRun run, int frame);

/// <summary>
/// What the rules of a map ask of the message, not of what has been made. Facts are numbered by their words and asked once for an
/// invocation, for a map asks the same of its segment in rule after rule; and comparisons of one value with this and that are
/// one question, since the value answers all of them.
/// </summary>
/// <param name="Facts">A bit per fact that it answers.</param>
/// <param name="Answer">Says which of them hold.</param>
internal sealed record Question(ulong Facts, Answers Answer)
{
    /// <summary>Whether all those facts hold; asks what is not known yet, until one does not.</summary>
    public static bool All(TranslationRun run, int frame, ulong facts)
    {
        while (true)
        {
            ref var asked = ref run.FrameAt(frame);
            if ((facts & asked.False) != 0)
            {
                return false;
            }

            var open = facts & ~asked.True;
            if (open == 0)
            {
                return true;
            }

            var question = asked.Map.Questions[BitOperations.TrailingZeroCount(open)];
            var holding = question.Answer(run, frame);
            asked = ref run.FrameAt(frame);
            asked.True |= holding;
            asked.False |= question.Facts & ~holding;
        }
    }
}
