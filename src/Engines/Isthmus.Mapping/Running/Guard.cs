using System.Numerics;

namespace Isthmus.Mapping.Running;

/// <summary>
/// The condition of a rule, taken apart: what depends on the message alone is numbered by its words and asked once for all the
/// rules of an invocation, for a map asks the same of its segment in rule after rule.
/// </summary>
/// <param name="Facts">A bit per numbered test that must hold.</param>
/// <param name="Rest">What depends on what the rules have made so far; null where nothing does.</param>
internal readonly record struct Guard(ulong Facts, Condition? Rest)
{
    public bool Holds(TranslationRun run, int frame) =>
        (Facts == 0 || Facts == (run.FrameAt(frame).True & Facts) || Ask(run, frame)) && (Rest is null || Rest(run, frame));

    private bool Ask(TranslationRun run, int frame)
    {
        ref var asked = ref run.FrameAt(frame);
        if ((asked.Known & Facts & ~asked.True) != 0)
        {
            return false;
        }

        for (var open = Facts & ~asked.Known; open != 0; open &= open - 1)
        {
            var number = BitOperations.TrailingZeroCount(open);
            asked.Known |= 1UL << number;
            if (!asked.Map.Facts[number](run, frame))
            {
                return false;
            }

            asked.True |= 1UL << number;
        }

        return true;
    }
}
